"""Functions that ask for a second factor, for the comparison of a file before and after."""

import ast
from collections.abc import Iterator, Mapping
from functools import lru_cache

from gate import lazy
from gate.hint import Hint
from gate.nodes import children, walk
from gate.source import Source

_ASKS = lazy.regex(
    r"(?i)otp_required|mfa_required|require_?(?:mfa|2fa|otp)|(?:mfa|otp)_?required_?mixin|two_factor|2fa_required|"
    r"fresh_login_required|require_reauth|step_up|reauthenticate"
)
_CLAIMS = lazy.regex(r"(?i)[\"'](?:mfa|otp|amr|acr)[\"']|\b(?:is_verified|mfa_verified|otp_verified|amr|acr)\b")
_WORDS = Hint.of("mfa", "otp", "2fa", "two_factor", "fresh_login", "reauth", "step_up", "amr", "acr", "is_verified")
"""Some word of these stands wherever one of the two patterns matches; they are found faster."""
_DENIES = lazy.regex(r"(?i)raise\b|abort\(|redirect\(|40[13]|forbidden|unauthori[sz]ed|denied")
_DEFINES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@lru_cache(maxsize=64)
def definitions(source: Source) -> Mapping[str, tuple[int, bool]]:
    """The functions and classes of a Python file by their dotted name: the line, and whether a second factor is asked."""
    speaks = _speaks(source)
    return {name: (node.lineno, speaks and _asks(node)) for name, node in _named(source.tree, "")}


def words(source: Source) -> int:
    """How often the code of a file speaks of asking for a second factor, comments apart."""
    code = ast.unparse(source.tree) if source.tree and _speaks(source) else ""
    return len(_ASKS.findall(code)) + len(_CLAIMS.findall(code))


@lru_cache(maxsize=64)
def _speaks(source: Source) -> bool:
    return _WORDS.search(source.text) and bool(_ASKS.search(source.text) or _CLAIMS.search(source.text))


def _named(node: ast.AST | None, around: str) -> Iterator[tuple[str, Definition]]:
    for child in children(node) if node is not None else ():
        if isinstance(child, _DEFINES):
            name = f"{around}.{child.name}".lstrip(".")
            yield name, child
            yield from _named(child, name)


def _asks(node: Definition) -> bool:
    """Whether a decorator, a base or a condition that denies speaks of it."""
    told = [*node.decorator_list, *(node.bases if isinstance(node, ast.ClassDef) else ())]
    if any(_ASKS.search(ast.unparse(one)) for one in told):
        return True
    tests = (part for part in walk(node) if isinstance(part, ast.If)) if not isinstance(node, ast.ClassDef) else ()
    return any(
        _CLAIMS.search(ast.unparse(test.test)) and _DENIES.search(ast.unparse(ast.Module(test.body, [])))
        for test in tests
    )

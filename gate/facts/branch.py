"""Branches that let a caller pass because of a value written in the code."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from gate.facts.folding import IMPORTED, Span, constants, imports
from gate.facts.suspect import suspect
from gate.hint import Hint
from gate.nodes import children, depth
from gate.source import Place, Source

MAX_DEPTH = 150

_WORDS = (
    "token", "passw", "pwd", "passphrase", "secret", "key", ("pin", r"\b"), "otp", "bearer", "auth", "debug", "bypass",
    "admin", "internal", "skip", "overrid", "backdoor", "magic", "superuser", "impersonat", "sudo", "login", "mail",
    ("user", "_?name"), "credential", "master", "god", "jwt", "unlock", "upn", "request", "header",
    ("code", r"\S{0,3}\s*(?:[!=]=|in\b)"), ("match code", r"\b"),
)  # fmt: skip


@dataclass(frozen=True)
class Branch:
    """A condition on a request, a credential or an account, and how the branch it guards lets the caller pass."""

    languages: ClassVar[frozenset[str]] = frozenset({"python"})
    hint: ClassVar[Hint] = Hint.of(*_WORDS)

    place: Place
    subject: str
    """What is compared, by the name its author gave it."""
    kind: str
    """"specific", "credential", "loose", "account" or "spoofable": what the name stands for."""
    way: str
    """"equals" a literal, "ends" with one, "keyed" (a table that holds one), "flag" (a box that is ticked), "present",
    "missing" (whoever has not the literal is turned away), or "route".
    """
    effect: str
    """What happens to the caller then, as the end of a sentence."""
    request: bool
    """The value comes from the request for certain."""
    debug: bool
    """A debug setting must be on as well."""
    spans: tuple[Span, ...] = ()
    """Where the literals stand, to be masked."""
    elsewhere: tuple[str, ...] = ()
    """Full names of the constants of other modules it is compared with; only those modules tell what they are."""
    unset: bool = False
    """The literal is what a setting comes to where nobody sets it."""

    @classmethod
    def find(cls, source: Source) -> Iterable[Self]:
        known = {**imports(source), **constants(source)}
        functions = [node for node in _functions(source) if _worded(source, node) and suspect(node, known)]
        if not functions:
            return
        from gate.facts.bypass import bypasses

        for node in functions:
            if depth(node) > MAX_DEPTH:
                raise RecursionError
            for found in bypasses(source, _first(node), node.end_lineno or 0, known):
                yield cls(
                    Place.at(source.path, found.line, found.end_line), _said(found.subject.name), found.subject.kind.value,
                    found.way, found.effect.value, found.subject.request, found.debug, found.spans,
                    found.elsewhere, found.unset,
                )  # fmt: skip


def _said(name: str) -> str:
    """The name of a key, or that of the constant that holds it elsewhere."""
    return name.rpartition(".")[2] if IMPORTED in name else name


def _functions(source: Source) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """The functions that lie in no other function, methods included."""
    stack: list[ast.AST] = [source.tree] if source.tree else []
    while stack:
        for child in children(stack.pop()):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                yield child
            elif isinstance(child, ast.stmt | ast.ExceptHandler):
                stack.append(child)


def _first(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Where a function begins, its decorators included."""
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def _worded(source: Source, node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return Branch.hint.search("\n".join(source.lines[_first(node) - 1 : node.end_lineno]))

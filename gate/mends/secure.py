"""Calls and constants that switch a protection off, and how they read with it on."""

import ast
from collections.abc import Mapping
from typing import TYPE_CHECKING

from gate import lazy
from gate.fact import Repo
from gate.mends.calls import Edit, imports, is_name, keyword, mender, named, renamed, with_keyword, without
from gate.mends.statement import narrowed, statements
from gate.nodes import walk
from gate.rule import Mend, Place
from gate.source import Source

if TYPE_CHECKING:
    import libcst as cst

_ALGORITHM = lazy.regex(r"""\balgorithm\s*=\s*["'](\w+)["']""")
_POLICIES = ("AutoAddPolicy", "WarningPolicy")


def pinned(call: "cst.Call", source: Source) -> "cst.Call | None":
    """`jwt.decode` with the one algorithm the file signs with; None where it signs with none, or several."""
    said = set(_ALGORITHM.findall(source.text))
    starred = any(arg.star for arg in call.args)
    fit = named(call, "decode") and keyword(call, "algorithms") is None and len(call.args) > 1 and not starred
    return with_keyword(call, "algorithms", f'["{said.pop()}"]') if fit and len(said) == 1 else None


def flagged(call: "cst.Call", _: Source) -> "cst.Call | None":
    """`set_cookie` with the flags on."""
    if not named(call, "set_cookie") or any(arg.star for arg in call.args):
        return None
    off = [name for name in ("secure", "httponly") if is_name(keyword(call, name), "False")]
    made = call
    for name in off or [name for name in ("secure", "httponly") if keyword(call, name) is None]:
        made = with_keyword(made, name, "True")
    return made


def system_random(call: "cst.Call", source: Source) -> "cst.Call | None":
    """`random.choice(...)` as `random.SystemRandom().choice(...)`, which needs no other import."""
    import libcst as cst

    func = call.func
    plain = isinstance(func, cst.Attribute) and isinstance(func.value, cst.Name) and func.value.value == "random"
    if not plain or not imports(source, "random"):
        return None
    return call.with_deep_changes(func, value=cst.parse_expression("random.SystemRandom()"))


def required(call: "cst.Call", source: Source) -> "cst.BaseExpression | None":
    """`os.environ.get(KEY, default)` as `os.environ[KEY]`."""
    import libcst as cst

    said = cst.Module([]).code_for_node(call.func)
    if said not in {"os.environ.get", "os.getenv"} or len(call.args) != 2 or not imports(source, "os"):
        return None
    key = cst.Module([]).code_for_node(call.args[0].value)
    return cst.parse_expression(f"os.environ[{key}]")


def verified(call: "cst.Call", _: Source) -> "cst.Call | None":
    """A call that verifies again whom it talks to."""
    for name, off in (("verify", "False"), ("ssl", "False"), ("verify_ssl", "False"), ("verify_certs", "False")):
        if is_name(keyword(call, name), off):
            return without(call, name)
    if named(call, *_POLICIES):
        return renamed(call, "RejectPolicy")
    return renamed(call, "create_default_context") if named(call, "_create_unverified_context") else None


def switched(source: Source, place: Place, _repo: Repo) -> Mend | None:
    """`NAME = False` as `NAME = True`."""
    found = [statement for statement, _ in statements(source, place)]
    value = getattr(found[-1], "value", None) if found else None
    off = (
        isinstance(found[-1], ast.Assign) and isinstance(value, ast.Constant) and value.value is False
        if found
        else False
    )
    return _replaced(source, value, "True") if off and isinstance(value, ast.expr) else None


def refused(source: Source, place: Place, _repo: Repo) -> Mend | None:
    """The `return True` of a check that could not check, as `return False`."""
    found = [statement for statement, _ in statements(source, place)]
    body = found[-1].body if found and isinstance(found[-1], ast.If) else []
    value = body[-1].value if body and isinstance(body[-1], ast.Return) else None
    yes = isinstance(value, ast.Constant) and value.value is True
    return _replaced(source, value, "False") if yes and value is not None else None


def digested(source: Source, place: Place, _repo: Repo) -> Mend | None:
    """`a == b` as `hmac.compare_digest(a, b)`; a side that may be None would make it raise."""
    if not imports(source, "hmac") or source.tree is None:
        return None
    found = [node for node in walk(source.tree) if isinstance(node, ast.Compare) and node.lineno == place.line]
    if len(found) != 1 or len(found[0].ops) != 1 or ".get(" in source.snippet(place):
        return None
    sides = [ast.get_source_segment(source.text, side) for side in (found[0].left, found[0].comparators[0])]
    no = "not " if isinstance(found[0].ops[0], ast.NotEq) else ""
    return _replaced(source, found[0], f"{no}hmac.compare_digest({sides[0]}, {sides[1]})") if all(sides) else None


def _replaced(source: Source, node: ast.expr, text: str) -> Mend | None:
    """One expression on one line with another in its place; columns count only in plain text."""
    line = source.lines[node.lineno - 1]
    if node.end_lineno != node.lineno or not line.isascii() or source.problem:
        return None
    made = line[: node.col_offset] + text + line[node.end_col_offset :]
    return narrowed(source, Place.at(source.path, node.lineno), made)


_CALLS: Mapping[str, Edit] = {
    "identity/jwt_verification": pinned,
    "cryptography/weak_random": system_random,
    "secrets/default_secret": required,
}
MENDERS = {
    **{rule: mender(edit) for rule, edit in _CALLS.items()},
    "identity/fail_open": refused,
    "cryptography/secret_compare": digested,
    "identity/session_cookie": lambda source, place, repo: (
        mender(flagged)(source, place, repo) or switched(source, place, repo)
    ),
    "cryptography/tls_verification": lambda source, place, repo: (
        mender(verified)(source, place, repo) or switched(source, place, repo)
    ),
}

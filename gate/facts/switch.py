"""Conditions that ask for a setting, the environment or an address in place of asking who the caller is."""

import ast
import re

from gate import lazy
from gate.facts.reading import Reading
from gate.facts.spelling import last, spelled

_WHAT = (
    r"(?:auth|login|authn|authz|authentication|authorization|permissions?|perms|jwt|mfa|2fa|signature(?:_?(?:check|verification))?|"
    r"(?:token|signature|webhook)_?verif(?:y|ication)|security(?:_?checks?)?|csrf(?:_?protection)?)"
)
_SKIPS = lazy.regex(
    rf"(?i)(?:^|_)(?:skip|disable|bypass|no|without|ignore|mock|fake|insecure|allow_anonymous|allow_all)d?_?{_WHAT}(?:_|$)"
    r"|(?:^|_)auth(?:entication|orization|n|z)?_?(?:is_?)?(?:disabled|bypass(?:ed)?|off|skipped)(?:_|$)|^LOGIN_DISABLED$"
)
_NEEDS = lazy.regex(
    r"(?i)(?:^|_)(?:enable|require|enforce|use)d?_?(?:auth\w*|login)$|(?:^|_)(?:auth(?:entication|n|z)?|login)_?(?:is_?)?(?:enabled|required)$"
)
_MODES = lazy.regex(
    r"(?:^|\.)(?:DEBUG|TESTING|DEV_MODE|LOCAL|DEV|IS_DEV|IS_LOCAL|debug|testing|dev_mode|is_dev|is_development|is_local"
    r"|(?i:(?:test|testing|debug|e2e|mock)_?mode|e2e(?:_tests?)?))$"
)
_ENVIRONMENTS = lazy.regex(r"(?:^|[._])(?:app_|flask_|django_|node_|python_)?env(?:ironment)?$|^stage$", re.IGNORECASE)
_DEV_NAMES = frozenset({"dev", "development", "local", "test", "testing", "debug"})
_LIVE_NAMES = frozenset({"prod", "production", "live"})
_ADDRESS = lazy.regex(
    r"client\.host$|remote_addr$|REMOTE_ADDR$|X-Forwarded-For$|x-forwarded-for$|HTTP_X_FORWARDED_FOR$|\bremote_ip$|^(?:[Hh]ost|HTTP_HOST|[Xx]-[Rr]eal-[Ii][Pp])$"
)


def off(name: str, *, on: bool) -> bool:
    """Whether a switch of this name, being on or off, lets callers pass unasked."""
    return bool((_SKIPS if on else _NEEDS).search(name))


def flag(file: Reading, test: ast.expr, where: str, hops: int = 4) -> tuple[str, str] | None:
    """The switch a condition reads, where its being on makes the condition hold."""
    if hops == 0:
        return None
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            name = _said(file, inner, where)
            return (name, "needs") if _NEEDS.search(last(name)) else None
        case ast.BoolOp(op=ast.Or(), values=values):
            return next((found for value in values if (found := flag(file, value, where, hops - 1))), None)
        case ast.BoolOp(values=values):
            both = [one for value in values if (one := flag(file, value, where, hops - 1))]
            return both[0] if len(both) == len(values) or (both and both[0][1] == "flag") else None
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            return _compared(file, left, operator, right, where)
        case ast.Call(func=ast.Attribute(value=held, attr="startswith")):
            name = _said(file, held, where)
            return (name, "address") if _ADDRESS.search(name) else None
    name = _said(file, test, where)
    if _SKIPS.search(last(name)) and not isinstance(test, ast.Constant):
        return name, "flag"
    if _MODES.search(name):
        return name, "mode"
    bound = file.value(test, where) if isinstance(test, ast.Name | ast.Attribute) else None
    return flag(file, bound, where, hops - 1) if bound is not None and not isinstance(bound, ast.Constant) else None


def _compared(
    file: Reading, left: ast.expr, operator: ast.cmpop, right: ast.expr, where: str
) -> tuple[str, str] | None:
    name, value = _said(file, left, where), file.literal(right, where)
    if (
        isinstance(operator, ast.In)
        and file.text(left, where) in {"pytest", "unittest"}
        and spelled(right) == "sys.modules"
    ):
        return "sys.modules", "tests"
    values = value if isinstance(value, list) else [value]
    if isinstance(operator, ast.NotEq | ast.NotIn | ast.IsNot):
        live = bool(values) and all(str(each).lower() in _LIVE_NAMES for each in values)
        return (name, "mode") if live and _ENVIRONMENTS.search(last(name)) else None
    if not isinstance(operator, ast.Eq | ast.In | ast.Is):
        return None
    if _SKIPS.search(last(name)) and not last(name).isupper() | (value is False):
        return name, "flag"
    if _SKIPS.search(last(name)) and any(str(each).lower() in {"true", "1", "yes", "on"} for each in values):
        return name, "flag"
    if _MODES.search(name) and any(str(each).lower() in {"true", "1", "yes", "on"} for each in values):
        return name, "mode"
    if _ENVIRONMENTS.search(last(name)) and values and all(str(each).lower() in _DEV_NAMES for each in values):
        return name, "mode"
    local = all(isinstance(each, str) and re.match(r"127\.|localhost|::1|10\.|192\.168", each) for each in values)
    return (name, "address") if local and _ADDRESS.search(name) else None


def _said(file: Reading, node: ast.expr, where: str) -> str:
    """The name of what is read: `settings.DEBUG`, or the key of `os.getenv("SKIP_AUTH")`."""
    while isinstance(node, ast.Call):
        key = node.args[0] if node.args else None
        short = last(spelled(node.func))
        if short in {
            "getenv",
            "get",
            "env",
            "bool",
            "getattr",
            "config",
            "str",
            "strtobool",
            "get_bool",
            "getboolean",
            "str2bool",
        }:
            place = node.args[1] if short == "getattr" and len(node.args) > 1 else key
            text = file.literal(place, where)
            if isinstance(text, str):
                return text
            if key is None:
                return ""
            node = key
        elif isinstance(node.func, ast.Attribute):
            node = node.func.value
        else:
            return ""
    if isinstance(node, ast.Subscript):
        text = file.literal(node.slice, where)
        return text if isinstance(text, str) else spelled(node.value)
    return spelled(node).replace("?", "")

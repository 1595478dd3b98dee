"""What `get_permissions` of a view asks for each of its actions."""

import ast
from collections.abc import Iterator, Sequence

from gate.facts import guardwords
from gate.facts.spelling import last, spelled

Function = ast.FunctionDef | ast.AsyncFunctionDef
Asked = frozenset[str]
_REST = "every other action"
_ASKED_OF = frozenset({"action", "method"})
_WEIGHT = {"open": 0, "login": 1, "role": 2}


def loosened(old: Function, new: Function) -> Iterator[tuple[str, Asked, Asked]]:
    """The actions of which less is asked than before, and what was and is asked; nothing of what is not understood."""
    was, now = _by_action(old.body), _by_action(new.body)
    for action in sorted({*was, *now}) if was and now else ():
        before, after = was.get(action, was[_REST]), now.get(action, now[_REST])
        if before != after and _WEIGHT[_grade(after)] < _WEIGHT[_grade(before)]:
            yield action, before, after


def _grade(asked: Asked) -> str:
    if all(name in guardwords.OPEN_CLASSES or guardwords.is_optional(name) for name in asked):
        return "open"
    return "login" if all(guardwords.only_login(name) for name in asked) else "role"


def _by_action(body: Sequence[ast.stmt]) -> dict[str, Asked]:
    """What is asked of each action that is named, and of the rest; empty where there is more to it."""
    found: dict[str, Asked] = {}
    for part in body:
        if isinstance(part, ast.If):
            actions, asked = _actions(part.test), _asked(part.body)
            if actions is None or asked is None:
                return {}
            found = {**dict.fromkeys(actions, asked), **found}
            if part.orelse:
                rest = _by_action(part.orelse)
                return {**rest, **found} if rest else {}
        elif (asked := _asked([part])) is not None:
            return {_REST: asked, **found}
        elif not (isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)):
            return {}
    return {}


def _actions(test: ast.expr) -> frozenset[str] | None:
    """The actions of `self.action in ("list", "retrieve")`."""
    match test:
        case ast.BoolOp(op=ast.Or()):
            each = [_actions(part) for part in test.values]
            return None if None in each else frozenset[str]().union(*(one for one in each if one))
        case ast.Compare(left=ast.Attribute(attr=attr), ops=[ast.Eq() | ast.In()], comparators=[names]):
            said = [names] if isinstance(names, ast.Constant) else getattr(names, "elts", [])
            texts = [one.value for one in said if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            return frozenset(texts) if attr in _ASKED_OF and texts and len(texts) == len(said) else None
    return None


def _asked(body: Sequence[ast.stmt]) -> Asked | None:
    """The classes a branch gives back, or puts under a name for the end of the method."""
    value = body[0].value if len(body) == 1 and isinstance(body[0], ast.Return | ast.Assign) else None
    if not isinstance(value, ast.List | ast.Tuple):
        return None
    parts = [part.func if isinstance(part, ast.Call) else part for part in value.elts]
    plain = all(isinstance(part, ast.Name | ast.Attribute) for part in parts)
    return frozenset(last(spelled(part)) for part in parts) if plain else None

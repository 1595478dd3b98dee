"""What a condition says about the values it looks at: on either side of it, which are harmless."""

import ast
from typing import TypeGuard

from gate.facts import cleaning, each, literals, matched, runners
from gate.facts.asked import asked, clean, unrefused
from gate.facts.frame import Env, Frame, again, place
from gate.facts.located import below, located, vetted
from gate.facts.lookedup import may_be_none
from gate.facts.names import constant
from gate.facts.subset import is_closed, is_ours, made_of, subset
from gate.facts.upward import stays
from gate.facts.value import (
    BEHIND,
    CLEAN,
    NAMED,
    ONE_LINE,
    UNQUOTED,
    VETTED,
    Said,
    marked,
    union,
)  # fmt: skip

_EACH = frozenset({"builtins.any", "builtins.all"})
_PATHS = {f"pathlib.{kind}Path" for kind in ("", "Pure", "PurePosix", "Posix", "PureWindows", "Windows")}
_NAMES = {"os.path.basename", "posixpath.basename", "werkzeug.utils.secure_filename"}
_SEPARATORS = frozenset({"os.sep", "os.path.sep", "os.altsep"})
_WITHOUT = {
    **dict.fromkeys(("..", "../", "/", "\\", "//"), VETTED), **dict.fromkeys(("\n", "\r\n"), ONE_LINE),
    **dict.fromkeys(("'", '"'), UNQUOTED),
}  # fmt: skip
"""What a text may be found not to hold, and what that makes of it."""


def narrowed(frame: Frame, test: ast.expr) -> tuple[Env, Env]:
    """What is known where `test` holds, and where it does not."""
    if _is_not(test):
        then, other = narrowed(frame, test.operand)
        return other, then
    if isinstance(test, ast.BoolOp):
        sides = [narrowed(frame, part) for part in test.values]
        side = 0 if isinstance(test.op, ast.And) else 1
        if (literal := literals.quoted(test)) is not None:
            return (clean(frame, literal), {}) if side == 0 else ({}, clean(frame, literal))
        failing = test.values if side else [part.operand for part in test.values if _is_not(part)]
        known = {key: found for pair in sides for key, found in pair[side].items()} | stays(frame, failing)
        other = _otherwise(frame, test, [pair[1 - side] for pair in sides])
        return (known, other) if side == 0 else (other, known)
    if any(found := subset(frame, test)):
        return found
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        return _compared(frame, test.left, test.ops[0], test.comparators[0])
    if isinstance(test, ast.Call) and len(test.args) == 1 and "builtins.bool" in again(frame, test.func).names:
        return narrowed(frame, test.args[0])
    if isinstance(test, ast.Call):
        return _for_each(frame, test) or (asked(frame, test), unrefused(frame, test) | stays(frame, [test]))
    if isinstance(test, ast.Attribute):
        return {}, located(frame, test, ast.Constant(""))
    if isinstance(test, ast.NamedExpr):
        return _turned(test.target.id, *narrowed(frame, test.value))
    if isinstance(test, ast.Await):
        return narrowed(frame, test.value)
    return _recalled(frame, test.id) if isinstance(test, ast.Name) else ({}, {})


def says(frame: Frame, test: ast.expr) -> tuple[Said, ...]:
    """What an expression says of variables, to be recalled when what it is assigned to is asked."""
    if isinstance(test, ast.Name):
        return again(frame, test).says
    then, other = narrowed(frame, test)
    known = {key: frame.env[key] for key in (*then, *other) if key in frame.env}
    exact = not isinstance(test, ast.Call | ast.Await)
    return tuple(Said(key, held, then.get(key, held), other.get(key, held), exact) for key, held in known.items())


def _recalled(frame: Frame, name: str) -> tuple[Env, Env]:
    """Where `allowed = is_allowed(path)` holds; what was set anew since is another matter."""
    held = frame.env.get(name, CLEAN).says
    valid = [one for one in held if frame.env.get(one.key) == one.before]
    then, other = {one.key: one.then for one in valid}, {one.key: one.other for one in valid}
    return (then, other) if all(one.exact for one in valid) else _turned(name, then, other)


def _turned(name: str, then: Env, other: Env) -> tuple[Env, Env]:
    """`error = validate(path)`: where there is an error, nothing is known."""
    return (other, then) if cleaning.SAYS_NO.search(name) else (then, other)


def _otherwise(frame: Frame, test: ast.BoolOp, sides: list[Env]) -> Env:
    """What is known where `x and not allowed(x)` does not hold: `x` is empty, or allowed; each side may say it as well."""
    told = _perhaps(frame, test, sides)
    asked = [_present(part, holds=isinstance(test.op, ast.And)) for part in test.values]
    left = [side for side, name in zip(sides, asked, strict=True) if not name]
    agreed = (
        {key: union(side[key] for side in left) for key in left[0] if all(key in side for side in left)} if left else {}
    )
    return told | {key: found for key, found in agreed.items() if len(left) == len(sides) or key in asked}


def _perhaps(frame: Frame, test: ast.BoolOp, sides: list[Env]) -> Env:
    """What `strict and not allowed(x)` judges where it does not hold: nobody knows whether the check was asked for."""
    judged = (env for part, env in zip(test.values, sides, strict=True) if isinstance(_bare(part), ast.Call))
    doubted = {key for env in judged for key, held in env.items() if any(VETTED in atom.marks for atom in held.atoms)}
    return {key: frame.env[key]._replace(atoms=marked(frame.env[key].atoms, VETTED)) for key in doubted & {*frame.env}}


def _is_not(test: ast.expr) -> TypeGuard[ast.UnaryOp]:
    return isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)


def _bare(test: ast.expr) -> ast.expr:
    while _is_not(test):
        test = test.operand
    return test.value if isinstance(test, ast.Await) else test


def _present(test: ast.expr, *, holds: bool) -> str:
    """The variable a test asks whether it is there (or, where not `holds`, missing); "" for any other test."""
    if not holds:
        return _present(test.operand, holds=True) if _is_not(test) else ""
    if (
        isinstance(test, ast.Compare)
        and isinstance(test.ops[0], ast.IsNot)
        and isinstance(test.comparators[0], ast.Constant)
    ):
        test = test.left
    return place(test) or "" if isinstance(test, ast.Name | ast.Attribute) else ""


def _compared(frame: Frame, left: ast.expr, operator: ast.cmpop, right: ast.expr) -> tuple[Env, Env]:
    whole = left
    if isinstance(left, ast.NamedExpr):
        left = left.target
    none = isinstance(right, ast.Constant) and right.value is None
    if none and (matched.finds(frame, left) or may_be_none(frame, whole)):
        then, other = narrowed(frame, whole)
        return (other, then) if isinstance(operator, ast.Is | ast.Eq) else (then, other)
    known: Env = located(frame, left, right)
    if isinstance(operator, ast.Eq | ast.NotEq | ast.Is | ast.IsNot):
        known |= located(frame, right, left)
        fixed = clean(frame, left) if _is_fixed(right) else clean(frame, right) if _is_fixed(left) else {}
        known |= fixed | (_program(frame, left) if _is_tool(right) else {})
        known |= _own_name(frame, left, right) | _own_name(frame, right, left)
        known = _same(frame, left, right) | _same(frame, right, left) | known
    elif isinstance(operator, ast.In | ast.NotIn) and is_closed(frame, right, left):
        known |= clean(frame, left) | _program(frame, left)
    elif isinstance(operator, ast.In | ast.NotIn) and (marks := cleaning.marks_among(constant(right) or "")):
        known |= vetted(frame, left, marks)
    if isinstance(operator, ast.In | ast.NotIn) and (mark := _WITHOUT.get(_said(frame, left))):
        lacks = vetted(frame, right, mark)
        return ({}, lacks) if isinstance(operator, ast.In) else (lacks, {})
    if isinstance(operator, ast.In | ast.NotIn) and isinstance(right, ast.Attribute) and right.attr == "parents":
        known |= below(frame, right.value, left)
    negative = isinstance(operator, ast.NotEq | ast.NotIn | ast.IsNot)
    return ({}, known) if negative else (known, {})


def _said(frame: Frame, node: ast.expr) -> str:
    """A constant text; what separates the names of a path is one."""
    return constant(node) or ("/" if again(frame, node).names & _SEPARATORS else "")


def _program(frame: Frame, node: ast.expr) -> Env:
    """`command[0] in ALLOWED`: the program is known, and all else are its arguments."""
    first = isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and node.slice.value == 0
    return vetted(frame, node.value, BEHIND) if first and isinstance(node, ast.Subscript) else {}


def _is_tool(node: ast.expr) -> bool:
    """The name of a program that does not run what it is given."""
    name = constant(node)
    return name is not None and not runners.INTERPRETERS.match(name)


def _own_name(frame: Frame, node: ast.expr, other: ast.expr) -> Env:
    """`name == os.path.basename(name)`: it is one name, without a folder."""
    owner = other.value if isinstance(other, ast.Attribute) and other.attr == "name" else None
    asked = owner if isinstance(owner, ast.Call) else other
    known = _PATHS if asked is owner else _NAMES
    if not isinstance(asked, ast.Call) or not asked.args or not again(frame, asked.func).names & known:
        return {}
    return vetted(frame, node, NAMED) if ast.dump(asked.args[0]) == ast.dump(node) else {}


def _same(frame: Frame, node: ast.expr, other: ast.expr) -> Env:
    """`name == known`: where they are equal it is no text of outsiders, if the other is none."""
    key, held, found = place(node), again(frame, node), again(frame, other)
    if key is None or is_ours(held.atoms) or not is_ours(found.atoms) or made_of(frame, found, held):
        return {}
    return {key: found._replace(says=())}


def _is_fixed(node: ast.expr) -> bool:
    """Text or a number that is written out; None and truth say nothing of what else may come."""
    return constant(node) is not None or (
        isinstance(node, ast.Constant)
        and isinstance(node.value, int | float | bytes)
        and not isinstance(node.value, bool)
    )


def _for_each(frame: Frame, test: ast.Call) -> tuple[Env, Env] | None:
    """`any(host == one for one in hosts)` holds for one of them at least; `all(...)` fails for one."""
    asks = again(frame, test.func).names & _EACH
    if not asks or len(test.args) != 1 or not isinstance(test.args[0], ast.GeneratorExp | ast.ListComp):
        return None
    if spelled_out := each.written(frame, test.args[0]):
        told = narrowed(frame, ast.BoolOp(ast.Or() if "builtins.any" in asks else ast.And(), spelled_out))
        if any(told) or not isinstance(test.args[0].elt, ast.BoolOp):
            return told
    held, whole = each.compared(test.args[0])
    if held is not None and "builtins.any" in asks and is_closed(frame, test.args[0].generators[0].iter, held):
        return clean(frame, held) if whole else vetted(frame, held, VETTED), {}
    then, other = narrowed(frame, test.args[0].elt)
    return (then, {}) if "builtins.any" in asks else ({}, other)

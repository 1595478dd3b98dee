"""What a condition says about the values it looks at: on either side of it, which are harmless."""

import ast
import re

from gate.facts import cleaning, literals, matched, runners
from gate.facts.bindings import last_name
from gate.facts.frame import Env, Frame, again, place
from gate.facts.located import begins_settled, below, ends_settled, located, tells_place, vetted
from gate.facts.lookedup import looked_up, may_be_none
from gate.facts.names import constant
from gate.facts.value import (
    ADDRESSED,
    BEHIND,
    CHOSEN,
    CLEAN,
    NAMED,
    NONE,
    ONE_LINE,
    SIGNED,
    UNQUOTED,
    VETTED,
    Said,
    Value,
    marked,
    union,
)  # fmt: skip
from gate.nodes import walk

_CHECKS_SIGNATURE = re.compile(r"(?i)verif|signature|hmac|digest|authentic")
_CLOSED_TYPES = {"builtins.int", "builtins.float", "builtins.bool"}
_OURS = {"self", "attr", "global", "call"}
_EACH = frozenset({"builtins.any", "builtins.all"})
_TELLS_PLAIN = frozenset({"isdigit", "isalnum", "isdecimal", "isnumeric"})
_ANY_FUNCTION = re.compile(r"(?:Callable|FunctionType|MethodType|builtins\.(?:type|object))$")
_STRICT = frozenset({"uuid.UUID", "builtins.int", "builtins.float", "ipaddress.ip_address"})
"""What makes something of text of one shape only."""
_NAMES = {"os.path.basename", "posixpath.basename", "werkzeug.utils.secure_filename"}
_WITHOUT = {
    **dict.fromkeys(("..", "../", "/", "\\", "//"), VETTED), **dict.fromkeys(("\n", "\r\n"), ONE_LINE),
    **dict.fromkeys(("'", '"'), UNQUOTED),
}  # fmt: skip
"""What a text may be found not to hold, and what that makes of it."""


def narrowed(frame: Frame, test: ast.expr) -> tuple[Env, Env]:
    """What is known where `test` holds, and where it does not."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        then, other = narrowed(frame, test.operand)
        return other, then
    if isinstance(test, ast.BoolOp):
        sides = [narrowed(frame, part) for part in test.values]
        side = 0 if isinstance(test.op, ast.And) else 1
        if (literal := literals.quoted(test)) is not None:
            return (_clean(frame, literal), {}) if side == 0 else ({}, _clean(frame, literal))
        known = {key: found for pair in sides for key, found in pair[side].items()}
        other = _otherwise(test, [pair[1 - side] for pair in sides])
        return (known, other) if side == 0 else (other, known)
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        return _compared(frame, test.left, test.ops[0], test.comparators[0])
    if isinstance(test, ast.Call):
        return _for_each(frame, test) or (_asked(frame, test), _unrefused(frame, test))
    if isinstance(test, ast.Attribute):
        return {}, located(frame, test, ast.Constant(""))
    if isinstance(test, ast.Await | ast.NamedExpr):
        return narrowed(frame, test.value)
    return _recalled(frame, test.id) if isinstance(test, ast.Name) else ({}, {})


def says(frame: Frame, test: ast.expr) -> tuple[Said, ...]:
    """What an expression says of variables, to be recalled when what it is assigned to is asked."""
    if isinstance(test, ast.Name):
        return again(frame, test).says
    then, other = narrowed(frame, test)
    known = {key: frame.env[key] for key in (*then, *other) if key in frame.env}
    return tuple(Said(key, held, then.get(key, held), other.get(key, held)) for key, held in known.items())


def _recalled(frame: Frame, name: str) -> tuple[Env, Env]:
    """Where `allowed = is_allowed(path)` holds; what was set anew since is another matter."""
    held = frame.env.get(name, CLEAN).says
    valid = [one for one in held if frame.env.get(one.key) == one.before]
    return {one.key: one.then for one in valid}, {one.key: one.other for one in valid}


def _otherwise(test: ast.BoolOp, sides: list[Env]) -> Env:
    """What is known where `x and not allowed(x)` does not hold: `x` is empty, or allowed; each side may say it as well."""
    told = {key: union(side[key] for side in sides) for key in sides[0] if all(key in side for side in sides)}
    present = {_present(part, holds=isinstance(test.op, ast.And)) for part in test.values}
    open_ = [
        env
        for part, env in zip(test.values, sides, strict=True)
        if not _present(part, holds=isinstance(test.op, ast.And))
    ]
    if len(open_) != 1:
        return told
    return told | {key: found for key, found in open_[0].items() if key in present}


def _present(test: ast.expr, *, holds: bool) -> str:
    """The variable a test asks whether it is there (or, where not `holds`, missing); "" for any other test."""
    if not holds:
        return (
            _present(test.operand, holds=True) if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) else ""
        )
    if (
        isinstance(test, ast.Compare)
        and isinstance(test.ops[0], ast.IsNot)
        and isinstance(test.comparators[0], ast.Constant)
    ):
        test = test.left
    return place(test) or "" if isinstance(test, ast.Name | ast.Attribute) else ""


def _compared(frame: Frame, left: ast.expr, operator: ast.cmpop, right: ast.expr) -> tuple[Env, Env]:
    asked = left
    if isinstance(left, ast.NamedExpr):
        left = left.target
    none = isinstance(right, ast.Constant) and right.value is None
    if none and (matched.finds(frame, left) or may_be_none(frame, asked)):
        then, other = narrowed(frame, asked)
        return (other, then) if isinstance(operator, ast.Is | ast.Eq) else (then, other)
    known: Env = located(frame, left, right)
    if isinstance(operator, ast.Eq | ast.NotEq | ast.Is | ast.IsNot):
        known |= located(frame, right, left)
        fixed = _clean(frame, left) if _is_fixed(right) else _clean(frame, right) if _is_fixed(left) else {}
        known |= fixed | (_program(frame, left) if _is_tool(right) else {})
        known |= _own_name(frame, left, right) | _own_name(frame, right, left)
    elif isinstance(operator, ast.In | ast.NotIn) and _is_closed(frame, right):
        known |= _clean(frame, left) | _program(frame, left)
    if isinstance(operator, ast.In | ast.NotIn) and (mark := _WITHOUT.get(constant(left) or "")):
        lacks = vetted(frame, right, mark)
        return ({}, lacks) if isinstance(operator, ast.In) else (lacks, {})
    if isinstance(operator, ast.In | ast.NotIn) and isinstance(right, ast.Attribute) and right.attr == "parents":
        known |= below(frame, right.value, left)
    negative = isinstance(operator, ast.NotEq | ast.NotIn | ast.IsNot)
    return ({}, known) if negative else (known, {})


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
    if not isinstance(other, ast.Call) or not other.args or not again(frame, other.func).names & _NAMES:
        return {}
    return vetted(frame, node, NAMED) if ast.dump(other.args[0]) == ast.dump(node) else {}


def _is_fixed(node: ast.expr) -> bool:
    """Text or a number that is written out; None and truth say nothing of what else may come."""
    return constant(node) is not None or (
        isinstance(node, ast.Constant)
        and isinstance(node.value, int | float | bytes)
        and not isinstance(node.value, bool)
    )


def _is_closed(frame: Frame, node: ast.expr) -> bool:
    """A collection nobody outside can put anything into."""
    return constant(node) is None and all(atom.kind in _OURS for atom in again(frame, node).atoms)


def _clean(frame: Frame, node: ast.expr) -> Env:
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args:
        node = node.func.value  # `kind.lower() in ALLOWED`
    key = place(node)
    return {} if key is None else {key: Value(NONE, again(frame, node).names, told=True)}


def _for_each(frame: Frame, test: ast.Call) -> tuple[Env, Env] | None:
    """`any(host == one for one in hosts)` holds for one of them at least; `all(...)` fails for one."""
    asks = again(frame, test.func).names & _EACH
    if not asks or len(test.args) != 1 or not isinstance(test.args[0], ast.GeneratorExp | ast.ListComp):
        return None
    then, other = narrowed(frame, test.args[0].elt)
    return (then, {}) if "builtins.any" in asks else ({}, other)


def _asked(frame: Frame, test: ast.Call) -> Env:
    """`isinstance(x, int)`, `x.isdigit()`, `re.fullmatch("[a-z]+", x)`, `compare_digest(sign(x), y)`."""
    names = again(frame, test.func).names
    if isinstance(test.func, ast.Attribute) and tells_place(frame, test, test.func):
        return below(frame, test.func.value, test.args[0])
    if isinstance(test.func, ast.Attribute) and begins_settled(test, test.func):
        return vetted(frame, test.func.value, ADDRESSED)
    if isinstance(test.func, ast.Attribute) and ends_settled(test, test.func):
        return located(frame, test.func.value, test.args[0])
    if any(cleaning.VOUCHES.search(name.rpartition(".")[2]) for name in names or [getattr(test.func, "attr", "")]):
        return _shown(frame, test) | _by_name(frame, test, names)
    return _by_name(frame, test, names) or looked_up(frame, test)


def _unrefused(frame: Frame, test: ast.Call) -> Env:
    """What is known where `refusal = ensure_member(team, user)` gave none."""
    return _shown(frame, test) if cleaning.REFUSES.match(last_name(test.func)) else {}


def passed(frame: Frame, call: ast.Call) -> Env:
    """What is known behind `validate_path(path)` and `uuid.UUID(text)`, which raise unless it is in order."""
    if call.args and again(frame, call.func).names & _STRICT:
        return _clean(frame, call.args[0])
    return _shown(frame, call) if cleaning.STOPS.search(last_name(call.func)) else {}


def _shown(frame: Frame, call: ast.Call) -> Env:
    """What a function that judges has been shown, by position or by name."""
    given = [*call.args, *(word.value for word in call.keywords)]
    return {key: held for part in given for key, held in vetted(frame, part, VETTED).items()}


def _by_name(frame: Frame, test: ast.Call, names: frozenset[str]) -> Env:
    if isinstance(test.func, ast.Attribute) and test.func.attr in _TELLS_PLAIN:
        return _clean(frame, test.func.value)
    if "builtins.isinstance" in names and len(test.args) == 2:
        kinds = test.args[1].elts if isinstance(test.args[1], ast.Tuple) else [test.args[1]]
        closed = all(again(frame, kind).names & _CLOSED_TYPES for kind in kinds)
        return _clean(frame, test.args[0]) if closed or _is_one_of(frame, test.args[0], kinds) else {}
    if "builtins.issubclass" in names and test.args:
        return _clean(frame, test.args[0])
    if (held := matched.strictly(frame, test)) is not None:
        return _clean(frame, held)
    if (held := matched.as_name(frame, test)) is not None:
        return vetted(frame, held, NAMED)
    if any(_CHECKS_SIGNATURE.search(name.rpartition(".")[2]) for name in names):
        return _signed(frame, test)
    return {}


def _is_one_of(frame: Frame, node: ast.expr, kinds: list[ast.expr]) -> bool:
    """Whether what a text chose must be of one class; any function is callable, so that says nothing."""
    chosen = all(CHOSEN in atom.marks for atom in again(frame, node).atoms)
    return chosen and not any(_ANY_FUNCTION.search(name) for kind in kinds for name in again(frame, kind).names)


def _signed(frame: Frame, test: ast.Call) -> Env:
    known: Env = {}
    for part in walk(test):
        key = place(part) if isinstance(part, ast.Name | ast.Attribute | ast.Subscript) else None
        if key is not None and key in frame.env:
            found = frame.env[key]
            known[key] = found._replace(atoms=marked(found.atoms, SIGNED)) if found.atoms else CLEAN
    return known

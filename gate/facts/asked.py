"""What a call says of what it is shown: `is_allowed(path)`, `path.is_relative_to(root)`, `uuid.UUID(text)`."""

import ast
from collections.abc import Iterator

from gate import lazy
from gate.facts import cleaning, matched
from gate.facts.bindings import last_name
from gate.facts.frame import Env, Frame, again, place
from gate.facts.located import all_vetted, begins_settled, beside, ends_settled, located, tells_place, vetted
from gate.facts.lookedup import looked_up
from gate.facts.names import constant
from gate.facts.value import (
    ADDRESSED,
    AGREED,
    CHOSEN,
    CLEAN,
    DENIED,
    NAMED,
    NO_OPTION,
    NONE,
    SIGNED,
    STATED,
    TEXT,
    VETTED,
    Value,
    marked,
)
from gate.nodes import walk

_CHECKS_SIGNATURE = lazy.regex(r"(?i)verif|signature|hmac|digest|authentic")
_CLOSED_TYPES = {"builtins.int", "builtins.float", "builtins.bool"}
_TELLS_PLAIN = frozenset({"isdigit", "isalnum", "isdecimal", "isnumeric"})
_ANY_FUNCTION = lazy.regex(r"(?:Callable|FunctionType|MethodType|builtins\.(?:type|object))$")
_MANY = 4
_STRICT = frozenset({"uuid.UUID", "builtins.int", "builtins.float", "ipaddress.ip_address"})
"""What makes something of text of one shape only."""


def asked(frame: Frame, test: ast.Call) -> Env:
    """`isinstance(x, int)`, `x.isdigit()`, `re.fullmatch("[a-z]+", x)`, `compare_digest(sign(x), y)`."""
    names = again(frame, test.func).names
    if isinstance(test.func, ast.Attribute) and tells_place(frame, test, test.func):
        return beside(frame, test.func.value, test.args[0])
    if isinstance(test.func, ast.Attribute) and begins_settled(test, test.func):
        return vetted(frame, test.func.value, ADDRESSED)
    if isinstance(test.func, ast.Attribute) and ends_settled(test, test.func):
        return located(frame, test.func.value, test.args[0])
    if any(cleaning.VOUCHES.search(name.rpartition(".")[2]) for name in names or [getattr(test.func, "attr", "")]):
        return _shown(frame, test, AGREED) | _by_name(frame, test, names)
    return _by_name(frame, test, names) or looked_up(frame, test)


def unrefused(frame: Frame, test: ast.Call) -> Env:
    """What is known where `refusal = ensure_member(team, user)` gave none, and where `name.startswith("-")` does not hold."""
    if isinstance(test.func, ast.Attribute) and test.func.attr == "startswith" and test.args:
        return vetted(frame, test.func.value, NO_OPTION) if constant(test.args[0]) == "-" else {}
    name = last_name(test.func)
    return _shown(frame, test, DENIED) if cleaning.REFUSES.match(name) or cleaning.WARNS.search(name) else {}


def passed(frame: Frame, call: ast.Call) -> Env:
    """What is known behind `validate_path(path)`, `uuid.UUID(text)` and `path.relative_to(root)`, which raise unless it is in order."""
    if call.args and again(frame, call.func).names & _STRICT:
        return clean(frame, call.args[0])
    if isinstance(call.func, ast.Attribute) and call.func.attr == "relative_to":
        return beside(frame, call.func.value, call.args[0]) if tells_place(frame, call, call.func) else {}
    return _shown(frame, call, STATED) if cleaning.STOPS.search(last_name(call.func)) else {}


def _shown(frame: Frame, call: ast.Call, how: str) -> Env:
    """What a function that judges has been shown, by position or by name, and how it was asked."""
    given = [*call.args, *(word.value for word in call.keywords)]
    known = all_vetted(frame, given, VETTED)
    direct = {key for part in given if (key := place(part)) in known and key is not None}
    return known | {key: known[key]._replace(atoms=marked(known[key].atoms, how)) for key in direct}


def _by_name(frame: Frame, test: ast.Call, names: frozenset[str]) -> Env:
    if isinstance(test.func, ast.Attribute) and test.func.attr in _TELLS_PLAIN:
        return clean(frame, test.func.value)
    if "builtins.isinstance" in names and len(test.args) == 2:
        kinds = test.args[1].elts if isinstance(test.args[1], ast.Tuple) else [test.args[1]]
        if all("builtins.str" in again(frame, kind).names for kind in kinds):
            return vetted(frame, test.args[0], TEXT)
        closed = all(again(frame, kind).names & _CLOSED_TYPES for kind in kinds)
        return clean(frame, test.args[0]) if closed or _is_one_of(frame, test.args[0], kinds) else {}
    if "builtins.issubclass" in names and test.args:
        return clean(frame, test.args[0])
    if (held := matched.strictly(frame, test)) is not None:
        return clean(frame, held)
    if (held := matched.as_name(frame, test)) is not None:
        return vetted(frame, held, NAMED)
    if (held := matched.as_address(frame, test)) is not None:
        return vetted(frame, held, ADDRESSED)
    if any(_CHECKS_SIGNATURE.search(name.rpartition(".")[2]) for name in names):
        return _signed(frame, test)
    return {}


def _is_one_of(frame: Frame, node: ast.expr, kinds: list[ast.expr]) -> bool:
    """Whether what a text chose must be of one class; any function is callable, so that says nothing."""
    chosen = all(CHOSEN in atom.marks for atom in again(frame, node).atoms)
    return chosen and not any(_ANY_FUNCTION.search(name) for kind in kinds for name in again(frame, kind).names)


def _signed(frame: Frame, test: ast.Call) -> Env:
    known: Env = {}
    if len({ast.dump(part) for part in test.args}) < len(test.args):
        return known  # what is compared with itself is no check
    made = (one for part in walk(test) if isinstance(part, ast.Name) for one in _digests(frame, part.id))
    for part in (*walk(test), *made):
        key = place(part) if isinstance(part, ast.Name | ast.Attribute | ast.Subscript) else None
        if key is not None and key in frame.env:
            found = frame.env[key]
            known[key] = found._replace(atoms=marked(found.atoms, SIGNED)) if found.atoms else CLEAN
    return known


def _digests(frame: Frame, name: str) -> Iterator[ast.AST]:
    """What a signature is worked out from that a variable is set to: `expected = hmac.new(key, body, sha256).hexdigest()`."""
    for said in frame.assigned.get(name, ())[:_MANY]:
        yield from walk(said) if _CHECKS_SIGNATURE.search(ast.unparse(said)) else ()


def clean(frame: Frame, node: ast.expr) -> Env:
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args:
        node = node.func.value  # `kind.lower() in ALLOWED`
    key = place(node)
    return {} if key is None else {key: Value(NONE, again(frame, node).names, told=True)}

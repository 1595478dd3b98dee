"""What a condition asks, taken apart: comparisons of a subject with a literal, in the sense that lets a caller pass."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import libcst as cst

from gate import lazy
from gate.facts.folding import Folded
from gate.facts.granting import code, guard
from gate.facts.known import Scope, dotted, holder, text
from gate.facts.subject import Subject, subject
from gate.facts.wording import Kind, kind, words

_COMPARES = frozenset({
    "compare_digest", "constant_time_compare", "safe_str_cmp", "eq", "__eq__", "check_password_hash", "checkpw",
    "verify", "verify_password", "check_password", "safe_compare", "equals", "secure_compare", "startswith",
    "endswith", "match", "fullmatch", "fnmatch", "is_", "contains", "__contains__",
})  # fmt: skip
_PREFIX = frozenset({"startswith", "endswith", "match", "fullmatch", "fnmatch"})
_DEBUG = lazy.regex(r"\b(DEBUG|debug|TESTING|testing|is_dev\w*|DEV_MODE|dev_mode|is_development|(APP_)?ENV(IRONMENT)?"
                    r"|environment)\b")  # fmt: skip
_DECODED = frozenset({"decoded", "parsed", "verified", "validated"})
_TABLES = frozenset({"claims", "payload", "dict", "map", "fields", "info"})
_PLAIN = lazy.regex(r"\^?[\w@. -]{4,}\$?")


@dataclass(frozen=True, eq=False)
class Atom:
    """One comparison that must hold. `way` is "equals", "starts", "ends" or "present"."""

    subject: Subject
    way: str
    values: tuple[str, ...] = ()
    nodes: tuple[cst.CSTNode, ...] = ()
    """The literals, where they stand in this function."""
    spans: tuple[tuple[int, int, int], ...] = ()
    debug: bool = False
    unset: bool = False
    """The literal is what a setting comes to where nobody sets it."""
    pair: bool = False
    """An account's name and its credential are both written in the code."""


def atoms(test: cst.BaseExpression, scope: Scope, *, holds: bool = True, hops: int = 0) -> list[Atom]:
    """The comparisons any one of which is enough for `test` to hold (or not to hold)."""
    if hops > 12:
        return []
    match test:
        case cst.UnaryOperation(operator=cst.Not(), expression=inner):
            return atoms(inner, scope, holds=not holds, hops=hops + 1)
        case cst.BooleanOperation(operator=operator):
            parts = list(_flat(test, type(operator)))
            if isinstance(operator, cst.And) is holds:
                return _all(parts, scope, holds=holds, hops=hops)
            return [atom for part in parts for atom in atoms(part, scope, holds=holds, hops=hops + 1)]
        case cst.NamedExpr(value=value) if not isinstance(value, cst.Name):
            return atoms(value, scope, holds=holds, hops=hops + 1)
        case cst.Comparison(left=left, comparisons=[cst.ComparisonTarget(operator, cst.Name(value="None"))]):
            there = isinstance(operator, cst.IsNot | cst.NotEqual) is holds
            return _looked_up(scope.value(left) or left, scope) or [] if there else []
        case cst.Comparison(left=left, comparisons=[cst.ComparisonTarget(operator=operator, comparator=right)]):
            return list(_compared(left, operator, right, scope, holds=holds))
        case cst.Call():
            return _called(test, scope, holds=holds, hops=hops)
        case cst.Name() if (known := scope.value(test)) is not None:
            return atoms(known, scope, holds=holds, hops=hops + 1)
    return _present(test, scope) if holds else []


def _flat(test: cst.BaseExpression, kind_: type) -> Iterator[cst.BaseExpression]:
    stack = [test]
    while stack:
        part = stack.pop()
        if isinstance(part, cst.BooleanOperation) and isinstance(part.operator, kind_):
            stack += [part.right, part.left]
        else:
            yield part


def _all(parts: list[cst.BaseExpression], scope: Scope, *, holds: bool, hops: int) -> list[Atom]:
    """Conditions that must all hold make one atom; beside a real guard the literal is no way round it."""
    found: list[Atom] = []
    debug = False
    for part in parts:
        own = atoms(part, scope, holds=holds, hops=hops + 1)
        found += own[:1]
        if not own and _guarding(part, holds=holds):
            return []
        debug = debug or (not own and debugging(part))
    if not found:
        return []
    ranked = sorted(found, key=lambda atom: (atom.way == "present", list(Kind).index(atom.subject.kind)))
    nodes = tuple(node for atom in ranked for node in atom.nodes)
    spans = tuple(span for atom in ranked for span in atom.spans)
    debug = debug or any(atom.debug for atom in ranked)
    unset = all(atom.unset for atom in ranked)
    return [replace(ranked[0], nodes=nodes, spans=spans, debug=debug, unset=unset, pair=_is_pair(ranked))]


def _is_pair(found: list[Atom]) -> bool:
    kinds = {atom.subject.kind for atom in found if atom.way == "equals"}
    return kinds >= {Kind.ACCOUNT, Kind.CREDENTIAL}


def _guarding(part: cst.BaseExpression, *, holds: bool) -> bool:
    negated = isinstance(part, cst.UnaryOperation) and isinstance(part.operator, cst.Not)
    return negated is not holds and guard(part)


def debugging(part: cst.BaseExpression) -> bool:
    return bool(_DEBUG.search(code(part)))


def _compared(
    left: cst.BaseExpression, operator: cst.BaseCompOp, right: cst.BaseExpression, scope: Scope, *, holds: bool
) -> Iterator[Atom]:
    wanted = isinstance(operator, cst.Equal | cst.Is | cst.In)
    if wanted is not holds:
        return
    if isinstance(operator, cst.Equal | cst.NotEqual | cst.Is | cst.IsNot):
        yield from _pair(left, right, scope)
    elif isinstance(left, cst.Tuple):
        yield from (atom for part in left.elements for atom in _member(part.value, right, scope))
    else:
        yield from _member(left, right, scope)


def _pair(left: cst.BaseExpression, right: cst.BaseExpression, scope: Scope, way: str = "equals") -> Iterator[Atom]:
    if isinstance(left, cst.Tuple) and isinstance(right, cst.Tuple) and len(left.elements) == len(right.elements):
        for one, two in zip(left.elements, right.elements, strict=True):
            yield from _pair(one.value, two.value, scope, way)
        return
    for this, that in ((left, right), (right, left)):
        folded = scope.literal(that)
        if folded is not None and any(folded.leaves):
            found = None if scope.literal(this) else subject(this, scope)
            if found is not None:
                yield _atom(found, way, folded, that, scope)
            return


def _member(left: cst.BaseExpression, right: cst.BaseExpression, scope: Scope) -> Iterator[Atom]:
    inside = scope.literal(right)
    if inside is not None and inside.many and any(inside.leaves):
        if (found := subject(left, scope)) is not None:
            yield _atom(found, "equals", inside, right, scope)
        return
    written = scope.literal(left)
    if written is None or written.many:
        return
    if holder(right, scope):
        name = written.leaves[0]
        if (said := kind(name, request=True)) is Kind.SPECIFIC:
            yield Atom(Subject(name, said, request=True), "present")
    elif (found := subject(right, scope)) is not None:
        yield _atom(found, "keyed" if _is_table(right) else "starts", written, left, scope)


def _is_table(node: cst.BaseExpression) -> bool:
    """Whether a name says of itself that it is what a token said, by name: `decoded_token`, `token_claims`."""
    said = words(dotted(node).rpartition(".")[2])
    return bool(said) and (said[0] in _DECODED or said[-1] in _TABLES)


def _atom(found: Subject, way: str, folded: Folded, node: cst.BaseExpression, scope: Scope) -> Atom:
    value = scope.value(node)
    nodes = (node,) if value is None else (value,)
    written = () if folded.spans and value is None else nodes
    return Atom(found, way, folded.leaves, written, folded.spans, unset=folded.unset)


def _called(test: cst.Call, scope: Scope, *, holds: bool, hops: int) -> list[Atom]:
    name = dotted(test.func).rpartition(".")[2]
    given = [argument.value for argument in test.args]
    if name in {"bool", "any", "all"} and len(given) == 1:
        return atoms(*_each(given[0], scope), holds=holds, hops=hops + 1)
    if not holds and name in _PREFIX:
        return []
    if isinstance(test.func, cst.Attribute) and len(given) == 1:
        given = [test.func.value, *given]
    if name in _COMPARES and len(given) >= 2:
        way = "ends" if name == "endswith" else "starts" if name in _PREFIX else "equals"
        found = list(_pair(given[0], given[1], scope, way))
        patterns = name in {"match", "fullmatch"}
        return [atom for atom in found if not patterns or all(_PLAIN.fullmatch(value) for value in atom.values)]
    return _present(test, scope) if holds else []


def _each(part: cst.BaseExpression, scope: Scope) -> tuple[cst.BaseExpression, Scope]:
    """The condition of `any(... for key in KEYS)`, where `key` is any of the literals."""
    if not isinstance(part, cst.GeneratorExp | cst.ListComp):
        return part, scope
    target = part.for_in.target
    name = {target.value: [part.for_in.iter]} if isinstance(target, cst.Name) else {}
    return part.elt, replace(scope, local={**scope.local, **name})


def _present(test: cst.BaseExpression, scope: Scope) -> list[Atom]:
    """`if request.args.get("bypass")`, and `if USERS.get(token)` where what is looked up stands in the code."""
    if (known := _looked_up(test, scope)) is not None:
        return known
    found = subject(test, scope)
    plain = found is not None and found.kind is Kind.SPECIFIC and found.request
    return [Atom(found, "present")] if found is not None and plain else []


def _looked_up(test: cst.BaseExpression, scope: Scope) -> list[Atom] | None:
    """`USERS.get(token)`, `USERS[token]`; None for what looks nothing up in a literal table."""
    match test:
        case cst.Call(func=cst.Attribute(value=table, attr=cst.Name(value="get")), args=[cst.Arg(value=key), *_]):
            pass
        case cst.Subscript(value=table, slice=[cst.SubscriptElement(slice=cst.Index(value=key))]):
            pass
        case _:
            return None
    folded = scope.literal(table)
    if folded is None or not folded.many:
        return None
    found = None if text(key, scope) else subject(key, scope)
    return [_atom(found, "equals", folded, table, scope)] if found else []

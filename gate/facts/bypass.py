"""Judging one function: which of its conditions let a caller pass on a literal alone."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from gate.facts.backdoor import backdoor
from gate.facts.condition import Atom, atoms, debugging
from gate.facts.folding import IMPORTED, Folded, Span
from gate.facts.granting import Effect, answer, blocks, denial, effect, guard, refuses
from gate.facts.known import Scope, dotted
from gate.facts.parameters import inside
from gate.facts.subject import Subject
from gate.facts.wording import Kind, telling, words
from gate.source import Source

_SECRET = re.compile(r"\d|[-_].*[-_]|[a-z][A-Z]")
_PASSING = frozenset({Effect.NEXT, Effect.USER, Effect.SETS, Effect.MINTS})


@dataclass(frozen=True)
class Bypass:
    """A way past a check."""

    subject: Subject
    way: str
    effect: Effect
    line: int
    end_line: int
    spans: tuple[Span, ...]
    debug: bool
    elsewhere: tuple[str, ...]
    """The full names of the imported constants it is compared with."""


@dataclass(frozen=True, eq=False)
class _Found:
    atom: Atom
    effect: Effect
    node: cst.CSTNode
    missing: bool = False


def bypasses(source: Source, first: int, last: int, known: Mapping[str, Folded]) -> Iterator[Bypass]:
    """Every way past a check in the function on these lines, its decorators and inner functions included."""
    module, shift = _parsed(source, first, last)
    names = tuple(source.scope(first).split("."))[:-1]
    body: Sequence[cst.CSTNode] = module.body
    if isinstance(body[0], cst.If):
        body = body[0].body.body
    scope = Scope(names, known)
    found = [one for part in body for one in _statement(part, [], scope, safe=False, debug=False)]
    if not found:
        return
    place = MetadataWrapper(module, unsafe_skip_copy=True).resolve(PositionProvider)
    seen: set[tuple[object, ...]] = set()
    for one in found:
        where = place[one.node]
        spans = tuple(s for node_ in one.atom.nodes for s in _span(place[node_], shift, source))
        way = "missing" if one.missing else one.atom.way if one.atom.way in {"present", "route"} else "equals"
        line, end = where.start.line + shift, where.end.line + shift
        literals = (*(id(part) for part in one.atom.nodes), *one.atom.spans) or (id(one.node),)
        if seen.isdisjoint({(line, end), literals}):
            seen |= {(line, end), literals}
            yield Bypass(
                one.atom.subject,
                way,
                one.effect,
                line,
                end,
                (*spans, *one.atom.spans),
                one.atom.debug,
                _elsewhere(one.atom),
            )


def _elsewhere(atom: Atom) -> tuple[str, ...]:
    """Nothing where a literal stands here as well."""
    names = tuple(value.partition(IMPORTED)[2] for value in atom.values)
    return names if all(names) else ()


def _parsed(source: Source, first: int, last: int) -> tuple[cst.Module, int]:
    """The libcst tree of whole lines, and what to add to its lines."""
    lines = source.parsable.split("\n") if source.problem else source.lines
    text = "\n".join(lines[first - 1 : last]) + "\n"
    if text[:1] in {" ", "\t"}:
        return cst.parse_module("if True:\n" + text), first - 2
    return cst.parse_module(text), first - 1


def _span(where: object, shift: int, source: Source) -> Iterator[Span]:
    start, end = where.start, where.end  # type: ignore[attr-defined]
    for number in range(start.line, end.line + 1):
        whole = len(source.lines[number + shift - 1])
        last = end.column if number == end.line and not source.problem else whole
        yield number + shift, start.column if number == start.line and not source.problem else 0, last


def _statement(
    part: cst.CSTNode, rest: Sequence[cst.CSTNode], scope: Scope, *, safe: bool, debug: bool
) -> Iterator[_Found]:
    """What one statement lets pass. `safe`: a real guard lies around it; `debug`: a debug setting does."""
    match part:
        case cst.FunctionDef():
            inner = inside(part, scope)
            if (does := backdoor(part, inner)) is not None:
                yield _Found(Atom(Subject(part.name.value, Kind.SPECIFIC, request=False), "route"), does, part.name)
            yield from _block(part.body.body, inner, safe=False, debug=debug)
            return
        case cst.ClassDef():
            yield from _block(
                part.body.body, replace(scope, names=(*scope.names, part.name.value)), safe=safe, debug=debug
            )
            return
        case cst.If(test=test) | cst.While(test=test):
            yield from _judged(_tested(part, test, scope, rest), scope, safe=safe, debug=debug)
            safe, debug = safe or guard(test), debug or debugging(test)
        case cst.Match(subject=asked, cases=cases):
            yield from _judged(_cases(asked, cases, scope), scope, safe=safe, debug=debug)
        case cst.SimpleStatementLine(body=smalls) | cst.SimpleStatementSuite(body=smalls):
            yield from _judged((f for small in smalls for f in _small(small, scope)), scope, safe=safe, debug=debug)
            return
    for child in blocks(part):
        if isinstance(child, cst.BaseSuite):
            yield from _block(child.body, scope, safe=safe, debug=debug)
        elif isinstance(child, cst.If):
            yield from _statement(child, rest, scope, safe=safe, debug=debug)
        elif isinstance(child, cst.Else | cst.ExceptHandler | cst.Finally | cst.MatchCase):
            yield from _block(child.body.body, scope, safe=safe, debug=debug)


def _block(body: Sequence[cst.CSTNode], scope: Scope, *, safe: bool, debug: bool) -> Iterator[_Found]:
    for index, part in enumerate(body):
        yield from _statement(part, body[index + 1 :], scope, safe=safe, debug=debug)


def _tested(
    part: cst.If | cst.While, test: cst.BaseExpression, scope: Scope, rest: Sequence[cst.CSTNode]
) -> Iterator[_Found]:
    body = part.body.body
    does = effect(body, scope)
    if does is not None:
        yield from (_Found(atom, does, test) for atom in atoms(test, scope))
    other = part.orelse.body.body if isinstance(part.orelse, cst.Else) else []
    if other and (does := effect(other, scope)) is not None:
        yield from (_Found(atom, does, test) for atom in atoms(test, scope, holds=False))
    elif (any(denial(p) for p in body)) and (rest or not other):
        refused = refuses(body) or scope.deciding == 2
        found = atoms(test, scope, holds=False) if refused else []
        yield from (_Found(atom, Effect.REST, test, missing=True) for atom in found)


def _cases(asked: cst.BaseExpression, cases: Sequence[cst.MatchCase], scope: Scope) -> Iterator[_Found]:
    for case in cases:
        does = effect(case.body.body, scope)
        for value in _values(case.pattern) if does else ():
            test = cst.Comparison(asked, [cst.ComparisonTarget(cst.Equal(), value)])
            yield from (_Found(atom, does, case.pattern) for atom in atoms(test, scope) if does)


def _values(pattern: cst.MatchPattern) -> Iterator[cst.BaseExpression]:
    if isinstance(pattern, cst.MatchValue):
        yield pattern.value
    elif isinstance(pattern, cst.MatchOr):
        yield from (value for element in pattern.patterns for value in _values(element.pattern))
    elif isinstance(pattern, cst.MatchAs) and pattern.pattern is not None:
        yield from _values(pattern.pattern)


def _small(small: cst.BaseSmallStatement, scope: Scope) -> Iterator[_Found]:
    match small:
        case cst.Return(value=cst.IfExp(test=test, body=body, orelse=other)):
            for value, holds in ((body, True), (other, False)):
                if (does := answer(value, scope)) is not None:
                    yield from (_Found(atom, does, small) for atom in atoms(test, scope, holds=holds))
        case cst.Return(value=cst.BaseExpression() as value):
            does = Effect.USER if isinstance(value, cst.Call | cst.Subscript) else Effect.TRUE
            does = Effect.TRUE if isinstance(value, cst.Call) and not _lookup(value) else does
            yield from (_Found(atom, does, small) for atom in atoms(value, scope) if atom.way != "present")
        case cst.Assign(value=value) if effect([small], scope) is Effect.SETS:
            yield from (_Found(atom, Effect.SETS, small) for atom in atoms(value, scope))
        case cst.Assert(test=test):
            yield from (_Found(atom, Effect.REST, small, missing=True) for atom in atoms(test, scope))


def _lookup(value: cst.Call) -> bool:
    return dotted(value.func).endswith(".get")


def _judged(found: Iterator[_Found], scope: Scope, *, safe: bool, debug: bool) -> Iterator[_Found]:
    if safe:
        return
    for one in found:
        if _counts(one, scope):
            atom = replace(one.atom, debug=one.atom.debug or debug)
            yield replace(one, atom=atom)


def _counts(one: _Found, scope: Scope) -> bool:
    """Whether subject, literal, effect and function together mean that a check is passed by."""
    subject, does, level = one.atom.subject, one.effect, scope.deciding
    passing = does in _PASSING
    guarding = level == 2 or scope.denies > 0
    plain = [value for value in one.atom.values if telling(value)]
    match subject.kind:
        case Kind.SPECIFIC:
            return (passing and (guarding or does is not Effect.NEXT)) or (level == 2 and does is not Effect.REST)
        case Kind.CREDENTIAL if plain:
            return _credential(one, plain, scope)
        case Kind.LOOSE:
            return bool(plain or subject.name) and passing and level == 2 and one.atom.way == "equals"
        case Kind.ACCOUNT if plain:
            return level == 2 and (passing or does is Effect.TRUE) and one.atom.way == "equals"
        case Kind.SPOOFABLE if plain:
            return level == 2 and passing and one.atom.way == "equals"
    return False


def _credential(one: _Found, plain: list[str], scope: Scope) -> bool:
    level, does = scope.deciding, one.effect
    subject = one.atom.subject
    long = any(len(value) >= 4 for value in plain)
    sure = len(words(subject.name)) > 1 or subject.request or words(subject.name)[0] != "token"
    if one.missing and len(plain) > 1 and not any(len(value) >= 8 and _SECRET.search(value) for value in plain):
        return False  # one of a few words, as a form or a protocol names them
    if one.atom.way == "starts":
        return long and level == 2 and (does in _PASSING or does is Effect.TRUE)
    if does in _PASSING:
        return level > 0 or (subject.request and (scope.denies > 0 or scope.route))
    if does is Effect.TRUE:
        return level == 2 or (level == 1 and sure and long)
    if does is Effect.EARLY:
        return level == 2
    return level == 2 or (subject.request and long)

"""Judging one function: which of its conditions let a caller pass on a literal alone."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from gate import lazy
from gate.facts.backdoor import backdoor
from gate.facts.condition import Atom, atoms, debugging
from gate.facts.folding import IMPORTED, Folded, Span
from gate.facts.granting import Effect, allows, answer, blocks, code, denial, effect, gated, guard, refuses
from gate.facts.known import Scope, dotted
from gate.facts.parameters import inside
from gate.facts.passing import passes
from gate.facts.subject import Subject
from gate.facts.wording import Kind
from gate.source import Source

_PUBLISHED = lazy.regex(
    r"(?:sk|pk|rk)_(?:live|test)_|whsec_|sk-(?:ant-|proj-)?|gh[opsu]_|github_pat_|glpat-|xox[abp]-|AKIA|hf_|AIza"
)
"""What the keys of a service begin with, as it says itself: whoever asks for no more asks for the form of a key."""
_TICKED = frozenset({"true", "True", "1", "on", "yes", "y"})


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
    unset: bool
    """The literal counts where a setting is not given."""


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
        spans = tuple(s for node_ in one.atom.nodes for s in _span(place.get(node_, where), shift, source))
        way = _way(one)
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
                one.atom.unset,
            )


def _way(one: _Found) -> str:
    if one.missing:
        return "missing"
    if _is_ticked(one):
        return "flag"
    if one.atom.way == "starts" and all(map(_PUBLISHED.fullmatch, one.atom.values)):
        return "form"
    return one.atom.way if one.atom.way in {"present", "ends", "keyed", "route"} else "equals"


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
    does = effect(body, scope) or gated(body, scope)
    if does is not None:
        found = [atom for atom in atoms(test, scope) if not _asks_on(atom, body, scope)]
        yield from (_Found(atom, does, test) for atom in found)
    other = part.orelse.body.body if isinstance(part.orelse, cst.Else) else []
    if other and (does := effect(other, scope)) is not None:
        yield from (_Found(atom, does, test) for atom in atoms(test, scope, holds=False))
    elif (any(denial(p) for p in body)) and (rest or not other):
        refused = refuses(body) or scope.deciding == 2
        found = atoms(test, scope, holds=False) if refused else []
        yield from (_Found(atom, Effect.REST, test, missing=True) for atom in found)


def _asks_on(atom: Atom, body: Sequence[cst.CSTNode], scope: Scope) -> bool:
    """Whether how a text begins tells no more than what is to be asked of it: `if token.startswith("cap_"): if known(token):`."""
    if atom.way != "starts" or effect([part for part in body if not isinstance(part, cst.If)], scope) is not None:
        return False
    said, name = "\n".join(map(code, body)), re.escape(atom.subject.name)
    found = re.findall(rf"(\w+) = (?:await )?[\w.]+\([^\n]*\b{name}\b", said)
    tests = [code(part.test) for part in body if isinstance(part, cst.If)]
    return bool(tests) and all(any(re.search(rf"\b{one}\b", test) for one in found) for test in tests)


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
    elif isinstance(pattern, cst.MatchSequence):
        parts = [list(_values(part.value)) for part in pattern.patterns if isinstance(part, cst.MatchSequenceElement)]
        if len(parts) == len(pattern.patterns) and all(len(part) == 1 for part in parts):
            yield cst.Tuple([cst.Element(part[0]) for part in parts])
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
        case cst.Assign(value=cst.IfExp(test=test, body=body, orelse=other)) if allows(body) or allows(other):
            yield from (_Found(atom, Effect.ALLOWS, small) for atom in atoms(test, scope, holds=allows(body)))
        case cst.Assign(value=value) if effect([small], scope) is Effect.SETS:
            yield from (_Found(atom, Effect.SETS, small) for atom in atoms(value, scope))
        case cst.Assert(test=test):
            yield from (_Found(atom, Effect.REST, small, missing=True) for atom in atoms(test, scope))


def _is_ticked(one: _Found) -> bool:
    """`is_admin = form["is_admin"] == "true"` reads a box that was ticked; what becomes of it is seen elsewhere."""
    names = {dotted(target.target) for target in one.node.targets} if isinstance(one.node, cst.Assign) else set()
    return names == {one.atom.subject.name} and _TICKED.issuperset(one.atom.values)


def _lookup(value: cst.Call) -> bool:
    return dotted(value.func).endswith(".get")


def _judged(found: Iterator[_Found], scope: Scope, *, safe: bool, debug: bool) -> Iterator[_Found]:
    if safe:
        return
    for one in found:
        if passes(one.atom, one.effect, scope, missing=one.missing):
            atom = replace(one.atom, debug=one.atom.debug or debug)
            yield replace(one, atom=atom)

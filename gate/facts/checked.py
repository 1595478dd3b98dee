"""The checks inside of a function, and all that must be true for one of them to turn a caller away."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gate import lazy
from gate.facts import guardwords
from gate.facts.clauses import all_of, any_of, said
from gate.facts.guardanswer import of_predicate
from gate.facts.guardnamed import in_full
from gate.facts.guardtest import is_refusal, tested
from gate.facts.guardwords import Guard
from gate.facts.reached import reached
from gate.facts.spelling import spelled
from gate.nodes import children, walk

Function = ast.FunctionDef | ast.AsyncFunctionDef
_ENDS = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_INNER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_PASSES_ON = lazy.regex(
    r"(?i)(?:^|\.)(?:get_response|call_next|next\w*|view\w*|func\w*|fn|f|wrapped\w*|handler|endpoint|app|dispatch|call|inner|method)$"
)
Condition = tuple[ast.expr, bool]
"""A test, and whether it holds."""
Loop = ast.For | ast.AsyncFor | ast.While
Effects = Sequence[tuple[int, str]]
"""What a function does, and on which line."""


@dataclass(frozen=True)
class Way:
    """One thing that must be true for a check to turn a caller away; `leaves`: else the function has ended before it."""

    text: str
    line: int
    leaves: "Leaving | None" = None
    past: frozenset[str] | None = None
    """Of a branch around the check: what is done all the same where it is not taken."""


@dataclass(frozen=True)
class Leaving:
    """What a function gives back where it ends before a check, and what it has called for that."""

    value: str
    calls: frozenset[str]
    given: frozenset[str] = frozenset()
    """What those calls are given."""


@dataclass(frozen=True)
class Checked:
    """A check, and what it hangs on."""

    guard: Guard
    ways: tuple[Way, ...]
    either: frozenset[str]
    """The reasons to refuse of which one is enough."""
    then: frozenset[str]
    """What is called behind it, and what is given back."""
    done: frozenset[str]
    """What is called before it for what it does, as nothing is made of what it gives back."""
    alone: bool
    """Whether the function does nothing but check."""
    unset: frozenset[str] = frozenset()
    """What does not hold where nobody says so: `strict`, of a parameter that is `False` by default."""

    @property
    def texts(self) -> frozenset[str]:
        return frozenset(way.text for way in self.ways)


class _Branch(NamedTuple):
    """A branch around a statement, and whether its condition holds there."""

    part: ast.If
    holds: bool


class _Spot(NamedTuple):
    """A statement, the branches around it, and what ran before it."""

    part: ast.stmt
    following: Sequence[ast.stmt]
    under: tuple[_Branch, ...]
    before: tuple[ast.stmt, ...]
    loop: Loop | None


def checks(node: Function) -> Iterator[Checked]:
    """Each check of a function, those of functions within it left out."""
    inner = _effects(_own(node.body))
    for spot in _spots(node.body, (), (), None):
        for guard, own in _guards(node, spot):
            ways = [Way(text, guard.line) for test, holds in own for text in sorted(all_of(test, holds=holds))]
            ways += [way for branch in spot.under for way in _under(branch, inner, guard)]
            looped = _behind_loop(spot.loop, inner, guard)
            ways += [way for part in spot.before for way in _leaving(part, looped)]
            ways += [Way(guard.text, guard.line)] if not own else []
            either = frozenset(text for test, holds in own[:1] for text in any_of(test, holds=holds))
            done = _calls([_call(part) for part in spot.before])
            yield Checked(
                guard,
                tuple(ways),
                either,
                _between(inner, guard.line),
                done,
                _only_checks(node, guard.line),
                _unset(node),
            )


def _under(branch: _Branch, inner: Effects, guard: Guard) -> Iterator[Way]:
    """What must be true for a check within a branch to be reached, and what is done where it is not."""
    other = branch.part.orelse if branch.holds else branch.part.body
    done = _between(inner, other[0].lineno - 1, other[-1].end_lineno or 0) if other else frozenset[str]()
    if not (other and isinstance(other[-1], _ENDS)):
        done |= _between(inner, branch.part.end_lineno or 0)
    for text in sorted(all_of(branch.part.test, holds=branch.holds)):
        yield Way(text, guard.line, past=done)


def _behind_loop(loop: Loop | None, inner: Effects, guard: Guard) -> frozenset[str]:
    """What is done when a loop has ended that does nothing but check one row after the other."""
    only = loop is not None and all(_is_idle(part) for part in loop.body if part.lineno >= guard.line)
    return _between(inner, loop.end_lineno or 0) if loop is not None and only else frozenset()


def _unset(node: Function) -> frozenset[str]:
    """What the defaults of the parameters make untrue: a flag that is `None` or `False`, and `not` one that is `True`."""
    given = [*node.args.posonlyargs, *node.args.args]
    pairs = [*zip(reversed(given), reversed(node.args.defaults), strict=False)]
    pairs += [(arg, value) for arg, value in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True) if value]
    flags = [(arg.arg, value.value) for arg, value in pairs if isinstance(value, ast.Constant)]
    return frozenset(f"not {name}" if value else name for name, value in flags if value in (None, False, True))


_TELLS = lazy.regex(
    r"(?i)(?:^|[._])(?:log\w*|debug|info|warn\w*|error|print|messages|append|add|setdefault|refresh|flush|validate|check|require|verify|ensure|prepare|setup|connect|begin|open|lock|load|initial|is_valid|super\(\))(?:[._]|$)"
)


def _call(part: ast.stmt) -> ast.AST:
    """The call that a statement is, where it does something."""
    value = part.value if isinstance(part, ast.Expr) else part
    value = value.value if isinstance(value, ast.Await) else value
    return value if isinstance(value, ast.Call) and not _TELLS.search(spelled(value.func)) else part


def _spots(
    block: Sequence[ast.stmt], under: tuple[_Branch, ...], before: tuple[ast.stmt, ...], loop: Loop | None
) -> Iterator[_Spot]:
    for index, part in enumerate(reached(block)):
        past = (*before, *block[:index])
        yield _Spot(part, block[index + 1 : index + 2], under, past, loop)
        if isinstance(part, ast.If):
            yield from _spots(part.body, (*under, _Branch(part, holds=True)), past, loop)
            yield from _spots(part.orelse, (*under, _Branch(part, holds=False)), past, loop)
        elif isinstance(part, Loop):
            yield from _spots(part.body, under, past, part)
            yield from _spots(part.orelse, under, past, loop)
        elif not isinstance(part, _INNER):
            for name in ("body", "orelse", "finalbody"):
                yield from _spots(getattr(part, name, ()), under, past, loop)


def _guards(node: Function, spot: _Spot) -> Iterator[tuple[Guard, list[Condition]]]:
    part = spot.part
    if isinstance(part, ast.If):
        asked = in_full(node, part)
        for guard in tested(asked, spot.following, frozenset()):
            yield guard, [(asked.test, not guard.text.startswith("only if "))]
    elif isinstance(part, ast.Return) and part in node.body and part.value is not None:
        for guard in of_predicate(node):
            yield guard, [(part.value, False)] if guard.line == part.lineno else []
    elif isinstance(part, ast.Expr | ast.Assign):
        for call in (one for one in walk(part) if isinstance(one, ast.Call)):
            if kind := guardwords.of_call(spelled(call.func)):
                yield Guard(call.lineno, kind, "call", spelled(call.func), spelled(call.func)), []


def _leaving(part: ast.stmt, looped: frozenset[str]) -> Iterator[Way]:
    """What must not be true for a statement to end the function, or this turn of a loop, without a refusal."""
    if not isinstance(part, ast.If):
        return
    for test, holds, block in ((part.test, True, part.body), (part.test, False, part.orelse)):
        last = block[-1] if block else None
        if isinstance(last, ast.Return) and not is_refusal(last) and not _says_no(last):
            own = _own(block)
            done = Leaving(ast.unparse(last.value) if last.value else "", _calls(own), _given(own))
            for text in all_of(test, holds=not holds):
                yield Way(text, part.lineno, done)
        elif isinstance(last, ast.Continue):
            done = Leaving("continue", frozenset(text for _, text in _effects(_own(block))) | looped)
            for text in all_of(test, holds=not holds):
                yield Way(text, part.lineno, done)
        else:
            for way in (way for inner in block for way in _leaving(inner, looped)):
                yield Way(f"({said(test, holds=not holds)} or {way.text})", way.line, way.leaves)


def _says_no(part: ast.Return) -> bool:
    return isinstance(part.value, ast.Constant) and part.value.value is False


def _calls(nodes: Sequence[ast.AST]) -> frozenset[str]:
    return frozenset(spelled(one.func) for one in nodes if isinstance(one, ast.Call))


def _effects(nodes: Sequence[ast.AST]) -> Effects:
    """What is called, and what is given back without a call, with the lines."""
    given = (one.value for one in nodes if isinstance(one, ast.Return) and one.value is not None)
    calls = [(one.lineno, spelled(one.func)) for one in nodes if isinstance(one, ast.Call)]
    idle = (ast.Constant, ast.Call, ast.Await)
    return [*calls, *((one.lineno, ast.unparse(one)) for one in given if not isinstance(one, idle))]


def _between(inner: Effects, first: int, last: int = 1 << 30) -> frozenset[str]:
    """What is done behind one line, and not behind another."""
    return frozenset(text for line, text in inner if first < line <= last)


def _given(nodes: Sequence[ast.AST]) -> frozenset[str]:
    calls = [one for one in nodes if isinstance(one, ast.Call)]
    return frozenset(ast.unparse(part) for one in calls for part in (*one.args, *(word.value for word in one.keywords)))


def _own(block: Sequence[ast.stmt]) -> list[ast.AST]:
    found: list[ast.AST] = list(block)
    for one in found:
        if not isinstance(one, _INNER):
            found += children(one)
    return found


def _only_checks(node: Function, line: int) -> bool:
    """Whether nothing follows the check but a return of what was there already, or a call of what is guarded."""
    return all(_is_idle(part) for part in node.body if part.lineno > line)


def _is_idle(part: ast.stmt) -> bool:
    value = part.value if isinstance(part, ast.Return | ast.Expr | ast.Assign) else None
    value = value.value if isinstance(value, ast.Await) else value
    if isinstance(part, ast.If):
        return all(isinstance(one, ast.Raise | ast.Return | ast.Expr) for one in part.body) and not part.orelse
    if isinstance(value, ast.Call) and isinstance(part, ast.Return | ast.Assign):
        return bool(_PASSES_ON.search(spelled(value.func)))
    return isinstance(part, ast.Return) and isinstance(value, ast.Name | ast.Attribute | ast.Constant | None)

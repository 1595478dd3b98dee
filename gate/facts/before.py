"""What a function has asked others by the time it comes to a line, and what they said, as the statements around tell."""

import ast
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from gate.facts import cleaning
from gate.facts.bindings import last_name
from gate.facts.frame import place
from gate.nodes import children, walk

Definition = ast.FunctionDef | ast.AsyncFunctionDef
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_PERHAPS = (*_SCOPES, ast.IfExp, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
"""What holds expressions that are not read, or not once."""


_DEEPEST = 30
_FIRST, _LAST = 50, 100
"""So many statements of a block are looked at from its beginning, and so many before the line that is asked about."""


class Answer(NamedTuple):
    """What is known of the answer of a call that is over: whether it was true; None where only that there was one."""

    said: bool | None = None
    none: bool = False
    """`said` tells whether it was another than None."""
    awaited: bool = False


class Asked(NamedTuple):
    """A call that is over, and the variables, or parts of them, that it was given, each by its position or name."""

    call: ast.Call
    answer: Answer
    given: tuple[tuple[str, str], ...]


_Call = tuple[ast.Call, Answer]


@lru_cache(maxsize=512)
def asked_before(node: Definition, line: int) -> tuple[Asked, ...]:
    """The calls of a function that are over, for certain, when it comes to a line, or behind its last one."""
    behind = line > (node.end_lineno or 0)
    passed = (one for part in node.body for one in _behind(part)) if behind else _passed(node.body, line)
    return tuple(asked for test, holds in passed for asked in _asked(node, test, holds))


@lru_cache(maxsize=8192)
def _asked(node: Definition, test: ast.expr, holds: bool | None) -> tuple[Asked, ...]:  # noqa: FBT001  a key
    """The calls in an expression that is read before a line, as far as they are given a variable."""
    calls = _calls(test, dict(set_once(node)), Answer(holds))
    found = (Asked(call, answer, tuple(_given(call))) for call, answer in calls)
    return tuple(one for one in found if one.given)


def _given(call: ast.Call) -> Iterator[tuple[str, str]]:
    """The variables a call is given; none is counted behind what is unpacked."""
    for index, part in enumerate(call.args):
        if isinstance(part, ast.Starred):
            break
        if (said := place(part)) is not None:
            yield str(index), said
    for word in call.keywords:
        if word.arg and (said := place(word.value)) is not None:
            yield word.arg, said


def ends(node: Definition, answer: Answer) -> Iterator[int]:
    """The lines from which a function gives an answer of this kind; one behind its last line where it just ends."""
    for part in _own(node):
        if isinstance(part, ast.Return) and _may_be(part.value, answer):
            yield part.lineno
    if not leaves(node.body) and _may_be(None, answer):
        yield (node.end_lineno or node.lineno) + 1


def _may_be(value: ast.expr | None, answer: Answer) -> bool:
    given = value.value if isinstance(value, ast.Constant) else None
    if answer.said is None or not (value is None or isinstance(value, ast.Constant)):
        return True
    return answer.said is (given is not None if answer.none else bool(given))


@lru_cache(maxsize=4096)
def set_once(node: Definition) -> Mapping[str, ast.expr]:
    """The variables of a function that one statement alone sets, and to what."""
    found: dict[str, ast.expr] = {}
    for part in _own(node):
        match part:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.NamedExpr(target=ast.Name(id=name), value=value)
            ):
                found[name] = value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                found[name] = value
    params = {param.arg for param in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)}
    return {name: value for name, value in found.items() if set_in(node)[name] == 1 and name not in params}


@lru_cache(maxsize=4096)
def others_of(node: Definition) -> Mapping[str, Sequence[str]]:
    """By variable, or part of one, those that are set once, to it: `text = body["text"].strip() or ""`."""
    found: dict[str, list[str]] = {}
    for name, value in set_once(node).items():
        if (said := place(_bare(value))) is not None:
            found.setdefault(said, []).append(name)
    return found


def _bare(value: ast.expr) -> ast.expr:
    """`text` for `text.strip()`, `await text` and `text or ""`."""
    match value:
        case ast.Call(func=ast.Attribute(value=inner, attr="strip"), args=[]) | ast.Await(value=inner):
            return _bare(inner)
        case ast.BoolOp(op=ast.Or(), values=[inner, ast.Constant()]):
            return _bare(inner)
    return value


@lru_cache(maxsize=4096)
def set_in(node: Definition) -> Counter[str]:
    """The variables that a function sets, those in it included, and how often."""
    stored = (part for part in walk(node) if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load))
    return Counter(part.id for part in stored)


def _own(node: ast.AST) -> Iterator[ast.AST]:
    waiting = list(children(node))
    while waiting:
        part = waiting.pop()
        yield part
        waiting += () if isinstance(part, _SCOPES) else children(part)


def _passed(body: Sequence[ast.stmt], line: int) -> Iterator[tuple[ast.expr, bool | None]]:
    """Expressions that have been read on every way to a line, and whether they held."""
    index = bisect_right(body, line, key=lambda part: part.lineno) - 1
    if index < 0 or line > (body[index].end_lineno or 0):
        return
    for part in (*body[: min(index, _FIRST)], *body[max(_FIRST, index - _LAST) : index]):
        yield from _behind(part)
    match body[index]:
        case ast.If(test=test, body=then, orelse=other):
            holds = _spans(then, line)
            yield from [(test, holds)] if holds or _spans(other, line) else []
            yield from _passed(then if holds else other, line)
        case ast.Try(body=tried, handlers=handlers, orelse=other, finalbody=last):
            for part in tried if _spans(other, line) else ():
                yield from _behind(part)
            for block in (tried, other, last, *(handler.body for handler in handlers)):
                yield from _passed(block, line)
        case (
            ast.For(body=inner, orelse=other)
            | ast.AsyncFor(body=inner, orelse=other)
            | ast.While(body=inner, orelse=other)
        ):
            yield from (*_passed(inner, line), *_passed(other, line))
        case ast.With(body=inner) | ast.AsyncWith(body=inner):
            yield from _passed(inner, line)


def _spans(body: Sequence[ast.stmt], line: int) -> bool:
    return bool(body) and body[0].lineno <= line <= (body[-1].end_lineno or 0)


@lru_cache(maxsize=8192)
def _behind(part: ast.stmt) -> tuple[tuple[ast.expr, bool | None], ...]:
    """Expressions that have been read where control comes out behind a statement."""
    return tuple(_read_in(part))


def _read_in(part: ast.stmt) -> Iterator[tuple[ast.expr, bool | None]]:
    match part:
        case ast.Expr(value=value) | ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
            yield value, None
        case ast.Assert(test=test):
            yield test, True
        case ast.If(test=test, body=then, orelse=other) if leaves(then):
            yield test, False
            for inner in other:
                yield from _behind(inner)
        case ast.If(test=test, orelse=other) if other and leaves(other):
            yield test, True
        case ast.Try(body=tried, handlers=handlers) if all(leaves(handler.body) for handler in handlers):
            for inner in tried:
                yield from _behind(inner)


def leaves(body: Sequence[ast.stmt]) -> bool:
    """Whether control never comes out behind these statements."""
    match body[-1] if body else None:
        case ast.Return() | ast.Raise() | ast.Continue() | ast.Break():
            return True
        case ast.Expr(value=ast.Call(func=function)):
            return bool(cleaning.LEAVES.fullmatch(last_name(function)))
        case ast.If(body=then, orelse=other):
            return leaves(then) and leaves(other)
    return False


def _calls(test: ast.expr, once: dict[str, ast.expr], how: Answer, depth: int = 0) -> Iterator[_Call]:
    """The calls in an expression, given whether it held; not those that lie too deep in it."""
    said, deeper = how.said, depth + 1
    if depth > _DEEPEST:
        return
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            yield from _calls(inner, once, how._replace(said=None if said is None else not said), deeper)
        case ast.Await(value=inner):
            yield from _calls(inner, once, how._replace(awaited=True), deeper)
        case ast.NamedExpr(value=inner):
            yield from _calls(inner, once, how, deeper)
        case ast.BoolOp(op=operator, values=values):
            every = said is isinstance(operator, ast.And)
            for inner in values if every else values[:1]:
                yield from _calls(inner, once, how if every else Answer(), deeper)
        case ast.Compare(left=left, ops=[ast.Is() | ast.Eq()], comparators=[ast.Constant(value=None)]):
            yield from _calls(left, once, Answer(None if said is None else not said, none=True), deeper)
        case ast.Compare(left=left, ops=[ast.IsNot() | ast.NotEq()], comparators=[ast.Constant(value=None)]):
            yield from _calls(left, once, Answer(said, none=True), deeper)
        case ast.Name(id=name) if said is not None and name in once:
            yield from _calls(once.pop(name), once, how, deeper)  # asked once, whatever it is made of
        case ast.Compare(left=left, comparators=[first, *_]):  # behind a comparison that fails no other is made
            yield from _calls(left, once, Answer(), deeper)
            yield from _calls(first, once, Answer(), deeper)
        case ast.IfExp(test=inner):
            yield from _calls(inner, once, Answer(), deeper)
        case ast.Lambda() | ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            return
        case ast.Call():
            yield test, how
            yield from _inside(test, once, deeper)
        case _:
            yield from _inside(test, once, deeper)


def _inside(node: ast.expr, once: dict[str, ast.expr], depth: int) -> Iterator[_Call]:
    """The calls among the parts of an expression, of which nothing is known but that they gave an answer."""
    for part in children(node):
        inner = part.value if isinstance(part, ast.keyword) else part
        if isinstance(inner, ast.expr) and not isinstance(inner, _PERHAPS):
            yield from _calls(inner, once, Answer(), depth)

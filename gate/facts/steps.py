"""How values flow from statement to statement: in order, branches joined, loops taken twice."""

import ast
from collections.abc import Callable, Sequence

from gate.facts import cleaning, judging, nesting, operators, runners, sequences
from gate.facts.asked import passed
from gate.facts.assignment import assign, assign_each
from gate.facts.certain import forget, outcome
from gate.facts.flags import flagged
from gate.facts.frame import Env, Frame, again, elements, expressions, place, value
from gate.facts.joining import doubted, join, runs_once
from gate.facts.matching import cases_of, is_number
from gate.facts.narrow import narrowed, says
from gate.facts.options import GUARDS, switch
from gate.facts.sinks import note_answer
from gate.facts.spelling import spelled
from gate.facts.subset import left_by
from gate.facts.value import CLEAN, Value, atoms_of, made, mixed, position, put

_COMPUTED = (ast.BinOp, ast.UnaryOp, ast.Subscript, ast.Compare, ast.BoolOp, ast.Call)
_MANY = 50
"""So many ways out of a loop are told apart."""
_TWICE = 2
"""Loops that stand deeper in others are gone through once each time those are."""


def run(frame: Frame, body: Sequence[ast.stmt]) -> bool:
    """Read statements; False when control never comes out behind them."""
    for statement in body:
        step = _STEPS.get(type(statement))
        if step is None:
            _expressions(frame, statement)
        elif step(frame, statement) is False:
            return False
    return True


def _expressions(frame: Frame, node: ast.stmt) -> None:
    for child in expressions(node):
        value(frame, child)


def _expr(frame: Frame, node: ast.Expr) -> bool | None:
    seen = len(frame.reached)
    value(frame, node.value)
    call = node.value.value if isinstance(node.value, ast.Await) else node.value
    if isinstance(call, ast.Call):
        if any(runners.COMPILES.fullmatch(name) for name in again(frame, call.func).names):
            frame.reached[seen:] = [one for one in frame.reached[seen:] if one.kind != runners.TEMPLATE]
        function = call.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        frame.env.update(passed(frame, call))
        return False if cleaning.LEAVES.fullmatch(name) else None
    return None


def _assert(frame: Frame, node: ast.Assert) -> None:
    _expressions(frame, node)
    frame.env.update(narrowed(frame, node.test)[0])


def _assign(frame: Frame, node: ast.Assign) -> None:
    found = value(frame, node.value)
    if isinstance(node.value, ast.Call):
        frame.env.update(passed(frame, node.value))
    if isinstance(node.value, _COMPUTED) and not found.atoms:
        found = found._replace(known=outcome(frame, node.value))
    found = found._replace(says=says(frame, node.value))
    for target in node.targets:
        assign(frame, target, found, node.value)


def _annotated(frame: Frame, node: ast.AnnAssign) -> None:
    if node.value is not None:
        assign(frame, node.target, value(frame, node.value), node.value)


def _augmented(frame: Frame, node: ast.AugAssign) -> None:
    joined = ast.copy_location(ast.BinOp(_loaded(node.target), node.op, node.value), node)
    assign(frame, node.target, value(frame, joined))


def _loaded(node: ast.expr) -> ast.expr:
    if isinstance(node, ast.Name):
        return ast.copy_location(ast.Name(node.id, ast.Load()), node)
    return node


def _return(frame: Frame, node: ast.Return) -> bool:
    frame.returned.append(_given_back(frame, node.value))
    judging.note_answer(frame, node.value)
    if frame.web:
        note_answer(frame, node)
    return False


def _given_back(frame: Frame, node: ast.expr | None) -> Value:
    """What is returned: several values, each under its position."""
    found = value(frame, node)
    if not isinstance(node, ast.Tuple) or any(isinstance(part, ast.Starred) for part in node.elts):
        return found
    held = (put(mixed(again(frame, part).atoms), position(index)) for index, part in enumerate(node.elts))
    return found._replace(atoms=atoms_of(map(Value, held)), items=None)


def _raise(frame: Frame, node: ast.Raise) -> bool:
    """An exception holds what it is made of."""
    _expressions(frame, node)
    if isinstance(node.exc, ast.Call):
        frame.raised += [Value(mixed(again(frame, part).atoms)) for part in node.exc.args]
    return False


def _leave(frame: Frame, node: ast.Break | ast.Continue) -> bool:
    if frame.leaving:
        frame.leaving[-1].append((dict(frame.env), isinstance(node, ast.Break)))
    return False


def _if(frame: Frame, node: ast.If) -> bool:
    ends: list[Env] = []
    first, whole = frame.env, node
    while True:  # an `elif` is the whole of an `else`; chains of them may be long
        value(frame, node.test)
        then, other = narrowed(frame, node.test)
        certain = outcome(frame, node.test)
        before = frame.env
        frame.env = {**before, **then}
        frame.parts = frame.parts or any(not key.isidentifier() for key in (*then, *other))
        if (certain is None or certain) and _run_on(frame, node):
            ends.append(frame.env)
        frame.env = {**before, **other}
        if certain:
            frame.env = join(ends, before)
            return bool(ends)
        if len(node.orelse) != 1 or not isinstance(node.orelse[0], ast.If):
            break
        node = node.orelse[0]
    if not node.orelse and ends:
        frame.env = doubted(frame.env, {**before, **then}, ends[-1])
    if run(frame, node.orelse):
        ends.append(frame.env)
    frame.env = join(ends, frame.env)
    if not whole.orelse:
        flagged(frame, first, [whole])
    return bool(ends)


def _run_on(frame: Frame, node: ast.If) -> bool:
    """Read the body of an `if`; in that of `if option:` the option is on."""
    before = frame.on
    frame.on |= switch(frame, node.test)
    through = run(frame, node.body)
    frame.on = before
    return through


def _loop(frame: Frame, node: ast.For | ast.AsyncFor | ast.While) -> bool:
    before, runs = frame.env, runs_once(frame, node)
    if runs is False:
        return run(frame, node.orelse)
    known, unset = dict(before), frame.unset
    frame.leaving.append([])
    frame.looping += 1
    forget(frame, [node] if isinstance(node, ast.While) else node.body)
    for _ in range(2 if frame.looping <= _TWICE else 1):
        start, frame.unset = dict(frame.env), set()
        if isinstance(node, ast.While):
            value(frame, node.test)
            frame.env = {**frame.env, **narrowed(frame, node.test)[0]}
        else:
            assign_each(frame, node.target, node.iter)
        ends = [frame.env] if run(frame, node.body) else []
        frame.env = join([start, frame.env], start)
        unset = unset | frame.unset
        if not _brings_more(frame, start):
            break
    frame.looping, frame.unset = frame.looping - 1, unset
    left = frame.leaving.pop()[:_MANY]
    again_ = [env for env, breaks in left if not breaks]
    frame.env = join([*ends, *again_] if runs else [before, frame.env, *again_], before)
    breaks_out = [env for env, breaks in left if breaks]
    out = list(breaks_out)
    if run(frame, node.orelse):
        out.append(frame.env)
    frame.env = join(out, frame.env)
    if not isinstance(node, ast.While):
        frame.env.update(left_by(frame, node) if len(out) == 1 and not breaks_out else {})
        flagged(frame, known, node.body, node)
    return bool(out)


def _brings_more(frame: Frame, start: Env) -> bool:
    """Whether a turn of a loop leaves something behind that another one, which began so, would find."""
    fresh = frame.env.keys() - start.keys()
    if any(not key.isidentifier() or key in frame.unset for key in fresh):
        return True
    return any(frame.env.get(key) != held for key, held in start.items())


def _with(frame: Frame, node: ast.With | ast.AsyncWith) -> bool:
    before = frame.guarded
    for item in node.items:
        found = operators.entered(frame, item.context_expr)
        frame.guarded = frame.guarded or _guards(item.context_expr)
        if item.optional_vars is not None:
            assign(frame, item.optional_vars, found, item.context_expr)
    through = run(frame, node.body)
    frame.guarded = before
    return through


def _guards(node: ast.expr) -> bool:
    """`with make_safe_connect():` stands guard over what is asked in it, as far as its name can be believed."""
    return isinstance(node, ast.Call) and bool(GUARDS.search(spelled(node.func)))


def _try(frame: Frame, node: ast.Try) -> bool:
    before, thrown = dict(frame.env), len(frame.raised)
    through = run(frame, node.body) and run(frame, node.orelse)
    ends = [frame.env] if through else []
    frame.env = join([before, frame.env], before)
    forget(frame, node.body)
    raised = frame.env
    for handler in node.handlers:
        frame.env = dict(raised)
        if handler.name and frame.raised[thrown:]:
            caught = made(value(frame, handler.type).names)
            frame.bind(handler.name, Value(atoms_of(frame.raised[thrown:]), caught))
        if run(frame, handler.body):
            ends.append(frame.env)
    frame.env = join(ends, raised)
    return run(frame, node.finalbody) and bool(ends)


def _match(frame: Frame, node: ast.Match) -> None:
    subject = value(frame, node.subject)
    key = place(node.subject)
    cases = cases_of(frame, node)
    before = frame.env
    ends = [before] if len(cases) == len(node.cases) else []
    for case in cases:
        fixed = isinstance(case.pattern, ast.MatchValue | ast.MatchSingleton | ast.MatchOr)
        frame.env = {**before, key: Value(names=subject.names, told=True)} if key and fixed else dict(before)
        numbers = {id(inner) for part in ast.walk(case.pattern) if is_number(part) for inner in ast.walk(part)}
        for part in ast.walk(case.pattern):
            name = getattr(part, "name", None) or getattr(part, "rest", None)
            if isinstance(name, str):
                frame.bind(name, CLEAN if fixed or id(part) in numbers else elements(subject))
        value(frame, case.guard)
        frame.env.update(narrowed(frame, case.guard)[0] if case.guard else {})
        if run(frame, case.body):
            ends.append(frame.env)
    frame.env = join(ends, before)


def _global(frame: Frame, node: ast.Global) -> None:
    frame.shared |= set(node.names)


def _nothing(_: Frame, __: ast.stmt) -> None:
    return None


_STEPS: dict[type, Callable[..., bool | None]] = {
    ast.Expr: _expr, ast.Assign: _assign, ast.AnnAssign: _annotated, ast.AugAssign: _augmented, ast.Return: _return,
    ast.Raise: _raise, ast.Assert: _assert, ast.Break: _leave, ast.Continue: _leave, ast.If: _if, ast.For: _loop, ast.AsyncFor: _loop,
    ast.While: _loop, ast.With: _with, ast.AsyncWith: _with, ast.Try: _try, ast.TryStar: _try, ast.Match: _match,
    **nesting.STEPS, ast.Import: _nothing,
    ast.ImportFrom: _nothing, ast.Global: _global, ast.Nonlocal: _nothing, ast.Pass: _nothing, ast.Delete: sequences.deleted,
}  # fmt: skip

"""Rows that are looked up anew behind the check of whose they are: what is done then is done to another one."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from gate.facts.guardcall import is_caller, own
from gate.facts.guardtest import is_refusal
from gate.facts.guardwords import of_call
from gate.facts.spelling import spelled
from gate.nodes import walk

Function = ast.FunctionDef | ast.AsyncFunctionDef
_FEW = 40
"""How many checks and look-ups of a function are held against each other."""


@dataclass(frozen=True)
class OtherRow:
    """A look-up behind a check of what the same name held before, or a check of a row other than what is used."""

    line: int
    name: str
    check: str
    lookup: str


@dataclass(frozen=True)
class _Lookup:
    line: int
    name: str
    called: str
    text: str


def other_rows(old: Function, new: Function) -> Iterator[OtherRow]:
    """At most one, where the base has none of that name."""
    had = {one.name for one in _reread(old)}
    found = next((one for one in _reread(new) if one.name not in had), None) or _swapped(old, new)
    if found is not None:
        yield found


def _reread(node: Function) -> Iterator[OtherRow]:
    """A name that is given another row when the row it held has been checked, and is not checked again."""
    checks, held = _checks(node), _lookups(node)
    for line, name, check in checks:
        before = [one for one in held if one.name == name and one.line < line]
        behind = [one for one in held if one.name == name and one.line > line]
        for one in behind[:1] if before else ():
            again = any(where > one.line and name == other for where, other, _ in checks)
            if one.called == before[-1].called and one.text != before[-1].text and not again and _is_used(node, one):
                yield OtherRow(one.line, name, check, one.text)


def _swapped(old: Function, new: Function) -> OtherRow | None:
    """A second row that is found by the same look-up, and to which is done what was done to the one that was checked."""
    known = {one.text for one in _lookups(old)}
    fresh = [one for one in _lookups(new) if one.text not in known]
    checks = _checks(new) if fresh else ()
    asked = {name for _, name, _ in checks}
    was, now = (_done(old), _done(new)) if asked else ({}, {})
    for _, name, check in checks:
        same = [one for one in _lookups(new) if one.name == name]
        for one in fresh:
            taken = was.get(name, frozenset()) - now.get(name, frozenset())
            alike = same and one.called == same[0].called and one.name not in asked
            if alike and taken & now.get(one.name, frozenset()):
                return OtherRow(one.line, one.name, check, one.text)
    return None


@lru_cache(maxsize=256)
def _lookups(node: Function) -> Sequence[_Lookup]:
    """What names are given by calls that do not speak of who calls, nor of what the name held."""
    found = []
    for part in (one for one in own(node) if isinstance(one, ast.Assign)):
        value = part.value.value if isinstance(part.value, ast.Await) else part.value
        target = part.targets[0]
        if isinstance(target, ast.Name) and isinstance(value, ast.Call):
            called, text = spelled(value.func), ast.unparse(value)
            said = {one.id for one in walk(value) if isinstance(one, ast.Name)}
            ends = [*value.args, *(word.value for word in value.keywords)]
            if target.id not in said and not any(is_caller(ast.unparse(one)) for one in ends):
                found.append(_Lookup(part.lineno, target.id, called, text))
    return sorted(found, key=lambda one: one.line)[:_FEW]


@lru_cache(maxsize=256)
def _checks(node: Function) -> Sequence[tuple[int, str, str]]:
    """The line of each check of whose a row is, the name of the row, and how it is written."""
    found, parts = [], own(node)
    named = {
        name
        for part in parts
        if isinstance(part, ast.If) and any(map(is_refusal, part.body))
        for name in _names(part.test)
    }
    for part in parts:
        if isinstance(part, ast.If) and any(map(is_refusal, part.body)):
            found += [(part.lineno, row, ast.unparse(part.test)) for row in _rows(part.test)]
        elif isinstance(part, ast.Assign) and named.intersection(_names(part.targets[0])):
            found += [(part.lineno, row, ast.unparse(part.value)) for row in _rows(part.value)]
        elif isinstance(part, ast.Expr):
            call = part.value.value if isinstance(part.value, ast.Await) else part.value
            if isinstance(call, ast.Call) and of_call(spelled(call.func)):
                found += [(part.lineno, name, ast.unparse(call)) for one in call.args for name in _names(one)]
    return sorted(found)[:_FEW]


def _names(node: ast.expr) -> list[str]:
    return [one.id for one in walk(node) if isinstance(one, ast.Name)]


def _rows(test: ast.expr) -> list[str]:
    """The names of what a condition compares with who calls: `doc` of `doc.owner_id != current_user.id`."""
    found = []
    for one in (part for part in walk(test) if isinstance(part, ast.Compare) and len(part.comparators) == 1):
        for row, caller in ((one.left, one.comparators[0]), (one.comparators[0], one.left)):
            if isinstance(row, ast.Attribute) and not is_caller(ast.unparse(row)) and is_caller(ast.unparse(caller)):
                found.append(spelled(row).partition(".")[0])
    return found


def _is_used(node: Function, one: _Lookup) -> bool:
    """Whether something is done with what was looked up."""
    return any(isinstance(part, ast.Name) and part.id == one.name and part.lineno > one.line for part in own(node))


def _done(node: Function) -> Mapping[str, frozenset[str]]:
    """By name, what is done to it: `_.delete` of `doc.delete()`, `session.delete` of `session.delete(doc)`, `_.text =`."""
    found: dict[str, set[str]] = {}
    for part in own(node):
        if isinstance(part, ast.Call):
            name, _, rest = spelled(part.func).partition(".")
            found.setdefault(name, set()).add(f"_.{rest}")
            for given in (one.id for one in part.args if isinstance(one, ast.Name)):
                found.setdefault(given, set()).add(spelled(part.func))
        elif isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Store):
            found.setdefault(spelled(part.value), set()).add(f"_.{part.attr} =")
    return {name: frozenset(done) for name, done in found.items()}

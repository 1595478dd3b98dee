"""Checks that are asked in another way: by a helper that is called now, or by the query that reads the row."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from gate import lazy
from gate.facts.guardcall import is_caller
from gate.facts.guardshape import node_of
from gate.facts.guardtest import is_refusal
from gate.facts.guardtree import Found
from gate.facts.guardwords import Guard
from gate.facts.spelling import last, spelled
from gate.nodes import statements, walk

if TYPE_CHECKING:
    from gate.facts.guardsides import Sides

_TEXT = lazy.regex(r"""["'][^"']*["']""")
_WORD = lazy.regex(r"[A-Za-z_]\w*")
_COMPARED = lazy.regex(r" (?:and|or|not in|in|is not|is|==|!=) ")
_MISSING = lazy.regex(r"(?:not )?([A-Za-z_]\w*)(?: is None)?")


def asked_by_helper(sides: "Sides", lost: Guard, less: Guard, old: Found, new: Found) -> bool:
    """Whether a function it calls now turns callers away by what is asked no more here: `self.require_role("admin")`.

    Its body must compare the same thing, and somebody must name what that was compared with: its own name proves nothing.
    """
    node = node_of(sides.head, new) if lost.how == "test" else None
    body = ast.unparse(node) if node is not None else ""
    asked = _compared_with(lost.text) - _compared_with(less.text)
    for name in sorted(new.unit.uses - old.unit.uses) if body and asked else ():
        found = sides.head.lookup(new.path, name, new.unit.owner or new.unit.name)
        held = found.unit.guards if found is not None and found.unit.refuses else ()
        tests = " ".join(one.text for one in held if one.sure and one.how == "test")
        named = all(text in tests or text in body for text in _TEXT.findall(lost.text))
        if named and asked & _compared_with(tests):
            return True
    return False


def _compared_with(text: str) -> frozenset[str]:
    """What a condition compares, each by its last word: `roles` of `self.current_user["roles"]`."""
    words = (_WORD.findall(part) for part in _COMPARED.split(text) if not _TEXT.fullmatch(part))
    return frozenset(found[-1] for found in words if found)


def asked_by_query(sides: "Sides", lost: Guard, old: Found, new: Found) -> bool:
    """Whether what was looked up by who calls is now part of how the row is: a row of members became a join on them.

    Where nothing is found callers are turned away on both sides; what was compared with the caller still is.
    """
    missing = _MISSING.fullmatch(lost.text) if lost.how == "test" else None
    was, is_ = node_of(sides.base, old), node_of(sides.head, new)
    if missing is None or was is None or is_ is None:
        return False
    before = _compared(_given(was).get(missing[1], ()))
    fresh = [_asked_anew(was, is_).get(text, frozenset()) for text in before]
    return bool(fresh) and bool(frozenset.intersection(*fresh))


@lru_cache(maxsize=64)
def _asked_anew(was: ast.AST, is_: ast.AST) -> Mapping[str, frozenset[int]]:
    """By each comparison with who calls, the new queries that make it, of which callers are turned away where nothing is found."""
    found: dict[str, set[int]] = {}
    values = (value for name in dict.fromkeys(_missed(is_)) for value in _given(is_).get(name, ()))
    for number, value in enumerate(value for value in values if ast.unparse(value) not in _texts(was)):
        for text in _compared([value]) if not _has_choice(value) else ():
            found.setdefault(text, set()).add(number)
    return {text: frozenset(numbers) for text, numbers in found.items()}


def _has_choice(value: ast.expr) -> bool:
    """Whether a query takes rows by one condition or another, or by none: what it compares then decides nothing."""
    return any(
        isinstance(part, ast.Or | ast.BitOr | ast.Not | ast.Invert | ast.IfExp)
        or (isinstance(part, ast.Call) and last(spelled(part.func)) in {"or_", "not_", "Q", "outerjoin"})
        for part in walk(value)
    )


def _missed(node: ast.AST) -> Iterator[str]:
    """The names of what callers are turned away for, where it is not there."""
    for part in statements(node):
        if isinstance(part, ast.If) and any(map(is_refusal, part.body)):
            found = _MISSING.fullmatch(ast.unparse(part.test))
            if found is not None and ast.unparse(part.test) != found[1]:
                yield found[1]


@lru_cache(maxsize=64)
def _given(node: ast.AST) -> Mapping[str, Sequence[ast.expr]]:
    """What each name is given in a function."""
    found: dict[str, list[ast.expr]] = {}
    for part in (one for one in statements(node) if isinstance(one, ast.Assign)):
        for one in part.targets:
            if isinstance(one, ast.Name):
                found.setdefault(one.id, []).append(part.value)
    return found


def _compared(values: Sequence[ast.expr]) -> frozenset[str]:
    """The comparisons with who calls in some queries: `Membership.user_id == user.id`, `user=request.user`."""
    parts = [part for value in values for part in walk(value)]
    said = [(part, ast.unparse(part)) for part in parts if isinstance(part, ast.Compare | ast.keyword)]
    return frozenset(text for part, text in said if any(is_caller(ast.unparse(end)) for end in _ends(part)))


def _ends(part: ast.Compare | ast.keyword) -> list[ast.expr]:
    return [part.value] if isinstance(part, ast.keyword) else [part.left, *part.comparators]


@lru_cache(maxsize=64)
def _texts(node: ast.AST) -> frozenset[str]:
    return frozenset(ast.unparse(part.value) for part in statements(node) if isinstance(part, ast.Assign))

"""Conditions on a tenant that are added only where a value is there: whoever leaves it out reads everybody's rows."""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from gate import lazy
from gate.facts.authority import is_authority
from gate.facts.bindings import Function, last_name
from gate.facts.callersent import TENANT, sent_id
from gate.facts.jstext import LANGUAGES
from gate.facts.ownwords import bound_by, bound_to, columns_of, says_owner, speaking, tells_owner
from gate.facts.presence import Presence, presence
from gate.facts.reading import Node, reading
from gate.facts.role import role
from gate.facts.unparsed import unparsed
from gate.hint import Hint
from gate.nodes import walk
from gate.source import Place, Source

_ASKS = frozenset({"objects", "query", "select", "all", "where", "filter", "filter_by", "find"})
_SQL = lazy.regex(r"(?i)\s*select\b.*\bfrom\b")
_CLOSES = frozenset({"none", "abort", "false"})
_GROWS = frozenset({"append", "extend", "update", "add", "insert"})
_MOST = 60
"""How many are judged in one function."""
_Unit = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class OptionalScope:
    """Such a condition: its column, what must be there (`told`), and whether the caller may leave that out (`sent`).

    `first` and `last` are the lines of the function around.
    """

    languages: ClassVar[frozenset[str]] = frozenset({"python"}) | LANGUAGES
    hint: ClassVar[Hint] = Hint.of(*(
        (word, r"(?:_?id|_uuid)?[\"'\])]*\s*(?::|is\b|in\b|!=|==|and\b|or\b|if\b|else\b|\)|&&|\?|>)")
        for word in ("tenant", "org", "organization", "organisation", "workspace", "account", "company")
    ))  # fmt: skip

    place: Place
    column: str
    told: str
    sent: bool
    role: str
    first: int
    last: int

    @classmethod
    def find(cls, source: Source) -> Iterable["OptionalScope"]:
        if source.language in LANGUAGES:
            yield from cls._in_javascript(source)
            return
        left: Counter[ast.AST] = Counter()
        for node in reading(source).of(ast.If, ast.IfExp):
            tested = presence(node.node.test) if node.function is not None and left[node.function] < _MOST else None
            if tested is not None and not _asks_who(node.node.test):
                left[node.function] += 1
                yield from cls._of(node, tested, source)

    @classmethod
    def _in_javascript(cls, source: Source) -> Iterator["OptionalScope"]:
        from gate.facts import jsoptional, jsunits

        for one in jsoptional.found(source):
            where = role(source.path, jsunits.unit(source, one.line).name)
            place = Place.at(source.path, one.line, one.end_line)
            yield cls(place, one.column, one.told, one.sent, where, one.first, one.last)

    @classmethod
    def _of(cls, node: Node, tested: Presence, source: Source) -> Iterator["OptionalScope"]:
        choice, unit = node.node, node.function
        bound, other = _arms(node, there=tested.there)
        columns = sorted(filter(TENANT.fullmatch, columns_of(bound)))
        if not columns or _is_inside(node) or not _is_open(choice, bound, other):
            return
        told = sent_id(tested.subjects, unit)
        if not told and not _is_meant(tested.subjects, bound):
            return
        inner = {id(one) for part in (*bound, choice) for one in walk(part)}
        apart = {unparsed(one) for one in tested.subjects}
        if any(says_owner(one, apart) for one in speaking(unit) if id(one) not in inner):
            return
        last = max(choice.lineno, *(getattr(one, "end_lineno", 0) for one in bound))
        sent = bool(told) and not _must_be_given(tested.subjects, unit)
        where = role(source.path, source.scope(choice.lineno))
        place = Place.at(source.path, choice.lineno, last)
        yield cls(
            place, columns[0], unparsed(tested.subjects[0]), sent, where, unit.lineno, unit.end_lineno or unit.lineno
        )


def _is_open(choice: ast.If | ast.IfExp, bound: Sequence[ast.AST], other: Sequence[ast.AST]) -> bool:
    """Whether rows are read without the condition where the value is not there."""
    adds = isinstance(choice, ast.IfExp) or _asks_all(other) or any(map(_adds, bound))
    return adds and not _is_closed(other)


def _asks_who(test: ast.expr) -> bool:
    """`if user.is_superuser and org:`."""
    return any(is_authority(last_name(one)) for one in walk(test))


def _arms(node: Node, *, there: bool) -> tuple[list[ast.AST], list[ast.AST]]:
    """What happens where the value is there, and what where it is not; behind an `if` that leaves, that is the rest."""
    choice = node.node
    if isinstance(choice, ast.IfExp):
        arms: tuple[list[ast.AST], list[ast.AST]] = ([choice.body], [choice.orelse])
    else:
        behind = _behind(node) if choice.body and isinstance(choice.body[-1], ast.Return | ast.Raise) else []
        arms = (list(choice.body), list(choice.orelse) or behind)
    return arms if there else (arms[1], arms[0])


def _behind(node: Node) -> list[ast.AST]:
    """The statements that follow an `if` in its block."""
    block = getattr(node.parent.node, "body", []) if node.parent is not None else []
    at = block.index(node.node) if isinstance(block, list) and node.node in block else len(block)
    return list(block[at + 1 :])


def _is_meant(subjects: Sequence[ast.expr], bound: Sequence[ast.AST]) -> bool:
    """Whether the value that must be there is the tenant's, by its name or because the condition is made of it."""
    values = [value for part in bound for one in walk(part) for value in bound_to(one)]
    said = {unparsed(one) for value in values for one in walk(value) if isinstance(one, ast.Name | ast.Attribute)}
    return any(_names_tenant(one) or unparsed(one) in said for one in subjects)


def _names_tenant(node: ast.expr) -> bool:
    words = [node.value] if isinstance(node, ast.Constant) else [last_name(node)]
    return any(isinstance(word, str) and TENANT.fullmatch(word) is not None for word in words)


def _is_closed(other: Sequence[ast.AST]) -> bool:
    """Whether nobody's rows are read where the value is not there: an error is answered, or something else decides."""
    nodes = [one for part in other for one in walk(part)]
    if any(isinstance(one, ast.Raise) or last_name(one) in _CLOSES for one in nodes):
        return True
    if bound_by(nodes) or tells_owner(nodes):
        return True
    leaves = any(isinstance(one, ast.Return) for one in nodes)
    return leaves and not _asks_all(other)


def _asks_all(other: Sequence[ast.AST]) -> bool:
    """Whether a query is run there as well."""
    return any(_is_query(one) for part in other for one in walk(part))


def _is_query(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and _SQL.match(node.value) is not None
    if isinstance(node, ast.Attribute):
        return node.attr in _ASKS
    return isinstance(node, ast.Call) and last_name(node.func) == "select"


def _adds(part: ast.AST) -> bool:
    """Whether a condition is added there to what is asked further down: `rows = rows.filter(...)`, `where.append(...)`."""
    for one in walk(part):
        if isinstance(one, ast.Assign) and not isinstance(one.targets[0], ast.Name):
            return True
        if isinstance(one, ast.Assign) and last_name(one.targets[0]) in map(last_name, walk(one.value)):
            return True
        if isinstance(one, ast.AugAssign) or (isinstance(one, ast.Call) and last_name(one.func) in _GROWS):
            return True
    return False


def _is_inside(node: Node) -> bool:
    """Whether it stands where something asks who may: `if user.is_superuser:` around it."""
    for one in node.around:
        if isinstance(one.node, Function):
            return False
        if isinstance(one.node, ast.If) and _asks_who(one.node.test):
            return True
    return False


def _must_be_given(subjects: Sequence[ast.expr], unit: _Unit) -> bool:
    """Whether it is a parameter of a route nobody may leave out."""
    names = {last_name(one) for one in subjects if isinstance(one, ast.Name)}
    return any(one in names for one in _required(unit))


def _required(unit: _Unit) -> Iterator[str]:
    given = [*unit.args.posonlyargs, *unit.args.args]
    for one in given[: len(given) - len(unit.args.defaults)]:
        if one.annotation is None or not re.search(r"None|Optional", unparsed(one.annotation)):
            yield one.arg

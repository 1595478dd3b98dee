"""What a change takes from a query: the condition that said whose rows it means."""

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gate import lazy
from gate.fact import Repo
from gate.facts.around import around
from gate.facts.bindings import last_name
from gate.facts.lookup import Lookup
from gate.facts.query import Query
from gate.facts.scoping import Relation
from gate.facts.tenancy import OWNERS
from gate.facts.tenants import CANDIDATES, spellings
from gate.nodes import walk
from gate.source import Place, Source

_WORD = lazy.regex(r"[a-z]+(?:_[a-z]+)*")
_CAMEL = lazy.regex(r"(?<=[a-z])(?=[A-Z])")
_JOINS = frozenset({"join"})
_LEFT_ALONE = frozenset({"test", "seed", "down", "migration"})
_KEY_OF = lazy.regex(r"_?id$")
_BY_KEY = lazy.regex(r"\b(id|pk|uuid)\s*={1,2}\s*(?![\w.]*\b\1\s*[),\s])[\w(:%?$]")
_OWN_ROWS = lazy.regex(
    r"\b(?:user|current_user|tenant|org|organization|organisation|workspace|account|team|company|owner|customer)\.(\w+?)(?:_set|s)?"
    r"\.(?:all|filter|get|exclude|order_by|first|values|count|select_related|prefetch_related)\("
)
"""`request.user.orders.all()`: rows reached through who owns them."""


@dataclass(frozen=True)
class Unit:
    """A query and one of the tables it is about."""

    query: Query
    relation: Relation


@dataclass(frozen=True)
class Loss:
    """A query of head that does not say whose rows it means, and the column the one it replaces said it by."""

    place: Place
    role: str
    table: str
    column: str
    verb: str


def losses(path: str, before: Source, base: Repo, after: Source, head: Repo) -> Iterator[Loss]:
    """The queries of one file that were bound to an owner in the same function before the change."""
    names = scoping(base)
    if not _takes_away(before, after, names):
        return
    olds, news = _units(before.path, base), _units(path, head)
    for key, units in news.items():
        earlier = olds.get(key, ())
        free = [unit for unit in units if _is_sure(unit, names)]
        more = len(free) - sum(_is_sure(unit, names) for unit in earlier)
        known = {unit.query.shape for unit in earlier}
        free = [unit for unit in free if unit.query.shape not in known and unit.query.role not in _LEFT_ALONE]
        was = [column for unit in earlier if (column := _binds(unit, names, before))]
        now = sum(not _is_sure(unit, names) for unit in units)
        was += _through_owner(key, before, after) if free and not was else []
        free = [unit for unit in free if not (was and _keeps_key(unit, was[0], after))]
        for unit in free[: max(0, min(more, len(was) - now))]:
            yield Loss(unit.query.place, unit.query.role, unit.relation.table, was[0], unit.query.verb)


def _takes_away(before: Source, after: Source, names: frozenset[str]) -> bool:
    """Whether a line that went, or was changed, spoke of an owner or joined tables; most changes take no such line."""
    gone = Counter(before.lines) - Counter(after.lines)
    return any(not (names | _JOINS).isdisjoint(_WORD.findall(_CAMEL.sub("_", line).lower())) for line in gone)


def scoping(repo: Repo) -> frozenset[str]:
    """The columns that may say whose a row is: a name alone is enough where it was there and is gone."""
    configured = (column.lower() for column in repo.settings.tenant_columns)
    return OWNERS.union(*(spellings(column) for column in (*CANDIDATES, *configured)))


def _units(path: str, repo: Repo) -> Mapping[tuple[str, str], list[Unit]]:
    """The queries of a file by the function they stand in and the table, a statement's many tables apart."""
    found: dict[tuple[str, str], list[Unit]] = defaultdict(list)
    if path not in repo:
        return found
    lookups = (one.query for one in repo.of(Lookup, path))
    for query in (*(one for one in repo.of(Query, path) if one.form == "sql"), *lookups):
        for relation in query.relations:
            if relation.table:
                found[query.scope, relation.table].append(Unit(query, relation))
    return found


def _binds(unit: Unit, names: frozenset[str], source: Source) -> str:
    """The owner's column that binds a query; "" for none."""
    for witness in unit.relation.scoped:
        if witness and names.issuperset(witness):
            return witness[0]
    if () in unit.relation.scoped:  # bound to what the request was found to belong to, or by a secret
        return _named(source.snippet(unit.query.place), names)
    return ""


def _keeps_key(unit: Unit, column: str, source: Source) -> bool:
    """Whether the column was the table's own key, as `userid` of `users`, which goes by `id` now."""
    table = unit.relation.table.lower().removesuffix("s").removesuffix("object").removesuffix("model")
    return _KEY_OF.sub("", column) == table and _BY_KEY.search(source.snippet(unit.query.place)) is not None


def _named(text: str, names: frozenset[str]) -> str:
    said = re.findall(r"\b(\w+?)(?:__\w+)?\s*=", text)
    return next((word.lower() for word in said if word.lower() in names), "")


def _is_sure(unit: Unit, names: frozenset[str]) -> bool:
    """Whether a query surely binds no owner: all of it is seen, and no owner is spoken of on some path."""
    query, relation = unit.query, unit.relation
    always = () in relation.scoped or not names.isdisjoint(column for witness in relation.scoped for column in witness)
    return query.complete and query.parsed and relation.known and not always and names.isdisjoint(relation.partly)


def _through_owner(key: tuple[str, str], before: Source, after: Source) -> list[str]:
    """The owner through whom a function reached the rows of a model, where it does not any more."""
    old, new = _body(before, key[0]), _body(after, key[0])
    found = [one for one in _OWN_ROWS.finditer(old) if one[1].replace("_", "") == key[1].lower()]
    gone = found and not any(one[1].replace("_", "") == key[1].lower() for one in _OWN_ROWS.finditer(new))
    return [one[0].partition(".")[0] for one in found] if gone else []


def _body(source: Source, scope: str) -> str:
    """The lines of a function by its full name; of the whole file for what stands in none."""
    lines = [line for number, line in enumerate(source.lines, 1) if source.scope(number) == scope]
    return "\n".join(lines)


def uncompared(before: Source, base: Repo, after: Source, head: Repo) -> Iterator[Loss]:
    """The rows a function of head finds by key without asking whose they are, where it compared their owner before."""
    names = scoping(base)
    olds = _units(before.path, base) if _takes_away(before, after, names) else {}
    for key, units in _units(after.path, head).items() if olds else ():
        free = [unit for unit in units if unit.query.role not in _LEFT_ALONE and _is_sure(unit, names)]
        if not free or not olds.get(key):
            continue
        was = _compared(around(base, olds[key][0].query.place).node, names)
        gone = was - _named_in(around(head, free[0].query.place).node)
        if gone and was == gone:
            yield Loss(free[0].query.place, free[0].query.role, key[1], min(gone), free[0].query.verb)


def _compared(node: ast.AST | None, names: frozenset[str]) -> set[str]:
    """The owners' columns a function compares with something."""
    compares = (one for one in (walk(node) if node else ()) if isinstance(one, ast.Compare))
    ends = (end for one in compares for end in (one.left, *one.comparators))
    asked = (end for end in ends if isinstance(end, ast.Attribute) and not last_name(end.value)[:1].isupper())
    return {end.attr for end in asked if end.attr in names}  # `Order.user == user` is the condition of a query


def _named_in(node: ast.AST | None) -> set[str]:
    """The attributes and keywords a function speaks of."""
    nodes = walk(node) if node else []
    said = {one.attr for one in nodes if isinstance(one, ast.Attribute)}
    return said | {one.arg for one in nodes if isinstance(one, ast.keyword) and one.arg}

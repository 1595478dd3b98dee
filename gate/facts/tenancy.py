"""Whose rows a table holds, as the repository itself shows it: which columns name a tenant, and who filters on them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from gate.fact import Repo
from gate.facts.lookup import Lookup
from gate.facts.query import Query
from gate.facts.scoping import Relation
from gate.facts.sqltext import words
from gate.facts.table import Table
from gate.source import Place

CANDIDATES = words(
    "tenant_id tenant org_id org organization_id organization organisation_id organisation workspace_id "
    "workspace account_id account company_id company team_id team"
)
"""Columns that name a tenant where enough tables have them."""
OWNERS = words("user_id user owner_id owner created_by_id created_by author_id author member_id")
"""Columns that say whose a row is; they scope a query, but make no table a tenant's."""
_PLAIN = words(
    "tenant_id tenant org_id org organization_id organization organisation_id organisation workspace_id workspace"
)
"""Those that mean nothing else once the table they point to is there; a team or an account may be a thing like others."""
_LEAST_TABLES = 3
_LEAST_SHARE = 0.3
_LEAST_QUERIES = 3
_LEAST_ELSEWHERE = 5
_LEAST_ALIKE = 2
_CONVENTION = 0.8


@dataclass(frozen=True)
class Owned:
    """A table whose rows belong to tenants: its column for it, and how many tables have such a column."""

    name: str
    column: str
    configured: bool
    holders: int
    tables: int
    guarded: bool


@dataclass(frozen=True)
class Use:
    """A query of an owned table, and whether it says whose rows it means; None where that cannot be told."""

    query: Query
    relation: Relation
    scoped: bool | None


@dataclass(frozen=True, eq=False)
class Tenancy:
    """What a tree says of tenants."""

    owned: Mapping[str, Owned]
    """By the lower-case name of the table, and by that of the model."""
    uses: Mapping[str, tuple[Use, ...]]
    """By the name of the table."""

    @cached_property
    def app(self) -> tuple[int, int]:
        """Of the application's queries on owned tables, those that say whose rows they mean, and all that can be judged."""
        judged = [
            one for uses in self.uses.values() for one in uses if one.query.role == "app" and one.scoped is not None
        ]
        return sum(one.scoped is True for one in judged), len(judged)


@dataclass(frozen=True)
class Convention:
    """How many of the other queries say whose rows they mean: those on one table, or where it has few, on all."""

    scoped: int
    judged: int
    everywhere: bool

    @property
    def strong(self) -> bool:
        if self.everywhere and self.judged < _LEAST_ELSEWHERE:
            return self.judged >= _LEAST_ALIKE and self.scoped == self.judged
        return self.judged >= _LEAST_QUERIES and self.scoped >= _CONVENTION * self.judged


def convention(found: Tenancy, name: str, use: Use) -> Convention:
    """What the application's other queries on owned tables do."""
    own = [one for one in found.uses[name] if one is not use and one.query.role == "app" and one.scoped is not None]
    if len(own) >= _LEAST_QUERIES:
        return Convention(sum(one.scoped is True for one in own), len(own), everywhere=False)
    scoped, judged = found.app
    return Convention(scoped - (use.scoped is True), judged - 1, everywhere=True)


@lru_cache(maxsize=4)
def tenancy(repo: Repo) -> Tenancy:
    """Learn the tenant columns of a tree; queries and lookups are only read if there are any."""
    columns = _by_model(repo)
    tables = {table.name: table for table in repo[Table] if table.name}
    whole = {name: _all_columns(name, repo, columns) for name in tables}
    active = _active(repo, whole)
    secured = {table.name for table in repo[Table] if table.secured}
    if not active or next(repo.mentioning("django_tenants.postgresql_backend"), None):
        return Tenancy({}, {})
    holders = {column: sum(not _spellings(column).isdisjoint(held) for held in whole.values()) for column in active}
    owned: dict[str, Owned] = {}
    for name, held in whole.items():
        column = next((one for one in sorted(active) if one in held and not _is_anchor(name, one)), "")
        if column and name not in secured:
            models = {table.model for table in _named(repo)[name] if table.model}
            guarded = any(table.guarded for table in _named(repo)[name])
            one = Owned(name, column, column in repo.settings.tenant_columns, holders[column], len(whole), guarded)
            owned.update(dict.fromkeys({name, *models}, one))
    return Tenancy(owned, _uses(repo, owned, active))


def _active(repo: Repo, whole: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The columns that name a tenant: configured, or in a policy, or in enough tables; one will do beside `tenants`."""
    if repo.settings.tenant_columns:
        return frozenset(column.lower() for column in repo.settings.tenant_columns)
    named = {word for table in repo[Table] for word in table.policy if word in CANDIDATES}
    names = {name for table in repo[Table] for name in (table.name, table.model.lower())}
    anchored = {column for column in _PLAIN if any(_is_named_after(name, column) for name in names)}
    for column in CANDIDATES:
        count = sum(column in held for held in whole.values())
        if _is_common(count, len(whole), anchored=column in anchored):
            named.add(column)
    return frozenset(named)


def _is_common(count: int, tables: int, *, anchored: bool) -> bool:
    """Whether so many of so many tables make a column the tenant's; beside a table of tenants fewer will do."""
    if anchored and count >= _LEAST_SHARE * tables:
        return count > 0
    return count >= _LEAST_TABLES and count >= (_LEAST_SHARE / 3 if anchored else _LEAST_SHARE) * tables


def _by_model(repo: Repo) -> Mapping[str, list[Table]]:
    found: dict[str, list[Table]] = defaultdict(list)
    for table in repo[Table]:
        found[table.model or f"={table.name}"].append(table)
    return found


def _all_columns(name: str, repo: Repo, models: Mapping[str, list[Table]]) -> frozenset[str]:
    """The columns every statement gives a table, and those of the classes its model is made from."""
    columns: set[str] = set()
    for table in _named(repo)[name]:
        columns.update(table.columns)
        todo, seen = list(table.bases), set[str]()
        while todo:
            base = todo.pop()
            if base not in seen:
                seen.add(base)
                for one in models.get(base, ()):
                    columns.update(one.columns)
                    todo += one.bases
    return frozenset(columns)


@lru_cache(maxsize=4)
def _named(repo: Repo) -> Mapping[str, list[Table]]:
    found: dict[str, list[Table]] = defaultdict(list)
    for table in repo[Table]:
        found[table.name].append(table)
    return found


@lru_cache(maxsize=4)
def first_places(repo: Repo) -> Mapping[str, Place]:
    """Where a tree first speaks of each table, by the table's name."""
    return {name: min(table.place for table in tables) for name, tables in _named(repo).items()}


def _spellings(column: str) -> frozenset[str]:
    """`org` and `org_id` are one column under two names."""
    bare = column.removesuffix("_id")
    return frozenset({bare, f"{bare}_id"})


def _is_anchor(table: str, column: str) -> bool:
    """`tenants` holds the tenants themselves."""
    bare = column.removesuffix("_id")
    return _is_named_after(table, column) or table.endswith((f"_{bare}", f"_{bare}s"))


def _is_named_after(table: str, column: str) -> bool:
    return table.removesuffix("s") == column.removesuffix("_id")


def _uses(repo: Repo, owned: Mapping[str, Owned], active: frozenset[str]) -> Mapping[str, tuple[Use, ...]]:
    found: dict[str, list[Use]] = defaultdict(list)
    scoping = OWNERS.union(*(_spellings(column) for column in active))
    parents = frozenset(name for model in owned for name in _spellings(model.lower()))
    for query in _queries(repo, owned):
        for relation in query.relations:
            one = owned.get(relation.table)
            if one is not None:
                found[one.name].append(Use(query, relation, _is_scoped(query, relation, scoping, parents)))
    return {name: tuple(uses) for name, uses in found.items()}


def _queries(repo: Repo, owned: Mapping[str, Owned]) -> Iterator[Query]:
    if owned:
        yield from (query for query in repo[Query] if query.form == "sql")
        yield from (lookup.query for lookup in repo[Lookup])


def _is_scoped(query: Query, relation: Relation, scoping: frozenset[str], parents: frozenset[str]) -> bool | None:
    """Whether some witness of a relation names tenants or owners only; an OR that binds them partly is another flaw.

    An object mapper is given the parent itself as often as its id, so what is bound to an owned parent is not judged.
    """
    if any(scoping.issuperset(witness) for witness in relation.scoped):
        return True
    mapped = query.form == "orm" and any(parents & set(witness) for witness in relation.scoped)
    sure = query.complete and relation.known and query.parsed and not relation.schema.startswith("gp")
    return False if sure and not mapped and scoping.isdisjoint(relation.partly) else None

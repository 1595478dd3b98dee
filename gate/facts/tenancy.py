"""Whose rows a table holds, as the repository itself shows it: which columns name a tenant, and who filters on them."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from gate import lazy
from gate.fact import Repo
from gate.facts.lookup import Lookup
from gate.facts.query import Query
from gate.facts.scoping import Relation
from gate.facts.sqltext import words
from gate.facts.table import Table
from gate.facts.tenants import active, all_columns, by_model, inherited, is_anchor, is_label, said_of, spellings

OWNERS = words(
    "user_id user owner_id owner created_by_id created_by author_id author member_id assignee_id assignee assigned_to "
    "recipient_id reviewer_id sender_id receiver_id participant_id profile_id userid ownerid authorid createdbyid"
)
"""Columns that say whose a row is; they scope a query, but make no table a tenant's."""
_PERSONS = ("user_id", "owner_id", "user", "owner")
"""Those that make a row one person's, where no column names a tenant."""
_WORD = lazy.regex(r"\w+")
_CAMEL = lazy.regex(r"(?<=[a-z0-9])(?=[A-Z])")
_KEYS = frozenset({"id", "pk", "ids"})
LEAST_QUERIES = 3
_MOST_FILES = 300
"""How many files are read for what belongs to persons only, for which a tree has no one column."""
MOSTLY = 0.8


@dataclass(frozen=True)
class Owned:
    """A table whose rows belong to tenants: its column for it, and how many tables have such a column.

    `personal`: they belong to persons, and no column names a tenant. `guarded`: the model's manager scopes by itself.
    `through`: the column is another table's, which each row must point to. `label`: rows may have no tenant.
    """

    name: str
    column: str
    configured: bool
    holders: int
    tables: int
    guarded: bool
    personal: bool = False
    through: bool = False
    label: bool = False


@dataclass(frozen=True)
class Use:
    """A query of an owned table, and whether it says whose rows it means; None where that cannot be told.

    `bypassed`: it does, but on some paths only. `through`: all it binds is a parent whose rows are owned as well.
    """

    query: Query
    relation: Relation
    scoped: bool | None
    bypassed: bool = False
    through: bool = False

    @property
    def by_key(self) -> bool:
        """Whether it names its rows by their keys alone."""
        keys = _KEYS | {f"{self.relation.table.lower().removesuffix('s')}_id"}
        return bool(self.relation.scoped) and all(keys.issuperset(witness) for witness in self.relation.scoped)


@dataclass(frozen=True, eq=False)
class Tenancy:
    """What a tree says of tenants."""

    owned: Mapping[str, Owned]
    """By the lower-case name of the table, and by that of the model."""
    uses: Mapping[str, tuple[Use, ...]]
    """By the name of the table."""

    @cached_property
    def each(self) -> Mapping[str, tuple[int, int]]:
        """Of the application's queries on each table, those that say whose rows they mean, and all that can be judged."""
        judged = {
            name: [one.scoped is True for one in uses if one.query.role == "app" and one.scoped is not None]
            for name, uses in self.uses.items()
        }
        return {name: (sum(one), len(one)) for name, one in judged.items()}

    @cached_property
    def app(self) -> tuple[int, int]:
        """The same of all tables that hold the tenant's column themselves."""
        direct = [
            one for name, one in self.each.items() if not self.owned[name].personal and not self.owned[name].through
        ]
        return sum(scoped for scoped, _ in direct), sum(judged for _, judged in direct)


@lru_cache(maxsize=4)
def tenancy(repo: Repo) -> Tenancy:
    """Learn the tenant columns of a tree; queries and lookups are only read if there are any."""
    columns = by_model(repo)
    tables = {table.name: table for table in repo[Table] if table.name}
    whole = {name: all_columns(name, repo, columns) for name in tables}
    secured = {table.name for table in repo[Table] if table.secured}
    if next(repo.mentioning("django_tenants.postgresql_backend"), None):
        return Tenancy({}, {})
    far = {name: more for name, more in inherited(repo, whole).items() if whole[name].isdisjoint(_PERSONS)}
    whole = {name: held | far.get(name, frozenset()) for name, held in whole.items()}
    sure, perhaps = active(repo, whole)
    found = _read(repo, _owned(repo, whole, far, secured, sure | perhaps), sure | perhaps)
    kept = sure | {column for column in perhaps if _is_kept_to(found, column)}
    return found if kept >= perhaps else _read(repo, _owned(repo, whole, far, secured, kept), sure | perhaps)


def _read(repo: Repo, owned: Mapping[str, Owned], tenants: frozenset[str]) -> Tenancy:
    return Tenancy(owned, _uses(repo, owned, tenants))


def _is_kept_to(found: Tenancy, column: str) -> bool:
    """Whether the application's queries show that a column names the tenant: most of those that could, bind it."""
    names = {one.name for one in found.owned.values() if one.column == column}
    uses = [use for name in names for use in found.uses.get(name, ()) if use.query.role == "app"]
    bound = sum(use.scoped is True and any(column in witness for witness in use.relation.scoped) for use in uses)
    free = sum(use.scoped is False for use in uses)
    return bound >= LEAST_QUERIES and bound >= MOSTLY * (bound + free - 1)


def _owned(
    repo: Repo,
    whole: Mapping[str, frozenset[str]],
    far: Mapping[str, frozenset[str]],
    secured: Collection[str],
    tenants: frozenset[str],
) -> Mapping[str, Owned]:
    owned: dict[str, Owned] = {}
    holders = {one: _count(whole, spellings(one)) for one in (*tenants, *_PERSONS)}
    for name, held in whole.items():
        column = next((one for one in sorted(tenants) if one in held and not is_anchor(name, one)), "")
        personal = "" if column else next((one for one in _PERSONS if one in held and not is_anchor(name, one)), "")
        if (column or personal) and name not in secured:
            said = said_of(repo)[name]
            models = {table.model for table in said if table.model}
            guarded = any(table.guarded for table in said)
            configured = column in repo.settings.tenant_columns
            many = holders[column or personal]
            through = column in far.get(name, ())
            one = Owned(
                name,
                column or personal,
                configured,
                many,
                len(whole),
                guarded,
                not column,
                through,
                is_label(name, column, repo),
            )
            owned.update(dict.fromkeys({name, *models}, one))
    return owned


def _count(whole: Mapping[str, frozenset[str]], columns: frozenset[str]) -> int:
    """How many tables have one of these columns."""
    return sum(not columns.isdisjoint(held) for held in whole.values())


def _uses(repo: Repo, owned: Mapping[str, Owned], tenants: frozenset[str]) -> Mapping[str, tuple[Use, ...]]:
    found: dict[str, list[Use]] = defaultdict(list)
    scoping = OWNERS.union(*(spellings(column) for column in tenants))
    parents = frozenset(name for model in owned for name in _as_parent(model))
    for query in _queries(repo, owned):
        for relation in query.relations:
            one = owned.get(relation.table)
            if one is not None:
                mapped = (query.form == "orm" or one.through) and any(
                    parents & set(witness) for witness in relation.scoped
                )
                scoped = _is_scoped(query, relation, scoping, mapped=mapped)
                through = mapped and _is_scoped(query, relation, scoping, mapped=False) is False
                bypassed = scoped is not True and relation.known and not scoping.isdisjoint(relation.bypassed)
                found[one.name].append(Use(query, relation, False if bypassed else scoped, bypassed, through))
    return {name: tuple(uses) for name, uses in found.items()}


def _as_parent(model: str) -> frozenset[str]:
    """The columns that point to a model or a table: `order_item_id` and `order_item` for `orderItems`."""
    snake = _CAMEL.sub("_", model).lower()
    return frozenset(one for name in (model.lower(), snake, snake.removesuffix("s")) for one in spellings(name))


def _queries(repo: Repo, owned: Mapping[str, Owned]) -> Iterator[Query]:
    """All statements, and the lookups of the files that name an owned model."""
    if not owned:
        return
    yield from (query for query in repo[Query] if query.form == "sql")
    paths = [path for path in repo.paths if repo.indexes(Lookup, path)]
    repo.read_ahead(paths)
    sources = (repo.source(path) for path in paths)
    wanted = [
        one.path
        for one in sources
        if one and not owned.keys().isdisjoint(_WORD.findall(one.text)) and Lookup.hint.search(one.text)
    ]
    if len(wanted) > _MOST_FILES and all(one.personal for one in owned.values()):
        return
    yield from (lookup.query for path in wanted for lookup in repo.of(Lookup, path))


def _is_scoped(query: Query, relation: Relation, scoping: frozenset[str], *, mapped: bool) -> bool | None:
    """Whether some witness of a relation names tenants or owners only; an OR that binds them partly is another flaw.

    An object mapper is given the parent itself as often as its id, so what is bound to an owned parent (`mapped`) is
    not judged.
    """
    if any(scoping.issuperset(witness) for witness in relation.scoped):
        return True
    sure = query.complete and relation.known and query.parsed and not relation.schema.startswith("gp")
    return False if sure and not mapped and scoping.isdisjoint(relation.partly) else None


def scoping(column: str) -> frozenset[str]:
    """The names under which a row is said to be somebody's, where this column names the tenant."""
    return OWNERS | spellings(column)

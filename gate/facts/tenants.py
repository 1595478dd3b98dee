"""Which columns of a tree name a tenant, and which columns each table has."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache

from gate import lazy
from gate.fact import Repo
from gate.facts.sqltext import words
from gate.facts.table import Table
from gate.source import Place

CANDIDATES = words(
    "tenant_id tenant org_id org organization_id organization organisation_id organisation workspace_id "
    "workspace account_id account company_id company team_id team"
)
"""Columns that name a tenant where enough tables have them."""
_ACCOUNT = frozenset({"account_id", "account"})
_BANKING = words("iban bic swift account_number routing_number sort_code bank bank_id bank_name institution_id broker")
_PLAIN = words(
    "tenant_id tenant org_id org organization_id organization organisation_id organisation workspace_id workspace"
)
"""Those that mean nothing else once the table they point to is there; a team or an account may be a thing like others."""
_LEAST_TABLES = 3
_FARTHEST = 3
"""How many tables lie between one and the tenant's, at most."""
_PERSON = lazy.regex(r"(?:\w+_)?(?:users?|accounts?|members?|memberships?|profiles?|persons?|people|employees?)")
"""Tables of persons: what points to one is a person's first."""
_LEAST_SHARE = 0.3


def active(repo: Repo, whole: Mapping[str, frozenset[str]]) -> tuple[frozenset[str], frozenset[str]]:
    """The columns that name a tenant: configured, or in a policy, or in enough tables; one will do beside `tenants`.

    Apart from them those that may, if the queries bear it out: a table is named after them.
    """
    if repo.settings.tenant_columns:
        return frozenset(column.lower() for column in repo.settings.tenant_columns), frozenset()
    named = {word for table in repo[Table] for word in table.policy if word in CANDIDATES}
    names = {name for table in repo[Table] for name in (table.name, table.model.lower())}
    anchored = {column for column in _PLAIN if any(_is_named_after(name, column) for name in names)}
    perhaps = set[str]()
    for column in candidates(whole):
        count = sum(column in held for held in whole.values())
        if _is_common(count, len(whole), anchored=column in anchored):
            named.add(column)
        elif count and any(_is_named_after(name, column) for name in names):
            perhaps.add(column)
    return frozenset(named), frozenset(perhaps)


def candidates(whole: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The columns that may name a tenant in these tables: an account may be one of a bank's."""
    money = any(_keeps_money(name, columns) for name, columns in whole.items())
    return CANDIDATES - _ACCOUNT if money else CANDIDATES


def _keeps_money(table: str, columns: frozenset[str]) -> bool:
    """Whether a table of accounts is one of a bank's or of books, and not of those who log in."""
    kind = not columns.isdisjoint({"type", "account_type", "kind"})
    return any(_is_named_after(table, column) for column in _ACCOUNT) and (
        not columns.isdisjoint(_BANKING) or (kind and "currency" in columns)
    )


def _is_common(count: int, tables: int, *, anchored: bool) -> bool:
    """Whether so many of so many tables make a column the tenant's; beside a table of tenants fewer will do."""
    if anchored and count >= _LEAST_SHARE * tables:
        return count > 0
    return count >= _LEAST_TABLES and count >= (_LEAST_SHARE / 3 if anchored else _LEAST_SHARE) * tables


@lru_cache(maxsize=4)
def by_model(repo: Repo) -> Mapping[str, list[Table]]:
    found: dict[str, list[Table]] = defaultdict(list)
    for table in repo[Table]:
        found[table.model or f"={table.name}"].append(table)
    return found


def all_columns(name: str, repo: Repo, models: Mapping[str, list[Table]]) -> frozenset[str]:
    """The columns every statement gives a table, and those of the classes its model is made from."""
    columns: set[str] = set()
    for table in said_of(repo)[name]:
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


def inherited(repo: Repo, whole: Mapping[str, frozenset[str]]) -> Mapping[str, frozenset[str]]:
    """The columns by which tables without a tenant's column are a tenant's: those of a table each row must point to."""
    names = {
        spelled: table.name for table in repo[Table] if table.name for spelled in (table.name, table.model.lower())
    }
    points = {name: {names.get(one, one) for table in _said(name, repo) for one in table.points} for name in whole}
    wanted = _PLAIN | {column.lower() for column in repo.settings.tenant_columns}
    held = {
        name: frozenset(one for one in columns & wanted if not is_label(name, one, repo))
        for name, columns in whole.items()
    }
    closed = {name for name in whole if any(table.guarded or table.secured for table in said_of(repo)[name])}
    open_ = whole.keys() - closed
    found: dict[str, frozenset[str]] = {}
    for _ in range(_FARTHEST):
        for name in open_ - found.keys():
            parents = [one for one in points[name] & open_ if one != name and not _PERSON.fullmatch(one)]
            more = frozenset[str]().union(*(held[one] | found.get(one, frozenset()) for one in parents))
            if more and wanted.isdisjoint(whole[name]):
                found[name] = more
    return found


def _said(name: str, repo: Repo) -> Iterator[Table]:
    """What is said of a table, and of the classes its model is made from."""
    models = by_model(repo)
    for table in said_of(repo)[name]:
        yield table
        yield from (one for base in table.bases for one in models.get(base, ()))


def is_label(name: str, column: str, repo: Repo) -> bool:
    """Whether a model's rows may have no tenant: then the column may be but a label."""
    return any(column in table.loose for table in _said(name, repo))


@lru_cache(maxsize=4)
def said_of(repo: Repo) -> Mapping[str, list[Table]]:
    found: dict[str, list[Table]] = defaultdict(list)
    for table in repo[Table]:
        found[table.name].append(table)
    return found


@lru_cache(maxsize=4)
def first_places(repo: Repo) -> Mapping[str, Place]:
    """Where a tree first speaks of each table, by the table's name."""
    return {name: min(table.place for table in tables) for name, tables in said_of(repo).items()}


def spellings(column: str) -> frozenset[str]:
    """`org`, `org_id` and `"orgId"`, in lower case, are one column under three names."""
    bare = column.removesuffix("_id")
    return frozenset({bare, f"{bare}_id", f"{bare.replace('_', '')}id"})


def is_anchor(table: str, column: str) -> bool:
    """`tenants` holds the tenants themselves."""
    bare = column.removesuffix("_id")
    return _is_named_after(table, column) or table.endswith((f"_{bare}", f"_{bare}s"))


def _is_named_after(table: str, column: str) -> bool:
    return table.removesuffix("s") == column.removesuffix("_id")

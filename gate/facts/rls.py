"""Row-level security: policies as they are written, and which tables of a tree are under it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from gate import lazy
from gate.fact import Repo
from gate.facts.ddl import Ddl, bare, find_run, named
from gate.facts.sqltext import words
from gate.facts.table import Table
from gate.facts.tenants import CANDIDATES, active, all_columns, by_model, candidates, is_anchor

PERSONS = words("user_id owner_id user owner created_by author_id profile_id customer_id member_id")
"""Columns that say which person a row is of."""
HIDDEN = lazy.regex(r"internal|private|extensions|audit|pgsodium|vault|graphql\w*|cron|net|_\w+|pg_\w+|tests?")
"""Schemas that no client of an application is let into, as a rule."""
_COMMANDS = words("all select insert update delete")
_LEAST_TABLES = 3
_LEAST_SHARE = 0.6


@dataclass(frozen=True)
class Policy:
    """What a policy says. `command` is "all" where it names none; `using` and `check` are SQL, None where absent."""

    table: str
    schema: str
    command: str
    roles: tuple[str, ...]
    restrictive: bool
    using: str | None
    check: str | None


def policy(ddl: Ddl) -> Policy | None:
    """A CREATE or ALTER POLICY in parts; None for anything else."""
    if ddl.what != "policy" or ddl.verb not in {"create", "alter"} or ddl.said[:1] != ("on",):
        return None
    schema, table, at = named(ddl.said, 1)
    rest = ddl.said[at:]
    command = rest[at + 1] if (at := _top(rest, "for")) >= 0 and at + 1 < len(rest) else "all"
    using, check = _bracketed(rest, _top(rest, "using")), _bracketed(rest, _top(rest, "check"))
    return Policy(
        table, schema, command if command in _COMMANDS else "all", tuple(_roles(rest)),
        "restrictive" in rest, using, check,
    )  # fmt: skip


def _top(said: tuple[str, ...], word: str) -> int:
    """Where a word stands outside of parentheses; -1 for nowhere."""
    depth = 0
    for at, one in enumerate(said):
        depth += {"(": 1, ")": -1}.get(one, 0)
        if depth == 0 and one == word:
            return at
    return -1


def _bracketed(said: tuple[str, ...], at: int) -> str | None:
    """What stands in parentheses behind a word, as SQL."""
    if at < 0:
        return None
    depth, inner = 0, []
    for one in said[at + 1 :]:
        depth += {"(": 1, ")": -1}.get(one, 0)
        inner.append(one)
        if depth == 0:
            break
    return re.sub(r" \. ", ".", " ".join(inner))


def _roles(said: tuple[str, ...]) -> Iterator[str]:
    at = _top(said, "to")
    for one in said[at + 1 :] if at >= 0 else ():
        if one in {"using", "with"}:
            return
        if one != ",":
            yield bare(one)


def condition(sql: str | None) -> Any:
    """The syntax tree (sqlglot's) of a policy's condition; None for one that does not parse."""
    from gate.facts.placeholders import plain
    from gate.facts.sqlparse import tree

    parsed = tree(plain(f"SELECT 1 WHERE {sql}").sql) if sql else None
    where = parsed.args.get("where") if parsed is not None else None
    return where.this if where is not None else None


@lru_cache(maxsize=4)
def secured(repo: Repo) -> frozenset[str]:
    """The tables under row-level security once all statements of a tree have run, in the order of their paths."""
    found = {table.name for table in repo[Table] if table.secured}
    for one in repo[Ddl]:
        if one.verb == "alter" and one.what == "table" and one.name and one.role not in {"down", "test"}:
            if one.has("enable", "row", "level", "security"):
                found.add(one.name)
            elif one.has("disable", "row", "level", "security"):
                found.discard(one.name)
    return frozenset(found)


@lru_cache(maxsize=4)
def policies(repo: Repo) -> Mapping[str, tuple[Policy, ...]]:
    """The policies of a tree by their table; some may have been dropped since."""
    found: dict[str, list[Policy]] = {}
    for one in repo[Ddl]:
        made = one.what == "policy" and one.verb == "create" and one.role != "analytics"
        said = policy(one) if made else None
        if said is not None:
            found.setdefault(said.table, []).append(said)
    return {table: tuple(said) for table, said in found.items()}


@lru_cache(maxsize=4)
def owners(repo: Repo) -> Mapping[str, str]:
    """The column of each known table that says whose a row is; "" for a table without one."""
    models = by_model(repo)
    whole = {table.name: all_columns(table.name, repo, models) for table in repo[Table] if table.name}
    sure, _ = active(repo, whole)
    perhaps = candidates(whole)
    return {name: owner(held, sure, name, perhaps) for name, held in whole.items()}


def owner(columns: frozenset[str], sure: frozenset[str], table: str = "", perhaps: frozenset[str] = CANDIDATES) -> str:
    """The column that says whose a row is: a tenant's before a person's."""
    tenants = [one for one in (*sorted(sure), *sorted(perhaps)) if one in columns and not is_anchor(table, one)]
    persons = [one for one in sorted(PERSONS) if one in columns]
    return next(iter([*tenants, *persons]), "")


def is_supabase(repo: Repo) -> bool:
    """Whether every table of the public schema is reachable by clients, and only policies keep them apart."""
    return any("supabase/" in path for path in repo.paths) and bool(policies(repo))


@lru_cache(maxsize=16)
def is_used(repo: Repo, besides: str) -> bool:
    """Whether a tree keeps its tenants apart by row-level security: most tables with owners that other files make."""
    if is_supabase(repo):
        return True
    elsewhere = {table.name for table in repo[Table] if table.place.path != besides}
    owned = {name for name, column in owners(repo).items() if column} & elsewhere
    under = owned & secured(repo)
    return len(under) >= _LEAST_TABLES and len(under) >= _LEAST_SHARE * len(owned)


def later(repo: Repo, ddl: Ddl) -> Iterator[Ddl]:
    """What runs after a statement: in its file behind it, and in the files that follow in the order of paths."""
    own = repo.of(Ddl, ddl.place.path)
    behind = own[own.index(ddl) + 1 :] if ddl in own else ()
    for one in (*behind, *(one for one in repo[Ddl] if one.place.path > ddl.place.path)):
        if one.role not in {"down", "test"}:
            yield one


def enables_all(repo: Repo, path: str) -> bool:
    """Whether a file switches row-level security on for tables it does not name, in a loop."""
    return any(
        not one.name and find_run(one.said, ("row", "level", "security")) >= 0 and "enable" in one.said
        for one in repo.of(Ddl, path)
    )

"""Writes and stars in the words of JavaScript's query builders: Prisma, Drizzle, Knex, TypeORM, Sequelize, Supabase."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from gate import lazy
from gate.facts.comment import TOKENS
from gate.facts.links import Found
from gate.facts.sqltext import words
from gate.source import Source

HINT = lazy.regex(
    r"\.(?:deleteMany|updateMany|del|delete|destroy|update|clear)\s*(?:<[^<>()]*>)?\(|\.select\(\s*['\"`]\*"
)
_START = lazy.regex(
    r"(?<![\w$.])(?:this\.|ctx\.|await\s+)*(?P<root>[\w$]+(?:\.[\w$]+|\?\.[\w$]+)*)\s*"
    r"(?=(?:<[^<>()]*>)?\(|\.\s*[\w$]+\s*(?:<[^<>()]*>)?\()"
)
_LINK = lazy.regex(r"\s*(?:\?|!)?\.\s*([\w$]+)\s*(?:<[^<>()]{0,200}>)?\s*(?=\()|(?:<[^<>()]{0,200}>)?(?=\()")
_KEPT = lazy.regex(r"[\w$\]}]\s*(?::\s*[^=;{}()]{1,60})?=\s*$")
_BRACKET = lazy.regex(r"[\[\](){}]")
CLIENTS = lazy.regex(
    r"(?i)(?:prisma|db|tx|trx|client|database|orm|knex|supabase|\w*(?:prisma|knex|supabase|db)(?:admin|client|server)?)"
)
_STORES = lazy.regex(r"(?i)\w*(?:repo|repository|dao|model)|[A-Z]\w*[a-z]\w*")
_NARROWS = lazy.regex(
    r"(?:and|or)?where\w*|filter|eq|in|match|is|like|ilike|contains|gte?|lte?|not|textSearch|limit|whereIn|first|first"
)
_EMPTY = lazy.regex(r"\s*(?:\{\s*(?:where\s*:\s*\{\s*\}\s*,?\s*)?\}\s*,?\s*)?")
_EMPTY_WHERE = lazy.regex(r"(?s).*?\bwhere\s*:\s*\{\s*\}")
_STAR = lazy.regex(r"\s*['\"`]\s*(?:[\w$]+\.)?\*\s*(?:,[^'\"`]*)?['\"`]")
_LONG = 4_000
_ANY = words("collection coll model Model entity table store c m")
"""Names of whatever a caller hands over: which rows they hold is only known at run time."""
_KEEPER = lazy.regex(r"(?:\b|_)(?:repo(?:sitory)?|dao)(?![a-z])|(?:Repo(?:sitory)?|Dao|DAO)(?![a-z])")
"""Names of what keeps rows, `orderRepo` and not `reportedOrders`."""
_DELETES = words("deleteMany delete del destroy clear")
_UPDATES = words("updateMany update")


@dataclass(frozen=True)
class Link:
    """One call of a chain; the first has no name where the start itself is called."""

    name: str
    arguments: str


@dataclass(frozen=True)
class Chain:
    """Calls that follow one another, and where they stand; `is_kept`: under a name, for what may be added later."""

    root: str
    links: tuple[Link, ...]
    line: int
    end_line: int
    start: int
    end: int
    is_kept: bool


def built(source: Source) -> Iterator[Found]:
    """The chains of a file that write every row, or read every column."""
    drizzle = "drizzle" in source.text
    done = 0
    for chain in chains(source, _may_be_ours):
        one = _judged(chain.root, chain.links, drizzle=drizzle) if chain.start >= done else None
        if one is not None:
            done = chain.end
            verb, table, star = one
            yield Found(chain.line, chain.end_line, verb, table, star=star)


def chains(source: Source, ours: Callable[[str, str], bool]) -> Iterator[Chain]:
    """The chains of which `ours` says, from their root and their first call, that they may be a database's."""
    text = blanked(source.text)
    for found in _START.finditer(text):
        root, at = _root(text, found)
        first = _LINK.match(text, at)
        if not ours(root, (first[1] or "") if first else ""):
            continue
        links, end = _links(text, at)
        if links:
            start = found.start("root")
            runs = "await" in text[found.start() : start]
            kept = not runs and _KEPT.search(text, max(0, found.start() - 80), found.start()) is not None
            yield Chain(root, tuple(links), line_at(text, start), line_at(text, end - 1), start, end, kept)


def _root(text: str, found: re.Match[str]) -> tuple[str, int]:
    """What a chain starts from, and where its first call begins: `knex` is called itself, `prisma.order` is not."""
    said = found["root"]
    dot = said.rfind(".")
    if dot < 0 or re.match(r"\s*\.", text[found.end() : found.end() + 200]):
        return said.replace("?", ""), found.end()
    return said[:dot].rstrip("?").replace("?", ""), found.start("root") + dot - (said[dot - 1] == "?")


def _may_be_ours(root: str, name: str) -> bool:
    """Whether a chain starts like one of a database; most chains of a file do not, and are not read."""
    last = root.rpartition(".")[2]
    begins = name in {"createQueryBuilder", "deleteMany", "updateMany"} or CLIENTS.fullmatch(last) is not None
    return begins or (name in _DELETES | _UPDATES and _STORES.fullmatch(last) is not None)


@lru_cache(maxsize=8)
def blanked(text: str) -> str:
    """The code without its comments."""
    return TOKENS["slash"].sub(lambda found: found[0] if found["string"] else re.sub(r"[^\n]", " ", found[0]), text)


@lru_cache(maxsize=8)
def starts(text: str) -> tuple[int, ...]:
    """Where the lines of a text begin."""
    return tuple(accumulate((len(line) + 1 for line in text.split("\n")), initial=0))


def line_at(text: str, at: int) -> int:
    """The line of a text on which something stands."""
    return bisect_right(starts(text), at)


def _links(text: str, at: int) -> tuple[list[Link], int]:
    """The calls that follow one another from here, and where the last of them ends."""
    links: list[Link] = []
    while (found := _LINK.match(text, at)) and len(links) < 40:
        end = closed(text, found.end())
        links.append(Link(found[1] or "", text[found.end() + 1 : end - 1]))
        at = end
    return links, at


def closed(text: str, start: int) -> int:
    """Where the bracket that opens here is closed; not far from it, should nobody close it."""
    depth = 0
    at = start
    limit = min(len(text), start + _LONG)
    while found := _BRACKET.search(text, at, limit):
        depth += 1 if found[0] in "([{" else -1
        at = found.end()
        if depth == 0:
            return at
    return limit


def _judged(root: str, links: Sequence[Link], *, drizzle: bool) -> tuple[str, str, bool] | None:
    """The verb, the table, and whether it is a star; None for what is narrowed, or is nothing of ours."""
    names = [link.name for link in links]
    if not links or not ({*names} & (_DELETES | _UPDATES | {"select"})):
        return None
    built = CLIENTS.fullmatch(root.rpartition(".")[2]) or links[0].name == "createQueryBuilder"
    return _many(root, links) or (_table(links, drizzle=drizzle) if built else None) or _model(root, links)


def _many(root: str, links: Sequence[Link]) -> tuple[str, str, bool] | None:
    """Prisma's and Mongoose's `db.order.deleteMany({})`, `updateMany({ data })`."""
    link = links[0]
    table = root.rpartition(".")[2]
    if link.name not in {"deleteMany", "updateMany"} or table in _ANY:
        return None
    bare = _EMPTY.fullmatch(link.arguments) or _EMPTY_WHERE.match(link.arguments)
    if link.name == "deleteMany":
        return ("delete", table, False) if bare else None
    prisma = re.match(r"\s*\{\s*data\s*:", link.arguments) and not re.search(r"\bwhere\b|\.\.\.", link.arguments)
    return ("update", table, False) if bare or prisma or re.match(r"\s*\{\s*\}\s*,", link.arguments) else None


def _table(links: Sequence[Link], *, drizzle: bool) -> tuple[str, str, bool] | None:
    """Knex's `knex("orders").del()`, Drizzle's `db.delete(orders)`, Supabase's `client.from("orders").select("*")`."""
    names = [link.name for link in links]
    first = links[0]
    star = any(link.name == "select" and _STAR.match(link.arguments) for link in links)
    table = next((plain(link.arguments) for link in links if link.name in {"", "from", "table", "into"}), "")
    table = table or next((plain(link.arguments) for link in links[1:] if link.name == "update"), "")
    if star and table:
        return None if _is_inner(links, table) else ("select", table, True)
    verb = "delete" if {*names} & {"del", "delete"} else "update" if "update" in names else ""
    write = next((link for link in links if link.name in {"del", "delete", "update"}), None)
    if write is None or any(_narrows(link) for link in links):
        return None
    named = drizzle and first.name == verb and re.fullmatch(r"\s*[\w$.]+\s*", first.arguments)
    if named and (verb == "delete" or "set" in names):
        return verb, first.arguments.strip().rpartition(".")[2], False
    return (verb, table, False) if table and (first is not write or "from" in names) else None


def _is_inner(links: Sequence[Link], table: str) -> bool:
    """Whether a star takes the columns of a query inside this one, or is one inside another: those name what is read."""
    begun = any(link.name.startswith("with") and plain(link.arguments.partition(",")[0]) == table for link in links)
    return begun or links[-1].name == "as"


def _narrows(link: Link) -> bool:
    if link.name == "neq" or (link.name == "gt" and re.search(r",\s*0\s*$", link.arguments)):
        return not re.match(r"\s*['\"`](?:id|uuid|created_at)['\"`]", link.arguments)
    return _NARROWS.fullmatch(link.name) is not None and bool(link.arguments.strip())


def plain(arguments: str) -> str:
    """A table that is named by a string or by its model; "" for anything else."""
    found = re.match(r"\s*['\"`]([\w.]+)['\"`]|\s*([A-Z]\w*)\s*$", arguments)
    return (found[1] or found[2]) if found else ""


def _model(root: str, links: Sequence[Link]) -> tuple[str, str, bool] | None:
    """Sequelize's `Order.destroy({ where: {} })`, TypeORM's `orderRepository.clear()`."""
    table, link = root.rpartition(".")[2], links[0]
    said = link.arguments
    if not _STORES.fullmatch(table):
        return None
    if link.name == "destroy" and (_EMPTY_WHERE.match(said) or re.search(r"\btruncate\s*:\s*true", said)):
        return "delete", table, False
    if link.name == "update" and re.match(r"(?s)\s*\{[^{}]*\}\s*,\s*\{\s*where\s*:\s*\{\s*\}", said):
        return "update", table, False
    stored = _KEEPER.search(table)
    if stored and (
        (link.name == "clear" and not said.strip()) or (link.name == "delete" and re.fullmatch(r"\s*\{\s*\}\s*", said))
    ):
        return "delete", table, False
    return ("update", table, False) if stored and link.name == "update" and re.match(r"\s*\{\s*\}\s*,", said) else None

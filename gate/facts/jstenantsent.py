"""Ids of tenants from the request that decide whose rows JavaScript reads or writes; see `gate.facts.tenantsent` for Python."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from gate import lazy
from gate.facts.jscaches import is_cache
from gate.facts.jschains import CLIENTS, Chain, Link, blanked, chains, line_at, starts
from gate.facts.jslookups import may_ask
from gate.facts.jssent import Sent, body_of, names_tenant, sent
from gate.facts.jsunits import Unit, unit
from gate.facts.sqltext import words
from gate.source import Source

_WRITES = words(
    "create createMany insert values upsert save bulkCreate insertMany query execute $queryRaw $executeRaw raw unsafe"
)
_STORES = lazy.regex(
    r"(?:[\w$.]+\.)?(?:[A-Z]\w*[a-z]\w*|\w*(?:[rR]epo(?:sitory)?|[dD]ao|Model)|pool|client|conn(?:ection)?|sql)"
)
_NO_STORES = words(
    "Object Array Promise Number String JSON Math Date Response NextResponse Map Set Buffer URL URLSearchParams React Reflect"
)
_VALUE = r"(?:[^,{}()\n]|\([^()]*\)|\{[^{}]*\})+"
_BOUND = lazy.regex(
    rf"['\"]?(?P<key>[\w$]+)['\"]?\s*:(?!:)\s*(?=(?P<value>{_VALUE}))|[{{,]\s*(?P<short>[\w$]+)\s*(?=[,}}])"
    rf"|\(\s*['\"`](?:\w+\.)?(?P<named>\w+)['\"`]\s*,\s*(?:['\"`](?:=|in)['\"`]\s*,\s*)?(?P<given>{_VALUE})"
    rf"|\b(?:eq|inArray)\(\s*[\w$]+\.(?P<column>[\w$]+)\s*,\s*(?P<equal>{_VALUE})"
    r"|(?P<sql>\w+)[\"`]?\s*=\s*\$\{(?P<filled>[^{}]*)\}"
)
_STATED = lazy.regex(r"(?s)^\s*['\"`].*?\b[\"`]?(\w+)[\"`]?\s*=\s*(?:\$\d|\?|:\w)")
_OWN = lazy.regex(
    r"\b(?:(?:req|request|ctx|context|locals)\??\.(?:user|auth|session|tenant)|session\??\.user|session|currentUser|user|profile|viewer|me)\??\."
    r"(?:\w+\.)?(?:tenant|org|organi[sz]ation|workspace|account|company)(?:_?[iI]d)?\b"
)
_OWNER = lazy.regex(
    r"\b(?:user|session|member|viewer|profile|currentUser)\w*\??\.\w|\b(?:user_?[iI]d|member\w*|owner_?[iI]d|created_?[bB]y\w*)\b"
)
_SHOWN = lazy.regex(
    r"\b(?:console|logger|log|res|reply)\.[\w.]+\((?:[^()]|\([^()]*\))*\)|\b(?:Response|NextResponse)\.json\("
)
_HEAD = lazy.regex(r"\A.{0,400}?\)\s*(?::[^{}=]{0,80})?(?:=>)?\s*\{")
_TAGGED = lazy.regex(
    r"(?<![\w$])(?:[\w$]+\.)*(?:sql|\$queryRaw|\$executeRaw|raw)(?:<[^<>]{0,80}>)?`(?P<said>[^`]{0,4000})`"
)
_FROM = lazy.regex(r"(?i)\b(?:from|into|update)\s+[\"`]?(\w+)")
_MOST = 500
"""How many queries are read in one file."""
_TEXT = lazy.regex(r"\"[^\"\n]*\"|'[^'\n]*'")
_ABSENT = lazy.regex(r"\bif\s*\(\s*!\s*[\w$.\[\]'\"?-]+\s*\)")


@dataclass(frozen=True)
class Chosen:
    """A query that such an id decides: `table` is what it asks, "" if that is not written out."""

    line: int
    end_line: int
    told: str
    own: str
    table: str


def found(source: Source) -> Iterator[Chosen]:
    """Every query of a file whose tenant the caller names, and nothing is seen to ask about it."""
    queries = islice((chain for chain in chains(source, _is_ours) if _is_query(chain)), _MOST)
    by_unit: dict[Unit, list[Chain]] = defaultdict(list)
    for chain in (*queries, *islice(_tagged(blanked(source.text)), _MOST)):
        by_unit[unit(source, chain.line)].append(chain)
    for around, asked in by_unit.items():
        yield from _in(source, around, asked)


def _in(source: Source, around: Unit, asked: list[Chain]) -> Iterator[Chosen]:
    """The same of one function."""
    given, beside = sent(source, around), _beside(source, around, asked)
    own = _OWN.search(body_of(source, around))
    free: dict[str, bool] = {}
    for chain in asked:
        text = source.text[chain.start : chain.end]
        told = "" if _OWNER.search(text) else _told(chain, text, given)
        if told and told not in free:
            free[told] = not _is_asked(told, given, beside)
        if told and free[told]:
            yield Chosen(chain.line, chain.end_line, told, own[0] if own else "", _table(chain))


def _is_ours(root: str, name: str) -> bool:
    return may_ask(root, name) or name in _WRITES or is_cache(root, name)


def _is_query(chain: Chain) -> bool:
    last = chain.root.rpartition(".")[2]
    parts = chain.root.split(".")
    clients = any(CLIENTS.fullmatch(part) for part in parts)
    stores = _STORES.fullmatch(chain.root) is not None and last not in _NO_STORES
    begun = chain.links[0].name == "from" and last not in _NO_STORES
    return clients or stores or begun or is_cache(chain.root, chain.links[0].name)


def _tagged(code: str) -> Iterator[Chain]:
    """SQL that is a template: `sql`SELECT id FROM books WHERE tenant_id = ${tenant}``."""
    for one in _TAGGED.finditer(code):
        line = line_at(code, one.start())
        last = line + one[0].count("\n")
        yield Chain("sql", (Link("sql", one["said"]),), line, last, one.start(), one.end(), is_kept=False)


def _table(chain: Chain) -> str:
    if chain.root == "sql" and (read := _FROM.search(chain.links[0].arguments)):
        return read[1]
    named = next((link.arguments for link in chain.links if link.name in {"from", "table", "into", ""}), "")
    return re.sub(r"\W", "", named) or chain.root.rpartition(".")[2]


def _told(chain: Chain, text: str, given: Sent) -> str:
    """What the caller sends of what a query binds the column of a tenant to."""
    if is_cache(chain.root, chain.links[0].name):
        return given.told(chain.links[0].arguments.partition(",")[0])
    for one in _BOUND.finditer(text):
        name = one["key"] or one["short"] or one["named"] or one["column"] or one["sql"]
        value = one["value"] or one["short"] or one["given"] or one["equal"] or one["filled"] or ""
        if names_tenant(name) and (told := given.told(value)):
            return told
    stated = next((found_ for link in chain.links if (found_ := _STATED.match(link.arguments))), None)
    return given.told(text) if stated and names_tenant(stated[1]) else ""


def _beside(source: Source, around: Unit, own: list[Chain]) -> str:
    """What a function does beside the queries that do not say more of whom they mean, and beside what it shows."""
    first = starts(source.text)[around.first - 1]
    body = body_of(source, around)
    for chain in own:
        text = source.text[chain.start : chain.end]
        if not _OWNER.search(text):
            at = max(0, chain.start - first)
            body = body[:at] + re.sub(r"[^\n]", " ", body[at : at + len(text)]) + body[at + len(text) :]
    body = _HEAD.sub(lambda head: re.sub(r"[^\n]", " ", head[0]), body)
    return _ABSENT.sub("", _SHOWN.sub("", _TEXT.sub("''", body)))


def _is_asked(told: str, given: Sent, beside: str) -> bool:
    """Whether the id is compared with something there, or told to a function that may judge."""
    names = [re.escape(name) for name, key in given.names.items() if key == told] or [re.escape(told)]
    name = rf"(?:[\w$]+\??\.)*(?:{'|'.join(names)}|{re.escape(told)})\b['\")\]]*"
    compared = rf"{name}\s*[!=]==?\s*(?!undefined|null|['\"])|[!=]==?\s*{name}|includes\(\s*{name}|has\(\s*{name}"
    call = rf"(?<![\w$.])(?!(?:String|Number|parseInt|if|get|header|param|query)\b)[\w$.]+\((?:[^()]*[,\s{{:])?{name}"
    return re.search(compared, beside) is not None or re.search(call, beside) is not None

"""Queries in the words of JavaScript's query builders, and which columns bind them; see `gate.facts.jschains` for writes of all rows."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from gate import lazy
from gate.facts import jswhere
from gate.facts.filters import Said
from gate.facts.jschains import CLIENTS, Chain, Link, chains, plain
from gate.facts.links import Found
from gate.facts.sqltext import words
from gate.hint import Hint
from gate.source import Source

HINT = Hint.of(
    "prisma", "drizzle", "knex", "typeorm", "supabase", "mongoose", "findunique", "findmany", "findfirst", "findall",
    "findbypk", "findbyid", "findone", "createquerybuilder", "deletemany", "updatemany", ("destroy", r"\("),
    ("repository", "<"), ("find", r"\("),
)  # fmt: skip
_OPTIONS = words(
    "findUnique findUniqueOrThrow findFirst findFirstOrThrow findMany findAll findOne findOneOrFail findAndCount "
    "findAndCountAll count aggregate groupBy deleteMany updateMany delete update upsert destroy find"
)
"""Calls whose condition is the `where` of an object."""
_PRISMA = _OPTIONS - words("findAll findOne findOneOrFail findAndCount findAndCountAll destroy find")
_CRITERIA = words("findBy findOneBy findOneByOrFail countBy existsBy softDelete restore delete update")
"""Calls of a repository whose condition is their first argument."""
_DOCUMENTS = words(
    "find findOne findOneAndUpdate findOneAndDelete findOneAndReplace updateOne updateMany deleteOne deleteMany countDocuments exists"
)
_KEYED = words("findByPk findById findByIdAndUpdate findByIdAndDelete findByIdAndRemove")
_VERBS = {
    "delete": "delete",
    "destroy": "delete",
    "del": "delete",
    "remove": "delete",
    "softDelete": "delete",
    "update": "update",
}
_MODEL = lazy.regex(r"[A-Z]\w*[a-z]\w*")
_MANAGER = lazy.regex(r"(?:\w*[mM]anager|em)")
_REPOSITORY = lazy.regex(r"([\w$]+)\s*[:=]\s*(?:[\w$.]+\.)?(?:Repository|getRepository)\s*[<(]\s*([A-Z]\w*)")
_PLAIN = words(
    "select from table into update set del delete returning orderBy orderByRaw limit offset first groupBy join innerJoin "
    "leftJoin rightJoin leftJoinAndSelect innerJoinAndSelect distinct distinctOn count sum max min pluck as addSelect "
    "addOrderBy skip take getMany getOne getOneOrFail getManyAndCount getRawMany getRawOne getCount execute order range single maybeSingle then "
    "getRepository lean exec populate sort toArray createQueryBuilder query forUpdate transacting onConflict clone timeout"
)
_WHERE = words("where andWhere eq match in whereIn filter")
_NARROWS = words("neq gt gte lt lte like ilike is not contains whereNot whereNull whereNotNull whereBetween whereNotIn whereLike whereILike textSearch having andWhereNot")  # fmt: skip
_ORS = words("orWhere or orWhereIn orWhereNull orWhereRaw")


@dataclass(frozen=True)
class _Read:
    model: str
    verb: str
    said: Said
    built: bool = False
    """It is put together link by link, and runs when it is awaited."""


def found(source: Source) -> Iterator[Found]:
    """Every query of a file that names its table."""
    repositories = dict(_REPOSITORY.findall(source.text))
    for chain in chains(source, may_ask):
        read = next((one for reader in _READERS if (one := reader(chain, repositories))), None)
        if read is not None:
            yield _found(chain, read)


def may_ask(root: str, name: str) -> bool:
    asked = name in _OPTIONS | _CRITERIA | _DOCUMENTS | _KEYED | {
        "createQueryBuilder",
        "getRepository",
        "from",
        "scope",
        "unscoped",
    }
    return asked or root == "getRepository" or CLIENTS.fullmatch(root.rpartition(".")[2]) is not None


def _found(chain: Chain, read: _Read) -> Found:
    said = read.said
    named = {one for witness in said.bound for one in witness}
    known = said.sure and not (read.built and chain.is_kept)
    return Found(
        chain.line, chain.end_line, read.verb, read.model, tuple(sorted(tuple(sorted(one)) for one in said.bound))[:16],
        tuple(sorted(said.mentioned - named)), tuple(sorted(said.bypassed)), known, "where" if said.real else "",
    )  # fmt: skip


def _verb(name: str) -> str:
    return next((verb for start, verb in _VERBS.items() if name.startswith(start)), "select")


def _where(arguments: str, at: int = 0) -> Said:
    """What the `where` of an argument says; nothing is bound where there is none."""
    given = jswhere.parts(arguments)
    if len(given) <= at:
        return jswhere.NOTHING
    value = jswhere.value_of(given[at], "where")
    if value is None:
        return jswhere.UNKNOWN if jswhere.is_spread(given[at]) else jswhere.NOTHING
    return jswhere.of_object(value)


def _prisma(chain: Chain, _: Mapping[str, str]) -> _Read | None:
    """`prisma.ticket.findMany({ where: { orgId } })`."""
    owner, _dot, model = chain.root.rpartition(".")
    link = chain.links[0]
    if link.name not in _PRISMA or CLIENTS.fullmatch(owner.rpartition(".")[2]) is None:
        return None
    return _Read(model, _verb(link.name), _where(link.arguments))


def _drizzle_query(chain: Chain, _: Mapping[str, str]) -> _Read | None:
    """`db.query.tickets.findFirst({ where: eq(tickets.id, id) })`."""
    owner, _dot, model = chain.root.rpartition(".")
    link = chain.links[0]
    if not owner.endswith(".query") or link.name not in {"findFirst", "findMany"}:
        return None
    value = jswhere.value_of(link.arguments, "where") if link.arguments.strip() else None
    if value is None:
        return _Read(model, "select", jswhere.NOTHING if not link.arguments.strip() else jswhere.UNKNOWN)
    return _Read(model, "select", jswhere.of_expression(value.rpartition("=>")[2]))


def _model(chain: Chain, _: Mapping[str, str]) -> _Read | None:
    """Sequelize's `Ticket.findAll({ where })`, Mongoose's `Ticket.find({ orgId })`, TypeORM's `Ticket.findOneBy({ id })`."""
    model, link = chain.root, next((one for one in chain.links if one.name != "unscoped"), None)
    if link is None or not _MODEL.fullmatch(model):
        return None
    if link.name in _KEYED:
        return _Read(model, _verb(link.name.removeprefix("findByIdAnd").lower()), jswhere.binding("id", link.arguments))
    first = next(iter(jswhere.parts(link.arguments)), "")
    options = jswhere.value_of(first, "where") is not None or not first
    if link.name in _DOCUMENTS and not options and link.name not in {"deleteMany", "updateMany"}:
        verb = _verb(re.sub(r"findOneAnd", "", link.name).lower())
        return _Read(model, verb, jswhere.of_object(first))
    if link.name in {"findBy", "findOneBy", "findOneByOrFail"}:
        return _Read(model, "select", jswhere.of_object(first))
    if link.name in _OPTIONS:
        return _Read(model, _verb(link.name), _where(link.arguments, int(link.name == "update")))
    return None


def _repository(chain: Chain, repositories: Mapping[str, str]) -> _Read | None:
    """TypeORM's `this.tickets.find({ where })`, `getRepository(Ticket).delete({ id })`, `manager.findOneBy(Ticket, { id })`."""
    model, link = _of_repository(chain, repositories)
    if not model or link.name not in _OPTIONS | _CRITERIA:
        return None
    if link.name not in _CRITERIA:
        return _Read(model, _verb(link.name), _where(link.arguments))
    first = next(iter(jswhere.parts(link.arguments)), "")
    said = jswhere.of_object(first) if first.strip().startswith(("{", "[")) else jswhere.binding("id")
    return _Read(model, _verb(link.name), said)


def _of_repository(chain: Chain, repositories: Mapping[str, str]) -> tuple[str, Link]:
    """The model a repository holds, and what it is asked."""
    last, link = chain.root.rpartition(".")[2], chain.links[0]
    if "getRepository" in {link.name, chain.root} and len(chain.links) > 1:
        return _variable(link.arguments), chain.links[1]
    given = jswhere.parts(link.arguments)
    if _MANAGER.fullmatch(last) and given and _MODEL.fullmatch(given[0].strip()):
        name = "findBy" if last == "em" and link.name.startswith("find") else link.name  # MikroORM's has no `where`
        return given[0].strip(), Link(name, ",".join(given[1:]))
    return repositories.get(last, ""), link


def _built(chain: Chain, repositories: Mapping[str, str]) -> _Read | None:
    """`knex("books").where(...)`, `db.select().from(tickets).where(...)`, `repo.createQueryBuilder("o").where(...)`."""
    links = chain.links
    model = _table(chain, repositories)
    names = {link.name for link in links}
    if not model or not names & {
        "select",
        "where",
        "from",
        "update",
        "del",
        "delete",
        "first",
        "set",
        "createQueryBuilder",
    }:
        return None
    said = jswhere.NOTHING
    for link in links:
        said = _linked(said, link)
    written = next((link.name for link in links if link.name in {"update", "del", "delete"}), "")
    return _Read(model, _verb(written), said, built=True)


def _table(chain: Chain, repositories: Mapping[str, str]) -> str:
    links, last = chain.links, chain.root.rpartition(".")[2]
    if links[0].name == "createQueryBuilder" or "getRepository" in {links[0].name, last}:
        return _of_repository(chain, repositories)[0]
    ours = CLIENTS.fullmatch(last) is not None
    named = next((link for link in links if link.name in {"from", "table", "into"}), None)
    if links[0].name == "" and ours:
        return plain(links[0].arguments)
    if named is not None and (ours or named is links[0]):
        said = plain(named.arguments)
        return said or _variable(named.arguments)
    wrote = links[0].name in {"update", "delete"} and ours and len(links) > 1
    return _variable(links[0].arguments) if wrote else ""


def _variable(arguments: str) -> str:
    said = re.fullmatch(r"\s*(?:[\w$]+\.)?([\w$]+)\s*", arguments)
    return said[1] if said else ""


def _linked(said: Said, link: Link) -> Said:
    if link.name in _WHERE:
        return jswhere.both([said, _condition(link)])
    if link.name in _ORS:
        named = frozenset(one for witness in said.bound for one in witness)
        return replace(said, bound=frozenset(), mentioned=said.mentioned | named, bypassed=named)
    if link.name in _NARROWS:
        return replace(said, real=True)
    known = link.name in _PLAIN or link.name == ""
    return said if known else replace(said, sure=False, real=True)


def _condition(link: Link) -> Said:
    given = jswhere.parts(link.arguments)
    first = given[0].strip() if given else ""
    if first.startswith(("{", "[")):
        return jswhere.of_object(first)
    if first[:1] in {"'", '"', "`"}:
        return _texted(first[1:-1], given[1:])
    if re.match(r"(?:\(?[\w$, ]*\)?\s*=>|function\b)", first):
        return jswhere.NOTHING if link.name != "where" or "orWhere" in first else jswhere.UNKNOWN
    return jswhere.of_expression(first)


def _texted(text: str, rest: list[str]) -> Said:
    """`where("org_id", org)`, `where("org_id", ">", 1)`, `where("o.org_id = :org", { org })`."""
    if not re.fullmatch(r"[\w.]+", text):
        return jswhere.of_sql(text)
    operator = rest[0].strip().strip("'\"`") if len(rest) > 1 else "="
    return jswhere.binding(text, rest[-1] if rest else "") if operator in {"=", "in"} else jswhere.NOTHING


_READERS: tuple[Callable[[Chain, Mapping[str, str]], _Read | None], ...] = (
    _prisma, _drizzle_query, _model, _repository, _built,
)  # fmt: skip

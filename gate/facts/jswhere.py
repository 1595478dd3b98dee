"""What a condition of JavaScript's query builders says: `{ id, orgId: user.orgId }`, `and(eq(t.orgId, org), ...)`."""

import re
from collections.abc import Iterator, Sequence
from itertools import product

from gate import lazy
from gate.facts.filters import Said
from gate.facts.sqltext import words
from gate.facts.sqltree import ALWAYS, Witness

_MARK = lazy.regex(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`|(?P<mark>[\[\](){},])", re.DOTALL)
_PAIR = lazy.regex(
    r"(?s)\s*(?:\[\s*(?:[\w$]+\.)*(?P<operator>\w+)\s*\]|['\"]?(?P<name>[\w$][\w$.]*)['\"]?)\s*(?::(?P<value>.*))?$"
)
_CALL = lazy.regex(r"(?s)\s*(?:[\w$]+\.)?([\w$]+)\s*\((.*)\)\s*$")
_COLUMN = lazy.regex(r"\s*(?:[\w$]+\.)+([\w$]+)\s*$")
_BINDS = lazy.regex(r"(?:[\w\"`]+\.)?[\"`]?(\w+)[\"`]?\s*(?:=|\bin\b)\s*\(?\s*(?:[:$?@]|\$\{)", re.IGNORECASE)
_EITHER = lazy.regex(r"(?i)\bor\b|\bcase\b|\(\s*select\b")
_OWN = lazy.regex(
    r"\s*(?:(?:this\.)?(?:req|request|ctx|context|locals)\.)?(?:res\.locals\.)?(?:user|currentUser|viewer|session)[?!]?\."
    r"|\s*(?:req|request|ctx|context)\.(?:auth|tenant|org(?:anization)?|workspace|account|team)\b"
)
"""What the request was found to belong to, not what it sent."""
_EQUAL = words("equals eq in $eq $in _eq _in")
_COMPARES = words(
    "not gt gte lt lte contains startsWith endsWith mode notIn ne like iLike notLike between has hasSome search "
    "$gt $gte $lt $lte $ne $nin $regex $exists $options"
)
_ASKS = words(
    "ne gt gte lt lte like ilike notLike notIlike isNull isNotNull not between notBetween notInArray exists notExists"
)
_DEEP = 8
_ARMS = 6
NOTHING = Said(frozenset(), frozenset(), sure=True, real=False)
UNKNOWN = Said(frozenset(), frozenset(), sure=False, real=True)


def column(name: str) -> str:
    """`orgId`, `t.org_id` and `_id` as a table's columns are named."""
    bare = re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name.rpartition(".")[2]).lower()
    return "id" if bare in {"_id", "pk"} else bare


def binding(name: str, value: str = "") -> Said:
    """A condition that binds one column, whatever its name to what the request was found to belong to."""
    own = {ALWAYS} if _OWN.match(value) else set[Witness]()
    return Said(frozenset({frozenset({column(name)}), *own}), frozenset(), sure=True, real=True)


def parts(text: str) -> list[str]:
    """What stands between the commas that are in no bracket and no string."""
    found, depth, at = [], 0, 0
    for mark in _MARK.finditer(text):
        said = mark["mark"]
        depth += 0 if not said or said == "," else 1 if said in "([{" else -1
        if said == "," and depth == 0:
            found.append(text[at : mark.start()])
            at = mark.end()
    return [part for part in (*found, text[at:]) if part.strip()]


def pairs(text: str) -> Iterator[tuple[str, str | None]]:
    """The keys of an object and their values, None for `{ orgId }`; ("", None) for what is spread into it."""
    for part in parts(text.strip()[1:-1]):
        found = _PAIR.match(part)
        yield (found["operator"] or found["name"], found["value"]) if found else ("", None)


def value_of(text: str, name: str) -> str | None:
    """The value of one key of an object; the key itself for `{ where }`, None where there is none."""
    if not text.strip().startswith("{"):
        return None
    return next((value.strip() if value else name for key, value in pairs(text) if key == name), None)


def is_spread(text: str) -> bool:
    """Whether something is spread into an object, or it is no object that is written out."""
    said = text.strip()
    return not said.startswith("{") or any(not key for key, _ in pairs(said))


def of_object(text: str, deep: int = 0) -> Said:
    """A condition that is an object, as Prisma, Sequelize, TypeORM, Knex and Mongoose have it; a list is an OR of them."""
    said = text.strip()
    if deep > _DEEP or not said or said[0] not in "{[":
        return UNKNOWN
    if said[0] == "[":
        return either([of_object(part, deep + 1) for part in parts(said[1:-1])])
    return both([_pair(name, value, deep + 1) for name, value in pairs(said)])


def _pair(name: str, value: str | None, deep: int) -> Said:
    if not name:
        return UNKNOWN
    plain = name.lower().lstrip("$")
    if plain in {"and", "or"} and value is not None:
        arms = [of_object(part, deep) for part in _arms(value)]
        return either(arms) if plain == "or" else both(arms)
    if plain in {"not", "nor"}:
        return NOTHING
    return _valued(name, (value or "").strip(), deep)


def _arms(value: str) -> list[str]:
    said = value.strip()
    return parts(said[1:-1]) if said.startswith("[") else [said]


def _valued(name: str, value: str, deep: int) -> Said:
    """`orgId: x`, `orgId: { in: ids }`, and `ticket: { orgId: x }`, which binds through another table."""
    if value in {"undefined", "null"}:
        return NOTHING
    if not value.startswith("{"):
        return binding(name, value)
    keys = {key for key, _ in pairs(value)}
    if keys & _EQUAL:
        return binding(name)
    if keys <= _COMPARES:
        return NOTHING
    inner = of_object(value, deep)
    return both([inner, binding(name)]) if inner.bound else inner


def of_expression(text: str, deep: int = 0) -> Said:
    """A condition that is made of calls, as Drizzle has it."""
    call = _CALL.match(text)
    if call is None or deep > _DEEP:
        return UNKNOWN
    arguments = parts(call[2])
    if call[1] in {"and", "or"}:
        arms = [of_expression(part, deep + 1) for part in arguments]
        return either(arms) if call[1] == "or" else both(arms)
    named = _COLUMN.match(arguments[0]) if arguments else None
    if call[1] in {"eq", "inArray"} and named:
        return binding(named[1], arguments[1] if len(arguments) > 1 else "")
    return NOTHING if call[1] in _ASKS else UNKNOWN


def of_sql(text: str) -> Said:
    """A condition in SQL: `"o.accountId = :accountId"`."""
    if _EITHER.search(text):
        return UNKNOWN
    return both([binding(name) for name in _BINDS.findall(text)] or [NOTHING])


def both(arms: Sequence[Said]) -> Said:
    """What holds where all of these do."""
    return Said(
        frozenset[Witness]().union(*(arm.bound for arm in arms)), frozenset[str]().union(*(arm.mentioned for arm in arms)),
        all(arm.sure for arm in arms), any(arm.real for arm in arms), frozenset[str]().union(*(arm.bypassed for arm in arms)),
    )  # fmt: skip


def either(arms: Sequence[Said]) -> Said:
    """What holds where one of these does: a column that some bind and others do not is bypassed."""
    named = {one for arm in arms for witness in arm.bound for one in witness}
    chosen = [sorted(arm.bound, key=sorted)[:3] for arm in arms]
    bound = (
        {frozenset[str]().union(*each) for each in product(*chosen)} if all(chosen) and len(arms) <= _ARMS else set()
    )
    kept = {one for witness in bound for one in witness}
    return Said(
        frozenset(bound), frozenset(named - kept), all(arm.sure for arm in arms), real=True, bypassed=frozenset(named)
    )

"""Ids of tenants that come with a request, as JavaScript and TypeScript speak of them; see `gate.facts.callersent` for Python."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from gate import lazy
from gate.facts.callersent import TENANT
from gate.facts.jschains import blanked, starts
from gate.facts.jsunits import Unit
from gate.facts.jswhere import column
from gate.source import Source

_HOLDER = (
    r"(?:(?:this\.)?(?:req|request|ctx|context|c|event)(?:\.req(?:uest)?)?\??\.)"
    r"(?:query|body|params|headers|cookies|queryStringParameters|pathParameters|nextUrl\.searchParams)"
    r"|searchParams|(?:ctx\.)?params|input|(?:await\s+)?(?:cookies|headers|getQuery)\([\w$]*\)|form(?:Data)?|data\.params"
)
_READ = (
    rf"(?:{_HOLDER})(?:\)?\??\.(?:get\(\s*['\"](?P<got>[\w-]+)['\"]|(?P<dot>[\w$]+))|\??\.?\[\s*['\"](?P<item>[\w-]+)['\"])"
    r"|(?:req|request|c\.req|ctx\.req|ctx|c|reply\.request)\.(?:get|header|query|param|cookie)\(\s*['\"](?P<called>[\w-]+)['\"]"
)
_DIRECT = lazy.regex(rf"(?<![\w$.])(?:{_READ})")
_HEADER = lazy.regex(r"(?i)x-?(?:tenant|org(?:ani[sz]ation)?|workspace|account|company)(?:-?(?:id|slug))?")
_WHOLE = rf"(?:[\w$.]+\.(?:safeParse|parse|parseAsync|validate)\(\s*)?(?:await\s+)?(?:{_HOLDER}|(?:req|request|c\.req|event)\.(?:json|formData|valid)\()"
_TAKEN = lazy.regex(
    rf"\b(?:const|let|var)\s*\{{(?P<names>[^{{}}]{{0,400}})\}}\s*(?::[^=;]{{1,80}})?=\s*{_WHOLE}(?!\s*\.\s*\w+\s*\()"
)
_KEPT = lazy.regex(
    rf"\b(?:const|let|var)\s+(?P<name>[\w$]+)\s*(?::[^=;\n]{{1,60}})?=\s*(?:(?:String|Number|parseInt|BigInt)\(\s*|\(\s*|\+\s*)*(?:{_READ})"
)
_BODY = lazy.regex(rf"\b(?:const|let|var)\s+(?P<name>[\w$]+)\s*(?::[^=;\n]{{1,60}})?=\s*{_WHOLE}\s*(?:\)|;|\n|as\b)")
_DECORATED = lazy.regex(
    r"@(?:Query|Param|Headers|Body)\(\s*['\"](?P<key>[\w-]+)['\"][^()]*\)\s*(?:readonly\s+)?(?P<name>[\w$]+)"
)
_DTO = lazy.regex(r"@(?:Query|Param|Body)\(\s*\)\s*(?P<name>[\w$]+)")
_ACTION = lazy.regex(r"\s*['\"]use server['\"]")
_PARAMETERS = lazy.regex(r"\(([^()]*)\)[^()]*\{\s*$")
_BEFORE = lazy.regex(r"(?:await\s+|String\(\s*|\(\s*)*")
_BEHIND = lazy.regex(
    r"(?:\s*as\s+\w+|[)!\s]|\[0\]|\??\.(?:trim|toString|toLowerCase)\(\)|(?:\?\?|\|\|)\s*['\"`][^'\"`]*['\"`])*"
)
"""What may stand around a text that is read without making another of it."""
_NAMED = lazy.regex(r"(?P<name>[\w$]+)(?:\??\.(?P<field>[\w$]+))?(?![\w$.?(\[])")
_ABOVE = 8
_LONG = 20_000
"""How much of a function is read."""


@dataclass(frozen=True)
class Sent:
    """What a function is sent: its names for ids of tenants with what they are told by, and its names for bodies."""

    names: Mapping[str, str]
    bodies: frozenset[str]

    def told(self, expression: str) -> str:
        """What the caller sends in an expression; "" for nothing."""
        found = _DIRECT.search(expression)
        if found and names_tenant(key := _key(found)):
            return f"{key}"
        for word in re.finditer(r"(?<![\w$.])([\w$]+)(?:\??\.([\w$]+))?", expression):
            if word[1] in self.names and not word[2]:
                return self.names[word[1]]
            if word[1] in self.bodies and word[2] and names_tenant(word[2]):
                return f"{word[1]}.{word[2]}"
        return ""


def names_tenant(word: str) -> bool:
    """`orgId`, `tenant_id`, `x-tenant-id`."""
    return TENANT.fullmatch(column(word)) is not None or _HEADER.fullmatch(word) is not None


def body_of(source: Source, unit: Unit) -> str:
    """The lines of a function, without comments; a very long one is read in part."""
    code = blanked(source.text)
    begin = (*starts(code), len(code))
    first, last = begin[unit.first - 1], begin[min(unit.last, len(begin) - 1)]
    return code[first : min(last, first + _LONG)].removesuffix("\n")


@lru_cache(maxsize=64)
def sent(source: Source, unit: Unit) -> Sent:
    """Read which ids of tenants a function takes out of its request."""
    whole = received(source, unit)
    return Sent({name: key for name, key in whole.names.items() if names_tenant(key)}, whole.bodies)


@lru_cache(maxsize=64)
def received(source: Source, unit: Unit) -> Sent:
    """Read all that a function takes out of its request."""
    body = body_of(source, unit)
    head = "\n".join(source.lines[max(0, unit.first - _ABOVE) : unit.first]).rpartition("}\n")[2]
    names = {one["name"]: _key(one) for one in _KEPT.finditer(body)}
    for taken in _TAKEN.finditer(body):
        names.update(_taken(taken["names"]))
    names.update({one["name"]: one["key"] for one in _DECORATED.finditer(head)})
    if _ACTION.match(source.text) and (given := _PARAMETERS.search(source.lines[unit.first - 1])):
        names.update({name: name for name in re.findall(r"([\w$]+)\s*\??\s*:", given[1])})
    bodies = [one["name"] for one in (*_BODY.finditer(body), *_DTO.finditer(head))]
    return Sent(names, frozenset(bodies))


def is_received(expression: str, held: Sent) -> bool:
    """Whether an expression is, as a whole, what a request holds under one name."""
    plain = expression[_BEFORE.match(expression).end() :]  # type: ignore[union-attr]
    found = _DIRECT.match(plain)
    if found is None and (found := _NAMED.match(plain)):
        known = found["name"] in (held.bodies if found["field"] else held.names)
        found = found if known else None
    return found is not None and _BEHIND.fullmatch(plain, found.end()) is not None


def _taken(names: str) -> dict[str, str]:
    """`{ orgId, tenant: name = "" }`: the local names of what is taken out, and their keys."""
    found = {}
    for part in names.split(","):
        key, _, local = part.partition("=")[0].partition(":")
        found[(local or key).strip()] = key.strip()
    return found


def _key(found: re.Match[str]) -> str:
    return found["got"] or found["dot"] or found["item"] or found["called"] or ""

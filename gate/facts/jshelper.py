"""Functions of JavaScript and TypeScript that hand a parameter on to what runs, asks, opens or queries it.

A helper in a file of its own is safe or not by what its callers give it; see `gate.facts.jshanded` for those.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from gate import lazy
from gate.facts.bundled import is_bundled
from gate.facts.comment import js_code
from gate.facts.jscalls import arguments, bare, cleared, fields, given, masked
from gate.facts.linenumber import line_at
from gate.hint import Hint
from gate.paths import kind
from gate.source import Place, Source

_HEAD = lazy.regex(
    r"\b(?P<default>export\s+default\s+)?(?:async\s+)?function\s+(?P<function>[\w$]+)\s*(?:<[^<>()]*>)?(?=\()"
    r"|\bconst\s+(?P<arrow>[\w$]+)\s*(?::[^=;{}]{1,120})?=\s*(?:async\s*)?(?=\()"
    r"|\bexports\.(?P<set>[\w$]+)\s*=\s*(?:async\s*)?(?:function\b\s*[\w$]*\s*)?(?=\()"
    r"|^[ \t]+(?:(?:public|private|protected|static|async)\s+)*(?P<method>(?!(?:if|for|while|switch|catch|return|function)\b)[\w$]+)\s*(?=\()",
    re.MULTILINE,
)
_BODY = lazy.regex(r"\s*(?::\s*[\w$.\[\]| ]*(?:<[^;=]{0,200}?>)?[\w$.\[\]|> ]*)?\s*(?P<arrow>=>)?\s*(?P<brace>\{)?")
_PARAMETER = lazy.regex(r"(?P<name>[\w$]+)\s*\??\s*(?::\s*(?P<type>[\w$]+))?")
_NO_TEXT = frozenset({"number", "boolean", "Date", "Request", "Response", "NextRequest"})
_PROMISED = lazy.regex(r"\bconst\s+([\w$]+)\s*=\s*(?:util\.)?promisify\(\s*(?:[\w$]+\.)?exec\s*\)")
_FILES = r"(?:readFile|writeFile|appendFile|unlink|readdir|rm|open|createReadStream|createWriteStream)(?:Sync)?"
_SINKS = {
    "command": lazy.regex(
        r"(?<![\w$.])(?P<call>(?:cp\.|child_?[pP]rocess\.)?(?:exec|execSync)|execAsync|execPromise|execaCommand)\s*(?=\()"
    ),
    "code": lazy.regex(r"(?<![\w$.])(?:eval|new\s+Function|vm\.runIn\w+)\s*(?=\()"),
    "query": lazy.regex(
        r"(?i)\b(?:\w*(?:db|pool|client|conn|connection|prisma|knex|sequelize|database|datasource|manager))"
        r"\.(?:query|execute|raw|unsafe|\$queryRawUnsafe|\$executeRawUnsafe)\s*(?:<[^<>()]*>)?(?=\()"
    ),
    "address": lazy.regex(
        r"(?<![\w$.])(?:fetch|(?:axios|got|superagent|needle)(?:\.(?:get|post|put|head|stream))?|https?\.get|page\.goto"
        r"|this\.http(?:Service)?\.(?:get|post|head))\s*(?:<[^<>()]*>)?(?=\()"
    ),
    "file": lazy.regex(rf"(?<![\w$.])(?:(?:fs|fsp|fsPromises|fs\.promises|promises)\.)?{_FILES}\s*(?=\()"),
}
_SQL = lazy.regex(r"(?i)[\"'`]\s*(?:select|insert|update|delete|with|drop|alter)\s")
_LEADS = lazy.regex(r"[\w$]+(?:\.(?:trim|toString)\(\))?$|`(?:https?://)?\$\{|[\w$]+\s*\+|[\"']https?://[\"']\s*\+")
"""An address whose host is for the name to say."""
_KEPT = lazy.regex(
    r"\b(?:const|let|var)\s+(?P<name>[\w$]+)\s*(?::[^=;\n]{1,60})?=\s*(?P<value>[^;]{1,600}?)"
    r"(?:;|\n\s*\n|\n(?=\s*(?:const|let|return|await|if|try)\b))"
)
_JOINS = lazy.regex(r"\b(?:path\.)?(?:join|resolve|normalize)\(|\bdecodeURIComponent\(|\.(?:trim|toString)\(")


@dataclass(frozen=True)
class JsHelper:
    """One parameter that reaches a sink as it came; `key` where it is a field of an object that is taken apart."""

    languages: ClassVar[frozenset[str]] = frozenset({"javascript", "typescript"})
    hint: ClassVar[Hint] = Hint.of("exec", "eval", "function(", "runin", "query", "raw", "unsafe", "fetch", "axios", "got", "http",
                                   "superagent", "needle", "goto", "file", "stream", "unlink", "readdir", "open", "rm")  # fmt: skip

    place: Place
    name: str
    is_default: bool
    position: int
    key: str
    kind: str

    @classmethod
    def find(cls, source: Source) -> Iterator["JsHelper"]:
        if kind(source.path) != "production" or is_bundled(source):
            return
        code, mask = js_code(source.text), masked(source.text)
        calls = sorted(_calls(code, mask))
        exported = re.search(r"(?:\bexport\s+default|\bmodule\.exports\s*=)\s+([\w$]+)\s*;?\s*(?:\n|$)", code)
        for head in _HEAD.finditer(mask) if calls else ():
            name = head["function"] or head["arrow"] or head["set"] or head["method"]
            is_default = bool(head["default"]) or (exported is not None and exported[1] == name)
            for position, key, what, at in _reached(code, mask, head, calls):
                yield cls(Place.at(source.path, line_at(code, at)), name, is_default, position, key, what)


def _calls(code: str, mask: str) -> Iterator[tuple[int, str, str]]:
    """The calls of a file that matter: where, what they do, and the thing that decides it."""
    promised = [("command", re.compile(rf"(?<![\w$.]){run}\s*(?=\()")) for run in _PROMISED.findall(code)]
    for what, sink in (*_SINKS.items(), *promised):
        for call in sink.finditer(mask):
            things = given(code, mask, call.end())
            if things:
                yield call.start(), what, things[-1 if "Function" in call[0] else 0]


def _reached(
    code: str, mask: str, head: re.Match[str], calls: Sequence[tuple[int, str, str]]
) -> Iterator[tuple[int, str, str, int]]:
    """Each parameter by its position and key, what it reaches, and where."""
    parameters, end = arguments(mask, head.end())
    opened = _BODY.match(mask, end)
    if opened is None or not (opened["brace"] or opened["arrow"]) or (head["arrow"] and not opened["arrow"]):
        return
    start = opened.end()
    last = (
        arguments(mask, start - 1)[1] if opened["brace"] else start + len(mask[start : start + 600].partition(";\n")[0])
    )
    inside = calls[bisect_left(calls, (start, "", "")) : bisect_left(calls, (last, "", ""))]
    for position, (begin, close) in enumerate(parameters) if inside else ():
        for key, name in _names(code[begin:close].strip()):
            yield from ((position, key, what, at) for at, what in _entered(code[start:last], name, inside))


def _names(parameter: str) -> list[tuple[str, str]]:
    """The names a parameter brings, each with the key it is taken by."""
    if parameter.startswith("{"):
        return list(fields(parameter.partition("}")[0]))
    found = _PARAMETER.match(parameter)
    return [("", found["name"])] if found and found["type"] not in _NO_TEXT else []


def _entered(body: str, name: str, calls: Sequence[tuple[int, str, str]]) -> Iterator[tuple[int, str]]:
    """Where a name, or what is put together with it, decides what a call does; once for each kind."""
    held = {name: ""} | {one["name"]: one["value"] for one in _KEPT.finditer(body) if _carries(one["value"], name)}
    if any(cleared(body, one) for one in held):
        return
    seen = set()
    for at, what, first in calls:
        if what not in seen and any(_enters(first, one, value, what) for one, value in held.items()):
            seen.add(what)
            yield at, what


def _carries(value: str, name: str) -> bool:
    """Whether a value is a text that a name stands in as it came."""
    return _holds(value, name) and _is_text(value)


def _is_text(value: str) -> bool:
    """Whether nothing is called in it that may make another text of what it is given."""
    return re.search(r"[\w$)\]]\s*\(", _JOINS.sub("", bare(value))) is None


def _holds(value: str, name: str) -> bool:
    """Whether a name stands there as it is: no field of it, no key, and not the number of a placeholder."""
    plain = rf"(?<![\w$.'\"`])(?<!\$\$\{{){re.escape(name)}(?![\w$]|\s*[:(]|\.(?!trim|toString))"
    return re.search(plain, value) is not None


def _enters(first: str, name: str, value: str, what: str) -> bool:
    """Whether the first thing a call is given lets the name decide: which host, which file, which words of SQL."""
    if not _holds(first, name) or not _is_text(first):
        return False
    whole = value if first == name and value else first
    if what == "query":
        return (first == name and not value) or _SQL.match(whole) is not None
    return what != "address" or _LEADS.match(whole) is not None

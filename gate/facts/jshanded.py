"""What a request brings that is handed to a function of another file, in JavaScript and TypeScript."""

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from typing import ClassVar

from gate import lazy
from gate.fact import Repo
from gate.facts.bundled import is_bundled
from gate.facts.comment import js_code
from gate.facts.jscalls import cleared, fields, given, masked
from gate.facts.jshelper import JsHelper
from gate.facts.jssent import body_of, is_received, received
from gate.facts.jsunits import Unit, unit
from gate.facts.linenumber import line_at
from gate.hint import Hint
from gate.paths import kind
from gate.source import Place, Source

_FROM = r"['\"](?P<{0}>(?:\.{{1,2}}|@|~|src)/[^'\"\n]+)['\"]"
_IMPORT = lazy.regex(
    r"\bimport\s+(?:(?P<default>[\w$]+)\s*,?\s*)?(?:\{(?P<names>[^{}]*)\}|\*\s*as\s+(?P<all>[\w$]+))?\s*from\s*"
    + _FROM.format("module")
    + r"|\b(?:const|let|var)\s+(?:(?P<whole>[\w$]+)|\{(?P<taken>[^{}]*)\})\s*=\s*require\(\s*"
    + _FROM.format("required")
)
_TYPED = lazy.regex(r"\b(?:private|public|protected|readonly)\s+(?:readonly\s+)?([\w$]+)\s*:\s*([\w$]+)")
_MADE = lazy.regex(r"\b(?:const|let|private|readonly)\s+([\w$]+)\s*(?::[^=;\n]{1,60})?=\s*new\s+([\w$]+)\(")
_CALL = lazy.regex(r"(?<![\w$.])(?P<owner>this\.[\w$]+|[\w$]+)(?:\.(?P<method>[\w$]+))?\s*(?:<[^<>()]*>)?(?=\()")
_SERVES = lazy.regex(
    r"\b(?:req|request)\.(?:query|body|json|headers|nextUrl|formData|cookies)\b|\breq\.params\b|\bctx\.(?:request|query|params)\b|\bc\.req\b"
    r"|@(?:Get|Post|Put|Patch|Delete|All)\(|^\s*['\"]use server['\"]|[pP]rocedure\b"
    r"|\bexport\s+(?:async\s+)?(?:function|const)\s+(?:GET|POST|PUT|PATCH|DELETE)\b"
)
"""Words of a file that answers requests: elsewhere `params` and `input` are anybody's."""
_ENDS = ("", ".ts", ".tsx", ".js", ".mjs", ".cjs", ".jsx", "/index.ts", "/index.js")


@dataclass(frozen=True)
class JsHanded:
    """One thing a call is given; `name` is "" for what the other file exports by default."""

    languages: ClassVar[frozenset[str]] = frozenset({"javascript", "typescript"})
    hint: ClassVar[Hint] = Hint.of("import", "require(")

    place: Place
    module: str
    name: str
    position: int
    key: str

    @classmethod
    def find(cls, source: Source) -> Iterator["JsHanded"]:
        if kind(source.path) != "production" or is_bundled(source):
            return
        code = js_code(source.text)
        known = _imported(code) if _SERVES.search(code) else {}
        mask = masked(source.text) if known else ""
        for call in _CALL.finditer(mask) if known else ():
            found = known.get(call["owner"])
            if found is None or (found[1] == "*" and not call["method"]):
                continue
            name = call["method"] or found[1]
            place = Place.at(source.path, line_at(code, call.start()))
            for position, key in _sent(source, place.line, given(code, mask, call.end())):
                yield cls(place, found[0], name, position, key)


def reached(handed: JsHanded, repo: Repo, kinds: frozenset[str]) -> Iterator[JsHelper]:
    """The helpers of these kinds that are given it."""
    path = _resolved(handed.place.path, handed.module, repo)
    known = _helpers(repo, path).get((handed.name, handed.position, handed.key), ()) if path else ()
    return (one for one in known if one.kind in kinds)


@lru_cache(maxsize=64)
def _helpers(repo: Repo, path: str) -> Mapping[tuple[str, int, str], Sequence[JsHelper]]:
    """The helpers of a file by the name they go by (the default export by "" as well), position and key."""
    found: dict[tuple[str, int, str], list[JsHelper]] = {}
    for one in repo.of(JsHelper, path):
        for name in {one.name, ""} if one.is_default else {one.name}:
            found.setdefault((name, one.position, one.key), []).append(one)
    return found


def _imported(code: str) -> Mapping[str, tuple[str, str]]:
    """By local name: the file, and what it exports so; "" by default, "*" all of it."""
    known: dict[str, tuple[str, str]] = {}
    for one in _IMPORT.finditer(code):
        module = one["module"] or one["required"]
        names = (one["names"] or one["taken"] or "").replace(" as ", ":")
        known |= {local: (module, key) for key, local in fields(names)}
        known |= {name: (module, "") for name in (one["default"], one["whole"]) if name}
        known |= {one["all"]: (module, "*")} if one["all"] else {}
    held = [(f"this.{name}", kind_) for name, kind_ in _TYPED.findall(code)]
    made = [(name, kind_) for name, kind_ in _MADE.findall(code)]
    return known | {name: (known[of][0], "*") for name, of in (*held, *made) if of in known}


def _sent(source: Source, line: int, things: list[str]) -> Iterator[tuple[int, str]]:
    """Which things of a call are a request's, by position and key."""
    around = unit(source, line)
    held = received(source, around)
    for position, thing in enumerate(things):
        named = fields(thing) if thing.startswith("{") else [("", thing)]
        for key, value in named:
            if is_received(value, held) and not cleared(_body(source, around), re.split(r"[\s!?)]", value)[0]):
                yield position, key


@lru_cache(maxsize=16)
def _body(source: Source, around: Unit) -> str:
    return body_of(source, around)


def _resolved(path: str, module: str, repo: Repo) -> str:
    """The file a module is, among those of the tree; aliases stand for a folder above, or its `src`."""
    plain = re.sub(r"\.[cm]?jsx?$", "", module)
    if module.startswith("."):
        bases = [posixpath.normpath(posixpath.join(posixpath.dirname(path), one)) for one in (plain, module)]
    else:
        inner = plain.removeprefix("@/").removeprefix("~/").removeprefix("src/")
        bases = [str(folder / root / inner) for folder in PurePosixPath(path).parents for root in ("", "src")]
    return next((base + end for base in bases for end in _ENDS if base + end in repo), "")

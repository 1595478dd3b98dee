"""Lists of paths that a check of who may lets through."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from gate import lazy
from gate.facts.guardsaid import said_in
from gate.facts.publicity import is_public
from gate.facts.reading import reading
from gate.facts.spelling import last, spelled
from gate.hint import Hint
from gate.nodes import walk
from gate.paths import kind
from gate.source import Place, Source

_LISTS = lazy.regex(
    r"(?i)(?:^|_)(?:exempt\w*|public|open|anonymous|unauth\w*|unprotected|no_?auth\w*|skip_?auth\w*|white_?list\w*|allow_?list\w*|bypass\w*|exclu\w*|ignored?)(?:_|$)"
)
_OF_PATHS = lazy.regex(r"(?i)path|url|route|endpoint|prefix|page|view|login|auth|^open$|^public$|^exempt$|^whitelist$")
_REFUSES = lazy.regex(r"(?i)\b40[13]\b|unauthori[sz]ed|forbidden|permission_?denied|access_?denied|log_?in|sign-?in")
_SAYING = frozenset({"401", "403", "unauthori", "forbidden", "denied", "login", "log_in", "sign"})
"""Some word of these stands wherever the pattern matches; they are found faster."""
_PATH = lazy.regex(r"\^?/|\*|\.\*|\^?[\w-]+/")
_ENDPOINT = lazy.regex(r"\w+(?:[.:]\w+)*")
_SCRIPT = lazy.regex(
    r"\b(?:const|let|var|static|readonly)\s+(\w+)\s*(?::[^=\n]{1,60})?=\s*(?:new\s+Set\s*(?:<\w+>)?\(|createRouteMatcher\()?\s*\[([^\[\]]{0,4000})\]"
    r"|\.(unless)\(\s*\{\s*path\s*:\s*\[([^\[\]]{0,4000})\]"
)
_QUOTED = lazy.regex(r"[\"'`]([^\"'`\n]+)[\"'`]|(?<=[\s,\[])/(\^?\\?/[^\n,]*)/[a-z]*(?=\s*[,\]]|\s*$)")
_LETS = lazy.regex(r"\.unless\(|\w*Auth\w*\((?:[^()]|\([^()]*\)){0,600}?\bexclude\s*=")
"""Middleware that turns callers away for whoever sets it up: express-jwt, and the backends of Litestar."""
_BACKEND = lazy.regex(r"Auth(?:entication)?(?:Middleware|Backend)?$|^\w*Auth$")
_WIDE = lazy.regex(r"(?i)admin|^\^?/?(?:\.?\*+|api/?(?:\.?\*+)?|\(\.\*\))\$?$")


@dataclass(frozen=True)
class ExemptPath:
    """A path of such a list."""

    languages: ClassVar[frozenset[str]] = frozenset({"python", "javascript", "typescript"})
    hint: ClassVar[Hint] = Hint.of(
        "exempt", "public", "open", "anonymous", "unauth", "unprotected", "noauth", "no_auth", "skip", "whitelist",
        "white_list", "allowlist", "allow_list", "bypass", "exclu", "ignore", "unless",
    )  # fmt: skip

    place: Place
    held: str
    """The name of the list."""
    path: str

    @property
    def is_wide(self) -> bool:
        """Whether it is for administrators, or for everything."""
        return _WIDE.search(self.path) is not None

    @classmethod
    def find(cls, source: Source) -> Iterator["ExemptPath"]:
        if kind(source.path) != "production":
            return
        refuses = bool(said_in(source, _SAYING)) and _REFUSES.search(source.text) is not None
        if not refuses and "unless" not in source.text and "exclude" not in source.text:
            return
        listed = _python(source) if source.language == "python" else _script(source)
        for line, name, path in listed if refuses or _LETS.search(source.text) else ():
            if not refuses and name not in {"unless", "exclude"}:
                continue  # whatever else the list is of, nobody is turned away here
            named = _ENDPOINT.fullmatch(path) if "endpoint" in name.lower() else None
            if (named or _PATH.match(path)) and not is_public(path):
                yield cls(Place.at(source.path, line), name, path)


def _is_list(name: str) -> bool:
    snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)
    return bool(_LISTS.search(snake) and _OF_PATHS.search(snake))


def _python(source: Source) -> Iterator[tuple[int, str, str]]:
    for one in reading(source).of(ast.Assign, ast.AnnAssign, ast.AugAssign):
        target = one.node.targets[0] if isinstance(one.node, ast.Assign) else one.node.target
        name = last(spelled(target))
        if one.node.value is not None and _is_list(name):
            for part in walk(one.node.value):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part.lineno, name, part.value
    for call in reading(source).calls() if "exclude" in source.text else ():
        yield from _left_out(call.node)


def _left_out(call: ast.Call) -> Iterator[tuple[int, str, str]]:
    """What a backend of Litestar asks nobody for: `JWTAuth(..., exclude=["/login"])`."""
    for word in call.keywords if _BACKEND.search(last(spelled(call.func))) else ():
        for part in walk(word.value) if word.arg == "exclude" else ():
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                yield part.lineno, "exclude", part.value


def _script(source: Source) -> Iterator[tuple[int, str, str]]:
    for found in _SCRIPT.finditer(source.text):
        name, group = (found[3], 4) if found[3] else (found[1], 2)  # of express-jwt: `.unless({ path: ['/login'] })`
        for one in _QUOTED.finditer(source.text, *found.span(group)) if found[3] or _is_list(name) else ():
            yield source.text.count("\n", 0, one.start()) + 1, name, (one[1] or one[2]).replace("\\", "")

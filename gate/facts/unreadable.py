"""Files that should be readable and are not: code nobody can judge, data nobody can load."""

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from gate import lazy
from gate.facts.comment import TOKENS
from gate.facts.tomltext import toml
from gate.paths import kind
from gate.source import Place, Source

_TEMPLATE = lazy.regex(r"\{\{|\{%|<%|\$\{|@@[A-Z_]+@@")
_LINE = lazy.regex(r"\bline (\d+)")
_TOO_DEEP = "nested too deeply to read"
_LOOSE = lazy.regex(r'("(?:[^"\\\n]|\\.)*+"?)|//[^\n]*|/\*(?:[^*]|\*(?!/))*+(?:\*/)?|,(?=\s*+[}\]])')
_ESCAPE = lazy.regex(r"\\u(?:([0-9a-fA-F]{4})|\{0*+([0-9a-fA-F]{1,6})\})")
_NAME = lazy.regex(rf"(?<![\w$\\\[\]/-])(?=[\w$]*\\u)(?:[\w$]|{_ESCAPE.pattern})++(?![\w$\\\[\]/-])")
"""A name that holds an escape; in a pattern such as `[\\u0041-\\u005A]` it would be a range."""
_SPACE = lazy.regex(r"\s*")
_YAML_CHARACTERS = 200_000
"""Longer YAML is data (locks, recordings); reading it would cost more than its syntax is worth."""


_BLOCK = lazy.regex(
    r"\{%-?\s*(?:extends|block|if|for|macro|include|import|from|set|raw|call|filter|with)\b.*%\}"
    r"|^\{\{-?\s*[\w.]+\s*-?\}\}\s+(?!(?:if|and|or|in|is|not|else|for|async)\b)[A-Za-z][^\"'`\\]*$"
)
"""What stands in no program of any language, so that nothing can run the file as it is."""


@dataclass(frozen=True)
class Unreadable:
    """A file whose text does not parse, and why, to follow the file's name in a sentence."""

    place: Place
    language: str
    reason: str
    template: bool
    """It looks like the template of a file rather than the file."""

    languages: ClassVar[frozenset[str]] = frozenset({"python", "json", "toml", "yaml", "javascript", "typescript"})
    hint: ClassVar[re.Pattern[str]] = lazy.regex("")
    any_size: ClassVar[bool] = True

    @property
    def in_production(self) -> bool:
        return kind(self.place.path) in {"production", "migration"}

    @classmethod
    def find(cls, source: Source) -> Iterator["Unreadable"]:
        reason = _problem(source)
        if reason:
            named = _LINE.findall(reason)
            line = min(int(named[-1]), len(source.lines)) if named else 1
            template = "{{" in source.path or _is_template(source) or bool(_BLOCK.search(source.lines[line - 1]))
            yield cls(Place.at(source.path, line), source.language, reason, template)


def _is_template(source: Source) -> bool:
    return source.language in _PARSERS and bool(_TEMPLATE.search(source.text))


def _problem(source: Source) -> str:
    if source.language == "python":
        return source.problem
    if source.language not in _PARSERS:
        return _spelled(source.text)
    try:
        _PARSERS[source.language](source.text)
    except RecursionError:
        return _TOO_DEEP
    except ValueError as error:
        return f"does not parse as {source.language.upper()}: {error}"
    return ""


def _json(text: str) -> None:
    """JSON, or JSON with the comments and trailing commas that editors and compilers allow."""
    if not text.strip():
        return
    try:
        json.loads(text)
    except ValueError:
        rest = _LOOSE.sub(lambda found: found[1] or " ", text)
        _json_lines(_LOOSE.sub(lambda found: found[1] or " ", rest))


def _json_lines(text: str) -> None:
    """One document, or several below each other."""
    decoder, position = json.JSONDecoder(), _after_space(text, 0)
    while position < len(text):
        position = _after_space(text, decoder.raw_decode(text, position)[1])


def _after_space(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    return found.end() if found else position


def _yaml(text: str) -> None:
    import yaml

    loader = getattr(yaml, "CSafeLoader", None)
    if loader is None or len(text) > _YAML_CHARACTERS:
        return
    try:
        for _ in yaml.parse(text, Loader=loader):
            pass
    except yaml.YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from error


def _spelled(text: str) -> str:
    """How a name is spelled with an escape for an ASCII letter, as JavaScript allows: none sees an `eval` there."""
    for number, line in enumerate(_code(text) if "\\u" in text else (), 1):
        for found in _NAME.finditer(line):
            name = _ESCAPE.sub(lambda escape: chr(min(int(escape[1] or escape[2], 16), sys.maxunicode)), found[0])
            if name.isascii() and name.replace("$", "_").isidentifier():
                return f"spells `{name[:40]}` as `{found[0][:60]}` on line {number}"
    return ""


def _code(text: str) -> list[str]:
    """The lines of a text, its strings and comments blanked out."""
    return TOKENS["slash"].sub(lambda token: "\n" * token[0].count("\n") or " ", text).split("\n")


_PARSERS: Mapping[str, Callable[[str], object]] = {"json": _json, "toml": toml, "yaml": _yaml}

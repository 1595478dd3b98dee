"""Parsers of XML that are told to follow what a document refers to."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from gate import lazy
from gate.facts.reading import Node, Reading, reading
from gate.facts.settled import settled
from gate.facts.spelling import last, spelled
from gate.hint import Hint
from gate.nodes import walk
from gate.paths import kind
from gate.source import Place, Source

_PARSES = frozenset({"parse", "parseString", "fromstring", "XML", "iterparse", "feed"})
_PARSERS = lazy.regex(r"lxml\.etree\.(?:XMLParser|ETCompatXMLParser|iterparse|XMLPullParser)")

_SWITCHES = ("resolve_entities", "no_network", "load_dtd", "dtd_validation")


@dataclass(frozen=True)
class EntityParser:
    """A parser that reads the files and addresses a document names."""

    languages: ClassVar[frozenset[str]] = frozenset({"python"})
    hint: ClassVar[Hint] = Hint.of("resolve_entities", "no_network", "feature_external")

    place: Place
    name: str

    @classmethod
    def find(cls, source: Source) -> Iterator[Self]:
        if kind(source.path) == "test":
            return
        file = reading(source)
        for one in file.calls():
            if (name := _follows(file, one)) and not _reads_own(source, one):
                yield cls(file.place(one.node), name)


def _reads_own(source: Source, one: Node) -> bool:
    """Whether all that is parsed around it is text the code itself says."""
    calls = (node for node in walk(one.function) if isinstance(node, ast.Call)) if one.function is not None else ()
    parsed = [call.args[0] for call in calls if last(spelled(call.func)) in _PARSES and call.args]
    return bool(parsed) and settled(source, parsed)


def _follows(file: Reading, one: Node) -> str:
    """`XMLParser(resolve_entities=True)`, one that fetches its DTD, `parser.setFeature(feature_external_ges, True)`.

    https://lxml.de/apidoc/lxml.etree.html#lxml.etree.XMLParser
    """
    given = file.given(one)
    if _PARSERS.fullmatch(file.called(one)):
        said = {word: file.literal(given[word], one.where) for word in _SWITCHES if word in given}
        fetches = said.get("no_network") is False and (
            said.get("load_dtd") is True or said.get("dtd_validation") is True
        )
        return "no_network" if fetches else "resolve_entities" if said.get("resolve_entities") is True else ""
    function, words = one.node.func, one.node.args
    if not (isinstance(function, ast.Attribute) and function.attr == "setFeature" and len(words) > 1):
        return ""
    external = re.search(r"feature_external_[gp]es$", ast.unparse(words[0]))
    return external[0] if external and file.literal(words[1], one.where) is True else ""

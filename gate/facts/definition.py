"""The functions of a file, where a change may have opened or lengthened a way for outsiders' text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from gate import lazy
from gate.facts.module import module
from gate.source import Place, Source


@dataclass(frozen=True)
class Definition:
    """A function that lies in no other function, or (named `<module>`) the statements outside of all."""

    place: Place
    name: str
    """Its full dotted name."""

    languages: ClassVar[frozenset[str]] = frozenset({"python"})
    hint: ClassVar[re.Pattern[str]] = lazy.regex(r"\(")

    @classmethod
    def find(cls, source: Source) -> Iterator["Definition"]:
        if source.tree is None:
            return
        found = module(source)
        yield cls(Place.at(source.path, 1, len(source.lines)), f"{found.names.module}.<module>")
        for name, (node, _) in found.definitions.functions.items():
            yield cls(Place.at(source.path, node.lineno, node.end_lineno), name)

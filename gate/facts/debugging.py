"""Debuggers and debug modes that are switched on, in Python and in what describes a deployment."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from gate.facts.debugging_python import Found, found
from gate.facts.debugging_text import written
from gate.paths import kind
from gate.source import Place, Source

_LOCAL = re.compile(r"(?i)(?:^|[/_.-])(?:dev|devel|development|local|localhost|sandbox|tests?|testing|testutils|ci|debug|example"
                    r"|sample|playground|override)(?:[/_.-]|$)")  # fmt: skip


@dataclass(frozen=True)
class Debugging:
    """A debugger, or a debug mode, that is on; `sure` where it is on in what is deployed."""

    languages: ClassVar[frozenset[str]] = frozenset({""})
    hint: ClassVar[re.Pattern[str]] = re.compile(
        r"(?i)debug|settrace|set_trace|breakpoint\(|remote_pdb|aiomonitor|manhole|FLASK_ENV|enable_attach"
    )

    place: Place
    what: str
    """What is on, as the subject and the verb of a sentence."""
    sure: bool

    @classmethod
    def find(cls, source: Source) -> Iterable["Debugging"]:
        if kind(source.path) == "test" or _LOCAL.search(source.path):
            return
        for one in _all(source):
            yield cls(Place.at(source.path, one.line, one.end_line), one.what, one.sure)


def _all(source: Source) -> Iterator[Found]:
    if source.language == "python":
        yield from found(source)
    else:
        yield from written(source)

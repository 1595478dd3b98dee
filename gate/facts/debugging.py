"""Debuggers and debug modes that are switched on, in Python and in what describes a deployment."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from gate import lazy
from gate.facts.debugging_python import Found, found
from gate.facts.debugging_text import written
from gate.hint import Hint
from gate.paths import kind
from gate.source import Place, Source

_LOCAL = lazy.regex(r"(?i)(?:^|[/_.-])(?:dev|devel|development|local|localhost|sandbox|tests?|testing|testutils|ci|debug|example"
                    r"|sample|playground|override)(?:[/_.-]|$)")  # fmt: skip


@dataclass(frozen=True)
class Debugging:
    """A debugger, or a debug mode, that is on; `sure` where it is on in what is deployed."""

    languages: ClassVar[frozenset[str]] = frozenset({""})
    hint: ClassVar[Hint] = Hint(
        Hint.of(
            ("debug", r"(?:[\"']?\]?\s*[=:,]|[\"']?\s*\n|ger|ged|py\b|_pin|\s+\w|\(true)"), "settrace", "set_trace",
            "breakpoint(", "--debug", "--inspect", "remote_pdb", "rpdb", "aiomonitor", "manhole", "flask_env", "enable_attach",
        ).parts,
        (lazy.regex(r"\.run\([^()\n]{1,80},\s*True\)"),),
    )  # fmt: skip

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

"""Functions that outsiders call, each with what is said of its guards; and those of them that take events of other companies."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from gate import lazy
from gate.facts.guarded import Guarded, units
from gate.facts.webhook import is_receiver, manages, provider
from gate.hint import Hint
from gate.source import Place, Source

_EVENT = lazy.regex(r"(?:lambda_)?handler$")


@dataclass(frozen=True)
class Route:
    """A function that answers requests, or the events of a cloud."""

    languages: ClassVar[frozenset[str]] = frozenset({"python"})
    hint: ClassVar[Hint] = Hint.whole(("def", " "))

    place: Place
    unit: Guarded

    @classmethod
    def find(cls, source: Source) -> Iterator["Route"]:
        for unit in units(source):
            event = _EVENT.search(unit.short) and not unit.owner
            if unit.form == "function" and (unit.answers or unit.verbs or event):
                yield cls(unit.place, unit)


@dataclass(frozen=True)
class Webhook:
    """A route that takes the events of another company; `sender` is "" where nothing names it."""

    languages: ClassVar[frozenset[str]] = frozenset({"python"})
    hint: ClassVar[Hint] = Hint.whole(("def", " "))

    place: Place
    unit: Guarded
    sender: str

    @classmethod
    def find(cls, source: Source) -> Iterator["Webhook"]:
        prefixes = {unit.name: unit.route for unit in units(source) if unit.form == "router"}
        for unit in units(source):
            prefix, text = prefixes.get(unit.router, ""), source.snippet(unit.place)
            if is_receiver(unit, prefix, text) and not manages(unit, text):
                yield cls(unit.place, unit, provider(unit, prefix, text))

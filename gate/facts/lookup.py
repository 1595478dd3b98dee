"""Lookups: what a file reads or writes through an object mapper, found only when somebody asks about models."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import ClassVar

from gate.facts import jslookups, jstext, jsunits, orm, views
from gate.facts.query import Query, of_chain
from gate.hint import Hint
from gate.source import Place, Source


@dataclass(frozen=True)
class Lookup:
    """One query in an object mapper's words; the name of its relation is that of a model."""

    languages: ClassVar[frozenset[str]] = frozenset({"python"}) | jstext.LANGUAGES
    hint: ClassVar[Hint] = Hint((*orm.HINT.parts, *views.HINT.parts, *jslookups.HINT.parts), orm.HINT.exact)

    place: Place
    query: Query

    @classmethod
    def find(cls, source: Source) -> Iterable["Lookup"]:
        """Read every chain of calls that starts from a model or a session, and what views show."""
        if source.language in jstext.LANGUAGES:
            chains = [of_chain(source, one) for one in jslookups.found(source)]
            return [cls(one.place, replace(one, scope=jsunits.unit(source, one.place.line).name)) for one in chains]
        found = [*orm.found(source, reads=True), *views.found(source)]
        return sorted((cls(one.place, one) for one in (of_chain(source, f) for f in found)), key=lambda one: one.place)

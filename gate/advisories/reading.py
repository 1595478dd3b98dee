"""All records of some folders and zips, one by one, and what could not be read of them."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from gate.advisories.files import Text, texts, values
from gate.advisories.record import ECOSYSTEMS, Record, record
from gate.errors import ToolError

_MANY_BROKEN = 200
"""One file in so many may be unreadable; with more, what was read is no whole set."""


class Reading:
    """To be gone through once; `broken` holds the names of files that could not be read."""

    def __init__(self, places: Sequence[Path]) -> None:
        self.broken: list[str] = []
        self._places, self._count = places, 0

    def __iter__(self) -> Iterator[Record]:
        """Each record that counts.

        Raises:
            ToolError: There is none, or too much could not be read.
        """
        for place in self._places:
            for text in texts(place):
                yield from self._records(text)
        if len(self.broken) * _MANY_BROKEN > self._count:
            more = f" and {len(self.broken) - 1:,} more" if self.broken[1:] else ""
            raise ToolError(f"the advisory `{self.broken[0]}`{more} cannot be read")
        if not self._count:
            names = ", ".join(f"`{place}`" for place in self._places)
            raise ToolError(f"the set of advisories {names} is empty: no OSV record about {' or '.join(ECOSYSTEMS)}")

    def _records(self, text: Text) -> list[Record]:
        try:
            found = [one for value in values(text) if (one := record(value, text.day))]
        except ValueError:
            self.broken.append(text.name)
            return []
        self._count += len(found)
        return found

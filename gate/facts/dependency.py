"""The packages a manifest asks for: requirements, project and lock files of Python and of npm, and install commands."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from gate import lazy
from gate.facts.requirement import Wish, shown
from gate.source import Place, Source

_QUOTED = lazy.regex(r"""\"([^\"]*)\"|'([^']*)'""")
_KEY = lazy.regex(r"""\s*["']?([\w.-]+)["']?\s*[=:]|\[.*?([\w-]+)["']?\]\s*$""")


@dataclass(frozen=True)
class Dependency:
    """A package a manifest asks for."""

    languages: ClassVar[frozenset[str]] = frozenset({""})
    hint: ClassVar[re.Pattern[str]] = lazy.regex(r"\S")
    any_size: ClassVar[bool] = True

    place: Place
    name: str
    """As the index knows it (PEP 503); "" for a path or URL that does not say."""
    wanted: str
    """The versions it allows, as written; "" for any."""
    version: str
    """The one version it allows, in normal form; "" when it allows more."""
    origin: str
    """The URL, repository or path it comes from; "" for a package index."""
    ecosystem: str = "PyPI"
    """Whose packages these are, as OSV writes it: PyPI, npm, GitHub Actions, conda."""
    resolved: str = ""
    """The address of its file, else of its index, where a lock file names one."""
    integrity: str = ""
    """The hashes it must have, as written."""
    scripts: bool = False
    """Whether the lock file says that it runs a program of its own when it is installed."""

    @classmethod
    def find(cls, source: Source) -> Iterator["Dependency"]:
        from gate.facts.manifest import manifest

        yield from manifest(source).dependencies

    @classmethod
    def of(cls, place: Place, asked: Wish) -> "Dependency":
        return cls(
            place,
            asked.name,
            asked.wanted,
            asked.version,
            asked.origin,
            resolved=asked.resolved,
            integrity=asked.integrity,
        )

    @property
    def label(self) -> str:
        """What to call it in a sentence."""
        return self.name or shown(self.origin)


@dataclass(frozen=True)
class Manifest:
    """What one file says about dependencies."""

    dependencies: tuple[Dependency, ...] = ()
    includes: tuple[tuple[int, str], ...] = ()
    """Other requirements files it includes: the line, and the file as written."""
    unread: tuple[str, ...] = ()
    """What could not be read as a dependency, a phrase each."""
    problem: str = ""
    """Why nothing at all could be read."""


class Lines:
    """Where a text or a key stands in a file whose parser does not tell: each at the first place not yet taken."""

    def __init__(self, source: Source) -> None:
        self._path = source.path
        self._texts: dict[str, list[int]] = defaultdict(list)
        self._keys: dict[str, list[int]] = defaultdict(list)
        for number, line in reversed(list(enumerate(source.lines, 1))):
            for text in {
                line.strip(),
                line.partition("=")[2].strip(),
                *(double or single for double, single in _QUOTED.findall(line)),
            }:
                self._texts[text].append(number)
            if key := _KEY.match(line):
                self._keys[key[1] or key[2]].append(number)

    def of(self, text: str) -> Place:
        return self._take(self._texts[text])

    def of_key(self, name: str) -> Place:
        return self._take(self._keys[name])

    def _take(self, left: list[int]) -> Place:
        return Place.at(self._path, (left.pop() if len(left) > 1 else left[0]) if left else 1)

"""What is known of our rules without loading them, so that a scan loads only those that have something to read.

It is kept where Python keeps its compiled modules, and trusted as far as those are: whoever can write there can write
the rules. A digest of all it was made from tells whether it still holds; where it does not, or cannot be kept, it is
made anew from the rules themselves.
"""

import hashlib
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from gate import lazy
from gate.cache import dump, load
from gate.fact import SECONDS_A_FILE, Fact, engine
from gate.hint import Hint
from gate.process import TimeLimitError, time_limit
from gate.rule import Check
from gate.source import Source

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Interest:
    """What one check reads: files of these languages that its hint, in plain values, finds something in."""

    languages: frozenset[str]
    words: tuple[tuple[str, str], ...]
    exact: tuple[tuple[str, int], ...]
    paths: str = ""
    """A pattern of paths whose files it reads whatever they say."""
    always: bool = False
    """Whether it looks everywhere, whatever a text says."""

    @classmethod
    def of(cls, check: Check[Any]) -> "Interest":
        if check.everywhere:
            return cls(check.kind.languages, (), (), always=True)
        hint, named = _hint(check.kind), getattr(check.kind, "paths", None)
        exact = tuple((one.pattern, one.flags) for one in hint.exact)
        return cls(check.kind.languages, hint.parts, exact, named.pattern if named else "")

    def reads(self, source: Source) -> bool:
        return "" in self.languages or source.language in self.languages

    def is_met(self, source: Source) -> bool:
        """Whether it may find a fact in a file."""
        return self.reads(source) and (self._is_named(source.path) or self._hint.search(source.text))

    def _is_named(self, path: str) -> bool:
        return bool(self.paths) and re.search(self.paths, path) is not None

    def make_known(self) -> None:
        """Have the hint made before a text is asked: the words of all hints are looked for at once."""
        _ = self._hint

    @cached_property
    def _hint(self) -> Hint:
        return Hint(self.words, tuple(lazy.regex(text, flags) for text, flags in self.exact))


def met(interests: Iterable[Interest], sources: Iterable[Source]) -> frozenset[Interest]:
    """Those that may find a fact in one of these files; where a hint takes too long, its check is to say so.

    Each file is asked for all of them before the next: what is learnt of its text serves them all.
    """
    wanted = frozenset(interests)
    waiting = [one for one in wanted if not one.always]
    for one in waiting:
        one.make_known()
    for source in sources:
        try:
            with time_limit(SECONDS_A_FILE):
                waiting = [one for one in waiting if not one.is_met(source)]
        except TimeLimitError:
            waiting = [one for one in waiting if not one.reads(source)]
    return wanted.difference(waiting)


@dataclass(frozen=True)
class Entry:
    """A rule by its id: what its checks read, and whether it looks at the change."""

    rule: str
    interests: tuple[Interest, ...]
    compares: bool

    @property
    def item(self) -> str:
        return self.rule.partition("/")[0]


@dataclass(frozen=True)
class Index:
    """All rules written in Python, by id, and the pages of those written as patterns."""

    entries: tuple[Entry, ...]
    pages: Mapping[str, Any]


def kept(rules: Path) -> Index | None:
    """The index of these rules, where one is kept that was made from all of them as they are."""
    try:
        found = json.loads(_file(rules).read_text(encoding="utf-8"))
        entries = tuple(load(Entry, row) for row in found["entries"]) if found["digest"] == digest(rules) else None
        return None if entries is None else Index(entries, dict(found["pages"]))
    except (OSError, ValueError, TypeError, KeyError, re.error):
        return None


def keep(rules: Path, index: Index) -> None:
    """Keep the index for the next run, unless Python was told not to, or may not, write there."""
    if sys.dont_write_bytecode:
        return
    found = {"digest": digest(rules), "entries": dump(index.entries), "pages": index.pages}
    file = _file(rules)
    unfinished = file.with_suffix(f".{os.getpid()}")
    with suppress(OSError):
        file.parent.mkdir(exist_ok=True)
        unfinished.write_text(json.dumps(found), encoding="utf-8")
        unfinished.replace(file)


def digest(rules: Path) -> str:
    """Of every file that decides what a rule reads, its text; its time too, since Python goes by that."""
    said = hashlib.sha256(f"{sys.version} {engine()}".encode())
    for path in _files(rules):
        said.update(f"\0{path.name} {path.stat().st_mtime_ns}\0".encode())
        if path.is_relative_to(rules):
            said.update(path.read_bytes())
    return said.hexdigest()


def _files(rules: Path) -> Iterator[Path]:
    for folder, pattern in (
        (_HERE, "*.py"),
        (_HERE / "facts", "*.py"),
        (rules, "*/*.py"),
        (rules, "*.yml"),
        (rules, "*/*.yml"),
    ):
        yield from sorted(folder.glob(pattern))


def _file(rules: Path) -> Path:
    return rules / "__pycache__" / "index.json"


def _hint(kind: type[Fact]) -> Hint:
    return kind.hint if isinstance(kind.hint, Hint) else Hint((), (kind.hint,))

"""Facts: plain values a file states, and all of them in one tree."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar, Protocol, Self, TypeVar

from gate import lazy
from gate.process import TimeLimitError, time_limit
from gate.source import MAX_BYTES, Place, Source, UnreadableError, language

SECONDS_A_FILE = 5.0
"""How long finding the facts of one kind in one file may take."""

_PARSERS = ("libcst", "sqlglot", "tree-sitter", "tree-sitter-go", "tree-sitter-java", "tree-sitter-kotlin")
_AHEAD = 200
"""Files that are read at once where it is not known which of them are needed."""
_UNINDEXED = lazy.regex(r"(^|/)(node_modules|\.venv|venv|site-packages|\.git)/|\.min\.js$")


class Fact(Protocol):
    """A frozen dataclass of plain values, found in one file and a pure function of its path and text."""

    languages: ClassVar[frozenset[str]]
    """Files of these languages may state it; "" is any text."""
    hint: ClassVar[Any]
    """A pattern or a `Hint`: a file whose text this does not match states none; it saves the parse.

    Where a kind has `paths` as well, a pattern, files of these paths are read whatever their text says.
    """

    @property
    def place(self) -> Place: ...

    @classmethod
    def find(cls, source: Source) -> Iterable[Self]: ...


F = TypeVar("F", bound=Fact)


class Files(Protocol):
    """A tree of files."""

    @property
    def entries(self) -> Mapping[str, Any]: ...
    def source(self, path: str) -> Source: ...
    def read_ahead(self, paths: Sequence[str]) -> None: ...


class Store(Protocol):
    """Where facts are remembered by content."""

    def get(self, key: str) -> Any: ...
    def put(self, key: str, value: Any) -> None: ...
    def read_ahead(self, keys: Sequence[str]) -> None: ...


@dataclass(frozen=True)
class Wrapper:
    """A module of the repository that alone may use others; `allow` are globs of paths that may as well."""

    use: str
    instead_of: tuple[str, ...]
    allow: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lookup:
    """Whether and where package indexes are asked about the names a change adds."""

    on: bool = False
    indexes: Mapping[str, str] = field(default_factory=dict)
    """By ecosystem: the index the policy names; for the others, that of whoever runs gate."""
    private: tuple[str, ...] = ()
    """Globs of names that only the organization's own index should have."""
    private_index: str = ""
    young_name: int = 30
    """Days in which a name counts as young."""
    young_release: int = 3
    today: date = date.min


@dataclass(frozen=True)
class Settings:
    """What the base policy tells rules about the repository."""

    tenant_columns: tuple[str, ...] = ()
    actions: Mapping[str, str] = field(default_factory=dict)
    """What it does about each rule ("block", "warn", "note", "off"), and for `folder/*` about the gravest in it."""
    wrappers: tuple[Wrapper, ...] = ()
    index_hosts: frozenset[str] = frozenset()
    """Hosts from which packages may come."""
    lookup: Lookup = Lookup()


class Repo:
    """The facts of a whole tree, found when first asked for: `repo[Table]` is every table in it."""

    def __init__(
        self, files: Files, store: Store, settings: Settings = Settings(), known: Mapping[str, Source] | None = None,
        earlier: Self | None = None,
    ) -> None:  # fmt: skip
        """`known` are the files that have been read already, by path: those that the change touches."""
        self.settings = settings
        self.store = store
        self.earlier = earlier
        """The tree before the change: for a scanner that asks others about what is new, and about nothing else."""
        self.touched = dict(known or {})
        self._files = files
        self._all: dict[type, tuple[Any, ...]] = {}
        self._some: dict[tuple[type, str], tuple[Any, ...]] = {}
        self.problems: dict[str, str] = {}
        """Paths whose facts could not be found, and why; the coverage ledger shows them."""
        self._sources: dict[str, Source | None] = dict(known or {})

    @property
    def paths(self) -> Iterable[str]:
        return self._files.entries.keys()

    def __contains__(self, path: str) -> bool:
        return path in self._files.entries

    def __getitem__(self, kind: type[F]) -> tuple[F, ...]:
        """Every fact of one kind, in the order of paths."""
        if kind not in self._all:
            paths = [path for path in self.paths if self.indexes(kind, path)]
            self.store.read_ahead([self._key(kind, path) for path in paths if (kind, path) not in self._some])
            self.read_ahead([path for path in paths if not self._recall(kind, path)])
            self._all[kind] = tuple(fact for path in paths for fact in self.of(kind, path))
        return self._all[kind]

    def of(self, kind: type[F], path: str) -> tuple[F, ...]:
        """The facts of one kind in one file."""
        if not self._recall(kind, path):
            self._some[kind, path] = self._find(kind, path)
        return self._some[kind, path]

    def mentioning(self, word: str, languages: frozenset[str] = frozenset({"python"})) -> Iterator[str]:
        """The paths of files in these languages whose text holds `word`; a fast way to who may call it."""
        waiting = iter([path for path in self.paths if language(path) in languages and not _UNINDEXED.search(path)])
        while group := list(islice(waiting, _AHEAD)):
            self.read_ahead(group)
            yield from (path for path in group if (source := self.source(path)) and word in source.text)

    def source(self, path: str) -> Source | None:
        """The text of a file; None for what is none, or cannot be read as text."""
        if path not in self._sources:
            self._sources[path] = self._read(path)
        return self._sources[path]

    def read_ahead(self, paths: Iterable[str]) -> None:
        """Have files at hand that are about to be asked for; reading them one by one takes longer."""
        self._files.read_ahead([path for path in paths if path not in self._sources and self._is_file(path)])

    def _is_file(self, path: str) -> bool:
        entry = self._files.entries.get(path)
        return entry is not None and entry.kind == "file"

    def _read(self, path: str) -> Source | None:
        if not self._is_file(path):
            return None
        try:
            return self._files.source(path)
        except UnreadableError as error:
            self.problems[path] = str(error)
            return None

    def indexes(self, kind: type[F], path: str) -> bool:
        """Whether `repo[kind]` reads this path; by its name alone, so that a whole tree need not be read."""
        wanted = "" in kind.languages or language(path) in kind.languages
        return wanted and self._files.entries[path].kind == "file" and not _UNINDEXED.search(path)

    def _recall(self, kind: type[F], path: str) -> bool:
        """Whether the facts of a file are known, from this run or an earlier one."""
        if (kind, path) not in self._some:
            stored = self.store.get(self._key(kind, path)) if path in self else None
            if stored is None:
                return False
            from gate.cache import load

            self._some[kind, path] = tuple(load(kind, row) for row in stored)
        return True

    def _find(self, kind: type[F], path: str) -> tuple[F, ...]:
        source = self.source(path)
        if source is None:
            return ()
        found = self._look(kind, source)
        if path not in self.problems:
            self.store.put(self._key(kind, path), found)
        return found

    def _key(self, kind: type[F], path: str) -> str:
        return _stored_as(kind.__qualname__, path, self._files.entries[path].oid)

    def _look(self, kind: type[F], source: Source) -> tuple[F, ...]:
        if "" not in kind.languages and source.language not in kind.languages:
            return ()
        named = getattr(kind, "paths", None)
        if not (named and named.search(source.path)) and not kind.hint.search(source.text):
            return ()
        if len(source.text) > MAX_BYTES and not getattr(kind, "any_size", False):
            self.problems[source.path] = f"larger than {MAX_BYTES:,} characters"
            return ()
        if source.language == "python" and source.problem:
            self.problems[source.path] = source.problem
        try:
            with time_limit(SECONDS_A_FILE):
                return tuple(kind.find(source))
        except TimeLimitError as error:
            self.problems[source.path] = f"reading its {kind.__name__.lower()} facts {error}"
        except RecursionError:
            self.problems[source.path] = "nested too deeply to read"
        return ()


@lru_cache(maxsize=1024)
def _stored_as(kind: str, path: str, oid: str) -> str:
    """Under what the facts of a file are kept; it is asked for when they are looked up, and when they are stored."""
    from gate.cache import key

    return key("fact", kind, engine(), path, oid)


@cache
def engine() -> str:
    """A digest of everything that decides which facts a file holds: gate's own code and its parsers."""
    digest = hashlib.sha256()
    here = Path(__file__).parent
    for path in sorted([*here.glob("*.py"), *here.glob("facts/*.py")]):
        digest.update(path.read_bytes())
    for name in _PARSERS:
        digest.update(f"{name} {_version(name)}".encode())
    return digest.hexdigest()


def _version(package: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return "is not installed"

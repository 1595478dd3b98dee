"""What the commits of a change add and take out again: a secret that was there for one commit is leaked all the same.

The blobs that commits between base and head add, and that head no longer has, are searched for secrets, as are the
messages of the commits and the names of branches. Nothing else is asked of them: a flaw that is gone does no harm.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from gate import lazy, registry
from gate.cache import Cache
from gate.change import Change
from gate.coverage import Looked, Row
from gate.errors import ToolError
from gate.finding import Finding, numbered
from gate.git import Git
from gate.intake import MAX_TEXT
from gate.rule import Repo, Source
from gate.scan import Side, scan
from gate.scanner import Scanner, Spotted
from gate.show import Masks
from gate.source import UnreadableError
from gate.veil import SECRETS, Veil

MESSAGE = "message of commit"
FILE_NAMES, AUTHORS, BINARY = "name of a file", "name of an author", "binary"
_FORMS_ONLY = (FILE_NAMES, AUTHORS, BINARY)
"""Where tokens are looked for, and nothing that is only named like a secret."""
_UNPRINTED = lazy.regex(r"[^\x20-\x7e]+")
MAX_COMMITS = 5_000
MAX_BYTES = 100_000_000
PLACE = "(commits before the last)"
"""Where the coverage ledger says what of the history was not read."""


@dataclass(frozen=True)
class Version:
    """A file as one commit, the first to have it so, left it."""

    commit: str
    path: str
    oid: str

    @property
    def name(self) -> str:
        return f"{self.commit[:12]}/{self.path}"


@dataclass(frozen=True)
class Text:
    """Something of one commit that may hold a secret; `shown_at` is where a finding in it is said to be."""

    source: Source
    shown_at: str
    where: str


@dataclass(frozen=True)
class History:
    """What the commits of a change say beside its head, searched; `rows` tell what was not read."""

    texts: Mapping[str, Text]
    side: Side
    rows: tuple[Row, ...]

    @property
    def spotted(self) -> tuple[Spotted, ...]:
        found = self.side.spotted.get(SECRETS, ())
        return tuple(spot for spot in found if spot.rule.anywhere or not spot.hit.place.path.startswith(_FORMS_ONLY))

    @property
    def messages(self) -> Mapping[str, str]:
        """What the commits say of themselves, by where that is; empty where nobody asked for secrets."""
        return {at: text.source.text for at, text in self.texts.items() if at.startswith(MESSAGE)}

    @property
    def veil(self) -> Veil:
        """What it gives away, never to be shown."""
        return Veil.of(self.spotted, self.side.sources)


def read_history(change: Change, repo: Repo, scanners: Iterable[Scanner], cache: Cache) -> History:
    """Search what only the commits, their messages and the names of branches hold, where that is asked for."""
    asked = [scanner for scanner in scanners if scanner.name == SECRETS]
    rows: list[Row] = []
    try:
        texts = {text.source.path: text for text in _texts(change, rows)} if asked else {}
    except ToolError as error:
        texts, rows = {}, [_row(Looked.FAILED, str(error))]
    side = scan(repo, {path: text.source for path, text in texts.items()}, asked, cache, 1)
    rows += [_row(row.state, f"{row.path}: {row.reason}") for row in side.rows if row.hole]
    return History(texts, side, tuple(rows))


def leaked(history: History, change: Change, head: Side, olds: Mapping[str, Source], cache: Cache) -> list[Finding]:
    """The secrets that only the history of a change gives away: neither its head nor its base holds them."""
    spotted = history.spotted
    if not spotted:
        return []
    known = {_mark(spot, head.sources, cache) for spot in head.spotted.get(SECRETS, ())}
    base = _of_base(change, olds, (history.texts[spot.hit.place.path].shown_at for spot in spotted))
    held = scan(head.repo, base, [registry.scanners()[SECRETS]], cache, 1).spotted.get(SECRETS, ())
    known |= {_mark(spot, base, cache) for spot in held}
    return numbered(_findings(spotted, history.texts, known, Masks.of(history.side), cache))


def _texts(change: Change, rows: list[Row]) -> Iterator[Text]:
    git = change.head.git
    if not change.last:
        return
    commits = git.text("rev-list", "--reverse", f"--max-count={MAX_COMMITS + 1}", *change.commits).split()
    if len(commits) > MAX_COMMITS:
        rows.append(_row(Looked.PARTIAL, f"more than {MAX_COMMITS:,} commits; only the last of them were read"))
    if git.is_shallow() and git.text("rev-list", "--max-parents=0", "--max-count=1", *change.commits):
        rows.append(_row(Looked.PARTIAL, "the clone is shallow: not all commits of the change are in it"))
    binary = []
    gone = _gone(change)
    yield Text(
        Source(FILE_NAMES, names_in(change, (version.path for version in gone))), FILE_NAMES, "in the name of a file"
    )
    for version, data in _read(git, gone, rows):
        try:
            source = Source.decode(version.name, data, version.oid)
        except UnreadableError:
            binary.append(version)
            yield Text(
                Source(f"{BINARY} {version.name}", _printed(data), version.oid),
                version.path,
                f"in commit {version.commit[:12]}",
            )
        else:
            yield Text(source, version.path, f"in commit {version.commit[:12]}")
    if binary:
        rows.append(_row(Looked.SKIPPED, f"not text, searched for tokens only: {_named(binary)}", hole=False))
    written = git.blobs(commits)
    yield Text(Source(AUTHORS, _authors(written)), AUTHORS, "in the name of an author")
    for commit, data in zip(commits, written, strict=True):
        message = data.partition(b"\n\n")[2].decode(errors="surrogateescape")
        at = f"{MESSAGE} {commit[:12]}"
        yield Text(Source(at, message, commit), at, f"in the {at}")
    names = git.text("for-each-ref", "--format=%(refname)", f"--points-at={change.last}", "refs/heads", "refs/remotes")
    yield Text(Source("name of a branch", names), "name of a branch", "in the name of a branch")


def _printed(data: bytes) -> str:
    """What of a file can be read as letters, and what could be if it were UTF-16, with a nought between any two."""
    return _UNPRINTED.sub("\n", (data + b"\n" + data.replace(b"\0", b"")).decode("latin-1"))


def _authors(commits: Iterable[bytes]) -> str:
    """Who wrote and who committed, as the commits have it, each once."""
    heads = (data.partition(b"\n\n")[0].decode(errors="surrogateescape").split("\n") for data in commits)
    return "\n".join(
        dict.fromkeys(line for head in heads for line in head if line.startswith(("author ", "committer ")))
    )


def names_in(change: Change, others: Iterable[str] = ()) -> str:
    """The names that a change gives files, and where it lets links point, one a line."""
    entries = [file.after for file in change.files if file.after]
    links = {change.head.git.blob(one.oid).decode(errors="replace") for one in entries if one.kind == "symlink"}
    paths = {*others, *(one.path for one in entries)} - change.base.entries.keys()
    return "\n".join(sorted(name.replace("\n", " ") for name in paths | links))


def _gone(change: Change) -> list[Version]:
    """The blobs that commits of the change add and neither base nor head has."""
    here = {entry.oid for tree in (change.base, change.head) for entry in tree.entries.values()}
    listed = change.head.git.text(
        "log", "--reverse", f"--max-count={MAX_COMMITS}", "--format=%H", "--raw", "-c", "-r", "-z", "--root",
        "--no-abbrev", "--no-renames", "--no-show-signature", *change.commits,
    )  # fmt: skip
    found: dict[str, Version] = {}
    for version, mode in _listed(iter(listed.split("\0"))):
        if mode.startswith(("100", "120")) and version.oid not in here:
            found.setdefault(version.oid, version)
    return list(found.values())


def _listed(fields: Iterator[str]) -> Iterator[tuple[Version, str]]:
    """Each file a commit writes, with its mode; of a merge, those that differ from every parent (git-diff, -c)."""
    commit = ""
    for field in fields:
        text = field.lstrip("\n")
        parents = len(text) - len(text.lstrip(":"))
        if parents:
            facts = text[parents:].split(" ")
            yield Version(commit, next(fields), facts[2 * parents + 1]), facts[parents]
        elif text:
            commit = text


def _read(git: Git, versions: Sequence[Version], rows: list[Row]) -> Iterator[tuple[Version, bytes]]:
    small: list[Version] = []
    large: list[Version] = []
    total = 0
    for version, size in zip(versions, _sizes(git, [version.oid for version in versions]), strict=True):
        fits = size <= MAX_TEXT and total + size <= MAX_BYTES
        (small if fits else large).append(version)
        total += size if fits else 0
    if large:
        rows.append(_row(Looked.SKIPPED, f"too much to be read: {_named(large)}"))
    waiting = iter(small)
    while group := list(islice(waiting, 50)):
        yield from zip(group, git.blobs([version.oid for version in group]), strict=True)


def _sizes(git: Git, oids: Sequence[str]) -> list[int]:
    """How many bytes objects have, without reading them."""
    asked = "".join(f"{oid}\n" for oid in oids)
    sizes = git.run("cat-file", "--batch-check=%(objectsize)", stdin=asked).stdout.split()
    if len(sizes) != len(oids) or not all(map(str.isdigit, sizes)):
        raise ToolError("git has not all objects of the change; a shallow or partial clone may lack some")
    return [int(size) for size in sizes]


def _of_base(change: Change, olds: Mapping[str, Source], paths: Iterable[str]) -> dict[str, Source]:
    """The files of base that can hold what was found: a secret that is in base is not let out by this change."""
    sources = dict(olds)
    for path in change.base.entries.keys() & set(paths):
        try:
            sources.setdefault(path, change.base.source(path))
        except UnreadableError:
            continue  # then what was found is judged by itself, as everywhere
    return sources


def _mark(spot: Spotted, sources: Mapping[str, Source], cache: Cache) -> str:
    """A keyed hash of the secret itself, wherever it stands."""
    lines = sources[spot.hit.place.path].lines
    return cache.mark(spot.rule.id, *(lines[line - 1][start:end] for line, start, end in spot.hit.spans))


def _findings(
    spotted: Iterable[Spotted], texts: Mapping[str, Text], known: set[str], masks: Masks, cache: Cache
) -> Iterator[Finding]:
    sources = {path: text.source for path, text in texts.items()}
    for spot in spotted:
        mark, text, old = _mark(spot, sources, cache), texts[spot.hit.place.path], spot.hit.place
        if mark not in known:
            known.add(mark)
            message = (
                f"{spot.hit.message.replace(' is written here', f' was written {text.where}')} It is not in the files "
                "any more, but whoever can fetch the commits has it. Rotate it."
            )
            hit = replace(spot.hit, place=replace(old, path=text.shown_at), message=message, spans=())
            public = " ".join(masks.line(text.source, number) for number in range(old.line, old.end_line + 1))
            yield Finding.of(spot.rule, hit, SECRETS, scope="", mark=mark, public=public)


def _named(versions: Sequence[Version]) -> str:
    more = f" and {len(versions) - 1:,} other versions of files" if len(versions) > 1 else ""
    return f"`{versions[0].path}` of commit {versions[0].commit[:12]}{more}"


def _row(state: Looked, reason: str, *, hole: bool = True) -> Row:
    return Row(PLACE, SECRETS, state, reason, hole)

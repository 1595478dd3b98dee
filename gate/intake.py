"""Taking in the files of a change: what can be read as text, and a coverage row for all that cannot."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from posixpath import dirname, join, normpath

from gate.change import Change, Changed, Entry, Tree
from gate.coverage import Looked, Row
from gate.paths import kind
from gate.policy import Policy
from gate.source import Source, UnreadableError, language

MAX_TEXT = 5_000_000
"""Files larger than this (bytes) are given to no scanner."""
_AHEAD = 50

Side = tuple[Changed, Entry | None]
"""A changed file, and what one side of the change has of it."""

_MEDIA = {
    b"\x89PNG\r\n\x1a\n": "PNG image",
    b"\xff\xd8\xff": "JPEG image",
    b"GIF87a": "GIF image",
    b"GIF89a": "GIF image",
    b"BM": "BMP image",
    b"II*\0": "TIFF image",
    b"MM\0*": "TIFF image",
    b"\0\0\1\0": "icon",
    b"wOFF": "font",
    b"wOF2": "font",
    b"OTTO": "font",
    b"\0\1\0\0\0": "font",
    b"OggS": "sound",
    b"fLaC": "sound",
    b"ID3": "sound",
    b"\xff\xfb": "sound",
    b"\xff\xf3": "sound",
    b"\xff\xf2": "sound",
    b"%PDF-": "PDF document",
    b"\xde\x12\x04\x95": "compiled translation",
    b"\x95\x04\x12\xde": "compiled translation",
}
_MEDIA_SUFFIXES = (
    ".png", ".jpg", ".jpeg", ".gif", ".bmp", ".ico", ".woff", ".woff2", ".otf", ".ttf", ".ogg", ".flac", ".mp3",
    ".pdf",
    ".mo",
    ".eot",
    ".webp", ".wav", ".mp4", ".mov", ".avif", ".avi", ".tif", ".tiff",
)  # fmt: skip


@dataclass(frozen=True)
class Intake:
    """The readable files of one side of a change, by path, and rows for the others."""

    sources: Mapping[str, Source]
    rows: tuple[Row, ...]
    undecoded: Mapping[str, str]
    """Source code that is not text in any trusted encoding, and why."""


def take_in(change: Change, policy: Policy) -> Intake:
    """Read the head side of every changed path."""
    sources: dict[str, Source] = {}
    rows: list[Row] = []
    undecoded: dict[str, str] = {}
    for file, _ in _read_ahead(change.head, ((file, file.after) for file in change.files)):
        if file.after is None:
            rows.append(Row(file.path, "gate", Looked.SCANNED, "deleted: judged for what it guarded"))
        elif policy.ignores(file.path):
            rows.append(Row(file.path, "gate", Looked.SKIPPED, "the base policy ignores this path"))
        elif displaced := _displaced(file.after, change):
            rows.append(Row(file.path, "gate", Looked.SKIPPED, displaced, hole=True))
        else:
            _take(file.after, change.head, sources, rows, undecoded)
    return Intake(sources, tuple(rows), undecoded)


def before(change: Change) -> dict[str, Source]:
    """The base side of changed paths, where it can be read; head is judged whether or not it can."""
    sources: dict[str, Source] = {}
    for _, entry in _read_ahead(change.base, ((file, file.before) for file in change.files)):
        if entry is not None:
            _take(entry, change.base, sources, [], {})
    return sources


def _read_ahead(tree: Tree, sides: Iterable[Side]) -> Iterator[Side]:
    """The files of a change on one side, source code read a few at a time; what else there is may be too large."""
    waiting = iter(sides)
    while group := list(islice(waiting, _AHEAD)):
        entries = [entry for _, entry in group if entry and entry.kind == "file"]
        tree.read_ahead([entry.path for entry in entries if language(entry.path)])
        yield from group


def _take(entry: Entry, tree: Tree, sources: dict[str, Source], rows: list[Row], undecoded: dict[str, str]) -> None:
    reason, hole = "", True
    if entry.kind == "submodule":
        reason = f"a submodule at {entry.oid[:12]}: its files are in another repository"
    elif entry.kind == "symlink":
        reason, hole = _link(entry, tree)
    else:
        data = tree.read(entry.path)
        reason, hole = _unfit(entry.path, data)
        if not reason:
            try:
                sources[entry.path] = Source.decode(entry.path, data, entry.oid)
            except UnreadableError as error:
                reason, hole = str(error), True
                undecoded |= {entry.path: reason} if language(entry.path) else {}
    if reason:
        rows.append(Row(entry.path, "gate", Looked.SKIPPED, reason, hole))


def _displaced(link: Entry, change: Change) -> str:
    """A link that stands where there was other code: what guarded there is gone, and no diff of it was judged."""
    if link.kind != "symlink":
        return ""
    within = f"{link.path}/"
    held = (path for path in change.base.entries if path == link.path or path.startswith(within))
    where, target = _target(link, change.head)
    gone = [path for path in held if _is_code(path) and not _same(path, target + path.removeprefix(link.path), change)]
    return f"a symbolic link to {where}, in place of {len(gone)} file{'s' * (len(gone) > 1)} of code" if gone else ""


def _is_code(path: str) -> bool:
    return language(path) not in {"", "markdown"}


def _same(old: str, new: str, change: Change) -> bool:
    """Whether base had the text where head has it, through a link or not."""
    there = change.head.entries.get(new)
    return there is not None and there.oid == change.base.entries[old].oid


def _target(link: Entry, tree: Tree) -> tuple[str, str]:
    """Where a link points as it is written, and from the root."""
    where = tree.git.blob(link.oid).decode(errors="surrogateescape")
    return where, normpath(join(dirname(link.path), where))


def _unfit(path: str, data: bytes) -> tuple[str, bool]:
    """Why a file is not text to be scanned, and whether that leaves a hole; ("", False) when it is."""
    media = _media(path, data)
    if media:
        return f"a {media}: holds no code", False
    if len(data) > MAX_TEXT:
        return f"{len(data) / 1e6:.1f} MB; files over {MAX_TEXT / 1e6:g} MB are not scanned", True
    if data.startswith(b"version https://git-lfs.github.com/spec/"):
        return "a Git LFS pointer: what it stands for is not in the repository", True
    return "", False


def _media(path: str, data: bytes) -> str:
    """The kind of a picture, font or sound, when name and content agree that it is one, and it is no text."""
    if not path.lower().endswith(_MEDIA_SUFFIXES) or _is_text(data):
        return ""
    if data[:4] == b"RIFF" or data[4:8] == b"ftyp":
        return "media file"
    if data[34:36] == b"LP":  # the magic number of Embedded OpenType stands behind its sizes
        return "font"
    return next((kind for magic, kind in _MEDIA.items() if data.startswith(magic)), "")


def _is_text(data: bytes) -> bool:
    """Whether it can be judged as text; `GIF89a=1` begins a picture and a script alike."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in data


def _link(entry: Entry, tree: Tree) -> tuple[str, bool]:
    where, target = _target(entry, tree)
    if where.startswith("/") or target.split("/")[0] == "..":
        return f"a symbolic link that leaves the repository, to {where}", True
    if _is_judged_alike(entry.path, target, tree):
        return f"a symbolic link to {where}, which is judged where it lies", False
    return f"a symbolic link to {where}, which is not judged there as what it is here", True


def _is_judged_alike(link: str, target: str, tree: Tree) -> bool:
    """Whether what a link leads to is judged as it would be in its place: code as code, production as production."""
    entry = tree.entries.get(target)
    if entry is None:
        folder = target == "." or target in tree.folders
        return folder and _weighs_as_much(f"{link}/", f"{target}/")
    if entry.kind != "file":
        return False
    from gate.facts.manifest import read_alike

    head = tree.read(target)[:200].decode("latin-1")
    alike = language(link) in {"", language(target, head)} and read_alike(link, target)
    return alike and _weighs_as_much(link, target)


def _weighs_as_much(link: str, target: str) -> bool:
    return kind(target) not in {"test", "dev"} or kind(link) in {"test", "dev"}

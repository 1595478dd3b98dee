"""Published packages as git repositories, fetched and unpacked without building, importing or running any of them.

pip and npm fetch them, from wherever the user has told them to: pip wheels only, since a source archive's set-up is run
to learn its metadata; npm by `npm pack`, whose scripts are off. What an archive says of itself decides nothing: its
members are written as plain files below one folder, links and devices are left out, and so is what git would obey. A
wheel's metadata, scripts and styles for browsers are left out as well: those are built, and nobody reviews them.
"""

import os
import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

MAX_BYTES = 1_000_000_000
"""An archive that unpacks to more is refused."""
MAX_MEMBERS = 100_000
SECONDS = 300
Reader = Callable[[], bytes]
_NAME = re.compile(r"(@[\w.-]+/)?\w[\w.-]*")
_VERSION = re.compile(r"\w[\w.+!-]*")
_BUILT = frozenset({".js", ".mjs", ".cjs", ".map", ".css"})
_IDENTITY = ("-c", "user.name=replay", "-c", "user.email=replay@example.com")
_PLAIN = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
"""No filter of the user's, which an archive's .gitattributes could ask for."""


class ArchiveError(Exception):
    """A package that could not be fetched or unpacked; the message says why."""


@dataclass(frozen=True)
class Package:
    """Two versions of a package, one after the other; `registry` is "pypi" or "npm"."""

    registry: str
    name: str
    older: str
    newer: str

    def __post_init__(self) -> None:
        if not (_NAME.fullmatch(self.name) and all(map(_VERSION.fullmatch, (self.older, self.newer)))):
            raise ArchiveError(f"`{self.name} {self.older} {self.newer}` is no package and two versions")

    def __str__(self) -> str:
        return f"{self.registry} {self.name} {self.newer}"


def repository(package: Package, folder: Path) -> Path:
    """A repository of three commits, tagged `nothing`, `older` and `newer`, or the one made before.

    Raises:
        ArchiveError: The package cannot be had, or is not to be unpacked.
    """
    made = folder / "repositories" / str(package).replace("/", "-").replace(" ", "-")
    if _is_whole(made):
        return made
    archives = {tag: fetched(package, version, folder) for tag, version in _tags(package)}
    made.mkdir(parents=True, exist_ok=True)
    git(made, "init", "--quiet", "--initial-branch=main", ".")
    _commit(made, "nothing")
    for tag, archive in archives.items():
        git(made, "rm", "-r", "-f", "--quiet", "--ignore-unmatch", ".")
        for path, data in members(archive):
            (made / path).parent.mkdir(parents=True, exist_ok=True)
            (made / path).write_bytes(data)
        git(made, "add", "--all", "--force", ".")
        _commit(made, tag)
    return made


def fetched(package: Package, version: str, folder: Path) -> Path:
    """The archive of one version, fetched once."""
    kept = folder / "archives" / package.registry / package.name / version
    if not any(kept.glob("*")):
        kept.mkdir(parents=True, exist_ok=True)
        _run(_command(package, version, kept), kept)
    found = [path for path in kept.iterdir() if path.suffix in {".whl", ".tgz"}]
    if len(found) != 1:
        raise ArchiveError(f"{package.name} {version} came as {len(found)} archives")
    return found[0]


def members(archive: Path) -> Iterator[tuple[PurePosixPath, bytes]]:
    """The plain files of an archive, by a path that stays below the folder they are written to.

    Raises:
        ArchiveError: It is larger than `MAX_BYTES`, or holds a path that leads elsewhere.
    """
    seen, size = 0, 0
    for name, length, data in _zipped(archive) if archive.suffix == ".whl" else _tarred(archive):
        seen, size = seen + 1, size + length
        if seen > MAX_MEMBERS or size > MAX_BYTES:
            raise ArchiveError(f"{archive.name} unpacks to more than {MAX_BYTES:,} bytes or {MAX_MEMBERS:,} files")
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name:
            raise ArchiveError(f"{archive.name} holds `{name!r}`, which leads out of it")
        if not any(part.lower() == ".git" for part in path.parts) and not _is_built(archive, path):
            yield path, data()


def _is_built(archive: Path, path: PurePosixPath) -> bool:
    return archive.suffix == ".whl" and (path.suffix in _BUILT or path.parts[0].endswith(".dist-info"))


def git(folder: Path, *arguments: str) -> str:
    """What git prints, with no settings but its own."""
    return _run(["git", "-c", f"core.hooksPath={os.devnull}", *_IDENTITY, *arguments], folder, _PLAIN)


def _tags(package: Package) -> tuple[tuple[str, str], ...]:
    return ("older", package.older), ("newer", package.newer)


def _is_whole(folder: Path) -> bool:
    return (folder / ".git" / "refs" / "tags" / "newer").exists()


def _commit(folder: Path, tag: str) -> None:
    git(folder, "commit", "--quiet", "--no-verify", "--allow-empty", "--message", tag)
    git(folder, "tag", tag)


def _command(package: Package, version: str, folder: Path) -> list[str]:
    if package.registry == "npm":
        return ["npm", "pack", "--silent", "--ignore-scripts", f"{package.name}@{version}"]
    only = ["--quiet", "--no-deps", "--only-binary", ":all:", "--python-version", "3.13"]
    return [sys.executable, "-m", "pip", "download", *only, "--dest", str(folder), f"{package.name}=={version}"]


def _run(command: Sequence[str], folder: Path, env: dict[str, str] | None = None) -> str:
    try:
        done = subprocess.run(
            command, cwd=folder, env={**os.environ, **(env or {})}, check=False, capture_output=True, timeout=SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ArchiveError(f"`{command[0]}` could not do its work: {error}") from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise ArchiveError(f"`{' '.join(command[:4])} ...` ended with {done.returncode}: {said}")
    return done.stdout.decode(errors="surrogateescape")


def _zipped(archive: Path) -> Iterator[tuple[str, int, Reader]]:
    with zipfile.ZipFile(archive) as opened:
        for info in opened.infolist():
            if not info.is_dir():
                yield info.filename, info.file_size, partial(opened.read, info)


def _tarred(archive: Path) -> Iterator[tuple[str, int, Reader]]:
    with tarfile.open(archive) as opened:
        for info in opened:
            held = opened.extractfile(info) if info.isreg() else None
            if held:
                yield info.name, info.size, held.read

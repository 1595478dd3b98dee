"""Where one package comes from and what holds it fast: the kind of its origin, and the hashes a lock file has of it."""

import re
from collections import defaultdict
from collections.abc import Mapping
from posixpath import normpath
from urllib.parse import urlsplit

from gate import lazy
from gate.facts.dependency import Dependency

_PLAIN = lazy.regex(r"(?i)(?:git\+|hg\+|svn\+|bzr\+)?(?:http|git|ftp)://(?!localhost\b|127\.|\[::1\])")
_REPOSITORY = lazy.regex(
    r"(?i)^(?:git|hg|svn|bzr)\+|^git@|^git://|^ssh://|\.git(?:[@#/]|$)|^(?:github|gitlab|bitbucket|gist):|^[\w.-]+/[\w.-]+(?:#.*)?$"
)
_PATH = lazy.regex(
    r"(?i)^(?:file:|link:|portal:|\.{0,2}/|\.{1,2}(?:\[|$)|~|[a-z]:\\)|^(?!\w+:)(?!.*@.*:).*\.(?:whl|zip|tgz|tar\.\w+)$"
)
_COMMIT = lazy.regex(r"(?:[@#]|rev=|commit=)[0-9a-f]{40}\b")
_HASHED = lazy.regex(r"[#&](?:sha(?:256|384|512))=[0-9a-f]{40,}")
_KIND = lazy.regex(r"[:/-].*|^[^:/-]*$", re.DOTALL)
"""What stands behind the algorithm of a hash, or the whole of one that does not name it."""
_STRENGTH = {"md5": 1, "sha1": 2, "sha256": 3, "sha384": 4, "sha512": 5}
_ALGORITHM = lazy.regex(rf"(?<![a-z0-9])({'|'.join(_STRENGTH)})[:=-]")


def kind(one: Dependency) -> str:
    """An index, a path, a repository, an address, or "plain" for what anybody on the way can replace."""
    if not one.origin:
        return "index"
    if _PLAIN.match(one.origin):
        return "plain"
    if _PATH.search(one.origin) and "+" not in one.origin.partition(":")[0]:
        return "path"
    return "repository" if _REPOSITORY.search(one.origin) else "address"


def leaves(one: Dependency) -> bool:
    """Whether a path leads out of the repository."""
    path = re.sub(r"^(?:file|link|portal):(?://)?", "", one.origin)
    inner = normpath(f"{one.place.path.rpartition('/')[0]}/{path}".lstrip("/"))
    return path.startswith(("/", "~")) or inner.startswith("..")


def is_fixed(one: Dependency) -> bool:
    """Whether an origin names one commit, or the hash of what is there."""
    return bool(_COMMIT.search(one.origin) or _HASHED.search(one.origin))


def where(one: Dependency) -> str:
    """An origin without what changes with each release: the host and the path, without branch, commit and password."""
    text = re.sub(r"(?<=://)[^/@]*@", "", one.origin)
    return re.sub(r"[@#].*$", "", text).removesuffix(".git").lower()


def hashes(integrity: str) -> Mapping[str, frozenset[str]]:
    """The hashes of a package by what they are of: a file by its name, else any file by the algorithm.

    Yarn 2 and later hash the archive they make of a file, by the key of the cache it lies in.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for one in integrity.split():
        file, mark, digest = one.rpartition("#")
        found[file if mark else _KIND.sub("", one)].add(digest)
    return {key: frozenset(values) for key, values in found.items()}


def strength(integrity: str) -> int:
    """How hard it is to make another file with one of these hashes; 0 where no algorithm is named."""
    return max((_STRENGTH[name] for name in _ALGORITHM.findall(integrity)), default=0)


def host(url: str) -> str:
    """The scheme and the host of an address; "" for none."""
    try:
        parts = urlsplit(url)
        return f"{parts.scheme}://{(parts.hostname or '').lower()}" if parts.scheme and parts.hostname else ""
    except ValueError:
        return ""

"""A locked version is no longer the file it was.

A lock file says which bytes a version consists of, and an index does not replace a file once it is published. Where the
hash of the same file is another, or its address leads to another host, somebody has put other bytes in its place; where
the hash is gone, nobody would notice.
"""

from collections.abc import Iterator, Mapping, Sequence

from gate import lazy
from gate.facts.declared import Moved, moved
from gate.facts.dependency import Dependency
from gate.facts.provenance import hashes, host, strength
from gate.rule import Edit, Hit, Pair, Repo, Rule, Severity

_LOCK = '[[package]]\nname = "thing"\nversion = "1.0"{}\nfiles = [\n    {{file = "thing-1.0.tar.gz", hash = "sha256:{}"}},\n]\n'
_NPM = '{{"lockfileVersion": 3, "packages": {{"node_modules/thing": {{{}\n"version": "1.0.0",\n"resolved": "https://{}/thing/-/thing-1.0.0.tgz",\n"integrity": "sha512-{}"}}}}}}\n'
_BERRY = (
    '__metadata:\n  version: 8\n\n"a@npm:^1":{}\n  version: 1.0.0\n  resolution: "a@npm:1.0.0"\n  checksum: 10c0/{}\n'
)
_FEW = 2
"""All of more packages that are fetched from a mirror, or without hashes, are one decision, and worth a look."""
_REPLACED = "another hash"
_WEAKER = "weaker hash"
_PACKED = lazy.regex(r"(?:\w+/)?[0-9a-f]+")
"""A checksum of Yarn 2 and later, of the archive that it makes itself."""

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(494, 354, 1357),
    fix="Take the lock file of base and let the tool write it anew against the index. If the hash is still another, do "
    "not install the package, and ask its maintainers.",
    bad=[
        Pair({"poetry.lock": _LOCK.format("", "aa")}, {"poetry.lock": _LOCK.format("  # <-", "bb")}),
        Pair(
            {"requirements.txt": "thing==1.0 --hash=sha256:aa --hash=sha256:ab\nother==2.0 --hash=sha256:cc\n"},
            {"requirements.txt": "thing==1.0 --hash=sha256:ad  # <-\nother==2.0  # <-\n"},
        ),
        Pair(
            {"package-lock.json": _NPM.format("", "npm.example.com", "aa")},
            {"package-lock.json": _NPM.format("  // <-", "npm.example.com", "bb")},
        ),
        Pair(
            {"package-lock.json": _NPM.format("", "npm.example.com", "aa")},
            {"package-lock.json": _NPM.format("  // <-", "other.example.com", "aa")},
        ),
        Pair(
            {"package-lock.json": _NPM.format("", "npm.example.com", "aa")},
            {"package-lock.json": _NPM.format("  // <-", "other.example.com", "bb").replace("1.0.0", "9.9.9")},
        ),
        Pair(
            {"package-lock.json": _NPM.format("", "npm.example.com", "aa")},
            {"package-lock.json": _NPM.format("  // <-", "npm.example.com", "aa").replace("sha512-", "sha1-")},
        ),
        Pair(
            {"package-lock.json": _NPM.format("", "npm.example.com", "aa")},
            {"package-lock.json": _NPM.format("  // <-", "npm.example.com", "aa sha512-bb")},
        ),
        Pair({"yarn.lock": _BERRY.format("", "aa")}, {"yarn.lock": _BERRY.format("  # <-", "bb")}),
    ],
    good=[
        Pair(
            {"package-lock.json": _NPM.format("", "npm.example.com", "aa")},
            {"package-lock.json": _NPM.format("", "npm.example.com", "bb").replace("1.0.0", "9.9.9")},
        ),
        Pair(
            {"requirements.txt": "thing==1.0 --hash=sha256:aa\nother==2.0\n"},
            {"requirements.txt": "thing==1.0 --hash=sha256:aa --hash=sha256:ab\nother==2.1\n"},
        ),
        Pair(
            {"poetry.lock": _LOCK.format("", "aa")},
            {
                "poetry.lock": _LOCK.format("", "aa").replace(
                    "files = [", 'files = [\n{file = "thing-1.whl", hash = "sha256:dd"},'
                )
            },
        ),
    ],
    misses=["A version that is locked for the first time: there is nothing to hold it against."],
)


@rule.compare
def is_not_what_it_was(edits: Sequence[Edit], base: Repo, head: Repo) -> Iterator[Hit]:
    for file in moved([(edit.before, edit.after) for edit in edits], base, head):
        olds = {_key(one): one for one in file.olds if one.version}
        kept = [(one, _said(olds[_key(one)], one)) for one in file.news if _key(one) in olds]
        told = [(one, said) for one, said in kept if said]
        whole = len(told) == len(kept) > _FEW
        for one, said in told:
            mild = _WEAKER in said or (whole and _REPLACED not in said)
            severity = Severity.MEDIUM if mild else Severity.HIGH
            yield Hit(one.place, said, detail=f"{one.name} {one.version}", severity=severity)
        yield from _elsewhere(file)


def _elsewhere(file: Moved) -> Iterator[Hit]:
    """New versions that come from another host than those before, as a stranger's do who has taken a private name."""
    olds: dict[tuple[str, str], set[str]] = {}
    for one in file.olds:
        olds.setdefault((one.ecosystem, one.name), set()).add(host(one.resolved))
    had = set(map(_key, file.olds))
    fresh = [(one, olds.get((one.ecosystem, one.name), set()) - {""}) for one in file.news if _key(one) not in had]
    told = [
        (one, before) for one, before in fresh if one.version and before and host(one.resolved) not in {"", *before}
    ]
    for one, before in told:
        said = (
            f"`{one.name[:80]}` came from `{min(before)}`, and {one.version[:40]} comes from `{host(one.resolved)}`. Is it the same "
            "package, or one that a stranger has put there under a private name?"
        )
        severity = Severity.MEDIUM if len(told) <= _FEW else Severity.LOW
        yield Hit(one.place, said, detail=f"{one.name} {one.version}", severity=severity)


def _key(one: Dependency) -> tuple[str, str, str]:
    return one.ecosystem, one.name, one.version


def _said(old: Dependency, new: Dependency) -> str:
    name = f"`{new.name[:80]}` {new.version[:40]}"
    was, now = hashes(old.integrity), hashes(new.integrity)
    if _replaced(was, now) and _PACKED.fullmatch(new.integrity):
        return f"{name} has another checksum than before. Yarn makes it of the file, so the file is another one, or Yarn itself is."
    if file := _replaced(was, now):
        return f"{name} has {_REPLACED} than before ({file}). A published file does not change, so this is another one."
    if old.ecosystem == "npm" and (more := [one for one in was.keys() & now.keys() if now[one] - was[one]]):
        return f"{name} may now have {_REPLACED} as well ({more[0][:20]}): one file has one, so the other is another file's."
    if 0 < strength(new.integrity) < strength(old.integrity):
        return f"{name} is held by a {_WEAKER} than before, for which another file can be made. Let the tool write the lock anew."
    if was and not now:
        return (
            f"{name} was held fast by its hash and no longer is, so that whatever the index gives out is taken for it."
        )
    before, behind = host(old.resolved), host(new.resolved)
    if before and behind and before != behind:
        return f"{name} came from `{before}` and now comes from `{behind}`. Is that the index the organization uses?"
    return ""


def _replaced(was: Mapping[str, frozenset[str]], now: Mapping[str, frozenset[str]]) -> str:
    return next((file for file in sorted(was.keys() & now.keys()) if not was[file] & now[file]), "")

"""A package is taken from a repository, an address or a path instead of the index.

What an index has published under a version stays what it is, and is known to scanners and advisories. A branch, an
archive on a web server or a fork is whatever its owner makes of it, today and at the next install.
"""

from collections.abc import Iterator, Sequence

from gate.facts.declared import dependencies, is_lock, moved
from gate.facts.dependency import Dependency
from gate.facts.popular import popular
from gate.facts.provenance import is_fixed, kind, leaves, where
from gate.rule import Edit, Hit, Pair, Repo, Rule, Severity

_SHA = "0123456789abcdef0123456789abcdef01234567"

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(494, 1357, 829),
    fix="Ask for a released version from the index. What has to come from a repository names the full commit; what comes "
    "from an address is fetched by HTTPS and by its hash.",
    bad=[
        Pair(
            {"requirements.txt": "requests==2.32.3\nflask==3.0.3\n"},
            {
                "requirements.txt": "requests @ git+https://github.com/helpful/requests  # <-\nflask==3.0.3\n"
                f"guard @ git+https://github.com/acme/guard@{_SHA}  # <-\n"
                "http://files.example.com/thing-1.0.tar.gz  # <-\n"
                "other @ https://files.example.com/other-1.0-py3-none-any.whl  # <-\n"
                "-e ../../shared/tools  # <-\n./vendor/thing-1.0-py3-none-any.whl  # <-\n"
            },
        ),
        Pair(
            {"package.json": '{"dependencies": {\n  "lodash": "^4.17.21"\n}}\n'},
            {
                "package.json": '{"dependencies": {\n  "lodash": "github:helpful/lodash",  // <-\n'
                '  "left": "https://files.example.com/left-1.0.tgz",  // <-\n  "right": "git+ssh://git@github.com/acme/right.git#main"  // <-\n}}\n'
            },
        ),
        Pair(
            {},
            {
                "pyproject.toml": '[tool.poetry.dependencies]\npython = "^3.11"\nguard = {git = "https://github.com/acme/guard.git", branch = "main"}  # <-\n'
            },
        ),
    ],
    good=[
        Pair(
            {"requirements.txt": "guard @ git+https://github.com/acme/guard@v1\n"},
            {
                "requirements.txt": f"guard @ git+https://github.com/acme/guard@{_SHA}\nflask==3.0.3\n-e .\n./libs/own\n",
                "libs/own/pyproject.toml": '[project]\nname = "own"\n',
            },
        ),
        Pair(
            {},
            {
                "package.json": '{"dependencies": {"a": "workspace:*", "b": "file:./b", "c": "^1.0.0"}}\n',
                "b/package.json": '{"name": "b"}\n',
            },
        ),
    ],
    misses=[
        "What stands at an address that base names already and that answers otherwise today.",
        "Packages that are put into the repository itself.",
    ],
)


@rule.compare
def not_of_the_index(edits: Sequence[Edit], base: Repo, head: Repo) -> Iterator[Hit]:
    files = list(moved([(edit.before, edit.after) for edit in edits], base, head))
    strange = [one for file in files for one in file.news if _is_strange(one)]
    if not strange:
        return
    before = [*dependencies(base), *(old for file in files for old in file.olds)]
    known = {where(old) for old in before if old.origin}
    indexed = {(old.ecosystem, old.name) for old in before if old.name and not old.origin}
    for one in sorted(strange, key=lambda one: is_lock(one.place.path)):
        if where(one) not in known:
            known.add(where(one))
            taken = (one.ecosystem, one.name) in indexed
            yield Hit(one.place, _said(one, taken=taken), detail=one.label[:80], severity=_severity(one, taken=taken))


def _is_strange(one: Dependency) -> bool:
    what = kind(one)
    if what == "path":
        return leaves(one) or one.origin.endswith((".whl", ".zip", ".tgz", ".tar.gz"))
    return what != "index"


def _severity(one: Dependency, *, taken: bool) -> Severity:
    if kind(one) == "plain" or (taken and kind(one) != "path" and one.name in _used(one)):
        return Severity.HIGH
    return Severity.LOW if kind(one) == "path" and not leaves(one) else Severity.MEDIUM


def _used(one: Dependency) -> Sequence[str]:
    return list(popular({"PyPI": "pypi", "npm": "npm"}[one.ecosystem])) if one.ecosystem in {"PyPI", "npm"} else []


def _said(one: Dependency, *, taken: bool) -> str:
    name, at = f"`{one.label[:80]}`", f"`{where(one)[:80]}`"
    start = f"{name} came from the index and now comes from {at}" if taken else f"{name} comes from {at}"
    what = kind(one)
    if what == "plain":
        return f"{start} without encryption, so anybody on the way can replace it. Use HTTPS, or the index."
    if what == "path":
        return f"{start}, which {'lies outside of the repository' if leaves(one) else 'is an archive nobody can read here'}."
    if is_fixed(one):
        return f"{start}, at one commit or hash. No advisory tells of what is published there; is it meant?"
    return f"{start}, which is whatever its owner makes of it at the next install. Name a commit, or a release of the index."

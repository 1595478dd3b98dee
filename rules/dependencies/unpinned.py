"""A package is asked for without a version where the others have one.

Where every version is written down, what is installed is what was tested. One that is not is whatever its owner
published last, and a release that is taken over runs at the next install.
"""

from collections.abc import Iterator, Sequence

from gate.facts.declared import Moved, dependencies, is_lock, moved
from gate.facts.dependency import Dependency
from gate.facts.manifest import pins_by_custom
from gate.rule import Edit, Hit, Pair, Repo, Rule, Severity

_ENOUGH = 3
_SHARE = 0.9
"""From how many dependencies on, and from which share of exact versions, people are taken to pin."""
_ACTIONS = "GitHub Actions"
_WORKFLOW = ".github/workflows/ci.yml"
_SHA = "0123456789abcdef0123456789abcdef01234567"

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(1357, 829),
    fix="Write the exact version, as the others have it (`==` in Python, no `^` in npm, the full commit of an action), or "
    "let the tool that writes the file do it.",
    bad=[
        Pair(
            {"requirements.txt": "a==1\nb==2\nc==3\n"},
            {"requirements.txt": "a==1\nb>=2  # <-\nc==3\nd  # <-\n"},
        ),
        Pair(
            {"requirements.txt": "a==1\nb==2\nc==3\n"},
            {"requirements.txt": "a==1\nb==2\nc==3\n", "requirements-jobs.txt": "a==1\ne>=4  # <-\n"},
        ),
        Pair(
            {"package.json": '{"dependencies": {\n  "a": "1.0.0",\n  "b": "2.0.0",\n  "c": "3.0.0"\n}}\n'},
            {
                "package.json": '{"dependencies": {\n  "a": "1.0.0",\n  "b": "2.0.0",\n  "c": "3.0.0",\n  "d": "latest"  // <-\n}}\n'
            },
        ),
        Pair(
            {
                _WORKFLOW: f"on: push\njobs:\n  a:\n    steps:\n      - uses: a/a@{_SHA}\n      - uses: b/b@{_SHA}\n      - uses: c/c@{_SHA}\n"
            },
            {
                _WORKFLOW: f"on: push\njobs:\n  a:\n    steps:\n      - uses: a/a@v2\n      - uses: b/b@{_SHA}\n      - uses: c/c@{_SHA}\n"
                "      - uses: helpful/deploy@main  # <-\n"
            },
        ),
    ],
    good=[
        Pair(
            {"package.json": '{"dependencies": {"a": "1.0.0", "b": "2.0.0", "c": "3.0.0"}}\n'},
            {"package.json": '{"dependencies": {"a": "1.0.0", "b": "2.0.0", "c": "catalog:", "d": "catalog:web"}}\n'},
        ),
        Pair({"requirements.txt": "a\nb>=2\nc==3\n"}, {"requirements.txt": "a\nb>=2\nc==3\nd\n"}),
        Pair({"requirements.txt": "a==1\nb==2\nc==3\n"}, {"requirements.txt": "a==1.1\nb==2\nc==3\nd==4\n"}),
        Pair(
            {"requirements.txt": "a==1\nb==2\nc==3\n"},
            {
                "requirements.txt": "a==1\nb==2\nc==3\n",
                "pyproject.toml": '[project]\nname = "x"\ndependencies = ["a>=1"]\n',
                "requirements.in": "a>=1\n",
            },
        ),
        Pair(
            {"poetry.lock": '[[package]]\nname = "a"\nversion = "1"\n'},
            {"poetry.lock": '[[package]]\nname = "a"\nversion = "1"\n\n[[package]]\nname = "b"\nversion = ""\n'},
        ),
    ],
    misses=["Ranges in a repository that has fewer than three exact versions, or more than one in ten without."],
)


@rule.compare
def has_no_version(edits: Sequence[Edit], base: Repo, head: Repo) -> Iterator[Hit]:
    for file in moved([(edit.before, edit.after) for edit in edits], base, head):
        loose = {} if is_lock(file.path) else dict.fromkeys(_loose(file))
        for ecosystem in sorted({one.ecosystem for one in loose}):
            if _pins(file, ecosystem, base):
                yield from (_hit(one, file) for one in loose if one.ecosystem == ecosystem)


def _loose(file: Moved) -> Iterator[Dependency]:
    """What has no exact version, and had one before or was not asked for; of actions that had one, `pin_lost` tells."""
    before = {(one.ecosystem, one.name, one.wanted) for one in file.olds if not one.version}
    pinned = {one.name for one in file.olds if one.version and one.ecosystem == _ACTIONS}
    for one in file.news:
        listed = one.wanted.startswith("catalog:")  # where the version is, is judged itself
        if (
            one.name
            and not (one.version or one.origin or listed)
            and (one.ecosystem, one.name, one.wanted) not in before
            and not (one.ecosystem == _ACTIONS and one.name in pinned)
        ):
            yield one


def _pins(file: Moved, ecosystem: str, base: Repo) -> bool:
    """Whether a file, where it is too short or new the repository, has exact versions nearly everywhere."""
    olds = [one for one in file.olds if one.ecosystem == ecosystem and not one.origin]
    if len(olds) >= (1 if ecosystem == _ACTIONS else _ENOUGH):  # nobody writes a commit without meaning it
        return _share(olds) >= _SHARE
    if not pins_by_custom(file.path) and ecosystem != _ACTIONS:
        return False
    others = [one for one in dependencies(base) if one.ecosystem == ecosystem and not one.origin]
    asked = [
        one
        for one in others
        if not is_lock(one.place.path) and (pins_by_custom(one.place.path) or ecosystem == _ACTIONS)
    ]
    return len(asked) >= _ENOUGH and _share(asked) >= _SHARE


def _share(asked: Sequence[Dependency]) -> float:
    return sum(bool(one.version) for one in asked) / len(asked)


def _hit(one: Dependency, file: Moved) -> Hit:
    had = next((old.version for old in file.olds if (old.ecosystem, old.name) == (one.ecosystem, one.name)), "")
    if one.ecosystem == _ACTIONS:
        said = f"`{one.name[:80]}` is taken from `{one.wanted[:80]}`, which its owner can move; the others here are taken from one commit."
    elif had:
        said = f"`{one.name[:80]}` had the version {had} and may now have any that `{one.wanted[:80] or '*'}` allows; the others have one."
    else:
        said = f"`{one.name[:80]}` may have any version{f' that `{one.wanted[:80]}` allows' if one.wanted else ''}; the others have one."
    return Hit(one.place, said, detail=one.name)

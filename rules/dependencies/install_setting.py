"""A setting lets packages run programs, or go unchecked, when they are installed.

Package managers can be told not to run what packages bring, to hold each file against its hash, and to ask one index for
a name. Settings in the repository take that back for everybody who works on it, and some name a program of the repository
that runs in place of the package manager, or beside it, at every install.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from gate import lazy
from gate.rule import Edit, Hit, Pair, Place, Repo, Rule, Severity, Source

_FILES = lazy.regex(
    r"(^|/)(\.npmrc|\.yarnrc(\.yml)?|pnpm-workspace\.yaml|bunfig\.toml|package\.json|pip\.(conf|ini)|uv\.toml|pyproject\.toml)$"
)
_HOOK = lazy.regex(r"(^|/)\.?pnpmfile\.[cm]?js$")
_LINE = lazy.regex(r"""\s*["']?([A-Za-z][\w-]*)["']?(?:\s*[:=]\s*|\s+)["']?([^"',#;]*)""")
_ALL = "every package runs programs of its own when it is installed"
_OWN = "a program of the repository runs whenever packages are installed"
_RELEASE = lazy.regex(r"(?:\./)?\.yarn/releases/yarn-\d[\w.-]*\.[cm]?js$")
_BAD: Mapping[str, tuple[str, Severity, str]] = {
    "ignorescripts": ("false", Severity.MEDIUM, _ALL),
    "enablescripts": ("true", Severity.MEDIUM, _ALL),
    "dangerouslyallowallbuilds": ("true", Severity.MEDIUM, _ALL),
    "strictdepbuilds": ("false", Severity.LOW, "packages that want to run programs no longer stop the install"),
    "scriptshell": (r"(?!(?:\S*[/\\])?(?:(?:ba|z|da)?sh|pwsh|powershell|cmd)(?:\.exe)?$).+", Severity.MEDIUM, _OWN),
    "nodeoptions": (r".*(?:--require|-r\b|--import|--(?:experimental-)?loader).*", Severity.MEDIUM, _OWN),
    "pnpmfile": (".+", Severity.MEDIUM, _OWN),
    "globalpnpmfile": (".+", Severity.MEDIUM, _OWN),
    "yarnpath": (".+", Severity.MEDIUM, "a program of the repository runs in place of yarn"),
    "checksumbehavior": ("ignore|update|reset", Severity.MEDIUM, "files are no longer held against their hashes"),
    "verifystoreintegrity": ("false", Severity.MEDIUM, "files are no longer held against their hashes"),
    "requirehashes": ("false", Severity.MEDIUM, "files are no longer held against their hashes"),
    "verifyhashes": ("false", Severity.MEDIUM, "files are no longer held against their hashes"),
    "indexstrategy": ("unsafe-.+", Severity.MEDIUM, "whoever publishes a name on any of the indexes with a higher version replaces the package"),
    "packagelock": ("false", Severity.LOW, "nothing is locked, so each install takes what was published last"),
    "enableimmutableinstalls": ("false", Severity.LOW, "an install may change the lock file, and nobody sees it"),
}  # fmt: skip
"""By setting, without dashes and capitals: the values that are dangerous, and what they do.

Sources: docs.npmjs.com (using-npm/config), pnpm.io/settings, Yarn (configuration, yarnrc), docs.astral.sh/uv.
"""
_GOOD = {"ignorescripts": "true", "enablescripts": "false", "requirehashes": "true"}
"""Settings whose going is a loss, since what they say is not what holds without them."""

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(494, 829),
    fix="Leave the checks on, and name the few packages that need an exception (`onlyBuiltDependencies`, `dependenciesMeta`). "
    "Let Corepack bring the package manager instead of a file of the repository.",
    bad=[
        Pair(
            {".npmrc": "ignore-scripts=true\n", ".yarnrc.yml": "enableScripts: false\n"},
            {
                ".npmrc": "ignore-scripts = false  # <-\nscript-shell=./tools/run.sh  # <-\nnode-options=--require ./hook.js  # <-\n",
                ".yarnrc.yml": 'enableScripts: true  # <-\nyarnPath: "./tools/yarn.cjs"  # <-\nchecksumBehavior: update  # <-\n',
                ".yarnrc": 'yarn-path "tools/yarn.js"  # <-\n',
                "pnpm-workspace.yaml": "dangerouslyAllowAllBuilds: true  # <-\n",
                ".pnpmfile.cjs": "module.exports = {}  // <-\n",
                "pyproject.toml": '[tool.uv]\nindex-strategy = "unsafe-best-match"  # <-\n',
            },
        ),
        Pair(
            {".npmrc": "ignore-scripts=true\nsave-exact=true\n"},
            {".npmrc": "save-exact=true  # <-\n"},
        ),
    ],
    good=[
        Pair(
            {".npmrc": "ignore-scripts=false\n", ".yarnrc.yml": "yarnPath: .yarn/releases/yarn-4.1.0.cjs\n"},
            {
                ".npmrc": "ignore-scripts=false\nsave-exact=true\nscript-shell=/bin/bash\nnode-options=--max-old-space-size=4096\n",
                ".yarnrc.yml": "nodeLinker: node-modules\nyarnPath: .yarn/releases/yarn-4.1.0.cjs\n",
                "uv.toml": 'index-strategy = "first-index"\n# index-strategy = "unsafe-best-match"\n',
            },
        ),
    ],
    misses=[
        "The same settings in variables, on command lines, and in files outside of the repository.",
        "A program under a name that base names already, and that is another one now: it is judged as code, if at all.",
    ],
)


@rule.compare
def goes_unchecked(edits: Sequence[Edit], base: Repo, head: Repo) -> Iterator[Hit]:
    for edit in edits:
        if edit.after and _HOOK.search(edit.after.path) and not edit.before:
            yield _hit(Place.at(edit.after.path, 1), "pnpmfile", _OWN, Severity.MEDIUM)
        elif edit.after and _FILES.search(edit.after.path):
            yield from _compared(edit.before, edit.after)


def _compared(before: Source | None, after: Source) -> Iterator[Hit]:
    olds = {(key, value) for key, value, _ in _settings(before)} if before else set()
    news = list(_settings(after))
    for key, value, line in news:
        pattern, severity, what = _BAD[key]
        if (key, value) not in olds and re.fullmatch(pattern, value, re.IGNORECASE):
            usual = key == "yarnpath" and _RELEASE.match(value)
            yield _hit(Place.at(after.path, line), key, what, Severity.LOW if usual else severity)
    for key in sorted({key for key, value in olds if _GOOD.get(key) == value.lower()} - {key for key, _, _ in news}):
        yield _hit(Place.at(after.path, 1), key, _BAD[key][2], Severity.MEDIUM)


def _settings(source: Source) -> Iterator[tuple[str, str, int]]:
    """The settings that matter, in whatever format the file has: `key=value`, `key: value`, `key "value"`."""
    for number, line in enumerate(source.lines, 1):
        found = _LINE.match(line)
        key = found[1].replace("-", "").replace("_", "").lower() if found else ""
        if found and key in _BAD:
            yield key, found[2].strip(), number


def _hit(place: Place, key: str, what: str, severity: Severity) -> Hit:
    return Hit(
        place, f"With this setting {what}. Is that meant for everybody who installs?", detail=key, severity=severity
    )

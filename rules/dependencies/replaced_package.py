"""Under the name of one package another is installed.

`"lodash": "npm:other@1.0.0"` installs `other` wherever `lodash` is imported, and under `overrides` or `resolutions` it
does so for every package in the tree. The code, and whoever reads it, sees the name they trust.
"""

from collections.abc import Iterator, Sequence

from gate import lazy
from gate.facts.config import Node, exact
from gate.facts.declared import is_installed
from gate.facts.popular import popular
from gate.rule import Edit, Hit, Pair, Place, Repo, Rule, Severity, Source

_GROUPS = ("dependencies", "devDependencies", "optionalDependencies", "overrides", "resolutions")
_ALIAS = lazy.regex(r"npm:((?:@[^/@]+/)?[^@]+)(?:@.*)?")
_ASKED = lazy.regex(r"(?:^|[/>])((?:@[^/@>\s]+/)?[^/@>\s]+)(?:@.*)?$")
"""The name a key of `overrides` is about: `a`, `a@^1`, `b>a`, `**/a`."""
_DEPTH = 20

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(1357, 506),
    fix="Ask for the package under its own name. Where another one has to take its place, say why in the pull request, and pin "
    "it to one version.",
    bad=[
        Pair(
            {"package.json": '{"dependencies": {\n  "lodash": "^4.17.21"\n}}\n'},
            {
                "package.json": '{"dependencies": {\n  "lodash": "npm:fast-lodash-guard@1.0.0"  // <-\n},\n'
                '"overrides": {\n  "express": {\n    "ms": "npm:@acme/ms@2.1.3"  // <-\n  }\n},\n'
                '"resolutions": {\n  "**/chalk@^4": "npm:colors@1.4.0"  // <-\n}}\n'
            },
        ),
    ],
    good=[
        Pair(
            {"package.json": '{"dependencies": {"lodash": "npm:fast-lodash-guard@1.0.0"}}\n'},
            {
                "package.json": '{"dependencies": {"lodash": "npm:fast-lodash-guard@1.0.1", "lodash-old": "npm:lodash@^3", "own": "npm:x@1"},\n'
                '"overrides": {"ms": "2.1.3", "chalk": "npm:chalk@4.1.2", "debug": {"ms": "$ms"}}}\n'
            },
        ),
    ],
    misses=[
        "Names that are not among the 10,000 most downloaded of npm: an alias that belongs to the project replaces nothing.",
        "Replacements in Python (`override-dependencies` of uv): there only versions can be replaced, not names.",
    ],
)


@rule.compare
def is_another(edits: Sequence[Edit], base: Repo, head: Repo) -> Iterator[Hit]:
    for edit in edits:
        if edit.after and edit.after.path.endswith("package.json") and not is_installed(edit.after.path):
            olds = {(name, other) for _, name, other in _aliases(edit.before)} if edit.before else set()
            for line, name, other in _aliases(edit.after):
                if (name, other) not in olds and name in popular("npm"):
                    yield _hit(Place.at(edit.after.path, line), name, other)


def _hit(place: Place, name: str, other: str) -> Hit:
    strange = other not in popular("npm") and not other.startswith("@")
    said = f"Under the name `{name}` the package `{other[:80]}` is installed{', which is little known' if strange else ''}. Is it meant?"
    return Hit(place, said, detail=f"{name} {other}", severity=Severity.HIGH if strange else Severity.MEDIUM)


def _aliases(source: Source) -> Iterator[tuple[int, str, str]]:
    """The lines on which one package is put under the name of another, and both names."""
    root = exact(source)
    groups = [*(root[name] for name in _GROUPS), root["pnpm"]["overrides"]] if root else []
    for group in groups:
        yield from _within(group, "", 0)


def _within(node: Node, above: str, depth: int) -> Iterator[tuple[int, str, str]]:
    for key, value in node.pairs if depth < _DEPTH else ():
        asked = _ASKED.search(above if key == "." else key)
        found = _ALIAS.fullmatch(value.text)
        if asked and found and asked[1] != found[1]:
            yield value.line, asked[1], found[1]
        yield from _within(value, key, depth + 1)

"""What the package.json files of a repository ask for, where, and which names its own code gives to its own files."""

import json
import re
from collections.abc import Iterator, Mapping
from posixpath import dirname, join
from typing import Any

from gate import lazy
from gate.fact import Repo
from gate.facts.jsimport import LANGUAGES
from gate.facts.jsonc import strict
from gate.source import Source, language

_GROUPS = ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies", "bundledDependencies")
_CONFIG = lazy.regex(
    r"(?:^|/)(?:[jt]sconfig[\w.-]*\.json|\.babelrc[\w.]*|\.swcrc|import_?map\.json|deno\.jsonc?|package\.json"
    r"|[\w.-]*(?:webpack|rollup|vite|vitest|babel|jest|next|nuxt|metro|craco|rspack|rsbuild|astro|svelte|vue|quasar|esbuild|build"
    r"|gulpfile|karma|ember-cli|config-overrides)[\w.-]*\.[cm]?[jt]s)$"
)
"""Files that give other names to files: paths, aliases, maps of imports."""
_MAX_CONFIGS = 500


def asked_for(path: str, repo: Repo) -> frozenset[str] | None:
    """The packages that the package.json files in a folder and above it ask for; None where there are none."""
    files = [source for folder in _above(path) if (source := repo.source(join(folder, "package.json")))]
    return frozenset(name for source in files for name in _names(_read(source))) if files else None


def _above(path: str) -> Iterator[str]:
    folder = dirname(path)
    yield folder
    while folder:
        folder = dirname(folder)
        yield folder


def _names(data: Mapping[str, Any]) -> Iterator[str]:
    yield str(data.get("name", ""))
    for group in _GROUPS:
        listed = data.get(group)
        for name in listed if isinstance(listed, dict | list) else ():
            yield str(name)
            if str(name).startswith("@types/"):  # of a package that something else brings
                scope, mark, rest = str(name)[7:].partition("__")
                yield f"@{scope}/{rest}" if mark else scope


def _read(source: Source) -> Mapping[str, Any]:
    try:
        data = json.loads(strict(source.text))
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def is_own(name: str, repo: Repo) -> bool:
    """Whether a name is that of a package or folder of the repository, or one that its settings give to its files."""
    first = name.partition("/")[0]
    if any(_is_part(first, path) for path in repo.paths):
        return True
    configs = [path for path in repo.paths if _CONFIG.search(path) and "node_modules/" not in path][:_MAX_CONFIGS]
    repo.read_ahead(configs)
    said = re.compile(rf"(?<![\w@/-]){re.escape(first)}(?![\w-])")
    alias = re.compile(rf"(?<![\w/-]){re.escape(name)}(?![\w-])")
    for source in (source for path in configs if (source := repo.source(path))):
        own = source.path.endswith("package.json") and _read(source).get("name") == name
        pattern = alias if source.path.endswith("package.json") or first[0] != "@" else said
        if own or (pattern.search(source.text) and not source.path.endswith("package.json")):
            return True
    return _is_declared(name, repo)


def _is_part(first: str, path: str) -> bool:
    """Whether a folder or a file of code is called so: any of them may be where imports begin."""
    return f"/{first}/" in f"/{path}" or (
        language(path) in LANGUAGES and path.rpartition("/")[2].partition(".")[0] == first
    )


def _is_declared(name: str, repo: Repo) -> bool:
    said = re.compile(rf"""\bdeclare\s+module\s+["']{re.escape(name)}(?:/[^"']*)?["']""")
    found = (repo.source(path) for path in repo.mentioning(name, LANGUAGES))
    return any(said.search(source.text) for source in found if source)

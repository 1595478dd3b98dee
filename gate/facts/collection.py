"""Which files a configuration of pytest, Jest or Vitest has collected as tests: asked of the paths of a tree."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import translate
from functools import lru_cache
from itertools import islice
from pathlib import PurePosixPath

from gate import lazy
from gate.fact import Repo
from gate.facts.comment import js_code
from gate.facts.config import Node, read
from gate.facts.expression import pattern
from gate.source import Source

_MOST = 50
"""So many patterns of a configuration are read."""
_FAR = 20_000
_LONGEST = 300
"""Characters of a pattern or a path that are compared."""
_PYTEST = lazy.regex(r"(?:.*/)?(?:\.?pytest\.ini|pyproject\.toml|setup\.cfg|tox\.ini)")
_JAVASCRIPT = lazy.regex(r"(?:.*/)?(?:package\.json|(?:jest|vitest|vite)\.config\.[cm]?[jt]s)")
_OF_PYTEST = ("pytest.ini", ".pytest.ini", "pyproject.toml", "setup.cfg", "tox.ini")
_OF_JAVASCRIPT = tuple(
    f"{name}.config.{end}" for name in ("jest", "vitest", "vite") for end in ("js", "ts", "mjs", "mts", "cjs", "cts")
)
_TEST_FILE = lazy.regex(r"(?i)test|spec")
_OTHERS_RUN = lazy.regex(
    r"(?i)(?:^|/|[._-])(?:e2e|playwright|cypress|node_modules|dist|build|fixtures?|vendor\w*|examples?|docs?)(?:$|/|[._-])"
)
"""Tests that another program runs, and what is none."""
_LISTED = lazy.regex(
    r"[\"']?\b(testMatch|testRegex|roots|testPathIgnorePatterns|include|exclude)\b[\"']?\s*:\s*(\[[^\]]{0,4000}\]|[\"'`][^\"'`\n]{1,300}[\"'`])"
)
_TEXT = lazy.regex(r"\"((?:[^\"\\\n]|\\.){1,300})\"|'((?:[^'\\\n]|\\.){1,300})'|`([^`\n]{1,300})`")
_BRACES = lazy.regex(r"'[^'\n]*'|\"[^\"\n]*\"|`[^`]*`|.", re.DOTALL)
_SCRIPT = lazy.regex(r"\.(?:[cm]?[jt]sx?|vue|svelte)$")
_JEST_DEFAULT = ("**/__tests__/**/*.[jt]s?(x)", "**/?(*.)+(spec|test).[jt]s?(x)")
_VITEST_DEFAULT = ("**/*.{test,spec}.?(c|m)[jt]s?(x)",)
_GLOB = lazy.regex(
    r"\*\*/|\*\*|\*|\?\(([^()]*)\)|\+\(([^()]*)\)|@\(([^()]*)\)|\{([^{}]*)\}|\[[^\]/]*\]|\?|.", re.DOTALL
)

Takes = Callable[[str], bool]


@dataclass(frozen=True)
class Collection:
    """What one configuration collects below its folder."""

    folder: str
    line: int
    takes: Takes
    default: Takes
    """As `takes`, where a configuration says nothing."""

    def files(self, paths: Iterable[str]) -> Iterator[str]:
        for path in paths:
            inside = path.startswith(self.folder) and len(path) < _LONGEST
            if (
                inside
                and _TEST_FILE.search(path)
                and not _OTHERS_RUN.search(path)
                and self.takes(path[len(self.folder) :])
            ):
                yield path


def collection(source: Source) -> Collection | None:
    """What a file has collected; None for one that says nothing of tests."""
    folder = source.path[: source.path.rfind("/") + 1]
    if _PYTEST.fullmatch(source.path):
        return _of_pytest(source, folder)
    return _of_javascript(source, folder) if _JAVASCRIPT.fullmatch(source.path) else None


def is_first(source: Source, repo: Repo) -> bool:
    """Whether no other file of the folder has told what to collect."""
    folder = source.path[: source.path.rfind("/") + 1]
    others = _OF_PYTEST if _PYTEST.fullmatch(source.path) else _OF_JAVASCRIPT
    return not any(folder + other in repo for other in others)


def unset(like: Collection) -> Collection:
    """What is collected where nothing is said."""
    return Collection(like.folder, like.line, like.default, like.default)


def _of_pytest(source: Source, folder: str) -> Collection | None:
    root = read(source)
    table = root["pytest"] if root and root["pytest"].value else root["tool:pytest"] if root else None
    if root and source.path.endswith(".toml"):
        table = root["tool"]["pytest"]["ini_options"]
    if table is None:
        return None
    names = _words(table["python_files"]) or ["test_*.py", "*_test.py"]
    roots = [one.strip("./") for one in _words(table["testpaths"]) if not _is_pattern(one)]
    spared = _words(table["norecursedirs"])
    named = [_shell(one) for one in names]
    skipped = [_shell(one) for one in spared]

    def takes(path: str) -> bool:
        parts = path.split("/")
        below = (
            "test" in path.rpartition("/")[0] if not roots else any(f"{path}/".startswith(f"{one}/") for one in roots)
        )
        left_out = any(one.match(part) for one in skipped for part in parts[:-1])
        return below and not left_out and any(one.match(parts[-1]) or one.match(path) for one in named)

    line = next(
        (table[key].line for key in ("python_files", "norecursedirs", "testpaths") if table[key].value), table.line
    )
    return Collection(folder, line, takes, _pytest_default)


def _pytest_default(path: str) -> bool:
    folder, _, name = path.rpartition("/")
    return "test" in folder and name.endswith(".py") and (name.startswith("test_") or name.endswith("_test.py"))


def _words(node: Node) -> list[str]:
    return [word for item in node.items for word in item.text.split()][:_MOST]


def _is_pattern(text: str) -> bool:
    return any(letter in text for letter in "*?[")


def _shell(text: str) -> re.Pattern[str]:
    """A pattern of a shell; pytest takes a name without stars for itself."""
    return re.compile(translate(_short(text)))


def _short(text: str) -> str:
    """Stars in a row are one, and no more than a few: each may double the time."""
    once = re.sub(r"\*+", "*", text[:_LONGEST])
    return once if once.count("*") < 5 else "*"


def _of_javascript(source: Source, folder: str) -> Collection | None:
    jest = "vite" not in PurePosixPath(source.path).name
    text, begun = _settings(source, jest=jest)
    told: dict[str, list[str]] = {}
    at = 0
    for found in islice(_LISTED.finditer(text), _MOST):
        at = at or found.start()
        told.setdefault(found[1], []).extend(_texts(found[2]))
    if jest and source.path.endswith("package.json") and '"jest"' not in source.text:
        return None
    made = _jest if jest else _vitest
    return Collection(folder, begun + text.count("\n", 0, at), made(told), made({}))


def _settings(source: Source, *, jest: bool) -> tuple[str, int]:
    """The text that speaks of tests and the line on which it begins."""
    if source.path.endswith("package.json"):
        start = max(source.text.find('"jest"'), 0)
        return source.text[start : start + _FAR], source.text.count("\n", 0, start) + 1
    text = js_code(source.text) if jest else source.text
    opened = None if jest else re.search(r"\btest\s*:\s*\{", text)
    if jest or opened is None:
        return (text, 1) if jest else ("", 1)
    return _top(text, opened.end()), text.count("\n", 0, opened.end()) + 1


def _top(text: str, at: int) -> str:
    """What stands between two braces and in no others; the rest is blank."""
    depth, kept = 1, []
    for token in _BRACES.finditer(text, at, at + _FAR):
        depth += {"{": 1, "}": -1}.get(token[0], 0)
        if not depth:
            break
        kept.append(token[0] if depth == 1 else "\n" * token[0].count("\n"))
    return "".join(kept)


def _texts(written: str) -> list[str]:
    return [
        re.sub(r"\\(.)", r"\1", next(filter(None, found.groups()))) for found in islice(_TEXT.finditer(written), _MOST)
    ]


def _jest(told: Mapping[str, list[str]]) -> Takes:
    globs = [_glob(_bare(one)) for one in told.get("testMatch", [] if told.get("testRegex") else _JEST_DEFAULT)]
    patterns = [pattern(one) for one in told.get("testRegex", ())]
    spared = [pattern(_bare(one)) for one in told.get("testPathIgnorePatterns", ())]
    roots = [_bare(one).strip("./") for one in told.get("roots", ())]

    def takes(path: str) -> bool:
        full = f"/{path}"
        below = not roots or any(full.startswith(f"/{one}/") or not one for one in roots)
        wanted = any(one.match(path) for one in globs) or any(one and one.search(full) for one in patterns)
        return bool(below and wanted and _SCRIPT.search(path)) and not any(one and one.search(full) for one in spared)

    return takes


def _vitest(told: Mapping[str, list[str]]) -> Takes:
    wanted = [_glob(one) for one in told.get("include", _VITEST_DEFAULT)]
    spared = [_glob(one) for one in told.get("exclude", ())]

    def takes(path: str) -> bool:
        return any(one.match(path) for one in wanted) and not any(one.match(path) for one in spared)

    return takes


def _bare(text: str) -> str:
    return text.replace("<rootDir>/", "").replace("<rootDir>", "")


@lru_cache(maxsize=256)
def _glob(text: str) -> re.Pattern[str]:
    """A glob of micromatch, as far as tests are found by it."""
    stars = text.count("*") + text.count("+(")
    parts = [_part(found) for found in _GLOB.finditer(text.removeprefix("./")[:_LONGEST])] if stars < 6 else [".*"]
    try:
        return re.compile("".join(parts) + r"\Z")
    except re.error:
        return re.compile(".*")


def _part(found: re.Match[str]) -> str:
    text = found[0]
    for group, after in ((1, "?"), (2, ""), (3, ""), (4, "")):
        if found[group] is not None:
            choices = re.split(r"[|,]", found[group])
            return f"(?:{'|'.join(re.escape(one).replace(re.escape('*'), '[^/]*') for one in choices)}){after}"
    known = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return known.get(text, text if text.startswith("[") and len(text) > 1 else re.escape(text))

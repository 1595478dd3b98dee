"""Which tests pytest is told to collect, by its settings and on command lines."""

from collections.abc import Iterator

from gate import lazy
from gate.facts.checkkind import plain
from gate.facts.command import Command
from gate.facts.config import read
from gate.source import Source

IN = "run the tests in "
"""How what is done begins for tests in a folder."""
ALL = "run all tests"
CALLED = {"python_classes": "collect classes called ", "python_functions": "collect functions called "}
_NAMED = {"python_classes": "Test*", "python_functions": "test_*"}
"""What pytest takes for a test where nothing is said (docs.pytest.org, `python_classes`)."""
_EVERYTHING = frozenset({".", "tests", "test", "./tests", "./test", "tests/", "test/", "src"})
_LONGEST = 200
"""Characters of a path that are told."""
_PATH = lazy.regex(r"[\w./*-]+")


def demands(source: Source) -> Iterator[tuple[int, str]]:
    """The folders of `testpaths`."""
    root = read(source)
    tables = (root["tool"]["pytest"]["ini_options"], root["pytest"], root["tool:pytest"]) if root else ()
    for table in tables:
        said = table["testpaths"]
        for entry in said.items:
            for path in entry.text.split():
                yield entry.line, f"{IN}`{path[:_LONGEST].rstrip('/')}`"
        for key, default in _NAMED.items() if table.value else ():
            names = [(entry.line, name) for entry in table[key].items for name in entry.text.split()]
            for line, name in names or [(table.line, default)]:
                yield line, f"{CALLED[key]}`{plain(name)}`"


def asked(command: Command) -> Iterator[str]:
    """What a command line has pytest collect: these folders, or all there is."""
    if command.program not in {"pytest", "py.test"}:
        return
    paths = [word[:_LONGEST].rstrip("/") for word in command.arguments if "/" in word and _PATH.fullmatch(word)]
    some = [path for path in paths if not path.startswith("-") and path not in _EVERYTHING]
    yield from (f"{IN}`{path}`" for path in some) if some else (ALL,)


def is_wider(lost: str, now: set[str]) -> bool:
    """Whether what a file runs now holds what was lost: all tests, a folder around; or none of them are told of at all."""
    told = {what for what in now if what.startswith(IN)}
    if lost == ALL:
        return not told
    path = lost.removeprefix(IN).strip("`")
    around = {f"{IN}`{path[:at]}`" for at, char in enumerate(path) if char == "/"}
    return ALL in now or not told or bool(around & told)


def is_wider_name(lost: str, now: set[str]) -> bool:
    """Whether what a file now takes for a test has all that was: a name counts for all that begin with it."""
    verb = next((verb for verb in CALLED.values() if lost.startswith(verb)), "")
    told = [what.removeprefix(verb).strip("`*") for what in now if verb and what.startswith(verb)]
    begins = lost.removeprefix(verb).strip("`*")
    return bool(verb) and (not told or any(begins.startswith(name) for name in told))


def is_of(what: str) -> bool:
    """Whether it tells which tests are run."""
    return what == ALL or what.startswith(IN)


def folder(what: str) -> str:
    """The folder whose tests are run; "" for all."""
    return what.removeprefix(IN).strip("`") if what != ALL else ""

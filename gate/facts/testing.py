"""How a pipeline runs the tests, and how much of the code they must cover."""

from collections.abc import Iterator
from itertools import islice

from gate import lazy
from gate.facts.command import Command
from gate.facts.config import Node, read
from gate.source import Source

NAME = "the tests"
COVERAGE = "coverage"
_RUNNERS = frozenset({"pytest", "py.test", "tox", "nox", "vitest", "jest", "rspec", "phpunit", "ava", "mocha"})
_BY_VERB = frozenset({"npm", "pnpm", "yarn", "bun", "go", "cargo", "make", "mvn", "gradle", "./gradlew", "gradlew", "hatch", "just",
                      "deno", "dotnet", "python", "python3", "node", "task"})  # fmt: skip
_VERB = lazy.regex(r"t|test(?:s|:(?:ci|unit|all))?|unittest|pytest|verify|check")
_SKIPPED = frozenset({"--no-run", "--if-present", "--list", "--listTests"})
_SKIPS = lazy.regex(r"-D(?:skipTests|maven\.test\.skip|skipITs)(?:=true)?|--passWithNoTests=?")
"""Options with which no test runs, or none need be there."""
_DEMANDS = (
    lazy.regex(r"(?m)^\s*[\"']?fail_under[\"']?\s*[=:]\s*(\d+)"),
    lazy.regex(r"--(?:cov-)?fail-under[= ](\d+)"),
    lazy.regex(r"coverageThreshold|thresholds?\s*:\s*\{"),
)
_MOST = 100
"""So many demands of a file are read."""
_CODECOV = lazy.regex(r"codecov\.ya?ml$")
_NUMBER = lazy.regex(r"\d{1,3}(?:\.\d{1,3})?")
_AUTO = 80
"""What the target is taken for where it is what the branch had before."""
_SLACK = 5
"""Percent by which coverage may sink unremarked."""
_NYC = lazy.regex(r"\.(?:nyc|c8)rc(?:\.json)?$")
_CHECKED = lazy.regex(r"check-coverage[\"']\s*:\s*true")
_EACH = lazy.regex(r"[\"']?(?:branches|lines|functions|statements)[\"']?\s*:\s*(\d+)")


def is_run(command: Command) -> bool:
    """Whether a command of a pipeline runs tests."""
    if "-x test" in " ".join(command.arguments) and "gradle" in command.program:
        return False
    if _SKIPPED.intersection(command.arguments) or any(map(_SKIPS.fullmatch, command.arguments)):
        return False
    if command.program in _RUNNERS:
        return "--collect-only" not in command.arguments
    words = [word for word in command.arguments if not word.startswith("-") and word != "run"]
    return command.program in _BY_VERB and bool(words) and _VERB.fullmatch(words[0]) is not None


def demanded(source: Source) -> Iterator[tuple[int, int]]:
    """The line, and the percentage that must be covered, wherever a file says so."""
    for pattern in _DEMANDS[:2]:
        for found in islice(pattern.finditer(source.text), _MOST):
            yield _line(source, found.start()), int(found[1])
    if told := (_CHECKED if _NYC.search(source.path) else _DEMANDS[2]).search(source.text):
        each = [
            int(one[1])
            for one in _EACH.finditer(source.text, 0 if _NYC.search(source.path) else told.end(), told.end() + 400)
        ]
        if each:
            yield _line(source, told.start()), min(each)


def of_codecov(source: Source) -> Iterator[tuple[int, str, int]]:
    """Which of the two checks of Codecov fail, below which share (docs.codecov.com, Status Checks)."""
    root = read(source)
    for kind in ("project", "patch") if root and _CODECOV.search(source.path) else ():
        asked = root["coverage"]["status"][kind] if root else Node(0, "")
        shares = [_share(check) for _, check in asked.pairs] or ([] if asked.text == "false" else [_AUTO])
        yield asked.line, f"demand that tests cover the {kind}", max(shares, default=0)


def _share(check: Node) -> int:
    """What must be covered; what it may sink by counts when it is much."""
    if check["informational"].text == "true" or check.text == "false":
        return 0
    target, may_sink = (_NUMBER.match(check[name].text) for name in ("target", "threshold"))
    sinks = float(may_sink[0]) if may_sink else 0
    return int((float(target[0]) if target else _AUTO) - (sinks if sinks > _SLACK else 0))


def _line(source: Source, offset: int) -> int:
    return source.text.count("\n", 0, offset) + 1

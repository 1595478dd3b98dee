"""What kind of check a name or a command stands for, so that one linter may take the place of another."""

from collections.abc import Iterator

from gate import lazy
from gate.facts import testing, tools
from gate.facts.command import Command

LINTER, TYPES, SECURITY = "a linter", "a type checker", "security checks"
NAMED_BY, CALLED = "names", "targets"
NAMED = (LINTER, TYPES, SECURITY, NAMED_BY, CALLED)
"""What is known by a name alone, or looks for no flaws."""
_LINTERS = frozenset({"ruff", "flake8", "pylint", "eslint", "biome", "golangci-lint", "prospector", "oxlint", "clippy", "rubocop", "standard", "tslint"})  # fmt: skip
_TYPES = frozenset({"mypy", "pyright", "basedpyright", "pytype", "pyre", "tsc", "vue-tsc", "ty"})
_CALLERS = frozenset({"make", "gmake", "just", "task"})
"""What calls by a name what another file says."""
_FORMATS = frozenset({"format", "fmt"})
_NAMES = (
    (lazy.regex(r"(?i)(?:^|[^a-z])(?:sec|security|audit|sast|scan|vuln\w*)(?:$|[^a-z])"), SECURITY),
    (lazy.regex(r"(?i)(?:^|[^a-z])(?:lint\w*|style|flake8|ruff|pylint|eslint)(?:$|[^a-z])"), LINTER),
    (lazy.regex(r"(?i)(?:^|[^a-z])(?:mypy|pyright|types?|typing|typecheck)(?:$|[^a-z])"), TYPES),
)
_LONGEST = 60
_OF_WORDS = lazy.regex(r"[-_./:*?]*(?:(?:[A-Z]?[a-z]{1,15}|[A-Z]{1,8})\d{0,2}(?:[-_./:*?]+|$)){1,8}")


def kinds(command: Command) -> Iterator[str]:
    """What a command checks, as the object of a verb; none where its failure does not count."""
    if command.soft:
        return
    if tool := tools.of_command(command.program, command.arguments):
        yield f"`{tool}`"
    elif testing.is_run(command):
        yield testing.NAME
    elif command.program in _LINTERS and not _FORMATS.intersection(command.arguments):
        yield LINTER
    elif command.program in _TYPES:
        yield TYPES


def called(command: Command) -> str:
    """The target of security checks that a command calls, `make security-scan`; "" for any other command."""
    words = command.arguments if command.program in _CALLERS else ()
    found = next((word for word in words if kind_of_name(word) == SECURITY), "")
    return f"{command.program} {plain(found)}" if found else ""


def kind_of_name(name: str) -> str:
    """What a value of a matrix or the name of an environment stands for; "" for no check."""
    if len(name) > _LONGEST or any(letter in name for letter in "/$ "):
        return ""
    tool = tools.of_action(name)
    return f"`{tool}`" if tool else next((kind for pattern, kind in _NAMES if pattern.search(name)), "")


def plain(name: str) -> str:
    """A name that is made of words; of another, which may be a secret, only that it is there."""
    return name if _OF_WORDS.fullmatch(name) else "another name"

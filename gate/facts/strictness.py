"""How strictly types are checked, and which families of rules linters look for flaws by."""

from collections.abc import Iterator

from gate import lazy
from gate.facts import tools
from gate.facts.comment import js_code
from gate.facts.config import Node, read
from gate.facts.jsonc import plain
from gate.source import Source

TYPES, LINTERS = "types", "ESLint"
Demand = tuple[int, str, int, str, str]
"""The line, what is done as a verb, how much it counts, why it counts for less, and the tool."""

_PARTS = (
    "strictNullChecks",
    "noImplicitAny",
    "strictFunctionTypes",
    "strictPropertyInitialization",
    "noImplicitThis",
    "strictBindCallApply",
)
"""What `strict` of TypeScript stands for, and may be taken from it one by one."""
_PLUGIN = lazy.regex(
    r"\bplugin:(security|no-unsanitized|no-secrets|sonarjs|xss)\b|[\"']eslint-plugin-(security|no-unsanitized|no-secrets|sonarjs|xss)[\"']"
    r"|[\"'](security|no-unsanitized|no-secrets)[\"']\s*[,\]]"
)


def of_typescript(source: Source) -> Iterator[Demand]:
    """A configuration that builds on another may leave `strict` to that."""
    root = read(plain(source))
    options = root["compilerOptions"] if root else Node(0, "")
    strict = options["strict"]
    if strict.text.lower() == "true" or (root and not strict.text and root["extends"].value):
        off = next((part for part in _PARTS if options[part].text.lower() == "false"), "")
        why = f"`{off}` is off" if off else ""
        yield strict.line, "check types strictly", 1 if off else 3, why, TYPES


def of_mypy(source: Source) -> Iterator[Demand]:
    root = read(source)
    section = (root["tool"]["mypy"] if source.path.endswith(".toml") else root["mypy"]) if root else Node(0, "")
    if section["strict"].text.lower() == "true":
        yield section["strict"].line, "check types strictly", 3, "", TYPES


def of_ruff(source: Source) -> Iterator[Demand]:
    """Whether ruff is told to look for flaws at all: `ALL` holds `S`, and `S` holds `S608`."""
    root = read(source)
    for node in root.walk() if root else ():
        for code in (*node["select"].items, *node["extend-select"].items):
            if tools.of_code(code.text):
                yield code.line, "have ruff look for flaws (`S`)", 3, "", "ruff"


def of_eslint(source: Source) -> Iterator[Demand]:
    """The plugins that look for flaws."""
    text = source.text if source.path.endswith((".yml", ".yaml")) else js_code(source.text)
    for name, at in {next(filter(None, found.groups())): found.start() for found in _PLUGIN.finditer(text)}.items():
        yield text.count("\n", 0, at) + 1, f"look for flaws by the plugin `{name}`", 3, "", LINTERS


def of_golangci(source: Source) -> Iterator[Demand]:
    root = read(source)
    for linter in root["linters"]["enable"].items if root else ():
        if linter.text == "gosec":
            yield linter.line, "run `gosec`", 3, "", "gosec"

"""What kind of place a path is; the same flaw weighs less in a test than in production."""

import re
from functools import lru_cache
from typing import Literal

from gate import lazy

Kind = Literal["production", "test", "dev", "migration"]

_TEST = lazy.regex(
    r"(^|/)(tests?|testing|spec|specs|__tests__|e2e|fixtures|test[-_]?(data|utils?|helpers?|support)|factories)/"
    r"|(^|/)(tests|test_[^/]*|[^/]*_(tests?|testing|test_utils)|conftest|pytest_plugin|factories)\.py$"
    r"|(^|/)(settings|config)/test\.py$"
    r"|_test\.go$|(^|/)(Test\w+|\w+(Tests?|IT|Spec))\.(java|kt)$"
    r"|(^|/)(?<!routes/)(?<!pages/)(?<!api/)(?<!controllers/)(?<!handlers/)(tests?|specs?)\.[cm]?[jt]sx?$"
    r"|\.(test|spec)\.[cm]?[jt]sx?$|(^|/)test[-_](setup|utils?|helpers?)\.[cm]?[jt]sx?$"
)
_DEV = lazy.regex(
    r"(^|/)(scripts?|docs?|examples?|samples?|benchmarks?|notebooks?|demos?|dev_?project)/"
    r"|^(tools?|evals?)/"  # within a package they are what an agent works with
    r"|(^|/)(manage|noxfile|fabfile|setup)\.py$|^tasks\.py$"  # within a package the tasks of workers
    r"|settings[^/]*/(dev|local|development)[^/]*\.py$|\.ipynb$"
)
_PROSE = lazy.regex(r"\.(md|rst|txt)$")
_PINS = lazy.regex(r"(?i)(^|/)(requirements|constraints)/[^/]+\.txt$|(requirements|constraints)[\w.-]*\.txt$")
_PINS_FOR_WORK = lazy.regex(r"(?i)(^|[/_.-])(dev\w*|tests?|testing|docs?|lint\w*|ci|local|typing)[_.-]")
_AGENT_FILE = lazy.regex(
    r"(^|/)((CLAUDE(\.local)?|AGENTS?(\.override)?|GEMINI|QWEN|WARP|CRUSH|JULES|CONVENTIONS|SKILL|copilot-instructions)\.md"
    r"|\.(cursorrules|windsurfrules|clinerules|roorules|goosehints|roomodes|rules|augment-guidelines|mcp\.json|aider\.conf\.ya?ml|pr_agent\.toml|coderabbit\.ya?ml|bolt/prompt)"
    r"|(\.(claude|cursor|windsurf|clinerules|roo|roo-[\w-]+|continue|junie|kiro|amazonq|codex|gemini|qwen|opencode|augment|trae"
    r"|agents?|factory|openhands|copilot|zed|kilocode|tabnine|codeium|rovodev|crush|idx|bolt|devin|qodo|jules|goose|cline)|\.github/(instructions|prompts|agents|chatmodes|skills)|skills)/.+\.(md|mdc|txt|hook|jsonc?"
    r"|toml|ya?ml))$|^(?i:claude|agents?|gemini|conventions)\.md$"
)
"""Files that coding agents take instructions, permissions and tools from, each by the name its agent looks for."""
_PROMPT = lazy.regex(
    r"(?i:^(?!(.*/)?docs?/)(.*/)?(\w*prompts?(_templates?)?/.+\.(md|txt|ya?ml|json|j2|jinja2?|toml|tmpl|hbs|mustache|prompt)|llms[\w-]*\.txt"
    r"|[^/]*(system|developer)[-_.]?prompt[^/]*\.(md|txt|ya?ml|json|j2|jinja2?|toml)|[^/]*\.prompt(\.\w+)?)$)"
)
STEERING = lazy.regex(f"{_AGENT_FILE.pattern}|{_PROMPT.pattern}")
"""Files that tell a model what to do: instructions, permissions and tools of an agent, or a prompt."""
_SAMPLES = lazy.regex(r"(^|/)(fixtures|test[-_]?data|snapshots|samples)(/|$)|(^|/)(tests?|specs?|__tests__|e2e)/.")
"""Folders of tests that hold such files as data, not for those who work there."""
_MIGRATION = lazy.regex(
    r"(^|/)((\w*_)?migrations?|migrate|alembic/versions|db/changelog|flyway|delta)/|(^|/)V\d+__[^/]*\.sql$|\.(up|down)\.sql$"
)


@lru_cache(maxsize=65536)
def kind(path: str) -> Kind:
    """Judge a path by its folders and name alone."""
    if found := _AGENT_FILE.search(path):
        return "test" if _SAMPLES.search(path[: found.start()]) else "production"
    if _TEST.search(path):
        return "test"
    if _MIGRATION.search(path):
        return "migration"
    return "dev" if _DEV.search(path) or _is_prose(path) else "production"


def _is_prose(path: str) -> bool:
    """A list of what production installs is no prose, though it is a text."""
    installed = _PINS.search(path) and not _PINS_FOR_WORK.search(path)
    return bool(_PROSE.search(path) and not installed and not _PROMPT.search(path))


@lru_cache(maxsize=65536)
def steers(path: str) -> bool:
    """Whether a file tells a model what to do."""
    return STEERING.search(path) is not None


@lru_cache(maxsize=256)
def glob(pattern: str) -> re.Pattern[str]:
    """`*` stays in a folder, `**` does not; a pattern that names a folder means all below it."""
    pattern = pattern + "**" if pattern.endswith("/") else pattern
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    meaning = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(meaning.get(part, re.escape(part)) for part in parts))

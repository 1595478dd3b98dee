"""What kind of place a path is; the same flaw weighs less in a test than in production."""

import re
from functools import lru_cache
from typing import Literal

Kind = Literal["production", "test", "dev", "migration"]

_TEST = re.compile(
    r"(^|/)(tests?|testing|spec|specs|__tests__|e2e|fixtures|test[-_]?(data|utils?|helpers?|support)|factories)/"
    r"|(^|/)(tests|test_[^/]*|[^/]*_(tests?|testing|test_utils)|conftest|pytest_plugin|factories)\.py$"
    r"|(^|/)(settings|config)/test\.py$"
    r"|_test\.go$|(^|/)(Test\w+|\w+(Tests?|IT|Spec))\.(java|kt)$"
    r"|\.(test|spec)\.[cm]?[jt]sx?$|(^|/)test[-_](setup|utils?|helpers?)\.[cm]?[jt]sx?$"
)
_DEV = re.compile(
    r"(^|/)(scripts?|docs?|examples?|samples?|benchmarks?|notebooks?|demos?|dev_?project)/"
    r"|^(tools?|evals?)/"  # within a package they are what an agent works with
    r"|(^|/)(manage|noxfile|fabfile|setup)\.py$|^tasks\.py$"  # within a package the tasks of workers
    r"|settings[^/]*/(dev|local|development)[^/]*\.py$|\.ipynb$"
)
_PROSE = re.compile(r"\.(md|rst|txt)$")
_PINS = re.compile(r"(?i)(^|/)(requirements|constraints)/[^/]+\.txt$|(requirements|constraints)[\w.-]*\.txt$")
_PINS_FOR_WORK = re.compile(r"(?i)(^|[/_.-])(dev\w*|tests?|testing|docs?|lint\w*|ci|local|typing)[_.-]")
_MIGRATION = re.compile(
    r"(^|/)((\w*_)?migrations?|migrate|alembic/versions|db/changelog|flyway|delta)/|(^|/)V\d+__[^/]*\.sql$|\.(up|down)\.sql$"
)


@lru_cache(maxsize=65536)
def kind(path: str) -> Kind:
    """Judge a path by its folders and name alone."""
    if _TEST.search(path):
        return "test"
    if _MIGRATION.search(path):
        return "migration"
    return "dev" if _DEV.search(path) or _is_prose(path) else "production"


def _is_prose(path: str) -> bool:
    """A list of what production installs is no prose, though it is a text."""
    installed = _PINS.search(path) and not _PINS_FOR_WORK.search(path)
    return bool(_PROSE.search(path) and not installed)


@lru_cache(maxsize=256)
def glob(pattern: str) -> re.Pattern[str]:
    """`*` stays in a folder, `**` does not; a pattern that names a folder means all below it."""
    pattern = pattern + "**" if pattern.endswith("/") else pattern
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    meaning = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(meaning.get(part, re.escape(part)) for part in parts))

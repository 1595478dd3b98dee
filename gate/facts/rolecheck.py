"""Roles that code compares by their names, and whether the program has an engine of policies that should decide."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from gate import lazy
from gate.fact import Repo
from gate.facts.guarded import units
from gate.facts.jscheck import JsCheck
from gate.hint import Hint
from gate.source import Place, Source

_BY_NAME = lazy.regex(
    r"(?i)\b(?:[\w.]+\.)?(?:user_?)?roles?(?:\.name|\[[^\]]*\]|\.get\([^)]*\))?\s*(?:[!=]==?|(?:not )?in)\s*[\[({]?\s*[\"'][\w-]+[\"']|[\"'][\w-]+[\"']\s*(?:[!=]==?|(?:not )?in)\s*[\w.]*\broles?\b"
    r"|\broles?\.includes\(\s*[\"']"
)
_POLICIES = lazy.regex(r"\.(?:rego|cedar|fga|polar)$|(?:^|/)(?:rbac|model|policy)[\w-]*\.conf$")
_ENGINES = (
    "casbin",
    "cedarpy",
    "/v1/data/",
    "cerbos",
    "openfga",
    "oso_cloud",
    "permit.io",
    "opa_client",
    "@cedar-policy",
    "permify",
)
_CODE = frozenset({"python", "javascript", "typescript"})


@dataclass(frozen=True)
class RoleCheck:
    """A condition that turns callers away by the name of their role."""

    languages: ClassVar[frozenset[str]] = frozenset({"python", "javascript", "typescript"})
    hint: ClassVar[Hint] = Hint.of("role")

    place: Place
    text: str

    @classmethod
    def find(cls, source: Source) -> Iterator["RoleCheck"]:
        for line, text in _python(source) if source.language == "python" else _script(source):
            if _BY_NAME.search(text):
                yield cls(Place.at(source.path, line), text)


def _python(source: Source) -> Iterator[tuple[int, str]]:
    for unit in units(source):
        yield from ((one.line, one.text) for one in unit.guards if one.how in {"test", "predicate"})


def _script(source: Source) -> Iterator[tuple[int, str]]:
    for one in JsCheck.find(source):
        for check in one.checks:
            line = next((number for number, text in enumerate(one.text.split("\n")) if _BY_NAME.search(text)), 0)
            yield one.place.line + line, check


@lru_cache(maxsize=4)
def engine(repo: Repo) -> str:
    """The policy, or the file that asks the engine, by its path; "" where the program has none."""
    stated = next(
        (path for path in repo.paths if _POLICIES.search(path) and not re.search(r"(?i)test|example|docs?/", path)), ""
    )
    return stated or next(
        (path for word in _ENGINES for path in repo.mentioning(word, _CODE) if "test" not in path), ""
    )


def asks_engine(text: str) -> bool:
    """Whether a text itself speaks to the engine."""
    return (
        any(word in text for word in _ENGINES)
        or re.search(r"\benforce\(|\bis_authorized\(|\bauthorize\(", text) is not None
    )

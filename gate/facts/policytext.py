"""Policies of engines that decide who may, and where they say yes to everybody: Rego, Cedar, Casbin, Firebase, OpenFGA."""

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from gate import lazy
from gate.facts.comment import BLOCK
from gate.facts.names import constant
from gate.facts.reading import reading
from gate.facts.spelling import last, spelled
from gate.hint import Hint
from gate.nodes import walk
from gate.paths import kind
from gate.source import Place, Source

_DECIDES = r"(?:allow|allowed|authorized|permit|permitted|is_allowed|granted|access)"
_REGO_COMMENT = lazy.regex(r"#[^\n]*|\"(?:[^\"\\\n]|\\.)*\"|`[^`]*`")
_REGO_TESTED = lazy.regex(r"(?m)^package\s+[\w.]*_test\b")
_REGO_OPEN = lazy.regex(
    rf"(?m)^[ \t]*(?:default\s+{_DECIDES}\s*:?=\s*true\b|{_DECIDES}\s*:?=\s*true[ \t]*$|{_DECIDES}(?:\s*:?=\s*true)?\s+(?:if\s+)?(?:\{{\s*true\s*\}}|true[ \t]*$)|{_DECIDES}[ \t]*$)"
)
_REGO_INVERTED = lazy.regex(rf"(?m)^[ \t]*{_DECIDES}\s*(?::?=\s*not\s+deny|(?:if\s+)?\{{\s*not\s+deny\s*\}})")
_CEDAR_COMMENT = lazy.regex(r"//[^\n]*|\"(?:[^\"\\\n]|\\.)*\"")
_CEDAR_OPEN = lazy.regex(
    r"\bpermit\s*\(\s*principal\s*,\s*action\s*,\s*resource\s*,?\s*\)\s*(?:;|when\s*\{\s*true\s*\}\s*;|unless\s*\{\s*false\s*\}\s*;)"
)
_RULES_COMMENT = lazy.regex(rf"//[^\n]*|{BLOCK}")
_RULES_OPEN = lazy.regex(r"\ballow\s+([\w, ]+?)(?:\s*:\s*if\s+true\s*;|\s*;)")
_JSON_OPEN = lazy.regex(r"\"\.(read|write)\"\s*:\s*(?:\"true\"|true)")
_CASBIN_OPEN = lazy.regex(
    r"(?m)^\s*(?:p\s*,\s*\*\s*,\s*\*\s*,\s*\*(?:\s*,\s*allow)?\s*$|m\s*=.*\|\|\s*true\s*$|e\s*=\s*!\s*some\s*\(where)"
)
_ANSWER = frozenset({"result", "allow", "allowed", "decision", "permitted", "authorized"})
_ENGINES = lazy.regex(r"(?i)\bopa\b|rego|/v1/data|authz|cedar|permify|cerbos|openfga")


@dataclass(frozen=True)
class OpenPolicy:
    """A line of a policy that says yes to everybody."""

    languages: ClassVar[frozenset[str]] = frozenset({""})
    hint: ClassVar[Hint] = Hint.of(
        "allow",
        "permit",
        "p, *",
        "p,*",
        ".read",
        ".write",
        "|| true",
        "!some",
        "! some",
        '"result"',
        "granted",
        "authorized",
    )

    place: Place
    engine: str
    written: str
    writes: bool

    @classmethod
    def find(cls, source: Source) -> Iterator["OpenPolicy"]:
        reader = next((read for suffix, read in _READERS.items() if re.search(suffix, source.path)), None)
        if reader is None or (kind(source.path) == "test" or re.search(r"_test\.rego$", source.path)):
            return
        for start, end, engine, writes in reader(source):
            line = source.text.count("\n", 0, start) + 1
            written = " ".join(source.text[start:end].split())
            yield cls(Place.at(source.path, line), engine, written[:120], writes)


Span = tuple[int, int, str, bool]


def _blank(text: str, pattern: re.Pattern[str]) -> str:
    """The text with comments and strings blanked, each character where it was."""
    return pattern.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)


def _rego(source: Source) -> Iterator[Span]:
    text = _blank(source.text, _REGO_COMMENT)
    if _REGO_TESTED.search(text):
        return
    for found in _REGO_OPEN.finditer(text):
        yield *_trimmed(found), "Rego", True
    closed = re.search(rf"(?m)^[ \t]*default\s+{_DECIDES}\s*:?=\s*false", text)
    for found in _REGO_INVERTED.finditer(text) if not closed else ():
        yield *_trimmed(found), "Rego", False


def _trimmed(found: re.Match[str]) -> tuple[int, int]:
    start, end = found.span()
    return start + len(found[0]) - len(found[0].lstrip()), end


def _cedar(source: Source) -> Iterator[Span]:
    text = _blank(source.text, _CEDAR_COMMENT)
    for found in _CEDAR_OPEN.finditer(text):
        yield found.start(), found.end(), "Cedar", True


def _firebase(source: Source) -> Iterator[Span]:
    text = _blank(source.text, _RULES_COMMENT)
    for found in _RULES_OPEN.finditer(text):
        verbs = set(re.findall(r"\w+", found[1]))
        if verbs <= {"read", "write", "get", "list", "create", "update", "delete"}:
            yield found.start(), found.end(), "Firebase", bool(verbs - {"read", "get", "list"})


def _firebase_json(source: Source) -> Iterator[Span]:
    for found in _JSON_OPEN.finditer(source.text):
        yield found.start(), found.end(), "Firebase", found[1] == "write"


def _casbin(source: Source) -> Iterator[Span]:
    for found in _CASBIN_OPEN.finditer(_blank(source.text, re.compile(r"#[^\n]*"))):
        yield *_trimmed(found), "Casbin", True


def _python(source: Source) -> Iterator[Span]:
    """Answers of an engine that count as yes where they are missing, and policies that are written into the code."""
    if kind(source.path) != "production" or source.tree is None:
        return
    starts = _starts(source.text)
    for one in reading(source).nodes:
        node = one.node
        if isinstance(node, ast.Call) and last(spelled(node.func)) == "get" and len(node.args) == 2:
            yes = isinstance(node.args[1], ast.Constant) and node.args[1].value is True
            if yes and constant(node.args[0]) in _ANSWER and _asks_engine(node, source, one.function):
                yield (
                    starts[node.lineno - 1] + node.col_offset,
                    starts[(node.end_lineno or 1) - 1] + (node.end_col_offset or 0),
                    "the engine",
                    True,
                )
        elif _is_open_cedar(node):
            start = starts[node.lineno - 1] + node.col_offset
            yield start, start + 60, "Cedar", True


def _is_open_cedar(node: ast.AST) -> bool:
    text = constant(node) if isinstance(node, ast.Constant) else None
    return bool(text and "permit" in text and _CEDAR_OPEN.search(_blank(text, _CEDAR_COMMENT)))


def _asks_engine(node: ast.Call, source: Source, function: ast.AST | None) -> bool:
    around = ast.unparse(function) if function is not None else source.text[:2000]
    return bool(_ENGINES.search(around)) and any(isinstance(part, ast.Call) for part in walk(node.func))


def _starts(text: str) -> list[int]:
    found, at = [0], 0
    for line in text.split("\n"):
        at += len(line) + 1
        found.append(at)
    return found


_READERS: Mapping[str, Callable[[Source], Iterator[Span]]] = {
    r"\.rego$": _rego,
    r"\.cedar$": _cedar,
    r"(?:^|/)(?:firestore|storage|firebase)[\w.-]*\.rules$": _firebase,
    r"(?:^|/)database\.rules\.json$": _firebase_json,
    r"(?:^|/)(?:[\w-]*casbin|[\w-]*rbac|[\w-]*policy|[\w-]*model|[\w-]*authz)[\w-]*\.(?:csv|conf)$": _casbin,
    r"\.py$": _python,
}

"""Functions that a package brings along for tests: its own, and those of the programs that use it."""

import ast
import re

from gate.fact import Repo
from gate.facts.bindings import Function, last_name
from gate.facts.wording import words
from gate.paths import kind
from gate.source import Place, Source

_TESTS = frozenset({"test", "tests", "testing"})


def is_test_helper(place: Place, repo: Repo) -> bool:
    """Whether a place lies in a function that is named for tests, and that nothing but tests and their fixtures speaks of."""
    source = repo.source(place.path)
    name = source.scope(place.line).rpartition(".")[2] if source is not None else ""
    if source is None or _TESTS.isdisjoint(words(name)):
        return False
    others = (path for path in repo.mentioning(name) if path != place.path and kind(path) != "test")
    said = (line for line, text in enumerate(source.lines, 1) if re.search(rf"\b{name}\b", text))
    return next(others, None) is None and all(_is_of_test(source, line, name) for line in said)


def _is_of_test(source: Source, line: int, name: str) -> bool:
    """Whether the function is defined on a line, or a fixture of pytest stands there."""
    if re.match(rf"\s*(?:async )?def {name}\b", source.lines[line - 1]):
        return True
    functions = (node for node in source.tree.body if isinstance(node, Function)) if source.tree else ()
    around = (node for node in functions if node.lineno <= line <= (node.end_lineno or 0))
    return any(last_name(_called(one)) == "fixture" for node in around for one in node.decorator_list)


def _called(node: ast.expr) -> ast.expr:
    return node.func if isinstance(node, ast.Call) else node

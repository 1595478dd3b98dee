import ast
import gc
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import gate
from gate import lazy, registry

ROOT = Path(gate.__file__).parent


def test_what_it_gives_is_asked_as_a_pattern_is() -> None:
    found = lazy.regex(r"(\w)=(\d)", re.IGNORECASE)
    match = found.search("a=1")
    assert match is not None
    assert match.groups() == ("a", "1")
    assert found.sub("b", "a=1;") == "b;"
    assert (found.pattern, found.groups, found.flags & re.IGNORECASE) == (r"(\w)=(\d)", 2, re.IGNORECASE)
    assert lazy.regex(rb"\d").findall(b"1 2") == [b"1", b"2"]


def test_a_wrong_expression_is_told_when_it_is_used() -> None:
    with pytest.raises(re.error, match="unterminated subpattern"):
        lazy.regex("(").search("a")


def test_every_expression_of_gate_compiles() -> None:
    for module in pkgutil.walk_packages(gate.__path__, "gate."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    registry.rules()
    kind = type(lazy.regex(""))
    made = {one for one in gc.get_objects() if type(one) is kind}
    assert len(made) > 1_000
    assert all(one.groups >= 0 for one in made)


@pytest.mark.parametrize("folder", ["gate", "rules"])
def test_no_module_compiles_where_it_is_loaded(folder: str) -> None:
    files = (ROOT.parent / folder).rglob("*.py")
    assert not [
        f"{path}:{node.lineno}" for path in files for node in _at_load(ast.parse(path.read_text(encoding="utf-8")))
    ]


def _at_load(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "re.compile":
            yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from _at_load(node)

"""No value that stands where a rule expects another makes it fail: a rule that fails judges nothing of a change."""

import ast
import random
from typing import Any

import pytest

from gate import registry
from gate.rule import Check
from tests import examples

UNHASHABLE = ('[{"a": 1}, 2]', '{"a": [1], 2: None}', "[[]]")
ODD = (
    *UNHASHABLE, "None", 'b"x"', "-1", '(1, {"b": {}})', "{1, 2}", 'f"{x}"', "lambda: 1",
    "[*y]", "{**z}", "...", "x if y else {}", "1.5", "w[0]()",
)  # fmt: skip


class Swapped(ast.NodeTransformer):
    """One in four constants is another value."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311  the same each time
        self.values = UNHASHABLE if seed % 2 else ODD

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        return ast.parse(self.random.choice(self.values), mode="eval").body if self.random.random() < 0.25 else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
        return node


def swapped(text: str, seed: int) -> str:
    return ast.unparse(ast.fix_missing_locations(Swapped(seed).visit(ast.parse(text))))


def trees(check: Check[Any]) -> list[dict[str, str]]:
    """The examples of a rule that are Python throughout, without their marks."""
    told = [examples.files(one) for one in (*check.rule.bad, *check.rule.good)]
    return [examples.unmarked(one)[0] for one in told if all(path.endswith(".py") for path in one)]


@pytest.mark.parametrize("check", registry.checks(), ids=lambda one: one.rule.id)
def test_odd_values_make_no_rule_fail(check: Check[Any]):
    for seed in range(1, 9):
        for tree in trees(check):
            try:
                odd = {path: swapped(text, seed) for path, text in tree.items()}
            except (SyntaxError, ValueError):  # examples of broken files, and constants where a pattern stands
                continue
            examples.hits(check, odd)


def test_some_values_are_swapped():
    assert swapped("f(1, 2, 3, 4, 5, 6, 7, 8)", 1) != "f(1, 2, 3, 4, 5, 6, 7, 8)"

"""Every rule's own examples: exactly the marked lines are reported, and nothing in the good ones."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from gate import registry
from gate.rule import Check, Compare, Hit, Pair
from tests import examples


def _cases(kind: str) -> Iterator[Any]:
    things: list[Check[Any] | Compare] = [*registry.checks(), *registry.compares()]
    for thing in things:
        for number, example in enumerate(getattr(thing.rule, kind), 1):
            yield pytest.param(thing, example, id=f"{thing.rule.id}-{kind}-{number}")


def _found(thing: Check[Any] | Compare, example: Any) -> tuple[set[tuple[str, int]], set[tuple[str, int]]]:
    if isinstance(thing, Compare):
        assert isinstance(example, Pair)
        head, marks = examples.unmarked(examples.files(example.head))
        base, gone = examples.unmarked(examples.files(example.base))
        return _known(thing, examples.compared(thing, base, head)), marks | gone
    tree, marks = examples.unmarked(examples.files(example))
    return _known(thing, examples.hits(thing, tree)), marks


def _known(thing: Check[Any] | Compare, hits: Sequence[Hit]) -> set[tuple[str, int]]:
    """The places of hits, which name no weakness that the rule does not list."""
    assert {cwe for hit in hits for cwe in hit.cwes} <= set(thing.rule.cwes)
    return examples.places(hits)


@pytest.mark.parametrize(("thing", "example"), list(_cases("bad")))
def test_bad_examples_are_reported_on_the_marked_lines(thing: Check[Any] | Compare, example: Any):
    found, marks = _found(thing, example)
    assert marks, "a bad example marks the line that must be reported with `# <-`"
    assert found == marks


def _libraries(tree: dict[str, str]) -> set[str]:
    """What the Python files of an example import, other than each other."""
    code = "\n".join(text for path, text in tree.items() if path.endswith(".py"))
    own = {part.removesuffix(".py") for path in tree for part in path.split("/")}
    imported = re.findall(r"^[ \t]*(?:from|import) (\w[\w.]*)", code, re.MULTILINE)
    return {name.replace(".", "/") for name in imported if name.partition(".")[0] not in own}


@pytest.mark.parametrize("place", ["{}.py", "tests/{}.py", "src/{}/__init__.py"])
@pytest.mark.parametrize(("thing", "example"), [case for case in _cases("bad") if isinstance(case.values[0], Check)])
def test_files_named_like_libraries_hide_nothing(thing: Check[Any], example: Any, place: str):
    tree, marks = examples.unmarked(examples.files(example))
    stand_ins = {place.format(name): "x = None\n" for name in _libraries(tree)}
    assert marks <= examples.places(examples.hits(thing, {**stand_ins, **tree}))


@pytest.mark.parametrize(("thing", "example"), list(_cases("good")))
def test_good_examples_are_not_reported(thing: Check[Any] | Compare, example: Any):
    found, _ = _found(thing, example)
    assert found == set()


@pytest.mark.parametrize("rule", list(registry.rules().values()), ids=lambda rule: rule.id)
def test_a_rule_says_what_why_and_how_to_fix_it(rule):
    assert rule.title
    assert rule.why
    assert rule.fix
    assert rule.bad
    assert rule.good
    assert rule.cwes


def test_no_two_items_answer_for_one_weakness():
    claimed = [cwe for item in registry.items().values() for cwe in item.cwes]
    assert len(claimed) == len(set(claimed))


@pytest.mark.parametrize("rule", list(registry.rules().values()), ids=lambda rule: rule.id)
def test_a_rule_lies_in_the_folder_that_answers_for_its_weakness(rule):
    assert registry.item_for(rule.cwes[:1]) == rule.item


def test_no_two_kinds_of_fact_share_a_name():
    kinds = {check.kind for check in registry.checks()}
    assert len({kind.__qualname__ for kind in kinds}) == len(kinds), "facts are remembered by their name"

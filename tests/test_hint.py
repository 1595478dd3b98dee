"""Hints: looking for words first finds no less than the pattern alone."""

import re
import threading

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gate.hint import Hint

TIMES = 6
"""So often is each text asked: from the fifth time on, its words are taken apart."""
HINT = Hint.of("skip", ("lint", r"\s*:"), ("walk", r"(?<!\wwalk)\("))
PATTERN = re.compile(r"(?i)skip|lint\s*:|\bwalk\(")


def found_in(text, hint):
    answers = {hint.search(text) for _ in range(TIMES)}
    assert len(answers) == 1
    return answers.pop()


@given(st.text(alphabet="sSkKiIpPlLnNtTwWaA: (\n\u017f\u212a\u0130\u0131\u0307ßΐ中", max_size=30))
@example("\u017f\u212a\u0130P")
@example("L\u0131NT :")
@example("W\u0130ALK WAL\u212a(")
def test_a_hint_finds_what_its_pattern_finds(text):
    assert found_in(text, HINT) == (PATTERN.search(text) is not None)


@pytest.mark.parametrize(("text", "found"), [("Column(", True), ("column(", False), ("SKIP", True)])
def test_exact_patterns_mind_the_case(text, found):
    assert found_in(text, Hint(Hint.of("skip").parts, (re.compile(r"Column\("),))) is found


@pytest.mark.parametrize(
    ("text", "found"), [("role", True), ("(ROLES", True), ("parole", False), ("_role", False), ("parole role", True)]
)
def test_whole_words_begin_where_no_word_goes_on(text, found):
    assert found_in(text, Hint.whole("role")) is found


@pytest.mark.parametrize("others", [10, 5_000])
@pytest.mark.parametrize("text", ["x = SQLAlchemySessions", "a" * 50 + "session", "api-key: 1"])
def test_a_word_is_found_among_few_words_and_among_many(others, text):
    crowd = " ".join(f"w{number}" for number in range(others))
    assert found_in(f"{crowd} {text}", Hint.of("session", "api-key"))
    assert not found_in(f"{crowd} sess ion api_key", Hint.of("session", "api-key"))


def test_hints_may_be_made_while_long_words_are_looked_through():
    made = threading.Event()

    def make() -> None:
        for number in range(3_000):
            Hint.of(f"made{number}word")
        made.set()

    maker = threading.Thread(target=make)
    maker.start()
    count = 0
    while not made.is_set() or count < 50:
        assert found_in(f"{'b' * 60}{count}session", Hint.of("session"))
        count += 1
    maker.join()

"""The subtraction: what a change adds is what it is blamed for, and nothing else."""

import textwrap
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.finding import Action, Finding, Waived, added, is_touched, joined, numbered
from gate.gather import gathered
from gate.merge import merged
from gate.rule import Hit, Hop, Place, Rule, Severity
from gate.source import Source

EVAL = Rule("execution/eval", "Eval", Severity.CRITICAL, (95, 502), "why", "fix", "execution")
PICKLE = Rule("execution/pickle", "Pickle", Severity.HIGH, (502,), "why", "fix", "execution")
SHELL = Rule("execution/shell", "Shell", Severity.HIGH, (78,), "why", "fix", "execution")
HASH = Rule("cryptography/hash", "Hash", Severity.LOW, (328,), "why", "fix", "cryptography")


def found(files, word="eval(", rule=EVAL, scanner="gate"):
    """A finding on every line that holds `word`, made as the pipeline makes them."""
    result = []
    for path, text in files.items():
        source = Source(path, textwrap.dedent(text))
        for number, line in enumerate(source.lines, 1):
            if word in line:
                place = Place.at(path, number)
                code = source.code(place)
                hit = Hit(place, f"{path}:{number}")
                result.append(Finding.of(rule, hit, scanner, scope=source.scope(number), mark=code, public=code))
    return result


def new(base, head, renames=None, touched=None):
    left = added(found(base), found(head), renames or {}, touched or {})
    return [(finding.place.path, finding.place.line) for finding in left]


def test_a_flaw_that_was_there_is_not_added():
    files = {"a.py": "eval(x)\n"}
    assert new(files, files) == []


def test_a_flaw_in_a_new_file_is_added():
    assert new({}, {"a.py": "eval(x)\n"}) == [("a.py", 1)]


def test_a_flaw_that_only_moved_down_is_not_added():
    assert new({"a.py": "eval(x)\n"}, {"a.py": "import os\n\n\neval(x)\n"}, touched={"a.py": [(1, 3)]}) == []


def test_a_flaw_that_was_indented_is_not_added():
    base = {"a.py": "def f(x):\n    eval(x)\n"}
    head = {"a.py": "def f(x):\n    if x:\n        eval(x)\n"}
    assert new(base, head, touched={"a.py": [(2, 3)]}) == []


def test_a_flaw_whose_comment_changed_is_not_added():
    assert new({"a.py": "eval(x)  # why\n"}, {"a.py": "eval(x)  # why not\n"}, touched={"a.py": [(1, 1)]}) == []


def test_a_renamed_file_brings_its_flaws_along():
    assert new({"a.py": "eval(x)\n"}, {"b.py": "eval(x)\n"}, renames={"a.py": "b.py"}) == []


def test_a_repeated_copy_is_added_and_it_is_the_one_the_change_wrote():
    base = {"a.py": "eval(x)\n\n"}
    head = {"a.py": "eval(x)\n\neval(x)\n"}
    assert new(base, head, touched={"a.py": [(3, 3)]}) == [("a.py", 3)]


def test_a_second_copy_above_the_old_one_is_the_new_one():
    base = {"a.py": "eval(x)\n"}
    head = {"a.py": "eval(x)\neval(x)\n"}
    assert new(base, head, touched={"a.py": [(1, 1)]}) == [("a.py", 1)]


def test_a_copy_in_another_function_is_added_there():
    base = {"a.py": "def f(x):\n    eval(x)\n"}
    head = {"a.py": "def g(x):\n    eval(x)\n\n\ndef f(x):\n    eval(x)\n"}
    assert new(base, head, touched={"a.py": [(1, 4)]}) == [("a.py", 2)]


def test_a_fixed_flaw_is_no_longer_there():
    assert new({"a.py": "eval(x)\n"}, {"a.py": "int(x)\n"}) == []


def test_fixing_one_copy_and_adding_another_in_the_file_is_a_move():
    base = {"a.py": "def f(x):\n    eval(x)\n\n\ndef g(x):\n    pass\n"}
    head = {"a.py": "def f(x):\n    pass\n\n\ndef g(x):\n    eval(x)\n"}
    assert new(base, head, touched={"a.py": [(2, 6)]}) == []


def test_a_function_moved_to_another_file_brings_its_flaw_along():
    code = "def f(x):\n    eval(x)\n"
    assert new({"a.py": code}, {"a.py": "", "b.py": code}, touched={"b.py": [(1, 2)]}) == []


def test_a_function_copied_to_another_file_adds_its_flaw():
    code = "def f(x):\n    eval(x)\n"
    assert new({"a.py": code}, {"a.py": code, "b.py": code}, touched={"b.py": [(1, 2)]}) == [("b.py", 2)]


def test_what_was_harmless_in_a_test_is_new_in_production():
    code = "def f(x):\n    eval(x)\n"
    assert new({"tests/test_a.py": code}, {"app/a.py": code}) == [("app/a.py", 2)]


def test_another_flaw_on_the_same_line_is_not_paid_for():
    assert new({"a.py": "eval(x)\n"}, {"a.py": "eval(y)\n"}) == [("a.py", 1)]


def severities(base, head, rule=EVAL):
    return [finding.severity for finding in added(found(base, rule=rule), found(head, rule=rule), {}, {})]


def test_a_flaw_that_was_edited_in_its_function_asks_for_a_look():
    base, head = {"a.py": "def f(x):\n    eval(x)\n"}, {"a.py": "import os\ndef f(x):\n    eval(x + 1)\n"}
    assert severities(base, head) == [Severity.MEDIUM]
    (left,) = added(found(base), found(head), {}, {})
    assert left.message == "a.py:3 So it was before; this change edits it."


def test_a_flaw_outside_of_functions_is_edited_where_the_statement_begins_alike():
    base = {"a.py": "a = eval(x, {})\n"}
    assert severities(base, {"a.py": "a = eval(x)\n"}) == [Severity.MEDIUM]
    assert severities(base, {"a.py": "b = eval(x)\n"}) == [Severity.CRITICAL]
    assert severities(base, {"a.py": "def a():\n    a = eval(x)\n"}) == [Severity.CRITICAL]


@pytest.mark.parametrize(
    "head",
    [
        "def f(x):\n    eval(x)\n    eval(x + 1)\n",
        "def f(x):\n    x = 1\ndef g(x):\n    eval(x + 1)\n",
        "def f(x):\n    x = 1\neval(x + 1)\n",
    ],
)
def test_a_second_flaw_and_one_elsewhere_are_new(head):
    assert severities({"a.py": "def f(x):\n    eval(x)\n"}, {"a.py": head}) == [Severity.CRITICAL]


@pytest.mark.parametrize("changed", [{"cwes": (798,)}, {"anywhere": True}])
def test_another_key_is_a_new_one(changed):
    base, head = {"a.py": "def f(x):\n    eval(x)\n"}, {"a.py": "def f(x):\n    eval(y)\n"}
    assert severities(base, head, replace(EVAL, **changed)) == [Severity.CRITICAL]


def test_what_became_graver_is_new():
    (was,) = found({"a.py": "def f(x):\n    eval(x)\n"})
    (now,) = found({"a.py": "def f(x):\n    eval(y)\n"})
    (left,) = added([replace(was, severity=Severity.HIGH)], [now], {}, {})
    assert left == now


def test_another_rule_on_the_same_line_is_not_paid_for():
    files = {"a.py": "eval(x)\n"}
    left = added(found(files, rule=PICKLE), found(files), {}, {})
    assert [finding.rule for finding in left] == [EVAL]


def test_touching_the_path_to_a_flaw_touches_the_flaw():
    (finding,) = found({"a.py": "eval(x)\n"})
    far = Finding(**{**vars(finding), "trace": (Hop(Place.at("b.py", 7), "comes in"),)})
    assert not is_touched(far, {"b.py": [(1, 6)]})
    assert is_touched(far, {"b.py": [(7, 7)]})


def test_copies_get_fingerprints_of_their_own_in_their_order():
    first, second = numbered(reversed(found({"a.py": "eval(x)\neval(x)\n"})))
    (alone,) = numbered(found({"a.py": "eval(x)\n"}))
    assert first.place.line == 1
    assert first.fingerprint == alone.fingerprint != second.fingerprint


def test_scanners_that_see_one_flaw_make_one_finding():
    files = {"a.py": "eval(x)\n"}
    (one,) = merged([*found(files, scanner="bandit", rule=PICKLE), *found(files), *found(files, scanner="semgrep")])
    assert one.rule is EVAL
    assert one.scanners == ("bandit", "gate", "semgrep")


def test_a_scanner_that_sees_two_flaws_on_a_line_keeps_both():
    files = {"a.py": "eval(x)\n"}
    assert len(merged([*found(files), *found(files, rule=PICKLE)])) == 2


def test_flaws_of_different_items_stay_apart():
    files = {"a.py": "eval(x)\n"}
    assert len(merged([*found(files), *found(files, rule=HASH, scanner="bandit")])) == 2


def test_different_flaws_of_one_item_on_a_line_stay_apart():
    files = {"a.py": "eval(x)\n"}
    kept = merged([*found(files), *found(files, rule=SHELL, scanner="bandit"), *found(files, rule=PICKLE, scanner="b")])
    assert [(one.rule, one.scanners) for one in kept] == [(EVAL, ("b", "gate")), (SHELL, ("bandit",))]


@pytest.mark.parametrize("count", [20_000])
def test_thousands_of_flaws_on_one_line_are_merged_in_time(count):
    (one,), (other,) = found({"a.py": "eval(x)\n"}), found({"a.py": "eval(x)\n"}, scanner="bandit", rule=PICKLE)
    seen = [replace(each, message=f"{number}") for number in range(count) for each in (one, other)]
    assert [each.scanners for each in merged(seen)] == [("bandit", "gate")] * count


def test_flaws_on_different_lines_stay_apart():
    merged_ = merged([*found({"a.py": "eval(x)\n"}), *found({"a.py": "\neval(x)\n"}, scanner="bandit")])
    assert len(merged_) == 2


FILES = st.dictionaries(
    st.sampled_from(["a.py", "b.py", "tests/c.py"]),
    st.lists(st.sampled_from(["eval(x)", "eval(y)", "pass", "def f():\n    eval(x)"]), max_size=6).map("\n".join),
)


@given(FILES)
def test_nothing_is_added_to_itself(files):
    assert added(found(files), found(files), {}, {}) == []


@given(FILES, st.integers(1, 4))
def test_so_many_copies_so_many_findings(files, count):
    copies = {**files, "new.py": "eval(z)\n" * count}
    assert new(files, copies) == [("new.py", line) for line in range(1, count + 1)]


@given(FILES, FILES, st.randoms(use_true_random=False))
def test_the_order_in_which_flaws_are_found_does_not_matter(base, head, random):
    olds, news = found(base), found(head)
    expected = added(olds, news, {}, {"a.py": [(1, 2)]})
    random.shuffle(olds)
    random.shuffle(news)
    assert added(olds, news, {}, {"a.py": [(1, 2)]}) == expected


@given(FILES, FILES)
def test_at_least_as_many_are_added_as_there_are_more(base, head):
    assert len(added(found(base), found(head), {}, {})) >= len(found(head)) - len(found(base))


@given(FILES)
def test_numbered_fingerprints_are_unique_and_their_order_does_not_matter(files):
    results = numbered(found(files))
    assert len({finding.fingerprint for finding in results}) == len(results)
    assert numbered(reversed(found(files))) == results


@pytest.mark.parametrize("count", [30_000])
def test_thousands_of_copies_are_subtracted_in_time(count):
    files = {"a.py": "eval(x)\n" * count}
    more = {"a.py": "eval(x)\n" * (count + 1)}
    assert len(new(files, more)) == 1


def way(start, action=Action.WARN, **more):
    """A finding at the one sink of `a.py`, for text that comes in at `start`."""
    (one,) = found({"a.py": "eval(x)\n"})
    trace = (Hop(Place.at("views.py", start), "enters"), Hop(one.place, "runs"))
    return replace(one, message="Text runs.", trace=trace, action=action, fingerprint=f"f{start}", **more)


def test_ways_to_one_place_are_told_once_by_the_gravest():
    (one,) = joined([way(1), way(2), way(9, Action.BLOCK), way(4), way(5)])
    assert (one.action, one.fingerprint) == (Action.BLOCK, "f9")
    assert one.message == "Text runs. Other ways here begin at views.py:1, views.py:2, views.py:4 and 1 more."


def test_a_waiver_of_one_way_hides_no_other():
    waived = Waived("known", "ann", "2099-01-01")
    assert joined([way(1, waived=waived), way(2)]) == [way(1, waived=waived), way(2)]


def test_findings_without_a_path_are_each_told():
    two = [replace(one, trace=()) for one in (way(1), way(2))]
    assert joined(two) == two


def test_one_way_to_several_places_of_a_file_is_told_once():
    hops = (*way(1).trace[:1], Hop(Place.at("app.py", 3), "handed to `store`"))
    sinks = [Place.at("app.py", line) for line in (30, 20, 40)]
    group = [replace(way(1), place=at, fingerprint=str(at.line), trace=(*hops, Hop(at, "runs"))) for at in sinks]
    elsewhere = replace(group[0], place=Place.at("other.py", 5), fingerprint="5")
    another = replace(group[0], fingerprint="6", trace=(hops[0], Hop(Place.at("app.py", 9), ""), group[0].trace[-1]))
    (told,) = gathered(group)
    assert (told.place.line, told.fingerprint) == (20, "20")
    assert told.message == f"{group[1].message} The same text comes to lines 30, 40 as well."
    assert len(gathered([*group, elsewhere, another])) == 3


def silenced(path, line, severity=Severity.MEDIUM, action=Action.WARN, **more):
    rule = Rule("complete/quiet", "Quiet", Severity.HIGH, (1127,), "why", "fix", "complete", gathers=True)
    hit = Hit(Place.at(path, line), "`nosec` is new.", severity=severity)
    one = Finding.of(rule, hit, "gate", scope="", mark=f"{path}{line}", public=f"{path}{line}")
    return replace(one, action=action, **more)


def test_what_is_said_alike_of_several_places_is_told_once():
    (one,) = gathered([silenced("a.py", 9), silenced("b.py", 2), silenced("a.py", 3)])
    assert one.message == "`nosec` is new. So it is in 3 places: a.py:3, 9; b.py:2."
    assert one.place == Place.at("a.py", 3)


def test_what_blocks_alike_is_told_once_in_each_file():
    group = [
        silenced(path, line, Severity.HIGH, Action.BLOCK) for path, line in (("a.py", 9), ("b.py", 2), ("a.py", 3))
    ]
    told = gathered(group)
    assert [one.message for one in told] == ["`nosec` is new. So it is on line 9 as well.", "`nosec` is new."]
    assert [one.fingerprint for one in told] == [group[2].fingerprint, group[1].fingerprint]


def test_a_list_keeps_its_fingerprint_when_a_place_comes_or_goes():
    (two,), (one,) = gathered([silenced("a.py", 3), silenced("a.py", 9)]), gathered([silenced("b.py", 9)])
    assert two.fingerprint == one.fingerprint


def test_nothing_grave_or_waived_hides_in_a_list():
    waived = Waived("reason", "ann", "2027-01-01")
    apart = [
        silenced("a.py", 1),
        silenced("a.py", 2, Severity.LOW, Action.NOTE),
        silenced("a.py", 3, Severity.HIGH, Action.BLOCK),
        silenced("a.py", 4, Severity.HIGH, Action.BLOCK, waived=waived),
        silenced("a.py", 5, waived=waived),
        silenced("b.py", 4, Severity.HIGH, Action.BLOCK),
    ]
    told = gathered(apart)
    assert [(one.place, one.severity, one.waived) for one in told] == [(o.place, o.severity, o.waived) for o in apart]
    assert len({one.fingerprint for one in told}) == len(apart)


def test_a_list_that_is_too_long_is_counted():
    (one,) = gathered([silenced("a.py", line) for line in range(1, 131)])
    assert one.message.endswith("99, 100; and 30 more.")
    assert "130 places" in one.message

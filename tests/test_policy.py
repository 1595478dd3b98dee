"""gate.toml: what it decides, and how it says what is wrong with it."""

from dataclasses import replace
from datetime import date

import pytest

from gate import policy
from gate.errors import UsageError
from gate.finding import Action, Finding
from gate.policy import Policy, Waiver
from gate.rule import Hit, Hop, Place, Rule, Severity

TODAY = date(2026, 6, 1)


def finding(path="app.py", rule="execution/eval_endpoint", severity=Severity.CRITICAL, trace=()):
    page = Rule(rule, "t", severity, (95,), "w", "f", "execution")
    hit = Hit(Place(path, 1, 1), "m", trace=tuple(Hop(Place(p, 1, 1), "n") for p in trace))
    return Finding.of(page, hit, "gate", scope="", mark="m", public="code")


def action(stated: str, found: Finding) -> Action | None:
    decided = policy.read(stated).decide([found], TODAY)
    return decided[0].action if decided else None


@pytest.mark.parametrize(
    ("severity", "expected"),
    [("critical", "block"), ("high", "block"), ("medium", "warn"), ("low", "note")],
)
def test_the_default_policy_blocks_what_is_critical_or_high(severity, expected):
    assert action("", finding(severity=Severity(severity))) == expected


@pytest.mark.parametrize("path", ["tests/test_a.py", "docs/conf.py", "scripts/x.py", "src/app_test.py"])
def test_tests_and_scripts_warn(path):
    assert action("", finding(path)) == "warn"


@pytest.mark.parametrize(
    ("path", "severity", "expected"),
    [
        ("README.md", "high", "block"),
        ("docs/guide.rst", "high", "block"),
        ("secrets.txt", "high", "block"),
        ("scripts/deploy.sh", "high", "block"),
        ("tests/test_a.py", "high", "warn"),
        ("tests/test_a.py", "critical", "block"),
        ("README.md", "medium", "warn"),
    ],
)
def test_a_key_that_is_published_blocks_wherever_it_is(path, severity, expected):
    leaked = finding(path, severity=Severity(severity))
    leaked = replace(leaked, rule=replace(leaked.rule, anywhere=True))
    assert action("", leaked) == expected
    assert action('[paths]\nrelaxed = ["**"]', leaked) == "warn"


def test_a_flaw_in_a_test_folder_that_production_leads_to_blocks():
    assert action("", finding("tests/helper.py", trace=["app/views.py"])) == "block"


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ('[rules]\n"execution/eval_endpoint" = "warn"', "warn"),
        ('[rules]\n"execution/*" = "note"', "note"),
        ('[rules]\n"execution/eval_endpoint" = "off"', None),
        ('block = ["low"]\nwarn = []', "note"),
        ('[paths]\nignore = ["app.py"]', None),
        ('[paths]\nrelaxed = ["**/*.py"]', "warn"),
        ('[paths]\nignore = ["*/app.py"]', "block"),
    ],
)
def test_what_a_policy_says_holds(stated, expected):
    assert action(stated, finding()) == expected


WAIVER = Waiver("execution/eval_endpoint", "app.py", finding().fingerprint, "r", "a", date(2026, 6, 1))


def test_a_waiver_lets_its_finding_pass_until_its_day():
    found = Policy(waivers=(WAIVER,)).decide([finding()], TODAY)[0]
    assert found.waived is not None
    assert not found.blocks


@pytest.mark.parametrize(
    "change",
    [{"expires": date(2026, 5, 31)}, {"fingerprint": "0" * 32}, {"path": "b.py"}, {"rule": "execution/other"}],
)
def test_a_waiver_covers_nothing_else(change):
    found = Policy(waivers=(replace(WAIVER, **change),)).decide([finding()], TODAY)[0]
    assert found.waived is None
    assert found.blocks


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ("blok = []", "line 1: `blok` is not a key gate knows"),
        ('\n\nblock = ["fatal"]', "line 3: `block` should be 'low', 'medium', 'high' or 'critical'."),
        ("block = 3", "line 1: `block` should be a valid list."),
        ('[paths]\nignored = ["a"]', "line 2: `paths.ignored` is not a key gate knows"),
        ('[rules]\n"a" = "blck"', "line 2: `rules.a` should be 'block', 'warn', 'note' or 'off'."),
        ('[rules]\n\n"execution/eval_endpont" = "warn"', "line 3: there is no rule `execution/eval_endpont`"),
        ('[[waivers]]\nrule = "a"\n\n[[waivers]]\npath = "b"\n', "line 1: `waivers.path` is missing"),
        ("allow_incomplete = 1", "line 1: `allow_incomplete`"),
        ("block = [", "not valid TOML"),
    ],
)
def test_a_mistake_is_named_with_its_line(stated, said):
    with pytest.raises(UsageError) as error:
        policy.read(stated)
    assert said in str(error.value)
    assert error.value.hint


def test_a_misspelt_rule_is_answered_with_the_nearest():
    with pytest.raises(UsageError) as error:
        policy.read('[rules]\n"execution/eval_endpont" = "warn"')
    assert "execution/eval_endpoint" in error.value.hint


def test_a_waiver_needs_all_its_keys():
    whole = 'rule = "a"\npath = "b"\nfingerprint = "c"\nreason = "d"\napprover = "e"\nexpires = 2027-01-01\n'
    policy.read("[[waivers]]\n" + whole)
    for line in whole.splitlines(keepends=True):
        with pytest.raises(UsageError, match="is missing"):
            policy.read("[[waivers]]\n" + whole.replace(line, ""))


def test_no_file_and_an_empty_file_are_the_same_policy():
    assert policy.read("") == Policy()


WRAPPER = '[[wrappers]]\nuse = "app.db"\ninstead_of = ["psycopg"]\n'


def test_wrappers_are_told_to_the_rules():
    (wrapper,) = policy.read(WRAPPER + 'allow = ["jobs/**"]\n').settings().wrappers
    assert (wrapper.use, wrapper.instead_of, wrapper.allow) == ("app.db", ("psycopg",), ("jobs/**",))


@pytest.mark.parametrize(
    ("stated", "named"),
    [
        ('[[wrappers]]\nuse = "app.db"\n', "wrappers.instead_of"),
        ('[[wrappers]]\nuse = "app.db"\ninstead_of = []\n', "wrappers.instead_of"),
        ('[[wrappers]]\nuse = "app.db"\ninstead_of = ["psy copg"]\n', "wrappers.instead_of"),
        ('[[wrappers]]\nuse = ""\ninstead_of = ["psycopg"]\n', "wrappers.use"),
        (WRAPPER + 'exempt = ["a"]\n', "wrappers.exempt"),
        ('[wrappers]\nuse = "app.db"\n', "wrappers"),
    ],
)
def test_a_wrapper_that_is_misspelt_is_an_error_that_names_it(stated, named):
    with pytest.raises(UsageError, match=named):
        policy.read(stated)

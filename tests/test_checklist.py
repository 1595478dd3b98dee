"""Answers: what makes a question STOP, LOOK, UNKNOWN, PASS or IDLE."""

from dataclasses import replace

import pytest

from gate import registry
from gate.checklist import Evidence, answers
from gate.coverage import Looked, Row, summary
from gate.finding import Action, Finding, Waived
from gate.review import Ran, State
from gate.rule import Check, Hit, Pair, Place, Rule, Severity
from tests import examples

SERVES = {"gate": frozenset({"execution"}), "tool": frozenset({"execution", "secrets"})}
RAN = (Ran("gate", "1", "ok"), Ran("tool", "1", "ok"))
READ = (Row("a.py", "gate", Looked.SCANNED), Row("a.py", "tool", Looked.SCANNED))
WANTED = {"gate": 1, "tool": 1}


def finding(action=Action.BLOCK):
    rule = Rule("execution/x", "t", Severity.HIGH, (95,), "w", "f", "execution")
    found = Finding.of(rule, Hit(Place("a.py", 1, 1), "m"), "gate", scope="", mark="m", public="p")
    return replace(found, action=action)


def answer(item="execution", **rest):
    evidence = Evidence(**{"findings": (), "coverage": READ, "ran": RAN, "serves": SERVES, "wanted": WANTED, **rest})
    return next(one for one in answers(evidence) if one.item.id == item)


@pytest.mark.parametrize(
    ("found", "state"),
    [
        ([], State.PASS),
        ([finding()], State.STOP),
        ([finding(Action.WARN)], State.LOOK),
        ([finding(Action.NOTE)], State.PASS),
        ([replace(finding(), waived=Waived("r", "a", "2999-01-01"))], State.PASS),
        ([finding(), finding(Action.WARN)], State.STOP),
    ],
)
def test_findings_decide_the_state(found, state):
    assert answer(findings=found).state is state


def test_a_tick_carries_what_was_looked_at():
    assert answer(seen={"execution": {"sinks": 3}}).seen == {"sinks": 3, "files by tool": 1}


def test_nothing_to_look_at_is_idle():
    assert answer(coverage=(), wanted={}).state is State.IDLE


@pytest.mark.parametrize("item", ["execution", "secrets", "complete"])
def test_a_failed_scanner_makes_its_items_unknown(item):
    ran = (RAN[0], Ran("tool", "", "failed", "it crashed"))
    coverage = (READ[0], Row("a.py", "tool", Looked.FAILED, "it crashed", hole=True))
    found = answer(item, ran=ran, coverage=coverage)
    assert found.state is State.UNKNOWN
    assert "it crashed" in found.reasons[0]


def test_a_failed_scanner_leaves_the_items_of_others_alone():
    ran = (Ran("gate", "1", "ok"), Ran("other", "", "failed", "x"))
    assert answer(ran=ran).state is State.PASS


def test_a_scanner_without_files_to_read_may_be_missing():
    ran = (RAN[0], Ran("tool", "", "failed", "not installed"))
    assert answer("complete", ran=ran, coverage=(READ[0],), wanted={"gate": 1, "tool": 0}).state is State.PASS


@pytest.mark.parametrize("state", [Looked.PARTIAL, Looked.FAILED, Looked.SKIPPED])
def test_a_hole_is_unknown_and_names_the_file(state):
    found = answer(coverage=(Row("a.py", "tool", state, "does not parse", hole=True),))
    assert found.state is State.UNKNOWN
    assert "a.py" in found.reasons[0]


def test_a_blocking_finding_outweighs_what_is_unknown():
    found = answer(findings=[finding()], coverage=(Row("a.py", "tool", Looked.FAILED, "x", hole=True),))
    assert found.state is State.STOP


def test_a_scanner_left_out_asks_for_a_look_where_it_had_work():
    ran = (RAN[0], Ran("tool", "", "left out", "by --profile commit"))
    assert answer("secrets", ran=ran, coverage=(READ[0],)).state is State.LOOK
    assert answer("secrets", ran=ran, coverage=(READ[0],), wanted={"gate": 1}).state is not State.LOOK


def test_people_are_asked_only_when_the_surface_is_touched():
    assert answer("payments", added="stripe.Refund.create(charge=c)").asks
    assert answer("payments", added="stripe.Refund.create(charge=c)").state is State.LOOK
    assert answer("payments", added="x = 1").asks == ()
    assert answer("payments", added="x = 1").state is State.IDLE


def test_what_the_change_speaks_of_and_no_rule_judges_is_for_a_person():
    found = answer("secrets", coverage=(), wanted={}, added="rotate the api_key")
    assert found.state is State.LOOK
    assert "holds nothing that a rule judges" in found.reasons[0]
    assert answer("secrets", coverage=(), wanted={}, added="x = 1").state is State.IDLE


def test_the_summary_always_says_how_much_was_looked_at():
    assert summary(READ) == "Looked at 1 of 1 file with 2 scanners."
    assert "not, or not wholly, read" in summary([*READ, Row("b", "gate", Looked.SKIPPED, "x", hole=True)])
    assert "nothing to look at" in summary([])


def test_a_check_without_its_mark_fails():
    """The test of the examples can fail: an unmarked bad line and a marked good one are both told apart."""
    check = next(c for c in registry.checks() if c.rule.id == "complete/expired_waiver")
    assert isinstance(check, Check)
    assert not isinstance(check.rule.bad[0], Pair)
    tree, marks = examples.unmarked(examples.files(check.rule.bad[0]))
    assert examples.places(examples.hits(check, tree)) == marks == {("gate.toml", 1)}


POINTS = [(item, point) for item in registry.items().values() for point in item.points]


@pytest.mark.parametrize(("item", "point"), POINTS, ids=lambda part: part.id)
def test_each_point_is_decided_shown_or_asked(item, point):
    assert point.rules or point.shown or point.ask
    assert set(point.rules) <= registry.rules().keys()
    assert not point.ask or point.surface or item.surface, "a question needs something that brings it up"


def test_no_two_points_share_an_id():
    ids = [point.id for _, point in POINTS]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("item", "added", "asked"),
    [
        ("payments", "stripe.Payout.create(amount=1)", True),
        ("payments", "card_number = form['n']", False),
        ("complete", "stripe.Webhook.construct_event(body, header, secret)", True),
        ("complete", "x = 1", False),
        ("queries", "engine = create_engine(url)", True),
        ("queries", "select id from users", False),
    ],
)
def test_a_question_comes_up_where_its_own_surface_is_touched(item, added, asked):
    assert bool(answer(item, added=added).asks) is asked


@pytest.mark.parametrize(
    ("point", "touching", "apart"),
    [
        ("second-factor", ["@roles_required('admin')", "def login(request):", "MFA_REQUIRED = True"], ["login = 1"]),
        ("session-binding", ["request.session.cycle_key()", "req.session.userId = id"], ["session = Session(engine)"]),
        ("one-time-codes", ["def send_otp(phone):", "@router.post('/verify-code')"], ["zip_code = 3"]),
        ("explicit-roles", ["path('x', views.x)", "router.delete('/x', remove)"], ["path(x)", "app.get(name)"]),
        ("permission-record", ["ROLE_PERMISSIONS = {}", "assign_perm('x', user)"], ["role='button'", "scope = 3"]),
        ("narrow-queries", ["DATABASE_URL = 'x'"], ["x = 1"]),
        ("tenant-isolation", ["@cache_page(60)", "cache.set(key, value)"], ["cache = {}"]),
        ("request-ids", ["openai.responses.create()", "task.delay(1)"], ["delay = 1"]),
    ],
)
def test_a_question_has_the_surface_the_demand_names(point, touching, apart):
    item, one = next((item, one) for item, one in POINTS if one.id == point)
    surface = one.surface or item.surface
    assert surface is not None
    assert [text for text in touching if not surface.search(text)] == []
    assert [text for text in apart if surface.search(text)] == []

"""What people confirm in a pull request, for which commit, and what the base policy demands of them."""

from datetime import date

import pytest

from gate import policy
from gate.attest import Demands, Said, attested
from gate.cache import Cache
from gate.change import read_change
from gate.errors import UsageError
from gate.git import Git
from gate.pipeline import Options, review
from gate.review import State, Verdict
from gate.rule import Item, Section
from tests import reviews

HEAD = "4f1c9a2b7d3e5f60718293a4b5c6d7e8f9012345"
ASK = reviews.TENANCY.asks[0]
ASKED = reviews.answered(State.PASS, reviews.TENANCY, asks=(ASK,))
DEMANDS = Demands(frozenset({"tenancy"}))


def said(description, title="Add refunds"):
    return Said("ann", title, description, HEAD)


@pytest.mark.parametrize(
    "description",
    [
        f"## Security\nFor {HEAD}\n- [x] {ASK}", f"# What\nx\n\n### Security review\n\n* [X] **{ASK}** (`tenancy`)\n\n`{HEAD[:7]}`",
        f"## Security\r\n\r\n- [x] {ASK} (tenancy)\r\n\r\n#### Commit\r\n\r\n{HEAD[:12]}\r\n## Other",
    ],
)  # fmt: skip
def test_a_tick_under_the_heading_that_names_the_commit_counts(description):
    answer = attested(ASKED, DEMANDS, said(description))
    assert answer.confirmed == (ASK,)
    assert answer.owed == ()
    assert answer.state is State.PASS


@pytest.mark.parametrize(
    "description",
    [
        "", f"## Security\n- [x] {ASK}", f"## Security\n{HEAD[::-1]}\n- [x] {ASK}", f"## Security\n{HEAD[:6]}\n- [x] {ASK}",
        f"## Security\n{HEAD}\n- [ ] {ASK}", f"## Tests\n{HEAD}\n- [x] {ASK}", f"{HEAD}\n## Security\n## More\n- [x] {ASK}",
        f"## Security\n{HEAD}\n<!-- - [x] {ASK}\n-->", f"## Security\n{HEAD}\n```\n- [x] {ASK}\n```",
        f"## Security\n{HEAD}\n- [x] {ASK} Not really", f"## Security\n{HEAD}\n<!--\n- [x] {ASK}", f"## Security\n<!-- {HEAD} -->\n- [x] {ASK}",
    ],
)  # fmt: skip
def test_other_ticks_do_not(description):
    answer = attested(ASKED, DEMANDS, said(description))
    assert answer.confirmed == ()
    assert answer.state is State.STOP
    (debt,) = answer.owed
    assert debt.startswith("`ann` has yet to confirm: Were the touched routes tried")
    assert HEAD[:12] in debt


def test_only_what_the_policy_names_is_owed():
    assert attested(ASKED, Demands(), said("")) == ASKED
    assert attested(ASKED, Demands(frozenset({"payments"})), said("")) == ASKED


@pytest.mark.parametrize(
    ("title", "description", "owed"), [("SEC-12: widen", "", 0), ("x", "see SEC-12", 0), ("x", "see SEC-", 1)]
)
def test_a_change_of_permissions_names_its_ticket(title, description, owed):
    item = Item("scopes", "Are scopes no wider than needed?", Section.IDENTITY, "A01:2025")
    demands = Demands(ticket=r"SEC-\d+")
    touched = reviews.answered(State.PASS, item, seen={"scopes": 1})
    assert len(attested(touched, demands, said(description, title)).owed) == owed
    assert attested(reviews.answered(State.IDLE, item), demands, said("", "x")).owed == ()
    assert attested(ASKED, demands, said("", "x")).owed == ()


def test_what_is_owed_blocks_and_every_report_says_so():
    from gate.reports import json, markdown, text

    done = reviews.review(attested(ASKED, DEMANDS, said("")))
    assert done.verdict is Verdict.BLOCK
    assert markdown.render(done).startswith("## ❌ BLOCKED: 1 answer of a person is missing before this merges.")
    assert "### Owed by a person" in markdown.render(done)
    assert f"- [ ] {ASK}" in markdown.render(done)
    assert "yet to confirm" in text.render(done)
    assert '"owed": [\n' in json.render(done)
    ticked = reviews.review(attested(ASKED, DEMANDS, said(f"## Security\n{HEAD}\n- [x] {ASK}")))
    assert ticked.verdict is Verdict.PASS
    assert f"- [x] {ASK}" in markdown.render(ticked)
    assert "☑" in text.render(ticked)


def test_the_policy_of_the_base_demands_it_and_only_of_a_pull_request(repository):
    repository.commit({"gate.toml": '[attest]\nitems = ["tenancy"]\n', "a.py": "x = 1\n"})
    repository.git("checkout", "--quiet", "-b", "change")
    head = repository.commit({"gate.toml": "", "a.py": "def rows(db, tenant):\n    return db.rows(tenant)\n"})

    def judge(**rest):
        options = Options(only=frozenset({"gate"}), today=date(2026, 1, 1), **rest)
        with Git(repository.folder) as git:
            return review(read_change(git, "main", "change"), options, Cache(None))

    assert not judge().owed
    assert len(judge(said=Said("ann", "x", "", head)).owed) == 1
    assert not judge(said=Said("ann", "x", f"## Security\n{head}\n- [x] {ASK}\n", head)).owed


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[attest]\nitems = ["tenency"]\n', "line 2: there is no item `tenency`"),
        ("[attest]\nticket = '['\n", "line 2: `[` is no regular expression"),
        ("[attest]\nitem = []\n", "`attest.item` is not a key gate knows"),
    ],
)
def test_a_misspelt_demand_is_an_error(text, words):
    with pytest.raises(UsageError) as caught:
        policy.read(text)
    assert words in str(caught.value)

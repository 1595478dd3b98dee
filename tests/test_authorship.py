"""What a change declares of the models that wrote it, and what the base policy makes of that."""

import json
from datetime import date

import pytest

from gate import policy
from gate.attest import Said
from gate.authorship import Authorship, Commit, declared
from gate.cache import Cache
from gate.change import read_change
from gate.errors import UsageError
from gate.event import said as said_of
from gate.finding import Action
from gate.git import Git
from gate.pipeline import Options, review
from gate.reports import json as as_json
from gate.reports import markdown, sarif, text
from gate.result import read
from gate.review import Verdict
from gate.rule import Severity
from tests.judging import FLASK, NATIVE

CLAUDE = "Add x\n\nCo-Authored-By: Claude Opus 4.5 <noreply@anthropic.com>\n"
STRICT = '[authorship]\nstrict = "declared"\n'
REDIRECT = '@app.get("/r")\ndef go():\n    from flask import redirect\n    return redirect(request.args["to"])\n'
"""What only warns by the defaults."""


def commit(message="Fix", author="Ann", email="ann@example.com", committer="Ann", committed="ann@example.com"):
    return Commit(author, email, committer, committed, message)


@pytest.mark.parametrize(
    ("one", "tool"),
    [
        (commit(CLAUDE), "Claude Code"),
        (commit("x\n\nco-authored-by: Codex <NoReply@OpenAI.com>"), "Codex"),
        (commit("x\n\nCo-authored-by: Cursor Agent <cursoragent@cursor.com>"), "Cursor"),
        (commit("x\n\nCo-authored-by: aider (gpt-5) <aider@aider.chat>"), "aider"),
        (commit("x\n\nCo-authored-by: openhands <openhands@all-hands.dev>"), "OpenHands"),
        (commit(email="198982749+Copilot@users.noreply.github.com"), "GitHub Copilot"),
        (commit(email="158243242+devin-ai-integration[bot]@users.noreply.github.com"), "Devin"),
        (commit(committed="161369871+google-labs-jules[bot]@users.noreply.github.com"), "Jules"),
        (commit(author="Ann (aider)"), "aider"),
        (commit("aider: Add a test"), "aider"),
        (commit("x\n\nClaude-Session: 3f2a"), "Claude Code"),
        (commit("x\n\nReplit-Commit-Author: Agent"), "Replit Agent"),
        (commit("x\n\n🤖 Generated with [Claude Code](https://claude.ai/code)"), "Claude Code"),
        (commit("x\n\nhttps://chatgpt.com/codex/tasks/task_e_68"), "Codex"),
    ],
)
def test_a_commit_declares_a_tool_by_its_marks(one, tool):
    assert declared([one, commit()]) == Authorship(2, 1, {tool: 1})


@pytest.mark.parametrize(
    "one",
    [
        commit(author="Claude Monet", email="claude@monet.example"),
        commit(author="Devin Booker", email="12345+devin@users.noreply.github.com"),
        commit("Use cursor pagination\n\nThe codex and amp tables continue."),
        commit("Talk to noreply@anthropic.com about the Generated with Claude Code badge"),
        commit("x\n\nCo-authored-by: Jules <jules@example.com>"),
        commit("x\n\nReviewed-by: Claude <noreply@anthropic.com>"),
        commit(email="users.noreply.github.com"),
        commit("<!-- CURSOR_SUMMARY -->"),
        commit(author="(aider)"),
    ],
)
def test_a_name_or_a_word_declares_nothing(one):
    found = declared([one])
    assert (found.declared, found.sentence) == (False, "")


@pytest.mark.parametrize(
    ("around", "marks"),
    [
        ({"login": "devin-ai-integration[bot]", "branches": ["devin/1-fix"]}, {"Devin": ("author", "branch")}),
        ({"account": 198982749, "login": "Copilot"}, {"GitHub Copilot": ("author",)}),
        ({"branches": ["codex/add-x"]}, {"Codex": ("branch",)}),
        ({"branches": ["fix-login-1234567890123456789"]}, {"Jules": ("branch",)}),
        ({"branches": ["release-202611291200"]}, {}),
        ({"description": "Open in cursor.com/agents?id=1"}, {"Cursor": ("description",)}),
        (
            {"description": f"Link to Devin run: https://app.devin.ai/sessions/{'0af1' * 8}"},
            {"Devin": ("description",)},
        ),
        ({"login": "devin", "branches": ["feature/codex/x", "claude"], "description": "by Jules"}, {}),
    ],
)
def test_a_pull_request_declares_a_tool_by_author_branch_and_description(around, marks):
    assert declared([], **around).around == marks


def test_the_sentence_counts_what_declares():
    assert declared([commit(CLAUDE)] * 7 + [commit()] * 2).sentence == "7 of 9 commits declare Claude Code."
    both = declared([commit(CLAUDE), commit("aider: x")], branches=["codex/x"], login="codex")
    assert both.sentence == "2 of 2 commits declare Claude Code (1), aider (1), and the branch declares Codex."
    assert declared([], branches=["codex/x"]).sentence == "The branch declares Codex."


def test_an_event_tells_branch_and_account():
    pull = {
        "user": {"login": "Copilot", "id": 198982749},
        "head": {"sha": "a", "ref": "copilot/x"},
        "title": "t",
        "body": None,
    }
    assert said_of(pull) == Said("Copilot", "t", "", "a", "copilot/x", 198982749)


def judged(repository, base, message, said=None, head=FLASK + REDIRECT, branch="change"):
    repository.commit({"app.py": FLASK, **base})
    repository.git("checkout", "--quiet", "-b", branch)
    repository.commit({"app.py": head}, message)
    options = Options(NATIVE.profile, NATIVE.only, NATIVE.skip, today=date(2026, 6, 1), said=said)
    with Git(repository.folder) as git:
        return review(read_change(git, "main", "HEAD"), options, Cache(None))


def test_a_declared_change_is_held_to_more_where_the_policy_says_so(repository):
    done = judged(repository, {"gate.toml": STRICT}, CLAUDE)
    assert {finding.action for finding in done.findings} == {Action.BLOCK}
    assert {finding.severity for finding in done.findings} == {Severity.MEDIUM}
    assert (done.verdict, done.authorship) == (Verdict.BLOCK, Authorship(1, 1, {"Claude Code": 1}, held=True))


@pytest.mark.parametrize(
    ("toml", "message", "verdict"),
    [
        ("", CLAUDE, Verdict.PASS),
        (STRICT, "Add x", Verdict.PASS),
        ('[authorship]\nstrict = "none"\n', CLAUDE, Verdict.PASS),
        ('[authorship]\nstrict = "all"\n', "Add x", Verdict.BLOCK),
        (f'{STRICT}block = ["critical"]\n', CLAUDE, Verdict.PASS),
        (f'{STRICT}[rules]\n"injection/*" = "warn"\n', CLAUDE, Verdict.PASS),
    ],
)
def test_who_is_held_to_more(repository, toml, message, verdict):
    assert judged(repository, {"gate.toml": toml}, message).verdict is verdict


def test_the_branch_of_the_pull_request_counts_as_well(repository):
    said = Said("ann", "t", "", "", branch="codex/x")
    assert judged(repository, {"gate.toml": STRICT}, "Add x", said).verdict is Verdict.BLOCK


def test_without_a_pull_request_the_branch_is_the_one_that_ends_here(repository):
    done = judged(repository, {"gate.toml": STRICT}, "Add x", branch="cursor/fix-1a2b")
    assert done.authorship.around == {"Cursor": ("branch",)}
    assert done.verdict is Verdict.BLOCK


def test_the_index_is_known_by_its_branch(repository):
    repository.commit({"app.py": FLASK})
    repository.git("checkout", "--quiet", "-b", "claude/x")
    repository.write({"app.py": FLASK + "x = 1\n"})
    repository.git("add", "--all")
    with Git(repository.folder) as git:
        done = review(read_change(git, None, None, staged=True), NATIVE, Cache(None))
    assert done.authorship == Authorship(around={"Claude Code": ("branch",)})


def test_the_head_cannot_take_the_demand_away(repository):
    repository.commit({"app.py": FLASK, "gate.toml": STRICT})
    repository.git("checkout", "--quiet", "-b", "change")
    repository.commit({"app.py": FLASK + REDIRECT, "gate.toml": "# nothing\n"}, CLAUDE)
    with Git(repository.folder) as git:
        done = review(read_change(git, "main", "HEAD"), NATIVE, Cache(None))
    assert {"injection/open_redirect", "complete/gate_weakened"} <= {one.rule.id for one in done.blocking}


def test_a_policy_that_holds_to_more_is_never_milder():
    stated = policy.read(
        'block = ["critical", "high", "low"]\n[authorship]\nstrict = "all"\nblock = ["critical"]\nwarn = ["high"]\n'
    )
    held = stated.held(declared=False)
    assert held.block == {Severity.CRITICAL, Severity.HIGH, Severity.LOW}
    assert held.warn == {Severity.MEDIUM}


def test_what_could_not_be_judged_is_never_accepted_of_a_change_that_is_held():
    assert not policy.read(f"allow_incomplete = true\n{STRICT}").held(declared=True).allow_incomplete


def test_a_word_that_is_none_of_three_is_an_error():
    with pytest.raises(UsageError, match=r"gate\.toml line 2: `authorship\.strict`"):
        policy.read('[authorship]\nstrict = "model"\n')


def test_every_report_says_what_is_declared(repository, tmp_path):
    done = judged(repository, {"gate.toml": STRICT}, CLAUDE)
    sentence = "1 of 1 commit declares Claude Code. The base policy holds this change to the severities of its"
    for report in (text, markdown, sarif):
        assert sentence in " ".join(report.render(done).split())
    told = json.loads(as_json.render(done))["authorship"]
    tool = {"name": "Claude Code", "commits": 1, "also": []}
    assert told == {"commits": 1, "declaring": 1, "tools": [tool], "held": True}
    path = tmp_path / "gate.json"
    path.write_text(as_json.render(done))
    assert read(path).authorship == done.authorship
    path.write_text(as_json.render(done).replace('"name": "Claude Code"', '"name": "[x](http://evil.example)"'))
    assert read(path).authorship.tools == {}


def test_a_number_of_thousands_of_digits_is_no_account():
    commit = Commit("a", "a@example.com", "a", f"{'9' * 5_000}+a@users.noreply.github.com", "x")
    assert not declared([commit]).declared

"""The living review: one, always true, and nothing twice."""

from dataclasses import replace

from gate.github.client import Client
from gate.github.memory import ANCHOR, read
from gate.github.publish import publish
from gate.github.pull import pull
from gate.rule import Mend, Place
from tests.github.conftest import BASE, CLEAN, STAR, TOKEN, WRITE
from tests.github.double import BOT, NAME


def anchor(github):
    (found,) = [
        review
        for review in github.reviews
        if review["body"].startswith(ANCHOR) and review["user"]["login"] == github.me
    ]
    return found["body"]


def test_a_first_run_posts_one_review_with_a_comment_on_the_line(github, push, run):
    push({"star.py": STAR})
    done = run()
    assert done.posted
    assert github.log == ["GET pull", "QUERY", "GET reviews", "GET files", "GET pull", "POST reviews"]
    assert len(github.reviews) == 1
    assert "queries/select_star" in anchor(github)
    assert "<details><summary>❌ <b>High</b>" in anchor(github)
    (comment,) = github.sent[-1][1]["comments"]
    assert (comment["path"], comment["line"], comment["side"]) == ("star.py", 2, "RIGHT")
    assert comment["body"].startswith("<!-- gate:fp:")
    assert "gate explain queries/select_star" in comment["body"]


def test_an_unchanged_run_reads_and_writes_nothing(github, push, run):
    push({"star.py": STAR})
    run()
    assert run().said == ("The review on the pull request is up to date; nothing was written.",)
    assert github.log == ["GET pull", "QUERY", "GET reviews"]


def test_a_clean_change_gets_its_review_too(github, push, run):
    push({"clean.py": CLEAN})
    run()
    assert github.log == ["GET pull", "QUERY", "GET reviews", "GET pull", "POST reviews"]
    assert "PASSED" in anchor(github)


def test_the_next_push_edits_the_review_resolves_what_is_fixed_and_names_the_commit(github, push, run):
    push({"star.py": STAR})
    run()
    head = push({"star.py": CLEAN, "wipe.py": WRITE})
    run()
    assert github.writes() == ["POST reviews", "PUT review", "POST graphql"]
    assert [thread["isResolved"] for thread in github.threads] == [True, False]
    assert f"- `queries/select_star` in `star.py`, gone with {head}" in anchor(github)
    run()
    assert github.writes() == []
    push({"other.py": "x = 1\n"})
    run()
    assert github.writes() == ["PUT review"]
    assert f"gone with {head}" in anchor(github)


def test_a_flaw_that_comes_back_opens_its_conversation_again(github, push, run):
    push({"star.py": STAR})
    run()
    push({"star.py": CLEAN})
    run()
    push({"star.py": STAR})
    run()
    assert [thread["isResolved"] for thread in github.threads] == [False]
    assert "gone with" not in anchor(github)


def test_what_a_person_resolved_stays_resolved(github, push, run):
    push({"star.py": STAR})
    run()
    github.threads[0]["isResolved"] = True
    push({"other.py": "x = 1\n"})
    run()
    assert github.threads[0]["isResolved"]
    assert len(github.threads) == 1


def test_a_moved_flaw_is_not_told_twice(github, push, run):
    push({"star.py": STAR})
    run()
    push({"star.py": "import os\n\n\n" + STAR})
    run()
    assert github.writes() == ["PUT review"]
    assert len(github.threads) == 1


def test_replies_of_people_are_left_alone(github, push, run):
    push({"star.py": STAR})
    run()
    github.reply(github.threads[0], "ann", "The view is frozen, so this is fine.")
    push({"star.py": CLEAN})
    run()
    assert [comment["body"] for comment in github.threads[0]["comments"]][1:] == [
        "The view is frozen, so this is fine."
    ]


def test_without_leave_to_resolve_the_comment_is_minimised(github, push, run):
    github.can_resolve = False
    push({"star.py": STAR})
    run()
    push({"star.py": CLEAN})
    run()
    assert github.threads[0]["comments"][0]["isMinimized"]
    push({"star.py": STAR})
    run()
    assert not github.threads[0]["comments"][0]["isMinimized"]


def test_without_any_leave_the_conversation_is_left_and_the_review_says_so(github, push, run):
    github.can_resolve = github.can_minimize = False
    push({"star.py": STAR})
    run()
    head = push({"star.py": CLEAN})
    assert run().posted
    assert github.writes() == ["PUT review"]
    assert f"gone with {head}" in anchor(github)


def test_what_nobody_looked_at_again_is_not_called_fixed(github, push, run, judged):
    push({"star.py": STAR})
    run()
    push({"star.py": CLEAN})
    done = judged()
    failed = replace(done, scanners=tuple(replace(ran, state="failed", reason="crashed") for ran in done.scanners))
    run(failed)
    assert not github.threads[0]["isResolved"]
    assert "gone with" not in anchor(github)
    run(done)
    assert github.threads[0]["isResolved"]
    assert "gone with" in anchor(github)


def test_a_finding_off_the_diff_is_told_in_the_body(github, push, run, judged):
    push({"star.py": STAR})
    done = judged()
    away = replace(done.findings[0], place=Place.at("app.py", 40), in_diff=False)
    run(replace(done, findings=(away,)))
    assert github.sent[-1][1]["comments"] == []
    assert "### A query takes every column" in anchor(github)


def test_more_findings_than_comments_stay_in_the_body_and_stay_quiet(github, push, run):
    push({f"star_{n}.py": STAR for n in range(40)})
    run()
    assert len(github.threads) == 25
    assert "star_9.py" in anchor(github)
    run()
    assert github.writes() == []


def test_a_body_has_room_for_any_number_of_findings(github, push, run):
    push({f"star_{n:03}.py": STAR * 4 for n in range(150)})
    run()
    assert len(anchor(github)) < 65_536
    assert len(read(anchor(github)).told) == 100
    run()
    assert github.writes() == []


def test_marks_of_others_count_for_nothing(github, push, run, judged):
    from gate.github.memory import mark

    push({"star.py": STAR})
    found = judged().findings[0]
    github.begin("mallory", mark(found.fingerprint) + "\nnothing to see", "User")
    github.begin("github-actions", mark(found.fingerprint) + "\nnothing to see", "User")
    github.say("mallory", ANCHOR + "\n## ✅ PASSED")
    run()
    assert len(github.threads) == 3
    assert "BLOCKED" in anchor(github)


def test_gate_knows_itself_by_another_name(github, push, run):
    github.me = "our-gate[bot]"
    push({"star.py": STAR})
    run()
    run()
    assert github.writes() == []
    github.me = "ann"
    run()
    assert github.writes() == ["POST reviews"]


def test_two_living_reviews_become_one(github, push, run):
    push({"star.py": STAR})
    run()
    github.say(BOT, github.reviews[0]["body"], "Bot")
    run()
    assert github.writes() == ["PUT review"]
    assert "kept up to date" in github.reviews[0]["body"]
    run()
    assert github.writes() == []


def test_lists_are_read_to_their_end(github, push, run):
    github.page = 2
    push({f"a{n}.py": "x = 1\n" for n in range(5)} | {"star.py": STAR})
    for n in range(5):
        github.say("ann", f"Looks good {n}")
        github.begin("ann", f"Why {n}?", "User")
    run()
    assert len(github.threads) == 6
    run()
    assert github.writes() == []


def test_the_token_is_sent_to_github_and_nowhere_else(github, push, judged, capfd):
    push({"star.py": STAR})
    client = Client(TOKEN, NAME, github.url)
    done = publish(client, judged(), pull(client, 7))
    assert github.tokens == {f"token {TOKEN}"}
    seen = capfd.readouterr()
    assert TOKEN not in seen.out + seen.err + repr(done) + str(github.sent)


def test_a_suggestion_replaces_exactly_its_lines(github, push, run, judged):
    push({"star.py": STAR})
    done = judged()
    place = Place.at("star.py", 1, 2)
    run(replace(done, findings=(replace(done.findings[0], mend=Mend(place, "def one():\n    `x`\n```")),)))
    (comment,) = github.sent[-1][1]["comments"]
    assert (comment["start_line"], comment["line"]) == (1, 2)
    assert "\n````suggestion\ndef one():\n    `x`\n```\n````\n" in comment["body"]


def test_a_suggestion_that_reaches_out_of_the_diff_is_not_made(github, push, run, judged):
    push({"app.py": BASE["app.py"].replace("return 3\n", "return 33\n")})
    done = judged()
    push({"star.py": STAR})
    found = judged().findings[0]
    far = replace(found, place=Place.at("app.py", 17), mend=Mend(Place.at("app.py", 17, 60), "x"))
    run(replace(judged(), findings=(far,)))
    (comment,) = github.sent[-1][1]["comments"]
    assert (comment["path"], comment["line"]) == ("app.py", 17)
    assert "suggestion" not in comment["body"]
    assert done.findings == ()

"""The reports: what they say of each kind of review, and what no text from a change can make them say."""

import json
import re
import unicodedata
from dataclasses import replace
from importlib import import_module
from itertools import pairwise
from urllib.parse import unquote_to_bytes

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.coverage import Looked
from gate.finding import Line, Waived
from gate.reports import json as as_json
from gate.reports import markdown, sarif, text
from gate.reports._markup import code, escaped, fenced, prose
from gate.reports._safe import shown, unheard
from gate.reports._words import counted, evidence, listed
from gate.review import Ran, Review, State
from gate.rule import Hop, Place, Rule, Severity
from tests import reviews, schemas

EVERY = reviews.every()
FORMATS = ("text", "json", "markdown", "sarif")
COMMAND = re.compile(r"(?m)^\s*::|##\[")
ANSI = re.compile(r"\x1b\[[0-9;]*m")
SCHEMA = json.loads(as_json.SCHEMA.read_text(encoding="utf-8"))
PUBLISHED = jsonschema.Draft202012Validator(SCHEMA)

BAD = ["\x1b[2J", "\x9b31m", "\r", "\x08", "\u202e", "\u2066", "\u200b", "\u200f", "\u061c", "\ufeff", "\u2028", "\x85",
       "\U000e0041", "\udcff", "\ud800", "\u3164", "::error::x", "##[error]", "\n", "\t", "```", "`", "|", "@octocat",
       "#1", "GH-2", "</details>", "<!-- gate:review -->", "[x](http://example.com)", "![x](y)", "http://example.com/x",
       "www.example.com", "---", "===", "- [x] ", "1. ", "> ", "\\", "$x$", "& ", "界", "🙂", "é"]  # fmt: skip
STRANGE = st.lists(st.sampled_from(BAD) | st.text(max_size=8), max_size=12).map("".join)


def hostile(words: str, path: str) -> Review:
    """A review in which every text a change can reach is `words`."""
    rule = Rule("pip-audit/X-1", words, Severity.HIGH, (1395,), words, words, "dependencies")
    place = Place.at(path or "x", 3, 4)
    marked = (Line(3, words, marked=True), Line(4, words[::-1], marked=False))
    found = reviews.finding(
        rule, place.path, 3, message=words, trace=(Hop(place, words),), excerpt=marked, scanners=("pip-audit",)
    )
    waived = replace(found, fingerprint="b", waived=Waived(words, words, words))
    noted = reviews.finding(reviews.PRINT, place.path, message=words)
    return reviews.review(
        reviews.answered(State.STOP, reviews.DEPENDENCIES, found, waived, reasons=(words,)),
        reviews.answered(State.LOOK, reviews.LOGGING, noted, reasons=(words + ".",), asks=(words,), seen={words: 2}),
        coverage=(reviews.row(place.path, state=Looked.FAILED, reason=words, hole=True),),
        scanners=(Ran("pip-audit", words, "failed", words),),
        notes=(words,), environment={words: [words, 1, None]},
    )  # fmt: skip


def unseen(report: str) -> set[str]:
    """The characters nobody would see, line feeds apart."""
    return {char for char in report if char not in "\n\u3000\ufe0e\ufe0f" and not char.isprintable()} | {
        char for char in report if char in "\u3164\u115f\u2800" or "\U000e0000" <= char <= "\U000e0fff"
    }


# What every format owes


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("form", FORMATS)
def test_every_review_renders_the_same_twice(form, name):
    render = import_module(f"gate.reports.{form}").render
    assert render(EVERY[name]) == render(reviews.every()[name])
    assert render(EVERY[name]).endswith("\n")


@given(words=STRANGE, path=STRANGE)
def test_nothing_from_a_change_hides_or_commands(words, path):
    review = hostile(words, path)
    for report in (text.render(review), text.show(review, 60, colour=False), markdown.render(review)):
        assert not unseen(report)
        assert not COMMAND.search(report)
    coloured = text.show(review, 80, colour=True)
    assert not unseen(ANSI.sub("", coloured))
    for report in (as_json.render(review), sarif.render(review)):
        json.loads(report)
        assert not unseen(report)
        assert not COMMAND.search(report)
        report.encode()
    PUBLISHED.validate(json.loads(as_json.render(review)))


@pytest.mark.parametrize(
    ("raw", "visible"),
    [
        ("plain é 界 🙂 \u26a0\ufe0f", "plain é 界 🙂 \u26a0\ufe0f"), ("a\x1b[2Jb", r"a\x1b[2Jb"), ("a\nb\tc\rd", r"a\nb\tc\rd"),
        ("\x9b", r"\x9b"), ("\u202e", r"\u202e"), ("\u2069\u200f\u061c", r"\u2069\u200f\u061c"), ("\u200b", r"\u200b"),
        ("\U000e0041", r"\U000e0041"), (b"\xff.py".decode(errors="surrogateescape"), r"\xff.py"), ("\ud800", r"\ud800"),
        ("\ufe00\u3164", r"\ufe00\u3164"), ("\u3000", "\u3000"),
    ],
)  # fmt: skip
def test_shown(raw, visible):
    assert shown(raw) == visible
    assert shown(visible) == visible


@given(st.text())
def test_shown_leaves_nothing_that_acts(raw):
    made = shown(raw)
    assert not any(unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for char in made)
    made.encode()


@pytest.mark.parametrize(
    "command", ["::error::x", "  ::add-mask::x", "##[error]x", "\u3000::x", "a\n::x", "a ###[group]"]
)
def test_no_line_is_a_command_to_a_ci_runner(command):
    assert COMMAND.search(command)
    assert not COMMAND.search(unheard(command))
    assert unheard("a::b x[::2] std::vector") == "a::b x[::2] std::vector"


# Words


@pytest.mark.parametrize(
    ("count", "noun", "words"),
    [
        (1, "query", "1 query"), (3, "query", "3 queries"), (1, "queries", "1 query"), (2, "routes", "2 routes"),
        (1, "class", "1 class"), (2, "class", "2 classes"), (2, "key", "2 keys"), (0, "finding", "0 findings"),
        (1, "files by bandit", "1 file by bandit"),
    ],
)  # fmt: skip
def test_counted(count, noun, words):
    assert counted(count, noun) == words


def test_listed():
    assert [listed(list(names)) for names in ("", "a", "ab", "abc")] == ["", "a", "a and b", "a, b and c"]


def test_evidence_says_what_was_found_and_what_was_looked_at():
    said = [evidence(answer) for answer in EVERY["blocked"].answers]
    assert said == [
        "14 files by detect-secrets",
        "1 to fix, 1 waived; 3 queries, 2 routes, 14 files by bandit and semgrep",
        "1 warning", "not judged", "1 to fix; 1 call", "1 note; 8 calls",
    ]  # fmt: skip
    assert evidence(reviews.answered(State.IDLE, reviews.LOGGING)) == "not touched"
    assert evidence(reviews.answered(State.PASS, reviews.LOGGING)) == "nothing found"
    assert evidence(reviews.answered(State.LOOK, reviews.LOGGING)) == "for a person to look at"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("passed", "PASSED: nothing in this change has to be fixed before it merges."),
        ("blocked", "BLOCKED: 2 findings must be fixed before this merges. Also, 1 question could not be judged (dependencies)."),
        ("incomplete", "COULD NOT JUDGE: 1 of 3 questions got no answer (secrets), and that is no pass."),
        ("accepted", "PASSED: nothing in this change has to be fixed before it merges. 1 question could not be judged (secrets), which the base policy accepts."),
    ],
)  # fmt: skip
def test_the_verdict_is_the_last_word_and_says_all(name, words):
    told = text.show(EVERY[name], 120, colour=False).rstrip("\n").split("─\n")[-1].split("\n", 1)[1]
    assert " ".join(told.split()) == words
    first = markdown.render(EVERY[name]).split("\n")[0]
    assert words.startswith(first.removeprefix("## ")[2:])


# The terminal


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_text_fits_and_is_plain_without_colour(name, width, monkeypatch):
    plain = text.show(EVERY[name], width, colour=False)
    assert max(map(len, plain.split("\n"))) <= width
    assert "\x1b" not in plain
    assert ANSI.sub("", text.show(EVERY[name], width, colour=True)).split() == plain.split()
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in text.show(EVERY[name], width, colour=False)
    assert "\x1b" in text.show(EVERY[name], width, colour=True)


def test_a_finding_in_a_terminal():
    told = text.show(EVERY["blocked"], 80, colour=False)
    assert (
        """\
✗  HIGH  tenancy/unscoped_query  A query that does not say whose rows it wants
   app/orders.py:42  seen by gate and semgrep

     40 │ @app.get("/orders/<int:order_id>")
     41 │ def order(order_id):
   ▸ 42 │     return Order.objects.get(pk=order_id)
     43 │

   `Order` is read by `order_id` alone.

   Path  app/routes.py:12  `order_id` comes from the request
         app/orders.py:42  and picks the row
   Why   Whoever guesses or counts up an id reads the rows of another customer.
         The check that the caller is signed in does not help: they are, as
         somebody else.
   Fix   Filter by the owner as well, such as `.filter(owner=request.user)`, or
         read through the owner's own relation.
   More  gate explain tenancy/unscoped_query
"""
        in told
    )
    assert (
        """\
   app/report.py:9
   Waived by sam@example.com until 2027-01-31: The report job runs as the
   operator
"""
        in told
    )
    assert "·  app/orders.py:50  logging/print  `print` writes the order to standard output.\n" in told
    assert "app/export.py:7  seen by bandit, on lines the change did not write\n" in told
    assert "     ☐  Do webhook secrets rotate, and may only finance pay out?\n" in told
    assert "✗  pip-audit failed: did not end within 120 seconds\n" in told
    assert "?  requirements.txt  pip-audit: did not end within 120 seconds\n" in told


def test_findings_come_in_the_order_of_the_checklist_the_gravest_first():
    told = text.show(EVERY["blocked"], 100, colour=False)
    order = ["· tenancy", "app/orders.py:42", "app/report.py:9", "· payments", "· execution", "· logging", "Checklist",
             "Not looked at", "Looked at 2 of 4", "BLOCKED"]  # fmt: skip
    places = [told.index(words) for words in order]
    assert all(before < after for before, after in pairwise(places))


def test_a_rule_is_explained_once_and_holes_are_summed_up():
    told = text.render(EVERY["crowded"])
    assert told.count("Why   ") == 1
    assert told.count("gate explain tenancy/unscoped_query") == 300
    assert told.count("does not decode as utf-8") == text.HOLES
    assert "and 25 more, which `gate scan --format json` lists" in told


def test_a_message_that_only_repeats_the_title_is_not_shown():
    echo = reviews.finding(message=f"{reviews.QUERY.title}.")
    review = reviews.review(reviews.answered(State.STOP, reviews.TENANCY, echo))
    assert [report.render(review).count(reviews.QUERY.title) for report in (text, markdown)] == [1, 1]


def test_a_gap_in_an_excerpt_is_shown_and_a_long_line_is_cut():
    lines = (Line(9, "first", marked=True), Line(120, "x" * 300, marked=False))
    told = text.show(
        reviews.review(reviews.answered(State.STOP, reviews.TENANCY, reviews.finding(excerpt=lines))), 80, colour=False
    )
    assert "   ▸   9 │ first\n       ⋮\n     120 │ xxx" in told
    assert "x…\n" in told


def test_a_reason_many_questions_share_is_told_once():
    why = "semgrep was left out: the commit profile has no time for it"
    review = reviews.review(*(reviews.answered(State.LOOK, item, reasons=(why,)) for item in reviews.ITEMS[:3]))
    told = " ".join(text.show(review, 80, colour=False).split())
    assert told.count(why) == 1
    assert f"{why} (secrets, tenancy and payments)" in told
    assert f"- 👀 `secrets`, `tenancy` and `payments`: {why}\n" in markdown.render(review)


# JSON


@pytest.mark.parametrize("name", EVERY)
def test_json_follows_the_published_schema_and_has_no_other_key(name):
    data = json.loads(as_json.render(EVERY[name]))
    PUBLISHED.validate(data)
    kinds = SCHEMA["$defs"]
    rows = {"finding": data["findings"], "answer": data["checklist"], "row": data["coverage"], "ran": data["scanners"]}
    assert data.keys() == SCHEMA["properties"].keys()
    assert all(row.keys() == kinds[kind]["properties"].keys() for kind, found in rows.items() for row in found)


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert not PUBLISHED.is_valid({**json.loads(as_json.render(EVERY["blocked"])), "verdict": "maybe"})


def test_json_says_what_the_review_says():
    data = json.loads(as_json.render(EVERY["blocked"]))
    found = {(row["path"], row["line"]): row for row in data["findings"]}
    query = found["app/orders.py", 42]
    assert data["verdict"] == "block"
    assert (query["rule"], query["owasp"], query["cwe"]) == ("tenancy/unscoped_query", "A01:2025", [639, 566])
    assert (query["action"], query["scanners"], query["waived"]) == ("block", ["gate", "semgrep"], None)
    assert query["trace"][0] == {
        "path": "app/routes.py", "line": 12, "end_line": 12, "note": "`order_id` comes from the request",
    }  # fmt: skip
    assert found["app/report.py", 9]["waived"] == {
        "reason": "The report job runs as the operator", "approver": "sam@example.com", "expires": "2027-01-31",
    }  # fmt: skip
    stopped = next(row for row in data["checklist"] if row["item"] == "tenancy")
    assert stopped["findings"] == [query["fingerprint"], found["app/report.py", 9]["fingerprint"]]
    assert data["scanners"][2]["state"] == "failed"


def test_only_timing_and_environment_differ_between_equal_runs():
    one = EVERY["blocked"]
    slower = tuple(replace(ran, seconds=ran.seconds + 1) for ran in one.scanners)
    other = replace(one, scanners=slower, environment={"python": "3.13.0"})
    shuffled = replace(one, answers=tuple(replace(a, seen=dict(reversed([*a.seen.items()]))) for a in one.answers))
    first, second = (json.loads(as_json.render(review)) for review in (one, other))
    assert {key for key in first if first[key] != second[key]} == {"timing", "environment"}
    assert as_json.render(one) == as_json.render(shuffled)


def test_a_path_that_is_not_utf_8_is_shown_in_json_and_kept_byte_for_byte_in_sarif():
    path = b"src/a \xff#?:.py".decode(errors="surrogateescape")
    review = reviews.review(reviews.answered(State.STOP, reviews.TENANCY, reviews.finding(path=path)))
    assert json.loads(as_json.render(review))["findings"][0]["path"] == r"src/a \xff#?:.py"
    result = json.loads(sarif.render(review))["runs"][0]["results"][0]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert re.fullmatch(r"[A-Za-z0-9/%._~-]+", uri)
    assert unquote_to_bytes(uri) == b"src/a \xff#?:.py"


# Markdown


def test_where_the_pages_of_rules_are_is_told():
    review = replace(EVERY["blocked"], pages="https://example.com/rules/")
    page = f"https://example.com/rules/{reviews.QUERY.id}.md"
    assert f"[`gate explain {reviews.QUERY.id}`]({page})" in markdown.render(review)
    told = {
        rule["id"]: rule["helpUri"] for rule in json.loads(sarif.render(review))["runs"][0]["tool"]["driver"]["rules"]
    }
    assert told[reviews.QUERY.id] == page


def test_a_finding_on_a_pull_request():
    told = markdown.render(EVERY["blocked"])
    assert told.startswith("## ❌ BLOCKED: 2 findings must be fixed before this merges.\n\nAlso, 1 question")
    assert (
        """\
### A query that does not say whose rows it wants

**High** · `tenancy/unscoped_query` · `app/orders.py:42` · seen by gate and semgrep

```
  40 │ @app.get("/orders/<int:order_id>")
  41 │ def order(order_id):
▸ 42 │     return Order.objects.get(pk=order_id)
  43 │
```

`Order` is read by `order_id` alone.

1. `app/routes.py:12` `order_id` comes from the request
2. `app/orders.py:42` and picks the row

**Why.** Whoever guesses"""
        in told
    )
    assert "| ❌ | Does every query and cache key stay with its owner? | 1 to fix, 1 waived; 3 queries," in told
    assert "- ❓ `dependencies`: pip-audit did not end" in told
    assert "- [ ] Do webhook secrets rotate, and may only finance pay out? (`payments`)\n" in told
    assert "| pip-audit | 2.10.0 | failed | did not end within 120 seconds |" in told
    order = ["bandit/B602", "<summary>1 warning<", "<summary>1 note<", "<summary>1 waived finding<", "## Checklist",
             "### For a person", "<summary>Looked at"]  # fmt: skip
    assert all(told.index(before) < told.index(after) for before, after in pairwise(order))
    assert told.count("<details>") == told.count("</details>") == 4


def test_a_flood_is_cut_at_the_tail_and_says_so():
    told = markdown.render(EVERY["crowded"])
    assert len(told) < markdown.LIMIT
    assert re.search(r"\*And \d+ more, left out to keep this short", told)
    assert told.index("left out to keep this short") < told.index("## Checklist")
    assert "- **High** · `tenancy/unscoped_query` · `app/views_120.py:42`" in told


def test_no_text_however_long_passes_the_limit():
    words = "@a|`#1\u202e" * 3000
    flood = hostile(words, "p" * 5000)
    many = [replace(f, fingerprint=f"{n}") for n in range(60) for f in flood.findings]
    told = markdown.render(replace(flood, findings=tuple(many), notes=(words,) * 50, coverage=flood.coverage * 50))
    assert len(told) < markdown.LIMIT
    assert "BLOCKED" in told
    assert "## Checklist" in told


@pytest.mark.parametrize(
    ("raw", "meek"),
    [
        ("ask @octocat", "ask @&#8203;octocat"), ("see #12 and GH-3", "see #&#8203;12 and GH-&#8203;3"),
        ("o/r#1", "o/r#&#8203;1"), ("<img src=x>", r"\<img src=x\>"), ("[a](b)", r"\[a\](b)"), ("![a](b)", r"\!\[a\](b)"),
        ("a*b_c~d", r"a\*b\_c\~d"), ("a | b", "a &#124; b"), ("# head", r"\# head"), ("- item", r"\- item"),
        ("1. item", r"1\. item"), ("2.10.0", "2.10.0"), ("=== x", r"\=== x"), ("::error::x", r"\::error::x"),
        ("a\nb", r"a\\nb"), ("&lt;", r"\&lt;"), ("`x`", r"\`x\`"), ("www.example.com", "www&#8203;.example.com"),
        ("ftp://example.com", "ftp:&#8203;//example.com"), ("$x$", r"\$x\$"), ("    code", "code"),
    ],
)  # fmt: skip
def test_escaped(raw, meek):
    assert escaped(raw) == meek


@pytest.mark.parametrize(
    ("raw", "meek"),
    [
        ("`a|@b` is @c", "`a|@b` is @&#8203;c"), ("see https://example.com/#1", "see `https://example.com/#1`"),
        ("www.example.com", "`www.example.com`"), ("one ` only", r"one \` only"), ("``", r"\`\`"), ("::x `y`", r"\::x `y`"),
    ],
)  # fmt: skip
def test_prose_keeps_names_in_code(raw, meek):
    assert prose(raw) == meek


@pytest.mark.parametrize(
    ("raw", "span"),
    [("a", "`a`"), ("a`b", "``a`b``"), ("`a", "`` `a ``"), ("a``", "``` a`` ```"), ("a\nb", r"`a\nb`"), ("", '""')],
)
def test_code(raw, span):
    assert code(raw) == span


@given(st.lists(STRANGE, max_size=4))
def test_no_line_ends_its_fence(lines):
    first, *inside, last = fenced(lines).split("\n")
    assert first == last
    assert len(inside) == len(lines)
    assert not any(re.match(rf" {{0,3}}{first}", line) for line in inside)


def test_nothing_quoted_passes_for_a_hidden_mark_of_gate():
    told = markdown.render(hostile("<!-- gate:fp:0 --> `<!--  gate:review -->`", "x"))
    assert "<!--" not in re.sub(r"<!--(?!\s*gate)", "", told)


# SARIF


@pytest.fixture(scope="module")
def official():
    schema = schemas.sarif()
    return jsonschema.validators.validator_for(schema)(schema, format_checker=jsonschema.FormatChecker())


@pytest.mark.parametrize("name", EVERY)
def test_sarif_follows_the_official_schema(official, name):
    official.validate(json.loads(sarif.render(EVERY[name])))


@given(words=STRANGE, path=STRANGE)
def test_sarif_follows_the_official_schema_whatever_a_change_holds(official, words, path):
    official.validate(json.loads(sarif.render(hostile(words, path))))


def test_sarif_has_what_github_asks_for():
    log = json.loads(sarif.render(EVERY["blocked"]))
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    assert run["automationDetails"] == {"id": "gate/"}
    assert run["columnKind"] == "unicodeCodePoints"
    assert [tool["name"] for tool in run["tool"]["extensions"]] == ["bandit", "pip-audit"]
    for rule in rules:
        assert 0 < len(rule["shortDescription"]["text"]) <= 1024
        assert 0 < len(rule["fullDescription"]["text"]) <= 1024
        assert rule["help"]["text"]
        assert rule["properties"]["tags"][0] == "security"
        assert 0.1 <= float(rule["properties"]["security-severity"]) <= 10.0
    assert rules[-1]["properties"]["tags"] == ["security", "external/cwe/cwe-639", "external/cwe/cwe-566"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["partialFingerprints"].keys() == {"primaryLocationLineHash"}
        assert result["message"]["text"]
    prints = [result["partialFingerprints"]["primaryLocationLineHash"] for result in run["results"]]
    assert len(prints) == len(set(prints))


def test_sarif_result():
    run = json.loads(sarif.render(EVERY["blocked"]))["runs"][0]
    results = {
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]: result for result in run["results"][::-1]
    }
    query, waived = results["app/orders.py"], results["app/report.py"]
    region = query["locations"][0]["physicalLocation"]["region"]
    assert query["level"] == "error"
    assert region == {"startLine": 42, "startColumn": 1, "endLine": 42, "endColumn": 42}
    steps = query["codeFlows"][0]["threadFlows"][0]["locations"]
    assert [step["location"]["message"]["text"] for step in steps] == [hop.note for hop in reviews.TRACE]
    assert "suppressions" not in query
    assert waived["suppressions"][0]["kind"] == "external"
    assert "The report job runs as the operator" in waived["suppressions"][0]["justification"]
    noted = next(result for result in run["results"] if result["ruleId"] == "logging/print")
    assert (results["app/hooks.py"]["level"], noted["level"]) == ("warning", "note")


@pytest.mark.parametrize(
    ("name", "successful"), [("passed", True), ("blocked", False), ("incomplete", False), ("accepted", True)]
)
def test_sarif_says_what_was_not_looked_at(name, successful):
    (invocation,) = json.loads(sarif.render(EVERY[name]))["runs"][0]["invocations"]
    assert invocation["executionSuccessful"] is successful
    told = [one["message"]["text"] for one in invocation.get("toolExecutionNotifications", [])]
    assert bool(told) == (name != "passed")
    if name == "blocked":
        assert "pip-audit failed: did not end within 120 seconds" in told
        assert "requirements.txt was not, or not wholly, read by pip-audit: did not end within 120 seconds" in told


def test_sarif_quotes_no_source():
    told = sarif.render(EVERY["blocked"])
    assert "snippet" not in told
    assert "Order.objects" not in told

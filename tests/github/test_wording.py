"""What gate writes on a pull request, whatever the change is made of: no link, no mention, no mark, no markup."""

import re
from dataclasses import replace
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from gate.attest import Said
from gate.github.lines import Shown, lines, spot
from gate.github.memory import ANCHOR, Memory, Told, marked, read, written
from gate.github.plan import plan
from gate.github.pull import Posted, Pull, Standing
from gate.github.wording import LIMIT, body, inline, same
from gate.reports._markup import html
from gate.reports._safe import shown
from gate.review import State
from gate.rule import Hop, Place
from tests import reviews
from tests.test_reports import COMMAND, STRANGE, hostile, unseen

MARKDOWN = MarkdownIt("gfm-like", {"linkify": False})
TAGS = re.compile(r"</?(details|summary|b|code|sub)>|<!-- gate:(review:v1|memory:[\w+/=]+|fp:[0-9a-f]+) -->")
CALLS = re.compile(r"(?<![\w`])@\w|(?<![\w&])#\d|(?i:\bgh-\d)|https?://|\bwww\.")


def tokens(text):
    return [inner for one in MARKDOWN.parse(text) for inner in [one, *(one.children or ())]]


def balanced(text):
    markup = "".join(token.content for token in tokens(text) if token.type.startswith("html"))
    return markup.count("<details>") == markup.count("</details>")


def strangers(text):
    """Markup in a text that is not gate's own."""
    found = []
    for token in tokens(text):
        if token.type in {"link_open", "image"}:
            found.append(token.type)
        if token.type.startswith("html"):
            rest = TAGS.sub("", token.content)
            found += re.findall(r"<[^\n]*", rest)
            found += CALLS.findall(re.sub(r"<code>.*?</code>", "", token.content))
    return found


@given(words=STRANGE, path=STRANGE)
def test_a_review_holds_no_markup_of_the_change(words, path):
    review = hostile(words, path)
    told = Memory({"0" * 16: Told(words, path, ("gate",), "c" * 40)})
    names = {finding.fingerprint[:16] for finding in review.findings}
    for commented in (set(), names):
        text = body(review, told, commented, [words])
        assert not strangers(text)
        assert not unseen(text)
        assert not COMMAND.search(text)
        assert text.count("<!-- gate:") == 2
        assert balanced(text)
    for finding in review.findings:
        text = inline(finding, "", suggest=True)
        assert not strangers(text)
        assert not unseen(text)
        assert text.count("<!-- gate:") == 1


@given(STRANGE)
def test_html_has_no_markup_of_the_change(words):
    assert not re.sub(r"</?code>", "", html(words)).count("<")
    assert not CALLS.search(re.sub(r"<code>.*?</code>", "", html(words)))


@given(words=STRANGE, path=STRANGE)
def test_a_memory_is_read_as_it_was_written(words, path):
    words, path = shown(words), shown(path)
    memory = Memory({"0" * 16: Told(words, path, ("gate", words)), "1" * 16: Told("a/b", "c.py", (), "d" * 40)})
    text = f"{ANCHOR}\nx\n{written(memory)}"
    assert read(text) == memory
    assert "--" not in written(memory)[4:-3]
    assert same(text, text.replace("\n", "\r\n") + "\n")
    assert not same(text, f"{ANCHOR}\nx\n{written(Memory())}")


def test_a_memory_that_was_tampered_with_is_empty():
    good = written(Memory({"0" * 16: Told("a/b", "c.py", ("gate",))}))
    for text in ("", "<!-- gate:memory:AAAA -->", good[:-20] + " -->", "<!-- gate:memory:eJwDAAAAAAE= -->"):
        assert read(text) == Memory()


def test_only_the_first_line_is_a_mark():
    assert marked("<!-- gate:fp:0123456789abcdef -->\nx") == "0123456789abcdef"
    assert marked("> <!-- gate:fp:0123456789abcdef -->") is None


def test_a_flood_fits_whatever_it_is_made_of():
    many = [
        reviews.finding(path=f"app/{'d' * 150}/{n}.py", message="`@" + "x" * 500, fingerprint=f"{n:032x}")
        for n in range(400)
    ]
    review = reviews.review(reviews.answered(State.STOP, reviews.TENANCY, *many))
    told = Memory({f"{n:016x}": Told("a/b", f"{n}" * 50, ("gate",), "c" * 40 if n % 2 else "") for n in range(160)})
    for commented in (set(), {finding.fingerprint[:16] for finding in many}):
        text = body(review, told, commented, ["x" * 400])
        assert len(text) <= LIMIT
        assert text.startswith(ANCHOR)
        assert read(text) == told


PATCH = "@@ -1,3 +1,4 @@ def f\n a\n-b\n+B\n+C\n d\n@@ -20,2 +21,2 @@\n-x\n+y\n z\n\\ No newline at end of file"


def test_the_lines_of_a_patch_that_take_a_comment():
    assert lines(PATCH) == {
        1: Shown(0, "a", added=False), 2: Shown(0, "B", added=True), 3: Shown(0, "C", added=True),
        4: Shown(0, "d", added=False), 21: Shown(1, "y", added=True), 22: Shown(1, "z", added=False),
    }  # fmt: skip


@given(st.text())
def test_no_text_is_too_strange_for_a_patch(text):
    assert all(number >= 0 for number in lines(text))


def test_where_a_comment_goes():
    diff = {"a.py": lines(PATCH)}

    def at(first, last, *hops):
        finding = reviews.finding(path="a.py", line=first)
        trace = tuple(Hop(Place.at("a.py", line), "here") for line in hops)
        found = spot(replace(finding, place=Place.at("a.py", first, last), trace=trace), diff)
        return found and found.where

    assert at(2, 2) == {"path": "a.py", "line": 2, "side": "RIGHT"}
    assert at(2, 3) == {"path": "a.py", "line": 3, "side": "RIGHT", "start_line": 2, "start_side": "RIGHT"}
    assert at(3, 21) == {"path": "a.py", "line": 4, "side": "RIGHT", "start_line": 3, "start_side": "RIGHT"}
    assert at(21, 90) == {"path": "a.py", "line": 21, "side": "RIGHT"}
    assert at(10, 10) is None
    assert at(10, 10, 1, 22) == {"path": "a.py", "line": 22, "side": "RIGHT"}


def test_paths_as_long_as_git_takes_them_leave_room():
    paths = ["`@#".join(sha256(f"{n}.{part}".encode()).hexdigest() for part in range(60)) for n in range(300)]
    review = reviews.review(
        reviews.answered(State.STOP, reviews.TENANCY, *(reviews.finding(path=path) for path in paths[:150]))
    )
    other = reviews.review(
        reviews.answered(State.STOP, reviews.TENANCY, *(reviews.finding(path=path) for path in paths[150:]))
    )
    pull = Pull("a/b", 1, review.base, Said("", "", "", review.head))
    first = plan(review, pull, Standing(), {})
    second = plan(other, pull, Standing("me", (Posted(1, first.body, ""),)), {})
    assert len(first.body) <= LIMIT
    assert len(second.body) <= LIMIT
    assert len(read(second.body).fixed) == 60


def test_a_comment_fits_whatever_its_path_is_made_of():
    steps = tuple(Hop(Place.at("a.py", 1), "@" * 600) for _ in range(30))
    text = inline(reviews.finding(trace=steps), "", suggest=False)
    assert len(text) <= LIMIT // 2 + 100
    assert "tenancy/unscoped_query" in text

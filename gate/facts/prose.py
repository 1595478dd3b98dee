"""Prose that tells somebody what to do, sentence by sentence: Markdown, plain text, the text of a prompt.

A sentence comes with what takes its force away: a heading such as "Never", the line that leads into its list, the
column it stands in. Code and quotations are parted from it, since what is shown as code or quoted is not said.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import Literal

from gate import lazy

Where = Literal["text", "quote", "table", "code", "comment"]

_FRONT = lazy.regex(r"\A---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_DESCRIBED = lazy.regex(r"(?im)^description:[ \t]*[\"']?(.+?)[\"']?[ \t]*$")
_FENCE = lazy.regex(r"[ \t>]*(`{3,}|~{3,})([^`\n]*)$")
_COMMENT = lazy.regex(r"<!--(.*?)(?:-->|\Z)|^\[//\]: *# *[(\"']([^\n]*)[)\"'][ \t]*$", re.DOTALL | re.MULTILINE)
_HEADING = lazy.regex(
    r"[ \t]{0,3}(#{1,6})[ \t]+(.+)|[ \t]{0,3}(?:\*\*|__)([^*_]+)(?:\*\*|__):?[ \t]*$|[ \t]*<(\w[\w-]*)>[ \t]*$"
)
_ITEM = lazy.regex(r"([ \t]*)(?:[-*+•\u2013]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)])[ \t]+(?:\[[ xX]\][ \t]+)?(?=\S)")
_ROW = lazy.regex(r"[ \t]*\|.*\|[ \t]*$")
_RULER = lazy.regex(r"[ \t]*\|?[ \t]*:?-{2,}")
_MARKS = lazy.regex(r"^[ \t]*[❌🚫✗✘⛔👎⚠]")
_GOOD = lazy.regex(r"^[ \t]*[✅✓✔👍]")
_END = lazy.regex(r"(?<=[.;!?])(?:[\"')*_]*)\s+(?!\d)|\s+[\u2014\u2013]+\s+|\s+-{1,2}\s+|[,;]?\s+(?=but\s)|\s+\|\s+")
_SPURNS = lazy.regex(
    r"(?i)\b(?:don'?ts?|do not|does not|never|avoid\w*|not (?:allowed|permitted|acceptable|ok)|(?:must|should|shall|may|can) ?n[o']?t|"
    r"cannot|forbid\w*|forbidden|prohibit\w*|banned?|bad|worse|wrong|incorrect|anti[- ]?patterns?|red flags?|smells?|"
    r"vulnerab\w+|threat\w*|attack\w*|adversar\w+|risk\w*|danger\w*|insecure|unsafe|violat\w+|pitfalls?|mistakes?|"
    r"limitations?|look (?:out )?for|watch (?:out )?for|check(?:s|ing)? (?:for|that|whether|if)|detect\w*|flag(?:s|ged)? \w+|"
    r"scan(?:s|ning)? for|search for|identif\w+|reject\w*|refus\w+|block(?:s|ed)?|prevent\w*|no-go|"
    r"stop (?:and|if|when)|ask (?:first|before|for)|require (?:approval|confirmation)|review checklist|findings|issues|"
    r"features?|changelog|release notes|history|roadmap|options?|flags|parameters|glossary|"
    r"examples?(?: of)?|test cases|exploit\w*|payloads?|excuses|rationali[sz]ations?|instead of|troubleshoot\w*)\b"
)
"""What a heading, a lead-in or the head of a column says where what follows is not asked for."""
_FORBIDS = lazy.regex(
    r"(?i)\b(?:don'?ts?|do not|does not|never|avoid\w*|not (?:allowed|permitted|acceptable|ok)|(?:must|should|shall|may|can) ?n[o']?t|cannot|forbid\w*|forbidden|"
    r"prohibit\w*|banned?|bad|worse|wrong|incorrect|anti[- ]?patterns?|red flags?|smells?|pitfalls?|mistakes?|reject\w*|refus\w+|block(?:s|ed)?|prevent\w*|no-go|"
    r"unsafe|insecure|violat\w+|attack\w*|exploit\w*|payloads?|excuses|rationali[sz]ations?|options?|flags|parameters|changelog|release notes|glossary)\b"
)
"""Headings of which nobody obeys what stands below; the other words only name what it is about, so it is still told."""
_ORDERS = lazy.regex(
    r"(?i)^\W*(?:always|please|you (?:must|should|have to|need to|are to)|(?:make|be) sure (?:to|you|that)|feel free to)\b"
)
"""What is said outright is an order, whatever stands above it."""
_AFFIRMS = lazy.regex(
    r"(?i)\b(?:never|don['\u2019]?t|do not|must not|cannot)\s+(?:ever\s+)?(?:forget|skip (?:these|this|any of|the following)|omit|neglect|hesitate|worry|bother|"
    r"leave (?:these|this|out (?:these|this|any))|miss)\b"
)
"""Two denials in one, under which what stands is wanted."""
_LISTED = lazy.regex(
    r"(?i)^\W*(?:critical|high|medium|low|severe|block(?:ed|er|ing)?|reject(?:ed)?|never|forbidden|bad|no)\W*$"
)
"""Cells of a row that say how bad the thing in it is."""
_LONGEST = 2_000


@dataclass(frozen=True)
class Sentence:
    """What is said, the line it begins on, and the offsets at which each later line begins in it."""

    text: str
    line: int
    where: Where
    spurned: bool = False
    """Something around it says that this is not wanted, or only shown."""
    muted: bool = False
    """It stands under a heading that may say so."""
    turns: tuple[int, ...] = ()

    def line_at(self, offset: int) -> int:
        return self.line + bisect_right(self.turns, offset)


@dataclass
class _State:
    """Where a reader is: the headings and items above, each with its depth and whether it spurns what is below.

    A heading may leave that open, which is None.
    """

    headings: list[tuple[int, bool | None]] = field(default_factory=list)
    items: list[tuple[int, bool]] = field(default_factory=list)
    led: bool = False
    columns: tuple[bool, ...] = ()

    @property
    def spurns(self) -> bool:
        return self.led or any(bad for _, bad in (*self.headings, *self.items))

    @property
    def mutes(self) -> bool:
        return any(bad is not False for _, bad in self.headings)


def sentences(text: str, line: int = 1) -> Iterator[Sentence]:
    """What a text says, in order of where it stands: prose first, then comments nobody sees, then code."""
    front = _FRONT.match(text)
    bare = _blank(front[0], _DESCRIBED.search(front[0])) + text[front.end() :] if front else text
    open_text, codes = _unfenced(bare)
    hidden = list(_COMMENT.finditer(open_text))
    bare = _COMMENT.sub(lambda found: _blank(found[0]), open_text)
    state = _State()
    spurned: list[tuple[int, bool]] = []
    for one in _blocks(bare.split("\n"), line, state, spurned):
        yield from _split(one)
    for found in hidden:
        at = line + open_text.count("\n", 0, found.start())
        for part in _blocks((found[1] or found[2] or "").split("\n"), at, _State(), []):
            yield from _split(replace(part, where="comment"))
    starts = [start for start, _ in spurned]
    for number, row in codes:
        before = bisect_right(starts, line + number) - 1
        yield Sentence(row[:_LONGEST], line + number, "code", before >= 0 and spurned[before][1])


def _unfenced(text: str) -> tuple[str, list[tuple[int, str]]]:
    """A text without what stands between fences, and the lines of that; a fence nobody closes goes on to the end."""
    kept, codes, fence = [], [], ""
    for number, line in enumerate(text.split("\n")):
        mark = _FENCE.match(line)
        if fence and mark and mark[1].startswith(fence) and not mark[2].strip():
            fence = ""
        elif fence and line.strip():
            codes.append((number, line))
        elif mark and not fence:
            fence = mark[1]
        kept.append("" if fence or mark else line)
    return "\n".join(kept), codes


def _blank(text: str, keep: re.Match[str] | None = None) -> str:
    """The line ends of a text alone, with one line kept in its place."""
    if keep is None:
        return "\n" * text.count("\n")
    return "\n" * text.count("\n", 0, keep.start()) + keep[1] + "\n" * text.count("\n", keep.start())


def _blocks(lines: list[str], first: int, state: _State, spurned: list[tuple[int, bool]]) -> Iterator[Sentence]:
    """Paragraphs, items and cells; `spurned` is told, line by line, whether what stands there is."""
    held: list[str] = []
    start, where, bad = first, "text", False

    def done() -> Iterator[Sentence]:
        if held:
            turns = tuple(accumulate(len(part) + 1 for part in held[:-1]))
            yield Sentence("\n".join(held), start, where, bad, state.mutes, turns)  # type: ignore[arg-type]
            if held[-1].rstrip(" *_").endswith(":"):
                _lead(state, "\n".join(held))
            elif not state.items:
                state.led = False
            held.clear()

    for number, line in enumerate(lines, first):
        heading, item = _HEADING.match(line), _ITEM.match(line)
        if not line.strip() or heading or item or _ROW.match(line):
            yield from done()
        if heading:
            _under(state, heading)
        elif _ROW.match(line):
            yield from _cells(line, number, state)
        elif item:
            state.columns = ()
            depth = len(item[1].expandtabs(4))
            state.items = [one for one in state.items if one[0] < depth]
            said = line[item.end() :]
            bad = _bad(said, state)
            state.items.append((depth, False))
            held, start, where = [said], number, "text"
        elif line.strip():
            if not held:
                _left(state, line)
                start, bad, where = number, _bad(line, state), _where(line)
            held.append(line.strip().removeprefix("> ").removeprefix(">"))
        spurned.append((number, state.spurns or (bool(held) and bad)))
    yield from done()


def _where(line: str) -> Where:
    return "quote" if line.lstrip().startswith(">") else "text"


def _bad(said: str, state: _State) -> bool:
    by_heading = not state.led and not any(bad for _, bad in state.items)
    return bool(_MARKS.match(said)) or (
        state.spurns and not _GOOD.match(said) and not (by_heading and _ORDERS.match(said))
    )


def _lead(state: _State, said: str) -> None:
    """What ends with a colon leads into what follows: an item into those below it, a paragraph into the next list."""
    last = _AFFIRMS.sub(" ", re.split(r"(?<=[.!?])\s", said)[-1])
    if not _SPURNS.search(last):
        return
    if state.items:
        state.items[-1] = (state.items[-1][0], True)
    else:
        state.led = True


def _under(state: _State, heading: re.Match[str]) -> None:
    """A new heading ends what its like and deeper ones began; a line in bold is the deepest of them."""
    depth = len(heading[1]) if heading[1] else 7
    said = _AFFIRMS.sub(" ", heading[2] or heading[3] or (heading[4] or "").replace("-", " ").replace("_", " "))
    state.headings = [one for one in state.headings if one[0] < depth]
    doubtful = bool(_SPURNS.search(said) or _MARKS.match(said)) and not _GOOD.match(said)
    spurns = bool(_FORBIDS.search(said) or _MARKS.match(said))
    state.headings.append((depth, (spurns or None) if doubtful else False))
    state.items, state.led, state.columns = [], False, ()


def _left(state: _State, line: str) -> None:
    """A paragraph that is not indented ends the list before it, and what led into that."""
    state.columns = ()
    if not line[:1].isspace():
        if state.items:
            state.led = False
        state.items = []


def _cells(line: str, number: int, state: _State) -> Iterator[Sentence]:
    cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
    if _RULER.match(line):
        return
    if not state.columns:
        state.columns = tuple(bool(_SPURNS.search(cell)) for cell in cells)
        return
    listed = any(_LISTED.match(cell) for cell in cells) or state.spurns
    for index, cell in enumerate(cells[1:], 1):  # the first names what the row is about
        bad = listed or (index < len(state.columns) and state.columns[index]) or bool(_MARKS.match(cell))
        yield Sentence(cell[:_LONGEST], number, "table", bad, state.mutes)


def _split(block: Sentence) -> Iterator[Sentence]:
    text, at = block.text[: _LONGEST * 4], 0
    for found in (*_END.finditer(text), None):
        end = found.start() if found else len(text)
        said = text[at:end]
        if said.strip():
            turns = tuple(turn - at for turn in block.turns if at < turn <= end)
            yield replace(block, text=said.replace("\n", " "), line=block.line_at(at), turns=turns)
        at = found.end() if found else end

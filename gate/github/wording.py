"""What gate writes on a pull request: the living review, and the short one that brings new comments."""

import re
from collections.abc import Container, Iterable, Sequence

from gate import __version__
from gate.finding import Finding
from gate.github.memory import ANCHOR, Memory, Told, forgotten, mark, read, short, written
from gate.reports import markdown
from gate.reports._findings import brief, comment, meek
from gate.reports._markup import code, details
from gate.reports._words import counted
from gate.review import Review

LIMIT = 63_000
"""Characters; GitHub refuses more than 65,536 (https://github.com/reviewdog/reviewdog/issues/1065)."""

_SHARES = (1, 0.75, 0.5, 0.25, 0.1)
_FIXED = 30
_SUPERSEDED = "Another run of gate was faster: its [review]({url}) is the one that is kept up to date."


def body(review: Review, told: Memory, commented: Container[str], remarks: Sequence[str]) -> str:
    """The living review, with less said of each finding where there are too many.

    `commented` are the short fingerprints of the findings that have a comment on a line.
    """
    folded = {one.fingerprint for one in review.findings if short(one.fingerprint) in commented}
    foot = [*_fixed([*told.fixed.values()]), _signed(review), written(told)]
    for share in _SHARES:
        text = markdown.render(review, folded=folded, remarks=remarks, share=share)
        whole = "\n\n".join([f"{ANCHOR}\n{text.strip()}", *foot])
        if len(whole) <= LIMIT:
            break
    return whole


def inline(finding: Finding, pages: str, *, suggest: bool) -> str:
    """The comment on a finding's line, or with what gate would write there on the lines that would replace."""
    text = comment(finding, pages, suggest=suggest)
    return f"{mark(finding.fingerprint)}\n{text if len(text) <= LIMIT // 2 else meek(brief(finding))}"


def news(count: int, url: str, head: str) -> str:
    """The review that brings comments to a pull request that has its living review already."""
    return f"{counted(count, 'finding')} more in {head}; the [review]({url}) has the whole of it."


def superseded(url: str) -> str:
    return _SUPERSEDED.format(url=url)


def same(one: str, other: str) -> bool:
    """Whether two texts read alike: GitHub keeps line ends its own way, and zlib packs as its version does."""
    return _plain(one) == _plain(other) and read(one) == read(other)


def _plain(text: str) -> str:
    return re.sub(r"[^\S\n]+\n", "\n", forgotten(text).replace("\r\n", "\n")).strip()


def _fixed(gone: Sequence[Told]) -> Iterable[str]:
    if gone:
        rows = [f"- {code(one.rule)} in {code(one.path)}, gone with {one.commit}" for one in gone[-_FIXED:]]
        title = f"✅ {counted(len(gone), 'finding')} fixed in this pull request"
        yield meek(details(title, ["\n".join(rows)]))


def _signed(review: Review) -> str:
    return (
        f"<sub>gate {__version__} judged {review.head} against {review.base}, and edits this review on each push.</sub>"
    )

"""Characters that a reviewer does not see, or takes for others."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import ClassVar, Literal

from gate import lazy
from gate.facts.comment import family, part
from gate.paths import steers
from gate.source import Place, Source

Kind = Literal["order", "mark", "unseen", "smuggled", "lookalike", "control"]

_ORDER = "\u202a-\u202e\u2066-\u2069"
_MARK = "\u200e\u200f\u061c"
_UNSEEN = "\u200b-\u200d\u2060-\u2064\ufeff\u00ad\u180e\u115f\u1160\u3164\uffa0\u034f\u2028\u2029"
_TAG = "\U000e0000-\U000e007f"
_SELECTOR = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_CONTROL = "\0-\x08\x0b\x0e-\x1f\x7f-\x9f"
"""Those of Unicode TR 36 and of CVE-2021-42574 (bidirectional controls), and what models read and people do not (tags)."""
_ANY = lazy.regex(f"[{_ORDER}{_MARK}{_UNSEEN}{_TAG}{_SELECTOR}{_CONTROL}]+")
_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("smuggled", lazy.regex(f"[{_TAG}]|(?<![\u3400-\u9fff])[\U000e0100-\U000e01ef]|[\ufe00-\ufe0f]{{2}}")),
    ("order", lazy.regex(f"[{_ORDER}]")),
    ("mark", lazy.regex(f"[{_MARK}]")),
    ("control", lazy.regex(f"[{_CONTROL}]")),
)
_FLAG = lazy.regex("\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f")
"""The flags of England, Scotland and Wales are spelled with tags (UTS 51, annex B)."""
_WORD = lazy.regex(r"\w+")
_LONGEST, _SHORTEST, _BUNDLED = 80, 3, 2000
"""Letters of a word; those of one that is no accident; those of a line that no person has written."""
_SPELLS = 8
"""As many of such characters as there are bits in a letter."""
_LATIN = dict(zip(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u04bb\u051b\u051d\u0410\u0412\u0415\u041a\u041c"
    "\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0406\u0408\u0405\u03bf\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c"
    "\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03f2\u03f3\u0261\u0251\u0131",
    "aeopcyxijsdhqwABEKMHOPCTYXIJSoABEZHIKMNOPTYXcjgai", strict=True,
))  # fmt: skip
"""Letters that look like a Latin one (Unicode TR 39, confusables); sigma, delta and their like do not."""
_PLAIN = str.maketrans(_LATIN)
_ALIKE = lazy.regex(f"[{''.join(_LATIN)}]")
_TRANSLATED = lazy.regex(r"(?i)\.(po|pot|xlf|xliff|arb|resx)$|(^|/)(locales?|translations?|i18n|lang|messages)[/._-]")
_UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN")
_BREAKS = frozenset({"\u200b", "\u200b\u200b"})
"""What may break a line; more of it spells something."""
_CLASS = lazy.regex(r"\\.|\[(?:[^\]\\\n]|\\.)*\]")
_LITERAL = lazy.regex(rf"(?:^|[=(,:\[!&|?{{;]|\breturn)\s*(?P<literal>/(?![/*])(?:[^/\\\[\n]|{_CLASS.pattern})+/)")
"""A pattern of JavaScript, where no division can stand."""
_MARKUP = lazy.regex(
    r"(?i)\.(html?|xhtml|xml|liquid|hbs|mustache|handlebars|j2|jinja2?|ejs|erb|njk|twig|tmpl|wiki|mdx|tex)$"
)


@dataclass(frozen=True)
class Hidden:
    """A run of such characters, or a word of lookalikes. `joins`: it stands within a word of plain letters."""

    place: Place
    kind: Kind
    where: str
    """ "code", "string", "comment"; in other files "text", "translated", "bundle", and "rules" for what instructs an agent."""
    codes: tuple[str, ...]
    joins: bool
    mixed: bool
    """It stands in writing from right to left, or in such without spaces, where such marks have their use."""
    word: str = ""
    """The Latin word that a word of lookalikes is taken for."""
    turns: bool = True
    """Something on its line is written, or told to be, from right to left: without that no order changes."""

    spells: bool = False
    """It is long enough, and of several of them, so that it may spell something by two of them as by dot and dash."""
    hyphen: bool = False
    """It is where a word may be broken, as a soft hyphen says."""

    languages: ClassVar[frozenset[str]] = frozenset({""})
    hint: ClassVar[re.Pattern[str]] = lazy.regex(r"[^\t\n\r\f\x20-\x7e]")
    any_size: ClassVar[bool] = True

    @classmethod
    def find(cls, source: Source) -> Iterator["Hidden"]:
        found = sorted((*_runs(source.text), *_lookalikes(source)))
        starts = list(accumulate((len(line) + 1 for line in source.lines if found), initial=0))
        told = set()
        for start, end, kind in found:
            line = bisect_right(starts, start)
            if (line, kind) not in told:
                told.add((line, kind))
                long = len(source.lines[line - 1]) > _BUNDLED and source.language != "python"
                where = "bundle" if long else _where(source, start, kind)
                turns = kind != "order" or any(map(_turns, source.lines[line - 1]))
                said, run = _said(source.text, start, end, kind), source.text[start:end]
                spells = len(run) >= _SPELLS and len(set(run)) > 1
                yield cls(Place.at(source.path, line), kind, where, *said, turns, spells, set(run) == {"\u00ad"})


def _runs(text: str) -> Iterator[tuple[int, int, Kind]]:
    flags = [found.span() for found in _FLAG.finditer(text)]
    for found in _ANY.finditer(text):
        kind = _kind(text, *found.span())
        if kind and not any(first <= found.start() < last for first, last in flags):
            yield *found.span(), kind


def _kind(text: str, start: int, end: int) -> Kind | None:
    run = text[start:end]
    before, after = text[start - 1 : start], text[end : end + 1]
    for kind, pattern in _KINDS:
        if pattern.search(run):
            return kind
    if run[-1] == "\ufe0f" and after == "\u20e3":  # the keys of a telephone
        return None
    if "\ufe00" <= run[0] <= "\ufe0f":
        return "unseen" if before.isascii() and before.isalnum() else None
    joiner = set(run) <= {"\u200c", "\u200d", "\ufe0f"}
    lone = before.isascii() or (after.isascii() and after.isalpha())
    return None if joiner and not lone else "unseen"


def _lookalikes(source: Source) -> Iterator[tuple[int, int, Kind]]:
    """Words that mix Latin letters with others that look like them, or consist of those and stand beside the real one."""
    text, end = source.text, 0
    if text.isascii() or family(source) in {"none", "line"} or not _ALIKE.search(text):
        return
    real = frozenset(_WORD.findall(text))
    for found in _ALIKE.finditer(text):
        if found.start() >= end:
            start, end = _word(text, found.start())
            quoted = {text[start - 1 : start], text[end : end + 1]} <= set("'\"`")
            told = quoted or part(source, start) != "string"
            if told and _is_taken_for(text[start:end], real) and not _is_in_class(source, start):
                yield start, end, "lookalike"


def _is_in_class(source: Source, position: int) -> bool:
    """Whether it is one of the letters that a pattern of JavaScript takes, as in `/[a-z\u0430-\u044f]/`: no name stands there."""
    if source.language not in {"javascript", "typescript"}:
        return False
    first, end = source.text.rfind("\n", 0, position) + 1, source.text.find("\n", position)
    classes = _classes(source.text[first : end if end >= 0 else None]) if position - first < _BUNDLED else ()
    return any(begins < position - first < ends and part(source, first + at) == "code" for at, begins, ends in classes)


@lru_cache(maxsize=8)
def _classes(line: str) -> tuple[tuple[int, int, int], ...]:
    """Where a line has patterns, and where classes of letters in them begin and end."""
    found = ((one.start("literal"), one["literal"]) for one in _LITERAL.finditer(line[: 2 * _BUNDLED]))
    return tuple((at, at + part.start(), at + part.end()) for at, text in found for part in _CLASS.finditer(text))


def _word(text: str, at: int) -> tuple[int, int]:
    start = at
    while start and start > at - _LONGEST and (text[start - 1].isalnum() or text[start - 1] == "_"):
        start -= 1
    rest = _WORD.match(text, at)
    return start, rest.end() if rest else at + 1


def _is_taken_for(word: str, real: frozenset[str]) -> bool:
    plain = word.translate(_PLAIN)
    if not plain.isascii():
        return False
    mixed = any(letter.isascii() and letter.isalpha() for letter in word)
    return mixed or (len(plain) >= _SHORTEST and plain in real)


def _said(text: str, start: int, end: int, kind: Kind) -> tuple[tuple[str, ...], bool, bool, str]:
    run, before, after = text[start:end], text[start - 1 : start], text[end : end + 1]
    odd = [letter for letter in run if kind != "lookalike" or not letter.isascii()]
    codes = tuple(dict.fromkeys(f"U+{ord(letter):04X}" for letter in odd[:8]))
    joins = all(side.isascii() and (side.isalnum() or side == "_") for side in (before, after)) and bool(
        before and after
    )
    mixed = _is_rtl(before) or _is_rtl(after) or (run in _BREAKS and _is_unspaced(before) and _is_unspaced(after))
    return codes, joins, mixed, run.translate(_PLAIN)[:60] if kind == "lookalike" else ""


def _is_unspaced(letter: str) -> bool:
    """Whether it is of a script that sets no space between words, in which U+200B says where a line may end."""
    return bool(letter) and unicodedata.name(letter, "").startswith(_UNSPACED)


def _is_rtl(letter: str) -> bool:
    return bool(letter) and unicodedata.bidirectional(letter) in {"R", "AL"}


def _turns(letter: str) -> bool:
    return not letter.isascii() and unicodedata.bidirectional(letter) in {"R", "AL", "AN", "RLE", "RLO", "RLI", "FSI"}


def _where(source: Source, position: int, kind: Kind) -> str:
    if steers(source.path):
        return "rules"
    if _TRANSLATED.search(source.path):
        return "translated"
    if family(source) == "none" or _MARKUP.search(source.path):
        return "text"
    if family(source) == "line":
        return "string"
    where = part(source, position)
    is_script = source.language in {"javascript", "typescript"}  # where a mark in code is an error (ECMA-262, 12.7)
    return "string" if kind == "mark" and where == "code" and is_script else where

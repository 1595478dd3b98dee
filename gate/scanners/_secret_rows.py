"""Secrets that a whole file tells of: files of a tool, rows of a table or of SQL, words that restore a wallet.

Loaded by the worker only.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gate import lazy

if TYPE_CHECKING or __package__:
    from gate.scanners import _secret_looks as looks
    from gate.scanners import _secret_places as places
else:  # the worker loads them first, under these names
    import _secret_looks as looks
    import _secret_places as places

_TABLE = lazy.regex(
    r"(?m)^\s{0,9}\|(?P<names>[^\n]{3,300})\|[ \t]{0,9}\n\s{0,9}\|[\s:|-]{3,300}\n"
    r"(?P<rows>(?:\s{0,9}\|[^\n]{3,900}\n?){1,60})"
)
_INSERT = lazy.regex(
    r"(?:INTO|into)\s+[^\s(]{1,80}\s{0,4}\((?P<names>[^()]{3,400})\)\s{0,9}(?:VALUES|values)\s{0,9}\((?P<values>[^\n]{3,900})"
)
_CELL = lazy.regex(r"\s{0,9}(?:'((?:[^'\n]|''){0,300})'|[^,'\n]{1,200})\s{0,9}(?:,|\)|$)")
_PHRASE = lazy.regex(
    r"""(?i)\b(?:mnemonic|(?:seed|recovery|secret)_?(?:phrase|words))\w{0,20}["']?\s{0,4}[:=]\s{0,4}["'`]?"""
    r"""(?P<value>(?:[a-z]{3,8} ){11,23}[a-z]{3,8})\b"""
)
_WALLET = ("mnemonic", "seed_phrase", "seedphrase", "recovery", "secret_words", "secretwords")
"""The words that restore a wallet: 12 to 24 of a list (BIP-39)."""
_TWILIO = lazy.regex(
    r"(?:\bClient(?:\.new)?|[tT]wilio[\w.:'\")]{0,40}?)\s{0,3}\(\s{0,40}[^,\n]{1,80},\s{0,40}(?:\w{1,20}\s?[=:]\s?)?[\"'`](?P<value>[0-9a-f]{32})[\"'`]"
)
"""The second that a client of Twilio is given; it looks like the digest of something."""
_SIGNED = lazy.regex(
    r"(?:[sS]ession|[jJ]wt\w{0,10}|[cC]ookie\w{0,10}|Strategy|NextAuth|register)\s{0,3}\(\s{0,9}(?:[\w.]{1,40},\s{0,9})?"
    r"\{(?:[^{}]|\{[^{}]{0,200}\}){0,300}?\bsecret(?:OrKey)?\s{0,3}:\s{0,3}\[?[\"'`](?P<value>[^\"'`\s]{8,200})[\"'`]"
)
"""What sessions, cookies and tokens are signed with, in the options of what signs them."""
_FILES = (
    (
        lazy.regex(r"pgpass"),
        lazy.regex(r"(?m)^[^:\n#]{1,120}:[\d*]{1,5}:[^:\n]{1,60}:[^:\n]{1,60}:(?P<value>[^:\s]{4,80})$"),
    ),
    (
        lazy.regex(r"htpasswd"),
        lazy.regex(r"(?m)^[^:\s]{1,60}:(?P<value>(?:\$(?:apr1|2[aby]|[156])\$|\{SHA\})[\w./$=+]{20,120})$"),
    ),
)
"""Files of a tool, a line of which is an account."""


def in_file(name: str, text: str, lower: str) -> Iterator[places.Span]:
    """Where a file holds secrets because it is of a kind, or over several lines; `lower` is its text in lower case."""
    for kind, pattern in _FILES:
        if kind.search(name):
            yield from (account.span("value") for account in pattern.finditer(text))
    for match in _TWILIO.finditer(text) if "twilio" in lower else ():
        yield match.span("value")
    for match in _SIGNED.finditer(text) if "secret:" in lower or "secretorkey" in lower else ():
        if looks.password(match["value"]) or looks.key(match["value"]):
            yield match.span("value")
    for match in _PHRASE.finditer(text) if any(word in lower for word in _WALLET) else ():
        if len(set(match["value"].lower().split())) >= 10:
            yield match.span("value")
    for match in _INSERT.finditer(text) if "values" in lower else ():
        yield from _inserted(match)
    for match in _TABLE.finditer(text) if places.is_prose(name) and "|" in text else ():
        yield from _tabled(match)


def _tabled(match: re.Match[str]) -> Iterator[places.Span]:
    """The cells of a table of Markdown that stand in a column of passwords or keys."""
    columns = [at for at, name in enumerate(match["names"].split("|")) if looks.named(name.strip(" *_`"))]
    start = match.start("rows")
    for row in match["rows"].splitlines(keepends=True) if columns else ():
        cells = [*re.finditer(r"[^|\n]+", row.strip(" \n").strip("|"))]
        low = start + row.index("|") + 1
        for cell in (cells[at] for at in columns if at < len(cells)):
            value = cell[0].strip(" *_`")
            if looks.password(value):
                at = low + cell.start() + cell[0].index(value)
                yield at, at + len(value)
        start += len(row)


def _inserted(match: re.Match[str]) -> Iterator[places.Span]:
    """The cells of a row that stand in a column of passwords or keys."""
    names = [name.strip(' \n\t`"[]') for name in match["names"].split(",")]
    at = match.start("values")
    for name in names:
        cell = _CELL.match(match.string, at, match.end("values"))
        if not cell:
            return
        at = cell.end()
        if cell[1] and looks.fits(name, cell[1]):
            yield cell.span(1)

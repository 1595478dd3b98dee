"""Placeholders and holes in SQL text, turned into identifiers that every SQL parser reads.

A placeholder (`%s`, `?`, `$1`, `:name`) is a value the driver binds; it becomes `gpv_0`. A hole is where the
host language puts text of its own (an f-string field, a template tag); it becomes `gph_0`, for it may be
anything. Raw, neither parses everywhere, and some silently parse as something else.
"""

import re
from dataclasses import dataclass

from gate import lazy
from gate.facts.sqltext import pieces, words

HOLE = "\ue000"
"""Stands for an unknown piece of text in a string that was read out of a program."""

_TEMPLATE_HOLE = lazy.regex(
    r"\{\{[^{}\n]{0,300}\}\}|\$\{[^{}\n]{0,200}\}|#\{[^{}\n]{0,200}\}|<%=[^%\n]{0,200}%>|\$%\w+%\$|@@\w+@@|:(?:'\w+'|\"\w+\")"
)
_MARK = lazy.regex(
    rf"(?P<hole>{HOLE}|\{{\w*(?:\.\w+)*(?:![rs])?(?::[^{{}}\s]{{0,20}})?\}})"
    r"|(?P<value>%\(\w{1,80}\)[sdf]|%s|(?<!@)\?(?![|&?])\d*|(?<![\w:\])]):(?:[A-Za-z_]\w*|\d+)\b(?!:)|\$\d+\b)"
    r"|(?P<percent>%%)"
)
_EXPECTS = words(
    "select distinct all from join on and or not where having set by in values into update table limit offset "
    "like ilike is between as when then else case using union intersect except exists returning interval top "
    "with delete only any column view index truncate schema role database replace default over filter qualify "
    "rlike regexp similar to escape"
)
_TAIL = lazy.regex(r"(\w+|\S)\s*$")


@dataclass(frozen=True)
class Plain:
    """SQL without placeholders; every line stands where it stood. `opaque`: a hole may add a clause to it."""

    sql: str
    opaque: bool


def holes(text: str) -> str:
    """The text of a .sql file with the tags of template languages made holes."""
    return _TEMPLATE_HOLE.sub(HOLE, text)


def plain(text: str) -> Plain:
    """SQL that parsers read, from SQL as a program holds it; comments become spaces."""
    writer = _Writer([], [], opaque=False)
    for piece in pieces(text):
        said = text[piece.start : piece.end]
        if piece.kind == "comment":
            _say(writer.out, re.sub(r"[^\n]", " ", said))
        elif piece.kind == "code":
            writer = _code(writer, said)
        elif HOLE in said:
            writer.out.append(said.replace(HOLE, "hole" if piece.kind != "name" else "gph_0"))
        else:
            writer.out.append(said)
    return Plain("".join(writer.out), writer.opaque)


@dataclass(frozen=True)
class _Writer:
    out: list[str]
    count: list[str]
    opaque: bool


def _code(writer: _Writer, text: str) -> _Writer:
    out, opaque, done = writer.out, writer.opaque, 0
    for found in _MARK.finditer(text):
        _say(out, text[done : found.start()])
        done = found.end()
        if found["percent"]:
            out.append("%")
            continue
        glued = _glued(text, found.start() - 1) or _glued(text, found.end())
        writer.count.append("")
        name = f"gp{'v' if found['value'] else 'h'}_{len(writer.count)}"
        if found["value"]:
            out.append(found[0] if _is_operator(out, found[0], text[done:]) else f" {name} ")
        elif glued:
            out.append(name)
        elif _expects_operand(out):
            out.append(f" {name} ")
        else:
            opaque = True
            _say(out, " ")
    _say(out, text[done:])
    return _Writer(out, writer.count, opaque)


def _say(out: list[str], text: str) -> None:
    """Add to what was said; blanks join blanks, so that the last word is never far."""
    if out and not text.strip() and not out[-1].strip():
        out[-1] += text
    else:
        out.append(text)


def _glued(text: str, index: int) -> bool:
    return 0 <= index < len(text) and (text[index].isalnum() or text[index] in "_.") and text[index] != HOLE


def _last(out: list[str]) -> str:
    for part in reversed(out):
        if part.strip():
            found = _TAIL.search(part[-200:])
            return found[1] if found else ""
    return ""


def _expects_operand(out: list[str]) -> bool:
    """Whether what was said so far cannot stand without a name or a value after it."""
    last = _last(out)
    if not last:
        return True
    if last[0].isalnum() or last[0] == "_":
        return last.lower() in _EXPECTS
    return last not in ")]'\"`*"


def _is_operator(out: list[str], mark: str, rest: str) -> bool:
    """A lone `?` between two operands asks whether a JSON object has a key (PostgreSQL)."""
    return (
        mark == "?"
        and not _expects_operand(out)
        and bool(re.match(r"\s*(?:['(\w%$:?]|$)", rest))
        and not re.match(r"(?i)\s*(?:and|or|order|group|limit|returning|union|then|end|as|from|where|on|for)\b", rest)
    )

"""SQL as text: where its strings, names and comments lie, and where one statement ends and the next begins.

Nothing here fails: text that is no SQL is one statement of no verb.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gate import lazy

_NEXT = lazy.regex(
    r"--|/\*|#|[eE]?'|\"|`|\$(?:[A-Za-z_]\w*)?\$|;|^[ \t]*(?:\\.*|GO[ \t]*|/[ \t]*|DELIMITER[ \t].*)$",
    re.MULTILINE | re.IGNORECASE,
)
_TAGS = lazy.regex(r"\$(?:[A-Za-z_]\w*)?\$")
_MYSQL = lazy.regex(r"(?i)\bENGINE\s*=|^DELIMITER\s|`", re.MULTILINE)
_ROUTINE = lazy.regex(
    r"(?i)\s*(?:create\s+(?:or\s+(?:replace|alter)\s+)?(?:definer\s*=\s*\S+\s+)?(?:temp(?:orary)?\s+|constraint\s+)?"
    r"(?:trigger|procedure|proc|function|event|package)|do)\b"
)
_ROUTINE_END = lazy.regex(r"(?i)\s*end\b(?!\s*(?:if|loop|case|while|repeat|for)\b)")
_INSIDE = lazy.regex(
    r"(?i)\b(?:begin|then|else|loop|do(?!\s+update\s+set\b))\s+(?=(?:select|insert|update|delete|merge|with|truncate|alter|create|drop|grant|execute)\b)"
)
_COPY = lazy.regex(r"(?im)(^copy\b[^;]{0,4000}?\bfrom\s+stdin\b[^;\n]*;)([^\\]*(?:\\(?!\.\n)[^\\]*)*)")
_TAG = lazy.regex(r"\{#(?:[^#{]|#(?!\})|\{(?!#))*#\}|\{%(?:[^%{]|%(?!\})|\{(?!%))*%\}")
_REFERENCE = lazy.regex(r"\{\{-?\s*(?:ref|source)\s*\((?:[^(){}]*,)?\s*['\"]([\w. ]+)['\"]\s*\)\s*-?\}\}")
_LONE_TAG = lazy.regex(
    r"\{\{-?\s*(?:config|log|print)\s*\((?:[^{}]|\}(?!\})|\{(?!\{))*\}\}"
    r"|^[ \t]*\{\{[^{}\n]*\}\}[ \t]*$(?=\s*(?:select|with|create|insert|update|delete|merge|alter|drop)\b)",
    re.MULTILINE | re.IGNORECASE,
)
_STAR_TAG = lazy.regex(r"\{\{-?\s*(?:\w+\.)?star\s*\([^{}]*\}\}")


def words(text: str) -> frozenset[str]:
    """The words of a list written as one text."""
    return frozenset(text.split())


@dataclass(frozen=True)
class Piece:
    """A stretch of text: "code", "string", "name" (quoted), "comment", "body" (dollar-quoted) or "end"."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True)
class Statement:
    """One statement as written, and where it starts (characters). `routine`: it is part of a stored routine."""

    text: str
    start: int
    routine: bool = False


def pieces(text: str) -> Iterator[Piece]:
    """Cut text into stretches that leave nothing out; the time it takes grows with the length, whatever it holds.

    A quote that is never closed is code, so that it cannot hide what follows.
    """
    last = {found[0]: found.start() for found in _TAGS.finditer(text)}
    last["*/"] = text.rfind("*/")
    mysql = _MYSQL.search(text) is not None
    done = at = 0
    while found := _NEXT.search(text, at):
        kind, end = _stretch(text, found, last, mysql=mysql)
        if end is None:
            at = found.end()
            continue
        if found.start() > done:
            yield Piece("code", done, found.start())
        yield Piece(kind, found.start(), end)
        done = at = end
    if done < len(text):
        yield Piece("code", done, len(text))


def _stretch(text: str, found: re.Match[str], last: dict[str, int], *, mysql: bool) -> tuple[str, int | None]:
    """The kind of what begins at a delimiter, and where it ends; None when it is no delimiter after all."""
    mark, start, after = found[0], found.start(), found.end()
    if mark == "--" or (mark == "#" and mysql):
        return "comment", _line_end(text, after)
    if mark == "/*":
        return "comment", None if last["*/"] < after or text.startswith("!", after) else _comment_end(text, start)
    if mark == ";":
        return "end", after
    if mark.endswith("'"):
        return "string", _quoted(text, after, "'", escapes=mysql or len(mark) == 2)
    if mark in {'"', "`"}:
        return "name", _quoted(text, after, mark, escapes=False)
    if mark.startswith("$"):
        return "body", text.index(mark, after) + len(mark) if last.get(mark, 0) >= after else None
    return ("end", after) if mark != "#" else ("code", None)


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


_COMMENT_EDGE = lazy.regex(r"/\*|\*/")


def _comment_end(text: str, start: int) -> int:
    """The end of a comment that may hold others (PostgreSQL), else of the plain kind.

    A database that does not nest comments runs what follows the first end, so where nesting closes no
    sooner than two hundred characters later, the plain reading counts.
    """
    plain = text.index("*/", start + 2) + 2
    depth = 0
    for edge in _COMMENT_EDGE.finditer(text, start, plain + 200):
        depth += 1 if edge[0] == "/*" else -1
        if depth == 0:
            return edge.end()
    return plain


_QUOTE_END = {mark: lazy.regex(rf"{mark}(?!{mark})|{mark}{mark}") for mark in ("'", '"', "`")}
_ESCAPED_END = lazy.regex(r"\\.|''|'", re.DOTALL)


def _quoted(text: str, at: int, mark: str, *, escapes: bool) -> int | None:
    pattern = _ESCAPED_END if escapes else _QUOTE_END[mark]
    while found := pattern.search(text, at):
        if found[0] == mark:
            return found.end()
        at = found.end()
    return None


def split(text: str) -> Iterator[Statement]:
    """The statements of a script, those inside stored routines on their own; no text is left out."""
    yield from _split(text, 0, routine=False)


def _split(text: str, offset: int, *, routine: bool, deep: int = 0) -> Iterator[Statement]:
    inside = routine
    start, fresh = 0, True
    for piece in pieces(text):
        cuts = [piece.end] if piece.kind == "end" else []
        if piece.kind == "code":
            if fresh and text[piece.start : piece.end].strip():
                fresh, inside = False, inside or _ROUTINE.match(text, piece.start, piece.end) is not None
            cuts = [found.end() for found in _INSIDE.finditer(text, piece.start, piece.end)] if inside else []
        elif piece.kind == "body" and deep < 3:
            tag = text.index("$", piece.start + 1) + 1 - piece.start
            inner = text[piece.start + tag : piece.end - tag]
            yield from _split(inner, offset + piece.start + tag, routine=True, deep=deep + 1)
        for cut in cuts:
            said = text[start:cut].removesuffix(";")
            if said.strip():
                yield Statement(said, offset + start, inside)
            inside = routine or (inside and not _ROUTINE_END.match(said))
            start, fresh = cut, piece.kind == "end"
    if text[start:].strip():
        yield Statement(text[start:], offset + start, inside)


def script(text: str) -> str:
    """A .sql file ready to be split: data and template tags blanked or named, every line in its place."""
    text = _COPY.sub(lambda found: found[1] + _blank(found[2]), text)
    if "{{" not in text and "{%" not in text and "{#" not in text:
        return text
    text = _TAG.sub(lambda found: _blank(found[0]), text)
    text = _REFERENCE.sub(lambda found: found[1].replace(" ", "_").ljust(len(found[0])), text)
    text = _LONE_TAG.sub(lambda found: _blank(found[0]), text)
    return _STAR_TAG.sub(lambda found: "named_columns".ljust(len(found[0])), text)


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)

"""What constant text around a value tells: the language it is written in, and whether the address is settled."""

import ast
import re
from collections.abc import Container, Iterable, Iterator, Sequence

from gate import lazy
from gate.facts.names import constant
from gate.facts.value import ADDRESSED, DOUBLED, IN_HTML, IN_LDAP, IN_SQL, UNQUOTED, Atoms, marked, unmarked

_SQL = lazy.regex(
    r"(?i)\bselect\b[^;]*\bfrom\b|\binsert\s+into\b|\bupdate\s+\S+\s+set\b|\bdelete\s+from\b|\b(?:drop|alter|create)\s+(?:table|database|user|view|index|schema)\b"
    r"|\bwhere\s+[\w.\"`\[\]]+\s*(?:=|<|>|!=|\bin\b|\blike\b|\bis\b)|\border\s+by\b|\bvalues\s*\(|\bjoin\s+\w+\s+on\b|\bselect\s+(?:\*|[\w.]+\s*,)"
)
_LDAP = lazy.regex(r"\((?:[&|!]\s*\(|[\w-]+\s*[~<>]?=)")
_HTML = lazy.regex(r"<(?:!doctype|/?[a-zA-Z][\w-]*(?:\s|/?>|$))", re.IGNORECASE)
_LANGUAGES = ((_SQL, IN_SQL), (_LDAP, IN_LDAP), (_HTML, IN_HTML))
_SETTLED = lazy.regex(
    r"[?#]|(?:\w+:)?//[^/?#]*[^/?#:@.\0][^/?#:@]*(?::\d+)?[/?#]|/[^/\\\0]|\0[^/?#]*[/?#=]|[^/\0:]+[/?#]"
)
"""Text before a value, `\\0` standing for another: it begins with a host and what ends it, or with a path."""
HOLE = "\0"
_MAX_TEXT = 4_000


def spoken(texts: Iterable[str | None], atoms: Atoms) -> Atoms:
    """Origins of what is put into text, marked by the language of its constant parts."""
    if not atoms:
        return atoms
    whole = " ".join(text for text in texts if text)[:_MAX_TEXT]
    for pattern, mark in _LANGUAGES if whole else ():
        if pattern.search(whole):
            atoms = marked(atoms, mark)
    return atoms


def placed(before: str, atoms: Atoms) -> Atoms:
    """Origins of what stands behind this text, marked where the text settles the address."""
    if not before.endswith(("'", '"')):
        atoms = unmarked(atoms, UNQUOTED + DOUBLED)
    return marked(atoms, ADDRESSED) if atoms and _SETTLED.match(before) else atoms


def settles(text: str) -> bool:
    """Whether text that begins so names a host of its own, and what ends it, or holds all that is read of it."""
    return text.startswith("data:") or ("//" in text and bool(_SETTLED.match(text)))


def flat(node: ast.expr) -> Sequence[ast.expr]:
    """The parts of text that is put together by `+` and f-strings, in their order."""
    return [part for added in summands(node) for part in _spelled_out(added)]


def summands(node: ast.expr) -> Iterator[ast.expr]:
    """What stands between the `+` of an expression, in its order."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Add):
            waiting += [part.right, part.left]
        else:
            yield part


def _spelled_out(part: ast.expr) -> Sequence[ast.expr]:
    return part.values if isinstance(part, ast.JoinedStr) else [part]


def before(parts: Sequence[ast.expr], fixed: Container[ast.expr] = ()) -> Iterator[tuple[ast.expr, str]]:
    """Each part of a text that is not constant, with the text before it; what nobody outside chooses is a digit there."""
    said = ""
    for part in parts:
        text = constant(part)
        if text is None:
            yield part, said
        said += text[:_MAX_TEXT] if text is not None else "0" if part in fixed else HOLE

"""Is this text SQL, or prose that opens like it?

A parser cannot tell: it reads "Delete from cart" and "Update user set password" without complaint. What counts is
the verb's own shape, how it is written, and where it is put.
"""

import re
from functools import cache

from gate import lazy
from gate.facts.placeholders import HOLE
from gate.hint import Hint

_BEHIND = {
    "select": r"(?:\s|/\*|[\"'])(?:(?!select\s)[^;]){0,3000}?\bfrom\b",
    "insert": r"\s{1,40}(?:or\s{1,9}\w{1,20}\s{1,9}|ignore\s{1,9})?(?:into|overwrite)\s",
    "update": r"\s{1,40}\S{1,200}\s{1,40}(?:as\s{1,9})?(?:\w{1,60}\s{1,40})?(?:set\s|[\"']|(?:(?:left|right|inner|cross)\s|join\s|,)[^;]{1,2000}?\sset\s)",
    "delete": r"(?:\s{1,40}|[\"'\s,+]{2,40}|/\*[^;]{0,60}?\*/)(?:\w{1,60}\s{1,9})?from(?:\s|/\*|[\"'])",
    "table": r"\s{1,9}\w{1,80}[\"';]",
    "merge": r"\s{1,9}into\s",
}
HINT = Hint.of(*((verb, rf"(?:(?<!\w{verb})|(?<=\\[nrt]{verb})){behind}") for verb, behind in _BEHIND.items()))
"""A file that does not match holds no SQL of rows; matching takes time in proportion to the text."""
DDL_HINT = Hint.of(
    ("alter", r"\s{1,9}(?:table|policy|role|user|function|procedure|routine|view|default|database)\s"),
    ("create", (r"\s{1,9}(?:or\s{1,9}replace\s{1,9})?(?:(?:temp|temporary|unlogged|recursive|materialized|unique)\s{1,9})?"
               r"(?:table|policy|role|user|function|procedure|view|index)\s")),
    ("drop", r"\s{1,9}(?:table|schema|database|policy|owned|column|function|procedure|view)\s"),
    ("grant", r"\s[^;]{1,400}?\sto\s"),
    ("truncate", r"\s{1,9}[\w\"`{]"),
    ("set", r"(?:\s{1,9}(?:(?:local|session)\s{1,9})?(?:row_security|role|search_path|authorization|\w{1,60}\.\w)|_config\s{0,9}\()"),
)  # fmt: skip
"""A file that does not match holds no statement that changes the database itself, or whose rows a session sees."""

_N = rf"[\w\"`\[\]{{}}.$%:@#!*{HOLE}'-]+"
_GAP = r"(?:\s+|/\*[^;]{0,200}?\*/)+"
_SPACED = r"(?:\"[^\"]{1,80}\"|`[^`]{1,80}`|\[[^\]]{1,80}\])"
_ENDS = (
    rf"\s*(?:$|[,;*.)#\"`{HOLE}]|--|/\*|(?:restart|continue|cascade|restrict|partition|reuse|drop|preserve|purge|immediate|ignore"
    r"|with|on|sync|settings|nowait|wait)\b)"
)
"""What may stand behind the table that is truncated: another, or how; `truncate text-xs font-medium` names styles."""
_SHAPES = {
    "select": rf"select\s+(?:\w+\.)?set_config\s*\(|select\b.*?[\s)\"*`'\]{HOLE}]from\s*[\w\"`\[({{$%:@#{HOLE}'?]",
    "with": rf"with\s+(?:recursive\s+)?{_N}\s*(?:\([^()]*\)\s*)?as\s+(?:(?:not\s+)?materialized\s+)?\(",
    "insert": rf"insert\s+(?:or\s+\w+\s+|ignore\s+|low_priority\s+)?(?:into|overwrite(?:\s+table)?)\s+{_N}"
              r".*?\b(?:values|select|with|default\s+values|set|table)\b",
    "replace": rf"replace\s+into\s+{_N}.*?\b(?:values|select|set)\b",
    "update": rf"update\s+(?:only\s+|or\s+\w+\s+)?{_N}\s+(?:(?:as\s+)?{_N}\s+)?"
              r"(?:(?:left|right|inner|cross|join|,).{1,2000}?)?set\b\s*\S",
    "delete": rf"delete{_GAP}(?:{_N}\s+)?from{_GAP}(?:only\s+)?{_N}",
    "truncate": rf"truncate\s+(?:table\s+)?(?:if\s+exists\s+)?(?:only\s+)?(?:{_SPACED}|{_N}){_ENDS}",
    "merge": rf"merge\s+(?:into\s+)?{_N}.*?\busing\b",
    "create": r"create\s+(?:or\s+replace\s+)?"
              r"(?:(?:global|local|temp|temporary|unlogged|materialized|recursive|external|transient)\s+)*"
              r"(?:table|view|function|procedure|trigger|policy|role|user|schema|unique\s+index)\s+\S",
    "alter": r"alter\s+(?:table|policy|role|user|function|procedure|routine|view|materialized\s+view|default\s+privileges"
             r"|database)\s+\S",
    "drop": r"drop\s+(?:table|schema|database|policy|owned|role|view|function|procedure)\s+\S",
    "grant": r"grant\s+\S.*?\bto\s+\S",
    "revoke": r"revoke\s+\S.*?\bfrom\s+\S",
    "set": r"set\s+(?:local\s+|session\s+)?(?:row_security|role|search_path|authorization|\w+\.\w+)\b",
    "reset": r"reset\s+\w",
    "execute": r"execute\s+(?:immediate\s+)?(?:format\s*\(\s*)?'",
    "table": rf"table\s+{_N}\s*",
    "explain": r"explain\b[^;]*?\b(?:select|insert|update|delete|with|merge)\b",
    "copy": r"copy\s*\(.*\)\s*to\b",
    "declare": r"declare\s+\w+\s.*?\bcursor\b.*?\bfor\b",
    "prepare": r"prepare\s+\w+\s*(?:\([^()]*\)\s*)?as\s",
}  # fmt: skip
_LEAD = lazy.regex(r"(?:\s+|--[^\n]*(?:\n|$)|/\*!\d*|/\*[^*]*\*+(?:[^/*][^*]*\*+)*/|\()*")
_COMMENTS = lazy.regex(r"(?:\s+|--[^\n]*(?:\n|$)|/\*(?!!)[^*]*\*+(?:[^/*][^*]*\*+)*/)*")
_BLOCKS = lazy.regex(r"/\*(?!!)[^*]*\*+(?:[^/*][^*]*\*+)*/")
_PREAMBLE = lazy.regex(
    r"(?i)\s*(?:begin|do\s+\$|start\s+transaction|set\s+\w+|pragma\s+\w+|use\s+\w+|drop\s+(?:table|view)\s|alter\s+table\s)"
)
_VERB = lazy.regex(r"[A-Za-z]+")
_UPPER = lazy.regex(r"\b(FROM|WHERE|SET|VALUES|JOIN|ORDER BY|GROUP BY|LIMIT|INTO|TABLE|AND|ON|AS|UNION|RETURNING)\b")
_MARKS = lazy.regex(rf"[=*(,{HOLE}]|\w_\w|\w\.\w|%s|\?|\$\d")
_PROSE = lazy.regex(
    r"(?i)\b(?:from|into|update|table)\s+(?:the|a|an|your|this|that|these|those|my|our|their|all|any|each|one|which|where|list|"
    r"active|available|following|above|below)\b(?!\s*[.,(;]|\s+(?:where|set|as|join|on|limit|order|group|union)\b|\s*$)"
)


def opening(text: str) -> int:
    """Where a statement begins, behind the comments that stand before it."""
    found = _COMMENTS.match(text)
    return found.end() if found else 0


def may_open(text: str) -> bool:
    """Whether a text's first words allow that it, or what it is joined with, is a statement."""
    start = _LEAD.match(text)
    at = start.end() if start else 0
    word = _VERB.match(text, at, at + 12)
    return at == len(text) or (word is not None and (word[0].lower() in _SHAPES or is_script(text)))


def is_script(text: str) -> bool:
    """Whether a text is several statements, the first of which says nothing of rows: `BEGIN; DELETE ...`."""
    return ";" in text and _PREAMBLE.match(text) is not None


def verb(text: str) -> str:
    """The verb a statement opens with, lower case, if the rest has the shape that goes with it; else ""."""
    end = text.rfind("*/") + 2  # behind the last one nothing closes, and each opening would be read to the end
    text = _BLOCKS.sub(" ", text[:end]) + text[end:] if end > 1 else text
    start = _LEAD.match(text)
    at = start.end() if start else 0
    word = _VERB.match(text, at, at + 12)
    if word is None:
        return ""
    name = word[0].lower()
    return name if name in _SHAPES and _shape(name).match(text, at) else ""


@cache
def _shape(verb: str) -> re.Pattern[str]:
    """Compiled when first met: most changes meet two or three of them."""
    return re.compile(_SHAPES[verb], re.IGNORECASE | re.DOTALL)


def is_sql(text: str, *, score: int, sure: bool) -> bool:
    """Whether a string that has a verb's shape is SQL.

    `score`: what its place speaks for it (a driver's call, a name such as `query`) or against it (a label).
    `sure`: it is handed to something that only takes SQL.
    """
    start = _LEAD.match(text)
    at = start.end() if start else 0
    word = _VERB.match(text, at)
    if word is None or (not sure and (_PROSE.search(text) or not (word[0].isupper() or word[0].islower()))):
        return False
    body = text[at:4000]
    upper = len(set(_UPPER.findall(body)))
    points = score + (2 if word[0].isupper() else 1) + min(upper, 3)
    points += min(len(_MARKS.findall(body)), 2) + ("\n" in body.strip())
    enough = 3 if sure else 4 if word[0].isupper() and upper else 5
    return points >= enough

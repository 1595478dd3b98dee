"""JavaScript and TypeScript in words that semgrep follows, each on the line where it stood.

Its front end (1.185) loses what some forms hold: a destructuring with defaults, a cast to a type that is written out,
a call with types below `await`, a function that is a field of a class, pairs that the head of a `for` takes apart.
They are written out here.
"""

import re
from bisect import bisect_right

from gate import lazy
from gate.facts.comment import TOKENS

_TYPES = r"(?<=\w)<(?![<=\s])[^<>()=&|\"'`]{1,200}(?:<[^<>()=&|\"'`]{0,100}>[^<>()=&|\"'`]{0,60})*>(?=[(`])"
_CAST = r"(?<=[\w)\]!])\s+as\s+\{[^{}\"'`]{0,500}\}"
_TAKEN_APART = r"(?:\b(?:const|let|var)\s+|[(,]\s*)\{(?:[^{}()=]|=(?!>)|\{\s*\}){1,500}\}(?!\s*=\s*process\.env)"
_DEFAULT = (
    r"""(?<=[\w$])\s*=\s*(?:"[\w ./:@#-]*"|'[\w ./:@#-]*'|`[\w ./:@#-]*`|-?\d[\w.]*|[A-Z][A-Z0-9_]*|true|false|null"""
    r"""|undefined|\[\s*\]|\{\s*\})(?=\s*[,}])"""
)
"""Constants only: another default may be what arrives, and between quotes that a pattern has turned round there is code."""
_FIELD = lazy.regex(
    r"(?m)^(?P<head>[ \t]+(?:(?:public|private|protected|static|readonly|override)[ \t]+)*)(?P<name>#?[\w$]+)"
    r"[ \t]*=[ \t]*(?P<tense>async[ \t]*)?(?P<given>\((?:[^()]|\([^()]*\)){0,400}\)(?:[ \t]*:[^=;{}()]{1,100})?)"
    r"[ \t]*=>[ \t]*(?=\{)"
)
_PAIRS = lazy.regex(
    r"\bfor[ \t]*(?P<tense>await[ \t]*)?\([ \t]*(?:const|let|var)[ \t]+(?P<pair>\[[^\[\]=]{1,100}\])[ \t]+of[ \t]+"
    r"(?P<list>(?:[^(){};]|\((?:[^(){};]|\([^(){};]*\))*\)){1,200})\)[ \t]*\{"
)
_CLASS = lazy.regex(r"\bclass\b[^{};()]{0,300}$")


def _in_code(pattern: str) -> re.Pattern[str]:
    """A pattern that finds nothing that begins in a string or a comment: what is put there to be lost must stay."""
    return re.compile(rf"{TOKENS['slash'].pattern}|(?P<lost>{pattern})", re.DOTALL)


_LOST, _HEADS, _DEFAULTS = _in_code(f"{_TYPES}|{_CAST}"), _in_code(_TAKEN_APART), _in_code(_DEFAULT)


def plain(text: str, *, typed: bool) -> str:
    """The same program, line by line."""
    if typed:
        text = _LOST.sub(_without, text)
    text = _HEADS.sub(lambda head: _DEFAULTS.sub(_without, head[0]) if head["lost"] else head[0], text)
    if "class" in text and _FIELD.search(text):
        text = _with_methods(text)
    return _PAIRS.sub(r"for \g<tense>(const pair_ of \g<list>) { const \g<pair> = pair_;", text)


def _without(found: re.Match[str]) -> str:
    return _blank(found) if found["lost"] else found[0]


def _blank(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", found[0])


def _with_methods(text: str) -> str:
    starts, bodies = _braces(TOKENS["slash"].sub(_blank, text))

    def method(field: re.Match[str]) -> str:
        within = bodies[bisect_right(starts, field.start("name"))]
        return f"{field['head']}{field['tense'] or ''}{field['name']}{field['given']} " if within else field[0]

    return _FIELD.sub(method, text)


def _braces(code: str) -> tuple[list[int], list[bool]]:
    """Where a brace opens or closes, and whether what lies before it is directly in a class; one more for the end."""
    starts, bodies, open_ = [], [False], [False]
    for brace in re.finditer(r"[{}]", code):
        if brace[0] == "{":
            open_.append(_CLASS.search(code, max(0, brace.start() - 400), brace.start()) is not None)
        elif len(open_) > 1:
            open_.pop()
        starts.append(brace.start())
        bodies.append(open_[-1])
    return starts, bodies

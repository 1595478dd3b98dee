"""JavaScript and TypeScript in words that semgrep follows, each on the line where it stood.

Its front end (1.185) loses what some forms hold: a destructuring with defaults, a cast to a type that is written out,
a call with types below `await`, a function that is a field of a class, pairs that the head of a `for` takes apart. They are written out here.
"""

import re
from bisect import bisect_right

from gate.facts.comment import TOKENS

_TYPES = re.compile(r"(?<=\w)<(?![<=\s])[^<>()=&|]{1,200}(?:<[^<>()=&|]{0,100}>[^<>()=&|]{0,60})*>(?=[(`])")
_TAKEN_APART = re.compile(
    r"(?:\b(?:const|let|var)\s+|[(,]\s*)\{(?:[^{}()=]|=(?!>)|\{\s*\}){1,500}\}(?!\s*=\s*process\.env)"
)
_DEFAULT = re.compile(r"""(?<=[\w$])\s*=\s*(?:"[^"\n]*"|'[^'\n]*'|`[^`$]*`|-?[\w$.]+|\[\s*\]|\{\s*\})(?=\s*[,}])""")
_CAST = re.compile(r"(?<=[\w)\]!])\s+as\s+\{[^{}]{0,500}\}")
_FIELD = re.compile(
    r"(?m)^(?P<head>[ \t]+(?:(?:public|private|protected|static|readonly|override)[ \t]+)*)(?P<name>#?[\w$]+)"
    r"[ \t]*=[ \t]*(?P<tense>async[ \t]*)?(?P<given>\((?:[^()]|\([^()]*\)){0,400}\)(?:[ \t]*:[^=;{}()]{1,100})?)"
    r"[ \t]*=>[ \t]*(?=\{)"
)
_PAIRS = re.compile(
    r"\bfor[ \t]*(?P<tense>await[ \t]*)?\([ \t]*(?:const|let|var)[ \t]+(?P<pair>\[[^\[\]=]{1,100}\])[ \t]+of[ \t]+"
    r"(?P<list>(?:[^(){};]|\((?:[^(){};]|\([^(){};]*\))*\)){1,200})\)[ \t]*\{"
)
_CLASS = re.compile(r"\bclass\b[^{};()]{0,300}$")


def plain(text: str, *, typed: bool) -> str:
    """The same program, line by line."""
    if typed:
        text = _CAST.sub(_blank, _TYPES.sub(_blank, text))
    text = _TAKEN_APART.sub(lambda group: _DEFAULT.sub(_blank, group[0]), text)
    if "class" in text and _FIELD.search(text):
        text = _with_methods(text)
    return _PAIRS.sub(r"for \g<tense>(const pair_ of \g<list>) { const \g<pair> = pair_;", text)


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

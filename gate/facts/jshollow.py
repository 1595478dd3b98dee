"""Guards of JavaScript that the tree holds and that let everybody through: `requireAdmin`, which only calls `next()`."""

import re
from collections.abc import Iterator
from itertools import islice

from gate import lazy
from gate.fact import Repo
from gate.facts.comment import js_code
from gate.facts.jscheck import JsCheck, functions, is_read
from gate.facts.jsguard import GUARD

_FILES = 20
_REFUSES = lazy.regex(
    r"\bthrow\b|\breject\b|\bnext\(\s*[^)\s]|\b(?:res|reply|response|ctx|c)\.\w|\breturn\s+(?!next\b|true\b|await\s+next\b|;|\})|[sS]tatus|redirect|Error\b|\bawait\s+(?!next\b)\w|\b40[13]\b|=>"
)
"""What may turn somebody away: an answer, an error, a value, or another function that is waited for."""
_CALLS = lazy.regex(r"(?<![\w$.])([\w$]+)\(")
_PASSES = lazy.regex(r"\bnext\(\s*\)")
_YES = lazy.regex(r"\breturn\s+true\b")
_MARKS = lazy.regex(r"^[^{]*\{|\}[^}]*$")


def lets_through(head: Repo, name: str) -> bool:
    """Whether each function or guard class of this name, of those that the tree holds, hands on whoever calls."""
    paths = islice(head.mentioning(name, JsCheck.languages), _FILES) if name.isidentifier() else ()
    found = [one for path in paths for one in _made(head, path, name)]
    return bool(found) and all(found)


def _made(head: Repo, path: str, name: str) -> Iterator[bool]:
    """Of each definition in a file, whether it refuses nobody."""
    source = head.source(path)
    if source is None or not is_read(source):
        return
    text = js_code(source.text)
    lines = text.split("\n")
    held = [(called, "\n".join(lines[first - 1 : last])) for called, first, last in functions(source.text)]
    yield from (_only_passes(body) for called, body in held if called == name)
    if re.search(rf"\b{re.escape(name)}\s*=\s*(?:async\s*)?\([^()\n]*\)\s*=>\s*next\(\)", text):
        yield True
    guard = re.search(rf"\bclass\s+{re.escape(name)}\b([^{{]*)\{{", text)
    answers = [body for called, body in held if called == "canActivate"]
    if guard and len(answers) == 1:
        inner = _MARKS.sub("", answers[0])
        yield (
            "extends" not in guard[1]
            and bool(_YES.search(inner))
            and not _REFUSES.search(inner)
            and not GUARD.search(inner)
        )


def _only_passes(body: str) -> bool:
    inner = _MARKS.sub("", body)
    calls = {word for word in _CALLS.findall(inner) if word not in {"if", "for", "while", "switch", "next"}}
    return bool(_PASSES.search(inner)) and not calls and not _REFUSES.search(inner)

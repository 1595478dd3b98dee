"""Our semgrep patterns, cut down to what a text can match: each alternative costs its time on every expression."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from gate import lazy, registry
from gate.rule import Rule

Part = Mapping[str, Any]
"""A semgrep rule, or an entry of one."""
_WORD = lazy.regex(r"(?<![\w$])[A-Za-z_]\w*")
_QUOTED = lazy.regex(r"""(["'`])(?:\\.|(?!\1).)*\1""")
_DIRECTIVE = lazy.regex(r"""\A(["'])([\w ]+)\1\s*\n""")
"""What a file begins with, `"use server"`, which can be written in one way only."""
_TYPED = lazy.regex(r"\}(?:\s+|/\*(?s:.){0,300}?\*/|//[^\n]*\n)*+\??\s*:")
_TAKEN = "}:"
"""Stands among the words for names in braces with a type behind them, which JavaScript has not."""
_KEYWORDS = frozenset(
    "as async await break case catch class const default delete do else export extends false finally for from function"
    " get if implements import in instanceof interface let new null of private public readonly return set static super"
    " switch this throw true try type typeof undefined var void while yield".split()
)
"""What semgrep may match by another word: `const` is `let` to it. A pattern is not asked for these."""
_ONE = frozenset({"pattern", "pattern-inside"})
_NONE = frozenset({"pattern-not", "pattern-not-inside"})
_ANY = frozenset({"pattern-either", "pattern-sources", "pattern-sinks"})
_SOME = frozenset({"pattern-sanitizers", "pattern-propagators"})
"""Lists that may as well be empty."""


def parts() -> Iterator[tuple[str, Rule, dict[str, Any]]]:
    """Each semgrep rule of ours with the name semgrep knows it by and the page it is of."""
    for rule, written in registry.patterns().items():
        for number, part in enumerate(written, 1):
            yield f"{rule.id.replace('/', '.')}.{number}", rule, part


def compiled(wanted: Iterable[tuple[str, Part, Sequence[str]]]) -> str:
    """Patterns with their names, each for files of these names, as one JSON document; YAML takes fifty times as long.

    Each pattern costs its time on each file. The fast front end understands a name here, but no path.
    """
    rules = [{**part, "id": name, "paths": {"include": files}} for name, part, files in wanted]
    return json.dumps({"rules": rules}, sort_keys=True)


@lru_cache(maxsize=64)
def words(text: str) -> frozenset[str]:
    """The names and words of a text, those in its strings and comments too."""
    found = frozenset(_WORD.findall(text))
    return found | {_TAKEN} if _TYPED.search(text) else found


def cut(part: Part, known: frozenset[str]) -> Part | None:
    """What of it can match a text of these words; None where nothing it needs can.

    A pattern matches only where each name it spells out is written: an alias or an import has to name it too.
    """
    kept: dict[str, Any] = {}
    for key, value in part.items():
        if key in _ONE and not _spelled(value) <= known:
            return None
        if key in _NONE and isinstance(value, str) and not _spelled(value) <= known:
            continue
        kept[key] = value
        if key == "patterns" or key in _ANY | _SOME:
            held = [cut(one, known) for one in value]
            if (key == "patterns" and None in held) or (key in _ANY and not any(held)):
                return None
            kept[key] = [one for one in held if one]
    return {key: value for key, value in kept.items() if value or key not in _SOME}


@cache
def _spelled(pattern: str) -> frozenset[str]:
    """The names a pattern spells out: no metavariables, no keywords, and nothing of its strings but a directive."""
    directive = _DIRECTIVE.match(pattern)
    return (words(_QUOTED.sub("", pattern)) - _KEYWORDS) | words(directive[2] if directive else "")

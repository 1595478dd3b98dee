"""Regular expressions as they are used: the pattern, what it is held against, and by which function."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from gate.facts.backtracking import explodes
from gate.facts.defaults import bound, default, last
from gate.facts.names import Names, names
from gate.facts.placed import Around, placed
from gate.source import Source

_USES = frozenset({"match", "search", "fullmatch", "sub", "subn", "findall", "finditer", "split"})


@dataclass(frozen=True)
class Use:
    """A call of a regular expression whose pattern is written out."""

    node: ast.Call
    verb: str
    pattern: str
    rest: tuple[ast.expr, ...]
    """The arguments after the pattern: what replaces, what is looked at."""
    around: Around


def uses(source: Source) -> Iterator[Use]:
    """Every use of a regular expression in a Python file, in the order of the text."""
    table = names(source)
    for node, around in placed(source.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _USES:
            pattern, rest = _read(node, node.func.value, source, table)
            if isinstance(pattern, str):
                yield Use(node, node.func.attr, pattern, tuple(rest), around)


def _read(node: ast.Call, owner: ast.expr, source: Source, table: Names) -> tuple[object, list[ast.expr]]:
    given = {word.arg: word.value for word in node.keywords}
    rest = [*node.args, *(given[name] for name in ("repl", "string") if name in given)]
    if table.of(owner) in {"re", "regex", "re2"}:
        written = given.get("pattern") or (node.args[0] if node.args else None)
        made = written if isinstance(written, ast.Call) else bound(source).get(last(written)) if written else None
        return (_compiled(made, source, table) or default(written, source)), rest[1:]
    made = owner if isinstance(owner, ast.Call) else bound(source).get(last(owner))
    return _compiled(made, source, table), rest


def _compiled(made: ast.expr | None, source: Source, table: Names) -> object:
    """The pattern of a call of `re.compile`."""
    if (
        isinstance(made, ast.Call)
        and table.of(made.func) in {"re.compile", "regex.compile", "re2.compile"}
        and made.args
    ):
        return default(made.args[0], source)
    return None


@lru_cache(maxsize=64)
def slow(source: Source) -> frozenset[int]:
    """The lines on which a text is held against a pattern that can take for ever."""
    return frozenset(use.node.lineno for use in uses(source) if explodes(use.pattern, use.verb))

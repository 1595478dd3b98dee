"""Grammars (tree-sitter) of languages whose strings hold SQL; those of the extra `languages`, loaded when needed."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from gate import lazy
from gate.facts.comment import TOKENS
from gate.facts.sqltext import words

MAX_SECONDS = 2.0
"""How long the parser may go on reading one file."""
_DEEP = 400
_CHUNK = 4096
_BRACKET = lazy.regex(r"(?<=[\w?])<(?=[\w?@])|[({\[]|(?<![-=\s])>(?!=)|[)}\]]")


@dataclass(frozen=True)
class Grammar:
    """What the nodes of a language are called. `package`: what brings it."""

    package: str
    strings: frozenset[str]
    calls: frozenset[str]
    named: frozenset[str]
    """Nodes that give a value a name."""


GRAMMARS: Mapping[str, Grammar] = {
    "go": Grammar(
        "tree-sitter-go",
        words("interpreted_string_literal raw_string_literal"),
        words("call_expression type_conversion_expression"),
        words("short_var_declaration const_spec var_spec assignment_statement"),
    ),
    "java": Grammar(
        "tree-sitter-java",
        words("string_literal"),
        words("method_invocation object_creation_expression annotation"),
        words("variable_declarator assignment_expression"),
    ),
    "kotlin": Grammar(
        "tree-sitter-kotlin",
        words("string_literal multiline_string_literal"),
        words("call_expression constructor_invocation"),
        words("property_declaration assignment"),
    ),
}
LANGUAGES = frozenset(GRAMMARS)


def missing(language: str) -> str:
    """What a reader of the ledger is told of a language whose grammar is not installed; "" when it is."""
    if language not in LANGUAGES or has(language):
        return ""
    return (
        f"the SQL in its strings was read without a grammar of {language.title()}: what a statement holds was judged, "
        "and not what it lacks (a condition, a tenant); `pip install 'diff-gate[languages]'` adds it"
    )


@cache
def has(language: str) -> bool:
    """Whether the grammar of a language is installed."""
    names = ("tree_sitter", GRAMMARS[language].package.replace("-", "_"))
    return all(find_spec(name) is not None for name in names)


@cache
def _parser(language: str) -> Any:
    import tree_sitter

    module = import_module(GRAMMARS[language].package.replace("-", "_"))
    return tree_sitter.Parser(tree_sitter.Language(module.language()))


def nodes(language: str, data: bytes, text: str) -> Iterator[tuple[Any, Sequence[Any]]]:
    """Each node of a file (tree-sitter's) with those around it, the outermost first; what does not parse is walked too.

    Raises:
        RecursionError: It is nested more deeply than code is, or the parser takes too long over it.
    """
    if _nesting(text) > _DEEP:
        raise RecursionError
    cursor = _parsed(language, data).walk()
    around: list[Any] = []
    while True:
        node = cursor.node
        if node.is_named:
            yield node, around
        if cursor.goto_first_child():
            around.append(node)
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return
            around.pop()


def _nesting(text: str) -> int:
    """How deep brackets lie in each other, those of types among them: parsers go over what is not closed again and again."""
    depth = deepest = 0
    for found in _BRACKET.finditer(TOKENS["slash"].sub("", text)):
        depth = depth + 1 if found[0] in "<({[" else max(0, depth - 1)
        deepest = max(deepest, depth)
    return deepest


def _parsed(language: str, data: bytes) -> Any:
    """The tree of a file, given to the parser bit by bit: it cannot be stopped but by an end of the file."""
    end = time.monotonic() + MAX_SECONDS
    late: list[int] = []

    def read(offset: int, _: object) -> bytes:
        if time.monotonic() > end:
            late.append(offset)
            return b""
        return data[offset : offset + _CHUNK]

    tree = _parser(language).parse(read)
    if late:
        raise RecursionError
    return tree

"""Calls of JavaScript and TypeScript and what they are given, read without a parser."""

import re
from collections.abc import Iterator
from functools import lru_cache

from gate.facts.comment import TOKENS

Span = tuple[int, int]
_BRACKET = re.compile(r"[()\[\]{},]")
_LONG = 6_000
"""Characters that are read from an opening bracket on."""


@lru_cache(maxsize=16)
def masked(text: str) -> str:
    """The code with blanks for its comments and strings, each character where it was."""
    return TOKENS["slash"].sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)


def arguments(mask: str, at: int) -> tuple[list[Span], int]:
    """Where each of the things stands that the bracket at a place holds, and where it is closed."""
    depth, begin, held = 0, at + 1, []
    for found in _BRACKET.finditer(mask, at, at + _LONG):
        if found[0] in "([{":
            depth += 1
        elif found[0] != ",":
            depth -= 1
        if depth == 0 or (depth == 1 and found[0] == ","):
            held.append((begin, found.start()))
            begin = found.end()
        if depth == 0:
            return held, found.end()
    return [], min(len(mask), at + _LONG)


def given(code: str, mask: str, at: int) -> list[str]:
    """What the call whose bracket opens at a place is given."""
    return [code[begin:end].strip() for begin, end in arguments(mask, at)[0]]


def fields(text: str) -> Iterator[tuple[str, str]]:
    """The keys of an object that is written out, or taken apart, and what each stands for: `{ a, b: c, d = 1 }`."""
    for part in text.strip().removeprefix("{").removesuffix("}").split(","):
        key, _, value = part.partition("=")[0].partition(":")
        if re.fullmatch(r"[\w$]+", key.strip()):
            yield key.strip(), (value or key).strip()


def bare(text: str) -> str:
    """The code without the texts in it, but with what is put into them."""
    return _STRING.sub(lambda found: f"({' '.join(_HOLE.findall(found[0]))})" if found[0][0] == "`" else '""', text)


_STRING = re.compile(r"""`(?:\\.|[^`\\])*`|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""")
_HOLE = re.compile(r"\$\{([^{}`]*)\}")


@lru_cache(maxsize=4096)
def cleared(body: str, what: str) -> bool:
    """Whether something is asked of a value, or something else made of it, before it is used.

    Whether it is there at all, or a file of its name, asks nothing of what it says.
    """
    name = rf"(?<![\w$.]){re.escape(what)}(?![\w$])"
    return any(re.search(pattern.replace("NAME", name), _asking(body)) for pattern in _CLEARED)


_CLEARED = (
    r"\b(?:test|includes|has|indexOf|basename|extname|relative|Number|parseInt|parseFloat|new\s+URL|slugify|BigInt)\s*\([^()]*NAME",
    r"(?i)\b\w*(?:escape|encodeURI|quote|valid|assert|check|ensure|verify|sanitiz|safe|clean|normaliz|schema|allow|permit|parse|resolve\w|guard)\w*(?:\.\w+)?\s*\([^()]*NAME",
    r"NAME\s*\??\.(?:startsWith|endsWith|match|replace\w*|split|includes|indexOf|test)\(",
    r"\b(?:if|while|switch)\s*\([^;{}]*NAME",
    r"(?<!const )(?<!let )(?<!var )NAME\s*=(?![=>])",
    r"\btypeof\s+NAME|NAME\s+in\b|\[\s*NAME\s*\]|NAME\s*[!=]==?",
)


@lru_cache(maxsize=64)
def _asking(body: str) -> str:
    """A function without its texts, and without what only asks whether something is there."""
    return re.sub(r"(?:\w+\.)*existsSync\([^()]*\)|!\s*[\w$.?]+(?=\s*(?:\)|\|\|))", "", bare(body))

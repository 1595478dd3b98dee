"""Calls of JavaScript and TypeScript and what they are given, read without a parser."""

import re
from collections.abc import Iterator
from functools import lru_cache

from gate import lazy
from gate.facts.comment import TOKENS

Span = tuple[int, int]
_BRACKET = lazy.regex(r"[()\[\]{},]")
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


_STRING = lazy.regex(r"""`(?:\\.|[^`\\])*`|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""")
_HOLE = lazy.regex(r"\$\{([^{}`]*)\}")


def cleared(body: str, what: str) -> bool:
    """Whether something is asked of a value, or something else made of it, before it is used.

    Whether it is there at all, or a file of its name, asks nothing of what it says.
    """
    return what in _asked(body)


_NAME = r"[\w$]+(?:\??\.[\w$]+)*"
_GIVEN = lazy.regex(
    r"\b(?:test|includes|has|indexOf|basename|extname|relative|Number|parseInt|parseFloat|new\s+URL|slugify|BigInt"
    r"|(?i:\w*(?:escape|encodeURI|quote|valid|assert|check|ensure|verify|sanitiz|safe|clean|normaliz|schema|allow|permit|parse"
    r"|resolve\w|guard)\w*(?:\.\w+)?))\s*\((?=([^()]*))"
)
_CONDITION = lazy.regex(r"\b(?:if|while|switch)\s*\((?=([^;{}]*))")
_OWN = lazy.regex(
    rf"(?<![\w$.])(?<!const )(?<!let )(?<!var )(?=({_NAME})\s*(?:\??\.(?:startsWith|endsWith|match|replace\w*|split|includes|indexOf|test)\("
    r"|=(?![=>])|[!=]==?|in\b))"
)
_KEY = lazy.regex(rf"(?:\btypeof\s+|\[\s*)({_NAME})")
_THERE = lazy.regex(r"(?:\w+\.)*existsSync\([^()]*\)|!\s*[\w$.?]+(?=\s*(?:\)|\|\|))")


@lru_cache(maxsize=64)
def _asked(body: str) -> frozenset[str]:
    """The names of which a function asks something, and those they are fields of."""
    text = _THERE.sub("", bare(body))
    held = (one[1] for pattern in (_GIVEN, _CONDITION, _OWN, _KEY) for one in pattern.finditer(text))
    names = {name.replace("?", "") for part in held for name in re.findall(_NAME, part)}
    return frozenset(".".join(name.split(".")[: count + 1]) for name in names for count in range(name.count(".") + 1))

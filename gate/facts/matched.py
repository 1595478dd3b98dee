"""Patterns that leave no room for code, and the text that is held against them."""

import ast
import re
import string
from collections.abc import Collection

from gate import lazy
from gate.facts.frame import Frame, again
from gate.facts.names import constant

STRICT = "re.strict()"
"""The name of a match of such a pattern: its groups are as harmless."""
_RISKY = lazy.regex(r"""[()\[\]{};|&$<>"'`\\\s]|(?<!\\)\.""")
_DOTS = lazy.regex(r"\\\.|(?<=[\w\-\[])\.(?!-[^\]])(?=(?:[\w\-]|\\[wd\-])*\])")
"""A dot that means one: escaped, or in a set."""
_BLANKS = lazy.regex(r" (?!-[^\]])")
"""Blanks that begin no range."""
_NO_SLASH = lazy.regex(r"\[\^(?:[^\]\\]|\\.)*/(?:[^\]\\]|\\.)*\]")
_SET = lazy.regex(r"\[(?!\^)([\w\-]|\\[wd\-])*\]")
_RANGE = lazy.regex(r"(?<![\\])(\w)-(\w)")
_ALPHABETS = tuple(map(frozenset, (string.digits, string.ascii_lowercase, string.ascii_uppercase)))
_FINDS = lazy.regex(r"(?:re|regex)\.(?:compile\.(?:\w+\.)?)?(?:match|fullmatch|search)")
_LEVELS = ("whole", "ended", "anchored")
"""What a pattern that is compiled is named for: it is strict in `fullmatch`, in `match` too, and in `search` as well."""
_ONE_NAME = "name_"
"""What stands before it where only what separates the names of a path is left out: `[a-z.]+`."""
_HOST = "host_"
"""What stands before it where the host of an address is written out: `https://good\\.example/.*`."""
_SETTLES_HOST = lazy.regex(r"(?:\^|\\A)?https?\??:(?:\\?/){2}[\w-]+(?:(?:\\\.|\[\.\])[\w-]+)+(?::\d+)?\\?/")
_NEEDS = {"fullmatch": 0, "match": 1, "search": 2}


def compiled(names: Collection[str], node: ast.Call) -> frozenset[str]:
    """The name of a strict pattern that is compiled, or of a match of one; none for any other call."""
    if set(names) <= {"re.compile", "regex.compile"}:
        levels = ((kind, _level(node, 1, kind)) for kind in ("", _ONE_NAME, _HOST))
        return frozenset(next(({f"re.compile.{kind}{_LEVELS[level]}()"} for kind, level in levels if level >= 0), ()))
    return frozenset({STRICT}) if _strictness(names, node) >= 0 else frozenset()


def strictly(frame: Frame, test: ast.Call) -> ast.expr | None:
    """The text that is found to be harmless where a call holds: `re.fullmatch("[a-z]+", text)`, `NAME.match(text)`."""
    return _held(frame, test, "")


def as_name(frame: Frame, test: ast.Call) -> ast.expr | None:
    """The text that is found to be one name of a path where a call holds: `re.fullmatch("[a-z.]+", text)`."""
    return _held(frame, test, _ONE_NAME)


def as_address(frame: Frame, test: ast.Call) -> ast.expr | None:
    """The address whose host is known where a call holds: `re.match("https://good[.]example/", url)`."""
    return _held(frame, test, _HOST)


def _held(frame: Frame, test: ast.Call, kind: str) -> ast.expr | None:
    names = again(frame, test.func).names
    owner = test.func.value if isinstance(test.func, ast.Attribute) else None
    if not names or (isinstance(owner, ast.Name) and owner.id in frame.rebound):
        return None
    if _strictness(names, test, kind) < max(_NEEDS.get(name.rpartition(".")[2], 3) for name in names):
        return None
    place = 0 if any(".compile." in name for name in names) else 1
    return test.args[place] if len(test.args) > place else None


def finds(frame: Frame, node: ast.expr) -> bool:
    """Whether an expression is a match, or None."""
    names = again(frame, node).names
    return bool(names) and all(name == STRICT or _FINDS.fullmatch(name.removesuffix("()")) for name in names)


def is_one_name(pattern: str) -> bool:
    """Whether a pattern leaves no room for what separates the names of a path: `[^/]+`."""
    return not _RISKY.search(_plain(_without_dots(_NO_SLASH.sub("", pattern))))


def _without_dots(pattern: str) -> str:
    """A pattern without the dots that mean one, and without blanks, and with any slash as a risk."""
    return _DOTS.sub("", _BLANKS.sub("", pattern)).replace("/", "\\")


def _strictness(names: Collection[str], node: ast.Call, kind: str = "") -> int:
    """The least level of the patterns a call may use; -1 where one of them is not strict."""
    if not names or not all(map(_FINDS.fullmatch, names)):
        return -1
    return min(_used(name, node, kind) for name in names)


def _used(name: str, node: ast.Call, kind: str) -> int:
    *_, owner, _ = name.split(".")
    if ".compile." in name:
        level = owner.removeprefix(kind)
        return _LEVELS.index(level) if level in _LEVELS and owner.startswith(kind) else -1
    return _level(node, 2, kind)


def _level(node: ast.Call, flags_at: int, kind: str) -> int:
    """How strict the pattern of a call is: word characters and dashes; up to its end, from its start on. -1: it is not."""
    pattern = constant(node.args[0]) if node.args else None
    flags = [*node.args[flags_at:], *(word.value for word in node.keywords if word.arg == "flags")]
    if kind == _HOST:
        settled = (
            pattern and _SETTLES_HOST.match(pattern) and "|" not in _outside(pattern) and all(map(_is_mild, flags))
        )
        return (2 if pattern.startswith(("^", r"\A")) else 1) if pattern and settled else -1
    if pattern is None or _RISKY.search(_plain(_without_dots(pattern) if kind else pattern)):
        return -1
    if not pattern.endswith(("$", r"\Z")) or "|" in _outside(pattern) or not all(map(_is_mild, flags)):
        return 0
    return 2 if pattern.startswith(("^", r"\A")) else 1


def _plain(pattern: str) -> str:
    """What a pattern asks for beside word characters and dashes."""
    plain = _SET.sub(lambda found: "" if _is_narrow(found[0]) else found[0], pattern)
    plain = re.sub(r"^(?:\^|\\A)|\$$|\\Z$|\{\d*,?\d*\}|[()?:|+*]", "", plain)
    return re.sub(r"\\[wd]", "", plain)


def _is_narrow(letters: str) -> bool:
    """Whether the ranges of a set hold what they seem to: `[A-z]` holds a backslash and more."""
    ends = ((first, last) for first, last in _RANGE.findall(letters))
    return all(any(one.issuperset(pair) for one in _ALPHABETS) for pair in ends)


def _outside(pattern: str) -> str:
    """A pattern without its groups."""
    inner = re.sub(r"\([^()]*\)", "", pattern)
    return inner if inner == pattern else _outside(inner)


def _is_mild(flag: ast.expr) -> bool:
    """Whether a flag changes nothing about where a pattern begins and ends."""
    return isinstance(flag, ast.Attribute) and flag.attr in {"I", "IGNORECASE", "A", "ASCII"}

"""Whether the condition of a job or a step of a pipeline holds, as far as its text tells: yes, no, or not to be known.

GitHub (docs.github.com, Expressions) and GitLab (docs.gitlab.com, CI/CD job rules) write them nearly alike.
"""

import re
from collections.abc import Callable, Mapping

from gate import lazy

Truth = bool | None
"""None for what depends on something the text does not tell."""
Value = str | bool | None
_LONGEST = 2_000
"""Characters of a condition that are read; a longer one is not known."""
_TOKEN = lazy.regex(
    r"\s*(?:(?P<text>'(?:[^']|'')*'|\"[^\"]*\")|(?P<pattern>(?<=~)\s*/(?:[^/\\]|\\.)*/[a-z]*)"
    r"|(?P<operator>&&|\|\||==|!=|=~|!~|<=|>=|[<>!()])|(?P<name>\$?\{?[\w.*\[\]-]+\}?))"
)
_CALL = lazy.regex(r"\b[A-Za-z]+\((?:[^()'\"]|'[^']*'|\"[^\"]*\")*\)")
_SLASHES = lazy.regex(r"/(.*)/[a-z]*", re.DOTALL)
_QUANTIFIED = lazy.regex(r"(?<!\\)[*+?{]")
_MOST_QUANTIFIERS = 3
_GROWS = lazy.regex(r"\)\s*[*+{]")
_DEEPEST = 20

Look = Callable[[str], Value]
"""What a variable holds: a text, False for one that is not set, None for not known."""


def holds(condition: str, look: Look) -> Truth:
    """Whether a condition holds."""
    text = condition.replace("${{", " ").replace("}}", " ").strip()
    for _ in range(_DEEPEST):  # what a function answers is not known
        shorter = _CALL.sub(" unknown ", text) if len(text) < _LONGEST else text
        if shorter == text:
            break
        text = shorter
    tokens = _tokens(text, look)
    return None if tokens is None else _grouped(tokens)


def _tokens(text: str, look: Look) -> list[object] | None:
    """Operators as texts, and each value in a tuple of its own; None for what is no condition."""
    found: list[object] = []
    at = 0
    while at < len(text):
        token = _TOKEN.match(text, at) if len(text) < _LONGEST else None
        if token is None:
            return None
        at = token.end()
        found.append(token["operator"] or (_value(token, look),))
    return found


def _value(token: re.Match[str], look: Look) -> Value | re.Pattern[str]:
    if token["text"]:
        return token["text"][1:-1]
    if token["pattern"]:
        return pattern(token["pattern"].strip())
    name = token["name"].replace("{", "").replace("}", "")
    known: Mapping[str, Value] = {"true": True, "false": False, "null": False, "unknown": None}
    if name.lower() in known:
        return known[name.lower()]
    return name if name.isdigit() else look(name)


def pattern(written: str) -> re.Pattern[str] | None:
    """A pattern of the change, where it cannot take long; None for one that could, or that is none."""
    between = _SLASHES.fullmatch(written)
    text = between[1] if between else written
    if _GROWS.search(text) or len(_QUANTIFIED.findall(text)) > _MOST_QUANTIFIERS or len(text) > _LONGEST:
        return None
    try:
        return re.compile(text)
    except (re.error, RecursionError, OverflowError):
        return None


def _grouped(tokens: list[object]) -> Truth:
    """The innermost brackets first."""
    for _ in range(_DEEPEST):
        if ")" not in tokens:
            return _any(tokens)
        end = tokens.index(")")
        start = end - 1 - next((back for back, one in enumerate(reversed(tokens[:end])) if one == "("), end)
        if start < 0:
            return None
        tokens = [*tokens[:start], (_any(tokens[start + 1 : end]),), *tokens[end + 1 :]]
    return None


def _any(tokens: list[object]) -> Truth:
    parts = [_all(part) for part in _split(tokens, "||")]
    return True if True in parts else None if None in parts else False


def _all(tokens: list[object]) -> Truth:
    parts = [_one(part) for part in _split(tokens, "&&")]
    return False if False in parts else None if None in parts else True


def _split(tokens: list[object], operator: str) -> list[list[object]]:
    parts: list[list[object]] = [[]]
    for token in tokens:
        if token == operator:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _one(tokens: list[object]) -> Truth:
    """A value, a comparison, or what is denied of them."""
    if tokens[:1] == ["!"]:
        denied = _one(tokens[1:])
        return None if denied is None else not denied
    match tokens:
        case [(value,)]:
            return None if value is None else bool(value) and value != "0"
        case [(left,), str(operator), (right,)]:
            return _compared(left, operator, right)
    return None


def _compared(left: object, operator: str, right: object) -> Truth:
    if left is None or (right is None and "~" not in operator):
        return None
    if operator in {"=~", "!~"}:  # a pattern that is not tried fits nothing
        fits = isinstance(left, str) and isinstance(right, re.Pattern) and right.search(left) is not None
        return fits == (operator == "=~")
    if operator in {"==", "!="}:
        return (_plain(left) == _plain(right)) == (operator == "==")
    return None


def _plain(value: object) -> object:
    return value.lower() if isinstance(value, str) else "" if value is False else value

"""Parsing Python with the stdlib."""

import ast
import warnings
from typing import NamedTuple

from gate.recovery import recovered
from gate.syntax import TooDeepError, lower

_TOO_DEEP = "nested too deeply to read"


class Parsed(NamedTuple):
    """A stdlib tree, why it is not the whole file or None, and the text it was made from."""

    tree: ast.Module | None
    problem: str
    text: str


def parse(text: str) -> Parsed:
    """Parse Python: as it stands, else lowered to this interpreter's syntax, else as much of it as can be read."""
    try:
        return Parsed(_ast(text), "", text)
    except (RecursionError, MemoryError):
        return Parsed(None, _TOO_DEEP, text)
    except (SyntaxError, ValueError) as error:
        first = error
    try:
        lowered = lower(text)
        return Parsed(_ast(lowered), "", lowered)
    except (TooDeepError, RecursionError, MemoryError):
        return Parsed(None, _TOO_DEEP, text)
    except (SyntaxError, ValueError):
        return _rest(text, first)


def _rest(text: str, error: SyntaxError | ValueError) -> Parsed:
    where = f" on line {error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
    reason = error.msg if isinstance(error, SyntaxError) else str(error)
    problem = f"does not parse as Python{where}: {reason}"
    try:
        rest = recovered(text)
        return Parsed(_ast(rest), problem, rest)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Parsed(None, problem, text)


def _ast(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)

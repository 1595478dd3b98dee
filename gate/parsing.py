"""Parsing Python with the stdlib."""

import ast
import warnings
from typing import NamedTuple

from gate.errors import ToolError
from gate.process import python, run
from gate.recovery import recovered
from gate.syntax import TooDeepError, lower

_TOO_DEEP = "nested too deeply to read"
_PATIENCE = 4.0
"""Seconds for a text that may be too deep; one of two thousand lines takes one."""
_WIDE = 2_000


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
        lowered = _lowered(text)
        return Parsed(_ast(lowered), "", lowered)
    except (TooDeepError, RecursionError, MemoryError):
        return Parsed(None, _TOO_DEEP, text)
    except (SyntaxError, ValueError):
        return _rest(text, first)


def _lowered(text: str) -> str:
    """Lowered here, or where the text is deep by the looks of it (brackets in its strings count), by a child of gate's.

    Raises:
        SyntaxError: It is not Python of any version.
        TooDeepError: It is deep.
    """
    try:
        return lower(text)
    except TooDeepError:
        if max(map(len, text.split("\n"))) > _WIDE:  # it is, in one line; the bounds only guess where lines are many
            raise
        return _of_child(text)


def _of_child(text: str) -> str:
    try:
        done = run(python("gate.syntax"), stdin=text, timeout=_PATIENCE)
        _ast(done.stdout)
    except (ToolError, SyntaxError) as error:
        raise TooDeepError from error
    if done.status or not done.stdout:
        raise TooDeepError
    return done.stdout


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

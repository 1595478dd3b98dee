"""Notebooks of Jupyter as Python: the code of each cell on the lines of the file where it stands.

Everything else, what cells have printed among it, is kept as comments: secrets lie there as well. The format is that of
nbformat 3 and 4 (https://nbformat.readthedocs.io/en/latest/format_description.html); Jupyter writes each line of code
as a text on a line of its own.
"""

import ast
import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from gate import lazy

SUFFIX = ".ipynb"
_TOKEN = lazy.regex(r'"(?:[^"\\\n]|\\.)*"|[{}\[\]:,\n]|[^\s{}\[\]:,"]+|"')
_DEEP = 6
"""Keys and positions that lead to the code of a cell: `worksheets`, 0, `cells`, 0, `input`, 0."""
_LONG = 10_000
"""Longer lines are pictures and pages that cells have shown."""
_TIMED = lazy.regex(r"(\s*)%(?:time|timeit|prun|memit|mprun|lprun)\b(?:\s+-\w+(?:\s+\d+)?)*\s+(?=\S)")
"""Line magics that run the Python behind them (https://ipython.readthedocs.io/en/stable/interactive/magics.html)."""
_MAGIC = lazy.regex(
    r"\s*(?:[%!?]|[\w.\[\]'\", ]+=\s*[%!](?!=)|[\w.]+\?{1,2}\s*$"
    r"|(?:pip3?|conda|mamba|cd|ls|mkdir|rm|cp|mv|cat|man)\s+(?!(?:in|is|and|or|not|if|else)\b)[\w~/\"'])"
)
"""What IPython takes for itself; some commands without a mark before them."""
_IN_PYTHON = lazy.regex(
    r"%%(?:time|timeit|capture|prun|memit|python[\d.]*|pypy)\b|%%script\s.*python|%%(?:writefile|file)\s.*\.py\b"
)
_MOST_PARSED = 2_000_000
"""Characters that are parsed to learn where statements begin; a magic beyond them is left, and does not parse."""

_BROKEN, _CROWDED = "is no JSON", "holds several lines of code on one line, so that no place in it can be named"

Path = tuple[str | int, ...]


@dataclass
class _Cell:
    kind: str = ""
    lines: list[tuple[int, str]] = field(default_factory=list)
    """The number of each line of the file that holds one of the cell, from 0, and what it says."""


def python(text: str) -> str:
    """A notebook as a Python file with as many lines.

    Raises:
        ValueError: It is no JSON, or holds several lines of code on one line.
    """
    lines = ["#" + line if len(line) < _LONG else "#" for line in text.split("\n")]
    budget = [_MOST_PARSED]
    for cell in _cells(text):
        for number, code in _code(cell, budget) if cell.kind == "code" else ():
            lines[number] = code
    return "\n".join(lines)


def _cells(text: str) -> Iterator[_Cell]:
    cells: dict[Path, _Cell] = {}
    for path, number, said in _texts(text):
        if "cells" not in path[:3]:
            continue
        start = path.index("cells") + 2
        cell, inner = cells.setdefault(path[:start], _Cell()), path[start:]
        if inner == ("cell_type",):
            cell.kind = "code" if "code" in {cell.kind, json.loads(said)} else "other"
        elif inner[:1] in {("source",), ("input",)} and len(inner) < 3:  # `input` in nbformat 3
            cell.lines.append((number, json.loads(said)))
    yield from cells.values()


def _texts(text: str) -> Iterator[tuple[Path, int, str]]:
    """Every text that is a value: the keys and positions that lead to it, its line, and how it is written."""
    way: list[str | int] = []
    number, key = 0, ""
    for mark in _TOKEN.findall(text):
        if mark == "\n":
            number += 1
        elif mark[0] == '"':
            key = mark
            if 0 < len(way) <= _DEEP and way[-1] != "":
                yield tuple(way), number, mark
        else:
            _go(way, mark, key)
    if way:
        raise ValueError(_BROKEN)


def _go(way: list[str | int], mark: str, key: str) -> None:
    """Follow a bracket, a colon behind `key`, or a comma; an object whose key is not said yet has the empty one."""
    if mark in "{[":
        way.append("" if mark == "{" else 0)
    elif mark in "}]:" and not way:
        raise ValueError(_BROKEN)
    elif mark in "}]":
        way.pop()
    elif mark == ":":
        way[-1] = json.loads(key)
    elif mark == "," and way:
        way[-1] = way[-1] + 1 if isinstance(way[-1], int) else ""


def _code(cell: _Cell, budget: list[int]) -> Iterator[tuple[int, str]]:
    """The code of a cell by line; magics and what goes to a shell become comments."""
    if len({number for number, _ in cell.lines}) < len(cell.lines):
        raise ValueError(_CROWDED)
    foreign, before = False, ""
    for index, (number, said) in enumerate(cell.lines):
        line = said.removesuffix("\n").removesuffix("\r").encode(errors="replace").decode()
        if {"\n", "\r", "\0"}.intersection(line):
            raise ValueError(_CROWDED)
        foreign = foreign or (index == 0 and line.startswith("%%") and not _IN_PYTHON.match(line))
        if foreign or (index == 0 and line.startswith("%%")):
            line = f"#{line}"
        elif _TIMED.match(line) or _MAGIC.match(line):
            budget[0] -= len(before)
            line = _plain(line) if budget[0] > 0 and _begins_statement(before, line) else line
        before = f"{before}{line}\n"
        yield number, line


def _plain(line: str) -> str:
    """A magic as a comment, or without what times the Python behind it."""
    if _TIMED.match(line):
        return _TIMED.sub(r"\1", line, count=1)
    bare = line.lstrip()
    return f"{line[: len(line) - len(bare)]}pass  #{bare}" if bare != line else f"#{line}"  # a block may hold no more


def _begins_statement(before: str, line: str) -> bool:
    """Whether a line stands where IPython looks for magics; in brackets, behind `(a`, `% b` is none."""
    try:
        ast.parse(f"{before}{line[: len(line) - len(line.lstrip())]}pass\n")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True

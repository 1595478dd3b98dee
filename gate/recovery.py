"""Error recovery: what of a Python text that does not parse can still be read, every line where it was.

A file that is cut off, holds one bad line or is written for Python 2 is a hole in the judgement either way; the flaws
in the rest of it are worth showing. So bad lines give way to `pass`, headers to `if 1:`, and indentation is evened out,
until the standard parser is content. Columns are not kept.
"""

import ast
import warnings
from collections.abc import Iterator

from gate import lazy

_MOST_REPAIRS = 60
_MOST_CHARACTERS = 200_000
_HEADER = lazy.regex(r" on line (\d+)$")
_PYTHON_2 = (
    (lazy.regex(r"^print\b\s*(.*[^\\])?$"), r"print(\1)"),
    (lazy.regex(r"^except\s+([\w.]+|\([^()]*\))\s*,\s*(\w+)\s*:"), r"except \1 as \2:"),
    (lazy.regex(r"^exec\s+(.+?)\s+in\s+(.+)$"), r"exec(\1, \2)"),
    (lazy.regex(r"^exec\s+(.+)$"), r"exec(\1)"),
    (lazy.regex(r"^raise\s+([\w.]+)\s*,\s*(.+)$"), r"raise \1(\2)"),
)


def recovered(text: str) -> str:
    """`text` with what does not parse made harmless; all of it blank where that fails.

    Raises:
        RecursionError: It is nested too deeply for the parser.
        MemoryError: The same, as some versions of Python say it.
    """
    if len(text) > _MOST_CHARACTERS:
        return ""
    lines = [_spaced(line) for line in text.split("\n")]
    return "\n".join(line for block in _blocks(lines) for line in _repaired(block))


def _spaced(line: str) -> str:
    """A line whose indentation is spaces, counted the way Python 2 counts tabs."""
    bare = line.lstrip(" \t\f")
    return line[: len(line) - len(bare)].replace("\f", "").expandtabs(8) + bare


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _blocks(lines: list[str]) -> Iterator[list[str]]:
    """Runs of lines none of which is indented less than the first, moved to the margin."""
    block: list[str] = []
    margin = 0
    for line in lines:
        if line.strip() and (not any(block) or _indent(line) < margin):
            if any(block):
                yield block
                block = []
            margin = _indent(line)
        block.append(line[margin:] if line.strip() else "")
    yield block


def _repaired(block: list[str]) -> list[str]:
    """The lines of a block, changed where the parser stumbles."""
    lines = list(block)
    for _ in range(_MOST_REPAIRS):
        error = _error("\n".join(lines))
        if error is None:
            return lines
        _repair(lines, error)
    return [""] * len(lines)


def _error(text: str) -> SyntaxError | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError as error:
        return error
    return None


def _repair(lines: list[str], error: SyntaxError) -> None:
    """Change one line, or the indentation of some, for the better."""
    header = _HEADER.search(error.msg)
    index = min(int(header[1]) if header else error.lineno or 1, len(lines)) - 1
    if error.msg == "unexpected indent":
        _even(lines, index)
        return
    if error.msg.startswith("expected 'except'"):
        index = next((number for number in range(index, -1, -1) if lines[number].strip() == "try:"), index)
    while index and not lines[index]:
        index -= 1
    indent = _indent(lines[index])
    lines[index] = " " * indent + new if (new := _instead(lines[index].strip(), alone=bool(header))) else ""


def _even(lines: list[str], index: int) -> None:
    """Move the lines of a block that no header opens to the level of what stands above them."""
    above = next((line for line in reversed(lines[:index]) if line), "")
    depth = _indent(lines[index])
    excess = depth - min(_indent(above), depth - 1)
    for number in range(index, len(lines)):
        if lines[number] and _indent(lines[number]) < depth:
            return
        lines[number] = lines[number][excess:]


def _instead(line: str, *, alone: bool) -> str:
    """What stands for a line that does not parse: newer Python, a header, a statement, at last nothing."""
    for pattern, newer in _PYTHON_2:
        written = pattern.sub(newer, line)
        if written not in {line, "print()"}:
            return written
    if line.endswith(":") and line != "if 1:" and not alone:
        return "if 1:"
    return "" if line == "pass" else "pass"

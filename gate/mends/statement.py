"""Rewriting one statement with libcst, every character that is not mended kept."""

import ast
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from gate.rule import Mend, Place
from gate.source import Source
from gate.syntax import refuse_depth

if TYPE_CHECKING:
    import libcst as cst

_LONGEST = 40
"""Lines; a longer statement makes no suggestion anybody reads."""


def rewritten(source: Source, place: Place, edit: "Callable[[cst.Call], cst.BaseExpression | None]") -> Mend | None:
    """The statement at a place with one of its calls edited; None when the edit fits none of them, or several."""
    span = _statement(source, place)
    if span is None or span.end_line - span.line >= _LONGEST:
        return None
    text = source.snippet(span)
    header = text.rstrip().endswith(":")
    made = _edited(text, edit, header=header)
    return None if made is None or made == text else narrowed(source, span, made)


def narrowed(source: Source, span: Place, text: str) -> Mend:
    """The mend without the lines it leaves as they are, first and last."""
    old, new = list(source.lines[span.line - 1 : span.end_line]), text.split("\n")
    head = 0
    while head < min(len(old), len(new)) - 1 and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head - 1 and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    kept = new[head : len(new) - tail]
    return Mend(Place(source.path, span.line + head, span.end_line - tail), "\n".join(kept))


def statements(source: Source, place: Place) -> Iterator[tuple[ast.stmt, list[ast.stmt]]]:
    """The statements around a place from the outermost in, each with the block it stands in."""
    block = source.tree.body if source.tree else []
    while block:
        found = _at(block, place.line)
        if found is None:
            return
        yield found, block
        inner = [getattr(found, name, []) for name in ("body", "orelse", "finalbody")]
        inner += [part.body for name in ("handlers", "cases") for part in getattr(found, name, [])]
        block = next((one for one in inner if one and _start(one[0]) <= place.line <= (one[-1].end_lineno or 0)), [])


def _at(block: Sequence[ast.stmt], line: int) -> ast.stmt | None:
    """The first statement of a block that stands on a line."""
    index = bisect_right(block, line, key=_start)
    while index and (block[index - 1].end_lineno or 0) >= line:
        index -= 1
    return block[index] if index < len(block) and _start(block[index]) <= line else None


def _start(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(one.lineno for one in decorators)])


def _statement(source: Source, place: Place) -> Place | None:
    """The innermost statement, or of one that holds others its first lines; it has its lines for itself."""
    found = list(statements(source, place))
    if not found:
        return None
    inner, block = found[-1]
    body = getattr(inner, "body", None)
    end = body[0].lineno - 1 if body else inner.end_lineno or inner.lineno
    index = bisect_left(block, inner.lineno, key=lambda one: one.lineno)
    beside = block[max(0, index - 1) : index + 3]
    shared = any(
        other is not inner and other.lineno <= end and (other.end_lineno or 0) >= inner.lineno for other in beside
    )
    return None if shared or end < inner.lineno else Place(source.path, inner.lineno, end)


def _edited(text: str, edit: "Callable[[cst.Call], cst.BaseExpression | None]", *, header: bool) -> str | None:
    import libcst as cst

    indented = text[:1].isspace()
    indent = text[: len(text) - len(text.lstrip())]
    whole = ("if True:\n" if indented else "") + text + (f"\n{indent}    pass" if header else "")
    refuse_depth(whole)
    try:
        module = cst.parse_module(whole)
    except cst.ParserSyntaxError:
        return None
    changes: list[cst.BaseExpression] = []
    made = module.visit(_changer(edit, changes)).code
    if len(changes) != 1:
        return None
    made = made.removeprefix("if True:\n") if indented else made
    return made.removesuffix(f"\n{indent}    pass") if header else made


def _changer(
    edit: "Callable[[cst.Call], cst.BaseExpression | None]", changes: "list[cst.BaseExpression]"
) -> "cst.CSTTransformer":
    import libcst as cst

    class Changer(cst.CSTTransformer):
        """Edits the calls that fit, and keeps count of them."""

        def leave_Call(self, original: cst.Call, node: cst.Call) -> cst.BaseExpression:  # noqa: N802  libcst's name
            made = edit(original)
            if made is None or made.deep_equals(original) or (original is not node and not original.deep_equals(node)):
                return node
            changes.append(made)
            return made

    return Changer()

"""Python newer than the running interpreter, rewritten line by line into what it parses.

The index of a repository is built with the stdlib `ast`, which knows only its own version's grammar.
libcst reads the grammars of all versions; what is newer is replaced here by an older form of the same
meaning for a reader, with every line kept where it was.
"""

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from gate import lazy

if TYPE_CHECKING:
    import libcst as cst

_OPERATORS = lazy.regex(r"[-+*/%@&|^~.<>=(\[]|\b(?:not|lambda|if|await|or|and|in)\b")
_MAX_BRACKETS = 100
_MAX_OPERATORS = 1_500
_MAX_ELIFS = 500
_MAX_PATTERN_BRACKETS = 6
"""libcst parses the patterns of `case` in time exponential in their nesting."""
_COMMENT = lazy.regex(r"\s*#[^{]*$")
"""A line that holds no code; with a brace it may be the text of an f-string, which does."""
_CLAUSE = lazy.regex(r"\s*(case|elif)\b")


class TooDeepError(Exception):
    """The text may be nested deeper than a recursive parser's stack; libcst would end the process."""


def lower(text: str) -> str:
    """`text` in the syntax of this interpreter, line for line.

    Raises:
        SyntaxError: It is not Python of any version.
        TooDeepError: It may be nested too deeply to be parsed safely.
    """
    refuse_depth(text)
    return lower_at_risk(text)


def lower_at_risk(text: str) -> str:
    """The same without a bound: what is nested too deeply ends the process, or takes it for ever.

    Raises:
        SyntaxError: It is not Python of any version.
    """
    import libcst as cst

    try:
        module = cst.parse_module(text)
    except cst.ParserSyntaxError as error:
        raise SyntaxError(error.message) from error
    return module.visit(_lowering()).code


def refuse_depth(text: str) -> None:
    """A cheap upper bound on nesting: brackets, and operators per logical line."""
    brackets = operators = elifs = 0
    limit, joined = _MAX_BRACKETS, False
    for line in text.split("\n"):
        if _COMMENT.match(line):
            continue
        if not brackets and not joined:
            operators, clause = 0, _CLAUSE.match(line)
            elifs += bool(clause and clause[1] == "elif")
            limit = _MAX_PATTERN_BRACKETS if clause and clause[1] == "case" else _MAX_BRACKETS
        operators += len(_OPERATORS.findall(line))
        for char in line:
            brackets += (char in "([{") - (char in ")]}")
            if brackets > limit:
                raise TooDeepError
        brackets, joined = max(brackets, 0), line.endswith("\\")
        if operators > _MAX_OPERATORS or elifs > _MAX_ELIFS:
            raise TooDeepError


def _lowering() -> "cst.CSTTransformer":
    import libcst as cst

    class Lowering(cst.CSTTransformer):
        """PEP 695 parameters and `type`, PEP 758 handlers, PEP 701 and 750 strings, PEP 696 defaults."""

        def leave_FunctionDef(self, _: cst.FunctionDef, node: cst.FunctionDef) -> cst.FunctionDef:
            space = _widened(node.whitespace_before_params, node.type_parameters)
            return node.with_changes(type_parameters=None, whitespace_before_params=space)

        def leave_ClassDef(self, _: cst.ClassDef, node: cst.ClassDef) -> cst.ClassDef:
            if not _breaks(node.type_parameters):
                return node.with_changes(type_parameters=None)
            opened = node.lpar if isinstance(node.lpar, cst.LeftParen) else cst.LeftParen()
            space = _widened(opened.whitespace_after, node.type_parameters)
            closed = node.rpar if isinstance(node.rpar, cst.RightParen) else cst.RightParen()
            return node.with_changes(
                type_parameters=None, lpar=opened.with_changes(whitespace_after=space), rpar=closed
            )

        def leave_TypeAlias(self, _: cst.TypeAlias, node: cst.TypeAlias) -> cst.Assign:
            value = node.value
            if _breaks(node.type_parameters):
                opened = cst.LeftParen(whitespace_after=_widened(cst.SimpleWhitespace(""), node.type_parameters))
                value = value.with_changes(lpar=[opened, *value.lpar], rpar=[*value.rpar, cst.RightParen()])
            return cst.Assign([cst.AssignTarget(node.name)], value)

        def leave_ExceptHandler(self, _: cst.ExceptHandler, node: cst.ExceptHandler) -> cst.ExceptHandler:
            if isinstance(node.type, cst.Tuple) and not node.type.lpar:
                whole = node.type.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
                return node.with_changes(type=whole)
            return node

        def leave_FormattedString(self, _: cst.FormattedString, node: cst.FormattedString) -> cst.BaseExpression:
            return _joined(node)

        def visit_ConcatenatedString(self, _: cst.ConcatenatedString) -> bool:
            return False  # libcst allows no call as a part of one, so its parts are lowered by `_added`

        def leave_ConcatenatedString(
            self, _: cst.ConcatenatedString, node: cst.ConcatenatedString
        ) -> cst.BaseExpression:
            return _added(node)

        def leave_TemplatedString(self, _: cst.TemplatedString, node: cst.TemplatedString) -> cst.BaseExpression:
            return _joined(node)

    return Lowering()


def _breaks(left_out: "cst.TypeParameters | None") -> int:
    """How many lines end in what is left out."""
    import libcst as cst

    return cst.Module([]).code_for_node(left_out).count("\n") if left_out is not None else 0


def _widened(
    space: "cst.BaseParenthesizableWhitespace", left_out: "cst.TypeParameters | None"
) -> "cst.BaseParenthesizableWhitespace":
    """A space between brackets with the lines of what is left out, so that all lines stay where they are."""
    import libcst as cst

    lost = _breaks(left_out)
    if not lost:
        return space
    if isinstance(space, cst.ParenthesizedWhitespace):
        return space.with_changes(empty_lines=[*space.empty_lines, *[cst.EmptyLine(indent=False)] * lost])
    return cst.ParenthesizedWhitespace(empty_lines=[cst.EmptyLine(indent=False)] * (lost - 1))


def _joined(node: "cst.FormattedString | cst.TemplatedString") -> "cst.BaseExpression":
    """An interpolated string as a call of `str.join` on its parts, which every version parses."""
    import libcst as cst

    written = '"".join([' + ", ".join(_parts(node.parts, cst.Module([]))) + "])"
    lost = cst.Module([]).code_for_node(node).count("\n") - written.count("\n")
    return cst.parse_expression(written[:-1] + "\n" * max(lost, 0) + ")")


def _parts(parts: "Iterable[cst.CSTNode]", holder: "cst.Module") -> Iterator[str]:
    """The text and the expressions of an interpolated string, each as far down as it was."""
    import libcst as cst

    for part in parts:
        if isinstance(part, cst.FormattedStringExpression | cst.TemplatedStringExpression):
            above = holder.code_for_node(part.whitespace_before_expression).count("\n")
            yield "(" + "\n" * above + holder.code_for_node(part.expression) + ")"
            yield from _parts(part.format_spec or (), holder)
        else:
            text = holder.code_for_node(part)
            yield repr(text) + "\n" * text.count("\n")


def _added(node: "cst.ConcatenatedString") -> "cst.BaseExpression":
    """Strings beside each other as a sum, where one of them is no plain literal."""
    import libcst as cst

    left, right = node.left.visit(_lowering()), node.right.visit(_lowering())
    if left is node.left and right is node.right:
        return node
    if not isinstance(left, cst.BaseExpression) or not isinstance(right, cst.BaseExpression):
        raise TypeError("an expression was lowered to something else")
    plus = cst.Add(whitespace_before=node.whitespace_between)
    lpar, rpar = node.lpar or [cst.LeftParen()], node.rpar or [cst.RightParen()]
    return cst.BinaryOperation(left, plus, right, lpar=lpar, rpar=rpar)


if __name__ == "__main__":
    sys.stdout.write(lower_at_risk(sys.stdin.read()))

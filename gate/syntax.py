"""Python newer than the running interpreter, rewritten line by line into what it parses.

The index of a repository is built with the stdlib `ast`, which knows only its own version's grammar.
libcst reads the grammars of all versions; what is newer is replaced here by an older form of the same
meaning for a reader, with every line kept where it was.
"""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import libcst as cst

_OPERATORS = re.compile(r"[-+*/%@&|^~.<>=(\[]|\b(?:not|lambda|if|await|or|and|in)\b")
_MAX_BRACKETS = 100
_MAX_OPERATORS = 1_500
_MAX_ELIFS = 500


class TooDeepError(Exception):
    """The text may be nested deeper than a recursive parser's stack; libcst would end the process."""


def lower(text: str) -> str:
    """`text` in the syntax of this interpreter, line for line.

    Raises:
        SyntaxError: It is not Python of any version.
        TooDeepError: It may be nested too deeply to be parsed safely.
    """
    import libcst as cst

    _refuse_depth(text)
    try:
        module = cst.parse_module(text)
    except cst.ParserSyntaxError as error:
        raise SyntaxError(error.message) from error
    return module.visit(_lowering()).code


def _refuse_depth(text: str) -> None:
    """A cheap upper bound on nesting: brackets, and operators per bracketed or plain line."""
    brackets = operators = elifs = 0
    for line in text.split("\n"):
        elifs += line.lstrip().startswith(("elif ", "elif("))
        operators = operators if brackets else 0
        operators += len(_OPERATORS.findall(line))
        for char in line:
            brackets += (char in "([{") - (char in ")]}")
            if brackets > _MAX_BRACKETS:
                raise TooDeepError
        brackets = max(brackets, 0)
        if operators > _MAX_OPERATORS or elifs > _MAX_ELIFS:
            raise TooDeepError


def _lowering() -> "cst.CSTTransformer":
    import libcst as cst

    class Lowering(cst.CSTTransformer):
        """PEP 695 parameters and `type`, PEP 758 handlers, PEP 701 and 750 strings, PEP 696 defaults."""

        def leave_FunctionDef(self, _: cst.FunctionDef, node: cst.FunctionDef) -> cst.FunctionDef:
            return node.with_changes(type_parameters=None)

        def leave_ClassDef(self, _: cst.ClassDef, node: cst.ClassDef) -> cst.ClassDef:
            return node.with_changes(type_parameters=None)

        def leave_TypeAlias(self, _: cst.TypeAlias, node: cst.TypeAlias) -> cst.Assign:
            return cst.Assign([cst.AssignTarget(node.name)], node.value)

        def leave_ExceptHandler(self, _: cst.ExceptHandler, node: cst.ExceptHandler) -> cst.ExceptHandler:
            if isinstance(node.type, cst.Tuple) and not node.type.lpar:
                whole = node.type.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
                return node.with_changes(type=whole)
            return node

        def leave_FormattedString(self, _: cst.FormattedString, node: cst.FormattedString) -> cst.BaseExpression:
            return _joined(node)

        def leave_TemplatedString(self, _: cst.TemplatedString, node: cst.TemplatedString) -> cst.BaseExpression:
            return _joined(node)

    return Lowering()


def _joined(node: "cst.FormattedString | cst.TemplatedString") -> "cst.BaseExpression":
    """An interpolated string as a call of `str.join` on its parts, which every version parses."""
    import libcst as cst

    holder = cst.Module([])
    parts: list[str] = []
    for part in node.parts:
        if isinstance(part, cst.FormattedStringExpression | cst.TemplatedStringExpression):
            parts.append("(" + holder.code_for_node(part.expression) + ")")
        else:
            parts.append(repr(holder.code_for_node(part)))
    written = '"".join([' + ", ".join(parts) + "])"
    lost = holder.code_for_node(node).count("\n") - written.count("\n")
    return cst.parse_expression(written[:-1] + "\n" * max(lost, 0) + ")")

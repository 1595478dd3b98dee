"""Python code as text, however deep it is nested."""

import ast


def unparsed(node: ast.AST) -> str:
    """The code of a node, spaced evenly; "" for what is nested more deeply than code is."""
    try:
        return ast.unparse(node)
    except RecursionError:
        return ""

"""Conditions that only hold where whoever runs the program has set it so."""

import ast

from gate import lazy
from gate.facts.reading import Reading

_SETTINGS = lazy.regex(r"(?:flask|quart)\.current_app\.config$|django\.conf\.settings\.\w")


def is_allowed(file: Reading, test: ast.expr) -> bool:
    """Whether it only holds where a setting of the framework says so: `and current_app.config["OPEN"]`, `and settings.OPEN`."""
    parts = test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else []
    held = (_holder(part) for part in parts)
    return any(isinstance(part, ast.Attribute) and bool(_SETTINGS.match(file.names.of(part))) for part in held)


def _holder(node: ast.expr) -> ast.expr:
    """`current_app.config` of `current_app.config["A"]["B"]`."""
    while isinstance(node, ast.Subscript):
        node = node.value
    return node

"""Where the functions and classes of a file are."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from gate.facts.names import inside


@dataclass(frozen=True)
class Definitions:
    """Where the functions that lie in no other function are, and the classes."""

    functions: Mapping[str, tuple[ast.FunctionDef | ast.AsyncFunctionDef, str]]
    """By dotted name: the definition, and the dotted name of its class."""
    classes: Mapping[str, ast.ClassDef]


def definitions(tree: ast.Module, module: str) -> Definitions:
    """The functions that lie in no other function, and the classes, of a module of this dotted name."""
    functions: dict[str, tuple[ast.FunctionDef | ast.AsyncFunctionDef, str]] = {}
    classes: dict[str, ast.ClassDef] = {}
    stack: list[tuple[ast.AST, str, str]] = [(tree, module, "")]
    while stack:
        node, prefix, owner = stack.pop()
        for child in inside(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                functions[f"{prefix}.{child.name}"] = (child, owner)
            elif isinstance(child, ast.ClassDef):
                name = f"{prefix}.{child.name}"
                classes[name] = child
                stack.append((child, name, name))
            else:
                stack.append((child, prefix, owner))
    return Definitions(functions, classes)

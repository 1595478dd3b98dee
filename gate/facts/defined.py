"""Where the functions and classes of a file are."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from gate.facts.names import inside


@dataclass(frozen=True)
class Definitions:
    """Where the functions that lie in no other function are, and the classes."""

    functions: Mapping[str, tuple[ast.FunctionDef | ast.AsyncFunctionDef, str]]
    """By dotted name: the definition, and the dotted name of its class. Of classes within functions, the methods too."""
    classes: Mapping[str, ast.ClassDef]
    twice: frozenset[str] = frozenset()
    """The functions of which there are several by one name: which of them it means, only running would tell."""


def definitions(tree: ast.Module, module: str) -> Definitions:
    """The functions that lie in no other function, and the classes with their methods, of a module of this name."""
    functions: dict[str, tuple[ast.FunctionDef | ast.AsyncFunctionDef, str]] = {}
    classes: dict[str, ast.ClassDef] = {}
    twice: set[str] = set()
    stack: list[tuple[ast.AST, str, str, bool]] = [(tree, module, "", False)]
    while stack:
        node, prefix, owner, local = stack.pop()
        for child in inside(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                name = f"{prefix}.{child.name}"
                if owner or not local:
                    twice |= {name} & functions.keys()
                    functions[name] = (child, owner)
                stack.append((child, name, "", True))
            elif isinstance(child, ast.ClassDef):
                name = f"{prefix}.{child.name}"
                classes[name] = child
                stack.append((child, name, name, local))
            else:
                stack.append((child, prefix, owner, local))
    return Definitions(functions, classes, frozenset(twice))

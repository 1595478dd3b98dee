"""Chains of calls: `Order.objects.filter(a=1).delete()` as a start and its links, and where the whole is put."""

import ast
from dataclasses import dataclass

from gate.facts.bindings import Scope, last_name
from gate.facts.sqltext import words
from gate.facts.strings import Put

RUNNERS = words(
    "execute exec scalars scalar stream stream_scalars fetch_all fetch_one fetch_val fetchall iterate aexecute"
)


@dataclass(frozen=True)
class Step:
    """One link of a chain: an attribute, and the call of it if it is called."""

    name: str
    call: ast.Call | None


def is_inner(put: Put) -> bool:
    """Whether the chain goes on to a further call."""
    node: ast.AST = put.node
    for parent in put.parents:
        if isinstance(parent, ast.Call):
            return parent.func is node
        if not isinstance(parent, ast.Attribute | ast.Subscript | ast.Await):
            return False
        node = parent
    return False


def chain(node: ast.expr) -> tuple[ast.expr, list[Step]]:
    """What a chain starts from, and its links in order."""
    steps: list[Step] = []
    while True:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            steps.append(Step(node.func.attr, node))
            node = node.func.value
        elif isinstance(node, ast.Attribute):
            steps.append(Step(node.attr, None))
            node = node.value
        elif isinstance(node, ast.Subscript):
            steps.append(Step("[]", None))
            node = node.value
        elif isinstance(node, ast.Await):
            node = node.value
        else:
            return node, steps[::-1]


def spelled_out(root: ast.expr, steps: list[Step], scope: Scope) -> tuple[ast.expr, list[Step]]:
    """The chain with a name it starts from replaced by what that is bound to, if to one thing only."""
    for _ in range(3):
        bound = scope.lookup(root.id) if isinstance(root, ast.Name) and steps else None
        if not isinstance(bound, ast.Call | ast.Attribute):
            break
        root, before = chain(bound)
        steps = [*before, *steps]
    return root, steps


def runs(put: Put) -> bool:
    """Whether a statement is run as it stands: handed to the session, or by a name that is."""
    for parent in put.parents:
        if isinstance(parent, ast.Call):
            return last_name(parent.func) in RUNNERS
        if isinstance(parent, ast.Assign) and len(parent.targets) == 1 and isinstance(parent.targets[0], ast.Name):
            name = parent.targets[0].id
            return put.scope.is_whole(name) and bool(put.scope.handed.get(name, frozenset()) & RUNNERS)
        if not isinstance(parent, ast.Await | ast.keyword):
            return False
    return False

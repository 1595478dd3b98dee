"""Guards that a change adds and the tree holds, and that let everybody through: `@secured`, whose wrapper calls the view whoever asks."""

import ast
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from gate import lazy
from gate.facts import guardwords
from gate.facts.checked import checks
from gate.facts.guardcall import own
from gate.facts.guardshape import node_of
from gate.facts.guardtree import Found, GuardTree
from gate.facts.guardwords import Guard
from gate.facts.spelling import last, spelled
from gate.nodes import walk

if TYPE_CHECKING:
    from gate.facts.guardsides import Sides

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_BY_NAME = frozenset({"decorator", "dependency", "hook", "call", "class", "base"})
_MAY_REFUSE = lazy.regex(
    r"(?i)abort|raise|fail|den(?:y|ied)|forbid|refus|reject|redirect|decode|jwt|_or_404|verif|valid|check|assert|ensure|require|enforce|auth(?!or_|ors)"
    r"|perm|access|guard|protect|login|token|sign|role|scope|polic|acl|only|secur|restrict|handle|response|status|exit|error|exception|send|load|parse|test_func|member"
)
"""What a function calls that the tree does not hold, and that may turn callers away by itself."""
_SETTING = lazy.regex(r"(?i)\bsettings\.|\bconfig[.\[]|getenv|\benviron\b|\bDEBUG\b|\bTESTING\b|feature|\bflags?\b")
_DECIDING = frozenset({"has_permission", "has_object_permission"})
_GIVES_YES = lazy.regex(r"(?:^|\.)(?:BasePermission|BasePermissionMetaclass|object)$")
"""Bases whose own answer is yes."""
_DECIDES = frozenset(
    {
        *_DECIDING,
        "test_func",
        "get_queryset",
        "get_object",
        "check_permissions",
        "get_permissions",
        "permission_required",
    }
)
_DEPTH = 3


def lets_through(sides: "Sides", guard: Guard, found: Found) -> bool:
    """Whether what is named as a guard is held by the tree, is read whole, and turns nobody away."""
    by_name = guard.how in _BY_NAME and guard.kind in {"access", "signature"}
    return by_name and is_idle(sides.head, found, guard.name)


def is_idle(tree: GuardTree, found: Found, name: str) -> bool:
    """The same of what a name means where something stands."""
    held = tree.lookup(found.path, name, found.unit.owner or found.unit.name)
    return held is not None and does_nothing(tree, held)


def does_nothing(tree: GuardTree, found: Found) -> bool:
    """The same of a function or a class."""
    if found.unit.form == "class":
        return _is_idle_class(tree, found)
    return found.unit.form == "function" and is_hollow(tree, found)


@lru_cache(maxsize=1024)
def is_hollow(tree: GuardTree, found: Found, depth: int = 0) -> bool:
    """Whether a function, those within it and those it calls, raise nothing, and give back nothing but what they were given to do."""
    node = node_of(tree, found)
    if not isinstance(node, _FUNCTIONS) or depth > _DEPTH:
        return False
    parts = list(walk(node))
    if _is_switched_off(node):
        return True
    if found.unit.refuses or any(isinstance(one, ast.Raise | ast.Assert | ast.Yield | ast.Lambda) for one in parts):
        return False
    inner = tree.inner(found.path, found.unit.name)
    if any(
        guard.sure and guard.how not in {"call", "predicate"} for one in (found.unit, *inner) for guard in one.guards
    ):
        return False
    given = _given_to(node)  # the view is called `handler`, and that is what is done with it
    return _gives_on(node) and all(one in given or _is_harmless(tree, found, one, depth) for one in _called(node))


def _called(node: ast.AST) -> Iterator[str]:
    """What a function calls, or has injected."""
    yield from dict.fromkeys(spelled(one.func) for one in walk(node) if isinstance(one, ast.Call))
    yield from dict.fromkeys(
        spelled(one.args[0])
        for one in walk(node)
        if isinstance(one, ast.Call) and last(spelled(one.func)) in {"Depends", "Security"} and one.args
    )


def _is_harmless(tree: GuardTree, found: Found, name: str, depth: int) -> bool:
    """Whether what is called turns nobody away."""
    held = tree.lookup(found.path, name, found.unit.owner)
    if held is None or held.unit is found.unit:
        return not _MAY_REFUSE.search(name)
    if held.unit.form == "function":
        return is_hollow(tree, held, depth + 1)
    return held.unit.form != "class" or not tree.guards_access(held, _DEPTH - 1)


def _gives_on(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether all a decorator's functions return is the view, or what calling it gives; others may return what they like."""
    inner = [one for one in walk(node) if isinstance(one, _FUNCTIONS) and one is not node]
    if not inner:
        return not any(_is_answer(one) for one in _returned(node))
    names = {one.name for one in inner} | _given_to(node)
    return all(_is_passed_on(value, names) for one in (node, *inner) for value in _returned(one))


def _given_to(node: ast.AST) -> set[str]:
    """The parameters of a function and of those within it."""
    inner = (one.args for one in walk(node) if isinstance(one, _FUNCTIONS))
    return {arg.arg for one in inner for arg in (*one.posonlyargs, *one.args)}


def _returned(node: ast.AST) -> Iterator[ast.expr]:
    return (one.value for one in own(node) if isinstance(one, ast.Return) and one.value is not None)


def _is_passed_on(value: ast.expr, names: set[str]) -> bool:
    value = value.value if isinstance(value, ast.Await) else value
    while isinstance(value, ast.Call):
        if last(spelled(value.func)) in {"wraps", "update_wrapper"}:
            return True
        value = value.func
    return isinstance(value, ast.Name) and value.id in names


def _is_answer(value: ast.expr) -> bool:
    """Whether a hook or a helper may answer in the place of the view: a call, or a tuple with a status."""
    return isinstance(value, ast.Tuple) or (
        isinstance(value, ast.Call) and bool(_MAY_REFUSE.search(spelled(value.func)))
    )


def _is_switched_off(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether each check of a decorator is made only if a setting says so: `if not settings.STRICT: return view(request)`."""
    inner = [one for one in walk(node) if isinstance(one, _FUNCTIONS)]
    held = [check for one in inner for check in checks(one)]
    return bool(held) and all(
        any(_SETTING.search(way.text) and way.leaves is not None and way.leaves.calls for way in check.ways)
        for check in held
    )


def _is_idle_class(tree: GuardTree, found: Found, depth: int = 0) -> bool:
    """Whether a class whose bases are known refuses nobody: a permission without an answer of its own, a mixin that only hands on."""
    node = node_of(tree, found)
    held = any(guard.how != "method" or guard.name not in _DECIDING for guard in found.unit.guards)
    if not isinstance(node, ast.ClassDef) or held or depth > _DEPTH:
        return False
    if not all(_is_known(tree, found, base, depth) for base in found.unit.bases):
        return False
    methods = [one for one in node.body if isinstance(one, _FUNCTIONS)]
    if any(_GIVES_YES.search(base) and base != "object" for base in found.unit.bases):
        said = [one for one in methods if one.name in _DECIDING]
        return all(map(_says_only_yes, said))
    names = {one.name for one in methods} | {
        spelled(part) for one in node.body if isinstance(one, ast.Assign) for part in one.targets
    }
    return not names & _DECIDES and bool(methods) and all(map(_only_hands_on, methods))


def _is_known(tree: GuardTree, found: Found, base: str, depth: int) -> bool:
    if _GIVES_YES.search(base):
        return True
    held = tree.dotted(base) or tree.lookup(found.path, base.rpartition(".")[2])
    return held is not None and held.unit is not found.unit and _is_idle_class(tree, held, depth + 1)


def _says_only_yes(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether each answer is `True`, or a name that is given nothing else, and nothing is raised."""
    parts = own(node)
    values: dict[str, list[ast.expr]] = {}
    for one in (part for part in parts if isinstance(part, ast.Assign)):
        values.setdefault(spelled(one.targets[0]), []).append(one.value)
    answers = list(_returned(node))
    held = [values.get(one.id, []) if isinstance(one, ast.Name) else [one] for one in answers]
    yes = all(each and all(isinstance(one, ast.Constant) and one.value is True for one in each) for each in held)
    return bool(answers) and yes and not any(isinstance(one, ast.Raise) for one in parts)


def _only_hands_on(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a method of a mixin raises nothing, and gives back what its base does."""
    parts: Sequence[ast.AST] = own(node)
    calls = [spelled(one.func) for one in parts if isinstance(one, ast.Call)]
    handed = all("super()" in ast.unparse(one) for one in _returned(node))
    idle = not any(isinstance(one, ast.Raise | ast.Assert) for one in parts)
    return (
        idle
        and handed
        and not any(
            guardwords.explains(name) for name in calls if "super" not in name and not name.endswith("get_object")
        )
    )

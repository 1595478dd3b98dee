"""The right that callers must hold to reach the function in which their text enters."""

from gate import lazy
from gate.fact import Repo
from gate.facts.guardtree import Found, GuardTree, guard_tree
from gate.facts.guardwords import Guard
from gate.facts.program import program
from gate.facts.summary import Function

_RIGHT = lazy.regex(r"(?i)admin|staff|super_?user|\broot\b|perm(?:s?\b|_|ission)|privilege|capabilit")
_NO_RIGHT = lazy.regex(
    r"(?i)(?:default_)?permission_?classes|\bpermissions\.|AllowAny|IsAuthenticated|OrReadOnly|permitted"
)
_OWN = frozenset({"rows", "lookup", "exempt", "middleware"})
"""Guards that say whose rows a caller sees, take a check away, or stand before all callers (as for `Permissions-Policy`)."""


def right(repo: Repo, function: Function) -> str:
    """The name of the guard by which only those come in who hold a right, say administrators; "" where none is seen.

    What such a caller may do to the program is often meant, and who gave the right is known. Having signed in, and
    owning what is asked for, are no rights.
    """
    own, found, callers = _asked(repo, function), _unit(guard_tree(repo), function), program(repo).callers
    if own or found is None or found.unit.answers or callers.registrations(function):
        return own
    doors = [_asked(repo, caller) for caller in dict.fromkeys(call[0] for call in callers.of(function))]
    return doors[0] if doors and all(doors) else ""


def _asked(repo: Repo, function: Function) -> str:
    """What is asked before a function itself; of a helper, its callers say."""
    tree = guard_tree(repo)
    found = _unit(tree, function)
    held = tree.before(found) if found else ()
    return next((guard.name for guard in held if _is_right(guard)), "")


def _unit(tree: GuardTree, function: Function) -> Found | None:
    named = (one for one in tree.units(function.path).values() if one.form == "function")
    same = (one for one in named if one.short == function.short and f".{function.name}".endswith(f".{one.name}"))
    return max((Found(function.path, one) for one in same), key=lambda found: len(found.unit.name), default=None)


def _is_right(guard: Guard) -> bool:
    said = _NO_RIGHT.sub("", guard.text)
    return guard.kind == "access" and guard.how not in _OWN and _RIGHT.search(said) is not None

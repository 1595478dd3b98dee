"""What a request's fields are when they are asked for as something that holds no free text."""

import ast
from collections.abc import Collection, Sequence

from gate import lazy
from gate.facts import propagate
from gate.facts.frame import Frame
from gate.facts.summary import Argument
from gate.facts.value import CLEAN, SETTLED, Value, union

_ENUMS = lazy.regex(r"enum\.\w*Enum|django\.db\.models\.(?:Text|Integer)Choices")


def makes_member(frame: Frame, names: Collection[str]) -> bool:
    """`Color(text)` is one of the members of an enumeration of this file, or raises."""
    kinds = [frame.class_named(name) for name in names]
    return bool(kinds) and all(kind and any(map(_ENUMS.fullmatch, kind.bases)) for kind in kinds)


def as_number(node: ast.Call, receiver: Value, given: Sequence[Argument]) -> Value | None:
    """`request.args.get("page", 1, type=int)`: a number, or what stands in for it; None for any other call.

    https://werkzeug.palletsprojects.com/en/stable/datastructures/#werkzeug.datastructures.MultiDict.get
    """
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if name not in {"get", "getlist"} or not all(atom.kind == "request" for atom in receiver.atoms):
        return None
    place = "2" if name == "get" else "1"
    kind = next((one.value for one in given if one.name in {"type", place}), CLEAN)
    if not (receiver.atoms and kind.names and all(map(propagate.counts, kind.names))):
        return None
    others = [one.value for one in given if one.name == "default" or (one.name == "1" and place == "2")]
    return union([SETTLED, *others])

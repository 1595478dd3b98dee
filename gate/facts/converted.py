"""What a request's fields are when they are asked for as something that holds no free text."""

import ast
from collections.abc import Sequence

from gate.facts import propagate
from gate.facts.summary import Argument
from gate.facts.value import CLEAN, SETTLED, Value, union


def as_number(node: ast.Call, receiver: Value, given: Sequence[Argument]) -> Value | None:
    """`request.args.get("page", 1, type=int)`: a number, or what stands in for it; None for any other call.

    https://werkzeug.palletsprojects.com/en/stable/datastructures/#werkzeug.datastructures.MultiDict.get
    """
    asked = isinstance(node.func, ast.Attribute) and node.func.attr in {"get", "getlist"}
    sent = bool(receiver.atoms) and all(atom.kind == "request" for atom in receiver.atoms)
    place = "2" if asked and getattr(node.func, "attr", "") == "get" else "1"
    kind = next((one.value for one in given if one.name in {"type", place}), CLEAN)
    if not (asked and sent and kind.names and all(map(propagate.counts, kind.names))):
        return None
    others = [one.value for one in given if one.name == "default" or (one.name == "1" and place == "2")]
    return union([SETTLED, *others])

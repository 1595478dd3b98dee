"""Objects that are set up step by step, and hold what they are told: parsers of settings, parsers of XML."""

import ast
from collections.abc import Sequence

from gate import lazy
from gate.facts.frame import Frame, place
from gate.facts.names import constant
from gate.facts.summary import Argument
from gate.facts.value import Value

_SETTINGS = lazy.regex(r"configparser\.(?:Raw|Safe)?ConfigParser\(\)")
_SAX = "xml.sax.make_parser()"
SAX_UNSAFE, SAX_SAFE = "xml.sax.unsafe()", "xml.sax.safe()"
_EXTERNAL = lazy.regex(r"feature_external_(?:ges|pes)$|external-(?:general|parameter)-entities$")


def set_up(frame: Frame, node: ast.Call, receiver: Value, given: Sequence[Argument]) -> Value | None:
    """What a call that sets up such an object, or asks it, gives; None for any other call."""
    func = node.func
    if not isinstance(func, ast.Attribute) or not isinstance(func.value, ast.Name):
        return None
    if any(_SETTINGS.fullmatch(name) for name in receiver.names):
        return _setting(frame, func, given)
    if func.attr == "setFeature" and _SAX in receiver.names and len(node.args) > 1 and _external(frame, node):
        off = isinstance(node.args[1], ast.Constant) and not node.args[1].value
        frame.env[func.value.id] = receiver._replace(names=receiver.names | {SAX_SAFE if off else SAX_UNSAFE})
    return None


def _setting(frame: Frame, func: ast.Attribute, given: Sequence[Argument]) -> Value | None:
    """`config.set("a", "b", text)` and `config.get("a", "b")`."""
    keys = [argument.value.known for argument in given[:2]]
    if len(keys) < 2 or not all(isinstance(key, str) for key in keys):
        return None
    where = f"{place(func.value)}[{keys[0]!r}][{keys[1]!r}]"
    if func.attr == "set" and len(given) > 2:
        frame.env[where] = given[2].value
        frame.parts = True
    return frame.env.get(where) if func.attr == "get" else None


def _external(frame: Frame, node: ast.Call) -> bool:
    feature = node.args[0]
    name = frame.names.of(feature) or constant(feature) or ""
    return bool(_EXTERNAL.search(name))

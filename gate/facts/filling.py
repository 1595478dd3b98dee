"""Functions that put what they are given into another of their arguments."""

import ast
from collections.abc import Collection, Mapping, Sequence

from gate.facts.assignment import widen
from gate.facts.frame import Frame
from gate.facts.summary import Argument
from gate.facts.value import WRITTEN, Value, atoms_of, marked, mixed

_FILLS: Mapping[str, tuple[int, int]] = {
    "heapq.heappush": (1, 0), "bisect.insort": (1, 0), "bisect.insort_left": (1, 0), "bisect.insort_right": (1, 0),
    "json.dump": (0, 1), "pickle.dump": (0, 1), "yaml.dump": (0, 1), "shutil.copyfileobj": (0, 1),
}  # fmt: skip
"""By function: the position of what is put in, and of what it is put into."""
_WRITES = frozenset({"json.dump", "pickle.dump", "yaml.dump", "shutil.copyfileobj"})
"""What these are given becomes the content of a file, and no part of its name."""


def fill(frame: Frame, node: ast.Call, names: Collection[str], given: Sequence[Argument]) -> None:
    """`heappush(heap, text)`, `print(text, file=page)`."""
    for name in names:
        if name in _FILLS and len(node.args) > 1:
            source, target = _FILLS[name]
            atoms = mixed(given[source].value.atoms)
            kept = marked(atoms, WRITTEN) if name in _WRITES else atoms
            widen(frame, node.args[target], Value(kept, told=given[source].value.told))
    into = [word.value for word in node.keywords if word.arg == "file"] if "builtins.print" in names else []
    if into:
        shown = [argument.value for argument in given if argument.name != "file"]
        widen(frame, into[0], Value(marked(mixed(atoms_of(shown)), WRITTEN), told=all(one.told for one in shown)))

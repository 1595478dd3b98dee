"""The parts of a matrix that are checks, and whether any job of it has them."""

from collections.abc import Iterator, Mapping
from itertools import islice, product

from gate.facts.checkkind import kind_of_name
from gate.facts.config import Node

_MOST = 500
"""So many jobs of a matrix are told apart."""
Part = tuple[int, str, str, str]
"""The line, what is done as a verb, why it is not done, and the tool."""


def parts(job: Node) -> Iterator[Part]:
    """What a matrix tells its jobs to check, where values say so: `suite: [unit, security]`."""
    matrix = job["strategy"]["matrix"]
    axes = {name: axis for name, axis in matrix.pairs if name not in {"include", "exclude"}}
    found = [(name, value) for name, axis in axes.items() for value in axis.items]
    checks = [(name, value, kind) for name, value in found if (kind := kind_of_name(value.text))]
    left = _left(matrix, axes) if checks else set()
    for name, value, kind in checks:
        why = "" if (name, value.text) in left else "`exclude` leaves it out"
        yield value.line, f"run {kind}" if kind[0] == "`" else f"run {kind} in a matrix", why, kind.strip("`")


def _left(matrix: Node, axes: Mapping[str, Node]) -> set[tuple[str, str]]:
    """The values that some job still has."""
    excluded = [{key: value.text for key, value in row.pairs} for row in matrix["exclude"].items[:_MOST]]
    names = list(axes)
    rows = (
        dict(zip(names, (one.text for one in row), strict=True))
        for row in islice(product(*(axis.items for axis in axes.values())), _MOST)
    )
    kept = (row for row in rows if not any(out.items() <= row.items() for out in excluded if out))
    told = {pair for row in kept for pair in row.items()}
    return told | {(key, value.text) for row in matrix["include"].items for key, value in row.pairs}

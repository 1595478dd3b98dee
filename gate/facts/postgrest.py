"""Supabase's client in Python: `client.table("orders").select("*")`, `client.table("orders").delete().execute()`."""

import ast

from gate import lazy
from gate.facts.chains import Step
from gate.facts.links import WRITES, Found
from gate.facts.sqltext import words
from gate.facts.strings import Put

_NARROWS = words(
    "eq neq gt gte lt lte like ilike is_ in_ contains contained_by match filter or_ not_ text_search range_gt range_lt "
    "overlaps like_all_of like_any_of"
)
_STAR = lazy.regex(r"\s*\*\s*(?:,|$)")
_EVERY = frozenset({("neq", "id"), ("gt", "id"), ("gte", "id")})


def read(put: Put, steps: list[Step]) -> Found | None:
    """Read a chain that names its table by a text; None for any other."""
    at = next((index for index, step in enumerate(steps) if step.name in {"table", "from_"} and _text(step)), None)
    if at is None:
        return None
    table, rest = _text(steps[at]), steps[at + 1 :]
    line, last = put.node.lineno, put.node.end_lineno or put.node.lineno
    if any(step.name == "select" and _STAR.match(_text(step)) for step in rest):
        return Found(line, last, "select", table, star=True)
    verb = next((WRITES[step.name] for step in rest if step.call and step.name in WRITES), "")
    narrows = any(step.name in _NARROWS and (step.name, _text(step)) not in _EVERY for step in rest)
    return Found(line, last, verb, table, limits="where" if narrows else "") if verb else None


def _text(step: Step) -> str:
    first = step.call.args[0] if step.call and step.call.args else None
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""

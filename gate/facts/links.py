"""What the links of a chain of calls say of which rows are meant: `filter(tenant=t)`, `where(...)`, `order_by(...)`."""

from dataclasses import dataclass, field

from gate.facts.chains import Step
from gate.facts.filters import filtered
from gate.facts.kept import kept
from gate.facts.sqltext import words
from gate.facts.sqltree import Witness
from gate.facts.strings import Put

_PLAIN = words(
    "all order_by using select_related prefetch_related only defer distinct reverse annotate alias "
    "select_for_update iterator values values_list count exists first last delete update adelete aupdate "
    "acount aexists afirst alast aiterator _raw_delete execute execution_options options with_for_update "
    "yield_per returning group_by add_columns fetchall scalars scalar one one_or_none all_ with_only_columns "
    "select_from limit offset join outerjoin join_from query unique partitions tuples get_queryset as_manager "
    "aggregate aaggregate scalar_one scalar_one_or_none scalars_all first_or_404 one_or_404 dicts objects namedtuples "
    "switch mappings fetchone fetchmany switch paginate in_bulk earliest latest"
)
FILTERS = words("filter get exclude aget where filter_by having get_or_none aget_or_none")
WRITES = {"delete": "delete", "adelete": "delete", "_raw_delete": "delete", "update": "update", "aupdate": "update"}
_ENDS = words(
    "get aget first last exists count one one_or_none scalar scalar_one scalars execute exec fetchall "
    "get_or_404 first_or_404 one_or_404 get_or_none aget_or_none afirst alast acount aexists aggregate aaggregate "
    "get_by_id dicts"
)
_ROWS = words(
    "get aget first last one one_or_none get_or_404 first_or_404 one_or_404 get_or_none aget_or_none afirst alast"
)
"""Links after which a row is spoken of, no query."""
_MAKES = words(
    "create bulk_create get_or_create update_or_create acreate insert abulk_create model raw insert_many replace"
)


@dataclass(frozen=True)
class Found:
    """A query in an object mapper's words. `limits` is that of `sqlwrites.Write`."""

    line: int
    end_line: int
    verb: str
    model: str
    scoped: tuple[tuple[str, ...], ...] = ()
    partly: tuple[str, ...] = ()
    bypassed: tuple[str, ...] = ()
    known: bool = False
    limits: str = ""
    runs: bool = True
    star: bool = False


@dataclass
class _Reading:
    """What the links read so far say."""

    verb: str
    witnesses: set[Witness] = field(default_factory=set)
    mentioned: set[str] = field(default_factory=set)
    bypassed: set[str] = field(default_factory=set)
    known: bool = True
    narrows: bool = False


def query(put: Put, model: str, steps: list[Step], *, runs: bool = True, verb: str = "") -> Found | None:
    """Read what the links say of which rows are meant; None where they make rows."""
    if any(step.name in _MAKES for step in steps):
        return None
    reading = _Reading(verb)
    end = next((index for index, step in enumerate(steps) if step.name in _ROWS and step.call), len(steps))
    for step in steps[: end + 1]:
        _take(reading, step)
    reading.verb = reading.verb or next((WRITES[step.name] for step in steps[end:] if step.name in WRITES), "")
    last = steps[-1].name if steps else ""
    if (reading.verb or "select") == "select" and last not in _ENDS and end == len(steps):
        later = kept(put, rows=last in {"values", "values_list"})
        reading.known = reading.known and later.known
        for step in later.steps:
            (_take if later.always else _take_later)(reading, step)
    scoped = tuple(sorted(tuple(sorted(witness)) for witness in reading.witnesses))[:16]
    return Found(
        put.node.lineno, put.node.end_lineno or put.node.lineno, reading.verb or "select", model, scoped, tuple(sorted(reading.mentioned)),
        tuple(sorted(reading.bypassed)), reading.known, "where" if reading.narrows else "", runs,
    )  # fmt: skip


def _take(reading: _Reading, step: Step) -> None:
    reading.verb = reading.verb or (WRITES.get(step.name, "") if step.call else "")
    if step.call is None or step.name not in _PLAIN | FILTERS:
        reading.known, reading.narrows = reading.known and step.name == "[]", True
    elif step.name in FILTERS:
        said = filtered(step.call, excludes=step.name == "exclude")
        reading.witnesses |= said.bound
        reading.mentioned |= said.mentioned
        reading.bypassed |= said.bypassed
        reading.known, reading.narrows = reading.known and said.sure, reading.narrows or said.real
    elif step.name == "outerjoin":
        reading.known = False


def _take_later(reading: _Reading, step: Step) -> None:
    """A link that is added further down, perhaps only at times: it may bind, so what it names is not judged."""
    later = _Reading(reading.verb)
    _take(later, step)
    reading.mentioned |= later.mentioned.union(*later.witnesses)
    reading.known = reading.known and later.known and frozenset() not in later.witnesses

"""What a GRANT gives, on what, and to whom."""

from collections.abc import Iterator
from dataclasses import dataclass

from gate.facts.ddl import Ddl, bare, named

_THINGS = frozenset({
    "schema", "database", "function", "procedure", "routine", "sequence", "type", "domain", "language", "tablespace",
    "foreign", "parameter", "large", "functions", "sequences", "types", "routines", "schemas", "procedures",
})  # fmt: skip


@dataclass(frozen=True)
class Grant:
    """`rights` are lower case. `on` is "table", "tables" (of a whole schema), "schema", "database" or another kind.

    `default`: for what is created later.
    """

    rights: frozenset[str]
    on: str
    schema: str
    name: str
    to: tuple[str, ...]
    default: bool


def granted(ddl: Ddl) -> Grant | None:
    """A GRANT in parts, that of default privileges too; None for a membership and for anything else."""
    said = ddl.said
    default = ddl.what == "default privileges"
    if default and "grant" in said:
        said = said[said.index("grant") + 1 :]
    elif ddl.verb != "grant" or ddl.what:
        return None
    if "on" not in said or "to" not in said[said.index("on") :]:
        return None
    on = said.index("on")
    to = said.index("to", on)
    kind, schema, name = _object(said[on + 1 : to])
    return Grant(frozenset(word for word in said[:on] if word.isalpha()), kind, schema, name,
                 tuple(_receivers(said[to + 1 :])), default)  # fmt: skip


def _object(said: tuple[str, ...]) -> tuple[str, str, str]:
    if said[:1] == ("all",) and len(said) > 1:
        return said[1], bare(said[-1]), ""
    if said[:2] in (("*", "."), ("*.*",)) or said[:1] == ("*",):
        return "everything", "", ""
    if said[:1] == ("tables",):
        return "tables", "", ""
    if said and said[0] in _THINGS:
        return said[0], "", bare(said[-1])
    at = 1 if said[:1] == ("table",) else 0
    schema, name, _ = named(said, at)
    return "table", schema, name


def _receivers(said: tuple[str, ...]) -> Iterator[str]:
    for word in said:
        if word in {"with", "granted", "identified", "require"}:
            return
        if word not in {",", "group", "role"}:
            yield bare(word).strip("'")

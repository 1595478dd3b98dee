"""Variables of a deployment that let callers pass without being asked who they are."""

from collections.abc import Iterator

from gate.facts.switch import off
from gate.facts.variables import variables
from gate.source import Source


def deployed_open(source: Source) -> Iterator[tuple[str, int]]:
    """Each by its name and line."""
    for one in variables(source):
        if (one.is_on and off(one.name, on=True)) or (one.is_off and off(one.name, on=False)):
            yield one.name, one.line

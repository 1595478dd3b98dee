"""Who is asked what is known of a pin: the local database where there is one, else pip-audit for PyPI."""

from collections.abc import Mapping, Sequence

from gate.advisories import audit
from gate.advisories.audit import Advisory, Pin
from gate.advisories.index import MEND, Index
from gate.advisories.place import index, present, stale
from gate.scanners import _pip_audit

Known = dict[Pin, list[Advisory]]


def version() -> str:
    """The database, by its day and digest; without one, the version of the pip-audit that will run.

    Raises:
        ToolError: There is neither.
    """
    path = present()
    if path is None:
        return _pip_audit.version()
    facts = index(path).facts
    return f"advisories {max(facts.newest.values(), default=facts.built)} ({facts.digest[:12]})"


def audited(pins: Sequence[Pin]) -> tuple[Known, Mapping[Pin, str]]:
    """What is known of each pin, and the pins nothing could be said about, with the reason.

    Raises:
        ToolError: Nobody could be asked about any.
    """
    path = present()
    return _from_index(index(path), pins) if path else _without_index(pins)


def _from_index(known: Index, pins: Sequence[Pin]) -> tuple[Known, Mapping[Pin, str]]:
    """What an old database says is true all the same; what it does not say is no answer."""
    found, silent = audit.audited(known, pins)
    old = {ecosystem: stale(known.facts, ecosystem) for ecosystem in {pin[0] for pin in pins}}
    return found, {**silent, **{pin: old[pin[0]] for pin in pins if old[pin[0]]}}


def _without_index(pins: Sequence[Pin]) -> tuple[Known, Mapping[Pin, str]]:
    python = [pin for pin in pins if pin[0] == "PyPI"]
    found, silent = _pip_audit.audited([pin[1:] for pin in python]) if python else ({}, {})
    others = {pin: f"there is no database of advisories for {pin[0]}; {MEND}" for pin in pins if pin[0] != "PyPI"}
    told = {("PyPI", *pin): why for pin, why in silent.items()}
    return {("PyPI", *pin): advisories for pin, advisories in found.items()}, {**told, **others}

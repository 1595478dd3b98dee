"""The commands that keep the database of advisories."""

import sys
from collections.abc import Sequence
from pathlib import Path

import click

STALE = 3
_URL = "https://osv-vulnerabilities.storage.googleapis.com"
"""Where OSV publishes the records of each ecosystem (https://google.github.io/osv.dev/data/#data-dumps)."""


@click.group(
    epilog="""\b
Examples:
  gate advisories update                     download the records of OSV for PyPI and npm
  gate advisories update --url https://mirror.example.com/osv
  gate advisories import PyPI.zip npm.zip    what was downloaded elsewhere, both in one go
  gate advisories status                     how old it is; exit status 3 when it is no answer

\b
The index lies in the user's cache (`gate advisories status` says where), or in the file that GATE_ADVISORIES names.
GATE_ADVISORIES may name a folder of OSV records as well, which every run then reads anew.
"""
)
def advisories() -> None:
    """Keep the database of known vulnerabilities, which audits PyPI and npm packages without a network.

    It is made of OSV records (https://osv.dev): those of the PyPA and GitHub advisory databases (CC-BY-4.0) and of the
    OpenSSF's malicious packages (Apache-2.0).
    """


@advisories.command()
@click.option("--url", default=_URL, envvar="GATE_ADVISORIES_URL", show_default=True, show_envvar=True,
              help="Where PyPI/all.zip and npm/all.zip lie.")  # fmt: skip
def update(url: str) -> None:
    """Download all records about PyPI and npm, and make the index of them anew."""
    from gate.advisories import fetch

    click.echo(f"gate: downloading from {url} ...", err=True)
    _tell(fetch.update(url).broken)


@advisories.command(name="import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
def import_(paths: Sequence[Path]) -> None:
    """Make the index of OSV records that are here: folders or zips, JSON or YAML, in place of what was there."""
    from gate.advisories import fetch

    _tell(fetch.take_in(paths).broken)


@advisories.command()
def status() -> None:
    """Say where the database lies, how old it is, and how much it holds; exit status 3 when it is no answer."""
    from gate.advisories.place import present

    if present() is None:
        click.echo("There is no database: only PyPI can be audited, and only through pip-audit's live service.")
        click.echo("Run `gate advisories update`, or `gate advisories import` where there is no network.")
        sys.exit(STALE)
    sys.exit(_show())


def _tell(broken: Sequence[str]) -> None:
    """What was made, and what of it could not be read."""
    from gate.reports._safe import shown

    for name in broken[:5]:
        click.echo(f"gate: {shown(name[:120])} cannot be read and is left out", err=True)
    sys.exit(_show())


def _show() -> int:
    """Print what the database says of itself; the exit status."""
    from gate.advisories.place import index, present, stale
    from gate.advisories.record import ECOSYSTEMS
    from gate.reports._safe import shown

    path = present()
    if path is None:
        return STALE
    facts = index(path).facts
    size = f", {path.stat().st_size / 1e6:.1f} MB" if path.is_file() else ""
    click.echo(f"{shown(str(path))}{size}, built on {facts.built}")
    for name in ECOSYSTEMS:
        newest = f"the newest of {facts.newest[name]}" if name in facts.newest else "none"
        known, bad = facts.counts.get(name, 0), facts.malicious.get(name, 0)
        counts = (
            f"{_counted(known, 'advisory', 'advisories')}, {_counted(bad, 'malicious package', 'malicious packages')}"
        )
        click.echo(f"  {name:5} {counts}, {newest}")
    old = [said for name in ECOSYSTEMS if (said := stale(facts, name))]
    for said in old:
        click.echo(f"  ! {said}")
    if facts.broken:
        click.echo(f"  ! {_counted(facts.broken, 'file', 'files')} could not be read")
    return STALE if old else 0


def _counted(count: int, one: str, more: str) -> str:
    return f"{count:,} {one if count == 1 else more}"

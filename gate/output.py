"""Where a review goes: files, standard output, the width and colour of the terminal."""

import os
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gate.errors import UsageError

if TYPE_CHECKING:
    from gate.review import Review

STDOUT = Path("-")


def targets(formats: Sequence[str], outputs: Sequence[Path]) -> list[tuple[str, Path | None]]:
    """Pair each format with its output; None is standard output, which shows the text unless it is taken.

    Raises:
        UsageError: Which format goes where is not clear.
    """
    hint = "Write them in pairs: --format sarif --output gate.sarif; `-` is standard output."
    if len(formats) == 1 and not outputs:
        return [(formats[0], None)]
    if len(formats) != len(outputs):
        raise UsageError(f"There are {len(formats)} --format and {len(outputs)} --output.", hint)
    if len(set(outputs)) < len(outputs):
        raise UsageError("Two formats would be written to one place.", "Give each --output a name of its own.")
    paired = [(name, None if output == STDOUT else output) for name, output in zip(formats, outputs, strict=True)]
    return paired if STDOUT in outputs else [*paired, ("text", None)]


def deliver(done: "Review", targets: Sequence[tuple[str, Path | None]]) -> None:
    from gate import registry

    for name, output in targets:
        if output is None and name == "text":
            tell(done)
        elif output is None:
            click.echo(registry.report(name).render(done), nl=False)
        else:
            write(output, registry.report(name).render(done))


def tell(done: "Review", *, checklist: bool = True) -> None:
    """Print the text, as wide and as colourful as the terminal likes it."""
    from gate.reports.text import show

    click.echo(show(done, width=width(), colour=colour(), checklist=checklist), nl=False, color=colour())


def write(output: Path, text: str) -> None:
    """Write a report to a file.

    Raises:
        UsageError: The file cannot be written.
    """
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"`{output}` cannot be written: {error.strerror}.", "Name a file in a folder that exists."
        ) from error


def width() -> int:
    import shutil

    return max(60, min(shutil.get_terminal_size((100, 24)).columns, 140))


def colour() -> bool:
    shows = sys.stdout is not None and sys.stdout.isatty()  # it is None where whoever started gate has closed it
    return shows and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def progress(*, quiet: bool) -> AbstractContextManager[object]:
    """A live line on a terminal, one plain line elsewhere."""
    from contextlib import nullcontext

    if quiet or sys.stderr is None:  # closed by whoever started gate
        return nullcontext()
    if sys.stderr.isatty():
        from rich.console import Console

        return Console(stderr=True).status("Judging the change ...")
    click.echo("gate: judging the change ...", err=True)
    return nullcontext()

"""Taking gate up in a repository: every file is shown or asked about before it is written, and none is overwritten."""

import difflib
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from gate import offer
from gate.errors import UsageError
from gate.git import Git
from gate.offer import Offer, State

Ask = Callable[[str, bool], bool]
"""A question and the answer to suggest; the answer."""


def default_branch(git: Git) -> str:
    """The name of the branch changes are merged into; of a repository without commits, the one it is on."""
    if git.has("HEAD"):
        try:
            return git.default_branch().removeprefix("refs/remotes/origin/").removeprefix("refs/heads/")
        except UsageError:
            pass  # it has another name than the usual ones, and no remote says which
    return git.current_branch()


def shown(made: Iterable[Offer]) -> Iterator[str]:
    """What would be written: new files in full, changes as a diff."""
    for one in made:
        yield f"==> {one.path} ({one.state.value})"
        if one.state is State.NEW:
            yield one.new or ""
        elif one.state is not State.SAME:
            yield difference(one)


def difference(one: Offer) -> str:
    """What writing a file that is there would change; what a person is to add, where only a person can."""
    if one.new is None:
        return one.advice
    return "".join(
        difflib.unified_diff(
            (one.old or "").splitlines(keepends=True), one.new.splitlines(keepends=True), one.path, one.path
        )
    )


def write(top: Path, made: Iterable[Offer], ask: Ask, say: Callable[[str], None]) -> list[Offer]:
    """Write what is agreed to; the offers that were written.

    Raises:
        UsageError: A file cannot be written.
    """
    written = []
    for one in made:
        if _agreed(one, ask, say):
            _put(top / one.path, one.new or "")
            written.append(one)
            say(f"written    {one.path}")
    return written


def next_steps(made: Iterable[Offer], written: Iterable[Offer]) -> Iterator[str]:
    """What is left to people."""
    unnamed = [one.path for one in made if offer.UNKNOWN.commit in (one.new or "")]
    paths = [one.path for one in written]
    if unnamed:
        yield (
            f"Put gate's repository and commit into {' and '.join(unnamed)}. This copy of gate does not know where it "
            "comes from, so OWNER/gate stands there, which GitHub refuses to run; --source names it."
        )
    if offer.HOOKS in paths:
        yield "Everybody runs once: pre-commit install --hook-type pre-commit --hook-type pre-merge-commit"
    if offer.WORKFLOW in paths:
        yield "Commit the files and open a pull request; gate judges it. Then make the check `gate` required."


def _agreed(one: Offer, ask: Ask, say: Callable[[str], None]) -> bool:
    if one.state is State.SAME:
        say(f"unchanged  {one.path}")
        return False
    if one.state is State.BY_HAND:
        say(f"by hand    {one.path} cannot be added to as it is written; add this under `repos`:\n{one.advice}")
        return False
    if one.state is not State.NEW:
        say(difference(one))
    verb = {State.NEW: "Write", State.LONGER: "Add this to", State.OTHER: "Overwrite"}[one.state]
    if ask(f"{verb} {one.path}?", one.state is not State.OTHER):
        return True
    say(f"left alone {one.path}")
    return False


def _put(place: Path, text: str) -> None:
    """A file keeps the line ends it has."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        ends = "\r\n" if place.exists() and b"\r\n" in place.read_bytes() else "\n"
        place.write_text(text, encoding="utf-8", newline=ends)
    except OSError as error:
        raise UsageError(f"`{place}` cannot be written: {error.strerror}.", "See that you may write there.") from error


def asker(*, yes: bool) -> Ask:
    """How questions are answered: on a terminal by people, with `yes` as suggested.

    Raises:
        UsageError: Nobody is there to ask.
    """
    if yes:
        return lambda _question, suggested: suggested
    if not sys.stdin.isatty():
        raise UsageError(
            "There is no terminal to ask you on.", "Add --yes to write what is new, or --print to see it first."
        )
    import click

    return lambda question, suggested: click.confirm(question, default=suggested)

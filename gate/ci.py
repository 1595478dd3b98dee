"""One job of GitHub Actions: the change of its event is judged, and everybody is told where they look.

Whether the job then fails is left to its last step, so that nothing between here and there can change it.
"""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gate import __version__, registry
from gate.cache import Cache
from gate.change import Change, Tree, read_change
from gate.errors import UsageError
from gate.event import read_event
from gate.finding import Action
from gate.git import Git
from gate.origin import pages
from gate.output import write
from gate.pipeline import Options, review
from gate.review import Review
from gate.trigger import Asked, asked

_FILES = {"json": "gate.json", "sarif": "gate.sarif", "markdown": "gate.md"}


@dataclass(frozen=True)
class Wanted:
    """What the job asks for; `base` and `sarif` replace what the event and `reports` would give."""

    reports: Path
    base: str | None = None
    profile: str = "full"
    sarif: Path | None = None


def judge(git: Git, wanted: Wanted, environment: Mapping[str, str] = os.environ) -> Review:
    """Judge what the event brings, leave the reports, and write the job's outputs and summary.

    Raises:
        UsageError: This is no such job, its event brings no change, or a report cannot be written.
        ToolError: git could not read the change.
    """
    event = _asked(environment)
    event = replace(event, bases=(wanted.base,), or_all=False) if wanted.base else event
    places = _places(wanted, git.root)
    done = review(change_of(git, event), Options(wanted.profile, said=read_event(environment).said), Cache(None))
    done = replace(done, pages=pages())
    for name, place in places.items():
        write(place, registry.report(name).render(done))
    _append(environment.get("GITHUB_OUTPUT"), _outputs(done, event, places))
    _append(environment.get("GITHUB_STEP_SUMMARY"), _summary(done, environment))
    return done


def change_of(git: Git, event: Asked) -> Change:
    """The change an event asks about.

    Raises:
        UsageError: The clone lacks its head, or all of its bases where there must be one.
    """
    known = next((base for base in event.bases if git.has(base)), None)
    if known is None and (not event.or_all or git.is_shallow()):
        return read_change(git, event.bases[0] if event.bases else f"{event.head}~1", event.head)
    if known is None:
        last = git.commit(event.head)
        return Change(Tree(git, git.empty_tree()), Tree(git, last), last=last)
    return read_change(git, known, event.head)


def _asked(environment: Mapping[str, str]) -> Asked:
    names = ("GITHUB_EVENT_NAME", "GITHUB_EVENT_PATH", "GITHUB_SHA")
    missing = next((name for name in names if not environment.get(name)), None)
    if missing:
        hint = "Elsewhere, name the revisions: `gate scan --base REV --head REV`."
        raise UsageError(f"This is no job of GitHub Actions: {missing} is not set.", hint)
    name, path, sha = (environment[name] for name in names)
    return asked(name, _payload(Path(path)), sha)


def _payload(path: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        hint = "GitHub leaves it there for each job; leave GITHUB_EVENT_PATH as it is."
        raise UsageError(f"The event in `{path}` cannot be read: {error}.", hint) from error
    return found if isinstance(found, dict) else {}


def _places(wanted: Wanted, top: Path) -> dict[str, Path]:
    try:
        wanted.reports.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        hint = "Name a folder that can be made: `--reports DIR`."
        raise UsageError(f"`{wanted.reports}` cannot be made: {error.strerror}.", hint) from error
    places = {name: wanted.reports / file for name, file in _FILES.items()}
    if wanted.sarif:
        places["sarif"] = _plain(wanted.sarif, top)
    return places


def _plain(path: Path, top: Path) -> Path:
    """A path on one line that, in the checkout, leads through no link: the change may have put one there."""
    place = Path(os.path.normpath(top / path))
    if not str(place).isprintable() or (place.is_relative_to(top) and place.resolve() != place):
        raise UsageError(
            f"`{path}` leads through a link, or is not on one line.", "Name a plain file for the SARIF report."
        )
    return place


def _outputs(done: Review, event: Asked, places: Mapping[str, Path]) -> Iterable[str]:
    live = [finding for finding in done.findings if not finding.waived]
    yield f"verdict={done.verdict}"
    yield f"blocking={len(done.blocking)}"
    yield f"warnings={sum(finding.action is Action.WARN for finding in live)}"
    yield f"unknown={len(done.unknown)}"
    yield f"pull={event.pull if event.pull and not event.draft else ''}"
    for name, place in places.items():
        yield f"{name}={place}"


def _summary(done: Review, environment: Mapping[str, str]) -> Iterable[str]:
    yield registry.report("markdown").render(done)
    attempt = environment.get("GITHUB_RUN_ATTEMPT", "1")
    again = "" if attempt == "1" else f" Attempt {attempt} judges what the first one did: the same two commits."
    yield f"<sub>gate {__version__} judged `{done.base[:12]}` to `{done.head[:12]}`.{again}</sub>"


def _append(path: str | None, lines: Iterable[str]) -> None:
    if path:
        with Path(path).open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)

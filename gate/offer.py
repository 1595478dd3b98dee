"""What `gate init` offers: each file as it is, and as it would be."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from importlib.resources import files
from pathlib import Path
from typing import Any

from gate import lazy, registry
from gate.errors import UsageError
from gate.origin import Origin

WORKFLOW = ".github/workflows/gate.yml"
SECOND = ".github/workflows/gate-review.yml"
HOOKS = ".pre-commit-config.yaml"
POLICY = "gate.toml"
PULL_REQUESTS = ".github/pull_request_template.md"

UNKNOWN = Origin("https://github.com", "OWNER/gate", "0" * 40, "name gate's repository and commit here")
"""Stands where nobody could say where gate comes from; GitHub refuses to run it."""

_NAMED = lazy.regex(r"(?m)^ +uses: ([\w.-]+/gate)@([0-9a-f]{40}) # (.+)$")
_PULL_REQUESTS = lazy.regex(r"(?i)(?:\.github/|docs/)?pull_request_template\.(?:md|txt)")


class State(Enum):
    """What writing a file would do."""

    NEW = "new"
    SAME = "there already"
    LONGER = "adds to what is there"
    OTHER = "differs from what is there"
    BY_HAND = "to be added by hand"


@dataclass(frozen=True)
class Offer:
    """A file as it is (None: it is not there), and as gate would have it (None: only a person can do that)."""

    path: str
    old: str | None
    new: str | None
    advice: str = ""

    @property
    def state(self) -> State:
        if self.new is None:
            return State.BY_HAND
        if self.old is None:
            return State.NEW
        if self.old == self.new:
            return State.SAME
        return State.LONGER if self.new.startswith(self.old.rstrip("\n")) else State.OTHER


def named(top: Path) -> Origin:
    """The gate that the workflow names already, put there by hand or by another copy of gate.

    Raises:
        UsageError: The workflow that is there cannot be read.
    """
    found = _NAMED.search(read(top, WORKFLOW) or "")
    return Origin("https://github.com", *found.groups()) if found and found[1] != UNKNOWN.repository else UNKNOWN


def offers(top: Path, origin: Origin, branch: str, *, forks: bool) -> Iterator[Offer]:
    """Everything gate would write into a repository.

    Args:
        top: The top of the worktree.
        origin: The gate that workflow and hook name.
        branch: The default branch.
        forks: Whether reviews of pull requests from forks get a second stage.

    Raises:
        UsageError: A file that is there cannot be read.
    """
    said = {"branch": json.dumps(branch), "action": _uses(origin, ""), "review": _uses(origin, "/review")}
    yield Offer(WORKFLOW, read(top, WORKFLOW), _filled("gate-first.yml" if forks else "gate.yml", said))
    if forks:
        yield Offer(SECOND, read(top, SECOND), _filled("gate-review.yml", said))
    yield _hooks(read(top, HOOKS), origin)
    policy = read(top, POLICY)
    yield Offer(POLICY, policy, _filled("gate.toml", {"guide": _guide(origin)}) if policy is None else policy)
    yield _pull_requests(top)


def read(top: Path, path: str) -> str | None:
    """A file of the worktree as text; None when there is none.

    Raises:
        UsageError: It leads out of the worktree, or it is not text.
    """
    place = top / path
    if not place.resolve().is_relative_to(top.resolve()):
        raise UsageError(f"`{path}` leads out of the repository, through a link.", "Put a plain file or folder there.")
    try:
        return place.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"`{path}` cannot be read: {error}.", "Move it away, then run `gate init` again.") from error


def entry(origin: Origin) -> str:
    """The entry for `.pre-commit-config.yaml`: gate at a commit, or whichever gate the machine has."""
    if origin is UNKNOWN:
        return _filled("pre-commit-local.yml", {})
    return _filled("pre-commit.yml", {"url": origin.url, "rev": f"{origin.commit} # frozen: {origin.label}"})


def security() -> str:
    """The section of a pull request that only people can fill in."""
    asks = [f"- [ ] {ask} (`{item.id}`)" for item in registry.items().values() for ask in item.asks]
    return _filled("security.md", {"asks": "\n".join(asks)})


def _hooks(old: str | None, origin: Origin) -> Offer:
    if old is None:
        kinds = "default_install_hook_types: [pre-commit, pre-merge-commit]\n"
        return Offer(HOOKS, None, f"{kinds}repos:\n{_indented(entry(origin), 2)}")
    parsed = _parsed(old)
    if any(hook.get("id") == "gate" or "gate hook" in str(hook.get("entry")) for hook in _hooks_of(parsed)):
        return Offer(HOOKS, old, old)
    return _with_entry(old, parsed, entry(origin))


def _with_entry(old: str, parsed: dict[str, Any], new: str) -> Offer:
    """One more repository at the end of the file, where that leaves all the rest as it is."""
    import yaml

    indents = [len(found[1]) for found in re.finditer(r"(?m)^( *)- +repo *:", old)]
    longer = old.rstrip("\n") + "\n" + _indented(new, indents[-1] if indents else 2)
    wanted = parsed | {"repos": [*(parsed.get("repos") or ()), *yaml.safe_load(new)]}
    return Offer(HOOKS, old, longer) if _parsed(longer) == wanted else Offer(HOOKS, old, None, new)


def _parsed(text: str) -> dict[str, Any]:
    import yaml

    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError:
        return {}
    return found if isinstance(found, dict) else {}


def _hooks_of(parsed: dict[str, Any]) -> Iterator[dict[str, Any]]:
    repos = parsed.get("repos")
    for repo in repos if isinstance(repos, list) else ():
        hooks = repo.get("hooks") if isinstance(repo, dict) else ()
        yield from (hook for hook in hooks or () if isinstance(hook, dict))


def _pull_requests(top: Path) -> Offer:
    folders = (top / ".github", top, top / "docs")
    there = [path for folder in folders if folder.is_dir() for path in sorted(folder.iterdir())]
    names = (path.relative_to(top).as_posix() for path in there)
    name = next((name for name in names if _PULL_REQUESTS.fullmatch(name)), PULL_REQUESTS)
    old = read(top, name)
    if old is not None and re.search(r"(?im)^#+ *security\b", old):
        return Offer(name, old, old)
    before = "## What and why\n" if old is None else old.rstrip("\n") + "\n"
    return Offer(name, old, f"{before}\n{security()}")


def _guide(origin: Origin) -> str:
    return "docs/policy.md of gate" if origin is UNKNOWN else f"{origin.url}/blob/{origin.commit}/docs/policy.md"


def _uses(origin: Origin, folder: str) -> str:
    return f"{origin.repository}{folder}@{origin.commit} # {origin.label}"


def _filled(template: str, said: dict[str, str]) -> str:
    text = (files("gate") / "templates" / template).read_text(encoding="utf-8")
    return re.sub(r"<(\w+)>", lambda found: said.get(found[1], found[0]), text)


def _indented(text: str, columns: int) -> str:
    return "".join(" " * columns + line for line in text.splitlines(keepends=True))

"""What a git hook is about to let through: the commit being made, or the commits being pushed."""

import os
from collections.abc import Mapping
from dataclasses import replace

from gate.cache import Cache
from gate.change import Change, Tree, read_change
from gate.git import Git
from gate.pipeline import Options, review
from gate.review import Review

_GIT_NAMES_A_PARENT = "GITHEAD_"


def judge(git: Git, when: str, profile: str, environment: Mapping[str, str] = os.environ) -> Review:
    """Judge what happens at `when`: "commit" or "push".

    Raises:
        UsageError: What git or pre-commit names is not in the repository, or the base policy is not valid.
        ToolError: git could not read the change.
    """
    change = of_commit(git, environment) if when == "commit" else of_push(git, environment)
    done = review(change, Options(profile), Cache.default(git.root))
    return replace(done, notes=(*done.notes, *_taken(change)))


def of_commit(git: Git, environment: Mapping[str, str]) -> Change:
    """The index against HEAD; of a merge, only the files that differ from every parent."""
    return replace(
        read_change(git, None, None, staged=True),
        parents=tuple(Tree(git, git.commit(parent)) for parent in _merged(git, environment)),
    )


def of_push(git: Git, environment: Mapping[str, str]) -> Change:
    """The commits the other side lacks, which pre-commit names; without names, HEAD against the default branch.

    Where the other side has nothing yet, pre-commit names the branch alone, and all of it is new.
    """
    start, end = environment.get("PRE_COMMIT_FROM_REF"), environment.get("PRE_COMMIT_TO_REF")
    if start and end:
        return read_change(git, start, end)
    branch = environment.get("PRE_COMMIT_LOCAL_BRANCH")
    if branch:
        last = git.commit(branch)
        return Change(Tree(git, git.empty_tree()), Tree(git, last), last=last)
    return read_change(git, None, "HEAD")


def _merged(git: Git, environment: Mapping[str, str]) -> list[str]:
    """The commits being merged into HEAD.

    git keeps them in MERGE_HEAD while a person resolves conflicts; before a merge without conflicts is committed
    that file is not there yet, but the names of GITHEAD_* variables end with them (git-merge, builtin/merge.c).
    """
    waiting = git.merge_heads()
    if waiting or environment.get("GIT_REFLOG_ACTION", "").split(" ")[0] not in {"merge", "pull"}:
        return waiting
    names = (name for name in environment if name.startswith(_GIT_NAMES_A_PARENT))
    return sorted(name.removeprefix(_GIT_NAMES_A_PARENT) for name in names)


def _taken(change: Change) -> tuple[str, ...]:
    every = len(change.all_files)
    taken = every - len(change.files)
    if not taken:
        return ()
    are, they = ("is", "it was") if taken == 1 else ("are", "they were")
    told = f"This is a merge. {taken} of the {every} files it changes {are} exactly as in a branch it merges"
    return (f"{told}, so {they} left out. `gate scan --staged` judges all of them.",)

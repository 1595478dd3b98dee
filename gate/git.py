"""Talking to git: the only place that does."""

import os
import shutil
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

from gate.errors import ToolError, UsageError
from gate.process import Output, Server, clean_environment, run

_HARDENED = (
    "-c", "core.hooksPath=/dev/null",
    "-c", "core.fsmonitor=false",
    "-c", "core.quotePath=false",
    "-c", "protocol.allow=never",
    "--no-optional-locks", "--literal-pathspecs", "--no-replace-objects",
)  # fmt: skip
_TIMEOUT = 120
_GROUP = 60
"""Objects asked for in one go; their ids (of SHA-256, too) must fit in the smallest of pipes."""


class Git:
    """One repository, read. What gate must write (the tree of a worktree) goes to a folder of its own."""

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise UsageError(f"There is no folder `{folder}`.", "Name a repository: `gate scan --repo DIR`.")
        self._env = _environment()
        self._blobs: Server | None = None
        self._asking = threading.Lock()
        self.root = folder.absolute()
        self.bare = self._ask("rev-parse", "--is-bare-repository") == "true"
        self.root = Path(self._ask("rev-parse", "--absolute-git-dir" if self.bare else "--show-toplevel"))
        self._own = tempfile.TemporaryDirectory(prefix="gate-git-")
        self._env |= self._private_objects()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._hang_up()
        self._own.cleanup()

    def run(self, *arguments: str, env: Mapping[str, str] | None = None, stdin: str = "") -> Output:
        command = ["git", *_HARDENED, *arguments]
        return run(command, cwd=self.root, env={**self._env, **(env or {})}, timeout=_TIMEOUT, stdin=stdin)

    def text(self, *arguments: str, env: Mapping[str, str] | None = None) -> str:
        """Standard output of a git command.

        Raises:
            ToolError: git did not exit with 0.
        """
        output = self.run(*arguments, env=env)
        if output.status:
            raise ToolError(f"`git {arguments[0]}` failed: {_reason(output.stderr)}")
        return output.stdout

    def blob(self, oid: str) -> bytes:
        """The bytes of one object."""
        return self.blobs([oid])[0]

    def blobs(self, oids: Sequence[str]) -> list[bytes]:
        """The bytes of objects, through the one `git cat-file --batch` of this run.

        Raises:
            ToolError: One is not there.
        """
        with self._asking:
            try:
                answers = self._answers(oids)
            except BaseException:  # stopped between a question and its answer, the next would get this one's
                self._hang_up()
                raise
        if None in answers:
            raise ToolError(f"git has no object {oids[answers.index(None)]}; a shallow or partial clone may lack it")
        return [data for data in answers if data is not None]

    def _answers(self, oids: Sequence[str]) -> list[bytes | None]:
        """Asked for in groups, since waiting for each alone takes longer than all else git does."""
        if self._blobs is None:
            self._blobs = Server(["git", *_HARDENED, "cat-file", "--batch"], self.root, self._env)
        found: list[bytes | None] = []
        for start in range(0, len(oids), _GROUP):
            group = oids[start : start + _GROUP]
            self._blobs.ask("".join(f"{oid}\n" for oid in group).encode())
            found += [_answer(self._blobs) for _ in group]
        return found

    def _hang_up(self) -> None:
        if self._blobs:
            self._blobs.close()
        self._blobs = None

    def has(self, revision: str) -> bool:
        """Whether this clone holds the commit a revision names."""
        return self._resolve(revision).status == 0

    def is_shallow(self) -> bool:
        return self._ask("rev-parse", "--is-shallow-repository") == "true"

    def commit(self, revision: str) -> str:
        """The id of a commit named as git names them.

        Raises:
            UsageError: There is no such revision.
        """
        found = self._resolve(revision)
        if found.status:
            hint = "Name a branch, tag or commit that `git log` knows; in CI, fetch it first (`fetch-depth: 0`)."
            raise UsageError(f"`{revision}` is not a revision of this repository.", hint)
        return found.stdout.strip()

    def merge_base(self, one: str, other: str) -> str:
        """The best common ancestor of two commits.

        Raises:
            UsageError: They have none, or the clone is too shallow to hold it.
        """
        found = self.run("merge-base", one, other)
        if found.status:
            hint = (
                "This clone is shallow: run `git fetch --unshallow`, or check out with `fetch-depth: 0`."
                if self.is_shallow()
                else "Name a base that shares history with the head: `gate scan --base REV`."
            )
            raise UsageError(f"{one[:12]} and {other[:12]} have no common ancestor here.", hint)
        return found.stdout.split()[0]

    def default_branch(self) -> str:
        """The branch changes are merged into.

        Raises:
            UsageError: None of the usual names exists.
        """
        remote = self.run("symbolic-ref", "--quiet", "refs/remotes/origin/HEAD").stdout.split()
        names = [
            *remote,
            "refs/remotes/origin/main",
            "refs/remotes/origin/master",
            "refs/heads/main",
            "refs/heads/master",
        ]
        for name in names:
            if self.run("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}").status == 0:
                return name
        hint = "Say what to judge against: `gate scan --base REV`."
        raise UsageError("This repository has no origin/HEAD, main or master branch.", hint)

    def current_branch(self) -> str:
        """The branch that is checked out, or would be with its first commit; `main` where none is."""
        found = self.run("symbolic-ref", "--quiet", "--short", "HEAD")
        return found.stdout.strip() if found.status == 0 else "main"

    def merge_heads(self) -> list[str]:
        """The commits an unfinished merge merges into HEAD; none when there is no such merge."""
        waiting = Path(self.root, self._ask("rev-parse", "--git-path", "MERGE_HEAD"))
        return waiting.read_text(encoding="ascii").split() if waiting.exists() else []

    def empty_tree(self) -> str:
        """The id of a tree without entries: what a first commit is judged against."""
        return self.text("hash-object", "-t", "tree", "--stdin").strip()

    def index_tree(self) -> str:
        """The tree the index would be committed as.

        Raises:
            UsageError: The repository is bare, or a merge in it is not resolved.
        """
        self._require_worktree("index")
        return self._write_tree(self._copied_index())

    def worktree_tree(self) -> str:
        """The tree of the worktree, with untracked files that git does not ignore.

        Raises:
            UsageError: The repository is bare, or a merge in it is not resolved.
        """
        self._require_worktree("worktree")
        index = self._copied_index()
        self.text("add", "--all", env=index)
        return self._write_tree(index)

    def _require_worktree(self, what: str) -> None:
        if self.bare:
            hint = "Name two revisions: `gate scan --base REV --head REV`."
            raise UsageError(f"A bare repository has no {what} to judge.", hint)

    def _resolve(self, revision: str) -> Output:
        return self.run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")

    def _write_tree(self, index: Mapping[str, str]) -> str:
        if self.run("ls-files", "--unmerged", env=index).stdout:
            raise UsageError("The index holds unresolved merge conflicts.", "Resolve them, then scan again.")
        return self.text("write-tree", env=index).strip()

    def _copied_index(self) -> dict[str, str]:
        copy = Path(self._own.name, "index")
        index = _hook_index(self.root, self._ask("rev-parse", "--absolute-git-dir"))
        if index.exists():
            shutil.copy2(index, copy)  # with its time, by which git knows which files it must read again
        return {"GIT_INDEX_FILE": str(copy)}

    def _private_objects(self) -> dict[str, str]:
        real = Path(self.root, self._ask("rev-parse", "--git-path", "objects"))
        own = Path(self._own.name, "objects")
        own.mkdir()
        quoted = '"' + str(real).replace("\\", "\\\\").replace('"', '\\"') + '"'
        return {"GIT_OBJECT_DIRECTORY": str(own), "GIT_ALTERNATE_OBJECT_DIRECTORIES": quoted}

    def _ask(self, *arguments: str) -> str:
        output = self.run(*arguments)
        if output.status == 0:
            return output.stdout.removesuffix("\n")
        if "dubious ownership" in output.stderr:
            hint = f"If you trust it: `git config --global --add safe.directory {self.root}`."
            raise UsageError(f"git does not trust `{self.root}`: another user owns it.", hint)
        if "not a git repository" in output.stderr:
            hint = "Run gate inside one, or name it: `gate scan --repo DIR`."
            raise UsageError(f"`{self.root}` is not in a git repository.", hint)
        raise ToolError(f"`git {arguments[0]}` failed: {_reason(output.stderr)}")


def _answer(blobs: Server) -> bytes | None:
    """The bytes of the next object; None for one that is not there."""
    header = blobs.line().split()
    return blobs.read(int(header[2]) + 1)[:-1] if len(header) == 3 else None


def _environment() -> dict[str, str]:
    """A clean environment; git settings given by the environment stay, since the change cannot write it."""
    given = {name: value for name, value in os.environ.items() if name.startswith("GIT_CONFIG_")}
    return clean_environment({
        **given, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0",
        "GIT_GRAFT_FILE": os.devnull,  # with it a clone can claim parents a commit does not have
    })  # fmt: skip


def _hook_index(root: Path, git_dir: str) -> Path:
    """The index to judge: in a hook git names it, but one of another repository is not ours."""
    named = os.environ.get("GIT_INDEX_FILE")
    if named and Path(root, named).resolve().is_relative_to(Path(git_dir).resolve()):
        return Path(root, named)
    return Path(git_dir, "index")


def _reason(text: str) -> str:
    """The first complaint, which names the file; later ones say what followed from it."""
    lines = text.strip().split("\n")
    return next((line for line in lines if line.startswith(("error: ", "fatal: "))), lines[-1]) or "it said nothing"

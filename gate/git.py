"""Reading a repository: revisions as trees, two trees as a change. The only place that speaks git."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from gate.errors import ToolError, UsageError
from gate.process import Output, Server, clean_environment, run
from gate.source import Source

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
"""The id every git gives a tree without entries: what a first commit is judged against."""

_HARDENED = (
    "-c", "core.hooksPath=/dev/null",
    "-c", "core.fsmonitor=false",
    "-c", "core.quotePath=false",
    "-c", "protocol.allow=never",
    "--no-optional-locks", "--literal-pathspecs", "--no-replace-objects",
)  # fmt: skip
_TIMEOUT = 120
_HUNK = re.compile(r"@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@")


@dataclass(frozen=True)
class Entry:
    """A path in a tree: git's file mode and the id of its blob (of a submodule: of its commit)."""

    path: str
    mode: str
    oid: str

    @property
    def kind(self) -> str:
        return {"120000": "symlink", "160000": "submodule"}.get(self.mode, "file")


class Git:
    """One repository, read. What gate must write (the tree of a worktree) goes to a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._env = _environment()
        self._blobs: Server | None = None
        self.root = folder
        self.bare = self._ask("rev-parse", "--is-bare-repository") == "true"
        self.root = Path(self._ask("rev-parse", "--absolute-git-dir" if self.bare else "--show-toplevel"))
        self._own = tempfile.TemporaryDirectory(prefix="gate-git-")
        self._env |= self._private_objects()

    def __enter__(self) -> "Git":
        return self

    def __exit__(self, *_: object) -> None:
        if self._blobs:
            self._blobs.close()
        self._own.cleanup()

    def run(self, *arguments: str, env: Mapping[str, str] | None = None) -> Output:
        command = ["git", *_HARDENED, *arguments]
        return run(command, cwd=self.root, env={**self._env, **(env or {})}, timeout=_TIMEOUT)

    def text(self, *arguments: str, env: Mapping[str, str] | None = None) -> str:
        """Standard output of a git command.

        Raises:
            ToolError: git did not exit with 0.
        """
        output = self.run(*arguments, env=env)
        if output.status:
            raise ToolError(f"`git {arguments[0]}` failed: {_last_line(output.stderr)}")
        return output.stdout

    def blob(self, oid: str) -> bytes:
        """The bytes of one object, through the one `git cat-file --batch` of this run."""
        if self._blobs is None:
            self._blobs = Server(["git", *_HARDENED, "cat-file", "--batch"], self.root, self._env)
        with self._blobs.lock:
            header = self._blobs.ask(oid.encode()).split()
            if len(header) != 3:
                raise ToolError(f"git has no object {oid}; a shallow or partial clone may lack it")
            return self._blobs.read(int(header[2]) + 1)[:-1]

    def commit(self, revision: str) -> str:
        """The id of a commit named as git names them.

        Raises:
            UsageError: There is no such revision.
        """
        found = self.run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
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
            shallow = self._ask("rev-parse", "--is-shallow-repository") == "true"
            hint = (
                "This clone is shallow: run `git fetch --unshallow`, or check out with `fetch-depth: 0`."
                if shallow
                else "Name a base that shares history with the head: `gate scan --base REV`."
            )
            raise UsageError(f"{one[:12]} and {other[:12]} have no common ancestor here.", hint)
        return found.stdout.split()[0]

    def default_branch(self) -> str:
        """The branch changes are merged into.

        Raises:
            UsageError: None of the usual names exists.
        """
        remote = self.run("symbolic-ref", "--quiet", "refs/remotes/origin/HEAD")
        names = [remote.stdout.strip()] if remote.status == 0 else []
        names += ["refs/remotes/origin/main", "refs/remotes/origin/master", "refs/heads/main", "refs/heads/master"]
        for name in names:
            if self.run("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}").status == 0:
                return name
        hint = "Say what to judge against: `gate scan --base REV`."
        raise UsageError("This repository has no origin/HEAD, main or master branch.", hint)

    def has_commits(self) -> bool:
        return self.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}").status == 0

    def index_tree(self) -> str:
        """The tree the index would be committed as."""
        return self._write_tree(self._copied_index())

    def worktree_tree(self) -> str:
        """The tree of the worktree, with untracked files that git does not ignore."""
        if self.bare:
            hint = "Name two revisions: `gate scan --base REV --head REV`."
            raise UsageError("A bare repository has no worktree to judge.", hint)
        index = self._copied_index()
        self.text("add", "--all", env=index)
        return self._write_tree(index)

    def _write_tree(self, index: Mapping[str, str]) -> str:
        if self.run("ls-files", "--unmerged", env=index).stdout:
            raise UsageError("The index holds unresolved merge conflicts.", "Resolve them, then scan again.")
        return self.text("write-tree", env=index).strip()

    def _copied_index(self) -> dict[str, str]:
        copy = Path(self._own.name, "index")
        index = _hook_index(self.root, self._ask("rev-parse", "--absolute-git-dir"))
        if index.exists():
            shutil.copyfile(index, copy)
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
        raise ToolError(f"`git {arguments[0]}` failed: {_last_line(output.stderr)}")


@dataclass(frozen=True)
class Tree:
    """Every file at one revision: a commit, an index or a worktree, all read as git objects."""

    git: Git
    rev: str

    @cached_property
    def entries(self) -> Mapping[str, Entry]:
        listed = self.git.text("ls-tree", "-r", "-z", "--full-tree", self.rev)
        found = {}
        for row in filter(None, listed.split("\0")):
            facts, path = row.split("\t", 1)
            mode, _, oid = facts.split(" ")
            found[path] = Entry(path, mode, oid)
        return found

    def read(self, path: str) -> bytes:
        return self.git.blob(self.entries[path].oid)

    def source(self, path: str) -> Source:
        """The file as text.

        Raises:
            UnreadableError: It is binary, or in an encoding gate does not trust.
        """
        return Source.decode(path, self.read(path), self.entries[path].oid)


@dataclass(frozen=True)
class Changed:
    """One path the change adds, removes, edits, renames or copies; None where there is no such side."""

    before: Entry | None
    after: Entry | None

    @property
    def path(self) -> str:
        entry = self.after or self.before
        return entry.path if entry else ""


@dataclass(frozen=True)
class Change:
    """What lies between two revisions."""

    base: Tree
    head: Tree

    @cached_property
    def files(self) -> tuple[Changed, ...]:
        listed = self.base.git.text(
            "diff-tree", "-r", "-z", "--raw", "--no-abbrev", "-M", "-l2000", self.base.rev, self.head.rev
        )
        return tuple(_changed(iter(listed.split("\0"))))

    @cached_property
    def renames(self) -> Mapping[str, str]:
        """Base path to head path, for files that moved."""
        pairs = ((file.before, file.after) for file in self.files)
        return {b.path: a.path for b, a in pairs if b and a and b.path != a.path}

    @cached_property
    def touched(self) -> Mapping[str, tuple[tuple[int, int], ...]]:
        """For each head path, the line ranges the change wrote (1-based, inclusive)."""
        hunks = self._hunks
        return {
            file.after.path: hunks.get((file.before.oid if file.before else "", file.after.oid), ())
            for file in self.files
            if file.after
        }

    @cached_property
    def _hunks(self) -> Mapping[tuple[str, str], tuple[tuple[int, int], ...]]:
        """Line ranges by (old blob, new blob): paths in a patch may be quoted in many ways, ids are not."""
        patch = self.base.git.text(
            "diff-tree", "-r", "-p", "-U0", "--full-index", "--text", "--no-ext-diff", "--no-textconv", "--no-color",
            "-M", "-l2000", self.base.rev, self.head.rev,
        )  # fmt: skip
        found: dict[tuple[str, str], list[tuple[int, int]]] = {}
        current: list[tuple[int, int]] = []
        for line in patch.split("\n"):
            if line.startswith("index "):
                old, new = line[6:].split(" ")[0].split("..")
                current = found.setdefault(("" if set(old) == {"0"} else old, new), [])
            elif line.startswith("@@ ") and (hunk := _HUNK.match(line)):
                count = int(hunk[2]) if hunk[2] is not None else 1
                if count:
                    current.append((int(hunk[1]), int(hunk[1]) + count - 1))
        return {pair: tuple(ranges) for pair, ranges in found.items()}


def read_change(git: Git, base: str | None, head: str | None, *, staged: bool = False) -> Change:
    """The change the user means: two revisions, the index against HEAD, or the worktree.

    Raises:
        UsageError: A revision is unknown, or the two share no history.
    """
    if staged:
        return Change(Tree(git, git.commit("HEAD") if git.has_commits() else EMPTY_TREE), Tree(git, git.index_tree()))
    if head:
        tip = git.commit(head)
        return Change(Tree(git, git.merge_base(git.commit(base or git.default_branch()), tip)), Tree(git, tip))
    if not git.has_commits():
        return Change(Tree(git, EMPTY_TREE), Tree(git, git.worktree_tree()))
    start = git.merge_base(git.commit(base or git.default_branch()), git.commit("HEAD"))
    return Change(Tree(git, start), Tree(git, git.worktree_tree()))


def _changed(fields: Iterator[str]) -> Iterable[Changed]:
    for field in fields:
        if not field:
            return
        old_mode, new_mode, old, new, status = field[1:].split(" ")
        path = next(fields)
        other = next(fields) if status[0] in "RC" else path
        before = None if status[0] in "AC" else Entry(path, old_mode, old)
        after = None if status[0] == "D" else Entry(other, new_mode, new)
        yield Changed(before, after)


def _environment() -> dict[str, str]:
    """A clean environment; git settings given by the environment stay, since the change cannot write it."""
    given = {name: value for name, value in os.environ.items() if name.startswith("GIT_CONFIG_")}
    return clean_environment({**given, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"})


def _hook_index(root: Path, git_dir: str) -> Path:
    """The index to judge: in a hook git names it, but one of another repository is not ours."""
    named = os.environ.get("GIT_INDEX_FILE")
    if named and Path(root, named).resolve().is_relative_to(Path(git_dir).resolve()):
        return Path(root, named)
    return Path(git_dir, "index")


def _last_line(text: str) -> str:
    return text.strip().rpartition("\n")[2] or "it said nothing"

"""A change as git objects: two trees, read alike, whether commits, an index or a worktree."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

from gate import lazy
from gate.git import Git
from gate.source import Source

_HUNK = lazy.regex(r"@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@")


@dataclass(frozen=True)
class Entry:
    """A path in a tree: git's file mode and the id of its blob (of a submodule: of its commit)."""

    path: str
    mode: str
    oid: str

    @property
    def kind(self) -> str:
        return {"120000": "symlink", "160000": "submodule"}.get(self.mode, "file")


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

    @cached_property
    def folders(self) -> frozenset[str]:
        """Every folder that holds a file, however deep."""
        return frozenset(str(folder) for path in self.entries for folder in PurePosixPath(path).parents)

    def read(self, path: str) -> bytes:
        data = self._ahead.pop(path, None)
        return self.git.blob(self.entries[path].oid) if data is None else data

    def read_ahead(self, paths: Sequence[str]) -> None:
        """Read files that are about to be asked for, all at once."""
        self._ahead.update(zip(paths, self.git.blobs([self.entries[path].oid for path in paths]), strict=True))

    @cached_property
    def _ahead(self) -> dict[str, bytes]:
        return {}

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

    def is_as_in(self, tree: Tree) -> bool:
        """Whether the path is, or is not, in `tree` exactly as it is after the change."""
        return tree.entries.get(self.path) == self.after


@dataclass(frozen=True)
class Change:
    """What lies between two revisions; of a merge, less what it took as it is from another parent."""

    base: Tree
    head: Tree
    parents: tuple[Tree, ...] = ()
    """What a merge merges into base."""
    tip: Tree | None = None
    """Where the branch stands that head is to be merged into, when it has moved on since base."""
    last: str = ""
    """The commit that ends the change, whose ancestors back to base are part of it; none where an index is judged."""

    @property
    def lawful(self) -> Tree:
        """Whose policy counts: that of the tip. Which older commit a branch starts from, its author chooses."""
        return self.tip or self.base

    @property
    def commits(self) -> list[str]:
        """The commits of the change, for `git log`; a base that is an empty tree excludes none."""
        since = [f"^{self.base.rev}"] if self.base.git.has(self.base.rev) else []
        return [self.last, *since, "--"]

    @cached_property
    def files(self) -> tuple[Changed, ...]:
        return tuple(file for file in self.all_files if not any(file.is_as_in(parent) for parent in self.parents))

    @cached_property
    def all_files(self) -> tuple[Changed, ...]:
        """Every changed path, a merge's taken ones included."""
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
            file.after.path: hunks.get((_replaced(file.before, file.after), file.after.oid), ())
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
                current = found["" if set(old) == {"0"} else old, new] = []
            elif line.startswith("@@ ") and (hunk := _HUNK.match(line)):
                count = int(hunk[2]) if hunk[2] is not None else 1
                if count:
                    current.append((int(hunk[1]), int(hunk[1]) + count - 1))
        return {pair: tuple(ranges) for pair, ranges in found.items()}


def _replaced(before: Entry | None, after: Entry) -> str:
    """The blob a patch names as the old side; a link that becomes a file is deleted and added anew."""
    return before.oid if before and before.kind == after.kind else ""


def read_change(git: Git, base: str | None, head: str | None, *, staged: bool = False) -> Change:
    """The change the user means: two revisions, the index against HEAD, or the worktree.

    Raises:
        UsageError: A revision is unknown, or the two share no history.
    """
    if staged:
        start = git.commit("HEAD") if git.has("HEAD") else git.empty_tree()
        return Change(Tree(git, start), Tree(git, git.index_tree()))
    if not head and not git.has("HEAD"):
        return Change(Tree(git, git.empty_tree()), Tree(git, git.worktree_tree()))
    end, tip = git.commit(head or "HEAD"), git.commit(base or git.default_branch())
    start = git.merge_base(tip, end)
    judged = Tree(git, end if head else git.worktree_tree())
    return Change(Tree(git, start), judged, tip=Tree(git, tip) if tip != start else None, last=end)


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

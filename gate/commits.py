"""What the commits of a change, its branch and its pull request declare of who wrote it."""

from gate.attest import Said
from gate.authorship import Authorship, Commit, declared
from gate.change import Change

MAX_COMMITS = 5_000
_FIELDS = 5


def read_authorship(change: Change, said: Said | None) -> Authorship:
    """What is declared; a pull request names its branch, else it is looked for among those that end here.

    Raises:
        ToolError: git could not list the commits.
    """
    branches = [said.branch] if said else _branches(change)
    if said is None:
        return declared(_commits(change), branches=branches)
    return declared(
        _commits(change), login=said.author, account=said.account, branches=branches, description=said.description
    )


def _commits(change: Change) -> list[Commit]:
    """Merges are left out: they write nothing of their own."""
    if not change.last:
        return []
    listed = change.head.git.text(
        "log", "-z", "--no-merges", f"--max-count={MAX_COMMITS}", "--no-show-signature",
        "--format=%an%x00%ae%x00%cn%x00%ce%x00%B", *change.commits,
    )  # fmt: skip
    fields = listed.split("\0")
    return [Commit(*fields[start : start + _FIELDS]) for start in range(0, len(fields) - _FIELDS + 1, _FIELDS)]


def _branches(change: Change) -> list[str]:
    git = change.head.git
    if not change.last:
        return git.run("symbolic-ref", "--quiet", "--short", "HEAD").stdout.split()
    local = git.text("for-each-ref", "--format=%(refname:lstrip=2)", f"--points-at={change.last}", "refs/heads")
    remote = git.text("for-each-ref", "--format=%(refname:lstrip=3)", f"--points-at={change.last}", "refs/remotes")
    return sorted({*local.split(), *remote.split()})

"""The commands by which people try gate and take it up: all but those that judge by hand or explain."""

import sys
from pathlib import Path

import click

from gate.output import deliver, progress, tell

INCOMPLETE = 3
PROFILES = ("full", "commit")


@click.command(epilog="\b\nExamples:\n  gate hook commit\n  gate hook push --profile full\n")
@click.argument("when", type=click.Choice(("commit", "push")))
@click.option("--profile", type=click.Choice(PROFILES), default="commit", show_default=True, help="As for `gate scan`.")
def hook(when: str, profile: str) -> None:
    """Judge what a git hook is about to let through.

    `commit` judges the index; of a merge, only what the merge itself wrote. `push` judges the commits the other side
    lacks. `.pre-commit-hooks.yaml` calls this; a hook of your own may as well.
    """
    from gate.git import Git
    from gate.hook import judge
    from gate.process import end_tools_first
    from gate.review import Verdict

    end_tools_first()
    with Git(Path()) as git, progress(quiet=False):
        done = judge(git, when, profile)
    tell(done, checklist=done.verdict is Verdict.INCOMPLETE)  # where it says what got no answer
    if done.verdict.exit_status:
        click.echo(
            f"gate: the {when} was stopped. --no-verify gets past this hook, not past the check in CI.", err=True
        )
    sys.exit(done.verdict.exit_status)


@click.command()
@click.option("--base", metavar="REV", help="Judge against this revision instead of what the event names.")
@click.option("--profile", type=click.Choice(PROFILES), default="full", show_default=True, help="As for `gate scan`.")
@click.option("--reports", type=click.Path(path_type=Path, file_okay=False), required=True,
              help="The folder for gate.json, gate.sarif and gate.md.")  # fmt: skip
@click.option("--sarif", type=click.Path(path_type=Path, dir_okay=False), help="Another place for the SARIF report.")
def ci(base: str | None, profile: str, reports: Path, sarif: Path | None) -> None:
    """Judge the change that a job of GitHub Actions is run for.

    It reads the event, leaves JSON, SARIF and Markdown in files, annotates the job and writes its summary and outputs.
    The Action of this repository calls this.
    """
    from gate.ci import Wanted, judge
    from gate.git import Git
    from gate.process import end_tools_first

    end_tools_first()
    with Git(Path()) as git, progress(quiet=False):
        done = judge(git, Wanted(reports, base, profile, sarif))
    deliver(done, [("text", None), ("github", None)])
    sys.exit(done.verdict.exit_status)


@click.command(epilog="\b\nExamples:\n  gate init\n  gate init --print\n  gate init --yes --forks\n")
@click.option("--print", "only_print", is_flag=True, help="Show what would be written, and write nothing.")
@click.option("--yes", is_flag=True, help="Ask nothing: write what is new, add to what is there, overwrite nothing.")
@click.option("--forks/--no-forks", default=None, help="Reviews for pull requests from forks: a second workflow.")
@click.option("--source", metavar="OWNER/REPO@COMMIT", help="The gate to name, where this copy does not know its own.")
@click.option("--repo", type=click.Path(path_type=Path, file_okay=False), default=Path(), help="The repository.")
def init(only_print: bool, yes: bool, forks: bool | None, source: str | None, repo: Path) -> None:
    """Set a repository up: workflow, hook, policy, pull-request template.

    Each file is asked about; one that is there is never overwritten unasked.
    """
    from gate import init as setup
    from gate import offer, origin
    from gate.git import Git

    ask = None if only_print else setup.asker(yes=yes)
    with Git(repo) as git:
        top, branch = git.root, setup.default_branch(git)
    named = origin.stated(source) if source else origin.known() or offer.named(top)
    if forks is None:
        there = (top / offer.SECOND).exists()
        forks = ask("Does this repository take pull requests from forks?", there) if ask else there
    made = list(offer.offers(top, named, branch, forks=forks))
    if ask is None:
        click.echo("\n".join(setup.shown(made)))
        return
    written = setup.write(top, made, ask, click.echo)
    for number, step in enumerate(setup.next_steps(made, written), 1):
        click.echo(f"{'' if number > 1 else chr(10)}{number}. {step}")


@click.command()
def doctor() -> None:
    """Tell which tools, versions and databases are there, and how to mend what is missing."""
    from gate.doctor import examine

    parts = examine()
    for part in parts:
        click.echo(f"{'ok     ' if part.ok else 'MISSING'}  {part.name:16}  {part.state}")
        if part.mend:
            click.echo(f"{'':27}{part.mend}")
    sys.exit(0 if all(part.ok for part in parts) else INCOMPLETE)


@click.command(
    epilog="""\b
Examples:
  gate tenancy                          what the worktree shows
  gate tenancy --rev origin/main        what the branch that is merged into shows
  gate tenancy --format json | jq '.tables[] | select(.scoped < .judged)'
"""
)
@click.option("--rev", metavar="REV", help="Read this revision instead of the worktree.")
@click.option("--repo", type=click.Path(path_type=Path, file_okay=False), default=Path(), help="The repository.")
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", help="How to tell it.")
def tenancy(rev: str | None, repo: Path, form: str) -> None:
    """Tell what gate has learnt of whose rows each table holds.

    The tables and the columns that say whose a row is, what keeps the rows apart, how many queries say whose rows they
    mean, and where those are that do not. `[tenancy]` of the gate.toml in the same tree counts.
    """
    from gate.cache import Cache
    from gate.change import Tree
    from gate.fact import Repo
    from gate.git import Git
    from gate.learnt import as_json, as_text, learn
    from gate.pipeline import policy_of

    with Git(repo) as git:
        cache = Cache.default(git.root)
        tree = Tree(git, git.commit(rev) if rev else git.worktree_tree())
        read = Repo(tree, cache, policy_of(tree).settings())
        learnt = learn(read)
        cache.save()
    click.echo(as_json(learnt) if form == "json" else as_text(learnt), nl=False)
    for path, reason in sorted(read.problems.items()):
        click.echo(f"gate: not wholly read: {path}: {reason}", err=True)


@click.command()
@click.option(
    "--keep", type=click.Path(path_type=Path), metavar="DIR", help="Make the repository here, and leave it there."
)
@click.option("--profile", type=click.Choice(PROFILES), default="full", show_default=True, help="As for `gate scan`.")
def demo(keep: Path | None, profile: str) -> None:
    """Make a small repository with a model's pull request in it, judge it, and show the review.

    The pull request is full of flaws, so gate blocks it; the command itself ends with 0.
    """
    from gate.demo import judge

    with progress(quiet=False):
        done = judge(keep, profile)
    deliver(done, [("text", None)])


COMMANDS = (init, hook, ci, demo, doctor, tenancy)

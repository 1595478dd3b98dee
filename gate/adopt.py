"""The commands by which a team takes gate up: `gate init` and `gate hook`."""

import sys
from pathlib import Path

import click


@click.command(epilog="\b\nExamples:\n  gate hook commit\n  gate hook push --profile full\n")
@click.argument("when", type=click.Choice(("commit", "push")))
@click.option("--profile", type=click.Choice(("full", "commit")), default="commit", show_default=True,
              help="As for `gate scan`.")  # fmt: skip
def hook(when: str, profile: str) -> None:
    """Judge what a git hook is about to let through.

    `commit` judges the index; of a merge, only what the merge itself wrote. `push` judges the commits the other side
    lacks. `.pre-commit-hooks.yaml` calls this; a hook of your own may as well.
    """
    from gate.git import Git
    from gate.hook import judge
    from gate.output import deliver, progress

    with Git(Path()) as git, progress(quiet=False):
        done = judge(git, when, profile)
    deliver(done, [("text", None)])
    if done.verdict.exit_status:
        click.echo(
            f"gate: the {when} was stopped. --no-verify gets past this hook, not past the check in CI.", err=True
        )
    sys.exit(done.verdict.exit_status)

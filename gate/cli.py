"""The command line: arguments in, a report out, an exit status."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import click

from gate import __version__, adopt
from gate.errors import ToolError, UsageError
from gate.output import colour, deliver, progress, targets, width

USAGE, INCOMPLETE = 2, adopt.INCOMPLETE
FORMATS = ("text", "json", "sarif", "markdown", "github")
PROFILES = adopt.PROFILES


class _Group(click.Group):
    """Turns the two errors a run can end with into a sentence on stderr and an exit status."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except UsageError as error:
            _leave(f"{error} {error.hint}".strip(), USAGE)
        except ToolError as error:
            _leave(f"Could not judge: {error}.", INCOMPLETE)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except BrokenPipeError:  # the reader, such as `head`, has enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(INCOMPLETE)
        except Exception as error:
            if os.environ.get("GATE_DEBUG"):
                raise
            _leave(f"Could not judge: gate itself failed ({type(error).__name__}: {error}). "
                   "This is a bug; GATE_DEBUG=1 shows where.", INCOMPLETE)  # fmt: skip


def _leave(message: str, status: int) -> NoReturn:
    from gate.reports._safe import shown

    click.echo(f"gate: {shown(message)}", err=True)
    sys.exit(status)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="gate")
def main() -> None:
    """Judge a change before it is merged.

    gate reads what a git change adds, runs its own rules, semgrep, bandit, detect-secrets and pip-audit on it,
    answers a security checklist with evidence, and says whether the change may be merged.

    \b
    Exit status: 0 pass, 1 blocked, 2 wrong usage or configuration, 3 could not judge.
    """


for command in adopt.COMMANDS:
    main.add_command(command)


@main.command(
    epilog="""\b
Examples:
  gate scan                                  the worktree, against the branch it will be merged into
  gate scan --staged --profile commit        what `git commit` would record, in about a second
  gate scan --base origin/main --head HEAD   a pull request
  gate scan --format sarif --output gate.sarif --format json --output gate.json
"""
)
@click.option("--base", metavar="REV", help="Judge against the merge base with REV (default: the default branch).")
@click.option("--head", metavar="REV", help="Judge this revision instead of the worktree.")
@click.option("--staged", is_flag=True, help="Judge the index against HEAD.")
@click.option("--worktree", is_flag=True, help="Judge the worktree, untracked files included (the default).")
@click.option("--repo", type=click.Path(path_type=Path, file_okay=False), default=Path(), help="The repository.")
@click.option("--format", "formats", multiple=True, type=click.Choice(FORMATS), help="How to report; repeatable.")
@click.option(
    "--output",
    "outputs",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Where the format before it goes; `-` is stdout.",
)
@click.option("--profile", type=click.Choice(PROFILES), default="full", show_default=True,
              help="`commit` leaves out what needs the network or more than a second.")  # fmt: skip
@click.option("--only", multiple=True, metavar="NAME", help="Run only this scanner; repeatable.")
@click.option("--skip", multiple=True, metavar="NAME", help="Leave this scanner out; repeatable.")
@click.option("--jobs", type=click.IntRange(1), default=os.cpu_count() or 1, help="Scanners side by side.")
@click.option("--no-cache", is_flag=True, help="Remember nothing, and trust nothing remembered.")
@click.option("--quiet", is_flag=True, help="No progress on stderr.")
def scan(
    base: str | None, head: str | None, staged: bool, worktree: bool, repo: Path, formats: Sequence[str],
    outputs: Sequence[Path], profile: str, only: Sequence[str], skip: Sequence[str], jobs: int, no_cache: bool,
    quiet: bool,
) -> None:  # fmt: skip
    """Judge a change in a git repository."""
    import gc

    from gate import registry
    from gate.cache import Cache
    from gate.change import read_change
    from gate.git import Git
    from gate.pipeline import Options, review

    gc.set_threshold(200_000, 20, 100)  # syntax trees are many objects and no cycles
    _end_tools_with_gate()
    _one_side(base, head, staged=staged, worktree=worktree)
    paired = targets(formats, outputs)
    unknown = sorted({*only, *skip} - registry.scanners().keys())
    if unknown:
        raise UsageError(f"There is no scanner `{unknown[0]}`.", f"Scanners: {', '.join(registry.scanners())}.")
    options = Options(profile, frozenset(only), frozenset(skip), jobs)
    with Git(repo) as git, progress(quiet=quiet):
        done = review(
            read_change(git, base, head, staged=staged), options, Cache(None) if no_cache else Cache.default()
        )
    deliver(done, paired)
    sys.exit(done.verdict.exit_status)


@main.command(epilog="\b\nExamples:\n  gate explain tenancy/unscoped_query\n  gate explain bandit/B602\n")
@click.argument("rule")
def explain(rule: str) -> None:
    """Print a rule's page: what, why, how to fix it, examples."""
    from gate.explain import find, page

    text = page(find(rule))
    if not sys.stdout.isatty():
        click.echo(text, nl=False)
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console(width=min(width(), 110), no_color=not colour()).print(Markdown(text))


@main.command()
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", help="How to list them.")
def rules(form: str) -> None:
    """List every rule with its checklist item, severity and CWEs."""
    import json

    from gate.explain import every_rule

    listed = every_rule()
    if form == "json":
        keys = ("rule", "item", "severity", "cwe", "title")
        rows = [dict(zip(keys, (r.id, r.item, r.severity, r.cwes, r.title), strict=True)) for r in listed]
        click.echo(json.dumps(rows, indent=2))
        return
    widest = max(len(rule.id) for rule in listed)
    for rule in listed:
        cwes = ",".join(f"CWE-{cwe}" for cwe in rule.cwes)
        click.echo(f"{rule.id:{widest}}  {rule.severity.value:8}  {rule.item:13}  {cwes:16}  {rule.title}")


def _end_tools_with_gate() -> None:
    from gate.process import end_tools_first

    end_tools_first()


def _one_side(base: str | None, head: str | None, *, staged: bool, worktree: bool) -> None:
    if sum((bool(head), staged, worktree)) > 1:
        raise UsageError("--head, --staged and --worktree exclude each other.", "Say one of them.")
    if staged and base:
        raise UsageError("--staged is judged against HEAD, so it takes no --base.", "Leave --base out.")

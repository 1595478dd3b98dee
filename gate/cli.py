"""The command line: arguments in, a report out, an exit status."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import click

from gate import __version__, adopt, database
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
        except OSError as error:
            _leave(f"Could not judge: this machine would not let gate read or write ({error.strerror or error}).",
                   INCOMPLETE)  # fmt: skip
        except Exception as error:
            if os.environ.get("GATE_DEBUG"):
                raise
            _leave(f"Could not judge: gate itself failed ({type(error).__name__}: {error}). "
                   "This is a bug; GATE_DEBUG=1 shows where.", INCOMPLETE)  # fmt: skip


def _leave(message: str, status: int) -> NoReturn:
    from gate.reports._safe import shown
    from gate.strange import discreet

    click.echo(f"gate: {shown(discreet(message))}", err=True)
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


for command in (*adopt.COMMANDS, database.advisories):
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
@click.option("--jobs", type=click.IntRange(1), default=8, show_default=True, help="Scanners side by side.")
@click.option("--no-cache", is_flag=True, help="Remember nothing, and trust nothing remembered.")
@click.option("--quiet", is_flag=True, help="No progress on stderr.")
def scan(
    base: str | None, head: str | None, staged: bool, worktree: bool, repo: Path, formats: Sequence[str],
    outputs: Sequence[Path], profile: str, only: Sequence[str], skip: Sequence[str], jobs: int, no_cache: bool,
    quiet: bool,
) -> None:  # fmt: skip
    """Judge a change in a git repository."""
    import atexit
    import gc

    from gate import registry
    from gate.cache import Cache
    from gate.change import read_change
    from gate.event import read_event
    from gate.git import Git
    from gate.pipeline import Options, review

    gc.disable()  # syntax trees are many objects and no cycles; looking for some takes longer than judging,
    atexit.register(gc.freeze)  # most of all at the very end
    sys.setswitchinterval(0.0005)  # seconds; threads that start tools write files, and wait so long for each to go on
    _end_tools_with_gate()
    _one_side(base, head, staged=staged, worktree=worktree)
    paired = targets(formats, outputs)
    unknown = sorted({*only, *skip} - registry.scanners().keys())
    if unknown:
        raise UsageError(f"There is no scanner `{unknown[0]}`.", f"Scanners: {', '.join(registry.scanners())}.")
    options = Options(profile, frozenset(only), frozenset(skip), jobs, said=read_event().said)
    with Git(repo) as git, progress(quiet=quiet):
        cache = Cache(None) if no_cache else Cache.default(git.root)
        done = review(read_change(git, base, head, staged=staged), options, cache)
    deliver(done, paired)
    sys.exit(done.verdict.exit_status)


@main.command(
    epilog="""\b
Examples:
  gate review --pr 7 --repository o/project  judge pull request 7 and keep its review true
  gate review --pr 7 --dry-run               show what would be posted by this run, and write nothing
  gate review --from gate.json               post what another run found, on the pull request it was for

The token is read from GITHUB_TOKEN or GH_TOKEN, and goes to GitHub and nowhere else.
"""
)
@click.option("--pr", "number", type=click.IntRange(1), help="The pull request (default: the one of this run).")
@click.option("--repository", default="", metavar="OWNER/NAME", help="Where it is (default: $GITHUB_REPOSITORY).")
@click.option("--from", "result", type=click.Path(path_type=Path), metavar="RESULT.json",
              help="Post this result of `gate scan --format json` instead of judging here.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Print the review and the requests, and write nothing.")
@click.option("--check", is_flag=True, help="Add a check run with annotations (needs `checks: write`).")
@click.option("--status", is_flag=True, help="Add a commit status (needs `statuses: write`).")
@click.option("--drafts", is_flag=True, help="Post on a draft too.")
@click.option("--repo", type=click.Path(path_type=Path, file_okay=False), default=Path(), help="The repository.")
@click.option("--profile", type=click.Choice(PROFILES), default="full", show_default=True, help="As for `gate scan`.")
@click.option("--quiet", is_flag=True, help="No progress on stderr.")
def review(
    number: int | None, repository: str, result: Path | None, dry_run: bool, check: bool, status: bool, drafts: bool,
    repo: Path, profile: str, quiet: bool,
) -> None:  # fmt: skip
    """Keep one review on a pull request, true to its last commit; the exit status is the verdict's all the same."""
    from gate.pipeline import Options
    from gate.reports._safe import shown
    from gate.reviewer import Asked, keep, run

    _end_tools_with_gate()
    with progress(quiet=quiet):
        done = run(Asked(number or 0, repository, result, repo, Options(profile), dry_run, drafts, check, status))
    if done.rehearsal:
        click.echo(done.rehearsal, nl=False)
    else:
        deliver(done.review, [("text", None)])
    for sentence in (*done.said, *(() if done.posted or dry_run else keep(done))):
        click.echo(f"gate: {shown(sentence)}", err=True)
    sys.exit(done.review.verdict.exit_status)


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

    from gate import registry

    listed = registry.every_rule()
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

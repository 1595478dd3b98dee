"""What gate can mend by itself: for a finding, the lines of its file as they should read.

A mend is offered to its author, who takes it with one click or leaves it. So it stays within one statement, needs no
import that is not there, parses, and makes its finding vanish; where any of that is in doubt there is none.
"""

import ast
from collections.abc import Callable, Mapping

from gate import notebook
from gate.fact import Repo
from gate.mends import bound, branch, calls, secure, shell, star
from gate.rule import Mend, Place
from gate.source import Source
from gate.syntax import TooDeepError

Mender = Callable[[Source, Place, Repo], Mend | None]

_MENDERS: Mapping[str, Mender] = {
    **{rule: calls.mender(edit) for rule, edit in calls.EDITS.items()},
    **secure.MENDERS,
    "bandit/B602": calls.mender(shell.without_shell),
    "bandit/B605": calls.mender(shell.without_system),
    "bandit/B608": calls.mender(bound.parameterized),
    "execution/eval_endpoint": calls.mender(
        calls.first(calls.literal, calls.safe_load, shell.without_shell, shell.without_system)
    ),
    "queries/built_sql": calls.mender(bound.parameterized),
    "queries/quoted_value": calls.mender(bound.parameterized),
    "queries/select_star": star.named,
    "secrets/debug_token": branch.deleted,
}


def mend(rule: str, place: Place, source: Source, repo: Repo) -> Mend | None:
    """The mend of a finding, where gate knows one."""
    mender = _MENDERS.get(rule)
    if mender is None or source.path.lower().endswith(notebook.SUFFIX):  # its lines are JSON
        return None
    try:
        found = mender(source, place, repo)
    except (TooDeepError, RecursionError):
        return None
    return found if found and _parses(source, found) else None


def applied(source: Source, mend: Mend) -> str:
    """The whole text with a mend in it."""
    start, end = mend.place.line - 1, mend.place.end_line
    new = mend.text.split("\n") if mend.text else []
    return "\n".join([*source.lines[:start], *new, *source.lines[end:]])


def _parses(source: Source, mend: Mend) -> bool:
    if source.language != "python":
        return True
    try:
        ast.parse(applied(source, mend))
    except (SyntaxError, ValueError):
        return False
    return True

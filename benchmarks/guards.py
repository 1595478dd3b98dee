"""What it costs to hold the guards of both sides of a change against each other; part of `make bench`.

Processor time of the rules that compare guards, over a made-up web application of which every function is edited: half
of the routes keep their guard, the others have it from their router now. Both sides are parsed, and their nodes put in
order, before the clock starts: all rules that read Python share that. Median of three runs after one that loads the
rules, each over files of its own, as what is known of a file is kept.
"""

import gc
import statistics
import tempfile
import time
from collections import Counter
from pathlib import Path

from benchmarks.bench import HELPER, MODULE, VIEW, run
from benchmarks.limits import lay, row
from gate import registry
from gate.cache import Cache
from gate.change import read_change
from gate.fact import Repo
from gate.facts.reading import reading
from gate.git import Git
from gate.intake import before, take_in
from gate.policy import Policy
from gate.rule import Edit

RUNS, FILES = 3, 50
LIMIT = 0.050
"""Seconds a thousand changed lines."""
RULES = frozenset(f"authorization/{name}" for name in ("guard_removed", "guard_removed_js", "guard_bypassed"))
GUARD = "@login_required\ndef view"
HOOK = "\n\n@bp.before_request\n@login_required\ndef ask():\n    return None\n"


def application(turn: int, *, edited: bool) -> dict[str, str]:
    """The files of one side."""
    kinds = [VIEW if view % 3 == 0 else HELPER for view in range(12)]
    found = {}
    for number in range(FILES):
        body = "".join(kind.format(number=number, view=view) for view, kind in enumerate(kinds))
        moved = edited and number % 2 == 0
        text = MODULE.format(number=number).replace("import Blueprint", "import Blueprint, login_required")
        text += (HOOK if moved else "") + (body if moved else body.replace("def view", GUARD))
        found[f"app{turn}/part{number}.py"] = (
            text.replace("rows", "found_rows").replace("wanted", "names") if edited else text
        )
    return found


def measured() -> float:
    """Seconds a thousand changed lines."""
    _, *timed = [_turn(number) for number in range(RUNS + 1)]
    return statistics.median(timed)


def _turn(number: int) -> float:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(["git", "init", "--quiet", "--initial-branch=main", "."], folder)
        lay(folder, application(number, edited=False))
        run(["git", "checkout", "--quiet", "-b", "change"], folder)
        lay(folder, application(number, edited=True))
        with Git(folder) as git:
            return _once(git)


def _once(git: Git) -> float:
    change = read_change(git, "main", "change")
    intake, olds = take_in(change, Policy()), before(change)
    base = Repo(change.base, Cache(None), known=olds)
    head = Repo(change.head, Cache(None), known=intake.sources, earlier=base)
    edits = [
        Edit(olds[file.before.path], intake.sources[file.after.path])
        for file in change.files
        if file.before and file.after
    ]
    lines = sum(_changed(one) for one in edits)
    start = time.process_time()
    for compare in registry.compares():
        if compare.rule.id in RULES:
            list(compare.look(edits, base, head))
    return (time.process_time() - start) / lines * 1000


def _changed(edit: Edit) -> int:
    """How many lines are gone, and new; both sides are read on the way."""
    if edit.before is None or edit.after is None or not (reading(edit.before).nodes and reading(edit.after).nodes):
        return 0
    old, new = Counter(edit.before.lines), Counter(edit.after.lines)
    return (old - new).total() + (new - old).total()


def main() -> None:
    gc.disable()  # as gate does
    row("the guards of a thousand changed lines, the parse aside", measured(), LIMIT)


if __name__ == "__main__":
    main()

"""A workflow no longer says what its token may do.

Without `permissions` the token has what the repository's default gives it, which in many repositories is to write to
everything. The line was the limit; without it every action the workflow uses, and every script, can push.
"""

from collections.abc import Iterator, Sequence

from gate.facts.workflow import jobs, unlimited, writing
from gate.rule import Edit, Hit, Pair, Place, Repo, Rule, Severity, Source

_CI = ".github/workflows/ci.yml"

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(269, 250),
    fix="Put `permissions` back: `contents: read` at the top, and what a job needs beyond that in the job.",
    bad=[
        Pair(
            {_CI: "on: pull_request\npermissions: {contents: read}\njobs: {t: {steps: [{run: make}]}}\n"},
            {_CI: "on: pull_request\njobs: {t: {steps: [{run: make}]}}  # <-\n"},
        ),
        Pair(
            {
                _CI: "on: push\njobs:\n  a:\n    permissions: {}\n    steps: []\n  b:\n    permissions: {}\n    steps: []\n"
            },
            {_CI: "on: push\njobs:\n  a:\n    permissions: {}\n    steps: []\n  b:\n    steps: []  # <-\n"},
        ),
        Pair(
            {_CI: "on: pull_request\npermissions: {contents: read}\njobs: {t: {steps: [{run: make}]}}\n"},
            {
                _CI: "on: pull_request\npermissions: {contents: read}\njobs:\n  t:\n    permissions:\n      contents: write  # <-\n    steps: [{run: make}]\n"
            },
        ),
    ],
    good=[
        Pair(
            {_CI: "on: push\npermissions: {contents: read}\njobs: {t: {steps: [{run: make}]}}\n"},
            {
                _CI: "on: push\npermissions: {contents: read}\njobs:\n  t: {steps: [{run: make}]}\n  release: {permissions: {contents: write}, steps: []}\n"
            },
        ),
        Pair(
            {_CI: "on: push\npermissions: {contents: write}\njobs: {t: {steps: [{run: make}]}}\n"},
            {_CI: "on: push\njobs: {t: {permissions: {contents: write}, steps: [{run: make}]}}\n"},
        ),
        Pair(
            {_CI: "on: push\njobs:\n  a:\n    permissions: {contents: read}\n    steps: []\n"},
            {_CI: "on: push\npermissions: {contents: read}\njobs:\n  a:\n    steps: []\n"},
        ),
        Pair(
            {_CI: "on: push\njobs:\n  a:\n    steps: []\n"}, {_CI: "on: push\njobs:\n  a:\n    steps: [{run: make}]\n"}
        ),
        Pair({}, {_CI: "on: push\njobs:\n  a:\n    steps: [{run: make}]\n"}),
    ],
    misses=["A job that loses its limit in the change that gives it a new name."],
)


@rule.compare
def look(edits: Sequence[Edit], base: Repo, head: Repo) -> Iterator[Hit]:
    del base, head
    for edit in edits:
        if edit.before is None or edit.after is None:
            continue
        free = unlimited(edit.before)
        for name, line in unlimited(edit.after).items():
            if name not in free and name in jobs(edit.before):
                message = f"The job `{name}` was limited by `permissions`, and is not any more."
                yield Hit(Place.at(edit.after.path, line), message, detail=name)
                break
        yield from _wider(edit.before, edit.after)


def _wider(before: Source, after: Source) -> Iterator[Hit]:
    """Jobs that were there, whose token may write what it could not."""
    old = writing(before)
    for name, rights in writing(after).items():
        for right, line in rights.items() if name in old else ():
            if right not in old[name]:
                message = f"The job `{name}` may now write `{right}`, and could not: whatever it runs can do so too."
                yield Hit(Place.at(after.path, line), message, detail=f"{name} {right}", severity=Severity.MEDIUM)

"""An agent is no longer denied what it was denied before.

Lists of what an agent may never touch, such as files with secrets or commands that delete, are the last thing that holds when it
is steered by a text it reads. A change that shortens one gives a right, as much as one that grants it.
"""

from collections.abc import Iterator, Sequence

from gate.facts.agentconfig import leaves, settings
from gate.rule import Edit, Hit, Pair, Place, Repo, Rule, Severity, Source

_SETTINGS = ".claude/settings.json"

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(356, 250),
    fix="Put the entry back, or say in a change of its own why the agent needs what it was denied.",
    bad=[
        Pair(
            {_SETTINGS: '{"permissions": {"deny": ["Read(./.env)", "Bash(rm:*)"]}}\n'},
            {_SETTINGS: '{"permissions": {"deny": ["Bash(rm:*)"]}}  // <-\n'},
        ),
        Pair({_SETTINGS: '{"permissions": {"deny": ["Read(./.env)"]}}\n'}, {_SETTINGS: "{}  // <-\n"}),
    ],
    good=[
        Pair(
            {_SETTINGS: '{"permissions": {"deny": ["Bash(rm:*)"]}}\n'},
            {_SETTINGS: '{"permissions": {\n  "deny": ["Bash(rm:*)", "Bash(curl:*)"]}}\n'},
        ),
        Pair(
            {_SETTINGS: '{"permissions": {"deny": ["Bash(rm:*)", "Bash(curl:*)"]}}\n'},
            {_SETTINGS: '{"permissions": {"deny": ["Bash"]}}\n'},
        ),
    ],
    misses=["A file of settings that is deleted whole.", "An entry that is still there and denies less."],
)


@rule.compare
def taken_away(edits: Sequence[Edit], base: Repo, head: Repo) -> Iterator[Hit]:
    for edit in edits:
        if edit.before and edit.after:
            left = _denied(edit.after)
            gone = [name for name in _denied(edit.before) if name not in left and _tool(name) not in left]
            if gone:
                some = "one thing" if len(gone) == 1 else f"{len(gone)} things"
                place = Place.at(edit.after.path, next(iter(left.values()), 1))
                yield Hit(place, f"The agent is no longer denied {some} it was denied before.")


def _denied(source: Source) -> dict[str, int]:
    """What is denied, and the line of each."""
    root = settings(source)
    return {node.text: node.line for keys, node in leaves(root) if keys[-1:] == ("deny",)} if root else {}


def _tool(name: str) -> str:
    return name.partition("(")[0]

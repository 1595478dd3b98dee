"""What only a person can confirm: the ticks in a pull request's security section, and what the policy asks of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from gate import lazy
from gate.review import Answer, State

_HIDDEN = lazy.regex(r"<!--.*?(?:-->|\Z)|^(```|~~~).*?(?:^\1|\Z)", re.DOTALL | re.MULTILINE)
_HEADING = lazy.regex(r"(#{1,6})\s+(.*)")
_TASK = lazy.regex(r"\s*[-*+]\s+\[[xX]\]\s+(.+)")
_COMMIT = lazy.regex(r"\b[0-9a-f]{7,64}\b")
_PERMISSIONS = frozenset({"authorization", "scopes"})
_GATE = "complete/gate_weakened"


@dataclass(frozen=True)
class Said:
    """What a pull request says of itself, and the commit at its head while it says so."""

    author: str
    title: str
    description: str
    head: str
    branch: str = ""
    account: int = 0
    """The number of the author's account."""


@dataclass(frozen=True)
class Demands:
    """What the base policy wants confirmed: of these items, all that is asked; for permissions, a ticket."""

    items: frozenset[str] = frozenset()
    ticket: str = ""
    """A regular expression; empty when no ticket is wanted."""


def attested(answer: Answer, demands: Demands, said: Said) -> Answer:
    """The answer with what people have confirmed for this very commit, and what they still owe."""
    ticks = _ticks(said)
    confirmed = tuple(ask for ask in answer.asks if _plain(ask) in ticks)
    owed = tuple(_owed(replace(answer, confirmed=confirmed), demands, said))
    return replace(answer, confirmed=confirmed, owed=owed, state=State.STOP if owed else answer.state)


def _owed(answer: Answer, demands: Demands, said: Said) -> Iterator[str]:
    who = f"`{said.author}`" if said.author else "The author"
    open_asks = [ask for ask in answer.asks if ask not in answer.confirmed]
    if answer.item.id in demands.items and open_asks:
        yield (
            f"{who} has yet to confirm: {' '.join(open_asks)} Tick it in the description, under a heading `Security` "
            f"that names the commit the ticks are for: `{said.head[:12]}`."
        )
    named = demands.ticket and re.search(demands.ticket, f"{said.title}\n{said.description}")
    if demands.ticket and not named and _about_permissions(answer):
        yield (
            f"{who} has yet to name the ticket that asks for this change of permissions or policy, in the title or the "
            f"description; it looks like `{demands.ticket}`."
        )


def _about_permissions(answer: Answer) -> bool:
    if answer.item.id in _PERMISSIONS:
        return bool(answer.asks or answer.findings or answer.state is not State.IDLE)
    return any(finding.rule.id == _GATE for finding in answer.findings)


def _ticks(said: Said) -> frozenset[str]:
    """The ticked tasks of the security section, when it names the head commit; else none."""
    section = _section(_HIDDEN.sub("", said.description))
    if not any(said.head.startswith(name) for name in _COMMIT.findall(section)):
        return frozenset()
    return frozenset(_plain(found[1]) for line in section.split("\n") if (found := _TASK.match(line)))


def _section(text: str) -> str:
    """What stands under the heading that speaks of security, sub-headings included."""
    kept: list[str] = []
    depth = 0
    for line in text.replace("\r\n", "\n").split("\n"):
        if heading := _HEADING.match(line):
            inside = depth and len(heading[1]) > depth
            depth = depth if inside else (len(heading[1]) if "security" in heading[2].lower() else 0)
        elif depth:
            kept.append(line)
    return "\n".join(kept)


def _plain(text: str) -> str:
    """The words of an ask alone, without the item's name behind it."""
    return " ".join(re.findall(r"\w+", re.sub(r"\(`?\w+`?\)\s*$", "", text.lower())))

"""Orders by their grammar: a verb that is a command, what it is said of, and how often it is turned round.

A guard is loosened where a verb that takes away stands before it ("skip the login check"), where one that guards is
denied ("never escape the input", "signatures need not be verified"), and where something is done `without` it. What a verb
is said of is the words behind it up to the next preposition, and the last of them is the thing: "remove the test data" is
about data. A clause that supposes, tells a story or names somebody else's deed commands nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gate.facts import needless
from gate.facts.commandgrammar import (
    BREAKS,
    SUPPOSES,
    Word,
    bare,
    commanded_before,
    commands,
    denials,
    guard,
    is_other,
    parted,
    single,
    supposed,
    thing_of,
    words_of,
)
from gate.facts.directivewords import (
    AROUND,
    CALLERS,
    CARRIES,
    CLEANS,
    DENIES,
    ELSEWHERE,
    EMPTY,
    GUARDS,
    IN_THE_WAY,
    MODALS,
    OFF,
    OFFS,
    PARTED,
    PENDING,
    RISKY,
    STOPS,
    THEM,
    WRAPPERS,
)

_IT = frozenset({("it",), ("them",)})
_SUBJECT = 3
"""Words of what a clause begins with."""


@dataclass(frozen=True)
class Loosened:
    """The kind of guard that is loosened, "check", "guard" or "filter", and where the order begins."""

    kind: str
    at: int


def loosened(sentence: str, before: str = "") -> Iterator[Loosened]:
    """What guards a sentence commands to do without; it has no markup and no quotations.

    `before` is the sentence before it, which may say what `them` are.
    """
    words = words_of(sentence, before)
    held = supposed(words)
    for at, word in enumerate(words):
        if not held[at] and word.at >= 0:
            kind = next((kind for way in _WAYS if (kind := way(words, at))), "")
            if kind:
                yield Loosened(kind, word.at)


def _of_verb(words: Sequence[Word], at: int) -> str:
    """What is loosened by a verb that is an order."""
    verb = words[at].text
    if not (verb in OFF or verb in PARTED or verb in GUARDS or verb in CARRIES) or not commands(words, at):
        return ""
    thing, rest = thing_of(words, at + 1)
    denied = denials(words, at) % 2 == 1
    if verb in PARTED:
        (thing, rest), denied = parted(words, at), not denied
    if (verb in OFF) == denied or (verb in {"write", "add", "create"} and thing and single(thing[-1]) == "test"):
        return ""
    return "" if is_other(words, at, rest) or _chosen(words, rest) else _loosened_by(words, at, thing)


def _loosened_by(words: Sequence[Word], at: int, thing: tuple[str, ...]) -> str:
    verb, behind = words[at].text, words[at + 1].text if at + 1 < len(words) else ""
    if verb in OFF:
        around = verb in AROUND and thing and single(thing[-1]) in WRAPPERS
        return "wrapper" if around else guard(thing) or (_named_before(words, at) if thing in _IT else "")
    them = verb in CLEANS and ((thing and single(thing[-1]) in THEM) or behind in {"who", "whose", "whether"})
    asked = verb == "confirm" and behind in {"who", "whose", "whether"}
    return guard(thing) or ("guard" if them or asked else "")


def _of_nothing(words: Sequence[Word], at: int) -> str:
    """A verb that guards, and guards nothing: "encrypt nothing"."""
    behind = words[at + 1].text if at + 1 < len(words) else ""
    void = words[at].text in CLEANS and behind in {"nothing", "none", "nobody"} and commands(words, at)
    return "guard" if void and not denials(words, at) else ""


def _of_caller(words: Sequence[Word], at: int) -> str:
    """What those who call are said to pass by: "requests with this header skip authentication"."""
    start = next((one for one in range(at - 1, -1, -1) if words[one].text in BREAKS), -1) + 1
    first = next((word.text for word in words[start:at] if word.text not in EMPTY), "")
    if words[at].text not in AROUND or first not in CALLERS or denials(words, at):
        return ""
    thing, rest = thing_of(words, at + 1)
    told = words[at - 1].text in {"that", "which", "who"} or words[at - 1].text in MODALS
    return "" if told or is_other(words, at, rest) or guard(thing) != "guard" else "guard"


def _of_off(words: Sequence[Word], at: int) -> str:
    """A guard that is off in what is to be done: "create the client with verification switched off"."""
    two = [word.text for word in words[at : at + 2]]
    off = two[0] in OFFS or (
        two[0] in {"switched", "turned", "left", "taken", "commented"} and two[1:2] in (["off"], ["out"])
    )
    if not off or not commanded_before(words, at):
        return ""
    start = next((one for one in range(at - 1, -1, -1) if words[one].text in BREAKS | STOPS), -1) + 1
    chosen = start > 0 and words[start - 1].text in {"that", "which", "whose"}
    return (
        ""
        if chosen or is_other(words, start, at)
        else guard([word.text for word in words[start:at] if word.text not in EMPTY])
    )


def _of_marks(words: Sequence[Word], at: int) -> str:
    """Tests that are marked so that they need not pass."""
    if words[at].text not in {"mark", "tag", "flag", "label"} or not commands(words, at) or denials(words, at):
        return ""
    thing, rest = thing_of(words, at + 1)
    behind = {word.text for word in words[rest : rest + 5]}
    return "check" if thing and single(thing[-1]) in {"test", "spec", "assertion"} and behind & PENDING else ""


def _of_leaving(words: Sequence[Word], at: int) -> str:
    """A guard that is left to those it is to guard against: "leave authorization to the frontend"."""
    if words[at].text != "leave" or not commands(words, at) or denials(words, at):
        return ""
    thing, rest = thing_of(words, at + 1)
    behind = [word.text for word in words[rest + 1 : rest + 3] if word.text not in EMPTY]
    left = rest < len(words) and words[rest].text in {"to", "for", "with"} and behind[:1] and behind[0] in ELSEWHERE
    return guard(thing) if left else ""


def _chosen(words: Sequence[Word], rest: int) -> bool:
    """Whether what follows says which of them, and not that they are in the way: "tests that test removed features"."""
    if rest >= len(words) or words[rest].text not in {"that", "which", "whose"}:
        return False
    return IN_THE_WAY.isdisjoint(word.text for word in words[rest + 1 : rest + 7])


def _named_before(words: Sequence[Word], at: int) -> str:
    """What `it` is: the guard that the clause before supposes or begins with, "if a test fails, delete it"."""
    comma = next((one for one in range(at, -1, -1) if words[one].text in BREAKS), -1)
    start = next((one for one in range(comma - 1, -1, -1) if words[one].text in BREAKS), -1) + 1
    if comma <= start or is_other(words, start, comma) or any(word.text in DENIES for word in words[start:comma]):
        return ""
    supposes = words[start].text in SUPPOSES
    thing = [word.text for word in words[start + supposes : comma] if word.text not in EMPTY]
    furthest = len(thing) if supposes else min(len(thing), _SUBJECT + 1)
    return next((kind for end in range(1, furthest) if (kind := guard(thing[:end][-3:]))), "")


def _of_without(words: Sequence[Word], at: int) -> str:
    """What is done without: "merge without review", "publish without running the tests"."""
    if words[at].text != "without" or not commanded_before(words, at):
        return ""
    thing, rest = thing_of(words, at + 1)
    if not thing or is_other(words, at, rest):
        return ""
    deed = bare(thing[0])
    if deed in {"ask", "wait", "confirm", "prompt"} and RISKY.isdisjoint(word.text for word in words[:at]):
        return ""
    if deed in GUARDS:
        return guard(thing[1:]) or (
            "check" if deed in {"ask", "wait", "review", "test", "confirm", "prompt"} else "guard"
        )
    kind = guard(thing[1:] if deed in CARRIES else thing)
    asked = bool(kind) and single(thing[-1]) in {"confirmation", "consent"}
    return "" if asked and RISKY.isdisjoint(word.text for word in words[:at]) else kind


def _of_means(words: Sequence[Word], at: int) -> str:
    """How something is done: "fix failing tests by deleting the assertions"."""
    deed = words[at + 1].text if words[at].text == "by" and at + 1 < len(words) else ""
    if not deed.endswith("ing") or bare(deed) not in OFF or not commanded_before(words, at):
        return ""
    thing, rest = thing_of(words, at + 2)
    return "" if is_other(words, at, rest) else guard(thing)


_WAYS = (
    _of_verb,
    _of_nothing,
    _of_caller,
    _of_off,
    _of_marks,
    _of_leaving,
    _of_without,
    _of_means,
    needless.of_point,
    needless.of_state,
)

"""Orders by their grammar: a verb that is a command, what it is said of, and how often it is turned round.

A guard is loosened where a verb that takes away stands before it ("skip the login check"), where one that guards is
denied ("never escape the input", "signatures need not be verified"), and where something is done `without` it. What a verb
is said of is the words behind it up to the next preposition, and the last of them is the thing: "remove the test data" is
about data. A clause that supposes, tells a story or names somebody else's deed commands nothing.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from gate.facts.directivewords import (
    ACCESS,
    ADVERBS,
    AROUND,
    BEFORE,
    CALLERS,
    CARRIES,
    CHECKS,
    CLEANS,
    DENIES,
    ELSEWHERE,
    EMPTY,
    GONE_BY,
    GRANTS,
    GUARDS,
    HEADS,
    IN_THE_WAY,
    MODALS,
    NEEDLESS,
    OFF,
    OFFS,
    OTHERWISE,
    PARTED,
    PENDING,
    REVIEWS,
    RISKY,
    ROWS,
    STOPS,
    THEM,
    WHO,
    WRAPPERS,
)  # fmt: skip
from gate.facts.lexicon import SENSES

Kind = str
_WORD = re.compile(r"[A-Z]{2,}s?(?![a-z])|[A-Z]?[a-z\u00c0-\u024f\d]+(?:['\u2019][a-z]+)?|[A-Z]|[,;:.()!?\u2026]")
"""Words, and those that a name in camel case is made of."""
_BREAKS = frozenset(",;:.()!?\u2026")
_SUPPOSES = frozenset(
    "if when whenever unless where while once until after before as in for during because since to".split()
)
_IT = frozenset({("it",), ("them",)})
_LONGEST = 9
"""Words that are read behind a verb."""
_FAR = 14
"""Those before it, back to which it may be denied."""
_WORDS = 400
"""Words of a sentence that are read."""


@dataclass(frozen=True)
class Word:
    """A word in lower case, and where it begins."""

    text: str
    at: int


@dataclass(frozen=True)
class Loosened:
    """The kind of guard that is loosened, "check", "guard" or "filter", and where the order begins."""

    kind: Kind
    at: int


def loosened(sentence: str) -> Iterator[Loosened]:
    """What guards a sentence commands to do without; it has no markup and no quotations."""
    found = [Word(one[0].lower().replace("\u2019", "'"), one.start()) for one in _WORD.finditer(sentence)]
    words = found[:_WORDS]
    supposed = _supposed(words)
    for at, word in enumerate(words):
        if not supposed[at]:
            kind = next((kind for way in _WAYS if (kind := way(words, at))), "")
            if kind:
                yield Loosened(kind, word.at)


def _of_verb(words: Sequence[Word], at: int) -> Kind:
    """What is loosened by a verb that is an order."""
    verb = words[at].text
    if not (verb in OFF or verb in PARTED or verb in GUARDS or verb in CARRIES) or not _commands(words, at):
        return ""
    thing, rest = _thing(words, at + 1)
    denied = _denials(words, at) % 2 == 1
    if verb in PARTED:
        (thing, rest), denied = _parted(words, at), not denied
    if (verb in OFF) == denied or (verb in {"write", "add", "create"} and thing and single(thing[-1]) == "test"):
        return ""
    return "" if _other(words, at, rest) or _chosen(words, rest) else _loosened_by(words, at, thing)


def _loosened_by(words: Sequence[Word], at: int, thing: tuple[str, ...]) -> Kind:
    verb, behind = words[at].text, words[at + 1].text if at + 1 < len(words) else ""
    if verb in OFF:
        around = verb in AROUND and thing and single(thing[-1]) in WRAPPERS
        return "wrapper" if around else guard(thing) or (_named_before(words, at) if thing in _IT else "")
    them = verb in CLEANS and ((thing and single(thing[-1]) in THEM) or behind in {"who", "whose", "whether"})
    asked = verb == "confirm" and behind in {"who", "whose", "whether"}
    return guard(thing) or ("guard" if them or asked else "")


def _of_nothing(words: Sequence[Word], at: int) -> Kind:
    """A verb that guards, and guards nothing: "encrypt nothing"."""
    behind = words[at + 1].text if at + 1 < len(words) else ""
    void = words[at].text in CLEANS and behind in {"nothing", "none", "nobody"} and _commands(words, at)
    return "guard" if void and not _denials(words, at) else ""


def _of_caller(words: Sequence[Word], at: int) -> Kind:
    """What those who call are said to pass by: "requests with this header skip authentication"."""
    start = next((one for one in range(at - 1, -1, -1) if words[one].text in _BREAKS), -1) + 1
    first = next((word.text for word in words[start:at] if word.text not in EMPTY), "")
    if words[at].text not in AROUND or first not in CALLERS or _denials(words, at):
        return ""
    thing, rest = _thing(words, at + 1)
    told = words[at - 1].text in {"that", "which", "who"} or words[at - 1].text in MODALS
    return "" if told or _other(words, at, rest) or guard(thing) != "guard" else "guard"


def _of_off(words: Sequence[Word], at: int) -> Kind:
    """A guard that is off in what is to be done: "create the client with verification switched off"."""
    two = [word.text for word in words[at : at + 2]]
    off = two[0] in OFFS or (
        two[0] in {"switched", "turned", "left", "taken", "commented"} and two[1:2] in (["off"], ["out"])
    )
    if not off or not _commanded_before(words, at):
        return ""
    start = next((one for one in range(at - 1, -1, -1) if words[one].text in _BREAKS | STOPS), -1) + 1
    chosen = start > 0 and words[start - 1].text in {"that", "which", "whose"}
    return (
        ""
        if chosen or _other(words, start, at)
        else guard([word.text for word in words[start:at] if word.text not in EMPTY])
    )


def _of_marks(words: Sequence[Word], at: int) -> Kind:
    """Tests that are marked so that they need not pass."""
    if words[at].text not in {"mark", "tag", "flag", "label"} or not _commands(words, at) or _denials(words, at):
        return ""
    thing, rest = _thing(words, at + 1)
    behind = {word.text for word in words[rest : rest + 5]}
    return "check" if thing and single(thing[-1]) in {"test", "spec", "assertion"} and behind & PENDING else ""


def _of_leaving(words: Sequence[Word], at: int) -> Kind:
    """A guard that is left to those it is to guard against: "leave authorization to the frontend"."""
    if words[at].text != "leave" or not _commands(words, at) or _denials(words, at):
        return ""
    thing, rest = _thing(words, at + 1)
    behind = [word.text for word in words[rest + 1 : rest + 3] if word.text not in EMPTY]
    left = rest < len(words) and words[rest].text in {"to", "for", "with"} and behind[:1] and behind[0] in ELSEWHERE
    return guard(thing) if left else ""


def _chosen(words: Sequence[Word], rest: int) -> bool:
    """Whether what follows says which of them, and not that they are in the way: "tests that test removed features"."""
    if rest >= len(words) or words[rest].text not in {"that", "which", "whose"}:
        return False
    return IN_THE_WAY.isdisjoint(word.text for word in words[rest + 1 : rest + 7])


def _named_before(words: Sequence[Word], at: int) -> Kind:
    """What `it` is: the guard that the condition before it speaks of, "if a test fails, delete it"."""
    comma = next((one for one in range(at, -1, -1) if words[one].text in _BREAKS), -1)
    start = next((one for one in range(comma - 1, -1, -1) if words[one].text in _BREAKS), -1) + 1
    if comma <= start or words[start].text not in _SUPPOSES or _other(words, start, comma):
        return ""
    thing = [word.text for word in words[start + 1 : comma] if word.text not in EMPTY]
    return next((kind for end in range(1, len(thing)) if (kind := guard(thing[:end][-3:]))), "")


def _of_without(words: Sequence[Word], at: int) -> Kind:
    """What is done without: "merge without review", "publish without running the tests"."""
    if words[at].text != "without" or not _commanded_before(words, at):
        return ""
    thing, rest = _thing(words, at + 1)
    if not thing or _other(words, at, rest):
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


def _of_means(words: Sequence[Word], at: int) -> Kind:
    """How something is done: "fix failing tests by deleting the assertions"."""
    deed = words[at + 1].text if words[at].text == "by" and at + 1 < len(words) else ""
    if not deed.endswith("ing") or bare(deed) not in OFF or not _commanded_before(words, at):
        return ""
    thing, rest = _thing(words, at + 2)
    return "" if _other(words, at, rest) else guard(thing)


def _of_state(words: Sequence[Word], at: int) -> Kind:
    """What need not be: "reviews are optional", "signatures need not be verified", "warnings can be ignored"."""
    if words[at].text not in {"is", "are", "be"}:
        return ""
    start = next((one for one in range(at - 1, -1, -1) if words[one].text in _BREAKS), -1) + 1
    helpers = [one for one in range(start, at) if words[one].text in MODALS | DENIES]
    end = helpers[0] if helpers else at
    thing = tuple(word.text for word in words[start:end] if word.text not in EMPTY)
    kind = guard(thing) if not STOPS.intersection(thing) else ""
    behind = [word.text for word in words[at + 1 : at + 5] if word.text not in ADVERBS | EMPTY]
    if words[start].text == "no" and start < at:
        return _of_none(words, start, at)
    if not kind and thing and thing[0].endswith("ing") and bare(thing[0]) in GUARDS - {"filter"}:
        kind = "check"
    if not kind or not behind or _other(words, start, at + 6):
        return ""
    denied = (sum(words[one].text in DENIES for one in helpers) + (behind[0] == "not")) % 2 == 1
    state = next((one for one in behind if one != "not"), "")
    if words[at].text == "be":
        return kind if helpers and (bare(state) in OFF) != denied and (denied is False or bare(state) in GUARDS) else ""
    return (
        kind if (state in NEEDLESS) != denied and (not denied or state in {"needed", "required", "necessary"}) else ""
    )


def _of_none(words: Sequence[Word], start: int, at: int) -> Kind:
    """What is said to be needed by nobody: "no confirmation is needed", and nothing behind that says for what."""
    ends = at + 2 >= len(words) or words[at + 2].text in _BREAKS
    if words[at + 1 : at + 2] and words[at + 1].text in {"needed", "required", "necessary"} and ends:
        thing, rest = _thing(words[:at], start + 1)
        deed = bare(thing[0]) if thing else ""
        return "" if _other(words, start, rest) else guard(thing) or ("guard" if deed in CLEANS else "")
    return ""


_WAYS = (_of_verb, _of_nothing, _of_caller, _of_off, _of_marks, _of_leaving, _of_without, _of_means, _of_state)


def guard(thing: Sequence[str]) -> Kind:
    """The kind of guard that words name: by the last of them, or by what stands before it."""
    if not thing:
        return ""
    head, before = single(thing[-1]), {single(word) for word in thing[:-1]}
    if before & GONE_BY:
        return ""
    if head == "check" and not before:
        return "check"
    if head in ROWS or (head in HEADS | {"level"} and before & BEFORE["filter"]):
        return "filter"
    if head in ACCESS or (head in HEADS and before & (BEFORE["guard"] | ACCESS)):
        return "guard"
    return "check" if head in CHECKS or (head in HEADS and before & (BEFORE["check"] | CHECKS)) else ""


@cache
def single(word: str) -> str:
    """A noun in the singular."""
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3 else word


@cache
def bare(word: str) -> str:
    """A verb without its ending, where that gives a verb that is known: running, skipped, verified."""
    for ending in ("ing", "ed", "es", "s", "d"):
        if word.endswith(ending) and len(word) - len(ending) >= 2:
            stem = word[: -len(ending)]
            forms = (stem, f"{stem}e", stem[:-1] if stem[-2:-1] == stem[-1:] else stem, f"{stem[:-1]}y")
            known = next((form for form in forms if form in OFF or form in GUARDS or form in CARRIES), "")
            if known:
                return known
    return word


def _thing(words: Sequence[Word], start: int) -> tuple[tuple[str, ...], int]:
    """What a verb is said of, and where that ends."""
    found: list[str] = []
    for at in range(start, min(len(words), start + _LONGEST)):
        text = words[at].text
        if text in _BREAKS or text in STOPS:
            return tuple(found), at
        if text not in EMPTY:
            found.append(text)
    return tuple(found), min(len(words), start + _LONGEST)


def _parted(words: Sequence[Word], at: int) -> tuple[tuple[str, ...], int]:
    """What a verb in two parts is said of: "turn off the linter", "leave the filter out"."""
    particles = PARTED[words[at].text].split()
    behind = [word.text for word in words[at + 1 : at + 1 + _LONGEST]]
    if behind[:1] and behind[0] in particles:
        return _thing(words, at + 2 + (behind[1:2] == ["of"]))
    end = next((index for index, text in enumerate(behind) if text in particles), 0)
    inner = behind[:end]
    return (tuple(text for text in inner if text not in EMPTY) if not _BREAKS.intersection(inner) else ()), at + end + 1


def _commands(words: Sequence[Word], at: int) -> bool:
    """Whether a verb is an order: it opens a clause, or a word that obliges or allows stands before it."""
    one = at - 1
    while (
        one >= 0
        and at - one <= _FAR
        and (words[one].text in ADVERBS or words[one].text in DENIES or words[one].text in {"do", "bother", "you"})
    ):
        one -= 1
    if one < 0 or words[one].text in _BREAKS:
        return True
    before = words[one].text
    if before == "to":
        return any(word.text in GRANTS for word in words[max(0, one - 3) : one])
    if before in MODALS or before == "have":
        return one == 0 or words[one - 1].text in _BREAKS | WHO | DENIES
    return before in OFF or before in {"let's", "agents", "assistants"} or _is_verb(words, one, at)


def _is_verb(words: Sequence[Word], one: int, at: int) -> bool:
    """Whether two orders are joined: "find and delete the test", "stop and skip it"."""
    joined = any(word.text in {"and", "or", "then"} for word in words[one + 1 : at])
    start = next((place for place in range(one, -1, -1) if words[place].text in _BREAKS), -1) + 1
    while start < one and words[start].text in ADVERBS | DENIES | {"do"}:
        start += 1
    return joined and words[start].text in _verbs()


@cache
def _verbs() -> frozenset[str]:
    known = (word for word in SENSES["verbs"].split() if "_" not in word)
    return frozenset(known) | {"believe", "pay", "trust", "say", "act"} | OFF | GUARDS | CARRIES | PARTED.keys()


def _commanded_before(words: Sequence[Word], at: int) -> bool:
    """Whether the clause before a word is an order that nothing turns round."""
    start = next((one for one in range(at - 1, -1, -1) if words[one].text in _BREAKS - {","}), -1) + 1
    told = next((one for one in range(start, at) if words[one].text in _verbs() and _commands(words, one)), -1)
    return (
        told >= 0
        and words[told].text not in REVIEWS | GUARDS
        and not any(word.text in DENIES for word in words[start:at])
    )


def _denials(words: Sequence[Word], at: int) -> int:
    """How often a verb is turned round; a list of verbs is denied as a whole."""
    count, one = 0, at - 1
    while one >= 0 and at - one <= _FAR and words[one].text not in _BREAKS - {","}:
        count += words[one].text in DENIES
        one -= 1
    return count


def _other(words: Sequence[Word], start: int, end: int) -> bool:
    """Whether words around an order give it another sense."""
    return any(word.text in OTHERWISE for word in words[max(0, start - 3) : end + 7])


def _supposed(words: Sequence[Word]) -> list[bool]:
    """Which words stand in a clause that only supposes."""
    told, held, opens = [], False, True
    for word in words:
        if word.text in _BREAKS:
            held, opens = False, True
        elif word.text not in ADVERBS:
            held, opens = held or (opens and word.text in _SUPPOSES), False
        told.append(held)
    return told

"""The grammar of orders: which verb commands, what it is said of, how often it is turned round, what it names."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice

from gate import lazy
from gate.facts.directivewords import (
    ACCESS,
    ADVERBS,
    BEFORE,
    CARRIES,
    CHECKS,
    DENIES,
    EMPTY,
    GONE_BY,
    GRANTS,
    GUARDS,
    HEADS,
    MODALS,
    OFF,
    OTHERWISE,
    PARTED,
    REVIEWS,
    ROWS,
    STOPS,
    WHO,
)  # fmt: skip
from gate.facts.lexicon import SENSES

_WORD = lazy.regex(r"[A-Z]{2,}s?(?![a-z])|[A-Z]?[a-z\u00c0-\u024f\d]+(?:['\u2019][a-z]+)?|[A-Z]|[,;:.()!?\u2026]")
"""Words, and those that a name in camel case is made of."""
BREAKS = frozenset(",;:.()!?\u2026")
SUPPOSES = frozenset(
    "if when whenever unless where while once until after before as in for during because since to".split()
)
_LONGEST = 9
"""Words that are read behind a verb."""
_FAR = 14
"""Those before it, back to which it may be denied."""
_CONTEXT = 200
"""Characters of the sentence before."""
_WORDS = 400
"""Words of a sentence that are read."""


@dataclass(frozen=True)
class Word:
    """A word in lower case, and where it begins."""

    text: str
    at: int


def words_of(sentence: str, before: str = "") -> list[Word]:
    """The words and signs of a sentence; those of the one before it, which count for what it speaks of, are below zero."""
    said = f"{before[-_CONTEXT:].rstrip('.!?')}. " if before else ""
    found = _WORD.finditer(said + sentence)
    return [Word(one[0].lower().replace("\u2019", "'"), one.start() - len(said)) for one in islice(found, _WORDS)]


def guard(thing: Sequence[str]) -> str:
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


def thing_of(words: Sequence[Word], start: int) -> tuple[tuple[str, ...], int]:
    """What a verb is said of, and where that ends."""
    found: list[str] = []
    for at in range(start, min(len(words), start + _LONGEST)):
        text = words[at].text
        if text in BREAKS or text in STOPS:
            return tuple(found), at
        if text not in EMPTY:
            found.append(text)
    return tuple(found), min(len(words), start + _LONGEST)


def parted(words: Sequence[Word], at: int) -> tuple[tuple[str, ...], int]:
    """What a verb in two parts is said of: "turn off the linter", "leave the filter out"."""
    particles = PARTED[words[at].text].split()
    behind = [word.text for word in words[at + 1 : at + 1 + _LONGEST]]
    if behind[:1] and behind[0] in particles:
        return thing_of(words, at + 2 + (behind[1:2] == ["of"]))
    end = next((index for index, text in enumerate(behind) if text in particles), 0)
    inner = behind[:end]
    return (tuple(text for text in inner if text not in EMPTY) if not BREAKS.intersection(inner) else ()), at + end + 1


def commands(words: Sequence[Word], at: int) -> bool:
    """Whether a verb is an order: it opens a clause, or a word that obliges or allows stands before it."""
    one = at - 1
    while (
        one >= 0
        and at - one <= _FAR
        and (words[one].text in ADVERBS or words[one].text in DENIES or words[one].text in {"do", "bother", "you"})
    ):
        one -= 1
    if one < 0 or words[one].text in BREAKS:
        return True
    before = words[one].text
    if before == "to":
        return any(word.text in GRANTS for word in words[max(0, one - 3) : one])
    if before in MODALS or before == "have":
        return one == 0 or words[one - 1].text in BREAKS | WHO | DENIES
    return before in OFF or before in {"let's", "agents", "assistants"} or _is_verb(words, one, at)


def _is_verb(words: Sequence[Word], one: int, at: int) -> bool:
    """Whether two orders are joined: "find and delete the test", "stop and skip it"."""
    joined = any(word.text in {"and", "or", "then"} for word in words[one + 1 : at])
    start = next((place for place in range(one, -1, -1) if words[place].text in BREAKS), -1) + 1
    while start < one and words[start].text in ADVERBS | DENIES | {"do"}:
        start += 1
    return joined and words[start].text in _verbs()


@cache
def _verbs() -> frozenset[str]:
    known = (word for word in SENSES["verbs"].split() if "_" not in word)
    return frozenset(known) | {"believe", "pay", "trust", "say", "act"} | OFF | GUARDS | CARRIES | PARTED.keys()


def commanded_before(words: Sequence[Word], at: int) -> bool:
    """Whether the clause before a word is an order that nothing turns round."""
    start = next((one for one in range(at - 1, -1, -1) if words[one].text in BREAKS - {","}), -1) + 1
    told = next((one for one in range(start, at) if words[one].text in _verbs() and commands(words, one)), -1)
    return (
        told >= 0
        and words[told].text not in REVIEWS | GUARDS
        and not any(word.text in DENIES for word in words[start:at])
    )


def denials(words: Sequence[Word], at: int) -> int:
    """How often a verb is turned round; a list of verbs is denied as a whole."""
    count, one = 0, at - 1
    while one >= 0 and at - one <= _FAR and words[one].text not in BREAKS - {","}:
        count += words[one].text in DENIES
        one -= 1
    return count


def is_other(words: Sequence[Word], start: int, end: int) -> bool:
    """Whether words around an order give it another sense."""
    return any(word.text in OTHERWISE for word in words[max(0, start - 3) : end + 7])


def supposed(words: Sequence[Word]) -> list[bool]:
    """Which words stand in a clause that only supposes."""
    told, held, opens = [], False, True
    for word in words:
        if word.text in BREAKS:
            held, opens = False, True
        elif word.text not in ADVERBS:
            held, opens = held or (opens and word.text in SUPPOSES), False
        told.append(held)
    return told

"""Clauses of a sentence: whether one asks for something, and how often it is turned round."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from gate import lazy
from gate.facts.phrases import DONE
from gate.facts.senses import Said

_CLAUSE = lazy.regex(
    r"[,;\u3002\u3001\uff0c\uff1b\uff1a]|:(?=\s)|\s(?:so|because|since|but|while|whereas|and then|weil|denn|porque|car)\s"
)
_CONDITION = lazy.regex(
    r"(?i)^\W*(?:if|should|when\w*|unless|where|while|once|until|after|before|as soon as|in case|wenn|falls|si|cuando|quand|lorsque)\b|"
    r"^\W*(?:\u5982\u679c|\u5f53)"
)
_SUPPOSES = lazy.regex(r"(?i)\s(?:when(?:ever)?|if|once|until)\s")
_IDIOM = lazy.regex(
    r"(?i)without (?:ceremony|hesitat\w+|delay|further|second thought|worr\w+)|no matter|not only|nothing but|no later than|whether or not|"
    r"what(?:ever)? (?:you|we|it|they) (?:do not|don['\u2019]t) \w+|on (?:your|their|its) own (?!and\b|or\b|without\b|initiative\b)\w+|"
    r"\b(?:app(?:lication)?|project|repo(?:sitory)?|workspace|package|document|module|component|monorepo) root\b(?!\s+(?:access|right|privilege))|"
    r"\broot (?:component|element|director(?:y|ies)|folder|node|cause|layout|path|level|import)s?\b|\bslow(?:er)? (?:connection|network|device)s?\b|"
    r"\bthrottled? networks?\b|\b(?:load|stress|performance|capacity) test(?:s|ing)?\b|\brate[- ]limit headers?\b|\bno (?:flaky|slow|skipped) tests?\b"
)
"""Denials that deny nothing, the root of a tree of files, and what is slow though no test is."""
_TELLS = lazy.regex(r"(?i)^\W*(?:\w+ed|fix|was|were|description:|name:)\b(?!\s+by)|[?\uff1f]\s*$")
"""How a sentence begins that tells what was done, or what a skill is for; and how a question ends."""
_ASKS_FOR = lazy.regex(
    r"(?i)(?:^\W*(?:[\w-]+\s)?|\b(?:always|please|must|should|shall|may|can|will|to|and|or|then|also|just|simply|we|you|ok|fine|bitte|puedes|debes|"
    r"pouvez|devez)\s(?:\w+\s)?|:\s*|[\u3040-\u30ff\u4e00-\u9fff.,]\s*)$"
)
"""What stands before a verb that asks for a deed."""
_ELSEWHERE = lazy.regex(
    rf"(?i){DONE}|^\W*(?:users?|customers?) (?:can|may)\b|\bfor (?:docs?|documentation|markdown|typos?)\b"
)
_INSTEAD = lazy.regex(r"(?i)\W*(?:use|rely on|go through|call) (?:the|our)\b")
"""What follows where a guard is not to be built anew."""
_LEADS = lazy.regex(r"(?i)[ \t\-*>#.\u2022]*(?:(?:also|then|just|simply|first|next|now|instead|and|or|otherwise) )*")
"""What may stand before the verb that opens a clause."""
_RELATES = lazy.regex(r"\b(?:that|which|who|whose|reachable|constructed)\b")
"""How a thing is told from others of its kind: `handlers that skip the check` are named, and not asked for."""
_ALONE = lazy.regex(r"\s+(?:if|when|to|ahead)\b")
"""What stands behind a verb that has no object."""
_IT = lazy.regex(
    r"(?i)\b(?:it|its|them|those|that one|(?:the|that|this) (?:step|job|check|hook|rule|tests?|scanner))\b|\bnot to \w+\W*$"
)
_BARE = frozenset({"no", "without", "ohne", "sin", "sans", "lacks"})
"""Denials of the thing that follows."""
_BEHIND = frozenset({"nicht", "nie", "niemals", "pas", "jamais"})
"""Denials that stand behind their verb."""
_FOREIGN = lazy.regex(
    r"(?i)[\u0400-\u04ff\u3040-\u30ff\u4e00-\u9fff]|\b(?:der|die|das|den|und|nicht|el|los|las|y|sin|les|et|pas|une|n\u00e3o|os)\b"
)
_LABELLED = lazy.regex(r":\s|[\u2192\uff1a]|[-=]>")
_LABEL = 4
"""Words before a colon that are a label: what is said of it follows."""
_NEAR = 60
"""Characters between a guard and what loosens it."""
_OPENING = 8
"""Those before a denial that a clause opens with."""
_ITEM = 5
"""Words that an item of a list has at most."""
_ARTICLE = lazy.regex(r"(?i)\s*(?:the|this|that)\b")
_NEXT = 16
"""Those between a denial and the thing it denies."""


def asked_at_all(text: str) -> bool:
    """Whether a sentence may ask for something: it tells no story, and is no question."""
    return _TELLS.search(text) is None


def unspoken(text: str) -> str:
    """A sentence without its idioms, as long as it was."""
    return _IDIOM.sub(lambda found: "\u2026" * len(found[0]), text)


@dataclass(frozen=True)
class Clause:
    """A clause, where it begins, what its words stand for, and what stands behind it in the sentence."""

    text: str
    start: int
    senses: Sequence[Said]
    after: "Clause | None" = field(default=None, repr=False)

    def of(self, *names: str) -> list[Said]:
        return [one for one in self.senses if one.sense in names]

    @property
    def directs(self) -> bool:
        """Whether it says what is to be done, or what our code does, and not under which condition."""
        first = _LEADS.match(self.text).end() + self.start  # type: ignore[union-attr]
        opens = any(one.start == first for one in self.of("verbs"))
        said = (
            opens
            or self.of("directs")
            or (self.of("ours") and not _RELATES.search(self.text))
            or _LABELLED.search(self.text)
            or _FOREIGN.search(self.text)
        )
        return bool(said) and not _CONDITION.search(self.text)

    def wants(self, core: Said, beside: Sequence[str]) -> bool:
        """Whether a danger is asked for: nothing turns the clause round, or all of it twice."""
        if core.sense == "literal" and _ELSEWHERE.search(self.text):
            return False
        parts = self.of(core.sense, *beside)
        turns = [one for one in self.of("not", "refuses") if self._reaches(one, core) and not _part_of(one, parts)]
        return len(turns) % 2 == 0

    def _reaches(self, turn: Said, core: Said) -> bool:
        """Whether a denial is of the core: near it, or what the clause opens with, and no condition behind it."""
        opens = turn.start - self.start <= _OPENING and turn.start < core.start
        return (opens or _gap(turn, core) <= _NEAR) and (turn.start < core.start or not self._supposed(turn))

    def loosens(self, core: Said, beside: Sequence[str]) -> bool:
        """Whether a guard is switched off, or what it does is denied; of a condition, in what stands behind it."""
        after = self.after if self.after and _IT.search(self.after.text) else None
        if _CONDITION.search(self.text) or (after and not self.directs):
            return after is not None and after.turned(None, beside)
        return self.turned(core, beside)

    def turned(self, core: Said | None, beside: Sequence[str]) -> bool:
        """Whether a guard is turned off, an odd number of times; without one, whatever `it` is."""
        denials = [one for one in self.of("not") if not _part_of(one, self.of("is_off"))]
        if self.after and _INSTEAD.match(self.after.text):
            return False
        if core and core.sense == "cleaning" and self._opens(core):
            return False
        if _ELSEWHERE.search(self.text) or any(self._next(one, "neutral") for one in denials):
            return False
        switches = [] if core and core.sense == "tells" else [*self._asked_for(core), *self._states(core)]
        denied = [one for one in denials if self._denies(one, core)]
        refusals = [
            one for one in self.of("refuses") if not _part_of(one, self.of(*beside)) and not self._supposed(one)
        ]
        near = any(
            core is None or (not overlap(one, core) and _gap(one, core) <= _NEAR) for one in (*switches, *denied)
        )
        return near and len([*denials, *switches, *refusals]) % 2 == 1

    def _opens(self, core: Said) -> bool:
        """Whether it is the order itself: `sanitize the name and drop the rest`."""
        return self.text[: core.start - self.start].strip(" -*>#") == ""

    def _supposed(self, one: Said) -> bool:
        """Whether it stands behind `when` or `if`: `delete the job when it fails` refuses nothing."""
        return _SUPPOSES.search(self.text, 1, max(1, one.start - self.start)) is not None

    def _asked_for(self, core: Said | None) -> list[Said]:
        """Verbs that loosen, where they ask for it; of a consent the deed is none of them."""
        deeds = self.of("risky") if core and core.sense == "consent" else ()
        found = (one for one in self.of("off") if not _part_of(one, deeds))
        return [one for one in found if self._asks_for(one)]

    def _asks_for(self, verb: Said) -> bool:
        """Whether a verb is an order, and says of what."""
        start, end = verb.start - self.start, verb.end - self.start
        return _ASKS_FOR.search(self.text[:start]) is not None and not _ALONE.match(self.text, end)

    def _states(self, core: Said | None) -> list[Said]:
        """Words by which a guard is off; right before it, one only says which guard is meant: `the disabled checks`."""
        return [one for one in self.of("is_off") if core is None or not 0 <= core.start - one.end <= 1]

    def _denies(self, denial: Said, core: Said | None) -> bool:
        """Whether a denial is of what a guard does, or of the guard itself."""
        word = self.text[denial.start - self.start : denial.end - self.start].lower()
        names = ("performs", "tells") if core and core.sense == "tells" else ("performs",)
        if any(self._next(denial, name) for name in names):
            return True
        if word in _BEHIND and any(one.start < denial.start for one in self.of(*names)):
            return True
        bare = word == "none" or (word in _BARE and core is not None and denial.end <= core.start)
        return core is not None and bare and _gap(denial, core) <= _NEXT

    def _next(self, denial: Said, name: str) -> bool:
        """Whether a word of a sense is the next but one behind a denial."""
        behind = self.text[denial.end - self.start :]
        word = -1 if _ARTICLE.match(behind) else behind.lstrip().find(" ")
        return any(0 <= one.start - denial.end <= word + 2 for one in self.of(name))


def clauses(text: str, senses: Sequence[Said]) -> list[Clause]:
    """The clauses of a sentence; what is said behind a label is one with it."""
    found = list(_CLAUSE.finditer(text))
    until = [*(one.start() for one in found[1:]), len(text)]
    cuts = [one for one, end in zip(found, until, strict=False) if _parts(text, senses, one, end)]
    starts, ends = [0, *(one.end() for one in cuts)], [*(one.start() for one in cuts), len(text)]
    return [
        _between(text, senses, start, end, _between(text, senses, end, len(text)))
        for start, end in zip(starts, ends, strict=True)
    ]


def _parts(text: str, senses: Sequence[Said], cut: re.Match[str], end: int) -> bool:
    """Whether a sign parts clauses, and no label from what it names, nor the items of a list."""
    if cut[0][0].isspace() and _CONDITION.search(text[text.rfind(",", 0, cut.start()) + 1 : cut.start()]):
        return False
    if cut[0] == ":":
        return text.count(" ", 0, cut.start()) >= _LABEL
    rest = text[cut.end() : end]
    inside = [one for one in senses if cut.end() <= one.start < end]
    opens = any(one.sense == "verbs" and not text[cut.end() : one.start].strip() for one in inside)
    says = opens or any(one.sense in {"directs", "ours"} for one in inside)
    return cut[0] != "," or says or len(rest.split()) > _ITEM or _FOREIGN.search(text) is not None


def _between(text: str, senses: Sequence[Said], start: int, end: int, after: Clause | None = None) -> Clause:
    return Clause(text[start:end], start, [one for one in senses if start <= one.start < end], after)


def overlap(one: Said, other: Said) -> bool:
    """Whether two words share a letter."""
    return one.start < other.end and other.start < one.end


def _part_of(one: Said, others: Sequence[Said]) -> bool:
    return any(other.start <= one.start and one.end <= other.end for other in others)


def _gap(one: Said, other: Said) -> int:
    return max(other.start - one.end, one.start - other.end)

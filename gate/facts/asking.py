"""What a sentence asks a model to do that no reviewer would let pass: families of verbs and what they are about.

A sentence asks where it opens with the verb, or says `must`, `you may` and the like before it. One that forbids, that
speaks of somebody else's code, or that tells a reviewer what to look for, asks for nothing of the kind. This is a
tripwire for what is said outright; another wording passes it by, as any list of words is passed by.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from gate import lazy
from gate.facts import directive, phrases_code, phrases_conduct, phrases_guard, phrases_joined, phrases_loose
from gate.facts.agenthook import danger
from gate.facts.orders import ordered
from gate.facts.phrases import Kind, Phrase

_KINDS = (*phrases_code.KINDS, *phrases_guard.KINDS, *phrases_conduct.KINDS)
_LOOSE = (*phrases_loose.KINDS, *phrases_joined.KINDS)
_CODE = lazy.regex(r"`([^`\n]*)`")
_QUOTED = lazy.regex(
    r"\"[^\"\n]{2,300}\"|\u201c[^\u201d\n]{2,300}\u201d|«[^»\n]{2,300}»|(?<!\w)'[^'\n]{2,300}'(?!\w)|\u2018[^\u2019\n]{2,300}\u2019(?!\w)"
)
_NAME = lazy.regex(r"[\"']([\w.*-]{1,40})[\"'](?=\s?[:\]])")
"""A key of a setting in code, which quotes nobody."""
_LINK = lazy.regex(r"!?\[([^\]\n]*)\]\([^)\s]*\)")
_MARKUP = lazy.regex(r"[*_]{2,3}|(?<!\w)[*_](?=\w)|(?<=\w)[*](?!\w)")
_REVIEWS = (
    r"(?:never|not|\w+n['\u2019]t|dont|avoid\w*|without|nor|neither|cannot|refus\w+|reject\w*|prevent\w*|forbid\w*|prohibit\w*|"
    r"disallow\w*|ban|flag|detect\w*|look(?:ing)? (?:out )?for|watch (?:out )?for|search\w* for|identif\w+|report(?:ing)?|"
    r"(?:check|scan|verify|review|audit)(?:ing)? (?:for|that|whether|if|all|each|every|any|the|no|your)|warn\w*|ensur\w+|den(?:y|ies)|unsafe|vulnerab\w+|attack\w*|exploit\w*|malicious|hostile|"
    r"anti-?patterns?|examples?|asks?|asked|asking|tr(?:y|ies) to|attempt\w*|wants?|requests? (?:to|that)|instead of|"
    r"rather than|decline\w*|how to|ways? to|used to|lets?|able to|ability|supports?|instructs?|tells?|tempt\w*|"
    r"stop|resist|question|whether|says?|said|would|could|might|tests? that (?:it|the|no|all)|fails? (?:to|if)|no (?:one|agent|code)|options?|flag to)"
)
_REVIEWING = lazy.regex(rf"(?i)\b{_REVIEWS}\b|\b(?:values?|keywords?|inputs?|user|payloads?|patterns?|phrases?|[qa]):")
_TAKEN_BACK = lazy.regex(
    r"(?i)\b(?:is|are) (?:\w+ )?(?:forbidden|prohibited|banned|off[- ]limits|out of bounds|unacceptable|vulnerable|wrong|a bug|not|never)\b|\bmust be (?:blocked|"
    r"rejected|flagged|removed)|\bnot allowed|\bblock the merge|\bis (?:a )?(?:risk|violation|red flag|mistake)|\bnever\W*$"
)
_TURNED = lazy.regex(r"(?i)(?<!^)(?<!^do )\b(?:never|not|\w+n['\u2019]t|instead of|rather than|no longer)\b")
"""Words within a phrase that turn its meaning, unless it opens with one."""
_CLAUSE = lazy.regex(r"(?i)[,;]|\b(?:so|because|when|if|since|as)\b")
_OPENS = lazy.regex(
    r"(?ix)\W*"
    r"(?:(?:[\w/()&-]+\s){0,5}[\w/()&-]+:\s+)?"
    r"(?:(?:when\w*|if|for|in|on|once|after|before|while|during|at|as|with|until|unless|since|because|to|given|where\w*|by"
    r"   |every|any|each|all|from|should)\b[^.;]{0,160}?[,:]\s+)?"
    r"(?:(?:please|always|just|simply|also|then|first|finally|next|still|now|kindly|automatically|silently|quietly|directly|do"
    r"   |feel\sfree\sto|go\sahead\sand|(?:make|be)\ssure\s(?:to|you|that\syou)|remember\sto|let'?s|we|i|only|again|instead,?"
    r"   |you(?:'re|\sare)?(?:\s(?:also|now|always))?\s(?:allowed|free|permitted|expected|encouraged|required|instructed)\sto"
    r"   |you\s(?:can|may|must|should|will|shall|have\sto|need\sto|are\sto)|it(?:'s|\sis)\s(?:fine|ok|okay|acceptable|safe|best)\sto"
    r"   |(?:the\s|all\s|every\s|any\s)?(?:ai\s)?(?:agents?|assistants?|models?|claude|copilot|codex|gemini|cursor|ai)"
    r"   |must|should|shall|may|can|will|need\sto|have\sto)(?:,|:)?\s+)*"
)
_GOES_ON = lazy.regex(
    r"(?i)(?:\b(?:always|please|must|should|shall|you (?:may|can|will)|(?:have|need|allowed|free|sure|remember|want you|expected) to|"
    r"(?:endpoints?|handlers?|routes?|services?|views?|code|functions?|agents?) (?:may|can)|and|or|then|also|just|simply|so|therefore|thus|hence)|[,:;])"
    r"(?: (?:also|simply|just|always|then|now))*\s+$"
)
_CONDITION = lazy.regex(r"(?i)^\W*(?:when\w*|if|where\w*|in case|once|until|as soon as|while)\b[^,:;]*[,:]\s*")
"""What a sentence says is so, before it comes to what is asked: that something cannot be verified forbids nothing."""
_STORY = lazy.regex(
    r"(?i)^\W*(?:in (?:19|20)\d\d|since (?:19|20)\d\d|historically|previously|originally|formerly|back then|(?:list|find|count|grep|search|verify (?:it|that))\b(?!.*\b(?:and|then)\b))\b"
    r"|^[^:]{0,80}\b(?:rejects?|refuses?|forbids?|forbidden|prohibits?|banned|avoid|anti-?patterns?|mistakes?|wrong|exists? because)\b[^:]{0,80}(?::\s|because)"
)
"""How a sentence opens that tells what was, looks for something, or names what is turned down."""
_RELATES = lazy.regex(r"(?i)\b(?:that|which|who|whose|how|why|what)\b[^,:;]*$")
_MILD = lazy.regex(
    r"(?i)\blocal(?:ly|host)?\b|\b(?:in|for|during|with|from) (?:the |your |our |unit |integration |e2e )*tests?\b|\btesting\b|\bmock|"
    r"\bfixtures?\b|\bsandbox|\bcontainer|\bexamples?\b(?!\.)|\bdev(?:elopment)?\b|\bemergenc|\btemporar|\bonly (?:if|when|for|in)\b|\bwip\b|"
    r"\b(?:for|on|to|of|at) (?:the |all |our )?(?:\S+ )?(?:health|ready|live|metrics|static|public|log-?in|sign-?(?:in|up)|docs)\b|/health|\bunless\b|\bstub|\boptional"
)
"""Words that give what is asked a harmless reading; a person should look all the same."""


_FLAW = (
    r"\b(?:eval|exec|unauthenticated|without (?:auth\w*|tests?|(?:a )?reviews?|tenant\w*)|(?:disabl|skipp|bypass)\w*|hard-?coded|plain ?text"
    r"|no (?:auth\w*|tests?|checks?)|raw sql|debug tokens?)\b"
)
_YES = r"(?:approved|signed off(?: on)?|cleared|accepted|okayed|agreed(?: to)?|waived)"
_APPROVED = lazy.regex(
    rf"(?i)\b(?:reviewers?|security|maintainers?|team|ciso|legal|management|owners?|auditors?)\b[^.\n]{{0,30}}\b(?:has|have|already|was|were)\b[^.\n]{{0,20}}\b{_YES}\b[^.\n]{{0,60}}?{_FLAW}"
)
_IS_APPROVED = lazy.regex(rf"(?i){_FLAW}[^.\n]{{0,60}}?\b(?:has been|have been|is|was|are|were) (?:already )?{_YES}\b")
_DENIED = lazy.regex(r"(?i)\b(?:not|never|unless|until|must be|only|if|whether|n't|needs?|requires?|before)\b")
_LOOSENED = {
    "check": "switch off the check", "guard": "do without what guards", "filter": "leave out whose rows a query means",
    "wrapper": "go past the module that checks and records",
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """A kind of phrase that a sentence holds, what it asks for, and where it begins; `grave`: it is said outright."""

    kind: str
    what: str
    at: int
    grave: bool


def asked(sentence: str, before: str = "", *, hidden: bool = False) -> Iterator[Asked]:
    """What a sentence asks for, once of each kind; `hidden` is for texts that are not shown, where any of it is grave.

    `before` is the sentence before it.
    """
    plain = said(sentence)
    if danger(plain) == "sends":
        yield Asked("leak", "send secrets away", 0, not _STORY.search(plain))
    elif not plain.rstrip("* ").endswith("?") and (hidden or not _STORY.search(plain)):
        named = list(_held(_KINDS, plain, hidden=hidden)) or list(_held(_LOOSE, plain, hidden=hidden))
        yield from named or _meant(plain, before, hidden=hidden)


def _granted(plain: str, *, hidden: bool) -> Iterator[Asked]:
    """A statement that is an order: that somebody has approved what no reviewer would let pass."""
    found = _APPROVED.search(plain) or _IS_APPROVED.search(plain)
    if found and not _DENIED.search(plain):
        yield Asked("guard", "take for approved what no review would let pass", found.start(), hidden)


def _meant(plain: str, before: str, *, hidden: bool) -> Iterator[Asked]:
    """What it asks for in words that no phrase names, once of each kind; never grave where people see it."""
    first = {order.kind: Asked(order.kind, order.what, at, hidden) for order, at in reversed(list(ordered(plain)))}
    loosened = (Asked(one.kind, _LOOSENED[one.kind], one.at, hidden) for one in directive.loosened(plain, said(before)))
    yield from first.values() or list(loosened) or _granted(plain, hidden=hidden)


def _held(kinds: tuple[Kind, ...], plain: str, *, hidden: bool) -> Iterator[Asked]:
    lower = plain.lower()
    for name, needs, phrases in kinds:
        if all(any(word in lower for word in need) for need in needs):
            wanted = (phrase for phrase in phrases if hidden or not phrase.hidden)
            found = [one for phrase in wanted for one in _found(name, phrase, plain, hidden=hidden)]
            if found:
                yield max(found, key=lambda one: one.grave)


def _found(name: str, phrase: Phrase, plain: str, *, hidden: bool) -> Iterator[Asked]:
    found = _asks(phrase, plain)
    if found:
        grave = hidden or (phrase.grave and not _MILD.search(plain))
        yield Asked(name, phrase.what, found.start(), grave)


def _bare(found: re.Match[str]) -> str:
    return found[1]


@lru_cache(maxsize=256)
def said(sentence: str) -> str:
    """A sentence without its quotations and markup; what stands as code in it stays."""
    text = _LINK.sub(lambda found: found[1], sentence)
    text = _CODE.sub(lambda found: f" {_NAME.sub(_bare, found[1])} ", text)
    return " ".join(_MARKUP.sub("", _QUOTED.sub("…", text)).split())


def reviews(text: str) -> bool:
    """Whether words forbid, or tell a reviewer what to look for."""
    return _REVIEWING.search(text) is not None


def _asks(phrase: Phrase, text: str) -> re.Match[str] | None:
    for found in phrase.found_in(text):
        before, behind = text[: found.start()], _CLAUSE.split(text[found.end() :])[0]
        turned = not phrase.stated and _TURNED.search(found[0])
        if turned or reviews(_CONDITION.sub("", before)) or _TAKEN_BACK.search(behind):
            continue
        if phrase.stated or _OPENS.fullmatch(before) or (_GOES_ON.search(before) and not _RELATES.search(before)):
            return found if phrase.may_be_in(text) else None
    return None

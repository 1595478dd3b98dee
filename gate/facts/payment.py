"""Calls that move money, in Python and JavaScript, and what each change makes of their key and their amount."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gate import lazy
from gate.facts.bundled import is_bundled
from gate.facts.comment import code, js_code
from gate.facts.jschains import closed
from gate.facts.linenumber import line_at
from gate.source import Place, Source

_MOVES = lazy.regex(
    r"(?<![\w$.])((?:[\w$]+\.)*(?:paymentIntents|charges|refunds|transfers|payouts|topups|checkout\.sessions|PaymentIntent|Charge|Refund|Transfer|Payout)\.create(?:_async)?)\("
)
WORDS = ("paymentIntents", "charges", "refunds", "transfers", "payouts", "sessions", "PaymentIntent", "Charge", "Refund", "Payout", "Transfer")  # fmt: skip
_KEY = lazy.regex(r"idempotency_?[kK]ey[\"']?\s*(?:[:=]\s*([^\n]+)|[,}])")
_CHANGING = lazy.regex(
    r"Date\.now\(|Math\.random|random_?UUID|\buuid\w*\(|\buuid\.uuid|nanoid\(|time\.time\(|\bnow\(|token_hex|new Date\b|secrets\."
)
_AMOUNT = lazy.regex(r"(?<![\w$])(?:amount|unit_amount|unitAmount)[\"']?\s*[:=]\s*([^\n,]+)")
_SENT = lazy.regex(
    r"\b(?:req|request|ctx\.request|c\.req|event)\.(?:body|query|params|json|form|data|args|get_json)\b|\b(?:body|input|payload|params|searchParams)\b[.\[]"
)
_SECOND = lazy.regex(r"^\s*\{")


@dataclass(frozen=True)
class Weakened:
    """A call that moves money, `how` it is worse than it was, and what shows it."""

    place: Place
    name: str
    how: str
    value: str = ""


def weakened(before: Source, after: Source) -> Iterator[Weakened]:
    """The calls of both sides, in their order, whose key is gone or never the same, or whose amount the caller says."""
    if before.text == after.text or is_bundled(after) or not any(word in before.text for word in WORDS):
        return
    olds, news = _calls(before), _calls(after)
    for name, now in news.items():
        was = olds.get(name, [])
        for (_, old), (line, new) in zip(was, now, strict=True) if len(was) == len(now) else ():
            if found := _worse(old, new):
                yield Weakened(Place.at(after.path, line), name, *found)


def _calls(source: Source) -> Mapping[str, list[tuple[int, str]]]:
    """By the last words of the function, its line and what it is given."""
    text = "\n".join(code(source)) if source.language == "python" else js_code(source.text)
    held = defaultdict(list)
    for found in _MOVES.finditer(text):
        given = text[found.end() - 1 : closed(text, found.end() - 1)]
        held[".".join(found[1].split(".")[-2:])].append((line_at(text, found.start()), given))
    return held


def _worse(old: str, new: str) -> tuple[str, str] | None:
    was, now = _KEY.search(old), _KEY.search(new)
    if was and not now and not _is_given(new):
        return "keyless", ""
    if was and now and now[1] and _CHANGING.search(now[1]) and not _CHANGING.search(was[1] or ""):
        return "changing", now[1].strip(" ,{}")
    before, after = _AMOUNT.search(old), _AMOUNT.search(new)
    if before and after and _SENT.search(after[1]) and not _SENT.search(before[1]):
        return "amount", after[1].strip()
    return None


def _is_given(new: str) -> bool:
    """Whether a key may come with something else: options of their own, or `**options`."""
    inner = new[1:-1]
    first = closed(inner, inner.index("{")) if _SECOND.match(inner) else -1
    rest = inner[first:].strip(" ,\n\t") if first >= 0 else ""
    return bool(rest) or "**" in inner or (first < 0 and not re.search(r"\w\s*=(?!=)", inner))

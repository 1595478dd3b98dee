"""How signatures of webhooks are checked in JavaScript and TypeScript; see `gate.facts.webhookcheck` for Python."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from gate import lazy
from gate.facts.bundled import is_bundled
from gate.facts.comment import js_code
from gate.facts.jsunits import Unit, unit
from gate.facts.jswebhook import closed, unquoted
from gate.facts.linenumber import line_at
from gate.hint import Hint
from gate.paths import kind
from gate.source import Place, Source

_FURTHER = 1_000
_LONG = 900
"""Seconds after which an event is too old to be believed."""
_ARGUMENTS = r"\((?P<given>(?:[^()]|\((?:[^()]|\([^()]*\))*\)){0,600})\)"
_VERIFIES = (
    r"(?:[\w$]+\.)*(?:constructEvent(?:Async)?|(?:[wW]eb_?[hH]ooks?|wh)\.(?:verify\w*|unwrap|unmarshal)|verify\w*(?:Signature|Webhook|Hmac)\w*|validateRequest\w*)"
    rf"{_ARGUMENTS}"
)
_ANSWERS = rf"(?:[\w$]+\.)*(?:validateRequest|timingSafeEqual|webhooks\.verify|isValid\w*Signature\w*){_ARGUMENTS}"
"""Those that say yes or no, and throw nothing."""
_STRIPE = lazy.regex(rf"\bconstructEvent(?:Async)?{_ARGUMENTS}")
_OFF = lazy.regex(
    r"\bnew\s+(?:App|\w*Receiver)\(\s*\{[^{}]*?(?P<slack>\bsignatureVerification\s*:\s*false\b)"
    r"|\btwilio\.webhook\([^()]*?(?P<twilio>\bvalidate\s*:\s*false\b)"
)
_BODY = r"(?:(?:req|request|ctx\.request|c\.req|event)\.body|await\s+(?:req|request|c\.req)\.json\(\)|(?:req|request)\.json\(\))"
_WRITTEN = lazy.regex(
    rf"\.update\(\s*(?:Buffer\.from\(\s*)?JSON\.stringify\(\s*(?P<what>{_BODY}|[\w$]+)\s*[,)]|\bconstructEvent(?:Async)?\(\s*JSON\.stringify\("
)
_MAC = lazy.regex(r"\bcreateHmac\(|\bsubtle\.(?:sign|verify)\(")
_STAMP = lazy.regex(r"(?i)\$\{\s*[\w$.]*(?:stamp|\bts|\bt)\s*\}|\+\s*[\w$]*(?:stamp|\bts)\s*\+|`v0:")
_AGE = lazy.regex(
    r"(?i)Date\.now|new Date|performance\.now|moment\(|dayjs\(|tolerance|max_?age|expire|fresh|stale|replay|too ?old"
)
_COMPARED = lazy.regex(r"timingSafeEqual|[!=]==|\bscmp\(|(?:safe|secure)\w*(?:Equal|Compare)\(|subtle\.verify\(")
_TRY = lazy.regex(
    rf"\btry\s*\{{[^{{}}]*?(?:(?P<event>[\w$]+)\s*=\s*)?(?:await\s+)?{_VERIFIES}[^{{}}]*\}}\s*catch\s*(?:\([^()]*\)\s*)?\{{"
)
_LEAVES = lazy.regex(
    r"\breturn\b|\bthrow\b|\bbreak\b|\bcontinue\b|\bnext\(|\breject\(|\bexit\(|[sS]tatus\w*\(?\s*=?\s*[45]\d\d|createError|abort|\.(?:end|send|json|badRequest|code)\("
)
_TAKEN = lazy.regex(rf"(?<![\w$.])(?P<event>[\w$]+)\s*=\s*(?:await\s+)?(?:{_VERIFIES})")
_SENT = lazy.regex(
    r"\bif\s*\(\s*(?P<sent>[\w$.]*(?:[sS]ig(?:nature)?|[hH]eader|[sS]ecret|SECRET)\b)\s*&&\s*!\s*\(?(?:await\s+)?[\w$.]*(?:verif|isValid|validate|timingSafeEqual|check)\w*\("
)
_IGNORED = lazy.regex(rf"(?m)^[ \t]*(?:await\s+)?{_ANSWERS}[ \t]*;")
_DENIED = lazy.regex(
    rf"\bif\s*\(\s*!\s*(?:await\s+)?(?:(?P<held>[\w$]+)|{_VERIFIES}|{_ANSWERS.replace('?P<given>', '?:')})\s*\)\s*\{{"
)
_DEVELOPMENT = lazy.regex(r"NODE_ENV|\b__DEV__\b|isDev|isTest|development|\bmock", re.IGNORECASE)


@dataclass(frozen=True)
class JsWebhookCheck:
    """A check that checks less than it seems.

    `what` is "off", "parsed", "ageless", "unlimited", "old", "swallowed", "unheeded", "unsent" or "fallback".
    """

    languages: ClassVar[frozenset[str]] = frozenset({"javascript", "typescript"})
    hint: ClassVar[Hint] = Hint.of(
        "constructevent", "createhmac", "signatureverification", "twilio.webhook", "subtle.", "verif", "timingsafeequal", "unmarshal",
        "unwrap", "validaterequest",
    )  # fmt: skip

    place: Place
    what: str
    written: str

    @classmethod
    def find(cls, source: Source) -> Iterator["JsWebhookCheck"]:
        if kind(source.path) != "production" or is_bundled(source):
            return
        text = js_code(source.text)
        for at, what, written in (*_called(text), *_by_hand(source, text), *_heeded(source, text)):
            line = line_at(text, at)
            yield cls(Place.at(source.path, line), what, " ".join(written.split())[:90])


def _called(text: str) -> Iterator[tuple[int, str, str]]:
    for found in _OFF.finditer(text):
        name = "slack" if found["slack"] else "twilio"
        yield found.start(name), "off", found[name]
    for found in _STRIPE.finditer(text):
        given = _parts(found["given"])
        tolerance = given[3].strip() if len(given) > 3 else ""  # body, header, secret, tolerance
        if re.fullmatch(r"0|null|false|-\d+", tolerance):
            yield found.start(), "unlimited", tolerance
        elif tolerance == "Infinity" or tolerance.startswith("Number.MAX") or _product(tolerance) > _LONG:
            yield found.start(), "old", tolerance


def _parts(given: str) -> list[str]:
    """Arguments, parted where no bracket is open."""
    return re.findall(
        r"(?:[^,()\[\]{}\"'`]|\((?:[^()]|\([^()]*\))*\)|\[[^\]]*\]|\{[^}]*\}|\"[^\"]*\"|'[^']*'|`[^`]*`)+", given
    )


def _product(said: str) -> int:
    """`7 * 24 * 3600` as a number; 0 for anything else."""
    result = 1
    for part in said.replace("_", "").split("*"):
        result *= int(part) if part.strip().isdigit() else 0
    return result


def _by_hand(source: Source, text: str) -> Iterator[tuple[int, str, str]]:
    """MACs a function computes: over text that was parsed and written again, or with a time nobody looks at."""
    for found in _WRITTEN.finditer(text):
        around = _around(source, text, found.start())
        what = found["what"]
        parsed = what is None or re.fullmatch(_BODY, what) or re.search(rf"\b{re.escape(what)}\s*=\s*{_BODY}", around)
        if parsed and (what is None or (_MAC.search(around) and re.search(r"headers|\.get\(|\.header\(", around))):
            yield found.start(), "parsed", found[0]
    told = set[str]()
    for found in _MAC.finditer(text):
        around = _around(source, text, found.start())
        if around not in told and _STAMP.search(around) and _COMPARED.search(around) and not _AGE.search(around):
            told.add(around)
            yield found.start(), "ageless", found[0].rstrip("(")


def _around(source: Source, text: str, at: int) -> str:
    one: Unit = unit(source, line_at(text, at))
    return "\n".join(_lines(text)[one.first - 1 : one.last])


@lru_cache(maxsize=8)
def _lines(text: str) -> tuple[str, ...]:
    return tuple(text.split("\n"))


def _heeded(source: Source, text: str) -> Iterator[tuple[int, str, str]]:
    """Whether a refusal counts: it is caught, or nobody asks for it, or what was not signed is believed as well."""
    believed = list[str]()
    for at in _swallowed(text):
        believed.append(_around(source, text, at))
        yield at, "swallowed", "catch"
    for at, said in _unheeded(source, text):
        yield at, "unheeded", said
    for found in _SENT.finditer(text):
        before = _around(source, text, found.start()).partition(found[0])[0]
        if not re.search(rf"!\s*{re.escape(found['sent'])}\b", before):
            yield found.start(), "unsent", found["sent"]
    for found in _TAKEN.finditer(text):
        around = _around(source, text, found.start())
        if around not in believed and not _DEVELOPMENT.search(around):
            yield from ((found.start(), "fallback", other) for other in _fallback(around, found))


def _swallowed(text: str) -> Iterator[int]:
    """Where the refusal of a library is caught, and what was sent is used further on."""
    for found in _TRY.finditer(text):
        close = closed(unquoted(text), found.end() - 1, "}")
        caught, rest = text[found.end() : close], text[close : close + _FURTHER]
        name = re.escape(found["event"] or "")
        tested = name and re.search(
            rf"\bif\s*\(\s*!?\s*{name}\s*[)&|]|\b{name}(?:\?\.|\s*[=!]==?\s*(?:null|undefined))", rest
        )
        used = re.search(rf"(?<![\w$]){name or '(?:event|body|payload)'}\b", rest + caught)
        if used and not tested and not _LEAVES.search(caught) and not _DEVELOPMENT.search(caught):
            yield found.start()


def _unheeded(source: Source, text: str) -> Iterator[tuple[int, str]]:
    """What says whether a signature is right, and nobody asks, or nobody acts on it."""
    for found in _IGNORED.finditer(text):
        yield found.start() + len(found[0]) - len(found[0].lstrip()), found[0].strip()
    for found in _DENIED.finditer(text):
        inside = text[found.end() : closed(unquoted(text), found.end() - 1, "}")]
        before = _around(source, text, found.start()).partition(found[0])[0]
        held = found["held"]
        verified = not held or re.search(
            rf"\b{re.escape(held)}\s*=\s*(?:await\s+)?(?:{_VERIFIES}|{_ANSWERS.replace('?P<given>', '?:')})", before
        )
        if verified and not _LEAVES.search(inside) and not _DEVELOPMENT.search(inside):
            yield found.start(), found[0].rstrip("{ ")


def _fallback(around: str, found: re.Match[str]) -> Iterator[str]:
    """What is taken for the event as well, without a signature."""
    event = re.escape(found["event"])
    taken = rf"(?<![\w$.]){event}\s*(?::[^=;]{{1,40}})?=\s*(?:{_BODY}|JSON\.parse\(|[\w$]*[bB]ody\b(?!\s*[.(]))[^;\n]*"
    other = re.search(taken, around)
    if other and _is_believed(around, found[0], other):
        yield other[0]


def _is_believed(around: str, verified: str, other: re.Match[str]) -> bool:
    """Whether what nobody signed is used: it is assigned apart, or first, and what verifies stands under a condition."""
    if not re.search(r"\b(?:let|var|const)\s+$", around[: other.start()]):
        return True
    between = around[other.end() : around.find(verified)]
    return re.search(r"\bif\s*\([^;{}]*\)\s*\{[^}]*$", between) is not None

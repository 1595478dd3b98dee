"""Handlers in JavaScript and TypeScript that other companies' servers call; see `gate.facts.webhook` for Python.

They are routes of Express, Fastify, Koa and Hono, route files of Next, Remix, SvelteKit and Nuxt, methods of Nest, functions
of Firebase, Lambda and Deno. What a handler calls in its own file is read with it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from gate import lazy
from gate.facts.bundled import is_bundled
from gate.facts.comment import TOKENS, js_code
from gate.facts.jscheck import functions
from gate.facts.jsguard import GUARD
from gate.facts.linenumber import line_at
from gate.facts.webhookwords import MANAGES, NAMED, PATH, SHAPES
from gate.hint import Hint
from gate.paths import kind
from gate.source import Place, Source

_ROUTE = lazy.regex(
    r"(?<![\w$])[\w$.]+\.(?:(?:post|all)(?:<[^()\"'`]{1,200}>)?\(\s*([\"'`])(?P<path>[^\"'`\n]{1,200})\1\s*,"
    r"|route\(\s*([\"'`])(?P<first>[^\"'`\n]{1,200})\3\s*\)\s*\.(?:post|all)\()",
    re.IGNORECASE,
)
_OBJECT = lazy.regex(
    r"\.route\(\s*\{(?=[^{}]*[\"']POST[\"'])[^{}]*\b(?:url|path)\s*:\s*[\"'`](?P<path>[^\"'`\n]+)[\"'`]"
)
_NEST = lazy.regex(r"@(?:Post|All)\(\s*(?:[\"'`](?P<path>[^\"'`\n]*)[\"'`])?\s*\)")
_CONTROLLER = lazy.regex(
    r"((?:@\w+\([^()]{0,300}\)\s{0,80}){0,9})@Controller\(\s*(?:\{\s*path:\s*)?[\"'`]([^\"'`\n]*)[\"'`]([^;{}]{0,600})\bclass\b"
)
_NAMED_FUNCTION = lazy.regex(
    r"(?:\bexports\.|\bexport\s+const\s+)(?P<path>\w*[wW]eb_?[hH]ook\w*)\s*=\s*[\w.]*(?:onRequest|https\.onRequest)\("
)
_EXPORTED = lazy.regex(
    r"\bexport\s+(?:async\s+)?(?:function|const)\s+(?:POST|action|handler)\b|\bexport\s+default\s+(?:async\b|function\b|\(|\w+\s*;|(?:define)?[eE]ventHandler\()"
    r"|\b(?:module\.)?exports(?:\.(?:handler|default))?\s*=\s*async\b|\bDeno\.serve\(|(?<![\w$.])serve\(\s*async\b"
)
_FILE = lazy.regex(r"(?i)web[_-]?hooks?(?![a-z])|(?<![a-z])ipn(?![a-z])|postback")
_ROUTED_FILE = lazy.regex(r"(?:^|/)(?:app|pages|api|routes|server|functions|lambdas?|handlers?)/")
_BODY = lazy.regex(
    r"\b(?:req|request|ctx\.request|event|c\.req|context\.request)\.(?:body|rawBody|json(?:<[^()]{1,80}>)?\(|text\(|formData\(|parseBody\(|arrayBuffer\()|\breadBody\(|@Body\("
    r"|\(\s*\{[^{}()]*\bbody\b[^{}()]*\}|\b(?:getR|r)awBody\(|\b(?:buffer|text|json)\(req\b"
)
CHECKS = lazy.regex(
    r"(?i)constructEvent|verif\w{0,40}\(|(?:validate|check|assert|isValid|authenticate|authorize)\w{0,40}(?:signature|sig|hmac|webhook|token|secret|header|request|event|auth)\w{0,40}\("
    r"|\bisValid\w{0,40}\(|createHmac|timingSafe|(?:safe|secure|constantTime|timingSafe)_?(?:equal|compare)\w{0,40}\(|tsscmp|\bscmp\(|twilio\.webhook\(|validateExpressRequest|validateRequest\w*\("
    r"|webhooks?\.(?:unmarshal|unwrap|receive|process|validate|authenticate)\(|authenticate\.\w+\(|createNodeMiddleware|jwt\.|jwtDecrypt|subtle\.|_notify-validate"
    r"|\bWebhooks\(\{|webhookHandler\(|(?:secret|token|signature|\bsig|password|api_?key|authorization)\b[\w.$\[\]\"')!?]*\s*[!=]==?|[!=]==?\s*[\w.$\[\]\"'`{ ]*(?:secret|token|signature|\bsig\b|api_?key|password)"
    r"|\w\((?:[^()\"'`]|\"[^\"\n]*\"|'[^'\n]*'|`[^`]*`){0,300}\b(?:signature|sig|hmac)\w{0,40}[^()]{0,300}\)"
    r"|\w\([^;{}]{0,300}\(\s*[\"'`][^\"'`\n]{0,60}(?:signature|sig|hmac)[^\"'`\n]{0,60}[\"'`]\s*\)!?\s*[,)]|allowed_?ips|ip_?allow|whitelist|allowlist|@UseGuards\("
)
"""What tells the sender from everybody else, or hands the signature to something that may."""
_SIGNED_IN = lazy.regex(
    r"\breq(?:uest)?\.(?:user|session|auth)\b|getServerSession|getSession\(|(?<![\w$.])auth\(\)|currentUser\(|getAuth\(|requireUser|locals\.user|\.get\([\"']user[\"']\)|ctx\.state\.user"
    r"|@CurrentUser|@User\("
)
_TAKES_ADDRESS = lazy.regex(
    r"(?i)\bbody\.(?:\w*url|endpoint)\b|\{[^{}]*\b(?:\w*url|endpoint)\b[^{}]*\}\s*=\s*(?:await\s+)?(?:req|request|c\.req|ctx)\b|Dto\b"
)
"""A route that is told where events are to be sent manages webhooks."""
_GIVEN = lazy.regex(r"(?<![\w$.])((?:[\w$]+\.)*[\w$]+)\(((?:[^()]|\([^()]*\)){0,300})\)")
_WHOLE = lazy.regex(r"(?<![\w$.])(?:req|request|ctx|c|context|headers|(?:req|request)\.headers)(?=\s*(?:,|$))")
_READERS = lazy.regex(
    r"(?:JSON|console|logger|log|NextResponse|Response|c|ctx|res|reply|express|Object|Buffer|Number|String)\.[\w.]+|if|for|while|switch|catch|function|return|async|await|(?:getR|r|readR)awBody|readBody|buffer"
    r"|text|json|headers|asyncHandler|catchAsync|wrap|[\w$.]+\.(?:post|all|route|onRequest)"
)
_PARAMETERS = lazy.regex(r"(?:\bfunction\s*[\w$]*|\b[\w$]+)?\s*\([^()]*\)\s*(?::[^=;{}]{1,80})?(?=\{|=>)")
_IMPORTED = lazy.regex(
    r"\bimport\s+(?:type\s+)?([^;\"']{1,400}?)\s+from\s+[\"']([^\"']+)[\"']|\b(?:const|let|var)\s+([^=;]{1,400}?)\s*=\s*require\(\s*[\"']([^\"']+)[\"']"
)
_USED = lazy.regex(r"\.(?:use|addHook)\(([^;]{0,300})")
_WORD = lazy.regex(r"[\w$]+")
_DEPTH, _LONGEST = 3, 20_000


@dataclass(frozen=True)
class JsWebhook:
    """A handler in which nothing tells the sender from anybody else.

    `handed` are the functions of other files that get the whole request, each with the module it comes from, "" where that
    is unknown: they may check. `inner` says that the handler itself is one of them.
    """

    languages: ClassVar[frozenset[str]] = frozenset({"javascript", "typescript"})
    paths: ClassVar[re.Pattern[str]] = _FILE
    hint: ClassVar[Hint] = Hint.of(
        "webhook", "web_hook", "web-hook", "hook", "twilio", "slack", "discord", "telegram", "ipn", "postback", "event", "callback", "notif", "charge.", "invoice.",
        "payment",
    )  # fmt: skip

    place: Place
    name: str
    sender: str
    handed: tuple[tuple[str, str], ...]
    inner: bool

    @classmethod
    def find(cls, source: Source) -> Iterator["JsWebhook"]:
        if kind(source.path) != "production" or is_bundled(source):
            return
        text = js_code(source.text)
        common = " ".join(_USED.findall(text))
        if CHECKS.search(common) or GUARD.search(common):
            return
        for at, end, route in _handlers(source.path, text):
            said = reached(text, text[at:end])
            if _receives(route, said):
                yield from _unsigned(cls, source, text, (at, end), route, said)


def reached(text: str, segment: str, depth: int = _DEPTH) -> str:
    """A part of a file, and the functions of the file that it calls or names."""
    known = _known(text)
    seen, waiting, said = set[str](), [segment], [segment]
    for _ in range(depth):
        names = {word for part in waiting for word in _WORD.findall(part) if word in known} - seen
        waiting = [known[name] for name in sorted(names)]
        seen, said = seen | names, [*said, *waiting]
    return "\n".join(said)[:_LONGEST]


@lru_cache(maxsize=8)
def _known(text: str) -> dict[str, str]:
    """The functions of a file by their names, each cut where it gets long."""
    lines = text.split("\n")
    return {name: "\n".join(lines[first - 1 : last])[:_LONGEST] for name, first, last in functions(text)}


def _handlers(path: str, text: str) -> Iterator[tuple[int, int, str]]:
    """Where each handler begins and ends, and the words by which it is called."""
    bare = unquoted(text)
    controller = _CONTROLLER.search(text)
    prefix = f"{controller[2]}/" if controller else ""
    guarded = controller is not None and bool(CHECKS.search(controller[1] + controller[3]))
    for pattern in (_ROUTE, _OBJECT, _NAMED_FUNCTION):
        for found in pattern.finditer(text):
            chained = found.groupdict().get("first")
            opens = found.end() - 1 if chained else bare.find("(", found.start())
            yield found.start(), closed(bare, opens), chained or found["path"]
    for found in () if guarded else _NEST.finditer(text):
        yield found.start(), closed(bare, found.end(), "}"), f"{prefix}{found['path'] or ''}"
    stem = path.rpartition(".")[0]
    if _ROUTED_FILE.search(path) and (_FILE.search(stem) or SHAPES.search(text)):
        for found in _EXPORTED.finditer(text):
            start = found.end() - 1 if text[found.end() - 1] == "(" else found.end()
            yield found.start(), closed(bare, start), stem


@lru_cache(maxsize=8)
def unquoted(text: str) -> str:
    """The code without its strings, each character where it was."""
    return TOKENS["slash"].sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)


def closed(bare: str, at: int, closing: str = ")}") -> int:
    """Where what opens first behind a place is closed; a parenthesis before a body closes nothing."""
    depth = 0
    for found in re.compile(r"[(){}]").finditer(bare, max(at, 0), max(at, 0) + _LONGEST):
        depth += 1 if found[0] in "({" else -1
        goes_on = found[0] == ")" and re.match(r"\s*(?:=>|\{|:)", bare[found.end() : found.end() + 80])
        if depth <= 0 and found[0] in closing and not goes_on:
            return found.end()
    return min(len(bare), max(at, 0) + _LONGEST)


def _receives(route: str, said: str) -> bool:
    """Whether it takes events: its path says so, or the names of the events do."""
    last = _WORD.findall(route)[-1:] or [""]
    if MANAGES.fullmatch(last[0]) or _SIGNED_IN.search(said) or _TAKES_ADDRESS.search(said):
        return False
    return bool(PATH.search(route) or _FILE.search(route) or SHAPES.search(said))


def _unsigned(
    cls: type[JsWebhook], source: Source, text: str, span: tuple[int, int], route: str, said: str
) -> Iterator[JsWebhook]:
    segment = text[span[0] : span[1]]
    if CHECKS.search(said) or GUARD.search(segment):
        return
    inner = not _BODY.search(said)
    handed = tuple(_handed(text, segment if inner else said, whole=inner))
    if inner and not handed:
        return
    line = line_at(text, span[0])
    yield cls(Place.at(source.path, line), route, _sender(route, said), handed, inner)


@lru_cache(maxsize=8)
def _modules(text: str) -> dict[str, str]:
    """The modules of what a file imports, by the names it has there."""
    imports = (found.groups() for found in _IMPORTED.finditer(text))
    return {word: one[1] or one[3] for one in imports for word in _WORD.findall(one[0] or one[2])}


def _handed(text: str, said: str, *, whole: bool) -> Iterator[tuple[str, str]]:
    """The functions of elsewhere that get the request; `whole`, where the handler is one of them."""
    modules = _modules(text)
    if whole:
        named = re.search(r"([\w$]+)(?:\.([\w$]+))?[\s)]*$", said)
        if named:
            yield named[2] or named[1], modules.get(named[1], "")
        return
    own = _known(text)
    for found in _GIVEN.finditer(_PARAMETERS.sub(" ", said)):
        first, last = found[1].partition(".")[0], found[1].rpartition(".")[2]
        if last not in own and _WHOLE.search(found[2]) and not _READERS.fullmatch(found[1]):
            yield last, modules.get(first, "")


def _sender(route: str, said: str) -> str:
    found = NAMED.search(re.sub(r"(?<=[a-z])(?=[A-Z])|[_-]", " ", route))
    told = SHAPES.search(said)
    if found or told is None:
        return found[0].lower() if found else ""
    named = NAMED.search(told[0].replace("-", " "))
    return named[0].lower() if named else "paypal" if told[0].strip("\"'").isupper() else "stripe"

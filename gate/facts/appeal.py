"""Words in comments and texts that are meant for whoever reviews them, a person or a model, and ask to look away."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate
from typing import ClassVar, Literal

from gate import lazy
from gate.facts.comment import family, part
from gate.hint import Hint
from gate.paths import steers
from gate.source import Place, Source

How = Literal["ordered", "vouched"]

_GAP = lazy.regex(r"[ \t]*\n[ \t]*(?:[#/*;|>-]+|<!--)?[ \t]*|[ \t]+")
_SPACE = r"(?:[ \t]+|[ \t]*\n[ \t]*[#/*;|>-]*[ \t]*)"
"""Between two words of a comment there may be the end of a line, and what begins a comment on the next."""
_WHO = (
    r"(?:(?:ai|llm|automated|automatic|code|security|human|bot|agentic|model|pr) (?:code )?reviewers?|review(?:ing)? (?:bots?|agents?|models?|assistants?|tools?)"
    r"|(?:ai|code review|security|coding|automated) (?:assistants?|agents?|models?|tools?|scanners?|bots?|systems?|review)|language models?|llms?|(?:security )?scanners?"
    r"|copilot|claude|coderabbit|gemini|chatgpt|codex|reviewers?)"
)
_FAKED = (
    r"(?:<\|im_(?:start|sep)\|>|\[/?inst\]|<<sys>>|</?(?:system|assistant|system[-_]prompt|system[-_]reminder)>|(?:^|(?<=[#/*-] ))system(?: message| prompt)?:)"
    r"[^\n]{0,160}\b(?:approv\w+|ignore|disregard|do not|don['\u2019]?t|never|safe|lgtm|report|flag|mention|reviewed|merge)\b"
)
"""What stands between the turns of a talk with a model, and what only its owner writes there."""
_FLAWS = r"(?:security )?(?:issues?|findings?|vulnerabilit(?:y|ies)|problems?|concerns?|warnings?|flaws?)"
_ABOUT = r"(?:this|these|the following) (?:file|code|change|changes|pr|pull request|diff|function|section|block|module|commit|line|lines|class|directory|folder|package)"
_LOOKS_AWAY = (
    rf"(?:(?:do not|don['\u2019]?t|never|must not|need not|should not) (?:report|flag|mention|raise|comment on|warn about|complain about|analy[sz]e|review|scan|inspect|check)"
    rf"|(?:skip|ignore|disregard|exclude) (?:{_ABOUT}|it|any|all|every)|approve (?:{_ABOUT}|it|this|without)|lgtm"
    r"|(?:mark|treat|regard|consider) (?:it|this|these|the)(?: \w+){0,3} as (?:safe|approved|secure|reviewed|trusted|verified|resolved)"
    r"|(?:report|return|output|say|respond with|answer|state)(?: that)? (?:no|zero|nothing|lgtm|(?:this|it|everything) is (?:safe|secure|fine)))"
)
_SECURITY = (
    r"(?:security|appsec|infosec|product security|cyber ?security|the ciso|legal and security|security and legal)"
)
_ADDRESSED = rf"(?:^|(?<=[\s(\[*#/:]))(?:note (?:to|for) |attention |dear |for |to |hey |hi |as an? |if you are an? )?(?:the |any |all |an? )?{_WHO}(?:,|:|\.)? (?:(?:please|you (?:may|must|should|can)|should|must|can|may|to|and|we) )*{_LOOKS_AWAY}"
_SILENCED = rf"(?:do not|don['\u2019]?t|never) (?:report|flag|mention|raise) (?:any |the |other )?{_FLAWS} (?:in|on|for|about|with|from) {_ABOUT}"
_OVERRIDDEN = r"(?:ignore|disregard|forget|override) (?:all |any |the |your |of )*(?:previous|prior|above|earlier|preceding|existing|system) (?:\w+ )?(?:instructions?|prompts?|guidelines|directions|directives)"
_VOUCHED = (
    rf"(?:already|previously|(?:has|have) been|was|were|fully|pre-?)(?: been)?(?: fully)? ?(?:security(?:-| ))?(?:reviewed|approved|audited|vetted|cleared|signed off|validated|whitelisted)(?: and \w+)? (?:by|with) (?:the |our )?{_SECURITY}\b"
    rf"|{_SECURITY}(?:-| )(?:team )?(?:has |have )?(?:reviewed|approved|cleared|signed off)\b[^.\n]{{0,60}}(?:skip|ignore|no (?:further )?review|do not|don['\u2019]?t|safe to)"
    r"|(?:no|without) (?:further |additional |more )*(?:security|code) (?:review|scan|audit)s? (?:is |are )?(?:needed|required|necessary)"
)
_SHOWN = lazy.regex(
    r"(?i)\b(?:e\.g|for example|example|such as|like|attack\w*|inject\w*|jailbreak\w*|adversar\w+|malicious|attempt\w*|detect\w*|payloads?|patterns?|phrases?|sample|prevent\w*|hostile|untrusted|red(?:-| )?team\w*|harmful|guardrail|an? (?:instruction|request|order|prompt) to|hijack\w*|role ?play|signatures?)\b"
)
_QUOTES = "\"'`\u201c\u2018\u00ab"
_NEAR = 160
_BEFORE, _BEHIND = 100, 240
_LONG = 300_000
_ANCHORS: tuple[tuple[tuple[str, ...], str, How, str], ...] = (
    (
        (
            "reviewer",
            "scanner",
            "copilot",
            "claude",
            "coderabbit",
            "gemini",
            "chatgpt",
            "codex",
            "llm",
            "language model",
            "assistant",
            "agent",
            " bot",
            "review tool",
        ),
        (
            rf"s?[,:.]?{_SPACE}(?:please|you|should|must|can|may|to|and|we|do|don|never|need|skip|ignor|disregard|exclude|approve|lgtm|mark|treat|regard|consider|report|return|output|say|"
            r"respond|answer|state)"
        ),
        "ordered",
        _ADDRESSED,
    ),
    (
        ("<|im_", "[inst]", "<<sys>>", "<system", "<assistant", "system:", "system prompt:", "system message:"),
        "",
        "ordered",
        _FAKED,
    ),
    (
        tuple(f"{no} {verb}" for no in ("not", "n't", "never") for verb in ("report", "flag", "mention", "raise")),
        "",
        "ordered",
        _SILENCED,
    ),
    (
        ("previous", "prior", "above", "earlier", "preceding", "existing", "system"),
        rf"{_SPACE}(?:\w+{_SPACE})?(?:instruction|prompt|guideline|direct)",
        "ordered",
        _OVERRIDDEN,
    ),
    (
        ("security", "appsec", "infosec", "the ciso"),
        rf"(?: team)?(?:{_SPACE}|-)(?:team|and|has|have|review|approv|clear|signed|scan|audit)|[.,:;\n]| *\n",
        "vouched",
        _VOUCHED,
    ),
    (
        ("code review", "code scan", "code audit"),
        rf"s?{_SPACE}(?:is |are )?(?:needed|required|necessary)",
        "vouched",
        _VOUCHED,
    ),
)
"""Words, what must come behind them, and the pattern that is then tried around them."""


@dataclass(frozen=True)
class Appeal:
    """What is said, and to what end: it is "ordered" to look away, or somebody is "vouched" for who has looked already.

    `told` says that it stands where people tell each other something, in a comment or the text of a function; `shown`, that
    it may be an example of what others write.
    """

    languages: ClassVar[frozenset[str]] = frozenset({""})
    hint: ClassVar[Hint] = Hint.of(
        "<|im_", "[inst]", "<<sys>>", "<system>", "<assistant>", "system:", "lgtm", "reviewer", "scanner", "copilot", "claude", "coderabbit", "gemini", "chatgpt", "codex", "llm", "language model", "assistant", "agent",
        "instruction", "system prompt", "guideline", "directive", "appsec", "infosec", "by security", "with security", "the security", "our security",
        ("security", r"[ -](?:team|review|audit|scan)"), "code review", "finding", "vulnerabilit", "flag any", "any issues", "report issues",
    )  # fmt: skip

    place: Place
    how: How
    text: str
    told: bool
    shown: bool

    @classmethod
    def find(cls, source: Source) -> Iterator["Appeal"]:
        if len(source.text) > _LONG or steers(source.path):
            return
        told = set[tuple[How, str, int]]()
        for at, how, pattern in _anchors(source.text.lower()):
            window = _GAP.sub(" ", source.text[max(0, at - _BEFORE) : at + _BEHIND])
            line = source.text.count("\n", 0, at) + 1
            for found in _compiled(pattern).finditer(window):
                where = "" if (how, found[0], line) in told else _where(source, at)
                told.add((how, found[0], line))
                if where:
                    yield cls(
                        Place.at(source.path, line), how, found[0][:100], where == "told", _is_shown(window, found)
                    )


def _anchors(lower: str) -> Iterator[tuple[int, How, str]]:
    """Where a text has words that such a thing is said with; searching it for whole patterns takes fifty times as long."""
    for words, goes_on, how, pattern in _ANCHORS:
        for word in words:
            at = lower.find(word)
            while at >= 0:
                if not goes_on or _compiled(goes_on).match(lower, at + len(word)):
                    yield at, how, pattern
                at = lower.find(word, at + len(word))


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compiled when a text first has the words for it."""
    return re.compile(pattern, re.IGNORECASE)


def _where(source: Source, at: int) -> str:
    """Whether words stand in a comment or the text of a function ("told"), or in prose.

    Strings of the program, and comments of Markdown, are read by the rules about prompts.
    """
    if family(source) == "none":
        return "" if source.text.rfind("<!--", 0, at) > source.text.rfind("-->", 0, at) else "prose"
    where = part(source, at)
    if where == "string" and source.language == "python":
        return "told" if any(first <= at < last for first, last in _docstrings(source.text)) else ""
    return "told" if where == "comment" or family(source) == "line" else ""


@lru_cache(maxsize=8)
def _docstrings(text: str) -> tuple[tuple[int, int], ...]:
    """Where the texts of modules, classes and functions begin and end, as offsets; a string nobody uses is one."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    starts = list(accumulate((len(line) + 1 for line in text.split("\n")), initial=0))
    held = [
        one for one in ast.walk(tree)
        if isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant) and isinstance(one.value.value, str)
    ]  # fmt: skip
    return tuple((starts[one.lineno - 1], starts[min(one.end_lineno or one.lineno, len(starts) - 1)]) for one in held)


def _is_shown(text: str, found: re.Match[str]) -> bool:
    """Whether it is quoted, or the words around it speak of such texts."""
    before, after = text[max(0, found.start() - _NEAR) : found.start()], text[found.end() : found.end() + _NEAR // 2]
    quoted = before[-1:] in set(_QUOTES) or before.rstrip()[-1:] in {"\u201c", '"'}
    return bool(quoted or _SHOWN.search(before.rpartition("\n\n")[2]) or _SHOWN.search(after.partition("\n")[0]))

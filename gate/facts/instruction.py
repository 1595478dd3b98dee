"""Sentences that tell a model to make code less safe, in files of instructions and in prompts within code."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from gate.facts.reading import reading
from gate.facts.spelling import last, spelled
from gate.hint import Hint
from gate.paths import kind
from gate.source import Place, Source

_FILES = re.compile(
    r"(?i)(?:^|/)(?:claude(?:\.local)?|agents?|gemini|qwen|warp|conventions|skill)\.md$|(?:^|/)\.(?:cursorrules|windsurfrules|clinerules)|copilot-instructions\.md$"
    r"|(?:^|/)\.(?:claude|cursor|windsurf|roo|continue|junie|kiro|amazonq|augment|trae|opencode|codex|gemini)/.*\.(?:md|mdc|txt|ya?ml|json)$"
    r"|\.github/(?:instructions|prompts|agents|chatmodes|skills)/|(?:^|/)(?:prompts?|skills)/.*\.(?:md|txt|ya?ml|json|j2|jinja2?|prompt)$|system_prompt|\.prompt\.md$"
)
_MAKE = r"(?:add|create|expose|implement|include|generate|write|use|make|build|provide|allow|enable|keep|leave|hard-?code|accept|return|register|introduce)s?"
_OFF = r"(?:skip|bypass|disable|stub(?: out)?|comment out|turn off|omit|drop|ignore|remove)"
_FAMILIES = {
    "an endpoint that runs what it is sent": rf"{_MAKE}\b[^.;]{{0,60}}\b(?:endpoint|route|handler|api|view|tool|/\w+)\b[^.;]{{0,40}}\b(?:evaluat|execut|run|exec\b|eval)\w*\s(?:[\w-]+\s){{0,3}}(?:python|code|expression|command|shell|script)s?\b"
    r"|use (?:eval|exec)\b[^.;]{0,30}\b(?:request|user|payload|model)",
    "queries of other people's rows": rf"{_MAKE}\b[^.;]{{0,40}}\b(?:sql|quer(?:y|ies)|filters?)\b[^.;]{{0,30}}\b(?:without (?:a |any )?(?:where|tenant)|across all (?:tenants|accounts)|1 ?= ?1|unfiltered)"
    rf"|{_OFF}\b (?:the |any |all )?(?:tenant|org\w*|account|row-level|rls)[\w -]{{0,15}}(?:filter|scope|check|isolation|polic)",
    "a way past the login": rf"{_MAKE}\b[^.;]{{0,30}}\b(?:debug|backdoor|bypass|master|magic|hard-?coded|static|universal)\s+(?:[\w-]+\s){{0,2}}(?:token|key|password|credential|header|login|otp)s?\b"
    rf"|{_OFF}\b (?:the |any |all )?(?:[\w-]+ )?(?:authentication|authori[sz]ation|permission|signature|jwt|csrf|webhook|mfa|tls|certificate)\s?(?:checks?|verification|validation|middleware|guards?|decorators?)",
    "the silence of a scanner": rf"(?:{_MAKE}|commit|run|pass)\b[^.;]{{0,30}}(?:#\s*nosec|nosemgrep|#\s*noqa|eslint-disable|--no-verify|--dangerously-skip-permissions|--yolo)"
    r"|(?:skip|disable|delete|remove) (?:the |any |all |failing )*(?:tests?|security scans?|ci checks?|checks) (?:so (?:that )?|to (?:make|get|let) )[^.;]{0,30}\b(?:pass|green|merge)",
    "the end of its other instructions": r"(?:ignore|disregard|override) (?:all |any |the )*(?:previous|prior|system|security)(?: (?:and|or) \w+)* (?:instructions|rules|policies)"
    r"|do not (?:tell|inform|notify) the (?:user|reviewer) (?:about|of|that)",
    "secrets in logs": r"(?:log|print|include) (?:the |full |entire |raw )*(?:card numbers?|cvv|cvc|passwords?|access tokens?|api keys?|secrets?)\b",
}
_BANNED = {what: re.compile(f"(?i){pattern}") for what, pattern in _FAMILIES.items()}
_LEAD = re.compile(
    r"(?i)(?:[-*+>\d.)\s_`]*|.*?\b(?:always|must|should|please|you|and|then|also|to|agent)\s+|.*?:\s*|(?:when|for|in|during|while|after|before)\b[^,]{0,60},\s*(?:always\s+)?)$"
)
_NEGATES = re.compile(
    r"(?i)\b(?:never|do not|don't|not|avoid|must not|cannot|prohibit\w*|forbid\w*|ban|reject|block|refuse|prevent|disallow|flag|detect|look for|watch for|search for|check|scan|identify|report|warn"
    r"|review|audit|verify|ensure|deny|unsafe|vulnerab\w*|attack\w*|exploit|malicious|anti-?patterns?|example of|instead of|rather than|no|if|unless|without asking|why|how)\b"
)
_DENIES_AFTER = re.compile(
    r"(?i)\b(?:is|are) (?:forbidden|vulnerable|prohibited|not allowed|a red flag)|must be (?:rejected|blocked)|instead of|block the merge"
)
_BAD_HEADING = re.compile(
    r"(?i)don.?t|never|avoid|must not|forbidden|prohibit|\bbad\b|anti-?pattern|red flags?|vulnerab|threats?|security (?:checklist|review|risks?)|look for|pitfalls?|limitations?|mistakes|risks?|attack|❌|🚫|✗"
)
_ASIDE = re.compile(r"^\s*(?:\||>|```|~~~)")
_HEADING = re.compile(r"^\s*(?:#{1,6}\s|\*\*[^*]+\*\*:?\s*$|[^\s\-*+].{0,80}:\s*$)")
_PROMPT = re.compile(r"(?i)(?:^|_)(?:prompt|instructions?|persona|system_message|system)(?:_template)?s?$")


@dataclass(frozen=True)
class BadInstruction:
    """A line that asks for what no code may do."""

    languages: ClassVar[frozenset[str]] = frozenset({""})
    hint: ClassVar[Hint] = Hint.of(
        "endpoint", "route", "eval", "sql", "quer", "tenant", "debug", "bypass", "magic", "hard-coded", "hardcoded", "skip", "disable",
        "nosec", "nosem", "noqa", "--no-verify", "ignore", "override", "disregard", "do not tell", "do not inform", "cvv", "password", "test", "scan",
    )  # fmt: skip

    place: Place
    what: str
    text: str

    @classmethod
    def find(cls, source: Source) -> Iterator["BadInstruction"]:
        if _FILES.search(source.path):
            yield from (cls(Place.at(source.path, line), what, said) for line, what, said in _read(source.text, 1))
        elif source.language == "python" and kind(source.path) == "production":
            for start, text in _prompts(source):
                yield from (cls(Place.at(source.path, line), what, said) for line, what, said in _read(text, start))


def _prompts(source: Source) -> Iterator[tuple[int, str]]:
    """What is bound to a name that says prompt, given as one, or tells a model what a tool is for."""
    file = reading(source)
    for one in file.of(ast.Assign, ast.keyword, ast.FunctionDef, ast.AsyncFunctionDef):
        node = one.node
        if isinstance(node, ast.Assign):
            value = node.value if _PROMPT.search(last(spelled(node.targets[0]))) else None
        elif isinstance(node, ast.keyword):
            value = node.value if node.arg and _PROMPT.search(node.arg) else None
        else:
            tool = any(
                "tool" in spelled(part.func if isinstance(part, ast.Call) else part) for part in node.decorator_list
            )
            first = node.body[0] if tool else None
            value = first.value if isinstance(first, ast.Expr) else None
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value.lineno, value.value


def _read(text: str, start: int) -> Iterator[tuple[int, str, str]]:
    fenced, heading = False, ""
    for number, line in enumerate(text.split("\n"), start):
        fenced ^= line.lstrip().startswith(("```", "~~~"))
        if _HEADING.match(line):
            heading = line
        if fenced or _ASIDE.match(line) or _BAD_HEADING.search(heading):
            continue
        for clause in re.split(r"(?<=[.;!?])\s+|\s[\u2014\u2013]\s|\bbut\b|\binstead\b", line):
            if what := _asked(clause):
                yield number, what, clause.strip(" -*")[:100]
                break


def _asked(clause: str) -> str:
    """What a clause asks for, "" where it asks for nothing that is banned, or speaks against it."""
    for what, pattern in _BANNED.items():
        found = pattern.search(clause)
        if found is None or not _LEAD.match(clause[: found.start()]) or _DENIES_AFTER.search(clause[found.start() :]):
            continue
        if not _NEGATES.search(clause[: found.start()]):
            return what
    return ""

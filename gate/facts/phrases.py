"""Phrases: a verb and what it is about, with words between; and the vocabulary they are written in.

In a pattern `<auth>` stands for any word of that name, ` ~ ` for up to three words between, ` ~~ ` for six and ` ~~~ `
for twelve. Texts they are tried on have single spaces and no markup.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from gate import lazy

_VOCABULARY = {
    "make": "seed|add|create|expose|implement|include|generate|write|make|build|provide|register|introduce|define|ship|put|embed|"
    "insert|keep|leave|open|mount|set up|give|accept|allow|support|use|plant|wire up",
    "off": "skip|bypass|disable|turn off|switch off|comment out|stub out|remove|drop|omit|leave out|leave off|get around|"
    "work around|circumvent|strip out|relax|suppress|ignore|deactivate",
    "use": "use|set|pass|add|keep|enable|prefer|configure|put|apply|call|mark|decorate|annotate",
    "not": "don['\u2019]?t|do not|never|must not|mustn['\u2019]t|should not|shouldn['\u2019]t|need not|needn['\u2019]t|no need to|shall not",
    "auth": "authentication|authori[sz]ation|authn|authz|auth|log-?in|permissions?|access[- ]control|rbac|csrf|2fa|mfa|"
    "two-factor(?: authentication)?|jwt|sessions?|role|ownership|identity",
    "check": "check|checks|checking|middleware|guards?|verification|validation|requirements?|decorators?|protection|"
    "enforcement|layer",
    "proof": "signatures?|certificates?|cert|tls|ssl|https|hmac|webhook|token|jwt|host(?:name)?",
    "owner": "tenant|organi[sz]ation|org|account|workspace|customer|owner|company|user|row[- ]level|rls|team",
    "scope": "filters?|filtering|scopes?|scoping|checks?|isolation|clauses?|conditions?|predicates?|restrictions?|"
    "polic(?:y|ies)|security",
    "untrusted": "arbitrary|any|whatever|user[- ](?:supplied|provided|submitted|controlled)|submitted|posted|incoming|"
    "untrusted|raw|the (?:request|body|payload|query|submitted|posted)|(?:request|user|model|llm)(?:'s)? (?:body|input|data|output|"
    "parameters?|payload|query|code)",
    "route": r"endpoints?|routes?|handlers?|api|views?|page|urls?|console|/[\w/-]+",
    "runs": "evaluat(?:es?|ing)|execut(?:es?|ing)|runs?|running|evals?|execs?|interprets?|passes|calls eval|hands|feeds|"
    "compiles?",
    "code": "python|code|expressions?|commands?|shell|javascript|scripts?|sql|snippets?|formulas?|programs?|macros?",
    "eval": r"eval|exec|os\.system|new Function|Function|pickle\.loads?|subprocess|compile|vm\.run\w*",
    "everyone": r"everyone|everybody|(?:every|each|any|all) (?:\w+ ){0,2}?users?|new users|users",
    "secret": "passwords?|tokens?|credentials?|secrets?|(?:api |private |access |signing )?keys?",
    "card": "card numbers?|cvv|cvc|pan|security code",
    "tests": "tests?|assertions?|asserts?|test cases?|specs?",
    "gates": r"security[- ](?:scan\w*|checks?|gate|job|step|tests?|review|hooks?)|scanners?|sast|semgrep|bandit|codeql|gitleaks|"
    r"secret[- ]scan\w*|pip-audit|dependency[- ]scan\w*|(?:the )?gate(?: step| job| check)?|pre-?commit hooks?|"
    "ci (?:checks?|jobs?|steps?)|code review|branch protection|required checks?|hooks",
    "green": r"(?:so that|so|to (?:make|get|keep|let|unblock)|until|in order to|whenever|when|if|because|for)\b[^.]{0,60}?"
    r"\b(?:pass(?:es|ed)?|green|succeed\w*|merge\w*|unblock\w*|red|fail\w*|break\w*|complain\w*|turns?|through)\b",
    "silent": r"#\s*nosec|nosemgrep|pragma: allowlist secret|gitleaks:allow|#\s*noqa(?!: ?[A-RT-Z])|nosonar|"
    r"eslint-disable(?!\S*\s+[a-z@][\w@]*[-/])",
    "rules": "instructions?|rules?|polic(?:y|ies)|guidelines?|guardrails?|restrictions?|constraints",
    "reader": "(?:the )?(?:users?|reviewers?|developers?|humans?|maintainers?|anyone|anybody|people|operator)",
}
_WORD = lazy.regex(r"<(\w+)>")
_GAP = lazy.regex(r" (~{1,3}) ")


@dataclass(frozen=True)
class Phrase:
    """What it asks for, as a verb, and how it is found; its pattern opens the sentence, unless it is `stated` as a fact.

    Patterns are compiled when a sentence first has the words for them: most changes have none.
    """

    what: str
    pattern: str
    grave: bool = True
    unless: str = ""
    """Words in the sentence that give it another sense."""
    also: str = ""
    """What the sentence must say as well, wherever."""
    stated: bool = False
    hidden: bool = False
    """It only counts in what is not shown."""

    def may_be_in(self, text: str) -> bool:
        """Whether what else is said agrees with it."""
        return not (self.unless and compiled(self.unless).search(text)) and bool(compiled(self.also).search(text))

    def found_in(self, text: str) -> Iterator[re.Match[str]]:
        """All matches, those that begin within another too: a clause may begin where the one before it goes on."""
        pattern = compiled(rf"(?<![\w-])(?:{self.pattern})")
        found = pattern.search(text)
        while found:
            yield found
            found = pattern.search(text, found.start() + 1)


class Kind(NamedTuple):
    """Phrases about one thing; a text that lacks one of each of `needs` holds none."""

    name: str
    needs: tuple[tuple[str, ...], ...]
    phrases: tuple[Phrase, ...]


def kind(name: str, verbs: str, objects: str, *phrases: Phrase) -> Kind:
    """The words that are needed are given in lower case, or parts of them, with an underscore for a space."""
    needs = (tuple(word.replace("_", " ") for word in need.split()) for need in (verbs, objects))
    return Kind(name, tuple(needs), phrases)


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern in any case, with its vocabulary and its gaps."""
    worded = _WORD.sub(lambda found: f"(?:{_VOCABULARY[found[1]]})", pattern)
    gap = r" (?:\S+ ){0,%d}?[(\[{/@]*"
    return re.compile("(?i)" + _GAP.sub(lambda found: gap % (3 * 2 ** (len(found[1]) - 1)), worded))


TURNS_OFF = (
    "skip bypass disabl turn switch comment stub remov drop omit leav get_around work_around circumvent strip relax suppress "
    "ignor deactiv"
)
"""Parts of the verbs of `<off>`."""
FORBIDS = "n't n\u2019t dont not never without no_need"
"""Parts of `<not>`."""
DONE = (
    r"\b(?:already|automatic\w*|handled|elsewhere|upstream|twice|again|manually|yourself|by hand|only|itself|"
    r"(?:server|middleware|decorator|gateway|proxy|database|layer|view|rls) (?:adds|does|handles|checks|applies|takes)|"
    r"client-side|front-?end|browser|in the template|instead|use (?:the|our)|rely on|own (?:\w+ )?implementation|from scratch|"
    r"custom|roll)\b"
)
"""Somebody else does it, or it is not to be done in this way."""

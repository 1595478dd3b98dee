r"""The secrets gate knows by their looks.

This file and the tables it reads are read by gate and, by their path, by the worker that sees the values; they
import the standard library only. A pattern may be tried at every place of a hostile file, so each has bounded
repetitions, or begins with a look-behind that refuses every character it repeats.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

from gate import lazy

if TYPE_CHECKING or __package__:
    from gate.scanners import _secret_formats as formats
    from gate.scanners import _secret_services as services
else:  # the worker loads these two first, under these names
    import _secret_formats as formats
    import _secret_services as services

LOW, MEDIUM, HIGH, CRITICAL = "low", "medium", "high", "critical"


@dataclass(frozen=True, eq=False)
class Kind:
    """One kind of secret.

    `words` are literals one of which every match holds: a cheap test before the pattern. The group `value`
    of the pattern, or else all of it, is the secret.
    """

    id: str
    name: str
    issuer: str
    severity: str
    words: tuple[str, ...] = ()
    text: str = "(?!)"
    formed: bool = False
    """Whether it is one word, and known by its form alone."""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Compiled where a word is met: most kinds are in no file of a change."""
        return re.compile(self.text)


_ALONE = r"(?:(?<![\w.-])|(?<=\\[nrt]))"
_SOME = lazy.regex(r"<([A-Z])(\d+(?:-\d+)?)>")
_CLASSES = {
    "A": "[A-Za-z0-9]", "L": "[a-z0-9]", "U": "[A-Z0-9]", "H": "[0-9a-f]", "X": "[0-9a-fA-F]", "D": "[0-9]",
    "W": "[A-Za-z0-9_-]", "B": "[A-Za-z0-9+/]",
}  # fmt: skip


def _kind(*texts: str, formed: bool = False) -> Kind:
    id_, name, issuer, severity, words, pattern = texts
    return Kind(id_, name, issuer, severity, tuple(words.split()), pattern, formed=formed)


def _tokens(rows: Iterable[tuple[str, str, str, str, str]]) -> Iterator[Kind]:
    for issuer, what, severity, words, pattern in rows:
        name = f"{issuer} {what}"
        id_ = re.sub(r"\W+", "-", name.lower())
        yield Kind(id_, name, issuer, severity, tuple(words.split()), _spelled_out(pattern), formed=True)


def _spelled_out(pattern: str) -> str:
    """A row's pattern as `re` knows it; nothing may follow a token that could be more of it."""
    end = r"(?![\w-])" if re.search(r"<W[\d-]+>\)*$", pattern) else r"(?!\w)"
    pattern = pattern.replace("<^>", _ALONE)
    return _SOME.sub(lambda found: f"{_CLASSES[found[1]]}{{{found[2].replace('-', ',')}}}", pattern) + end


PRIVATE_KEY, URL, JWT, SERVICE_ROLE = "private-key", "url-password", "jwt", "supabase-service-role"
GOOGLE, AWS_ID, AWS_SECRET = "google-api-key", "aws-key-id", "aws-secret"
KEYWORD, ENTROPY = "secret-keyword", "high-entropy"

KINDS = {kind.id: kind for kind in (
    _kind(PRIVATE_KEY, "private key", "whoever trusts it", HIGH, "-----BEGIN PuTTY-User-Key-File-",
          r"(?:-----BEGIN (?P<locked>ENCRYPTED )?(?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----"
          r"(?P<value>[^-]{64,20000})(?:-----END)?"
          r"|PuTTY-User-Key-File-\d: (?:(?!PuTTY-)[^\0]){40,3000}?Private-Lines: \d{1,3}\s{1,4}"
          r"(?P<key>[A-Za-z0-9+/=\s]{64,20000}))"),
    _kind(URL, "password in a URL", "the server", HIGH, "://",
          r"://(?P<user>[^\s:/?#@'\"`]{0,80}):(?P<value>(?:[^\s/?#@'\"`]|#(?=@)){3,120})@(?P<host>[\w.-]{1,120}|\$?\{[\w.]{1,60}\}|%s)"),
    _kind(JWT, "signed token (JWT)", "its issuer", MEDIUM, "eyJ",
          rf"{_ALONE}(?P<value>eyJ[\w-]{{8,4000}}\.(?P<claims>eyJ[\w-]{{8,8000}})\.[\w-]{{16,2000}})"),
    _kind(SERVICE_ROLE, "Supabase service-role key", "Supabase", CRITICAL, "", "(?!)"),
    _kind(GOOGLE, "Google API key", "Google", HIGH, "AIza", r"AIza[\w-]{35}(?![\w-])", formed=True),
    _kind(AWS_ID, "AWS access key", "AWS", HIGH, "AKIA ASIA ABIA ACCA A3T",
          r"(?:AKIA|ASIA|ABIA|ACCA|A3T[A-Z0-9])[A-Z2-7]{16}(?![A-Za-z0-9])", formed=True),
    _kind(AWS_SECRET, "AWS secret key", "AWS", CRITICAL, "ecret ECRET",
          r"(?:a(?i:ws_?secret)\w{0,20}|A(?i:ws_?secret)\w{0,20}|s(?i:ecret_?access_?key)|S(?i:ecret_?access_?key))"
          r"\W{1,8}(?P<value>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])"),  # branches begin with letters: faster
    *_tokens(formats.ROWS),
    *_tokens(services.ROWS),
    _kind(KEYWORD, "value with the name of a secret", "whoever accepts it", MEDIUM, "", "(?!)"),
    _kind(ENTROPY, "random-looking value", "whoever accepts it, if it is a secret", MEDIUM, "", "(?!)"),
)}  # fmt: skip


def hinted(words: str) -> set[Kind]:
    """The kinds known by their form that may be among these words; far faster than to ask for each of them."""
    hints = set(_HINTS.findall(words))
    return {kind for hint in hints for kind in _with(hint) if any(word in words for word in kind.words)}


@cache
def _with(hint: str) -> frozenset[Kind]:
    return frozenset(kind for kind in FORMED if any(word.startswith(hint) for word in kind.words))


def _branches(words: Iterable[str]) -> str:
    """A pattern for the shortest of these words that begin alike: a tree, so that a character is tried once."""
    tree: dict[str, set[str]] = {}
    for word in words:
        tree.setdefault(word[0], set()).add(word[1:])
    ends = (re.escape(first) + ("" if "" in rest else _branches(rest)) for first, rest in tree.items())
    return f"(?:{'|'.join(ends)})"


FORMED = tuple(kind for kind in KINDS.values() if kind.formed)
_HINTS = lazy.regex(f"(?=({_branches(word for kind in FORMED for word in kind.words)}))")

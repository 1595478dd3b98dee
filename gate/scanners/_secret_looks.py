"""Telling a secret from what only looks like one; standard library only."""

import hashlib
import math
import re
from collections import Counter
from itertools import pairwise

_WORDS = re.compile(
    r"(?i)example|sample|dummy|placeholder|redacted|changeme|change[-_]?(me|this)|your[-_]|insert[-_]|replace"
    r"|xxxx|\*\*\*|\.\.\.|fake|mock|t0ken|test(?=[-_\d]|$)|not[-_]?a?[-_]?(real|secret)|foo_?bar|lorem|deadbeef|12345678"
    r"|87654321|abcdefgh|aaaaaa|000000"
)
_TEMPLATE = re.compile(r"\$\{|\{\{|\{\w*\}|<[\w -]+>|%\(\w*\)[sd]|%[sd](?!\w)|^\$|^%|#\{")
_PLAIN_WORDS = re.compile(r"[a-z]{8,}|[A-Z]{8,}")
_IDENTIFIER = re.compile(
    r"[^\W\d]+(?:[./:\- ][^\W\d]+)*[./:-]?|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+"
    r"|[a-z][a-z0-9_]*(?:(?:[./][A-Za-z]\w*)*[./][A-Za-z]+|(?:[./][A-Za-z]\w*){2,})"
)
_CODE = re.compile(r"[\\()\[\]{}<>*|;`]|://|^[./~]|^--|^[\w.-]+\.(py|json|ya?ml|txt|html|js|pem|key)$")
_KNOWN = re.compile(r"pk_(?:live|test)_|sb_publishable_|eyJ")
"""Public by design, or judged as tokens."""
_PUBLIC = frozenset({
    # the account key of the Azure storage emulator, printed in its manual
    "0011cc25eb4320717494d2703e8cba85743e71b500283c21c8b88147992f9059",
})  # fmt: skip
WEAK = frozenset({
    "admin", "guest", "hunter2", "letmein", "mypass", "mypassword", "p@ssw0rd", "p@ssword", "pass", "passw0rd",
    "password", "password1", "password123", "passwd", "postgres", "pw", "pwd", "qwerty", "root", "s3cr3t", "s3cret",
    "secret", "test", "test123", "user", "username", "key", "token", "none", "null", "true", "false",
})  # fmt: skip


def entropy(text: str) -> float:
    """Shannon entropy of the characters, in bits each."""
    return -sum(n / len(text) * math.log2(n / len(text)) for n in Counter(text).values())


def made_up(value: str) -> bool:
    """Whether a value says of itself that it stands for another."""
    return bool(
        _WORDS.search(value) or _TEMPLATE.search(value) or value.lower() in WEAK or _runs(value)
        or hashlib.sha256(value.encode(errors="surrogateescape")).hexdigest() in _PUBLIC
    )  # fmt: skip


def random(body: str) -> bool:
    """Whether the part of a token behind its prefix can have come from a generator."""
    letters = any(c.islower() for c in body) and any(c.isupper() for c in body)
    mixed = letters or (any(c.isdigit() for c in body) and any(c.isalpha() for c in body))
    return mixed and entropy(body) >= 2.7 and not made_up(body)


def password(value: str) -> bool:
    """Whether the value of a name such as `db_password` is a password rather than a word, a path or code."""
    if not 6 <= len(value) <= 200 or any(c.isspace() for c in value):
        return False
    return not (
        made_up(value) or _KNOWN.match(value) or _IDENTIFIER.fullmatch(value) or _CODE.search(value) or value.isdigit()
    )


def dense(value: str) -> bool:
    """Whether a long quoted string is more likely a key than a name, a path, an alphabet or a hash."""
    if not 20 <= len(value) <= 120 or made_up(value) or _KNOWN.match(value) or _PLAIN_WORDS.search(value):
        return False
    if _is_name(value):
        return False
    return sum(c.isdigit() for c in value) >= 3 and any(c.isupper() for c in value) and any(c.islower() for c in value)


def _is_name(value: str) -> bool:
    """Whether it is put together from words and numbers, as models and flags are: `Qwen3-Coder-480B-A35B-Instruct`."""
    pieces = re.split(r"[-_./:]", value)
    words = sum(bool(re.fullmatch(r"[A-Z]?[a-z]{2,}|[A-Z]{3,}", piece)) for piece in pieces)
    return words >= 2 and len(pieces) >= 4 and max(map(len, pieces)) <= 12


def _runs(value: str) -> bool:
    """Whether it counts up or down, or repeats itself: `0123456789`, `abcdefgh`, `abababab`."""
    steps = [ord(b) - ord(a) for a, b in pairwise(value)]
    best = run = 0
    for before, step in zip([None, *steps], steps, strict=False):
        run = run + 1 if step == before and step in {-1, 0, 1} else 0
        best = max(best, run)
    half = len(value) // 2
    return best >= 6 or (len(value) >= 8 and value[:half] == value[half : 2 * half])

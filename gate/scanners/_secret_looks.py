"""Telling a secret from what only looks like one; standard library only."""

import hashlib
import math
import re
import string
from collections import Counter
from functools import lru_cache
from itertools import pairwise

from gate import lazy

_WORDS = lazy.regex(
    r"(?i)example|sample|dummy|placeholder|redacted|changeme|change[-_]?(me|this)|your[-_]|insert[-_]|replace"
    r"|xxxx|\*\*\*|\.\.\.|fake|mock|t0ken|test(?=[-_\d]|$)|not[-_]?a?[-_]?(real|secret)|foo_?bar|lorem|deadbeef|abc123|123abc|12345678|1234-1234|(?<![a-z])my[-_]?(?:token|pass|secret|key|pat)"
    r"|87654321|abcdefgh|aaaaaa|000000|_(?:password|passwd|secret|token)$"
)
_TEMPLATE = lazy.regex(
    r"\$\{|\{\{|\{\w*\}|<[\w -]+>|%\(\w*\)[sd]|(?<![\w!@#$])%[sd](?!\w)|^\$|^%[\w.]*%?$|#\{|^@@|^__\w+__$"
)
_PLAIN_WORDS = lazy.regex(r"[a-z]{8,}|[A-Z]{8,}")
_IDENTIFIER = lazy.regex(
    r"[^\W\d]+(?:[./:\- ][^\W\d]+)*[./:-]?|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+"
    r"|[a-z][a-z0-9_]*(?:(?:[./][A-Za-z]\w*)*[./][A-Za-z]+|(?:[./][A-Za-z]\w*){2,})"
)
_CODE = lazy.regex(
    r"[\\()\[\]{}<>`]|://|^[./~](?![\w+/]{24,400}={1,2}$)|^#/|^--|^[\w.-]+\.(py|json|ya?ml|txt|html|js|pem|key)$"
)
_SIGNS = lazy.regex(r"[*|;]")
_ALL = tuple(map(re.compile, ("[a-z]", "[A-Z]", "[0-9]", ".{8}")))
_PARTS = lazy.regex(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_ABOUT = frozenset(
    "is has no use uses need needs show hide forgot reset change invalid wrong missing require required requires min "
    "max valid verify check validate csrf xsrf on get with enable disable allow".split()
)
"""What a name begins with that tells about a password, and holds none."""
_MORE = frozenset(
    "url uri path file filename dir name names field fields id ids header headers label type types kind regex "
    "pattern prefix suffix policy hash hashed digest length len size min max expires expiry expiration expire ttl "
    "timeout age endpoint error errors message msg hint placeholder class provider algorithm alg template "
    "selector xpath column param params parameter key keys store manager service validator validators generator "
    "reset request response form input box dialog page view screen button title description help required enabled "
    "rule rules count index limit list map info status state version format encoding mode scope issuer audience "
    "source host port user username email address encoder change changed strength score visible toggle icon color "
    "exists check schemes flow grant method ref reference handler callback factory helper utils util config settings "
    "options option schema model event action usage used last first created updated at by to from of for counter "
    "tokens cost price amount rate encryption hasher hashers authenticator".split()
)
"""Words behind `password` or `token` that make it something about one."""
_OTHERS = frozenset(
    "next page continuation csrf xsrf sync cancel sep eos bos pad unk mask cls stop start end special delimiter public "
    "primary foreign cache sort partition lookup translation i18n idempotency request action change base quote "
    "pool contract".split()
)
"""Words before `token` and `key` that make it no secret."""
_PASSWORDS = lazy.regex(
    r"\w*(?:password|passwd|passwort|passphrase|passcode|pwd|pswd|kennwort|senha|contrase\w+|wachtwoord|haslo)s?"
    r"|(?:db|my|user|admin|root|mysql|pg|smtp|ftp|auth|mail|email|login|redis|sql|become|ssh|sudo|bind|require)?(?:pass|pw)"
    r"|psw|psk|pword|clave"
)
_KEYS = lazy.regex(
    r"\w*(?:otpseed|token|secret|apikey|secretkey|accesskey|privatekey|authkey)s?|credentials?|salt|pepper|nonce|authorization|bearer|jwt"
    r"|(?:api|app|application|auth|access|account|secret|private|priv|client|consumer|service|server|master|admin|encryption"
    r"|encrypt|decryption|validation|crypto|cipher|signing|sign|storage|session|db|database|license|licence|aes|des|hmac|jwt|token|subscription|webhook|root"
    r"|security|shared|user|developer|partner|merchant|integration|write|read|deploy|machine|device|rsa|ssh|"
    r"google|maps|aws|azure|openai|stripe|sendgrid|mailgun|twilio|algolia|firebase|github|gitlab|slack|datadog|heroku"
    r"|cloudflare|facebook|twitter|dropbox|paypal|mapbox|pusher|sentry|newrelic|relic|cohere|mistral|anthropic|weather"
    r"|okta|fastly|asana|trello|zendesk|netlify|bittrex|kraken|kucoin|coinbase|binance|finnhub|looker|etsy|yandex)keys?"
)
_STEM = lazy.regex(
    "pass|pw|ps[wk]|kennwort|senha|contrase|wachtwoord|haslo|clave|token|secret|key|credential|salt|pepper|nonce|auth|bearer|otpseed|jwt"
)
"""One of these is in every name of a password or key."""
_WORD_AND_NUMBER = lazy.regex(
    r"(?i)(?:(?:my|your|the|new|old|user|some|a)?[-_ ]?(?:test|tester|testing|password|passwd|passw|pass|pwd|pw|secret"
    r"|foo|bar|baz|foobar|demo|example|user|name|username|string|value|key|token|abc|xyz|qwe|dummy|sha|md|base|utf|auth|oauth))+"
    r"[-_ ]?\d{0,6}"
)
"""What people write to try something out."""
_WORDS_AND_NUMBERS = lazy.regex(
    r"[A-Za-z]{1,12}\d{1,4}|(?:[A-Za-z]{1,20}\d{0,3}|\d{1,4})(?:[._:/~-](?:[A-Za-z]{1,20}\d{0,3}|\d{1,4}))*|[A-Z]+[\d_]+[A-Z]*"
)
_VERSION = lazy.regex(r"[\^~=<>v]{0,2}\d+(?:\.\d+)+[\w.+-]*|0x[0-9a-fA-F]{40}|[\d.,:/%-]+")
_FOREIGN = lazy.regex("[\u0080-\u1fff\u2e80-\uffdc]")
"""Letters of other alphabets: translations of the word, nearly always."""
_HEX = lazy.regex(r"(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})")
_KEY = lazy.regex(r"[\w+/=.~:@!#$%^&*-]+")
_DJANGO = lazy.regex(r"(?:django-insecure-)?[a-z0-9!@#$%^&*(_=+)-]{50}")
"""What `django-admin startproject` writes into the settings (django.core.management.utils.get_random_secret_key)."""
_HASHED = lazy.regex(
    r"\$\w{1,9}\$|(?i:md5|sha\d*|ssha|pbkdf2\w*|bcrypt|argon2\w*|scrypt|crypt)[$:}]|\{\w+\}|(?:arn|vault|env|ssm):|Ag[A-D][\w+/]{100}"
)
"""What is hashed, elsewhere, or sealed for a cluster (Bitnami: its length of two bytes, 512, in front)."""
_FOLLOWS = dict(zip(string.ascii_lowercase, (
    "bcdfgiklmnprstuvy aeilorsu acehiklortu adeilorsu abcdefgilmnpqrstvwxy aefilortu aeghilnorsu aeiortu "
    "abcdefglmnoprstvz "
    "aeou aeilnosy adeilostuy abeimopsu acdefgiklnopstuv abcdfgiklmnoprstuvw aehiloprstuy u acdegiklmnoprstuvy "
    "acehiklopstuy acehilorstuy abcdegilmnprst aeio aeino eipt ips ae"
).split(), strict=True))  # fmt: skip
"""The letters that follow a letter in the words of programs, each of them in more than 6 of 10,000 pairs; counted in
12,000 words of released packages. Of random letters every second pair is another, of words hardly one in eight."""
_TOSSED = lazy.regex(r"(?:[a-z][A-Z]{1,3}[a-z]?){3}")
_KNOWN = lazy.regex(r"pk_(?:live|test)_|sb_publishable_|eyJ|[tuvxyz]pub[1-9A-HJ-NP-Za-km-z]{100}")
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

_FOUR_BY_FOUR = lazy.regex(r"[a-z]{4}(?: [a-z]{4}){3}")
"""How Google writes the password of an application."""
GUESSED = frozenset(
    "admin123 admin1234 pa55w0rd pa55word "
    "changeme123 hunter2 letmein p@ssw0rd p@ssword passw0rd password1 password123 qwerty s3cr3t s3cret "
    "test123 welcome1".split()
)
"""Passwords of everybody: no secrets where they are written, and a way in where one is compared with what is given."""


def entropy(text: str) -> float:
    """Shannon entropy of the characters, in bits each."""
    return -sum(n / len(text) * math.log2(n / len(text)) for n in Counter(text).values())


def made_up(value: str) -> bool:
    """Whether a value says of itself that it stands for another."""
    return bool(
        _WORDS.search(value) or _TEMPLATE.search(value) or value.lower() in WEAK | GUESSED or _runs(value)
        or hashlib.sha256(value.encode(errors="surrogateescape")).hexdigest() in _PUBLIC
    )  # fmt: skip


def random(body: str) -> bool:
    """Whether the part of a token behind its prefix can have come from a generator."""
    letters = any(c.islower() for c in body) and any(c.isupper() for c in body)
    mixed = letters or (any(c.isdigit() for c in body) and any(c.isalpha() for c in body))
    return mixed and entropy(body) >= 2.7 and not made_up(body)


def password(value: str) -> bool:
    """Whether the value of a name such as `db_password` is a password rather than a word, a path or code."""
    if _FOUR_BY_FOUR.fullmatch(value):
        return drawn(value.replace(" ", ""))
    value = value.removeprefix("{noop}")  # how Spring marks one that is not hashed
    if not 5 <= len(value) <= 200 or any(c.isspace() for c in value) or not _says_little(value):
        return False
    if value.isalpha():
        return value.isascii() and len(value) >= 8 and drawn(value)
    if value.isdigit():
        return len(value) >= 6 and value not in "01234567890987654321"
    if _FOREIGN.search(value) or _VERSION.fullmatch(value):
        return False
    return not (_IDENTIFIER.fullmatch(value) or _HEX.fullmatch(value) or _WORD_AND_NUMBER.fullmatch(value))


def key(value: str) -> bool:
    """Whether the value of a name such as `api_token` came from a generator."""
    if _DJANGO.fullmatch(value):
        return entropy(value) > 4
    if not 8 <= len(value) <= 400 or any(c.isspace() for c in value) or not _says_little(value):
        return False
    if value.isalpha():
        return value.isascii() and len(value) >= 10 and drawn(value)
    if _IDENTIFIER.fullmatch(value) or _is_name(value) or not _KEY.fullmatch(value) or _VERSION.fullmatch(value):
        return False
    digits, letters = sum(c.isdigit() for c in value), sum(c.isalpha() for c in value)
    mixed = digits >= 2 and letters >= 2 and entropy(value) >= 2.8
    if (
        digits < 2 and value.isascii() and len(value) >= (14 if digits else 30)
    ):  # by chance, a long one has hardly a digit
        mixed = entropy(value) > (4.2 if not digits else 3.3) and drawn("".join(filter(str.isalpha, value)))
    return mixed and not _WORDS_AND_NUMBERS.fullmatch(value)


def words(name: str) -> list[str]:
    """The words a name is made of."""
    return [word.lower() for word in _PARTS.findall(name)] or [""]


def fits(name: str, value: str) -> bool:
    """Whether a name is that of a password or key, and the value looks like one."""
    kind = named(name)
    return bool(kind) and (password(value) if kind == "password" else key(value))


def guessed(name: str, value: str) -> bool:
    """Whether code that compares a password with this value lets in whoever tries the best known ones."""
    return value.lower() in GUESSED and named(name) == "password"


@lru_cache(maxsize=10_000)
def named(name: str) -> str:
    """Whether a name is that of a "password" or of a "key"; "" for all others."""
    words = [word.lower() for word in _PARTS.findall(name)]
    if not _STEM.search("".join(words)) or words[0] in _ABOUT or "public" in words:
        return ""
    for at in range(len(words) - 1, max(-1, len(words) - 4), -1):
        last, both = words[at], "".join(words[max(0, at - 1) : at + 1])
        if _PASSWORDS.fullmatch(last) or (at and _PASSWORDS.fullmatch(both)):
            return "password"
        if _KEYS.fullmatch(last) or _KEYS.fullmatch(both):
            return "" if at and words[at - 1] in _OTHERS else "key"
        if last in _MORE:
            return ""
    return ""


def _says_little(value: str) -> bool:
    """Whether it neither stands for another value nor names, shows or locates something."""
    return not (made_up(value) or _KNOWN.match(value) or _is_code(value) or _HASHED.match(value))


def _is_code(value: str) -> bool:
    """Whether it is a path, a pattern or an expression; a password may hold a sign of those, with all else it must."""
    return bool(_CODE.search(value) or (_SIGNS.search(value) and not all(kind.search(value) for kind in _ALL)))


def drawn(value: str) -> bool:
    """Whether letters are drawn by a generator rather than make up words."""
    pairs = [*pairwise(value.lower())]
    odd = sum(second not in _FOLLOWS.get(first, second) for first, second in pairs)
    return odd >= 3 and odd / len(pairs) > 0.37 and len(set(value.lower())) >= 6


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

"""What names say: which are credentials, which ask for a way round, which function decides who may pass."""

from enum import StrEnum
from functools import lru_cache

from gate import lazy

_PARTS = lazy.regex(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

_SPOOFABLE = frozenset({
    "user agent", "referer", "referrer", "origin", "host", "x forwarded for", "x real ip", "x forwarded host",
    "cf connecting ip",
})  # fmt: skip
_NEVER = frozenset({
    "csrf", "xsrf", "page", "next", "cursor", "grant", "continuation", "error", "status", "country", "currency",
    "cache", "partition", "public", "type", "hint", "device", "push", "sync", "pagination", "csrfmiddlewaretoken",
    "nonce", "captcha", "recaptcha", "hx", "idempotency",
})  # fmt: skip
_SPECIFIC = frozenset({
    "debug", "bypass", "backdoor", "skip", "override", "superuser", "impersonate", "impersonation", "god",
    "godmode", "sudo", "magic", "internal", "master", "noauth", "skipauth", "devmode", "breakglass", "unlock",
})  # fmt: skip
FEATURES = frozenset({"impersonate", "impersonation"})
"""Of these, what programs have for those who may; that it is asked for tells not by whom."""
_CREDENTIAL = frozenset({
    "token", "tokens", "passwd", "password", "passphrase", "pwd", "pw", "passw", "psw", "apikey", "secret", "pin", "otp", "totp", "passcode",
    "bearer", "auth", "authorization", "credential", "credentials", "accesskey", "authkey", "jwt",
})  # fmt: skip
_KEYS = frozenset({"api", "access", "auth", "admin", "secret", "service", "master", "app", "x"})
_LOOSE = frozenset({"admin", "test", "dev", "code", "key"})
_CODES = frozenset({
    "otp", "totp", "mfa", "2fa", "sms", "verification", "login", "auth", "confirmation", "security", "access", "factor",
    "recovery", "time", "user", "input", "entered", "submitted", "provided", "backup",
})  # fmt: skip
"""What a one-time code is called after."""
_ACCOUNT = frozenset({"username", "email", "login", "mail", "upn"})
_STRONG = frozenset({
    "auth", "authenticate", "authenticated", "authentication", "authenticator", "authorize", "authorized",
    "authorization", "authorizer", "authz", "authn", "login", "signin", "verify", "permission", "permissions",
    "permitted", "credential", "credentials", "password", "passcode", "otp", "totp", "mfa", "apikey", "guard",
    "middleware", "identity", "principal", "basicauth", "basic", "jwt",
})  # fmt: skip
_STRONG_PAIRS = lazy.regex(r"current user|get user|load user|api key|has perm|check key|check token|before request"
                           r"|is admin|is staff|is superuser|can access|has access|check access|sign in|log in"
                           r"|require admin|require user|allow access|check secret"
                           r"|valid(ate)? token|is valid token")  # fmt: skip
_WEAK = frozenset({
    "validate", "check", "is", "can", "has", "require", "required", "requires", "dispatch", "wrapper", "allowed",
    "allow", "token", "access", "admin", "session", "protect", "protected", "secure", "decorated", "decorator",
})  # fmt: skip
_SENTINELS = frozenset({
    "bearer", "basic", "digest", "token", "jwt", "negotiate", "apikey", "none", "null", "undefined", "nil", "true",
    "false", "yes", "no", "on", "off", "0", "1", "-1", "ldap", "access", "refresh", "anonymous", "anonymoususer",
    "guest", "anon", "unknown", "disabled", "*", "unusable", "api-key", "bot", "client_credentials", "oauth",
    "external", "sso", "saml", "", "password", "secret", "required", "optional", "header", "query", "cookie",
    "default", "local", "cookies", "code", "hidden", "string", "str", "public", "private", "user",
})  # fmt: skip
_WORDY = lazy.regex(r"\w{3}")
_DESCRIBES = lazy.regex(r"\bplaceholder\b|\bis (?:\w+ )?(?:default|weak|dummy|example|insecure|common|blank) \w")
"""Functions that say what a value is like: `is_placeholder_key`, `is_weak_password`."""
_NOT_AUTH = frozenset(
    {
        "parse",
        "parser",
        "domain",
        "lex",
        "lexer",
        "tokenize",
        "strength",
        "policy",
        "format",
        "form",
        "default",
        "defaults",
        "legacy",
        "weak",
        "common",
        "insecure",
    }
)


class Kind(StrEnum):
    """What a compared name stands for."""

    SPECIFIC = "specific"  # a way round, by its own name
    CREDENTIAL = "credential"
    CODE = "code"  # a one-time code, where the function is about one
    LOOSE = "loose"  # such a word only counts beside strong evidence
    ACCOUNT = "account"
    SPOOFABLE = "spoofable"  # whatever the caller says of itself


@lru_cache(maxsize=4096)
def words(name: str) -> tuple[str, ...]:
    """`X-Debug-Token`, `xDebugToken` and `x_debug_token` are all ("x", "debug", "token")."""
    return tuple(part.lower() for part in _PARTS.findall(name))


def kind(name: str, *, request: bool) -> Kind | None:
    """What a name stands for; a key of a request says more than a variable of the same name."""
    parts = words(name)
    parts = parts[1:] if parts[:1] == ("http",) else parts
    said = frozenset(parts)
    if not parts or said & _NEVER:
        return Kind.SPOOFABLE if request and " ".join(parts) in _SPOOFABLE else None
    if request and " ".join(parts) in _SPOOFABLE:
        return Kind.SPOOFABLE
    if request and said & _SPECIFIC:
        return Kind.SPECIFIC
    if parts[-1] in _CREDENTIAL or (parts[-1] == "key" and len(parts) > 1 and parts[-2] in _KEYS):
        return Kind.CREDENTIAL
    if parts[-1] == "code" and (len(parts) == 1 or parts[-2] in _CODES):
        return Kind.CODE
    if parts[-1] in _ACCOUNT or parts[-2:] == ("user", "name") or (request and parts == ("user",)):
        return Kind.ACCOUNT
    return Kind.LOOSE if request and said & _LOOSE else None


def deciding(names: tuple[str, ...]) -> int:
    """How surely functions and classes of these names decide who may pass: 2, 1 or not at all: 0."""
    parts = tuple(part for name in names for part in words(name))
    if frozenset(parts) & _NOT_AUTH or _DESCRIBES.search(" ".join(parts)):
        return 0
    if frozenset(parts) & _STRONG or _STRONG_PAIRS.search(" ".join(parts)):
        return 2
    return 1 if frozenset(parts) & _WEAK else 0


def confirming(names: tuple[str, ...]) -> bool:
    """Whether functions and classes of these names are about one-time codes."""
    said = {part for name in names for part in words(name)}
    return not said.isdisjoint({"code", "otp", "totp", "mfa", "factor", "sms", "phone", "pin", "passcode", "login"})


def telling(value: str) -> bool:
    """Whether a literal can be a secret: not a scheme, a switch, a mark or a word that stands for nothing."""
    return bool(_WORDY.search(value)) and value.strip().casefold() not in _SENTINELS

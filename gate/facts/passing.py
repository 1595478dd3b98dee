"""Whether a comparison with a literal, and what it leads to, is a way past a check."""

from gate import lazy
from gate.facts.condition import Atom
from gate.facts.granting import Effect
from gate.facts.known import Scope
from gate.facts.subject import Subject
from gate.facts.wording import Kind, confirming, kind, telling, words

_ONCE = lazy.regex(r"\d{4,8}")
_SECRET = lazy.regex(r"\d|[-_].*[-_]|[a-z][A-Z]")
_TRIED = frozenset({"dev", "abc", "123"})
"""What is written to try things out, and left."""
_ROUTES = frozenset({"host", "origin"})
"""What programs choose their pages by, and what browsers may be told."""
_DOMAIN = lazy.regex(r"@[\w.-]+\.\w+$|^\.?[\w-]+\.\w+$")
_WHOSE = frozenset({
    "access", "admin", "api", "auth", "authorization", "bearer", "bot", "client", "debug", "id", "internal", "login",
    "master", "refresh", "secret", "security", "service", "session", "setup", "super", "user", "verify", "webhook", "x",
})  # fmt: skip
"""Words that make a token a credential, and no word of a text."""
_PASSING = frozenset({Effect.NEXT, Effect.USER, Effect.SETS, Effect.MINTS, Effect.ALLOWS})
_SIGNS = frozenset({Effect.SETS, Effect.MINTS})


def passes(atom: Atom, does: Effect, scope: Scope, *, missing: bool) -> bool:
    """Whether subject, literal, effect and function together mean that a check is passed by."""
    subject, level = atom.subject, scope.deciding
    passing = does in _PASSING
    guarding = level == 2 or scope.denies > 0
    plain = [value for value in atom.values if telling(value)]
    if atom.pair and plain:
        return True
    if does in {Effect.GATED, Effect.EARLY} and _opens(atom, plain, scope):
        return True
    if does is Effect.GATED:
        return False
    match subject.kind:
        case Kind.SPECIFIC:
            if (passing and (guarding or does is not Effect.NEXT)) or (level == 2 and does is not Effect.REST):
                return True
            return (
                bool(plain)
                and kind(subject.name, request=False) is Kind.CREDENTIAL
                and _credential(atom, does, plain, scope, missing=missing)
            )
        case Kind.CREDENTIAL if plain:
            return _credential(atom, does, plain, scope, missing=missing)
        case Kind.CODE if plain and all(_ONCE.fullmatch(value) for value in plain):
            sure = level == 2 or (subject.request and does in _PASSING)
            return sure and confirming(scope.names) and (passing or does is Effect.TRUE)
        case Kind.LOOSE if "admin" in words(subject.name) and does in _SIGNS:
            return subject.request and atom.way == "equals"
        case Kind.LOOSE:
            return bool(plain or subject.name) and passing and level == 2 and atom.way == "equals"
        case Kind.ACCOUNT if plain:
            whole = atom.way == "equals" or (atom.way == "ends" and all(_DOMAIN.search(value) for value in plain))
            return level == 2 and (passing or does is Effect.TRUE) and whole
        case Kind.SPOOFABLE if plain:
            return level == 2 and passing and atom.way == "equals"
    return False


def _opens(atom: Atom, plain: list[str], scope: Scope) -> bool:
    """Whether a branch of no known effect is behind a credential: the caller sends it, and others are turned away."""
    sent = atom.subject.request and atom.way == "equals" and scope.denies > 0
    named = atom.subject.kind is Kind.SPECIFIC and kind(atom.subject.name, request=False) is Kind.CREDENTIAL
    if atom.subject.kind is Kind.CREDENTIAL or named:
        return sent and any(len(value) >= 4 or value in _TRIED for value in plain)
    if atom.subject.kind is Kind.SPECIFIC:
        return sent and any(len(value) >= 6 and _SECRET.search(value) for value in plain)
    if atom.subject.kind is Kind.SPOOFABLE:
        return sent and bool(plain) and _ROUTES.isdisjoint(words(atom.subject.name)[-1:])
    keyed = words(atom.subject.name) == ("key",) and any(map(_SECRET.search, plain))
    return sent and atom.subject.kind is Kind.LOOSE and keyed


def _credential(atom: Atom, does: Effect, plain: list[str], scope: Scope, *, missing: bool) -> bool:
    level, subject = scope.deciding, atom.subject
    long = any(len(value) >= 4 for value in plain)
    sure = len(words(subject.name)) > 1 or subject.request or words(subject.name)[0] not in {"token", "tokens"}
    if level < 2 and _lexical(subject) and (len(plain) > 1 or not scope.denies) and not all(map(_SECRET.search, plain)):
        return False
    if missing and len(plain) > 1 and not any(len(value) >= 8 and _SECRET.search(value) for value in plain):
        return False  # one of a few words, as a form or a protocol names them
    if atom.way in {"starts", "ends"}:
        return long and level == 2 and (does in _PASSING or does is Effect.TRUE)
    if does is Effect.ALLOWS:
        return True
    if does in _PASSING:
        return level > 0 or (subject.request and (scope.denies > 0 or scope.route))
    if does is Effect.TRUE:
        return level == 2 or (level == 1 and sure and long)
    if does is Effect.EARLY:
        return level == 2
    return level == 2 or (subject.request and long)


def _lexical(subject: Subject) -> bool:
    """Whether a name may mean a word of some language: `token`, `lower_token`, `parsed.tokens`, unlike `auth_token`."""
    parts = words(subject.name)
    return parts[-1] in {"token", "tokens"} and not subject.request and _WHOSE.isdisjoint(parts)

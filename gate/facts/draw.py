"""Random values drawn from a generator whose next value can be worked out, and what they are for."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Self

from gate import lazy
from gate.facts.reading import Node, Reading, reading
from gate.facts.spelling import last, spelled, texts
from gate.facts.wording import words
from gate.hint import Hint
from gate.nodes import walk
from gate.paths import kind
from gate.source import Place, Source

_DRAWS = lazy.regex(
    r"(?:random(?:\.Random\(\))?|numpy\.random(?:\.default_rng\(\)|\.RandomState\(\))?)\."
    r"(?:random|randint|randrange|choice|choices|sample|getrandbits|uniform|randbytes|shuffle|triangular|betavariate|"
    r"expovariate|gammavariate|gauss|lognormvariate|normalvariate|vonmisesvariate|paretovariate|weibullvariate|"
    r"integers|bytes|rand)"
)
_SECRET = frozenset({
    "token", "secret", "password", "passwd", "pwd", "passcode", "passphrase", "otp", "totp", "salt", "csrf", "xsrf",
    "apikey", "nonce", "captcha", "sessionid", "sessid", "credential", "credentials", "pin",
})  # fmt: skip
_PAIRS = lazy.regex(
    r"\b(?:session (?:id|key|token|cookie)|sid|api key|secret key|private key|encryption key|signing key|auth (?:key|code|token)|"
    r"access key|(?:verification|confirmation|activation|reset|invite|invitation|security|recovery|backup|login|sms|email|one time|"
    r"auth|authorization|mfa|tfa|2 fa) (?:code|key|pin|link)|one time|remember me(?: (?:key|token|cookie|value))?|initialization vector|"
    r"(?:new|temp|temporary|random|generate|gen|make|create) (?:pass|pw)|session)$"
)
_CALLERS = lazy.regex(r"(?i)cookie|log_?in|passw|auth|\brequest\b|\buser|flask|django|fastapi|aiohttp|tornado")
_SESSIONS = lazy.regex(r"(?i)(?:^|[._])(?:my)?sessions?$|cookies?$")
_KEEPS = lazy.regex(r"(?i)set_(?:signed_|secure_)?cookie$|set_password$|make_password$|generate_password_hash$|hashpw$")
_OTHER = frozenset({
    "timeout", "delay", "jitter", "retry", "retries", "sleep", "interval", "ttl", "count", "size", "length", "len",
    "index", "idx", "num", "number", "offset", "expiry", "expires", "weight", "weights", "ratio", "rate", "prob",
    "probability", "ids", "batch", "logits", "tokenizer", "vocab", "mask", "embedding", "embeddings", "pad", "padding",
    "sampled", "test", "fake", "mock", "dummy", "sample", "example", "faker", "limit", "max", "min", "position",
    "positions", "row", "col", "noise", "seed", "temperature", "usage", "replace", "masked", "pins", "wait",
})  # fmt: skip
_LEARNS = lazy.regex(
    r"(?m)^\s*(?:import|from)\s+(?:torch|tensorflow|transformers|jax|keras|datasets|sklearn|sentencepiece)\b"
)
_OTP = lazy.regex(
    r"(?i)(?:^|_)(?:otp|totp|mfa|2fa|one_?time|passcode|(?:verification|login|reset|confirmation|sms)_?code)"
)
"""What functions are called whose `code` is a one-time code."""
_CODES = frozenset({"code", "digits", "number", "value", "result"})
_ABOUT = frozenset({"user", "owner", "author", "member", "account", "customer", "creator", "created_by"})
"""What classes of secrets call whose the secret is."""
_PICKS = frozenset({"choice", "choices", "sample", "shuffle"})
_ALPHABET = lazy.regex(
    r"(?i)^(?:string(?:\..*)?|.*(?:chars?|characters|alphabet|letters|digits|symbols|charset|pool|words?|wordlist|hex\w*))$"
)
_ADVICE = {"choice": "secrets.choice", "choices": "secrets.choice", "randint": "secrets.randbelow",
           "randrange": "secrets.randbelow", "getrandbits": "secrets.randbits", "randbytes": "secrets.token_bytes",
           "bytes": "secrets.token_bytes"}  # fmt: skip


@dataclass(frozen=True)
class Draw:
    """A value that should be secret, from a generator that was made for games and statistics."""

    languages: ClassVar[frozenset[str]] = frozenset({"python"})
    hint: ClassVar[Hint] = Hint.of("random")

    place: Place
    name: str
    """What is called: `random.choice`."""
    purpose: str
    """The name that says what the value is for."""
    instead: str

    apart: bool = False
    """Nothing in the file speaks of callers: its session may be a run of the program."""

    @property
    def mild(self) -> bool:
        """A salt or a nonce has to be new every time; who asks for one seldom needs it to be secret."""
        said = words(self.purpose)
        return said[-1] in {"salt", "nonce"} or (self.apart and "session" in said)

    @classmethod
    def find(cls, source: Source) -> Iterator[Self]:
        if kind(source.path) == "test":
            return
        file = reading(source)
        seen = set()
        for one in file.calls():
            name = file.called(one)
            if not _DRAWS.fullmatch(name) or (one.where, _line(one)) in seen:
                continue
            purpose = _purpose(file, one, last(name))
            if purpose:
                seen.add((one.where, _line(one)))
                yield cls(
                    file.place(one.node),
                    name.replace("()", ""),
                    purpose,
                    _ADVICE.get(last(name), "secrets.token_urlsafe"),
                    not _CALLERS.search(source.text),
                )


def _line(one: Node) -> int:
    statement = one.statement
    return statement.lineno if statement is not None else 0


def secretive(name: str) -> bool:
    """Whether a value of this name must not be guessed."""
    parts = words(name)
    if not parts or frozenset(parts) & _OTHER:
        return False
    return parts[-1] in _SECRET or bool(_PAIRS.search(" ".join(parts)))


def _purpose(file: Reading, one: Node, short: str) -> str:
    if short in _PICKS and not _from_alphabet(one):
        return ""
    if _LEARNS.search(file.source.text) and short not in {"choice", "choices"}:
        return ""
    around = one.function.name if one.function else ""
    return next((name for name in purposes(one) if secretive(name) or (name in _CODES and _OTP.search(around))), "")


def _from_alphabet(one: Node) -> bool:
    """Whether letters are drawn, not one of some things that were secret before."""
    args = [*one.node.args, *(word.value for word in one.node.keywords if word.arg in {"population", "seq"})]
    if not args:
        return False
    said = [spelled(part) for part in walk(args[0]) if isinstance(part, ast.Name | ast.Attribute)]
    written = any(isinstance(part, ast.Constant) and isinstance(part.value, str) for part in walk(args[0]))
    return written or any(_ALPHABET.match(name) for name in said) or isinstance(args[0], ast.Call)


def purposes(one: Node) -> Iterator[str]:
    """Every name that says what a value is for, the nearest first."""
    child: ast.AST = one.node
    for outer in one.around:
        node = outer.node
        match node:
            case ast.keyword(arg=str() as name):
                yield name
            case ast.Dict(keys=keys, values=values) if child in values:
                key = keys[values.index(child)]
                yield key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else ""
            case ast.Call() if _is_made(node):
                return
            case ast.Call(func=func) if child in node.args:
                if _KEEPS.search(spelled(func)):
                    yield _kept(node)
            case ast.Assign(targets=targets):
                for target in targets:
                    yield from _stored(target)
                    yield from _later(one, spelled(target))
            case ast.AnnAssign(target=target) | ast.AugAssign(target=target) | ast.NamedExpr(target=target):
                yield from _stored(target)
                yield from _later(one, spelled(target))
            case ast.Return():
                function = one.function
                yield function.name if function else ""
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=held, attr="append" | "extend" | "insert"))):
                yield from _stored(held)
                yield from _later(one, spelled(held))
        if isinstance(node, ast.stmt):
            return
        child = node


def _stored(target: ast.expr) -> Iterator[str]:
    match target:
        case ast.Subscript(value=table, slice=key):
            yield from (text for text in texts(key))
            if _SESSIONS.search(spelled(table)):
                yield "session"
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            for part in parts:
                yield from _stored(part)
        case _:
            yield last(spelled(target))


def _later(one: Node, name: str, hops: int = 3) -> Iterator[str]:
    """What a drawn value is put into further down, in the same function, by way of a few other names."""
    function = one.function
    if not name or "?" in name or function is None or not hops:
        return
    for node in _holders(function).get(name, ()):
        if getattr(node, "lineno", 0) <= _line(one):
            continue
        match node:
            case ast.Assign(targets=targets, value=value) if not (_is_made(value) or _is_beside(value, name)):
                kept = targets if _holds(value, name) else [each for each in targets if _holds(each, name)]
                for target in kept:
                    yield from _stored(target)
                    if isinstance(target, ast.Name) and target.id != name and not _compares(value, name):
                        yield from _later(one, target.id, hops - 1)
            case ast.Call(func=func, args=args, keywords=keywords):
                given = args[1:] if "cookie" in last(spelled(func)).lower() else args  # not what a cookie is called
                if _KEEPS.search(spelled(func)) and any(_holds(arg, name) for arg in given):
                    yield _kept(node)
                yield from (word.arg for word in keywords if word.arg and _holds(word.value, name))
            case ast.Dict(keys=keys, values=values):
                for key, value in zip(keys, values, strict=True):
                    if isinstance(key, ast.Constant) and isinstance(key.value, str) and spelled(value) == name:
                        yield key.value
            case ast.Return(value=ast.expr() as value) if _holds(value, name) and not isinstance(value, ast.Compare):
                yield function.name


@lru_cache(maxsize=256)
def _holders(function: ast.AST) -> dict[str, list[ast.AST]]:
    """By name, the nodes that may put it somewhere."""
    found: dict[str, list[ast.AST]] = {}
    for node in walk(function):
        if isinstance(node, ast.Assign | ast.Call | ast.Dict | ast.Return):
            for name in {spelled(part) for part in walk(node) if isinstance(part, ast.Name | ast.Attribute)}:
                found.setdefault(name, []).append(node)
    return found


def _is_made(value: ast.expr) -> bool:
    """Whether an object of a class comes out, `session = Attendance(begins=drawn)`: what is drawn is but a part of it."""
    name = last(spelled(value.func)) if isinstance(value, ast.Call) else ""
    return name == "timedelta" or (name[:1].isupper() and not secretive(name))


def _is_beside(value: ast.expr, name: str) -> bool:
    """Whether a class is given it for something else than the secret it holds: `ApiKey(key=made, user=drawn)`."""
    if not isinstance(value, ast.Call) or not last(spelled(value.func))[:1].isupper():
        return False
    given = [*value.args, *(word.value for word in value.keywords if word.arg not in _ABOUT)]
    return not any(_holds(part, name) for part in given)


def _compares(value: ast.expr, name: str) -> bool:
    """Whether a truth value comes out, or something that is looked up or made by what is drawn; no part of it."""
    looked_up = isinstance(value, ast.Subscript) and (
        _holds(value.slice, name) or not isinstance(value.slice, ast.Slice)
    )
    return looked_up or isinstance(value, ast.Compare | ast.Lambda)


def _kept(call: ast.Call) -> str:
    """What a cookie or a password is called."""
    short = last(spelled(call.func)).lower()
    if "password" in short or short == "hashpw":
        return "password"
    first = call.args[0] if call.args else None
    return "session cookie" if not isinstance(first, ast.Constant) else str(first.value)


def _holds(node: ast.AST, name: str) -> bool:
    return any(isinstance(part, ast.Name | ast.Attribute) and spelled(part) == name for part in walk(node))

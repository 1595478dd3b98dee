"""Keys that are written in the code where they are used, or as what a parameter is without an argument."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from gate import lazy
from gate.facts.fallback import fallback
from gate.facts.folding import Span, spans_of
from gate.facts.reading import Node, Reading, reading
from gate.facts.spelling import last, spelled
from gate.hint import Hint
from gate.paths import kind
from gate.source import Place, Source

_KEYS = lazy.regex(
    r"(?i)(?:.*_)?(?:secret_key|jwt_?secret(?:_key)?|signing_(?:key|secret)|webhook_secret|encryption_key|fernet_key|hmac_(?:key|secret)|session_secret|cookie_secret)"
)
"""What is so seldom anything but a key that a value in the code is enough."""
_SURE = lazy.regex(r"(?i)(?:jwt_)?secret_key|jwt_secret")
"""What holds no name of a key: a word in it is the key."""
_STORES = lazy.regex(r"(?i)(?:^|[._])(?:environ|env|config|conf|settings)(?:$|\.)")
_MADE = lazy.regex(
    r"(?:jwt|jose\.jwt)\.(?:encode|decode)|itsdangerous\.[\w.]*(?:Signer|Serializer)|cryptography\.fernet\.Fernet"
)
_SETUPS = frozenset({"update", "from_mapping", "SessionMiddleware", "add_middleware"})
_DEBUG = lazy.regex(r"(?i)debug|testing|\bdev|development|\blocal\b|pytest")
_SETTINGS_FOR = lazy.regex(r"(?:^|\.)(?:Test\w*|Dev(?:elopment)?|Local)(?:Config|Settings)(?:\.|$)")
_STANDS_IN = lazy.regex(r"(?i)\bbuild\W?(?:time|only)\b|\bcollectstatic\b")
_NO_VALUE = lazy.regex(
    r"\$\{|\{\{|-----BEGIN|^\{\w+\}$|%\(|<[\w -]+>$|^(?:pk_|\*+$|x{3,}$)|^[\w./-]*/[\w./-]*$|^\W*$|\.(?:pem|key|txt|json)$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class WrittenKey:
    """A key whose value stands in the code."""

    languages: ClassVar[frozenset[str]] = frozenset({"python"})
    hint: ClassVar[Hint] = Hint.of(
        "secret", "signing_key", "encryption_key", "fernet", "hmac_key", "jwt.", "jwt import", "itsdangerous"
    )

    place: Place
    name: str
    how: str
    """"parameter" or "value"."""
    spans: tuple[Span, ...]
    stands_in: bool = False
    """The value says that it stands in for a key while something is built."""

    @classmethod
    def find(cls, source: Source) -> Iterator[Self]:
        if kind(source.path) in {"test", "dev"}:
            return
        file = reading(source)
        for one in file.of(ast.Assign, ast.AnnAssign, ast.Dict, ast.FunctionDef, ast.AsyncFunctionDef, ast.Call):
            for name, how, value in _written(file, one):
                said = file.literal(value, one.where)
                if isinstance(said, str | bytes) and not _debugging(one) and _is_value(said, name, how):
                    stands_in = _STANDS_IN.search(str(said)) is not None
                    yield cls(file.place(value), name, how, tuple(spans_of(value, source)), stands_in)


def _is_value(said: str | bytes, name: str, how: str) -> bool:
    """Whether a text is a key: not the name of one, and no place for one."""
    text = said if isinstance(said, str) else said.decode("latin-1")
    if not text.strip() or _NO_VALUE.search(text):
        return False
    plain = [re.sub(r"[\W_]", "", each.lower()) for each in (text, name)]
    worded = (
        not (_SURE.fullmatch(name) and "_" not in text)
        and how == "value"
        and name != "the key"
        and (re.fullmatch(r"_*[a-z]+(?:[._][a-z]+)*_*", text) or text.isupper())
    )
    return not (plain[0] in plain[1] or worded)


def _written(file: Reading, one: Node) -> Iterator[tuple[str, str, ast.expr]]:
    match one.node:
        case ast.Call():
            yield from _called(file, one)
        case ast.FunctionDef(args=args) | ast.AsyncFunctionDef(args=args):
            every = [*args.posonlyargs, *args.args]
            pairs = [*zip(every[len(every) - len(args.defaults) :], args.defaults, strict=True),
                     *zip(args.kwonlyargs, args.kw_defaults, strict=True)]  # fmt: skip
            for arg, given in pairs:
                if isinstance(given, ast.Constant) and _KEYS.fullmatch(arg.arg):
                    yield arg.arg, "parameter", given
        case ast.Dict(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "SIGNING_KEY" and isinstance(value, ast.Constant):
                    yield "SIGNING_KEY", "value", value
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant() as value) if name.isupper() and not one.where:
            if _KEYS.fullmatch(name):
                yield name, "value", value
        case ast.Assign(targets=targets, value=value) if not isinstance(value, ast.Call | ast.BoolOp | ast.IfExp):
            for target in targets:
                name = _target(target)
                if _KEYS.fullmatch(name) and (name.isupper() or isinstance(target, ast.Attribute | ast.Subscript)):
                    yield name, "value", value


def _target(target: ast.expr) -> str:
    """`SECRET_KEY`, `app.secret_key`, `app.config["SECRET_KEY"]`."""
    if isinstance(target, ast.Subscript):
        key = target.slice
        stored = _STORES.search(spelled(target.value))
        return key.value if stored and isinstance(key, ast.Constant) and isinstance(key.value, str) else ""
    if isinstance(target, ast.Attribute) and spelled(target.value) in {"self", "cls"}:
        return ""
    return last(spelled(target))


def _called(file: Reading, one: Node) -> Iterator[tuple[str, str, ast.expr]]:
    short = last(spelled(one.node.func))
    if short in _SETUPS and (short != "update" or _STORES.search(spelled(one.node.func))):
        yield from ((word.arg, "value", word.value) for word in one.node.keywords if _KEYS.fullmatch(word.arg or ""))
    if short in {"set_cookie", "get_cookie"} and isinstance(key := _signing(one.node), ast.Constant):
        yield "the key", "value", key
    full = file.called(one).removesuffix("()")
    if _MADE.fullmatch(full):
        place = 1 if full.startswith(("jwt.", "jose.")) else 0
        key = _named(file, one, file.argument(one, "key" if place else "secret_key", place))
        unset = fallback(key) if key is not None else None
        if isinstance(key, ast.Constant):
            yield "the key", "value", key
        elif isinstance(unset, ast.Constant):
            yield "the key", "default", unset


def _named(file: Reading, one: Node, key: ast.expr | None) -> ast.expr | None:
    """What a key is: the value of its name, unless that name is told of where the value stands."""
    if not isinstance(key, ast.Name) or (key.id.isupper() and _KEYS.fullmatch(key.id)):
        return key
    value = file.value(key, one.where)
    return value if isinstance(value, ast.Constant) else key


def _signing(node: ast.Call) -> ast.expr | None:
    """The key of `set_cookie(name, value, secret="...")`."""
    return next((word.value for word in node.keywords if word.arg == "secret"), None)


def _debugging(one: Node) -> bool:
    """Whether it lies in a branch, or a class of settings, for development alone."""
    if _SETTINGS_FOR.search(one.where):
        return True
    tests = (outer.node.test for outer in one.around if isinstance(outer.node, ast.If | ast.IfExp))
    return any(_DEBUG.search(ast.unparse(test)) for test in tests)

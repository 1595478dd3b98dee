"""Routes that let somebody in by a password, and whether anything counts the tries."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from gate import lazy
from gate.facts.onetime import helpers, unlimited
from gate.facts.reading import Node, Reading
from gate.facts.wording import words
from gate.hint import Hint
from gate.nodes import walk
from gate.source import Place, Source

_LOGIN = lazy.regex(r"(?i)(?:^|[^a-z])(?:log_?in|sign_?in|authenticate|token|sessions?)(?:$|[^a-z])")
_OTHER = lazy.regex(
    r"(?i)regist|sign_?up|reset|forgot|change|social|oauth_?callback|refresh|logout|revoke|verify_?email"
)
_PASSWORD = lazy.regex(r"(?i)(?:user_?)?(?:password|passwd|pwd|pass_?word|passphrase)")
_FORM = lazy.regex(r"OAuth2PasswordRequestForm")
_KNOWN = lazy.regex(
    r"(?i)\bcurrent_user\b(?!\.is_authenticated)|login_required"
    r"|Depends\(\s*[\w.]*(?:current|require|authenticated|logged_in|check_(?:user|account))"
)


@dataclass(frozen=True)
class PasswordRoute:
    """A route that takes a password from somebody it does not know, and lets them try as often as they like."""

    languages: ClassVar[frozenset[str]] = frozenset({"python"})
    hint: ClassVar[Hint] = Hint.of(
        "login", "log_in", "signin", "sign_in", "sign-in", "authenticate", "/token", "/session"
    )

    place: Place
    name: str
    siblings: bool
    """Other routes of the file are limited."""
    helpers: tuple[str, ...]
    """What it calls and depends on, which may count the tries elsewhere."""

    @classmethod
    def find(cls, source: Source) -> Iterator[Self]:
        for file, one, siblings in unlimited(source, _lets_in):
            yield cls(Place.at(source.path, one.node.lineno), one.node.name, siblings, helpers(file, one))


def _lets_in(_: Reading, one: Node, path: str) -> bool:
    node = one.node
    said = f"{node.name} {path if '/' in path else '_'.join(words(path))}".lower().replace("-", "_")
    if not _LOGIN.search(said) or _OTHER.search(said):
        return False
    return _takes_password(node) and not _KNOWN.search(ast.unparse(node))


def _takes_password(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a password is among what it is sent, and handed on."""
    if any(arg.annotation is not None and _FORM.search(ast.unparse(arg.annotation)) for arg in node.args.args):
        return True
    return any(_PASSWORD.fullmatch(name) for part in walk(node) for name in _named(part))


def _named(part: ast.AST) -> Iterator[str]:
    """Parameters, keys that are read, and fields of what was sent."""
    match part:
        case ast.arg(arg=name) | ast.Attribute(attr=name):
            yield name
        case ast.Subscript(slice=ast.Constant(value=str() as key)):
            yield key
        case ast.Call(func=ast.Attribute(), args=[ast.Constant(value=str() as key), *_]):
            yield key

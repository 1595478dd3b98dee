"""Credentials and card numbers that belong in a test, and stand in the program."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from gate import lazy
from gate.facts.folding import Span, spans_of
from gate.facts.reading import Node, Reading, reading
from gate.facts.spelling import last, spelled
from gate.hint import Hint
from gate.paths import kind
from gate.source import Place, Source

_CARDS = frozenset({"4242424242424242", "4000000000000002", "4000056655665556", "5555555555554444", "378282246310005",
                    "4111111111111111", "6011111111111117"})  # fmt: skip
_DIGITS = lazy.regex(r"[\d -]{15,23}")
_STRIPE = lazy.regex(r"(?:sk|rk)_test_\w{8,}|whsec_\w{16,}|tok_visa|pm_card_\w+|tok_(?:mastercard|amex)")
_BEARER = lazy.regex(r"Bearer [\w.~+/-]{8,}=*")
_MAKES = lazy.regex(
    r"(?i)create_(?:super)?user$|set_password$|hash_?(?:pw|pass\w*)$|make_password$|generate_password_hash$|get_password_hash$"
)
_NO_MATTER = lazy.regex(
    r"(?i)example|schema_extra|description|help|docstring|placeholder|label|metavar|doc|reject|block|forbid|known|dummy|timing|fake|unusable|invalid"
)
_SEEDS = lazy.regex(
    r"(?i)(?:^|/)(?:seed|demo|fixture|factor|populate|sample|mock|stub|bootstrap_demo|testing|conftest)\w*(?:/|\.py$)|/management/commands/\w*(?:seed|demo|sample|populate)"
)


@dataclass(frozen=True)
class Planted:
    """A test card, a test key, a fixed password or a fixed bearer token."""

    languages: ClassVar[frozenset[str]] = frozenset({"python"})
    hint: ClassVar[Hint] = Hint.of("424", "4000", "5555", "3782", "4111", "6011", "_test_", "whsec_", "tok_", "pm_card",
                                   "bearer ", "password", "hash_pw", "hashpw", "create_user")  # fmt: skip

    place: Place
    what: str
    spans: tuple[Span, ...]

    @classmethod
    def find(cls, source: Source) -> Iterator[Self]:
        if kind(source.path) != "production" or _SEEDS.search(source.path):
            return
        file = reading(source)
        for one in file.of(ast.Constant, ast.Call):
            node = one.node
            if isinstance(node, ast.Call):
                value = _password(file, one)
                if value is not None:
                    yield cls(file.place(node), "a password", tuple(spans_of(value, source)))
            elif (what := _text(one)) and not _is_shown(one):
                yield cls(file.place(node), what, tuple(spans_of(node, source)))


def _text(one: Node) -> str:
    value = one.node.value
    if isinstance(value, int) and not isinstance(value, bool):
        return "the number of a test card" if str(value) in _CARDS else ""
    if not isinstance(value, str) or (isinstance(one.statement, ast.Expr) and one.statement.value is one.node):
        return ""
    if _DIGITS.fullmatch(value) and re.sub(r"\D", "", value) in _CARDS:
        return "the number of a test card"
    if _STRIPE.fullmatch(value):
        return "a test credential of Stripe"
    return "a bearer token" if _BEARER.fullmatch(value) and "oken" not in value[7:] else ""


def _is_shown(one: Node) -> bool:
    """Whether it only shows what such a value looks like, or is there to be refused."""
    for outer in one.around:
        node = outer.node
        if isinstance(node, ast.Compare | ast.Set | ast.Raise | ast.Assert):
            return True
        if isinstance(node, ast.keyword) and _NO_MATTER.search(node.arg or ""):
            return True
        if isinstance(node, ast.Dict) and any(
            isinstance(key, ast.Constant) and _NO_MATTER.search(str(key.value)) for key in node.keys if key
        ):
            return True
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            return any(_NO_MATTER.search(spelled(target)) for target in targets)
        if isinstance(node, ast.stmt):
            return False
    return False


def _password(file: Reading, one: Node) -> ast.expr | None:
    """The literal an account gets as its password."""
    name = spelled(one.node.func)
    targets = [spelled(target) for target in getattr(one.statement, "targets", ())]
    unused = (
        isinstance(one.statement, ast.Expr) and one.statement.value is one.node and "hash" in name
    )  # it only takes time
    if unused or not _MAKES.search(name) or _NO_MATTER.search(" ".join([one.where, *targets])):
        return None
    place = 0 if not last(name).startswith("create_") else -1
    value = file.argument(one, "password", place)
    said = file.literal(value, one.where)
    plain = isinstance(said, str) and said.strip("*!") and not said.startswith(("$", "pbkdf2_", "argon2", "sha1$"))
    return value if plain else None

"""Secrets compared with `==`, which takes the longer the more of the beginning is right."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from gate import lazy
from gate.facts.reading import Node, Reading, reading
from gate.facts.spelling import last, spelled, texts
from gate.hint import Hint
from gate.nodes import walk
from gate.paths import kind
from gate.source import Place, Source

_HMAC = lazy.regex(
    r"hmac\.(?:new|HMAC|digest)(?:\(\))?(?:\.(?:hexdigest|digest))?(?:\(\))?|.*\.HMAC\(\)\.(?:finalize|hexdigest|digest)\(\)"
)
_SIGNED = lazy.regex(
    r"(?i)(?:^|_)(?:signature|sig|hmac|mac|digest|hexdigest)$|^(?:expected|computed|calculated)_?(?:sig|hash|mac|digest)"
)
_CREDENTIAL = lazy.regex(
    r"(?i)(?:^|[_-])(?:token|secret|api[-_]?key|access[-_]?key|password[-_]?hash|signature|authorization|webhook[-_]?secret|secret[-_]?key|csrf[-_]?token|auth[-_]?key)$|^apikey$"
)
_REQUEST = lazy.regex(
    r"(?i)(?:^|\.)(?:request|req|self\.request|flask\.request)\.(?:headers|args|GET|POST|form|json|cookies|COOKIES|META|query_params|data)\b|^headers\.|^authorization$|^x_\w*(?:token|key|secret)$"
)
_KEPT = lazy.regex(r"(?i)environ|getenv|settings|config|(?:^|\.)(?:[A-Z][A-Z0-9_]*(?:TOKEN|SECRET|KEY))$")


@dataclass(frozen=True)
class Compared:
    """A secret beside `==` or `!=`."""

    languages: ClassVar[frozenset[str]] = frozenset({"python"})
    hint: ClassVar[Hint] = Hint.of(
        "hmac", "token", "secret", "apikey", "api_key", "api-key", "signature", "authorization"
    )

    place: Place
    name: str

    @classmethod
    def find(cls, source: Source) -> Iterator[Self]:
        if kind(source.path) in {"test", "dev"}:
            return
        file = reading(source)
        for one in file.of(ast.Compare):
            name = _secret(file, one)
            if name:
                yield cls(file.place(one.node), name)


def _secret(file: Reading, one: Node) -> str:
    node = one.node
    if len(node.ops) != 1 or not isinstance(node.ops[0], ast.Eq | ast.NotEq):
        return ""
    sides = (node.left, node.comparators[0])
    if any(isinstance(side, ast.Constant) for side in sides) or any(
        isinstance(outer.node, ast.Assert) for outer in one.around
    ):
        return ""
    for this, that in (sides, sides[::-1]):
        if _is_mac(file, this, one.where):
            return _named(that) or "a signature"
        if _from_request(file, this, one.where) and _is_kept(file, that, one.where):
            return _named(this) or _named(that)
    return ""


def _is_mac(file: Reading, node: ast.expr, where: str, hops: int = 4) -> bool:
    """Whether a value is a keyed hash that was just computed."""
    if hops == 0:
        return False
    if isinstance(node, ast.Call):
        name = file.meaning(node, where)
        if _HMAC.fullmatch(name):
            return True
        inner = [node.func.value] if isinstance(node.func, ast.Attribute) else []
        return last(spelled(node.func)) in {
            "hexdigest",
            "digest",
            "decode",
            "encode",
            "b64encode",
            "lower",
            "str",
            "urlsafe_b64encode",
            "hexlify",
            "rstrip",
        } and any(_is_mac(file, part, where, hops - 1) for part in (*inner, *node.args))
    if isinstance(node, ast.JoinedStr):
        return any(
            _is_mac(file, part.value, where, hops - 1) for part in node.values if isinstance(part, ast.FormattedValue)
        )
    if isinstance(node, ast.BinOp):
        return any(_is_mac(file, part, where, hops - 1) for part in (node.left, node.right))
    bound = file.value(node, where) if isinstance(node, ast.Name | ast.Attribute) else None
    return bound is not None and _is_mac(file, bound, where, hops - 1)


def _from_request(file: Reading, node: ast.expr, where: str) -> bool:
    """Whether a value that a credential's name stands for was sent by the caller."""
    name = _named(node)
    if not name or not _CREDENTIAL.search(name):
        return False
    bound = file.value(node, where) if isinstance(node, ast.Name) else node
    shown = ast.unparse(bound) if bound is not None and hasattr(bound, "lineno") else name  # a parameter has none
    return bool(_REQUEST.search(shown))


def _is_kept(file: Reading, node: ast.expr, where: str) -> bool:
    """Whether it is a secret of the program's own: a setting, an environment variable; what a cookie says is none."""
    bound = file.value(node, where) if isinstance(node, ast.Name | ast.Attribute) else None
    shown = [ast.unparse(part) for part in (node, bound) if part is not None]
    named = any(_CREDENTIAL.search(text) for part in (node, bound) if part is not None for text in texts(part))
    sent = bound is not None and hasattr(bound, "lineno") and _REQUEST.search(ast.unparse(bound))
    return named and not sent and any(_KEPT.search(text) for text in shown)


def _named(node: ast.expr) -> str:
    """The name a value goes by: of a variable, of a header."""
    keys = [part.value for part in walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    if isinstance(node, ast.Call | ast.Subscript) and keys:
        return keys[0]
    return last(spelled(node)).replace("?", "")

"""Look-ups of who calls by a cookie or a header that nobody signed."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from gate import lazy
from gate.facts.claimedrole import read
from gate.facts.names import Names, names
from gate.facts.placed import Around, Function, answers, placed, text
from gate.facts.spelling import last, spelled
from gate.hint import Hint
from gate.paths import kind
from gate.source import Place, Source

_WHO = lazy.regex(
    r"(?i)(?:http[-_])?(?:x[-_])?(?:logged[-_]?in[-_]?|current[-_]?|auth[-_]?)?(?:user|account|member|customer|employee)(?:[-_]?(?:id|name|email))?|uid|e?mail|login"
)
_LOOKS_UP = lazy.regex(
    r"(?i)(?:^|_)(?:get|get_or_404|get_or_none|first_or_404|filter|filter_by|where|find|find_one|execute|fetch\w*|scalar\w*|get_object_or_404|(?:get|load|find|fetch)_(?:user|account|member|customer|employee)\w*)$"
)
_PROVED = lazy.regex(
    r"(?i)unsign|signed|signer|verif|\bdecode\b|jwt|compare_digest|hmac|serializer|decrypt|check_password|trusted|proxy|forwarded|mtls|gateway"
)
_STORES = lazy.regex(r"(?i)cookie|header|session|cache|redis|environ|settings|config|args|params|form|\bdict\b")
"""What has a `get` and holds no people."""


@dataclass(frozen=True)
class CookieUser:
    """A call that looks up who calls by what the caller wrote; `how` is "cookie" or "header"."""

    languages: ClassVar[frozenset[str]] = frozenset({"python"})
    hint: ClassVar[Hint] = Hint.of("cookie", "header")

    place: Place
    how: str
    key: str
    call: str

    @classmethod
    def find(cls, source: Source) -> Iterable["CookieUser"]:
        if kind(source.path) in {"test", "dev"}:
            return
        table = names(source)
        for node, around in placed(source.tree):
            if isinstance(node, ast.Call) and around.functions and _looks_up(node):
                for how, key in _claims(node, around, table):
                    yield cls(Place.at(source.path, node.lineno), how, key, last(spelled(node.func)))


def _looks_up(node: ast.Call) -> bool:
    owner = spelled(node.func.value) if isinstance(node.func, ast.Attribute) else ""
    return _LOOKS_UP.search(last(spelled(node.func))) is not None and not _STORES.search(owner)


@lru_cache(maxsize=256)
def _is_proved(function: Function) -> bool:
    """Whether a function finds out whether the cookie is true, or who set the header."""
    return _PROVED.search(text(function)) is not None


def _claims(node: ast.Call, around: Around, table: Names) -> Iterator[tuple[str, str]]:
    if _is_proved(around.functions[-1]) or not answers(around, table):
        return
    for given in (*node.args, *(word.value for word in node.keywords)):
        inner = (
            given.elts
            if isinstance(given, ast.Tuple | ast.List)
            else given.values
            if isinstance(given, ast.Dict)
            else [given]
        )
        for part in inner:
            how, key = read(part, around)
            if how in {"cookie", "header"} and _WHO.fullmatch(key):
                yield how, key

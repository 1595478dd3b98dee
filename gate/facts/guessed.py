"""Secrets worked out from what others know: the time, an address, a number."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from gate import lazy
from gate.facts.draw import purposes, secretive
from gate.facts.reading import Node, reading
from gate.hint import Hint
from gate.paths import kind
from gate.source import Place, Source

_MAKES = lazy.regex(
    r"hashlib\.(?:md5|sha1|sha224|sha256|sha384|sha512|sha3_\d+|blake2[bs]|new)|(?P<plain>base64\.(?:urlsafe_)?b64encode|binascii\.hexlify)"
    r"|(?P<counted>uuid\.uuid1)|(?P<named>uuid\.uuid[35])"
)
_TIME = lazy.regex(r"\b(?:now|utcnow|today|timestamp|time|time_ns|ts)\b")
_WHO = lazy.regex(r"(?i)\b(?:\w+_)?(?:e?mail|username|user_?name|user_?id|user\.(?:id|pk|uuid)|phone(?:_number)?)\b")
_UNKNOWN = lazy.regex(r"(?i)secret|key|salt|random|token_|uuid4|nonce|pepper|passw|sign|otp|environ|settings|config")
"""What may be in it that others do not know."""


@dataclass(frozen=True)
class Guessed:
    """A value that should be secret, and how it is worked out."""

    languages: ClassVar[frozenset[str]] = frozenset({"python"})
    hint: ClassVar[Hint] = Hint.of("hashlib", "uuid1", "uuid3", "uuid5", "b64encode", "hexlify")

    place: Place
    purpose: str
    """The name that says what the value is for."""
    how: str

    @classmethod
    def find(cls, source: Source) -> Iterator[Self]:
        if kind(source.path) == "test":
            return
        file = reading(source)
        for one in file.calls():
            made = _MAKES.fullmatch(file.called(one))
            how = _how(made, one) if made else ""
            purpose = next((name for name in purposes(one) if secretive(name)), "") if how else ""
            if purpose:
                yield cls(file.place(one.node), purpose, how)


def _how(made: re.Match[str], one: Node) -> str:
    if made["counted"]:
        return "the time and the address of this machine (`uuid1`)"
    given = " ".join(map(ast.unparse, one.node.args))
    if _UNKNOWN.search(given):
        return ""
    if not made["plain"] and not made["named"] and _TIME.search(given):
        return f"the time (`{made[0]}`)"
    return f"what others know of the user (`{made[0]}`)" if _WHO.search(given) else ""

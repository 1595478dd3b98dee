"""Settings by which a library unpickles what it reads from a cookie, a queue or a cache."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from gate import lazy
from gate.facts.names import constant
from gate.facts.reading import reading
from gate.facts.spelling import last, spelled
from gate.hint import Hint
from gate.paths import kind
from gate.source import Place, Source

_SESSION = lazy.regex(r"SESSION_SERIALIZER|serializer")
_PICKLES = lazy.regex(r"django\.contrib\.sessions\.serializers\.PickleSerializer")
_PICKLED = frozenset({"pickle", "application/x-python-serialize"})
_QUEUE = lazy.regex(r"(?i)(?:celery_)?(?:accept_content|(?:task_|result_|event_)serializer)")


@dataclass(frozen=True)
class Pickled:
    """A setting that says pickle."""

    languages: ClassVar[frozenset[str]] = frozenset({"python"})
    hint: ClassVar[Hint] = Hint.of("pickleserializer", "accept_content", "task_serializer", "result_serializer")

    place: Place
    name: str
    what: str
    """"session" or "queue"."""

    @classmethod
    def find(cls, source: Source) -> Iterator[Self]:
        if kind(source.path) in {"test", "dev"}:
            return
        file = reading(source)
        for one in file.of(ast.Assign, ast.keyword):
            targets = one.node.targets if isinstance(one.node, ast.Assign) else [one.node.arg]
            for target in targets:
                name = target if isinstance(target, str) else _named(target)
                if what := _judged(name or "", file.literal(one.node.value, one.where)):
                    yield cls(file.place(one.node), name or "", what)


def _named(target: ast.expr) -> str:
    return (constant(target.slice) if isinstance(target, ast.Subscript) else None) or last(spelled(target))


def _judged(name: str, value: object) -> str:
    told = value if isinstance(value, list) else [value]
    texts = [one for one in told if isinstance(one, str)]
    if _SESSION.fullmatch(name) and any(map(_PICKLES.fullmatch, texts)):
        return "session"
    pickles = not _PICKLED.isdisjoint(texts)
    return "queue" if _QUEUE.fullmatch(name) and pickles else ""

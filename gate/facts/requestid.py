"""Where the id of a request is handed on: to tasks, to other services and models, and into logs."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from gate import lazy
from gate.facts.reading import reading
from gate.facts.spelling import last, spelled
from gate.hint import Hint
from gate.nodes import walk
from gate.paths import kind
from gate.source import Place, Source

_ID = lazy.regex(r"(?i)^x?-?(?:request|correlation|trace)[_-]?id$|^traceparent$|^extra_headers$")
_HANDS_ON = lazy.regex(
    r"delay|apply_async|kiq|send\w*|enqueue\w*|publish|post|get|put|patch|delete|request|create|stream|invoke|run|generate_content|bind\w*|contextualize|debug|info|warning|error|exception|log"
)
"""What starts a task, asks another service or a model, or writes a log."""
_MIDDLEWARE = lazy.regex(r"(?:Correlation|Request|Trace)_?I[dD]\w*Middleware|asgi_correlation_id")


@dataclass(frozen=True)
class RequestId:
    """A call that is given the id of a request; `call` is "middleware" for what makes one."""

    languages: ClassVar[frozenset[str]] = frozenset({"python"})
    hint: ClassVar[Hint] = Hint.of(
        *(f"{word}{mark}id" for word in ("request", "correlation", "trace") for mark in ("", "_", "-")), "traceparent"
    )

    place: Place
    function: str
    call: str

    @classmethod
    def find(cls, source: Source) -> Iterator["RequestId"]:
        if kind(source.path) != "production":
            return
        file = reading(source)
        for one in file.calls():
            if _HANDS_ON.fullmatch(last(spelled(one.node.func))) and any(map(_is_id, walk(one.node))):
                yield cls(file.place(one.node), one.where, last(spelled(one.node.func)))
        for number, line in enumerate(source.lines, 1):
            if _MIDDLEWARE.search(line) and not line.lstrip().startswith(("#", "class ", "from ", "import ")):
                yield cls(Place.at(source.path, number), "", "middleware")


def _is_id(part: ast.AST) -> bool:
    """A keyword `request_id=`, or a header `"X-Request-ID":`."""
    if isinstance(part, ast.keyword):
        return bool(part.arg and _ID.match(part.arg))
    keys = part.keys if isinstance(part, ast.Dict) else ()
    return any(isinstance(key, ast.Constant) and isinstance(key.value, str) and _ID.match(key.value) for key in keys)


def calls(source: Source, function: str) -> dict[str, int]:
    """The calls a function makes, by their last names, and their lines."""
    return {last(spelled(one.node.func)): one.node.lineno for one in reading(source).calls() if one.where == function}

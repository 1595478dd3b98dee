"""What an answer tells of the inside of the program: tracebacks, texts of errors, the environment, the settings."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from gate import lazy
from gate.facts.defaults import last
from gate.facts.names import Names, names
from gate.facts.placed import Around, answers, assigned, placed, text
from gate.hint import Hint
from gate.nodes import children
from gate.source import Place, Source

_SENDS = lazy.regex(
    r"(?i)(?:^|\.)(?:HTTPException|HTTPError|abort|jsonify|\w*Response|make_response|json_response|(?:self|resp|response|wfile|ws|websocket)\.write|send_error"
    r"|write_error|render\w*|HttpResponse\w*|APIException|send_json|send_text|problem|error_response)$"
)
"""Calls that hand text to whoever asked."""
_TRACES = lazy.regex(r"(?:^|\.)traceback\.(?:format_exc|format_exception|format_tb|format_stack)$|(?:^|\.)format_exc$")
_ENVIRONMENT = frozenset({"os.environ", "os.environb", "builtins.globals"})
_CONFIG = lazy.regex(
    r"(?:^|\.)(?:app|current_app)\.config$|(?:^|\.)settings\.__dict__$|(?:^|\.)settings\.(?:model_dump|dict)$"
)
_BROAD = lazy.regex(r"(?:^|[._])(?:Exception|BaseException|Error|SQLAlchemyError|DatabaseError|OperationalError|IntegrityError"
                    r"|OSError|IOError|RuntimeError|RequestException|ClientError)$")  # fmt: skip
_KEEPS = frozenset({"dict", "str", "repr", "list", "sorted", "items", "copy", "join", "dumps", "format", "splitlines",
                    "jsonify", "vars", "model_dump"})  # fmt: skip
_CALLERS_FAULT = lazy.regex(
    r"(?i)(?<!\d)4\d\d(?!\d)|bad_?request|not_?found|conflict|unprocessable|forbidden|unauthorized|invalid"
)
"""Answers that tell callers what is wrong with what they sent."""
_LOGS = lazy.regex(r"(?i)(?:^|\.)(?:log\w*|exception|warning|warn|info|debug|error|critical|print|capture_\w+)$")


@dataclass(frozen=True)
class Disclosure:
    """Something of the inside that an answer holds: "environment", "settings", "trace" or "error"."""

    languages: ClassVar[frozenset[str]] = frozenset({"python"})
    hint: ClassVar[Hint] = Hint.of("except", "environ", "format_exc", "globals()", ".config", "settings.")

    place: Place
    what: str
    name: str

    @classmethod
    def find(cls, source: Source) -> Iterable["Disclosure"]:
        table = names(source)
        for node, around in placed(source.tree):
            sent = _sent(node, table)
            if sent is None or not around.functions or not answers(around, table):
                continue
            found = next(_inside(sent, around, table), None)
            if found and not (found[0] == "error" and _CALLERS_FAULT.search(text(sent))):
                yield cls(Place.at(source.path, sent.lineno, sent.end_lineno), *found)


def _sent(node: ast.AST, table: Names) -> ast.expr | None:
    """What a statement answers with, as a whole; a call is read once, with the statement around it."""
    match node:
        case ast.Return(value=ast.expr() as value):
            return value
        case ast.Raise(exc=ast.Call() as value) if _SENDS.search(table.of(value.func)):
            return value
        case ast.Expr(value=ast.Call() as value) if _SENDS.search(table.of(value.func) or last(value.func)):
            return value
    return None


def _inside(sent: ast.expr, around: Around, table: Names) -> Iterator[tuple[str, str]]:
    """What of the inside an expression holds, through calls that keep it."""
    caught = {h.name for h in around.handlers if h.name and (h.type is None or _broad(h.type, table))}
    local = assigned(around.functions[-1])
    stack: list[tuple[ast.AST, int]] = [(sent, 0)]
    while stack:
        node, hops = stack.pop()
        name = table.of(node) if isinstance(node, ast.Name | ast.Attribute) else ""
        if name in _ENVIRONMENT:
            yield "environment", name
        elif name and _CONFIG.search(name):
            yield "settings", name
        elif isinstance(node, ast.Call):
            stack += _of_call(node, hops, sent, table)
            if _TRACES.search(table.of(node.func)):
                yield "trace", last(node.func)
            elif table.of(node.func) == "builtins.globals":
                yield "environment", "globals()"
        elif isinstance(node, ast.Name) and node.id in caught:
            yield "error", node.id
        elif isinstance(node, ast.Name) and node.id in local and hops < 2:
            stack += [(value, hops + 1) for value in local[node.id]]
        elif (
            isinstance(node, ast.Attribute) and last(node.value) in caught and node.attr in {"args", "message", "orig"}
        ):
            yield "error", f"{last(node.value)}.{node.attr}"
        elif not isinstance(node, ast.Name | ast.Attribute | ast.Subscript | ast.Compare | ast.Lambda):
            stack += [(child, hops) for child in children(node)]


def _of_call(node: ast.Call, hops: int, sent: ast.expr, table: Names) -> Iterator[tuple[ast.AST, int]]:
    """The parts of a call whose value holds its arguments."""
    name = table.of(node.func) or last(node.func)
    keeps = node is sent or last(node.func) in _KEEPS or _SENDS.search(name)
    if keeps and not _LOGS.search(name):
        yield from ((part, hops) for part in (*node.args, *(word.value for word in node.keywords)))
        if isinstance(node.func, ast.Attribute) and last(node.func) in _KEEPS:
            yield node.func.value, hops


def _broad(kind: ast.expr, table: Names) -> bool:
    """Whether an error of any kind is caught, whose text is not meant for whoever asked."""
    parts = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(_BROAD.search(table.of(part)) for part in parts)

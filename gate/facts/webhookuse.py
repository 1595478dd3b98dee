"""How the check of a webhook's signature is used: swallowed, made only where a signature came, too late, or with a key anybody knows."""

import ast
import re
from collections.abc import Iterator, Sequence

from gate import lazy
from gate.facts import guardwords
from gate.facts.reached import swallowed
from gate.facts.reading import Function, Node, Reading
from gate.facts.spelling import last, spelled
from gate.nodes import walk

Found = tuple[ast.AST, str, str]
_SENT = lazy.regex(r"\bheaders\b|\bMETA\b|\bget_header\b")
_SIGNED = lazy.regex(r"(?i)sig|hmac|digest|svix")
"""What a signature is called; a token may be one of several proofs."""
_PARSED = lazy.regex(r"get_json|json\.loads|\.json\b|\bparse\w*\(|\.form\b|request\.data\b|\bbody\b|payload")
_NOTES = lazy.regex(
    r"(?i)\b_?log\w*\b|logger|logging|print|metric|statsd|incr|count|capture|span|trace|tag|bind|audit|raw|archive|abort|check|verif|valid|require|assert|auth|sign|digest|update"
)
"""What may well be done with an event before it is believed."""
_ENVIRON = lazy.regex(r"(?:^|\.)(?:getenv|environ\.get)$")


def used(file: Reading, one: Node) -> Iterator[Found]:
    """What is wrong with how a function that receives something uses its check."""
    node, name = one.node, f"{one.where}.{one.node.name}".lstrip(".")
    calls = [part for part in walk(node) if isinstance(part, ast.Call)]
    checks = [call for call in calls if guardwords.of_call(spelled(call.func)) == "signature"]
    if checks:
        unheeded = swallowed(node)
        kept = {id(part) for each in walk(node) if isinstance(each, ast.Assign) for part in walk(each.value)}
        yield from (
            (call, "swallowed", spelled(call.func)) for call in checks if call in unheeded and id(call) not in kept
        )
        yield from _only_if_sent(file, node, name, checks)
        yield from _too_late(file, node, name, checks)
    for call in calls:
        if file.names.of(call.func) in {"hmac.new", "hmac.digest", "hmac.HMAC"} and call.args and checks:
            yield from _known_key(file, call, name)


def _only_if_sent(file: Reading, node: Function, name: str, checks: Sequence[ast.Call]) -> Iterator[Found]:
    """`if signature and not compare_digest(...)`: whoever sends none is believed."""
    for part in (one for one in walk(node) if isinstance(one, ast.If)):
        asked = part.test.values if isinstance(part.test, ast.BoolOp) and isinstance(part.test.op, ast.And) else []
        check = next((call for call in checks if any(_denied(call, test) for test in asked)), None)
        if check is None and not part.orelse:
            inner = [each.test for each in part.body if isinstance(each, ast.If)]
            check = next((call for call in checks if any(_denied(call, test) for test in inner)), None)
            asked = [part.test]
        for test in asked if check is not None else ():
            if isinstance(test, ast.Name) and check is not None and test.id in _names(check):
                value = file.value(test, name)
                text = ast.unparse(value) if value is not None else ""
                sent = _SENT.search(text) and _SIGNED.search(f"{text} {test.id}")
                if sent and not _is_owed(node, test.id, part):
                    yield part, "unsent", test.id


def _denied(check: ast.Call, test: ast.expr) -> bool:
    """Whether a condition holds where the check does not: `not compare_digest(...)`."""
    return isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) and check in walk(test)


def _names(call: ast.Call) -> set[str]:
    return {part.id for part in walk(call) if isinstance(part, ast.Name)}


def _is_owed(node: Function, name: str, but: ast.If) -> bool:
    """Whether elsewhere the function says what happens without it."""
    tests = [part.test for part in walk(node) if isinstance(part, ast.If) and part is not but]
    return any(re.search(rf"\bnot {name}\b|\b{name} is None\b", ast.unparse(test)) for test in tests)


def _too_late(file: Reading, node: Function, name: str, checks: Sequence[ast.Call]) -> Iterator[Found]:
    """What is done with the event before its signature is looked at."""
    first = min(call.lineno for call in checks)
    tested = any(call in walk(part.test) for part in walk(node) if isinstance(part, ast.If) for call in checks)
    for part in node.body if tested else ():
        value = part.value if isinstance(part, ast.Expr) else None
        value = value.value if isinstance(value, ast.Await) else value
        if part.lineno < first and isinstance(value, ast.Call) and not _NOTES.search(spelled(value.func)):
            held = [file.value(word, name) for arg in value.args for word in walk(arg) if isinstance(word, ast.Name)]
            if any(one is not None and _PARSED.search(ast.unparse(one)) for one in held):
                yield part, "late", spelled(value.func)
                return


def _known_key(file: Reading, call: ast.Call, name: str) -> Iterator[Found]:
    """`hmac.new(os.environ.get("KEY", "").encode(), ...)`: where it is not set, everybody knows the key."""
    key = call.args[0]
    while isinstance(key, ast.Call) and last(spelled(key.func)) in {"encode", "bytes"}:
        key = key.func.value if isinstance(key.func, ast.Attribute) else key.args[0]
    said = spelled(key)
    value = file.value(key, name) if isinstance(key, ast.Name | ast.Attribute) else key
    if not isinstance(value, ast.Call) or not _ENVIRON.search(file.names.of(value.func) or spelled(value.func)):
        return
    default = value.args[1] if len(value.args) > 1 else None
    asked = said and re.search(
        rf"(?:\bnot|assert|\bif)\s+{re.escape(said)}\b|\b{re.escape(said)} is None", file.source.text
    )
    if isinstance(default, ast.Constant) and isinstance(default.value, str) and not asked:
        yield call, "known", ast.unparse(value)

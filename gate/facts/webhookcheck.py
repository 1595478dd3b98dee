"""How signatures of webhooks are checked: switched off, over parsed text, or without asking how old they are."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from gate import lazy
from gate.facts.reading import Function, Node, Reading, reading
from gate.facts.spelling import last, spelled, texts
from gate.facts.webhookuse import used
from gate.hint import Hint
from gate.nodes import walk
from gate.paths import kind
from gate.source import Place, Source

_LONG = 900
"""Seconds after which an event is too old to be believed."""
_STAMP = lazy.regex(
    r"(?i)^(?:ts|t|stamp|timestamp|time_?stamp|[\w-]+-timestamp|signed_at|created_at|sent_at|\w+_timestamp|\w+_ts)$"
)
_CLOCK = lazy.regex(r"(?:^|\.)(?:time|now|utcnow|monotonic|time_ns|today)$")
_COMPARES = lazy.regex(r"(?:^|\.)(?:compare_digest|constant_time_compare|safe_str_cmp)$")


@dataclass(frozen=True)
class WebhookCheck:
    """A check that checks less than it seems.

    `what` is "off", "parsed", "ageless", "unlimited", "old", or how it is used: "swallowed", "unsent", "late", "known".
    """

    languages: ClassVar[frozenset[str]] = frozenset({"python"})
    hint: ClassVar[Hint] = Hint.of(
        "request_verification_enabled", "verify_header", "construct_event", "compare_digest", "constant_time_compare"
    )

    place: Place
    what: str
    written: str

    @classmethod
    def find(cls, source: Source) -> Iterator["WebhookCheck"]:
        if kind(source.path) in {"test", "dev", "migration"}:
            return
        file = reading(source)
        for one in file.calls():
            if found := _of_call(file, one):
                yield cls(file.place(one.node), *found)
        for one in file.of(ast.FunctionDef, ast.AsyncFunctionDef):
            for node, what, written in (*_by_hand(file, one), *used(file, one)):
                yield cls(file.place(node), what, written)


def _of_call(file: Reading, one: Node) -> tuple[str, str] | None:
    name, given = last(spelled(one.node.func)), file.given(one)
    off = given.get("request_verification_enabled")
    if isinstance(off, ast.Constant) and off.value is False:
        return "off", "request_verification_enabled=False"
    if name not in {"verify_header", "construct_event"}:
        return None
    place = 3
    tolerance = given.get("tolerance") or (one.node.args[place] if len(one.node.args) > place else None)
    if tolerance is None:
        silent = name == "verify_header" and "WebhookSignature" in spelled(one.node.func) and not _spreads(one.node)
        return ("ageless", spelled(one.node.func)) if silent else None
    value = file.literal(tolerance, one.where)
    written = f"tolerance={ast.unparse(tolerance)}"
    if value is None or value is False or value == 0:
        return "unlimited", written
    return ("old", written) if isinstance(value, int | float) and value > _LONG else None


def _spreads(call: ast.Call) -> bool:
    return any(word.arg is None for word in call.keywords) or any(isinstance(part, ast.Starred) for part in call.args)


def _by_hand(file: Reading, one: Node) -> Iterator[tuple[ast.AST, str, str]]:
    """HMACs a function computes itself: over text that was parsed, or with a time nobody looks at."""
    node, name = one.node, f"{one.where}.{one.node.name}".lstrip(".")
    calls = [part for each in node.body for part in walk(each) if isinstance(part, ast.Call)]
    macs = [call for call in calls if file.names.of(call.func) in {"hmac.new", "hmac.digest", "hmac.HMAC"}]
    compared = [call for call in calls if _COMPARES.search(spelled(call.func))]
    if not macs or not compared or any(isinstance(part, Function) for each in node.body for part in walk(each)):
        return
    for mac in macs:
        signed = mac.args[1] if len(mac.args) > 1 else next((w.value for w in mac.keywords if w.arg == "msg"), None)
        held = _held(file, signed, name)
        if any(isinstance(part, ast.Call) and last(spelled(part.func)) == "dumps" for part in held) and _receives(node):
            yield mac, "parsed", ast.unparse(mac)[:90]
        stamps = {word for part in held for word in texts(part) if _STAMP.match(word)}
        if stamps and (age := _age(file, node, name)) is not None:
            yield compared[0], *age


def _receives(node: ast.AST) -> bool:
    return any(
        word in {"request", "req", "headers"}
        for part in walk(node)
        for word in [getattr(part, "id", "") or getattr(part, "arg", "") or ""]
    )


def _held(file: Reading, signed: ast.expr | None, name: str) -> list[ast.AST]:
    """The parts of an expression, and of what its names are bound to."""
    found = walk(signed) if signed is not None else []
    bound = [file.value(part, name) for part in found if isinstance(part, ast.Name)]
    return [*found, *(part for value in bound if value is not None for part in walk(value))]


def _age(file: Reading, node: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> tuple[str, str] | None:
    """What is wrong with how the age of an event is limited; None where nothing is."""
    clocks = [part for part in walk(node) if isinstance(part, ast.Call) and _CLOCK.search(spelled(part.func))]
    if not clocks and not any(
        re.search(r"(?i)fresh|recent|skew|drift|window|expire|replay|stale|too_old|tolerance|max_age", word)
        for word in texts(node)
    ):
        return "ageless", node.name
    for part in walk(node):
        if isinstance(part, ast.Compare) and any(clock in walk(part) for clock in clocks):
            limits = [file.literal(side, name) for side in (part.left, *part.comparators)]
            numbers = [value for value in limits if isinstance(value, int | float)] or [
                _product(side) for side in part.comparators
            ]
            if max(numbers, default=0) > _LONG:
                return "old", ast.unparse(part)
    return None


def _product(node: ast.expr) -> float:
    """`7 * 24 * 3600` as a number; 0 for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return node.value
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return _product(node.left) * _product(node.right)
    return 0

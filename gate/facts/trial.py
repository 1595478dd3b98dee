"""Tests, one by one: what each asserts, whether it runs, and whether it is about who may do what."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import ClassVar

from gate import lazy
from gate.nodes import children, walk
from gate.paths import kind
from gate.source import Place, Source

_JS = lazy.regex(
    r"(?m)^[ \t]*(x?(?:it|test|describe))((?:\.\w+)*)(?:\([^()\n]*\)\()?\(\s*(['\"`])((?:(?!\3)[^\\\n]|\\.)*)\3"
)
_JS_ASSERTS = lazy.regex(r"\b(?:expect|assert|should)\b(?!\((?:true|1)\)\.toB)")
_SKIPS = lazy.regex(r"\.(?:skip|todo|fixme)\b")
_MARKS = lazy.regex(r"(?:^|\.)(?:skip|xfail|expectedFailure|disabled|ignore)$")
_REFUSED = lazy.regex(
    r"\b(?:40[134]|400|422|429|302|303)\b|(?i:forbid|denied|unauthori[sz]|permission_?(?:denied|error)|not_?allowed|refus|reject|bad_?request|not_?found|conflict|unprocessable"
    r"|raises?\b|tothrow|is_?invalid|invalid_|redirects?\b|(?:assert|expect)_?(?:no|not|requires|login|error)\w*)"
)
"""How a test may say that somebody is turned away."""
_TURNED_AWAY = lazy.regex(
    r"\b40[13]\b|(?i:forbidden|unauthori[sz]ed)|PermissionDenied|PermissionError|NotAuthori[sz]ed|InvalidSignature|SignatureVerif\w+"
)
_ABOUT = lazy.regex(
    r"(?i)auth(?!or)|authori|permission|secur|forbid|csrf|signature|webhook|tenant|isolat|jwt|refund|denied|login_required"
    r"|(?:^|_|\b)(?:rate_?limit|rbac|otp|mfa|roles?|admin|owner)(?:_|\b)|injection|xss|ssrf|traversal"
)
_SPREAD = lazy.regex(r"\bin\s*[\[({]([^\])}]*)[\])}]|\.to(?:Be)?(?:OneOf|ContainEqual)\(|\[([^\]]*)\]\)\.toContain\(")
_CODE = lazy.regex(r"\b[1-5]\d\d\b")


@dataclass(frozen=True)
class Trial:
    """One test. `lines` are its own, stripped; `why` says what keeps it from running, "" if nothing does."""

    place: Place
    name: str
    lines: tuple[str, ...]
    asserts: int
    why: str

    languages: ClassVar[frozenset[str]] = frozenset({"python", "javascript", "typescript"})
    hint: ClassVar[re.Pattern[str]] = lazy.regex(r"(?i)test|\bit\(|describe")

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def refuses(self) -> bool:
        """Whether it expects that somebody is turned away."""
        return any(_TURNED_AWAY.search(line) and _asserting(line) for line in self.lines)

    @property
    def may_refuse(self) -> bool:
        return bool(_REFUSED.search(self.text))

    @property
    def spread(self) -> bool:
        """Whether it is content with success and with refusal."""
        for found in _SPREAD.finditer(self.text):
            codes = set(_CODE.findall(found[1] or found[2] or ""))
            if codes & {"200", "201", "204"} and codes & {"401", "403"}:
                return True
        return any(map(_either, self.lines))

    @property
    def guards(self) -> bool:
        """Whether it is about who may do what."""
        return self.refuses or bool(_ABOUT.search(self.name))

    @classmethod
    def find(cls, source: Source) -> Iterator["Trial"]:
        if kind(source.path) == "test":
            yield from _python(source) if source.language == "python" else _javascript(source)


def _either(line: str) -> bool:
    """`assert r.status_code == 403 or r.ok`."""
    sides = line.split(" or ") if line.startswith("assert ") else []
    return any(_TURNED_AWAY.search(side) for side in sides) and not all(map(_REFUSED.search, sides))


def _asserting(line: str) -> bool:
    return bool(re.search(r"(?i)assert|expect|raises|throw|status|should|==", line))


def _python(source: Source) -> Iterator[Trial]:
    for node in walk(source.tree) if source.tree is not None else ():
        if isinstance(node, ast.ClassDef):
            why = _mark(node.decorator_list)
            for part in node.body:
                if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef) and part.name.startswith("test"):
                    yield _trial(source, part, f"{node.name}.{part.name}", why)
    whole = _whole(source.tree) if source.tree is not None else ""
    for part in source.tree.body if source.tree is not None else ():
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef) and part.name.startswith("test"):
            yield _trial(source, part, part.name, whole)


def _trial(source: Source, node: ast.FunctionDef | ast.AsyncFunctionDef, name: str, why: str) -> Trial:
    place = Place.at(source.path, node.lineno, node.end_lineno)
    first = node.body[1:] if _is_text(node.body[0]) and node.body[1:] else node.body
    lines = source.lines[first[0].lineno - 1 : place.end_line]
    why = why or _mark(node.decorator_list) or _stopped(first[0])
    return Trial(place, name, tuple(line.strip() for line in lines), sum(map(_is_assert, _counting(node))), why)


def _counting(node: ast.AST) -> Iterator[ast.AST]:
    """What a test runs, and whose failure is not swallowed."""
    stack = [node]
    while stack:
        one = stack.pop()
        if isinstance(one, ast.Try) and any(map(_swallows, one.handlers)):
            stack += [*one.orelse, *one.finalbody]
        elif isinstance(one, ast.If) and isinstance(one.test, ast.Constant):
            stack += one.body if one.test.value else one.orelse
        else:
            yield one
            stack += children(one)


def _swallows(handler: ast.ExceptHandler) -> bool:
    caught = ast.unparse(handler.type) if handler.type else "Exception"
    idle = all(isinstance(part, ast.Pass) for part in handler.body)
    return idle and bool(re.search(r"\b(?:AssertionError|(?:Base)?Exception)\b", caught))


def _whole(tree: ast.Module) -> str:
    """`pytestmark = pytest.mark.skip`, which is for all tests of a file."""
    for part in tree.body:
        if (
            isinstance(part, ast.Assign)
            and isinstance(part.targets[0], ast.Name)
            and part.targets[0].id == "pytestmark"
        ):
            marks = part.value.elts if isinstance(part.value, ast.List | ast.Tuple) else [part.value]
            return _mark(marks)
    return ""


def _mark(marks: list[ast.expr]) -> str:
    """The decorator that keeps a test from counting; one with a condition or `strict=True` does not."""
    for mark in marks:
        name = ast.unparse(mark.func if isinstance(mark, ast.Call) else mark)
        given = mark if isinstance(mark, ast.Call) else None
        words = {word.arg: word.value for word in given.keywords} if given else {}
        strict = isinstance(words.get("strict"), ast.Constant) and ast.literal_eval(words["strict"]) is True
        conditional = bool(given and given.args and name.endswith("xfail")) or "condition" in words
        always = (
            name.endswith(("skipif", "skipIf"))
            and given
            and given.args
            and not any(isinstance(one, ast.Name | ast.Call) for one in ast.walk(given.args[0]))
        )
        if always or (_MARKS.search(name) and not strict and not conditional):
            return f"@{name}"
    return ""


def _stopped(first: ast.stmt) -> str:
    """What ends a test with its first statement."""
    if isinstance(first, ast.Return):
        return "return"
    call = first.value if isinstance(first, ast.Expr) else None
    name = ast.unparse(call.func) if isinstance(call, ast.Call) else ""
    return f"{name}()" if name.endswith(("pytest.skip", "skipTest", "pytest.xfail")) else ""


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_assert(node: ast.AST) -> bool:
    if isinstance(node, ast.Assert):
        return not _is_true(node.test)
    if not isinstance(node, ast.Call):
        return False
    name = ast.unparse(node.func).rpartition(".")[2] if isinstance(node.func, ast.Name | ast.Attribute) else ""
    return bool(re.search(r"(?i)^_?(?:assert|check|expect|verify|should|raises|warns|fail)", name)) and not (
        name == "assertTrue" and bool(node.args) and _is_true(node.args[0])
    )


def _is_true(test: ast.expr) -> bool:
    """`True`, `x or True`, `x == x`."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or):
        return any(map(_is_true, test.values))
    if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Eq):
        return ast.dump(test.left) == ast.dump(test.comparators[0])
    return isinstance(test, ast.Constant) and bool(test.value)


def _end(text: str, group: re.Match[str]) -> int:
    """Where a group of tests closes: at the first line that closes something as far out as it opens."""
    indent = group[0][: len(group[0]) - len(group[0].lstrip())].rpartition("\n")[2]
    closed = re.compile(rf"(?m)^{indent}\}}").search(text, group.end())
    return closed.start() if closed else len(text)


def _javascript(source: Source) -> Iterator[Trial]:
    found = list(_JS.finditer(source.text))
    idle = 0  # how far the group reaches that is skipped as a whole
    for one, following in zip_longest(found, found[1:]):
        left_out = one[1].startswith("x") or bool(_SKIPS.search(one[2]))
        if one[1].endswith("describe"):
            idle = max(idle, _end(source.text, one)) if left_out else idle
        else:
            end = following.start() if following else len(source.text)
            body = source.text[one.end() : end]
            line = source.text.count("\n", 0, one.start(1)) + 1
            why = f"{one[1]}{one[2]}" if left_out else "describe.skip" if one.start() < idle else ""
            place = Place.at(source.path, line, line + body.count("\n"))
            lines = tuple(part.strip() for part in body.split("\n"))
            yield Trial(place, one[4], lines, len(_JS_ASSERTS.findall(body)), why)

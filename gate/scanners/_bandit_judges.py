"""What the code at an issue of bandit shows: how grave it can be there, or that it is no flaw.

Names are followed to what the function binds them to, and no further: where data comes from is for the flow rules.
"""

import ast
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from gate import lazy
from gate.facts.value import ESCAPED, QUOTED, SIGNED
from gate.rule import Severity
from gate.scanners._bandit_texts import last_name, names_of, pieces, unsure

N = TypeVar("N", bound=ast.expr | ast.stmt)

_CHECKS = frozenset("fullmatch match isalnum isalpha isdigit isdecimal isnumeric isidentifier".split())
_PARSES = frozenset({"parse", "parseString"})
_GIVEN = frozenset({"args", "cmd", "command", "source", "url", "stream", "data", "string", "text"})
_TOLD_APART = lazy.regex(
    r"(?i)colou?r|cache(?!_?control)|etag|dedup|duplicat|bucket|shard|partition|gravatar|avatar|manifest|slug"
)
_SECURED = lazy.regex(
    r"(?i)passw|pwd|secret|token|auth|sign|verif|mac\b|nonce|salt|csrf|session|cookie|cred|cert|crypt"
)
"""Words of what is hashed to tell things apart, and of what a hash is to protect."""
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True)
class Index:
    """The expressions and functions of a module that issues are about."""

    calls: Mapping[int, list[ast.Call]]
    """By their column."""
    functions: list[ast.FunctionDef | ast.AsyncFunctionDef]
    texts: list[ast.expr]
    """Strings that are put together."""
    statements: list[ast.stmt]
    labels: list[ast.Call]
    """Digests that are cut short, or taken as a number."""


@dataclass(frozen=True)
class Issue:
    """A place bandit means: the module, a line and a column in it."""

    tree: ast.Module
    line: int
    column: int
    end_column: int = -1

    def call(self) -> ast.Call | None:
        """The call that starts in the column and has the line; of several, the one that ends where bandit says."""
        calls = list(self._around(_index(self.tree).calls.get(self.column, [])))
        ending = [call for call in calls if call.end_col_offset == self.end_column]
        return max(ending or calls, key=_line, default=None)

    def function(self) -> ast.AST:
        """The innermost function around, else the module."""
        return max(self._around(_index(self.tree).functions), key=_line, default=self.tree)

    def texts(self) -> list[ast.expr]:
        """The strings that are put together on the line."""
        return list(self._around(_index(self.tree).texts))

    def given(self) -> list[ast.expr]:
        """What the call is given to run, to read or to show."""
        call = self.call()
        if call and last_name(call) == "make_parser":  # it parses nothing before it is told to
            calls = (node for node in ast.walk(self.function()) if isinstance(node, ast.Call))
            return [one.args[0] for one in calls if last_name(one) in _PARSES and one.args]
        named = (word.value for word in call.keywords if word.arg in _GIVEN) if call else ()
        return [*call.args[:1], *named] if call else []

    def said(self) -> str:
        """The name of the function around, and the statement that the call stands in."""
        function = self.function()
        near = (part for part in self._around(_index(self.tree).statements) if not hasattr(part, "body"))
        name = getattr(function, "name", "")
        return "\n".join((name, *map(ast.unparse, near)))

    def is_label(self) -> bool:
        """Whether the hash that starts in the column ends as a label."""
        return any(call.col_offset == self.column for call in self._around(_index(self.tree).labels))

    def _around(self, nodes: Iterable[N]) -> Iterator[N]:
        return (node for node in nodes if _line(node) <= self.line <= (node.end_lineno or 0))


def _line(node: ast.expr | ast.stmt) -> int:
    return node.lineno


@lru_cache(maxsize=4)
def _index(tree: ast.Module) -> Index:
    found = Index(defaultdict(list), [], [], [], [])
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            found.calls[node.col_offset].append(node)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.functions.append(node)
        if isinstance(node, ast.stmt):
            found.statements.append(node)
        if isinstance(node, ast.expr) and pieces(node):
            found.texts.append(node)
        match node:
            case (
                ast.Subscript(
                    value=ast.Call(func=ast.Attribute(attr="digest" | "hexdigest")) as digest, slice=ast.Slice()
                )
                | ast.Call(func=ast.Name(id="int"), args=[ast.Call(func=ast.Attribute(attr="hexdigest")) as digest, _])
            ):
                found.labels.append(digest)
    return found


def judged(test: str, issue: Issue) -> Severity | None:
    """The gravest the code lets an issue be; None where it is no flaw."""
    judge = _JUDGES.get(test)
    return judge(issue) if judge else Severity.HIGH


def _shell(issue: Issue) -> Severity:
    """HIGH where values are pasted in; a command that comes from elsewhere is for the flow rules.

    Whoever calls a command of click has a shell already: what they type gives them no more.
    """
    call = issue.call()
    if call is None:
        return Severity.HIGH
    function = issue.function()
    names = names_of(function)
    named = (word.value for word in call.keywords if word.arg in {"args", "cmd", "command"})
    commands = [command for command in (*call.args[:1], *named) if pieces(command)]
    open_ = [part for command in commands for part in unsure(command, names)]
    if any(not _checked(part, function, call.lineno) for part in open_) and not _is_typed(function):
        return Severity.HIGH
    return Severity.LOW if commands and not open_ else Severity.MEDIUM


def _is_typed(function: ast.AST) -> bool:
    """Whether a function is a command of click, `@click.option(...)` above it, and so called from a terminal."""
    named = (one.func if isinstance(one, ast.Call) else one for one in getattr(function, "decorator_list", ()))
    return any(isinstance(one, ast.Attribute) and last_name(one.value) == "click" for one in named)


def _sql(issue: Issue) -> Severity | None:
    """LOW where only numbers and constants are put in; None where nothing is."""
    names = names_of(issue.function())
    built = issue.texts()
    if not built or any(unsure(node, names) for node in built):
        return Severity.HIGH
    whole = all(isinstance(node, ast.JoinedStr) and not _interpolates(node) for node in built)
    return None if whole else Severity.LOW


def _interpolates(text: ast.JoinedStr) -> bool:
    return any(isinstance(part, ast.FormattedValue) for part in text.values)


def _hash(issue: Issue) -> Severity:
    """LOW for a digest that tells things apart: a part of it is kept, or what is said speaks of a cache."""
    said = issue.said()
    label = issue.is_label() or (_TOLD_APART.search(said) and not _SECURED.search(said))
    return Severity.LOW if label else Severity.HIGH


def _pickle(issue: Issue) -> Severity:
    """LOW for a copy made by way of a pickle."""
    call = issue.call()
    return Severity.LOW if call and call.args and last_name(call.args[0]) == "dumps" else Severity.HIGH


def _yaml(issue: Issue) -> Severity:
    """HIGH for loaders that build objects; LOW for one of the project's own, which may well be safe."""
    call = issue.call()
    if call is None:
        return Severity.HIGH
    given = [*call.args[1:2], *(word.value for word in call.keywords if word.arg == "Loader"), *_spread(issue, call)]
    name = last_name(given[0]) if given else "Loader"
    if name == "FullLoader":
        return Severity.MEDIUM
    return Severity.HIGH if name in {"Loader", "CLoader", "UnsafeLoader", "CUnsafeLoader"} else Severity.LOW


def _spread(issue: Issue, call: ast.Call) -> Iterator[ast.expr]:
    """The loader in a dictionary of options: `options = {"Loader": SafeLoader}`, then `yaml.load(**options)`."""
    names = {word.value.id for word in call.keywords if word.arg is None and isinstance(word.value, ast.Name)}
    for node in ast.walk(issue.function()) if names else ():
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Dict)
            and names & set(map(last_name, node.targets))
        ):
            pairs = zip(node.value.keys, node.value.values, strict=True)
            yield from (held for key, held in pairs if isinstance(key, ast.Constant) and key.value == "Loader")


def _xml(issue: Issue) -> Severity | None:
    """None where the function tells its parser to leave external entities alone."""
    calls = (
        node for node in ast.walk(issue.function()) if isinstance(node, ast.Call) and last_name(node) == "setFeature"
    )
    said = [call.args for call in calls if len(call.args) > 1 and last_name(call.args[0]) == "feature_external_ges"]
    off = [isinstance(on, ast.Constant) and not on.value for _, on, *_ in said]
    return None if off and all(off) else Severity.HIGH


def _debug(issue: Issue) -> Severity:
    """MEDIUM for a server somebody starts by hand, on the loopback address."""
    call = issue.call()
    here = (node for node in issue.tree.body if isinstance(node, ast.If) and "__name__" in ast.unparse(node.test))
    if call is None or not any(node.lineno <= issue.line <= (node.end_lineno or 0) for node in here):
        return Severity.HIGH
    hosts = [*call.args[:1], *(word.value for word in call.keywords if word.arg == "host")]
    local = all(isinstance(host, ast.Constant) and host.value in _LOOPBACK for host in hosts)
    return Severity.MEDIUM if local else Severity.HIGH


def _checked(part: ast.expr, function: ast.AST, line: int) -> bool:
    """Whether the function asks, before this line, if a name is a member of something or has a pattern."""
    if not isinstance(part, ast.Name):
        return False
    asked = (node for node in ast.walk(function) if isinstance(node, ast.Compare | ast.Call) and node.lineno < line)
    return any(_asks(node, part.id) for node in asked)


def _asks(node: ast.Compare | ast.Call, name: str) -> bool:
    if isinstance(node, ast.Compare):
        left = node.left
        return isinstance(left, ast.Name) and left.id == name and isinstance(node.ops[0], ast.In | ast.NotIn)
    receiver = [node.func.value] if isinstance(node.func, ast.Attribute) else []
    about = (one for one in (*receiver, *node.args) if isinstance(one, ast.Name))
    return last_name(node.func) in _CHECKS and any(one.id == name for one in about)


_JUDGES: Mapping[str, Callable[[Issue], Severity | None]] = {
    "B201": _debug, "B301": _pickle, "B317": _xml, "B318": _xml, "B319": _xml, "B324": _hash, "B506": _yaml,
    "B602": _shell, "B605": _shell, "B608": _sql,
}  # fmt: skip

HARMLESS: Mapping[str, str] = {
    **dict.fromkeys(("B102", "B307", "B310", "B608"), ""),
    **dict.fromkeys(("B601", "B602", "B604", "B605"), QUOTED),
    **dict.fromkeys(("B301", "B302", "B506", "B614"), SIGNED),
    **dict.fromkeys(("B313", "B314", "B315", "B316", "B317", "B318", "B319"), SIGNED),
    **dict.fromkeys(("B703", "B704"), ESCAPED),
}
"""Tests of what a value may do where it is used, and the marks of text that may be used there."""

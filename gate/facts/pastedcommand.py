"""Command lines that values are pasted into, where they are handed to something that runs command lines."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from gate import lazy
from gate.facts import sqlguess
from gate.facts.bindings import Scope, last_name
from gate.facts.names import constant
from gate.facts.placeholders import HOLE
from gate.facts.strings import operands, puts, render
from gate.hint import Hint
from gate.nodes import walk
from gate.source import Place, Source

_WHERE = frozenset({"ssh", "cli", "cmd", "shell", "command", "commands", "sudo", "adb", "bash", "remote"})
_RUNS = frozenset({"run", "runs", "exec", "execute", "invoke", "do", "async", "subprocess"})
_ALONE = frozenset({"shell", "sudo", "ssh", "bash", "adb", "adb_shell", "cmd.run", "cmd.run_all", "cmd.shell"})
_ON = frozenset(
    {"ssh", "shell", "remote", "runner", "conn", "connection", "ctx", "context", "c", "host", "sandbox", "adb", "vm"}
)
"""What a plain `run` or `execute` is called on where it runs command lines: Fabric's and Invoke's contexts among them."""
_PLAIN = frozenset({"run", "execute"})
_OTHERS = frozenset({"subprocess", "os", "asyncio", "commands", "cursor", "db"})
"""What has rules of its own."""
_WORD = lazy.regex(r"[a-z]+")
_COMMAND = lazy.regex(r"\s*(?:sudo\s+)?[a-z./~][\w./+-]*\s+\S")
_PROGRAM = lazy.regex(
    r"\s*(?:sudo\s+)?(?:cd|ls|cat|cp|mv|rm|mkdir|rmdir|chmod|chown|ln|tar|zip|unzip|gzip|find|grep|sed|awk|tee|echo|touch|dd|kill|pkill|test"
    r"|docker|podman|kubectl|helm|git|pip3?|uv|npm|npx|yarn|pnpm|python3?|node|bash|sh|curl|wget|ssh|scp|rsync|ping|nc|openssl|systemctl"
    r"|service|mount|umount|ip|iptables|apt|apt-get|yum|dnf|apk|make|ffmpeg|adb|psql|mysql|mysqldump|pg_dump|aws|gcloud|az|terraform|java)\s"
    r"|[^\n]*\s--?[a-zA-Z]"
)
_PERCENT = lazy.regex(r"%(?:\(\w*\))?[-#0 +]*[\d*]*(?:\.\d+)?([a-zA-Z])")
_QUOTES = frozenset(
    {
        "quote",
        "shlex_quote",
        "shell_quote",
        "quote_plus",
        "list2cmdline",
        "escapeshellarg",
        "int",
        "float",
        "len",
        "hash",
        "id",
    }
)
_SPLITS = lazy.regex(r"\bshlex\b|\.split\(")


@dataclass(frozen=True)
class PastedCommand:
    """One such command; `opening` is its beginning, up to the first value, and `runner` what it is handed to."""

    languages: ClassVar[frozenset[str]] = frozenset({"python"})
    hint: ClassVar[Hint] = Hint.of("shell", "ssh", "cli", "cmd", "command", "sudo", "bash", "adb", "run", "execute")

    place: Place
    runner: str
    opening: str

    @classmethod
    def find(cls, source: Source) -> Iterator["PastedCommand"]:
        calls = ((put.node, put.scope) for put in puts(source) if isinstance(put.node, ast.Call))
        found = [(node, *said) for node, scope in calls if (said := _command(node, scope))]
        splitters = _splitters(source) if found else frozenset[str]()
        for node, runner, text in found:
            if runner not in splitters:
                yield cls(Place.at(source.path, node.lineno, node.end_lineno), runner, text.partition(HOLE)[0].strip())


def _command(call: ast.Call, scope: Scope) -> tuple[str, str] | None:
    """What a call runs, where values are pasted into it."""
    if not (runner := _runner(call.func)):
        return None
    given = call.args[0] if call.args else next((k.value for k in call.keywords if k.arg in {"cmd", "command"}), None)
    text = render(given, scope)
    if given is None or text is None or HOLE not in text or not _COMMAND.match(text) or sqlguess.verb(text):
        return None
    named = runner not in _PLAIN
    return (runner, text) if (named or _PROGRAM.match(text)) and any(_pasted(given, scope)) else None


def _runner(func: ast.expr) -> str:
    """The name of what runs command lines; "" for anything else."""
    if isinstance(func, ast.Subscript):  # Salt's `__salt__["cmd.run"]`
        name = constant(func.slice) or ""
        return name if name in _ALONE else ""
    return _named(last_name(func), last_name(func.value) if isinstance(func, ast.Attribute) else "")


@lru_cache(maxsize=4096)
def _named(name: str, owner: str) -> str:
    said = set(_WORD.findall(name)) if name == name.lower() else set()
    if owner in _OTHERS or not said:
        return ""
    if name.strip("_") in _PLAIN:
        return name if _ON & set(_WORD.findall(owner.lower())) else ""
    return name if name in _ALONE or (said & _WHERE and said & _RUNS) else ""


def _pasted(node: ast.expr | None, scope: Scope, deep: int = 0) -> Iterator[ast.expr]:
    """The values that are pasted into a text and may be words or more of a command."""
    if node is None or deep > 5 or isinstance(node, ast.Constant):
        return
    if isinstance(node, ast.Name) and (bound := scope.lookup(node.id)) is not None:
        yield from _pasted(bound, scope, deep + 1)
    elif isinstance(node, ast.JoinedStr):
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                yield from _pasted(part.value, scope, deep + 1)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        for part in operands(node):
            yield from _pasted(part, scope, deep + 1)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        yield from _filled(node, scope, deep)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        for part in [*node.args, *(keyword.value for keyword in node.keywords)]:
            yield from _pasted(part, scope, deep + 1)
    elif not _is_harmless(node):
        yield node


def _filled(node: ast.BinOp, scope: Scope, deep: int) -> Iterator[ast.expr]:
    """What `%` fills in, numbers left out."""
    kinds = _PERCENT.findall(render(node.left, scope) or "")
    values = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
    for index, part in enumerate(values):
        if index >= len(kinds) or kinds[index] in "sra":
            yield from _pasted(part, scope, deep + 1)


def _is_harmless(node: ast.expr) -> bool:
    """Whether a value is a number, quoted for a shell, or a constant of the program's by its name."""
    name = last_name(node.func if isinstance(node, ast.Call) else node)
    if isinstance(node, ast.Call):
        return name in _QUOTES or (name == "join" and last_name(getattr(node.func, "value", node)) == "shlex")
    return name.strip("_").isupper() or name in {"executable", "__file__"}


def _splitters(source: Source) -> frozenset[str]:
    """The functions of a file that take a command apart again, and need no shell."""
    functions = (
        (one for one in walk(source.tree) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef))
        if source.tree
        else ()
    )
    return frozenset(
        one.name for one in functions if _SPLITS.search("\n".join(source.lines[one.lineno - 1 : one.end_lineno]))
    )

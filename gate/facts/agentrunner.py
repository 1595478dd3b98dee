"""Agents that are set up to run what their model writes, on this machine and without asking."""

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from gate import lazy
from gate.facts.defaults import default, last
from gate.facts.names import names
from gate.hint import Hint
from gate.nodes import walk
from gate.source import Place, Source

_TOOLS = frozenset({"terminal", "python_repl", "bash"})
_AUTOGEN = lazy.regex(r"(?:autogen|pyautogen|ag2)\b")
_SMOL = lazy.regex(r"smolagents\.(?:\w+\.)*CodeAgent$")
_CREW = lazy.regex(r"crewai\.(?:\w+\.)*Agent$")
_CLAUDE = lazy.regex(r"claude_(?:agent|code)_sdk\.\w+$")
_OPEN_INTERPRETER = lazy.regex(r"(?:^|\.)interpreter$")


@dataclass(frozen=True)
class AgentRunner:
    """A call or an assignment that lets a model run code; `what` says how."""

    languages: ClassVar[frozenset[str]] = frozenset({"python"})
    hint: ClassVar[Hint] = Hint.of(
        "load_tools",
        "code_execution_config",
        "additional_authorized_imports",
        "code_execution_mode",
        "unsafe_mode",
        "auto_run",
        "bypasspermissions",
    )

    place: Place
    what: str

    @classmethod
    def find(cls, source: Source) -> Iterable["AgentRunner"]:
        table = names(source)
        for node in walk(source.tree) if source.tree else ():
            what = ""
            if isinstance(node, ast.Call):
                what = _called(node, table.of(node.func), source)
            elif isinstance(node, ast.Assign) and last(node.targets[0]) == "auto_run":
                owner = node.targets[0].value if isinstance(node.targets[0], ast.Attribute) else node
                open_ = bool(_OPEN_INTERPRETER.search(table.of(owner)) and "interpreter" in source.text)
                what = "`auto_run = True`" if open_ and default(node.value, source) is True else ""
            if what and isinstance(node, ast.Call | ast.Assign):
                yield cls(Place.at(source.path, node.lineno, node.end_lineno), what)


def _called(node: ast.Call, name: str, source: Source) -> str:
    given = {word.arg: word.value for word in node.keywords if word.arg}
    if name.startswith("langchain") and name.endswith("load_tools"):
        named = default(node.args[0] if node.args else given.get("tool_names"), source)
        risky = sorted(_TOOLS & {one for one in named if isinstance(one, str)}) if isinstance(named, list) else []
        return f'the tool "{risky[0]}"' if risky else ""
    if _SMOL.match(name):
        allowed = default(given.get("additional_authorized_imports"), source)
        local = default(given.get("executor_type", ast.Constant(value="local")), source) == "local"
        return "every import" if local and isinstance(allowed, list) and "*" in allowed else ""
    if name.startswith("crewai_tools") and name.endswith("CodeInterpreterTool"):
        return "`unsafe_mode=True`" if default(given.get("unsafe_mode"), source) is True else ""
    if _CREW.match(name):
        return '`code_execution_mode="unsafe"`' if default(given.get("code_execution_mode"), source) == "unsafe" else ""
    if _CLAUDE.match(name):
        bypass = default(given.get("permission_mode"), source) == "bypassPermissions"
        return '`permission_mode="bypassPermissions"`' if bypass else ""
    return _autogen(given) if _AUTOGEN.match(name) else ""


def _autogen(given: dict[str, ast.expr]) -> str:
    held = given.get("code_execution_config")
    pairs = [*zip(held.keys, held.values, strict=True)] if isinstance(held, ast.Dict) else []
    told = {key.value: value for key, value in pairs if isinstance(key, ast.Constant)}
    told |= {word.arg: word.value for word in held.keywords} if isinstance(held, ast.Call) else {}
    off = told.get("use_docker")
    return '`"use_docker": False`' if isinstance(off, ast.Constant) and off.value is False else ""

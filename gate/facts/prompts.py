"""Where a file holds text that steers a model: all of it, the strings of its settings, the prompts in its code."""

import ast
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate

from gate import lazy
from gate.facts.agentconfig import leaves
from gate.facts.bindings import Function, last_name
from gate.facts.comment import TOKENS
from gate.facts.config import exact
from gate.facts.jsonc import plain
from gate.facts.strings import Put, is_text, puts, render
from gate.hint import Hint
from gate.paths import steers
from gate.source import Source

_SHORTEST = 25
"""Characters of a text that can be an instruction."""
_LONG = 80
"""Those of a text that is one, whatever it is called."""
_SAYS = lazy.regex(
    r"(?i)system|developer|content|template|text|descriptions?|rules?|messages?|goal|objective|tasks?|steps?|body|role"
)
_SHOWN = lazy.regex(
    r"(?i)keywords?|patterns?|phrases?|match(?:es)?|regex|values?|examples?|inputs?|user|quer(?:y|ies)|questions?|answers?|expected\w*|"
    r"outputs?|attacks?|payloads?|negative|positive|cases?"
)
"""Keys of what a model is shown or asked, and not told."""
_DATA = frozenset({"json", "yaml", "toml"})
_NAMED = lazy.regex(
    r"(?i)(?:^|_|(?<=[a-z])(?=[A-Z]))(?:prompts?|instructions?|persona|preamble|backstory|system_?message|system_?text)(?:_?(?:template|text|str|"
    r"base|prefix|suffix|header|v\d+|\d+))*$|^system$"
)
_CALLS = frozenset(
    "SystemMessage SystemMessagePromptTemplate PromptTemplate ChatPromptTemplate from_template SystemPromptPart "
    "SystemMessageChunk Prompt".split()
)
_ROLES = frozenset({"system", "developer"})
_TOOLS = frozenset({"tool", "function_tool", "ai_function", "kernel_function", "prompt"})
SPEAKS = Hint.of(
    ("prompt", r"s?(?:_?(?:template|text|str|base|prefix|suffix|header|v?\d+))*[\"']?\s*(?::[^=\n]{1,40})?[:=(]"),
    ("instruction", r"s?(?:_?(?:template|text|str))*[\"']?\s*(?::[^=\n]{1,40})?[:=(]"), ("role", r"[\"']?\s*[:=]\s*[\"'](?:system|developer)"),
    ("system", r"[\"']\s*[:,]|\s*=\s*[\"'(f]"), "systemmessage", "persona", "preamble", "backstory", "@tool", ".tool(", "function_tool",
)  # fmt: skip
"""How code shows that it may tell a model something."""
_JS = lazy.regex(r"([\w$]+)[\"']?(?:\s*:\s*string)?\s*[:=]\s*(?:dedent\s*)?$")
_JS_ROLE = lazy.regex(r"role[\"']?\s*:\s*[\"'`](?:system|developer)[\"'`][^{}]{0,60}$")


@dataclass(frozen=True)
class Prompt:
    """A text and its lines; `exact`: each of its lines is one of the file. `unseen`: only its comments count."""

    text: str
    line: int
    end_line: int
    exact: bool = True
    unseen: bool = False


def texts(source: Source) -> Iterator[Prompt]:
    if source.path.endswith(".hook") and steers(source.path):  # Kiro's, which are JSON
        yield from _leaves(replace(source, path=f"{source.path}.json"))
    elif source.language in _DATA and steers(source.path):
        yield from _leaves(source)
    elif source.language == "python":
        if SPEAKS.search(source.text):
            yield from _in_python(source)
    elif source.language in {"javascript", "typescript"}:
        if SPEAKS.search(source.text):
            yield from _in_javascript(source.text)
    elif steers(source.path):
        yield Prompt(source.text, 1, len(source.lines))
    elif source.language == "markdown" and "<!--" in source.text:
        yield Prompt(source.text, 1, len(source.lines), unseen=True)


def _leaves(source: Source) -> Iterator[Prompt]:
    root = exact(plain(source))
    for keys, node in leaves(root) if root else ():
        name = keys[-1] if keys else ""
        long = node.block or len(node.text) >= _LONG
        if (
            len(node.text) >= _SHORTEST
            and not _SHOWN.fullmatch(name)
            and (long or _SAYS.fullmatch(name) or _is_named(name))
        ):
            line = node.line + node.block
            yield Prompt(node.text, line, line + node.text.rstrip("\n").count("\n") * node.block, exact=node.block)


def _in_python(source: Source) -> Iterator[Prompt]:
    for put in puts(source):
        if is_text(put.node) and _steers(put):
            yield from _written(put.node, render(put.node, put.scope))
    for node in ast.walk(source.tree) if source.tree and "tool" in source.text else ():
        if isinstance(node, Function) and any(last_name(_called(one)) in _TOOLS for one in node.decorator_list):
            said = node.body[0]
            if isinstance(said, ast.Expr) and isinstance(said.value, ast.Constant):
                yield from _written(said.value, said.value.value)


def _called(node: ast.expr) -> ast.expr:
    return node.func if isinstance(node, ast.Call) else node


def _written(node: ast.expr, text: object) -> Iterator[Prompt]:
    if isinstance(text, str) and len(text) >= _SHORTEST:
        end = node.end_lineno or node.lineno
        yield Prompt(text, node.lineno, end, exact=end - node.lineno == text.count("\n"))


def _steers(put: Put) -> bool:
    """Whether what a text is handed to, or called, says that a model is told it."""
    for parent in put.parents:
        match parent:
            case ast.keyword(arg=name):
                return _is_named(name) or (name in {"content", "template"} and _is_system(put))
            case ast.Assign(targets=[target, *_]) | ast.AnnAssign(target=target):
                return _is_named(last_name(target))
            case ast.Dict():
                return _in_dict(parent, put.node)
            case ast.Tuple(elts=[ast.Constant(value=role), second, *_]):
                return role in _ROLES and second is put.node
            case ast.Call(func=func, args=[first, *_]) if first is put.node:
                return last_name(func) in _CALLS
            case ast.Return():
                return _is_named(getattr(put.scope.node, "name", ""))
            case ast.IfExp() | ast.BoolOp() | ast.Call():
                continue
            case _:
                return False
    return False


def _is_named(name: str | None) -> bool:
    return bool(name and _NAMED.search(name))


def _is_system(put: Put) -> bool:
    call = next((one for one in put.parents if isinstance(one, ast.Call)), None)
    if call is None:
        return False
    roles = (one.value for one in call.keywords if one.arg == "role")
    return last_name(call.func) in _CALLS or any(isinstance(one, ast.Constant) and one.value in _ROLES for one in roles)


def _in_dict(node: ast.Dict, value: ast.expr) -> bool:
    said = {key.value: one for key, one in zip(node.keys, node.values, strict=True) if isinstance(key, ast.Constant)}
    role = said.get("role")
    if isinstance(role, ast.Constant):
        return role.value in _ROLES and said.get("content") is value
    return any(one is value and isinstance(key, str) and _is_named(key) for key, one in said.items())


def _in_javascript(code: str) -> Iterator[Prompt]:
    starts = list(accumulate((len(line) + 1 for line in code.split("\n")), initial=0))
    for token in TOKENS["slash"].finditer(code):
        if token["string"] is None or len(token[0]) < _SHORTEST:
            continue
        before = code[max(0, token.start() - 160) : token.start()]
        named = _JS.search(before)
        if named and (_is_named(named[1]) or (named[1] == "content" and _JS_ROLE.search(before))):
            line, end = bisect_right(starts, token.start()), bisect_right(starts, token.end() - 1)
            yield Prompt(token[0][1:-1], line, end)

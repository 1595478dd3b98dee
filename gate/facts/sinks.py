"""What a call hands to something that runs it, or reads it as a query, a path, an address or a page."""

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from gate.facts import receivers, runners
from gate.facts.arguments import fed
from gate.facts.commands import command_line
from gate.facts.configured import SAX_UNSAFE
from gate.facts.frame import Frame, again, value
from gate.facts.names import constant
from gate.facts.receivers import ANSWER
from gate.facts.runners import Runner
from gate.facts.summary import Argument, Reached
from gate.facts.value import (
    ADDRESSED,
    BEHIND,
    CHOSEN,
    CLEAN,
    CONTAINED,
    ESCAPED,
    IN_LDAP,
    IN_SQL,
    NAMED,
    NO_NAMES,
    NONE,
    ONE_LINE,
    PREFIXED,
    QUOTED,
    SIGNED,
    WRITTEN,
    Atom,
    Atoms,
    Value,
    atoms_of,
    without,
)  # fmt: skip

_SPREAD = re.compile(r"asyncio\.(?:subprocess\.)?create_subprocess_exec|os\.(?P<own>exec|spawn)lp?e?")
"""Functions that take a command line as arguments of their own; `os`'s want the program twice."""
SAFE_PARSER, UNSAFE_PARSER = "lxml.etree.XMLParser.safe()", "lxml.etree.XMLParser.unsafe()"
_SESSIONS = frozenset({"flask.session", "quart.session", "?request.session"})
_PLAIN_ANSWERS = frozenset({"aiohttp.web.Response", "fastapi.Response", "starlette.responses.Response"})
"""Answers that are plain text unless they are told otherwise."""
_DATABASE = re.compile(
    r"(?i)(?:^|_)(?:cur|curs|cursor|conn|connection|con|db|database|engine|tx|transaction|sqlite|pg|mysql|objects)\d*$"
)
_LOGGER = re.compile(r"(?i)(?:^|_)log(?:ger|ging)?$")
_RESPONSE = re.compile(r"(?i)resp|^re?s?$|^out$|^answer$")
_MONGO = re.compile(r"(?:pymongo|motor|flask_pymongo|mongoengine|beanie|bson)\b")
IGNORED = {
    runners.SHELL: QUOTED, runners.ARGV: QUOTED + BEHIND + PREFIXED, runners.DESERIALIZE: SIGNED,
    receivers.PATH: WRITTEN + CONTAINED + NAMED, receivers.URL: WRITTEN + CONTAINED,
    receivers.REDIRECT: WRITTEN + ADDRESSED + CONTAINED, receivers.HTML: WRITTEN + ESCAPED, ANSWER: WRITTEN + ESCAPED,
    receivers.LOG: WRITTEN + ONE_LINE, receivers.HEADER: WRITTEN + ONE_LINE + NAMED + ESCAPED, receivers.XML: WRITTEN + SIGNED,
    **dict.fromkeys((receivers.SQL, receivers.NOSQL, receivers.LDAP, receivers.XPATH, receivers.REGEX), WRITTEN),
}  # fmt: skip
"""Marks of text that is harmless to a kind of sink."""


def note_sink(frame: Frame, node: ast.Call, name: str, given: Sequence[Argument], receiver: Value = CLEAN) -> None:
    """Note what arrives at a function by this name, if it runs or reads it."""
    if spread := _SPREAD.fullmatch(name):
        parts = node.args[spread["own"] == "spawn" :]
        line = command_line(frame, [*parts[:1], *parts[2:]] if spread["own"] else parts)
        reach(frame, node, runners.ARGV, name, without(line.atoms, BEHIND), warn=False)
        return
    if matcher := receivers.MATCHERS.get(name):
        reach(frame, node, matcher.kind, name, _arriving(matcher, receiver, given), warn=False)
    if receivers.ANSWERS.fullmatch(name):
        reach(frame, node, receivers.HEADER, name, atoms_of(map(Value, fed(given, (), ["headers"]))), warn=False)
    runner = runners.known(name) or receivers.known(name)
    if runner is not None and runner.kind == runners.ARGV and _reads_program(node):
        reach(frame, node, runners.CODE, name, atoms_of(map(Value, fed(given, (), ["input"]))), warn=False)
    if runner is None or (judged := _judged(frame, node, name, runner)) is None:
        return
    reach(frame, node, judged.kind, name, _arriving(judged, receiver, given), warn=judged.warn)


def _arriving(runner: Runner, receiver: Value, given: Sequence[Argument]) -> Atoms:
    return receiver.atoms if runner.receiver else atoms_of(map(Value, fed(given, runner.positions, runner.keywords)))


def note_method(frame: Frame, node: ast.Call, receiver: Value, given: Sequence[Argument]) -> None:
    """Note what arrives at a method that is known by its own name, whatever it is called on."""
    func = node.func
    if not isinstance(func, ast.Attribute) or (runner := receivers.method(func.attr)) is None:
        return
    atoms = _arriving(runner, receiver, given)
    if atoms and not any(runners.known(name) or receivers.known(name) for name in again(frame, func).names):
        reach(frame, node, runner.kind, func.attr, _meant(frame, runner, func, atoms), warn=False)


def _meant(frame: Frame, runner: Runner, func: ast.Attribute, atoms: Atoms) -> Atoms:
    """What is certainly meant for this kind of sink: by what it is called on, or by the text around it."""
    owner = _last_name(func.value)
    if runner.kind == receivers.SQL and not _DATABASE.search(owner):
        return frozenset(atom for atom in atoms if IN_SQL in atom.marks)
    if runner.kind == receivers.LDAP and func.attr == "search":
        return frozenset(atom for atom in atoms if IN_LDAP in atom.marks)
    if runner.kind == receivers.NOSQL and not _speaks_to_mongo(frame):
        return NONE
    return NONE if runner.kind == receivers.LOG and not _LOGGER.search(owner) else atoms


def _speaks_to_mongo(frame: Frame) -> bool:
    return any(_MONGO.match(meaning) for meaning in frame.names.local.values())


def _last_name(node: ast.expr) -> str:
    while isinstance(node, ast.Call):
        node = node.func
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def note_store(frame: Frame, target: ast.Attribute | ast.Subscript, base: Value, found: Value) -> None:
    """Note what is put into a session or a header by `session[key] = text`."""
    if not isinstance(target, ast.Subscript):
        return
    key = value(frame, target.slice)
    if base.names & _SESSIONS:
        reach(frame, target, receivers.SESSION, "session", found.atoms | key.atoms, warn=False)
    elif isinstance(target.value, ast.Attribute) and target.value.attr == "headers" and found.atoms:
        place = (constant(target.slice) or "").lower()
        if place == "location":
            reach(frame, target, receivers.REDIRECT, "Location", found.atoms, warn=False)
        elif _RESPONSE.search(_last_name(target.value.value)):
            reach(frame, target, receivers.HEADER, "headers", found.atoms | key.atoms, warn=False)
    elif any(receivers.ANSWERS.fullmatch(name.removesuffix("()")) for name in base.names):
        reach(frame, target, receivers.HEADER, "headers", found.atoms | key.atoms, warn=False)


def note_answer(frame: Frame, node: ast.Return) -> None:
    """Note text that a function gives back: a web framework may make a page of it."""
    answer = node.value
    if isinstance(answer, ast.Tuple) and answer.elts:
        if any(isinstance(part, ast.Dict) for part in answer.elts[1:]):  # headers of its own
            return
        answer = answer.elts[0]
    if answer is None or isinstance(answer, ast.Dict | ast.List | ast.ListComp | ast.DictComp | ast.Lambda):
        return
    found = again(frame, answer)
    text = frozenset(atom for atom in found.atoms if not atom.under)
    if text and found.items is None:
        reach(frame, node, ANSWER, "return", text, warn=False)


def note_executor(frame: Frame, node: ast.Call, name: str) -> None:
    """An object that hands a model's words to an interpreter is a sink fed from the start."""
    allowed = any(part.arg == "allow_dangerous_code" and _truthy(part.value) for part in node.keywords)
    if runners.EXECUTORS.match(name) or (allowed and runners.AGENTS.match(name)):
        reach(frame, node, runners.EXECUTOR, name, frozenset({Atom("llm", name, line=node.lineno)}), warn=False)


def _judged(frame: Frame, node: ast.Call, name: str, runner: Runner) -> Runner | None:
    """The sink as it is called here; None where the call's own options make it safe."""
    options = {part.arg: part.value for part in node.keywords if part.arg}
    if runner.kind == runners.ARGV and name.startswith("subprocess."):
        shell = options.get("shell")
        off = shell is None or (isinstance(shell, ast.Constant) and not shell.value)
        return runner if off else replace(runner, kind=runners.SHELL)
    if name in {"yaml.load", "yaml.load_all"}:
        loader = options.get("Loader") or (node.args[1] if len(node.args) > 1 else None)
        return None if loader is not None and _is_safe_loader(frame, loader) else runner
    if name == "torch.load":
        only = options.get("weights_only")
        if isinstance(only, ast.Constant) and only.value:
            return None
        return replace(runner, warn=only is None)
    if name == "numpy.load":
        allowed = options.get("allow_pickle")
        return runner if allowed is not None and constant(allowed) is None and _truthy(allowed) else None
    if runner.kind == receivers.HTML:
        return runner if _is_page(node, options, name) else None
    if name == "xmltodict.parse":
        entities = options.get("disable_entities")
        return runner if isinstance(entities, ast.Constant) and entities.value is False else None
    if runner.kind == receivers.XML:
        return _as_parsed(frame, runner, options, node)
    if runner.warn and name.startswith("pandas."):
        return replace(runner, warn=constant(options.get("engine")) != "python")
    return runner


def _is_page(node: ast.Call, options: Mapping[str, ast.expr], name: str) -> bool:
    """Whether what is answered is sent as HTML; most frameworks take it for that unless they are told otherwise."""
    said = [options[key] for key in ("content_type", "mimetype", "media_type") if key in options]
    said += node.args[1:2] if name.endswith("HttpResponse") else []
    if _plain(node):
        return False
    kinds = [constant(part) for part in said]
    if name in _PLAIN_ANSWERS:
        return any("html" in (kind or "") for kind in kinds)
    return all(kind is not None and "html" in kind for kind in kinds)


def _as_parsed(frame: Frame, runner: Runner, options: Mapping[str, ast.expr], node: ast.Call) -> Runner | None:
    """A parser of XML as it is set up: what resolves entities is certain, all else is a guess at its version."""
    parser = options.get("parser") or (node.args[1] if len(node.args) > 1 else None)
    names = again(frame, parser).names if parser is not None else NO_NAMES
    if isinstance(node.func, ast.Attribute):
        names |= again(frame, node.func.value).names
    if SAFE_PARSER in names:
        return None
    return replace(runner, warn=names.isdisjoint({UNSAFE_PARSER, SAX_UNSAFE}))


def _plain(node: ast.Call) -> bool:
    """`make_response((text, status, headers))` says itself what it sends."""
    return bool(node.args) and isinstance(node.args[0], ast.Tuple) and len(node.args[0].elts) > 2


def _reads_program(node: ast.Call) -> bool:
    """Whether an interpreter is started that reads its program from `input=`: `["python3", "-"]`, `["sh"]`."""
    parts = node.args[0].elts if node.args and isinstance(node.args[0], ast.List | ast.Tuple) else []
    words = [constant(part) or ("python" if ast.unparse(part) == "sys.executable" else "?") for part in parts]
    return bool(words) and bool(runners.INTERPRETERS.match(words[0])) and all(word in {"-", "-s"} for word in words[1:])


def _truthy(node: ast.expr) -> bool:
    return not isinstance(node, ast.Constant) or bool(node.value)


def _is_safe_loader(frame: Frame, node: ast.expr) -> bool:
    """A safe loader of yaml, under any path, or a class derived from one."""
    waiting, seen = list(again(frame, node).names), set()
    while waiting:
        name = waiting.pop()
        if runners.SAFE_LOADERS.search(name):
            return True
        kind = frame.class_named(name)
        if kind is not None and name not in seen:
            seen.add(name)
            waiting += kind.bases
    return False


def reach(frame: Frame, node: ast.expr | ast.stmt, kind: str, name: str, atoms: Atoms, *, warn: bool) -> None:
    """Note what arrives at a sink."""
    ignored = IGNORED.get(kind, "")
    left = frozenset(
        atom for atom in atoms
        if CHOSEN not in atom.marks and atom.kind != "self" and not any(mark in atom.marks for mark in ignored)
    )  # fmt: skip
    if left:
        frame.reached.append(Reached(node.lineno, node.end_lineno or node.lineno, kind, name, left, warn, frame.on))

"""What a call hands to something that runs it, or reads it as a query, a path, an address or a page."""

import ast
from collections.abc import Sequence

from gate import lazy
from gate.facts import receivers, runners, sources
from gate.facts.arguments import fed
from gate.facts.commands import command_line
from gate.facts.frame import Frame, again, value
from gate.facts.names import constant
from gate.facts.options import judged, reads_program, switch, truthy
from gate.facts.receivers import ANSWER
from gate.facts.runners import Runner
from gate.facts.spelling import spelled
from gate.facts.summary import PAIRS, Argument, Reached
from gate.facts.texts import QUOTED_ALL
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
    NONE,
    ONE_LINE,
    PREFIXED,
    QUOTED,
    SIGNED,
    UNQUOTED,
    VETTED,
    WRITTEN,
    Atom,
    Atoms,
    Value,
    atoms_of,
    keys,
    marked,
    without,
)  # fmt: skip
from gate.facts.whole import WHOLE

_SPREAD = lazy.regex(r"asyncio\.(?:subprocess\.)?create_subprocess_exec|os\.(?P<own>exec|spawn)lp?e?")
"""Functions that take a command line as arguments of their own; `os`'s want the program twice."""
_SESSIONS = frozenset({"flask.session", "quart.session", "?request.session"})
_PUTS = frozenset({"add", "add_header", "append", "set", "setdefault", "update", "__setitem__"})
_DATABASE = lazy.regex(
    r"(?i)(?:^|_)(?:cur|curs|cursor|conn|connect|connection|con|db|database|engine|tx|transaction|sqlite|pg|mysql|objects)\d*$"
)
_VERBS = frozenset({"get", "post", "put", "patch", "delete"})
_LOGGER = lazy.regex(r"(?i)(?:^|_)log(?:ger|ging)?$")
_RESPONSE = lazy.regex(r"(?i)resp|^re?s?$|^out$|^answer$")
_COLLECTION = lazy.regex(r"(?i)mongo|(?:^|[._])db\.|coll(?:ection)?s?$|_col$")
_MONGO = lazy.regex(r"(?:pymongo|motor|flask_pymongo|mongoengine|beanie|bson)\b")
IGNORED = {
    runners.SHELL: QUOTED, runners.ARGV: QUOTED + BEHIND + PREFIXED, runners.DESERIALIZE: SIGNED,
    receivers.PATH: WRITTEN + CONTAINED + NAMED, receivers.URL: WRITTEN + CONTAINED,
    receivers.REDIRECT: WRITTEN + ADDRESSED + CONTAINED, receivers.HTML: WRITTEN + ESCAPED, ANSWER: WRITTEN + ESCAPED,
    receivers.LOG: WRITTEN + ONE_LINE, receivers.HEADER: WRITTEN + ONE_LINE + NAMED + ESCAPED, receivers.XML: WRITTEN + SIGNED,
    **dict.fromkeys((receivers.SQL, receivers.NOSQL, receivers.LDAP, receivers.REGEX), WRITTEN),
    receivers.XPATH: WRITTEN + UNQUOTED,
}  # fmt: skip
"""Marks of text that is harmless to a kind of sink."""


_UPLOADED = lazy.regex(r"(?:^|[.?])(?:\w*Request|request)\.(?:FILES|files)$|UploadFile\.file$")
"""The names of a file that is uploaded: it is opened already."""


def note_sink(frame: Frame, node: ast.Call, name: str, given: Sequence[Argument], receiver: Value = CLEAN) -> None:
    """Note what arrives at a function by this name, if it runs or reads it."""
    if spread := _SPREAD.fullmatch(name):
        parts = node.args[spread["own"] == "spawn" :]
        line = command_line(frame, [*parts[:1], *parts[2:]] if spread["own"] else parts)
        reach(frame, node, runners.ARGV, name, without(line.atoms, BEHIND), warn=False)
        return
    if matcher := receivers.MATCHERS.get(name):
        reach(frame, node, matcher.kind, name, _arriving(node, matcher, receiver, given), warn=False)
    if receivers.ANSWERS.fullmatch(name):
        _note_headers(frame, node, name, given)
    if name.startswith(("tornado.", "flask.make_response", "quart.make_response")) and given:  # a dictionary is JSON
        given = (given[0]._replace(value=Value(frozenset(a for a in given[0].value.atoms if not a.under))), *given[1:])
    runner = runners.known(name) or receivers.known(name)
    if runner is not None and runner.kind == runners.ARGV and reads_program(node):
        reach(frame, node, runners.CODE, name, atoms_of(map(Value, fed(given, (), ["input"]))), warn=False)
    if runner is None or (fit := judged(frame, node, name, runner)) is None:
        return
    switched = [switch(frame, part.value) for part in node.keywords if part.arg == "shell" and fit is not runner]
    if any(switched):  # `shell=shell`, off unless a caller says otherwise
        reach(frame, node, runner.kind, name, _arriving(node, runner, receiver, given), warn=runner.warn)
    before = frame.on
    frame.on = before.union(*switched)
    reach(frame, node, fit.kind, name, _arriving(node, fit, receiver, given), warn=fit.warn)
    frame.on = before


def _note_headers(frame: Frame, node: ast.Call, name: str, given: Sequence[Argument]) -> None:
    """`Response(headers={"Location": text})` sends people somewhere, and writes a header."""
    told = atoms_of(map(Value, fed(given, (), ["headers"])))
    leads = frozenset(atom for atom in told if atom.under.lower() == "location")
    reach(frame, node, receivers.REDIRECT, "Location", leads, warn=False)
    reach(frame, node, receivers.HEADER, name, told, warn=False)


def _arriving(node: ast.Call, runner: Runner, receiver: Value, given: Sequence[Argument]) -> Atoms:
    if runner.kind == receivers.LOG and node.args and QUOTED_ALL.fullmatch(constant(node.args[0]) or "%s"):
        return NONE  # all that is put in is quoted
    if runner.kind == receivers.PATH and not runner.receiver:
        given = [one for one in given if not one.value.names or not all(map(_UPLOADED.search, one.value.names))]
    return receiver.atoms if runner.receiver else atoms_of(map(Value, fed(given, runner.positions, runner.keywords)))


def note_method(frame: Frame, node: ast.Call, receiver: Value, given: Sequence[Argument]) -> None:
    """Note what arrives at a method that is known by its own name, whatever it is called on."""
    func = node.func
    if isinstance(func, ast.Attribute) and func.attr in {"format", "format_map"} and given:
        raw = frozenset(atom for atom in receiver.atoms if atom.kind in {"request", "llm"})
        reach(frame, node, runners.TEMPLATE, func.attr, raw, warn=True)
        return
    if isinstance(func, ast.Attribute) and func.attr in receivers.ASKS:
        named = frozenset(atom for one in given if one.name == PAIRS for atom in keys(one.value.atoms))
        reach(frame, node, receivers.FIELDS, func.attr, named, warn=True)
        return
    if not isinstance(func, ast.Attribute) or (runner := receivers.method(func.attr)) is None:
        return
    atoms = _arriving(node, runner, receiver, given)
    if atoms and not any(runners.known(name) or receivers.known(name) for name in again(frame, func).names):
        reach(frame, node, runner.kind, func.attr, _meant(frame, runner, node, func, atoms), warn=False)


def unmade(frame: Frame, func: ast.Attribute, since: int) -> None:
    """`Markup(text).unescape()` is text again: of the sinks noted since, the markup itself is none."""
    if func.attr in receivers.UNMAKES and isinstance(func.value, ast.Call):
        made = [name for name in again(frame, func.value.func).names if name.endswith("Markup")]
        noted = frame.reached[since:]
        frame.reached[since:] = [one for one in noted if one.line != func.value.lineno or one.name not in made]


def _meant(frame: Frame, runner: Runner, node: ast.Call, func: ast.Attribute, atoms: Atoms) -> Atoms:
    """What is certainly meant for this kind of sink: by what it is called on, or by the text around it."""
    owner = _last_name(func.value)
    if runner.kind == receivers.SQL and not _DATABASE.search(owner):
        return frozenset(atom for atom in atoms if IN_SQL in atom.marks)
    if runner.kind == receivers.LDAP and func.attr == "search":
        return frozenset(atom for atom in atoms if IN_LDAP in atom.marks)
    if runner.kind == receivers.NOSQL and not (_speaks_to_mongo(frame) or _filters(node) or _is_collection(func, node)):
        return NONE
    return NONE if runner.kind == receivers.LOG and not _LOGGER.search(owner) else atoms


def _filters(node: ast.Call) -> bool:
    """Whether a call is handed a filter by its looks: `{"$where": code}`, `{"age": {"$gt": age}}`."""
    keys = (key for part in node.args[:1] if isinstance(part, ast.Dict) for key in part.keys)
    return any((constant(key) or "").startswith("$") for key in keys)


def _is_collection(func: ast.Attribute, node: ast.Call) -> bool:
    """Whether a call looks as only a collection's does, where its client was made in another file: `mongo.db.users.find_one({...})`."""
    own = func.attr not in {"find", "aggregate"} and any(isinstance(part, ast.Dict) for part in node.args[:1])
    return own and _COLLECTION.search(spelled(func.value)) is not None


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
        _note_header(frame, target, target.value.value, constant(target.slice), found.atoms | key.atoms)
    elif any(receivers.ANSWERS.fullmatch(name.removesuffix("()")) for name in base.names):
        reach(frame, target, receivers.HEADER, "headers", found.atoms | key.atoms, warn=False)


def _note_header(frame: Frame, node: ast.expr, answer: ast.expr, name: str | None, atoms: Atoms) -> None:
    """Note a header that is written to an answer."""
    if (name or "").lower() == "location":
        reach(frame, node, receivers.REDIRECT, "Location", atoms, warn=False)
    if _RESPONSE.search(_last_name(answer)):
        reach(frame, node, receivers.HEADER, "headers", atoms, warn=False)


def note_put(frame: Frame, node: ast.Call, receiver: Value, given: Sequence[Argument]) -> None:
    """Note what methods put into a session or a header: `session.update(name=text)`, `answer.headers.add(name, text)`."""
    func = node.func
    if not (isinstance(func, ast.Attribute) and func.attr in _PUTS):
        return
    atoms = atoms_of(argument.value for argument in given)
    if receiver.names & _SESSIONS:
        reach(frame, node, receivers.SESSION, "session", atoms, warn=False)
    elif isinstance(func.value, ast.Attribute) and func.value.attr == "headers" and node.args:
        _note_header(frame, node, func.value.value, constant(node.args[0]), atoms)


def note_answer(frame: Frame, node: ast.Return) -> None:
    """Note text that a function gives back: a web framework may make a page of it."""
    answer = node.value
    if isinstance(answer, ast.Tuple) and answer.elts:
        if any(isinstance(part, ast.Dict) for part in answer.elts[1:]):  # headers of its own
            return
        answer = answer.elts[0]
    if (
        answer is None
        or _is_anothers(answer)
        or isinstance(answer, ast.Dict | ast.List | ast.ListComp | ast.DictComp | ast.Lambda)
    ):
        return
    found = again(frame, answer)
    text = frozenset(atom for atom in found.atoms if not atom.under)
    if text and found.items is None:
        reach(frame, node, ANSWER, "return", text, warn=False)


def _is_anothers(answer: ast.expr) -> bool:
    """`return self.get(form)`: the answer is the other view's, which is judged where it is made."""
    match answer:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=verb)):
            return verb in _VERBS
        case ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Name(id=name)), attr=verb)):
            return verb in _VERBS and name.endswith("View")
    return False


def note_executor(frame: Frame, node: ast.Call, name: str) -> None:
    """An object that hands a model's words to an interpreter is a sink fed from the start."""
    allowed = any(part.arg == "allow_dangerous_code" and truthy(part.value) for part in node.keywords)
    if runners.EXECUTORS.match(name) or (allowed and runners.AGENTS.match(name)):
        reach(frame, node, runners.EXECUTOR, name, frozenset({Atom("llm", name, line=node.lineno)}), warn=False)


def reach(frame: Frame, node: ast.expr | ast.stmt, kind: str, name: str, atoms: Atoms, *, warn: bool) -> None:
    """Note what arrives at a sink."""
    ignored = IGNORED.get(kind, "")
    if kind == receivers.URL and frame.guarded:
        atoms = marked(atoms, VETTED)
    left = frozenset(
        atom for atom in atoms
        if CHOSEN not in atom.marks and atom.kind not in {"self", WHOLE} and not any(mark in atom.marks for mark in ignored)
        and not (kind == receivers.URL and atom.name == sources.QUESTION and not atom.field)
    )  # fmt: skip
    if left:
        frame.reached.append(Reached(node.lineno, node.end_lineno or node.lineno, kind, name, left, warn, frame.on))

"""What a call hands to something that runs it."""

import ast
import re
from collections.abc import Sequence
from dataclasses import replace

from gate.facts import runners
from gate.facts.arguments import fed
from gate.facts.commands import command_line
from gate.facts.frame import Frame, again
from gate.facts.names import constant
from gate.facts.runners import Runner
from gate.facts.summary import Argument, Reached
from gate.facts.value import BEHIND, CHOSEN, PREFIXED, QUOTED, SIGNED, Atom, Atoms, Value, atoms_of, without

_SPREAD = re.compile(r"asyncio\.(?:subprocess\.)?create_subprocess_exec|os\.(?P<own>exec|spawn)lp?e?")
"""Functions that take a command line as arguments of their own; `os`'s want the program twice."""
IGNORED = {runners.SHELL: QUOTED, runners.ARGV: QUOTED + BEHIND + PREFIXED, runners.DESERIALIZE: SIGNED}
"""Marks of text that a kind of sink does not run."""


def note_sink(frame: Frame, node: ast.Call, name: str, given: Sequence[Argument]) -> None:
    """Note what arrives at a function by this name, if it runs it."""
    if spread := _SPREAD.fullmatch(name):
        parts = node.args[spread["own"] == "spawn" :]
        line = command_line(frame, [*parts[:1], *parts[2:]] if spread["own"] else parts)
        reach(frame, node, runners.ARGV, name, without(line.atoms, BEHIND), warn=False)
        return
    runner = runners.known(name)
    if runner is not None and runner.kind == runners.ARGV and _reads_program(node):
        reach(frame, node, runners.CODE, name, atoms_of(map(Value, fed(given, (), ["input"]))), warn=False)
    if runner is None or (judged := _judged(frame, node, name, runner)) is None:
        return
    atoms = atoms_of(map(Value, fed(given, judged.positions, judged.keywords)))
    reach(frame, node, judged.kind, name, atoms, warn=judged.warn)


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
    if runner.warn and name.startswith("pandas."):
        return replace(runner, warn=constant(options.get("engine")) != "python")
    return runner


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


def reach(frame: Frame, node: ast.expr, kind: str, name: str, atoms: Atoms, *, warn: bool) -> None:
    """Note what arrives at a sink."""
    ignored = IGNORED.get(kind, "")
    left = frozenset(
        atom for atom in atoms
        if CHOSEN not in atom.marks and atom.kind != "self" and not any(mark in atom.marks for mark in ignored)
    )  # fmt: skip
    if left:
        frame.reached.append(Reached(node.lineno, node.end_lineno or node.lineno, kind, name, left, warn))

"""Text and lists that start programs: what stands behind a program, and what an interpreter runs."""

import ast
from collections.abc import Iterable

from gate import lazy
from gate.facts import runners
from gate.facts.commandoption import note_options
from gate.facts.frame import Frame, value
from gate.facts.grammar import placed, spoken
from gate.facts.names import constant
from gate.facts.value import (
    BEHIND,
    NONE,
    PREFIXED,
    SETTLED,
    TAILED,
    WRITTEN,
    Atoms,
    Value,
    few,
    marked,
    unmarked,
    without,
)

_PLACEHOLDER = lazy.regex(r"%\w|\}")
_RUNS_FILE = lazy.regex(r"(?:^|[\s;&|/])(?:sh|bash|python[\d.]*|node|perl|ruby|php)\s+(?:-\w+\s+)*[\"']?$")
"""Text that tells an interpreter to run the file it goes on with."""
_READS = lazy.regex(r"(?:.*/)?(?:python|pypy|perl|ruby|node|php|lua)[\d.]*$")
"""Interpreters to which what stands behind a program is a list of words."""
_RUNS_MORE = lazy.regex(
    r"\b(?:exec|eval|system|popen|compile|__import__|import_module|run|call|spawn\w*|Function)\b\s*\(|`|%x"
)
_SHELLS = lazy.regex(r"(?:.*/)?(?:ba|z|da|k|a)?sh$")
_ENDS_COMMAND = lazy.regex(r"&&|\|\||[;&|\n]")
_INNER_COMMAND = lazy.regex(r"`|[$<>]\(|\(\(|\[\[|\$\{!")
"""What a shell reads as commands, or computes, which may run some (bash(1), arithmetic evaluation)."""
_RUN_NOTHING = frozenset(
    "cd ls cat echo grep head tail wc cut sort uniq test [ mkdir cp mv rm touch basename dirname stat du df tr pwd true false exit date".split()
)
"""Programs that run none of their arguments."""
_TELLING = 3
"""So many constant characters say something of what a whole text may be."""


def command_line(frame: Frame, parts: list[ast.expr]) -> Value:
    """A list; what stands behind a constant program in it is an argument, unless an interpreter runs it."""
    given = [_held(frame, part) for part in parts]
    texts = [_word(frame, part, given[index]) for index, part in enumerate(parts)]
    runs, script = _runs_from(texts), _script(texts)
    until = runs + 1 if _only_runs(texts, runs) else len(texts)
    note_options(frame, parts, texts, given)
    constant_program = bool(texts) and bool(texts[0])
    atoms: Atoms = NONE
    for index, found in enumerate(given):
        if index == script:
            atoms |= unmarked(_written(found.atoms), BEHIND + PREFIXED + WRITTEN)
        if runs <= index < until:
            atoms |= unmarked(found.atoms, PREFIXED)  # `sh -c "echo $x"`: all of it is run
        else:
            behind = index > 0 and not isinstance(parts[0], ast.Starred)
            atoms |= marked(found.atoms, BEHIND) if behind else found.atoms
    names = few(name for found in given for name in found.names)
    program, told = constant_program and (runs > len(texts) or until <= len(texts)), all(found.told for found in given)
    return Value(atoms, names, program, runs=runs <= len(texts) and until == len(texts), told=told)


def _held(frame: Frame, part: ast.expr) -> Value:
    """A word of a command, or what was written to the file of that name."""
    text = constant(part)
    return value(frame, part) if text is None else frame.env.get(repr(text), SETTLED)


def _written(atoms: Atoms) -> Atoms:
    return frozenset(atom for atom in atoms if WRITTEN in atom.marks)


def _script(words: list[str]) -> int:
    """The index of the file that an interpreter is told to run; -1 for none."""
    for index, word in enumerate(words):
        if runners.INTERPRETERS.match(word):
            return next((i for i in range(index + 1, len(words)) if not words[i].startswith("-")), -1)
    return -1


def _word(frame: Frame, node: ast.expr, found: Value) -> str:
    text = constant(node) or (found.known if isinstance(found.known, str) else frame.text_of(node))
    return "python" if text is None and "sys.executable" in found.names else text or ""


def _only_runs(words: list[str], index: int) -> bool:
    """Whether it is a program in full that an interpreter runs, which only reads the words behind it: `python -c CODE x`.

    The words behind the script of a shell are its parameters, which it expands and does not read as code (POSIX, 2.5.2).
    """
    code = words[index] if index < len(words) else ""
    first = words[1:2] if words[:1] == ["env"] else words[:1]  # `ssh host python -c CODE x` has a shell read all of it
    if any(map(_SHELLS.match, first)):
        return bool(code) and _only_expands(code)
    return bool(code) and any(map(_READS.match, first)) and not _RUNS_MORE.search(code)


def _only_expands(script: str) -> bool:
    """Whether a script of a shell hands its parameters to programs alone that run nothing; `git log` is one, `git` is none."""
    if _INNER_COMMAND.search(script):
        return False
    commands = [words for part in _ENDS_COMMAND.split(script) if (words := part.split())]
    return all(words[0] in _RUN_NOTHING or words[:2] in (["git", "log"], ["git", "show"]) for words in commands)


def _runs_from(words: list[str]) -> int:
    """The index behind `sh -c`, where words start to be run; beyond the end if none are."""
    for index, word in enumerate(words):
        if runners.INTERPRETERS.match(word):
            flags = (i for i in range(index + 1, len(words)) if runners.COMMAND_FLAGS.match(words[i]))
            return next(flags, len(words)) + 1
    return len(words) + 1


def runs_more(words: Iterable[str]) -> bool:
    """Whether an interpreter runs what comes behind these words: `sh -c`."""
    said = list(words)
    return _runs_from(said) <= len(said)


def behind_text(prefix: str | None, atoms: Atoms) -> Atoms:
    """Origins of text that is put behind constant text."""
    text = (prefix or "").split("%")[0].split("{")[0]
    atoms = unmarked(atoms, WRITTEN) if _RUNS_FILE.search(text) else without(atoms, WRITTEN)
    if len(text) < _TELLING or runners.RUNS.search(text):
        return unmarked(atoms, PREFIXED)
    return marked(atoms, PREFIXED)


def before_text(suffix: str | None, atoms: Atoms) -> Atoms:
    """Origins of text that is put before constant text."""
    return unmarked(atoms, TAILED) if len(suffix or "") < _TELLING else marked(atoms, TAILED)


def filled(template: str | None, atoms: Atoms) -> Atoms:
    """Origins of text that is put into a constant template: `"app.%s.views"`, `"app.{}"`."""
    parts = _PLACEHOLDER.split(template or "")
    atoms = spoken([template], placed(parts[0].rstrip("{"), atoms))
    return before_text(parts[-1], behind_text(template, atoms))

"""Words of a command line that a program may take for options: `["git", "log", name]`, where `name` is `--output=x`.

What options of these programs do is told by their manuals: `git` and `hg` run `--upload-pack` and `--config`, `ssh` and
`rsync` a `ProxyCommand` and `-e`, `tar` a `--checkpoint-action`, `find` an `-exec`; `curl`, `wget` and `sort` write the
file they are told.
"""

import ast
from collections.abc import Iterator, Sequence

from gate.facts.frame import Frame
from gate.facts.receivers import OPTION
from gate.facts.summary import Reached
from gate.facts.value import ADDRESSED, CHOSEN, CONTAINED, NO_OPTION, PREFIXED, RESOLVED, VETTED, Atoms, Value
from gate.facts.whole import WHOLE

_PROGRAMS = frozenset(
    "git hg svn ssh scp sftp rsync tar zip find curl wget awk gawk sed sort pip pip3 npm npx docker podman kubectl mysql "
    "psql sendmail mail man tcpdump nmap wkhtmltopdf chromium google-chrome".split()
)
_LEADS = frozenset({"sudo", "env", "nice", "nohup", "time"})
_SAFE = PREFIXED + ADDRESSED + RESOLVED + CONTAINED + VETTED + NO_OPTION
"""Marks of text that begins with something of the program's own, or was looked at."""


def note_options(frame: Frame, parts: Sequence[ast.expr], words: Sequence[str], given: Sequence[Value]) -> None:
    """Note what arrives at a program as a word of its own, before `--` and not as the value of an option."""
    program = next((word.rpartition("/")[2] for word in words if word not in _LEADS), "")
    for index in _open(words) if program in _PROGRAMS else ():
        part, atoms = parts[index], _loose(given[index].atoms)
        if atoms and not isinstance(part, ast.Starred):
            end = part.end_lineno or part.lineno
            frame.reached.append(Reached(part.lineno, end, OPTION, program, atoms, warn=False, needs=frame.on))


def _open(words: Sequence[str]) -> Iterator[int]:
    """The places of words that are not constant, up to `--`; what stands behind an option is its value."""
    for index, word in enumerate(words):
        if word == "--":
            return
        if index and not word and not words[index - 1].startswith("-"):
            yield index


def _loose(atoms: Atoms) -> Atoms:
    return frozenset(
        atom
        for atom in atoms
        if CHOSEN not in atom.marks
        and atom.kind not in {"self", WHOLE}
        and not any(mark in atom.marks for mark in _SAFE)
    )

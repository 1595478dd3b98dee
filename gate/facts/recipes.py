"""Guardrails in scripts: Makefiles, hooks, tox, nox, stages of Jenkins; line by line, and why a failure does not count."""

import re
from collections.abc import Iterator
from itertools import islice

from gate import lazy
from gate.facts import checkkind, collected, shellends, testing, tools
from gate.facts.command import Command, commands
from gate.facts.softness import silent, soft_words
from gate.facts.strictness import Demand
from gate.source import Source

_HOOK = lazy.regex(r"(?:^|/)(?:\.husky|\.?git-?hooks)/(?!_|.*\.)[\w-]+$")
_IS_MAKE = lazy.regex(r"[Mm]akefile$|\.mk$|[Jj]ustfile$")
_CAREFUL = lazy.regex(r"(?m)^#!.*\s-\w*e|^\s*set\s+-\w*e|errexit|^\.SHELLFLAGS.*\s-\w*e")
_IGNORE = lazy.regex(r"(?m)^\.IGNORE\s*:\s*$")
"""Without targets, make goes on after any failure (GNU make manual, section 4.8)."""
_COVERS_UP = lazy.regex(r";\s*(true|:|exit(?:\s+0)?|echo\b[^;&|]*)\s*$")
_ANSWERS = lazy.regex(r"\bexit\s+[1-9$]|set -\w*e|\bfalse\b|\bthen\b|\bdo\b")
_VARIABLE = lazy.regex(r"(?m)^(?:export[ \t]+)?(\w+)[ \t]*[:?]{0,2}=[ \t]*([^\n#\\]{0,80}?)[ \t]*$")
_USED = lazy.regex(r"\$[({](\w+)[)}]")
_NOX = lazy.regex(r"""\b\w+\.run(?:_always|_install)?\(\s*["']([\w-]+)["']([^)]*)""")
_STEP = lazy.regex(
    r"""\b(?:sh|bat|powershell|pwsh)\b\s*\(?[^'"\n]{0,80}?('{3}|"{3}|'|")(.{0,4000}?)(?<!\\)\1([^\n]{0,80})""",
    re.DOTALL,
)
_BRACE = lazy.regex(r"[{}]")
_FAR = 20_000
"""Characters that a block of a pipeline may have."""
_BLOCKS = 200
"""Such blocks that are looked at."""
_FORGIVES = lazy.regex(r"\b(catchError|warnError)\b[^{\n]*\{")


def held(command: Command, line: int, why: str = "", strength: int = 3) -> Iterator[Demand]:
    """What a command keeps in check: a tool that looks for flaws, or the tests."""
    tool = tools.of_command(command.program, command.arguments)
    soft = (
        why
        or command.soft
        or soft_words(" ".join(command.arguments))
        or silent(tool, command.arguments)
        or (tools.aside(command.arguments) if tool else "")
    )
    if tool or testing.is_run(command):
        name = tool or testing.NAME
        yield (
            line + command.line,
            f"run {name if name == testing.NAME else f'`{name}`'}",
            1 if soft else strength,
            soft,
            name,
        )
    if command.program in {"make", "gmake"} and {"-i", "--ignore-errors"} & {*command.arguments}:
        soft = soft or "`make -i`"
    if not tool and (target := checkkind.called(command)):
        yield line + command.line, f"run `{target}`", 1 if soft else strength, soft, checkkind.CALLED
    for what in collected.asked(command) if not soft else ():
        yield line + command.line, what, strength, "", testing.NAME


def of_lines(source: Source) -> Iterator[Demand]:
    """Makefiles, justfiles and shell scripts; of a hook also whether it runs anything at all."""
    hook = _HOOK.search(source.path) is not None
    careful = hook or _CAREFUL.search(source.text) is not None
    why = "`.IGNORE`" if _IGNORE.search(source.text) else _carefree(source)
    text = spelled_out(source)
    shell = not _IS_MAKE.search(source.path)
    reasons = shellends.lost(text) if shell else [""] * (text.count("\n") + 1)
    for number, (line, ended) in enumerate(zip(text.split("\n"), reasons, strict=True), 1):
        if ended == shellends.ENDED:
            return
        if hook and any(
            command.program not in {"echo", "set", "cd", "exit", "trap"} for command in commands(line.strip())
        ):
            yield number, "run anything", 3, "", "pre-commit"
        yield from _recipe(number, line.strip(), why or ended or ("" if careful else covered_up(line)))


def spelled_out(source: Source) -> str:
    """The text of a Makefile with the values of its own variables in their places; other files as they are."""
    if source.path.endswith(".sh") or "=" not in source.text:
        return source.text
    known = {one[1]: one[2] for one in islice(_VARIABLE.finditer(source.text), _BLOCKS)}
    return _USED.sub(lambda one: known.get(one[1], one[0]), source.text) if known else source.text


def covered_up(line: str) -> str:
    """What a line of commands ends with, and always succeeds, so that nothing before it counts."""
    found = _COVERS_UP.search(line)
    return f"`{found[1].split()[0]}` comes after it" if found and not _ANSWERS.search(line) else ""


def _carefree(source: Source) -> str:
    """A shell script that ends with `exit 0`, whatever failed before."""
    said = [line.strip() for line in source.lines if line.strip() and not line.lstrip().startswith("#")]
    shell = source.path.endswith(".sh") and not _CAREFUL.search(source.text)
    return "`exit 0` at its end" if shell and len(said) > 1 and said[-1] == "exit 0" else ""


def _recipe(number: int, line: str, why: str = "") -> Iterator[Demand]:
    """One command line; a leading `-` lets it fail."""
    why = why or ("the leading `-`" if line.lstrip("@+").startswith("-") else "")
    for command in commands(line.lstrip("@+- ")):
        yield from held(command, number, why)


def of_environments(source: Source) -> Iterator[Demand]:
    """tox.ini and setup.cfg: commands are what stands behind and below a key that begins with `commands`."""
    forgiven = {at for at, line in _sections(source) if re.match(r"ignore_outcome\s*=\s*(?i:true)", line)}
    inside, why = False, ""
    for number, line in enumerate(source.lines, 1):
        key = re.match(r"([\w-]+)\s*=|\[", line)
        if line.startswith("["):
            why = "`ignore_outcome`" if number in forgiven else ""
        inside = (key[1] or "").startswith("commands") if key else inside
        if inside:
            yield from _recipe(number, line.partition("=")[2].strip() if key else line.strip(), why)


def _sections(source: Source) -> Iterator[tuple[int, str]]:
    """Each line, and the line on which its section begins."""
    begun = 0
    for number, line in enumerate(source.lines, 1):
        begun = number if line.startswith("[") else begun
        yield begun, line


def of_sessions(source: Source) -> Iterator[Demand]:
    """noxfile.py: `session.run("bandit", ...)`."""
    for found in _NOX.finditer(source.text):
        arguments = tuple(re.findall(r"""["']([^"']*)["']""", found[2]))
        why = "`success_codes`" if "success_codes" in found[2] else ""
        yield from held(Command(0, found[1], arguments), source.text.count("\n", 0, found.start()) + 1, why)


def of_stages(source: Source) -> Iterator[Demand]:
    """Jenkinsfile: what `sh` and the like are given; `catchError` and `returnStatus` keep its failure to themselves."""
    forgiven = [
        (one[1], one.end(), _closed(source.text, one.end())) for one in islice(_FORGIVES.finditer(source.text), _BLOCKS)
    ]
    for found in _STEP.finditer(source.text):
        around = (f"`{name}`" for name, start, end in forgiven if start <= found.start() < end)
        why = "`returnStatus`" if re.search(r"returnStatus\s*:\s*true", found[0]) else next(around, "")
        for command in commands(found[2].strip()):
            yield from held(command, source.text.count("\n", 0, found.start(2)) + 1, why)


def _closed(text: str, at: int) -> int:
    """Where the brace that was opened before a place is closed."""
    depth = 1
    for found in _BRACE.finditer(text, at, at + _FAR):
        depth += 1 if found[0] == "{" else -1
        if not depth:
            return found.start()
    return at + _FAR

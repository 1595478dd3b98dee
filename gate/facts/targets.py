"""What is checked by the names people and pipelines call: targets of make, scripts of npm, environments of tox, sessions of nox."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from gate import lazy
from gate.facts import checkkind, recipes, testing
from gate.facts.command import Command, commands, unwrapped
from gate.facts.config import Node, read
from gate.facts.strictness import Demand
from gate.source import Source

_MOST = 300
"""So many names of a file are told."""
_DEEPEST = 20
_TARGET = lazy.regex(r"(?m)^(?![#\t ])([\w./%-]+(?:[ \t]+[\w./%-]+)*)[ \t]*::?(?!=)[ \t]*([^#=\n]*)(?:#.*)?$")
_PARTS = lazy.regex(r"(?:[\w.-]|\{[^{}\n]*\})+")
_SESSION = lazy.regex(r"(?m)^@(?:nox\.)?session\b([^\n]{0,300}(?:\n[^\n@]{0,200}){0,6}?)\n(?:async )?def (\w+)\(")
_SESSIONS = lazy.regex(r"options\.sessions\s*=\s*[\[(]([^\])]{0,2000})[\])]")
_RUN = lazy.regex(r"""\b\w+\.run(?:_always|_install)?\(([^)]{0,1000})""")
_QUOTED = lazy.regex(r"""["']([^"'\n]*)["']""")

Calls = tuple[int, set[str], set[str]]
"""The line, what a name checks itself, and the names it calls."""


def of_make(source: Source) -> Iterator[Demand]:
    yield from _told("make ", _make(source))


def _make(source: Source) -> dict[str, Calls]:
    found: dict[str, Calls] = {}
    text = recipes.spelled_out(source)
    heads = list(islice(_TARGET.finditer(text), _MOST))
    at = line = 0
    for head, end in zip(heads, _ends(heads, text), strict=True):
        line, at = line + text.count("\n", at, head.start()), head.start()
        recipe = [one.lstrip("\t@+ ") for one in text[head.end() : end].split("\n") if one.startswith("\t")]
        run = [command for one in recipe if not one.startswith("-") for command in commands(one)]
        called = {word for command in run if command.program == "make" for word in command.arguments}
        for name in head[1].split():
            known = found.get(name, (line + 1, set(), set()))
            found[name] = (known[0], known[1] | _kinds(run), known[2] | called | set(head[2].split()))
    found.pop(".PHONY", None)
    return found


def _ends(found: Sequence[re.Match[str]], text: str) -> list[int]:
    """Where what begins with each ends: at the next."""
    return [one.start() for one in found[1:]] + [len(text)] * bool(found)


def of_npm(source: Source) -> Iterator[Demand]:
    """`npm test` runs `pretest` before it and `posttest` after it (docs.npmjs.com, scripts)."""
    root = read(source)
    scripts = dict(islice(root["scripts"].pairs, _MOST)) if root else {}
    found: dict[str, Calls] = {}
    for name, script in scripts.items():
        run = list(commands(script.text))
        found[name] = (
            script.line,
            _kinds(run),
            {called for one in run for called in _called(one)} | {f"pre{name}", f"post{name}"},
        )
    yield from _told("npm run ", found)


def _called(command: Command) -> Iterator[str]:
    if command.program in {"npm", "yarn", "pnpm", "bun"} and not command.soft:
        yield from (word for word in command.arguments[:2] if word not in {"run", "run-script", "-s", "--silent"})
    if command.program in {"run-s", "run-p", "npm-run-all"} and not command.soft:
        yield from command.arguments


def _kinds(run: Iterable[Command]) -> set[str]:
    return {kind for command in run for kind in checkkind.kinds(command)}


def _told(prefix: str, names: Mapping[str, Calls]) -> Iterator[Demand]:
    """What is checked by way of other names; and that a name is there, whatever it does."""
    for name, (line, own, called) in names.items():
        call = f"{prefix}{checkkind.plain(name)}"
        yield _there(line, call)
        reached, ahead = {name}, called & names.keys()
        for _ in range(_DEEPEST):
            reached |= ahead
            ahead = {far for one in ahead for far in names[one][2] if far in names} - reached
        if len(reached) > 1 and not name.startswith(("pre", "post")):
            for kind in sorted(own.union(*(names[one][1] for one in reached))):
                yield _checks(line, kind, call)


def _there(line: int, name: str) -> Demand:
    return line, f"have `{name}`", 0, "", checkkind.NAMED_BY


def _checks(line: int, kind: str, name: str) -> Demand:
    return line, f"run {kind} by `{name}`", 3, "", checkkind.NAMED_BY


def is_gone(what: str, now: set[str]) -> bool:
    """Whether the name by which it was done is gone, so that whoever calls it is told, or calls pre-commit instead."""
    verb, by, name = what.rpartition(" by `")
    others = {f"run `pre-commit`{by}{name}"} if verb.endswith((checkkind.LINTER, checkkind.TYPES)) else set()
    return bool(by) and verb.startswith("run ") and (f"have `{name}" not in now or bool(others & now))


def of_tox(source: Source) -> Iterator[Demand]:
    """The environments that tox runs where none is named (tox.wiki, `env_list`)."""
    root = read(source)
    own = (
        root["tool"]["tox"]
        if root and source.path.endswith("pyproject.toml")
        else root["tox"]
        if root and root["tox"].value
        else root
    )
    if root is None or own is None or not (listed := own["env_list"].items or own["envlist"].items):
        return
    yield _there(listed[0].line, "tox")
    names = [name for entry in listed for name in _PARTS.findall(entry.text)]
    for kind in sorted({kind for name in names[:_MOST] for kind in _environment(name, root, own)}):
        yield _checks(listed[0].line, kind, "tox")


def _environment(name: str, root: Node, own: Node) -> set[str]:
    """What an environment checks; one without a section of its own runs what all do, the tests as a rule."""
    table = root[f"testenv:{name}"] if root[f"testenv:{name}"].value else own["env"][name]
    texts = [" ".join(word.text for word in row.items) for row in table["commands"].items]
    run = [command for text in texts for line in text.split("\n") for command in commands(line)]
    told = {checkkind.kind_of_name(name)} - {""}
    return _kinds(run) or told or (set() if table.value else {testing.NAME})


def of_nox(source: Source) -> Iterator[Demand]:
    """The sessions that nox runs where none is named (nox.thea.codes, `options.sessions`)."""
    found = list(islice(_SESSION.finditer(source.text), _MOST))
    listed = _SESSIONS.search(source.text)
    names = set(_QUOTED.findall(listed[1])) if listed else set()
    yield _there(1, "nox")
    for one, end in zip(found, _ends(found, source.text), strict=True):
        named = re.search(r"""name\s*=\s*["']([^"']+)""", one[1])
        name = named[1] if named else one[2]
        if name in names if listed else "default=False" not in one[1].replace(" ", ""):
            line = source.text.count("\n", 0, listed.start() if listed else one.start()) + 1
            for kind in sorted(_kinds(_run(source.text[one.end() : end]))):
                yield _checks(line, kind, "nox")


def _run(body: str) -> Iterator[Command]:
    for found in islice(_RUN.finditer(body), _MOST):
        program, arguments = unwrapped(_QUOTED.findall(found[1]))
        yield Command(0, program, tuple(arguments))


def of_semgrep(source: Source) -> Iterator[Demand]:
    """Rules of a project's own for semgrep."""
    root = read(source)
    for rule in root["rules"].items[:_MOST] if root else ():
        grave = {"INFO": 1, "LOW": 1, "WARNING": 2, "MEDIUM": 2}.get(rule["severity"].text.upper(), 3)
        yield (
            rule.line,
            f"look for `{checkkind.plain(rule['id'].text)}`",
            grave,
            "its severity is lower",
            checkkind.NAMED_BY,
        )


def of_trivy(source: Source) -> Iterator[Demand]:
    root = read(source)
    if root and root["exit-code"].text not in {"", "0"}:
        yield root["exit-code"].line, "fail on what trivy finds", 3, "", "trivy"

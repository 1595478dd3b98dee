"""Commands that install packages by name, in Dockerfiles, workflows and scripts: `pip install x==1`, `npm install x@1`."""

import json
import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from gate.facts.command import Command, commands
from gate.facts.config import Node, read
from gate.facts.dependency import Dependency, Manifest
from gate.facts.npm import ECOSYSTEM
from gate.facts.npm import wish as npm_wish
from gate.facts.ran import ran
from gate.facts.requirement import Wish, wish
from gate.source import Place, Source

_RUN = re.compile(r"(?i)^\s*(?:ONBUILD\s+)?(?:RUN|CMD|ENTRYPOINT)[ \t]+((?:--\w+(?:=\S+)?[ \t]+)*)(.*)", re.DOTALL)
_HERE = re.compile(r"(?<!<)<<-?[\"']?(\w+)[\"']?\s*$")
"""A document that follows, up to the line that says this word again."""
_ESCAPE = re.compile(r"(?i)\s*#\s*escape\s*=\s*`")
_ESCAPED = re.compile(r"`\s*$")
"""How lines are continued where a Dockerfile says so in its head, as those of Windows do."""
_PIP = re.compile(r"pip[\d.]*")
_ADDS = frozenset({("uv", "add"), ("poetry", "add"), ("pdm", "add"), ("pipenv", "install"), ("pipx", "install")})
_SETS = re.compile(r"(?i)\s*(?:ARG|ENV)\s")
_VALUE = re.compile(r"\b(\w+)=[\"']?([\w.+-]+)")
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_NPM_ADDS = frozenset({
    ("npm", "install"), ("npm", "i"), ("npm", "add"), ("npm", "in"), ("pnpm", "add"), ("pnpm", "install"), ("pnpm", "i"),
    ("yarn", "add"), ("bun", "add"), ("bun", "install"), ("bun", "i"),
})  # fmt: skip
_VALUED = frozenset(
    "-i --index-url --extra-index-url -f --find-links -t --target -r --requirement -c --constraint --prefix --root --python "
    "-p --platform --python-version --abi --implementation --no-binary --only-binary --progress-bar --cache-dir --timeout "
    "--retries --proxy --cert --trusted-host --src --group -G --extra --log --report --upgrade-strategy --config-settings "
    "--global-option --registry --cache --workspace -w -C --dir --filter --default-index --index --exclude-newer "
    "--build-constraint -b --override".split()
)
_COMPUTED = re.compile(r"\$|`|\{\{")
_REMOTE = {
    "PyPI": re.compile(r"://|^git@"),
    ECOSYSTEM: re.compile(r"://|^git@|^[\w.-]+:[\w.-]|^[\w-]+/[\w.-]+(?:#|$)"),
}
_USES = re.compile(r"([\w.-]+/[\w.-]+)((?:/[^@\s]+)?)@(\S+)")
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


def dockerfile(source: Source) -> Manifest:
    """What its commands install, with the values that it gives its own variables."""
    found: list[Dependency | str] = []
    values: dict[str, str] = {}
    for first, text in _instructions(source):
        if _SETS.match(text):
            values.update({one[1]: one[2] for one in _VALUE.finditer(text)})
        if run := _RUN.match(text):
            script = _VARIABLE.sub(lambda one: values.get(one[1] or one[2], one[0]), _script(run[2]))
            found += _installed(source.path, first, script)
    return _manifest(found)


def _manifest(found: Sequence[Dependency | str]) -> Manifest:
    read = tuple(one for one in found if isinstance(one, Dependency))
    return Manifest(read, (), tuple(one for one in found if isinstance(one, str)))


def workflow(source: Source) -> Manifest:
    """What the steps install, and the actions they use."""
    root = read(source)
    if root is None:
        raise ValueError("it is no YAML that gate reads, or too large")
    found: list[Dependency | str] = []
    for job in (*(job for _, job in root["jobs"].pairs), root["runs"]):
        steps = job["steps"].value if isinstance(job["steps"].value, tuple) else ()
        for node in (job["uses"], *(step["uses"] for step in steps)):
            found += _used(source.path, node)
        for script in (step["run"] for step in steps):
            if script.text:
                found += _installed(source.path, script.line + script.block, script.text)
    return _manifest(found)


def _instructions(source: Source) -> Iterator[tuple[int, str]]:
    """The instructions of a Dockerfile, their continued lines kept, comments inside them dropped."""
    parts: list[str] = []
    first, end = 1, ""
    other = _ESCAPE.match(source.text)
    for number, written in enumerate((*source.lines, ""), 1):
        line = _ESCAPED.sub(r"\\", written) if other else written
        if end and line.strip() != end:
            parts.append(line)
            continue
        if not parts and (here := _HERE.search(line)):
            first, end, parts = number, here[1], [line.replace(here[0], "")]
            continue
        if end:
            yield first, "\n".join(parts)
            end, parts = "", []
            continue
        first = first if parts else number
        comment = line.lstrip().startswith("#")
        parts.append("\\" if comment and parts else "" if comment else line)
        if not parts[-1].rstrip().endswith("\\"):
            yield first, "\n".join(parts)
            parts = []
    if parts:
        yield first, "\n".join(parts)


def _script(text: str) -> str:
    """What a `RUN` runs, from its list of words (the exec form) as well."""
    try:
        words = json.loads(text) if text.startswith("[") else []
    except (ValueError, RecursionError):
        return text
    return shlex.join(map(str, words)) if words else text


def _installed(path: str, first: int, script: str) -> Iterator[Dependency | str]:
    """The packages of a script, and the words for those that only a variable knows."""
    for command in commands(script):
        place = Place.at(path, first + command.line)
        for ecosystem, text in (*_asked(command), *ran(command.words)):
            if _COMPUTED.search(text):
                yield f"`{text[:60]}`, which is computed"
                continue
            asked = wish(text) if ecosystem == "PyPI" else _npm(text)
            if asked is None:
                continue
            if not asked.origin or _REMOTE[ecosystem].search(asked.origin):  # folders of an image are nobody's to audit
                yield Dependency(place, asked.name, asked.wanted, asked.version, asked.origin, ecosystem)


def _asked(command: Command) -> Iterator[tuple[str, str]]:
    """The ecosystem and the words for each package that a command adds."""
    program, arguments = PurePosixPath(command.program).name, command.arguments
    words = [word for word in arguments if not word.startswith("-")]
    if program == "uv" and words[:1] == ["pip"]:
        program, words, arguments = "pip", words[1:], arguments[arguments.index(words[0]) + 1 :]
    if not words:
        return
    if (_PIP.fullmatch(program) and words[0] == "install") or (program, words[0]) in _ADDS:
        yield from (("PyPI", text) for text in _names(arguments[arguments.index(words[0]) + 1 :]))
    elif (program, words[0]) in _NPM_ADDS or (program, *words[:2]) == ("yarn", "global", "add"):
        verb = words[words[0] == "global"]
        yield from ((ECOSYSTEM, text) for text in _names(arguments[arguments.index(verb) + 1 :]))


def _names(arguments: Sequence[str]) -> Iterator[str]:
    """What is named, without options and their values."""
    skip = False
    for word in arguments:
        text = word.strip("'\"")
        if not skip and not text.startswith("-") and text:
            yield text
        skip = text in _VALUED


def _npm(text: str) -> Wish | None:
    name, _, wanted = text.rpartition("@") if "@" in text[1:] else (text, "", "")
    if text.startswith((".", "/", "~", "file:")):
        return None
    if ":" in name or name.count("/") > name.startswith("@"):
        name, wanted = "", text
    try:
        return npm_wish(name, wanted) if name else Wish("", "", "", wanted)
    except ValueError:
        return None


def _used(path: str, node: Node) -> Iterator[Dependency]:
    """An action or workflow of another repository; `wanted` is the tag, branch or commit it is taken from."""
    found = _USES.fullmatch(node.text)
    if found:
        exact = found[3] if _COMMIT.fullmatch(found[3]) else ""
        yield Dependency(
            Place.at(path, node.line), (found[1] + found[2]).lower(), found[3], exact, "", "GitHub Actions"
        )

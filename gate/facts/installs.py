"""Commands that install packages by name, in Dockerfiles, workflows and scripts: `pip install x==1`, `npm install x@1`."""

import json
import re
import shlex
from collections.abc import Collection, Iterator, Sequence
from pathlib import PurePosixPath

from gate import lazy
from gate.facts.command import Command, commands
from gate.facts.config import Node, whole
from gate.facts.dependency import Dependency, Manifest
from gate.facts.npm import ECOSYSTEM
from gate.facts.npm import wish as npm_wish
from gate.facts.ran import ran
from gate.facts.requirement import Wish, shown, wish
from gate.source import Place, Source

_RUN = lazy.regex(r"(?i)^\s*(?:ONBUILD\s+)?(?:RUN|CMD|ENTRYPOINT)[ \t]+((?:--\w+(?:=\S+)?[ \t]+)*)(.*)", re.DOTALL)
_HERE = lazy.regex(r"(?<!<)<<-?[\"']?(\w+)[\"']?(?=\s|$)(?!.*<<)")
"""A document that follows, up to the line that says this word again."""
_ESCAPE = lazy.regex(r"(?i)\s*#\s*escape\s*=\s*`")
_ESCAPED = lazy.regex(r"`\s*$")
"""How lines are continued where a Dockerfile says so in its head, as those of Windows do."""
_PIP = lazy.regex(r"pip[\d.]*")
_ADDS = frozenset({
    ("uv", "add"), ("poetry", "add"), ("pdm", "add"), ("pipenv", "install"), ("pipx", "install"), ("pipx", "inject"),
    *((program, verb) for program in ("pip", "uv pip") for verb in ("install", "download", "wheel")),
})  # fmt: skip
_SETS = lazy.regex(r"(?i)\s*(?:ARG|ENV)\s")
_VALUE = lazy.regex(r"\b(\w+)=[\"']?([\w.+-]+)")
_VARIABLE = lazy.regex(r"\$(?:\{(\w+)\}|(\w+))")
_NPM_ADDS = frozenset({
    *(("npm", verb) for verb in "install i in ins inst insta instal isnt isnta isntal isntall add install-test it".split()),
    *(("pnpm", verb) for verb in "add install i update up upgrade".split()),
    *(("yarn", verb) for verb in "add up upgrade".split()), *(("bun", verb) for verb in "add a install i update".split()),
})  # fmt: skip
"""With the names that npm gives its command beside its own (https://docs.npmjs.com/cli/commands/npm-install)."""
_ELSE = frozenset("run run-script exec x dlx test list show why".split())
"""Verbs behind which words of others stand."""
_VERB = 3
"""Words before a verb: the values of options, and `global`, `self`, `workspace x`."""
_POETRY = lazy.regex(r"([\w.-]+(?:\[[\w,-]*\])?)@(\d[\w.]*)")
"""`poetry add x@1`."""
_REDIRECTED = lazy.regex(r"\d*&?[<>]+(.*)")
_INNER = lazy.regex(r"\$\(([^()]*)\)|`([^`\n]*)`|\s-[a-zA-Z]*c\s+(?:\"((?:[^\"\\]|\\.)*)\"|'([^']*)')")
"""A script within a script: what stands in for its output, and what a shell is given behind `-c`."""
_CONTINUED = lazy.regex(r"(?<=[ \t])[`^]\n")
"""How the shells of Windows continue a line."""
_VALUED = frozenset(
    "-i --index-url --extra-index-url -f --find-links -t --target -r --requirement -c --constraint --prefix --root --python "
    "-p --platform --python-version --abi --implementation --no-binary --only-binary --progress-bar --cache-dir --timeout "
    "--retries --proxy --cert --trusted-host --src --group -G --extra --log --report --upgrade-strategy --config-settings "
    "--global-option --registry --cache --workspace -w -C --dir --filter --default-index --index --exclude-newer "
    "--build-constraint -b --override".split()
)
_LISTS = frozenset({"-r", "--requirement", "-c", "--constraint"})
_ASKED = lazy.regex(r"(?!git@)((?:@[^@/\s]+/)?[^@/:\s]+)@(.*)")
_PIPS = _VALUED | {"-d", "--dest", "--wheel-dir"}
"""Those of pip; to others `-d` is a flag."""
_COMPUTED = lazy.regex(r"\$|`|\{\{")
_REMOTE = {
    "PyPI": lazy.regex(r"://|^git@"),
    ECOSYSTEM: lazy.regex(r"://|^git@|^[\w.-]+:[\w.-]|^[\w-]+/[\w.-]+(?:#|$)"),
}
_USES = lazy.regex(r"([\w.-]+/[\w.-]+)((?:/[^@\s]+)?)@(\S+)")
_IMAGE = lazy.regex(r"(docker://[^@\s]+?)(?::([\w.-]+))?(?:@(sha256:[0-9a-f]{64}))?")
"""An image that is run in the place of an action."""
_COMMIT = lazy.regex(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


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
    root, twice = whole(source)
    if twice:
        raise ValueError(f"it has {twice[0]}")
    found: list[Dependency | str] = []
    for job in (*(job for _, job in root["jobs"].pairs), root["runs"]):
        steps = job["steps"].value if isinstance(job["steps"].value, tuple) else ()
        for node in (job["uses"], *(step["uses"] for step in steps)):
            found += _used(source.path, node)
        for script in (step["run"] for step in steps):
            if script.text:
                found += _installed(source.path, script.line + script.block, _CONTINUED.sub("\\\\\n", script.text))
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
    for start, text in _scripts(script):
        for command in commands(text):
            place = Place.at(path, first + start + command.line)
            for ecosystem, word in (*_asked(command), *ran(command.words)):
                yield from _read(place, ecosystem, word)


def _scripts(script: str) -> Iterator[tuple[int, str]]:
    """A script and those within it, each with the number of lines before it."""
    yield 0, script
    for found in _INNER.finditer(script):
        yield script.count("\n", 0, found.start(found.lastindex or 0)), found[found.lastindex or 0]


def _read(place: Place, ecosystem: str, text: str) -> Iterator[Dependency | str]:
    if _COMPUTED.search(text):
        yield f"`{shown(text)[:60]}`, which is computed"
        return
    if text.startswith(("-r", "-c", "--requirement", "--constraint")):
        yield f"`{shown(text)[:60]}`, a list from elsewhere"
        return
    asked = wish(_POETRY.sub(r"\1==\2", text)) if ecosystem == "PyPI" else _npm(text)
    if asked is None:
        if ecosystem == "PyPI":
            yield f"`{shown(text)[:60]}`, which is no requirement"
    elif not asked.origin or _REMOTE[ecosystem].search(asked.origin):  # folders of an image are nobody's to audit
        yield Dependency(place, asked.name, asked.wanted, asked.version, asked.origin, ecosystem)


def _asked(command: Command) -> Iterator[tuple[str, str]]:
    """The ecosystem and the words for each package that a command adds."""
    program, arguments = PurePosixPath(command.program).name, command.arguments
    program = "pip" if _PIP.fullmatch(program) else program
    if program == "uv" and "pip" in arguments[:_VERB]:
        program, arguments = "uv pip", arguments[arguments.index("pip") + 1 :]
    if program == "easy_install":
        yield from (("PyPI", text) for text in _names(arguments))
    at = _verb(program, arguments)
    if at is not None:
        ecosystem = "PyPI" if (program, arguments[at]) in _ADDS else ECOSYSTEM
        valued = _PIPS if program.endswith("pip") else _VALUED
        yield from ((ecosystem, text) for text in _names(arguments[at + 1 :], valued))


def _verb(program: str, arguments: Sequence[str]) -> int | None:
    """Where the verb stands that adds packages: `install`, `add`; None where the command does something else."""
    words = [(at, word) for at, word in enumerate(arguments) if not word.startswith("-")]
    for at, word in words[:_VERB]:
        if (program, word) in _ADDS or (program, word) in _NPM_ADDS:
            return at
        if word in _ELSE and words[0][1] != "workspace":  # of yarn, behind which stands a name
            return None
    return None


def _names(arguments: Sequence[str], valued: Collection[str] = _VALUED) -> Iterator[str]:
    """What is named, without options and their values; of lists those that are fetched."""
    before, skip = "", False
    for word in arguments:
        text = word.strip("'\"")
        text = text.rstrip(")") if "(" not in text else text
        redirected = _REDIRECTED.fullmatch(text)
        if not skip and not text.startswith("-") and text and not redirected:
            yield text
        elif skip and before in _LISTS and "://" in text:
            yield f"{before} {text}"
        skip = text in valued or bool(redirected and not redirected[1])
        before = text


def _npm(text: str) -> Wish | None:
    found = _ASKED.fullmatch(text)
    name, wanted = (found[1], found[2]) if found else (text, "")
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
    if image := _IMAGE.fullmatch(node.text):
        name, wanted = image[1], image[3] or image[2] or ""
        yield Dependency(Place.at(path, node.line), name, wanted, image[3] or "", "", "GitHub Actions")
    elif found := _USES.fullmatch(node.text):
        exact = found[3] if _COMMIT.fullmatch(found[3]) else ""
        yield Dependency(
            Place.at(path, node.line), (found[1] + found[2]).lower(), found[3], exact, "", "GitHub Actions"
        )

"""Commands that a coding agent or an editor runs by itself, because a file of the repository says so."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from gate import lazy
from gate.facts.agentconfig import FILES, front, is_settings, leaves, settings
from gate.facts.config import Node, exact
from gate.facts.jsonc import plain
from gate.hint import Hint
from gate.source import Place, Source

Danger = Literal["", "fetches", "sends", "decides", "escapes"]

_HOOKS = lazy.regex(
    r"(?i)(?:^|\.)hooks\b.*\.(?:command|bash|powershell|run|script)$|(?:^|\.)(?:statusLine\.command|apiKeyHelper|awsAuthRefresh|"
    r"awsCredentialExport|otelHeadersHelper)$|^(?:install|start)$|^then\.command$"
)
_CALLED = lazy.regex(r"^(?:notify|(?:test|lint|notifications)-cmd)$")
"""Commands that an agent runs after its work (Codex, aider); such as `pytest`, so only what is dangerous is told."""
_INLINE = lazy.regex(r"(?:^|/)(?:commands|skills|agents|prompts|workflows)/.*\.(?:md|toml)$")
_RUN_FIRST = lazy.regex(r"!`([^`\n]{1,2000})`|!\{([^}\n]{1,2000})\}")
"""What is run, and put into the text, before a model is told the text (commands of Claude Code and Gemini CLI)."""
_GETS = r"(?:curl|wget|fetch|iwr|irm|Invoke-WebRequest|Invoke-RestMethod)"
_RUNS = r"(?:(?:sudo|exec|env)\s+)*(?:/\S*/)?(?:ba|z|da|k)?sh\b|python[\d.]*\b|node\b|perl\b|ruby\b|iex\b|Invoke-Expression|php\b"
FETCHES = lazy.regex(
    rf"\b{_GETS}\b[^\n;&]{{0,500}}\|\s*(?:\S{{1,40}}\s?\|\s?){{0,4}}?(?:{_RUNS})|(?:bash|sh|zsh|source|eval|\.)\s+(?:-\w+\s+){{0,5}}[\\\"']*(?:<\(|\$\(|`)\s*{_GETS}\b"
    rf"|\b{_GETS}\b[^\n]{{0,500}}(?:&&|;)\s*(?:chmod\s[^\n]{{0,500}}(?:&&|;)\s*)?(?:(?:ba|z)?sh\s|\./|/tmp/)|base64\s+(?:-d|-D|--decode)\b[^\n]{{0,500}}\|\s*(?:{_RUNS})"
    rf"|\biex\b[^\n]{{0,500}}{_GETS}"
)
"""A program is taken from somewhere and run, whatever is there on the day."""
_SENDS = lazy.regex(
    r"\b(?:curl|wget|nc|ncat)\b(?=[^\n]{0,500}(?:https?://(?!localhost|127\.0\.0\.1|\[::1\])|\bnc(?:at)?\s+[\w.-]+\s+\d))[^\n]{0,500}"
    r"(?:\.env\b|printenv|\$\(\s*(?:env|set|cat|printenv)\b|~/\.(?:ssh|aws|config|netrc|claude)|id_rsa|\$\{?\w*(?:TOKEN|SECRET|API_KEY|PASSWORD)\b"
    r"|(?:--data(?:-binary|-raw)?|-d|-F|-T|--upload-file)\s*[\"']?@)|\b(?:env|printenv|cat\s+\S*\.env)\s*\|\s*(?:curl|nc|base64)\b"
)
_DECIDES = lazy.regex(r"permissionDecision\W{1,12}allow\b|\bdecision\W{1,12}approve\b|\bpermission\W{1,12}allow\b")
_OPENS = lazy.regex(r"(?:^|/)\.vscode/tasks\.json$|\.code-workspace$")
_CONTAINER = lazy.regex(
    r"(?:^|/)(?:\.devcontainer/(?:[\w.-]+/)*devcontainer|\.?devcontainer)\.json$|(?:^|/)\.gitpod\.ya?ml$"
)
_ESCAPES = lazy.regex(
    r"--(?:privileged|pid[= ]host|userns[= ]host)(?![\w-])|--cap-add[= ]?(?:ALL|SYS_ADMIN)\b|(?:source|src)=/(?:,|$)|(?:^|\s)/:/|docker\.sock"
    r"|(?:source|src)=[^,]{0,200}/\.(?:ssh|aws|gnupg|kube|netrc|docker|config/gcloud)\b"
)
"""What leaves nothing between a container and the machine it runs on (docker run, "Runtime privilege")."""
_ENTERED = lazy.regex(r"(?:^|/)\.envrc$")
_OUTSIDE = "initializeCommand"
"""The one command of a development container that runs on the machine it is opened on (containers.dev, lifecycle scripts)."""
_LIFECYCLE = (
    _OUTSIDE,
    "onCreateCommand",
    "updateContentCommand",
    "postCreateCommand",
    "postStartCommand",
    "postAttachCommand",
)
_SYSTEMS = ("windows", "osx", "linux")


@dataclass(frozen=True)
class Hook:
    """A command and when it runs; `danger` says what is wrong with it, "" where nothing is to be seen."""

    place: Place
    danger: Danger
    when: str
    inside: bool = False
    """It runs in a container that was made for it, not on the machine of whoever opens the repository."""

    languages: ClassVar[frozenset[str]] = frozenset({""})
    paths: ClassVar[re.Pattern[str]] = lazy.regex(f"{FILES.pattern}|{_CONTAINER.pattern}|{_ENTERED.pattern}")
    hint: ClassVar[Hint] = Hint.of("!`", "!{", ("hooks", r":"))

    @classmethod
    def find(cls, source: Source) -> Iterator["Hook"]:
        if _ENTERED.search(source.path):
            yield from _entered(source)
        if _CONTAINER.search(source.path):
            yield from _contained(source)
        if _INLINE.search(source.path):
            yield from _inline(source)
        root = settings(source) if is_settings(source.path) else front(source)
        if root is None:
            return
        yield from _called(source.path, root)
        for keys, node in leaves(root):
            name = ".".join(keys)
            environment = source.path.endswith("environment.json")
            if node.text and _HOOKS.search(name) and (environment or name not in {"install", "start"}):
                event = next((key for key in keys[keys.index("hooks") + 1 :]), "") if "hooks" in keys[:-1] else keys[0]
                yield cls(Place.at(source.path, node.line), danger(node.text), f"on `{event}`")
        if _OPENS.search(source.path):
            yield from _opened(source, (*root["tasks"].items, *root["tasks"]["tasks"].items))


def _inline(source: Source) -> Iterator[Hook]:
    for number, line in enumerate(source.lines, 1):
        for found in _RUN_FIRST.finditer(line):
            if wrong := danger(found[1] or found[2]):
                yield Hook(Place.at(source.path, number), wrong, "when this is used")


def _called(path: str, root: Node) -> Iterator[Hook]:
    for name, node in root.pairs:
        command = " ".join(word.text for word in node.items)
        if _CALLED.search(name) and danger(command):
            yield Hook(Place.at(path, node.line), danger(command), "after the work of an agent")


def _opened(source: Source, tasks: Iterable[Node]) -> Iterator[Hook]:
    """Tasks that an editor runs when it opens the folder, on each system by its own command."""
    for task in tasks:
        if task["runOptions"]["runOn"].text == "folderOpen":
            for one in (task, *(task[system] for system in _SYSTEMS)):
                if one is task or one["command"].text:
                    line = one["command"].line if one["command"].text else task.line
                    yield Hook(Place.at(source.path, line), danger(_command(one)), "when the folder is opened")


def _command(task: Node) -> str:
    return " ".join([task["command"].text, *(one.text for one in task["args"].items)])


def _contained(source: Source) -> Iterator[Hook]:
    """What a container for development runs when it is made and entered: text, words, or several by name."""
    root = exact(plain(source))
    for name in _LIFECYCLE if root else ():
        given = root[name] if root else Node(0, "")
        for one in (node for _, node in given.pairs) if isinstance(given.value, Mapping) else (given,):
            command = " ".join(word.text for word in one.items)
            if command and (name == _OUTSIDE or danger(command)):
                yield Hook(Place.at(source.path, one.line), danger(command), f"on `{name}`", name != _OUTSIDE)
    yield from _unconfined(source, root or Node(0, ""))
    for task in root["tasks"].items if root else ():
        for event, one in task.pairs:
            if danger(one.text):
                yield Hook(Place.at(source.path, one.line), danger(one.text), f"on `{event}`", inside=True)


def _unconfined(source: Source, root: Node) -> Iterator[Hook]:
    """A container that is given the machine it runs on."""
    told = [root["privileged"]] if root["privileged"].text.lower() == "true" else []
    for one in (*root["runArgs"].items, *root["mounts"].items, *root["capAdd"].items):
        said = " ".join(child.text for _, child in one.pairs) or one.text
        if _ESCAPES.search(said) or one.text in {"SYS_ADMIN", "ALL"} or one["source"].text == "/":
            told.append(one)
    for one in told[:1]:
        yield Hook(Place.at(source.path, one.line), "escapes", "when the container is opened", inside=True)


def _entered(source: Source) -> Iterator[Hook]:
    """Lines that a shell runs when its user comes into the folder."""
    for number, line in enumerate(source.lines, 1):
        if not line.lstrip().startswith("#") and danger(line):
            yield Hook(Place.at(source.path, number), danger(line), "when somebody enters the folder")


def danger(command: str) -> Danger:
    command = " ".join(command.split())
    if FETCHES.search(command):
        return "fetches"
    if _SENDS.search(command):
        return "sends"
    return "decides" if _DECIDES.search(command) else ""

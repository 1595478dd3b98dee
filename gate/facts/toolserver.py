"""The MCP servers a repository gives to agents: what they are started from, or where they are."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import ClassVar, Literal

from gate import lazy
from gate.facts.agentconfig import FILES, front, is_settings, settings
from gate.facts.agenthook import danger
from gate.facts.config import Node
from gate.hint import Hint
from gate.source import Place, Source

Wrong = Literal["", "fetched", "unpinned", "plain", "remote", "trusted"]

_TABLES = ("mcpServers", "mcp_servers", "mcp-servers", "context_servers", "mcp")
_LOCAL = lazy.regex(r"https?://(?:localhost|127\.\d+\.\d+\.\d+|\[::1\]|0\.0\.0\.0|host\.docker\.internal|[\w-]+\.(?:local|internal))(?=[:/?]|$)"
                    r"|https?://[\w-]+(?::\d+)?(?:/|$)")  # fmt: skip
_ADDRESS = lazy.regex(r"https?://\S+")
_RUNNERS = {"npx": "npm", "bunx": "npm", "pnpx": "npm", "uvx": "pypi", "pipx": "pypi"}
_SUBCOMMANDS = {("npm", "exec"): "npm", ("npm", "x"): "npm", ("pnpm", "dlx"): "npm", ("yarn", "dlx"): "npm", ("bun", "x"): "npm",
                ("uv", "tool"): "pypi"}  # fmt: skip
_PINNED = {
    "npm": lazy.regex(
        r"@?[\w./-]+@v?\d+\.\d+\.\d+[\w.+-]*|(?:git\+|github:|https?:)\S+#[0-9a-f]{40}|\.{0,2}/\S+|file:\S+"
    ),
    "pypi": lazy.regex(r"[\w.\[\],-]+(?:==|@)v?\d+(?:\.\d+)+[\w.+-]*|git\+\S+@[0-9a-f]{40}(?:#\S*)?|\.{0,2}/\S+|\."),
}
_VALUED = frozenset(
    {"--from", "--with", "--python", "-p", "--package", "--registry", "--index-url", "--spec", "--cache"}
)
_NAMES_IT = frozenset({"--from", "--package", "-p", "--spec"})
_DOCKER_VALUED = lazy.regex(
    r"-(?:e|v|p|w|u)|--(?:env|volume|mount|network|name|user|env-file|workdir|publish|platform|entrypoint|add-host)"
)


@dataclass(frozen=True)
class Server:
    """A server of tools, and what is wrong with how it comes."""

    place: Place
    name: str
    wrong: Wrong
    what: str
    """The package, image or address."""

    languages: ClassVar[frozenset[str]] = frozenset({""})
    paths: ClassVar[re.Pattern[str]] = FILES
    hint: ClassVar[Hint] = Hint.of("mcp-servers", "mcpservers")

    @classmethod
    def find(cls, source: Source) -> Iterator["Server"]:
        root = settings(source) if is_settings(source.path) else front(source)
        for name, node in _servers(source.path, root) if root else ():
            found = list(_judged(source.path, name, node))
            yield from found or [cls(Place.at(source.path, node.line), name, "", "")]


def _servers(path: str, root: Node) -> Iterator[tuple[str, Node]]:
    tables = [root[table] for table in _TABLES]
    tables += [root["servers"]] if "mcp" in path else []
    tables += [root["mcp"]["servers"], root["settings"]["mcp"]["servers"]]
    for table in tables:
        yield from ((name, node) for name, node in table.pairs if name != "servers")
        if isinstance(table.value, tuple):
            yield from ((node["name"].text, node) for node in table.items)


def _judged(path: str, name: str, node: Node) -> Iterator[Server]:
    command, *arguments = [*_words(node), ""]
    words = [node["command"], *node["args"].items, *node["command"]["args"].items]
    line = next((word.line for word in words if word.text), node.line)
    if danger(" ".join([command, *arguments])) in {"fetches", "sends"}:
        last = next((word.line for word in reversed(words) if danger(f"sh {word.text}")), line)
        yield Server(Place.at(path, last), name, "fetched", command)
    elif package := _unpinned(command, arguments):
        yield Server(
            Place.at(path, next((one.line for one in words if package in one.text), line)),
            name,
            "unpinned",
            _bare(package),
        )
    addresses = [*(node[key] for key in ("url", "serverUrl", "httpUrl", "uri")), *node["args"].items]
    url = next((one for one in addresses if _ADDRESS.fullmatch(one.text)), None)
    if url is not None and not _LOCAL.match(url.text):
        yield Server(
            Place.at(path, url.line), name, "plain" if url.text.startswith("http:") else "remote", _bare(url.text)
        )
    if node["trust"].text.lower() == "true":
        yield Server(Place.at(path, node["trust"].line), name, "trusted", "")


def _bare(name: str) -> str:
    """A package, image or address without what may be a secret in it: who asks, and with which parameters."""
    return re.sub(r"(?<=://)[^/@]*@|[?#].*", "", name)[:120]


def _words(node: Node) -> list[str]:
    """A command and its arguments, given apart, in one list, or in one text."""
    given = node["command"]
    if given["path"].text:  # Zed's
        return [given["path"].text, *(one.text for one in given["args"].items)]
    command = [one.text for one in given.items]
    if len(command) == 1 and not node["args"].items:
        command = command[0].split()
    return [*command, *(one.text for one in node["args"].items)]


def _unpinned(command: str, arguments: list[str]) -> str:
    """What a runner fetches in whichever version is the newest on the day; "" where it is pinned, or none."""
    program = PurePosixPath(command.replace("\\", "/")).name.removesuffix(".cmd").removesuffix(".exe")
    words = [word for word in arguments if word]
    if program in {"cmd", "env", "sudo"} or (program in {"bash", "sh", "zsh"} and words[:1] in (["-c"], ["-lc"])):
        inner = " ".join(words[1:]).split()
        return _unpinned(inner[0], inner[1:]) if inner else ""
    if program in {"docker", "podman"} and words[:1] == ["run"]:
        return _image(words[1:])
    if program == "go" and words[:1] == ["run"]:
        return next((word for word in words[1:] if word.endswith("@latest")), "")
    registry = _RUNNERS.get(program) or _SUBCOMMANDS.get((program, words[0] if words else ""), "")
    if not registry:
        return ""
    words = [word for word in words if word not in {"exec", "x", "dlx", "tool", "run"}]
    package = _package(words)
    return "" if not package or _PINNED[registry].fullmatch(package) or "$" in package else package


def _package(words: list[str]) -> str:
    skip = ""
    for word in words:
        option, _, given = word.partition("=")
        if skip in _NAMES_IT:
            return word
        if skip:
            skip = ""
        elif option in _NAMES_IT and given:
            return given
        elif word in _VALUED:
            skip = word
        elif not word.startswith("-"):
            return word
    return ""


def _image(words: list[str]) -> str:
    """An image without a version; what stands behind it are its own arguments."""
    skip = False
    for word in words:
        if skip:
            skip = False
        elif _DOCKER_VALUED.fullmatch(word):
            skip = True
        elif not word.startswith("-"):
            tag = word.rpartition("/")[2].partition(":")[2]
            return "" if "@sha256:" in word or "$" in word or (tag and tag != "latest") else word
    return ""

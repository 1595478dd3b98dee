"""Programs of the change's own that a pipeline is led to in place of its tools: by the search path, a name, a preloaded file."""

import re
from collections.abc import Iterator

from gate import lazy
from gate.facts import tools
from gate.facts.command import Command
from gate.facts.config import Node

SEARCH = "search path"
"""The tool of what is found for whatever the pipeline runs."""
Said = tuple[str, str]

_HERE = (
    r"(?:\$PWD|\$\{PWD\}|\$\(pwd\)|`pwd`|\$\{?GITHUB_WORKSPACE\}?|\$\{\{\s*github\.(?:workspace|action_path)\s*\}\}|\$\{?CI_PROJECT_DIR\}?"
    r"|\$\(CURDIR\)|\$\{CURDIR\}|\$\(Build\.SourcesDirectory\)|\$\{?(?:TRAVIS_BUILD_DIR|BUILDKITE_BUILD_CHECKOUT_PATH|BITBUCKET_CLONE_DIR"
    r"|CIRCLE_WORKING_DIRECTORY|WORKSPACE)\}?|\.{1,2}(?=/)|(?<=[=\"'\s:])(?=[A-Za-z_][\w-]*/))"
)
_MADE = (
    r"(?![\w./-]{0,200}(?:\.?venv|\.?env|node_modules|virtualenv|target|\.tox|\.pixi|\.dart_tool|vendor/bin|go/bin)\b)"
)
"""Where the tools of a project are installed, and no change puts any."""
_FOLDER = rf"{_HERE}{_MADE}"
_FIRST = lazy.regex(rf"(?<![\w$])PATH[\"']?\s*[:?]?=\s*[\"']?{_FOLDER}")
_ADDED = lazy.regex(rf"(?:^|[\s\"'=]){_FOLDER}")
_KEPT_FOR = lazy.regex(r"(?:>>|\btee\s+-a)\s{0,9}[\"']?\$\{?(?:[Ee]nv:)?GITHUB_PATH")
"""What is written there stands first in the search path of the steps behind (docs.github.com, `GITHUB_PATH`)."""
_LOADED = r"LD_PRELOAD|LD_LIBRARY_PATH|DYLD_INSERT_LIBRARIES|BASH_ENV|PYTHONSTARTUP|PYTHONHOME|PYTHONPATH|PERL5OPT|PERL5LIB|RUBYOPT|RUBYLIB"
"""Variables whose file or folder a shell, a loader or an interpreter reads before the program it starts."""
_PRELOADED = lazy.regex(rf"(?<![\w$])({_LOADED}|ENV|NODE_OPTIONS)[\"']?=(?=[^\s\"';])(\S+)")
_REQUIRES = lazy.regex(r"--?(?:r|require|import|loader|experimental-loader)\b")
_TABLES = frozenset({"env", "variables", "environment"})
_FOR_ALL = lazy.regex(rf"(?:\.{{1,2}}/|{_HERE}/?|(?=\w)){_MADE}[\w.-]")
_TRIVIAL = lazy.regex(r"(?:/(?:usr/)?bin/)?(?:true|echo|:)")
_WRITES = lazy.regex(r">\s*[\"']?[^\s\"'>;|&]*bin/([\w-]+)[\"']?(?:\s|$)")
_FUNCTION = lazy.regex(r"\bfunction\s+([a-z][\w-]*)\s*(?:\(\s*\)\s*)?\{")
_PLACED = {"ln", "cp", "mv", "install"}
_FETCHED = lazy.regex(r"\b(?:curl|wget|tar|unzip|gh\s+release|go\s+(?:install|build)|cargo|docker\s+cp|make)\b")


def in_line(line: str) -> Iterator[Said]:
    """What a line puts before the programs that the lines behind it name."""
    if "PATH" in line and (_is_added(line) or _FIRST.search(line)):
        yield SEARCH, "looks for programs in a folder of the checkout first"
    lasting = 0 if "GITHUB_ENV" in line else line.find("export")
    requires = _REQUIRES.search(line) is not None
    for found in _PRELOADED.finditer(line):
        lasts = 0 <= lasting <= found.start() or _starts(line, found)
        if lasts and (found[1] != "NODE_OPTIONS" or requires):
            yield SEARCH, f"has every program begin with what `{found[1]}` names"
    for found in (*_WRITES.finditer(line), *_FUNCTION.finditer(line)):
        if tool := tools.of_command(found[1], ()):
            yield tool, f"is something else in what follows, which puts its own `{found[1]}` in its place"


def _is_added(line: str) -> bool:
    """Whether a folder of the checkout is kept for the steps behind; each line has one such end at most."""
    kept = _KEPT_FOR.search(line)
    return kept is not None and _ADDED.search(line, 0, kept.start()) is not None


def _starts(line: str, found: re.Match[str]) -> bool:
    """Whether it is set for a tool that looks for flaws, which stands behind it."""
    if found.start():
        return False
    behind = line[found.end() :].split(maxsplit=1)
    return bool(behind) and bool(tools.of_command(behind[0], ()))


def in_table(node: Node) -> Iterator[tuple[int, str, str]]:
    """The same where a pipeline sets variables by a table."""
    for name, child in node.pairs:
        for variable, value in child.pairs if name in _TABLES else ():
            text = value.text or value["value"].text
            if variable == "PATH" and _FOR_ALL.match(text):
                yield value.line, SEARCH, "looks for programs in a folder of the checkout first"
            elif re.fullmatch(_LOADED, variable) or (variable == "NODE_OPTIONS" and _REQUIRES.search(text)):
                yield value.line, SEARCH, f"has every program begin with what `{variable}` names"


def placed(command: Command, text: str) -> Iterator[Said]:
    """A file that takes the name of a tool: a link to `true`, a copy of what nobody fetched, a package of the checkout."""
    words = [word.strip("\"'") for word in command.arguments if not word.startswith("-")]
    if command.program in _PLACED and len(words) > 1:
        name = words[-1].rpartition("/")[2]
        empty = _TRIVIAL.fullmatch(words[-2])
        if "/" in words[-1] and (tool := tools.of_command(name, ())) and (empty or not _FETCHED.search(text)):
            yield tool, f"is something else in what follows, which puts its own `{name}` in its place"
    if command.program == "hash" and len(words) > 1 and (tool := tools.of_command(words[-1], ())):
        yield tool, f"is something else in what follows, which puts its own `{words[-1]}` in its place"
    if command.program in {"pip", "pip3", "pipx", "npm", "uv"} and "install" in words:
        for word in words:
            if re.match(r"\.{1,2}/|/|file:", word) and (
                tool := tools.of_command(word.rstrip("/").rpartition("/")[2], ())
            ):
                yield tool, f"is installed from `{word[:80]}`, which the change can write"

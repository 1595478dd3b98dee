"""Shell scripts of CI steps as commands: which program runs, and whether its failure counts."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from gate import lazy

_TOKEN = lazy.regex(
    r"(?P<comment>(?<![^\s;&|(])\#[^\n]*)|(?P<join>\\\n)"
    r"|(?P<operator>\|\||&&|;+|\|&?|&(?!>)|\n|[(){}](?=\s|$|;)|\()"
    r"|(?P<word>(?:'[^']*+'|\"(?:[^\"\\]|\\.)*+\"|\$\{\{[^}\n]{0,500}\}\}|\$\([A-Z_]+\)|\\.|>&|[^\s|&;()'\"\\]|['\"\\)])+)",
    re.DOTALL,
)
_PAIR, _TEST = 2, 3
_SHELL_WORDS = {"if", "then", "else", "elif", "do", "while", "until", "!", "{", "time", "sudo", "env", "exec",
                "command", "nice", "nohup", "xargs", "npx", "uvx", "pnpx", "bunx", "-", "@"}  # fmt: skip
_FAILS = lazy.regex(r"\bexit\s+(?!0\b)|\breturn\s+[1-9]|\bfalse\b")
"""What ends a script with a failure, which a condition may have been asked for."""
_SCRIPT = lazy.regex(r"-[a-zA-Z]*c")
"""The option of a shell behind which its script stands, with others before it: `bash -lc`."""
_RUNNERS = {"uv", "poetry", "pdm", "hatch", "pipenv", "rye", "pixi", "conda", "pipx", "bundle", "coverage"}
_JS = {"npm", "pnpm", "yarn", "bun"}
_VALUED = {"--from", "--with", "--python", "-p", "--package", "--env-file", "-e", "--env", "-n", "--group", "--extra"}


@dataclass(frozen=True)
class Command:
    """One simple command; `soft` says why its failure does not fail the script, "" when it does."""

    line: int
    program: str
    arguments: tuple[str, ...]
    soft: str = ""
    words: tuple[str, ...] = ()
    """As it is written, with all that stands before the program."""


def commands(script: str) -> Iterator[Command]:
    """The commands of a script in order; lines are counted from 0."""
    parts = list(_parts(script))
    careless, piped = "", "pipefail" not in script
    for index, (line, words, operator) in enumerate(parts):
        after = _behind(parts, index)
        before = parts[index - 1] if index else (0, [], "\n")
        asked = words[0] in {"if", "!", "while", "until"} and not _FAILS.search(script)
        soft = (
            careless
            or _ignored(operator, after, piped=piped)
            or _unreached(before)
            or (f"`{words[0]}`" if asked else "")
        )
        if words[0] == "set" and len(words) > 1:
            careless = "after `set +e`" if "+e" in words or ("+o" in words and "errexit" in words) else ""
        if index == 0 and words[:2] == ["exit", "0"]:
            careless = "after `exit 0`"
        program, arguments = unwrapped(words)
        if program:
            yield Command(line, program, tuple(arguments), soft, tuple(words))


def _behind(parts: Sequence[tuple[int, list[str], str]], index: int) -> list[str]:
    """The words of the next command, past a message: `|| (echo no; exit 1)` fails."""
    told = [words for _, words, _ in parts[index + 1 : index + 3]]
    says = (
        len(told) == _PAIR and told[0][0] in {"echo", "printf"} and told[1][0] == "exit" and parts[index + 1][2] == ";"
    )
    return told[1] if says else told[0] if told else []


def _parts(script: str) -> Iterator[tuple[int, list[str], str]]:
    """Line, words and the operator that follows, for each simple command."""
    words: list[str] = []
    line = start = position = 0
    for token in _TOKEN.finditer(script):
        line += script.count("\n", position, token.start())
        position = token.start()
        if token["word"]:
            start = start if words else line
            words.append(token["word"])
        elif token["operator"] and words:
            yield start, words, token["operator"]
            words = []
    if words:
        yield start, words, "\n"


def _ignored(operator: str, after: list[str], *, piped: bool) -> str:
    if operator == "||" and not (after[:1] in (["exit"], ["return"], ["false"]) and after[1:2] != ["0"]):
        return f"`|| {' '.join(after[:2])}`"
    if operator == "&":
        return "it runs in the background"
    return "its status is lost in a pipe" if operator in {"|", "|&"} and piped else ""


def _unreached(before: tuple[int, list[str], str]) -> str:
    _, words, operator = before
    test = [word.strip("'\"") for word in words if word not in {"[", "]", "[[", "]]", "test", "if"}]
    unlike = len(test) == _TEST and test[1] in {"=", "==", "-eq"} and test[0] != test[2] and "$" not in "".join(test)
    asked = operator == "&&" or words[:1] == ["if"]
    never = (asked and (words in (["false"], ["if", "false"]) or unlike)) or (
        words in (["true"], [":"]) and operator == "||"
    )
    return f"`{words[0]} {operator}` stands before it" if never else ""


def unwrapped(words: list[str]) -> tuple[str, list[str]]:
    """The program that is meant and its arguments, behind `sudo`, `uv run`, `python -m`, `bash -c` and such."""
    rest = [word.strip("'\"") if " " not in word else word for word in words]
    for _ in range(8):
        at = 0
        while at < len(rest) and (rest[at].startswith("-") or re.match(r"\w+=", rest[at])):
            at += 1 + (rest[at] in _VALUED)
        rest = rest[at:]
        if not rest:
            break
        name = PurePosixPath(rest[0].lstrip("@")).name
        if name in _SHELL_WORDS:
            rest = rest[1:]
        elif re.fullmatch(r"python[\d.]*|py|\$[({]\w*PY\w*[)}]", name) and "-m" in rest[:6]:
            rest = rest[rest.index("-m") + 1 :]
        elif name in _RUNNERS and {"run", "exec", "tool"} & set(rest[1:3]):
            rest = rest[2 + (rest[1:3] == ["tool", "run"]) :]
        elif name in _JS and rest[1:2] and rest[1] in {"exec", "dlx", "x"}:
            rest = rest[2:]
        elif name in {"bash", "sh", "zsh"} and (
            script := [at for at, word in enumerate(rest[:4]) if _SCRIPT.fullmatch(word)]
        ):
            rest = " ".join(rest[script[0] + 1 :]).strip("'\"").split()
        elif name in {"docker", "podman"} and "run" in rest[:2]:
            return "docker", rest[1:]
        else:
            return name, rest[1:]
    return "", []

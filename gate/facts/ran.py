"""Packages that a command fetches in order to run them once: `npx x@1`, `pnpm dlx x@1`, `uvx x`, `pipx run x`.

`npx x` may be a program of the project itself, and mostly is; it is taken for a package where a version or `--package`
says so. What uvx and pipx run is a package by its name.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

_NPM: frozenset[tuple[str, ...]] = frozenset({
    ("npx",), ("pnpx",), ("bunx",), ("npm", "exec"), ("npm", "x"), ("pnpm", "dlx"), ("yarn", "dlx"), ("bun", "x"),
})  # fmt: skip
_MAKING: frozenset[tuple[str, ...]] = frozenset({
    ("npm", "init"), ("npm", "create"), ("npm", "innit"), ("yarn", "create"), ("pnpm", "create"), ("bun", "create"),
})  # fmt: skip
"""What fetches `create-x` for `x`, and runs it (https://docs.npmjs.com/cli/commands/npm-init)."""
_PYTHON: frozenset[tuple[str, ...]] = frozenset({
    ("uvx",), ("uv", "tool", "run"), ("uv", "tool", "install"), ("pipx", "run"), ("uv", "run"),
})  # fmt: skip
_ECOSYSTEMS: Mapping[tuple[str, ...], str] = {**dict.fromkeys(_NPM | _MAKING, "npm"), **dict.fromkeys(_PYTHON, "PyPI")}
_NAMING = frozenset({"-p", "--package", "--from", "--with", "--spec"})
_INSTEAD = frozenset({"-p", "--package", "--from", "--spec"})
"""Options that name the package of a command; `--with` names one more."""
_VALUED = frozenset(
    {"--python", "--index", "--index-url", "--default-index", "--extra-index-url", "--group", "--extra"}
)
_DEEP = 8
"""Words that may stand before: `sudo`, `env`, variables."""


def ran(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The ecosystem and the words for each package that is fetched to be run."""
    plain = [word.strip("'\"") for word in words]
    names = [PurePosixPath(word).name for word in plain]
    for at in range(min(len(names), _DEEP)):
        for start, ecosystem in _ECOSYSTEMS.items():
            if tuple(names[at : at + len(start)]) == start:
                rest = plain[at + len(start) :]
                named = _named(rest, ecosystem, is_program=start == ("uv", "run"))
                yield from ((ecosystem, _maker(text) if start in _MAKING else text) for text in named)
                return


def _named(words: Sequence[str], ecosystem: str, *, is_program: bool) -> Iterator[str]:
    """What options name, else the command itself; behind it stand its own arguments."""
    waiting = iter(words)
    for word in waiting:
        option, mark, value = word.partition("=")
        if ecosystem == "PyPI" and word == "-p":  # the version of Python
            next(waiting, "")
        elif option in _NAMING:
            is_program = is_program or option in _INSTEAD
            yield from (value if mark else next(waiting, "")).split(",")
        elif word in _VALUED:
            next(waiting, "")
        elif not word.startswith("-"):
            if not is_program:
                yield from _command(word, ecosystem)
            return


def _maker(text: str) -> str:
    """`create-x@1` for `x@1`, `@s/create-x@1` for `@s/x@1`, and `@s/create@1` for `@s@1`."""
    scope, mark, rest = text.rpartition("/")
    if not text.startswith("@") or mark:
        return f"{scope}{mark}create-{rest}"
    name, _, version = text[1:].partition("@")
    return f"@{name}/create@{version}"


def _command(word: str, ecosystem: str) -> Iterator[str]:
    if ecosystem == "PyPI":
        name, _, version = word.partition("@") if "://" not in word else (word, "", "")
        yield f"{name}=={version}" if version[:1].isdigit() else name
    elif "@" in word[1:]:
        yield word

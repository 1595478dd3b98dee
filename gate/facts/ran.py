"""Packages that a command fetches in order to run them once: `npx x@1`, `pnpm dlx x@1`, `uvx x`, `pipx run x`.

`npx x` may be a program of the project itself, and mostly is; it is taken for a package where a version or `--package`
says so. What uvx and pipx run is a package by its name.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

_NPM: frozenset[tuple[str, ...]] = frozenset({
    ("npx",), ("pnpx",), ("bunx",), ("npm", "exec"), ("npm", "x"), ("pnpm", "dlx"), ("yarn", "dlx"), ("bun", "x"),
})  # fmt: skip
_PYTHON: frozenset[tuple[str, ...]] = frozenset({
    ("uvx",), ("uv", "tool", "run"), ("uv", "tool", "install"), ("pipx", "run"), ("uv", "run"),
})  # fmt: skip
_ECOSYSTEMS: Mapping[tuple[str, ...], str] = {**dict.fromkeys(_NPM, "npm"), **dict.fromkeys(_PYTHON, "PyPI")}
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
                yield from ((ecosystem, text) for text in _named(rest, ecosystem, is_program=start == ("uv", "run")))
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


def _command(word: str, ecosystem: str) -> Iterator[str]:
    if ecosystem == "PyPI":
        name, _, version = word.partition("@") if "://" not in word else (word, "", "")
        yield f"{name}=={version}" if version[:1].isdigit() else name
    elif "@" in word[1:]:
        yield word

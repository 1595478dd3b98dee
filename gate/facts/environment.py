"""Packages that stand in files of another kind: conda's `environment.yml`, and scripts that say what they need (PEP 723)."""

import re
from collections.abc import Iterator, Sequence

from gate import lazy
from gate.facts.config import Node, whole
from gate.facts.dependency import Dependency, Manifest
from gate.facts.pyproject import placed, uv_sources
from gate.facts.requirement import included, wish
from gate.facts.tomltext import toml
from gate.source import Place, Source

_MATCH = lazy.regex(
    r"(?:[\w./-]+::)?([A-Za-z0-9_][\w.-]*)(?:\[.*\])?\s*(?:=?=?\s*([^\s=<>!~,|*]+)(?:=\S*)?|(\S.*))?", re.ASCII
)
"""conda's `channel::name=version=build`, or `name >=1,<2`
(https://docs.conda.io/projects/conda/en/stable/user-guide/concepts/pkg-specs.html)."""
SCRIPT, END = "# /// script", "# ///"


def environment(source: Source) -> Manifest:
    """What an `environment.yml` asks of conda, and below `pip:` of PyPI."""
    root, unread = whole(source)
    found: list[Dependency] = []
    includes: list[tuple[int, str]] = []
    for node in _members(root["dependencies"]):
        place = Place.at(source.path, node.line)
        if node["pip"].value:
            for one in _members(node["pip"]):
                if read_ := wish(one.text):
                    found.append(Dependency.of(Place.at(source.path, one.line), read_))
                elif others := included(one.text):
                    includes += [(one.line, other) for other in others]
                elif not one.text.startswith("-"):
                    unread.append(f"line {one.line}, which is no requirement")
        elif asked := _MATCH.fullmatch(node.text):
            wanted = asked[2] or asked[3] or ""
            found.append(Dependency(place, asked[1].lower(), wanted, asked[2] or "", "", "conda"))
        else:
            unread.append(f"line {node.line}, which is no package of conda")
    return Manifest(tuple(found), tuple(includes), tuple(unread))


def _members(node: Node) -> tuple[Node, ...]:
    return node.value if isinstance(node.value, tuple) else node.items


def script(source: Source) -> Manifest:
    """The dependencies in the head of a script; with two heads it is for no tool to choose.

    The head is that of https://packaging.python.org/en/latest/specifications/inline-script-metadata/.
    """
    heads = list(_heads(source.lines))
    if not heads:  # one without an end is none
        return Manifest()
    if len(heads) > 1:
        raise ValueError(f"it has {len(heads)} heads of a script (PEP 723), where one must be")
    first, text = heads[0]
    data = toml(text)
    listed, elsewhere = data.get("dependencies", []), uv_sources(data.get("tool", {}))
    if not isinstance(listed, list):
        raise TypeError("its `dependencies` are no list")
    found, unread = [], []
    for asked, number in _located([str(one) for one in listed], text):
        if read_ := wish(asked):
            found.append(Dependency.of(Place.at(source.path, first + number), placed(read_, elsewhere)))
        else:
            unread.append(f"`{asked[:60]}`")
    return Manifest(tuple(found), (), tuple(unread))


def heads(source: Source) -> list[str]:
    """The texts of the heads of a script."""
    return [text for _, text in _heads(source.lines)]


def _heads(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The number of the first line, and the text, of each block of comments between the two marks."""
    run: list[str] = []
    for number, line in enumerate((*lines, ""), 1):
        if run and (line == "#" or line.startswith("# ")):
            run.append(line)
        elif run:
            if END in run:
                last = len(run) - 1 - run[::-1].index(END)
                yield number - len(run) + 1, "\n".join(line[2:] for line in run[1:last])
            run = []
        elif line == SCRIPT:
            run = [line]


def _located(listed: list[str], text: str) -> Iterator[tuple[str, int]]:
    """Each text, and the number of the line of its first appearance behind the one before."""
    lines, number = text.split("\n"), 0
    for one in listed:
        number = next((n for n in range(number, len(lines)) if one in lines[n]), number)
        yield one, number

"""The requirements in `setup.cfg` and `setup.py`, as far as they are literals; neither is run."""

import ast
from collections import Counter
from collections.abc import Mapping
from configparser import RawConfigParser

from gate.facts.dependency import Dependency, Lines, Manifest
from gate.facts.requirement import logical, wish
from gate.source import Place, Source

_WRITES = frozenset({"append", "extend", "insert", "update", "setdefault", "remove", "pop", "clear"})


def setup_cfg(source: Source) -> Manifest:
    parser = RawConfigParser(strict=False)
    parser.read_string(source.text)
    options = (
        {key.replace("-", "_"): text for key, text in parser["options"].items()}
        if parser.has_section("options")
        else {}
    )
    extras = dict(parser["options.extras_require"]) if parser.has_section("options.extras_require") else {}
    lists = [options.get(key, "") for key in ("install_requires", "setup_requires", "tests_require")]
    lines = Lines(source)
    asked = [line.text for text in (*lists, *extras.values()) for line in logical(text)]
    files = [text for text in asked if text.startswith("file:")]  # as setuptools has it: lists in other files
    includes = [(lines.of(text).line, file.strip()) for text in files for file in text[5:].split(",")]
    others = [text for text in asked if text not in files]
    found = [Dependency.of(lines.of(text), read) for text in others if (read := wish(text))]
    return Manifest(tuple(found), tuple(includes), tuple(f"`{text[:60]}`" for text in others if not wish(text)))


def setup_py(source: Source) -> Manifest:
    """The literals in the call of `setup`, and in the names it is given; the file is not run."""
    if source.tree is None or source.problem:
        raise ValueError(source.problem)
    bound = {
        target.id: node.value
        for node in source.tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    bound = {name: value for name, value in bound.items() if name not in _changed(source.tree)}
    found: list[Dependency] = []
    unread: list[str] = []
    calls = [node for node in ast.walk(source.tree) if isinstance(node, ast.Call) and _is_setup(node)]
    if not calls and source.text.strip():
        unread.append("what it asks for, since it calls `setup` by another name")
    for word in (word for call in calls for word in call.keywords):
        if word.arg in {"install_requires", "setup_requires", "tests_require", "extras_require"}:
            _literals(source.path, word, bound, found, unread)
        elif word.arg is None:
            unread.append("what `setup` is given with `**`, which is computed")
    return Manifest(tuple(found), (), tuple(unread))


def _changed(tree: ast.Module) -> set[str]:
    """The names of lists that a program goes on writing, or gives a value twice."""
    names = Counter(
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    )
    parts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr in _WRITES]
    parts += [
        node.value for node in ast.walk(tree) if isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load)
    ]
    return {name for name, count in names.items() if count > 1} | {one.id for one in parts if isinstance(one, ast.Name)}


def _is_setup(call: ast.Call) -> bool:
    return "setup" in {getattr(call.func, "id", ""), getattr(call.func, "attr", "")}


def _literals(
    path: str, word: ast.keyword, bound: Mapping[str, ast.expr], found: list[Dependency], unread: list[str]
) -> None:
    value = bound.get(word.value.id, word.value) if isinstance(word.value, ast.Name) else word.value
    lists = value.values if isinstance(value, ast.Dict) else [value]
    for given in lists:
        one = bound.get(given.id, given) if isinstance(given, ast.Name) else given
        if not isinstance(one, ast.List | ast.Tuple):
            unread.append(f"`{word.arg}`, which is computed")
            continue
        for item in one.elts:
            text = item.value if isinstance(item, ast.Constant) and isinstance(item.value, str) else None
            read = wish(text) if text else None
            if read:
                found.append(Dependency.of(Place.at(path, item.lineno, item.end_lineno), read))
            else:
                unread.append(f"an entry of `{word.arg}` on line {item.lineno}")

"""Which modules a Python file imports, read without parsing it: who may call whom."""

import re
from collections.abc import Iterator

from gate import lazy
from gate.facts.names import module_name
from gate.source import Source

_IMPORT = lazy.regex(r"import[ \t(]")
_FROM = lazy.regex(r"from[ \t]+([.\w]+)[ \t]+$")
_LIST = lazy.regex(r"[ \t]*(?:\(([^)]*)\)|((?:[^\n\\]|\\\n)*))")
_COMMENT = lazy.regex(r"#[^\n]*")


def imported(source: Source) -> frozenset[str]:
    """The dotted names a Python file imports, relative ones made absolute."""
    package = module_name(source.path)
    if not source.path.endswith("__init__.py"):
        package = package.rpartition(".")[0]
    found = _IMPORT.finditer(source.text)
    return frozenset(name for match in found for name in _names(source.text, match, package))


def _names(text: str, match: re.Match[str], package: str) -> Iterator[str]:
    start = text.rfind("\n", 0, match.start()) + 1
    before = text[start : match.start()].strip()
    listed = _LIST.match(text, match.start() + len("import"))
    written = _COMMENT.sub("", (listed[1] or listed[2] or "")) if listed else ""
    parts = [words[0] for part in written.replace("\\\n", " ").split(",") if (words := part.split())]
    if not before:
        yield from parts
        return
    origin = _FROM.search(text[start : match.start()])
    if origin:
        whole = _absolute(origin[1], package)
        yield whole
        yield from (f"{whole}.{name}".lstrip(".") for name in parts)


def _absolute(name: str, package: str) -> str:
    level = len(name) - len(name.lstrip("."))
    if not level:
        return name
    outer = package.split(".")
    kept = outer[: len(outer) - level + 1]
    return ".".join(part for part in [*kept, name[level:]] if part)

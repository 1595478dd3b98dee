"""Roles that routes of JavaScript and TypeScript name: `requireRole('admin')`, `@Roles('admin')`."""

from collections.abc import Iterator

from gate import lazy
from gate.facts.comment import js_code
from gate.facts.linenumber import line_at
from gate.source import Source

SUFFIXES = (".js", ".ts", ".mjs", ".cjs", ".mts", ".cts", ".jsx", ".tsx")
_ASKED = lazy.regex(
    r"(?<![\w$])(@?\w*(?:[rR]oles?|[pP]ermissions?|[sS]copes?|authorize|restrictTo|allow(?:ed)?Roles|can|may\w*|permit|gate|hasPermission|(?:require|ensure|need|needs|with)[A-Z]\w*)(?:Guard)?)\(\s*\[?\s*"
    r"([\"'][\w:.*/-]+[\"'](?:\s*,\s*[\"'][\w:.*/-]+[\"'])*)\s*,?\s*\]?\s*\)"
)
_QUOTED = lazy.regex(r"[\"']([^\"']+)[\"']")
_ROUTE = lazy.regex(r"\.(get|post|put|patch|delete|all|use)\(\s*([\"'`][^\"'`\n]*[\"'`])[^;]*$")
_METHOD = lazy.regex(
    r"(?m)^\s*(?!@)(?:(?:public|private|async|static|export|default|abstract|class)\s+)*([\w$]+)\s*[({<]"
)
_NEAR = 300


def of_script(source: Source) -> Iterator[tuple[int, str, frozenset[str]]]:
    """Each such call: its line, of what it is, and the roles it names."""
    text = js_code(source.text)
    for found in _ASKED.finditer(text):
        about = _METHOD if found[1].startswith("@") else _ROUTE
        near = (
            text[found.end() : found.end() + _NEAR]
            if about is _METHOD
            else text[max(0, found.start() - _NEAR) : found.start()]
        )
        said = about.search(near)
        if said is not None:
            yield (
                line_at(text, found.start()),
                f"{' '.join(said.groups())} {found[1]}",
                frozenset(_QUOTED.findall(found[2])),
            )

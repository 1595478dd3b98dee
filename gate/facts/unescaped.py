"""Places where a template, or the engine that fills it, is told not to escape what it shows."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from gate import lazy
from gate.facts.names import names
from gate.hint import Hint
from gate.nodes import walk
from gate.paths import kind
from gate.source import Place, Source

_NAME = r"([A-Za-z_][\w.\[\]'\"]*)"
_JINJA = lazy.regex(rf"\{{\{{-?\s*{_NAME}\s*\|\s*safe(?:seq)?\s*-?\}}\}}")
_OFF = lazy.regex(r"\{%-?\s*autoescape\s+(?:off|false)\s*-?%\}")
_ENDS = lazy.regex(r"\{%-?\s*endautoescape\s*-?%\}")
_SHOWN = lazy.regex(rf"\{{\{{-?\s*{_NAME}\s*-?\}}\}}")
_BY_SUFFIX = {
    **dict.fromkeys((".html", ".htm", ".jinja", ".jinja2", ".j2", ".djhtml", ".njk"), (_JINJA,)),
    ".ejs": (lazy.regex(rf"<%-\s*{_NAME}\s*-?%>"),),
    **dict.fromkeys((".hbs", ".handlebars", ".mustache"), (lazy.regex(rf"\{{\{{\{{\s*{_NAME}\s*\}}\}}\}}"),)),
    **dict.fromkeys((".pug", ".jade"), (lazy.regex(rf"!\{{\s*{_NAME}\s*\}}"), lazy.regex(rf"^\s*[\w.#-]*!=\s*{_NAME}\s*$"))),
    ".mako": (lazy.regex(rf"\$\{{\s*{_NAME}\s*\|\s*n\s*\}}"),),
}  # fmt: skip
_COMPONENTS = {
    ".vue": lazy.regex(rf"\bv-html=\"{_NAME}\""),
    ".svelte": lazy.regex(rf"\{{@html\s+{_NAME}\s*\}}"),
    **dict.fromkeys((".jsx", ".tsx", ".js", ".ts"), lazy.regex(rf"\b__html:\s*{_NAME}\s*\}}\}}")),
}
"""Of what a component is given, markup by its name is still somebody's text."""
_MARKUP = lazy.regex(r"(?i)html|svg|icon|markup|media|form|widget|csrf|render|safe|json|script|css|style|body|content|super"
                     r"|^(?:self|t|i18n|config|settings)\b|help|field|label|_\(|gettext|trans|block|table|pagination|logo")  # fmt: skip
"""What is markup by its name: a program made it."""
_CLEAN = lazy.regex(
    r"(?i)svg|icon|sanit|clean|safe|purif|escape|script|css|style|json|^(?:self|t|i18n|config|settings)\b|highlight"
)
"""What a component is given that is markup of the program's own, or was cleaned, by its name or by what made it."""
_ASSIGNED = lazy.regex(r"\b(?:const|let|var)\s+(\w+)[^=\n]{0,80}=\s*([^;\n]{0,200})")
_ENGINES = lazy.regex(
    r"jinja2\.(?:\w+\.)*Environment|(?:aiohttp_jinja2|sanic_jinja2)\.(?:\w+\.)*\w+|django\.template\.Context"
)


@dataclass(frozen=True)
class Unescaped:
    """What is shown as it is, or the engine that escapes nothing (`name` is then "")."""

    languages: ClassVar[frozenset[str]] = frozenset({""})
    hint: ClassVar[Hint] = Hint.of(
        "safe", "autoescape", "<%-", "{{{", "!{", "!=", "v-html", "@html", "__html", ("|", r"\s*n\s*\}")
    )

    place: Place
    name: str

    @classmethod
    def find(cls, source: Source) -> Iterable["Unescaped"]:
        if kind(source.path) in {"test", "dev"}:
            return
        if source.language == "python":
            yield from (cls(place, "") for place in _engines(source))
            return
        suffix = source.path[source.path.rfind(".") :].lower()
        if suffix in _COMPONENTS:
            yield from _given(source, _COMPONENTS[suffix])
            return
        patterns = _BY_SUFFIX.get(suffix, ())
        off = False
        for number, line in enumerate(source.lines, 1) if patterns else ():
            off = (off or _OFF.search(line) is not None) if patterns == (_JINJA,) else False
            for pattern in (*patterns, _SHOWN) if off else patterns:
                for found in pattern.finditer(line):
                    if not _MARKUP.search(found[1]):
                        yield cls(Place.at(source.path, number), found[1])
            off = off and _ENDS.search(line) is None


def _given(source: Source, pattern: re.Pattern[str]) -> Iterator[Unescaped]:
    """What a component shows of what it was given."""
    made = {found[1] for found in _ASSIGNED.finditer(source.text) if _CLEAN.search(found[2])}
    for number, line in enumerate(source.lines, 1):
        for found in pattern.finditer(line):
            head = re.split(r"[.\[]", found[1])[0]
            if head not in made and not head.isupper() and not _CLEAN.search(found[1]):
                yield Unescaped(Place.at(source.path, number), found[1])


def _engines(source: Source) -> Iterator[Place]:
    table = names(source)
    for node in walk(source.tree) if source.tree is not None else ():
        if (isinstance(node, ast.Call) and _is_off(node.keywords) and _ENGINES.fullmatch(table.of(node.func))) or (
            isinstance(node, ast.Assign) and _is_false(node.value) and any(map(_is_setting, node.targets))
        ):
            yield Place.at(source.path, node.lineno, node.end_lineno)


def _is_setting(target: ast.expr) -> bool:
    return isinstance(target, ast.Attribute) and target.attr == "autoescape"


def _is_off(given: Iterable[ast.keyword]) -> bool:
    return any(word.arg == "autoescape" and _is_false(word.value) for word in given)


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is False

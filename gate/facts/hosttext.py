"""The strings of Go, Java and Kotlin that may be SQL, read with their grammar: what is joined, filled in and run.

Without the grammar the strings are found by their quotes. Then nobody knows whether all of a statement is seen, and
only what it holds is judged, never what it lacks.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from gate import lazy
from gate.facts import jstext, sqlguess
from gate.facts.grammars import GRAMMARS, LANGUAGES, Grammar, has, nodes
from gate.facts.jstext import Text
from gate.facts.placeholders import HOLE
from gate.facts.sqlparse import MAX_STATEMENT
from gate.facts.sqltext import words
from gate.source import Source

__all__ = ["LANGUAGES", "texts"]

_RUNNERS = words(
    # database/sql, sqlx, pgx
    "Query QueryRow QueryContext QueryRowContext Exec ExecContext MustExec Prepare PrepareContext Preparex "
    "PreparexContext Queryx QueryRowx QueryxContext QueryRowxContext NamedExec NamedQuery NamedExecContext "
    "NamedQueryContext PrepareNamed SelectContext GetContext "
    # JDBC, Spring, JPA, Hibernate, R2DBC, Android
    "prepareStatement prepareCall executeQuery executeUpdate executeLargeUpdate addBatch nativeSQL createNativeQuery "
    "createQuery createSQLQuery createNativeMutationQuery createMutationQuery queryForObject queryForList queryForMap "
    "queryForRowSet queryForStream batchUpdate createStatement rawQuery execSQL NativeQuery SqlQuery SqlUpdate "
)
_LIKELY = words(
    "Select Get Raw Rebind Queue query update execute sql Query exec execute Exec fetch fetchOne resultQuery SQL Insert "
    "Update Delete SimpleSQLiteQuery"
)
"""They take SQL, and other things too."""
_BUILDERS = words("StringBuilder StringBuffer append WriteString")
_SHOWN = lazy.regex(
    r"(?i)^(?:print\w*|log\w*|(?:debug|info|warn(?:ing)?|error|trace|fatal|panic)[fw]?|\w+exception|\w*error|new|equals|"
    r"contains|skip|fail|assert\w*|description|operation|test)$"
)
_FILLERS = words("Sprintf format formatted")
_SHAPERS = _FILLERS | words("trimIndent trimMargin stripIndent strip trim TrimSpace Rebind text NewRaw")
_AROUND = words(
    "parenthesized_expression value_argument value_arguments argument_list expression_list element_value_pair "
    "annotation_argument_list navigation_expression"
)
_WIDE = 30
"""A node with more parts is a list, or text that does not parse."""
_FILLED = lazy.regex(r"%(?:%|(?:\[\d+\]|\d+\$)?[-+# 0]*[\d.]*[a-zA-Z])")
_NUMBERS = frozenset("dboxXeEfgGtc")
_CONSTANT = lazy.regex(r"(?:[A-Z]\w*\.)*[A-Z][A-Z0-9_]+")
"""How the programs' own constants are named, `Status.ACTIVE` too."""
_ESCAPE = lazy.regex(r"\\(.)", re.DOTALL)
_PUT_IN = lazy.regex(r"\$(?:[A-Za-z_]\w*|`[^`]*`)")
_LAST_NAME = lazy.regex(r"([A-Za-z_$][\w$]*)\W*$")


@dataclass(frozen=True)
class _Code:
    grammar: Grammar
    text: str
    data: bytes
    dollar: bool

    def part(self, node: Any, first: int = 0, last: int | None = None) -> str:
        """The text of a node, cut like one; a tree that was read bit by bit holds none itself."""
        return self.data[node.start_byte : node.end_byte][first:last].decode(errors="replace")


def texts(source: Source) -> Iterator[Text]:
    """The strings of a file that have the shape of SQL."""
    if not has(source.language):
        quoted = source.text.replace('"""', "`") if source.language != "go" else source.text
        yield from (replace(text, whole=False) for text in jstext.texts(quoted, _RUNNERS | _LIKELY))
        return
    code = _Code(GRAMMARS[source.language], source.text, source.text.encode(), source.language == "kotlin")
    done: set[tuple[int, int]] = set()
    for node, around in nodes(source.language, code.data, source.text):
        if (node.start_byte, node.end_byte) not in done and _is_text(node, code):
            said = "".join(_parts(node, code, done))
            if sqlguess.verb(said):
                yield _placed(node, around, said, code)


def _is_text(node: Any, code: _Code) -> bool:
    return node.type in code.grammar.strings or _is_joined(node) or _shaped(node, code) is not None


def _is_joined(node: Any) -> bool:
    return bool(node.type == "binary_expression" and node.child_count == 3 and node.child(1).type == "+")


def _parts(node: Any, code: _Code, done: set[tuple[int, int]]) -> Iterator[str]:
    """What an expression says, a hole for each part that is not written there."""
    waiting, length, said = [(node, False)], 0, ""
    while waiting and length < MAX_STATEMENT:
        one, filled = waiting.pop()
        if one.type in code.grammar.strings:
            done.add((one.start_byte, one.end_byte))
            said = _value(one, code)
            said = _FILLED.sub(_filler, said) if filled else said
            length += len(said)
            yield said
        elif _is_joined(one):
            done.add((one.start_byte, one.end_byte))
            waiting += [(one.child(2), filled), (one.child(0), filled)]
        elif one.type == "parenthesized_expression" and one.named_children:
            waiting.append((one.named_children[0], filled))
        elif (inner := _shaped(one, code)) is not None:
            done.add((one.start_byte, one.end_byte))
            waiting.append((inner, filled or _called(one, code) in _FILLERS))
        else:
            constant = said.endswith("'") and _CONSTANT.fullmatch(code.part(one, 0, 80))
            yield "constant" if constant else HOLE


def _filler(found: re.Match[str]) -> str:
    """What stands for a conversion: a hole for a text, a number for one that can write nothing else."""
    return "%" if found[0] == "%%" else "0" if found[0][-1] in _NUMBERS else HOLE


def _shaped(node: Any, code: _Code) -> Any:
    """The text that a call such as `Sprintf("...", x)` or `"...".trimIndent()` is made from; None for other calls."""
    if node.type not in code.grammar.calls or not 0 < node.child_count < _WIDE or _called(node, code) not in _SHAPERS:
        return None
    first = node.child_by_field_name("object") or node.child(0)
    owner = first.child(0) if first.type == "navigation_expression" else first
    given = [part for child in node.named_children for part in child.named_children if child.type in _AROUND]
    values = [
        part.named_children[0] if part.type == "value_argument" and part.named_children else part for part in given
    ]
    return next((one for one in (owner, *values[:2]) if one.type in code.grammar.strings or _is_joined(one)), None)


def _value(node: Any, code: _Code) -> str:
    said = code.part(node)
    for child in reversed([child for child in node.children if child.type == "interpolation"]):
        start, end = child.start_byte - node.start_byte, child.end_byte - node.start_byte
        raw = said.encode()
        said = (raw[:start] + HOLE.encode() + raw[end:]).decode(errors="replace")
    long = said.startswith('"""')
    said = said[3:-3] if long else said[1:-1]
    said = _PUT_IN.sub(HOLE, said) if code.dollar else said
    if node.type == "raw_string_literal" or (long and code.dollar):
        return said
    return _ESCAPE.sub(lambda found: {"n": "\n", "t": "\t", "\n": ""}.get(found[1], found[1]), said)


def _called(call: Any, code: _Code) -> str:
    """The last name of what is called."""
    callee = next(
        (part for name in ("name", "function", "type") if (part := call.child_by_field_name(name)) is not None),
        call.child(0) or call,
    )
    found = _LAST_NAME.search(code.part(callee, -120))
    return found[1] if found else ""


def _placed(node: Any, around: Sequence[Any], said: str, code: _Code) -> Text:
    lines = node.start_point[0] + 1, node.end_point[0] + 1
    for outer in reversed(around):
        if outer.type in code.grammar.calls:
            name = _called(outer, code)
            if name in _SHAPERS:
                continue
            return _handed(name, said, lines)
        if outer.type in code.grammar.named and outer.child_count < _WIDE:
            return _named(outer, said, lines, code)
        if outer.type not in _AROUND:
            break
    return Text(said, *lines, 0, sure=False, whole=False)


def _handed(name: str, said: str, lines: tuple[int, int]) -> Text:
    if name in _RUNNERS:
        return Text(said, *lines, 3, sure=True, whole=True)
    if _SHOWN.search(name):
        return Text(said, *lines, -3, sure=False, whole=False)
    score = 3 if name in _LIKELY else 2 if name in _BUILDERS else 0
    return Text(said, *lines, score, sure=False, whole=name in _LIKELY)


def _named(node: Any, said: str, lines: tuple[int, int], code: _Code) -> Text:
    """A text that gets a name: it is whole where all that happens to the name is that it is run."""
    target = node.child_by_field_name("name") or node.child_by_field_name("left")
    target = target or next((one for one in node.children if one.type == "variable_declaration"), node.children[0])
    found = _LAST_NAME.search(re.split(r"[,:]", code.part(target, 0, 200))[0])
    name = found[1] if found else ""
    added = any(child.type == "+=" for child in node.children)
    score = 3 if jstext.NAMES.search(name) else 1
    return Text(said, *lines, score, sure=False, whole=bool(name) and not added and _is_run(name, code.text))


def _is_run(name: str, text: str) -> bool:
    """Whether a name is handed to what runs SQL, and otherwise only declared and given texts."""
    runs, places = 0, _mentions(text).get(name, [])
    for start in places if len(places) <= _MANY else ():
        end = start + len(name)
        if _HANDED.search(text, max(0, start - 200), start) and _NEXT.match(text, end):
            runs += 1
        elif not _GIVEN.match(text, end):
            return False
    return runs > 0


@lru_cache(maxsize=4)
def _mentions(text: str) -> dict[str, list[int]]:
    """Where each name stands."""
    found: dict[str, list[int]] = {}
    for name in _NAME.finditer(text):
        found.setdefault(name[0], []).append(name.start())
    return found


_MANY = 100
"""A name that stands in more places is not followed."""
_NAME = lazy.regex(r"(?<![\w$])[A-Za-z_$][\w$]*")
_NEXT = lazy.regex(r"\s*[,)]")
_GIVEN = lazy.regex(r"\s*(?::?=(?!=)|;|\s(?:string\b|=)|:\s*String\b|,\s*\w+\s*:?=)")
_HANDED = lazy.regex(
    rf"(?<![\w$])(?:{'|'.join(sorted(_RUNNERS | _LIKELY))})(?:<[^<>()]*>)?\(\s*(?:[\w.&()]+,\s*){{0,2}}$"
)

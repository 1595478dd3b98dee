"""How text is put together: by operators, f-strings and formats."""

import ast
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import count
from string import Formatter

from gate import lazy
from gate.facts import sequences
from gate.facts.commands import before_text, behind_text, filled
from gate.facts.frame import Frame, Readers, again, value
from gate.facts.grammar import before, flat, placed, spoken, summands
from gate.facts.names import constant
from gate.facts.value import (
    BEHIND,
    CLEAN,
    ESCAPED,
    JOINED,
    LED,
    ONE_LINE,
    PREFIXED,
    SETTLED,
    TEXT,
    Atoms,
    Value,
    atoms_of,
    few,
    marked,
    mixed,
    union,
)  # fmt: skip

_AS_NUMBER = lazy.regex(r"[bcdeEfFgGnoxX%]$")
"""A format that takes numbers only."""
QUOTED_ALL = lazy.regex(r"(?:[^%]|%%|%(?:\(\w+\))?[-+ #0-9.*]*[radiouxXeEfFgG])*")
"""A text to be filled in whose values are all quoted, or numbers."""
_MARKUP = frozenset(f"{module}.Markup()" for module in ("markupsafe", "flask", "jinja2"))
_QUOTING = {ord("r"), ord("a")}
_PATH = frozenset({"pathlib.Path"})


def _binop(frame: Frame, node: ast.BinOp) -> Value:
    if isinstance(node.op, ast.Add):
        found = _text(frame, flat(node))
        if any(isinstance(one, ast.JoinedStr) or constant(one) is not None for one in summands(node)):
            found = found._replace(atoms=marked(found.atoms, TEXT))
        parts = list(_added(frame, node))
        return put_into_markup(parts) if any(map(is_markup, parts)) else found
    left, right = value(frame, node.left), value(frame, node.right)
    if isinstance(node.op, ast.Mod) and is_markup(left):
        return put_into_markup([left, right])
    if isinstance(node.op, ast.Mod) and QUOTED_ALL.fullmatch(constant(node.left) or ""):
        right = right._replace(atoms=marked(right.atoms, ONE_LINE))
    if isinstance(node.op, ast.BitOr):
        return union([left, right])
    if isinstance(node.op, ast.BitXor):  # letters by their numbers, one by one
        return Value(mixed(left.atoms | right.atoms), told=left.told and right.told)
    if not isinstance(node.op, ast.Mod | ast.Div | ast.Mult):
        return SETTLED if left.settled and right.settled else CLEAN
    paths = _paths(left, right, constant(node.right)) if isinstance(node.op, ast.Div) else frozenset()
    if isinstance(node.op, ast.Div) and not left.atoms:  # a path below a known folder
        below = marked(marked(mixed(right.atoms), PREFIXED), JOINED)
        return Value(below, left.names or paths, told=left.told and right.told)
    put_behind = filled(constant(node.left), mixed(right.atoms))
    put_behind = marked(put_behind, JOINED) if isinstance(node.op, ast.Div) else put_behind
    atoms = put_behind | before_text(constant(node.right), mixed(left.atoms))
    if isinstance(node.op, ast.Mod) and constant(node.left) is not None:
        atoms = marked(atoms, TEXT)
    return Value(atoms, paths, told=left.told and right.told)


def _paths(left: Value, right: Value, said: str | None) -> frozenset[str]:
    """The kinds of path that `folder / name` may be; what nobody knows, and text can be put behind, is one."""
    unknown = not left.names and (bool(right.atoms) or said is not None)
    return _PATH if unknown else few(name for name in left.names | right.names if name.startswith("pathlib."))


def _added(frame: Frame, node: ast.expr) -> Iterator[Value]:
    """The values between the `+` of an expression that was just read; an f-string is plain text, whatever it holds."""
    for part in summands(node):
        read = [again(frame, one) for one in flat(part)]
        plain = isinstance(part, ast.JoinedStr) or not read
        yield Value(atoms_of(read), told=all(one.told for one in read)) if plain else read[0]


def is_markup(held: Value) -> bool:
    """Whether it is certainly a `Markup` of MarkupSafe, which escapes all that is put into it; Django's does not."""
    return bool(held.names) and held.names <= _MARKUP


def put_into_markup(parts: Iterable[Value]) -> Value:
    """What `Markup("<b>%s</b>") % text` and `Markup("<b>") + text` make: the text is escaped, on either side."""
    escaped = [part if is_markup(part) else Value(marked(mixed(part.atoms), ESCAPED), told=part.told) for part in parts]
    return Value(atoms_of(escaped), _MARKUP, told=all(part.told for part in escaped))


def _joined(frame: Frame, node: ast.JoinedStr) -> Value:
    if not node.values:
        return SETTLED
    found = _text(frame, node.values)
    return found._replace(atoms=marked(found.atoms, TEXT))


_SEPARATORS = "/\\. "
"""What a segment of a path may end with, or begin anew behind."""
_NUMBERS = frozenset({"builtins.int()", "builtins.float()", "uuid.UUID()"})
"""What a parameter is said to be that holds no text of its own."""


def _text(frame: Frame, parts: Sequence[ast.expr]) -> Value:
    """Text, or a list, put together from parts."""
    first = value(frame, parts[0])
    found = {part: value(frame, part) for part in parts}
    items = sequences.joined(list(found.values()))
    told = all(held.told for held in found.values())
    if first.program:
        behind = marked(atoms_of(found[part] for part in parts[1:]), BEHIND)
        return first._replace(atoms=first.atoms | behind, items=items, told=told)
    if items is not None:
        return union(found.values())._replace(items=items)
    fixed = {part for part, held in found.items() if held.settled or (held.names and held.names <= _NUMBERS)}
    atoms = frozenset(
        atom
        for part, said in before(parts, fixed)
        for atom in _behind(parts, part, placed(said, mixed(found[part].atoms)))
    )
    if not atoms:
        return SETTLED if told else CLEAN
    atoms = spoken(map(constant, parts), atoms)
    return Value(before_text(constant(parts[-1]), behind_text(constant(parts[0]), atoms)), told=told)


def _behind(parts: Sequence[ast.expr], part: ast.expr, atoms: Atoms) -> Atoms:
    """The origins of a part of a text, by what stands before it."""
    index = parts.index(part)
    before_it = (constant(parts[index - 1]) or "/") if index else "/"
    return marked(atoms, (JOINED if index else "") + (LED if before_it[-1] not in _SEPARATORS else ""))


def _formatted(frame: Frame, node: ast.FormattedValue) -> Value:
    if _AS_NUMBER.search(constant(node.format_spec) or ""):
        value(frame, node.value)
        return SETTLED
    found = union([value(frame, part) for part in (node.value, node.format_spec) if part])
    return Value(marked(found.atoms, ONE_LINE), told=found.told) if node.conversion in _QUOTING else found


@lru_cache(maxsize=4096)
def interpolated(call: ast.Call) -> ast.JoinedStr | None:
    """`"{}?next={name}".format(a, name=b)` as `f"{a}?next={b}"`; None where its fields say more than a place or a name."""
    template = (
        constant(call.func.value) if isinstance(call.func, ast.Attribute) and call.func.attr == "format" else None
    )
    given = {str(place): part for place, part in enumerate(call.args)} | {
        one.arg or "": one.value for one in call.keywords
    }
    if template is None or "" in given or any(isinstance(part, ast.Starred) for part in call.args):
        return None
    try:
        fields = list(Formatter().parse(template))
    except ValueError:
        return None
    parts: list[ast.expr] = []
    places = map(str, count())
    for said, name, spec, conversion in fields:
        held = given.get(name or next(places)) if name is not None else None
        if name is not None and (held is None or spec):
            return None
        parts += [ast.Constant(said)] if said else []
        parts += [ast.FormattedValue(held, ord(conversion or "\0") or -1)] if held is not None else []
    return ast.JoinedStr([ast.copy_location(part, call) for part in parts])


READERS: Readers = {ast.BinOp: _binop, ast.JoinedStr: _joined, ast.FormattedValue: _formatted}

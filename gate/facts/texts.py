"""How text is put together: by operators, f-strings and formats."""

import ast
import re
from collections.abc import Sequence
from dataclasses import replace

from gate.facts.commands import before_text, behind_text, filled
from gate.facts.frame import Frame, Readers, value
from gate.facts.grammar import before, flat, placed, spoken
from gate.facts.names import constant
from gate.facts.value import BEHIND, CLEAN, ONE_LINE, PREFIXED, Value, atoms_of, marked, mixed, union

_AS_NUMBER = re.compile(r"[bcdeEfFgGnoxX%]$")
"""A format that takes numbers only."""
_QUOTING = {ord("r"), ord("a")}


def _binop(frame: Frame, node: ast.BinOp) -> Value:
    if isinstance(node.op, ast.Add):
        return _text(frame, flat(node))
    left, right = value(frame, node.left), value(frame, node.right)
    if isinstance(node.op, ast.BitOr):
        return union([left, right])
    if not isinstance(node.op, ast.Mod | ast.Div | ast.Mult):
        return CLEAN
    if isinstance(node.op, ast.Div) and not left.atoms:  # a path below a known folder
        return Value(marked(mixed(right.atoms), PREFIXED), left.names)
    put_behind = filled(constant(node.left), mixed(right.atoms))
    return Value(put_behind | before_text(constant(node.right), mixed(left.atoms)))


def _joined(frame: Frame, node: ast.JoinedStr) -> Value:
    return _text(frame, node.values) if node.values else CLEAN


def _text(frame: Frame, parts: Sequence[ast.expr]) -> Value:
    """Text, or a list, put together from parts."""
    first = value(frame, parts[0])
    found = {part: value(frame, part) for part in parts[1:]}
    if first.program:
        return replace(first, atoms=first.atoms | marked(atoms_of(found.values()), BEHIND), items=None)
    found[parts[0]] = first
    atoms = frozenset(atom for part, said in before(parts) for atom in placed(said, mixed(found[part].atoms)))
    if not atoms:
        return CLEAN
    atoms = spoken(map(constant, parts), atoms)
    return Value(before_text(constant(parts[-1]), behind_text(constant(parts[0]), atoms)))


def _formatted(frame: Frame, node: ast.FormattedValue) -> Value:
    if _AS_NUMBER.search(constant(node.format_spec) or ""):
        value(frame, node.value)
        return CLEAN
    found = union([value(frame, node.value), value(frame, node.format_spec)])
    return Value(marked(found.atoms, ONE_LINE)) if node.conversion in _QUOTING else found


READERS: Readers = {ast.BinOp: _binop, ast.JoinedStr: _joined, ast.FormattedValue: _formatted}

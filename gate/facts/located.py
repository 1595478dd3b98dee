"""What a condition says of where a path or an address leads."""

import ast
from collections.abc import Iterable, Iterator

from gate import lazy
from gate.facts.frame import Env, Frame, again, place
from gate.facts.grammar import settles
from gate.facts.names import constant
from gate.facts.summary import Argument
from gate.facts.value import ADDRESSED, CONTAINED, FOUND, HOST, NAMED, RESOLVED, VETTED, Atoms, Value, marked, unmarked

_EVERYWHERE = frozenset({"", "/", "\\", "."})
"""What every path begins with."""
LOCATES = frozenset({"netloc", "hostname", "host"})
"""Attributes of a parsed address that hold its host."""
_FIELD = lazy.regex(r"\{(\w+)\.(\w+)")
_SUBDOMAINS = lazy.regex(r"\.(?:…|[\w-]+\.(?:…|\w))")
"""Ends of a host behind which stands one owner: `.com` is none."""
_AKIN = {VETTED: VETTED, NAMED: VETTED, ADDRESSED: VETTED, FOUND: FOUND}
"""What a check of a text makes of others that were made of it before: they may be of another shape by now."""
_COMMON = frozenset({"os.path.commonpath", "os.path.commonprefix", "posixpath.commonpath"})


_OWN_HOST = lazy.regex(
    r"(?:^|[.])(?:[rR]equest|req)\.(?:url|base_url|host|host_url|get_host)(?:\.(?:netloc|hostname|host)?)?$"
)
"""What a request says of where the program is asked."""
_TELLS = frozenset({"startswith", "is_relative_to", "relative_to"})


def tells_place(frame: Frame, test: ast.Call, func: ast.Attribute) -> bool:
    """Whether `path.startswith(root)`, or `path.relative_to(root)`, says where a path lies; `..` is gone from it."""
    if func.attr not in _TELLS or not test.args or test.keywords:
        return False
    resolved = any(RESOLVED in atom.marks for atom in again(frame, func.value).atoms)
    return resolved and constant(test.args[0]) not in _EVERYWHERE


def below(frame: Frame, node: ast.expr, root: ast.expr) -> Env:
    """Variables found to lie below a root: all they are made of but the root, which says nothing of itself."""
    own = again(frame, root).atoms
    if any(atom.kind in {"request", "llm"} for atom in own):
        return {}
    held = vetted(frame, node, CONTAINED)
    return {key: found._replace(atoms=_but(found.atoms, _origins(own))) for key, found in held.items()}


def beside(frame: Frame, node: ast.expr, root: ast.expr) -> Env:
    """The same, and what was made of the same text is in doubt: `realpath(path)` is judged, and `path` opened."""
    held = below(frame, node, root)
    judged = frozenset(atom for found in held.values() for atom in found.atoms if CONTAINED in atom.marks)
    return {**_akin(frame, judged, VETTED), **held}


def _but(atoms: Atoms, origins: set[tuple[str, str]]) -> Atoms:
    """Of these origins nobody knows where they lie."""
    own = frozenset(atom for atom in atoms if (atom.kind, atom.name) in origins)
    return (atoms - own) | unmarked(own, CONTAINED)


def begins_settled(test: ast.Call, func: ast.Attribute) -> bool:
    """`url.startswith("https://good.example/")` says where an address leads."""
    said = test.args[0] if func.attr == "startswith" and len(test.args) == 1 else None
    parts = said.elts if isinstance(said, ast.Tuple) else [said]
    return bool(parts) and all(settles(constant(part) or "") for part in parts)


def ends_settled(test: ast.Call, func: ast.Attribute) -> bool:
    """Whether `host.endswith(".good.example")` or `endswith("." + known)` says where an address leads; the dot matters."""
    if func.attr != "endswith" or len(test.args) != 1:
        return False
    said = test.args[0].elts if isinstance(test.args[0], ast.Tuple) else [test.args[0]]
    return all(_SUBDOMAINS.match(_begins_with(part)) for part in said)


def _begins_with(node: ast.expr) -> str:
    """The constant text an expression begins with, and a mark where more follows."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _begins_with(node.left) + "…"
    if isinstance(node, ast.JoinedStr) and node.values:
        return _begins_with(node.values[0]) + "…"
    return constant(node) or ""


def _is_apart(frame: Frame, known: ast.expr, judged: ast.expr) -> bool:
    """Whether what something is compared with is no text of outsiders, and not the thing itself."""
    atoms = again(frame, known).atoms
    return not any(atom.kind in {"request", "llm"} for atom in atoms) and _origins(atoms).isdisjoint(
        _origins(again(frame, judged).atoms)
    )


def _origins(atoms: Atoms) -> set[tuple[str, str]]:
    return {(atom.kind, atom.name) for atom in atoms}


def vetted(frame: Frame, node: ast.expr, mark: str) -> Env:
    """Variables that hold, or come from the same text as, something a condition has found to be in order."""
    key = place(node)
    if key is not None:
        found = again(frame, node)
        alike = _akin(frame, found.atoms, _AKIN[mark]) if mark in _AKIN else {}
        return {**alike, key: found._replace(atoms=marked(found.atoms, mark))} if found.atoms else {}
    if isinstance(node, ast.Call) and node.args and isinstance(node.func, ast.Name | ast.Attribute):
        return all_vetted(frame, node.args, mark)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return vetted(frame, node.func.value, mark)  # `path.resolve().is_relative_to(root)`
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return all_vetted(frame, [node.left, node.right], mark)  # `(root / name).resolve()`
    return {}


def all_vetted(frame: Frame, nodes: Iterable[ast.expr], mark: str) -> Env:
    """The same of several: what comes from the text of two of them has what is known of both."""
    known: Env = {}
    for node in nodes:
        for key, held in vetted(frame, node, mark).items():
            known[key] = _agreed(known[key], held) if key in known else held
    return known


def _agreed(one: Value, other: Value) -> Value:
    """A value of which two things are known: its atoms with the marks of both."""
    said = {atom._replace(marks=""): atom.marks for atom in other.atoms}
    marks = {atom: said.get(atom._replace(marks=""), "") for atom in one.atoms}
    more = (a._replace(marks=a.marks + "".join(m for m in marks[a] if m not in a.marks)) for a in one.atoms)
    return one._replace(atoms=frozenset(more))


def located(frame: Frame, node: ast.expr, other: ast.expr) -> Env:
    """`urlparse(text).netloc == host`, `commonpath([root, path]) == root`: what the text of an address or a path may be."""
    hosts = frozenset(atom for atom in again(frame, node).atoms if HOST in atom.marks)
    if hosts and _is_apart(frame, other, node):
        return _akin(frame, hosts, CONTAINED)
    own = again(frame, other).atoms
    if hosts and own and all(_OWN_HOST.search(f"{atom.name}.{atom.field}") for atom in own):
        return _akin(frame, hosts - own, VETTED)  # what a caller says the program is called
    if isinstance(node, ast.Call) and any(name in _COMMON for name in again(frame, node.func).names):
        return {key: held for part in node.args for key, held in _within(frame, part, other).items()}
    return {}


def _within(frame: Frame, node: ast.expr, root: ast.expr) -> Env:
    parts = node.elts if isinstance(node, ast.List | ast.Tuple) else [node]
    if constant(root) in _EVERYWHERE:
        return {}
    return {key: held for part in parts for key, held in below(frame, part, root).items()}


def _akin(frame: Frame, atoms: Atoms, mark: str) -> Env:
    """All variables whose text comes from where this one's does, and not from under another key."""
    origins = {(atom.kind, atom.name, atom.line, field) for atom in atoms for field in ("", atom.field)}
    akin = {}
    for key, held in frame.env.items():
        same = frozenset(atom for atom in held.atoms if (atom.kind, atom.name, atom.line, atom.field) in origins)
        if same:
            akin[key] = held._replace(atoms=(held.atoms - same) | marked(same, mark))
    return akin


def asked_for(template: str, given: Iterable[Argument]) -> Iterator[Argument]:
    """What `"{0.hostname}".format(url)` puts in of its arguments: of an address that is asked for its host, the host."""
    asked = {name for name, part in _FIELD.findall(template) if part in LOCATES}
    for one in given:
        host = one.name in asked
        yield one._replace(value=one.value._replace(atoms=marked(one.value.atoms, HOST))) if host else one

"""Where somebody's password is put into a table or a collection, to be kept.

`smtp_password` is another system's, and has to be read again.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from gate import lazy
from gate.facts.frame import Frame, again, text
from gate.facts.names import constant
from gate.facts.receivers import PASSWORD
from gate.facts.sinks import reach
from gate.facts.summary import Argument
from gate.facts.value import NONE, Atoms, Value, read
from gate.facts.wording import words

_COLUMN = lazy.regex(
    r"(?i)(?:(?:user|account|login|member|customer|admin|hashed|encrypted|plain|raw)_?)?(?:password|passwd|pwd|passphrase)(?:_?(?:hash|digest))?"
)
PEOPLE = frozenset(
    "user users member members customer customers admin admins employee employees student students teacher teachers "
    "patient patients doctor doctors person persons people staff account accounts login logins author authors".split()
)
"""The last words of what a table of people is called, whose passwords nobody needs to read again."""
_ELSEWHERE = frozenset("host hostname port server smtp imap ftp".split())
_CREATES = lazy.regex(
    r"(?:\.objects)?\.(?:a?create|a?get_or_create|a?update_or_create|insert|insert_one|create_async|update|values|__call__)$"
)
_RUNS = frozenset(
    "execute exec fetch fetchrow fetchval fetch_one fetch_all execute_sql exec_driver_sql run query".split()
)
_INSERTS = frozenset("insert_one replace_one update_one find_one_and_update find_one_and_replace".split())
_INSERT = lazy.regex(
    r"(?is)\s*(?:insert|replace)\s+(?:or\s+\w+\s+|ignore\s+)?into\s+[\"`\[]?(?:\w+[\"`\]]?\.[\"`\[]?)?(\w+)[\"`\]]?\s*\(([^()]+)\)\s*values\s*\((.+?)\)\s*"
    r"(?:;|on\b|returning\b|as\b|$).*"
)
_UPDATE = lazy.regex(r"(?is)\s*update\s+[\"`\[]?(?:\w+[\"`\]]?\.[\"`\[]?)?(\w+)[\"`\]]?\s+set\s+(.+?)(?:\bwhere\b.*)?")
_HOLE = lazy.regex(r"\?|%s|[:@]([A-Za-z_]\w*)|%\((\w+)\)s|(\$\d{1,4})")


def note_kept(frame: Frame, node: ast.Call, names: frozenset[str], given: Sequence[Argument]) -> None:
    """Note what a call keeps as somebody's password: a new row's, by an object mapper, by SQL or in a collection."""
    if any(part.arg and is_password(part.arg) for part in node.keywords):
        _note_row(frame, node, names, given)
    if isinstance(node.func, ast.Attribute) and node.args:
        if node.func.attr in _RUNS:
            _note_query(frame, node, given)
        elif node.func.attr in _INSERTS and is_of_people(_owner(node.func.value)):
            _note_document(frame, node, _owner(node.func.value))


def note_set(frame: Frame, target: ast.Attribute, base: Value, found: Value) -> None:
    """Note what is kept by `user.password = text`."""
    if not found.atoms or not is_password(target.attr):
        return
    own = frame.name.rpartition(".")[0] if any(atom.kind == "self" for atom in base.atoms) else ""
    made = {name for name in (*(name.removesuffix("()") for name in base.names), own) if is_of_people(name)}
    for name in sorted(made or {_owner(target.value)}):
        if is_of_people(name):
            reach(frame, target, PASSWORD, name if made else f"{name}.{target.attr}", found.atoms, warn=not made)


def _note_row(frame: Frame, node: ast.Call, names: frozenset[str], given: Sequence[Argument]) -> None:
    """`User(name=name, password=text)`, `User.objects.create(password=text)`."""
    if is_for_others(one.name for one in given):
        return
    kept = frozenset(atom for one in given if is_password(one.name) for atom in one.value.atoms)
    for name in sorted(names):
        model = _CREATES.sub("", name).removesuffix("()")
        if model == "django.contrib.auth.get_user_model" or (
            model.rpartition(".")[2][:1].isupper() and is_of_people(model)
        ):
            reach(frame, node, PASSWORD, model, kept, warn=False)


def _note_document(frame: Frame, node: ast.Call, name: str) -> None:
    """`users.insert_one({"password": text})`, `users.update_one(key, {"$set": {"password": text}})`."""
    written = node.args[-1] if isinstance(node.args[-1], ast.Dict) else None
    inner = [part for part in written.values if isinstance(part, ast.Dict)] if written is not None else []
    parts = [again(frame, part) for part in (node.args[-1], *inner)]
    held = frozenset(atom for part in parts for atom in part.atoms if is_password(atom.under))
    reach(frame, node, PASSWORD, name, held, warn=False)


def _note_query(frame: Frame, node: ast.Call, given: Sequence[Argument]) -> None:
    """`execute("INSERT INTO users (name, password) VALUES (?, ?)", (name, text))`."""
    first = node.args[0]
    written = text(first, given[0].value) if given else None
    if written is None and isinstance(first, ast.Call) and first.args:
        written = constant(first.args[0])
    place = _kept_in(written) if written is not None else None
    if place is not None:
        table, holes = place
        reach(frame, node, PASSWORD, table, _handed(holes, given[1:]), warn=False)


@lru_cache(maxsize=1024)
def _kept_in(sql: str) -> tuple[str, tuple[str, ...]] | None:
    """The table of people, and the places of the parameters that become a password as they are: positions or names."""
    if found := _INSERT.fullmatch(sql):
        columns = [name.strip(' \t\n"`[]') for name in found[2].split(",")]
        pairs = list(zip(columns, found[3].split(","), strict=False))
        pairs = pairs if len(columns) == found[3].count(",") + 1 else []
    elif found := _UPDATE.fullmatch(sql):
        halves = (part.partition("=") for part in found[2].split(","))
        pairs = [(name.strip(' \t\n"`[]'), told) for name, _, told in halves]
    else:
        return None
    if not is_of_people(found[1]) or is_for_others(name for name, _ in pairs):
        return None
    return found[1], tuple(_places(pairs))


def _places(pairs: Sequence[tuple[str, str]]) -> Iterator[str]:
    seen = 0
    for name, told in pairs:
        hole = _HOLE.fullmatch(told.strip())
        if hole is not None and is_password(name):
            yield hole[1] or hole[2] or hole[3] or str(seen)
        seen += len(re.findall(r"\?|%s", told))


def _handed(holes: Sequence[str], given: Sequence[Argument]) -> Atoms:
    """What is handed to these parameters, in one tuple or dictionary, by keyword, or one by one."""
    return frozenset(atom for hole in holes for one in given for atom in _at(hole, one))


def _at(hole: str, one: Argument) -> Atoms:
    """What one argument hands to a parameter: `$1` of asyncpg counts the arguments behind the query."""
    if hole.startswith("$") or not hole.isdigit():
        named = frozenset(atom for atom in one.value.atoms if atom.under == hole)
        return one.value.atoms if one.name == hole.removeprefix("$") else read(named, hole)
    items = one.value.items
    return items[int(hole)].atoms if items is not None and int(hole) < len(items) else NONE


def _owner(node: ast.expr) -> str:
    """The last name of what something is kept in: `db.users`, `db["users"]`, `self.user`."""
    match node:
        case ast.Attribute(attr=name) | ast.Name(id=name) | ast.Subscript(slice=ast.Constant(value=str() as name)):
            return name
        case ast.Call(args=[ast.Constant(value=str() as name)]):
            return name
        case ast.Call(func=func):
            return _owner(func)
    return ""


@lru_cache(maxsize=4096)
def is_password(name: str) -> bool:
    """Whether a column, a keyword or an attribute is called after a password, or after the hash of one."""
    return _COLUMN.fullmatch(name) is not None


def is_for_others(columns: Iterable[str]) -> bool:
    """Whether a password beside these columns is for another system, such as a mail server, and has to be read again."""
    return any(not _ELSEWHERE.isdisjoint(words(name.lower())) for name in columns)


@lru_cache(maxsize=4096)
def is_of_people(name: str) -> bool:
    """Whether a table, a model or a variable is called after people: `users`, `app_user`, `CustomUser`."""
    said = words(name)
    return bool(said) and said[-1] in PEOPLE

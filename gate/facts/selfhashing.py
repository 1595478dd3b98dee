"""Models that hash by themselves what is put into their password."""

import ast
from functools import lru_cache

from gate import lazy
from gate.fact import Repo
from gate.facts.bindings import last_name
from gate.facts.storing import is_for_others, is_of_people, is_password
from gate.facts.table import Table
from gate.nodes import walk
from gate.source import Source

_HASHES = lazy.regex(r"(?i)(?!check|verify|compare)\w*(?:hash|crypt|digest|argon|make_password|set_password|kdf)\w*")
_BY_ITSELF = frozenset("__init__ __setattr__ __new__ save full_clean clean before_save before_insert".split())
_LISTENS = frozenset("listens_for listen receiver connect".split())
_ACCOUNTS = frozenset({"AbstractUser", "AbstractBaseUser"})
"""What Django's models of users are made from: they have a password, and keep it as it is."""
_TYPES = lazy.regex(r"(?i)\b\w*(?:password|encrypted|hash)\w*(?:type|field|column)?\(")
Method = ast.FunctionDef | ast.AsyncFunctionDef


def keeps_plainly(repo: Repo, name: str) -> bool:
    """Whether a password is kept as it is handed over: by a table, a model (`app.models.User`), or a variable's `user.password`.

    A table that only SQL names, a collection and Django's own users do nothing by themselves.
    """
    if "." not in name or name.startswith("django.contrib.auth."):
        return True
    last = name.rpartition(".")[2]
    models = [one for one in repo[Table] if one.model and is_of_people(one.model)]
    meant = models if is_password(last) else [one for one in models if one.model == last]
    return bool(meant) and all(_keeps(repo, one) for one in meant)


def _keeps(repo: Repo, model: Table) -> bool:
    source = repo.source(model.place.path)
    return source is not None and not is_for_others(model.columns) and _is_plain(source, model.model)


@lru_cache(maxsize=256)
def _is_plain(source: Source, model: str) -> bool:
    if source.tree is None or _is_told(source.tree):
        return False
    found = (one for one in walk(source.tree) if isinstance(one, ast.ClassDef) and one.name == model)
    return all(_has_password(one) and not any(map(_hashes, one.body)) for one in found)


def _is_told(tree: ast.Module) -> bool:
    """Whether something of this file hashes when a row is to be saved: `@listens_for(User, "before_insert")`."""
    calls = (one.func for one in walk(tree) if isinstance(one, ast.Call))
    return any(last_name(one) in _LISTENS for one in calls) and _calls_hash(tree)


def _has_password(model: ast.ClassDef) -> bool:
    """Whether it has a password, of no type that hashes: `password = Column(String)`."""
    named = (one for one in model.body if is_password(_target(one)))
    told = [ast.unparse(one) for one in named]
    plain = bool(told) or any(last_name(base) in _ACCOUNTS for base in model.bases)
    return plain and not any(map(_TYPES.search, told))


def _target(statement: ast.stmt) -> str:
    target = statement.targets[0] if isinstance(statement, ast.Assign) else getattr(statement, "target", None)
    return target.id if isinstance(target, ast.Name) else ""


def _hashes(statement: ast.stmt) -> bool:
    """Whether a method that runs by itself hashes: a constructor, a setter, what validates or comes before a row is saved."""
    if not isinstance(statement, Method):
        return False
    said = {last_name(one.func if isinstance(one, ast.Call) else one) for one in statement.decorator_list}
    runs = statement.name in _BY_ITSELF or bool(said - {"staticmethod", "classmethod", "property"})
    return runs and _calls_hash(statement)


def _calls_hash(node: ast.AST) -> bool:
    return any(_HASHES.fullmatch(last_name(one.func)) for one in walk(node) if isinstance(one, ast.Call))


def hashes_later(source: Source, function: str, line: int) -> bool:
    """Whether what was kept on a line is hashed further down in its function: `user.set_password(...)`."""
    later = (one for one in walk(source.tree) if isinstance(one, ast.Call) and one.lineno > line) if source.tree else ()
    return any(_HASHES.fullmatch(last_name(one.func)) and source.scope(one.lineno) == function for one in later)

"""Models that hash by themselves what is put into their password."""

import ast
import re
from functools import lru_cache

from gate.fact import Repo
from gate.facts.bindings import last_name
from gate.facts.storing import COLUMN, is_of_people
from gate.facts.table import Table
from gate.nodes import walk
from gate.source import Source

_HASHES = re.compile(r"(?i)hash|crypt|digest|argon|make_password|set_password|kdf")
_BY_ITSELF = frozenset(
    "__init__ __setattr__ __new__ save full_clean clean pre_save before_save before_insert post_init".split()
)
_TYPES = re.compile(r"(?i)\b\w*(?:password|encrypted|hash)\w*(?:type|field|column)?\(")
_ASKS_TO_BE_TOLD = re.compile(r"\b(?:listens_for|listen|receiver|pre_save)\b")


def keeps_plainly(repo: Repo, name: str) -> bool:
    """Whether a password is kept as it is handed over: by a table, a model (`app.models.User`), or a variable's `user.password`.

    A table that only SQL names, a collection and Django's own users do nothing by themselves.
    """
    last = name.rpartition(".")[2]
    if "." not in name or name.startswith("django.contrib.auth."):
        return True
    models = [one for one in repo[Table] if one.model and is_of_people(one.model)]
    meant = models if COLUMN.fullmatch(last) else [one for one in models if one.model == last]
    sources = [(one, repo.source(one.place.path)) for one in meant]
    return bool(meant) and all(source is not None and _is_plain(source, one.model) for one, source in sources)


@lru_cache(maxsize=256)
def _is_plain(source: Source, model: str) -> bool:
    if source.tree is None or (_ASKS_TO_BE_TOLD.search(source.text) and _HASHES.search(source.text)):
        return False
    found = (one for one in walk(source.tree) if isinstance(one, ast.ClassDef) and one.name == model)
    return all(any(map(_declares, one.body)) and not any(map(_hashes, one.body)) for one in found)


def _declares(statement: ast.stmt) -> bool:
    """`password = Column(String)`, and no type that hashes."""
    target = statement.targets[0] if isinstance(statement, ast.Assign) else getattr(statement, "target", None)
    if not isinstance(target, ast.Name) or not COLUMN.fullmatch(target.id):
        return False
    return not _TYPES.search(ast.unparse(statement))


def _hashes(statement: ast.stmt) -> bool:
    """Whether a method that runs by itself hashes: a constructor, a setter, what validates or comes before a row is saved."""
    if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    said = {last_name(one.func if isinstance(one, ast.Call) else one) for one in statement.decorator_list}
    runs = statement.name in _BY_ITSELF or bool(said - {"staticmethod", "classmethod", "property"})
    return runs and _HASHES.search(ast.unparse(statement)) is not None

"""Numbers and codes of cards: in columns, in what callers send, and wherever else they are written."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from gate import lazy
from gate.facts.jscard import cards
from gate.facts.leak import Leak, telling
from gate.facts.names import constant
from gate.facts.placed import placed
from gate.facts.spelling import last, spelled
from gate.hint import Hint
from gate.nodes import walk
from gate.paths import kind
from gate.source import Place, Source

_COLUMN = lazy.regex(
    r"(?:^|\.)(?:Column|mapped_column|\w*CharField|\w*TextField|\w*StringField|\w*IntegerField|Field|db\.String)$"
)
_MODELS = lazy.regex(r"(?:^|\.)(?:\w*Base|Model|SQLModel|Document|\w*Entity|DeclarativeBase|\w*ModelMixin)$")
_SCHEMAS = lazy.regex(r"(?:^|\.)(?:BaseModel|Schema|\w*Serializer|Struct|TypedDict)$")
_REQUEST = lazy.regex(r"(?:^|\.)(?:request|req)\.(?:form|json|values|data|POST|args|get_json|query_params|params)\b")
_ROUTE = lazy.regex(r"\.(?:post|put|patch|route|api_route)$")
_OF_BANK = lazy.regex(r"(?:Credit|Debit|Payment|Bank)Card$")
_BESIDE = lazy.regex(
    r"(?i)\b(?:cvv2?|cvc2?|expiry|exp_month|exp_year|card_?holder|expiration(?:_date)?|card_?number)\b"
)


@dataclass(frozen=True)
class CardField:
    """A card's number or code, and where it goes; `where` is as in `Leak`, or "column" or "field"."""

    languages: ClassVar[frozenset[str]] = frozenset({"python", "javascript", "typescript", "prisma"})
    hint: ClassVar[Hint] = Hint.of(
        "card", "cvv", "cvc", "ccnum", "cc_num", "pan", "account_number", "track", "pin_block", "magstripe"
    )

    place: Place
    where: str
    name: str

    @classmethod
    def find(cls, source: Source) -> Iterator["CardField"]:
        if kind(source.path) == "test":
            return
        if source.language != "python":
            yield from (cls(Place.at(source.path, line), where, name) for line, where, name in cards(source))
        elif source.tree is not None:
            yield from cls._python(source)

    @classmethod
    def _python(cls, source: Source) -> Iterator["CardField"]:
        for leak in Leak.find(source):
            if leak.what == "card":
                yield cls(leak.place, leak.where, leak.name)
        for node, around in placed(source.tree):
            inside = around.classes[-1] if around.classes and not around.functions else None
            if isinstance(node, ast.AnnAssign | ast.Assign) and inside is not None:
                yield from _of_class(cls, source, node, inside)
            elif isinstance(node, ast.Call) and telling(name := _named_column(node)) == "card":
                yield cls(Place.at(source.path, node.lineno), "column", name)
            yield from (cls(Place.at(source.path, line), "field", name) for name, line in _sent(node))


def _sent(node: ast.AST) -> Iterator[tuple[str, int]]:
    """What a request is asked for: `request.form["cvv"]`, `request.json.get("cvv")`, the parameters of a route."""
    match node:
        case (
            ast.Subscript(value=held, slice=ast.Constant(value=str() as name), lineno=line)
            | ast.Call(
                func=ast.Attribute(value=held, attr="get"), args=[ast.Constant(value=str() as name), *_], lineno=line
            )
        ):
            if telling(name) == "card" and _REQUEST.search(ast.unparse(held)):
                yield name, line
        case ast.FunctionDef(args=args, decorator_list=above) | ast.AsyncFunctionDef(args=args, decorator_list=above):
            if any(_ROUTE.search(spelled(one.func)) for one in above if isinstance(one, ast.Call)):
                named = (*args.args, *args.kwonlyargs)
                yield from ((arg.arg, arg.lineno) for arg in named if telling(arg.arg) == "card")


def _named_column(node: ast.Call) -> str:
    """The name of a column of a migration: `sa.Column("cvv", ...)`."""
    return constant(node.args[0]) or "" if last(spelled(node.func)) == "Column" and node.args else ""


def _is_of_card(name: str, owner: ast.ClassDef) -> bool:
    """Whether a name that may mean many things means a card's where it stands."""
    if name in {"pan", "security_code"} and owner.name.endswith("Card"):
        return True
    return (name == "pan" and bool(_BESIDE.search(ast.unparse(owner)))) or (
        name in {"number", "code"} and bool(_OF_BANK.search(owner.name))
    )


def _of_class(
    cls: type[CardField], source: Source, node: ast.AnnAssign | ast.Assign, owner: ast.ClassDef
) -> Iterator[CardField]:
    target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
    name = target.id if isinstance(target, ast.Name) else ""
    if telling(name) != "card" and not _is_of_card(name, owner):
        return
    bases = [spelled(base) for base in owner.bases]
    made = (
        [spelled(one.func) for one in walk(node.value) if isinstance(one, ast.Call)] if node.value is not None else []
    )
    mapped = isinstance(node, ast.AnnAssign) and "Mapped" in ast.unparse(node.annotation)
    if any(_SCHEMAS.search(base) for base in bases):
        yield cls(Place.at(source.path, node.lineno), "field", name)
        return
    stored = mapped or (any(_COLUMN.search(one) for one in made) and any(_MODELS.search(base) for base in bases))
    encrypted = any("ncrypt" in one for one in made) and not name.lower().startswith(("cv", "security"))
    if stored and not encrypted:
        yield cls(Place.at(source.path, node.lineno), "column", name)

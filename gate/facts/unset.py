"""Secrets that have a value even where nobody sets them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from gate import lazy
from gate.facts.defaults import last
from gate.facts.fallback import fallback, key
from gate.facts.folding import Span, fold, spans_of
from gate.facts.unset_text import written
from gate.hint import Hint
from gate.nodes import walk
from gate.source import Place, Source

_SIGNS = lazy.regex(
    r"(?:.*_)?(?:secret(?:_?key)?|secret_?token|(?:jwt|signing|session|cookie|csrf|webhook|hmac|encryption|fernet|master|auth|admin"
    r"|internal|service|app)_?(?:secret|key|token)(?:_?key)?|admin_?(?:password|passwd|pass)|pepper)"
)
"""Names of what a program signs, encrypts or lets pass with."""
_NOT_OURS = lazy.regex(
    r"(?:client|aws|s3|openai|google|github|slack|stripe|azure|minio|consumer|access_key|fake|dummy|mock|sandbox)_"
)
"""Accounts elsewhere, where a made-up secret does not work, and stand-ins for them."""
_PAIR = 2
_STANDS_FOR_NOTHING = frozenset({"none", "null", "false", "disabled", "unset", "empty", "n/a"})
_SETTINGS = lazy.regex(r"Settings$|Config$")
_LOCAL = lazy.regex(r"(?i)(?:^|/)(?:settings|config|conf)(?:/|[._-])(?:local|dev|development|test|testing)\w*\.py$")
"""Settings of a developer's own machine."""
_OPTIONS = frozenset({"option", "add_argument", "Option", "Validator"})
"""Functions that declare an option of a command line, or a setting: click, argparse, typer, Dynaconf."""
_TABLES = frozenset({"Env", "FileAwareEnv"})
"""django-environ, told the type and the default of each setting."""
_DJANGO = lazy.regex(r"(?m)^\s*from django\.conf import (?:\w+, )*settings\s*$")
_USES = lazy.regex(r"\bhmac\.|\bjwt\.|\bFernet\(|\b[Ss]erializer\(|\bSigner\(|\b(?:en|de)code\(\w+, *secret")
"""What a function does that signs, encrypts or verifies."""
_LOGS = frozenset({"debug", "info", "warning", "error", "exception", "critical", "log", "print"})
_DEV = lazy.regex(r"(?i)\b(debug|testing|is_?dev\w*|dev_?mode|local|development|dev|test)\b")


@dataclass(frozen=True)
class Unset:
    """A secret setting, and where the value stands that it has when nobody sets it."""

    languages: ClassVar[frozenset[str]] = frozenset({""})
    hint: ClassVar[Hint] = Hint.of("secret", "_key", "token", "_pass", "pepper")

    place: Place
    name: str
    spans: tuple[Span, ...]
    refused: bool
    """The file stops the program over this setting somewhere, or is not the program's own."""

    @classmethod
    def find(cls, source: Source) -> Iterator["Unset"]:
        if source.language != "python":
            yield from _told(source)
            return
        if source.tree is None or _LOCAL.search(source.path):
            return
        yield from _left_out(source, source.tree)
        django = _DJANGO.search(source.text) is not None
        nodes = (node for node in _outside_dev(source.tree) if not (django and _is_always_set(node)))
        found = [one for node in nodes for one in _settings(node)]
        refused = _refused(source.tree) if found else frozenset[str]()
        seen = set()
        for name, default in found:
            folded = fold(default, {})
            text = folded.leaves[0].strip() if folded and not folded.many else ""
            if text and text.lower() not in _STANDS_FOR_NOTHING and _secret(name) and id(default) not in seen:
                seen.add(id(default))
                place = Place.at(source.path, default.lineno, default.end_lineno)
                yield cls(place, name, tuple(spans_of(default, source)), name.lower() in refused)


def _left_out(source: Source, tree: ast.Module) -> Iterator[Unset]:
    """Parameters of functions that sign: `def sign(body, secret="dev")`. Who calls it may always hand one over."""
    for node in walk(tree):
        for name, value in _defaults(node.args) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else ():
            if _secret(name) and _USES.search(ast.unparse(node)):
                place = Place.at(source.path, value.lineno)
                yield Unset(place, name, tuple(spans_of(value, source)), refused=True)


def _defaults(given: ast.arguments) -> Iterator[tuple[str, ast.Constant]]:
    """The parameters that are a text when they are left out."""
    named = [*given.posonlyargs, *given.args][-len(given.defaults) :] if given.defaults else []
    pairs = [*zip(named, given.defaults, strict=True), *zip(given.kwonlyargs, given.kw_defaults, strict=True)]
    for arg, value in pairs:
        if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value.strip():
            yield arg.arg, value


def _told(source: Source) -> Iterator[Unset]:
    """Defaults of a Compose file, a script or Terraform: what is deployed may set another."""
    for name, value, line, spans in written(source):
        if value.strip() and value.strip().lower() not in _STANDS_FOR_NOTHING and _secret(name):
            yield Unset(Place.at(source.path, line), name, spans, refused=True)


def _secret(name: str) -> bool:
    plain = name.lower().replace("-", "_").rpartition(".")[2]
    return bool(_SIGNS.fullmatch(plain)) and not _NOT_OURS.search(plain)


def _is_always_set(node: ast.AST) -> bool:
    """Whether it reads the key that Django refuses to go without (django.conf.LazySettings)."""
    match node:
        case ast.Assign(value=value):
            return _is_always_set(value)
        case ast.Call(func=ast.Name(id="getattr"), args=[ast.Name(id="settings"), ast.Constant(value="SECRET_KEY"), _]):
            return True
        case ast.BoolOp(values=[ast.Attribute(value=ast.Name(id="settings"), attr="SECRET_KEY"), *_]):
            return True
    return False


def _settings(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """The names of settings and their defaults; a name that is bound to one counts as well."""
    match node:
        case ast.BoolOp() | ast.IfExp() | ast.Call() if (default := fallback(node)) is not None:
            yield key(node), default
        case ast.Call(args=[ast.Constant(value=str() as option), *_], keywords=words) if last(node.func) in _OPTIONS:
            yield from ((option, word.value) for word in words if word.arg == "default")
        case ast.Call(keywords=words) if last(node.func) in _TABLES:
            for word in words:
                if isinstance(word.value, ast.Tuple) and len(word.value.elts) == _PAIR:
                    yield word.arg or "", word.value.elts[1]
        case ast.Assign(targets=[target], value=value) if (default := fallback(value)) is not None:
            if not _is_option(value, default):
                yield key(target) or getattr(target, "id", ""), default
        case ast.ClassDef(body=body) if _holds_settings(node):
            for part in body:
                if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name) and part.value is not None:
                    yield part.target.id, _default(part.value)


def _holds_settings(node: ast.ClassDef) -> bool:
    """Whether the fields of a class are settings: by its base, or a dataclass or a model by its name."""
    bases = [ast.unparse(base) for base in node.bases]
    made = any("dataclass" in ast.unparse(one) or "define" in ast.unparse(one) for one in node.decorator_list)
    named = [node.name] if made or any(base.endswith("BaseModel") for base in bases) else []
    return any(_SETTINGS.search(one) for one in (*bases, *named))


def _is_option(asked: ast.expr, default: ast.expr) -> bool:
    """Whether `conf.get("core", "FERNET_KEY")` names a section and the option in it (configparser)."""
    named = isinstance(default, ast.Constant) and isinstance(default.value, str) and _secret(default.value)
    return named and not _secret(key(asked))


def _default(value: ast.expr) -> ast.expr:
    """What a field of a settings class holds: `"x"`, `Field("x")`, `Field(default="x")`."""
    match value:
        case ast.Call(func=ast.Name(id="Field" | "SecretStr"), args=[first, *_]):
            return _default(first)
        case ast.Call(func=ast.Name(id="Field"), keywords=keywords):
            return next((_default(word.value) for word in keywords if word.arg == "default"), value)
    return value


def _outside_dev(tree: ast.Module) -> Iterator[ast.AST]:
    """Every node but those below a condition that holds on developers' machines only."""
    spared: set[int] = set()
    for node in walk(tree):
        if isinstance(node, ast.If) and _DEV.search(ast.unparse(node.test)):
            spared.update(id(part) for statement in node.body for part in walk(statement))
        elif isinstance(node, ast.Compare) and isinstance(node.comparators[0], ast.Constant):
            spared.add(id(node.left))  # `getattr(settings, "SECRET_KEY", "unset") == "unset"` asks whether it is set
        elif isinstance(node, ast.Call) and last(node.func) in _LOGS:
            spared.update(map(id, node.args))  # `config.session_key or "unknown"` is only told
        if id(node) not in spared:
            yield node


def _refused(tree: ast.Module) -> frozenset[str]:
    """Names that an `if` asks about before it stops the program."""
    found = set()
    for node in walk(tree):
        if isinstance(node, ast.If) and any(isinstance(part, ast.Raise) or _exits(part) for part in node.body):
            found |= {name.lower() for part in walk(node.test) if (name := key(part) or getattr(part, "id", ""))}
    return frozenset(found)


def _exits(part: ast.stmt) -> bool:
    return isinstance(part, ast.Expr) and isinstance(part.value, ast.Call) and "exit" in ast.unparse(part.value.func)

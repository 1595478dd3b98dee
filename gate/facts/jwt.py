"""JSON Web Tokens: how they are checked, and what is done with those that are not."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from gate import lazy
from gate.facts.claims import trusted
from gate.facts.literal import UNKNOWN
from gate.facts.reading import Node, Reading, reading
from gate.facts.spelling import last, spelled
from gate.facts.verdict import compared, names_in
from gate.hint import Hint
from gate.nodes import walk
from gate.paths import kind
from gate.source import Place, Source

_DECODES = lazy.regex(
    r"jwt\.(?:api_jwt\.)?(?:PyJWT\(\)\.)?decode(?:_complete)?|jose\.jwt\.decode|jose\.jws\.verify|jwt\.JWT\(\)\.decode"
)
_JOSERFC = lazy.regex(r"joserfc\.(?:jwt\.decode|jws\.deserialize_(?:compact|json))")
_MAKES = lazy.regex(r"(?:authlib\.jose|joserfc)\.jwt\.encode")
"""Functions that are told the algorithm in a header."""
_PEEKS = lazy.regex(
    r"jose\.(?:jwt|jws)\.get_unverified_claims|joserfc\.jws\.extract_(?:compact|json)|python_jwt\.process_jwt"
)
_HEADERS = lazy.regex(r"(?:jwt|jose\.(?:jwt|jws))\.get_unverified_headers?")
_TOLD = lazy.regex(r"google\.auth\.jwt\.decode|rest_framework_simplejwt\.tokens\.\w+(?:\(\))?")
"""Readers of tokens that verify unless `verify=False` tells them not to."""
_FETCHES = lazy.regex(r"(?:requests|httpx)\.(?:\w+(?:\(\))?\.)*get|urllib\.request\.urlopen|jwt\.PyJWKClient")
_SETTING = lazy.regex(r"(?i)(?:.*_)?jwt_?(?:signing_?)?alg(?:orithm)?s?")
_AUTHLIB = lazy.regex(r"authlib\.jose\.jwt\.decode")
_TABLES = lazy.regex(r"authlib\.jose\.JsonWebToken(?:\(\))?")
_ASYMMETRIC = ("RS", "ES", "PS", "ED")


@dataclass(frozen=True)
class Token:
    """A token that is not, or not wholly, verified; or made so that nobody can."""

    languages: ClassVar[frozenset[str]] = frozenset({"python"})
    hint: ClassVar[Hint] = Hint.of("jwt", "jose", "b64decode", "jsonwebtoken")

    place: Place
    how: str
    """"unpinned", "registry", "keyed", "header", "none", "mixed", "unverified", "peek", "claims", "audience", "remote",
    "unsigned", or "" for one that is verified."""
    name: str = ""

    @classmethod
    def find(cls, source: Source) -> Iterator[Self]:
        if kind(source.path) == "test":
            return
        file = reading(source)
        yield from (cls(file.place(one.node), "none", "none") for one in file.of(ast.Assign) if _turns_off(file, one))
        for one in file.calls():
            found = list(_judged(file, one))
            sound = [("", "")] if not found and _DECODES.fullmatch(file.called(one)) else []
            yield from (cls(file.place(one.node), how, name) for how, name in found or sound)


def _judged(file: Reading, one: Node) -> Iterator[tuple[str, str]]:
    name = file.called(one)
    if _DECODES.fullmatch(name):
        yield from _decode(file, one, jose=name.startswith("jose."))
    elif (_PEEKS.fullmatch(name) and not _heads_only(one, name)) or _is_split(one, name):
        if how := trusted(one):
            yield how, last(name)
    elif name in {"jwt.encode", "jwt.api_jwt.encode", "jose.jwt.encode"}:
        algorithm = file.literal(file.argument(one, "algorithm", 2), one.where)
        unset = algorithm is None and file.argument(one, "algorithm", 2) is not None
        if unset or (isinstance(algorithm, str) and algorithm.lower() == "none"):
            yield "unsigned", name
    elif _TOLD.fullmatch(name) and file.literal(file.given(one).get("verify"), one.where) is False:
        if how := trusted(one):
            yield how, last(name)
    elif _FETCHES.fullmatch(name) and one.node.args and _names_a_key(file, name, one.node.args[0], one.where):
        yield "remote", spelled(one.node.args[0])
    elif name == "jwcrypto.jwt.JWT" and file.given(one).keys() >= {"jwt", "key"} and "algs" not in file.given(one):
        yield "keyed", "jwcrypto"
    elif _MAKES.fullmatch(name) and _unsigned(file, one):
        yield "unsigned", name
    elif _AUTHLIB.fullmatch(name):
        yield "registry", "authlib"
    elif _JOSERFC.fullmatch(name):
        yield from _typed(file, one)
    elif _TABLES.fullmatch(name) and one.node.args:
        yield from _pinned(file, one.node.args[0], one)


def _decode(file: Reading, one: Node, *, jose: bool) -> Iterator[tuple[str, str]]:
    given = file.given(one)
    if any(word.arg is None for word in one.node.keywords) and "algorithms" not in given:
        return  # what else is handed over stands elsewhere
    options = file.literal(file.argument(one, "options", -1 if file.called(one) == "jose.jws.verify" else 3), one.where)
    options = options if isinstance(options, dict) else {}
    off = options.get("verify_signature") is False or file.literal(given.get("verify"), one.where) is False
    if off:
        if how := trusted(one):
            yield how, "decode"
        return
    own = "require" in options or isinstance(
        one.parent and one.parent.node, ast.Expr
    )  # judged by the caller, or not used
    if options.get("verify_exp") is False and not own and not _looks_at(one, "exp"):
        yield "claims", "verify_exp"
    elif options.get("verify_aud") is False and not _looks_at(one, "aud"):
        yield "audience", "verify_aud"
    algorithms = file.argument(one, "algorithms", 2)
    unknown = any(isinstance(arg, ast.Starred) for arg in one.node.args) or ("options" in given and not options)
    if algorithms is None or file.literal(algorithms, one.where) is None:
        if not (unknown and not jose) and options.get("verify_signature", True) is not UNKNOWN:
            yield "unpinned", "python-jose" if jose else "PyJWT"
        return
    yield from _pinned(file, algorithms, one)


def _turns_off(file: Reading, one: Node) -> bool:
    """Whether a setting names the algorithm `none`."""
    said = file.literal(one.node.value, one.where)
    if isinstance(said, dict) and any("jwt" in spelled(target).lower() for target in one.node.targets):
        return any(
            key == "ALGORITHM" and isinstance(value, str) and value.lower() == "none" for key, value in said.items()
        )
    named = said if isinstance(said, list) else [said]
    return any(_SETTING.fullmatch(last(spelled(target))) for target in one.node.targets) and any(
        isinstance(each, str) and each.lower() == "none" for each in named
    )


def _names_a_key(file: Reading, name: str, node: ast.expr, where: str) -> bool:
    """Whether an address is one that the token says itself: of what else is fetched, only `jku` and `x5u` are."""
    if name != "jwt.PyJWKClient" and not re.search("jku|x5u", ast.unparse(file.value(node, where) or node)):
        return False
    return _from_token(file, node, where)


def _typed(file: Reading, one: Node) -> Iterator[tuple[str, str]]:
    """joserfc: its keys are of one kind each, and without `algorithms` it leaves the weak ones out."""
    algorithms = file.argument(one, "algorithms", 2)
    if algorithms is None or file.literal(algorithms, one.where) is None:
        yield "keyed", "joserfc"
    else:
        yield from (found for found in _pinned(file, algorithms, one) if found[0] != "mixed")


def _heads_only(one: Node, name: str) -> bool:
    """Whether what joserfc takes apart is only asked for its header, by which a key is chosen."""
    return name.startswith("joserfc.") and one.function is not None and "payload" not in ast.unparse(one.function)


def _unsigned(file: Reading, one: Node) -> bool:
    header = file.literal(file.argument(one, "header", 0), one.where)
    return isinstance(header, dict) and str(header.get("alg")).lower() == "none"


def _looks_at(one: Node, claim: str) -> bool:
    """Whether the function looks at a claim itself, outside of the call."""
    options = {id(part) for part in walk(one.node)}
    return any(
        claim in {getattr(part, "attr", None), getattr(part, "value", None) if isinstance(part, ast.Constant) else None}
        for part in (walk(one.function) if one.function is not None else ())
        if id(part) not in options
    )


def _pinned(file: Reading, node: ast.expr, one: Node) -> Iterator[tuple[str, str]]:
    said = file.literal(node, one.where)
    if said is None:
        yield "unpinned", "JsonWebToken"
        return
    listed = [said] if isinstance(said, str) else said if isinstance(said, list) else []
    named = [one.upper() for one in listed if isinstance(one, str)]
    if "NONE" in named or None in listed:
        yield "none", "none"
    elif any(one.startswith("HS") for one in named) and any(one.startswith(_ASYMMETRIC) for one in named):
        yield "mixed", ", ".join(named)
    elif _says_itself(file, node, one.where) and not _is_refused(file, node, one):
        yield "header", ""


def _is_refused(file: Reading, node: ast.expr, one: Node) -> bool:
    """Whether the function leaves before the call unless the algorithm is one it knows: `if alg != ALGORITHM: raise`."""
    return any(not _from_token(file, other, one.where) for other in compared(one, names_in(node)))


def _says_itself(file: Reading, node: ast.expr, where: str, hops: int = 5) -> bool:
    """Whether the algorithm is taken from the token: `[header["alg"]]`."""
    if hops == 0:
        return False
    for part in walk(node):
        match part:
            case ast.Subscript(value=table, slice=ast.Constant(value="alg")):
                if _from_token(file, table, where):
                    return True
            case ast.Call(func=ast.Attribute(value=table, attr="get"), args=[ast.Constant(value="alg"), *_]):
                if _from_token(file, table, where):
                    return True
            case ast.Call() if last(file.meaning(part.func, where)) == "get_default_algorithms":
                return True
            case ast.Name():
                bound = file.value(part, where)
                if bound is not None and _says_itself(file, bound, where, hops - 1):
                    return True
    return False


def _from_token(file: Reading, node: ast.expr, where: str, hops: int = 5) -> bool:
    """Whether a value is read from a token before anybody verified it."""
    for part in walk(node) if hops else ():
        if isinstance(part, ast.Call) and (name := file.meaning(part.func, where)):
            if _HEADERS.fullmatch(name) or _PEEKS.fullmatch(name):
                return True
            if _DECODES.fullmatch(name) and "verify_signature" in ast.unparse(part) and "False" in ast.unparse(part):
                return True
        elif isinstance(part, ast.Name):
            bound = file.value(part, where)
            if bound is not None and bound is not node and _from_token(file, bound, where, hops - 1):
                return True
    return False


def _is_split(one: Node, name: str) -> bool:
    """`json.loads` of a part of a token that was decoded by hand, in a function that does nothing else to it."""
    function = one.function
    if name != "json.loads" or function is None:
        return False
    calls = [node for node in walk(function) if isinstance(node, ast.Call)]
    parted = any(
        isinstance(node.func, ast.Attribute) and node.func.attr in {"split", "rsplit", "partition"}
        and node.args and isinstance(node.args[0], ast.Constant) and node.args[0].value in {".", b"."}
        for node in calls
    )  # fmt: skip
    decoded = any("b64decode" in spelled(node.func) or "b64url" in spelled(node.func) for node in calls)
    about = {
        part.lower() for node in walk(function) for part in (getattr(node, "id", ""), getattr(node, "arg", "") or "")
    }
    tokens = any("token" in text or "jwt" in text for text in about) or "Authorization" in ast.unparse(function)
    tokens = tokens or any(map(_takes_second, walk(function)))
    return parted and decoded and tokens


def _takes_second(node: ast.AST) -> bool:
    """`parts[1]`, or `_, body, _ = ...`: the second of three parts, where the claims stand."""
    match node:
        case ast.Subscript(slice=ast.Constant(value=1)) | ast.Assign(targets=[ast.Tuple(elts=[_, _, _])]):
            return True
    return False

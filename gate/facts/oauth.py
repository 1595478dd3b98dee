"""OAuth flows that hand tokens to the browser, take passwords, or leave out what ties an answer to its question."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from gate import lazy
from gate.facts.names import constant
from gate.facts.oauth_text import written
from gate.facts.reading import Node, Reading, reading
from gate.facts.spelling import last, spelled
from gate.hint import Hint
from gate.nodes import walk
from gate.paths import kind
from gate.source import Place, Source

_URL = lazy.regex(r"[?&]response_type=([\w+%]+)")
_AUTHORIZE = lazy.regex(r"^https?://.*(?:/authorize|/auth)\?")
_TYPES = frozenset({"code", "token", "id_token", "none"})
_TOKEN_ONLY = lazy.regex(r"trello\.com")
"""Providers that know no other flow."""
_GRANTS = {"ImplicitGrant": "implicit", "OpenIDImplicitGrant": "implicit", "OpenIDHybridGrant": "implicit",
           "ResourceOwnerPasswordCredentialsGrant": "password"}  # fmt: skip
_FLOWS = frozenset({"USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH", "ADMIN_USER_PASSWORD_AUTH"})
"""Flows of Cognito in which the program is told the password."""
_CONSTANTS = {"GRANT_IMPLICIT": "implicit", "GRANT_PASSWORD": "password", "GRANT_OPENID_HYBRID": "implicit"}
_PKCE = lazy.regex(r"PKCE_REQUIRED|OAUTH_PKCE_ENABLED|(?:SOCIAL_AUTH_\w+_)?USE_PKCE")
_SCOPE = lazy.regex(r"(?i)oauth|authlib|oidc|authorize|openid")


@dataclass(frozen=True)
class OAuthStep:
    """A step of a flow, and what is wrong with it."""

    languages: ClassVar[frozenset[str]] = frozenset({"python", "yaml", "json", "terraform"})
    hint: ClassVar[Hint] = Hint.of(
        "implicit", "redirect_uris", "redirecturis", "directaccess", "direct_access", "access_token_iss", "response_type", "oauth", "code_challenge", "pkce", "grant", "implicit_code", "mobileapplicationclient", "legacyapplicationclient",
        "by_username_password", "password_auth", "authorize?",
    )  # fmt: skip

    place: Place
    how: str
    """"implicit", "offered", "password", "login", "plain", "off", "clear", "wildcard", "unproved" or "stateless"."""
    name: str

    @classmethod
    def find(cls, source: Source) -> Iterator[Self]:
        if kind(source.path) in {"test", "dev"}:
            return
        if source.language != "python":
            yield from (cls(Place.at(source.path, line), how, name) for how, name, line in written(source))
            return
        file = reading(source)
        seen = set()
        for one in file.of(ast.Call, ast.Assign, ast.Dict, ast.Constant, ast.JoinedStr, ast.keyword):
            for how, name in _judged(file, one):
                if (one.node.lineno, how) not in seen:
                    seen.add((one.node.lineno, how))
                    yield cls(file.place(one.node), how, name)


def _judged(file: Reading, one: Node) -> Iterator[tuple[str, str]]:
    match one.node:
        case ast.Constant(value=str() as text):
            found = _URL.search(text)
            if (
                found
                and _implicit(re.sub(r"%20|\+", " ", found[1]))
                and not _TOKEN_ONLY.search(text)
                and not _is_prose(one)
            ):
                yield "implicit", "response_type"
            yield from _sent_off(one, text)
        case ast.JoinedStr(values=parts):
            yield from _sent_off(one, "".join(constant(part) or "{}" for part in parts))
        case ast.Dict(keys=keys, values=values):
            table = {key.value: value for key, value in zip(keys, values, strict=True) if isinstance(key, ast.Constant)}
            yield from _table(file, one, table)
        case ast.keyword(arg="authorization_grant_type", value=value) if last(spelled(value)) in _CONSTANTS:
            yield _CONSTANTS[last(spelled(value))], last(spelled(value))
        case ast.Assign():
            yield from _assigned(file, one)
        case ast.Call():
            yield from _called(file, one)


def _sent_off(one: Node, text: str) -> Iterator[tuple[str, str]]:
    """An address of authorization that a function redirects to, whole, without a word of `state`."""
    if _AUTHORIZE.search(text) and "client_id=" in text and one.function is not None:
        said = ast.unparse(one.function)
        if "redirect(" in said and not re.search(r"(?i)\b\w*state\b", said):
            yield "stateless", "state"


def _implicit(text: object) -> bool:
    parts = set(text.split()) if isinstance(text, str) else set()
    return "token" in parts and parts <= _TYPES


def _is_prose(one: Node) -> bool:
    """Whether a text explains: a docstring, a help text."""
    for outer in one.around:
        if isinstance(outer.node, ast.Expr):
            return outer.node.value is one.node
        if isinstance(outer.node, ast.keyword):
            return outer.node.arg in {"help", "description", "doc", "help_text"}
        if isinstance(outer.node, ast.stmt):
            return False
    return False


def _table(file: Reading, one: Node, table: Mapping[Any, ast.expr]) -> Iterator[tuple[str, str]]:
    values = {key: file.literal(value, one.where) for key, value in table.items() if isinstance(key, str)}
    near = ast.unparse(one.statement)[:1_000] if one.statement is not None else ""
    if _implicit(values.get("response_type")) and not _TOKEN_ONLY.search(near):
        yield "implicit", "response_type"
    if values.get("code_challenge_method") == "plain":
        yield "plain", "code_challenge_method"
    for key, value in values.items():
        if _PKCE.fullmatch(str(key)) and value is False:
            yield "off", str(key)
        if key == "ALLOW_URI_WILDCARDS" and value is True:
            yield "wildcard", str(key)
    if values.get("grant_type") == "password" and {"username", "password"} <= table.keys():
        yield "login", "grant_type"
    if values.get("response_type") == "code" and {"client_id", "redirect_uri"} <= table.keys() and _is_whole(one):
        if "state" not in table and not _added(one, "state"):
            yield "stateless", "state"
        elif "code_challenge" not in table and not _added(one, "code_challenge"):
            yield "unproved", "code_challenge"


def _is_whole(one: Node) -> bool:
    """Whether all of the request stands here, and the browser is sent off with it."""
    calls = (node for node in walk(one.function) if isinstance(node, ast.Call)) if one.function is not None else ()
    sent = any("redirect" in last(spelled(call.func)).lower() for call in calls)
    return sent and all(key is not None for key in one.node.keys)


def _added(one: Node, key: str) -> bool:
    """Whether the function around speaks of the parameter elsewhere."""
    return any(
        (isinstance(node, ast.Constant) and node.value == key) or (isinstance(node, ast.keyword) and node.arg == key)
        for node in walk(one.function)
    )


def _assigned(file: Reading, one: Node) -> Iterator[tuple[str, str]]:
    value = file.literal(one.node.value, one.where)
    for target in one.node.targets:
        key = file.literal(target.slice, one.where) if isinstance(target, ast.Subscript) else last(spelled(target))
        if not isinstance(key, str):
            continue
        if key == "OAUTHLIB_INSECURE_TRANSPORT" and str(value).lower() not in {"0", "", "false"} and not _is_local(one):
            yield "clear", key
        if _PKCE.fullmatch(key) and value is False:
            yield "off", key


def _is_local(one: Node) -> bool:
    return one.conditional or any(isinstance(outer.node, ast.If) for outer in one.around)


def _grant(file: Reading, one: Node) -> str:
    """The class of a grant that is registered, or the one it is derived from in this file."""
    said = last(file.meaning(one.node.args[0], one.where))
    kinds = (kind_.node for kind_ in file.of(ast.ClassDef) if kind_.node.name == said)
    bases = (last(spelled(base)) for kind_ in kinds for base in kind_.bases)
    return next((base for base in bases if base in _GRANTS), said)


def _called(file: Reading, one: Node) -> Iterator[tuple[str, str]]:
    name = file.called(one)
    short, given = last(name), file.given(one)
    if short in {"MobileApplicationClient", "LegacyApplicationClient"} and "oauthlib" in name:
        yield ("implicit" if short.startswith("Mobile") else "login"), short
    if short == "register_grant" and one.node.args:
        grant = _grant(file, one)
        if grant in _GRANTS:
            yield _GRANTS[grant], grant
    flow = file.literal(given.get("AuthFlow"), one.where)
    if short == "acquire_token_by_username_password" or (isinstance(flow, str) and flow in _FLOWS):
        yield "login", short
    if file.literal(given.get("code_challenge_method"), one.where) == "plain":
        yield "plain", "code_challenge_method"
    if _implicit(file.literal(given.get("response_type"), one.where)):
        yield "implicit", "response_type"
    if file.literal(given.get("implicit_code_grant"), one.where) is True:
        yield "implicit", "implicit_code_grant"
    flows = file.literal(given.get("allowed_oauth_flows") or given.get("AllowedOAuthFlows"), one.where)
    if isinstance(flows, list) and "implicit" in flows:
        yield "implicit", "allowed_oauth_flows"
    if (
        short == "setdefault"
        and one.node.args
        and file.literal(one.node.args[0], one.where) == "OAUTHLIB_INSECURE_TRANSPORT"
        and not _is_local(one)
    ):
        yield "clear", "OAUTHLIB_INSECURE_TRANSPORT"
    asks = file.literal(given.get("grant_type"), one.where) == "password" or given.keys() >= {"username", "password"}
    if short in {"fetch_token", "fetch_access_token"} and asks:
        yield "login", short
    if name == "requests_oauthlib.OAuth2Session" and "redirect_uri" in given and not given.keys() & {"pkce", "client"}:
        yield "unproved", short
    if (
        short == "register"
        and "authlib" in name
        and "client_kwargs" in given
        and "client_credentials" not in ast.unparse(one.node)
    ):
        kwargs = file.literal(given["client_kwargs"], one.where)
        if isinstance(kwargs, dict) and "code_challenge_method" not in kwargs and "authorize_url" in given:
            yield "unproved", "client_kwargs"

"""Connections whose other end is not asked who it is: certificate and host-name checks that are switched off."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Self

from gate import lazy
from gate.facts.reading import Node, Reading, reading
from gate.facts.spelling import last, spelled
from gate.facts.tls_text import VARIABLES, written
from gate.facts.tlscontext import also_asked, also_none, comes_to, context, is_none, told
from gate.facts.tlsoption import LOCAL, address, option
from gate.hint import Hint
from gate.paths import kind
from gate.source import Place, Source

_CLIENTS = lazy.regex(
    r"(?:requests|httpx|boto3|botocore|niquests|aiobotocore|httpcore|requests_futures|curl_cffi|cloudscraper|"
    r"requests_html|requests_oauthlib|oauthlib|authlib|hvac|influxdb|pysolr|zeep|docker|consul|slumber|asyncssh|pyvmomi)\b"
)
"""Modules whose calls take `verify`."""
_HTTP = lazy.regex(r"(?m)^\s*(?:import|from)\s+(?:requests|httpx|aiohttp|niquests|boto3)\b")
_VERBS = frozenset("get post put patch delete head options request send stream".split())
_OFF = {
    "verify_ssl": False, "ssl_verify": False, "verify_certs": False, "validate_certs": False, "ssl_cert_reqs": None,
    "verify_ssl_cert": False, "ssl_verify_cert": False, "disable_ssl_certificate_validation": True,
    "tlsAllowInvalidCertificates": True, "tlsInsecure": True, "ssl_check_hostname": False, "assert_hostname": False,
    "check_hostname": False, "tlsAllowInvalidHostnames": True, "verify_tls": False, "ssl_assert_hostname": False,
}  # fmt: skip
"""Keywords of many libraries, with the value that switches the check off."""
_BY_DEFAULT = ", off unless a caller says otherwise,"


@dataclass(frozen=True)
class Unverified:
    """A connection that would also talk to somebody in the middle."""

    languages: ClassVar[frozenset[str]] = frozenset({""})
    hint: ClassVar[Hint] = Hint.of(
        "verif", "cert_", "check_hostname", "sslcontext", "ssl=", "validate_certs", "disable_ssl", "tlsallow",
        "tlsinsecure", "autoaddpolicy", "ssl_verifypeer", "opt_x_tls", "validate=", "warningpolicy", "known_hosts", "assert_hostname", "_ca_bundle", "ssl_no",
        "reject_unauthorized", "no-check-certificate", "strict-ssl", ("curl", r"[^\n]{0,400}\s(?:-\w*k|--insecure)"),
    )  # fmt: skip

    place: Place
    what: str
    """What is switched off, as the beginning of a sentence."""
    conditional: bool
    """Only in a branch, by a parameter, for one command, or under a name that says so: somebody may have asked for it."""

    @classmethod
    def find(cls, source: Source) -> Iterator[Self]:
        if kind(source.path) == "test":
            return
        if source.language != "python":
            yield from (cls(Place.at(source.path, line), what, conditional=True) for line, what in written(source))
            return
        file = reading(source)
        for one in file.of(ast.Call, ast.Assign):
            what = _call(file, one) if isinstance(one.node, ast.Call) else _assignment(file, one)
            if what:
                yield cls(file.place(one.node), what, _is_chosen(file, one) or what.endswith(_BY_DEFAULT))


def _is_chosen(file: Reading, one: Node) -> bool:
    return (
        one.conditional
        or _is_said(one)
        or _reads_certificate(one)
        or (isinstance(one.node, ast.Assign) and also_asked(file, one))
    )


def _reads_certificate(one: Node) -> bool:
    """Whether the function asks for the other end's certificate, which may be one that cannot be verified."""
    return one.function is not None and "getpeercert(" in ast.unparse(one.function)


def _is_said(one: Node) -> bool:
    """Whether the name of what is made says so, for whoever asks for it."""
    names = [one.where, *(spelled(target) for target in getattr(one.statement, "targets", ()))]
    return any(re.search(r"(?i)insecure|unverified|no_?verif|self_?signed|skip_?verif", name) for name in names)


def _call(file: Reading, one: Node) -> str:
    name = file.called(one)
    short = last(name)
    given = file.given(one)
    for word, off in _OFF.items():
        if word in given and comes_to(file, given[word], one.where, off=off) and not _defines(short):
            return f"`{word}={off}`"
    for word in ("cert_reqs", "validate"):
        if word in given and is_none(file, given[word], one.where) and (word == "cert_reqs" or short == "Tls"):
            return f"`{word}=CERT_NONE`"
    if "verify" in given and comes_to(file, given["verify"], one.where, off=False) and _is_client(file, name, short):
        return "" if _is_local(file, one) else "`verify=False`"
    if (word := _by_default(file, one, name, short)) and not _is_local(file, one):
        return f"`{word}`{_BY_DEFAULT}"
    if "ssl" in given and comes_to(file, given["ssl"], one.where, off=False) and _is_aiohttp(file, name, short):
        return "" if _is_local(file, one) else "`ssl=False`"
    if (
        "known_hosts" in given
        and name.startswith("asyncssh.")
        and comes_to(file, given["known_hosts"], one.where, off=None)
    ):
        return "`known_hosts=None`"
    return _named_call(file, one, name, short)


def _by_default(file: Reading, one: Node, name: str, short: str) -> str:
    """The keyword that passes on a parameter of the function around, where that is False unless given."""
    args = one.function.args if one.function else None
    if args is None or not (args.defaults or args.kw_defaults) or not _is_client(file, name, short):
        return ""
    every = [*args.posonlyargs, *args.args]
    pairs = [*zip(every[len(every) - len(args.defaults) :], args.defaults, strict=True),
             *zip(args.kwonlyargs, args.kw_defaults, strict=True)]  # fmt: skip
    off = {arg.arg for arg, value in pairs if isinstance(value, ast.Constant) and value.value is False}
    passed = (word for word, value in file.given(one).items() if isinstance(value, ast.Name) and value.id in off)
    return next((word for word in passed if word in {"verify", "verify_ssl", "ssl"}), "")


def _named_call(file: Reading, one: Node, name: str, short: str) -> str:
    if name in {"ssl._create_unverified_context", "ssl._create_stdlib_context"}:
        return f"`{name}`"
    if name == "ssl.SSLContext":
        return context(file, one)
    if name == "ssl.create_default_context" and "CLIENT_AUTH" in ast.unparse(one.node):
        return (
            ""
            if told(file, one) or "load_cert_chain" in file.source.text
            else "A server's context, without a certificate,"
        )
    if name == "functools.partial" and one.node.args and _CLIENTS.match(file.meaning(one.node.args[0], one.where)):
        off = "verify" in file.given(one) and comes_to(file, file.given(one)["verify"], one.where, off=False)
        return "`verify=False`" if off else ""
    if (
        name == "ssl.wrap_socket"
        and file.argument(one, "cert_reqs", 4) is None
        and not file.given(one).keys() & {"server_side", "certfile"}
    ):
        return "`ssl.wrap_socket` without `cert_reqs`"
    if short == "set_missing_host_key_policy" and one.node.args:
        policy = last(file.meaning(one.node.args[0], one.where))
        return f"`{policy}`" if policy in {"AutoAddPolicy", "WarningPolicy"} else ""
    if short == "set_verify" and one.node.args and last(file.meaning(one.node.args[0], one.where)) == "VERIFY_NONE":
        return "`set_verify(VERIFY_NONE)`"
    if (found := option(one)) or (found := address(file, one)):
        return f"`{found}`"
    if name in {"os.environ.setdefault", "os.putenv"} and len(one.node.args) == 2:
        return _variable(*(file.literal(arg, one.where) for arg in one.node.args))
    return ""


def _assignment(file: Reading, one: Node) -> str:
    for target, value in _pairs(one.node):
        if isinstance(target, ast.Subscript):
            key = file.literal(target.slice, one.where)
            if spelled(target.value).endswith("environ"):
                return _variable(key, file.literal(value, one.where))
            if (
                key == "verify"
                and comes_to(file, value, one.where, off=False)
                and _handed_on(file, spelled(target.value))
            ):
                return "`verify=False`"
        if not isinstance(target, ast.Attribute):
            continue
        if target.attr == "verify" and comes_to(file, value, one.where, off=False):
            owner = file.meaning(target.value, one.where)
            known = _CLIENTS.match(owner) or re.search(r"(?i)session|client|http", spelled(target.value))
            return "`verify = False`" if known and (_CLIENTS.match(owner) or _speaks_http(file)) else ""
        if target.attr == "check_hostname" and comes_to(file, value, one.where, off=False):
            return "" if also_none(file, target, one) else "`check_hostname = False`"
        if target.attr in {"verify_mode", "cert_reqs"} and is_none(file, value, one.where):
            return f"`{target.attr} = CERT_NONE`"
        if target.attr == "_create_default_https_context" and "unverified" in spelled(value):
            return "`ssl._create_default_https_context`, replaced by one that asks for no certificate,"
        if target.attr in {"verify_ssl", "ssl_verify"} and comes_to(file, value, one.where, off=False):
            owner = file.meaning(target.value, one.where)
            return f"`{target.attr} = False`" if "()" in owner or "config" in owner.lower() else ""
    return ""


def _pairs(node: ast.Assign) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Targets with what each gets: `a.x, a.y = 1, 2` are two."""
    for target in node.targets:
        if (
            isinstance(target, ast.Tuple)
            and isinstance(node.value, ast.Tuple)
            and len(target.elts) == len(node.value.elts)
        ):
            yield from zip(target.elts, node.value.elts, strict=True)
        else:
            yield target, node.value


def _handed_on(file: Reading, table: str) -> bool:
    """Whether a table of keywords is given to a client: `requests.get(url, **table)`."""
    return any(
        any(word.arg is None and spelled(word.value) == table for word in other.node.keywords)
        and _is_client(file, name := file.called(other), last(name))
        for other in file.calls()
    )


def _variable(name: object, value: object) -> str:
    off = isinstance(name, str) and name in VARIABLES and value == VARIABLES[name]
    return f"The variable `{name}` set to {value!r}" if off else ""


@lru_cache(maxsize=64)
def _speaks_http(file: Reading) -> bool:
    return bool(_HTTP.search(file.source.text))


def _is_client(file: Reading, name: str, short: str) -> bool:
    if _CLIENTS.match(name):
        return True
    return short in _VERBS and _speaks_http(file) and not name.startswith(("jwt.", "jose."))


def _is_aiohttp(file: Reading, name: str, short: str) -> bool:
    if name.startswith("aiohttp."):
        return True
    return short in {*_VERBS, "ws_connect"} and "aiohttp" in file.source.text


def _is_local(file: Reading, one: Node) -> bool:
    """Whether the address stands there and is this machine's own."""
    told = [*one.node.args, *(value for word, value in file.given(one).items() if word in {"url", "base_url"})]
    said = (file.literal(arg, one.where) for arg in told)
    return any(isinstance(text, str) and LOCAL.match(text) for text in said)


def _defines(short: str) -> bool:
    """Whether a keyword is a setting's default and no connection: `Field(verify_ssl=False)`."""
    return short in {
        "Field",
        "add_argument",
        "option",
        "replace",
        "dict",
        "assert_called_once_with",
        "assert_called_with",
    }

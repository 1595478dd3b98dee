"""Scopes asked for or handed out: values that stand where a scope stands."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from gate import lazy
from gate.facts.breadth import CLOUD, Breadth, breadth
from gate.facts.config import exact
from gate.hint import Hint
from gate.source import Place, Source

NAME = lazy.regex(
    r"(?i)((oauth2?|(?:default|optional)_?client|default|required|requested|user|bot|auth|login|google|github|slack|allowed_?oauth|client|api|token"
    r"|graph|extra|base|gmail|drive|microsoft|ms|social_auth_\w+|\w+_oauth2?|\w*[a-z]_)_?)?scopes?"
)
"""What a scope is bound to: a keyword, a key, a variable."""
_NOT_ASKED = lazy.regex(
    r"(?i)forbid|deny|denied|block|reject|disallow|danger|exclude|sensitiv|restrict|invalid|known|valid|^all_|available"
    r"|supported|choices|description|label|help|doc|map|missing|remove|revoke|legacy|unknown|test|expected|has_|check"
)
_OAUTH = lazy.regex(
    r"(?i)oauth|oidc|openid|client_?id|client_?secret|access_?token|refresh_?token|grant_?type|redirect_?ur|authori[sz]e"
    r"|authorization_?url|jwt|bearer|passport|next_?auth|social_?auth|create_token|issue_token|security\(|cognito|auth0"
    r"|\bsub\b|userinfo|id_token|token_url"
)
_MANIFEST = "default_permissions"
_NEAR = 8
_MAX_NEAR = 500
_MAX_SCOPE = 200
_IMPORT = lazy.regex(r"(?m)^(?:import|from|const .*require|export .* from) .{1,200}")
_SERVICE = lazy.regex(
    r"service_?account|google\.auth\.default|from_service_account|ServiceAccount|GoogleAuth\(|with_subject|client_credentials"
    r"|for_client|google_service|node_config|node_pool|instance_template|gke|compute_instance"
)
_INSTALLED = lazy.regex(r"\bInstalledAppFlow\.|\.run_(?:local_server|console)\(|\btools\.run_flow\(")
"""A program of a person asks for that person's own account, and keeps what it gets on their machine."""
_URL = lazy.regex(r"""[?&]scopes?=([^&\s"'`{}]+)""")
_PERMISSIONS = lazy.regex(r"discord(?:app)?\.com/[^\s\"'`]*[?&]permissions=8(?!\d)")
_SPLIT = lazy.regex(r"[\s,+]+|%20|%2C")


@dataclass(frozen=True)
class Scope:
    """A scope in the position of one."""

    languages: ClassVar[frozenset[str]] = frozenset({
        "python", "javascript", "typescript", "yaml", "json", "toml", "terraform", "properties",
    })  # fmt: skip
    hint: ClassVar[Hint] = Hint.of(
        "scope",
        "permissions=8",
        "from_client_",
        "flow_from_client",
        "acquire_token_",
        "_flow(",
        "keyfile_name",
        "default_permissions",
        "create_permission_url",
        "authorization_request_url",
        "from_authorized_user",
        "permissions(administrator",
        "permissions.all(",
    )

    place: Place
    value: str
    name: str
    """What it is bound to: `scopes`, `SOCIAL_AUTH_GITHUB_SCOPE`, or `the URL`."""
    how: str
    """"wildcard", "crown", "broad", or "" for a scope that is narrow enough."""
    instead: str
    """A narrower scope that is mostly enough, or ""."""
    service: bool
    """For a service account, whose rights are given elsewhere, or a program on the machine of whoever consents."""

    @classmethod
    def find(cls, source: Source) -> Iterable[Self]:
        service = bool(_SERVICE.search(source.text))
        consent = not service and "oauthlib" in source.text
        own = service or bool(_INSTALLED.search(source.text))
        imports = " ".join(_IMPORT.findall(source.text))
        seen = set()
        for name, text, line in _written(source):
            for value in _SPLIT.split(text):
                if value and (value, line) not in seen and len(value) < _MAX_SCOPE:
                    seen.add((value, line))
                    near = _near(source, line)
                    about = f"{source.path} {imports} {name} {near}".lower()
                    found = breadth(value, about, oauth=bool(_OAUTH.search(name) or _OAUTH.search(near)))
                    if value == CLOUD and consent:
                        found = Breadth("crown")
                    how, instead = (found.how, found.instead) if found else ("", "")
                    yield cls(Place.at(source.path, line), value, name, how, instead, own)


def _near(source: Source, line: int) -> str:
    """The lines around one, cut where they are long."""
    return "\n".join(text[:_MAX_NEAR] for text in source.lines[max(0, line - 1 - _NEAR) : line + _NEAR])


def named(name: str) -> bool:
    """Whether what is bound to `name` is a scope that is asked for or handed out."""
    return bool(NAME.fullmatch(name)) and not _NOT_ASKED.search(name)


def _written(source: Source) -> Iterator[tuple[str, str, int]]:
    """Every text in the position of a scope: what it is bound to, the text, its line."""
    if source.language == "python":
        from gate.facts.scope_python import written
    else:
        from gate.facts.scope_text import written
    yield from written(source)
    if source.language in {"yaml", "json"} and _MANIFEST in source.text:
        yield from _permissions(source)
    for number, line in enumerate(source.lines, 1):
        if "scope" in line and "=" in line and len(line) < 2_000:
            yield from (("the URL", found[1], number) for found in _URL.finditer(line))
        if "permissions=8" in line and _PERMISSIONS.search(line):
            yield "permissions", "administrator", number


def _permissions(source: Source) -> Iterator[tuple[str, str, int]]:
    """What a GitHub App asks for by its manifest, as `default_permissions.members:write`."""
    root = exact(source)
    for name, value in root[_MANIFEST].pairs if root is not None else ():
        yield _MANIFEST, f"{_MANIFEST}.{name}:{value.text}", value.line

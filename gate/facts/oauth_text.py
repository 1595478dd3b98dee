"""OAuth clients as files describe them: exports of Keycloak, Terraform, CloudFormation, OpenAPI."""

from collections.abc import Iterator

from gate import lazy
from gate.source import Source

_KEY = r"""["']?[ \t]*[:=][ \t]*"""
_LIST = r"""(?:\[[^\]]{{0,500}}?["']?\b{value}\b|(?:\n[ \t]*-[^\n]{{1,80}}){{0,9}}?\n[ \t]*-[ \t]*["']?{value}\b)"""
_SHAPES = (
    ("implicit", rf"(?P<name>implicitFlowEnabled|implicit_flow_enabled|access_token_issuance_enabled|oauth2_?[aA]llow_?[iI]mplicit_?[fF]low){_KEY}true\b"),
    ("implicit", rf"(?P<name>allowed_oauth_flows|AllowedOAuthFlows){_KEY}{_LIST.format(value='implicit')}"),
    ("implicit", rf"(?P<name>grant_types){_KEY}{_LIST.format(value='implicit')}"),
    ("login", rf"(?P<name>directAccessGrantsEnabled|direct_access_grants_enabled){_KEY}true\b"),
    ("offered", r"""(?P<name>implicit)["']?[ \t]{0,8}:\s{0,80}\{?\s{0,80}["']?authorizationUrl\b"""),
    ("wildcard", rf"""(?P<name>redirectUris|valid_redirect_uris|redirect_uris){_KEY}(?:\[\s{{0,80}})?(?:\n[ \t]*-[ \t]*)?["']\*["']"""),
    ("plain", rf"""(?P<name>pkce_code_challenge_method|pkce\.code\.challenge\.method){_KEY}["']plain\b"""),
)  # fmt: skip
_COMPILED = tuple((how, lazy.regex(rf"""(?<![\w.-]){shape}""")) for how, shape in _SHAPES)
_READ = frozenset({"yaml", "json", "terraform"})
_MOST = 1_000_000


def written(source: Source) -> Iterator[tuple[str, str, int]]:
    """How each client asks for too little, the setting that says so, and its line."""
    if source.language not in _READ or len(source.text) > _MOST:
        return
    for how, pattern in _COMPILED:
        for found in pattern.finditer(source.text):
            line = source.text.count("\n", 0, found.start()) + 1
            if not source.lines[line - 1].lstrip().startswith(("#", "//")):
                yield how, found["name"], line

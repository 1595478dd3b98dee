"""Options and addresses of clients that say themselves not to ask for a certificate."""

import ast

from gate import lazy
from gate.facts.reading import Node, Reading
from gate.facts.spelling import last

LOCAL = lazy.regex(
    r"^(?:\w+://)?(?:[^/@]*@)?(?:localhost|127\.\d+\.\d+\.\d+|\[?::1\]?|0\.0\.0\.0|[\w.-]+\.local)(?:[:/]|$)"
)
_IN_ADDRESS = lazy.regex(
    r"(?i)^\w[\w+]*://[^\s?]*\?(?:[^\s#]*&)?(?P<said>tlsAllowInvalid(?:Certificates|Hostnames)=true|tlsInsecure=true"
    r"|ssl_cert_reqs=(?:CERT_)?NONE|sslverify=false|verify_ssl=false|verify=false)\b"
)
"""Addresses of databases and brokers that say so themselves."""
_UNASKED = {"OPT_X_TLS_REQUIRE_CERT": {"OPT_X_TLS_NEVER", "OPT_X_TLS_ALLOW"}, "SSL_VERIFYPEER": {"0", "False"}}
"""Options of python-ldap and PycURL, with the values that ask for no certificate."""


def option(one: Node) -> str:
    """What a call by `set_option(OPTION, VALUE)` switches off; "" for nothing."""
    if last(ast.unparse(one.node.func)) not in {"set_option", "setopt"} or len(one.node.args) != 2:
        return ""
    name, said = (last(ast.unparse(arg)) for arg in one.node.args)
    return f"{name}, {said}" if said in _UNASKED.get(name, ()) else ""


def address(file: Reading, one: Node) -> str:
    """What the addresses a call is given say of the check; "" for nothing, and for this machine's own."""
    for node in (*one.node.args, *file.given(one).values()):
        said = file.literal(node, one.where)
        found = _IN_ADDRESS.match(said) if isinstance(said, str) and not LOCAL.match(said) else None
        if found:
            return found["said"]
    return ""

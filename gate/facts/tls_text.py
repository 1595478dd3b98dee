"""Certificate checks that are switched off where a program is built, deployed or called: commands and settings."""

from collections.abc import Iterator

from gate import lazy
from gate.facts.variables import IMAGE, variables
from gate.source import Source

VARIABLES = {"PYTHONHTTPSVERIFY": "0", "NODE_TLS_REJECT_UNAUTHORIZED": "0", "CURL_CA_BUNDLE": "",
             "REQUESTS_CA_BUNDLE": "", "GIT_SSL_NO_VERIFY": "1"}  # fmt: skip
"""Variables, and the value with which programs ask nobody for a certificate."""
_READ = frozenset({"yaml", "shell", "terraform", "toml", "json"})
_SETTING = lazy.regex(
    r"""(?i)(?<![\w-])(?P<name>insecure[-_]?skip[-_]?(?:tls[-_]?)?verify|(?:tls[-_]?)?skip[-_]?(?:tls[-_]?|cert(?:ificate)?[-_]?)?verif(?:y|ication))["']?\s*[:=]\s*["']?true\b"""
)
_COMMAND = lazy.regex(
    r"""\b(?P<tool>curl)\b[^|;&#\n]*?\s(?:-[a-zA-Z]{0,12}k[a-zA-Z]{0,12}|--insecure)(?=[\s"',]|$)|\b(?P<other>wget)\b[^|;&#\n]*\s--no-check-certificate\b"""
    r"|\b(?P<git>git\s+(?:config\b[^|;&#\n]*\bhttp\.sslVerify[\s=]+[\"']?false|-c\s+http\.sslVerify=false))"
    r"|\b(?P<npm>(?:npm|yarn)\s+config\s+set\s+strict-ssl[\s=]+false)"
)
_LOCAL = lazy.regex(
    r"(?i)\b(?:localhost|127\.\d+\.\d+\.\d+|[\w.-]+\.(?:local|svc|internal))\b|\[?::1\]?|\$\{?\w*(?:HOST|IP|ADDR)"
)
"""Addresses of this machine or this cluster, where certificates are seldom signed by anybody."""
_MAX_LINE = 1_000


def written(source: Source) -> Iterator[tuple[int, str]]:
    """Lines that switch a check off, and what does, as the beginning of a sentence."""
    for one in variables(source):
        value = "1" if one.value.lower() == "true" else one.value
        if VARIABLES.get(one.name) == value and value:
            yield one.line, f"The variable `{one.name}` set to {one.value!r}"
    if source.language not in _READ and not IMAGE.search(source.path):
        return
    for number, line in enumerate(source.lines, 1):
        if len(line) > _MAX_LINE or line.lstrip().startswith(("#", "//")):
            continue
        if found := _SETTING.search(line):
            yield number, f"`{found['name']}`"
        elif (found := _COMMAND.search(line)) and not _LOCAL.search(line):
            yield number, f"`{found['tool'] or found['other'] or found['git'] or found['npm']}`, told not to verify,"

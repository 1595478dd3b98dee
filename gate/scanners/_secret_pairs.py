"""Values that stand beside the name of a secret: in code, settings, markup, headers and command lines.

One pass finds the lines that hold such a name; only these are read closely. Loaded by the worker only.
"""

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING or __package__:
    from gate.scanners import _secret_looks as looks
else:  # the worker loads it first, under this name
    import _secret_looks as looks

WIDTH, OVERLAP = 1000, 250
"""Longer lines are read in pieces of so many characters that share so many."""

_HINT = re.compile(
    r"[pP](?:ass|ASS|wd|WD|sw|SW)|[sS](?:ecret|ECRET|enha)|[tT](?:oken|OKEN)|[cC](?:redential|REDENTIAL|ontrase)"
    r"|[kK](?:ey|EY)|[aA](?:uth|UTH)|[bB](?:earer|asic) |IDENTIF|SecureString|curl|mysql|PDO|getConn|[lL]ogin"
)
_QUOTE = r"""(?:\\?["'`])"""
_PAIR = re.compile(
    rf"""(?x)
    (?<![\w$])(?P<name>(?:--?)?[A-Za-z_$@:][\w.$-]{{1,80}}+)
    (?P<closed>{_QUOTE}?\]?{_QUOTE}?\)?\s{{0,20}})
    (?: \s{{0,4}}:\s{{0,4}}[\w.\[\]|?&]{{1,40}}\s{{0,4}}(?:=)(?!=)                     # a type in between
      | (?:=>|:=|\?=|={{1,3}}|:-|\|\||\?\?|or\b|,|:|>|\()(?<!::)
      | (?:value|val|content|default)\s{{0,4}}=
      | (?<=\s) )
    \s{{0,20}}
    (?:[bBrRuUfF@$]{{1,2}}(?=["']))?
    (?:(?P<quote>\\?(?:\"\"\"|'''|["'`]))(?P<quoted>(?:(?!(?P=quote))[^\n]){{1,200}}?)(?P=quote)
      | (?P<bare>[^\s"'`,;()<>{{}}\[\]]{{4,200}}))?
    """
)
_CONNECTION = re.compile(
    r"(?i)(?:;|[\"'])\s{0,3}(?:password|pwd)\s{0,3}=\s{0,3}(?P<value>[^;\"'\s{}<>$%]{4,60})(?=[;\"'])"
)
_QUERY = re.compile(
    r"(?i)[?&](?:password|passwd|pwd|(?:access_?|auth_?|api_?)?token|api_?key|app_?key|secret|client_secret)="
    r"(?P<value>[^\s&\"'`<>{}$#\\)]{4,120})"
)
_SIGNED_IN = re.compile(
    r"(?i)\b(?:(?:\w*(?:log_?in|authenticate|basic_?auth|credentials?|sign_?in)|auth)\s{0,3}(?:\(|=\s{0,3}\(|:\s{0,3}\[)\s{0,3}"
    r"|(?:getConnection|mysqli|mysqli?_connect|PDO)\s{0,3}\([^,()\n]{1,120},\s{0,3})"
    r"[\"'](?P<user>[^\"'\s]{2,60})[\"']\s{0,3},\s{0,3}[\"'](?P<value>[^\"'\s]{4,60})[\"']"
)
_HEADER = re.compile(
    r"\b(?P<scheme>[bB]earer|[bB]asic|[tT]oken)\s{1,3}(?P<value>[A-Za-z0-9+/_.~-]{12,400}={0,2})(?![\w{$])"
)
_COMMAND = re.compile(
    r"(?:\bcurl\b[^\n]{0,200}?\s(?:-u|--user)[ =]?[\"']?[\w.@-]{1,60}:|\bmysql(?:dump|admin)?\b[^\n]{0,200}?\s-p"
    r"|\bsshpass\s{1,3}-p\s?[\"']?|(?i:\bidentified\s{1,3}by|\bwith\s{1,3}password|\bset\s{1,3}password)\s{1,3}(?:=\s?)?'"
    r"|ConvertTo-SecureString\s{1,3}(?:-String\s{1,3})?[\"'])(?P<value>[^\s\"'`$<{]{4,60})"
)
_OVER_LINES = (
    re.compile(
        r"""name:\s{0,4}["']?(?P<name>[\w.-]{3,80})["']?\s{1,80}value:\s{0,4}["']?(?P<value>[^\s"'{}$]{4,200})"""
    ),
    re.compile(
        r"""variable\s{1,4}"(?P<name>[\w-]{3,80})"\s{0,4}\{[^{}]{0,400}?default\s{0,20}=\s{0,4}"(?P<value>[^\s"]{4,200})\""""
    ),
    re.compile(r"""\$\{(?P<name>[\w.-]{3,80}):-?(?P<value>[^}\s"'$]{4,200})\}"""),
)
"""A container's variable and its value, a variable of Terraform and its default, what stands in for a missing one."""
_LIKE_ONE = re.compile(r"(?i)(?!.*(?:passw|token|secret|credential))(?=.*\d)(?=.*[a-z]).{8,}")
_SETTINGS = re.compile(
    r"(?i)(?:^|\.)(?:env|properties|ini|cfg|conf|config|toml|ya?ml|tf|tfvars|sh|bash|txt|md|rst|example|sample|dist)$"
    r"|^\.env|dockerfile|rc$|^credentials$"
)
"""Names of files in which a value needs no quotes."""
_REMARK = re.compile(r"\s*(?:#|//|\*|--|;|<!--)")
_COMMENT = re.compile(r"\s{0,20}(?:(?:#|//|--|;).{0,200})?")


@dataclass(frozen=True)
class Value:
    """A value between two characters of a text that is taken for a secret."""

    start: int
    end: int


def found(file: str, text: str, watch: Callable[[], None]) -> Iterator[Value]:
    """The values in a text that stand where passwords and keys do, and look like one; `watch` may end the search."""
    settings = bool(_SETTINGS.search(file))
    for start, line in _lines(text):
        watch()
        for one in _values(line, settings=settings):
            yield Value(start + one.start, start + one.end)
    for pattern in _OVER_LINES:
        for match in pattern.finditer(text):
            if _is_named(match["name"], match["value"]):
                yield Value(*match.span("value"))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that hold a hint, long ones in pieces, with the place in the text where each starts."""
    read = 0
    for hint in _HINT.finditer(text):
        if hint.start() >= read:
            low = max(0, hint.start() - OVERLAP)
            start = max(text.rfind("\n", low, hint.start()) + 1, low)
            end = text.find("\n", hint.end(), start + WIDTH)
            read = end if end >= 0 else min(len(text), start + WIDTH)
            yield start, text[start:read]


def _values(line: str, *, settings: bool) -> Iterator[Value]:
    at = 0
    while pair := _PAIR.search(line, at):
        at = max(pair.end("closed"), at + 1)
        group = "quoted" if pair["quoted"] else "bare"
        if pair[group] and _is_one(line, pair, group, settings=settings):
            at = pair.end()
            yield Value(*pair.span(group))
    for pattern in (_CONNECTION, _QUERY, _COMMAND, _SIGNED_IN):
        for match in pattern.finditer(line):
            if looks.password(match["value"]):
                yield Value(*match.span("value"))
    for match in _HEADER.finditer(line):
        if _is_header(match["scheme"].lower(), match["value"]):
            yield Value(*match.span("value"))


def _is_one(line: str, pair: re.Match[str], group: str, *, settings: bool) -> bool:
    if _listed(pair, line) and not _LIKE_ONE.fullmatch(pair[group]):
        return False
    if not _joins(pair, line) or (group == "bare" and not _is_plain(line, pair, settings=settings)):
        return False
    return _is_named(pair["name"], pair[group].strip())


def _is_named(name: str, value: str) -> bool:
    kind = looks.named(name)
    return bool(kind) and (looks.password(value) if kind == "password" else looks.key(value))


def _listed(pair: re.Match[str], line: str) -> bool:
    """Whether only a comma stands between: `put("password", "x")`, but also a list of words."""
    return line[pair.end("closed") : pair.end("closed") + 1] == ","


def _joins(pair: re.Match[str], line: str) -> bool:
    """Whether what stands between a name and a value gives the one to the other."""
    between = line[pair.end("name") : pair.start("quoted" if pair["quoted"] else "bare")].strip(" \"'`\\bBrRuUfF@$")
    quoted = any(char in pair["closed"] for char in "\"'`")
    if between.endswith(","):
        return quoted
    if between.endswith("("):
        return not quoted
    if not between:  # only a space: `--password x`, `ENV DB_PASSWORD x`
        return pair["name"].startswith("--") or bool(re.match(r"\s*(?:ENV|ARG|SET|set)\s", line))
    return not between.endswith(">") or "</" in line[pair.end() : pair.end() + 3] or between.endswith("=>")


def _is_plain(line: str, pair: re.Match[str], *, settings: bool) -> bool:
    """Whether a value without quotes is a text: in settings, or a remark, and nothing but a remark behind it."""
    if "</" in line[pair.end() : pair.end() + 3] and line[pair.start("bare") - 1] == ">":
        return True
    if pair["name"].startswith("--"):
        return True
    return bool((settings or _REMARK.match(line)) and _COMMENT.fullmatch(line, pair.end()))


def _is_header(scheme: str, value: str) -> bool:
    if scheme != "basic":
        return len(value) >= 16 and looks.key(value)
    try:
        user, _, password = base64.b64decode(value + "=" * (-len(value) % 4), validate=True).decode().partition(":")
    except ValueError:
        return False
    return bool(user) and user.isprintable() and looks.password(password)

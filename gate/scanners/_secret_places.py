"""Secrets that stand in a place of their own: on command lines, in calls, addresses, sentences and whole files.

A name beside the value says nothing here, or says it from afar. Loaded by the worker only.
"""

import base64
import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from gate import lazy

if TYPE_CHECKING or __package__:
    from gate.scanners import _secret_looks as looks
else:  # the worker loads it first, under this name
    import _secret_looks as looks

Span = tuple[int, int]

_VALUE = r"""(?P<value>[^\s"'`$<{]{4,60})"""
_COMMAND = lazy.regex(
    rf"""(?x)
    (?:(?:\s(?:-u|--user|--auth|--proxy-user)[ =]?|\bhttp\s-a\s)["']?[\w.@-]{{1,60}}:
      |\bvault\s{{1,3}}login\s | \buseradd\b[^\n]{{0,160}}?\s-p[ ]["']?
      |\brabbitmqctl\s(?:add_user|change_password)\s\S{{1,60}}\s["']?
      |\bhtpasswd\s-\w*b\w*\s\S{{1,160}}\s\S{{1,60}}\s["']?
      |\bmysql(?:dump|admin)?\b[^\n]{{0,200}}?\s-p["']? | \bsshpass\s{{1,3}}-p\s?["']?
      |\b(?:(?:docker|podman|az|oc|cf|npm)\s{{1,3}}login|twine|mongo\w{{0,8}}|sqlcmd|bcp|smbclient)\b
       [^\n]{{0,200}}?\s-[pP](?:[ =]|(?=["']))["']?
      |\bldap[a-z]{{3,8}}\b[^\n]{{0,200}}?\s-w[ ]["']? | \bredis-cli\b[^\n]{{0,120}}?\s-a[ ]["']?
      |\bopenssl\b[^\n]{{0,160}}?\s(?:-k[ ]|-pass(?:in|out)?[ ]pass:)["']?
      |\bnet\s{{1,3}}use\b[^\n]{{0,160}}?/user:\S{{1,60}}\s
    ){_VALUE}"""
)
_GRANTED = lazy.regex(
    rf"""(?x)
    (?:(?i:\bidentified\s{{1,3}}(?:with\s{{1,3}}\w{{1,40}}\s{{1,3}})?by|\bset\s{{1,3}}password\s{{1,3}}for\s{{1,3}}\S{{1,60}}
       |\b(?:with|set|(?:user|role|login)\s{{1,3}}\S{{1,60}}(?:\s{{1,3}}(?:with|login|superuser|createdb|inherit)){{0,3}})
        \s{{1,3}}(?:encrypted\s{{1,3}})?password)\s{{1,3}}(?:=\s?)?'
      |\bPASSWORD\s?\(\s?' | ConvertTo-SecureString\s{{1,3}}(?:-String\s{{1,3}})?["']
    ){_VALUE}"""
)
"""What SQL and PowerShell give a user."""
_PIPED = lazy.regex(
    rf"""\b(?:echo|printf)\s{{1,3}}(?:-\w\s)?["']?(?:[\w.-]{{1,40}}:(?=[^\n]{{0,90}}chpasswd))?{_VALUE}["']?\s{{0,3}}\|"""
    r"""[^\n]{0,90}?(?:chpasswd|sudo -S|--password-?stdin|passwd --stdin)"""
)
_ROUTER = lazy.regex(
    r"^\s{0,9}(?:enable\ssecret|snmp-server\scommunity|username\s\S{1,40}\s(?:secret|password))\s(?:\d\s)?"
    r"(?P<value>[^\s\"'`$<{]{4,60})(?:\sR[OW])?\s{0,9}$"
)
_QUERY = lazy.regex(
    r"(?i)[?&](?:password|passwd|pwd|(?:access_?|auth_?|api_?)?token|api_?key|app_?key|secret|client_secret)="
    r"(?P<value>[^\s&\"'`<>{}$#\\)]{4,120})"
)
_BADGE = lazy.regex(r"(?i)badge|shields\.io|codecov\.io")
"""A picture in a README: its token shows the picture, and nothing else."""
_CONNECTION = lazy.regex(
    r"(?i)(?:;|[\"'])\s{0,3}(?:password|pwd|secret)\s{0,3}=\s{0,3}(?P<value>[^;\"'\s{}<>$%]{4,120})(?=[;\"'])"
)
_WORDED = lazy.regex(
    r"(?i)[\s\"'](?:password|pwd)=\\?'?(?P<value>(?:[^,;()\"'\s{}<>$%\\]|%(?!(?-i:[sd(]))){4,60})(?=[\\\"'\s])"
)
_SERVER = lazy.regex(r"(?i)\b(?:host|dbname|user|uid|server|database)=")
_ACCOUNT = lazy.regex(
    r"""(?:jdbc:oracle:thin:[\w.-]{1,40}/(?P<value>[^@/\s"'{}<>$]{4,60})@"""
    r"""|(?<![\w.:/-])[\w.-]{1,40}:(?P<key>[^\s:@/"'`(){}<>$%]{4,60})@(?:(?:tcp|unix)\(|/\w)"""
    r"""|(?:Buffer\.from|b64encode|btoa|[eE]ncode\w{0,20})\(b?["'`][\w.@-]{1,60}:(?P<coded>[^\s"'`{}<>$]{4,60})["'`]"""
    r"""|://[\w.-]{1,40}:["'`]\s{0,3}[+.]\s{0,3}["'`](?P<joined>[^\s"'`{}<>$]{4,60})["'`]\s{0,3}[+.]\s{0,3}["'`]@"""
    r"""|\bauth\(["'](?P<auth>[^\s"'`{}<>$]{6,60})["']\)"""
    r"""|"(?P<chars>[^\s"]{6,60})"\.toCharArray\(\))"""
)
_SEVERAL = lazy.regex(
    r"(?i)\b(?:\w{0,30}(?:passwords|tokens|secrets|api_?keys)|credentials|(?:users|accounts)(?=\s{0,3}=\s{0,3}\{))\b[\"']?\s{0,3}[:=]\s{0,3}[{\[](?P<held>[^{}\[\]\n]{8,900})"
)
_ONE = r"""(?:["'][^"'\n]{0,80}["']|[$\w.]{1,40}+(?:\[[^\]\n]{1,40}\])?(?!\())"""
_STRINGS = rf"""{_ONE}(?:\s{{0,3}},\s{{0,3}}{_ONE}){{1,3}}"""
_SIGNED_IN = lazy.regex(
    r"(?i)(?:(?:(?:log_?in|authenticat(?:e|ion)|_auth|username_pw_set|plainauth|basicauth|credentials?|sign_?in|superuser|andpassword|passwordtoken"
    r"|ldap_bind|bind_s|auth_?provider|auth_?password|yagmail\.smtp|pysftp\.connection|\bftp(?:_tls)?|\bminio|\bpusher|oauth\d?handler"
    r"|(?:ssh|sftp|client|transport)\.connect)|\b(?:create_?user|auth|sequelize|basic|(?:mysqldb|psycopg2|pymysql|mysql|ldap)\.connect))\s{0,3}(?:\(|=\s{0,3}\(|:\s{0,3}\[|\s(?=['\"]))\s{0,3}"
    r"|\b(?:getConnection|mysqli|mysqli?_connect|PDO|DBI->connect)\s{0,3}\([^,()\n]{1,120},\s{0,3})"
    rf"(?P<said>{_STRINGS})"
)
_SAID = lazy.regex(r"""(?:["']([^"'\n]{0,80})["']|[$\w.]{1,40})""")
_PUBLIC = lazy.regex(r"\S*@[\w-]+\.\S*|[\w-]+(?:\.[\w-]+)+|[^\s\d]*[@*]")
"""An address of mail, a host."""
_CIPHER = lazy.regex(
    r"\b(?:hmac\.new|Fernet|create(?:Hmac|Cipher(?:iv)?|Decipher(?:iv)?)|AES\.new|signWith|(?:jwt|JWT)\.(?:sign|encode|verify|decode)"
    r"|HMAC\d{3}|hmacShaKeyFor|SignedString|SecretKeySpec|(?:AES|DES|TripleDES)\.(?:en|de)crypt|SymmetricSecurityKey|[Ss]ecret[Bb]ox|Wallet|cookieParser|cookieSession"
    r"|(?:URLSafe\w{0,10}|Timed\w{0,20}|JSONWebSignature)Serializer|NewCookieStore|cookie\.NewStore)\s{0,3}\("
)
_ARGUMENT = lazy.regex(r"""(?<![\w\])])[bB]?(["'`])([^"'`\s]{12,120})\1(?!\s?:)""")
_HELD = lazy.regex(r"""(["'`])([^"'`\s]{6,120})\1(?!\s?:)""")
_HEADER = lazy.regex(
    r"\b(?P<scheme>[bB]earer|[bB]asic|[tT]oken)\s{1,3}(?P<value>[A-Za-z0-9+/_.~-]{12,400}={0,2})(?![\w{$])"
)
_PAIR_IN_BASE64 = lazy.regex(
    r"""(?:\b_?|[bB]asic_?)[aA]uth["']?\s{0,3}[:=]\s{0,3}["']?(?P<value>[A-Za-z0-9+/]{12,400}={0,2})(?![\w+/=])"""
)
_TOLD = lazy.regex(
    r"""(?ix)\b(?:pass(?:word|wort|phrase) | (?:api|secret|access|license)[ _-]key
      |(?:(?:access|auth|api)[ ])?token|secret)
    (?:[ ]for[ ](?:\w{1,20}[ ]){0,2}\w{1,20})?
    (?:[*_`"']{0,3}\s{0,2}(?::|=|is|was)\s{0,2}[*_]{0,2}\s{0,2}|\s(?=[`"])) [`"']?(?P<value>[^\s`"'<>|,;()]{8,200})"""
)
_BOTH = lazy.regex(
    r"(?i)\b(?:user(?:name)?|login)\s?/\s?pass(?:word)?\W{1,4}\s?[\w.@-]{1,60}\s?/\s?(?P<value>[^\s`\"'<>|,;()]{4,60})"
)
_ENTER = lazy.regex(
    r"(?i)\b(?:log(?:ged)?[ -]?in|sign(?:ed)?[ -]?in|credentials?|account|vpn|ssh|ftp)\b"
    r"[^\n/]{0,40}?[\s`*\"'][\w.@-]{1,60}"
    r"[`*\"']{0,3}\s/\s[`*\"']{0,3}(?P<value>[^\s`\"'<>|,;()/]{6,60})"
)
_PROSE = lazy.regex(r"(?i)\.(?:md|txt|rst|adoc|markdown|html?)$|^readme")
_REMARK = lazy.regex(r"\s*(?:#|//|\*|--|;|<!--)")
_NETRC = lazy.regex(r"\blogin\s{1,9}\S{1,80}\s{1,9}password\s{1,9}(?P<value>[^\s\"'`$<{]{4,80})")


def in_line(line: str, lower: str, *, prose: bool) -> Iterator[Span]:
    """Where a line, which comes in lower case as well, holds a secret that needs no name."""
    for at in {at for word, at in _WORDS if word in lower}:
        _, pattern, judge = _BY_PLACE[at]
        for match in pattern.finditer(line):
            group = match.lastgroup or "value"
            if judge(match, match[group]):
                yield match.span(group)
    if '"' in line or "'" in line or "`" in line:
        yield from _quoted(line, lower)
    if prose or _REMARK.match(line):
        yield from _told(line)


def _quoted(line: str, lower: str) -> Iterator[Span]:
    """What stands between quotes where one signs in, encrypts, or keeps several of them."""
    if "," in line and _holds(lower, _SIGNS_IN):
        yield from _signed_in(line)
    if "(" in line:
        yield from _ciphers(line)
    if ("{" in line or "[" in line) and _holds(lower, _PLURALS):
        yield from _several(line)


def _holds(lower: str, words: Iterable[str]) -> bool:
    return bool([word for word in words if word in lower])  # a generator for `any` takes twice as long, on every line


def is_prose(name: str) -> bool:
    """Whether a file of this name is written for people."""
    return bool(_PROSE.search(name))


def _password(_: re.Match[str], value: str) -> bool:
    return looks.password(value)


def _in_query(match: re.Match[str], value: str) -> bool:
    return looks.password(value) and not _BADGE.search(match.string[max(0, match.start() - 200) : match.start()])


def _worded(match: re.Match[str], value: str) -> bool:
    """Whether it is one of several words of a string: `"host=db user=app password=x"`."""
    before = match.string[: match.start()]
    within = before.count('"') % 2 or before.count("'") % 2
    return bool(within and _SERVER.search(match.string) and looks.password(value))


def _header(match: re.Match[str], value: str) -> bool:
    if match["scheme"].lower() != "basic":
        return len(value) >= 16 and looks.key(value)
    return _is_pair(match, value)


def _is_pair(match: re.Match[str], value: str) -> bool:
    """Whether it is a user and a password in Base64 (RFC 7617)."""
    del match
    try:
        user, _, password = base64.b64decode(value + "=" * (-len(value) % 4), validate=True).decode().partition(":")
    except ValueError:
        return False
    return bool(user) and user.isprintable() and looks.password(password)


_COMMANDS = (
    "-u --user --auth --proxy http vault mysql sshpass login twine useradd rabbitmqctl htpasswd mongo sqlcmd bcp "
    "smbclient ldap redis-cli openssl net"
)
_BY_PLACE: tuple[tuple[str, re.Pattern[str], Callable[[re.Match[str], str], bool]], ...] = (
    (_COMMANDS, _COMMAND, _password),
    ("identified password securestring", _GRANTED, _password),
    ("enable snmp username", _ROUTER, _password),
    ("passwd stdin sudo", _PIPED, _password),
    ("password pwd secret=", _CONNECTION, _password),
    (":thin: @tcp( @unix( @/ auth( buffer.from b64encode btoa encode tochararray ://", _ACCOUNT, _password),
    ("login", _NETRC, _password),
    ("? &", _QUERY, _in_query),
    ("password= pwd=", _WORDED, _worded),
    ("bearer basic token", _HEADER, _header),
    ("auth", _PAIR_IN_BASE64, _is_pair),
)  # fmt: skip
"""Words one of which a line holds in which a pattern may be found, the pattern, and who judges what it found."""
_WORDS = tuple((word, at) for at, (words, _, _) in enumerate(_BY_PLACE) for word in words.split())
_PLURALS = ("passwords", "tokens", "secrets", "keys", "credentials", "users", "accounts")
_SIGNS_IN = (
    *"mysql login log_in auth credential sign superuser password create sequelize getconn".split(),
    *"mysqli pdo dbi-> basic bind .connect username_pw yagmail ftp minio pusher authhandler".split(),
)


def _signed_in(line: str) -> Iterator[Span]:
    """The password behind a name, a mail address or a host: `login("shop", "...")`."""
    for match in _SIGNED_IN.finditer(line):
        for said in [*_SAID.finditer(match["said"])][1:]:
            if said[1] and looks.password(said[1]) and not _PUBLIC.fullmatch(said[1]):
                start = match.start("said")
                yield start + said.start(1), start + said.end(1)
                break


def _ciphers(line: str) -> Iterator[Span]:
    """A key written where something is signed or encrypted with it."""
    for match in _CIPHER.finditer(line):
        for said in _ARGUMENT.finditer(line, match.end(), match.end() + 200):
            if looks.key(said[2]):
                yield said.span(2)


def _several(line: str) -> Iterator[Span]:
    """Values of a table or list of passwords, each under the name of whose it is."""
    for match in _SEVERAL.finditer(line):
        for said in _HELD.finditer(line, match.start("held"), match.end("held")):
            if looks.password(said[2]) and looks.key(said[2]):
                yield said.span(2)


def _told(line: str) -> Iterator[Span]:
    for match in _TOLD.finditer(line):
        value = match["value"].rstrip(".:!?*_")
        if ".." not in match["value"] and sum(c.isdigit() for c in value) >= 2 and looks.key(value):
            yield match.start("value"), match.start("value") + len(value)
    for match in (*_BOTH.finditer(line), *_ENTER.finditer(line)):
        if looks.password(match["value"]):
            yield match.span("value")

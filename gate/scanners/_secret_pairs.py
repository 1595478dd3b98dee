"""Values that stand beside the name of a secret: in code, settings and markup.

One pass finds the lines that hold such a name; only these are read closely. Loaded by the worker only.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gate import lazy

if TYPE_CHECKING or __package__:
    from gate.scanners import _secret_compared as compared
    from gate.scanners import _secret_looks as looks
    from gate.scanners import _secret_places as places
    from gate.scanners import _secret_rows as rows
else:  # the worker loads them first, under these names
    import _secret_compared as compared
    import _secret_looks as looks
    import _secret_places as places
    import _secret_rows as rows

WIDTH, OVERLAP = 1000, 250
"""Longer lines are read in pieces of so many characters that share so many."""

_HINTS = (
    *"pass pw psw psk secret senha salt pepper nonce token credential contrase cipher key auth bearer".split(),
    *"basic identif".split(),
    *"securestring curl mysql pdo getconn login log_in superuser sequelize mongo twine ldap redis-cli openssl".split(),
    *"hmac jwt. signwith aes encrypt fernet bindpw rabbitmqctl useradd --user --auth clave haslo wachtwoord".split(),
    *"kennwort @tcp( :thin: tochararray buffer.from b64encode btoa signedstring snmp".split(),
    *(
        "net use",
        "sudo -s",
        "log in",
        "sign in",
        "wallet",
        "bind_s",
        "users = {",
        "accounts = {",
        "vpn",
        "otp_seed",
        "otpseed",
        "http -a",
        "cookieparser(",
        "cookiestore(",
        'serializer("',
        "minio(",
        "ftp(",
        "newstore(",
        "yagmail",
        ".connect(",
    ),
)
"""One of these is in every line that is read closely, in any case."""
_QUOTE = r"""(?:\\?["'`])"""
_PAIR = lazy.regex(
    rf"""(?x)
    (?<![\w$])(?>(?P<name>(?:--?)?[A-Za-z_$@:][\w.$-]{{1,80}}+)
    (?P<closed>{_QUOTE}?\]?{_QUOTE}?\)?\s{{0,20}})
    (?P<join> (?:\s{{0,4}}:|[aA]s\s)\s{{0,4}}[\w.\[\]|?&\ ]{{1,40}}\s{{0,4}}=(?!=|\s{{0,9}}$)   # a type in between
      | (?:=>|\|\|=|:=|\?=|!?={{1,3}}|:-|\|\||\?\?|or\b
        |(?:,\s{{0,4}}{_QUOTE}?)?(?:value|val|content|default){_QUOTE}?\s{{0,4}}[:=]
        |\)?\.(?:sendKeys|send_keys|type|fill|setValue)\(|,|:|>|\(|\{{(?=\s?["'])|\{{\s?get;[^{{}}\n]{{0,20}}\}}\s?=)(?<!::)
      | (?<=\s) )
    \s{{0,20}}
    (?:(?:new\s)?(?:[\w.]{{0,30}}(?:SecretStr|GetBytes|[eE]ncode|b64decode|Buffer\.from|bytes|[fF]rom_?[hH]ex|unhexlify|[sS]ecure)|\[\]byte|String(?:::from)?|Some|\w{{0,12}}Secret\w{{0,8}}::new)?\(
      |\[\]\w{{1,20}}\{{|\[)?
    (?:[bBrRuUfF@$]{{1,2}}(?=["']))?
    (?:["'](?=\\["']))?)
    (?:(?P<quote>\\?(?:\"\"\"|'''|["'`]))(?P<quoted>(?:(?!(?P=quote))[^\n]){{1,200}}?)(?P=quote)
      | (?P<bare>[^\s"'`,;()<>{{}}\[\]]{{4,200}}))
    """
)
_FALLBACK = lazy.regex(
    r"""(?P<name>[\w.$-]{2,60})["'\])]{0,3}\s{0,4}[:=]\s{0,4}[^\n]{1,90}?"""
    r"""(?:\|\||\?\?|\bor|:)\s{0,4}(["'`])(?P<value>[^"'`\s]{6,200})\2"""
)
_ELSE = lazy.regex(r"\|\||\?\?| or | \? ")
"""What is taken where nothing else is: `password = given ? given : "..."`."""
_OVER_LINES = (
    ("value:", lazy.regex(
        r"""name:\s{0,4}["']?(?P<name>[\w.-]{3,80})["']?\s{1,80}value:\s{0,4}["']?(?P<value>[^\s"'{}$]{4,200})"""
    )),
    ("variable", lazy.regex(
        r"""variable\s{1,4}"(?P<name>[\w-]{3,80})"\s{0,4}\{[^{}]{0,400}?default\s{0,20}=\s{0,4}"(?P<value>[^\s"]{4,200})\""""
    )),
    ("<value>", lazy.regex(
        r"""(?:name|key)="(?P<name>[\w.-]{3,80})"[^<>]{0,80}>\s{0,80}<value>(?P<value>[^\s<>]{4,200})</value>"""
    )),
    ('"value"', lazy.regex(
        r""""(?:name|key)"\s{0,4}:\s{0,4}"(?P<name>[\w.-]{3,80})",\s{1,80}"value"\s{0,4}:\s{0,4}"(?P<value>[^\s"{}$]{4,200})\""""
    )),
    *((f"case {quote}", lazy.regex(
        rf"""\b(?:match|switch)\s{{0,4}}\(?\s?(?P<name>[\w.]{{3,80}})\s?\)?\s?[:{{{{]\s{{1,80}}case\s{{1,4}}{quote}(?P<value>[^\s"'{{}}$]{{4,200}}){quote}"""
    )) for quote in "\"'"),
    ("${", lazy.regex(r"""\$\{(?P<name>[\w.-]{3,80}):-?(?![?+])(?P<value>[^}\s"'$]{4,200})\}""")),
)  # fmt: skip
"""A container's variable and its value, a variable of Terraform and its default, a property and its element,
the first case of a choice by it, what stands in for a missing one; each behind a text that all it finds holds."""
_OPEN = lazy.regex(r"""(?P<name>[\w.-]{3,80})["']?\s{0,4}[:=]\s{0,4}(?:\(|[>|][+-]?|\\)?\s{0,4}$""")
_NEXT = lazy.regex(
    r"""\n[ \t]{1,60}(?:[bru]{0,2}["'](?P<quoted>[^\s"'{}$]{4,200})["']|(?P<bare>[^\s"'{}$:(]{4,200})(?=\n|$))"""
)
"""A name at the end of a line, and what the next line gives it."""
_LIKE_ONE = lazy.regex(r"(?i)(?!.*(?:passw|token|secret|credential))(?=.*\d)(?=.*[a-z]).{8,}")
_SETTINGS = lazy.regex(
    r"(?i)(?:^|\.)(?:env|properties|ini|cfg|cnf|http|rest|conf|config|toml|ya?ml|tf|tfvars|sh|bash|txt|md|rst|example|sample|dist|log)$"
    r"|^\.env|^inventory$|^hosts$|dockerfile|rc$|^credentials$"
)
"""Names of files in which a value needs no quotes."""
_YAML = lazy.regex(r"(?i)\.ya?ml$")
_SUM_OF, _SUM = lazy.regex(r"(?i)(?:checksum|hash|digest|sha\d{0,3})[/.-]$|\.svg\?[\w=&-]{0,30}$"), 40
"""What stands before a name of which only a digest is kept, `checksum/secret`, or that only shows a picture."""
_REMARK = lazy.regex(r"\s*(?:#|//|\*|--|;|<!--)")
_BEHIND = lazy.regex(r"\s(?:#|//)\s")
_COMMENT = lazy.regex(r"\s{0,20}(?:(?:#|//|--|;).{0,200})?")
_IN_BRACES = lazy.regex(r"\s{0,4}[,}].{0,900}")
_REFUSES = lazy.regex(r"[\s}]*(?:else )?(?:(?:el|else)?if|unless|return|while|guard)\b(?!.*(?:Value|Assertion)Error)")
_DECLARED = lazy.regex(r"\s*(?:ENV|ARG|SET|set|#\s?define|\(def)\s")
_SAME = frozenset({"==", "==="})
_ASKS = frozenset(
    "get fetch read find load lookup prompt ask compare match matches parse hash generate make create encode decode "
    "encrypt decrypt validate check verify is has test assert expect".split()
)
"""What a function begins with that is given something about a password, rather than one."""


@dataclass(frozen=True)
class Value:
    """A value between two characters of a text that is taken for a secret."""

    start: int
    end: int


def found(file: str, text: str, watch: Callable[[], None]) -> Iterator[Value]:
    """The values in a text that stand where passwords and keys do, and look like one; `watch` may end the search."""
    settings, braces = bool(_SETTINGS.search(file)), bool(_YAML.search(file))
    prose = places.is_prose(file)
    lower = _lower(text)
    for start, line in _lines(text, lower):
        watch()
        small = line.lower()
        for low, high in (
            *_values(line, settings=settings, braces=braces),
            *places.in_line(line, small, prose=prose),
            *compared.in_line(line, small),
        ):
            yield Value(start + low, start + high)
        yield from _on_next_line(text, line, start + len(line))
    for word, pattern in _OVER_LINES:
        for match in pattern.finditer(text) if word in text else ():
            if looks.fits(match["name"], match["value"]):
                yield Value(*match.span("value"))
    for span in rows.in_file(file, text, lower):
        yield Value(*span)


def _on_next_line(text: str, line: str, end: int) -> Iterator[Value]:
    name = _OPEN.search(line, max(0, len(line) - 120)) if line[-1:] in "=(>|-\\: " else None
    value = name and _NEXT.match(text, end)
    if name and value:
        group = "quoted" if value["quoted"] else "bare"
        if (value["quoted"] or line[-1] in ">|-") and looks.fits(name["name"], value[group]):
            yield Value(*value.span(group))


def _lines(text: str, lower: str) -> Iterator[tuple[int, str]]:
    """The lines that hold a hint, long ones in pieces, with the place in the text where each starts."""
    read = 0
    for hint in _hints(lower):
        if hint >= read:
            low = max(0, hint - OVERLAP)
            start = max(text.rfind("\n", low, hint) + 1, low)
            end = text.find("\n", hint, start + WIDTH)
            read = end if end >= 0 else min(len(text), start + WIDTH)
            yield start, text[start:read]


def _lower(text: str) -> str:
    """The text in lower case, each character in its place."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(small if len(small := char.lower()) == 1 else char for char in text)


def _hints(lower: str) -> list[int]:
    """Where hints stand; plain searches one by one are many times faster than a pattern of them all."""
    found = []
    for word in _HINTS:
        at = lower.find(word)
        while at >= 0:
            found.append(at)
            at = lower.find(word, at + len(word))
    return sorted(found)


def _values(line: str, *, settings: bool, braces: bool) -> Iterator[places.Span]:
    at = 0
    while pair := _PAIR.search(line, at):
        at = max(pair.end("closed"), at + 1)
        group = "quoted" if pair["quoted"] else "bare"
        if not (looks.named(pair["name"]) and _joins(pair, line, settings=settings)):
            continue
        before = line[max(0, pair.start() - _SUM) : pair.start()]
        if _SUM_OF.search(before) or before.endswith("${"):  # what stands in for a variable is asked for below
            continue
        if pair["join"].strip() in _SAME and group == "quoted" and looks.guessed(pair["name"], pair["quoted"]):
            yield pair.span(group)
        plain = group == "quoted" or _is_plain(line, pair, settings=settings, braces=braces)
        if plain and looks.fits(pair["name"], pair[group].strip()):
            at = pair.end()
            yield pair.span(group)
    for match in _FALLBACK.finditer(line) if _ELSE.search(line) else ():
        if looks.fits(match["name"], match["value"]):
            yield match.span("value")


def _joins(pair: re.Match[str], line: str, *, settings: bool) -> bool:
    """Whether what stands between a name and a value gives the one to the other."""
    join, name, value = pair["join"].strip(), pair["name"], pair["quoted"] or pair["bare"]
    quoted = any(char in pair["closed"] for char in "\"'`")
    if join == ",":  # `put("password", "x")`, `put(Context.PASSWORD, "x")`, but also a list of words
        told = quoted or name[0] == ":" or line[pair.start() - 1 : pair.start()] == "{"
        return (told or name.rpartition(".")[2].isupper()) and bool(_LIKE_ONE.fullmatch(value))
    if join == "{":  # `let(:password) { "x" }`
        return name[0] == ":" and ")" in pair["closed"]
    if join == "(":
        return not quoted and _is_given(name.rpartition(".")[2])
    if join[:1] == "!":  # `headers["X-Api-Key"] != "x"`, but not `password != "x"` of a trial
        return "]" in pair["closed"] or ")" in pair["closed"] or bool(_REFUSES.match(line))
    if not join:
        return _is_beside(pair, line, settings=settings)
    return join != ">" or "</" in line[pair.end() : pair.end() + 3]


def _is_given(function: str) -> bool:
    """Whether a function is given a password or key, as `setPassword` is, rather than asked for one."""
    return looks.words(function)[0] not in _ASKS and bool(looks.named(function))


def _is_beside(pair: re.Match[str], line: str, *, settings: bool) -> bool:
    """Whether only a space stands between: `--password x`, `ENV DB_PASSWORD x`, a line of two words."""
    if pair["name"].startswith("-") or _DECLARED.match(line) or (pair["name"][0] == ":" and pair["quoted"]):
        return True
    alone = line[: pair.start()].strip() == "" == line[pair.end() :].strip()
    return alone and (settings or bool(pair["quoted"]))


def _is_plain(line: str, pair: re.Match[str], *, settings: bool, braces: bool) -> bool:
    """Whether a value without quotes is a text, and not the name of something."""
    name, end = pair["name"], pair.end("bare")
    if pair["join"] == ">" or name.startswith("-"):
        return True
    if name.isupper() and pair["join"] == "=" and not pair["closed"] and line[pair.end("join")] != " ":
        return True  # `docker run -e DB_PASSWORD=x`
    before = line[pair.start() - 1 : pair.start()]
    if before in {'"', "'"} and line[end : end + 1] == before and pair["join"] in {":", "="}:
        return True  # `-H "X-Api-Key: x"`
    if braces and _IN_BRACES.fullmatch(line, end):
        return True
    remark = _REMARK.match(line) or _BEHIND.search(line, 0, pair.start())
    return bool((settings or remark) and _COMMENT.fullmatch(line, end))

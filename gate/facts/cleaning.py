"""Functions that take away what makes text dangerous somewhere: each leaves a mark that says where it is not."""

import re
from collections.abc import Iterable
from functools import lru_cache

from gate import lazy
from gate.facts.value import DOUBLED, ESCAPED, NAMED, ONE_LINE, QUOTED, RESOLVED, SIGNED, TEXT, UNQUOTED

_CLEANS: tuple[tuple[re.Pattern[str], str], ...] = (
    (lazy.regex(r"builtins\.(?:str|repr|ascii)"), TEXT),
    (lazy.regex(r"builtins\.(?:repr|ascii)"), ONE_LINE),
    (lazy.regex(r"(?:shlex|pipes)\.(?:quote|join)"), QUOTED),
    (
        lazy.regex(
            r"html\.escape|cgi\.escape|xml\.sax\.saxutils\.(?:escape|quoteattr)|(?:markupsafe|flask|jinja2|werkzeug\.utils)\.escape|"
            r"markupsafe\.Markup\.escape|markupsafe\.escape_silent|bleach\.(?:clean|linkify)|nh3\.clean|lxml\.html\.clean\.clean_html|"
            r"django\.utils\.html\.(?:escape|conditional_escape|escapejs|json_script|urlize|linebreaks|format_html(?:_join)?)|"
            r"tornado\.escape\.(?:xhtml_escape|url_escape)|mako\.filters\.\w+|"
            r"urllib\.parse\.(?:quote|quote_plus|urlencode)|django\.utils\.http\.(?:urlencode|urlquote)"
        ),
        ESCAPED,
    ),
    (
        lazy.regex(
            r"(?:werkzeug\.utils|werkzeug|flask)\.(?:secure_filename|safe_join)|flask\.safe_join|os\.path\.basename|posixpath\.basename|ntpath\.basename|"
            r"django\.utils\.text\.(?:get_valid_filename|slugify)|django\.utils\._os\.safe_join|pathvalidate\.sanitize_filename|slugify\.slugify|"
            r"urllib\.parse\.quote_plus"
        ),
        NAMED,
    ),
    (lazy.regex(r"os\.path\.(?:realpath|abspath|normpath)|posixpath\.normpath|pathlib\.(?:Posix|Windows)?Path\.(?:resolve|absolute)"), RESOLVED),
    (lazy.regex(r"urllib\.parse\.(?:quote|quote_plus|urlencode)"), ONE_LINE),
    (lazy.regex(r"(?:werkzeug\.utils|werkzeug)\.secure_filename|django\.utils\.text\.(?:get_valid_filename|slugify)|slugify\.slugify"),
     ESCAPED),
    (lazy.regex(r"base64\.\w*encode|binascii\.hexlify"), ESCAPED),
    (lazy.regex(r"(?:pickle|marshal|dill|cloudpickle|jsonpickle)\.(?:dumps|encode)"), SIGNED),
)  # fmt: skip
_UNKNOWN = lazy.regex(
    r"(?i)(?:^|[._])(?:escape|quote|sanitiz|sanitis|clean_|encode_for|strip_tags|slugify|purify|secure_)|"
    r"(?:escape|sanitize|sanitise|sanitized|safe_filename|safe_name|safe_path|safe_join)(?:_\w+)?$"
)
VOUCHES = lazy.regex(
    r"(?i)(?:^|_)(?:valid\w*|safe|allow\w*|permit\w*|trusted|check\w*|verif\w*|ensure\w*|assert\w*|require\w*|whitelist\w*|known|supported|registered|recogni[sz]ed|same_(?:origin|host)|is_local\w*|internal|inside|within|below|under|subpath|contain\w*|in_(?:folder|dir|directory|root|base)|is_in|is_sub(?:path|dir)|sanitiz\w*|sanitis\w*)(?:_|$)"
)
"""What functions that say whether text is allowed are called."""

WARNS = lazy.regex(
    r"(?i)(?:^|_)(?:is|are|has|looks|points_to|resolves_to)_(?:\w+_)?(?:private|internal|blocked|forbidden|unsafe|dangerous|malicious|disallowed|denied|reserved|banned|blacklisted|"
    r"suspicious|invalid|unknown|unsupported|loopback|local\w*)(?:_|$)"
)
"""What functions that say whether text is not allowed are called."""
REFUSES = lazy.regex(r"(?i)_*(?:ensure|require|enforce|deny|refuse|reject|forbid)_")
"""What functions are called that may answer with a refusal, and with nothing where all is well."""
LEAVES = lazy.regex(r"abort(?:_(?!if|unless|on|when)\w+)?|raise_(?:\w+_)?(?:error|exception)|_?exit|quit")
"""What functions that raise are called: `abort_with_message`; `raise_for_status` and `abort_if` do not always."""
SAYS_NO = lazy.regex(
    r"(?i)(?:^|_)(?:err|error|errors|problem|problems|fault|den(?:y|ied)|refus\w*|reject\w*|violation\w*|invalid|reason)$"
)
"""What variables are called that hold something only where a check has found fault."""

STOPS = lazy.regex(
    r"(?i)(?:^|_)(?:validat\w*|check|verify|ensure|assert|require|refuse|reject)_(?:\w+_)?(?:path|paths|file|filename|dir|"
    r"directory|folder|url|uri|host|address|access|safe|within|inside|below|traversal|containment|contained|identifier|column|table|allowed|id|uuid|slug)(?:_|$)"
)
"""What functions are called that raise unless a path, an address, an id or a name in SQL is allowed."""


_UNDOES = lazy.regex(r"(?:.*\.)?(?:unquote\w*|unescape|\w*decode|unhexlify|fromhex)")
"""Functions that bring back what cleaning took away."""
_LOADS = lazy.regex(r"(?:pickle|marshal|dill|cloudpickle|jsonpickle)\.(?:loads|decode)")
_PARSES = lazy.regex(
    r"(?:json|orjson|ujson|simplejson|bson\.json_util|yaml|toml|tomllib|msgpack|ast)\.\w*(?:load|eval|unpackb)\w*"
)
_UNDONE = ESCAPED + NAMED + ONE_LINE + UNQUOTED + DOUBLED
_LEFT = {"\n": ONE_LINE, "\r\n": ONE_LINE, "'": UNQUOTED, '"': UNQUOTED, "/": NAMED, "<": ESCAPED}
_DOUBLES = {("'", "''"), ('"', '""')}
_KEEPS_WORDS = lazy.regex(r"\[\^(?:[\w-]|\\[wd-])+\]\+?")
_TAKES_TAGS = lazy.regex(r"\[(?!\^)[^\]]*<[^\]]*\]\+?")
_NAME_LETTERS = lazy.regex(r"[\w .-]*", re.ASCII)
_KEEPS_NAMES = lazy.regex(r"\[\^(?:[\w .-]|\\[wds. -])+\]\+?")


@lru_cache(maxsize=16384)
def marks(name: str) -> str:
    """The marks of text that comes out of a library function, by its dotted name."""
    return "".join(mark for pattern, mark in _CLEANS if pattern.fullmatch(name))


@lru_cache(maxsize=16384)
def undone(name: str) -> str:
    """The marks that text loses in a library function."""
    return (_UNDONE if _UNDOES.fullmatch(name) else "") + (SIGNED if _LOADS.fullmatch(name) else "")


@lru_cache(maxsize=16384)
def parses(name: str) -> bool:
    """Whether a function makes objects of text."""
    return bool(_PARSES.fullmatch(name))


def marks_of(names: Iterable[str]) -> str:
    """The marks that all these functions leave."""
    each = [set(marks(name)) for name in names]
    return "".join(sorted(set.intersection(*each))) if each else ""


def left_by(pattern: str | None) -> str | None:
    """What `re.sub` leaves that takes out all but some characters: nothing at all, or marks; None for other patterns."""
    if pattern is not None and _TAKES_TAGS.fullmatch(pattern):
        return ESCAPED
    if pattern is None or not _KEEPS_NAMES.fullmatch(pattern):
        return None
    return "" if _KEEPS_WORDS.fullmatch(pattern) else ESCAPED + NAMED + ONE_LINE


def marks_among(letters: str) -> str:
    """The marks of text that is a part of these letters."""
    return NAMED + ESCAPED + ONE_LINE if letters and _NAME_LETTERS.fullmatch(letters) else ""


def replaced(old: str | None, new: str | None) -> str:
    """The mark of text in which one text was replaced by another: by one that does not hold it, or holds it twice."""
    if (old, new) in _DOUBLES:
        return DOUBLED
    return _LEFT.get(old or "", "") if old and new is not None and old not in new else ""


def says_it_cleans(name: str) -> bool:
    """Whether a function nobody can look into is named for taking danger away."""
    return bool(_UNKNOWN.search(name))

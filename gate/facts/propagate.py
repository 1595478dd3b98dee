"""Library functions and methods by what becomes of text that goes through them."""

from functools import lru_cache

from gate import lazy

HARMLESS = frozenset(
    "usage id model created index role object status_code finish_reason stop_reason total_tokens user session app state client method scheme".split()
)
"""Parts of a request or an answer that hold nothing an outsider writes freely."""

ANSWERS_NO_TEXT = frozenset(
    "startswith endswith isdigit isalnum isalpha isnumeric isdecimal isidentifier isspace count index find rfind "
    "rindex is_valid exists is_file is_dir __len__ total_seconds timestamp".split()
)
"""Methods whose result is a number or a truth value."""

WRITES = frozenset("write writelines write_text write_bytes".split())
"""Methods that put their arguments into a file."""

NAMES_FILE = frozenset("resolve absolute as_posix expanduser".split())
"""Methods whose result names the file they are called on."""

READS_FILE = frozenset("read_text read_bytes".split())
"""Methods of a path whose result is what the file holds, and not its name."""

PUTS_ONE = frozenset("append add insert appendleft put put_nowait push".split())
"""Methods that put one thing into many."""
ITERATES = frozenset(f"builtins.{name}" for name in "list tuple set frozenset sorted iter reversed next".split())
"""What these make holds what going through their argument gives."""

KEEPS_MARKS = frozenset("strip lstrip rstrip lower upper casefold split encode decode copy".split())

PUTS_IN = frozenset(
    "append extend add insert appendleft update setdefault put put_nowait push write writelines write_text write_bytes "
    "read_string read_dict".split()
)
"""Methods that put their arguments into what they are called on."""

FORMATS = frozenset("format format_map join replace substitute safe_substitute __add__ __radd__ __mod__".split())
"""Methods whose result holds their arguments whatever they are called on."""

OF_TEXT = frozenset(
    "strip lstrip rstrip lower upper title casefold capitalize swapcase removeprefix removesuffix zfill expandtabs translate split "
    "rsplit partition rpartition splitlines encode decode replace format format_map join substitute safe_substitute".split()
)
"""Methods that only text has, and that give text again."""

LISTS_FIELDS = frozenset("dict model_dump _asdict".split())
"""Methods that turn an object into a dictionary of the fields its class declares (pydantic, named tuples)."""

FIELDS_OF = frozenset({"dataclasses.asdict", "attr.asdict", "attrs.asdict", "builtins.vars"})
"""Functions that do."""

KEEPS = PUTS_IN | frozenset(
    "get pop popleft remove reverse clear sort copy keys values items index count getvalue read add_section set "
    "has_option getlist".split()
)
"""Methods of collections that change nothing in them but what they are given, or what is known of their order."""

CHOICES = frozenset("get pop setdefault getlist".split())
"""Methods that answer with their second argument when they have nothing else."""
CHOICE_OPTIONS = frozenset("default fallback type version raw vars d failobj".split())
"""What they may be told by name; a method that is told anything else is none of a collection."""

_THROUGH = lazy.regex(
    r"builtins\.(?:str|bytes|bytearray|repr|ascii|list|tuple|dict|set|frozenset|sorted|reversed|iter|next|enumerate|zip|map|"
    r"filter|min|max|sum|format|memoryview|compile|anext|aiter|slice|object|super|vars|ord|chr|(?:str|bytes|bytearray)\.\w+)|"
    r"heapq\.\w+|(?:json|orjson|ujson|simplejson|bson|re|regex|base64|binascii|codecs|textwrap|urllib\.parse|html|string|copy|itertools|"
    r"io|zlib|gzip|bz2|lzma|os\.path|posixpath|pathlib|operator|collections|difflib|struct|unicodedata|toml|tomli|"
    r"tomllib|msgpack|xmltodict|six|future\.utils|contextlib|dataclasses|markupsafe|quopri|functools)(?:\.\w+)*|"
    r"zipfile\.ZipFile|tarfile\.(?:open|TarFile(?:\.open)?)|tornado\.escape\.\w+|shlex\.split|types\.(?:SimpleNamespace|MappingProxyType|CodeType)|ast\.(?:parse|unparse|Expression|Module|fix_missing_locations|walk)|typing\.cast|inspect\.cleandoc|"
    r"yaml\.\w*(?:load|load_all|dump)|(?:pickle|marshal|dill|cloudpickle|jsonpickle)(?:\.\w+)*|xml\.sax\.saxutils\.\w+|"
    r"asyncio\.(?:wait_for|gather|shield|create_task|ensure_future|run|as_completed)|asgiref\.sync\.\w+|anyio\.run|"
    r"django\.utils\.(?:encoding|text|http|safestring|html)\.\w+|werkzeug\.datastructures\.\w+|pydantic\.(?:parse_obj_as|TypeAdapter)(?:\.\w+)?"
)
_TELLS = lazy.regex(
    r"builtins\.(?:str|bytes|bytearray|repr|ascii|list|tuple|dict|set|frozenset|sorted|reversed|next|min|max|sum|format|compile)|"
    r"(?:json\.(?:dumps|loads)|base64|binascii|textwrap|html|string|copy|urllib\.parse|collections)(?:\.\w+)*|"
    r"codecs\.(?:encode|decode)|io\.(?:StringIO|BytesIO)(?:\(\))?(?:\.\w+)?|pathlib\.\w*Path|re\.(?:sub|split|findall|escape)|"
    r"os\.path\.(?:join|basename|dirname|normpath|realpath|abspath|splitext)"
)
"""Functions of which nothing comes out but what goes in."""
_COUNTS = lazy.regex(
    r"builtins\.(?:int|float|bool|len|complex|hash|abs|round|bin|hex|oct|isinstance|callable|any|all)|uuid\.\w+|decimal\.\w+|"
    r"fractions\.Fraction|hashlib\.[\w.]+|hmac\.[\w.]+|ipaddress\.\w+|re\.strict\.group\w*"
)
_CLOSES = lazy.regex(
    r"builtins\.(?:int|float|bool|len|complex|hash|id|isinstance|issubclass|callable|hasattr|abs|round|any|all|range|"
    r"type|print|open|input|divmod|bin|hex|oct|pow)|uuid\.\w+|decimal\.\w+|ipaddress\.\w+|datetime\.[\w.]+|"
    r"fractions\.Fraction|ast\.literal_eval|re\.escape|regex\.escape|os\.path\.(?:exists|isfile|isdir|getsize|getmtime)|"
    r"re\.strict\.group\w*|json\.dump|hashlib\.[\w.]+|hmac\.[\w.]+|"
    r"(?:Crypto|Cryptodome)\.Hash\.[\w.]+|(?:xxhash|blake3|mmh3)\.[\w.]+|zlib\.(?:crc32|adler32)|binascii\.crc32|"
    r"itsdangerous\.[\w.]+|django\.core\.signing\.[\w.]+|cryptography\.[\w.]+|jwt\.\w+|"
    r"re\.(?:purge|template)|functools\.(?:lru_cache|cache|wraps|cached_property|total_ordering)"
)
_DIGESTS = lazy.regex(
    r"hashlib\.\w+|hmac\.(?:new|HMAC)|(?:Crypto|Cryptodome)\.Hash\.\w+\.new|(?:xxhash|blake3)\.\w+|"
    r"cryptography\.hazmat\.[\w.]+\.(?:Hash|HMAC|CMAC|Poly1305)"
)
"""What makes an object that text is put into by `update`, and that gives a digest of it."""


@lru_cache(maxsize=65536)
def through(name: str) -> bool:
    """Whether text that goes into this function comes out of it."""
    return bool(_THROUGH.fullmatch(name)) and not _CLOSES.fullmatch(name)


@lru_cache(maxsize=65536)
def closes(name: str) -> bool:
    """Whether nothing an outsider wrote freely comes out of this function."""
    return bool(_CLOSES.fullmatch(name))


@lru_cache(maxsize=65536)
def digests(name: str) -> bool:
    """Whether this function makes an object that gives digests of what is put into it."""
    return bool(_DIGESTS.fullmatch(name))


@lru_cache(maxsize=65536)
def tells(name: str) -> bool:
    """Whether nothing comes out of this function but what goes in."""
    return bool(_TELLS.fullmatch(name))


@lru_cache(maxsize=65536)
def counts(name: str) -> bool:
    """Whether a number, a truth value or an identifier comes out of this function."""
    return bool(_COUNTS.fullmatch(name))

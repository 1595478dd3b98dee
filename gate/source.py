"""One version of one file, read once: its text, its language, its syntax tree, its scopes."""

import ast
import json
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from gate import lazy, notebook
from gate.nodes import children
from gate.parsing import Parsed, parse

MAX_BYTES = 1_000_000
"""Files larger than this (bytes) are not parsed; the coverage ledger names them."""

LANGUAGES = {
    ".py": "python",
    ".pyi": "python",
    ".pyw": "python",
    ".wsgi": "python",
    notebook.SUFFIX: "python",
    ".sql": "sql",
    ".psql": "sql",
    ".pgsql": "sql",
    ".ddl": "sql",
    ".mysql": "sql",
    ".js": "javascript",
    ".jsx": "javascript",
    ".mjs": "javascript",
    ".cjs": "javascript",
    ".ts": "typescript",
    ".tsx": "typescript",
    ".mts": "typescript",
    ".cts": "typescript",
    ".prisma": "prisma",
    ".go": "go",
    ".java": "java",
    ".kt": "kotlin",
    ".kts": "kotlin",
    ".yml": "yaml",
    ".yaml": "yaml",
    ".json": "json",
    ".toml": "toml",
    ".properties": "properties",
    ".md": "markdown",
    ".sh": "shell",
    ".tf": "terraform",
}
_SHEBANGS = {"python": "python", "node": "javascript", "deno": "typescript", "bash": "shell", "sh": "shell"}
_SHEBANG = lazy.regex(r"#!\s*\S*?(?:env\s+(?:-\S+\s+)*)?([a-z]+)[\d.]*(?:\s|$)")
_COMMENT = lazy.regex(r"""((?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"))|\#[^\n]*""")
"""A string on one line, kept, or a comment, dropped."""
_LAYOUT = lazy.regex(r"\\\n|(?<!\w)\s+|(?<=\w)\s+(?!\w)")
"""Space that parts no words."""
_LAST_COMMA = lazy.regex(r",(?=[)\]}])")
_DISGUISED = lazy.regex(r"(?:(?<!\w)\w++)?+[^\x00-\x7f]\w*|(?<!\w)[A-Za-z0-9_]*+[^\x00-\x7f]\w*")
"""A character beyond ASCII and the words it touches; no letter of another word is tried."""
_COOKIE = lazy.regex(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_SAFE_CODECS = lazy.regex(r"utf(-?8(-sig)?)?|(us-)?ascii|latin-?1|l1|iso-?8859-?\d+|cp125\d|windows-125\d|koi8-[ru]"
                          r"|shift-?jis|euc-?(jp|kr)|gbk|gb2312|gb18030|big5")  # fmt: skip
_MARKED_CODECS = lazy.regex(r"(utf-8|latin-1|iso-8859-1|iso-latin-1)-.*")
"""Names with a line end behind them, as Emacs writes them; Python drops it (Parser/tokenizer.c, get_normal_name)."""


class UnreadableError(Exception):
    """A file that cannot be turned into text; the message says why."""


@dataclass(frozen=True, order=True)
class Place:
    """Whole lines of one file, counted from 1, both ends included."""

    path: str
    line: int
    end_line: int

    @classmethod
    def at(cls, path: str, line: int, end_line: int | None = None) -> "Place":
        return cls(path, line, max(line, end_line or line))


@dataclass(frozen=True)
class Hop:
    """One step of a path a value takes, and what happens there."""

    place: Place
    note: str


@dataclass(frozen=True)
class Source:
    """The text of one file; `digest` is git's id of its blob."""

    path: str
    text: str
    digest: str = ""

    def __hash__(self) -> int:
        return hash(self.path) ^ hash(
            self.text
        )  # texts keep theirs: what is known of a file is looked up time and again

    @classmethod
    def decode(cls, path: str, data: bytes, digest: str = "") -> "Source":
        """Read `data` as text.

        Raises:
            UnreadableError: It is binary, in no known encoding, or in one that hides code (PEP 263).
        """
        return cls(path, _decoded(path, data), digest)

    @cached_property
    def language(self) -> str:
        """The language by suffix, else by shebang; "" for what gate does not know."""
        return language(self.path, self.text[:200])

    @cached_property
    def lines(self) -> tuple[str, ...]:
        return tuple(self.text.split("\n"))

    @cached_property
    def tree(self) -> ast.Module | None:
        """The stdlib tree of a Python file; newer syntax is lowered, line by line, to this interpreter's.

        Where there is a `problem`, it holds what could be read all the same.
        """
        return self._parsed.tree

    @property
    def problem(self) -> str:
        """Why `tree` is None or not the whole file; "" when it is."""
        return self._parsed.problem

    @property
    def parsable(self) -> str:
        """The text `tree` was made from, each line where it is in the file."""
        return self._parsed.text

    @cached_property
    def _parsed(self) -> Parsed:
        if self.language != "python":
            return Parsed(None, "not Python", self.text)
        if len(self.text) > MAX_BYTES:
            return Parsed(None, f"larger than {MAX_BYTES:,} characters", self.text)
        return parse(self.text)

    def snippet(self, place: Place) -> str:
        return "\n".join(self.lines[place.line - 1 : place.end_line])

    def code(self, place: Place) -> str:
        """The lines of `place`, comments and what a formatter decides gone: how code is recognised when it moves."""
        text = self.snippet(place)
        if self.language == "python":
            text = "".join(_laid_out(text))
        return " ".join(text.split())

    def scope(self, line: int) -> str:
        """The dotted name of the functions and classes around `line`; "" at module level."""
        starts, names = self._scopes
        index = bisect_right(starts, line) - 1
        return names[index] if index >= 0 else ""

    @cached_property
    def _scopes(self) -> tuple[list[int], list[str]]:
        """Where, line by line, the enclosing scope changes, and what it changes to."""
        if self.tree is None:
            return [], []
        spans = list(_spans(self.tree, ""))
        edges = sorted({1, *(s for s, _, _ in spans), *(e + 1 for _, e, _ in spans)})
        names = [""] * len(edges)
        where = {edge: index for index, edge in enumerate(edges)}
        for start, end, name in spans:  # outer scopes come first, inner ones overwrite them
            for index in range(where[start], where[end + 1]):
                names[index] = name
        return edges, names


def _laid_out(text: str) -> Iterator[str]:
    """Python without comments and what a formatter decides: quotes, space that parts no words, a last comma."""
    end = 0
    for found in _COMMENT.finditer(text):
        yield from (_plain(text[end : found.start()]), (found[1] or "").replace("'", '"'))
        end = found.end()
    yield _plain(text[end:])


def _plain(text: str) -> str:
    return _LAST_COMMA.sub("", _LAYOUT.sub("", text))


def language(path: str, head: str = "") -> str:
    """The language of a file, by its suffix, else by the shebang at the head of its text."""
    name = path.rpartition("/")[2]
    dot = name.rfind(".")
    by_suffix = LANGUAGES.get(name[dot:].lower()) if dot > 0 else None
    if by_suffix or not head.startswith("#!"):
        return by_suffix or ""
    found = _SHEBANG.match(head)
    return _SHEBANGS.get(found[1], "") if found else ""


def _spans(node: ast.AST, outer: str) -> Iterator[tuple[int, int, str]]:
    stack = [(node, outer)]
    while stack:
        parent, prefix = stack.pop()
        for child in children(parent):
            name = prefix
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                name = f"{prefix}.{child.name}" if prefix else child.name
                first = min([child.lineno, *(d.lineno for d in child.decorator_list)])
                yield first, child.end_lineno or first, name
            if isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case):
                stack.append((child, name))


def _decoded(path: str, data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _lines(_strict(data, "utf-16"))
    if b"\0" in data:
        raise UnreadableError("holds NUL bytes, so it is binary or in an encoding gate does not read")
    python = language(path, data[:200].decode("latin-1")) == "python"
    codec = _declared(data) if python else "utf-8"
    text = _lines(_strict(data, codec).removeprefix("\ufeff"))
    if path.lower().endswith(notebook.SUFFIX):
        text = _cells(text)
    plain = text.isascii() or unicodedata.is_normalized("NFKC", text)
    return text if plain or not python else _DISGUISED.sub(_as_python_reads, text)


def _cells(text: str) -> str:
    try:
        return notebook.python(text)
    except json.JSONDecodeError as error:
        raise UnreadableError("is a notebook that is no JSON") from error
    except ValueError as error:
        raise UnreadableError(f"is a notebook that {error}") from error


def _as_python_reads(word: re.Match[str]) -> str:
    """A name in letters that only look different; Python reads names by their NFKC form (reference, 2.3).

    Signs stay what they are: they stand in texts and comments, where none of them ends a text.
    """
    plain = unicodedata.normalize("NFKC", word[0])
    return plain if plain.isascii() and plain.replace("_", "a").isalnum() else word[0]


def _lines(text: str) -> str:
    """One kind of line end, Python's way: a lone carriage return ends a line too."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _strict(data: bytes, codec: str) -> str:
    try:
        return data.decode(codec)
    except (UnicodeError, LookupError) as error:
        raise UnreadableError(f"does not decode as {codec}: {error}") from error


def _declared(data: bytes) -> str:
    """The codec a Python file declares (PEP 263); one that rewrites the text would hide code from every reader."""
    for line in data.split(b"\n", 2)[:2]:
        found = _COOKIE.match(line)
        if found:
            said = found[1].decode("latin-1")
            codec = _MARKED_CODECS.sub(r"\1", said.lower().replace("_", "-")).replace("iso-latin-1", "latin-1")
            if not _SAFE_CODECS.fullmatch(codec):
                raise UnreadableError(f"declares the encoding `{said}`, which can hide code from reviewers")
            return codec
        if line.strip() and not line.lstrip().startswith(b"#"):
            break
    return "utf-8"


def line_ranges(lines: list[int]) -> list[tuple[int, int]]:
    """Sorted line numbers as runs: [1, 2, 3, 7] is [(1, 3), (7, 7)]."""
    if not lines:
        return []
    breaks = [index + 1 for index, (a, b) in enumerate(pairwise(lines)) if b != a + 1]
    return [(lines[start], lines[end - 1]) for start, end in zip([0, *breaks], [*breaks, len(lines)], strict=True)]

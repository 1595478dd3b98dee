"""Running the examples of a rule: small repositories held in memory."""

import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha1
from typing import Any

from gate import policy
from gate.cache import Cache
from gate.change import Entry
from gate.errors import UsageError
from gate.fact import Repo, Settings
from gate.rule import Check, Compare, Edit, Example, Hit, Pair, Rule
from gate.source import Source

MARK = re.compile(r"[ \t]*(?:#|--|//) <-[ \t]*$")
HIDDEN = re.compile(r"\{\{hide:(.*?)\}\}")
"""`{{hide:gh|p_abc}}` is `ghp_abc`: a made-up secret that stands nowhere in one piece."""


class Memory:
    """A tree of files that was never on a disk."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = files
        self.entries = {
            path: Entry(path, "100644", sha1(text.encode()).hexdigest())  # noqa: S324  git's own ids
            for path, text in files.items()
        }

    def source(self, path: str) -> Source:
        return Source(path, self._files[path], self.entries[path].oid)

    def read_ahead(self, paths: Sequence[str]) -> None:
        """All files are at hand."""


def revealed(text: str) -> str:
    return HIDDEN.sub(lambda found: found[1].replace("|", ""), text)


def files(example: Example, default: str = "app.py") -> dict[str, str]:
    """An example as path to text, indentation removed."""
    assert not isinstance(example, Pair)
    named = {default: example} if isinstance(example, str) else dict(example)
    return {path: revealed(textwrap.dedent(text).lstrip("\n")) for path, text in named.items()}


def unmarked(tree: Mapping[str, str]) -> tuple[dict[str, str], set[tuple[str, int]]]:
    """The files without their marks, and the (path, line) pairs that were marked."""
    marks = {
        (path, number)
        for path, text in tree.items()
        for number, line in enumerate(text.split("\n"), 1)
        if MARK.search(line)
    }
    plain = {path: "\n".join(MARK.sub("", line) for line in text.split("\n")) for path, text in tree.items()}
    return plain, marks


def repo(tree: Mapping[str, str]) -> Repo:
    """The tree of an example; a `gate.toml` in it is the policy it is judged by, unless it is none."""
    try:
        settings = policy.read(tree.get(policy.FILE, "")).settings()
    except UsageError:
        settings = Settings()
    return Repo(Memory(tree), Cache(None), settings)


def hits(check: Check[Any], tree: Mapping[str, str]) -> list[Hit]:
    whole = repo(tree)
    return [hit for fact in whole[check.kind] for hit in check.look(fact, whole)]


def compared(compare: Compare, base: Mapping[str, str], head: Mapping[str, str]) -> list[Hit]:
    before, after = repo(base), repo(head)
    edits = [
        Edit(before.source(path), after.source(path))
        for path in sorted({*base, *head})
        if base.get(path) != head.get(path)
    ]
    return list(compare.look(edits, before, after))


def places(found: Iterable[Hit]) -> set[tuple[str, int]]:
    return {(hit.place.path, hit.place.line) for hit in found}


def expected(rule: Rule, example: Example) -> set[tuple[str, int]]:
    tree = files(example.head) if isinstance(example, Pair) else files(example)
    return unmarked(tree)[1]

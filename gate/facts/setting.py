"""Settings that have a default: constants of modules, and the fields of classes of settings."""

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from gate.facts.defaults import default, last
from gate.hint import Hint
from gate.source import Place, Source


@dataclass(frozen=True)
class Setting:
    """A name that says which origins are allowed; `value` is "*" where its default is every one."""

    languages: ClassVar[frozenset[str]] = frozenset({"python"})
    hint: ClassVar[Hint] = Hint.of("origin", "cors")

    place: Place
    name: str
    value: str

    @classmethod
    def find(cls, source: Source) -> Iterable["Setting"]:
        body = source.tree.body if source.tree else []
        classes = [part for one in body if isinstance(one, ast.ClassDef) for part in one.body]
        for node in (*body, *classes):
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
                target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                if re.search(r"(?i)origin|cors", last(target)):
                    said = default(node.value, source)
                    every = said == "*" or (isinstance(said, list) and any(one == "*" for one in said))
                    yield cls(Place.at(source.path, node.lineno), last(target), "*" if every else "")

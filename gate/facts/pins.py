"""What others publish and a pipeline, image or module takes by name: by its content, by a version, or by a name that moves."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from gate import lazy
from gate.facts.config import Node, read
from gate.facts.linenumber import line_at
from gate.hint import Hint
from gate.source import Place, Source

Held = Literal[0, 1, 2]
"""2: by its content, a commit or a digest; 1: by a version or tag; 0: by a branch or a tag that is meant to move."""

_CONTENT = lazy.regex(r"sha256:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{64}")
_MOVES = lazy.regex(
    r"(?i)|main|master|trunk|dev|devel|develop|development|head|latest|stable|edge|nightly|next|volatile|rolling|canary|(?:dev:|release/).*"
)
_IMAGE = lazy.regex(
    r"(?P<name>(?:[\w.-]++(?::\d+)?/)?[\w.-]++(?:/[\w.-]++)*)(?::(?P<tag>[\w.-]+|\$\{[^}\s]+\}))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?"
)
_FROM = lazy.regex(r"(?mi)^[ \t]*(?:FROM[ \t]+(?:--\S+[ \t]+)*|COPY[ \t]+--from=)(?P<image>[^\s$]+)")
_RECIPE = lazy.regex(r"(?i)(?:^|/)(?:[\w-]+\.)?(?:docker|container)file[^/]*$")
_MODULE = lazy.regex(
    r"""(?m)^[ \t]*source[ \t]*=[ \t]*"(?P<name>[^"?\n]{1,200})\?(?:[^"\n]{0,80}&)?ref=(?P<ref>[^"&\n]{1,80})"""
)
_NAMED = (("repo", "rev"), ("project", "ref"), ("repository", "ref"))
"""Hooks of pre-commit, includes of GitLab, resources of Azure: who publishes it, and which state of it is meant."""
_IMAGES = frozenset({"image", "container", "baseImage"})


@dataclass(frozen=True)
class Pin:
    """One such name: of an "action", an "image", or "code" of another repository."""

    place: Place
    form: Literal["action", "image", "code"]
    name: str
    ref: str

    languages: ClassVar[frozenset[str]] = frozenset({""})
    hint: ClassVar[Hint] = Hint.of("uses", "image", "container", "from", "rev", "ref", "orbs")

    @property
    def held(self) -> Held:
        if _CONTENT.fullmatch(self.ref):
            return 2
        return 0 if _MOVES.fullmatch(self.ref) else 1

    @classmethod
    def find(cls, source: Source) -> Iterator["Pin"]:
        for line, form, name, ref in _found(source):
            yield cls(Place.at(source.path, line), form, name.lower(), ref)


_Found = tuple[int, Literal["action", "image", "code"], str, str]


def _found(source: Source) -> Iterator[_Found]:
    if source.path.endswith((".yml", ".yaml")):
        root = read(source)
        for node in root.walk() if root else ():
            yield from _of_table(node)
    elif source.path.endswith((".tf", ".hcl")):
        for found in _MODULE.finditer(source.text):
            yield line_at(source.text, found.start("ref")), "code", found["name"], found["ref"]
    elif _RECIPE.search(source.path):
        for found in _FROM.finditer(source.text):
            yield from _image(line_at(source.text, found.start("image")), found["image"])


def _of_table(node: Node) -> Iterator[_Found]:
    for name, child in node.pairs:
        if name == "uses" and child.text:
            yield from _action(child)
        if name in _IMAGES:
            told = child if child.text else next((child[key] for key in ("image", "name") if child[key].text), child)
            yield from _image(told.line, told.text)
    for who, which in _NAMED:
        if node[who].text and node[which].text:
            yield node[which].line, "code", node[who].text, node[which].text
    for _, orb in node["orbs"].pairs:
        name, _, ref = orb.text.partition("@")
        if name:
            yield orb.line, "code", name, ref


def _action(node: Node) -> Iterator[_Found]:
    if node.text.startswith("docker://"):
        yield from _image(node.line, node.text.removeprefix("docker://"))
    elif not node.text.startswith("."):
        name, _, ref = node.text.partition("@")
        yield node.line, "action", name, ref


def _image(line: int, text: str) -> Iterator[_Found]:
    if found := _IMAGE.fullmatch(text):
        yield line, "image", found["name"], found["digest"] or found["tag"] or ""

"""Limits of the cloud that stand in the configuration of one thing: a boundary, an authorizer, no access for the public."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gate import lazy
from gate.facts.bundled import is_bundled
from gate.facts.config import Node, exact
from gate.facts.linenumber import line_at
from gate.facts.reading import reading
from gate.facts.spelling import last, spelled
from gate.source import Place, Source

_SETS = frozenset({"permissionsboundary", "defaultauthorizer", "authorizer"})
_TRUE = frozenset(
    {
        "blockpublicacls",
        "blockpublicpolicy",
        "ignorepublicacls",
        "restrictpublicbuckets",
        "enforcessl",
        "apikeyrequired",
    }
)
_ASKS = frozenset({"authorizationtype", "authtype", "authorization"})
_SETTINGS = _SETS | _TRUE | _ASKS
WORDS = lazy.regex(
    r"(?i)permissions_?boundary|authoriz(?:er|ation_?type)|auth_?type|authorization|public_?(?:acls|policy|buckets)|enforce_?ssl|api_?key_?required"
)
_LINE = lazy.regex(r"""^\s*["']?([A-Za-z_]\w*)["']?\s*[:=]\s*([^\s,=>{(][^,\n]*|\{|\()""")
_OWNER = {
    "terraform": lazy.regex(r'^\s*resource\s+"([\w-]+)"\s+"([\w-]+)"'),
    "": lazy.regex(r"""\b([\w.]+)\(\s*(?:self|this|scope|stack)\s*,\s*["']([\w -]+)["']"""),
}
_BOTO = lazy.regex(r"\bcreate_(?:role|user)\(")
_LONG = 500
_NOTHING = lazy.regex(r"""(?i)["']?(?:none|null|undefined|false|[\w.]*\.none)["']?""")


@dataclass(frozen=True)
class Limit:
    """A thing of the cloud, the line it begins on, and the limits it has."""

    owner: str
    path: str
    line: int
    kept: frozenset[str] = frozenset()


TERRAFORM = frozenset({"terraform"})
_WHOLE = lazy.regex(
    r'(?m)^\s*resource\s+"(\w*public_access_block\w*|aws_s3_bucket_ownership_controls)"\s+"[\w-]+"\s*\{([^{}]*)\}'
)
_ABOUT = lazy.regex(r"(?m)^\s*bucket\s*=\s*(\S+)")
_TO_OTHERS = lazy.regex(r'(?m)^[ \t]*resource\s+"(\w+)"\s+"([\w-]+)"')


def wholes(source: Source) -> dict[str, str]:
    """What limits a bucket as a thing of its own, `aws_s3_bucket_public_access_block`, by the bucket it is about."""
    if source.language != "terraform" or "public_access_block" not in source.text:
        return {}
    found = ((kind, _ABOUT.search(body)) for kind, body in _WHOLE.findall(source.text) if "true" in body)
    return {about[1]: kind for kind, about in found if about}


def declared(source: Source) -> Iterator[tuple[str, Place]]:
    """The things a file of Terraform declares, as others speak of them."""
    for one in _TO_OTHERS.finditer(source.text) if source.language == "terraform" else ():
        yield f"{one[1]}.{one[2]}", Place.at(source.path, line_at(source.text, one.start()))


def limits(source: Source) -> list[Limit]:
    """Every thing of the cloud in a file, those without any limit too."""
    if source.language in {"yaml", "json"}:
        return [*_of_tree(source)]
    return (
        [*_of_lines(source), *_of_calls(source)]
        if not is_bundled(source) and source.language in {"terraform", "python", "typescript", "javascript"}
        else []
    )


def _of_tree(source: Source) -> Iterator[Limit]:
    """The resources of CloudFormation and SAM, and the functions of Serverless."""
    root = exact(source)
    for node in root.walk() if root is not None else ():
        for section in ("Resources", "functions"):
            for name, thing in node[section].pairs:
                said = ((key, held) for part in thing.walk() for key, held in part.pairs)
                kept = (_plain(key) for key, held in said if _limits(_plain(key), held.text, held))
                yield Limit(f"{section}.{name}", source.path, thing.line, frozenset(kept))


def _of_lines(source: Source) -> Iterator[Limit]:
    begins = _OWNER.get(source.language, _OWNER[""])
    owner, line, kept = "", 0, set[str]()
    for number, text in enumerate((*source.lines, ""), 1):
        found = begins.search(text)
        if owner and (found or number > len(source.lines)):
            yield Limit(owner, source.path, line, frozenset(kept))
        if found:
            owner, line, kept = f"{found[1]}.{found[2]}", number, set()
        for name, value in _said(text):
            kept |= {_plain(name)} if owner and _limits(_plain(name), value) else set()


_MAKES = frozenset({"create_role", "create_user"})


def _of_calls(source: Source) -> Iterator[Limit]:
    """The roles and users that boto3 makes; what is unpacked may hold any limit."""
    for one in reading(source).calls() if source.language == "python" and _BOTO.search(source.text) else ():
        name = last(spelled(one.node.func))
        if name in _MAKES:
            kept = any(word.arg is None or word.arg == "PermissionsBoundary" for word in one.node.keywords)
            owner = f"{one.where}.{name}".lstrip(".")
            yield Limit(owner, source.path, one.node.lineno, frozenset({"permissionsboundary"} if kept else ()))


def _said(text: str) -> Iterator[tuple[str, str]]:
    """What a line sets: one setting of a block, or several words of a call."""
    code = text.partition("#")[0]
    if code.lstrip().startswith(("//", "*")) or len(code) > _LONG or not WORDS.search(code):
        return
    if found := _LINE.match(code):
        yield found[1], found[2].strip()
    yield from re.findall(r"\b([A-Za-z_]\w*)\s*[=:]\s*([\w.\"']+)", code)


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _limits(name: str, value: str, node: Node | None = None) -> bool:
    """Whether a setting limits anything with this value."""
    if name not in _SETTINGS:
        return False
    if name in _TRUE:
        return value.strip("\"'").lower() == "true"
    return not _NOTHING.fullmatch(value) and bool(value or (node is not None and node.value))

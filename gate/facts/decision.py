"""What policies ask before they say yes, as alternatives of which each must hold whole: Casbin, Cedar, Rego, Firebase."""

import re
from collections.abc import Callable, Iterator, Mapping

from gate import lazy
from gate.facts.config import Node, exact
from gate.facts.linenumber import line_at
from gate.source import Source

Arm = frozenset[str]
"""The parts of a condition that must all hold."""
Asked = Mapping[str, "list[tuple[int, Arm]]"]
"""By what is decided, the alternatives that say yes, each with its line."""
_QUOTED = lazy.regex(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`[^`]*`")
_MARK = lazy.regex(r"&&|\|\||[()\[\]{};\n]")
_SPACE = lazy.regex(r"\s+")
_MATCHER = lazy.regex(r"(?m)^[ \t]*(m\d*)[ \t]*=[ \t]*((?:[^\\\n]|\\\n?)+)$")
_RULES_COMMENT = lazy.regex(r"//[^\n]*|/\*[^*]*\*+(?:[^/*][^*]*\*+)*/")
_RULES = lazy.regex(
    r"\bmatch\s+(?P<path>/\S{0,500})\s*\{|\bfunction\s+(?P<name>\w+)\s*\([^()]{0,200}\)\s*\{\s*return\s+(?P<answer>[^;]{1,2000});"
    r"|\ballow\s+(?P<verbs>[\w, ]{1,80}?)\s*:\s*if\s+(?P<asked>[^;]{1,2000});|(?P<brace>[{}])"
)
_VERBS = {"read": ("get", "list"), "write": ("create", "update", "delete")}
_CEDAR_COMMENT = lazy.regex(r"//[^\n]*")
_CEDAR = lazy.regex(r"\bpermit\s*\((?P<scope>[^()]{0,1000})\)")
_CLAUSE = lazy.regex(r"\s*(when|unless)\s*\{")
_MANY, _LONG = 20, 2_000
"""How many clauses of a permission are read, and how much of what stands in braces."""
_REGO_COMMENT = lazy.regex(r"#[^\n]*")
_REGO = lazy.regex(
    r"(?m)^(?P<name>allow\w*|permit\w*|authori[sz]ed\w*|granted|(?:\w+_)?is_(?:admin|owner|member|staff|auth\w*|allowed|permitted)\w*"
    r"|(?:has|can)_\w+)(?:\([^()\n]*\))?[ \t]*(?::?=[ \t]*true[ \t]*)?(?:(?P<if>if)[ \t]*)?(?P<body>\{|(?<=if )[^{\n]+)"
)


def asked(source: Source) -> Asked:
    """What the policies of a file ask; nothing of what is no policy."""
    found: dict[str, list[tuple[int, Arm]]] = {}
    for key, line, arms in _READERS[_engine(source)](source):
        found.setdefault(key, []).extend((line, arm) for arm in arms)
    return found


def decides(source: Source) -> bool:
    return bool(_engine(source))


def _engine(source: Source) -> str:
    path = source.path
    if path.endswith((".cedar", ".rego")):
        return path.rpartition(".")[2]
    if path.endswith(".conf") and "[matchers]" in source.text:
        return "casbin"
    if path.endswith(".rules") and "service " in source.text:
        return "rules"
    return "json" if path.endswith(".json") and '".read"' in source.text + source.text.replace("write", "read") else ""


Read = Iterator[tuple[str, int, list[Arm]]]


def _none(source: Source) -> Read:
    del source
    return iter(())


def _casbin(source: Source) -> Read:
    for one in _MATCHER.finditer(source.text):
        yield f"the matcher `{one[1]}`", line_at(source.text, one.start()), arms(one[2].partition("#")[0])


def _firebase(source: Source) -> Read:
    """By the path that is matched and each verb; a function by its name."""
    text = blanked(source.text, _RULES_COMMENT)
    around: list[str] = []
    for one in _RULES.finditer(text):
        line = line_at(text, one.start())
        if one["path"]:
            around.append(one["path"])
        elif one["name"]:
            around.append("")
            yield f"the function `{one['name']}`", line, arms(one["answer"])
        elif one["verbs"]:
            said = arms(one["asked"])
            for verb in one["verbs"].split(","):
                for each in _VERBS.get(verb.strip(), (verb.strip(),)):
                    yield f"`{each}` of `{''.join(around)}`", line, said
        elif one["brace"] == "{":
            around.append("")
        elif around:
            around.pop()


def _database(source: Source) -> Read:
    root = exact(source)
    if root is not None:
        yield from _below(root["rules"], "")


def _below(node: Node, path: str) -> Read:
    stack = [(node, path)]
    while stack:
        one, where = stack.pop()
        for key, held in one.pairs:
            if key in {".read", ".write"}:
                yield f"`{key}` of `{where or '/'}`", held.line, arms(held.text)
            else:
                stack.append((held, f"{where}/{key}"))


def _cedar(source: Source) -> Read:
    """By the action, as what is permitted for one says nothing of another."""
    text = blanked(source.text, _CEDAR_COMMENT)
    mask = _masked(text)
    for one in _CEDAR.finditer(text):
        scope = [plain(part) for part in one["scope"].split(",")]
        action = next((part for part in scope if part.startswith("action")), "action")
        own = frozenset(part for part in scope if part not in {"", "principal", "resource", action})
        given = list(_clauses(text, mask, one.end()))
        if all(len(each) == 1 for each in given):
            whole = own.union(*(arm for each in given for arm in each))
            yield f"the permission of `{action}`", line_at(text, one.start()), [whole]


def _clauses(text: str, mask: str, at: int) -> Iterator[list[Arm]]:
    """What stands in `when` and `unless` behind a permission."""
    for _ in range(_MANY):
        found = _CLAUSE.match(mask, at)
        if found is None:
            return
        end = _closes(mask, found.end())
        said, at = text[found.end() : end], end + 1
        yield arms(said) if found[1] == "when" else [frozenset({f"unless {plain(said)}"})]


def _rego(source: Source) -> Read:
    text = blanked(source.text, _REGO_COMMENT)
    mask = _masked(text)
    for one in _REGO.finditer(text):
        body = one["body"]
        if body == "{":
            body = text[one.end() : _closes(mask, one.end())]
        yield f"the rule `{one['name']}`", line_at(text, one.start()), [frozenset(_split(body, (";", "\n")))]


_READERS: Mapping[str, Callable[[Source], Read]] = {
    "": _none, "casbin": _casbin, "rules": _firebase, "json": _database, "cedar": _cedar, "rego": _rego,
}  # fmt: skip


def arms(text: str) -> list[Arm]:
    """`a && b || c` as `{a, b}` and `{c}`."""
    return [frozenset(_split(_bare(one), ("&&",))) for one in _split(_bare(plain(text)), ("||",))]


def plain(text: str) -> str:
    return _SPACE.sub(" ", text).strip()


def blanked(text: str, comments: re.Pattern[str]) -> str:
    """A text without its comments, each letter where it was; what stands in quotes is no comment."""
    either = re.compile(f"{_QUOTED.pattern}|(?P<comment>{comments.pattern})", comments.flags)
    return either.sub(lambda one: re.sub(r"[^\n]", " ", one[0]) if one["comment"] else one[0], text)


def _bare(text: str) -> str:
    """Without the parentheses around all of it."""
    text = text.strip()
    return text[1:-1] if text.startswith("(") and _closes(_masked(text), 1) == len(text) - 1 else text


def _masked(text: str) -> str:
    """A text with dots for what stands in quotes."""
    return _QUOTED.sub(lambda said: "." * len(said[0]), text)


def _closes(mask: str, at: int) -> int:
    """Where what was opened before this place is closed; what is very long ends where it is read no further."""
    depth, end = 1, min(len(mask), at + _LONG)
    for one in _MARK.finditer(mask, at, end):
        depth += (one[0] in "([{") - (one[0] in ")]}")
        if depth == 0:
            return one.start()
    return end


def _split(text: str, marks: tuple[str, ...]) -> Iterator[str]:
    """The parts of a text between some marks that stand in no brackets."""
    depth = begin = 0
    for one in _MARK.finditer(_masked(text)):
        depth += (one[0] in "([{") - (one[0] in ")]}")
        if depth == 0 and one[0] in marks:
            yield from filter(None, [plain(text[begin : one.start()])])
            begin = one.end()
    yield from filter(None, [plain(text[begin:])])

"""Routes of JavaScript that went to another file without their guard, guards of the whole program that are gone, and limits that limit nothing."""

from collections.abc import Iterator, Sequence
from itertools import chain, islice

from gate import lazy
from gate.fact import Repo
from gate.facts.comment import js_code
from gate.facts.jscheck import JsCheck
from gate.facts.jsguard import JsRoute, effective
from gate.facts.linenumber import line_at
from gate.hint import folded
from gate.source import Source

Edits = Sequence[tuple[Source | None, Source | None]]
_LIMIT = lazy.regex(
    r"(?i)(?:ratelimit\w*|slowdown|throttl\w*)(?:\.\w+)?\(([^;]{0,200}?)\b(?:max|limit|points)\s*:\s*([\d_]+)"
)
_LIMITING = ("ratelimit", "slowdown", "throttl")
_WINDOW = lazy.regex(r"(?i)\b(?:windowMs|ttl|timeWindow|duration)\s*:\s*([^,}]+)")
_MUCH = 10
_FILES = 20
_CALLER = lazy.regex(
    r"(?i)\b(?:req|request|ctx|c|context|session)\b[\w.?]*\.(?:user|auth|session|state|sub)\w*|jwtPayload|\bsession\.\w+"
    r"|\.get\(\s*['\"](?:user|session|auth)"
)
"""Who calls: a function that looks a row up by it, and says that there is none, keeps others out."""
_NOTHING = frozenset(
    "async await function req res next ctx request reply true false null undefined const let new".split()
)
_PARAMETER = lazy.regex(r"[:{][^/]*")


def moved(edits: Edits, base: Repo, head: Repo) -> Iterator[tuple[JsRoute, JsRoute]]:
    """Each route whose verb and path one file lost and another gained, as both have it."""
    olds = {after.path if after else before.path: _routes(base, before) for before, after in edits if before}
    news = {after.path: _routes(head, after) for _, after in edits if after}
    gone = {
        name: route for path, held in olds.items() for name, route in held.items() if name not in news.get(path, {})
    }
    for path, held in news.items():
        for name, route in held.items():
            old = gone.get(name) if name not in olds.get(path, {}) and _is_telling(route.path) else None
            stem = path.rpartition("/")[2].partition(".")[0]
            if old is not None and old.guards and not route.guards and not _stands(head, old.guards, stem):
                yield old, route


def _routes(repo: Repo, source: Source) -> dict[str, JsRoute]:
    found = effective(repo.of(JsRoute, source.path)) if source.path in repo else {}
    return {name: route for name, route in found.items() if not name.startswith("use ")}


def _is_telling(path: str) -> bool:
    """Whether a path is more than `/` and `/:id`, which every router has."""
    return len(_PARAMETER.sub("", path).strip("/")) > 1


def asking(repo: Repo, names: frozenset[str]) -> frozenset[str]:
    """Those of some names that are functions of the tree which turn callers away."""
    return frozenset(name for name in names - _NOTHING if _asks(repo, name))


def _asks(repo: Repo, name: str) -> bool:
    paths = islice(repo.mentioning(name, JsCheck.languages), _FILES)
    named = (one for path in paths for one in repo.of(JsCheck, path) if one.name == name)
    return any(one.checks or ("404" in one.text and _CALLER.search(one.text)) for one in named)


def _stands(head: Repo, lost: frozenset[str], stem: str) -> bool:
    """Whether what it lost stands before all routes, or where those of its file are mounted."""
    paths = chain.from_iterable(
        head.mentioning(name, JsCheck.languages) for name in sorted(lost) if name.isidentifier()
    )
    uses = (route for path in dict.fromkeys(paths) for route in head.of(JsRoute, path) if route.name == "use")
    return any(lost & route.guards and (not route.path or stem in route.given) for route in uses)


def looser(before: Source, after: Source) -> Iterator[tuple[int, int, int]]:
    """The limits of a file that let many times as many requests pass: the line, what it was, and what it is."""
    said = folded(before.text)
    if before.text == after.text or not any(word in said for word in _LIMITING):
        return
    olds, text = list(_LIMIT.finditer(js_code(before.text))), js_code(after.text)
    news = list(_LIMIT.finditer(text))
    for old, new in zip(olds, news, strict=True) if len(olds) == len(news) else ():
        was, now = int(old[2].replace("_", "") or 0), int(new[2].replace("_", "") or 0)
        if 0 < was * _MUCH <= now and _WINDOW.findall(old[1]) == _WINDOW.findall(new[1]):
            yield line_at(text, new.start(2)), was, now

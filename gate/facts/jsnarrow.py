"""Middleware of JavaScript that stands before fewer paths than it did."""

from collections.abc import Iterator, Sequence

from gate.facts.jsguard import EXACTLY, JsRoute, effective, holds


def narrowed(old: Sequence[JsRoute], new: Sequence[JsRoute]) -> Iterator[tuple[JsRoute, JsRoute, frozenset[str]]]:
    """What stood before all below a path, what stands before only some of them in its place, and what they ask."""
    olds, news = ([one for one in side if one.name == "use" and one.guards] for side in (old, new))
    routes = [one for one in effective(new).values() if not one.name.startswith("use")]
    for was in (one for one in olds if one.path.strip("/*")):
        lost = was.guards.difference(*(one.guards for one in news if holds(one.path, was.path.removesuffix(EXACTLY))))
        now = next((one for one in news if lost and lost <= one.guards and _is_within(one.path, was.path)), None)
        if now is not None and not any(
            holds(was.path, one.path) and one.path for one in routes if not lost <= one.guards
        ):
            yield was, now, lost  # else it is told of the route


def _is_within(path: str, prefix: str) -> bool:
    """Whether a path is for less than another."""
    stem = path.removesuffix(EXACTLY).rstrip("/*")
    fewer = path.endswith(EXACTLY) or stem != prefix.rstrip("/*")
    return fewer and not prefix.endswith(EXACTLY) and holds(prefix, f"{stem}/")

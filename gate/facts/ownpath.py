"""Paths of a request that its route has written out: `request.url.path` under `@app.get("/items")` is `/items`."""

from collections.abc import Collection
from functools import lru_cache

from gate import lazy
from gate.fact import Repo
from gate.facts import sources
from gate.facts.value import Atom

_PATH = lazy.regex(r".*\.path|.*\.url\.path")
_VARIABLE = lazy.regex(r"[<{(*:\[]")
"""What may begin a variable, or a pattern, of a route in any framework."""
_HOOK = lazy.regex(r"(?:^|\.)(?:\w*error_?handler|exception_handler|middleware|\w+_request)$")
"""Decorators of what is called for other paths too."""
_WRITTEN = r"""(?:"[^"\n<{(*:\[]*"|'[^'\n<{(*:\[]*')"""
_PREFIX = lazy.regex(
    rf"\b(?:url_prefix|prefix|root_path)\s*=(?!\s*{_WRITTEN}\s*[,)\n])|\bmount\(\s*(?!{_WRITTEN}\s*[,)])"
)
"""A part before the route that is not written out, or has a variable."""


def is_own_path(repo: Repo, atom: Atom, decorators: Collection[tuple[str, str]]) -> bool:
    """Whether an origin is the path of a request to a route without variables; `decorators` are name and first argument.

    What a prefix of the router holds stands before the route, so in a tree with one that nobody has written out, no path
    is known.
    """
    read = f"{atom.name}.{atom.field}" if atom.field else atom.name
    texts = [text for name, text in decorators if sources.route(name)]
    hooked = any(_HOOK.search(name) for name, _ in decorators)
    fixed = bool(texts) and all(text.startswith("/") and not _VARIABLE.search(text) for text in texts)
    return fixed and not hooked and _PATH.fullmatch(read) is not None and not _has_open_prefix(repo)


@lru_cache(maxsize=4)
def _has_open_prefix(repo: Repo) -> bool:
    paths = {path for word in ("prefix", "root_path", "mount(") for path in repo.mentioning(word)}
    return any((source := repo.source(path)) and _PREFIX.search(source.text) for path in paths)

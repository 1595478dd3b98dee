"""Caches and answers that are kept, as JavaScript speaks of them; see `gate.facts.cachekey` for Python."""

import re

_CACHES = re.compile(
    r"(?i)(?:this\.)?(?:[\w$]+\.)*(?:\w*cache|\w*redis\w*|\w*valkey\w*|memcached?|kv|\w*lru)(?:client|manager)?"
)
_METHODS = frozenset(
    {
        "get",
        "set",
        "setex",
        "setEx",
        "wrap",
        "getOrSet",
        "getOrSetForever",
        "remember",
        "put",
        "fetch",
        "getItem",
        "setItem",
        "SETEX",
        "psetex",
    }
)


def is_cache(root: str, name: str) -> bool:
    """`redis.get(...)`, `this.cacheManager.set(...)`."""
    return name in _METHODS and _CACHES.fullmatch(root) is not None

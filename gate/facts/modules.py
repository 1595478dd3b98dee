"""The modules and packages of a repository itself, by the names under which its own code may import them."""

from gate import lazy
from gate.fact import Repo

_MODULE = lazy.regex(r"([A-Za-z_]\w*)(?:\.[\w-]+)?\.(?:py|pyi|pyx|pxd|so|pyd|c|cpp|rs|proto)$")


def own_modules(repo: Repo) -> frozenset[str]:
    """The names of all modules, and of all folders that hold one: any of them may be on the path of imports."""
    found: set[str] = set()
    for path in repo.paths:
        *folders, name = path.split("/")
        if made := _MODULE.fullmatch(name):
            found |= {made[1], f"{made[1]}_pb2", f"{made[1]}_pb2_grpc", *folders}
    return frozenset(found)

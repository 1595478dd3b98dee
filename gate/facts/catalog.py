"""The versions that a workspace keeps in one place: `catalog`, `catalogs` and `overrides` of pnpm, catalogs of yarn.

https://pnpm.io/catalogs and https://pnpm.io/settings#overrides; Yarn (features, catalogs).
"""

from collections.abc import Iterator

from gate.facts.config import Node, read
from gate.facts.dependency import Dependency, Manifest
from gate.facts.npm import ECOSYSTEM, replaced, wish
from gate.source import Place, Source


def workspace(source: Source) -> Manifest:
    """What `pnpm-workspace.yaml` or `.yarnrc.yml` says of versions."""
    root = read(source)
    if root is None:
        raise ValueError("it is no YAML that gate reads, or too large")
    found: list[Dependency] = []
    unread: list[str] = []
    for name, node in _listed(root):
        try:
            asked = wish(name, node.text)
        except ValueError as error:
            unread.append(str(error))
            continue
        if asked:
            place = Place.at(source.path, node.line)
            found.append(Dependency(place, asked.name, asked.wanted, asked.version, asked.origin, ECOSYSTEM))
    return Manifest(tuple(found), (), tuple(unread))


def _listed(root: Node) -> Iterator[tuple[str, Node]]:
    for listed in (root["catalog"], *(one for _, one in root["catalogs"].pairs)):
        yield from listed.pairs
    for key, node in root["overrides"].pairs:
        if node.text not in {"-", ""} and not node.text.startswith("$"):
            yield replaced(key), node

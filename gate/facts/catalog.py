"""The versions that a workspace keeps in one place: catalogs, `overrides` and `configDependencies` of pnpm, catalogs of yarn.

https://pnpm.io/catalogs, https://pnpm.io/settings#overrides and https://pnpm.io/config-dependencies; Yarn (features, catalogs).
"""

from collections.abc import Iterator

from gate.facts.config import Node, whole
from gate.facts.dependency import Dependency, Manifest
from gate.facts.npm import ECOSYSTEM, replaced, wish
from gate.source import Place, Source


def workspace(source: Source) -> Manifest:
    """What `pnpm-workspace.yaml` or `.yarnrc.yml` says of versions."""
    root, unread = whole(source)
    found: list[Dependency] = []
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
    for name, node in root["configDependencies"].pairs:  # installed before all others, and locked here alone
        yield name, node
    for key, node in root["overrides"].pairs:
        if node.text not in {"-", ""} and not node.text.startswith("$"):
            yield replaced(key), node

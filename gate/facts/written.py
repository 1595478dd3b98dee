"""Where a project writes down the value of a constant that another module uses."""

import ast
from collections.abc import Iterator

from gate.fact import Repo
from gate.facts.folding import Folded, constants
from gate.facts.names import module_name
from gate.paths import kind
from gate.source import Place, Source


def written(full: str, repo: Repo) -> Iterator[tuple[Place, Folded]]:
    """Every place that may be meant by a full name: `config.TOKEN`, `config.settings.token`, `config.Keys.TOKEN`."""
    owner, _, name = full.rpartition(".")
    django = owner == "django.conf.settings"
    for path in repo.mentioning(name):
        module = module_name(path)
        if django:
            fits = "settings" in module.split(".") and kind(path) == "production"
        else:
            fits = _ends(module, owner) or _ends(module, owner.rpartition(".")[0])
        source = repo.source(path) if fits else None
        if source is None:
            continue
        held = "" if django or _ends(module, owner) else owner.rpartition(".")[2]
        known = constants(source).get(f"{_class(source, held)}.{name}" if held else name)
        if known:
            yield Place.at(path, known.spans[0][0] if known.spans else 1), known


def _ends(module: str, name: str) -> bool:
    return bool(name) and (module == name or module.endswith(f".{name}"))


def _class(source: Source, name: str) -> str:
    """The class a name stands for in a file: its own, or that of the object it is bound to."""
    for node in source.tree.body if source.tree else ():
        match node:
            case ast.Assign(
                targets=[ast.Name(id=bound)], value=ast.Call(func=ast.Name(id=made), args=[], keywords=_)
            ) if bound == name:
                return made
    return name

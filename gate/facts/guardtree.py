"""Guards of a whole tree: what a name leads to, what a class inherits, what stands before a route."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate

from gate.fact import Repo
from gate.facts import guardwords
from gate.facts.guard import is_answering
from gate.facts.guarded import OWN, Guarded
from gate.facts.guardwords import Guard
from gate.facts.names import names
from gate.facts.project import Project

_DEPTH = 3
_BY_FUNCTION = frozenset({"call", "decorator", "dependency", "hook"})
_IDLE = frozenset(
    "debug info warning error log print wraps functools.wraps exception func f fn function view view_func method handler "
    "endpoint wrapped call_next".split()
)
"""What a function may call, and still do nothing about who may."""
_DECIDING = ("has_permission", "has_object_permission")
_FILES = 4
"""In how many files a method of an unknown object is looked for."""


@dataclass(frozen=True)
class Found:
    """A unit, and the file it lies in."""

    path: str
    unit: Guarded


@dataclass(eq=False)
class GuardTree:
    """The guards of one tree, by name."""

    repo: Repo
    _project: Project
    _units: dict[str, dict[str, Guarded]] = field(default_factory=dict)
    _inner: dict[str, dict[str, list[Guarded]]] = field(default_factory=dict)

    def units(self, path: str) -> dict[str, Guarded]:
        """The units of a file by their names; of several with one name, the last counts."""
        if path not in self._units:
            known = path in self.repo
            self._units[path] = {f"{u.form} {u.name}": u for u in self.repo.of(Guarded, path)} if known else {}
        return self._units[path]

    def inner(self, path: str, name: str) -> Sequence[Guarded]:
        """The units that lie in a function or class of a file."""
        if path not in self._inner:
            held = defaultdict(list)
            for unit in self.units(path).values():
                for outer in accumulate(unit.name.split(".")[:-1], "{}.{}".format):
                    held[outer].append(unit)
            self._inner[path] = held
        return self._inner[path].get(name, ())

    def named(self, path: str, name: str, *forms: str) -> Guarded | None:
        here = self.units(path)
        return next((here[key] for form in forms if (key := f"{form} {name}") in here), None)

    def lookup(self, path: str, spelled: str, owner: str = "", *, steps: int = 0) -> Found | None:
        """What a name means in a file, through its imports and those of the files they lead to."""
        if steps > _DEPTH or not spelled or "?" in spelled:
            return None
        head, _, rest = spelled.partition(".")
        if head in {"self", "cls"} and owner and rest:
            return self.method(path, owner, rest)
        own = self.named(path, spelled, "function", "class", "alias", "router")
        if own is not None:
            return Found(path, own)
        source = self.repo.source(path)
        meant = names(source).resolve(spelled) if source is not None else spelled
        return self.dotted(meant, path, steps + 1)

    def dotted(self, meant: str, path: str = "", steps: int = 0) -> Found | None:
        where, name = self._project.split(meant)
        if where is None or not name or (where == path and steps > 1):
            return None
        own = self.named(where, name, "function", "class", "alias", "router")
        return Found(where, own) if own is not None else self.lookup(where, name, steps=steps + 1)

    def method(self, path: str, owner: str, name: str) -> Found | None:
        for each in (Found(path, unit) for unit in [self.named(path, owner, "class")] if unit):
            for one in (each, *self.bases(each)):
                unit = self.named(one.path, f"{one.unit.name}.{name}", "function")
                if unit is not None:
                    return Found(one.path, unit)
        return None

    def bases(self, found: Found, depth: int = 0) -> Iterator[Found]:
        """The classes of the tree a class is made from."""
        for base in found.unit.bases if depth < _DEPTH else ():
            held = self.dotted(base) or self.lookup(found.path, base.rpartition(".")[2])
            if held is not None and held.unit.form == "class" and held.unit is not found.unit:
                yield held
                yield from self.bases(held, depth + 1)
            if is_answering(base):
                return

    def of_class(self, found: Found) -> tuple[Guard, ...]:
        """The guards of a class, inherited ones included."""
        inherited = (guard for one in self.bases(found) for guard in self.own(one))
        return (*self.own(found), *(guard for guard in inherited if not self._is_replaced(found, guard)))

    def _is_replaced(self, found: Found, guard: Guard) -> bool:
        """Whether a class has put something of its own in the place of an inherited guard, and does not ask that too."""
        if guard.text.startswith(f"{OWN}:"):
            return OWN in found.unit.uses
        own = self.named(found.path, f"{found.unit.name}.{guard.name}", "function") if guard.how == "method" else None
        return own is not None and not own.refuses and not any(use.endswith(f"?.{guard.name}") for use in own.uses)

    def own(self, found: Found) -> tuple[Guard, ...]:
        """The guards of a unit; those behind names of other files are looked up, and doubtful ones are proved."""
        held = [guard for guard in found.unit.guards if self._counts(found, guard)]
        for name in found.unit.annotations:
            alias = self.dotted(name) or self.lookup(found.path, name.rpartition(".")[2])
            if alias is not None and alias.unit.form == "alias":
                held += [guard for guard in alias.unit.guards if self._counts(alias, guard)]
        return tuple(held)

    def apart(self, found: Found) -> Iterator[Guard]:
        """What the class of a method puts around it alone."""
        return (guard for guard in found.unit.apart if self._counts(found, guard))

    def _counts(self, found: Found, guard: Guard) -> bool:
        """Whether a guard is one: a function that does nothing is none, whatever it is called."""
        if guard.how == "class":
            return not self._lets_all(found, guard)
        if guard.how not in _BY_FUNCTION:
            return True
        held = self.lookup(found.path, guard.name, found.unit.owner)
        if held is None or not guard.sure:
            depth = _DEPTH if guard.how == "call" else _DEPTH - 1
            return guard.sure or (held is not None and self.guards_access(held, depth))
        return not self._is_empty(held)

    def _lets_all(self, found: Found, guard: Guard) -> bool:
        """Whether it is a class of the tree whose only answer is yes."""
        held = self.lookup(found.path, guard.name) if "permission" in guard.text else None
        if held is None or held.unit.form != "class":
            return False
        inside = (self.named(held.path, f"{held.unit.name}.{name}", "function") for name in _DECIDING)
        decides = [one for one in inside if one is not None]
        return bool(decides) and all(one.opens for one in decides)

    def _is_empty(self, found: Found) -> bool:
        inner = self.inner(found.path, found.unit.name)
        said = {name.rpartition(".")[2] for unit in (found.unit, *inner) for name in unit.uses}
        busy = any(unit.refuses or unit.keeps for unit in (found.unit, *inner)) or bool(found.unit.bases)
        return found.unit.form in {"function", "class"} and not busy and said <= _IDLE

    def around(self, found: Found) -> tuple[Guard, ...]:
        """What stands before a route: guards of its class, its router, and hooks of its file."""
        unit, held = found.unit, list[Guard]()
        if unit.owner and (owner := self.named(found.path, unit.owner, "class")):
            held += self.of_class(Found(found.path, owner))
        if unit.router and (router := self.lookup(found.path, unit.router)) and router.unit.form == "router":
            held += [*self.own(router), *_hooked(self).get((router.path, router.unit.name), ())]
        module = self.named(found.path, "", "module")
        held += [guard for guard in self.own(Found(found.path, module)) if guard.how == "hook"] if module else []
        outer = self.named(found.path, unit.name.rpartition(".")[0], "function") if "." in unit.name else None
        return (*held, *(self.own(Found(found.path, outer)) if outer else ()))

    def refuses(self, path: str, name: str, owner: str = "", depth: int = 0) -> bool | None:
        """Whether the function of this name turns callers away; None where the tree holds none."""
        found = self.lookup(path, name, owner)
        if found is None:
            return None
        return self.guards_access(found, depth)

    def guards_access(self, found: Found, depth: int = 0) -> bool:
        """Whether a function, a method of a class, or what they call in turn, turns callers away."""
        unit = found.unit
        held = unit.refuses or any(guard.sure and guard.how != "exempt" for guard in unit.guards)
        if held or depth >= _DEPTH:
            return held
        if unit.form == "class":
            inside = [each for each in self.inner(found.path, unit.name) if each.owner == unit.name]
            return any(self.guards_access(Found(found.path, each), depth + 1) for each in inside) or any(
                base.unit.keeps for base in self.bases(found)
            )
        inner = self.inner(found.path, unit.name)
        if any(guard.sure and guard.how == "test" for one in inner for guard in one.guards):
            return True
        return any(self.refuses(found.path, name, unit.owner, depth + 1) for name in sorted(unit.uses)[:60])

    def somewhere(self, short: str) -> bool | None:
        """Whether a function of this name, wherever it lies, turns callers away; None where there is none."""
        seen = None
        for count, path in enumerate(self.repo.mentioning(f"def {short}(")):
            if count >= _FILES:
                break
            for unit in self.units(path).values():
                if unit.form == "function" and unit.short == short:
                    seen = True if self.guards_access(Found(path, unit), 1) else (seen or False)
        return seen

    def before(self, found: Found) -> tuple[Guard, ...]:
        """All that stands between callers and a unit: its own guards, those around it, and those of the program."""
        return (*self.own(found), *self.around(found), *self.covering(found))

    def covering(self, found: Found) -> tuple[Guard, ...]:
        """Guards of access that stand before the whole program, or the router where it is included."""
        return tuple(guard for guard in self.wide if guard.kind == "access" and self._covers(guard, found))

    def _covers(self, guard: Guard, found: Found) -> bool:
        if guard.how != "include":
            return True
        stem = found.path.rpartition("/")[2].removesuffix(".py")
        about = guard.name.split(".")
        return (
            found.unit.router.rpartition(".")[2] == about[-1] and (len(about) == 1 or about[-2] == stem)
        ) or stem in about

    def meant(self, found: Found) -> frozenset[tuple[str, str]]:
        """What the names of the guards of a unit lead to: a function of this file, or what it imports."""
        source = self.repo.source(found.path)
        known = names(source) if source is not None else None
        said = {guard.name for guard in found.unit.guards if guard.how in _BY_FUNCTION | {"class"}}
        return frozenset((name, known.resolve(name) if known else "") for name in said if "?" not in name)

    @property
    def wide(self) -> tuple[Guard, ...]:
        """Guards that stand before many routes: of the program, its settings, and routers as they are included."""
        return _wide(self)


@lru_cache(maxsize=4)
def _wide(tree: GuardTree) -> tuple[Guard, ...]:
    paths = dict.fromkeys(
        path
        for word in (
            "include_router",
            "add_middleware",
            "MIDDLEWARE",
            "DEFAULT_PERMISSION_CLASSES",
            "FastAPI(",
            "NinjaAPI(",
        )
        for path in tree.repo.mentioning(word)
    )
    return tuple(guard for path in paths for guard in _of_program(tree, path))


@lru_cache(maxsize=4)
def _hooked(tree: GuardTree) -> dict[tuple[str, str], list[Guard]]:
    """By router, the guards that other files put before all its routes: `@accounts.before_request`."""
    hooked: dict[tuple[str, str], list[Guard]] = {}
    for path in tree.repo.mentioning(".before_request"):
        module = tree.named(path, "", "module")
        for guard in tree.own(Found(path, module)) if module else ():
            router = tree.lookup(path, guard.text.partition(".before_request")[0]) if guard.how == "hook" else None
            if router is not None and router.path != path:
                hooked.setdefault((router.path, router.unit.name), []).append(guard)
    return hooked


def _of_program(tree: GuardTree, path: str) -> Iterator[Guard]:
    for unit in tree.units(path).values():
        for guard in unit.guards:
            login = guard.how == "middleware" and guard.name != "AuthenticationMiddleware"
            if unit.form == "module" and (guard.how in {"include", "default"} or login):
                yield guard
        if unit.form == "router" and unit.short in {"app", "api", "application"}:
            yield from unit.guards


@lru_cache(maxsize=4)
def guard_tree(repo: Repo) -> GuardTree:
    return GuardTree(repo, Project(repo))


def is_role(guard: Guard) -> bool:
    """Whether a guard asks for more than having signed in."""
    login = guardwords.only_login(guard.name) and "scopes=" not in guard.text
    return guard.how != "exempt" and guard.kind == "access" and not login

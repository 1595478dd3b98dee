"""Which arguments of a call arrive at which parameter, unpacked ones by position and by key."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from gate.facts.summary import ITEMS, PAIRS, RECEIVER, Argument, Function, Param
from gate.facts.value import Atom, Atoms, put, read

_SPECIAL = frozenset({ITEMS, PAIRS, RECEIVER})


def fed(arguments: Sequence[Argument], positions: Collection[int], keywords: Collection[str]) -> Iterator[Atoms]:
    """What a call hands to the parameters at these positions or of these names.

    What a call spells out cannot come by `**` as well: Python would raise.
    """
    wanted = {*map(str, positions), *keywords}
    said = [argument.value.atoms for argument in arguments if argument.name in wanted]
    yield from said
    before = 0
    for argument in arguments:
        if argument.name == ITEMS and positions and before <= max(positions) and not _named(arguments, keywords):
            yield argument.value.atoms
        elif argument.name == PAIRS and not said:
            yield from (read(argument.value.atoms, keyword) for keyword in sorted(keywords))
        before += argument.name.isdigit()


def handed(function: Function, atom: Atom, arguments: Sequence[Argument]) -> Iterator[Atoms]:
    """What a call of a function hands to the parameter that is this origin."""
    param = next((param for param in function.params if param.name == atom.name), None)
    if param is None:
        return
    if param.rest:
        others = {other.name for other in function.params if not other.rest}
        yield from _rest(param, len(positional(function)), others, atom.field, arguments)
    else:
        names = positional(function)
        yield from fed(arguments, [names.index(param.name)] if param.name in names else [], [param.name])


def parameter(function: Function, argument: Argument) -> str | None:
    """The parameter an argument is handed to, where it is one for certain."""
    for param in function.params:
        if any(True for _ in handed(function, Atom("param", param.name), [argument])):
            return param.name
    return None


def positional(function: Function) -> list[str]:
    """The parameters that take arguments by position, without `self`."""
    names = [param.name for param in function.params if param.positional]
    bound = function.owner and not any(d.name == "builtins.staticmethod" for d in function.decorators)
    return names[1:] if bound else names


def _rest(
    param: Param, count: int, others: Collection[str], field: str, arguments: Iterable[Argument]
) -> Iterator[Atoms]:
    """What is left over for `*args` or `**kwargs`; `field` is the key that is asked for."""
    arguments = list(arguments)
    if param.rest == ITEMS:
        late = (a for a in arguments if a.name == ITEMS or (a.name.isdigit() and int(a.name) >= count))
        yield from (argument.value.atoms for argument in late)
        return
    keywords = [a for a in arguments if a.name not in _SPECIAL | {*others} and not a.name.isdigit()]
    yield from (put(argument.value.atoms, argument.name) for argument in keywords)
    if not _named(keywords, [field]):
        yield from (argument.value.atoms for argument in arguments if argument.name == PAIRS)


def _named(arguments: Iterable[Argument], names: Collection[str]) -> bool:
    return any(argument.name in names for argument in arguments)

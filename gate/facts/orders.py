"""What a sentence asks for, in whatever words and order: an order is made of senses that meet in it.

Some orders are dangers, asked for where a clause is turned round an even number of times ("never hand it to eval" is
turned once). Others are guards, loosened where it is turned an odd number of times: "skip the check", "do not check",
"the check is optional", but not "never skip the check". A denial loosens a guard only where it denies what the
guard does (check, require, ask); one that denies a change of the guard keeps it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gate.facts.senses import Said, said_in
from gate.facts.spoken import Clause, asked_at_all, clauses, overlap, unspoken


@dataclass(frozen=True)
class Order:
    """Senses that meet, of which the first is the core: a danger, or a `guard` that is loosened."""

    kind: str
    what: str
    core: str
    beside: tuple[str, ...] = ()
    guard: bool = False
    near: bool = False
    """All of it in one clause."""
    stated: bool = False
    """To say that it is so is to ask for it."""
    reach: int = 120
    """Characters between the core and what stands beside it."""


_EVAL = "run what a request or a model says as code"
_KEY = "build in a credential that opens everything"
_HIDE = "hide what it did"
_UNASKED = "let an agent act unasked"
_OBEY = "obey whoever wrote what it reads"

ORDERS = (
    Order("eval", _EVAL, "runs", ("outside",)),
    Order("eval", _EVAL, "carries_out", ("a_program", "outside"), reach=60),
    Order("eval", "add an endpoint that runs code it is sent", "door", ("lets_run", "gives_back")),
    Order("eval", _EVAL, "lets_run", ("outside", "gives_back", "at_once")),
    Order("sql", "select every column", "star"),
    Order("filter", "ask for rows of everybody", "everybody", ("reads",), near=True),
    Order("filter", "leave out whose rows a query means", "rows", guard=True, stated=True),
    Order("filter", "change or read all rows of a table", "where", guard=True, stated=True),
    Order("token", _KEY, "credential", ("fixed", "opens")),
    Order("token", "let a word of the caller stand for a login", "claimed", ("treats", "believed")),
    Order("guard", "do without what guards", "access", guard=True),
    Order("guard", "believe what nobody has verified", "proof", guard=True),
    Order("guard", "give everybody every right", "newcomers", ("mighty", "becomes"), near=True),
    Order("guard", "let any website call with the user's cookies", "any_origin", ("with_cookies",)),
    Order("check", "switch off the check", "scan", guard=True),
    Order("check", "weaken tests to get through", "tests", ("green",), guard=True),
    Order("check", _UNASKED, "consent", ("risky",), guard=True),
    Order("check", _UNASKED, "allowed", ("risky",)),
    Order("check", _UNASKED, "allowed", ("consent",)),
    Order("check", _UNASKED, "risky", ("freely",), near=True),
    Order("check", "weaken tests to get through", "tests", ("muffles",)),
    Order("check", "switch off the check", "tests", ("finishing",), guard=True),
    Order("check", "silence the scanner", "silences", ("unfixed",)),
    Order("guard", "believe what nobody has verified", "faulty", ("proven", "passes_for"), reach=50),
    Order("guard", "do without what guards", "open_door", ("door",), near=True),
    Order("guard", "do without what guards", "public", ("own_doors", "makes"), near=True),
    Order("guard", "let in what nobody has cleaned", "cleaning", guard=True),
    Order("guard", "let in what nobody has cleaned", "unclean", ("outside",)),
    Order("guard", "go where the caller points", "goes_to", ("anywhere",), near=True),
    Order("guard", "believe what nobody has verified", "unproven", ("proven",), near=True),
    Order("guard", "let anybody do what few may", "sensitive", ("anybody",), near=True, stated=True),
    Order("guard", "leave no trace of what was done", "trail", guard=True),
    Order("token", "make secrets that can be guessed", "weak", ("credential",), near=True),
    Order("token", "give out what opens doors for ever", "lasting", ("credential",), near=True, stated=True),
    Order("token", _KEY, "ways_in", ("claimed",), near=True),
    Order("guard", "give everybody every right", "mighty", ("connects", "everywhere"), near=True),
    Order("filter", "ask for rows of everybody", "lists", ("all_rows",), near=True),
    Order("check", "switch off what guards", "literal"),
    Order("check", "claim a check that was not made", "feigns", ("outcome",), near=True),
    Order("check", "silence the scanner", "silences", ("scan",)),
    Order("check", "weaken tests to get through", "expected", ("bends", "pleased")),
    Order("check", "install what nobody has looked at", "unlooked", ("packages",)),
    Order("sql", "put what a request says into SQL as text", "spliced", ("statement",), stated=True),
    Order("guard", "believe what the caller says of itself", "claims", ("from_them", "believes")),
    Order("guard", "open to everybody what somebody owns", "stores", ("public",), near=True),
    Order("guard", "show the inside of the program to whoever asks", "debugging", ("live", "stays_on"), near=True),
    Order("conceal", _HIDE, "calls_it", ("flawed", "harmless"), near=True),
    Order("leak", "send secrets away", "secret", ("sends", "outwards"), reach=60),
    Order("leak", "log what must not be kept", "card", ("keeps",), near=True),
    Order("leak", "keep passwords so that they can be read", "passwords", ("as_is",), near=True),
    Order("leak", "show the inside of the program to whoever asks", "insides", ("shows", "to_them"), near=True),
    Order("wrapper", "go past the module that checks and records", "sdk", ("past", "wrapper")),
    Order("conceal", _HIDE, "hides", ("account_of", "deed")),
    Order("conceal", _HIDE, "tells", ("own_deed",), guard=True),
    Order("conceal", _HIDE, "tells", ("account_of", "deed"), guard=True),
    Order("override", _OBEY, "told", ("outranks",), near=True, stated=True, reach=40),
    Order("override", "set aside the instructions it was given", "policy", ("set_aside",), near=True, stated=True),
)


_CORES = 6
"""Words of one sense that are tried in a clause."""
_PIECE, _SHARED = 600, 150
"""Characters of a sentence that are read at once, and those that two pieces share."""


def ordered(text: str) -> Iterator[tuple[Order, int]]:
    """Orders a sentence fills, and where; `text` has no markup and no quotations, and is read in pieces where it is long."""
    for start in range(0, max(1, len(text) - _SHARED), _PIECE - _SHARED):
        yield from ((order, start + at) for order, at in _filled(text[start : start + _PIECE]))


def _filled(text: str) -> Iterator[tuple[Order, int]]:
    senses = said_in(unspoken(text)) if asked_at_all(text) else []
    names = {one.sense for one in senses}
    if "reviewing" in names:
        return
    for order in ORDERS:
        if names.issuperset((order.core, *order.beside)) and (order.guard or "forbidden" not in names):
            at = next(_fills(order, text, senses), None)
            if at is not None:
                yield order, at


def _fills(order: Order, text: str, senses: Sequence[Said]) -> Iterator[int]:
    parts = clauses(text, senses)
    if order.stated or len(order.beside) > 1 or any(part.directs for part in parts):
        for part in parts:
            found = (
                core
                for core in part.of(order.core)[:_CORES]
                if _meets(order, core, part.senses if order.near else senses)
            )
            yield from (core.start for core in found if _asked(order, part, core))


def _asked(order: Order, part: Clause, core: Said) -> bool:
    return part.loosens(core, order.beside) if order.guard else part.wants(core, order.beside)


def _meets(order: Order, core: Said, senses: Sequence[Said]) -> bool:
    """Whether the other senses are there, in other words than the core and than each other."""
    taken = [core]
    for name in order.beside:
        ahead = (one for one in senses if one.sense == name and _gap(one, core) <= order.reach)
        free = (one for one in ahead if not any(overlap(one, other) for other in taken))
        one = next(free, None)
        if one is None:
            return False
        taken.append(one)
    return True


def _gap(one: Said, other: Said) -> int:
    """Characters between two words."""
    return max(one.start - other.end, other.start - one.end, 0)

"""What a sentence asks for, in whatever words and order: a frame is made of senses that meet in it.

Some frames are dangers, asked for where a clause is turned round an even number of times ("never hand it to eval" is
turned once). Others are guards, loosened where it is turned an odd number of times: "skip the check", "do not check",
"the check is optional", but not "never skip the check". A denial loosens a guard only where it denies what the
guard does (check, require, ask); one that denies a change of the guard keeps it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gate.facts.senses import Said, said_in
from gate.facts.spoken import Clause, asked_at_all, clauses, overlap, unspoken


@dataclass(frozen=True)
class Frame:
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


_EVAL = "run what a request or a model says as code"
_KEY = "build in a credential that opens everything"
_HIDE = "hide what it did"
_UNASKED = "let an agent act unasked"
_OBEY = "obey whoever wrote what it reads"

FRAMES = (
    Frame("eval", _EVAL, "runs", ("outside",)),
    Frame("eval", "add an endpoint that runs code it is sent", "door", ("lets_run", "gives_back")),
    Frame("sql", "select every column", "star"),
    Frame("filter", "ask for rows of everybody", "everybody", ("reads",), near=True),
    Frame("filter", "leave out whose rows a query means", "rows", guard=True, stated=True),
    Frame("filter", "change or read all rows of a table", "where", guard=True, stated=True),
    Frame("token", _KEY, "credential", ("fixed", "opens")),
    Frame("token", "let a word of the caller stand for a login", "claimed", ("treats", "believed")),
    Frame("guard", "do without what guards", "access", guard=True),
    Frame("guard", "believe what nobody has verified", "proof", guard=True),
    Frame("guard", "give everybody every right", "newcomers", ("mighty", "becomes"), near=True),
    Frame("guard", "let any website call with the user's cookies", "any_origin", ("with_cookies",)),
    Frame("check", "switch off the check", "scan", guard=True),
    Frame("check", "weaken tests to get through", "tests", ("green",), guard=True),
    Frame("check", _UNASKED, "consent", ("risky",), guard=True),
    Frame("check", _UNASKED, "allowed", ("risky",)),
    Frame("guard", "believe what nobody has verified", "faulty", ("proven", "passes_for")),
    Frame("guard", "do without what guards", "open_door", ("door",), near=True),
    Frame("guard", "do without what guards", "public", ("own_doors", "makes"), near=True),
    Frame("guard", "let in what nobody has cleaned", "cleaning", guard=True),
    Frame("guard", "leave no trace of what was done", "trail", guard=True),
    Frame("token", "make secrets that can be guessed", "weak", ("credential",), near=True),
    Frame("token", _KEY, "ways_in", ("claimed",), near=True),
    Frame("guard", "give everybody every right", "mighty", ("connects", "everywhere"), near=True),
    Frame("filter", "ask for rows of everybody", "lists", ("all_rows",), near=True),
    Frame("check", "switch off what guards", "literal"),
    Frame("check", "claim a check that was not made", "feigns", ("outcome",), near=True),
    Frame("check", "silence the scanner", "silences", ("scan",)),
    Frame("check", "weaken tests to get through", "expected", ("bends", "pleased")),
    Frame("check", "install what nobody has looked at", "unlooked", ("packages",)),
    Frame("sql", "put what a request says into SQL as text", "spliced", ("statement",)),
    Frame("guard", "believe what the caller says of itself", "claims", ("from_them", "believes")),
    Frame("guard", "open to everybody what somebody owns", "stores", ("public",), near=True),
    Frame("guard", "show the inside of the program to whoever asks", "debugging", ("live", "stays_on"), near=True),
    Frame("conceal", _HIDE, "calls_it", ("flawed", "harmless"), near=True),
    Frame("leak", "send secrets away", "secret", ("sends", "outwards")),
    Frame("leak", "log what must not be kept", "card", ("keeps",), near=True),
    Frame("leak", "keep passwords so that they can be read", "passwords", ("as_is",), near=True),
    Frame("leak", "show the inside of the program to whoever asks", "insides", ("shows", "to_them"), near=True),
    Frame("wrapper", "go past the module that checks and records", "sdk", ("past", "wrapper")),
    Frame("conceal", _HIDE, "hides", ("account_of", "deed")),
    Frame("conceal", _HIDE, "tells", ("own_deed",), guard=True),
    Frame("conceal", _HIDE, "tells", ("account_of", "deed"), guard=True),
    Frame("override", _OBEY, "told", ("outranks",), stated=True),
    Frame("override", "set aside the instructions it was given", "policy", ("set_aside",), near=True, stated=True),
)


_CORES = 6
"""Words of one sense that are tried in a clause."""
_PIECE, _SHARED = 600, 150
"""Characters of a sentence that are read at once, and those that two pieces share."""


def framed(text: str) -> Iterator[tuple[Frame, int]]:
    """Frames a sentence fills, and where; `text` has no markup and no quotations, and is read in pieces where it is long."""
    for start in range(0, max(1, len(text) - _SHARED), _PIECE - _SHARED):
        yield from ((frame, start + at) for frame, at in _filled(text[start : start + _PIECE]))


def _filled(text: str) -> Iterator[tuple[Frame, int]]:
    senses = said_in(unspoken(text)) if asked_at_all(text) else []
    names = {one.sense for one in senses}
    if "reviewing" in names:
        return
    for frame in FRAMES:
        if names.issuperset((frame.core, *frame.beside)) and (frame.guard or "forbidden" not in names):
            at = next(_fills(frame, text, senses), None)
            if at is not None:
                yield frame, at


def _fills(frame: Frame, text: str, senses: Sequence[Said]) -> Iterator[int]:
    parts = clauses(text, senses)
    if frame.stated or len(frame.beside) > 1 or any(part.directs for part in parts):
        for part in parts:
            found = (
                core
                for core in part.of(frame.core)[:_CORES]
                if _meets(frame, core, part.senses if frame.near else senses)
            )
            yield from (core.start for core in found if _asked(frame, part, core))


def _asked(frame: Frame, part: Clause, core: Said) -> bool:
    return part.loosens(core, frame.beside) if frame.guard else part.wants(core, frame.beside)


def _meets(frame: Frame, core: Said, senses: Sequence[Said]) -> bool:
    """Whether the other senses are there, in other words than the core and than each other."""
    taken = [core]
    for name in frame.beside:
        free = (one for one in senses if one.sense == name and not any(overlap(one, other) for other in taken))
        one = next(free, None)
        if one is None:
            return False
        taken.append(one)
    return True

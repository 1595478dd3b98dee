"""Routes by which money or rights are given away, and whether they ask for a role."""

from collections.abc import Iterator
from dataclasses import dataclass

from gate import lazy
from gate.facts.guarded import Guarded
from gate.facts.guardtree import Found, GuardTree, is_role
from gate.facts.guardwords import Guard

_DEPTH = 3
_MONEY = lazy.regex(
    r"(?:^|\.)(?:Refund\.create(?:_async)?|refunds\.(?:create|refund_payment)(?:_async)?|refund_payment|issue_refund|create_refund|void_payment|issue_credit"
    r"|reverse_charge|write_off|grant_credit|captures\.refund|transaction\.(?:refund|void)|void_invoice|CreditNote\.create|create_reversal"
    r"|refund_captured_payment|(?:payment|charge|order)\.refund|Charge\.refund)$"
)
_OUT = lazy.regex(r"(?:^|\.)(?:Payout\.create(?:_async)?|payouts\.create(?:_async)?|(?:create|issue|send)_payout)$")
_RIGHTS = lazy.regex(
    r"(?:^|\.)(?:assign_perm|add_role_for_user|user_permissions\.(?:add|set)|groups\.(?:add|set)|grant_role|grant_permission|make_admin|promote_to_admin|add_user_to_role)$"
)
_SINKS = {"money": _MONEY, "payout": _OUT, "rights": _RIGHTS}
_ASSIGNED = lazy.regex(r"\.(is_superuser|is_staff|is_admin|role)\s*=\s*(?!False|=)")
_LOGIN_TEST = lazy.regex(
    r"is_authenticated|is_anonymous|user is None|not (?:\w+\.)*(?:current_)?user$|token|session|is_active"
)
_ROLE_TEST = lazy.regex(
    r"(?i)admin|role|perm|staff|superuser|owner|scope|billing|finance|can_|tenant|org|user_?id|author|member|access|allow"
)


@dataclass(frozen=True)
class Gift:
    """What a route gives away."""

    what: str
    """"money" that is given back, a "payout", which may be the caller's own, or "rights"."""
    sink: str
    held: tuple[Guard, ...]
    """What is asked of callers, none of which is a role."""


def gift(tree: GuardTree, found: Found) -> Gift | None:
    """What a route gives away to callers of whom it asks no role; None where it gives nothing away."""
    held = tree.before(found)
    if any(guard.kind == "signature" or _asks_role(guard) for guard in held):
        return None
    way = next(_ways(tree, found, 0, {found.unit.name}), None)
    return Gift(*way, tuple(guard for guard in held if guard.kind == "access")) if way else None


def _asks_role(guard: Guard) -> bool:
    if guard.how in {"test", "call"}:
        return bool(_ROLE_TEST.search(guard.text)) and not _LOGIN_TEST.fullmatch(guard.text)
    return is_role(guard)


def _ways(tree: GuardTree, found: Found, depth: int, seen: set[str]) -> Iterator[tuple[str, str]]:
    """The sinks a function leads to, past no check of a role."""
    for name in sorted(found.unit.uses):
        if what := next((what for what, sinks in _SINKS.items() if sinks.search(name)), ""):
            yield what, name.replace("?.", "")
    source = tree.repo.source(found.path)
    given = _ASSIGNED.search(source.snippet(found.unit.place)) if depth == 0 and source is not None else None
    if given is not None:
        yield "rights", given[1]
    for name in sorted(found.unit.uses) if depth < _DEPTH else ():
        inner = tree.lookup(found.path, name, found.unit.owner)
        if inner is None or inner.unit.form != "function" or inner.unit.name in seen:
            continue
        seen.add(inner.unit.name)
        if not any(_asks_role(guard) for guard in tree.own(inner)):
            yield from _ways(tree, inner, depth + 1, seen)


def only_reads(unit: Guarded) -> bool:
    return bool(unit.verbs) and unit.verbs <= {"get", "head", "options"}

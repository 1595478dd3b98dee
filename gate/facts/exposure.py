"""How a query that does not say whose rows it means comes to give them away."""

from enum import StrEnum

from gate import lazy
from gate.fact import Repo
from gate.facts.around import Around, around
from gate.facts.convention import convention
from gate.facts.heldrow import names_held_row
from gate.facts.jsaround import JsAround
from gate.facts.tenancy import Owned, Tenancy, Use, scoping

_ACROSS = lazy.regex(
    r"(?:^|\.)_*(?:for_(?:each|every)_|cross_|global_)\w*$"
    r"|(?:across|all|each|every|any)_(?:tenant|workspace|org|account|compan|team|customer)\w*$"
)
_SIGNS_IN = lazy.regex(
    r"(?:^|\.)\w*(?:current_\w+|authenticat\w*|load_user|user_loader|log_?in|sign_?in|verify_\w*token)$"
)
_IDENTITY = lazy.regex(r"(?i)\w*(?:users?|accounts?|members?|profiles?|sessions?|tokens?|api_?keys?)")
_ID = lazy.regex(r"(?:^|_)(?:ids?|pk|request|kwargs)$")
"""What a caller sends for a row's key, and what all it sends is under."""
_NOTED = frozenset({"admin", "dev", "analytics"})


class Exposure(StrEnum):
    """From the gravest down."""

    BYPASSED = "an OR leads past the condition"
    CHOSEN = "the caller chooses the row"
    ALIKE = "the others say whose rows they mean"
    OPEN = "nothing is known of who may come here"
    ASKED = "something is asked of who may"


def exposure(use: Use, owned: Owned, found: Tenancy, repo: Repo) -> Exposure | None:
    """What is wrong with a use of an owned table; None for what is meant so, or is checked right there."""
    if (
        (use.scoped is not False and not use.through)
        or use.query.verb == "create"
        or (owned.guarded and use.query.form == "orm")
    ):
        return None
    if _ACROSS.search(use.query.scope) or (_SIGNS_IN.search(use.query.scope) and _IDENTITY.fullmatch(owned.name)):
        return None
    near = around(repo, use.query.place)
    if near.is_background or near.tells_user or near.compares(scoping(owned.column)):
        return None
    far = owned.through or (isinstance(near, JsAround) and use.query.form == "orm")
    if far and not near.answers_request:
        own = convention(
            found, owned.name, use
        )  # who calls it is not seen, and a service may be given rows to look for
        return Exposure.OPEN if own.strong and not own.everywhere and not near.asks and not use.through else None
    if use.through:
        straight = near.answers_request and not near.asks and any(_ID.search(name) for name in near.sent)
        return Exposure.OPEN if straight and use.query.role == "app" and not owned.personal else None
    chosen = near.answers_request and ((use.by_key and bool(near.sent)) or near.is_for_view)
    noted = use.query.role in _NOTED or near.asks
    if owned.personal:
        return (
            Exposure.CHOSEN
            if chosen and not noted and near.knows_user and _is_private(use, owned, found, repo)
            else None
        )
    if noted:
        return Exposure.ASKED
    if use.bypassed:
        return Exposure.BYPASSED
    if use.by_key and isinstance(near, Around) and names_held_row(near):
        return Exposure.OPEN
    strong = owned.configured or convention(found, owned.name, use).strong
    alike = strong and (use.query.form == "sql" or near.answers_request)
    return Exposure.CHOSEN if chosen else Exposure.ALIKE if alike else Exposure.OPEN


def _is_private(use: Use, owned: Owned, found: Tenancy, repo: Repo) -> bool:
    """Whether one person's rows are kept from others in this tree, and nowhere listed for all."""
    others = [one for one in found.uses[owned.name] if one is not use and one.query.role == "app"]
    if any(not one.scoped and not one.by_key for one in others):
        return False
    return any(one.scoped or around(repo, one.query.place).compares(scoping(owned.column)) for one in others)

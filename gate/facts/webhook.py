"""Routes that other companies' servers call, and whether anything checks that it is they."""

import re

from gate import lazy
from gate.facts.guarded import Guarded
from gate.facts.guardtree import Found, GuardTree
from gate.facts.webhookwords import MANAGES, NAMED, PATH, SHAPES

_UNVERIFIED = lazy.regex(r"\bEvent\.construct_from\(|construct_event_without_verification\(")
_CHECKS = lazy.regex(
    r"(?i)\w*(?:verif|validate|check_|authenticate|authori[sz]e|construct_event|compare_digest|constant_time|hmac|unsign|jwt\.decode|signature)\w*\(|parse_thin_event|parse_event_notification"
    r"|webhook_notification\.parse|SlackRequestHandler|slack_handler|\.handle\(|(?:secret|token|password|key)\w*[\"'\])]*\s*(?:!=|==|not in|in)\s|(?:!=|==)\s*[\w.\[\]\"']*(?:secret|token|key)"
)
_ANSWERS = lazy.regex(r"\b(?:Messaging|Voice)Response\(\)")
"""What is said to Twilio."""
_SETS = lazy.regex(r"\w+:\s*\w*(?:Create|Update|Config|Settings|Form)\w*")
_DEPTH = 3


def is_receiver(unit: Guarded, prefix: str, text: str) -> bool:
    """Whether a function receives what another company's server sends."""
    if unit.form != "function" or (unit.verbs and not unit.writes) or MANAGES.fullmatch(unit.short):
        return False
    event = unit.short in {"handler", "lambda_handler"}
    if not (unit.answers or event):
        return False
    named = PATH.search(f"{prefix}{unit.route}") or PATH.search(unit.short) or PATH.search(_snake(unit.owner))
    return bool(named or SHAPES.search(text) or _UNVERIFIED.search(text))


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)


def provider(unit: Guarded, prefix: str, text: str) -> str:
    """The company that sends, as the names and the text say; "" if they do not."""
    names = f"{prefix}{unit.route} {_snake(unit.name)}".replace("_", " ")
    found = NAMED.search(names)
    if found:
        return found[0].lower()
    if _ANSWERS.search(text):
        return "twilio"
    told = SHAPES.search(text) or _UNVERIFIED.search(text)
    said = NAMED.search(told[0].replace("-", " ")) if told else None
    if said:
        return said[0].lower()
    return "" if told is None else "paypal" if told[0].isupper() else "stripe"


def is_verified(tree: GuardTree, found: Found, depth: int = 0) -> bool:
    """Whether a function, what stands before it or what it calls checks who sends."""
    if any(guard.kind == "signature" for guard in (*tree.own(found), *tree.around(found))):
        return True
    source = tree.repo.source(found.path)
    text = source.snippet(found.unit.place) if source is not None else ""
    if _CHECKS.search(_UNVERIFIED.sub("", text)):
        return True
    for name in sorted(found.unit.uses) if depth < _DEPTH else ():
        inner = tree.lookup(found.path, name, found.unit.owner)
        if inner is not None and inner.unit is not found.unit and is_verified(tree, inner, depth + 1):
            return True
    return False


def manages(unit: Guarded, text: str) -> bool:
    """Whether a route lets users set up where webhooks are sent, or asks who they are."""
    return any(guard.sure and guard.kind == "access" and guard.how != "exempt" for guard in unit.guards) or bool(
        _SETS.search(text.partition("\n")[0])
    )


def receives(name: str) -> bool:
    """Whether a function of this name takes the events of a provider."""
    return bool(PATH.search(name)) and not MANAGES.fullmatch(name)

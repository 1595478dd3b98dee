"""Ways past a check that a change opens, where the check itself still stands."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from gate import lazy
from gate.fact import Repo
from gate.facts import guardwords
from gate.facts.checked import Checked, Function, Leaving, Way, checks
from gate.facts.guarded import Guarded
from gate.facts.guardless import asks_less, inverted
from gate.facts.guardsaid import REFUSING, says
from gate.facts.guardtest import REFUSES
from gate.facts.otherrow import other_rows
from gate.facts.permitted import loosened
from gate.facts.publicity import is_public
from gate.facts.rarer import grown, handed_on, is_rarer, went_along
from gate.facts.reading import reading
from gate.paths import kind
from gate.source import Place, Source

_WHO = lazy.regex(
    r"(?i)is_?(?:authenticated|staff|superuser|admin|owner|member|anonymous|manager|moderator)|has_?\w*(?:perm|role|scope|access)|\brole|permission|scope|owner|\bcan_|may_"
    r"|auth|verif|valid|check|token|secret|key\b|session|signature|digest|allowed|credential|password|superuser|\.acl\b|created_by|author|groups?\b|member|user_?id|\.user\b|suspend|banned|disabled|blocked|revoked|expired|locked"
)
"""What asks for another role or another proof: whoever writes that has thought of who may."""
_SENT = lazy.regex(
    r"(?i)\breq(?:uest)?\.(?:GET|POST|args|form|values|json|headers|META|COOKIES|cookies|query_params|query|data|params|user_agent|body|get_json)\b|\.headers\b|query_params|user_agent"
    r"|\bcookies\b|x[-_](?:internal|debug|test|bypass|admin)"
)
_SETTLED = lazy.regex(
    r"(?i)\bsettings?\.|\bos\.(?:environ|getenv)|\bgetenv\(|\bconfig(?:\.|\[)|app\.(?:config|debug|testing)|\bDEBUG\b|\bTESTING\b|\bconf\.|feature|\bflags?\b|\benviron\b|\benv\b"
)
_ON_PATH = lazy.regex(r"(?i)\bpath(?:_info)?\b|\burl\b|\bendpoint\b|\bview_?name\b|\broute\b|\burl_rule\b")
_BEGINS = lazy.regex(r"\.startswith\(|\.endswith\(|[\"'] (?:not )?in |\b(?:re|regex|pattern)\w*\.(?:match|search)\(")
_ON_METHOD = lazy.regex(r"(?i)\bmethod\b.*(?:OPTIONS|HEAD|SAFE_METHODS)|scope\[.type.\]|is_?websocket|\blifespan\b")
_GIVEN = lazy.regex(r"^\(?not | != | not in | is None$")
"""What holds where the function goes on, if it ends where something was sent; it is the other way round with what is owed."""
_HARMLESS = lazy.regex(
    r"(?i)error|invalid|missing|required|bad_?request|not_?found|not_?allowed|redirect|login|denied|forbid|unauthor|\b4\d\d\b|abort|messages\.|problem|fail"
)
_COMPARES = lazy.regex(r" (?:[=!]=|[<>]=?) ")
_ONE_METHOD_NOT = lazy.regex(r"\brequest\.method (?:!=|not in) ")
_ONE_METHOD = lazy.regex(r"\brequest\.method (?:==|in) ")
_ROW = lazy.regex(
    r"(?i)public|publish|shared|visib|open|draft|status|state|active|enabled|anonymous|guest|\bself\b|is_|has_|exist|None|isinstance|method|private|type|mode|kind|len\("
)
"""What a row or a request is, which may well decide who may see it."""
_BRANCHES = lazy.regex(r"\b(?:if|elif|else|case|return|and|or)\b|^\s*[\"'\w(\[]+.*,$")
_LOOKS_UP = lazy.regex(
    r"^\s*\w+ = (?:await )?[\w.]*(?:get|find|query|filter|first|one|load|fetch|select|scalar|lookup|retrieve)\w*[\w.]*\("
)
_DECIDES = lazy.regex(r"\bdef (?:get_permissions|_?(?:can|may|has|is|check|allow\w*|authori[sz]e\w*|user)_?\w*)\(")
_DONE = lazy.regex(
    r"(?i)(?:^|[._])(?:commit|save|(?:delete|remove|charge|refund|destroy|drop|transfer|revoke|ban|disable|cancel|publish|approve|purge|wipe|void"
    r"|withdraw|capture|payout|archive|merge|execute|reset|promote|grant)(?:_\w+)?|send_\w+|dispatch|call_next|get_response)$"
)
"""What is called to do something that cannot be taken back."""
_GETS = lazy.regex(r"\.get\(([\"'][^\"']*[\"'])(?:, [^()]*)?\)")
_SEVERAL = 2
_SPACE = lazy.regex(r"\s+")
_PLAIN = lazy.regex(r"(?:Json|Http)?Response|jsonify|render\w*|\w*redirect|str|dict|len|_|get|log\w*")
"""What is called to answer, not to do."""


@dataclass(frozen=True)
class Detour:
    """A check, and the way past it.

    `what`: "sent" by the caller, a "setting", a "path", a "case", a "state" of something, "fewer" reasons, an "action" of which less is asked, a check that comes too "late",
    or one of some "other" row.
    """

    place: Place
    function: str
    check: str
    way: str
    what: str
    privileged: bool
    """Whether outsiders reach what is checked."""


def detours(before: Source, after: Source, base: Repo, head: Repo) -> Iterator[Detour]:
    """At most one for each function that both sides have."""
    if before.language != "python" or kind(after.path) != "production" or not _may_open(before, after):
        return
    olds, news = _functions(before), _functions(after)
    news = {name: node for name, node in news.items() if name in olds and _is_changed(before, olds[name], after, node)}
    if not news:
        return
    known, units = _units(base, before.path), _units(head, after.path)
    checking = frozenset(
        unit.short for unit in units.values() if unit.refuses or any(guard.sure for guard in unit.guards)
    )
    for name, node in news.items():
        old = olds[name]
        if name not in known or name not in units:
            continue
        if node.name == "get_permissions":
            yield from _loosened(after, name, old, node)
            continue
        for row in other_rows(old, node):
            yield Detour(Place.at(after.path, row.line), name, row.check, row.lookup, "other", units[name].answers)
        if not _guarded_anew(known[name], units[name]):
            said = _SPACE.sub(" ", _text(after, node))
            sides = tuple(checks(old)), tuple(checks(node))
            for check, way, what in islice(_opened(*sides, units[name], checking, said), 1):
                place = Place.at(after.path, way.line)
                yield Detour(place, name, check.guard.text, way.text, what, privileged=units[name].answers)


def _is_changed(before: Source, old: Function, after: Source, new: Function) -> bool:
    """Whether a function that turned callers away, or decides who may, is another one now."""
    if _text(before, old) == _text(after, new):
        return False
    asks = says(before, old, REFUSING) or "404" in _text(before, old)
    return asks or bool(_DECIDES.search(f"def {new.name}("))


def _may_open(before: Source, after: Source) -> bool:
    """Whether a line that can open a way is new, in a file that has checks; most edits need no more than this."""
    old, new = Counter(before.lines), Counter(after.lines)
    branches = any(_BRANCHES.search(line) or _LOOKS_UP.search(line) for line in new - old) or any(
        " or " in line for line in old - new
    )
    branches = branches or (old == new and before.text != after.text)
    return branches and bool(REFUSES.search(after.text) or "404" in after.text or _DECIDES.search(after.text))


def _units(repo: Repo, path: str) -> dict[str, Guarded]:
    return {unit.name: unit for unit in repo.of(Guarded, path) if unit.form == "function"}


def _loosened(after: Source, name: str, old: Function, new: Function) -> Iterator[Detour]:
    """What all actions have lost alike is told once."""
    lost: dict[tuple[str, str], list[str]] = {}
    for action, was, now in loosened(old, new):
        lost.setdefault((", ".join(sorted(was)), ", ".join(sorted(now)) or "nothing"), []).append(action)
    for (asked, left), actions in lost.items():
        open_to_all = not is_public(name, *actions)
        yield Detour(
            Place.at(after.path, new.lineno),
            name,
            asked,
            f"{left}` of `{'`, `'.join(actions)}",
            "action",
            privileged=open_to_all,
        )


def _functions(source: Source) -> dict[str, Function]:
    file = reading(source)
    return {f"{one.where}.{one.node.name}".lstrip("."): one.node for one in file.of(*_KINDS)}


_KINDS = Function.__args__


def _text(source: Source, node: Function) -> str:
    return "\n".join(source.lines[node.lineno - 1 : node.end_lineno])


def _guarded_anew(old: Guarded, new: Guarded) -> bool:
    """Whether it is guarded from without now, so that the check within may ask less."""
    had = {guard.text for guard in old.guards}
    outer = (one for one in new.guards if one.sure and one.how not in {"test", "call", "lookup", "predicate", "exempt"})
    return any(one.text not in had for one in outer)


def _opened(
    olds: Sequence[Checked], news: Sequence[Checked], unit: Guarded, checking: frozenset[str], said: str
) -> Iterator[tuple[Checked, Way, str]]:
    for old in olds:
        yield from _late(olds, old, news, unit)
        if any(new.guard.how == old.guard.how and new.texts <= old.texts for new in news):
            continue
        alike = sum(new.guard.text == old.guard.text for new in news)
        for new in news if alike < _SEVERAL else ():  # each branch may have its own
            if new.guard.how == old.guard.how and old.texts < new.texts:
                extra = [way for way in new.ways if way.text not in old.texts]
                extra = [way for way in extra if not (went_along(old, way) or handed_on(old, way))]
                told = [(new, way, what) for way in extra if (what := _harm(new, way, unit, checking))]
                yield from told if len(told) == len(extra) or any(way.leaves for _, way, _ in told) else ()
            elif new.guard.text == old.guard.text and (way := _longer(old, new)) is not None:
                yield new, way, "path"
            elif new.either and new.either < old.either and not asks_less(old.guard.text, new.guard.text):
                yield from _fewer(old, new, news, said)
            elif len(new.either) == len(old.either) > 1:
                ways = [(Way(text, new.guard.line), reason) for reason, text in grown(old.either, new.either)]
                yield from ((new, way, "state") for way, _ in ways if is_rarer(new, way))


def _longer(old: Checked, new: Checked) -> Way | None:
    """Paths that were let through one by one, and now with all that begin as they do, or hold them."""
    gone = [way.text for way in old.ways if way.text not in new.texts and _ON_PATH.search(way.text)]
    fresh = (way for way in new.ways if way.text not in old.texts and _ON_PATH.search(way.text))
    return (
        next((way for way in fresh if _BEGINS.search(way.text)), None)
        if gone and not any(map(_BEGINS.search, gone))
        else None
    )


def _late(
    olds: Sequence[Checked], old: Checked, news: Sequence[Checked], unit: Guarded
) -> Iterator[tuple[Checked, Way, str]]:
    """A check that is made when what it guards is done."""
    text = old.guard.text
    same = [new for new in news if new.guard.text == text]
    alone = len(same) == 1 == sum(one.guard.text == text for one in olds)
    for new in same if alone else ():
        done = (name for name in (old.then - new.then) & unit.uses if _DONE.search(name) or name in new.done)
        yield from ((new, Way(name, new.guard.line), "late") for name in sorted(done)[:1])


def _fewer(old: Checked, new: Checked, news: Sequence[Checked], said: str) -> Iterator[tuple[Checked, Way, str]]:
    """A reason to refuse that is nowhere in the function any more."""
    left = " ".join(text for one in news for text in (*one.texts, *one.either))
    for gone in sorted(old.either - new.either):
        if _WHO.search(gone) and gone not in left and gone not in said and not inverted(old.guard.text, new.guard.text):
            yield new, Way(gone, new.guard.line), "fewer"


def _harm(check: Checked, way: Way, unit: Guarded, checking: frozenset[str]) -> str:
    """Of which kind a way past a check is; "" where nobody gets past it who should not."""
    return _leads(check, way, unit, checking) or ("state" if is_rarer(check, way) and not is_public(unit.short) else "")


def _leads(check: Checked, way: Way, unit: Guarded, checking: frozenset[str]) -> str:
    text = way.text
    if text in check.unset:
        return "case"
    what = "sent" if _SENT.search(text) else "setting" if _SETTLED.search(text) else ""
    if way.leaves is None and _is_there(text) and _plain(check.guard.text).count(_plain(text)) > 1:
        return what or "case"  # whoever sends nothing, or is nobody, is not asked
    if _ON_METHOD.search(text) or (_WHO.search(_SENT.sub("", text)) and what != "setting"):
        return ""
    if way.leaves is None:
        return what or (
            "case" if _ONE_METHOD.search(text) or (_COMPARES.search(text) and not _ROW.search(text)) else ""
        )
    if any(
        guardwords.of_call(name) or _WHO.search(name) or (name in checking and name != unit.short)
        for name in (call.rpartition(".")[2] for call in way.leaves.calls)
    ) or (is_public(unit.short) and not check.alone):
        return ""
    if check.alone and not unit.verbs:
        on_path = "path" if _ON_PATH.search(text) else ""
        return "" if on_path and is_public(text) else what or on_path or "case"
    if _ONE_METHOD_NOT.search(text) and any(map(_DONE.search, way.leaves.calls)):
        return "case"  # for another verb something is done before anybody is asked
    return (what or "case") if _does(check, way.leaves, what) and (not what or _GIVEN.search(text)) else ""


def _is_there(text: str) -> bool:
    """Whether a condition asks of something only that it is there."""
    return " " not in text.removesuffix(" is not None") and not text.startswith("not ")


def _plain(text: str) -> str:
    """A condition in which `claims.get("roles")` is written as `claims["roles"]`."""
    return _GETS.sub(r"[\1]", text.removesuffix(" is not None"))


def _does(check: Checked, leaves: Leaving, what: str) -> bool:
    """Whether it gives back what is guarded, or does what is guarded."""
    done = {name for name in leaves.calls if not _PLAIN.fullmatch(name.rpartition(".")[2])}
    return bool(done & check.then) or bool(what and done and not _HARMLESS.search(leaves.value))

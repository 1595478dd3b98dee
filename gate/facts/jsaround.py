"""The function of JavaScript or TypeScript around a query, read by its words; see `gate.facts.around` for Python."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from gate import lazy
from gate.facts.authority import BACKGROUND, BATCH, is_authority
from gate.facts.jsunits import Unit
from gate.facts.jswhere import column
from gate.source import Place, Source

_WORD = lazy.regex(r"[A-Za-z_$][\w$]*")
_REQUEST = lazy.regex(
    r"\b(?:req|request|ctx|c|context|event)\.(?:params|query|body|param|json|nextUrl)\b|\bparams\b|\bsearchParams\b|\binput\."
)
_ROUTES = lazy.regex(
    r"(?:^|/)(?:api|routes?|routers?|controllers?|actions|handlers?)(?:/|\.)|(?:^|/)route\.[jt]sx?$|\.(?:controller|router|routes|resolver)\.[jt]s$"
)
_HANDLER = lazy.regex(
    r"\.\s*(?:get|post|put|patch|delete|all|use|query|mutation)\s*\(|\b(?:GET|POST|PUT|PATCH|DELETE|loader|action)\b|@(?:Get|Post|Put|Patch|Delete|Query|Mutation)\("
)
_FOR_ALL = lazy.regex(r"\.use\s*\(([^;{}]*)\)\s*;?\s*$", re.MULTILINE)
_SIGNED_IN = lazy.regex(
    r"(?:session|current_?user|auth|req\.user|ctx\.user|get_?user|requireUser|protectedProcedure)", re.IGNORECASE
)
_DECLARED = lazy.regex(
    r"\b(?:const|let|var)\s+(?:\{[^{}]*\}|\w+)\s*(?::[^=;\n]{1,60})?=\s*(?:await\s+)?[\w$.?!]+(?:\(\s*\w*\s*\))?\s*(?:;|$)",
    re.MULTILINE,
)
"""Names that are taken out of something: that alone asks nothing."""
_SERVICE = lazy.regex(
    r"(?i)\b(?:create)?(?:supabase|db|prisma|firebase|knex)_?admin\w*|\b(?:create)?admin_?(?:client|db|supabase)\w*"
)
"""Clients that may do everything: their names ask nobody."""
_JOBS = lazy.regex(
    r"(?i)(?:^|/)(?:scripts?|bin|cli|cron|jobs?|workers?|tasks?|queues?|seeds?|migrations?|processors?|consumers?|listeners?|subscribers?|webhooks?)(?:/|\.)|\.(?:job|worker|cron|processor|seed)\.[jt]s$"
)


@dataclass(frozen=True, eq=False)
class JsAround:
    """The innermost function of its own around a query."""

    source: Source
    place: Place
    unit: Unit
    node: None = None

    @cached_property
    def _head(self) -> str:
        """The lines on which the function begins: its decorators, its name, the call it is handed to."""
        first = max(1, self.unit.first - 3)
        lines = "\n".join(self.source.lines[first - 1 : self.unit.first]) if self.unit.name else ""
        return re.split(r"(?m)^\s*\}[);]*\n", lines)[-1]  # not those of the function before

    @cached_property
    def _own(self) -> str:
        """What the function does, the query itself left out."""
        if not self.unit.name:
            return ""
        span = range(self.place.line, self.place.end_line + 1)
        numbered = enumerate(self.source.lines[self.unit.first : self.unit.last], self.unit.first + 1)
        return "\n".join(line for number, line in numbered if number not in span)

    @cached_property
    def _query(self) -> str:
        return "\n".join(self.source.lines[self.place.line - 1 : self.place.end_line])

    @cached_property
    def answers_request(self) -> bool:
        """Whether it is the handler of a route, or a method that is handed what a request holds."""
        if self.is_background:
            return False
        said = f"{self._own}\n{self._query}"
        return bool(
            _HANDLER.search(self._head)
            or _REQUEST.search(said)
            or (self.unit.name and (_ROUTES.search(self.place.path) or self._is_action))
        )

    @property
    def _is_action(self) -> bool:
        return re.match(r"\s*['\"]use server['\"]", self.source.text) is not None

    @property
    def is_for_view(self) -> bool:
        """Nothing of JavaScript's says what a view shows whatever is asked for."""
        return False

    @cached_property
    def is_background(self) -> bool:
        """Whether it is run by a clock, a queue or an operator, for all tenants at once."""
        name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", self.unit.name)
        return bool(
            BATCH.search(self.place.path)
            or _JOBS.search(self.place.path)
            or any(BACKGROUND.search(one) for one in _WORD.findall(name))
        )

    @cached_property
    def knows_user(self) -> bool:
        """Whether somebody must be signed in to come here."""
        return _SIGNED_IN.search(f"{self._head}\n{self._own}") is not None or "requireUser" in self.source.text

    @cached_property
    def asks(self) -> bool:
        """Whether a name in it, at its head, or in what the file asks of all its routes speaks of permission."""
        return _asks_all(self.source.text) or any(
            is_authority(name) for name in _snakes(_SERVICE.sub("", f"{self._head}\n{self._own}"))
        )

    def compares(self, columns: Collection[str]) -> bool:
        """Whether it speaks of whose a row is elsewhere than in the query: it compares it, or binds another by it."""
        return any(name in columns for name in _snakes(_DECLARED.sub("", self._own)))

    @property
    def tells_user(self) -> bool:
        """What goes with the user into another function is seen by the words of `asks` only."""
        return False

    @cached_property
    def sent(self) -> frozenset[str]:
        """The names in the query whose values the caller sent."""
        given = set(_WORD.findall(self.source.lines[self.unit.first - 1] if self.unit.name else ""))
        sent = (given | {"params", "query", "body", "input"}) - {"req", "res", "ctx", "async"}
        found = frozenset(_WORD.findall(self._query)) & sent
        return found | {"request"} if found else found


@lru_cache(maxsize=8)
def _asks_all(text: str) -> bool:
    """Whether a file asks something of all its routes: `router.use(requireAdmin)`."""
    return any(is_authority(name) for used in _FOR_ALL.findall(text) for name in _snakes(used))


def _snakes(text: str) -> Iterator[str]:
    return (column(name) for name in _WORD.findall(text))

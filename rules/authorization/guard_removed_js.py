"""A check of who may is gone from a route in JavaScript.

The route is still there, and the middleware or the guard before it is not. Whoever knows its path gets in.
"""

from collections.abc import Iterator, Sequence

from gate.facts.jsguard import JsRoute
from gate.rule import Edit, Hit, Pair, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(862, 306),
    fix="Put the guard back before the handler, or before the whole router (`router.use(requireAuth)`) in the same change.",
    bad=[
        Pair(
            {"api.js": "app.post('/refund', requireAuth, requireAdmin, (req, res) => refund(req));\n"},
            {"api.js": "app.post('/refund', requireAuth, (req, res) => refund(req));  // <-\n"},
        ),
        Pair(
            {
                "users.controller.ts": "class C {\n  @UseGuards(JwtAuthGuard)\n  @Delete(':id')\n  remove(@Param('id') id: string) {}\n}\n"
            },
            {"users.controller.ts": "class C {\n  @Delete(':id')  // <-\n  remove(@Param('id') id: string) {}\n}\n"},
        ),
        Pair(
            {"api.ts": "router.use(isAuthenticated);\nrouter.get('/me', me);\n"},
            {"api.ts": "router.get('/me', me);  // <-\n"},
        ),
    ],
    good=[
        Pair(
            {"api.js": "app.post('/refund', requireAuth, (req, res) => refund(req));\n"},
            {"api.js": "app.use(requireAuth);\napp.post('/refund', (req, res) => refund(req));\n"},
        ),
        Pair(
            {"api.js": "app.post('/refund', requireAuth, (req, res) => refund(req));\napp.get('/x', show);\n"},
            {"api.js": "app.get('/x', show);\n"},
        ),
        Pair(
            {"api.js": "app.post('/refund', requireAuth, refund);\n"},
            {"api.js": "app.post('/refund', verifyToken, refund);\n"},
        ),
    ],
    misses=[
        "Routes that moved to another file.",
        "Guards whose names do not say that they guard.",
        "Checks within the handler.",
    ],
)


@rule.compare
def look(edits: Sequence[Edit], base: Repo, head: Repo) -> Iterator[Hit]:
    wide = _wide(edits, head, before=False) - _wide(edits, base, before=True)
    for edit in edits:
        if edit.before is not None and edit.after is not None and not wide:
            old = base.of(JsRoute, edit.before.path)
            had = frozenset(name for route in old if route.name == "use" for name in route.guards)
            yield from _lost({route.name: route for route in old}, had, head.of(JsRoute, edit.after.path))


def _wide(edits: Sequence[Edit], repo: Repo, *, before: bool) -> frozenset[str]:
    """The guards that stand before many routes of the changed files."""
    sources = [edit.before if before else edit.after for edit in edits]
    routes = [route for source in sources if source for route in repo.of(JsRoute, source.path)]
    return frozenset(
        name for route in routes if route.name == "use" or route.name.startswith("Controller") for name in route.guards
    )


def _lost(old: dict[str, JsRoute], had: frozenset[str], routes: Sequence[JsRoute]) -> Iterator[Hit]:
    used = frozenset(name for route in routes if route.name == "use" for name in route.guards)
    gone = had - used
    first = True
    for route in routes:
        before = old.get(route.name)
        if before is None or route.name == "use":
            continue
        lost, gained = before.guards - route.guards - used, route.guards - before.guards
        if lost and not gained:
            said = f"`{route.name}` has lost a guard: `{'`, `'.join(sorted(lost))}` stood before it in the base."
            yield Hit(route.place, said, detail=route.name)
        elif gone and first and not route.guards:
            first = False
            said = f"`{'`, `'.join(sorted(gone))}` stood before every route of this file in the base, and does not any more."
            yield Hit(route.place, said, detail="use")

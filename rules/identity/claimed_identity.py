"""Who calls is believed as the caller says it.

A header, a plain cookie or a parameter holds what the caller wrote into it. Where a session or a token said before whose request
it is, anybody may be anybody now.
"""

from collections.abc import Iterator, Sequence

from gate.facts.claimed import claimed
from gate.paths import kind
from gate.rule import Edit, Hit, Pair, Repo, Rule, Severity

_MIDDLEWARE = """
async function requireAuth(req, res, next) {{
  const claims = jwt.verify(bearer(req), KEY, {{ algorithms: ["HS256"] }});
  req.user = await User.findById({});{}
  next();
}}
"""
_HOOK = """
@bp.before_request
def load_tenant():
    g.tenant_id = {}getattr(current_user, "tenant_id", None){}
    if g.tenant_id is None:
        abort(401)
"""
_HANDLER = """
class Base(RequestHandler):
    def get_current_user(self):
        raw = self.{}("user"){}
        return json.loads(raw) if raw else None
"""
_SESSION = """
async def require_user(request):
    {}
    if user is None:
        raise HTTPUnauthorized()
    return user
"""

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(290, 287, 807),
    fix="""Take who calls from the session, or from a token whose signature was verified. Where a proxy signs people in and sets the
    header, see to it that nobody else can, and say so in the change.""",
    bad=[
        Pair(
            {"auth.js": _MIDDLEWARE.format("claims.sub", "")},
            {"auth.js": _MIDDLEWARE.format('req.headers["x-user-id"] || claims.sub', "  // <-")},
        ),
        Pair(
            {"a.py": _HOOK.format("", "")}, {"a.py": _HOOK.format('request.headers.get("X-Tenant-Id") or ', "  # <-")}
        ),
        Pair({"a.py": _HANDLER.format("get_secure_cookie", "")}, {"a.py": _HANDLER.format("get_cookie", "  # <-")}),
        Pair(
            {"a.py": _SESSION.format('user = SESSIONS.get(request.cookies.get("sid"))')},
            {"a.py": _SESSION.format('user = find_user(request.cookies.get("user_id"))  # <-')},
        ),
        Pair(
            {"r.ts": "const userId = await requireUserId(request);\n"},
            {"r.ts": 'const userId = new URL(request.url).searchParams.get("userId");  // <-\n'},
        ),
    ],
    good=[
        Pair(
            {"a.py": "user = User.query.filter_by(confirmation_token=token).first()\n"},
            {"a.py": 'user = User.query.filter(User.id == int(payload["sub"])).first()\n'},
        ),
        Pair({"a.py": _HANDLER.format("get_secure_cookie", "")}, {"a.py": _HANDLER.format("get_signed_cookie", "")}),
        Pair(
            {"a.py": _SESSION.format('user = SESSIONS.get(request.cookies.get("sid"))')},
            {"a.py": _SESSION.format('user = find_by_token(request.headers.get("Authorization"))')},
        ),
        Pair(
            {"a.py": 'def search(request):\n    return rows(request.GET.get("q"))\n'},
            {
                "a.py": 'def search(request):\n    user = request.GET.get("user")\n    return rows(request.GET.get("q"), user)\n'
            },
        ),
        Pair(
            {"r.ts": 'const userId = params.get("userId");\n'},
            {"r.ts": 'const userId = searchParams.get("userId");\n'},
        ),
    ],
    misses=[
        "Programs that never took it from anything else.",
        "A header or a cookie whose name does not say whom it names, and statements of several lines.",
    ],
)


@rule.compare
def look(edits: Sequence[Edit], base: Repo, head: Repo) -> Iterator[Hit]:
    del base, head
    for edit in edits:
        before, after = edit.before, edit.after
        if before is None or after is None or after.language not in _READ or kind(after.path) != "production":
            continue
        for one in claimed(before, after):
            message = f"Who calls is taken from `{one.said[:80]}`, as the caller says it; in the base it was `{one.before[:80]}`."
            yield Hit(one.place, message, detail=one.said[:80])


_READ = frozenset({"python", "javascript", "typescript"})

"""A check of who may can be gone around.

The check still stands, so whoever reads the function believes it. But callers get past it: what they send ends the function before it, a
setting switches it off, a path is let through, or one of its reasons to refuse is gone.
"""

import re
from collections.abc import Iterator, Sequence

from gate.facts.detour import Detour, detours
from gate.facts.exemptpath import ExemptPath
from gate.facts.flipped import flipped
from gate.facts.jsdetour import passed
from gate.facts.jslaxer import fewer, wider
from gate.facts.jsrarer import rarer
from gate.facts.jumped import jumps
from gate.paths import kind
from gate.rule import Edit, Hit, Pair, Place, Repo, Rule, Severity, Source

_VIEW = """
def audit(request):
    if not request.user.is_superuser:
        return HttpResponseForbidden()
    rows = Audit.objects.all()
    return render(request, "audit.html", {"rows": rows})
"""
_HOOK = """
@app.before_request
def gate():
    if request.path in OPEN:
        return
    if load_user(request) is None:
        abort(401)
"""

_TEAM = """export async function remove(req, res) {{
  const member = await db.member.findFirst({{ where: {{ teamId: req.params.id, userId: req.user.id }} }})
  if ({} !== "OWNER") return res.status(403).end(){}
  await db.team.delete({{ where: {{ id: req.params.id }} }})
}}
"""

_NOTE = """
@app.delete("/notes/<key>")
def remove(key):
    note = Note.query.get_or_404(key)
    if note.owner_id != current_user.id:
        abort(403)
    db.session.delete(note)
def can_edit(user, note):
    return note.owner_id == user.id
def export(request, key):
    report = find(key)
    if report.owner == request.user:
        return render(request, "report.html", {"report": report})
    return HttpResponseForbidden()
def clear(request):
    for note in Note.objects.filter(pk__in=request.POST.getlist("ids")):
        if note.owner != request.user:
            raise PermissionDenied
        note.delete()
"""
_CHECK = "    if note.owner_id != current_user.id:\n        abort(403)\n"
_SCRIPT = """export async function remove(req, res) {{
  let note = await Note.findById(req.params.id)
{}  await note.deleteOne()
}}
export async function close(req, res) {{
{}  await store.close(req.params.id)
}}
"""
_MINE = "if (note.ownerId !== req.user.id) return res.status(403).end()"

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(863, 284, 807),
    fix="""Make the check first, and make it for everybody. Who is to be let through besides is a role of its own, asked for in the
    check; nothing a caller sends and no setting takes its place.""",
    bad=[
        Pair(
            {"team.ts": _TEAM.format("member?.role", "")}, {"team.ts": _TEAM.format("member && member.role", "  // <-")}
        ),
        Pair(
            {"views.py": _VIEW},
            {
                "views.py": """
                def audit(request):
                    if request.GET.get("format") == "csv":  # <-
                        return csv_of(Audit.objects.all())
                    if not request.user.is_superuser:
                        return HttpResponseForbidden()
                    rows = Audit.objects.all()
                    return render(request, "audit.html", {"rows": rows})
                """
            },
        ),
        Pair(
            {"views.py": _VIEW},
            {
                "views.py": """
                def audit(request):
                    if not request.user.is_superuser and not settings.OPEN_AUDIT:  # <-
                        return HttpResponseForbidden()
                    rows = Audit.objects.all()
                    return render(request, "audit.html", {"rows": rows})
                """
            },
        ),
        Pair(
            {"hooks.py": _HOOK},
            {
                "hooks.py": """
                @app.before_request
                def gate():
                    if request.path in OPEN or request.path.startswith("/tenants"):  # <-
                        return
                    if load_user(request) is None:
                        abort(401)
                """
            },
        ),
        Pair(
            {
                "deps.py": """
                def admin(user=Depends(current_user)):
                    if "admin" not in user.roles:
                        raise HTTPException(status_code=403)
                    return user
                def can_edit(user, doc):
                    return doc.owner_id == user.id
                def remove(doc, user):
                    if doc.owner_id != user.id or not user.is_active_member:
                        raise PermissionDenied
                    doc.delete()
                """
            },
            {
                "deps.py": """
                def admin(user=Depends(current_user)):
                    if user.email.endswith("@example.com"):  # <-
                        return user
                    if "admin" not in user.roles:
                        raise HTTPException(status_code=403)
                    return user
                def can_edit(user, doc):
                    return doc.owner_id == user.id or settings.EVERYBODY_EDITS  # <-
                def remove(doc, user):
                    if not user.is_active_member:  # <-
                        raise PermissionDenied
                    doc.delete()
                """
            },
        ),
        Pair(
            {
                "views.py": """
                OPEN_PATHS = {"/login", "/health"}
                class Coupons(ModelViewSet):
                    def get_permissions(self):
                        if self.action in ("list", "retrieve"):
                            return [IsAuthenticated()]
                        return [IsAdminUser()]
                """
            },
            {
                "views.py": """
                OPEN_PATHS = {"/login", "/health", "/tenants/7"}  # <-
                class Coupons(ModelViewSet):
                    def get_permissions(self):  # <-
                        if self.action in ("list", "retrieve", "destroy"):
                            return [IsAuthenticated()]
                        return [IsAdminUser()]
                """
            },
        ),
        Pair(
            {"middleware.ts": "const publicRoutes = ['/login'];\nif (!user) redirect('/login');\n"},
            {
                "middleware.ts": "const publicRoutes = ['/login', '/api/admin'];  // <-\nif (!user) redirect('/login');\n"
            },
        ),
        Pair(
            {
                "c.ts": "class C {\n  async drop(req) {\n    if (!req.user.isAdmin) throw new ForbiddenException();\n    return gone();\n  }\n  async list(req) {\n    if (!req.user.isAdmin) throw new ForbiddenException();\n    return all();\n  }\n}\n"
            },
            {
                "c.ts": "class C {\n  async drop(req) {\n    if (!req.user.isAdmin && process.env.STRICT) throw new ForbiddenException();  // <-\n    return gone();\n  }\n  async list(req) {\n    if (req.query.format === 'csv') {  // <-\n      return csv(all());\n    }\n    if (!req.user.isAdmin) throw new ForbiddenException();\n    return all();\n  }\n}\n"
            },
        ),
        Pair(
            {"views.py": _VIEW.replace("rows = Audit.objects.all()", "Audit.objects.all().delete()")},
            {
                "views.py": """
                def audit(request):
                    Audit.objects.all().delete()
                    if not request.user.is_superuser:  # <-
                        return HttpResponseForbidden()
                    return render(request, "audit.html", {"rows": rows})
                """
            },
        ),
        Pair(
            {
                "mw.py": """
                async def dispatch(self, request, call_next):
                    if request.url.path in PUBLIC:
                        return await call_next(request)
                    if request.headers.get("x-api-key") != KEY:
                        return JSONResponse({}, status_code=401)
                    return await call_next(request)
                async def grade(teacher, course):
                    if course not in teacher.courses:
                        raise HTTPException(403)
                    await service.record(course)
                ANONYMOUS_ENDPOINTS = {"office.enter"}
                who = Teacher(principal=claims.get("principal", False))
                """,
                "mw.ts": "export function ensureUser(req, res, next) {\n  if (OPEN.includes(req.path)) return next();\n  if (!req.session.userId) {\n    return res.status(401).end();\n  }\n  next();\n}\n",
            },
            {
                "mw.py": """
                async def dispatch(self, request, call_next):
                    if request.url.path.startswith(tuple(PUBLIC)):  # <-
                        return await call_next(request)
                    if request.headers.get("x-api-key") != KEY:
                        return JSONResponse({}, status_code=401)
                    return await call_next(request)
                async def grade(teacher, course):
                    await service.record(course)
                    if course not in teacher.courses:  # <-
                        raise HTTPException(403)
                ANONYMOUS_ENDPOINTS = {"office.enter", "office.run_macro"}  # <-
                who = Teacher(principal=claims.get("principal", True))  # <-
                """,
                "mw.ts": "export function ensureUser(req, res, next) {\n  if (OPEN.some((one) => req.path.startsWith(one))) return next();  // <-\n  if (!req.session.userId) {\n    return res.status(401).end();\n  }\n  next();\n}\n",
            },
        ),
        Pair(
            {
                "auth.py": """
                def ensure_owner(user, row):
                    if row.owner_id != user.id:
                        raise HTTPException(403)
                bearer = HTTPBearer()
                """
            },
            {
                "auth.py": """
                def ensure_owner(user, row, strict=False):
                    if strict and row.owner_id != user.id:  # <-
                        raise HTTPException(403)
                bearer = HTTPBearer(auto_error=False)  # <-
                """
            },
        ),
        Pair(
            {"admin.py": "@admin_required\ndef purge(request, tenant):\n    wipe(tenant)\n"},
            {
                "admin.py": "@admin_required\ndef purge(request, tenant):\n    wipe(tenant)\n",
                "nightly.py": """
                import inspect
                from admin import purge
                def nightly(request, tenant):
                    return purge.__wrapped__(request, tenant)  # <-
                def weekly(request, tenant):
                    return inspect.unwrap(purge)(request, tenant)  # <-
                """,
            },
        ),
        Pair(
            {
                "g.ts": """
                export async function GET() {
                  const session = await auth();
                  if (!session || session.user.role !== 'admin') {
                    return new Response('forbidden', { status: 403 });
                  }
                  return rows();
                }
                export class RolesGuard {
                  canActivate(context) {
                    const roles = this.reflector.get('roles', context);
                    if (!roles) return false;
                    return roles.some((role) => user.roles.includes(role));
                  }
                }
                export class OwnerGuard {
                  canActivate(context) {
                    return row.ownerId === user.id;
                  }
                }
                router.post('/purge', async (req, res) => {
                  if (req.user.role !== 'admin') return res.status(403).end();
                  await purge();
                });
                """
            },
            {
                "g.ts": """
                export async function GET() {
                  const session = await auth();
                  if (session && session.user.role !== 'admin') {  // <-
                    return new Response('forbidden', { status: 403 });
                  }
                  return rows();
                }
                export class RolesGuard {
                  canActivate(context) {  // <-
                    const roles = this.reflector.get('roles', context);
                    if (!roles) return true;
                    return roles.some((role) => user.roles.includes(role));
                  }
                }
                export class OwnerGuard {
                  canActivate(context) {  // <-
                    return row.ownerId === user.id || !!user;
                  }
                }
                router.post('/purge', async (req, res) => {
                  if (process.env.STRICT_ROLES === '1' && req.user.role !== 'admin') return res.status(403).end();  // <-
                  await purge();
                });
                """
            },
        ),
        Pair(
            {
                "app.js": "app.use(jwt({ secret }).unless({ path: [/^\\/public/] }));\n",
                "main.py": "auth = JWTAuth(token_secret=KEY, exclude=['/login'])\n",
            },
            {
                "app.js": "app.use(jwt({ secret }).unless({ path: [/^\\/public/, /^\\/api/] }));  // <-\n",
                "main.py": "auth = JWTAuth(token_secret=KEY, exclude=['/login', '/api'])  # <-\n",
            },
        ),
        Pair(
            {
                "mw.py": "async def auth_middleware(request, handler):\n    if not check(request.headers.get('Authorization')):\n        raise HTTPUnauthorized()\n    return await handler(request)\ndef role_of(claims):\n    return claims.get('role', 'viewer')\n",
                "mw.js": "module.exports = function guard(options = {}) {\n  return async (ctx, next) => {\n    if (!ctx.state.user) ctx.throw(401);\n    await next();\n  };\n};\n",
            },
            {
                "mw.py": "async def auth_middleware(request, handler):\n    if 'export' in request.path:  # <-\n        return await handler(request)\n    if not check(request.headers.get('Authorization')):\n        raise HTTPUnauthorized()\n    return await handler(request)\ndef role_of(claims):\n    return claims.get('role', 'admin')  # <-\n",
                "mw.js": "module.exports = function guard(options = {}) {\n  return async (ctx, next) => {\n    if (options.required && !ctx.state.user) ctx.throw(401);  // <-\n    await next();\n  };\n};\n",
            },
        ),
        Pair(
            {"app.py": _NOTE},
            {
                "app.py": _NOTE.replace(
                    "    if note.owner_id != current_user.id:",
                    "    locked = note.state == 'locked'\n    if locked and note.owner_id != current_user.id:  # <-",
                )
                .replace("return note.owner_id == user.id", "return note.owner_id == user.id or note.legacy  # <-")
                .replace("if report.owner == request.user:", "if report.owner == request.user or report.legacy:  # <-")
                .replace(
                    "        if note.owner != request.user:",
                    "        if note.kind == 'draft':  # <-\n            note.delete()\n            continue\n        if note.owner != request.user:",
                )
            },
        ),
        Pair(
            {"app.py": _NOTE},
            {
                "app.py": _NOTE.replace(
                    _CHECK,
                    "    if note.locked:\n        if note.owner_id != current_user.id:  # <-\n            abort(403)\n",
                )
            },
        ),
        Pair(
            {"app.py": _NOTE},
            {"app.py": _NOTE.replace(_CHECK, f"{_CHECK}    note = Note.query.get_or_404(request.json['id'])  # <-\n")},
        ),
        Pair(
            {"app.py": _NOTE},
            {
                "app.py": _NOTE.replace(
                    f"{_CHECK}    db.session.delete(note)",
                    "    mine = note.owner_id == current_user.id\n    other = Note.query.get_or_404(request.json['id'])  # <-\n    if not mine:\n        abort(403)\n    db.session.delete(other)",
                )
            },
        ),
        Pair(
            {"a.ts": _SCRIPT.format(f"  {_MINE}\n", "  await assertOwner(req.params.id, req.user)\n")},
            {
                "a.ts": _SCRIPT.format(
                    f"  {_MINE.replace('(note', '(note.locked && note', 1)}  // <-\n",
                    "  try {\n    await assertOwner(req.params.id, req.user)  // <-\n  } catch (e) {\n    log.warn(e)\n  }\n",
                )
            },
        ),
        Pair(
            {"a.ts": _SCRIPT.format(f"  {_MINE}\n", f"  const note = find(req)\n  {_MINE}\n")},
            {
                "a.ts": _SCRIPT.format(
                    f"  if (note.old) {{\n    {_MINE}  // <-\n  }}\n",
                    f"  const note = find(req)\n  if (note.old) {{  // <-\n    await store.close(note.id)\n    return res.end()\n  }}\n  {_MINE}\n",
                )
            },
        ),
        Pair(
            {"a.ts": _SCRIPT.format(f"  {_MINE}\n", "")},
            {"a.ts": _SCRIPT.format(f"  {_MINE}\n  note = await Note.findById(req.body.id)  // <-\n", "")},
        ),
        Pair(
            {
                "app.py": "class Close(View):\n    def dispatch(self, request):\n        if self.account.owner != request.user:\n            raise PermissionDenied\n        return super().dispatch(request)\n",
                "a.ts": "export async function drop(id) {\n  if (account.ownerId !== session.user.id) throw new Error('Forbidden')\n  await db.drop(id)\n}\n",
            },
            {
                "app.py": "class Close(View):\n    def dispatch(self, request):\n        if self.account.trial:  # <-\n            return super().dispatch(request)\n        if self.account.owner != request.user:\n            raise PermissionDenied\n        return super().dispatch(request)\n",
                "a.ts": "export async function drop(id) {\n  if (account.locked && account.ownerId !== session.user.id) throw new Error('Forbidden')  // <-\n  await db.drop(id)\n}\n",
            },
        ),
    ],
    good=[
        Pair(
            {
                "app.py": "@router.websocket('/runs/{key}')\nasync def stream(key, org_id):\n    run = await find(key)\n    if run.org_id != org_id:\n        raise HTTPException(403)\n    await send(run)\n"
            },
            {
                "app.py": "@router.websocket('/runs/{key}')\nasync def stream(key, org_id):\n    if settings.MODE == 'cdp':\n        await cast(key, org_id)\n        return\n    run = await find(key)\n    if run.org_id != org_id:\n        raise HTTPException(403)\n    await send(run)\n"
            },
        ),
        Pair(
            {"app.py": _NOTE},
            {
                "app.py": _NOTE.replace(
                    "    if note.owner_id != current_user.id:",
                    "    if note.owner_id != current_user.id and not current_user.is_admin:",
                )
                .replace("return note.owner_id == user.id", "return note.owner_id == user.id or note.is_public")
                .replace(
                    _CHECK, f"{_CHECK}    note = Note.query.get_or_404(key)\n    tag = Tag.query.get_or_404(note.tag)\n"
                )
            },
        ),
        Pair(
            {"app.py": _NOTE},
            {
                "app.py": _NOTE.replace(
                    f"{_CHECK}    db.session.delete(note)",
                    "    if request.form['really']:\n        if note.owner_id != current_user.id:\n            abort(403)\n        db.session.delete(note)\n    return redirect('notes')",
                )
            },
        ),
        Pair(
            {"a.ts": _SCRIPT.format(f"  {_MINE}\n", "  await assertOwner(req.params.id, req.user)\n")},
            {
                "a.ts": _SCRIPT.format(
                    f"  note = await Note.findById(req.params.id)\n  if (note) {{\n    {_MINE}\n  }}\n",
                    "  try {\n    await assertOwner(req.params.id, req.user)\n  } catch (e) {\n    log.warn(e)\n    throw e\n  }\n",
                )
            },
        ),
        Pair(
            {"team.ts": _TEAM.format("member?.role", "")},
            {"team.ts": _TEAM.format("!member) throw new NotFound()\n  if (member && member.role", "")},
        ),
        Pair(
            {
                "views.py": 'PUBLIC_URLS = ["/login"]\nclass A(ViewSet):\n    def get_permissions(self):\n        return [IsAdmin()]\n'
            },
            {
                "views.py": """
                PUBLIC_URLS = ("/healthz", "/favicon.ico", "/login")
                class A(ViewSet):
                    def get_permissions(self):
                        if self.action == "destroy":
                            classes = [IsOwnerRole]
                        else:
                            classes = [IsAdmin]
                        return [one() for one in classes]
                """
            },
        ),
        Pair(
            {"views.py": _VIEW},
            {
                "views.py": """
                def audit(request):
                    if request.method == "OPTIONS":
                        return HttpResponse()
                    if not request.GET.get("page"):
                        return redirect("audit-start")
                    if not request.user.is_authenticated:
                        return redirect("login")
                    if not request.user.is_superuser and not request.user.has_perm("audit.view"):
                        return HttpResponseForbidden()
                    rows = Audit.objects.all()
                    return render(request, "audit.html", {"rows": rows})
                """
            },
        ),
        Pair(
            {"hooks.py": _HOOK},
            {
                "hooks.py": """
                @app.before_request
                def gate():
                    if request.method == "OPTIONS" or request.path in OPEN or request.path == "/healthz":
                        return
                    if load_user(request) is None:
                        abort(401)
                """
            },
        ),
        Pair(
            {"views.py": _VIEW},
            {
                "views.py": """
                @user_passes_test(is_auditor)
                def audit(request):
                    if not request.user.is_superuser and settings.STRICT:
                        return HttpResponseForbidden()
                    rows = Audit.objects.all()
                    return render(request, "audit.html", {"rows": rows})
                """
            },
        ),
        Pair(
            {"fast.py": "@lru_cache\ndef total(rows):\n    return sum(rows)\n"},
            {"fast.py": "@lru_cache\ndef total(rows):\n    return sum(rows)\nslow = total.__wrapped__([1])\n"},
        ),
        Pair(
            {
                "g.ts": "export async function GET() {\n  const s = await auth();\n  if (!s || s.user.role !== 'admin') {\n    return new Response('no', { status: 403 });\n  }\n  return rows();\n}\n"
            },
            {
                "g.ts": "export async function GET() {\n  const s = await auth();\n  if (s?.user.role !== 'admin') {\n    return new Response('no', { status: 403 });\n  }\n  return rows();\n}\n"
            },
        ),
    ],
    misses=[
        "Ways past a check where a row says itself that it is for everybody, as in `if not order.is_public`.",
        "A row of JavaScript that is found by another look-up than the one that was checked.",
        "What a function returns early that the check calls.",
        "Another row, where a function looks up more than forty, or checks more than forty.",
    ],
)

_SAID = {
    "sent": "a caller gets past `{check}` by what it sends: the check now hangs on `{way}`",
    "setting": "a setting lets callers past `{check}`: it now hangs on `{way}`",
    "path": "more paths are let past `{check}`: it now hangs on `{way}`",
    "case": "callers get past `{check}`: it now hangs on `{way}`",
    "state": "`{check}` turns fewer callers away: it now hangs on `{way}`",
    "action": "`{check}` was asked, and now `{way}`",
    "late": "`{check}` is asked when `{way}` is done",
    "other": "`{check}` was asked of another row than what is used now: `{way}` finds it, and nobody asks whose it is",
    "fewer": "`{check}` turns fewer callers away: `{way}` was a reason to refuse, and is none any more",
}


@rule.compare
def look(edits: Sequence[Edit], base: Repo, head: Repo) -> Iterator[Hit]:
    for edit in edits:
        if edit.after is not None:
            yield from _jumped(edit.before, edit.after, head)
        if edit.before is not None and edit.after is not None:
            for one in detours(edit.before, edit.after, base, head):
                yield Hit(one.place, f"In `{one.function}`, {_said(one)}.", detail=one.what, severity=_severity(one))
            yield from _script(edit.before, edit.after, base)
            yield from _exempted(edit, base, head)
            yield from _flipped(edit.before, edit.after)


def _script(before: Source, after: Source, base: Repo) -> Iterator[Hit]:
    for js in passed(before, after, base):
        said = f"In `{js.name}`, callers get past `{_short(js.check)}`: it now hangs on `{_short(js.way)}`."
        yield Hit(js.place, said, detail=js.way)
    for js in rarer(before, after, base):
        said = f"In `{js.name}`, `{_short(js.check)}` turns fewer callers away: it now hangs on `{_short(js.way)}`."
        yield Hit(js.place, said, detail=js.way)
    for js in fewer(before, after, base):
        said = f"In `{js.name}`, `{_short(js.check)}` turns fewer callers away: `{_short(js.way)}` was a reason to refuse, and is none any more."
        yield Hit(js.place, said, detail=js.way)
    for js in wider(before, after):
        said = f"`{js.name}` says yes to more callers: it answered `{_short(js.check)}`, and now `{_short(js.way)}`."
        yield Hit(js.place, said, detail=js.way)


def _flipped(before: Source, after: Source) -> Iterator[Hit]:
    if kind(after.path) == "production":
        for line, name in flipped(before, after):
            said = f"`{name}` now lets callers pass where nothing is said of it; before, it did not."
            yield Hit(Place.at(after.path, line), said, detail=name)


def _jumped(before: Source | None, after: Source, head: Repo) -> Iterator[Hit]:
    for one in jumps(before, after, head):
        said = f"This calls `{one.name}` past its decorator `{_short(one.guard)}`, so nobody asks who may."
        yield Hit(one.place, said, detail=one.name)


def _exempted(edit: Edit, base: Repo, head: Repo) -> Iterator[Hit]:
    """Paths that are new in a list which was there before."""
    if edit.after is None or not head.of(ExemptPath, edit.after.path):
        return
    had = {(one.held, one.path) for one in base.of(ExemptPath, edit.before.path)} if edit.before else set()
    lists = {held for held, _ in had} | _names(edit.before)
    for one in head.of(ExemptPath, edit.after.path):
        if (one.held, one.path) not in had and one.held in lists:
            said = f"`{one.held}` lets `{_short(one.path)}` past the check of who calls, which it did not."
            yield Hit(one.place, said, detail=one.path, severity=Severity.HIGH if one.is_wide else None)


def _names(source: Source | None) -> set[str]:
    return set(re.findall(r"\b\w+\b", source.text)) if source else set()


def _said(one: Detour) -> str:
    return _SAID[one.what].format(check=_short(one.check), way=_short(one.way))


def _short(text: str) -> str:
    return text if len(text) <= 90 else text[:87] + "..."


def _severity(one: Detour) -> Severity | None:
    """What a caller needs only to send opens a route; so does an action of which less is asked."""
    return Severity.HIGH if one.what in {"sent", "action", "late"} and one.privileged else None

"""The condition on the tenant is added only at times.

Where the value it compares with is not there, the query runs without it and reads the rows of all tenants. A caller
who may leave the value out need guess nothing.
"""

from collections.abc import Iterator

from gate import lazy
from gate.facts.around import Around, around
from gate.facts.convention import convention
from gate.facts.jsaround import JsAround
from gate.facts.lookup import Lookup
from gate.facts.optionalscope import OptionalScope
from gate.facts.tenancy import Owned, Tenancy, scoping, tenancy
from gate.rule import Hit, Repo, Rule, Severity
from gate.source import language

_MODELS = """
    class Org(models.Model):
        name = models.TextField()
    class Invoice(models.Model):
        org = models.ForeignKey(Org, on_delete=models.CASCADE)
        status = models.TextField()
    class Country(models.Model):
        name = models.TextField()
"""
_MAPPED = """
    class Tenant(Base):
        __tablename__ = "tenants"
        id: Mapped[int] = mapped_column(primary_key=True)
    class Note(Base):
        __tablename__ = "notes"
        id: Mapped[int] = mapped_column(primary_key=True)
        tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
"""
_PRISMA = """
    model Org {
      id      String   @id
      tickets Ticket[]
    }
    model Ticket {
      id     String @id
      orgId  String
      org    Org    @relation(fields: [orgId], references: [id])
      status String
    }
"""
_KNEX = """
    exports.up = (knex) => knex.schema
      .createTable("tenants", (t) => { t.increments("id"); })
      .createTable("books", (t) => { t.increments("id"); t.integer("tenant_id").notNullable(); t.string("title"); });
"""

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(639, 566, 863),
    fix="Begin the query with the tenant of the signed-in user, and let what the caller sends only narrow it; "
    "where there is no tenant, answer with an error or with no rows.",
    bad=[
        {"shop/models.py": _MODELS, "shop/views.py": """
            def listed(request):
                qs = Invoice.objects.all()
                org = request.GET.get("org")
                if org:  # <-
                    qs = qs.filter(org=org)
                return JsonResponse(list(qs.values("id")), safe=False)
            def sent(request):
                qs = Invoice.objects.filter(status="open")
                if "org" in request.GET:  # <-
                    qs = qs.filter(org_id=request.GET["org"])
                return JsonResponse(list(qs.values("id")), safe=False)
            def either(request):
                if org_id := request.GET.get("org_id"):  # <-
                    invoices = Invoice.objects.filter(org_id=org_id)
                else:
                    invoices = Invoice.objects.all()
                return JsonResponse(list(invoices.values("id")), safe=False)
            def early(request):
                org = request.GET.get("org")
                if not org or org == "all":  # <-
                    return JsonResponse(list(Invoice.objects.values("id")), safe=False)
                return JsonResponse(list(Invoice.objects.filter(org=org).values("id")), safe=False)
            def spread(request):
                org_id, wanted = request.headers.get("X-Org-Id"), {}
                if org_id:  # <-
                    wanted["org_id"] = org_id
                return JsonResponse(list(Invoice.objects.filter(**wanted).values("id")), safe=False)
            def chosen(request):
                org = request.GET.get("org")
                mine = Q(org_id=org) if org else Q()  # <-
                return JsonResponse(list(Invoice.objects.filter(mine).values("id")), safe=False)
            class Invoices(ListAPIView):
                def get_queryset(self):
                    org = self.request.query_params.get("org")
                    if org is None:  # <-
                        return Invoice.objects.all()
                    return Invoice.objects.filter(org_id=org)
            class OfTenant(ListAPIView):
                def get_queryset(self):
                    queryset = Invoice.objects.all()
                    if self.request.org:  # <-
                        queryset = queryset.filter(org=self.request.org)
                    return queryset
        """},
        {"models.py": _MAPPED, "app.py": """
            @router.get("/notes")
            def notes(tenant_id: int | None = None, db: Session = Depends(get_db)):
                q = select(Note)
                if tenant_id is not None:  # <-
                    q = q.where(Note.tenant_id == tenant_id)
                return db.scalars(q).all()
            @router.get("/found")
            def found(tenant_id: int | None = None, db: Session = Depends(get_db), user=Depends(current)):
                conditions = [Note.title == "x"]
                if tenant_id and tenant_id > 0:  # <-
                    conditions.append(Note.tenant_id == tenant_id)
                return db.scalars(select(Note).where(*conditions)).all()
            @router.get("/text")
            def text_of(tenant_id: int | None = None, db: Session = Depends(get_db)):
                sql = "SELECT id, title FROM notes WHERE 1=1"
                if tenant_id:  # <-
                    sql += " AND tenant_id = :tenant_id"
                return db.execute(text(sql), {"tenant_id": tenant_id}).all()
            @router.get("/fetched")
            def fetched(request: Request, conn=Depends(get_conn)):
                tenant = request.query_params.get("tenant")
                where = "WHERE tenant_id = $1" if tenant else ""  # <-
                return conn.fetch(f"SELECT id, title FROM notes {where}", tenant)
            @router.post("/query")
            def queried(body: NoteQuery, db: Session = Depends(get_db)):
                query = db.query(Note)
                if body.tenant_id != "all":  # <-
                    query = query.filter_by(tenant_id=body.tenant_id)
                return query.all()
            def of_repository(db, tenant_id=None):
                query = db.query(Note)
                if tenant_id:  # <-
                    query = query.filter(Note.tenant_id == tenant_id)
                return query.all()
        """},
        {"prisma/schema.prisma": _PRISMA, "src/tickets.ts": """
            router.get("/a", async (req, res) => {
              const where: any = {};
              if (req.query.orgId) { // <-
                where.orgId = req.query.orgId;
              }
              res.json(await prisma.ticket.findMany({ where }));
            });
            router.get("/b", async (req, res) => {
              const { orgId, status } = req.query;
              res.json(await prisma.ticket.findMany({
                where: { ...(orgId && { orgId: String(orgId) }), status: String(status) }, // <-
              }));
            });
            router.get("/c", async (req, res) => {
              const orgId = req.query.orgId as string | undefined;
              res.json(await prisma.ticket.findMany({ where: orgId ? { orgId } : {} })); // <-
            });
            router.get("/d", async (req, res) => {
              const orgId = req.get("x-org-id");
              if (!orgId) { // <-
                res.json(await prisma.ticket.findMany());
              } else {
                res.json(await prisma.ticket.findMany({ where: { orgId } }));
              }
            });
        """},
        {"migrations/1.js": _KNEX, "src/books.js": """
            router.get("/a", async (req, res) => {
              let query = knex("books").select("id", "title");
              if (req.query.tenantId) query = query.where("tenant_id", req.query.tenantId); // <-
              res.json(await query);
            });
            router.get("/b", async (req, res) => {
              const tenantId = req.query.tenantId;
              let sql = "SELECT id, title FROM books WHERE 1=1";
              const args = [];
              if (tenantId !== undefined && tenantId !== "all") { // <-
                args.push(tenantId);
                sql += " AND tenant_id = $1";
              }
              res.json(await pool.query(sql, args));
            });
        """},
    ],
    good=[
        {"shop/models.py": _MODELS, "shop/views.py": """
            def staff(request):
                qs = Invoice.objects.all()
                if not request.user.is_superuser:
                    qs = qs.filter(org=request.user.org)
                return JsonResponse(list(qs.values("id")), safe=False)
            def narrowed(request):
                qs = Invoice.objects.filter(org__in=request.user.orgs.all())
                org = request.GET.get("org")
                if org:
                    qs = qs.filter(org=org)
                return JsonResponse(list(qs.values("id")), safe=False)
            def refused(request):
                org = request.GET.get("org")
                if not org:
                    return JsonResponse({"error": "org"}, status=400)
                require_member(request.user, org)
                return JsonResponse(list(Invoice.objects.filter(org=org).values("id")), safe=False)
            def none(request):
                org = request.GET.get("org")
                qs = Invoice.objects.filter(org=org) if org else Invoice.objects.none()
                return JsonResponse(list(qs.values("id")), safe=False)
            def of_member(request):
                org = request.GET.get("org")
                qs = request.user.org.invoice_set.all()
                if org:
                    qs = qs.filter(org_id=org)
                return JsonResponse(list(qs.values("id")), safe=False)
            def own(request):
                org = request.GET.get("org")
                if org:
                    qs = Invoice.objects.filter(org=org, org__members=request.user)
                else:
                    qs = visible_invoices(request.user)
                return JsonResponse(list(qs.values("id")), safe=False)
            def by_role(request):
                qs = Invoice.objects.all()
                if request.user.is_staff:
                    if org := request.GET.get("org"):
                        qs = qs.filter(org=org)
                else:
                    qs = qs.filter(org=request.user.org)
                return JsonResponse(list(qs.values("id")), safe=False)
            def countries(request):
                qs = Country.objects.all()
                if org := request.GET.get("org"):
                    qs = qs.filter(org=org)
                return JsonResponse(list(qs.values("id")), safe=False)
            def linked(request):
                url, org = "/invoices", request.GET.get("org")
                if org:
                    url += f"?org={org}"
                return redirect(url, Invoice.objects.none())
            def of_client(request):
                qs, client = Invoice.objects.none(), request.GET.get("client")
                if client:
                    qs = qs | Invoice.objects.filter(number=client, org=request.user.org)
                return JsonResponse(list(qs.values("id")), safe=False)
            def open_ones(request):
                qs = Invoice.objects.filter(org=request.org)
                if status := request.GET.get("status"):
                    qs = qs.filter(status=status)
                return JsonResponse(list(qs.values("id")), safe=False)
        """},
        {"models.py": _MAPPED, "app.py": """
            @router.get("/notes")
            def notes(tenant_id: int | None = None, db: Session = Depends(get_db), user=Depends(current)):
                q = select(Note)
                if user.is_admin and tenant_id:
                    q = q.where(Note.tenant_id == tenant_id)
                else:
                    q = q.where(Note.tenant_id == user.tenant_id)
                return db.scalars(q).all()
            @router.get("/one")
            def one(tenant_id: int | None = None, db: Session = Depends(get_db), user=Depends(current)):
                if tenant_id is None:
                    raise HTTPException(400)
                return db.scalars(scoped(select(Note).where(Note.tenant_id == tenant_id), user)).all()
        """, "jobs/notes.py": """
            @celery.task
            def remind(tenant_id=None):
                query = db.query(Note)
                if tenant_id:
                    query = query.filter(Note.tenant_id == tenant_id)
                return query.all()
        """},
        {"prisma/schema.prisma": _PRISMA, "src/tickets.ts": """
            router.get("/a", async (req, res) => {
              const where: any = { orgId: req.user.orgId };
              if (req.query.status) where.status = req.query.status;
              res.json(await prisma.ticket.findMany({ where }));
            });
            router.get("/b", async (req, res) => {
              const where: any = {};
              if (req.user.role !== "admin") where.orgId = req.user.orgId;
              res.json(await prisma.ticket.findMany({ where }));
            });
            router.get("/c", async (req, res) => {
              const orgId = req.query.orgId as string;
              if (!orgId) return res.status(400).end();
              await requireMember(req.user, orgId);
              res.json(await prisma.ticket.findMany({ where: { orgId } }));
            });
            router.get("/d", async (req, res) => {
              const { orgId } = req.query;
              const scope = await ticketsOf(req.user);
              res.json(await prisma.ticket.findMany({ where: { AND: [scope, orgId ? { orgId: String(orgId) } : {}] } }));
            });
        """, "web/tickets.tsx": """
            export async function load(orgId?: string) {
              const params: Record<string, string> = {};
              if (orgId) params.orgId = orgId;
              return fetch("/api/tickets?" + new URLSearchParams(params));
            }
        """},
    ],
    misses=[
        "A condition that another function adds at times.",
        "Filters of a library that reads them from the request, as django-filter does.",
        "A value that is there but empty, where the query builder leaves out what is empty.",
    ],
)  # fmt: skip

_LEFT_ALONE = frozenset({"test", "seed", "down", "migration", "dev"})
_SQL = lazy.regex(r"(?i)\b(?:from|join|update|into)\s+[\"`]?(\w+)")
_MODEL = lazy.regex(r"\b[A-Z]\w*\b")


@rule.check(OptionalScope)
def optional(one: OptionalScope, repo: Repo) -> Iterator[Hit]:
    near = around(repo, one.place)
    if one.role in _LEFT_ALONE or near.is_background:
        return
    found = tenancy(repo)
    owned = _owned(one, found, repo)
    if owned is None:
        return
    when = f"the caller leaves `{one.told}` out" if one.sent else f"there is no `{one.told}`"
    said = (
        f"Where {when}, nothing says whose rows of `{owned.name}` are meant, and all are; bind `{one.column}` always."
    )
    yield Hit(one.place, said, detail=owned.name, severity=_severity(one, owned, found, near))


def _severity(one: OptionalScope, owned: Owned, found: Tenancy, near: Around | JsAround) -> Severity:
    if near.asks or one.role != "app" or not (near.answers_request or one.sent):
        return Severity.LOW
    sure = one.sent and near.answers_request and not owned.label
    return Severity.HIGH if sure and (owned.configured or convention(found, owned.name).strong) else Severity.MEDIUM


def _owned(one: OptionalScope, found: Tenancy, repo: Repo) -> Owned | None:
    """The tenants' table the function asks for that has the column."""
    names = _asked(one, repo)
    tables = (found.owned.get(name) for name in sorted(names))
    return next(
        (table for table in tables if table and not table.guarded and one.column in scoping(table.column)), None
    )


def _asked(one: OptionalScope, repo: Repo) -> set[str]:
    """The tables and models a function names where it asks for rows."""
    source = repo.source(one.place.path)
    text = "\n".join(source.lines[one.first - 1 : one.last]) if source else ""
    tables = {name.lower() for name in _SQL.findall(text)}
    if language(one.place.path) == "python":
        return tables | set(_MODEL.findall(text))
    lookups = (look for look in repo.of(Lookup, one.place.path) if one.first <= look.place.line <= one.last)
    return tables | {relation.table for look in lookups for relation in look.query.relations}

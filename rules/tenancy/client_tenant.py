"""The caller says whose rows are meant.

An id of a tenant that comes with the request is whatever the caller writes. Unless something compares it with the
tenants the caller belongs to, the condition on it keeps nobody out.
"""

from collections.abc import Iterator

from gate.facts.around import Around, around
from gate.facts.lost import scoping
from gate.facts.rls import secured
from gate.facts.tenantsent import TenantSent
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(639, 807),
    fix="Take the tenant from the session. Where the caller belongs to several, look the membership up and use its id.",
    bad=[
        """
        def orders(request):
            return list(Order.objects.filter(tenant_id=request.GET["tenant_id"]).values("id"))  # <-

        @router.get("/orders")
        def listed(tenant_id: int, db: Session = Depends(get_db), user=Depends(get_user)):
            return db.scalars(select(Order).where(Order.tenant_id == tenant_id)).all()  # <-

        def run(request, cur):
            cur.execute("SELECT id FROM orders WHERE tenant_id = %s", (request.headers["X-Tenant-Id"],))  # <-

        @app.post("/orders")
        def create(body: OrderIn, db: Session = Depends(get_db), user=Depends(get_user)):
            db.add(Order(tenant_id=body.tenant_id, total=body.total))  # <-

        def enter(conn):
            conn.execute(text("SELECT set_config('app.tenant_id', :t, true)"), {"t": request.args["org"]})  # <-

        class View(APIView):
            def get(self, request):
                return Order.objects.filter(org_id=self.request.data["org"])  # <-
        """,
        """
        @app.post("/orders")
        def create(body: OrderIn, user: User = Depends(get_user)):
            audit(user.tenant_id)
            return Order.objects.create(tenant_id=body.tenant_id)  # <-
        """,
        """
        def numbers(request):
            key = f"dashboard:{request.GET['tenant']}"
            return JsonResponse(cache.get(key))  # <-

        def kept(request):
            tenant = request.headers["X-Tenant"]
            return cache.get_or_set("numbers:" + tenant, count)  # <-

        @bp.post("/orders")
        def orders():
            tenant_id = int(request.json["tenant_id"])
            return db.scalars(select(Order).where(Order.tenant_id == tenant_id)).all()  # <-
        """,
        {"src/tickets.ts": """
            router.get("/a", async (req, res) => {
              const tickets = await prisma.ticket.findMany({ where: { orgId: req.query.orgId as string } }); // <-
              res.json(tickets);
            });
            router.get("/b", async (req, res) => {
              const { orgId: org, status = "open" } = req.query;
              if (!org) return res.sendStatus(400);
              const [rows, total] = await Promise.all([
                prisma.ticket.findMany({ where: { orgId: org, status } }), // <-
                prisma.ticket.count({ where: { orgId: org } }), // <-
              ]);
              res.json({ rows, total, org });
            });
            router.get("/c", async (req, res) => {
              const tenantId = req.headers["x-tenant-id"];
              res.json(await knex("books").where({ tenant_id: tenantId })); // <-
            });
            router.get("/d", async (req, res) => {
              res.json(await knex("books").where("tenant_id", req.get("X-Tenant-Id"))); // <-
            });
            router.post("/e", async (req, res) => {
              res.json(await prisma.ticket.create({ data: { orgId: req.body.orgId, by: "x" } })); // <-
            });
            router.get("/orgs/:orgId/tickets", async (req, res) => {
              res.json(await db.select({ id: tickets.id }).from(tickets).where(eq(tickets.orgId, req.params.orgId))); // <-
            });
            router.get("/f", async (req, res) => {
              res.json(await pool.query("SELECT id FROM books WHERE tenant_id = $1", [req.query.tenantId])); // <-
            });
            router.get("/g", async (req, res) => {
              const tenantId = Number(req.query.tenantId);
              res.json(await sql`SELECT id FROM books WHERE tenant_id = ${tenantId}`); // <-
            });
            router.get("/h", async (req, res) => {
              res.json(await Ticket.find({ orgId: req.query.orgId }).lean()); // <-
            });
            router.get("/i", async (req, res) => {
              res.json(await redis.get(`board:${req.query.orgId}`)); // <-
            });
        """, "app/api/tickets/route.ts": """
            export async function GET(request: NextRequest) {
              const orgId = request.nextUrl.searchParams.get("orgId");
              const { data } = await supabase.from("tickets").select("id").eq("org_id", orgId); // <-
              return NextResponse.json(data);
            }
            export async function POST(request: Request) {
              const body = await request.json();
              const made = await prisma.ticket.create({ data: { orgId: body.orgId, subject: body.subject } }); // <-
              return Response.json(made);
            }
        """, "src/tickets.controller.ts": """
            @Controller("tickets")
            export class TicketsController {
              constructor(private readonly ticketRepository: Repository<Ticket>) {}
              @Get()
              async list(@Query("tenantId") tenantId: string) {
                return this.ticketRepository.find({ where: { tenantId } }); // <-
              }
            }
        """, "app/actions.ts": """
            "use server";
            export async function close(orgId: string, id: string) {
              await prisma.ticket.updateMany({ where: { orgId, id }, data: { status: "closed" } }); // <-
            }
        """},
    ],
    good=[
        {"src/tickets.ts": """
            router.get("/a", async (req, res) => {
              const { orgId } = req.query;
              const member = await prisma.membership.findFirst({ where: { orgId, userId: req.user.id } });
              if (!member) return res.sendStatus(403);
              res.json(await prisma.ticket.findMany({ where: { orgId } }));
            });
            router.get("/b", async (req, res) => {
              if (req.query.orgId !== req.user.orgId) return res.sendStatus(403);
              res.json(await prisma.ticket.findMany({ where: { orgId: req.query.orgId } }));
            });
            router.get("/c", requireOrgMember, async (req, res) => {
              res.json(await prisma.ticket.findMany({ where: { orgId: req.params.orgId } }));
            });
            router.get("/d", async (req, res) => {
              const orgId = req.user.orgId;
              res.json(await prisma.ticket.findMany({ where: { orgId, status: req.query.status as string } }));
            });
            router.get("/e", async (req, res) => {
              const { orgId } = await getSession(req);
              res.json(await prisma.ticket.findMany({ where: { orgId } }));
            });
            router.get("/f", async (req, res) => {
              const orgId = String(req.query.orgId);
              if (!req.user.orgIds.includes(orgId)) throw new Forbidden();
              res.json(await prisma.ticket.findMany({ where: { orgId } }));
            });
            router.get("/g", async (req, res) => {
              const org = await findOrgForUser(req.user.id, req.params.orgId);
              res.json(await prisma.ticket.findMany({ where: { orgId: org.id } }));
            });
            router.get("/h", async (req, res) => {
              res.json(await prisma.ticket.findMany({ where: { orgId: res.locals.orgId, id: req.query.id as string } }));
            });
            router.get("/i", async (req, res) => {
              res.json(await prisma.ticket.findMany({
                where: { orgId: req.params.orgId, org: { members: { some: { userId: req.user.id } } } },
              }));
            });
            router.get("/j", async (req, res) => {
              await assertAccess(req.user, req.params.orgId);
              res.json(await redis.get(`board:${req.params.orgId}`));
            });
        """, "db/notes.sql": """
            CREATE TABLE notes (id int, org_id int);
            ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
        """, "app/notes/page.tsx": """
            export default async function Page({ params }: { params: { orgId: string } }) {
              const { data } = await supabase.from("notes").select("id").eq("org_id", params.orgId);
              return <List rows={data} />;
            }
        """, "src/jobs/tickets.ts": """
            export async function handler(event) {
              const { orgId } = event.body;
              return prisma.ticket.findMany({ where: { orgId } });
            }
        """},
        """
        def orders(request):
            return Order.objects.filter(tenant=request.tenant)

        @app.post("/orders")
        def create(body: OrderIn, user: User = Depends(get_user)):
            if body.tenant_id != user.tenant_id:
                raise HTTPException(403)
            return Order.objects.create(tenant_id=body.tenant_id)

        def mine(request, org_id):
            membership = get_object_or_404(Membership, user=request.user, org_id=org_id)
            return Order.objects.filter(org_id=membership.org_id)

        @router.get("/orders")
        def listed(org_id: int, user=Depends(get_user)):
            require_member(user, org_id)
            return Order.objects.filter(org_id=org_id)

        @classmethod
        def from_dict(cls, data):
            return cls(name=data["name"], workspace=Workspace(org=data["org"]))

        @router.get("/orgs/{org_id}/orders", dependencies=[Depends(require_org_access)])
        def of_org(org_id: int):
            return Order.objects.filter(org_id=org_id)
        """,
        """
        @router.get("/orders")
        async def orders(workspace=Depends(current_workspace), pool=Depends(get_pool)):
            return await pool.fetch("SELECT id FROM orders WHERE workspace = $1", workspace)

        @router.get("/notes")
        async def notes(org: CurrentOrg, db: Session):
            return db.scalars(select(Note).where(Note.org == org)).all()

        def chosen(request):
            org = Membership.objects.get(org=request.GET["org"], user=request.user).org
            return Order.objects.filter(org=org)

        def numbers(request):
            return JsonResponse(cache.get(f"dashboard:{request.tenant.pk}"))

        def looked_for(request):
            org_id = request.GET["org"]
            if org_id not in ids_of(request.user):
                raise Http404
            return Order.objects.filter(org_id=org_id)

        def narrowed(request):
            orders = request.user.org.order_set.all()
            if org := request.GET.get("org"):
                orders = orders.filter(org_id=org)
            return orders

        def checked(request):
            org_id = request.GET["org"]
            require_member(request.user, org_id)
            return cache.get(f"dashboard:{org_id}")
        """,
        {"tests/test_a.py": 'def test_a(request):\n    Order.objects.filter(tenant_id=request.GET["tenant_id"])\n'},
    ],
    misses=[
        "An id that is checked by a middleware is reported all the same; one that goes through a helper is not seen.",
        "A dependency that hands on what the caller sent without asking anything.",
    ],
)  # fmt: skip

_LEFT_ALONE = frozenset({"test", "seed", "down", "migration", "admin", "dev"})


@rule.check(TenantSent)
def chosen(one: TenantSent, repo: Repo) -> Iterator[Hit]:
    if one.role in _LEFT_ALONE:
        return
    near = around(repo, one.place)
    if near.is_background or near.asks or near.tells_user or one.table.lower() in secured(repo):
        return
    if isinstance(near, Around) and near.compares(scoping(repo) - {"tenant", "org"}):
        return
    known = f", though `{one.own}` is at hand" if one.own else ""
    yield Hit(one.place, f"`{one.told}` comes from the caller and decides whose data is meant{known}; compare it with the "
              "tenants the caller belongs to.", detail=one.told,
              severity=Severity.HIGH if one.own and near.answers_request else None)  # fmt: skip

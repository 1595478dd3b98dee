"""A cache key names nobody, and the value is somebody's.

The cache is one for all tenants. Under a key that is the same for each of them, the first one's answer is what all
the others get, and no query shows it.
"""

from collections.abc import Iterator

from gate import lazy
from gate.facts.cachekey import CacheKey
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(524, 668, 488),
    fix="Put the id of the tenant into the key, best by one function that builds all keys, or by KEY_FUNCTION.",
    bad=[
        """
        def stats(request):
            data = cache.get("dashboard:numbers")
            if data is None:
                data = list(Order.objects.filter(tenant=request.tenant).values("day"))
                cache.set("dashboard:numbers", data, 60)  # <-
            return JsonResponse({"d": data})

        def report(tenant_id, day):
            key = f"report:{day}"
            return cache.get_or_set(key, lambda: build_report(tenant_id, day))  # <-

        def orders(request, state):
            k = "orders_%s" % state
            cache.set(k, Order.objects.filter(org=request.user.org, status=state), 30)  # <-

        async def plan(org, redis):
            await redis.set("plan", (await Plan.get(org=org)).json())  # <-

        def menu(user):
            return cache.get_or_set("menu:v2", lambda: build_menu(user.permissions))  # <-

        def totals(workspace, month):
            return caches["default"].get("totals:{}".format(month))  # <-

        class V(View):
            def get(self, request):
                return JsonResponse(cache.get_or_set("projects", lambda: list(request.user.projects.values("id"))))  # <-
        """,
        """
        def dashboard(request):
            org = current_organization(request)
            data = cache.get("dashboard")
            if data is None:
                data = list(Project.objects.filter(organization=org).values("id"))
                cache.set("dashboard", data, 60)  # <-
            return Response(data)
        """,
        """
        def leads(request):
            rows = cache.get("leads")
            if rows is None:
                cur.execute("SELECT id FROM leads WHERE tenant_id = %s", (request.user.tenant_id,))
                rows = cur.fetchall()
                cache.set("leads", rows, timeout=60)  # <-
            return JsonResponse(rows)
        """,
        """
        import redis
        r = redis.Redis()
        def search(account, q):
            key = "search:" + q
            hit = r.get(key)  # <-
            return hit or run(account, q)
        def total():
            out = str(db.scalar(TOTAL, {"tenant": g.tenant.id}))
            r.setex("total", 60, out)  # <-
            return out
        """,
        {"src/tickets.ts": """
            router.get("/a", async (req, res) => {
              const hit = await redis.get("dashboard");
              if (hit) return res.json(JSON.parse(hit));
              const rows = await prisma.ticket.findMany({ where: { orgId: req.user.orgId } });
              await redis.set("dashboard", JSON.stringify(rows), "EX", 60); // <-
              res.json(rows);
            });
            router.get("/b", async (req, res) => {
              const key = `tickets:${req.query.status}`;
              let rows = cache.get(key);
              if (!rows) {
                rows = await prisma.ticket.findMany({ where: { orgId: req.user.orgId, status: req.query.status } });
                cache.set(key, rows); // <-
              }
              res.json(rows);
            });
            router.get("/d", async (req, res) => {
              const [row] = await db.select({ n: count() }).from(leads).where(eq(leads.tenantId, req.user.tenantId));
              await env.KV.put("lead-board", JSON.stringify(row)); // <-
              res.json(row);
            });
            router.get("/c", async (req, res) => {
              res.json(await cacheManager.wrap("tickets", () => ticketsOf(req.user.orgId), 60)); // <-
            });
            export async function totals(tenantId: string, month: string) {
              const found = await totalsOf(tenantId, month);
              await this.cache.set("totals:" + month, found); // <-
              return found;
            }
            export async function plan(orgId: string) {
              return (await redis.get("plan")) ?? planOf(orgId); // <-
            }
        """, "app/data.ts": """
            export async function getTickets() {
              const { orgId } = await getSession();
              return unstable_cache(() => prisma.ticket.findMany({ where: { orgId } }), ["tickets"])(); // <-
            }
            export const getPlan = async (workspaceId: string) => {
              const read = unstable_cache(async () => planOf(workspaceId), ["plan"], { revalidate: 60 }); // <-
              return read();
            };
        """},
    ],
    good=[
        {"src/tickets.ts": """
            router.get("/a", async (req, res) => {
              const key = `dashboard:${req.user.orgId}`;
              const rows = await prisma.ticket.findMany({ where: { orgId: req.user.orgId } });
              await redis.set(key, JSON.stringify(rows), "EX", 60);
              res.json(rows);
            });
            router.get("/b", async (req, res) => {
              const rows = await prisma.ticket.findMany({ where: { orgId: req.user.orgId } });
              cache.set(cacheKey(req, "tickets"), rows);
              res.json(rows);
            });
            router.get("/c", async (req, res) => {
              const rates = await redis.get("fx:rates");
              res.json({ rates, org: req.user.orgId });
            });
            router.get("/d", async (req, res) => {
              const cache = new Map();
              cache.set("tickets", await ticketsOf(req.user.orgId));
              res.json(cache.get("tickets"));
            });
            router.get("/e/:id", async (req, res) => {
              const ticket = await ticketOf(req.user.orgId, req.params.id);
              await redis.setex(`ticket:${ticket.id}`, 60, JSON.stringify(ticket));
              res.json(ticket);
            });
            export async function countries() {
              return redis.get("countries");
            }
            export async function totals(tenantId: string, month: string) {
              await this.cache.set(["totals", tenantId, month].join(":"), await totalsOf(tenantId, month));
            }
        """, "app/data.ts": """
            export async function getTickets(orgId: string) {
              return unstable_cache(() => prisma.ticket.findMany({ where: { orgId } }), ["tickets", orgId])();
            }
            export const read = unstable_cache(async (orgId: string) => ticketsOf(orgId), ["tickets"]);
            export async function posts(orgId: string) {
              return unstable_cache(() => allPosts(), ["posts"])();
            }
        """},
        """
        def stats(request):
            return cache.get_or_set(f"stats:{request.tenant.id}", lambda: build(request.tenant))

        def report(tenant_id, day):
            return cache.get(f"report:{tenant_id}:{day}")

        rates = cache.get("fx:rates")

        def located(user, hashed_ip, country):
            cache.set(f"geoip:{hashed_ip}", country, 3600)

        def pictured(user, size):
            name = user.nick
            key = "-".join(("picture", name, str(size)))
            cache.set(key, user.picture())

        def keyed(tenant, status):
            key = tenant_key("orders", status)
            return cache.get(key)

        def order_total(order, user):
            return cache.get_or_set(f"order-total:{order.pk}", order.compute_total)

        def locked(user, job_id):
            cache.add(f"lock:{job_id}", 1, 30)

        def made(request, x):
            cache.set(make_cache_key(request, "x"), x, request.user.pk)

        def menu(connection, user):
            return cache.get(f"{connection.schema_name}:menu")

        def robots(request):
            return cache.get("robots.txt")

        def links(request):
            return request.organizer.cache.get_or_set("links", lambda: list(request.organizer.links.all()))

        async def built(flow_id, current_user):
            cache = await service.get_cache(flow_id)
            return cache.get("result")

        def is_banned(request):
            ban_cache = request.session[KEY]
            return ban_cache.get("expires_on")

        def named(user, data):
            return data.get("name")
        """,
        {"settings.py": 'CACHES = {"default": {"KEY_FUNCTION": "django_tenants.cache.make_key"}}',
         "app.py": 'def menu(tenant):\n    return cache.get_or_set("menu", lambda: build(tenant))\n'},
    ],
    misses=[
        "A key that another function builds without the tenant.",
        "Caches under other names than `cache`, `redis`, `memcache` and the like.",
    ],
)  # fmt: skip

_PASSING = lazy.regex(r"(?:req(?:uest)?|ctx|context|c|g|session|user)(?:\.\w+)+|\w+\(\)|(?:current_)?user")
"""Callers a function knows for whatever reason; where the value is not seen to be made from one, it may be for all."""
_LEFT_ALONE = frozenset({"test", "seed", "down", "migration", "admin", "dev"})


@rule.check(CacheKey)
def mixes(one: CacheKey, repo: Repo) -> Iterator[Hit]:
    if one.role in _LEFT_ALONE or next(repo.mentioning("KEY_FUNCTION"), None):
        return
    same = [other for other in repo.of(CacheKey, one.place.path) if (other.text, other.scope) == (one.text, one.scope)]
    worst = next((other for other in same if other.derived), same[0])
    if one == worst:  # a value that is read, made and stored is told of once
        yield Hit(one.place, f"The key `{one.text}` is the same for everybody, and `{one.whose}` decides the value: what one "
                  "tenant stores, the next one reads. Put the tenant's id into the key.", detail=one.text,
                  severity=None if one.derived else Severity.LOW if _PASSING.fullmatch(one.whose) else Severity.MEDIUM)  # fmt: skip

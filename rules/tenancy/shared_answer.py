"""An answer made for one caller is kept and given to others.

A cached view, a memoized function and a `public` header go by the address or the arguments. What the function takes
from the session besides, the user or the tenant, is not part of that, so the first caller's answer is everybody's.
"""

from collections.abc import Iterator

from gate import lazy
from gate.facts.keptanswer import KeptAnswer
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(524, 488, 525),
    fix="Vary by the session (`vary_on_cookie`), mark the answer `private`, or give the tenant's id to the memoized "
    "function as an argument.",
    bad=[
        """
        @cache_page(60)  # <-
        def dashboard(request):
            return render(request, "d.html", {"o": request.user.orders.all()})

        @lru_cache(maxsize=128)  # <-
        def features():
            return list(Feature.objects.filter(tenant=get_current_tenant()))

        @cache(expire=60)  # <-
        async def me(user: User = Depends(current_user)):
            return user.profile

        @app.route("/me")  # <-
        @cache.cached(timeout=30)
        def mine():
            return jsonify(current_user.to_dict())

        @lru_cache  # <-
        def settings_for_request():
            return Settings.objects.get(org=g.org)

        @cache_control(public=True, max_age=60)  # <-
        def invoices(request):
            return JsonResponse(list(request.user.invoices.values("id")), safe=False)

        _memo = {}
        def plan():  # <-
            return _memo.setdefault("plan", Plan.objects.get(tenant=get_current_tenant()))

        class V(View):
            @method_decorator(cache_page(60))  # <-
            def get(self, request):
                return HttpResponse(request.tenant.name)
        """,
        """
        def numbers(request):  # <-
            response = JsonResponse({"count": request.user.orders.count()})
            response["Cache-Control"] = "public, max-age=60"
            return response

        @app.get("/totals")  # <-
        def totals():
            return jsonify(totals_of(g.tenant)), 200, {"Cache-Control": "s-maxage=60"}

        def patched(request):  # <-
            response = JsonResponse(list(request.tenant.orders.values("id")), safe=False)
            patch_cache_control(response, public=True, max_age=60)
            return response
        """,
        {"src/tickets.ts": """
            router.get("/a", async (req, res) => {
              const rows = await prisma.ticket.findMany({ where: { orgId: req.user.orgId } });
              res.set("Cache-Control", "public, max-age=60"); // <-
              res.json(rows);
            });
            export async function GET(request: Request) {
              const session = await auth();
              const rows = await ticketsOf(session.user.orgId);
              return Response.json(rows, { headers: { "Cache-Control": "s-maxage=300, stale-while-revalidate" } }); // <-
            }
            export const getServerSideProps = async ({ req, res }) => {
              const { orgId } = await getSession(req);
              res.setHeader("CDN-Cache-Control", "public, s-maxage=10"); // <-
              return { props: { rows: await ticketsOf(orgId) } };
            };
            router.get("/b", apicache.middleware("5 minutes"), async (req, res) => { // <-
              res.json(await ticketsOf(req.user.orgId));
            });
        """},
    ],
    good=[
        {"src/tickets.ts": """
            router.get("/a", async (req, res) => {
              const rows = await prisma.ticket.findMany({ where: { orgId: req.user.orgId } });
              res.set("Cache-Control", "private, max-age=60");
              res.json(rows);
            });
            router.get("/b", async (req, res) => {
              res.set("Cache-Control", "public, max-age=600");
              res.json(await posts());
            });
            router.get("/c", async (req, res) => {
              res.set("Cache-Control", "public, max-age=60");
              res.set("Vary", "Cookie");
              res.json(await ticketsOf(req.user.orgId));
            });
            router.get("/d/:orgId", async (req, res) => {
              res.set("Cache-Control", "public, max-age=60");
              res.json(await publicTicketsOf(req.params.orgId));
            });
            router.get("/e", apicache.middleware("5 minutes"), async (req, res) => {
              res.json(await posts());
            });
        """},
        """
        @cache_page(60)
        def landing(request):
            return render(request, "landing.html")

        @vary_on_cookie
        @cache_page(60)
        def dashboard(request):
            return render(request, "d.html", {"o": request.user.orders.all()})

        @lru_cache
        def features(tenant_id):
            return tuple(Feature.objects.filter(tenant_id=tenant_id))

        @lru_cache
        def parse_rule(text):
            return compile_rule(text)

        @cache(expire=60, key_builder=user_key)
        async def me(user: User = Depends(current_user)):
            return user.profile

        @cache_control(private=True)
        def invoices(request):
            return JsonResponse(list(request.user.invoices.values("id")), safe=False)

        @never_cache
        def mine(request):
            return JsonResponse({"u": request.user.pk})

        @lru_cache
        def get_settings():
            return Settings()

        def numbers(request):
            response = JsonResponse({"count": request.user.orders.count()})
            response["Cache-Control"] = "private, max-age=60"
            return response

        def posts(request):
            response = JsonResponse(list(Post.objects.values("id")), safe=False)
            response["Cache-Control"] = "public, max-age=60"
            return response

        def varied(request):
            response = JsonResponse({"count": request.user.orders.count()})
            response["Cache-Control"] = "public, max-age=60"
            response["Vary"] = "Cookie"
            return response
        """,
    ],
    misses=["Views that are cached where their addresses are listed.", "Headers for caches that another function sets."],
)  # fmt: skip

_SESSION = lazy.regex(r"(?i)user|member|profile|customer|principal|identity")
"""Names of what only the session tells."""
_LEFT_ALONE = frozenset({"test", "seed", "down", "migration", "dev"})


@rule.check(KeptAnswer)
def keeps(one: KeptAnswer, repo: Repo) -> Iterator[Hit]:
    if one.role in _LEFT_ALONE:
        return
    what = {
        "cache_page": "is cached by its address", "public": "is marked public, for caches on the way to keep",
        "memo": "is remembered by its arguments", "cached": "is cached by its address or arguments",
    }[one.how]  # fmt: skip
    grave = one.how == "cache_page" and _SESSION.search(one.whose)  # a tenant is as often told by the address
    yield Hit(one.place, f"What `{one.name}` answers {what}, and `{one.whose}` decides it: the next caller gets what was made "
              "for another.", detail=one.name,
              severity=None if grave else Severity.MEDIUM)  # fmt: skip

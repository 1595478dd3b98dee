"""A request runs with the tenant's scope switched off.

Managers, contexts and policies kept each query to one tenant, so queries stopped saying it. Where the scope is off,
those same queries read and change the rows of all.
"""

from collections.abc import Iterator

from gate import lazy
from gate.facts.around import around, decorated
from gate.facts.rls import PERSONS, owners
from gate.facts.table import Table
from gate.facts.unscoping import Unscoping
from gate.rule import Hit, Repo, Rule, Severity

_MODELS = """
    class Order(models.Model):
        tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE)
        all_objects = models.Manager()
        objects = TenantManager()
"""

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(639, 863, 284),
    fix="Enter the scope of the caller's tenant, and leave work across tenants to jobs. Use a client with the user's "
    "own key where policies decide.",
    bad=[
        {"shop/models.py": _MODELS, "shop/views.py": """
            def report(request):
                with scopes_disabled():  # <-
                    return JsonResponse({"n": Order.objects.count()})
            def api(request, pk):
                return JsonResponse(model_to_dict(Order._base_manager.get(pk=pk)))  # <-
            def export(request):
                set_current_tenant(None)  # <-
                return stream(Order.objects.all())
            def public(request):
                with schema_context("public"):  # <-
                    return render(request, "x.html", {"o": Order.objects.first()})
            def every(request, pk):
                return JsonResponse(model_to_dict(Order.all_objects.get(pk=pk)))  # <-
            @router.get("/o")
            def orders():
                return create_client(URL, SERVICE_ROLE_KEY).table("orders").select("id").execute()  # <-
            def helper():
                with scopes_disabled():  # <-
                    return Order.objects.count()
        """},
        {"app/api.py": """
            from sqlalchemy_tenants import DBManager
            @app.get("/x")
            async def x():
                async with manager.new_session() as s:  # <-
                    return (await s.execute(select(Order))).scalars().all()
        """},
        {"supabase/functions/orders/index.ts": """
            const db = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!); // <-
        """},
        {"supabase/functions/invoice/index.ts": """
            Deno.serve(async (req) => {
              const { invoiceId } = await req.json();
              const db = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!); // <-
              const { data } = await db.from("invoices").select("id, total").eq("id", invoiceId).single();
              return Response.json(data);
            });
        """},
    ],
    good=[
        """
        @app.task(acks_late=True)
        @scopes_disabled()
        def notify(logentry_ids):
            return [send(one) for one in LogEntry.objects.filter(id__in=logentry_ids)]

        @receiver(signal=periodic_task)
        @scopes_disabled()
        def send_pending(sender, **kwargs):
            return Invoice.objects.filter(sent=False)
        """,
        {"shop/models.py": _MODELS, "shop/views.py": """
            def signup(request):
                with schema_context("public"):
                    Tenant.objects.create(name=request.POST["name"])
            class TenantMiddleware:
                def __call__(self, request):
                    set_current_tenant(None)
            def listed(request):
                with scope(organizer=request.organizer):
                    return Order.objects.count()
            def first(request, tenant):
                with schema_context(tenant.schema_name):
                    return Country._base_manager.count()
            client = create_client(URL, ANON_KEY)
            with scopes_disabled():
                class OrderFilter(FilterSet):
                    item = ModelChoiceFilter(queryset=Order.objects.all())
        """},
        {"shop/management/commands/count.py": """
            class Command(BaseCommand):
                def handle(self, *a, **k):
                    with scopes_disabled():
                        Order.objects.count()
        """},
        {"tests/test_all.py": "def test_all(db):\n    with scopes_disabled():\n        assert Order.objects.count() == 0\n"},
    ],
    misses=[
        "A role of the database that bypasses policies, chosen by the connection string.",
        "What is computed while a class is made, in a block that holds nothing but classes and functions.",
    ],
)  # fmt: skip

_LEFT_ALONE = frozenset({"test", "seed", "migration", "down", "admin", "dev"})
_BEFORE = lazy.regex(
    r"(?i)sign_?(?:up|in)|regist|create_(?:tenant|org|workspace|account)|log_?in|resolve_|provision|onboard|middleware|webhook|admin"
    r"|superuser|staff|(?:^|\.)(?:get|set|enter|leave|exit|clear|reset)_(?:current_)?tenant"
)
"""Where no tenant is known yet, or all are meant."""
_MANAGERS = lazy.regex(r"`_base_manager`|`all_objects`")


@rule.check(Unscoping)
def leaves(one: Unscoping, repo: Repo) -> Iterator[Hit]:
    if one.role in _LEFT_ALONE or _BEFORE.search(one.scope) or (one.model and not _is_scoped(one, repo)):
        return
    near = around(repo, one.place)
    if decorated(repo, one.place).is_background or (not near.answers_request and one.model):
        return
    grave = one.blind or (near.answers_request and not near.asks and one.wide)
    said = "With it the queries here reach the rows of every tenant; enter the scope of the caller's."
    if one.blind:
        said = "No policy holds for it, the request says which rows, and nothing here finds out who calls; ask for the user."
    yield Hit(one.place, f"This uses {one.how}. {said}", detail=one.how, severity=None if grave else Severity.MEDIUM)


def _is_scoped(one: Unscoping, repo: Repo) -> bool:
    """Whether the usual manager of a model keeps to one tenant, so that another one matters."""
    tables = [table for table in repo[Table] if table.model == one.model]
    column = next((found for table in tables if (found := owners(repo).get(table.name))), "")
    return bool(column) and column not in PERSONS

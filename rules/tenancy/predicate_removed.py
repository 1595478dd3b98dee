"""A query no longer says whose rows it means.

It did before this change: by a condition on the tenant or owner, through the owner's own rows, or by a manager that
scoped every query. What was asked of everybody's rows for a reason is now given to whoever names an id.
"""

from collections.abc import Iterator, Sequence

from gate.facts.alignment import line_after
from gate.facts.around import around
from gate.facts.ddl import Ddl
from gate.facts.lost import Loss, losses, scoping, uncompared
from gate.facts.rls import secured
from gate.facts.sessionscope import told
from gate.facts.table import Table
from gate.facts.unscoping import Unscoping
from gate.rule import Edit, Hit, Pair, Place, Repo, Rule, Severity, Source


def _changed(before: str, after: str, path: str = "app/views.py") -> Pair:
    return Pair({path: before}, {path: after})


rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.CRITICAL,
    cwes=(639, 862, 863),
    fix="Put the condition back. If the rows are meant for everybody now, say so in a change of its own.",
    bad=[
        _changed(
            'def order(cur, oid, tid):\n    cur.execute("SELECT id FROM orders WHERE id=%s AND tenant_id=%s", (oid, tid))\n',
            'def order(cur, oid, tid):\n    cur.execute("SELECT id FROM orders WHERE id=%s", (oid,))  # <-\n',
        ),
        _changed(
            "def order(request, pk):\n    return get_object_or_404(Order, pk=pk, owner=request.user)\n",
            "def order(request, pk):\n    return get_object_or_404(Order, pk=pk)  # <-\n",
        ),
        _changed(
            "class Orders(ModelViewSet):\n    def get_queryset(self):\n        return self.request.user.orders.all()\n",
            "class Orders(ModelViewSet):\n    def get_queryset(self):\n        return Order.objects.all()  # <-\n",
        ),
        _changed(
            "from sqlalchemy import select\n\ndef order(s, oid, user):\n"
            "    return s.scalar(select(Order).where(Order.id == oid, Order.tenant_id == user.tenant_id))\n",
            "from sqlalchemy import select\n\ndef order(s, oid, user):\n"
            "    return s.scalar(select(Order).where(Order.id == oid))  # <-\n",
        ),
        _changed(
            "SELECT i.id FROM items i JOIN orders o ON o.id = i.order_id AND o.tenant_id = $1;\n",
            "SELECT i.id FROM items i LEFT JOIN orders o ON o.id = i.order_id AND o.tenant_id = $1; -- <-\n",
            "app/q.sql",
        ),
        _changed(
            "class Order(models.Model):\n    total = models.IntegerField()\n    objects = TenantManager()\n",
            "class Order(models.Model):  # <-\n    total = models.IntegerField()\n    objects = models.Manager()\n",
            "shop/models.py",
        ),
        _changed(
            "def enter(cur, tenant):\n    cur.execute(\"SELECT set_config('app.tenant_id', %s, true)\", (tenant,))\n    return cur\n",
            "def enter(cur, tenant):\n    return cur  # <-\n",
            "app/middleware.py",
        ),
        _changed(
            "def order(db, oid, user):\n    order = db.get(Order, oid)\n"
            "    if order.tenant_id != user.tenant_id:\n        raise NotFound()\n    return order\n",
            "def order(db, oid, user):\n    order = db.get(Order, oid)  # <-\n    return order\n",
        ),
        _changed(
            'const q = "SELECT id FROM orders WHERE id = $1 AND org_id = $2"\nawait pool.query(q, [id, org])\n',
            'const q = "SELECT id FROM orders WHERE id = $1" // <-\nawait pool.query(q, [id])\n',
            "app.ts",
        ),
        _changed(
            "def invoice(request, pk):\n    return get_object_or_404(Invoice, pk=pk, project__organization__members__user=request.user)\n",
            "def invoice(request, pk):\n    return get_object_or_404(Invoice, pk=pk)  # <-\n",
        ),
        _changed(
            "router.get('/orders/:id', async (req, res) => {\n"
            "  res.json(await prisma.order.findFirst({ where: { id: req.params.id, orgId: req.user.orgId } }))\n})\n",
            "router.get('/orders/:id', async (req, res) => {\n"
            "  res.json(await prisma.order.findFirst({ where: { id: req.params.id } })) // <-\n})\n",
            "src/orders.ts",
        ),
        Pair(
            {
                "db.sql": "CREATE TABLE notes (id int, team_id int);\nALTER TABLE notes ENABLE ROW LEVEL SECURITY;\n",
                "src/admin.ts": "const admin = createClient(url, process.env.SUPABASE_SERVICE_ROLE_KEY)\n"
                'export const notes = (team) => admin.from("notes").select("id").eq("team_id", team)\n',
            },
            {
                "db.sql": "CREATE TABLE notes (id int, team_id int);\nALTER TABLE notes ENABLE ROW LEVEL SECURITY;\n",
                "src/admin.ts": "const admin = createClient(url, process.env.SUPABASE_SERVICE_ROLE_KEY)\n"
                'export const notes = (team) => admin.from("notes").select("id") // <-\n',
            },
        ),
        _changed(
            "const open = (org) => db.select().from(orders).where(and(eq(orders.orgId, org), eq(orders.state, 'open')))\n",
            "const open = (org) => db.select().from(orders).where(eq(orders.state, 'open')) // <-\n",
            "src/orders.ts",
        ),
        _changed(
            'await knex("orders").where("id", id).andWhere("account_id", user.account_id).del()\n',
            'await knex("orders").where("id", id).del() // <-\n',
            "src/orders.js",
        ),
        _changed(
            "constructor(private orders: Repository<Order>) {}\none(accountId: number, id: number) {\n"
            "  return this.orders.findOne({ where: { id, accountId } })\n}\n",
            "constructor(private orders: Repository<Order>) {}\none(id: number) {\n"
            "  return this.orders.findOne({ where: { id } }) // <-\n}\n",
            "src/orders.service.ts",
        ),
    ],
    good=[
        _changed(
            "def added(repo):\n    return User.query.filter(User.userid == repo.userid).first()\n",
            "def added(repo):\n    return User.query.filter(User.id == repo.userid).first()\n",
        ),
        _changed(
            "def remind(now):\n    for one in User.query.filter(User.id == now):\n"
            "        yield list(Repo.query.filter(Repo.user == one, Repo.age > 0))\n",
            "def remind(now):\n    for one in User.query.filter(User.id == now, User.mail != ''):\n        yield one.repos\n",
        ),
        _changed(
            "class Order(models.Model):\n    total = models.IntegerField()\n    objects = TenantManager()\n",
            "class Order(models.Model):\n    total = models.IntegerField()\n    objects = TenantManager.from_queryset(OrderQuerySet)()\n",
            "shop/models.py",
        ),
        _changed(
            "class AccountModelAbstract(models.Model):\n    code = models.TextField()\n    objects = AccountModelManager()\n",
            "class AccountModelAbstract(models.Model):\n    code = models.TextField()\n    objects = CodesManager()\n",
            "ledger/models.py",
        ),
        Pair(
            {
                "db.sql": "CREATE TABLE notes (id int, team_id int);\nALTER TABLE notes ENABLE ROW LEVEL SECURITY;\n",
                "src/notes.ts": 'export const notes = (db, team) => supabase.from("notes").select("id").eq("team_id", team)\n',
            },
            {
                "db.sql": "CREATE TABLE notes (id int, team_id int);\nALTER TABLE notes ENABLE ROW LEVEL SECURITY;\n",
                "src/notes.ts": 'export const notes = (db, team) => supabase.from("notes").select("id")\n',
            },
        ),
        _changed(
            "const one = (org, id) => prisma.order.findFirst({ where: { id, orgId: org } })\n",
            "const one = (org, id) => prisma.order.findUnique({ where: { orgId_id: { orgId: org, id } } })\n",
            "src/orders.ts",
        ),
        _changed(
            "async function one(org, id) {\n  return prisma.order.findFirst({ where: { id, orgId: org } })\n}\n",
            "async function one(org, id) {\n  const order = await prisma.order.findUnique({ where: { id } })\n"
            "  if (order.orgId !== org) throw new NotFound()\n  return order\n}\n",
            "src/orders.ts",
        ),
        _changed(
            "const some = (org) => knex('orders').where({ account_id: org, state: 'open' })\n",
            "const some = (org) => ordersOf(org).where({ state: 'open' })\n",
            "src/orders.js",
        ),
        _changed(
            "const some = (org) => Order.findAll({ where: { accountId: org } })\n",
            "const some = (org) => Order.findAll({ where: scopeOf(org) })\n",
            "src/orders.js",
        ),
        _changed(
            'cur.execute("SELECT id FROM orders WHERE id=%s AND tenant_id=%s", (oid, tid))\n',
            'cur.execute("SELECT o.id FROM orders o WHERE o.tenant_id=%s AND o.id=%s", (tid, oid))\n',
        ),
        _changed(
            "def f(t, pk):\n    return Order.objects.filter(tenant=t, pk=pk).first()\n",
            "def f(t, pk):\n    return Order.for_tenant(t).filter(pk=pk).first()\n",
        ),
        _changed(
            "from sqlalchemy import select\ndef f(t):\n    stmt = select(Order).where(Order.tenant_id == t)\n    return run(stmt)\n",
            "from sqlalchemy import select\ndef f(t):\n    stmt = scoped(Order, t)\n    return run(stmt)\n",
        ),
        _changed(
            'def f(cur):\n    cur.execute("SELECT id FROM orders WHERE tenant_id = %s", (t,))\n',
            'def f(cur):\n    cur.execute("SELECT id FROM orders WHERE organization_id = %s", (t,))\n',
        ),
        _changed("def export_all(t):\n    return Order.objects.filter(tenant=t)\n", "def other():\n    return 1\n"),
        _changed(
            'def f(cur):\n    cur.execute("SELECT id FROM orders WHERE tenant_id = %s AND status = %s", (t, s))\n',
            'def f(cur):\n    cur.execute("SELECT id FROM orders WHERE tenant_id = %s", (t,))\n',
        ),
        _changed(
            "def f(request, pk):\n    return get_object_or_404(Order, pk=pk, owner=request.user)\n",
            "def f(request, pk):\n    return get_object_or_404(request.user.orders, pk=pk)\n",
        ),
        _changed("Order.objects.filter(tenant=t)\n", "Order.objects.all()\n", "tests/test_orders.py"),
        _changed(
            "def f(self):\n    if self.user.has_perm('a'):\n        return Group.objects.order_by('id')\n"
            "    return self.request.user.groups.order_by('id')\n",
            "def f(self):\n    user = self.user\n    if user.has_perm('a'):\n        return Group.objects.all()\n"
            "    return Group.objects.filter(Q(user=user) | Q(admins=user))\n",
        ),
        _changed(
            "def f(request, pk):\n    return show(Order.objects.get(pk=pk, owner=request.user))\n",
            "def f(request, pk):\n    order = Order.objects.get(pk=pk)\n    ensure_can_view(request.user, order)\n"
            "    return show(order)\n",
        ),
    ],
    misses=[
        "A query that moves to another function, or a function that gets another name, and loses its condition on the way.",
        "Permissions that are no longer asked for before the query.",
    ],
)  # fmt: skip

_LEFT_ALONE = frozenset({"test", "seed", "down", "migration"})


@rule.compare
def removed(edits: Sequence[Edit], base: Repo, head: Repo) -> Iterator[Hit]:
    for edit in edits:
        if edit.before is None or edit.after is None:
            continue
        yield from _queries(edit.before, edit.after, base, head)
        yield from _managers(edit.before, edit.after, base, head)
        yield from _sessions(edit.before, edit.after, base, head)
        yield from _comparisons(edit, base, head)


def _queries(before: Source, after: Source, base: Repo, head: Repo) -> Iterator[Hit]:
    for loss in losses(after.path, before, base, after, head):
        if loss.table in secured(head) and not _is_blind(after, head):
            continue
        near = around(head, loss.place)
        if near.compares(scoping(head)) or near.tells_user:
            continue
        does = {"update": "changes rows of", "delete": "deletes from"}.get(loss.verb, "reads")
        said = (
            f"This {does} `{loss.table}` and was bound by `{loss.column}` before this change; put the condition back."
        )
        yield Hit(loss.place, said, detail=loss.table, severity=_weight(loss, asks=near.asks))


def _is_blind(source: Source, repo: Repo) -> bool:
    """Whether a file asks the database by a role no policy holds for."""
    return any(not one.model for one in repo.of(Unscoping, source.path))


def _weight(loss: Loss, *, asks: bool) -> Severity | None:
    return Severity.MEDIUM if asks or loss.role != "app" else None


def _managers(before: Source, after: Source, base: Repo, head: Repo) -> Iterator[Hit]:
    """Models whose manager scoped every query, and does not any more."""
    guarded = {table.model for table in _tables(base, before.path) if table.guarded}
    for table in _tables(head, after.path):
        if table.model in guarded and not table.guarded:
            said = (
                f"The manager of `{table.model}` kept its queries to one tenant, and is replaced by one that does not."
            )
            yield Hit(table.place, said, detail=table.model)


def _tables(repo: Repo, path: str) -> tuple[Table, ...]:
    return repo.of(Table, path) if path in repo else ()


def _sessions(before: Source, after: Source, base: Repo, head: Repo) -> Iterator[Hit]:
    """A file that told the database which tenant asks, where nothing does any more."""
    gone = {name: one for one in _ddl(base, before.path) if one.role not in _LEFT_ALONE and (name := told(one))}
    kept = {name for one in _ddl(head, after.path) if (name := told(one))} if gone else set()
    for name, one in gone.items():
        if name not in kept and not any(told(other) == name for other in head[Ddl]):
            line = line_after(one.place.line, before, after)
            said = f"The database was told here which tenant asks, by `{name}`, and policies compare rows with it; it is told nowhere now."
            yield Hit(Place.at(after.path, line), said, detail=name)


def _ddl(repo: Repo, path: str) -> tuple[Ddl, ...]:
    return repo.of(Ddl, path) if path in repo else ()


def _comparisons(edit: Edit, base: Repo, head: Repo) -> Iterator[Hit]:
    """Rows that were compared with the caller after they were found by their key."""
    for loss in uncompared(edit.before, base, edit.after, head) if edit.before and edit.after else ():
        near = around(head, loss.place)
        if not near.tells_user and loss.table not in secured(head):
            said = f"This reads `{loss.table}` by its key, and its `{loss.column}` was compared with the caller's before this change."
            yield Hit(
                loss.place,
                f"{said} Put the comparison back.",
                detail=loss.table,
                severity=_weight(loss, asks=near.asks),
            )

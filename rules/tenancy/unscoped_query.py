"""A query of a tenant's table does not say whose rows it means.

Where one table holds the rows of all customers, each query must name the customer. One that finds a row by its id
alone hands any customer's row to whoever guesses or enumerates the id: the most common way data crosses accounts.
"""

from collections.abc import Iterator

from gate.facts.convention import Convention, convention
from gate.facts.exposure import Exposure, exposure
from gate.facts.table import Table
from gate.facts.tenancy import Owned, Tenancy, Use, tenancy
from gate.facts.tenants import first_places
from gate.rule import Hit, Repo, Rule, Severity
from gate.source import language

_SCHEMA = """
    CREATE TABLE tenants (id int PRIMARY KEY, name text);
    CREATE TABLE users (id int PRIMARY KEY, tenant_id int NOT NULL, org_id int, email text);
    CREATE TABLE orders (id int PRIMARY KEY, tenant_id int NOT NULL, org_id int, user_id int, status text, total int);
    CREATE TABLE items (id int PRIMARY KEY, tenant_id int NOT NULL, org_id int, order_id int, sku text);
    CREATE TABLE invoices (id int PRIMARY KEY, tenant_id int NOT NULL, org_id int);
    CREATE TABLE projects (id int PRIMARY KEY, tenant_id int NOT NULL, org_id int, name text);
    CREATE TABLE products (id int PRIMARY KEY, sku text);
"""
_MODELS = """
    class Tenant(models.Model):
        name = models.TextField()
    class Owned(models.Model):
        tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE)
        class Meta:
            abstract = True
    class Order(Owned):
        status = models.TextField()
    class Invoice(Owned):
        paid = models.BooleanField()
    class Project(Owned):
        name = models.TextField()
"""
_MAPPED = """
    class Tenant(Base):
        __tablename__ = "tenants"
        id: Mapped[int] = mapped_column(primary_key=True)
    class Owned:
        tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    class Order(Owned, Base):
        __tablename__ = "orders"
    class Note(Owned, Base):
        __tablename__ = "notes"
"""
_PERSONAL = """
    class Order(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        user_id = db.Column(db.Integer, db.ForeignKey("user.id"))
"""

_FAR = """
    class Organization(models.Model):
        name = models.TextField()
    class Project(models.Model):
        organization = models.ForeignKey(Organization, on_delete=models.CASCADE)
    class Invoice(models.Model):
        project = models.ForeignKey("Project", on_delete=models.CASCADE)
        number = models.TextField()
    class Line(models.Model):
        invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE)
    class Country(models.Model):
        name = models.TextField()
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
    model Zone {
      name String @id
    }
"""
_DRIZZLE = """
    export const orgs = pgTable("orgs", { id: text("id").primaryKey() });
    export const tickets = pgTable("tickets", { id: text("id").primaryKey(), orgId: text("org_id").notNull() });
"""
_KNEX = """
    exports.up = (knex) => knex.schema
      .createTable("tenants", (t) => { t.increments("id"); })
      .createTable("books", (t) => { t.increments("id"); t.integer("tenant_id").notNullable(); t.string("title"); });
"""

_THROUGH = """
    class Tenant(db.Model):
        id = db.Column(db.Integer, primary_key=True)
    class Project(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        tenant_id = db.Column(db.Integer, db.ForeignKey("tenant.id"))
    class Task(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        tenant_id = db.Column(db.Integer, db.ForeignKey("tenant.id"))
        project_id = db.Column(db.Integer, db.ForeignKey("project.id"))
"""

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(639, 566, 1220),
    fix="Add the tenant's column to the condition, bound to the tenant of the signed-in user; "
    "better, reach the table through one function that does, or let row-level security do it.",
    bad=[
        {"shop/models.py": _MODELS + """
    class Gift(Owned):
        receiver = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="gifts")
        """, "shop/views.py": """
            class Gifts(ListView):
                def get_queryset(self):
                    return Gift.objects.filter(receiver=self.kwargs["receiver"])  # <-
            class Some(ListView):
                def get_queryset(self):
                    return Gift.objects.filter(receiver=self.chosen)  # <-
        """},
        {"schema.sql": _SCHEMA, "q.sql": """
            SELECT id FROM orders WHERE id = $1; -- <-
            SELECT o.id FROM orders o JOIN items i ON i.order_id = o.id WHERE i.sku = $1; -- <-
            SELECT o.id FROM orders o LEFT JOIN users u ON u.id = o.user_id AND u.tenant_id = $1; -- <-
            SELECT id FROM orders WHERE tenant_id = $1 UNION ALL SELECT id FROM invoices; -- <-
            UPDATE orders SET paid = TRUE WHERE id = $1; -- <-
        """},
        {"schema.sql": _SCHEMA, "app.py": """
            def order(cur, pk):
                cur.execute("SELECT total FROM orders WHERE id = %s", (pk,))  # <-
                return cur.fetchone()
            async def paid(conn, pk):
                sql = "UPDATE orders SET status = 'paid' "  # <-
                sql += "WHERE id = $1"
                await conn.execute(sql, pk)
        """},
        {"shop/models.py": _MODELS, "shop/views.py": """
            def order(request, pk):
                return render(request, "order.html", {"order": Order.objects.get(pk=pk)})  # <-
            def invoice(request, pk):
                return get_object_or_404(Invoice, pk=pk)  # <-
            def drop(request, pk):
                Project.objects.filter(pk=pk).delete()  # <-
            def others(request):
                return JsonResponse(list(Order.objects.exclude(tenant=request.tenant).values("id")), safe=False)  # <-
            def sent(request):
                rows = Invoice.objects.filter(id__in=request.POST.getlist("ids")).values_list("id", "paid")  # <-
                return csv_of(rows)
            def stale(request):
                Order.objects.filter(status="stale").delete()  # <-
            def close(request, form):
                found = find_invoice(request)
                found.id = form["invoice"]
                Invoice.objects.filter(id=found.id).update(paid=True)  # <-
            def reopen(request):
                sent = InvoiceForm(**request.POST)
                Invoice.objects.filter(pk=sent.pk).update(paid=False)  # <-
            def touch(request, pk):
                found = _invoice_of(request, pk)
                Invoice.objects.filter(pk=found.pk).update(paid=True)  # <-
        """},
        {"models.py": _MAPPED, "app.py": """
            @router.get("/orders/{key}")
            async def order(key: int, session: AsyncSession, actor: Actor = Depends(get_current_actor)):
                return show(await session.get(Order, key))  # <-
            @router.get("/shown/{key}")
            async def shown(key: int, session: AsyncSession, user: User = Depends(get_current_user)):
                return render(await session.get(Order, key), user)  # <-
            @router.get("/asked/{key}")
            async def asked(key: int, given: dict, session: AsyncSession, user: User = Depends(get_current_user)):
                return show(await session.get(Order, found(given.get("key"), user) or key))  # <-
        """},
        {"models.py": _PERSONAL, "app.py": """
            from sqlalchemy import select, update
            @app.get("/orders")
            async def orders(current: Annotated[Signed, Depends(require_login)], session: AsyncSession):
                return await session.scalars(select(Order).where(Order.user_id == current.user.id))
            @app.post("/orders/{key}/close")
            async def close(key: int, current: Annotated[Signed, Depends(require_login)], session: AsyncSession):
                await session.execute(update(Order).where(Order.id == key).values(by=current.user.id))  # <-
            @app.post("/orders/open")
            async def reopen(current: Annotated[Signed, Depends(require_login)], session: AsyncSession):
                await session.execute(update(Order).where(Order.id == current.id).values(open=True))  # <-
        """},
        {"models.py": _MAPPED, "app.py": """
            from sqlalchemy import select
            async def order(session, pk):
                return await session.scalar(select(Order).where(Order.id == pk))  # <-
            def notes(session, status):
                return session.query(Note).filter_by(status=status).all()  # <-
            @router.get("/orders/{key}")
            async def one(key: int, db: AsyncSession = Depends(get_db), user: User = Depends(get_current_user)):
                stmt = select(Order).where(Order.id == key)  # <-
                return (await db.execute(stmt)).scalar_one()
            @router.get("/notes/{key}")
            async def note(key: int, session: AsyncSession, user: User = Depends(get_current_user)):
                return await session.get(Note, key)  # <-
            @router.get("/notes/others")
            async def others(session: AsyncSession, user: User = Depends(get_current_user)):
                return await session.scalars(select(Note).where(Note.tenant_id != user.tenant_id))  # <-
            @router.get("/notes")
            async def search(q: str, session: AsyncSession, user: User = Depends(get_current_user)):
                return await session.scalars(select(Note).where(or_(Note.tenant_id == user.tenant_id, Note.title == q)))  # <-
        """},
        {"shop/models.py": _MODELS, "shop/views.py": """
            class Orders(viewsets.ModelViewSet):
                permission_classes = [IsAuthenticated]
                queryset = Order.objects.all()  # <-
            class InvoiceDetail(LoginRequiredMixin, DetailView):
                model = Invoice  # <-
            class Projects(viewsets.ModelViewSet):
                def get_queryset(self):
                    return Project.objects.order_by("id")  # <-
        """},
        {"models.py": _PERSONAL, "app.py": """
            @app.get("/orders")
            @login_required
            def orders():
                return jsonify(Order.query.filter_by(user_id=current_user.id).all())
            @app.get("/orders/<int:key>")
            @login_required
            def order(key):
                return jsonify(Order.query.get_or_404(key).to_dict())  # <-
        """},
        {"schema.sql": _SCHEMA, "app.ts": """
            const found = await sql`SELECT id FROM orders WHERE id = ${id}`; // <-
            const some = await pool.query("SELECT id FROM orders WHERE tenant_id = $1 AND paid OR late", [tenant]); // <-
            const any = await pool.query("SELECT id FROM orders WHERE ($1::int IS NULL OR tenant_id = $1)", [tenant]); // <-
            const all = await pool.query("SELECT id FROM orders WHERE tenant_id = COALESCE($1, tenant_id)", [tenant]); // <-
        """},
        {"shop/models.py": _FAR, "shop/views.py": """
            @login_required
            def invoice(request, pk):
                return render(request, "invoice.html", {"invoice": Invoice.objects.get(pk=pk)})  # <-
            @login_required
            def lines(request, pk):
                return render(request, "lines.html", {"lines": Line.objects.filter(invoice_id=pk)})  # <-
            @login_required
            def found(request):
                return JsonResponse(list(Invoice.objects.filter(number=request.GET["number"]).values("id")))  # <-
        """},
        {"prisma/schema.prisma": _PRISMA, "src/tickets.ts": """
            router.get("/tickets/:id", async (req, res) => {
              res.json(await prisma.ticket.findUnique({ where: { id: req.params.id } })); // <-
            });
            router.get("/any", async (req, res) => {
              res.json(await prisma.ticket.findMany({ where: { OR: [{ orgId: req.user.orgId }, { status: "open" }] } })); // <-
            });
            router.get("/raw", async (req, res) => {
              res.json(await prisma.$queryRaw`SELECT id FROM "Ticket" WHERE status = ${req.query.status}`); // <-
            });
        """},
        {"src/schema.ts": _DRIZZLE, "src/tickets.ts": """
            router.post("/tickets/:id", async (req, res) => {
              await db.update(tickets).set({ status: "closed" }).where(eq(tickets.id, req.params.id)); // <-
            });
            router.get("/tickets/:id", async (req, res) => {
              res.json(await db.query.tickets.findFirst({ where: eq(tickets.id, req.params.id) })); // <-
            });
        """},
        {"migrations/1.js": _KNEX, "src/books.js": """
            router.get("/books/:id", async (req, res) => {
              res.json(await knex("books").select("id").where({ id: req.params.id }).first()); // <-
            });
            router.get("/open", async (req, res) => {
              res.json(await knex("books").where({ tenant_id: req.user.tenant_id }).orWhere("status", "open")); // <-
            });
        """},
        {"models.py": _THROUGH, "app.py": """
            @app.get("/projects/<int:project_id>/tasks")
            @login_required
            def tasks(project_id):
                return jsonify([one.id for one in Task.query.filter_by(project_id=project_id)])  # <-
            @app.post("/tasks/done")
            @login_required
            def done():
                Task.query.filter(Task.project_id == request.json["project"]).update({"done": True})  # <-
                return ""
        """},
        {"schema.sql": _SCHEMA, "store/orders.go": """
            package store

            func order(db *sql.DB, id int) *sql.Row {
                return db.QueryRow("SELECT total FROM orders WHERE id = $1", id) // <-
            }
            func mine(db *sql.DB, id, tenant int) *sql.Row {
                return db.QueryRow("SELECT total FROM orders WHERE id = $1 AND tenant_id = $2", id, tenant)
            }
        """},
        {"db.sql": "CREATE TABLE tenants (id int); CREATE TABLE notes (id int, tenant_id int, body text);", "app.py": """
            def mine(cur, tenant):
                cur.execute("SELECT id, body FROM notes WHERE tenant_id = %s", (tenant,))
            def note(cur, key):
                cur.execute("SELECT body FROM notes WHERE id = %s", (key,))  # <-
        """},
    ],
    good=[
        {"shop/models.py": _MODELS + """
    class Gift(Owned):
        receiver = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="gifts")
        """, "shop/views.py": """
            class Gifts(ListView):
                def get_queryset(self):
                    return Gift.objects.filter(receiver=self.tenant)
        """},
        {"models.py": _MAPPED, "app.py": """
            @router.get("/orders/{key}")
            async def order(key: int, session: AsyncSession, current_actor: Actor = Depends(get_current_actor)):
                return _require_owned(await session.get(Order, key), key, current_actor)
        """},
        {"models.py": _PERSONAL, "app.py": """
            from sqlalchemy import select, update
            @app.get("/orders")
            async def orders(current: Annotated[Signed, Depends(require_login)], session: AsyncSession):
                return await session.scalars(select(Order).where(Order.user_id == current.user.id))
            @app.post("/orders/close")
            async def close(current: Annotated[Signed, Depends(require_login)], session: AsyncSession):
                await session.execute(update(Order).where(Order.id == current.order.id).values(open=False))
        """},
        {"models.py": """
            class Company(Base):
                __tablename__ = "companies"
                id = mapped_column(Integer, primary_key=True)
            class Note(Base):
                __tablename__ = "notes"
                company_id = mapped_column(Integer, primary_key=True)
                note_id = mapped_column(Integer, primary_key=True)
            class Order(Base):
                __tablename__ = "orders"
                id = mapped_column(Integer, primary_key=True)
                company_id = mapped_column(Integer)
            class Item(Base):
                __tablename__ = "items"
                id = mapped_column(Integer, primary_key=True)
                company_id = mapped_column(Integer)
        """, "app.py": """
            async def note(note_id, company_id=Depends(company), session=Depends(session)):
                first = await session.get(Note, (company_id, note_id))
                return first or await session.get(Note, {"company_id": company_id, "note_id": note_id})
        """},
        {"db/schema.sql": """
            CREATE TABLE accounts (id int PRIMARY KEY, name text, type text, currency text);
            CREATE TABLE balances (id int PRIMARY KEY, account_id int REFERENCES accounts, amount numeric);
            CREATE TABLE transactions (id int PRIMARY KEY, account_id int REFERENCES accounts, amount numeric);
            CREATE TABLE links (id int PRIMARY KEY, account_id int REFERENCES accounts, iban text);
        """, "app.py": """
            def overview(conn):
                return conn.execute("SELECT account_id, amount FROM balances").fetchall()
        """},
        {"shop/models.py": _FAR, "shop/views.py": """
            @login_required
            def invoice(request, pk):
                return show(get_object_or_404(Invoice, pk=pk, project__organization__members__user=request.user))
            @login_required
            def lines(request, pk):
                invoice = get_object_or_404(visible_invoices(request.user), pk=pk)
                return JsonResponse(list(Line.objects.filter(invoice=invoice).values('id')))
            @login_required
            def all_lines(request):
                return JsonResponse(list(Line.objects.filter(invoice__in=visible_invoices(request.user)).values('id')))
            @login_required
            def checked(request, pk):
                invoice = get_object_or_404(Invoice, pk=pk)
                if not invoice.project.organization.members.filter(user=request.user).exists():
                    raise Http404
                return show(invoice)
            @login_required
            def countries(request):
                return JsonResponse(list(Country.objects.values('name')))
            def overdue():
                return Invoice.objects.filter(number="")
        """},
        {"prisma/schema.prisma": _PRISMA, "src/tickets.ts": """
            router.get("/tickets/:id", async (req, res) => {
              const ticket = await prisma.ticket.findUnique({ where: { id: req.params.id } });
              if (ticket.orgId !== req.user.orgId) return res.sendStatus(404);
              res.json(ticket);
            });
            router.get("/one/:id", async (req, res) => {
              res.json(await prisma.ticket.findUnique({ where: { orgId_id: { orgId: req.user.orgId, id: req.params.id } } }));
            });
            router.get("/some", async (req, res) => {
              res.json(await prisma.ticket.findMany({ where: { ...scope(req), status: "open" } }));
            });
            router.get("/raw", async (req, res) => {
              res.json(await prisma.$queryRaw`SELECT id FROM "Ticket" WHERE "orgId" = ${req.user.orgId}`);
            });
            router.get("/zones", async (req, res) => {
              res.json(await prisma.zone.findMany());
            });
        """, "src/jobs/close.ts": """
            export async function closeStale() {
              await prisma.ticket.updateMany({ where: { status: "stale" }, data: { status: "closed" } });
            }
        """},
        {"migrations/1.js": _KNEX, "src/books.js": """
            router.get("/books", async (req, res) => {
              let query = knex("books").select("id");
              query = query.where({ tenant_id: req.user.tenant_id });
              res.json(await query);
            });
            router.get("/found", async (req, res) => {
              res.json(await knex("books").where({ tenant_id: req.user.tenant_id })
                .andWhere((q) => q.where("title", req.query.q).orWhere("status", "open")));
            });
        """},
        {"models.py": _THROUGH, "app.py": """
            @app.get("/projects/<int:project_id>/tasks")
            @login_required
            def tasks(project_id):
                project = Project.query.filter_by(id=project_id, tenant_id=current_user.tenant_id).first_or_404()
                return jsonify([one.id for one in Task.query.filter_by(project_id=project_id)])
            @app.get("/tasks")
            @login_required
            def mine():
                project = current_project()
                return jsonify([one.id for one in Task.query.filter_by(project_id=project.id)])
            def of_project(project_id):
                return Task.query.filter_by(project_id=project_id).all()
        """},
        {"db.sql": "CREATE TABLE teams (id int); CREATE TABLE players (id int, team_id int);",
         "q.sql": "SELECT team_id FROM players WHERE id = $1;"},
        {"schema.sql": _SCHEMA, "start.py": """
            cur.execute('''ALTER TABLE orders DROP CONSTRAINT orders_pkey;
                DELETE FROM orders o USING orders p WHERE o.id = p.id AND o.ctid < p.ctid;
                ALTER TABLE orders ADD PRIMARY KEY (id);''')
        """},
        {"schema.sql": _SCHEMA, "q.sql": """
            SELECT id FROM orders WHERE tenant_id = $1 AND id = $2;
            SELECT i.id FROM items i JOIN orders o ON i.order_id = o.id AND o.tenant_id = $1;
            SELECT id FROM orders WHERE tenant_id = current_setting('app.tenant_id')::uuid;
            SELECT id FROM items WHERE order_id IN (SELECT id FROM orders WHERE tenant_id = $1);
            SELECT id FROM orders o WHERE EXISTS (SELECT 1 FROM memberships m WHERE m.org_id = o.org_id AND m.user_id = $1);
            SELECT id FROM orders WHERE id = $1 AND {{ condition }};
            SELECT id FROM users WHERE email = $1;
            SELECT id FROM projects WHERE tenant_id = $1 OR tenant_id IS NULL;
        """},
        {"schema.sql": _SCHEMA + "ALTER TABLE orders ENABLE ROW LEVEL SECURITY;",
         "q.sql": "SELECT id FROM orders WHERE id = $1;"},
        {"schema.sql": _SCHEMA, "tests/test_q.py": 'cur.execute("SELECT id FROM orders WHERE id = 1")'},
        {"schema.sql": "CREATE TABLE orders (id int, total int);", "q.sql": "SELECT total FROM orders WHERE id = $1;"},
        {"shop/models.py": _MODELS, "shop/views.py": """
            def order(request, pk):
                return Order.objects.get(pk=pk, tenant=request.tenant)
            def invoice(request, pk):
                return get_object_or_404(Invoice, pk=pk, tenant_id=request.tenant.id)
            def project(request, pk):
                return request.tenant.project_set.get(pk=pk)
            def drafts(request):
                return list(Order.objects.exclude(status="draft").filter(tenant=request.tenant))
            def open_orders(request):
                orders = Order.objects.filter(status="open")
                return list(orders.filter(tenant=request.tenant))
        """},
        {"models.py": _MAPPED, "app.py": """
            @router.get("/orders/{key}")
            async def order(key: int, session: AsyncSession, user: User = Depends(get_current_user)):
                order = await session.get(Order, key)
                if order is None or order.tenant_id != user.tenant_id:
                    raise HTTPException(404)
                return order
            @router.get("/notes")
            async def notes(session: AsyncSession, user: User = Depends(get_current_user)):
                shared = or_(Note.tenant_id == user.tenant_id, Note.is_public.is_(True))
                stmt = select(Note)
                return await session.scalars(stmt.where(shared))
            @celery.task
            def remind(session):
                return session.query(Order).filter_by(paid=False).all()
        """},
        {"shop/models.py": _MODELS, "shop/views.py": """
            class Orders(viewsets.ModelViewSet):
                queryset = Order.objects.all()
                def get_queryset(self):
                    return super().get_queryset().filter(tenant=self.request.tenant)
            class Create(LoginRequiredMixin, CreateView):
                model = Invoice
            class Owned(TenantMixin, DetailView):
                model = Project
        """},
        {"models.py": _PERSONAL, "app.py": """
            @app.get("/shared/<int:key>")
            def order(key):
                return jsonify(Order.query.get_or_404(key).to_dict())
        """},
        {"schema.sql": _SCHEMA, "app.ts": """
            const some = await pool.query("SELECT id FROM orders WHERE tenant_id = $1 OR is_public", [tenant]);
        """},
    ],
    misses=[
        "A query that is put together over several functions; one whose condition is added at times is `optional_filter`'s.",
        "A row that a function found and gave, `filter(pk=order.pk)`, only asks for a look: whose it is was asked there.",
        "A row found by its id alone in a function that finds another one by its tenant as well.",
        "Rows of one person in a repository of which more than 300 files speak of such rows.",
        "Where a model's rows may have no tenant, a query that no others are like only warns, or is noted: it may be a label.",
        "A row that is a tenant's through another, outside of what answers a request; through a table it may be without.",
        "A filter in a method of a manager that nobody but its author knows.",
        "Query builders of JavaScript outside of what answers a request, where no other query of the table says whose rows it means.",
        "Rows of one person where no other query in the repository is bound to the person.",
        "An id of a tenant that the caller sends, and that nobody compares with the caller's own.",
        "Where fewer than half of the tables carry the column and few queries name it, a query only warns: it may be a label.",
    ],
)  # fmt: skip

_SILENT = frozenset({"test", "seed", "migration", "down"})
_SEVERITY = {Exposure.OPEN: Severity.MEDIUM, Exposure.ASKED: Severity.LOW}


@rule.check(Table, everywhere=True)
def unscoped(table: Table, repo: Repo) -> Iterator[Hit]:
    """Judge all queries of an owned table, once, where the tree first speaks of the table."""
    found = tenancy(repo)
    owned = found.owned.get(table.name)
    if owned is None or table.place != first_places(repo).get(table.name):
        return
    seen = set()
    for use in found.uses.get(owned.name, ()):
        known = (use.query.place, use.query.shape)
        how = None if use.query.role in _SILENT or known in seen else exposure(use, owned, found, repo)
        if how is not None:
            seen.add(known)
            severity = _severity(how, use, owned, convention(found, owned.name, use))
            yield Hit(use.query.place, _message(use, owned, how, found), detail=owned.name, severity=severity)


def _severity(how: Exposure, use: Use, owned: Owned, others: Convention) -> Severity:
    if owned.label and not others.strong:
        return Severity.LOW if how is Exposure.OPEN else _SEVERITY.get(how, Severity.MEDIUM)
    grave = _is_sure(use, owned, others) and not use.query.counts  # how many rows others have tells little of them
    return _SEVERITY.get(how, Severity.HIGH if grave else Severity.MEDIUM)


def _is_sure(use: Use, owned: Owned, others: Convention) -> bool:
    """Whether a column is the owner's; where few tables carry it, and few queries name it, it may be but a label.

    Of JavaScript's builders not all is understood, and a row that is a tenant's through another may be found through that
    one, so there other queries of the same table must say it.
    """
    if owned.through or (use.query.form == "orm" and language(use.query.place.path) != "python"):
        return others.strong and not others.everywhere
    return others.strong or owned.personal or owned.configured or 2 * owned.holders >= owned.tables


def _message(use: Use, owned: Owned, how: Exposure, found: Tenancy) -> str:
    does = {"update": "changes", "delete": "deletes from"}.get(use.query.verb, "reads")
    if how is Exposure.BYPASSED:
        return f"This {does} rows of `{owned.name}` whatever their `{owned.column}`: an OR leads past it; bind it outside the OR."
    others = convention(found, owned.name, use)
    if owned.personal:
        why = "finds the row by the id the caller sends, whoever owns it"
    elif others.strong:
        on = "tenants' tables" if others.everywhere else f"`{owned.name}`"
        why = f"{others.scoped} of {others.judged} other queries on {on} say whose rows they mean"
    elif owned.through:
        why = "its rows are a tenant's through the table they must point to"
    elif owned.configured:
        why = "the policy names that column as the tenant's"
    else:
        why = f"{owned.holders} of {owned.tables} tables carry that column"
    to = "user" if owned.personal else "tenant of the caller"
    return f"This {does} `{owned.name}` without `{owned.column}`, and {why}; bind it to the {to}."

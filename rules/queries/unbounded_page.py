"""Whoever asks says how many rows an answer holds.

A page has a size so that one request costs little and gives little away. Where the size comes with the request and
nothing caps it, `?limit=100000000` reads the whole table into memory, and hands out a copy of it.
"""

from collections.abc import Iterator

from gate.facts.pagesize import PageSize
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(1284, 770, 400),
    fix="Cap the size on the server: `limit: int = Query(50, le=200)`, `min(limit, 200)`, `Math.min(limit, 200)`.",
    gathers=True,
    bad=[
        """
        @router.get("/notes")
        def notes(skip: int = 0, limit: int = 100, db: Session = Depends(get_db)):
            return db.query(Note).offset(skip).limit(limit).all()  # <-
        @router.get("/fetched")
        async def fetched(limit: int = 100, conn=Depends(connection)):
            return await conn.fetch("SELECT id FROM notes ORDER BY id LIMIT $1", limit)  # <-
        @router.get("/optional")
        def optional(page_size: int | None = None, db: Session = Depends(get_db)):
            return db.scalars(select(Note).limit(page_size)).all()  # <-
        @app.route("/listed")
        def listed():
            per_page = request.args.get("per_page", 20, type=int)
            return jsonify([one.id for one in Note.query.order_by(Note.id).limit(per_page)])  # <-
        def django(request):
            limit = int(request.GET.get("limit", 50))
            return JsonResponse(list(Note.objects.order_by("id").values("id")[:limit]), safe=False)  # <-
        def sliced(request):
            size = int(request.GET["size"])
            return JsonResponse(list(Note.objects.filter(open=True).values("id")[10:10 + size]), safe=False)  # <-
        def raw(request):
            cursor.execute("SELECT id FROM notes LIMIT %s", [int(request.GET.get("limit") or 20)])  # <-
            cursor.execute("SELECT id FROM notes LIMIT %s", [request.GET["limit"]])  # <-
        """,
        {"src/notes.ts": """
            router.get("/a", async (req, res) => {
              res.json(await prisma.note.findMany({ take: Number(req.query.limit) })); // <-
            });
            router.get("/b", async (req, res) => {
              const limit = parseInt(req.query.limit as string);
              res.json(await knex("notes").select("id").limit(limit)); // <-
            });
            router.get("/c", async (req, res) => {
              const { pageSize = 20, after } = req.query;
              res.json(await db.select({ id: notes.id }).from(notes).limit(Number(pageSize))); // <-
            });
        """},
    ],
    good=[
        """
        @router.get("/notes")
        def notes(skip: int = 0, limit: int = Query(100, le=200), db: Session = Depends(get_db)):
            return db.query(Note).offset(skip).limit(limit).all()
        @router.get("/annotated")
        def annotated(limit: Annotated[int, Query(ge=1, le=100)] = 20, db: Session = Depends(get_db)):
            return db.query(Note).limit(limit).all()
        @router.get("/typed")
        def typed(limit: PageSize = 20, db: Session = Depends(get_db)):
            return db.query(Note).limit(limit).all()
        @router.get("/smaller")
        def smaller(limit: int = 100, db: Session = Depends(get_db)):
            limit = min(limit, 200)
            return db.query(Note).limit(limit).all()
        @router.get("/inline")
        def inline(limit: int = 100, db: Session = Depends(get_db)):
            return db.query(Note).limit(min(limit, 200)).all()
        @router.get("/refused")
        def refused(limit: int = 100, db: Session = Depends(get_db)):
            if limit > 200:
                raise HTTPException(400)
            return db.query(Note).limit(limit).all()
        def helper(db, limit):
            return db.query(Note).limit(limit).all()
        def django(request):
            limit = min(int(request.GET.get("limit", 50)), 200)
            return JsonResponse(list(Note.objects.order_by("id").values("id")[:limit]), safe=False)
        def fixed(request):
            return JsonResponse(list(Note.objects.order_by("id").values("id")[:50]), safe=False)
        """,
        {"src/notes.ts": """
            router.get("/a", async (req, res) => {
              res.json(await prisma.note.findMany({ take: Math.min(Number(req.query.limit), 100) }));
            });
            router.get("/b", async (req, res) => {
              const { limit } = schema.parse(req.query);
              res.json(await knex("notes").select("id").limit(limit));
            });
            router.get("/c", async (req, res) => {
              const limit = Number(req.query.limit);
              if (limit > 100) return res.sendStatus(400);
              res.json(await prisma.note.findMany({ take: limit }));
            });
            router.get("/d", async (req, res) => {
              res.json(await prisma.note.findMany({ take: 50, skip: Number(req.query.skip) }));
            });
        """},
    ],
    misses=["A size that a body or an object of filters holds, or that another function is handed."],
)  # fmt: skip


@rule.check(PageSize)
def uncapped(one: PageSize, _: Repo) -> Iterator[Hit]:
    if one.role == "app":
        yield Hit(
            one.place,
            f"`{one.told}` comes from the caller and says how many rows are read; nothing caps it.",
            detail=one.told,
        )

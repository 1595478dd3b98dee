"""A route in JavaScript changes things, or is for administrators, and asks nobody who they are.

Mostly others of its file do. Models write one route at a time, and an address nobody links to is found all the same.
"""

from collections.abc import Iterator
from functools import lru_cache

from gate.facts.jsguard import JsRoute
from gate.facts.jsopen import JsOpen, Used, gatekeepers, used
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(862, 306),
    fix="""Put the middleware before the handler that its siblings have, `router.delete("/:id", requireAuth, remove)`, and a role where it
    is for administrators. A route that is meant for everybody goes to a router of its own whose name says so.""",
    bad=[
        {
            "routes/orders.js": """
            const router = express.Router();
            router.get("/orders", requireAuth, list);
            router.post("/orders", requireAuth, validate(schema), create);
            router.put("/orders/:id", requireAuth, update);
            router.delete("/orders/:id", async (req, res) => {  // <-
              await Order.destroy({ where: { id: req.params.id } });
              res.end();
            });
            router.patch("/orders/:id/price", validate(price), orders.reprice);  // <-
            """,
        },
        {
            "server.ts": """
            const app = express();
            app.use(express.json());
            app.get("/admin/users", async (req: Request, res: Response) => {  // <-
              res.json(await User.find({}, "email role"));
            });
            app.delete("/admin/users/:id", async (req, res) => {  // <-
              await User.findByIdAndDelete(req.params.id);
              res.end();
            });
            """,
        },
        {
            "server/posts.ts": """
            export const posts = router({
              mine: protectedProcedure.query(({ ctx }) => ctx.db.post.findMany({ where: { authorId: ctx.user.id } })),
              add: protectedProcedure.input(post).mutation(({ ctx, input }) => ctx.db.post.create({ data: input })),
              remove: publicProcedure.input(z.string()).mutation(({ input }) => db.post.delete({ where: { id: input } })),  // <-
            });
            """,
        },
    ],
    good=[
        {
            "routes/orders.js": """
            const router = express.Router();
            router.use(requireAuth);
            router.get("/orders", list);
            router.delete("/orders/:id", remove);
            """,
            "routes/users.js": """
            router.get("/me", requireAuth, me);
            router.put("/users/:id", mayEdit, update);
            router.delete("/session", logout);
            router.delete("/users/:id", (req, res) => remove(req.user, req.params.id).then(() => res.end()));
            router.put("/users/:id/photo", async (req, res) => {
              if (!(await isAllowed(req))) return res.sendStatus(403);
              res.end();
            });
            router.delete("/notes/:id", drop);
            function drop(req, res) {
              const user = getUser(req);
              res.end();
            }
            """,
            "all.js": """
            app.all("/api/*", requireAuth);
            app.get("/api/me", requireAuth, me);
            app.delete("/api/orders/:id", remove);
            """,
            "open.js": """
            app.post("/login", (req, res) => (known(req.body) ? res.json(token(req.body)) : res.sendStatus(401)));
            app.delete("/todos/:id", (req, res) => remove(req.params.id));
            app.put("/todos/:id", (req, res) => change(req.params.id));
            """,
        },
        {
            "app.js": """
            const admin = require("./admin");
            app.use("/admin", requireAdmin, admin);
            """,
            "admin.js": """
            router.get("/admin/users", (req, res) => res.json(users()));
            router.delete("/admin/users/:id", (req, res) => remove(req.params.id));
            """,
        },
    ],
    misses=[
        "A route whose handler, in another file, asks by itself is warned of; one in a file where no route asks anybody is not, unless it is for administrators.",
        "A POST that changes things, and what only some callers may do.",
    ],
)


@rule.check(JsOpen)
def look(one: JsOpen, repo: Repo) -> Iterator[Hit]:
    if not (one.asking or one.ruling) or _is_kept_elsewhere(one, repo):
        return
    why = "others of this file do" if one.asking else "it is for administrators by its name"
    yield Hit(one.place, f"`{one.name}` asks nobody who they are; {why}.")


def _is_kept_elsewhere(one: JsOpen, repo: Repo) -> bool:
    """Whether something in another file stands before this route, or may."""
    return _is_kept_whole(repo) or any(
        use.place.path != one.place.path and use.stands_before(one) for use in _uses(repo)
    )


@lru_cache(maxsize=8)
def _is_kept_whole(repo: Repo) -> bool:
    """Whether a guard of Nest, or middleware of Next, stands before all of a program."""
    return any(repo.mentioning("APP_GUARD", JsRoute.languages)) or gatekeepers(repo)


@lru_cache(maxsize=8)
def _uses(repo: Repo) -> tuple[Used, ...]:
    """What other files put before their routers."""
    paths = repo.mentioning(".use(", JsRoute.languages)
    return tuple(use for path in paths if (source := repo.source(path)) for use in used(source, repo.of(JsRoute, path)))

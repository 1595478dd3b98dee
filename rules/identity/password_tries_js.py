"""A login in JavaScript counts no tries.

Lists of passwords that leaked elsewhere are tried by the million: a login that answers every one of them lets in who waits long enough.
"""

from collections.abc import Iterator
from functools import lru_cache

from gate import lazy
from gate.facts.jsguard import JsRoute
from gate.facts.jslogin import JsLogin
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(307, 799),
    fix="""Count by address and by account, and wait longer each time: `express-rate-limit`, `rate-limiter-flexible`, `@fastify/rate-limit`,
    `@nestjs/throttler`, `@upstash/ratelimit`; answer 429.""",
    bad=[
        {
            "server.js": """
            app.post("/login", async (req, res) => {  // <-
              const user = await User.findOne({ where: { email: String(req.body.email) } });
              if (!user || !(await bcrypt.compare(req.body.password, user.hash))) return res.status(401).end();
              res.json({ token: issue(user) });
            });
            """,
            "app/api/auth/signin/route.ts": """
            export async function POST(req: Request) {  // <-
              const { email, password } = await req.json();
              const user = await prisma.user.findUnique({ where: { email } });
              if (!user || !(await argon2.verify(user.hash, password))) return new Response(null, { status: 401 });
              return Response.json({ token: await issue(user) });
            }
            """,
            "auth.js": """
            router.post("/auth/token", login);  // <-
            async function login(req, res) {
              const user = await User.findOne({ email: req.body.email });
              if (!user || !user.comparePassword(req.body.password)) return res.sendStatus(401);
              res.json(tokens(user));
            }
            """,
        },
        {
            "routes.js": """
            router.post("/reset", resetLimiter, reset);
            router.post("/login", async (req, res) => {  // <-
              const user = await User.findOne({ email: String(req.body.email) });
              if (!user || !(await bcrypt.compare(req.body.password, user.hash))) return res.status(401).end();
              res.json({ token: issue(user) });
            });
            """,
        },
    ],
    good=[
        {
            "server.js": """
            app.use(rateLimit({ windowMs: 60_000, max: 20 }));
            app.post("/login", async (req, res) => {
              const user = await User.findOne({ email: String(req.body.email) });
              if (!user || !(await bcrypt.compare(req.body.password, user.hash))) return res.status(401).end();
              res.json({ token: issue(user) });
            });
            """,
        },
        {
            "server.js": """
            const slow = rateLimit({ windowMs: 60_000, max: 5 });
            app.post("/login", slow, async (req, res) => {
              const user = await User.findOne({ email: String(req.body.email) });
              if (!user || !(await bcrypt.compare(req.body.password, user.hash))) return res.status(401).end();
              res.json({ token: issue(user) });
            });
            """,
        },
        {
            "package.json": """
            {"dependencies": {"express": "4", "express-rate-limit": "7"}}
            """,
            "routes/auth.js": """
            router.post("/login", async (req, res) => {
              const user = await User.findOne({ email: String(req.body.email) });
              if (!user || !(await bcrypt.compare(req.body.password, user.hash))) return res.status(401).end();
              res.json({ token: issue(user) });
            });
            """,
        },
        {
            "auth.ts": """
            app.post("/register", async (req, res) => {
              const hash = await bcrypt.hash(req.body.password, 12);
              res.status(201).end();
            });
            app.post("/login", (req, res) => res.redirect(identity.loginUrl()));
            app.post("/login/start", async (req, res) => {
              const { error } = await supabase.auth.signInWithOtp({ email: req.body.email });
              res.end();
            });
            """,
        },
    ],
    misses=[
        "A login in another file than the route that is handled by it, and actions of a framework's own sign-in.",
        "Whether what limits elsewhere stands before this route: where any file or package.json names a limiter, none is told.",
    ],
)

_NAMES = ("ateLimit", "atelimit", "ate-limit", "imiter", "hrottl", "low-down", "rute", "arcjet")
_COUNTS = lazy.regex(r"(?i)rate-?limit|limiter|throttl|slow-?down|brute|arcjet")


@rule.check(JsLogin)
def look(one: JsLogin, repo: Repo) -> Iterator[Hit]:
    if one.siblings or not _is_limited(repo):
        said = f"`{one.name}` takes a password and counts no tries, so a list of passwords can be tried on it."
        yield Hit(one.place, said)


@lru_cache(maxsize=8)
def _is_limited(repo: Repo) -> bool:
    """Whether any file of the program names what limits requests."""
    packages = (repo.source(path) for path in repo.paths if path.rpartition("/")[2] == "package.json")
    if any(source is not None and _COUNTS.search(source.text) for source in packages):
        return True
    return any(_first(repo, name) for name in _NAMES)


def _first(repo: Repo, name: str) -> bool:
    return next(repo.mentioning(name, JsRoute.languages), None) is not None

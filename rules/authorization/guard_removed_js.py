"""A check of who may is gone from a route in JavaScript.

The route is still there, and the middleware or the guard before it is not. Whoever knows its path gets in.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from gate import lazy
from gate.facts.jsdetour import emptied, gained, granted, late, lost
from gate.facts.jsfilter import unfiltered
from gate.facts.jsguard import EXACTLY, OPENS, JsRoute, covers, effective, inverse
from gate.facts.jshollow import lets_through
from gate.facts.jslaxer import idle, unproved
from gate.facts.jsmoved import asking, looser, moved
from gate.facts.jsnarrow import narrowed
from gate.rule import Edit, Hit, Pair, Place, Repo, Rule, Severity, Source

_VOID = """router.post('/:id/void', async (req, res) => {
  const invoice = await db.invoice.findUnique({ where: { id: req.params.id } })
  if (!invoice || invoice.accountId !== req.session.accountId) return res.status(404).end()
  await assertOwnsInvoice(req.session, invoice)
  res.json(await invoice.void())
})
"""
_DEVICE = """const ownDevice = async (c, next) => {
  const device = await find(c.req.param('id'))
  if (!device || device.owner !== c.get('user').id) return c.body(null, 404)
  await next()
}
app.get('/devices/:id', ownDevice, show)
"""

_LISTS = """const lists = express.Router()
export const loggedIn = (req, res, next) => {
  if (req.isAuthenticated()) return next()
  res.redirect('/login')
}
lists.get('/:id', loggedIn, async (req, res) => {
  const list = await List.findById(req.params.id)
  if (!list || !list.members.some((m) => m.id === req.user.id)) return res.sendStatus(404)
  res.json(list)
})
"""
_HANDLER_FILE = """export async function DELETE(request, { params }) {
  const session = await getServerSession(authOptions)
  const note = await db.note.findUnique({ where: { id: params.id } })
  if (note?.authorEmail !== session.user.email) {
    return NextResponse.json({}, { status: 403 })
  }
  await note.delete()
}
"""

_NOTES = """const app = new Hono()
const owner = createMiddleware<Env>(async (c, next) => {
  if ((await find(c)).owner !== c.get("jwtPayload").sub) throw new HTTPException(403)
  await next()
})
app.use("/notes/*", jwt({ secret: KEY }))
app.get("/notes/:id", owner, (c) => c.json(read(c)))
"""
_ROLES = """const requireRole = (role) => (req, res, next) => {
  if (req.user.role !== role) return res.status(403).end()
  next()
}
app.delete("/users/:id", requireRole("admin"), remove)
"""
_CONTROLLER = """@Controller("users")
{}export class Users {{
{}  @Get(":id")
  find(@Param("id") id: string) {{}}
{}  @Roles("admin")
  @Delete(":id")
  remove(@Param("id") id: string) {{}}
}}
"""
_JWT, _BOTH = "@UseGuards(JwtAuthGuard)\n", "@UseGuards(JwtAuthGuard, RolesGuard)\n"

_SHIELDED = """const isEditor = rule()((parent, args, ctx) => ctx.user.role === "editor")
export const permissions = shield(
  { Mutation: { publish: and(isSignedIn, isEditor), remove: isEditor } },
  { fallbackRule: isSignedIn },
)
export const resolvers = { Mutation: { publish: (_, { id }) => publish(id), remove: (_, { id }) => remove(id) } }
"""
_SERVER = """server.auth.default("jwt")
server.route([
  { method: "GET", path: "/reports", handler: () => reports() },
  { method: "DELETE", path: "/reports/{id}", options: { auth: { strategy: "jwt", scope: ["admin"] } }, handler: remove },
])
"""

_TEAMS = """export async function GET(request, { params }) {
  const session = await auth()
  const team = await prisma.team.findFirst({ where: { id: params.id, userId: session.user.id } })
  return team ? Response.json(team) : Response.json({}, { status: 404 })
}
export async function DELETE(request, { params }) {
  const { user } = await auth()
  await db.delete(teams).where(and(eq(teams.id, params.id), eq(teams.ownerId, user.id)))
  await db.insert(log).values({ userId: user.id })
}
"""

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(862, 306),
    fix="Put the guard back before the handler, or before the whole router (`router.use(requireAuth)`) in the same change.",
    bad=[
        Pair(
            {"t.ts": _TEAMS},
            {
                "t.ts": _TEAMS.replace(", userId: session.user.id }", " }").replace(
                    "GET(request, { params }) {", "GET(request, { params }) {  // <-"
                )
            },
        ),
        Pair(
            {"t.ts": _TEAMS},
            {
                "t.ts": _TEAMS.replace(
                    "and(eq(teams.id, params.id), eq(teams.ownerId, user.id))", "eq(teams.id, params.id)"
                ).replace("DELETE(request, { params }) {", "DELETE(request, { params }) {  // <-")
            },
        ),
        Pair({"g.js": _SHIELDED}, {"g.js": _SHIELDED.replace(", remove: isEditor } },", " } },  // <-")}),
        Pair(
            {"g.js": _SHIELDED},
            {
                "g.js": _SHIELDED.replace("and(isSignedIn, isEditor)", "isSignedIn").replace(
                    "isEditor } },", "isEditor } },  // <-"
                )
            },
        ),
        Pair(
            {"g.js": _SHIELDED},
            {"g.js": _SHIELDED.replace("fallbackRule: isSignedIn },", "fallbackRule: allow },  // <-")},
        ),
        Pair({"g.js": _SHIELDED}, {"g.js": _SHIELDED.replace('ctx.user.role === "editor")', "true)  // <-")}),
        Pair(
            {"s.js": _SERVER},
            {
                "s.js": _SERVER.replace('server.auth.default("jwt")\n', "").replace(
                    "reports() },", "reports() },  // <-"
                )
            },
        ),
        Pair(
            {"s.js": _SERVER},
            {
                "s.js": _SERVER.replace('{ strategy: "jwt", scope: ["admin"] }', "false").replace(
                    "handler: remove },", "handler: remove },  // <-"
                )
            },
        ),
        Pair(
            {"n.ts": _NOTES},
            {"n.ts": _NOTES.replace(", owner, (c) => c.json(read(c)))", ", (c) => c.json(read(c)))  // <-")},
        ),
        Pair(
            {"n.ts": _NOTES},
            {"n.ts": _NOTES.replace("/notes/*", "/notes").replace("c.json(read(c)))", "c.json(read(c)))  // <-")},
        ),
        Pair(
            {"r.js": _ROLES},
            {
                "r.js": _ROLES.replace(
                    "return res.status(403).end()", 'console.warn("wrong role", req.user.role)'
                ).replace("(req, res, next) => {", "(req, res, next) => {  // <-")
            },
        ),
        Pair(
            {"r.js": _ROLES},
            {
                "r.js": _ROLES.replace("req.user.role !== role)", "req.user.role === role && !role)").replace(
                    ".end()", ".end()  // <-"
                )
            },
        ),
        Pair(
            {"c.ts": _CONTROLLER.format(_BOTH, "", "")},
            {
                "c.ts": _CONTROLLER.format("", "  " + _BOTH, "  " + _JWT).replace(
                    '@Controller("users")', '@Controller("users")  // <-'
                )
            },
        ),
        Pair(
            {"api.ts": _LISTS},
            {
                "api.ts": _LISTS.replace("!list || !list.members.some((m) => m.id === req.user.id)", "!list").replace(
                    "async (req, res) => {", "async (req, res) => {  // <-"
                )
            },
        ),
        Pair(
            {"api.ts": _HANDLER_FILE},
            {
                "api.ts": _HANDLER_FILE.replace(
                    "  if (note?.authorEmail !== session.user.email) {\n    return NextResponse.json({}, { status: 403 })\n  }\n",
                    "",
                ).replace("{ params }) {", "{ params }) {  // <-")
            },
        ),
        Pair(
            {"api.ts": _VOID},
            {
                "api.ts": _VOID.replace("!invoice || invoice.accountId !== req.session.accountId", "!invoice").replace(
                    "(req, res) => {", "(req, res) => {  // <-"
                )
            },
        ),
        Pair(
            {"api.ts": _VOID},
            {
                "api.ts": _VOID.replace("  await assertOwnsInvoice(req.session, invoice)\n", "").replace(
                    "(req, res) => {", "(req, res) => {  // <-"
                )
            },
        ),
        Pair(
            {"api.ts": _DEVICE},
            {
                "api.ts": _DEVICE.replace("!device || device.owner !== c.get('user').id", "!device")
                .replace("ownDevice, show)", "ownDevice, show)  // <-")
                .replace("(c, next) => {", "(c, next) => {  // <-")
            },
        ),
        Pair(
            {"api.js": "app.post('/refund', requireAuth, requireAdmin, (req, res) => refund(req));\n"},
            {"api.js": "app.post('/refund', requireAuth, (req, res) => refund(req));  // <-\n"},
        ),
        Pair(
            {
                "users.controller.ts": "class C {\n  @UseGuards(JwtAuthGuard)\n  @Delete(':id')\n  remove(@Param('id') id: string) {}\n}\n"
            },
            {"users.controller.ts": "class C {\n  @Delete(':id')  // <-\n  remove(@Param('id') id: string) {}\n}\n"},
        ),
        Pair(
            {"api.ts": "router.use(isAuthenticated);\nrouter.get('/me', me);\n"},
            {"api.ts": "router.get('/me', me);  // <-\n"},
        ),
        Pair(
            {"server.js": "app.use(authenticate);\napp.use('/api', api);\napp.post('/pay', pay);\n"},
            {"server.js": "app.use('/pay', authenticate);\napp.use('/api', api);  // <-\napp.post('/pay', pay);\n"},
        ),
        Pair(
            {"server.js": "app.use(authenticate);\napp.post('/pay', pay);\n"},
            {"server.js": "app.post('/pay', pay);  // <-\napp.use(authenticate);\n"},
        ),
        Pair(
            {
                "api.ts": "router.delete('/d', async (req, res) => {\n  if (d.ownerId !== req.user.id) {\n    return res.status(403).end();\n  }\n  drop();\n});\n"
            },
            {"api.ts": "router.delete('/d', async (req, res) => {  // <-\n  drop();\n});\n"},
        ),
        Pair(
            {"c.controller.ts": "class C {\n  @Roles('admin')\n  @Delete(':id')\n  remove(id: string) {}\n}\n"},
            {"c.controller.ts": "class C {\n  @Public()\n  @Delete(':id')  // <-\n  remove(id: string) {}\n}\n"},
        ),
        Pair(
            {"middleware.ts": "export const config = { matcher: ['/admin/:path*', '/me'] }; // auth\n"},
            {"middleware.ts": "export const config = { matcher: ['/me'] };  // <-\nexport default auth;\n"},
        ),
        Pair(
            {
                "app/api/route.ts": "export async function DELETE(r: Request) {\n  const session = await auth();\n  if (!session) return new Response('no', { status: 401 });\n  drop();\n}\n"
            },
            {"app/api/route.ts": "export async function DELETE(r: Request) {  // <-\n  drop();\n}\n"},
        ),
        Pair(
            {
                "s.ts": "fastify.addHook('preHandler', fastify.authenticate);\nfastify.delete('/u', async (r) => drop(r));\n"
            },
            {"s.ts": "fastify.delete('/u', async (r) => drop(r));  // <-\n"},
        ),
        Pair(
            {
                "o.controller.ts": "class O {\n  @Delete(':id')\n  async remove(@Param('id') id: string, @Req() req) {\n    if (!req.user.isAdmin) {\n      throw new ForbiddenException();\n    }\n    return drop(id);\n  }\n}\n"
            },
            {
                "o.controller.ts": "class O {\n  @Delete(':id')\n  async remove(@Param('id') id: string, @Req() req) {  // <-\n    return drop(id);\n  }\n}\n"
            },
        ),
        Pair(
            {
                "actions.ts": "'use server';\nexport async function drop(id: string) {\n  const session = await auth();\n  if (!session) throw new Error('Unauthorized');\n  await db.post.delete({ where: { id } });\n}\n",
                "team.ts": "export const team = router({\n  list: publicProcedure.query(all),\n  wipe: adminProcedure.mutation(wipe),\n});\n",
                "s.js": "server.route({ method: 'POST', path: '/pay', options: { auth: 'jwt' }, handler: pay });\n",
            },
            {
                "actions.ts": "'use server';\nexport async function drop(id: string) {  // <-\n  await db.post.delete({ where: { id } });\n}\n",
                "team.ts": "export const team = router({\n  list: publicProcedure.query(all),\n  wipe: protectedProcedure.mutation(wipe),  // <-\n});\n",
                "s.js": "server.route({ method: 'POST', path: '/pay', options: { auth: false }, handler: pay });  // <-\n",
            },
        ),
        Pair(
            {
                "mw.js": "exports.requireRole = (role) => (req, res, next) => {\n  if (!req.user.roles.includes(role)) return res.status(403).end();\n  next();\n};\n",
                "a.js": "app.use((req, res, next) => {\n  if (!req.user) return res.status(401).end();\n  next();\n});\napp.post('/pay', pay);\n",
                "b.js": "const { requireRole } = require('./mw');\napp.post('/x', requireRole('admin'), x);\n",
                "k.js": "router.use(jwt({ secret }));\nrouter.del('/p', drop);\n",
            },
            {
                "mw.js": "exports.requireRole = (role) => (req, res, next) => {  // <-\n  next();\n};\n",
                "a.js": "app.post('/pay', pay);  // <-\n",
                "b.js": "const requireRole = () => (req, res, next) => next();\napp.post('/x', requireRole('admin'), x);  // <-\n",
                "k.js": "router.use(jwt({ secret, passthrough: true }));\nrouter.del('/p', drop);  // <-\n",
            },
        ),
        Pair(
            {
                "app.js": "const app = express();\napp.use('/orders', authenticate, orders);\napp.use(rateLimit({ windowMs: 60, max: 5 }));\n",
                "auth.js": "exports.authenticate = (req, res, next) => {\n  try {\n    req.user = jwt.verify(token(req), KEY);\n  } catch (err) {\n    return res.status(401).end();\n  }\n  next();\n};\n",
                "roles.guard.ts": "class RolesGuard implements CanActivate {\n  canActivate(context) {\n    return roles(context).some((role) => held(context, role));\n  }\n}\n",
                "can.js": "function can(action) {\n  return (req, res, next) => {\n    if (!grants(req).includes(action)) return res.status(403).end();\n    next();\n  };\n}\n",
                "bills.js": "const { can } = require('./can');\nrouter.post('/:id/void', can('void'), bills.void);\n",
                "users.js": "router.delete('/users/:id', requireRole('root'), async (req, res) => {\n  drop(req);\n});\n",
                "posts.js": "module.exports = {\n  remove: async (_, { id }, ctx) => {\n    if (!ctx.user || ctx.user.role !== 'ADMIN') {\n      throw new ForbiddenError('no');\n    }\n    return db.posts.remove(id);\n  },\n  hide: async (_, { id }, ctx) => {\n    if (!ctx.user) throw new ForbiddenError('no');\n    await db.posts.update(id);\n  },\n};\n",
            },
            {
                "app.js": "const app = express();\napp.use('/orders', orders);  // <-\napp.use(rateLimit({ windowMs: 60, max: 50000 }));  // <-\n",
                "auth.js": "exports.authenticate = (req, res, next) => {  // <-\n  try {\n    req.user = jwt.verify(token(req), KEY);\n  } catch (err) {\n    req.user = null;\n  }\n  next();\n};\n",
                "roles.guard.ts": "class RolesGuard implements CanActivate {\n  canActivate(context) {  // <-\n    return true;\n  }\n}\n",
                "can.js": "function can(action) {\n  return (req, res, next) => {\n    if (!grants(req).includes(action)) return res.status(403).end();\n    next();\n  };\n}\n",
                "bills.js": "const { can } = require('./can');\nrouter.post('/:id/void', can('void'), bills.void);\nrouter.post('/:id/cancel', bills.void);  // <-\n",
                "users.js": "router.get('/users', list);\n",
                "people.js": "router.delete('/users/:id', async (req, res) => {  // <-\n  drop(req);\n});\n",
                "posts.js": "module.exports = {\n  remove: async (_, { id }, ctx) => {\n    if (!ctx.user) {  // <-\n      throw new ForbiddenError('no');\n    }\n    return db.posts.remove(id);\n  },\n  hide: async (_, { id }, ctx) => {\n    await db.posts.update(id);\n    if (!ctx.user) throw new ForbiddenError('no');  // <-\n  },\n};\n",
            },
        ),
        Pair(
            {
                "admin.ts": """
                export default async function admin(fastify) {
                  fastify.addHook('onRequest', async (request) => {
                    await request.jwtVerify();
                  });
                  fastify.post('/admin/flags', async (request) => db.setFlag(request.body));
                }
                """,
                "hono.ts": "const app = new Hono();\napp.use('/admin/*', jwt({ secret }));\napp.route('/admin', admin);\n",
                "elysia.ts": "new Elysia()\n  .post('/flags', ({ body }) => set(body), { beforeHandle: isSignedIn })\n  .listen(3000);\n",
                "auth.js": "exports.requireAdmin = (req, res, next) => {\n  if (req.user.role !== 'admin') return res.status(403).end();\n  next();\n};\n",
                "page.tsx": "const { data: { user } } = await supabase.auth.getUser();\nif (!user) redirect('/login');\n",
            },
            {
                "admin.ts": """
                export default async function admin(fastify) {
                  fastify.post('/admin/flags', async (request) => db.setFlag(request.body));  // <-
                }
                """,
                "hono.ts": "const app = new Hono();\napp.use('/admin', jwt({ secret }));  // <-\napp.route('/admin', admin);\n",
                "elysia.ts": "new Elysia()\n  .post('/flags', ({ body }) => set(body))  // <-\n  .listen(3000);\n",
                "auth.js": "exports.requireAdmin = (req, res, next) => next();  // <-\n",
                "page.tsx": "const { data: { session } } = await supabase.auth.getSession();  // <-\nif (!session) redirect('/login');\n",
            },
        ),
        Pair(
            {
                "e.ts": "export const app = new Elysia()\n  .use(requireUser)\n  .delete('/posts/:id', ({ params }) => drop(params.id))\n",
                "c.ts": "@Controller('exports')\nexport class C {\n  @UseGuards(FinanceGuard)\n  @Get('ledger')\n  ledger() {\n    return rows();\n  }\n}\n",
            },
            {
                "e.ts": "export const app = new Elysia()\n  .delete('/posts/:id', ({ params }) => drop(params.id))  // <-\n",
                "c.ts": "@Controller('exports')\nexport class C {\n  @UseGuards(AuthGuard)\n  @Get('ledger')  // <-\n  ledger() {\n    return rows();\n  }\n}\n",
            },
        ),
        *(
            Pair(
                {"a.js": "router.delete('/docs/:id', requireLogin, remove);\n"},
                {
                    "a.js": "router.delete('/docs/:id', requireAdmin, remove);  // <-\n",
                    "auth.js": f"exports.requireAdmin = (req, res, next) => {{\n{body}  next();\n}};\n",
                },
            )
            for body in ("", "  if (!req.user.admin) {\n    console.warn('no');\n  }\n")
        ),
        Pair(
            {
                "a.ts": "@Controller('docs')\nexport class Docs {\n  @UseGuards(AuthGuard)\n  @Delete(':id')\n  remove() {}\n}\n"
            },
            {
                "a.ts": "@Controller('docs')\nexport class Docs {\n  @UseGuards(RolesGuard)\n  @Delete(':id')  // <-\n  remove() {}\n}\n",
                "g.ts": "export class RolesGuard implements CanActivate {\n  canActivate() {\n    return true;\n  }\n}\n",
            },
        ),
        Pair(
            {"a.js": "router.route('/docs/:id').get(show).delete(requireAuth, remove);\n"},
            {"a.js": "router.route('/docs/:id').get(show).delete(remove);  // <-\n"},
        ),
    ],
    good=[
        Pair(
            {"a.js": "router.delete('/docs/:id', requireLogin, remove);\n"},
            {
                "a.js": "router.delete('/docs/:id', requireAdmin, remove);\n",
                "auth.js": "exports.requireAdmin = (req, res, next) => {\n  if (!req.user.admin) return next(new Forbidden());\n  next();\n};\n",
            },
        ),
        Pair(
            {
                "a.js": "router.get('/f/:id', (req, res) => {\n  load(req, (err, form) => {\n    if (err) return res.sendStatus(401);\n    show(form);\n  });\n});\n"
            },
            {
                "a.js": "router.get('/f/:id', async (req, res) => {\n  try {\n    show(await load(req));\n  } catch (e) {\n    res.sendStatus(400);\n  }\n});\n"
            },
        ),
        Pair(
            {
                "a.js": "let ensureAuthenticated = (req, res, next) => {\n  next();\n};\nif (config.auth) {\n  ensureAuthenticated = (req, res, next) => {\n    if (req.isAuthenticated()) return next();\n    res.status(401).end();\n  };\n}\n"
            },
            {
                "a.js": "let ensureAuthenticated = (req, res, next) => {\n  next();\n};\nif (config.auth) {\n  ensureAuthenticated = (req, res, next) => {\n    if (req.isAuthenticated()) {\n      return next();\n    }\n    res.status(401).end();\n  };\n}\n"
            },
        ),
        Pair(
            {"t.ts": _TEAMS},
            {
                "t.ts": _TEAMS.replace(
                    "{ where: { id: params.id, userId: session.user.id } }", "own(params.id, session.user)"
                )
            },
        ),
        Pair({"t.ts": _TEAMS}, {"t.ts": _TEAMS.replace("  await db.insert(log).values({ userId: user.id })\n", "")}),
        Pair(
            {"g.js": _SHIELDED},
            {"g.js": _SHIELDED.replace(", remove: isEditor }", ", remove: chain(isSignedIn, isEditor) }")},
        ),
        Pair(
            {"g.js": _SHIELDED},
            {
                "g.js": _SHIELDED.replace(", remove: isEditor }", " }").replace(
                    ", remove: (_, { id }) => remove(id)", ""
                )
            },
        ),
        Pair(
            {"s.js": _SERVER},
            {"s.js": _SERVER.replace("handler: () => reports()", "handler(request) { return reports(request.auth) }")},
        ),
        Pair(
            {"n.ts": _NOTES},
            {
                "n.ts": _NOTES.replace("app.use(", "const signed = every(jwt({ secret: KEY }))\napp.use(").replace(
                    '", jwt({ secret: KEY }))', '", signed)'
                )
            },
        ),
        Pair(
            {"r.js": _ROLES},
            {
                "r.js": _ROLES.replace(
                    'app.delete("/users/:id", requireRole("admin")',
                    'const adminOnly = requireRole("admin")\napp.delete("/users/:id", adminOnly',
                )
            },
        ),
        Pair({"c.ts": _CONTROLLER.format(_BOTH, "", "")}, {"c.ts": _CONTROLLER.format("", "  " + _JWT, "  " + _BOTH)}),
        Pair(
            {"api.ts": _LISTS},
            {
                "api.ts": _LISTS.replace(
                    "List.findById(req.params.id)", "List.findOne({ _id: req.params.id, members: req.user.id })"
                ).replace("!list || !list.members.some((m) => m.id === req.user.id)", "!list")
            },
        ),
        Pair(
            {"api.ts": _HANDLER_FILE},
            {
                "api.ts": _HANDLER_FILE.replace(
                    "  if (note?.authorEmail !== session.user.email) {\n    return NextResponse.json({}, { status: 403 })\n  }\n",
                    "",
                ).replace("where: { id: params.id }", "where: { id: params.id, authorEmail: session.user.email }")
            },
        ),
        Pair(
            {"api.ts": _VOID},
            {
                "api.ts": _VOID.replace(
                    "findUnique({ where: { id: req.params.id } })",
                    "findFirst({ where: { id: req.params.id, accountId: req.session.accountId } })",
                ).replace("!invoice || invoice.accountId !== req.session.accountId", "!invoice")
            },
        ),
        Pair(
            {"api.ts": _VOID},
            {"api.ts": _VOID.replace("assertOwnsInvoice", "ensureOwnsInvoice")},
        ),
        Pair(
            {"api.ts": _DEVICE},
            {
                "api.ts": _DEVICE.replace(
                    "find(c.req.param('id'))", "find(c.req.param('id'), c.get('user').id)"
                ).replace("!device || device.owner !== c.get('user').id", "!device")
            },
        ),
        Pair(
            {
                "can.js": "function can(action) {\n  return (req, res, next) => {\n    if (!grants(req).includes(action)) return res.status(403).end();\n    next();\n  };\n}\n",
                "bills.js": "const { can } = require('./can');\nrouter.post('/:id/void', can('void'), bills.void);\n",
            },
            {
                "can.js": "const can = (action) => (req, res, next) => {\n  return grants(req).includes(action) ? next() : res.status(403).end();\n};\n",
                "bills.js": "const { can } = require('./can');\nrouter.use('/:id/void', can('void'));\nrouter.post('/:id/void', bills.void);\n",
            },
        ),
        Pair(
            {
                "a.js": "app.use(requireAuth)\n\napp.post('/code', rateLimit({ max: 5 }), send)\napp.delete('/:id', async (req, res) => {\n  if (req.user.id !== req.params.id) return res.status(403).end()\n  drop()\n})\n",
                "n.ts": "@UseGuards(JwtAuthGuard)\n@Controller('u')\nclass C {\n  @Get()\n  list() {}\n}\n",
            },
            {
                "a.js": "const requireSelf = (req, res, next) => {\n  if (req.user.id !== req.params.id) return res.status(403).end()\n  next()\n}\napp.use((req, res, next) => {\n  if (!req.user) return res.status(401).end()\n  next()\n})\n\napp.post('/code', rateLimit({ max: 5 }), send)\napp.delete('/:id', requireSelf, async (req, res) => {\n  drop()\n})\n",
                "n.ts": "@Controller('u')\nclass C {\n  @Get()\n  @UseGuards(JwtAuthGuard)\n  list() {}\n}\n",
            },
        ),
        Pair(
            {
                "o.controller.ts": "class O {\n  async remove(@Param('id') id: string, @Req() req) {\n    if (!req.user.isAdmin) {\n      throw new ForbiddenException();\n    }\n    return this.orders.drop(id);\n  }\n}\n"
            },
            {
                "o.controller.ts": "class O {\n  async remove(@Param('id') id: string, @Req() req) {\n    return this.orders.dropOwned(id, req.user);\n  }\n}\n"
            },
        ),
        Pair(
            {"api.js": "app.post('/refund', requireAuth, (req, res) => refund(req));\n"},
            {"api.js": "app.use(requireAuth);\napp.post('/refund', (req, res) => refund(req));\n"},
        ),
        Pair(
            {"api.js": "app.post('/refund', requireAuth, (req, res) => refund(req));\napp.get('/x', show);\n"},
            {"api.js": "app.get('/x', show);\n"},
        ),
        Pair(
            {"api.js": "app.post('/refund', requireAuth, refund);\n"},
            {"api.js": "app.post('/refund', verifyToken, refund);\n"},
        ),
        Pair(
            {"api.js": "router.use(requireAuth);\nrouter.post('/u', u);\n", "app.js": "app.use('/api', api);\n"},
            {"api.js": "router.post('/u', u);\n", "app.js": "app.use('/api', requireAuth, api);\n"},
        ),
        Pair(
            {"api.js": "router.post('/u', requireAuth, requireAdmin, u);\n"},
            {"api.js": "const admins = [requireAuth, requireAdmin];\nrouter.post('/u', admins, u);\n"},
        ),
        Pair(
            {
                "c.ts": "@UseGuards(JwtAuthGuard)\n@Controller('u')\nclass C {\n  @Get()\n  list() {}\n}\n",
                "m.ts": "export class M {}\n",
            },
            {
                "c.ts": "@Controller('u')\nclass C {\n  @Get()\n  list() {}\n}\n",
                "m.ts": "const m = { provide: APP_GUARD, useClass: JwtAuthGuard };\n",
            },
        ),
        Pair(
            {"middleware.ts": "export const config = { matcher: ['/admin', '/api/:path*'] }; // auth\n"},
            {"middleware.ts": "export const config = { matcher: ['/((?!static).*)'] };\nexport default auth;\n"},
        ),
        Pair(
            {
                "r.js": "module.exports = async (fastify) => {\n  fastify.delete('/users/:id', { preHandler: [fastify.authenticate] }, async (req) => drop(req));\n};\n",
                "elysia.ts": "new Elysia()\n  .post('/flags', ({ body }) => set(body), { beforeHandle: isSignedIn })\n  .listen(3000);\n",
                "hono.ts": "const app = new Hono();\napp.use('/admin/*', jwt({ secret }));\napp.route('/admin', admin);\n",
                "page.tsx": "const { data } = await supabase.auth.getUser();\nif (!data.user) redirect('/login');\n",
            },
            {
                "r.js": "module.exports = async (fastify) => {\n  const admin = { preHandler: [fastify.authenticate] };\n  fastify.delete('/users/:id', admin, async (req) => drop(req));\n};\n",
                "elysia.ts": "new Elysia()\n  .onBeforeHandle(isSignedIn)\n  .post('/flags', ({ body }) => set(body))\n  .listen(3000);\n",
                "hono.ts": "const app = new Hono();\napp.use('*', jwt({ secret }));\napp.route('/admin', admin);\n",
                "page.tsx": "const { data } = await supabase.auth.getClaims();\nif (!data.claims) redirect('/login');\n",
            },
        ),
        Pair(
            {
                "b.ts": "export const billing = router({\n  refund: protectedProcedure.mutation(async ({ ctx, input }) => {\n    if (!ctx.user.roles.includes('billing')) throw new TRPCError({ code: 'FORBIDDEN' });\n    return pay(input.id);\n  }),\n});\n"
            },
            {
                "b.ts": "export const billing = router({\n  refund: billingProcedure.mutation(async ({ ctx, input }) => {\n    return pay(input.id);\n  }),\n});\n"
            },
        ),
    ],
    misses=[
        "Routes that moved to another file and another path.",
        "Guards of packages whose names do not say that they guard.",
        "What a function asks that the handler calls.",
        "A new guard that lets everybody through, where another function of its name, somewhere in the tree, refuses.",
        "A file of more than 20,000 characters, most of which stand in lines that are too long to be read.",
    ],
)
_OTHER = lazy.regex(r"(?i)csrf|limit")
"""Guards that do not ask who calls."""
_ROLE = lazy.regex(r"(?i)admin|role|perm|owner|scope|staff|super|manager|moderator")
_SHIELD = "shield."
_OF_ROLES = lazy.regex(r"(?:Roles?|Permissions?|Scopes?)Guard")
_OF_SOME = lazy.regex(r"(?!(?i:\w*(?:auth|jwt|login|session|token|passport|throttl|csrf)))[A-Z]\w*Guard")
_NAMES_ROLES = lazy.regex(r"(?:Require)?(?:Roles?|Permissions?|Scopes?)$")
_PROGRAM = lazy.regex(r"@Module\(|new Koa\(|NestFactory|\bexpress\(|\bnew Hono\(|[fF]astify\(")
_HANDLER = lazy.regex(r"[\w$]+(?:\.[\w$]+)*")
_OF_ROW = lazy.regex(r"^if \(.*(?:!==?|includes|equals|\.(?:some|has)\()")
"""A check of whose row it is."""
_THERE = lazy.regex(r"if \(!(?:[\w$.?]|\.get\(\s*[\"']\w+[\"']\s*\))+\)")
_BY_CALLER = lazy.regex(
    r"(?i)^(?!\s*if\b|.*(?:console|log(?:ger)?)\.).*(?:\b(?:req|request|ctx|c|context|session|locals)\b[\w.?!]*\.(?:user|auth|session|sub)\w*|\bc\.get\(\s*['\"](?:user|session|auth)|\b(?:load|require|ensure|find)\w*Own)"
)
_LOGIN = lazy.regex(
    r"(?i)(?:protected|authed|auth|private|authenticated|loggedin|user)procedure|(?:require|ensure|check|is)_?(?:auth\w*|login|loggedin|user|session)|authenticate|verifytoken|(?:jwt)?authguard"
)
"""Guards that let anybody pass who has signed in."""


@rule.compare
def look(edits: Sequence[Edit], base: Repo, head: Repo) -> Iterator[Hit]:
    names = frozenset(name for _, name in _wide(edits, head, before=False) - _wide(edits, base, before=True))
    unchecked: list[tuple[str, Hit]] = []
    for edit in edits:
        if edit.before is not None and edit.after is not None and edit.after.language in JsRoute.languages:
            old, new = base.of(JsRoute, edit.before.path), head.of(JsRoute, edit.after.path)
            yield from _lost(*_proved(old, new, base, head), names, head, by_caller=_fresh(edit))
            yield from _again(old, new)
            yield from _late(edit.before, edit.after, base)
            yield from _loosened(edit.before, edit.after)
            yield from _unmatched(old, new)
            yield from _narrowed(old, new)
            yield from _unproved(edit.before, edit.after)
            yield from _unshielded(edit.after, old, new)
            yield from _unfiltered(edit.before, edit.after)
            yield from _whole(edit.after, old, new, names)
            unchecked += [
                (edit.after.path, hit) for hit in ([] if names else _unchecked(edit.before, edit.after, base))
            ]
    stricter = gained([(edit.before, edit.after) for edit in edits], base, head) if unchecked else set()
    yield from (hit for path, hit in unchecked if not stricter - {path})
    yield from _moved(edits, base, head)


def _unchecked(before: Source, after: Source, base: Repo) -> Iterator[Hit]:
    for one in lost(before, after, base):
        now = f"and now it has `{one.way[:60]}`" if one.way else "and nothing takes its place"
        said = f"`{one.name}` has lost a check: `{one.check[:120]}` turned callers away in the base, {now}."
        yield Hit(one.place, said, detail=one.name)
    for one in idle(before, after, base):
        said = f"`{one.name}` lets everybody through: `{one.check[:120]}` turned callers away in the base, and now it has `{one.way}`."
        yield Hit(one.place, said, detail=one.name)
    for one in (*emptied(before, after, base), *granted(before, after)):
        said = f"`{one.name}` says yes to everybody now; in the base it gave back `{one.check[:120]}`."
        yield Hit(one.place, said, detail=one.name)


def _loosened(before: Source, after: Source) -> Iterator[Hit]:
    for line, was, now in looser(before, after):
        yield Hit(Place.at(after.path, line), f"A limit of {was} requests is one of {now} now.", detail="limit")


def _proved(
    old: Sequence[JsRoute], new: Sequence[JsRoute], base: Repo, head: Repo
) -> tuple[dict[str, JsRoute], dict[str, JsRoute]]:
    """The routes of both sides, and as guards too what only one has and what turns callers away where the tree holds it."""
    olds, news = effective(old), effective(new)
    for name in olds.keys() & news.keys():
        was, now = olds[name], news[name]
        olds[name] = replace(was, guards=was.guards | asking(base, was.given - now.given))
        kept = (was.guards & now.given) - now.guards  # a function that looks a row up by who calls, and asked before
        news[name] = replace(now, guards=now.guards | asking(head, (now.given - was.given) | kept))
    return olds, news


def _again(old: Sequence[JsRoute], new: Sequence[JsRoute]) -> Iterator[Hit]:
    """A new route with the handler of another one, and without its guard."""
    olds, news = effective(old), effective(new)
    kept: dict[str, frozenset[str]] = {}
    for one in news.values():
        if (held := one.guards | one.given) and _HANDLER.fullmatch(one.handler):
            kept.setdefault(one.handler, held)
    for name, route in news.items():
        lost = kept.get(route.handler, frozenset()) if name not in olds and not (route.guards | route.given) else None
        if lost:
            yield Hit(
                route.place,
                f"`{name}` is new, and leads to `{route.handler}` past `{'`, `'.join(sorted(lost))[:120]}`.",
                detail=name,
            )


def _whole(after: Source, old: Sequence[JsRoute], new: Sequence[JsRoute], elsewhere: frozenset[str]) -> Iterator[Hit]:
    """What a file without routes of its own put before the whole program: `{ provide: APP_GUARD, useClass: ThrottlerGuard }`."""
    was, now = (
        frozenset().union(*(one.guards for one in side if one.name == "use" and not one.path)) for side in (old, new)
    )
    lost = was - now - elsewhere
    if lost and not any(lost <= one.guards for one in effective(old).values()) and _PROGRAM.search(after.text):
        yield Hit(Place.at(after.path, 1), _said("the program", lost), detail="program")


def _moved(edits: Sequence[Edit], base: Repo, head: Repo) -> Iterator[Hit]:
    """Routes that went to another file, and left their guard behind."""
    for old, new in moved([(edit.before, edit.after) for edit in edits], base, head):
        yield Hit(new.place, _said(new.name, old.guards - new.guards), detail=new.name)


def _late(before: Source, after: Source, base: Repo) -> Iterator[Hit]:
    for one in late(before, after, base):
        said = f"`{one.name}` asks `{one.check[:120]}` when `{one.way}` is done; in the base it asked before."
        yield Hit(one.place, said, detail=one.name)


def _fresh(edit: Edit) -> bool:
    """Whether a line is new that may look up rows by who calls."""
    old, new = (Counter(side.lines if side else ()) for side in (edit.before, edit.after))
    return any(map(_BY_CALLER.search, new - old))


def _wide(edits: Sequence[Edit], repo: Repo, *, before: bool) -> frozenset[tuple[str, str]]:
    """The guards that stand before many routes of the changed files, and the file of each."""
    sources = [edit.before if before else edit.after for edit in edits]
    routes = [route for source in sources if source for route in repo.of(JsRoute, source.path)]
    return frozenset(
        (route.place.path, name)
        for route in routes
        if route.name == "use" or route.name.startswith("Controller")
        for name in route.guards
    )


def _lost(
    old: dict[str, JsRoute], new: dict[str, JsRoute], elsewhere: frozenset[str], head: Repo, *, by_caller: bool
) -> Iterator[Hit]:
    """One finding for what several routes of a file have lost alike."""
    told: set[frozenset[str]] = set()
    for name, route in new.items():
        before = old.get(name)
        lost, gained = _change(before.guards if before else route.guards, route.guards)
        gained = frozenset(one for one in gained if not lets_through(head, one)) if lost else gained
        scoped = by_caller and all(_OF_ROW.search(one) for one in lost)
        if (
            scoped
            or _is_caught(lost, head.source(route.place.path))
            or _explained(lost, gained, elsewhere)
            or lost in told
            or _is_below(name, lost, new)
        ):
            continue
        told.add(lost)
        yield Hit(route.place, _said(name, lost), detail=name)


def _is_below(name: str, lost: frozenset[str], new: dict[str, JsRoute]) -> bool:
    """Whether each method of a controller asks now what the controller asked."""
    methods = [route for other, route in new.items() if re.match(r"(?:Get|Post|Put|Patch|Delete|All|Mutation) ", other)]
    asked = (
        (lost if any(map(_NAMES_ROLES.match, one.guards)) else _without_roles(lost), one.guards) for one in methods
    )
    return name.startswith("Controller ") and bool(methods) and all(needed <= guards for needed, guards in asked)


def _without_roles(lost: frozenset[str]) -> frozenset[str]:
    """What a method that names no role needs of some guards: the one for roles lets everybody through to it."""
    return frozenset(one for one in lost if not _OF_ROLES.fullmatch(one)) or lost


def _change(was: frozenset[str], now: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    """What is lost, where a guard that lifts others is lost by its coming, and what is gained."""
    lost = {name for name in was - now if not name.startswith(OPENS)} | {n for n in now - was if n.startswith(OPENS)}
    return frozenset(lost), frozenset(name for name in now - was if not name.startswith(OPENS))


_OF_ERROR = lazy.regex(r"if \((?:err|error|e|ex)\)")


def _is_caught(lost: frozenset[str], after: Source | None) -> bool:
    """Whether nothing but the error of a callback was asked, and errors are caught now."""
    return bool(lost) and all(map(_OF_ERROR.fullmatch, lost)) and after is not None and "catch" in after.text


def _explained(lost: frozenset[str], gained: frozenset[str], elsewhere: frozenset[str]) -> bool:
    if any(name.startswith(OPENS) for name in lost):
        return False
    lesser = (
        any(_ROLE.search(name) or _OF_SOME.fullmatch(name) for name in lost)
        and bool(gained)
        and all(map(_LOGIN.fullmatch, gained))
    )
    if lesser:
        return lost <= elsewhere
    if gained and all(map(_THERE.fullmatch, gained)) and any(map(_OF_ROW.search, lost)):
        return False  # it was asked whose it is, and now whether somebody is there
    if any(inverse(one) in gained for one in lost):
        return False
    asks = any(not _OTHER.search(name) for name in lost)
    return not lost or bool(gained) or lost <= elsewhere or (asks and any(not _OTHER.search(n) for n in elsewhere))


def _said(name: str, lost: frozenset[str]) -> str:
    lifting = sorted(one for one in lost if one.startswith(OPENS))
    if lifting:
        return f"`{name}` is open to everybody now: `{lifting[0]}()` is new."
    return f"`{name}` has lost a guard: `{'`, `'.join(sorted(lost))[:160]}` stood before it in the base."


def _narrowed(old: Sequence[JsRoute], new: Sequence[JsRoute]) -> Iterator[Hit]:
    """What stood before all below a path, and stands before fewer of them now: `use("/admin/*", jwt())`, `use("/admin", jwt())`."""
    for was, now, asked in narrowed(old, new):
        said = f"`{'`, `'.join(sorted(asked))[:120]}` stood before all of `{was.path}`, and stands only before `{now.path.removesuffix(EXACTLY)}` now."
        yield Hit(now.place, said, detail=was.path)


def _unproved(before: Source, after: Source) -> Iterator[Hit]:
    for line in unproved(before, after):
        said = "`auth.getSession()` believes the cookie that was sent; `auth.getUser()`, which the base asked, has Supabase verify it."
        yield Hit(Place.at(after.path, line), said, detail="getSession")


def _unfiltered(before: Source, after: Source) -> Iterator[Hit]:
    for one in unfiltered(before, after):
        said = f"`{one.name}` looked up only rows of who calls, by `{one.column}`, and takes those of anybody now."
        yield Hit(one.place, said, detail=one.name)


def _unshielded(after: Source, old: Sequence[JsRoute], new: Sequence[JsRoute]) -> Iterator[Hit]:
    """Fields of graphql-shield that have no rule any more, in a shield that is still there."""
    fields = {one.name: one for one in new if one.name.startswith(_SHIELD)}
    for one in old if fields else ():
        field = one.name.rpartition(".")[2]
        if one.name.startswith(_SHIELD) and one.guards and one.name not in fields and field in after.text:
            yield Hit(next(iter(fields.values())).place, _said(one.name, one.guards), detail=one.name)


def _unmatched(old: Sequence[JsRoute], new: Sequence[JsRoute]) -> Iterator[Hit]:
    """Paths for which the middleware of Next asked who calls, and does not any more."""
    for route in (one for one in new if one.name.startswith("matcher")):
        had = {path for one in old if one.name == route.name for path in one.guards}
        gone = sorted(path for path in had if not any(covers(one, path) for one in route.guards))
        if gone:
            said = f"The middleware no longer runs for `{'`, `'.join(gone)[:160]}`, and it asks who calls."
            yield Hit(route.place, said, detail="matcher")

"""A webhook in JavaScript is believed without its signature.

The address of a webhook is no secret. Whoever knows it can send an event of their own making: an order that was paid, a refund, a push
to the main branch. Only the signature tells the provider from everybody else.
"""

import posixpath
import re
from collections.abc import Iterator

from gate import lazy
from gate.facts.comment import js_code
from gate.facts.jscheck import functions
from gate.facts.jsguard import JsRoute
from gate.facts.jswebhook import CHECKS, JsWebhook, reached
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.CRITICAL,
    cwes=(345, 347, 306),
    fix="""Verify before anything else, over the raw body: `stripe.webhooks.constructEvent(raw, header, secret)`, svix's
    `new Webhook(secret).verify(raw, headers)`, `twilio.validateRequest(...)`, `paddle.webhooks.unmarshal(...)`, or
    `crypto.timingSafeEqual` with the HMAC of the body; answer 400 or 401 when it does not fit.""",
    bad=[
        {
            "app/api/webhooks/stripe/route.ts": """
            export async function POST(req: Request) {  // <-
              const body = await req.text();
              const signature = (await headers()).get("stripe-signature")!;
              const event = JSON.parse(body);
              if (!event) return NextResponse.json({ error: "bad signature" }, { status: 400 });
              await db.order.update({ where: { id: event.data.object.metadata.orderId }, data: { paid: true } });
              return NextResponse.json({ received: true });
            }
            """,
        },
        {
            "server.js": """
            const app = express();
            app.use(express.json());
            app.post("/webhooks/stripe", async (req, res) => {  // <-
              const event = req.body;
              if (event.type === "checkout.session.completed") await activate(event.data.object.client_reference_id);
              res.json({ received: true });
            });
            app.post("/hooks/github", limit({ max: 5 }), function (req, res) {  // <-
              // TODO: verify the signature with createHmac
              deploy(req.body.repository.full_name);
              res.end();
            });
            router.post("/paypal/notifications", onPaypal);  // <-
            async function onPaypal(req, res) {
              await credit(req.body.resource.id);
              res.sendStatus(200);
            }
            app.post("/billing", (req, res) => {  // <-
              switch (req.body.type) {
                case "invoice.paid": extend(req.body.data.object.customer);
              }
            });
            """,
            "hooks/api.ts": """
            fastify.route({ method: "POST", url: "/webhooks/shopify", handler: async (request, reply) => {  // <-
              await save(request.body);
            } });
            app.post("/webhook/paddle", async (c) => {  // <-
              const event = await c.req.json();
              await grant(event.data.customer_id);
              return c.text("ok");
            });
            app.post("/incoming/webhook", async (req, res) => { await store(req.body); res.end(); });  // <-
            export const slackWebhook = onRequest(async (req, res) => {  // <-
              await run(req.body.event.text);
              res.end();
            });
            """,
        },
        {
            "app/api/webhooks/clerk/route.ts": """
            export async function POST(req: Request): Promise<Response> {  // <-
              const payload = await req.json();
              if (payload.type === "user.deleted") await remove(payload.data.id);
              return new Response("ok");
            }
            """,
            "pages/api/stripe-webhook.ts": """
            export default async function handler(req: NextApiRequest, res: NextApiResponse) {  // <-
              const { type, data } = req.body;
              if (type === "invoice.payment_failed") await lock(data.object.customer);
              res.status(200).end();
            }
            """,
            "src/payments.controller.ts": """
            @Controller("webhooks")
            export class Payments {
              @Post("stripe")  // <-
              @HttpCode(200)
              async stripe(@Body() event: Stripe.Event) {
                await this.orders.paid(event.data.object);
              }
            }
            """,
        },
        {
            "routes.js": """
            import { stripeHook } from "./controllers/billing";
            router.post("/webhooks/stripe", asyncHandler(stripeHook));  // <-
            """,
            "controllers/billing.js": """
            export async function stripeHook(req, res) {
              await fulfil(req.body.data.object.id);
              res.end();
            }
            """,
        },
    ],
    good=[
        {
            "app/api/webhooks/github/route.ts": """
            export async function POST(req: Request) {
              const body = await req.text();
              if (!(await isFromGithub(body, req.headers.get("x-hub-signature-256")))) return new Response("no", { status: 401 });
              await deploy(JSON.parse(body));
              return new Response("ok");
            }
            """,
        },
        {
            "server.js": """
            app.post("/webhooks/stripe", express.raw({ type: "*/*" }), (req, res) => {
              const event = stripe.webhooks.constructEvent(req.body, req.headers["stripe-signature"], SECRET);
              fulfil(event);
            });
            app.post("/hooks/github", githubOnly, (req, res) => deploy(req.body));
            function githubOnly(req, res, next) {
              const mac = crypto.createHmac("sha256", KEY).update(req.rawBody).digest();
              if (!crypto.timingSafeEqual(mac, Buffer.from(req.get("x-hub-signature-256"), "hex"))) return res.sendStatus(401);
              next();
            }
            app.post("/webhooks/telegram", (req, res) => {
              if (req.get("x-telegram-bot-api-secret-token") !== process.env.TELEGRAM_SECRET) return res.sendStatus(401);
              reply(req.body.message);
            });
            app.post("/twilio/sms-events", twilio.webhook(), (req, res) => answer(req.body.Body));
            app.post("/webhooks", requireAuth, async (req, res) => res.json(await create(req.body)));
            app.post("/webhooks/subscriptions", async (req, res) => res.json(await add(req.body.url)));
            app.post("/webhooks/relay", (req, res) => relay.handle(req, res));
            app.get("/webhooks/stripe", (req, res) => res.json(req.body));
            hooks.post("/hook", { data: 1 });
            """,
        },
        {
            "routes.js": """
            import { stripeHook } from "./controllers/billing";
            import { unknown } from "@acme/hooks";
            router.post("/webhooks/stripe", stripeHook);
            router.post("/webhooks/github", unknown);
            """,
            "controllers/billing.js": """
            export async function stripeHook(req, res) {
              const event = verifyEvent(req);
              await fulfil(event);
            }
            """,
            "app.module.ts": "const guards = [{ provide: APP_GUARD, useClass: HookGuard }];\n",
            "c.controller.ts": """
            @Controller("webhooks")
            export class C {
              @Post("stripe")
              async stripe(@Body() event: Stripe.Event) { await this.orders.paid(event); }
            }
            """,
            "github.js": 'const router = Router();\nrouter.post("/webhooks/github", (req, res) => { run(req.body); });\n',
            "app.js": 'import github from "./github";\napp.use("/webhooks", verifySignature, github);\n',
        },
        {
            "app/api/webhooks/clerk/route.ts": """
            import { Webhook } from "svix";
            export async function POST(req: Request) {
              const payload = new Webhook(SECRET).verify(await req.text(), Object.fromEntries(req.headers));
              return new Response("ok");
            }
            """,
            "src/hooks/useWebhook.ts": "export default function useWebhook(body) { return post('/webhooks', body); }\n",
            "app/api/webhooks/manage/route.ts": """
            export async function POST(req: Request) {
              const session = await getServerSession(options);
              if (!session) return new Response(null, { status: 401 });
              return save(await req.json());
            }
            """,
            "src/c.controller.ts": """
            @Controller("webhooks")
            @UseGuards(StripeGuard)
            export class C {
              @Post("stripe")
              async stripe(@Body() event: Stripe.Event) { await this.orders.paid(event); }
            }
            """,
        },
    ],
    misses=[
        "A handler that gives the whole request to a function of a package, or to a method of another object.",
        "Whether what is called `verify` verifies: webhook_check_js looks at some of that.",
        "Ingresses that check for the program.",
    ],
)
_ENDINGS = ("", ".ts", ".js", ".tsx", ".mjs", ".jsx", "/index.ts", "/index.js")
_SIGNED = lazy.regex(r"(?i)signature|hmac|verif")
_OPEN = lazy.regex(r"@(?:Public|SkipAuth|AllowAnonymous|NoAuth|IsPublic|Unprotected)\(")


@rule.check(JsWebhook)
def look(one: JsWebhook, repo: Repo) -> Iterator[Hit]:
    texts = [_text(repo, one.place.path, *each) for each in one.handed]
    if any(not text or CHECKS.search(text) for text in texts) or _is_checked_before(one, repo):
        return
    sender = one.sender or "elsewhere"
    said = f"`{one.name}` takes events from {sender} and checks no signature, so anybody can send them."
    yield Hit(one.place, said, severity=None if one.sender else Severity.MEDIUM)


def _text(repo: Repo, path: str, name: str, module: str) -> str:
    """What a function of another file says, and what it calls there; "" where the file is not found."""
    for ending in _ENDINGS if module.startswith(".") else ():
        there = posixpath.normpath(posixpath.join(posixpath.dirname(path), re.sub(r"\.js$", "", module))) + ending
        source = repo.source(there)
        if source is not None:
            text = js_code(source.text)
            lines = text.split("\n")
            spans = [(first, last) for known, first, last in functions(text) if known == name]
            return reached(text, "\n".join(lines[spans[0][0] - 1 : spans[0][1]])) if spans else ""
    return ""


def _is_checked_before(one: JsWebhook, repo: Repo) -> bool:
    """Whether signatures are checked before all routers of a program, or callers before this one."""
    stem = re.escape(posixpath.basename(one.place.path).partition(".")[0])
    about = re.compile(rf"(?i)webhook|\b{stem}\b")
    for path in repo.mentioning(".use(", JsRoute.languages):
        for route in repo.of(JsRoute, path):
            line = _line(repo, route) if route.name == "use" else ""
            if _SIGNED.search(line.rpartition(",")[0]) or (route.guards and about.search(line)):
                return True
    return _line(repo, one).startswith("@") and _is_guarded(one, repo)


def _is_guarded(one: JsWebhook, repo: Repo) -> bool:
    """Whether a guard of Nest stands before all controllers, and this one does not say that it is open."""
    source = repo.source(one.place.path)
    return not (source and _OPEN.search(source.text)) and any(repo.mentioning("APP_GUARD", JsRoute.languages))


def _line(repo: Repo, one: JsWebhook | JsRoute) -> str:
    source = repo.source(one.place.path)
    return source.lines[one.place.line - 1].strip() if source else ""

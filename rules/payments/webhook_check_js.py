"""The check of a webhook's signature in JavaScript checks less than it seems.

A signed event stays signed: whoever once saw it, in a log or on the way, can send it again next month, unless its time is looked at.
A check that is switched off or not heeded, or made over text that was parsed and written again, is none or will not stay.
"""

from collections.abc import Iterator

from gate.facts.jswebhookcheck import JsWebhookCheck
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(345, 294),
    fix="""Answer 400 or 401 to what is not signed, whatever the reason. Sign the raw body. Refuse what is older than five minutes: leave
    the tolerance of the library as it is, or compare `Date.now()` with the signed time before the signature is compared.""",
    bad=[
        {
            "hook.js": """
            const app = new App({ token, signingSecret, signatureVerification: false });  // <-
            router.post("/sms", twilio.webhook({ validate: false }), answer);  // <-
            function late(req) {
              return stripe.webhooks.constructEvent(req.body, req.headers["stripe-signature"], SECRET, 0);  // <-
            }
            function week(req) {
              return stripe.webhooks.constructEvent(req.body, sig(req, "v1"), SECRET, 7 * 24 * 3600);  // <-
            }
            function again(req) {
              return stripe.webhooks.constructEvent(JSON.stringify(req.body), sig(req), SECRET);  // <-
            }
            function parsed(req) {
              const mac = crypto.createHmac("sha256", KEY).update(JSON.stringify(req.body)).digest("hex");  // <-
              return crypto.timingSafeEqual(Buffer.from(mac), Buffer.from(req.headers["x-signature"]));
            }
            function slack(req) {
              const base = `v0:${req.headers["x-slack-request-timestamp"]}:${req.rawBody}`;
              const mac = crypto.createHmac("sha256", KEY).update(base).digest();  // <-
              return crypto.timingSafeEqual(mac, Buffer.from(req.headers["x-slack-signature"].slice(3), "hex"));
            }
            """,
        },
        {
            "stripe.ts": """
            app.post("/webhook", async (req, res) => {
              let event;
              try {  // <-
                event = stripe.webhooks.constructEvent(req.body, req.headers["stripe-signature"], SECRET);
              } catch (err) {
                console.error("bad signature", err);
                event = req.body;
              }
              await fulfil(event);
            });
            app.post("/hook", async (req, res) => {
              let event = req.body;
              if (process.env.HOOK_SECRET) {
                event = stripe.webhooks.constructEvent(req.body, req.headers["stripe-signature"], process.env.HOOK_SECRET);  // <-
              }
              await fulfil(event);
            });
            app.post("/other", async (req, res) => {
              let event;
              if (secret) event = stripe.webhooks.constructEvent(req.rawBody, sig, secret);  // <-
              else event = JSON.parse(req.rawBody);
              await fulfil(event);
            });
            app.post("/third", async (req, res) => {
              const signature = req.headers["x-signature"];
              if (signature && !verifySignature(req.rawBody, signature)) return res.sendStatus(401);  // <-
              await fulfil(req.body);
            });
            """,
        },
        {
            "ignored.ts": """
            app.post("/sms", (req, res) => {
              twilio.validateRequest(TOKEN, req.get("x-twilio-signature"), URL, req.body);  // <-
              answer(req.body);
            });
            app.post("/hooks/github", async (req, res) => {
              const ok = await webhooks.verify(req.rawBody, req.get("x-hub-signature-256"));
              if (!ok) {  // <-
                console.warn("invalid signature");
              }
              await deploy(req.body);
            });
            """,
        },
    ],
    good=[
        {
            "hook.js": """
            const app = new App({ token, signingSecret });
            const form = new App({ validate: false });
            function right(req) {
              return stripe.webhooks.constructEvent(req.body, req.headers["stripe-signature"], SECRET, 300);
            }
            function github(req) {
              const mac = crypto.createHmac("sha256", KEY).update(req.rawBody).digest();
              return crypto.timingSafeEqual(mac, Buffer.from(req.get("x-hub-signature-256").slice(7), "hex"));
            }
            function slack(req) {
              const at = req.headers["x-slack-request-timestamp"];
              if (Math.abs(Date.now() / 1000 - at) > 300) return false;
              const mac = crypto.createHmac("sha256", KEY).update(`v0:${at}:${req.rawBody}`).digest();
              return crypto.timingSafeEqual(mac, sent(req));
            }
            function outgoing(payload, headers) {
              headers["x-signature"] = crypto.createHmac("sha256", KEY).update(JSON.stringify(payload)).digest("hex");
              return post(payload, headers);
            }
            """,
            "stripe.ts": """
            app.post("/webhook", async (req, res) => {
              let event = req.body;
              try {
                event = stripe.webhooks.constructEvent(req.body, req.headers["stripe-signature"], SECRET);
              } catch (err) {
                return res.status(400).send(`Webhook Error: ${err.message}`);
              }
              await fulfil(event);
            });
            app.post("/third", async (req, res) => {
              const signature = req.headers["x-signature"];
              if (!signature) return res.sendStatus(401);
              if (signature && !verifySignature(req.rawBody, signature)) return res.sendStatus(401);
              await fulfil(req.body);
            });
            app.post("/hooks/github", async (req, res) => {
              const ok = await webhooks.verify(req.rawBody, req.get("x-hub-signature-256"));
              if (!ok) {
                return res.sendStatus(401);
              }
              if (!twilio.validateRequest(TOKEN, req.get("x-twilio-signature"), URL, req.body)) { throw new Error("no"); }
              await deploy(req.body);
            });
            async function process(raw, sig) {
              try {
                const event = await stripe.webhooks.constructEventAsync(raw, sig, SECRET);
                await fulfil(event);
              } catch (err) {
                console.error(err);
              }
            }
            """,
        },
    ],
    misses=["A time that another function was to look at.", "Whether an event was seen before."],
)

_SAID = {
    "off": "`{written}`: events are taken from anybody",
    "parsed": "`{written}` signs what was parsed and written again; it fails for true events, and a check that fails gets removed",
    "ageless": "The signature of `{written}` is checked and not the time, so an event can be sent again for ever",
    "unlimited": "With a tolerance of `{written}` an event can be sent again for ever",
    "old": "A tolerance of `{written}` lets an event be sent again for longer than a quarter of an hour",
    "swallowed": "The refusal is caught, and the event is believed all the same",
    "unheeded": "`{written}` says whether the signature is right, and nothing comes of it",
    "unsent": "The signature is checked only where `{written}` is there, so whoever sends none is believed",
    "fallback": "Where nothing is verified, `{written}` is believed",
}
_SEVERITY = {
    "off": Severity.CRITICAL,
    "swallowed": Severity.CRITICAL,
    "unheeded": Severity.CRITICAL,
    "unsent": Severity.HIGH,
    "fallback": Severity.HIGH,
    "unlimited": Severity.HIGH,
}


@rule.check(JsWebhookCheck)
def look(one: JsWebhookCheck, repo: Repo) -> Iterator[Hit]:
    del repo
    said = f"{_SAID[one.what].format(written=one.written)}."
    yield Hit(one.place, said, detail=one.what, severity=_SEVERITY.get(one.what))

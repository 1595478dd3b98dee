"""A webhook is believed without its signature.

The address of a webhook is no secret. Whoever knows it can send an event of their own making: an order that was paid, a refund, a push
to the main branch. Only the signature tells the provider from everybody else.
"""

from collections.abc import Iterator

from gate.facts.guardtree import Found, guard_tree
from gate.facts.route import Webhook
from gate.facts.webhook import is_verified
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.CRITICAL,
    cwes=(345, 347, 306),
    fix="""Verify before anything else, over the raw body: `stripe.Webhook.construct_event(payload, header, secret)`, svix's
    `Webhook(secret).verify(payload, headers)`, `RequestValidator(token).validate(...)`, or `hmac.compare_digest` with the
    HMAC of the body; answer 400 or 401 when it does not fit.""",
    bad=[
        """
        import stripe
        from flask import Flask, request
        app = Flask(__name__)
        @app.post("/webhooks/stripe")
        def stripe_hook():  # <-
            event = stripe.Event.construct_from(request.get_json(), stripe.api_key)
            activate(event.data.object["client_reference_id"])
            return "", 200
        """,
        """
        from fastapi import APIRouter, FastAPI, Request
        app = FastAPI()
        router = APIRouter(prefix="/twilio")
        @app.post("/hooks/github")
        async def gh(request: Request):  # <-
            payload = await request.json()
            if request.headers["X-GitHub-Event"] == "push":
                await deploy(payload["repository"]["full_name"])
        @router.post("/callback")
        async def sms(From: str, Body: str):  # <-
            return await handle_command(From, Body)
        @app.post("/incoming/webhook")
        async def incoming(request: Request):  # <-
            return await store(await request.json())
        """,
        """
        import json
        from django.views.decorators.csrf import csrf_exempt
        from rest_framework.views import APIView
        @csrf_exempt
        def shopify_webhook(request):  # <-
            order = json.loads(request.body)
            Order.objects.create(ref=order["id"], total=order["total_price"])
        class PaypalWebhookView(APIView):
            authentication_classes = []
            def post(self, request):  # <-
                apply_event(request.data)
        def lambda_handler(event, context):  # <-
            body = parse(event["body"])
            if body["event_type"] == "PAYMENT.CAPTURE.REFUNDED":
                mark_refunded(body["resource"]["id"])
        """,
    ],
    good=[
        """
        from django.http import HttpResponseRedirect
        from django.urls import reverse
        def pay_online(request, payment_id):
            payment = get_object_or_404(Payment, pk=payment_id)
            payment.save()
            return HttpResponseRedirect(reverse("invoice.view", args=[payment.invoice_id]))
        """,
        """
        def apply_userbar_hooks(request, items, page):
            for fn in hooks.get_hooks("userbar"):
                fn(request, items, page)
        """,
        {
            "app/deps.py": """
            import hmac, hashlib
            from fastapi import Request, HTTPException
            async def github_signed(request: Request):
                body = await request.body()
                want = "sha256=" + hmac.new(KEY, body, hashlib.sha256).hexdigest()
                if not hmac.compare_digest(want, request.headers.get("X-Hub-Signature-256", "")):
                    raise HTTPException(401)
            """,
            "app/hooks.py": """
            from fastapi import APIRouter, Depends
            from app.deps import github_signed
            router = APIRouter(dependencies=[Depends(github_signed)])
            @router.post("/hooks/github")
            async def gh(payload: dict):
                return await deploy(payload)
            """,
        },
        """
        import requests, stripe
        from fastapi import APIRouter, Depends
        router = APIRouter()
        @router.post("/webhooks/stripe")
        def hook(request):
            e = stripe.Webhook.construct_event(request.data, request.headers["Stripe-Signature"], SECRET)
            return fulfil(e)
        @router.post("/webhooks")
        def create_webhook(data: WebhookCreate, user=Depends(get_current_user)):
            return repo.create(data, user)
        def send_webhook(url, payload):
            requests.post(url, json=payload, timeout=5)
        def process_queue_message(body):
            fulfil(stripe.Webhook.construct_event_without_verification(body))
        """,
        """
        from flask import Flask, request, abort
        from twilio.request_validator import RequestValidator
        app = Flask(__name__)
        def twilio_only(f):
            def inner(*a, **k):
                if not RequestValidator(TOKEN).validate(request.url, request.form, request.headers.get("X-Twilio-Signature", "")):
                    abort(403)
                return f(*a, **k)
            return inner
        @app.post("/twilio/callback")
        @twilio_only
        def sms():
            return handle()
        """,
    ],
    misses=[
        "A route whose path, name and text do not speak of a webhook.",
        "Whether what is called `verify` verifies: identity/fail_open asks that.",
        "Ingresses that check for the program.",
    ],
)


@rule.check(Webhook)
def look(webhook: Webhook, repo: Repo) -> Iterator[Hit]:
    tree, found = guard_tree(repo), Found(webhook.place.path, webhook.unit)
    held = tree.before(found)
    if any(guard.kind == "access" and guard.how != "exempt" for guard in held) or is_verified(tree, found):
        return
    sender = webhook.sender or "elsewhere"
    said = f"`{webhook.unit.name}` takes events from {sender} and checks no signature, so anybody can send them."
    yield Hit(webhook.place, said, severity=None if webhook.sender else Severity.MEDIUM)

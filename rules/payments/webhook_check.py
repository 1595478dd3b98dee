"""The check of a webhook's signature checks less than it seems.

A signed event stays signed: whoever once saw it, in a log or on the way, can send it again next month, unless its time is looked at.
A check that is switched off, or made over text that was parsed and written again, is none or will not stay.
"""

from collections.abc import Iterator

from gate.facts.webhookcheck import WebhookCheck
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(345, 294),
    fix="""Refuse what is older than five minutes: `tolerance=300`, or `abs(time.time() - int(timestamp)) > 300` before the signature is
    compared. Remember the ids of events within that time. Sign the raw body, and leave the library's own check on.""",
    bad=[
        """
        import stripe
        def verify(body, header):
            stripe.WebhookSignature.verify_header(body, header, SECRET)  # <-
        def hook(body, header):
            return stripe.Webhook.construct_event(body, header, SECRET, tolerance=0)  # <-
        def slow(body, header):
            return stripe.Webhook.construct_event(body, header, SECRET, tolerance=86400)  # <-
        """,
        """
        import hmac, hashlib, time
        def slack_ok(body, ts, sig):
            base = f"v0:{ts}:{body}".encode()
            return hmac.compare_digest("v0=" + hmac.new(KEY, base, hashlib.sha256).hexdigest(), sig)  # <-
        def week(ts, body, sig):
            if time.time() - int(ts) > 7 * 24 * 3600:
                raise ValueError
            return hmac.compare_digest(hmac.new(KEY, f"{ts}.{body}".encode(), hashlib.sha256).hexdigest(), sig)  # <-
        """,
        """
        import hmac, json
        from slack_bolt import App
        app = App(token=TOKEN, signing_secret=SECRET, request_verification_enabled=False)  # <-
        def hook(request):
            body = json.dumps(request.json)
            mac = hmac.new(KEY, body.encode(), "sha256").hexdigest()  # <-
            if not hmac.compare_digest(mac, request.headers["X-Signature"]):
                abort(401)
        """,
        """
        import hmac, hashlib, os
        KEY = os.environ.get("HOOK_KEY", "")
        def swallowed(request):
            try:
                if not hmac.compare_digest(mac_of(request), request.headers["X-Signature"]):  # <-
                    raise ValueError
            except Exception:
                pass
            return fulfil(request.get_json())
        def unsent(request):
            sent = request.headers.get("X-Signature")
            if sent and not hmac.compare_digest(mac_of(request), sent):  # <-
                abort(401)
            return fulfil(request.get_json())
        def late(request):
            event = request.get_json()
            fulfil(event)  # <-
            if not hmac.compare_digest(mac_of(request), request.headers["X-Signature"]):
                abort(401)
        def known(body, sent):
            return hmac.compare_digest(hmac.new(KEY.encode(), body, hashlib.sha256).hexdigest(), sent)  # <-
        """,
    ],
    good=[
        """
        import hmac, hashlib, os
        KEY = os.environ.get("HOOK_KEY", "")
        def hook(request):
            sent = request.headers.get("X-Signature")
            if not KEY or not sent:
                abort(401)
            event = request.get_json()
            log.info("event", event)
            if sent and not hmac.compare_digest(mac_of(request), sent):
                abort(401)
            fulfil(event)
        def has_token(request):
            sent, cookie = request.headers.get("X-Token"), request.headers.get("Cookie")
            if sent:
                return hmac.compare_digest(sent, TOKEN)
            if cookie and hmac.compare_digest(cookie, TOKEN):
                return True
            return False
        def ok(body, sent):
            try:
                return hmac.compare_digest(hmac.new(KEY.encode(), body, hashlib.sha256).hexdigest(), sent)
            except ValueError:
                return False
        """,
        """
        import stripe
        def verify(body, header):
            stripe.WebhookSignature.verify_header(body, header, SECRET, tolerance=300)
        def hook(body, header):
            return stripe.Webhook.construct_event(body, header, SECRET)
        """,
        """
        import hmac, hashlib, time
        def slack_ok(body, ts, sig):
            if abs(time.time() - int(ts)) > 300:
                return False
            base = f"v0:{ts}:{body}".encode()
            return hmac.compare_digest("v0=" + hmac.new(KEY, base, hashlib.sha256).hexdigest(), sig)
        def github_ok(body, sig):
            return hmac.compare_digest("sha256=" + hmac.new(KEY, body, hashlib.sha256).hexdigest(), sig)
        """,
    ],
    misses=["A time that another function was to look at.", "Whether an event was seen before."],
)

_SAID = {
    "off": "`{written}`: events are taken from anybody",
    "parsed": "`{written}` signs what was parsed and written again; it fails for true events, and a check that fails gets removed",
    "ageless": "`{written}` checks the signature and not the time, so an event can be sent again for ever",
    "unlimited": "With `{written}` an event can be sent again for ever",
    "swallowed": "The refusal of `{written}` is caught, and the event is believed all the same",
    "unsent": "The signature is checked only where `{written}` came, so whoever sends none is believed",
    "late": "`{written}` is done with the event before its signature is looked at",
    "known": "Where it is not set, the key is the default of `{written}`, which everybody knows",
    "old": "`{written}` lets an event be sent again for longer than a quarter of an hour",
}


_SEVERITY = {
    "off": Severity.CRITICAL,
    "swallowed": Severity.CRITICAL,
    "unsent": Severity.HIGH,
    "unlimited": Severity.HIGH,
}


@rule.check(WebhookCheck)
def look(one: WebhookCheck, repo: Repo) -> Iterator[Hit]:
    del repo
    yield Hit(
        one.place, f"{_SAID[one.what].format(written=one.written)}.", detail=one.what, severity=_SEVERITY.get(one.what)
    )

"""Each line of the checklist: a change that touches it, and one that nearly does.

A line is decided by rules, answered with evidence, or asked of a person; it must come up in the first, and not in the second.
"""

import pytest

from gate import registry
from gate.coverage import Looked
from gate.review import Review
from tests.judging import EVAL, FLASK, change

PLAIN = {"app.py": "x = 1\n"}
POINTS = {point.id: (item, point) for item in registry.items().values() for point in item.points}
MODELS = """
from django.db import models
class Tenant(models.Model):
    name = models.TextField()
class Invoice(models.Model):
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE)
class Order(models.Model):
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE)
"""
INVOICE = "def invoice(request, pk):\n    return show(Invoice.objects.get(pk=pk, tenant=request.tenant))\n"
JOBS = "on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: bandit -r .\n"
REFUND = '{}@app.post("/refunds")\n@login_required\ndef refund():\n{}    return stripe.Refund.create(charge=request.json["id"], idempotency_key=key())\n'
POLICY = '[[wrappers]]\nuse = "app.llm"\ninstead_of = ["openai"]\n'

Tree = dict[str, str]

DECIDED: list[tuple[int, str, Tree, Tree, Tree]] = [
    (1, "sign-in-flow", PLAIN,
     {"auth.py": 'url = auth_url + "?" + urlencode({"response_type": "token", "client_id": ID, "redirect_uri": BACK})\n'},
     {"auth.py": 'said = {"token_type": "bearer", "client": ID}\n'}),
    (3, "session-life", PLAIN,
     {"settings.py": "from datetime import timedelta\nPERMANENT_SESSION_LIFETIME = timedelta(days=365)\n"},
     {"settings.py": "from datetime import timedelta\nPERMANENT_SESSION_LIFETIME = timedelta(minutes=30)\n"}),
    (6, "narrow-scopes", PLAIN,
     {"iam.json": '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}\n'},
     {"iam.json": '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/b"}]}\n'}),
    (8, "token-algorithms", PLAIN,
     {"auth.py": 'import jwt\n\ndef who(token):\n    return jwt.decode(token, options={"verify_signature": False})\n'},
     {"auth.py": 'import jwt\n\ndef who(token):\n    return jwt.decode(token, KEY, algorithms=["RS256"], audience="a")\n'}),
    (9, "explicit-roles", {"acl.py": 'ROLE_PERMISSIONS = {"support": ["read"]}\n'},
     {"acl.py": 'ROLE_PERMISSIONS = {"support": ["read", "refund"]}\n'},
     {"acl.py": 'ROLE_PERMISSIONS = {\n    "support": ["read"],\n}\n'}),
    (10, "tenant-isolation", {"a.sql": "CREATE TABLE a (id int, tenant_id int);\nALTER TABLE a ENABLE ROW LEVEL SECURITY;\n"},
     {"b.sql": "ALTER TABLE a DISABLE ROW LEVEL SECURITY;\n"}, {"b.sql": "ALTER TABLE a FORCE ROW LEVEL SECURITY;\n"}),
    (11, "denied-by-default", PLAIN,
     {"v.py": "class Pay(APIView):\n    permission_classes = [AllowAny]\n    def post(self, request):\n        return pay(request.data)\n"},
     {"v.py": "class Pay(APIView):\n    permission_classes = [IsBillingAdmin]\n    def post(self, request):\n        return pay(request.data)\n"}),
    (12, "policy-engine", PLAIN, {"p.rego": "package a\n\ndefault allow := true\n"}, {"p.rego": "package a\n\ndefault allow := false\n"}),
    (13, "query-ownership", {"m.py": MODELS, "v.py": INVOICE},
     {"v.py": INVOICE.replace(", tenant=request.tenant", "")}, {"v.py": INVOICE.replace("pk=pk, ", "id=pk, ")}),
    (14, "tenant-trial", {"m.py": MODELS}, {"v.py": INVOICE}, {"v.py": "def about(request):\n    return show(VERSION)\n"}),
    (15, "permission-record", {"p.rego": 'package a\n\ndefault allow := false\n\nallow if input.role == "admin"\n'},
     {"p.rego": 'package a\n\ndefault allow := false\n\nallow if input.role == "support"\n'},
     {"p.rego": '# who may\npackage a\n\ndefault allow := false\n\nallow if input.role == "admin"\n'}),
    (16, "card-data", PLAIN,
     {"pay.py": 'def pay(request):\n    log.info("card %s", request.POST["card_number"])\n'},
     {"pay.py": 'def pay(request):\n    log.info("card ends %s", last4)\n'}),
    (17, "webhooks", PLAIN,
     {"hook.py": f'import stripe\n{FLASK}@app.post("/stripe/webhook")\ndef hook():\n    event = request.get_json()\n    if event["type"] == "invoice.paid":\n        fulfil(event)\n    return ""\n'},
     {"hook.py": f'import stripe\n{FLASK}@app.post("/stripe/webhook")\ndef hook():\n    event = stripe.Webhook.construct_event(request.data, request.headers["Stripe-Signature"], KEY)\n    fulfil(event)\n    return ""\n'}),
    (18, "idempotent-writes", PLAIN,
     {"pay.py": f'import stripe\n{FLASK}@app.post("/pay")\ndef pay():\n    order = find(request)\n    return stripe.PaymentIntent.create(amount=order.cents, currency="eur")\n'},
     {"pay.py": f'import stripe\n{FLASK}@app.post("/pay")\ndef pay():\n    order = find(request)\n    return stripe.PaymentIntent.create(amount=order.cents, currency="eur", idempotency_key=order.key)\n'}),
    (19, "money-roles", PLAIN,
     {"pay.py": REFUND.format(f"import stripe\nfrom flask_login import login_required\n{FLASK}", "")},
     {"pay.py": REFUND.format(f"import stripe\nfrom flask_login import login_required\n{FLASK}", "    if not current_user.has_role('billing'):\n        abort(403)\n")}),
    (21, "review-forced", {".github/workflows/ci.yml": JOBS},
     {".github/workflows/ci.yml": JOBS.replace("bandit -r .", "bandit -r . || true")},
     {".github/workflows/ci.yml": JOBS.replace("bandit -r .", "bandit -r src")}),
    (23, "guarded-wrappers", {"gate.toml": POLICY, **PLAIN},
     {"chat.py": "import openai\n"}, {"chat.py": "from app.llm import ask\n"}),
    (24, "no-eval-endpoints", PLAIN,
     {"calc.py": f'{FLASK}@app.post("/calc")\ndef calc():\n    return str(eval(request.json["expr"]))\n'},
     {"calc.py": f'{FLASK}@app.post("/calc")\ndef calc():\n    return str(int(request.json["expr"]))\n'}),
    (25, "redacted-logs", PLAIN,
     {"log.py": 'def sign_in(password):\n    logging.info("signing in with %s", password)\n'},
     {"log.py": 'def sign_in(password):\n    logging.info("signing in, password changed %s", when)\n'}),
    (26, "request-ids", {"v.py": 'def order(request):\n    charge.delay(request.POST["id"], request_id=request.id)\n'},
     {"v.py": 'def order(request):\n    charge.delay(request.POST["id"])\n'},
     {"v.py": 'def order(request):\n    charge.delay(request.POST["order"], request_id=request.id)\n'}),
    (27, "audit-trails", PLAIN,
     {"audit.py": "def tidy():\n    AuditLog.objects.filter(user=1).delete()\n"},
     {"audit.py": "def tidy():\n    AuditLog.objects.filter(user=1).count()\n"}),
    (30, "narrow-queries", PLAIN,
     {"q.py": 'def all_of(cursor):\n    cursor.execute("SELECT * FROM invoices WHERE id = 1")\n'},
     {"q.py": 'def all_of(cursor):\n    cursor.execute("SELECT count(*) FROM invoices WHERE id = 1")\n'}),
]  # fmt: skip
"""By the number of the line: the point, the base, and what each change adds."""

ASKED: list[tuple[int, str, str, str]] = [
    (2, "second-factor", "@roles_required('admin')\ndef users(): ...\n", "admin_email = 1\n"),
    (4, "session-binding", "request.session.cycle_key()\n", "session = Session(engine)\n"),
    (5, "one-time-codes", "def send_otp(phone): ...\n", "zip_code = 3\n"),
    (7, "one-store", "API_KEY = os.environ['API_KEY']\n", "keys = sorted(rows)\n"),
    (10, "tenant-isolation", "cache.set(key, rows)\n", "cache = {}\n"),
    (14, "tenant-trial", "rows = Invoice.objects.filter(tenant=request.tenant)\n", "rows = Country.objects.all()\n"),
    (15, "permission-record", "assign_perm('view', user)\n", "row = '<a role=\"button\">'\n"),
    (20, "payment-alerts", "stripe.Refund.create(charge=one)\n", "fund = find(one)\n"),
    (27, "audit-trails", "write_audit_log(user)\n", "auditorium = 4\n"),
    (28, "service-objectives", "user = authenticate(request)\n", "screen = screenshot(page)\n"),
    (29, "incident-drills", "def rotate_signing_key(): ...\n", "rotate_image(90)\n"),
    (30, "narrow-queries", "engine = create_engine(url)\n", "engine = Engine(horsepower=90)\n"),
    (31, "policy-snapshot", "ROLE_PERMISSIONS = {'support': ['read']}\n", "role = 'user'\n"),
    (32, "payout-roles", "stripe.Payout.create(amount=1)\n", "layout = outline(1)\n"),
]
LINES = 33
SHOWN = {22: "pipeline", 33: "unsafe-merges"}
"""Lines that each review answers, whatever the change."""


def told(done: Review, point: str) -> set[str]:
    return {found.rule.id for found in done.findings} & set(POINTS[point][1].rules)


@pytest.mark.parametrize(
    ("point", "base", "touching", "apart"), [row[1:] for row in DECIDED], ids=[f"{row[0]}-{row[1]}" for row in DECIDED]
)
@pytest.mark.parametrize("touches", [True, False], ids=["touched", "nearly"])
def test_a_line_that_rules_decide(repository, point: str, base: Tree, touching: Tree, apart: Tree, *, touches: bool):
    done = change(repository, base, {**base, **(touching if touches else apart)})
    assert bool(told(done, point)) is touches


@pytest.mark.parametrize(
    ("point", "touching", "apart"), [row[1:] for row in ASKED], ids=[f"{row[0]}-{row[1]}" for row in ASKED]
)
@pytest.mark.parametrize("touches", [True, False], ids=["touched", "nearly"])
def test_a_line_that_is_asked(repository, point: str, touching: str, apart: str, *, touches: bool):
    done = change(repository, PLAIN, {**PLAIN, "new.py": touching if touches else apart})
    item, one = POINTS[point]
    (answer,) = (answer for answer in done.answers if answer.item.id == item.id)
    assert (one.ask in answer.asks) is touches


@pytest.mark.parametrize(("text", "blocked"), [("x = 2\n", False), (FLASK + EVAL, True)], ids=["harmless", "unsafe"])
def test_lines_that_every_review_answers(repository, text: str, *, blocked: bool):
    done = change(repository, PLAIN, {"app.py": text})
    assert [row.state for row in done.coverage if row.path == "app.py" and row.scanner == "gate"] == [Looked.SCANNED]
    assert any(found.blocks for found in done.findings) is blocked


def test_no_line_is_left_out():
    assert {row[0] for row in DECIDED} | {row[0] for row in ASKED} | SHOWN.keys() == set(range(1, LINES + 1))
    assert all(POINTS[point][1].shown for point in SHOWN.values())

"""A route says that everybody may.

`AllowAny`, an empty list of permissions, an exemption from the login or from the check of forged requests: somebody, or some model,
wanted an error to go away. What is closed by default is open here, and nothing in the answer shows it.
"""

from collections.abc import Iterator

from gate.facts.opening import Opening
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(862, 306, 352),
    fix="""Name the permission callers need (`permission_classes = [IsBillingAdmin]`). Keep the few routes that are meant for everybody
    in one place, under names that say so.""",
    bad=[
        """
        from rest_framework import viewsets
        from rest_framework.permissions import AllowAny
        from rest_framework.views import APIView
        class InvoiceViewSet(viewsets.ModelViewSet):
            permission_classes = [AllowAny]  # <-
        class Transfer(APIView):
            authentication_classes = []
            permission_classes = []  # <-
            def post(self, request):
                return move(request.data)
        class Payouts(viewsets.ModelViewSet):
            def get_permissions(self):  # <-
                return [AllowAny()]
        REST_FRAMEWORK = {"DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"]}  # <-
        """,
        """
        from django.views.decorators.csrf import csrf_exempt
        @csrf_exempt  # <-
        def change_email(request):
            request.user.email = request.POST["email"]
            request.user.save()
        @csrf_exempt  # <-
        def change_password(request):
            if request.method == "POST":
                user = request.user
                user.set_password(request.POST["new"])
                user.save()
        @csrf_exempt  # <-
        def transfer(request):
            Account.objects.filter(pk=request.POST["to"]).update(balance=F("balance") + int(request.POST["amount"]))
        @api_view(["POST"])
        @permission_classes([AllowAny])  # <-
        def wipe(request):
            return purge()
        """,
        """
        from fastapi import FastAPI, Security
        from fastapi.security import HTTPBearer
        app = FastAPI()
        bearer = HTTPBearer(auto_error=False)
        @app.delete("/users/{uid}")
        def delete_user(uid: int, cred=Security(bearer)):  # <-
            return remove(uid)
        """,
        """
        from ninja import NinjaAPI
        api = NinjaAPI(auth=TokenAuth())
        @api.post("/payouts", auth=None)  # <-
        def payout(request, body: Payout):
            return pay(body)
        """,
        "WTF_CSRF_ENABLED = False  # <-\n",
        """
        def create_app():
            app = Flask(__name__)
            app.config["WTF_CSRF_ENABLED"] = False  # <-
            app.config.update(WTF_CSRF_CHECK_DEFAULT=False, DEBUG=False)  # <-
            return app
        """,
    ],
    good=[
        """
        from rest_framework.views import APIView
        from rest_framework import viewsets
        class LoginView(APIView):
            permission_classes = [AllowAny]
            def post(self, request):
                return login(request)
        class UserAPILoginView(viewsets.ModelViewSet):
            permission_classes = [AllowAny]
        class InvoiceViewSet(viewsets.ModelViewSet):
            permission_classes = [AllowAny]
            def get_permissions(self):
                return [IsAuthenticated(), IsBillingAdmin()]
        @csrf_exempt
        def stripe_webhook(request):
            stripe.Webhook.construct_event(request.body, request.headers["Stripe-Signature"], SECRET)
        @csrf_exempt
        def sync(request):
            if request.headers["X-Api-Key"] != settings.API_KEY:
                return HttpResponse(status=403)
            Order.objects.filter(pk=request.POST["order"]).update(state="sent")
        @csrf_exempt
        def look_up(request):
            return JsonResponse({"found": Order.objects.filter(pk=request.POST["order"]).exists()})
        @login_not_required
        def password_reset(request):
            return form(request)
        class Fields(viewsets.ViewSet):
            @action(detail=True, methods=["put", "delete"], permission_classes=[])
            def field(self, request, pk):
                if not registry.user_has_perm(request.user, pk, "change"):
                    raise Http404
                return change(pk)
        class Initialize(APIView):
            permission_classes = ()
            def post(self, request):
                return register(Device.objects.get(initialization_token=request.data["token"]))
        class TestingConfig:
            WTF_CSRF_ENABLED = False
        def create_app(testing):
            if testing:
                app.config["WTF_CSRF_ENABLED"] = False
            return app
        """,
        """
        from fastapi import FastAPI, Security, HTTPException
        from fastapi.security import HTTPBearer
        app = FastAPI()
        bearer = HTTPBearer(auto_error=False)
        @app.delete("/users/{uid}")
        def delete_user(uid: int, cred=Security(bearer)):
            if cred is None or not valid(cred.credentials):
                raise HTTPException(401)
            return remove(uid)
        """,
    ],
    misses=[
        "Settings that name no default at all: Django REST framework then lets everybody in.",
        "Lists of permissions that are put together elsewhere.",
        "Views that ask for a right themselves, or look up a token, are let be, whatever the answer.",
    ],
)

_SAID = {
    "anyone": "`{name}` lets everybody in: `{written}`",
    "default": "Every view that says nothing lets everybody in: the default is `{written}`",
    "forged": "`{name}` takes requests that other websites make in the name of whoever is signed in: `{written}`",
    "unchecked": "`{name}` asks for credentials and never looks at them, so it works without: `{written}`",
    "marked": "`{name}` is marked as open to everybody: `{written}`",
}


@rule.check(Opening)
def look(one: Opening, repo: Repo) -> Iterator[Hit]:
    del repo
    said = _SAID[one.what].format(name=one.name, written=one.written)
    lesser = not one.writes or one.what == "marked"
    yield Hit(one.place, f"{said}.", detail=one.what, severity=Severity.MEDIUM if lesser else None)

"""An OAuth scope grants everything, or far more than one operation needs.

A token is worth what its scopes allow. A stolen, logged or leaked token with a wildcard, or with a scope such as
`admin:org`, gives away the whole account or organization, and the consent screen asks people for just that.
"""

from collections.abc import Iterator

from gate.facts.scope import Scope
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(250, 269, 1220),
    fix="Ask for the named scope of the one operation, and for more only when it is needed (incremental consent).",
    bad=[
        {
            "app.yml": """
            name: app
            default_permissions:
              administration: write  # <-
              contents: write
            """,
            "realm.json": """
            {"clients": [{"clientId": "web", "defaultClientScopes": ["*"]}]} // <-
            """,
            "settings.py": """
            SOCIALACCOUNT_PROVIDERS = {"gitlab": {"SCOPE": ["sudo", "read_user"]}}  # <-
            """,
            "slack.yaml": """
            display_information: {name: slack bot}
            oauth_config:
              scopes:
                user: [admin, "admin.users:write"]  # <-
            """,
            "shop.py": """
            import discord, msal, shopify
            from google.oauth2.credentials import Credentials
            invite = discord.utils.oauth_url(CLIENT, permissions=discord.Permissions(administrator=True))  # <-
            other = discord.utils.oauth_url(CLIENT, permissions=discord.Permissions.all())  # <-
            mail = Credentials.from_authorized_user_file("token.json", ["https://mail.google.com/"])  # <-
            ask = msal_app.get_authorization_request_url(["Sites.FullControl.All"])  # <-
            url = session.create_permission_url(["write_all_orders", "read_products"], CALLBACK)  # <-
            """,
        },
        """
        from requests_oauthlib import OAuth2Session
        s = OAuth2Session(CID, scope=["openid", "*"])  # <-
        """,
        """
        from authlib.integrations.flask_client import OAuth
        oauth = OAuth()
        oauth.register("github", client_kwargs={"scope": "user:email admin:org delete_repo"})  # <-
        """,
        """
        from google_auth_oauthlib.flow import InstalledAppFlow
        SCOPES = ["https://mail.google.com/", "https://www.googleapis.com/auth/drive"]  # <-
        flow = InstalledAppFlow.from_client_secrets_file("c.json", SCOPES)
        """,
        """
        import msal
        app = msal.PublicClientApplication(CID)
        app.acquire_token_interactive(scopes=["Directory.ReadWrite.All"])  # <-
        """,
        """
        def issue(user):
            return create_access_token(sub=user.id, scopes=["*"])  # <-
        """,
        """
        import os
        from dataclasses import dataclass, field
        SOCIAL_AUTH_GITHUB_SCOPE = ["repo", "admin:enterprise"]  # <-
        OAUTH_SCOPES = os.getenv("OAUTH_SCOPES", "*").split(",")  # <-
        @dataclass
        class Client:
            client_id: str
            scopes: list[str] = field(default_factory=lambda: ["openid", "*"])  # <-
        """,
        """
        from slack_bolt.oauth.oauth_settings import OAuthSettings
        settings = OAuthSettings(client_id=A, client_secret=B, scopes=["chat:write"], user_scopes=["admin"])  # <-
        """,
        """
        from fastapi import Security
        def route(user=Security(current_user, scopes=["billing:*"])):  # <-
            return user
        """,
        """
        AUTH_URL = f"https://github.com/login/oauth/authorize?client_id={CID}&scope=repo%20admin:org"  # <-
        """,
        """
        OAUTH2_PROVIDER = {"SCOPES": {"*": "everything"}, "DEFAULT_SCOPES": ["*"]}  # <-
        """,
        """
        from google_auth_oauthlib.flow import Flow
        wanted = [
            "openid",
            "https://www.googleapis.com/auth/cloud-platform",  # <-
        ]
        flow = Flow.from_client_config(CFG, scopes=wanted)
        """,
        """
        class Client(OAuth2Client):
            def __init__(self):
                self.scope = " ".join(["openid", "all"])  # <-
                self.params["scope"] = "admin" + ":org"  # <-
                self.scopes.append("full_access")  # <-
        """,
        {
            "auth.ts": """
            export const auth = NextAuth({ providers: [GitHub({ authorization: { params: { scope: "repo admin:org" } } })] })  // <-
            """
        },
        {
            "passport.js": """
            passport.authenticate("google", { scope: ["https://mail.google.com/"] })  // <-
            passport.use(new OAuth2Strategy({
              clientID: ID,
              scope: [
                "openid",
                "*", // <-
              ],
            }))
            """
        },
        {
            "deploy/oauth.yaml": """
            oauth:
              client_id: web
              scopes:
                - openid
                - "orders:*"  # <-
              redirect_uri: https://example.com/callback
            """
        },
        {
            "openapi.json": """
            {"securitySchemes": {"oauth": {"type": "oauth2", "flows": {"clientCredentials": {
              "tokenUrl": "https://example.com/oauth/token",
              "scopes": {
                "*": "everything" // <-
              }
            }}}}}
            """
        },
        {
            "realm.json": """
            {"clientId": "web",
             "defaultClientScopes": ["profile", "*"], // <-
             "fullScopeAllowed": true} // <-
            """,
            "keycloak.tf": """
            resource "keycloak_openid_client" "web" {
              full_scope_allowed = true  # <-
            }
            """,
            "application.properties": """
            spring.security.oauth2.client.registration.github.client-id=abc
            spring.security.oauth2.client.registration.github.scope=read:user,admin:org # <-
            """,
            "slack-manifest.json": """
            {"oauth_config": {"scopes": {"bot": ["chat:write"], "user": ["admin"]}}} // <-
            """,
        },
        {
            "cognito.tf": """
            resource "aws_cognito_user_pool_client" "web" {
              name                 = "web"
              allowed_oauth_scopes = ["openid", "api/*"]  # <-
            }
            """
        },
        {
            "settings.toml": """
            [oauth]
            client_id = "web"
            scope = "openid full_access"  # <-
            """
        },
    ],
    good=[
        {
            "app.yml": "name: app\ndefault_permissions:\n  contents: write\n  members: read\n  pull_requests: write",
            "realm.json": '{"clients": [{"clientId": "web", "defaultClientScopes": ["profile", "email"]}]}',
        },
        """
        from requests_oauthlib import OAuth2Session
        s = OAuth2Session(CID, scope=["openid", "email"])
        """,
        """
        import cherrypy
        class Tokens:
            @cherrypy.tools.required_scope(scope="all,write_user")
            def post(self, **kwargs):
                return {}
        """,
        """
        import msal
        app = msal.ConfidentialClientApplication(CID, client_credential=SECRET)
        app.acquire_token_for_client(scopes=["https://graph.microsoft.com/.default"])
        """,
        """
        import google.auth
        creds, _ = google.auth.default(scopes=["https://www.googleapis.com/auth/cloud-platform"])
        """,
        """
        from google_auth_oauthlib.flow import Flow
        flow = Flow.from_client_config(CFG, scopes=["https://www.googleapis.com/auth/drive.file"])
        """,
        """
        def can_manage(token):
            if "admin:org" not in token.scopes:
                raise PermissionError
        """,
        """
        FORBIDDEN = {"*", "full_access"}
        FORBIDDEN_SCOPES = {"*", "admin:org"}
        def check(scopes, access_token):
            assert not FORBIDDEN & set(scopes)
        """,
        """
        def report(access_token, documents):
            check(access_token)
            return {"ok": True, "budget": 3, "scope": "documents" if documents else "full", "count": len(documents)}
        """,
        """
        import glob
        files = glob.glob("*")
        search(base, scope="all")
        """,
        """
        import os
        ALLOWED_OAUTH_SCOPES = ["openid", "aws.cognito.signin.user.admin"]
        LOGIN_SCOPES = os.getenv("LOGIN_SCOPES", "openid email").split()
        """,
        """
        import ldap
        def find(connection, access_token):
            if connection.scope == "*":
                return []
            return missing_scopes(scopes=["admin:org"])
        """,
        {
            "auth.ts": """
            export const auth = NextAuth({ providers: [GitHub({ authorization: { params: { scope: "read:user user:email" } } })] })
            """
        },
        {
            "webhook.yaml": """
            kind: ValidatingWebhookConfiguration
            rules:
              - apiGroups: ["apps"]
                scope: "*"
            """
        },
        {
            "directive.js": """
            const directive = { restrict: "E", scope: { value: "=" } };
            for (const scope of scopes) { if (scope === "*") return true; }
            """
        },
    ],
)

_WHY = {
    "wildcard": "The scope `{value}` in `{name}` grants everything there is, today and later",
    "crown": "The scope `{value}` in `{name}` gives a whole account or organization away",
    "broad": "The scope `{value}` in `{name}` allows more than most uses need",
}


@rule.check(Scope)
def look(scope: Scope, repo: Repo) -> Iterator[Hit]:
    if not scope.how:
        return
    advice = f"; `{scope.instead}` is mostly enough." if scope.instead else "; name the ones that are used."
    said = _WHY[scope.how].format(value=scope.value, name=scope.name) + advice
    yield Hit(scope.place, said, detail=scope.value, severity=_severity(scope))


def _severity(scope: Scope) -> Severity | None:
    google = "googleapis.com" in scope.value or "mail.google.com" in scope.value
    return Severity.MEDIUM if scope.how == "broad" or (scope.service and google) else None

"""An OAuth flow lets tokens, passwords or answers go astray.

The implicit flow puts tokens into addresses, where history, logs and other scripts find them. The password flow teaches
people to give their password to whoever asks. Without PKCE and `state` a stolen or smuggled code signs the wrong person in.
"""

from collections.abc import Iterator

from gate.facts.oauth import OAuthStep
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(1390, 352, 319),
    fix='Use the authorization code flow with PKCE (`code_challenge_method="S256"`) and a `state` kept in the session; between '
    "servers use `client_credentials`.",
    bad=[
        """
        import boto3
        from authlib.oauth2.rfc6749 import grants
        class PasswordGrant(grants.ResourceOwnerPasswordCredentialsGrant):
            pass
        server.register_grant(PasswordGrant)  # <-
        answer = msal_app.acquire_token_by_username_password(user, password, scopes=["User.Read"])  # <-
        boto3.client("cognito-idp").initiate_auth(AuthFlow="USER_PASSWORD_AUTH", AuthParameters=given, ClientId="c")  # <-
        """,
        """
        URL = "https://idp.example/authorize?response_type=token&client_id=a"  # <-
        OAUTH2_PROVIDER = {"PKCE_REQUIRED": False}  # <-
        """,
        """
        from oauthlib.oauth2 import LegacyApplicationClient
        from requests_oauthlib import OAuth2Session
        s = OAuth2Session(client=LegacyApplicationClient(client_id=CID))  # <-
        """,
        """
        from authlib.oauth2.rfc6749 import grants
        server.register_grant(grants.ImplicitGrant)  # <-
        client.create_authorization_url(AUTH, code_challenge=v, code_challenge_method="plain")  # <-
        """,
        """
        from urllib.parse import urlencode
        KIND = "id_token" + " token"
        def start():
            return redirect(AUTH + "?" + urlencode({"response_type": KIND, "client_id": CID}))  # <-
        def github():
            return redirect(f"https://github.com/login/oauth/authorize?client_id={CID}&scope=user:email")  # <-
        def begin():
            query = {"response_type": "code", "client_id": CID, "redirect_uri": CALLBACK}  # <-
            return redirect(AUTH + "?" + urlencode(query))
        """,
        """
        import os
        from aws_cdk import aws_cognito as cognito
        os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # <-
        flows = cognito.OAuthFlows(implicit_code_grant=True)  # <-
        """,
        {
            "realm.json": """
            {"realm": "shop", "clients": [{
              "clientId": "web",
              "implicitFlowEnabled": true,  # <-
              "directAccessGrantsEnabled": true,  # <-
              "redirectUris": ["*"]  # <-
            }]}
            """,
            "main.tf": """
            resource "azuread_application" "shop" {
              web {
                implicit_grant {
                  access_token_issuance_enabled = true  # <-
                }
              }
            }
            resource "auth0_client" "shop" {
              grant_types = ["authorization_code", "implicit"]  # <-
            }
            resource "aws_cognito_user_pool_client" "shop" {
              allowed_oauth_flows = ["code", "implicit"]  # <-
            }
            """,
            "template.yaml": """
            Properties:
              AllowedOAuthFlows:  # <-
                - code
                - implicit
            """,
            "openapi.yaml": """
            securitySchemes:
              shop:
                type: oauth2
                flows:
                  implicit:  # <-
                    authorizationUrl: https://id.example/authorize
            """,
        },
    ],
    good=[
        """
        import boto3
        from authlib.oauth2.rfc6749 import grants
        class CodeGrant(grants.AuthorizationCodeGrant):
            pass
        server.register_grant(CodeGrant, [CodeChallenge(required=True)])
        answer = msal_app.acquire_token_by_authorization_code(code, scopes=["User.Read"])
        boto3.client("cognito-idp").initiate_auth(AuthFlow="USER_SRP_AUTH", AuthParameters=given, ClientId="c")
        """,
        {
            "realm.json": '{"clients": [{"implicitFlowEnabled": false, "redirectUris": ["https://shop.example/back"]}]}',
            "main.tf": 'allowed_oauth_flows = ["code"]\ngrant_types = ["authorization_code"]\n# implicit_flow_enabled = true',
            "openapi.yaml": "flows:\n  authorizationCode:\n    authorizationUrl: https://id.example/authorize\nimplicit: true",
        },
        """
        from authlib.integrations.starlette_client import OAuth
        oauth = OAuth()
        oauth.register("idp", server_metadata_url=META, client_kwargs={"scope": "openid", "code_challenge_method": "S256"})
        """,
        """
        TRELLO = "https://trello.com/1/authorize?response_type=token&key=k"
        METADATA = {"response_types_supported": ["code"], "grant_types_supported": ["authorization_code"]}
        OAUTH2_PROVIDER = {"PKCE_REQUIRED": True, "ALLOWED_GRANT_TYPES": ["authorization-code"]}
        def fetch():
            return session.fetch_token(TOKEN_URL, grant_type="client_credentials")
        result = api.call(response_type="json", token=t)
        """,
        """
        def begin(session):
            query = {"response_type": "code", "client_id": CID, "redirect_uri": CALLBACK, "code_challenge": made(session)}
            query["state"] = session["state"] = secrets.token_urlsafe()
            return redirect(AUTH + "?" + urlencode(query))
        """,
    ],
    misses=[
        "What the identity provider itself allows, where neither an export of Keycloak nor Terraform says so.",
        "A client whose library adds PKCE by itself is not told from one that does not; a missing PKCE only warns.",
    ],
)

_SAID = {
    "implicit": (None, "`{}` asks for the implicit flow, which puts tokens into the address of a page."),
    "offered": (Severity.MEDIUM, "The flow `{}` is offered, which puts tokens into the address of a page."),
    "password": (
        None,
        "`{}` lets clients collect people's passwords; a second factor and single sign-on are left out.",
    ),
    "login": (Severity.MEDIUM, "`{}` signs in with somebody's password in place of a code the person agreed to."),
    "plain": (None, "`{}` is `plain`, so whoever sees the request has what PKCE should keep secret; say `S256`."),
    "off": (None, "`{}` is off, so a stolen code can be redeemed by anybody."),
    "clear": (None, "`{}` lets tokens travel without TLS."),
    "wildcard": (Severity.MEDIUM, "`{}` lets codes be sent to any address that fits a pattern."),
    "unproved": (Severity.LOW, "`{}` asks for no PKCE, so a stolen code can be redeemed by anybody."),
    "stateless": (
        Severity.MEDIUM,
        "This request carries no `{}`, so an answer from elsewhere signs the wrong person in.",
    ),
}


_WEAKNESSES = {"stateless": (352,), "clear": (319,)}
"""What is nearer than CWE-1390, a sign-in that proves too little."""


@rule.check(OAuthStep)
def look(flow: OAuthStep, repo: Repo) -> Iterator[Hit]:
    severity, said = _SAID[flow.how]
    cwes = _WEAKNESSES.get(flow.how, (1390,))
    yield Hit(flow.place, said.format(flow.name), severity=severity, detail=flow.how, cwes=cwes)

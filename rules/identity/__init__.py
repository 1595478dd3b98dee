"""Are sign-in, sessions and tokens hardened?

Who a caller is gets decided here: OIDC with PKCE, no implicit flow, pinned JWT algorithms, short sessions,
rate-limited one-time codes, a second factor for admin and finance roles.
"""

from gate.rule import Hint, Item, Point, Section

item = Item.of(
    __name__,
    __doc__,
    section=Section.IDENTITY,
    owasp="A07:2025",
    cwes=frozenset(
        {287, 290, 294, 304, 306, 307, 308, 347, 384, 521, 613, 614, 620, 636, 640, 755, 799, 1004, 1275, 1390, 1391}
    ),
    surface=Hint.whole(
        *(
            (word, r"\b")
            for word in (
                "login log_in signin sign_in oauth oidc openid jwt session refresh_token otp totp mfa password_reset"
            ).split()
        )
    ),
    points=[
        Point(
            "sign-in-flow",
            "People sign in by OpenID Connect with PKCE; the implicit flow is off.",
            rules=("identity/oauth_flow", "identity/oauth_flow_js"),
        ),
        Point(
            "second-factor",
            "Whoever is an administrator or handles money signs in with a second factor.",
            rules=("identity/second_factor",),
            ask="Is a second factor enforced for admin and finance roles at the identity provider?",
            surface=Hint(
                Hint.whole(
                    *((word, r"\b") for word in ("2fa", "totp", "otp_required", "second_factor", "amr", "acr_values")),
                    ("mfa", r"(?:_\w+)?\b"),
                    *((word, "_?(?:role|login)") for word in ("admin", "finance", "billing")),
                    ("role", r"s?\s*=\s*\{"),
                ).parts
                + Hint.of(
                    *(("roles_required", r"\("), ("admin_required", r"\b"), "staff_member_required", "adminsite"),
                    *(("def login", r"\w*\("), ("/login", r"[\"'`]"), ("is_superuser", r"\b")),
                ).parts
            ),
        ),
        Point(
            "session-life",
            "Sessions are short, and refresh tokens rotate.",
            rules=(
                "identity/session_lifetime",
                "identity/session_lifetime_js",
                "identity/session_cookie",
                "identity/session_cookie_js",
            ),
        ),
        Point(
            "session-binding",
            "A session is bound to the device it began on.",
            ask="Are sessions bound to device and reputation, and ended when either changes?",
            surface=Hint.of(
                *(
                    (word, r"\b")
                    for word in (
                        "session.cycle_key",
                        "session.regenerate",
                        "session.userid",
                        "session.user",
                        "jwt.sign",
                        "jwt.encode",
                        "create_access_token",
                        "create_session",
                        "session_store",
                        "sessionmiddleware",
                        "login_user",
                        "set_session",
                        "new_session",
                        "session_engine",
                        "session.create",
                        "start_session",
                        "express-session",
                        "cookie-session",
                        "iron-session",
                        "getironsession",
                    )
                ),
                ("use(session(", r"\s*\{"),
            ),
        ),
        Point(
            "one-time-codes",
            "One-time codes cannot be tried at will, and there is a way in without a password.",
            rules=("identity/one_time_code",),
            ask="Can people sign in without a password, and do the one-time codes of that way run out?",
            surface=Hint(
                Hint.whole(
                    *((word, r"\b") for word in "otp one_time_code passkey webauthn passwordless".split()),
                    ("magic", r"_?link\b"),
                ).parts
                + Hint.of(("send_", "(?:otp|code)"), ("verify", "[-_/]?(?:otp|code)"), "pyotp", ("_otp", r"\b")).parts
            ),
        ),
        Point(
            "token-algorithms",
            "The algorithm of a JWT is pinned by whoever verifies it.",
            rules=(
                "identity/jwt_verification",
                "identity/jwt_verification_js",
                "identity/fail_open",
                "identity/claimed_identity",
            ),
        ),
    ],
)

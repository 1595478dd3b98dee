"""Are sign-in, sessions and tokens hardened?

Who a caller is gets decided here: OIDC with PKCE, no implicit flow, pinned JWT algorithms, short sessions,
rate-limited one-time codes, a second factor for admin and finance roles.
"""

from gate.rule import Hint, Item, Section

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
    asks=[
        "Is a second factor enforced for admin and finance roles at the identity provider?",
        "Are sessions bound to device and reputation, short, and are refresh tokens rotated?",
    ],
)

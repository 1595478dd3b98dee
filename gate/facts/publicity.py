"""Routes that are meant for everybody, and functions that see for themselves who calls."""

import re

from gate import lazy

_PUBLIC = lazy.regex(
    r"(?i)(?:^|[^a-z])(?:log_?in|log_?out|sign_?in|sign_?out|sign_?up|register|registration|token|refresh|password_?(?:reset|forgot\w*)|reset_?password|forgot\w*|verify\w*"
    r"|activat\w+|confirm\w*|health\w*|ready|readiness|liveness|live|alive|heartbeat|ping|status|version|metrics|openapi|docs|schema|robots|favicon|jwks|well_known|oauth\d?"
    r"|oidc|saml|sso|auth|callback|webhooks?|hooks?|csp_?report|captcha|invit\w+|public|anonymous|guest|landing|index|home|about|contact|newsletter|unsubscribe|subscribe"
    r"|csrf|logo|static|assets?|theme|locale|language|lang|config|settings_public|info|feedback|share[ds]?|welcome|error|not_found|redirect|manifest|sitemap|feed|rss|otp"
    r"|magic|sessions?|login_\w+|setup|install|onboard\w*|bootstrap|acme|track\w*|telemetry|oembed|embed\w*|cart|basket|checkout|waitlist|lead)(?:$|[^a-z])"
)
_KNOWS = lazy.regex(
    r"(?i)current_user|request\.user|\bg\.user|self\.user|request\.auth|request\.state\.user|\bsession\[|\bsession\.get\(\s*(?:[\"']|[A-Z_]+\))|unsign|verify|compare_digest|signature|hmac"
    r"|authenticat|authori[sz]|api_?key|\bsecret|permission|is_admin|is_staff|has_perm|has_role|credential|\b40[13]\b|HTTP_40[13]|jwt|identity|bearer|\.owner|acl\b|check_\w+\(|enforce\w*\(|allow_?(?:public|open|anonymous|registration|sign_?up)"
    r"|(?:issue|mint)_\w*(?:session|token)|create_(?:access|refresh|auth|session|user)_(?:token|session)|login_user\("
    r"|\.(?!csrf|page|next|prev|continuation|push|device|fcm|sync)(?:\w+_)?token\s*[,)]"
)


def is_public(*names: str) -> bool:
    """Whether a route is meant for everybody, by its path, its name and its class."""
    spaced = " ".join(
        re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[-./{}<>:]", "_", name) for name in names
    )
    return any(_PUBLIC.search(word) for word in spaced.split()) or any(
        _PUBLIC.search(part) for part in spaced.split("_")
    )


def knows_caller(text: str) -> bool:
    """Whether a function asks by itself who calls, as its text says."""
    return bool(_KNOWS.search(text))

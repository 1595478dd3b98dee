"""Words by which code says that it asks who may, who is there, or that a clock runs it."""

from gate import lazy

AUTHENTICATES = lazy.regex(
    r"(?i)(?:login|auth|authentication|token|jwt|session|csrf|user|api_?key)_required|IsAuthenticated(?:OrReadOnly)?"
    r"|LoginRequiredMixin|AllowAny|permission_classes|require_?(?:GET|POST|safe|http_methods|auth\w*|login|user|json)"
    r"|(?:verify|check|validate|require)_(?:\w*token|jwt|password|csrf\w*|auth\w*|api_?key|session|signature|login)\w*"
    r"|\w*authenticat\w*|(?:get_)?(?:current|active)_?\w*user\w*"
)
_AUTHORITY = lazy.regex(
    r"(?i)perm(?:s?$|_|ission|itted)|authori[sz]e(?!_?url)|(?:^|_)can_[a-z]|^(?-i:can|Can)(?-i:[A-Z])|_required$|^require|check_|verify_|ensure_?|assert_"
    r"|forbid|denied|allowed|staff|superuser|admin|is_?owner|belongs|(?<!re)member|(?:has|user|get|check)_\w*access|accessible"
    r"|policy|polic(?:y|ies)|role|visible_to|internal_|scopes?$|enforce"
)
BACKGROUND = lazy.regex(
    r"(?i)(?:^|_)(?:task|job|cron|schedule\w*|periodic\w*|receiver|command|listens_for|on_event|worker|actor|cli)(?:_|$)"
)
BATCH = lazy.regex(
    r"(?i)(^|/)(tasks?|jobs?|workers?|cron|schedul\w+|batch|background|consumers?|signals?|celery)(/|\.py$)"
)


def is_authority(name: str) -> bool:
    """Whether a name speaks of permission, and not only of somebody being signed in."""
    return _AUTHORITY.search(name) is not None and AUTHENTICATES.fullmatch(name) is None

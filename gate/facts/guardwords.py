"""Names that say who may pass: of decorators, dependencies, base classes, attributes and calls."""

import re
from dataclasses import dataclass
from functools import lru_cache

from gate import lazy


@dataclass(frozen=True)
class Guard:
    """One thing that keeps callers out."""

    line: int
    kind: str
    """What it keeps: "access", "csrf", "rate" or "signature"."""
    how: str
    """"decorator", "dependency", "class", "base", "method", "rows", "call", "test", "lookup", "predicate", "middleware", "include",
    "hook", "default", "wrap", or "exempt" for what takes a guard away."""
    name: str
    text: str
    """How it is written; equal guards have equal texts."""
    sure: bool = True
    """Whether it is one by its name alone; otherwise only if the function of that name refuses."""


_WHO = (
    r"(?:login|auth|authentication|jwt|tokens?|perms?|permissions?|roles?|scopes?|admins?|staff|staff_member|superuser|owners?|otp|mfa|session"
    r"|api_?keys?|users?|member|reauth\w*|verified_\w+|capabilit\w+|privileges?)"
)
_DECORATOR = lazy.regex(
    rf"(?i)(?:\w+_)?{_WHO}_(?:is_)?(?:required\w*|accepted|only|protected)|user_passes_test|login_required\w*|permission_required\w*"
    r"|requires?_?(?:auth\w*|roles?|perm\w*|scopes?|admin\w*|login|owner\w*|team\w*|user|verified\w*|mfa|otp|sudo|reauth\w*|staff|superuser|token|api_?key"
    r"|any_\w+|all_\w+|capabilit\w+|access\w*|member\w*)\w*|requires|scoped|(?:http_)?auth_basic|authenticated(?:_only)?|authed_only|admins?_only|protected|secured"
    r"|(?:pre|check_|enforce_|require_)_?polic(?:y|ies)|polic(?:y|ies)_(?:required|enforced)"
    r"|has_(?:access|perms?|permissions?|roles?|scopes?|object_permission)\w*|permission_classes|allow(?:ed)?_roles|restrict_to\w*|rbac\w*"
    r"|authorize[ds]?(?:_\w+)?|ensure_(?:auth|owner|admin|access|perm)\w*|check_(?:perm|access|auth|admin|role)\w*|need_?(?:s_)?(?:auth|login|admin|perm|scope)\w*"
)
_RATE = lazy.regex(
    r"(?i)(?:.*[._])?(?:rate_?limit\w*|throttle\w*|throttled)|(?:\w*[._])?limiter\.(?:limit|shared_limit)"
)
_CSRF = lazy.regex(r"(?i)csrf_protect|requires_csrf_token|ensure_csrf\w*")
_SIGNED = lazy.regex(
    r"(?i)(?:require|verify|verified|validate|check|authenticate)\w*(?:sig$|signature|hmac|webhook)\w*|\w*signature_(?:required|verified)|\w*signed_(?:only|request)"
)
_SERVES = lazy.regex(
    r"(?i)(?:service|services|repo|repository|manager|store|dao|db|database|client|settings?|config|factory|uow|cache|backend|crud|logger"
    r"|async_session|db_session|get_session|session_?(?:dep|maker|local)?|engine|queue|storage|provider|registry|count\w*)$"
)
_DEPENDENCY = lazy.regex(
    r"(?i)(?:^|[^a-z])(?:auth\w*|user|principal|subject|perms?|permissions?|roles?|scopes?|token|api_?key|admin\w*|verify\w*|require\w*|guard\w*|tenant|member"
    r"|logged_?in|owner|superuser|staff|identity|bearer|security|jwt|acl|policy|access)(?:$|[^a-z])"
)
_MIXIN = lazy.regex(
    r"(?:Login|Permission|Admin|Staff|Superuser|Owner|Role|Auth|OTP|Mfa|User|Object)\w*Required\w*|\w*Permission\w*Mixin|UserPassesTest\w*|AccessMixin"
    r"|\w*(?:Authenticated|AdminOnly|StaffOnly|OwnerOnly|Protected)\w*(?:Mixin|View|Handler|Resource|Base)"
)
_CALL = lazy.regex(
    r"(?i)(?:require|ensure|assert|enforce|demand)_?\w*(?:auth|login|admin|role|perm|scope|owner|access|member|staff|can_|superuser|privilege)\w*"
    r"|_?(?:check|verify|validate)_?(?:\w+_)?(?:auth|authorization|login|admin|role|perm|perms|permissions?|object_permissions?|scopes?|owner|ownership|access)"
    r"(?:_\w+)?|check_authori[sz]ed|verify_jwt_in_request|check_csrf\w*|validate_csrf\w*"
)
_POLICY_CALL = lazy.regex(
    r"(?i)(?:^|[._])(?:polic(?:y|ies)|authz|authorizer|acl|rbac|abac|enforcer|permissions?|access_?control|guard)(?:\(\))?"
    r"\.(?:enforce|authori[sz]e|require|demand|check|assert|ensure|verify)(?:_\w+)?$"
)
"""`policy.enforce(context, "node:delete")`, of OpenStack and many a program of its own."""
_SIGNATURE_CALL = lazy.regex(
    r"(?i)(?:^|[._])(?:construct_event|compare_digest|constant_time_compare|verify_header|verify_oauth2_token|is_valid_request)$"
    r"|(?:^|\.)(?:verify|validate|check|is_valid)_?\w*(?:signature|hmac|webhook)\w*$|Webhook(?:\(\))?\.verify$|RequestValidator\(\)\.validate$"
)
_EXPLAINS = lazy.regex(
    r"(?i)perm|auth|access|require|ensure|guard|owner|tenant|protect|private|allow|only|enforce|acl|policy|login|role|scope|admin|member"
    r"|staff|secur|restrict|user|signed|signature|verif|valid|visib|can_|may_|check"
)
_LOGIN = lazy.regex(
    r"(?i)(?:fresh_)?login_required|(?:http_)?auth_(?:basic|digest)|(?:basic|digest)_auth|jwt_required|token_required|auth_required|authenticated(?:_only)?|authed_only|requires_?(?:auth|login)|protected"
    r"|IsAuthenticated\w*|LoginRequiredMixin|(?:get_)?(?:current|active|logged_in|auth\w*)_?(?:active_)?user\w*|require_(?:auth|login|user)|signed_in\w*|logged_in\w*|(?:requires?_)?sign_?in(?:_required)?"
)
_OPTIONAL = lazy.regex(r"(?i)optional|OrReadOnly$|maybe|anonymous|or_none|_soft|if_present|allow_any|no_auth")
OPEN_CLASSES = frozenset({"AllowAny", "Public", "AllowAnyone", "AllowAll"})
LISTS = frozenset({"permission_classes", "decorators", "guards", "permissions", "required_permissions", "required_scopes",
                   "required_roles", "allowed_roles", "roles_required", "throttle_classes", "method_decorators"})  # fmt: skip
"""Attributes of a class that list who may."""
SINGLE = lazy.regex(r"(?:\w+_)?permissions?(?:_required)?|throttle_scope|required_(?:role|scope|permission)")
KEYWORDS = frozenset({"dependencies", "permission_classes", "permissions", "permission", "auth", "guards", "require_csrf",
                      "require_reauth", "throttle_classes", "apply", "requires", "required_permissions"})  # fmt: skip
"""Keywords of routes and routers that say who may."""
METHODS = frozenset({"get_permissions", "check_permissions", "has_permission", "test_func", "check_object_permissions"})
"""Methods by which a class decides who may."""
EXEMPT = {"csrf_exempt": "csrf", "csrf.exempt": "csrf", "limiter.exempt": "rate", "login_not_required": "access",
          "login_exempt": "access", "allow_anonymous": "access", "stronghold.decorators.public": "access"}  # fmt: skip
EVERYWHERE = {"login_not_required": "LoginRequiredMiddleware", "stronghold.decorators.public": "stronghold"}
"""What asks for a login everywhere but where an exemption stands."""
OPEN_BASES = frozenset({"StrongholdPublicMixin"})
"""Base classes that exempt a view from the login that is asked for everywhere."""
_PROTECTS = lazy.regex(
    r"(?i)auth|csrf|security|login|tenant|permission|api_?key|throttl|rate_?limit|access|clickjack|frame|trustedhost"
)


@lru_cache(maxsize=65536)
def of_decorator(name: str) -> str:
    """What a decorator keeps, by its dotted name: "access", "rate", "csrf", "signature", or "" for none of these."""
    short = name.rpartition(".")[2]
    if _RATE.fullmatch(name) or _RATE.fullmatch(short):
        return "rate"
    if _CSRF.fullmatch(short):
        return "csrf"
    if _SIGNED.fullmatch(short):
        return "signature"
    return "access" if _DECORATOR.fullmatch(short) or _POLICY_CALL.search(name) else ""


@lru_cache(maxsize=65536)
def of_dependency(name: str) -> str:
    """What a dependency keeps, by its name."""
    short = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.rpartition(".")[2])
    if _RATE.fullmatch(short) or "limiter" in short.lower():
        return "rate"
    if _SIGNED.fullmatch(short):
        return "signature"
    return "access" if _DEPENDENCY.search(short) and not _SERVES.search(short) else ""


@lru_cache(maxsize=65536)
def of_call(name: str) -> str:
    """What a call keeps that refuses by raising, by the names along it."""
    if _SIGNATURE_CALL.search(name):
        return "signature"
    return "access" if _CALL.fullmatch(name.rpartition(".")[2]) or _POLICY_CALL.search(name) else ""


def of_base(name: str) -> str:
    return "access" if _MIXIN.fullmatch(name.rpartition(".")[2]) else ""


def of_middleware(name: str) -> str:
    found = _PROTECTS.search(name)
    if not found or re.search(r"(?i)oauth2?session|authlib", name):
        return ""
    word = found[0].lower()
    kinds = {
        "csrf": "csrf",
        "security": "headers",
        "clickjack": "headers",
        "frame": "headers",
        "trustedhost": "headers",
    }
    return "rate" if word.startswith(("throttl", "rate")) else kinds.get(word, "access")


def explains(name: str) -> bool:
    """Whether something of this name may have taken the place of a guard."""
    return bool(_EXPLAINS.search(name.rpartition(".")[2]))


def only_login(name: str) -> bool:
    """Whether a guard of this name lets anybody pass who has signed in."""
    return bool(_LOGIN.fullmatch(name.rpartition(".")[2]))


def is_optional(name: str) -> bool:
    """Whether a dependency of this name lets strangers pass too."""
    return bool(_OPTIONAL.search(name))

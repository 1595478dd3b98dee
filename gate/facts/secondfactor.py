"""A second factor that is switched off, or that one route of many goes without."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from gate import lazy
from gate.facts.reading import Node, Reading, reading
from gate.facts.spelling import last, spelled
from gate.facts.variables import variables
from gate.hint import Hint
from gate.paths import kind
from gate.source import Place, Source

_SETTING = lazy.regex(
    r"(?:\w+_)?(?:MFA|2FA|TWO_FACTOR|OTP)_(?:REQUIRED|ENFORCED|ENABLED)(?:_\w+)?|REQUIRE_(?:MFA|2FA)|MFA_ENFORCE\w*|ENFORCE_(?:MFA|2FA)"
)
_POOL = lazy.regex(r"""\s*["']?(mfa_configuration|MfaConfiguration)["']?\s*[:=]\s*["']?OFF\b""")
_FACTOR = lazy.regex(
    r"otp_required|mfa_required|two_factor|2fa_required|fresh_login_required|require_reauth|step_up|reauthenticate"
)
_ADMIN = lazy.regex(
    r"staff_member_required|admin_required|superuser_required|roles?_required\(.*(?:admin|finance|billing)|user_passes_test"
)
_READS = lazy.regex(r"(?i)^(?:get|list|show|report|view|index|export|search|detail|dashboard)")
_FACTORS = lazy.regex(r"(?i)mfa|\bamr\b|\bacr\b|otp|second_factor|reauth|step_up")


@dataclass(frozen=True)
class Factor:
    """Where a privileged account gets by with a password."""

    languages: ClassVar[frozenset[str]] = frozenset({""})
    hint: ClassVar[Hint] = Hint.of("mfa", "2fa", "otp", "two_factor")

    place: Place
    how: str
    """"off", "pool", "admin" or "sibling"."""
    name: str

    @classmethod
    def find(cls, source: Source) -> Iterator[Self]:
        if kind(source.path) in {"test", "dev"}:
            return
        if source.language != "python":
            yield from (cls(Place.at(source.path, line), how, name) for line, how, name in _told(source))
            return
        file = reading(source)
        for one in file.of(ast.Assign, ast.Call, ast.FunctionDef, ast.AsyncFunctionDef):
            found = _judged(file, one)
            if found:
                line = one.node.lineno
                yield cls(Place.at(source.path, line), *found)


def _told(source: Source) -> Iterator[tuple[int, str, str]]:
    """What a deployment says of second factors: pools of Cognito, and variables."""
    if source.language in {"terraform", "yaml", "json"}:
        for number, line in enumerate(source.lines, 1):
            if found := _POOL.match(line):
                yield number, "pool", found[1]
    yield from ((one.line, "off", one.name) for one in variables(source) if one.is_off and _SETTING.fullmatch(one.name))


def _judged(file: Reading, one: Node) -> tuple[str, str] | None:
    node = one.node
    if isinstance(node, ast.Assign):
        off = file.literal(node.value, one.where) is False and not one.conditional
        name = next((last(spelled(target)) for target in node.targets if _SETTING.fullmatch(last(spelled(target)))), "")
        return ("off", name) if off and name else None
    if isinstance(node, ast.Call):
        mfa = file.given(one).get("mfa")
        if mfa is not None and file.meaning(mfa, one.where).endswith("Mfa.OFF"):
            return "pool", "mfa"
        plain = file.called(one) == "django.contrib.admin.site.register" and _has_otp(file)
        return ("admin", "admin.site") if plain else None
    return _sibling(file, one)


def _has_otp(file: Reading) -> bool:
    """Whether the settings that name a library of second factors stand in the same file."""
    apps = file.value(ast.Name("INSTALLED_APPS"), "")
    listed = file.literal(apps, "")
    return isinstance(listed, list) and bool(
        {"django_otp", "allauth.mfa"} & {one for one in listed if isinstance(one, str)}
    )


def _sibling(file: Reading, one: Node) -> tuple[str, str] | None:
    """A route for administrators that does something, where most of its file ask for a second factor."""
    said = [ast.unparse(decorator) for decorator in one.node.decorator_list]
    if not any(_ADMIN.search(text) for text in said) or any(_FACTOR.search(text) for text in said):
        return None
    if _READS.search(one.node.name) or _FACTORS.search(ast.unparse(one.node)):
        return None
    others = [
        other for other in file.of(ast.FunctionDef, ast.AsyncFunctionDef)
        if any(_FACTOR.search(ast.unparse(decorator)) for decorator in other.node.decorator_list)
    ]  # fmt: skip
    return ("sibling", one.node.name) if len(others) >= 3 else None

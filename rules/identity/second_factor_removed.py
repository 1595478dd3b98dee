"""Something that asked for a second factor asks for none any more.

A password is stolen sooner or later. What pays out, or makes somebody an administrator, was kept behind a second proof;
without it the stolen password is enough.
"""

from collections.abc import Iterator, Sequence

from gate.facts.proofs import definitions, words
from gate.paths import kind
from gate.rule import Edit, Hit, Pair, Place, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(308, 306),
    fix="Ask for it again: `@otp_required`, a mixin, a look at the claims `amr` and `acr`. Where it moved to a gateway, "
    "say so in the pull request.",
    bad=[
        Pair(
            {"pay.py": "@otp_required\ndef payout(request):\n    return pay(request)\n"},
            {"pay.py": "def payout(request):  # <-\n    return pay(request)\n"},
        ),
        Pair(
            {
                "auth.py": """
                def step_up(claims):
                    if "mfa" not in claims["amr"]:
                        raise PermissionDenied
                    return claims
                class Payout(MFARequiredMixin, View):
                    def post(self, request):
                        return pay(request)
                """
            },
            {
                "auth.py": """
                def step_up(claims):  # <-
                    return claims
                class Payout(View):  # <-
                    def post(self, request):
                        return pay(request)
                """
            },
        ),
    ],
    good=[
        Pair(
            {"pay.py": "@otp_required\ndef payout(request):\n    return pay(request)\n"},
            {"pay.py": "@mfa_required\ndef payout(request):\n    return pay(request)\n"},
        ),
        Pair(
            {"pay.py": "@otp_required\ndef payout(request):\n    return pay(request)\n"},
            {"pay.py": "def refund(request):\n    return pay(request)\n"},
        ),
        Pair(
            {"pay.py": "def payout(request):\n    if request.user.name == 'x':\n        raise Http404\n"},
            {"pay.py": "def payout(request):\n    return pay(request)\n"},
        ),
    ],
    misses=[
        "A function that loses it in the change that gives it a new name or another file.",
        "Where the change asks for it in another place as well, only a warning is given: it may have moved.",
    ],
)


@rule.compare
def look(edits: Sequence[Edit], base: Repo, head: Repo) -> Iterator[Hit]:
    del base, head
    severity = Severity.MEDIUM if any(map(_gains, edits)) else None  # it may be asked for elsewhere now
    for edit in edits:
        before, after = edit.before, edit.after
        if before is None or after is None or after.language != "python" or kind(after.path) == "test":
            continue
        asked = {name for name, (_, asks) in definitions(before).items() if asks}
        for name, (line, asks) in definitions(after).items():
            if name in asked and not asks:
                message = f"`{name}` asked for a second factor, and does not any more."
                yield Hit(Place.at(after.path, line), message, detail=name, severity=severity)


def _gains(edit: Edit) -> bool:
    """Whether the code of a file speaks of it more often than before."""
    before = words(edit.before) if edit.before else 0
    return edit.after is not None and edit.after.language == "python" and words(edit.after) > before

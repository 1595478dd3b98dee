"""A policy asks less than it did, or no longer denies what it denied.

A condition kept a right to one network, one organization, one branch; a denial overruled every grant. Without them the
same statement means everybody who holds the right, and nothing that was added shows it.
"""

from collections.abc import Iterator, Sequence

from gate.facts.grant import statements
from gate.facts.grant_change import Placed, widened
from gate.rule import Edit, Hit, Pair, Place, Repo, Rule, Severity

_TRUST = """
data "aws_iam_policy_document" "trust" {{
  statement {{{mark}
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {{
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.github.arn]
    }}
    condition {{
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:aud"
      values   = ["sts.amazonaws.com"]
    }}
{asked}
  }}
}}
"""
_SUBJECT = 'condition {{\n      test = "StringLike"\n      variable = "token.actions.githubusercontent.com:sub"\n      values = ["{}"]\n    }}'
_BRANCH = "repo:acme/app:ref:refs/heads/main"
_READ = (
    '{{"Sid": "Read", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*"{}}}'
)
_OFFICE = ', "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}'
_TLS = '{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}'
_CDK = """
bucket.add_to_resource_policy(iam.PolicyStatement({}
    actions=["s3:GetObject"], principals=[partner], resources=[bucket.arn_for_objects("*")],
    conditions={{"StringEquals": {{"aws:SourceVpce": "vpce-1"{}}}}},
))
"""
_STACK = """
export const role = new iam.Role(this, "Deploy", {{
  assumedBy: new iam.WebIdentityPrincipal(github.arn, {{{}
    StringLike: {{ "token.actions.githubusercontent.com:sub": "{}" }},
  }}),
}});
"""


def _policy(*listed: str) -> str:
    return '{"Version": "2012-10-17", "Statement": [\n' + ",\n".join(listed) + "\n]}\n"


rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(732, 269, 284),
    fix="""Put the condition or the denial back. Where more may use the right now, name them: another network, another branch,
    another organization, and no pattern that fits all.""",
    bad=[
        Pair(
            {"trust.tf": _TRUST.format(mark="", asked=_SUBJECT.format(_BRANCH))},
            {"trust.tf": _TRUST.format(mark="  # <-", asked="")},
        ),
        Pair(
            {"trust.tf": _TRUST.format(mark="", asked=_SUBJECT.format(_BRANCH))},
            {"trust.tf": _TRUST.format(mark="  # <-", asked=_SUBJECT.format("repo:acme/*"))},
        ),
        Pair(
            {"bucket.json": _policy(_READ.format(_OFFICE), _TLS)},
            {"bucket.json": _policy(_TLS, _READ.format("") + "  # <-")},
        ),
        Pair(
            {"bucket.json": _policy(_READ.format(_OFFICE), _TLS)},
            {"bucket.json": _policy(_READ.format(_OFFICE) + "  # <-")},
        ),
        Pair(
            {"bucket.json": _policy(_READ.format(_OFFICE))},
            {"bucket.json": _policy(_READ.format(_OFFICE.replace("203.0.113.0/24", "0.0.0.0/0")) + "  # <-")},
        ),
        Pair(
            {"stack.py": _CDK.format("", ', "aws:PrincipalOrgID": "o-1"')},
            {"stack.py": _CDK.format("  # <-", "")},
        ),
        Pair(
            {"stack.py": _CDK.format("", "")},
            {"stack.py": _CDK.format("  # <-", "").replace("StringEquals", "StringEqualsIfExists")},
        ),
        Pair(
            {"stack.ts": _STACK.format("", "repo:acme/app:*")},
            {"stack.ts": _STACK.format("  // <-", "repo:*")},
        ),
    ],
    good=[
        Pair(
            {"trust.tf": _TRUST.format(mark="", asked=_SUBJECT.format("repo:acme/*"))},
            {"trust.tf": _TRUST.format(mark="", asked=_SUBJECT.format(_BRANCH))},
        ),
        Pair(
            {"trust.tf": _TRUST.format(mark="", asked=_SUBJECT.format(_BRANCH))},
            {"trust.tf": _TRUST.format(mark="", asked='dynamic "condition" {\n for_each = var.asked\n }')},
        ),
        Pair({"bucket.json": _policy(_READ.format(_OFFICE), _TLS)}, {"bucket.json": _policy(_TLS)}),
        Pair(
            {"bucket.json": _policy(_READ.format(_OFFICE), _TLS)},
            {"bucket.yaml": "Statement:\n" + f"  - {_TLS}\n  - {_READ.format(_OFFICE)}\n"},
        ),
        Pair(
            {"bucket.json": _policy(_READ.format(_OFFICE), _TLS)},
            {"bucket.json": _policy(_READ.format(_OFFICE), _TLS.replace("s3:*", "*"))},
        ),
        Pair({"bucket.json": _policy(_READ.format(_OFFICE), _TLS)}, {}),
        Pair(
            {"stack.py": _CDK.format("", "")},
            {
                "stack.py": 'ASKED = {"StringEquals": {"aws:SourceVpce": "vpce-1"}}\n'
                + _CDK.format("", "").replace('{"StringEquals": {"aws:SourceVpce": "vpce-1"}}', "ASKED")
            },
        ),
    ],
    misses=[
        "Conditions and denials of policies that are put together by code.",
        "Resources and principals that grow, and values that are added to others.",
        "A denial that asks more now, and so denies less.",
    ],
)

_SAID = {
    "condition": (None, "This statement asked for `{value}` and does not any more: who holds the right may use it from anywhere"),
    "repository": (Severity.HIGH, "This statement no longer asks for the subject, `{value}`: any repository's workflow may assume the role"),
    "value": (None, "`{value}` in the condition lets in all it did before, and more"),
    "sent": (None, "`{value}` is asked only where it is sent now: who leaves it out is let in"),
    "denial": (None, "`{value}` was denied here whatever else was granted, and is not any more"),
}  # fmt: skip


@rule.compare
def look(edits: Sequence[Edit], base: Repo, head: Repo) -> Iterator[Hit]:
    del base, head
    changed = [edit for edit in edits if edit.before and (edit.after is None or edit.before.text != edit.after.text)]
    if not any(edit.before and _may_hold(edit.before.text) for edit in changed):
        return
    olds = [Placed(edit.before.path, one) for edit in changed if edit.before for one in statements(edit.before)]
    news = [Placed(edit.after.path, one) for edit in edits if edit.after for one in statements(edit.after)]
    for found in widened(olds, news):
        severity, said = _SAID[found.how]
        message = f"{said.format(value=found.value[:80])}."
        yield Hit(Place.at(found.path, found.line), message, detail=f"{found.how} {found.value}", severity=severity)


def _may_hold(text: str) -> bool:
    """Whether a file can hold a policy of AWS's that asks something or denies."""
    return ("ondition" in text or "Deny" in text or "DENY" in text or "Principal(" in text) and (
        "tatement" in text or "statement" in text or "Principal" in text
    )

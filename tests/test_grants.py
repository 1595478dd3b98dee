"""Rights that are wide, however they are written, and limits that look like them."""

import textwrap

import pytest

from gate import registry
from gate.facts.grant import Grant
from gate.rule import Hit, Severity
from tests import examples


def found(text: str, path: str, rule: str = "scopes/wildcard_iam") -> list[Hit]:
    (check,) = [check for check in registry.checks() if check.rule.id == rule]
    return examples.hits(check, {path: textwrap.dedent(text).lstrip("\n")})


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("a.json", '{"Statement": {"Effect": "Allow", "Action": ["*"], "Resource": ["*"]}}', 1),
        ("a.json", '{"Statement": [\n{"Effect": "Allow", "Action": "a:B", "Resource": "*"},\n{"Effect": "Allow",\n"Action": "*", "Resource": "*"}]}', 3),
        ("sam.yaml", "Policies:\n  - Statement:\n      - Effect: Allow\n        Action: '*'\n        Resource: '*'\n", 3),
        ("sam.yaml", "ManagedPolicyArns:\n  - arn:aws:iam::aws:policy/AdministratorAccess\n", 2),
        ("serverless.yml", "iamRoleStatements:\n  - Effect: Allow\n    Action: ['iam:*']\n    Resource: '*'\n", 2),
        ("a.py", "P = '''{\"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\"}]}'''", 1),
        ("a.py", "iam.PolicyStatement(\n    actions=['*'],\n    resources=['*'],\n)", 1),
        ("a.py", "ALL = ['*']\niam.PolicyStatement(actions=ALL, resources=ALL)", 2),
        ("a.tf", 'resource "x" "y" {\n  policy = <<EOF\n{"Statement": [{"Effect": "Allow",\n"Action": "*",\n"Resource": "*"}]}\nEOF\n}', 3),
        ("a.tf", 'managed_policy_arns = ["arn:aws:iam::aws:policy/PowerUserAccess"]', 1),
        ("r.yml", "kind: ClusterRole\nrules:\n- verbs: ['*']\n  resources: ['*']\n  apiGroups: ['*']\n", 3),
        ("r.yml", "kind: List\nitems:\n- kind: ClusterRoleBinding\n  roleRef: {name: cluster-admin}\n", 4),
    ],
)  # fmt: skip
def test_what_gives_everything_away_is_critical_in_every_format(path, text, line):
    (hit,) = found(text, path)
    assert (hit.place.line, hit.severity) == (line, Severity.CRITICAL)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.tf", 'data "aws_iam_policy_document" "permission_boundary" {\n  statement {\n    actions   = ["*"]\n    resources = ["*"]\n  }\n}'),
        ("scp.json", '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'),
        ("a.yaml", "Statement:\n  - Effect: Allow\n    Action: s3:*\n    Resource: '*'\n    Condition: {StringEquals: {'aws:SourceAccount': '1'}}\n"),
        ("a.yaml", "Statement:\n  - Effect: Allow\n    Principal: '*'\n    Action: s3:GetObject\n    Resource: '*'\n"),
        ("a.py", "role = 'roles/ownership'\nkinds = {'kind': 'Role'}"),
        ("a.py", "if policy == 'AdministratorAccess':\n    raise ValueError"),
        ("k.py", "p = {'Statement': [{'Principal': {'AWS': f'arn:{a}:root'}, 'Action': 'kms:*', 'Resource': '*'}]}"),
        ("unlock.json", '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "Update:*", "Resource": "*"}]}'),
        ("a.json", '{"fix": "gcloud run services remove-iam-policy-binding A --member=allUsers --role=roles/owner"}'),
        ("a.py", "where = 'policyDelta.bindingDeltas.role=\"roles/owner\"'"),
        ("a.yaml", "kind: RoleBinding\nroleRef: {name: cluster-admin}\n"),
        ("a.yaml", "kind: ClusterRole\nrules: []\n"),
        ("a.yaml", "kind: ClusterRole\nrules: text\nsubjects: 1\n"),
    ],
)  # fmt: skip
def test_limits_and_what_only_looks_alike_are_left_alone(path, text):
    assert found(text, path) == []


def test_a_public_website_only_warns():
    text = "p = {'Statement': [{'Effect': 'Allow', 'Principal': '*', 'Action': 'execute-api:Invoke'}]}"
    (hit,) = found(text, "a.py")
    assert hit.severity is Severity.MEDIUM


def test_a_template_of_a_chart_only_warns():
    text = "kind: ClusterRole\nrules:\n- {verbs: ['*'], resources: ['*'], apiGroups: ['*']}\n"
    (hit,) = found(text, "charts/operator/templates/role.yaml")
    assert hit.severity is Severity.MEDIUM


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.tf", "policy {" * 20_000),
        ("a.tf", 'policy = "' * 20_000),
        ("a.tf", "policy { actions = [" + '"a", ' * 20_000),
        ("a.json", '{"Statement": ' * 5_000),
        ("a.json", '{"Statement": [' + '{"Action": "a:b"}, ' * 5_000 + "{}]}"),
        ("a.yaml", "Statement: &a [*a, *a]\n"),
        ("a.py", "P = " + "{'Statement': " * 80 + "1" + "}" * 80),
        ("a.py", "P = [" + "{'Statement': [{'Action': '*', 'Resource': '*'}]}," * 3_000 + "]"),
        ("a.sh", "gcloud --role=" * 20_000),
    ],
)
def test_odd_text_is_read_in_time(path, text):
    repo = examples.repo({path: text})
    assert repo[Grant] is not None
    assert "seconds" not in " ".join(repo.problems.values())

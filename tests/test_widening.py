"""A right that was given before is not given again by writing it otherwise: only what is wider blocks."""

import json

import pytest

from gate.finding import Action
from tests.judging import change


def policy(*actions):
    return json.dumps({"Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}]}, indent=1)


CORS = "from flask_cors import CORS\nCORS(app, {})\n"
SCOPES = "client_id = 1\nSCOPES = [{}]\n"
EDITS = {
    "a policy in another order": ("a.json", policy("iam:*", "s3:*"), policy("s3:*", "iam:*")),
    "a policy that gives less": ("a.json", policy("s3:*", "iam:*"), policy("iam:*")),
    "scopes on lines of their own": (
        "a.py",
        SCOPES.format('"admin:org", "read:user"'),
        SCOPES.format('\n    "read:user",\n    "admin:org",\n'),
    ),
    "fewer scopes": ("a.py", SCOPES.format('"admin:org", "delete_repo"'), SCOPES.format('"admin:org"')),
    "another setting of CORS": (
        "a.py",
        CORS.format("supports_credentials=True"),
        CORS.format("supports_credentials=True, max_age=3"),
    ),
    "a role for fewer verbs": (
        "a.yml",
        "kind: ClusterRole\nrules:\n- {verbs: [bind, impersonate], resources: [users], apiGroups: ['']}\n",
        "kind: ClusterRole\nrules:\n- {verbs: [bind], resources: [users], apiGroups: ['']}\n",
    ),
}
WIDER = {
    "one more service": ("a.json", policy("dynamodb:*"), policy("dynamodb:*", "s3:*")),
    "another service": ("a.json", policy("dynamodb:*"), policy("s3:*")),
    "one more scope": ("a.py", SCOPES.format('"admin:org"'), SCOPES.format('"admin:org", "delete_repo"')),
    "a second statement alike": (
        "a.py",
        CORS.format("supports_credentials=True"),
        CORS.format("supports_credentials=True") + 'CORS(other, origins="*", supports_credentials=True)\n',
    ),
    "one more verb": (
        "a.yml",
        "kind: ClusterRole\nrules:\n- {verbs: [bind], resources: [users], apiGroups: ['']}\n",
        "kind: ClusterRole\nrules:\n- {verbs: [bind, impersonate], resources: [users], apiGroups: ['']}\n",
    ),
}


def actions(repository, path, before, after):
    done = change(repository, {path: before}, {path: after})
    return {finding.action for finding in done.findings if finding.rule.item == "scopes"}


@pytest.mark.parametrize("edit", EDITS)
def test_what_gives_no_more_than_before_only_asks_for_a_look(repository, edit):
    assert Action.BLOCK not in actions(repository, *EDITS[edit])


@pytest.mark.parametrize("edit", WIDER)
def test_what_gives_more_than_before_blocks(repository, edit):
    assert Action.BLOCK in actions(repository, *WIDER[edit])

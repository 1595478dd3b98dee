"""A policy says yes to everybody.

A policy engine answers what its policy says; one that allows by default, or without a condition, is a lock without a bolt: every rule
written beside it only decides about callers who are in already.
"""

from collections.abc import Iterator

from gate.facts.policytext import OpenPolicy
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.CRITICAL,
    cwes=(276, 862),
    fix="""Deny by default (`default allow := false`) and allow in narrow rules that name who may do what; read a missing answer of the
    engine as no (`.get("result") is True`).""",
    bad=[
        {"policy/authz.rego": "package app.authz\ndefault allow := true  # <-\n"},
        {"policy/authz.rego": "package app.authz\ndefault allow = false\nallow { true }  # <-\n"},
        {"policy/authz.rego": "package app.authz\nimport rego.v1\ndefault allow := false\nallow if true  # <-\n"},
        {"policy/authz.rego": "package app.authz\nallow := true  # <-\n"},
        {"policy/authz.rego": "package app.authz\ndefault deny := false\nallow := not deny  # <-\n"},
        {"app.cedar": "permit(principal, action, resource);  // <-\n"},
        {"app.cedar": "permit (  // <-\n  principal,\n  action,\n  resource\n) when { true };\n"},
        {"firestore.rules": "match /orders/{id} {\n  allow read, write: if true;  // <-\n}\n"},
        {"database.rules.json": '{"rules": {\n".write": true  // <-\n}}\n'},
        {"casbin_policy.csv": "p, *, *, *  # <-\n"},
        """
        import requests
        def allowed(inp):
            return requests.post(OPA, json={"input": inp}).json().get("result", True)  # <-
        """,
    ],
    good=[
        {
            "policy/authz.rego": 'package app.authz\nimport rego.v1\ndefault allow := false\nallow if input.subject.role == "admin"\n'
        },
        {
            "policy/k8s.rego": 'package k8s.admission\ndeny contains msg if {\n  input.spec.hostNetwork\n  msg := "no"\n}\n'
        },
        {
            "policy/authz.rego": "package app.authz\n# default allow := true  (never)\ndefault allow := false\ndefault replicas := 3\n"
        },
        {
            "policy/authz.rego": 'package app.authz\nimport rego.v1\ndefault allow := false\nallow if input.path == ["health"]\n'
        },
        {"policy/authz_test.rego": "package app.authz_test\nallow := true\n"},
        {"app.cedar": '// permit(principal, action, resource);\npermit(principal == User::"a", action, resource);\n'},
        {"app.cedar": 'permit(principal, action == Action::"view", resource) when { resource.public };\n'},
        {"firestore.rules": "match /orders/{id} {\n  allow read: if request.auth != null;\n}\n"},
        """
        import requests
        def allowed(inp):
            return requests.post(OPA, json={"input": inp}, timeout=2).json().get("result") is True
        """,
    ],
    misses=[
        "Conditions that always hold without saying `true`.",
        "Policies that a server is given over its interface.",
    ],
)


@rule.check(OpenPolicy)
def look(one: OpenPolicy, repo: Repo) -> Iterator[Hit]:
    del repo
    severity = None if one.writes else Severity.MEDIUM
    yield Hit(
        one.place, f"`{one.written}` says yes to everybody, whatever else {one.engine} is told.", severity=severity
    )

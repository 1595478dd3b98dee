"""A policy says yes to more callers than it did.

A part of its condition is gone, or a way to a yes was added that asks for nothing. Nothing fails by it: whoever was let in still
is, and so are all the others.
"""

from collections.abc import Iterator, Sequence

from gate.facts.laxer import laxer
from gate.rule import Edit, Hit, Pair, Repo, Rule, Severity

_CASBIN = "[matchers]\nm = {}{}\n"
_RULES = """service cloud.firestore {{
  match /databases/{{db}}/documents {{
    match /orders/{{id}} {{
      allow read: if {};{}
    }}
  }}
}}
"""
_OWN = "request.auth != null && resource.data.owner == request.auth.uid"
_CEDAR = 'permit ({}, action == Action::"view", resource){};{}\n'
_REGO = 'package authz\ndefault allow := false\nallow if {{{}\n  input.action == "delete"\n{}}}\n'
_JSON = '{{"rules": {{"users": {{"$uid": {{\n  ".read": "{}"\n}}}}}}}}\n'

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(863, 732),
    fix="""Put the condition back. Where more callers are meant to pass, name them in the condition, and say in the change who asked
    for it.""",
    bad=[
        Pair(
            {"auth/model.conf": _CASBIN.format("g(r.sub, p.sub) && r.obj == p.obj && r.act == p.act", "")},
            {"auth/model.conf": _CASBIN.format("g(r.sub, p.sub) && r.obj == p.obj", "  # <-")},
        ),
        Pair(
            {"auth/model.conf": _CASBIN.format("r.sub == p.sub && r.obj == p.obj", "")},
            {"auth/model.conf": _CASBIN.format('(r.sub == p.sub && r.obj == p.obj) || r.sub != ""', "  # <-")},
        ),
        Pair(
            {"firestore.rules": _RULES.format(_OWN, "")},
            {"firestore.rules": _RULES.format("request.auth != null", "  // <-")},
        ),
        Pair(
            {"a.cedar": _CEDAR.format("principal", " when { resource.owner == principal }", "")},
            {"a.cedar": _CEDAR.format("principal", "", " // <-")},
        ),
        Pair(
            {"a.cedar": _CEDAR.format('principal in Role::"x"', "", "")},
            {"a.cedar": _CEDAR.format("principal", "", " // <-")},
        ),
        Pair(
            {"a.rego": _REGO.format("", '  input.user.role == "admin"\n')},
            {"a.rego": _REGO.format(" # <-", "")},
        ),
        Pair(
            {"a.rego": "package a\nis_owner if input.user.id == input.resource.owner\n"},
            {"a.rego": 'package a\nis_owner if input.user.id != "" # <-\n'},
        ),
    ],
    good=[
        Pair(
            {"auth/model.conf": _CASBIN.format("g(r.sub, p.sub) && r.obj == p.obj", "")},
            {"auth/model.conf": _CASBIN.format("g(r.sub, p.sub) && keyMatch(r.obj, p.obj) && r.act == p.act", "")},
        ),
        Pair({"firestore.rules": _RULES.format(_OWN, "")}, {"firestore.rules": _RULES.format("isOwner(resource)", "")}),
        Pair(
            {"a.cedar": _CEDAR.format("principal", " when { resource.owner == principal }", "")},
            {"a.cedar": _CEDAR.format("principal", " when { resource.owner == principal && !principal.locked }", "")},
        ),
        Pair(
            {"a.rego": _REGO.format("", '  input.user.role == "admin"\n')}, {"a.rego": _REGO.format("", "  is_admin\n")}
        ),
        Pair({"db.json": _JSON.format("auth.uid === $uid")}, {"db.json": _JSON.format("auth.uid === $uid && now > 0")}),
    ],
    misses=[
        "Conditions that are other ones now, and functions of a policy that say yes to more.",
        "Denials that are gone, or deny less.",
        "Conditions that are put together by code.",
    ],
)


@rule.compare
def look(edits: Sequence[Edit], base: Repo, head: Repo) -> Iterator[Hit]:
    del base, head
    for edit in edits:
        for one in laxer(edit.before, edit.after) if edit.before and edit.after else ():
            said = f"{one.what[0].upper()}{one.what[1:]} is decided by less: `{one.gone[:120]}` was asked, and is not any more."
            yield Hit(one.place, said, detail=one.what, severity=Severity.HIGH if one.everybody else None)

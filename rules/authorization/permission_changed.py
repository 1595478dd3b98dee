"""What a role may do is changed.

A role that gains a permission, a route that asks for another role, a policy that decides otherwise: each may be meant, and each is
what an intruder, or a model that wants its tests to pass, would change first. Who asked for it, and why, has to be written
down where it can be found later, so the review shows the difference. With `ticket` in the policy of gate, a change without one
does not merge.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from gate.facts.rights import Rights, may_hold
from gate.rule import Edit, Hit, Pair, Repo, Rule, Severity

_SHOWN = 6

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(863, 285),
    fix="Name the ticket that asks for this change in the pull request, and let whoever answers for the roles approve it.",
    bad=[
        Pair(
            {"a.py": '@requires_role("admin")\ndef a(user): ...\n'},
            {"a.py": 'CLOSERS = ("admin", "member")\n@requires_role(CLOSERS)\ndef a(user): ...  # <-\n'},
        ),
        Pair(
            {
                "acl.py": """
                ROLE_PERMISSIONS = {"support": {"ticket.read"}}
                class Perm:
                    REFUND = ["billing_admin"]
                SCOPES = ["read:org"]
                class Payment(Model):
                    class Meta:
                        permissions = [("refund", "Can refund")]
                def seed(roles):
                    roles.create("auditor", perms=["log.read"])
                @roles_required("admin")
                def close(): ...
                """,
                "policy.rego": "allow if input.role == 'admin'\n",
            },
            {
                "acl.py": """
                ROLE_PERMISSIONS = {"support": {"ticket.read", "billing.refund"}}  # <-
                class Perm:
                    REFUND = ["billing_admin", "support"]  # <-
                SCOPES = ["read:org", "write:org"]  # <-
                class Payment(Model):
                    class Meta:
                        permissions = []  # <-
                def seed(roles):
                    roles.create("auditor", perms=["log.read", "log.delete"])  # <-
                @roles_required("admin", "support")
                def close(): ...  # <-
                """,
                "policy.rego": "allow if input.role == 'user'  # <-\n",
            },
        ),
        Pair(
            {
                "app.py": """
                staff = Permission(RoleNeed("admin"))
                @app.post("/a")
                @needs(Role.LEAD)
                def a(user=Depends(RequireRole("owner"))):
                    if user.role not in ("librarian", "admin"):
                        raise HTTPException(403)
                """,
                "a.ts": "class A {\n  @Roles('admin')\n  @Delete(':id')\n  remove(id) {}\n}\n",
                "b.js": "router.delete('/users/:id', requireRole('root'), remove);\n",
                "firestore.rules": "allow write: if request.auth.token.admin == true;\n",
            },
            {
                "app.py": """
                staff = Permission(RoleNeed("admin"), RoleNeed("customer"))  # <-
                @app.post("/a")
                @needs(Role.AGENT)
                def a(user=Depends(RequireRole("owner", "viewer"))):  # <-
                    if user.role not in ("librarian", "admin", "member"):
                        raise HTTPException(403)
                """,
                "a.ts": "class A {\n  @Roles('admin', 'user')  // <-\n  @Delete(':id')\n  remove(id) {}\n}\n",
                "b.js": "router.delete('/users/:id', requireRole('root', 'support'), remove);  // <-\n",
                "firestore.rules": "allow write: if request.auth != null;  // <-\n",
            },
        ),
    ],
    good=[
        Pair(
            {"a.py": '@needs("admin", "owner")\ndef a(user): ...\n'},
            {"a.py": 'CLOSERS = ("admin", "owner")\n@needs(*CLOSERS)\ndef a(user): ...\n'},
        ),
        Pair(
            {
                "b.js": "router.delete('/u', requireRole('root', 'support'), remove);\n",
                "a.py": "@needs(Role.A, Role.B)\ndef a(): ...\n",
            },
            {"b.js": "router.delete('/u', requireRole('root'), remove);\n", "a.py": "@needs(Role.A)\ndef a(): ...\n"},
        ),
        Pair(
            {
                "acl.py": """
                ROLE_PERMISSIONS = {"support": {"ticket.read", "ticket.write"}}
                def view(request): ...
                ROLES = {"a": 1}
                def role_label(role):
                    return role.title()
                """,
                "policy.rego": "allow if input.role == 'admin'\n",
            },
            {
                "acl.py": """
                ROLE_PERMISSIONS = {
                    "support": {"ticket.write", "ticket.read"},
                }
                @login_required
                def view(request): ...
                # comment
                ROLES = {"a": 1}
                PERMISSION_TEXTS = {"refund": "You may not refund."}
                def role_label(role):
                    return role.replace("_", " ").title()
                """,
                "policy.rego": "# who\nallow if  input.role == 'admin'\n",
            },
        ),
        Pair({}, {"tests/test_roles.py": 'ROLE_PERMISSIONS = {"support": {"billing.refund"}}\n'}),
        Pair(
            {"acl.py": 'ROLES = {"support": ["read"]}\n', "b.py": ""},
            {"acl.py": "from b import ROLES\n", "b.py": 'ROLES = {"support": ["read"]}\n'},
        ),
        Pair({"a.py": 'ROLES = {"support": ["read"]}\n'}, {"c.py": 'ROLES = {"support": ["read"]}\n'}),
    ],
    misses=[
        "Rights that stand in the database, in migrations of data, or with the provider of identities.",
        "Roles that no table names, and tables that the change brings in whole.",
    ],
)


@rule.compare
def look(edits: Sequence[Edit], base: Repo, head: Repo) -> Iterator[Hit]:
    olds = _tables(edits, base, before=True)
    for name, held in _tables(edits, head, before=False).items() if olds else ():
        was = olds.get(name)
        if was is None:
            continue
        before = frozenset[str]().union(*(one.given for one in was))
        after = frozenset[str]().union(*(one.given for one in held))
        means, meant = (frozenset[str]().union(*(one.meant for one in side)) for side in (held, was))
        if before != after and means != meant and not (held[0].asked and means < meant):
            yield Hit(held[0].place, _said(held[0].table, after - before, before - after), detail=held[0].table)


def _tables(edits: Sequence[Edit], repo: Repo, *, before: bool) -> dict[str, list[Rights]]:
    """The tables of the changed files by name; where a table lies is no matter of who may what."""
    found: dict[str, list[Rights]] = defaultdict(list)
    for source in (edit.before if before else edit.after for edit in edits):
        for one in repo.of(Rights, source.path) if source and may_hold(source.path) else ():
            found[one.table].append(one)
    return found


def _said(table: str, gained: frozenset[str], lost: frozenset[str]) -> str:
    parts = [f"{verb} {_listed(rights)}" for verb, rights in (("gains", gained), ("loses", lost)) if rights]
    return f"Who may do what changes: `{table}` {' and '.join(parts)}. A ticket should say who asked for it, and why."


def _listed(rights: frozenset[str]) -> str:
    named = ", ".join(f"`{one[:80]}`" for one in sorted(rights)[:_SHOWN])
    return f"{named} and {len(rights) - _SHOWN} more" if len(rights) > _SHOWN else named

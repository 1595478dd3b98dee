"""Text from a request becomes part of an LDAP filter or name.

`*)(uid=*` in a name makes a filter that finds everybody, and signs the caller in as the first one found.
"""

from collections.abc import Iterator

from gate.facts import receivers
from gate.facts.arrivals import Arrival, arrivals
from gate.facts.definition import Definition
from gate.facts.value import VETTED
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(90,),
    fix="""Escape the value: `ldap3.utils.conv.escape_filter_chars`, `ldap.filter.escape_filter_chars` in filters,
    `ldap3.utils.dn.escape_rdn`, `ldap.dn.escape_dn_chars` in names.""",
    bad=[
        """
        import ldap, ldap3
        from flask import Flask, request
        app = Flask(__name__)
        @app.get("/person")
        def person():
            uid = request.args["uid"]
            connection = ldap.initialize("ldap://directory.example.com")
            found = connection.search_s("dc=example,dc=com", ldap.SCOPE_SUBTREE, f"(uid={uid})")  # <-
            other = ldap3.Connection("directory.example.com")
            other.search("dc=example,dc=com", "(&(objectClass=person)(uid=" + uid + "))")  # <-
            return {"found": len(found)}
        """,
    ],
    good=[
        """
        import re
        import ldap
        from flask import Flask, request
        from ldap.filter import escape_filter_chars
        app = Flask(__name__)
        @app.get("/person")
        def person():
            uid = escape_filter_chars(request.args["uid"])
            found = ldap.initialize("ldap://x").search_s("dc=example", ldap.SCOPE_SUBTREE, f"(uid={uid})")
            words = re.compile("a").search(request.args["text"])
            hits = index.search(request.args["text"])
            return {"found": len(found), "words": bool(words), "hits": hits}
        """,
    ],
)


@rule.check(Definition)
def pasted(fact: Definition, repo: Repo) -> Iterator[Hit]:
    return (_hit(arrival) for arrival in arrivals(fact, repo, {receivers.LDAP}))


def _hit(arrival: Arrival) -> Hit:
    said = f"{arrival.entered} and is part of the LDAP filter or name that `{arrival.sink.name}` is given; escape it."
    severity = Severity.MEDIUM if arrival.has(VETTED) or arrival.guessed else None
    return Hit(arrival.place, said, trace=arrival.hops("and filters"), detail=arrival.route.kind, severity=severity)

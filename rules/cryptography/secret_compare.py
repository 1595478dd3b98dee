"""A secret is compared in a way that can be timed.

`==` stops at the first difference, so each right character makes the answer a little later. With enough tries that tells a
signature or key character by character.
"""

from collections.abc import Iterator

from gate.facts.compare import Compared
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(208, 203),
    fix="Compare with `hmac.compare_digest(given, expected)`.",
    bad=[
        """
        import hashlib, hmac
        def verify(body, signature, key):
            expected = "sha256=" + hmac.new(key, body, hashlib.sha256).hexdigest()
            return signature == expected  # <-
        """,
        """
        import os
        from flask import request, abort
        def guard():
            token = request.headers.get("X-Api-Token")
            if token != os.environ["API_TOKEN"]:  # <-
                abort(401)
        """,
        """
        from hmac import new as mac
        def check(body, sent, key):
            if mac(key, body, "sha256").digest() != sent:  # <-
                raise PermissionError
        """,
    ],
    good=[
        """
        def passes(request):
            csrf_token = request.cookies.get("csrf_token")
            header_token = request.headers.get("X-CSRF-Token")
            return csrf_token == header_token
        """,
        """
        import hashlib, hmac
        def verify(body, signature, key):
            return hmac.compare_digest(signature, hmac.new(key, body, hashlib.sha256).hexdigest())
        """,
        """
        import hashlib
        def parse(token, other, path):
            if token == self.eos_token or token.signature == other.signature:
                return True
            return hashlib.sha256(read(path)).hexdigest() == other.checksum
        """,
        """
        def mode(request, settings):
            return request.headers.get("X-Token") == "" or request.headers["Accept"] == settings.ACCEPT
        """,
    ],
    misses=["A secret that comes from a database, or as a parameter, is told from other values by nothing here."],
)


@rule.check(Compared)
def look(found: Compared, repo: Repo) -> Iterator[Hit]:
    yield Hit(
        found.place,
        f"`{found.name}` is compared with `==` or `!=`, so the time it takes tells how much of it is right.",
    )

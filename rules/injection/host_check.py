"""An address is checked by a part of its text.

`example.com.attacker.net` begins like `example.com`, `notexample.com` ends like it, and both stand in the path or the
query of any address. In a pattern `.` is any character, and a pattern without an end lets anything follow. Such a
check sends people, or the server itself, to wherever somebody else wants.
"""

from collections.abc import Iterator

from gate.facts.hostcheck import HostCheck
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(20,),
    fix="""Parse the address and compare the whole host: `urlsplit(url).hostname in {"example.com"}`, and the scheme
    too. For subdomains ask for the dot: `hostname.endswith(".example.com")`. Escape the dots of a pattern and use
    `re.fullmatch`.""",
    bad=[
        """
        import re
        from flask import redirect, request
        @app.route("/go")
        def go():
            if request.args.get("target_url", "").endswith("example.com/"):  # <-
                return redirect(request.args["target_url"])
            url = request.args["next"]
            if url.startswith("https://example.com"):  # <-
                return redirect(url)
            return "no"
        """,
        """
        import re
        PATTERN = re.compile(r"^(www|beta).example.com/$")
        def is_allowed(url, hostname):
            if "example.com" in url or PATTERN.match(url):  # <-
                return True
            if re.match(r"^https://(www\\.)?example\\.com", url):  # <-
                return True
            return hostname.endswith("example.com") or hostname.lower().endswith(("a.example.com", ".b"))  # <-
        """,
    ],
    good=[
        """
        import re
        from urllib.parse import urlsplit
        def is_allowed(url, hostname):
            if urlsplit(url).hostname in {"example.com"} or url.startswith("https://example.com/"):
                return True
            if re.fullmatch(r"https://(www\\.)?example\\.com/.*", url) or re.match(r"^https://.+$", url):
                return True
            if "example.com" in hosts or "v1.0" in url or url.endswith((".json", "/")):
                return True
            return hostname == "example.com" or hostname.endswith(".example.com")
        def name(text):
            return "example.com" in text or text.endswith("example.com")
        """
    ],
    misses=[
        "Addresses under names that do not say so.",
        "The same checks in JavaScript.",
    ],
)

_SAID = {
    "part": "`{value}` may stand anywhere in an address, in its path or its query as well",
    "startswith": "Other hosts begin like `{value}`: end it with a slash",
    "endswith": "Other addresses end like `{value}`: compare the whole host",
    "dot": "A dot of `{value}` stands for any character",
    "open": "`{value}` has no end, so other hosts begin like it",
}


@rule.check(HostCheck)
def look(one: HostCheck, repo: Repo) -> Iterator[Hit]:
    del repo
    severity = None if one.decides else Severity.LOW
    yield Hit(one.place, f"{_SAID[one.how].format(value=one.value)}.", detail=one.how, severity=severity)

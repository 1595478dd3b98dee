"""Markup is cleaned by a regular expression.

Browsers read `<script >`, `</script foo>`, `<ScRiPt`, tags that are never closed and tags that only come to be once
an inner one is taken out: `<scr<script></script>ipt>`. No pattern knows them all, and scripts run without that tag as
well, from `onerror=` and `javascript:`.
"""

from collections.abc import Iterator

from gate.facts.tagfilter import TagFilter
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(116, 79, 80),
    fix="""Escape what is to be text: `html.escape`, or a template that escapes by itself. Clean what is to stay markup
    with a parser and a list of allowed tags, such as `nh3.clean`, or DOMPurify in JavaScript.""",
    bad=[
        """
        import re
        SCRIPT = re.compile(r"<script[^>]*>.*?</script>", re.IGNORECASE | re.DOTALL)
        def sanitize(content):
            content = SCRIPT.sub("", content)  # <-
            content = re.sub(r"<\\s*iframe.*?>", " ", content)  # <-
            return content.replace("<script>", "")  # <-
        """,
        """
        import re
        from flask import Response, request
        @app.route("/filter")
        def show():
            content = request.args.get("content")
            for tag in re.findall(r"<script.*?>.*?</script>", content):  # <-
                content = content.replace(tag, "")
            return Response(content)
        """,
        {
            "clean.js": """
            const clean = (html) => html.replace(/<script[^>]*>[^]*?<\\/script>/gi, ""); // <-
            """
        },
    ],
    good=[
        """
        import html, re
        import nh3
        def sanitize(content):
            return nh3.clean(content) + html.escape(content)
        def settings_in(page):
            return re.findall(r"<script>var settings = (.*?)</script>", page)
        def with_script(page):
            return re.sub(r"<script></script>", "<script src='a.js'></script>", page)
        def plain(text):
            return re.sub(r"\\s+", " ", text)
        """,
        {
            "clean.js": """
            const clean = (html) => DOMPurify.sanitize(html);
            const found = /<script>(.*)<\\/script>/.exec(html);
            """
        },
    ],
    misses=["Patterns that take out every tag, which is mostly done to get at the text."],
)


@rule.check(TagFilter)
def look(one: TagFilter, repo: Repo) -> Iterator[Hit]:
    del repo
    severity = None if one.guards else Severity.LOW
    yield Hit(
        one.place, "A pattern takes tags out of markup; what it does not know stays, and runs.", severity=severity
    )

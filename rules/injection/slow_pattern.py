"""A pattern that can take for ever is held against a request's text.

A repetition inside of a repetition can divide one text in very many ways. Where the end does not fit, Python tries them
all: forty characters keep a worker busy for years (ReDoS).
"""

from collections.abc import Iterator

from gate.facts import receivers
from gate.facts.arrivals import Arrival, arrivals
from gate.facts.definition import Definition
from gate.facts.pattern import slow
from gate.facts.summary import Function, Reached
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(1333, 400, 730),
    fix="""Write the pattern so that one text fits in one way only: `(\\w+\\s?)*` is `\\w+(\\s\\w+)*\\s?`, `(a+)+` is `a+`; or
    make the inner repetition possessive (`a++`, Python 3.11). Limit the length of the text before it is matched.""",
    bad=[
        r"""
        import re
        from flask import Flask, request
        app = Flask(__name__)
        NAME = re.compile(r"^(\w+\s?)*$")
        MAIL = r"^([a-z0-9]+[._-]?)+@[a-z0-9.]+$"
        @app.get("/check")
        def check():
            text = request.args["text"]
            named = NAME.match(text)  # <-
            mailed = re.search(MAIL, request.args["mail"].lower())  # <-
            return {"ok": bool(named and mailed and re.fullmatch(r"(a|b+)+", string=text))}  # <-
        """,
        {
            "app/words.py": r"""
            import re
            def words(text):
                return re.sub(r'"([^"\\]+|\\.)*"', "", text)  # <-
            """,
            "app/api.py": """
            from fastapi import FastAPI
            from app.words import words
            app = FastAPI()
            @app.get("/words")
            def count(text: str):
                return len(words(text))
            """,
        },
    ],
    good=[
        r"""
        import re
        from flask import Flask, request
        app = Flask(__name__)
        NAME = re.compile(r"^\w+(\s\w+)*\s?$")
        LINES = re.compile(r"(\w+\s?)*$")
        @app.get("/check")
        def check():
            text = request.args["text"]
            host = re.fullmatch(r"([\w-]+\.)+\w+", text)
            quoted = re.match(r'"(?:[^"\\]|\\.)*"', text)
            first = re.match(r"(a+)+", text)
            return {"ok": bool(NAME.match(text) or host or quoted or first)}
        def own():
            return LINES.match(open("notes.txt").read())
        """,
    ],
    misses=[
        "Patterns that take long, but not for ever: `.*.*x`, `\\s+$` in a long text.",
        "A pattern that stands in another file than the one that matches, or is built.",
        "Patterns that ask for a place or look around between two rounds.",
    ],
)


@rule.check(Definition)
def matched(fact: Definition, repo: Repo) -> Iterator[Hit]:
    def fits(function: Function, sink: Reached) -> bool:
        source = repo.source(function.path)
        return source is not None and sink.line in slow(source)

    found = arrivals(fact, repo, {receivers.MATCHED}, fits)
    return (_hit(arrival) for arrival in found if arrival.route.kind == "request")


def _hit(arrival: Arrival) -> Hit:
    said = f"{arrival.entered} and is matched by a pattern that can take for ever on a text that nearly fits."
    return Hit(arrival.place, said, trace=arrival.hops("and is matched"), detail=arrival.route.kind)

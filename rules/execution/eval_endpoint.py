"""Text from a request or a model is run as code.

Whoever sends the request, or talks the model into an answer, decides what this program does: `eval`, a shell, a
pickle, a template built from text and a module chosen by name are all ways to run it. gate follows the text through
helpers, methods and files, so it does not matter whether the change added the sink or the route that feeds it.
"""

from collections.abc import Iterator

from gate.facts import reach
from gate.facts.project import project
from gate.facts.sink import Sink
from gate.rule import Hit, Hop, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.CRITICAL,
    cwes=(95, 94, 78, 502, 470, 1336),
    fix="""Replace dynamic execution by a closed set: a dictionary of functions, an `Enum`, a parser such as
    `ast.literal_eval` or `json.loads`, a list of arguments without a shell, a template file with a context,
    `yaml.safe_load`. If running other people's code is the feature, run it in a sandbox without network and
    credentials, and record a waiver with an owner.""",
    bad=[
        """
        from flask import Flask, request
        app = Flask(__name__)
        @app.post("/calc")
        def calc():
            return str(eval(request.json["expr"]))  # <-
        """,
    ],
    good=["x = 1"],
)


_DOES = {
    "code": "runs it as Python",
    "shell": "runs it as a shell command",
    "argv": "starts it as a program",
    "import": "imports the module it names",
    "dispatch": "calls whatever it names",
    "template": "runs it as a template",
    "deserialize": "builds any object it describes",
}


@rule.check(Sink, everywhere=True)
def reached(fact: Sink, repo: Repo) -> Iterator[Hit]:
    """One hit for each function whose outside text arrives at the sink."""
    if fact.kind == "executor":
        yield _executor(fact)
        return
    program = project(repo)
    for route in reach.routes(program, fact):
        yield _hit(fact, route)


def _executor(fact: Sink) -> Hit:
    name = fact.name.rpartition(".")[2]
    said = f"`{name}` runs what a model writes on this machine, with this program's rights."
    return Hit(fact.place, said, detail="llm", severity=Severity.HIGH)


def _hit(fact: Sink, route: reach.Route) -> Hit:
    whose = "A request's text" if route.kind == "request" else "A model's answer"
    where = f"{route.function.path}:{route.line}"
    name = fact.name.removeprefix("builtins.")
    said = f"{whose} enters `{route.function.short}` ({where}) and reaches `{name}`, which {_DOES[fact.kind]}."
    hops = tuple(Hop(place, note) for place, note in reach.places(route, fact.place))
    return Hit(fact.place, said, trace=hops, detail=route.kind, severity=_severity(fact, route))


def _severity(fact: Sink, route: reach.Route) -> Severity | None:
    """None is the rule's own severity; what is only likely to be harmful warns."""
    named = fact.kind in {"dispatch", "import"} and route.told
    if fact.warn or named:
        return Severity.MEDIUM
    return Severity.HIGH if fact.kind == "template" else None

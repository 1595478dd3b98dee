"""Text from a request or a model is run as code.

Whoever sends the request, or talks the model into an answer, decides what this program does: `eval`, a shell, a
pickle, a template built from text and a module chosen by name are all ways to run it. gate follows the text through
helpers, methods and files, so it does not matter whether the change added the sink or the route that feeds it.
"""

from collections.abc import Iterator

from gate.facts import nearby, reach
from gate.facts.definition import Definition
from gate.facts.project import project
from gate.facts.summary import Function, Reached
from gate.rule import Hit, Hop, Place, Repo, Rule, Severity

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


@rule.check(Definition)
def reached(fact: Definition, repo: Repo) -> Iterator[Hit]:
    """One hit for each sink and each function whose outside text arrives at it by way of this definition."""
    program = project(repo)
    for function, sink in nearby.sinks(program, fact.place.path, fact.name):
        for route in reach.routes(program, function, sink):
            mine = route.passes(fact.name) or nearby.registers(program, fact.place.path, fact.name, route.function)
            if mine and program.first(sink, function, route.function):
                yield _hit(function, sink, route)


def _hit(function: Function, sink: Reached, route: reach.Route) -> Hit:
    place = Place.at(function.path, sink.line, sink.end_line)
    hops = tuple(Hop(where, note) for where, note in reach.places(route, place))
    said = _said(sink, route)
    return Hit(place, said, trace=hops, detail=route.kind, severity=_severity(sink, route))


def _said(sink: Reached, route: reach.Route) -> str:
    name = sink.name.removeprefix("builtins.")
    if sink.kind == "executor":
        return f"`{name}` runs what a model writes on this machine, with all the rights of this program."
    whose = "A request's text" if route.kind == "request" else "A model's answer"
    where = f"{route.function.path}:{route.line}"
    return f"{whose} enters `{route.function.short}` ({where}) and reaches `{name}`, which {_DOES[sink.kind]}."


def _severity(sink: Reached, route: reach.Route) -> Severity | None:
    """None is the rule's own severity; what is only likely to be harmful warns."""
    named = sink.kind in {"dispatch", "import"} and route.told
    if sink.warn or named:
        return Severity.MEDIUM
    return Severity.HIGH if sink.kind in {"template", "executor"} else None

"""Text from a request, or a model's answer, is a word of a command, and may be taken for an option.

No shell reads a list of words, yet the program does: a branch called `--upload-pack=...` makes `git` run what it names,
a host called `-oProxyCommand=...` does the same to `ssh`.
"""

from collections.abc import Iterator

from gate.facts import receivers
from gate.facts.arrivals import Arrival, arrivals
from gate.facts.definition import Definition
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(88,),
    fix="""Put `"--"` before the words that come from outside, where the program knows it, or refuse what begins with `-`
    and what is not in a list of allowed names.""",
    bad=[
        """
        import subprocess
        from flask import Flask, request
        app = Flask(__name__)
        @app.get("/log")
        def log():
            branch = request.args["branch"]
            return subprocess.run(["git", "log", "-n", "5", branch], capture_output=True).stdout  # <-
        @app.get("/up")
        def up():
            command = ["ssh", request.args["host"], "uptime"]  # <-
            return subprocess.check_output(command)
        """,
        """
        import asyncio
        from fastapi import FastAPI
        app = FastAPI()
        @app.post("/clone")
        async def clone(url: str):
            await asyncio.create_subprocess_exec("/usr/bin/git", "clone", url, "/srv/repo")  # <-
        """,
        """
        import subprocess
        from langchain_core.tools import tool
        @tool
        def fetch(address: str) -> bytes:
            "Fetch a page."
            return subprocess.check_output(["sudo", "curl", "-s", address])
        @tool
        def search(word: str) -> bytes:
            "Look for files."
            return subprocess.check_output(["find", word, "-type", "f"])  # <-
        """,
    ],
    good=[
        """
        import subprocess
        from flask import Flask, abort, request
        app = Flask(__name__)
        BRANCHES = {"main", "next"}
        @app.get("/log")
        def log():
            branch = request.args["branch"]
            if branch.startswith("-"):
                abort(400)
            return subprocess.run(["git", "log", branch], capture_output=True).stdout
        @app.get("/show")
        def show():
            name = request.args["name"]
            subprocess.run(["git", "show", f"refs/heads/{name}"])
            subprocess.run(["git", "log", "--", name])
            subprocess.run(["git", "-C", name, "status"])
            subprocess.run(["git", "log", "-n", str(int(name))])
            if name in BRANCHES:
                subprocess.run(["git", "checkout", name])
            subprocess.run(["convert", name, "a.png"])
            return ""
        """,
    ],
    misses=[
        "Words that are added to a list later, and lists that are unpacked into another.",
        "A word behind an option counts as its value, even where the option takes none.",
        "Programs whose options do no harm that is known here.",
    ],
)


@rule.check(Definition)
def taken(fact: Definition, repo: Repo) -> Iterator[Hit]:
    return (_hit(arrival) for arrival in arrivals(fact, repo, {receivers.OPTION}))


def _hit(arrival: Arrival) -> Hit:
    name = arrival.sink.name
    said = f"{arrival.entered} and is a word that `{name}` takes for an option where it begins with `-`."
    return Hit(arrival.place, said, trace=arrival.hops(f"and is handed to `{name}`"), detail=arrival.route.kind)

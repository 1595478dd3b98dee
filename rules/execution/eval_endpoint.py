"""Text from a request or a model is run as code.

Whoever sends the request, or talks the model into an answer, decides what this program does: `eval`, a shell, a
pickle, a template built from text and a module chosen by name are all ways to run it. gate follows the text through
helpers, methods and files, so it does not matter whether the change added the sink or the route that feeds it.
"""

from collections.abc import Iterator

from gate.facts.arrivals import Arrival, arrivals
from gate.facts.definition import Definition
from gate.facts.value import GUESSED, VETTED
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.CRITICAL,
    cwes=(95, 94, 78, 77, 502, 470, 913, 1336, 1426),
    fix="""Replace dynamic execution by a closed set: a dictionary of functions, an `Enum`, a parser such as
    `ast.literal_eval` or `json.loads`, a list of arguments without a shell, a template file with a context,
    `yaml.safe_load`. Map the names of a model's tools through a constant table. If running other people's code is
    the feature, run it in a sandbox without network and credentials, and record a waiver with an owner.""",
    bad=[
        """
        import subprocess
        from flask import Flask, request
        app = Flask(__name__)
        def call(args, shell=False):
            return subprocess.run(args, shell=shell, capture_output=True).stdout  # <-
        @app.get("/length")
        def length():
            return {"bytes": call(f"ffprobe -i {request.args['film']}", shell=True)}
        """,
        """
        from django.contrib import messages
        def update(request):
            said = [("info", "saved")]
            for level, text in said:
                getattr(messages, level)(request, text)  # <-
                said.append((request.POST["level"], "more"))
        """,
        """
        from agno.tools.shell import ShellTools
        from fastapi import Depends, FastAPI
        app = FastAPI()
        tools = [ShellTools()]  # <-
        def wanted(where: str = ""):
            return eval(where)  # <-
        @app.get("/rows")
        def rows(chosen=Depends(wanted)):
            return chosen
        """,
        """
        from IPython.core.interactiveshell import InteractiveShell
        from chalice import Chalice
        from llama_cpp import Llama
        from rest_framework.viewsets import ModelViewSet
        import chainlit, hickle, subprocess
        app = Chalice(app_name="a")
        @app.route("/c", methods=["POST"])
        def c():
            InteractiveShell.instance().run_cell(app.current_request.json_body["code"])  # <-
        class Rows(ModelViewSet):
            def create(self, request):
                form = self.get_serializer(data=request.data)
                form.is_valid(raise_exception=True)
                return hickle.load(request.FILES["m"]), eval(form.validated_data["where"])  # <-
        def fix(question):
            said = Llama("m")(question)
            subprocess.run(said["choices"][0]["text"], shell=True)  # <-
        @chainlit.on_message
        async def answer(message: chainlit.Message):
            exec(message.content)  # <-
        """,
        """
        import asyncio, importlib, strawberry
        from fastapi import FastAPI
        from sympy import sympify
        app = FastAPI()
        @app.get("/ping")
        async def ping(host: str):
            return await asyncio.create_subprocess_exec("bash", "-c", host)  # <-
        def lambda_handler(event, context):
            return importlib.import_module(event["plugin"]).main()  # <-
        @strawberry.type
        class Mutation:
            @strawberry.mutation
            def solved(self, formula: str) -> str:
                return str(sympify(formula))  # <-
        """,
        {
            "work/jobs.py": """
            from celery import shared_task
            @shared_task
            def changed(rule, rows):
                return [eval(rule, {"row": row}) for row in rows]  # <-
            """,
            "work/api.py": """
            from fastapi import APIRouter
            from work.jobs import changed
            router = APIRouter()
            @router.post("/change")
            def change(rule: str):
                return changed.delay(rule, [1, 2]).id
            """,
        },
        """
        from operator import methodcaller
        from flask import Blueprint, render_template_string, request
        import billing
        bp = Blueprint("tools", __name__)
        def _compute(formula):
            return eval(formula, {"__builtins__": {}})  # <-
        @bp.post("/direct")
        def direct():
            return str(eval(request.json["expr"]))  # <-
        @bp.route("/compute", methods=["POST"])
        def compute():
            return {"result": _compute(request.get_json()["formula"])}
        @bp.post("/rpc")
        def rpc():
            chosen = getattr(billing, request.json["method"])
            called = methodcaller(request.json["method"])
            return {"result": chosen(**request.json.get("args", {})), "other": called(billing)}  # <-
        @bp.get("/hello")
        def hello():
            return render_template_string("<h1>Hi " + request.args.get("name", "") + "</h1>")  # <-
        """,
        {
            "app/service.py": """
            class Runner:
                def run(self, code: str) -> dict:
                    scope: dict = {}
                    exec(code, scope)  # <-
                    return scope
            """,
            "app/routes.py": """
            from fastapi import APIRouter
            from pydantic import BaseModel
            from app.service import Runner
            router = APIRouter()
            class Job(BaseModel):
                code: str
                priority: int = 0
            @router.post("/jobs")
            def create_job(job: Job):
                return Runner().run(job.code)
            """,
        },
        """
        import base64, pickle, subprocess
        from django.http import JsonResponse
        from django.views import View
        from rest_framework.views import APIView
        class Ping(View):
            def get(self, request):
                command = f"ping -c1 {request.GET['host']}"
                done = subprocess.run(command, shell=True, capture_output=True)  # <-
                return JsonResponse({"out": done.stdout.decode()})
        class Restore(APIView):
            def post(self, request):
                return len(pickle.loads(base64.b64decode(request.data["state"])))  # <-
        """,
        """
        import json, subprocess
        import anthropic, tools
        from langchain_openai import ChatOpenAI
        from openai import OpenAI
        client = OpenAI()
        llm = ChatOpenAI()
        def answer(question):
            said = client.chat.completions.create(model="m", messages=[{"role": "user", "content": question}])
            return eval(said.choices[0].message.content)  # <-
        def repair(issue):
            said = anthropic.Anthropic().messages.create(model="m", messages=[{"role": "user", "content": issue}])
            command = said.content[0].text.strip()
            subprocess.run(command, shell=True)  # <-
        def _code_in(text):
            return text.split("```python")[1].split("```")[0]
        def plot(question, frame):
            exec(_code_in(llm.invoke(question).content), {"df": frame})  # <-
        def step(messages):
            for call in client.chat.completions.create(model="m", messages=messages).choices[0].message.tool_calls:
                tool = getattr(tools, call.function.name)
                tool(**json.loads(call.function.arguments))  # <-
        """,
        """
        import os
        from langchain_experimental.agents import create_pandas_dataframe_agent
        from mcp.server.fastmcp import FastMCP
        mcp = FastMCP("ops")
        @mcp.tool()
        def shell(command: str) -> str:
            return os.popen(command).read()  # <-
        def build(llm, frame):
            return create_pandas_dataframe_agent(llm, frame, allow_dangerous_code=True)  # <-
        """,
        """
        import subprocess
        from flask import Flask, request
        app = Flask(__name__)
        @app.post("/run")
        def run():
            subprocess.run(["bash", "-c", 'eval "$1"', "bash", request.form["line"]])  # <-
            subprocess.run(["sh", "-c", '"$@"', "sh", request.form["program"]])  # <-
            subprocess.run(["bash", "-c", "echo $(( 1 + $1 ))", "bash", request.form["number"]])  # <-
            subprocess.run(["sh", "-c", 'setsid "$1"', "sh", request.form["program"]])  # <-
            subprocess.run(["sh", "-c", 'echo $(tclsh "$1")', "sh", request.form["program"]])  # <-
            subprocess.run(["sh", "-c", "ls && $1", "sh", request.form["program"]])  # <-
            subprocess.run(["sh", "-c", RUNS, "sh", request.form["program"]])  # <-
            subprocess.run(["sh", "-c", MOVED, "sh", request.form["program"]])  # <-
            return "ok"
        RUNS = 'exec "$1"'
        MOVED = 'cat "$1"'
        def move():
            global MOVED
            MOVED = RUNS
        """,
    ],
    good=[
        """
        import asyncio, subprocess
        from fastapi import FastAPI
        app = FastAPI()
        SHOWS = 'cd /srv && cat -- "$1"'
        @app.get("/log")
        async def log(folder: str, word: str):
            subprocess.run(["bash", "-c", SHOWS, "bash", word])
            subprocess.check_output(["bash", "-c", 'grep -- "$1" /srv/list.txt', "bash", word])
            return await asyncio.create_subprocess_exec("sh", "-c", 'cd "$1" && git log', "sh", folder)
        """,
        """
        import subprocess
        from flask import Flask, request
        app = Flask(__name__)
        def call(args, shell=False):
            return subprocess.run(args, shell=shell, capture_output=True).stdout
        @app.get("/length")
        def length():
            return {"bytes": call(["ffprobe", "-i", request.args["film"]])}
        """,
        """
        from django.contrib import messages
        def update(request):
            said = [("info", f"{request.POST['name']} is saved")]
            said.append(("warning", request.POST["note"]))
            for level, text in said:
                getattr(messages, level)(request, text)
        """,
        """
        import hmac, pickle, shlex, subprocess, yaml
        from flask import Flask, abort, render_template_string, request
        app = Flask(__name__)
        OPERATIONS = {"add": lambda a, b: a + b, "sub": lambda a, b: a - b}
        class Strict(yaml.SafeLoader):
            pass
        @app.post("/calc")
        def calc():
            operation = OPERATIONS.get(request.json["op"])
            if operation is None:
                abort(400)
            return {"result": operation(int(request.json["a"]), int(request.json["b"]))}
        @app.post("/thumb")
        def thumb():
            subprocess.run(["convert", request.json["src"], "-resize", "64x64", "out.png"], check=True)
            return "", 204
        @app.get("/lines")
        def lines():
            return subprocess.check_output("wc -l " + shlex.quote(request.args["file"]), shell=True)
        @app.get("/hi")
        def hi():
            return render_template_string("<h1>Hi {{ name }}</h1>", name=request.args["name"])
        @app.post("/load")
        def load():
            body = request.get_data()
            if not hmac.compare_digest(sign(body), request.headers["X-Signature"]):
                abort(403)
            return {"size": len(pickle.loads(body))}
        @app.post("/settings")
        def settings():
            one = yaml.load(request.data, Loader=yaml.cyaml.CSafeLoader)
            return {"one": one, "two": yaml.load(request.data, Loader=Strict)}
        """,
        """
        import json, subprocess
        from e2b_code_interpreter import Sandbox
        from flask import render_template
        from mcp.server.fastmcp import FastMCP
        from openai import OpenAI
        from twilio.rest import Client
        mcp = FastMCP("git")
        TOOLS = {"get_weather": get_weather, "get_time": get_time}
        def step(messages):
            for call in OpenAI().chat.completions.create(model="m", messages=messages).choices[0].message.tool_calls:
                tool = TOOLS.get(call.function.name)
                if tool is not None:
                    tool(**json.loads(call.function.arguments))
        def notify(number):
            sent = Client(SID, TOKEN).messages.create(to=number, body="hi", from_="+1")
            subprocess.run(["logger", sent.sid])
        def run(question):
            code = OpenAI().responses.create(model="m", input=question).output_text
            with Sandbox() as sandbox:
                return sandbox.run_code(code)
        @mcp.tool()
        def log(path: str) -> str:
            return subprocess.run(["git", "log", "--oneline", "--", path], capture_output=True, text=True).stdout
        def page(question):
            text = OpenAI().responses.create(model="m", input=question).output_text
            return render_template("answer.html", answer=text)
        """,
    ],
    misses=[
        "Text that is stored first (in a database, a file, a cache) and run later, and a task that is sent by its name.",
        "Functions reached only through objects whose class the code does not say, through a table that decorators fill.",
        "What a property computes, a `shell=True` that a `partial` gave, and flows of more than eight calls; over more than five, or two for the name of a module or attribute, they warn.",
        "A value checked by a function of the program other than by comparison, membership, pattern or signature.",
        "Templates of Django that run in an engine of the program's own only warn: it may know few tags.",
    ],
)


_DOES = {
    "code": "runs it as Python",
    "shell": "runs it as a shell command",
    "argv": "starts it as a program",
    "import": "imports the module it names",
    "dispatch": "calls whatever it names",
    "template": "runs it as a template",
    "deserialize": "builds any object it describes",
    "executor": "runs what a model writes",
}
_WEAKNESSES = {
    "code": (95, 94),
    "shell": (78, 77),
    "argv": (78, 77),
    "import": (470, 94),
    "dispatch": (470, 913),
    "template": (1336, 94),
    "deserialize": (502,),
    "executor": (94, 95),
}
"""By what the sink does: the weakness, as MITRE names it, and the one above it."""
_OF_A_MODEL = 1426
"""CWE-1426, what a model answers is believed."""
_NEAR = 5
"""Over more functions a text has mostly become something else: what a server is for, as a rule (docs/accuracy.md)."""
_NEAR_NAME = 2
"""A name that passes through more functions is mostly one of the program's own plugins, for those who may set them up."""
_TOLD = "Constant text is part of the name, so it is one of few; look whether all of those may be named."


@rule.check(Definition)
def reached(fact: Definition, repo: Repo) -> Iterator[Hit]:
    """One hit for each sink and each function whose outside text arrives at it by way of this definition."""
    return (_hit(arrival) for arrival in arrivals(fact, repo, _DOES))


def _hit(arrival: Arrival) -> Hit:
    hops = arrival.hops("and runs here")
    whose = arrival.route.kind
    cwes = (*_WEAKNESSES[arrival.sink.kind], *([_OF_A_MODEL] if whose == "llm" else ()))
    return Hit(arrival.place, _said(arrival), trace=hops, detail=whose, severity=_severity(arrival), cwes=cwes)


def _said(arrival: Arrival) -> str:
    sink = arrival.sink
    name = sink.name.removeprefix("builtins.")
    if sink.kind == "executor":
        return f"`{name}` runs what a model writes on this machine, with all the rights of this program."
    reached = f"{arrival.entered} and reaches `{name}`, which {_DOES[sink.kind]}."
    return f"{reached} {_TOLD}" if _names_part(arrival) else reached


def _names_part(arrival: Arrival) -> bool:
    return arrival.sink.kind in {"dispatch", "import"} and arrival.route.told


def _severity(arrival: Arrival) -> Severity | None:
    """None is the rule's own severity; what is only likely to be harmful warns."""
    named = arrival.sink.kind in {"import", "dispatch"}
    vetted = named and arrival.has(VETTED)  # no check makes code that is run harmless
    far = arrival.changes > (_NEAR_NAME if named else _NEAR)
    if vetted or far or arrival.sink.warn or _names_part(arrival) or arrival.has(GUESSED):
        return Severity.MEDIUM
    return Severity.HIGH if arrival.sink.kind in {"template", "executor"} else None

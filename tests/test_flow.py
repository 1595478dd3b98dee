"""The flow engine: text is followed however it is handed on, what makes it harmless ends the search, and the search ends."""

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate import registry
from gate.facts import reach
from gate.rule import Hit, Severity
from tests import examples

CHECK = next(check for check in registry.checks() if check.rule.id == "execution/eval_endpoint")
FLASK = "from flask import Flask, request\napp = Flask(__name__)\n"


def found(tree: str | dict[str, str]) -> list[Hit]:
    files = {"app.py": FLASK + textwrap.dedent(tree)} if isinstance(tree, str) else tree
    return examples.hits(CHECK, examples.unmarked({path: textwrap.dedent(text) for path, text in files.items()})[0])


def lines(tree: str) -> tuple[set[int], set[int]]:
    """The lines reported, and those marked."""
    text = FLASK + textwrap.dedent(tree)
    marked = examples.unmarked({"app.py": text})[1]
    return {hit.place.line for hit in found(tree)}, {line for _, line in marked}


WAYS = {
    "aliased import": """
        import os as system_calls
        @app.post("/run")
        def run():
            system_calls.system(request.json["c"])  # <-
        """,
    "imported under another name": """
        from subprocess import check_output as sh
        @app.post("/run")
        def run():
            return sh(request.args["c"], shell=True)  # <-
        """,
    "imported in the function": """
        @app.post("/run")
        def run():
            from os import popen as p
            return p(request.json["c"]).read()  # <-
        """,
    "another name for the function": """
        calculate = eval
        @app.post("/run")
        def run():
            return calculate(request.json["c"])  # <-
        """,
    "keyword argument of a helper": """
        def helper(a, b=1, *, code):
            return eval(code)  # <-
        @app.post("/run")
        def run():
            return helper(1, code=request.json["c"])
        """,
    "f-string": """
        import os
        @app.post("/run")
        def run():
            target = f"ping -c 1 {request.json['host']}"
            os.system(target)  # <-
        """,
    "percent": """
        import os
        @app.post("/run")
        def run():
            os.system("ping %s" % request.json["host"])  # <-
        """,
    "format": """
        import os
        @app.post("/run")
        def run():
            os.system("ping {host}".format(host=request.json["host"]))  # <-
        """,
    "join": """
        import os
        @app.post("/run")
        def run():
            os.system(" ".join(["ping", request.json["host"]]))  # <-
        """,
    "added to": """
        @app.post("/run")
        def run():
            code = "x = "
            code += request.json["c"]
            exec(code)  # <-
        """,
    "class-based view": """
        from flask.views import MethodView
        class Run(MethodView):
            def post(self):
                return self._go(request.json["c"])
            def _go(self, code):
                return eval(code)  # <-
        """,
    "attribute of self": """
        class Job:
            def __init__(self, code):
                self.code = code
            def go(self):
                return eval(self.code)  # <-
        @app.post("/run")
        def run():
            return Job(request.json["c"]).go()
        """,
    "setter": """
        class Job:
            def load(self, code):
                self._code = code
            def go(self):
                exec(self._code)  # <-
        @app.post("/run")
        def run():
            job = Job()
            job.load(request.json["c"])
            job.go()
        """,
    "inherited method": """
        class Base:
            def go(self, code):
                return eval(code)  # <-
        class Job(Base):
            pass
        @app.post("/run")
        def run():
            return Job().go(request.json["c"])
        """,
    "class method": """
        class Job:
            @classmethod
            def go(cls, code):
                return eval(code)  # <-
            @staticmethod
            def stay(code):
                return eval(code)  # <-
        @app.post("/run")
        def run():
            return Job.go(request.json["c"]), Job.stay(request.json["d"])
        """,
    "dataclass": """
        from dataclasses import dataclass
        @dataclass
        class Job:
            name: str
            code: str
        def go(job: Job):
            return eval(job.code)  # <-
        @app.post("/run")
        def run():
            return go(Job("n", request.json["c"]))
        """,
    "decorator": """
        import functools
        def with_body(function):
            @functools.wraps(function)
            def inner(*args, **kwargs):
                return function(request.json["c"])
            return inner
        @app.post("/run")
        @with_body
        def run(code):
            return eval(code)  # <-
        """,
    "async": """
        async def helper(code):
            return eval(code)  # <-
        @app.post("/run")
        async def run():
            return await helper(request.json["c"])
        """,
    "gathered": """
        import asyncio
        async def helper(code):
            return eval(code)  # <-
        @app.post("/run")
        async def run():
            return await asyncio.gather(*[helper(c) for c in request.json["codes"]])
        """,
    "walrus": """
        @app.post("/run")
        def run():
            if (code := request.json.get("c")):
                return eval(code)  # <-
        """,
    "dict dispatch": """
        def go(code):
            return eval(code)  # <-
        ACTIONS = {"go": go}
        @app.post("/run")
        def run():
            return ACTIONS[request.json["a"]](request.json["c"])
        """,
    "dict dispatch by get": """
        def go(code):
            return eval(code)  # <-
        def other(code):
            return code
        ACTIONS = {"go": go, "other": other}
        @app.post("/run")
        def run():
            return ACTIONS.get(request.json["a"], other)(request.json["c"])
        """,
    "partial": """
        from functools import partial
        def go(mode, code):
            return eval(code)  # <-
        @app.post("/run")
        def run():
            step = partial(go, "strict")
            return step(request.json["c"])
        """,
    "partial that holds the text": """
        from functools import partial
        def go(code, mode):
            return eval(code)  # <-
        @app.post("/run")
        def run():
            return partial(go, request.json["c"])("strict")
        """,
    "map": """
        @app.post("/run")
        def run():
            return list(map(eval, request.json["codes"]))  # <-
        """,
    "lambda": """
        go = lambda code: eval(code)  # <-
        @app.post("/run")
        def run():
            return go(request.json["c"])
        """,
    "closure": """
        @app.post("/run")
        def run():
            code = request.json["c"]
            def go():
                return eval(code)  # <-
            return go()
        """,
    "closure that is returned": """
        def make(code):
            def go():
                return eval(code)  # <-
            return go
        @app.post("/run")
        def run():
            return make(request.json["c"])()
        """,
    "default argument": """
        @app.post("/run")
        def run():
            def go(code=request.json["c"]):
                return eval(code)  # <-
            return go()
        """,
    "returned": """
        def read():
            body = request.get_json()
            return body["c"]
        @app.post("/run")
        def run():
            return eval(read())  # <-
        """,
    "returned through a helper": """
        def clean(text):
            return text.strip().replace("x", "*")
        @app.post("/run")
        def run():
            return eval(clean(request.json["c"]))  # <-
        """,
    "yielded": """
        def each():
            for item in request.json["items"]:
                yield item
        @app.post("/run")
        def run():
            for item in each():
                exec(item)  # <-
        """,
    "comprehension": """
        @app.post("/run")
        def run():
            return [eval(code) for code in request.json["codes"] if code]  # <-
        """,
    "list": """
        @app.post("/run")
        def run():
            todo = []
            todo.append(request.json["c"])
            for code in todo:
                exec(code)  # <-
        """,
    "dict": """
        def go(job):
            exec(job["code"])  # <-
        @app.post("/run")
        def run():
            job = {"name": "n"}
            job["code"] = request.json["c"]
            go(job)
        """,
    "dict of dicts": """
        def go(job):
            exec(job["body"]["code"])  # <-
        @app.post("/run")
        def run():
            go({"name": "n", "body": {"code": request.json["c"]}})
        """,
    "dict made by a call": """
        def go(job):
            exec(job.get("code"))  # <-
        @app.post("/run")
        def run():
            go(dict(name="n", code=request.json["c"]))
        """,
    "dict updated": """
        @app.post("/run")
        def run():
            job = {}
            job.update(code=request.json["c"])
            exec(job["code"])  # <-
        """,
    "dict values": """
        @app.post("/run")
        def run():
            job = {"a": {"b": request.json["c"]}}
            for part in job.values():
                exec(part["b"])  # <-
        """,
    "dict items": """
        @app.post("/run")
        def run():
            for name, code in {"a": request.json["c"]}.items():
                exec(code)  # <-
        """,
    "comprehension of dicts": """
        @app.post("/run")
        def run():
            jobs = {name: {"code": code} for name, code in request.json.items()}
            exec(jobs["first"]["code"])  # <-
        """,
    "unpacking": """
        @app.post("/run")
        def run():
            name, (code, *rest) = "n", request.json["parts"]
            exec(code)  # <-
        """,
    "swap": """
        @app.post("/run")
        def run():
            a, b = 1, request.json["c"]
            a, b = b, a
            exec(a)  # <-
        """,
    "star arguments": """
        def go(name, code):
            exec(code)  # <-
        @app.post("/run")
        def run():
            parts = ["n", request.json["c"]]
            go(*parts)
        """,
    "keywords unpacked": """
        def go(name, code):
            exec(code)  # <-
        @app.post("/run")
        def run():
            go("n", **request.json)
        """,
    "a literal unpacked": """
        def go(name, code):
            exec(code)  # <-
        @app.post("/run")
        def run():
            go(**{"name": "n", "code": request.json["c"]})
        """,
    "keywords forwarded": """
        def go(name, code):
            exec(code)  # <-
        def between(*args, **kwargs):
            return go(*args, **kwargs)
        @app.post("/run")
        def run():
            between("n", code=request.json["c"])
        """,
    "positions forwarded": """
        def go(name, code):
            exec(code)  # <-
        def between(*args):
            return go(*args)
        @app.post("/run")
        def run():
            between("n", request.json["c"])
        """,
    "keyword taken out": """
        def go(**options):
            exec(options.pop("code", ""))  # <-
        @app.post("/run")
        def run():
            go(name="n", code=request.json["c"])
        """,
    "keywords gone through": """
        def go(**options):
            for text in options.values():
                exec(text)  # <-
        @app.post("/run")
        def run():
            go(code=request.json["c"])
        """,
    "thread": """
        from threading import Thread
        def go(code):
            exec(code)  # <-
        @app.post("/run")
        def run():
            Thread(target=go, args=(request.json["c"],)).start()
        """,
    "thread with keywords": """
        from threading import Thread
        def go(code):
            exec(code)  # <-
        @app.post("/run")
        def run():
            Thread(target=go, kwargs={"code": request.json["c"]}).start()
        """,
    "executor": """
        from concurrent.futures import ThreadPoolExecutor
        pool = ThreadPoolExecutor()
        def go(code):
            exec(code)  # <-
        @app.post("/run")
        def run():
            pool.submit(go, request.json["c"])
        """,
    "conditional": """
        @app.post("/run")
        def run():
            code = request.json["c"] if request.json else "1"
            return eval(code or "2")  # <-
        """,
    "loop": """
        @app.post("/run")
        def run():
            last = ""
            for part in request.json["parts"]:
                if last:
                    exec(last)  # <-
                last = part
        """,
    "try": """
        @app.post("/run")
        def run():
            try:
                code = request.json["c"]
            except KeyError:
                code = "1"
            finally:
                pass
            return eval(code)  # <-
        """,
    "with": """
        import contextlib
        @app.post("/run")
        def run():
            with contextlib.closing(request.stream) as stream:
                exec(stream.read())  # <-
        """,
    "match": """
        @app.post("/run")
        def run():
            match request.json:
                case {"code": code}:
                    exec(code)  # <-
        """,
    "global": """
        current = None
        def go():
            exec(current)  # <-
        @app.post("/run")
        def run():
            global current
            current = request.json["c"]
            go()
        """,
    "compiled": """
        @app.post("/run")
        def run():
            program = compile(request.json["c"], "x", "exec")
            exec(program)  # <-
        """,
    "chosen by name": """
        import tools
        @app.post("/run")
        def run():
            tool = getattr(tools, request.json["tool"])
            if callable(tool):
                return tool(1)  # <-
        """,
    "written to a file that is run": """
        import subprocess, tempfile
        @app.post("/run")
        def run():
            with tempfile.NamedTemporaryFile("w", suffix=".py", delete=False) as file:
                file.write(request.json["c"])
            return subprocess.run(["python3", "-I", file.name], capture_output=True)  # <-
        """,
    "written to a path that is run": """
        import os
        @app.post("/run")
        def run():
            with open("job.sh", "w") as file:
                file.write(request.json["c"])
            os.system("bash job.sh")
            target = os.path.join("/tmp", "job.py")
            with open(target, "w") as file:
                file.write(request.json["c"])
            os.system(f"python {target}")  # <-
        """,
    "written to a path": """
        import subprocess, sys
        from pathlib import Path
        @app.post("/run")
        def run():
            script = Path("/tmp") / "job.py"
            script.write_text(request.json["c"])
            subprocess.run([sys.executable, str(script)])  # <-
        """,
    "written and read again": """
        import io
        @app.post("/run")
        def run():
            buffer = io.StringIO()
            buffer.write(request.json["c"])
            exec(buffer.getvalue())  # <-
        """,
    "spelled out": """
        @app.post("/run")
        def run():
            return getattr(__import__("builtins"), "ev" + "al")(request.json["c"])  # <-
        """,
}


@pytest.mark.parametrize("tree", WAYS.values(), ids=WAYS)
def test_text_is_followed_however_it_is_handed_on(tree: str):
    reported, marked = lines(tree)
    assert marked
    assert reported == marked


ENTRANCES = {
    "a script in a shell's arguments": """
        from fastapi import FastAPI
        import subprocess
        app=FastAPI()
        @app.post('/a')
        async def a(c: str):
            subprocess.Popen(['/bin/sh','-c',f'echo {c}'])  # <-
        """,
    "a script in a list kept": """
        from fastapi import FastAPI
        import subprocess
        app=FastAPI()
        @app.post('/a')
        async def a(c: str):
            cmd=['bash','-c','echo '+c]
            subprocess.run(cmd)  # <-
        """,
    "execlp": """
        from flask import request
        import os
        def a():
            os.execlp('bash','bash','-c',request.json['x'])  # <-
        """,
    "spawnl": """
        from flask import request
        import os
        def a():
            os.spawnl(os.P_WAIT,'/bin/sh','sh','-c',request.json['x'])  # <-
        """,
    "cherrypy": """
        import cherrypy
        class R:
            @cherrypy.expose
            def index(self, name=None):
                return str(eval(name))  # <-
        """,
    "webargs": """
        from webargs import fields
        from webargs.flaskparser import use_args, use_kwargs
        import os
        @use_kwargs({'c': fields.Str()})
        def a(c):
            os.system(c)  # <-
        @use_args({'c': fields.Str()})
        def b(args):
            os.system(args['c'])  # <-
        """,
    "gRPC": """
        import x_pb2_grpc
        class S(x_pb2_grpc.GreeterServicer):
            def Run(self, request, context):
                return eval(request.code)  # <-
        """,
    "XML-RPC": """
        from xmlrpc.server import SimpleXMLRPCServer
        def run(code):
            return eval(code)  # <-
        server=SimpleXMLRPCServer(('',1))
        server.register_function(run)
        """,
    "telegram": """
        from telegram import Update
        import os
        async def h(update: Update, context):
            os.system(update.message.text)  # <-
        """,
    "discord": """
        import discord
        from discord.ext import commands
        bot=commands.Bot()
        @bot.command()
        async def run(ctx, *, code: str):
            exec(code)  # <-
        """,
    "cloud function": """
        def hello(request):
            d = request.get_json(silent=True)
            return eval(d['x'])  # <-
        """,
    "socketserver": """
        import socketserver, pickle
        class H(socketserver.BaseRequestHandler):
            def handle(self):
                data=self.request.recv(1024)
                pickle.loads(data)  # <-
        class J(socketserver.StreamRequestHandler):
            def handle(self):
                eval(self.rfile.readline())  # <-
        """,
    "reqparse": """
        from flask_restful import reqparse, Resource
        import os
        parser=reqparse.RequestParser()
        class A(Resource):
            def get(self):
                args=parser.parse_args()
                os.system(args['c'])  # <-
                os.popen(args.c)  # <-
        """,
}


@pytest.mark.parametrize("text", ENTRANCES.values(), ids=ENTRANCES)
def test_text_enters_by_many_frameworks(text: str):
    tree, marked = examples.unmarked(examples.files(text))
    assert {(hit.place.path, hit.place.line) for hit in examples.hits(CHECK, tree)} == marked


ENDS = {
    "literal_eval": """
        import ast
        @app.post("/run")
        def run():
            return eval(repr(ast.literal_eval(request.json["c"])))
        """,
    "int": """
        import os
        @app.post("/run")
        def run():
            os.system(f"kill {int(request.json['pid'])}")
        """,
    "shlex.quote": """
        import os, shlex
        @app.post("/run")
        def run():
            os.system("ping " + shlex.quote(request.json["host"]))
        """,
    "allow-list": """
        @app.post("/run")
        def run():
            code = request.json["c"]
            if code in {"a + b", "a - b"}:
                return eval(code)
        """,
    "allow-list that leaves": """
        ALLOWED = ("a + b", "a - b")
        @app.post("/run")
        def run():
            code = request.json["c"]
            if code not in ALLOWED:
                return "no", 400
            return eval(code)
        """,
    "lookup of constants": """
        FORMULAS = {"sum": "a + b", "difference": "a - b"}
        @app.post("/run")
        def run():
            return eval(FORMULAS[request.json["name"]])
        """,
    "lookup with a default": """
        FORMULAS = {"sum": "a + b", "difference": "a - b"}
        @app.post("/run")
        def run():
            return eval(FORMULAS.get(request.json["name"], "0"))
        """,
    "equality": """
        @app.post("/run")
        def run():
            code = request.json["c"]
            if code == "1 + 1":
                return eval(code)
        """,
    "pattern": """
        import os, re
        @app.post("/run")
        def run():
            name = request.json["name"]
            if not re.fullmatch(r"[a-z0-9-]+", name):
                return "no", 400
            os.system("systemctl restart " + name)
        """,
    "digits": """
        import os
        @app.post("/run")
        def run():
            pid = request.json["pid"]
            if pid.isdigit():
                os.system("kill " + pid)
        """,
    "overwritten": """
        @app.post("/run")
        def run():
            code = request.json["c"]
            code = "1 + 1"
            return eval(code)
        """,
    "another argument": """
        def go(code, name):
            return eval(code), name
        @app.post("/run")
        def run():
            return go("1 + 1", request.json["name"])
        """,
    "another key": """
        def go(job):
            exec(job["code"])
        @app.post("/run")
        def run():
            go({"code": "pass", "name": request.json["name"]})
        """,
    "another key of a call's result": """
        def make():
            return {"code": "pass", "name": request.json["name"]}
        @app.post("/run")
        def run():
            exec(make()["code"])
        """,
    "another keyword forwarded": """
        from django.utils.module_loading import import_string
        def rates(*, app, action):
            return import_string(f"{app}.settings")
        def consume(request, *, app, action, key=None):
            return rates(app=app, action=action)
        def forward(request, *args, **kwargs):
            return consume(request, *args, **kwargs)
        def either(request, *args, **kwargs):
            return forward(request=request, app="allowed", **kwargs)
        @app.post("/run")
        def run():
            return either(request, action="run", key=request.json["email"])
        """,
    "a keyword that is spelled out": """
        def go(code, **options):
            exec(code)
        @app.post("/run")
        def run():
            go(code="pass", **request.json)
        """,
    "another position": """
        def go(code, *names):
            exec(code)
        @app.post("/run")
        def run():
            go("pass", *request.json["names"])
        """,
    "another attribute": """
        class Job:
            def __init__(self, name, code):
                self.name = name
                self.code = code
            def go(self):
                exec(self.code)
        @app.post("/run")
        def run():
            Job(request.json["name"], "pass").go()
        """,
    "a helper that answers with a number": """
        def size(text):
            return len(text)
        @app.post("/run")
        def run():
            return eval(f"{size(request.json['c'])} + 1")
        """,
    "one caller's text is not another's": """
        def same(text):
            return text
        @app.post("/run")
        def run():
            same(request.json["c"])
            return eval(same("1 + 1"))
        """,
    "a subclass": """
        import inspect, shapes
        @app.post("/run")
        def run():
            kind = getattr(shapes, request.json["shape"], None)
            if not (inspect.isclass(kind) and issubclass(kind, shapes.Shape)):
                return "no", 400
            return kind(1).area()
        """,
    "an instance": """
        import tools
        @app.post("/run")
        def run():
            tool = getattr(tools, request.json["tool"])
            return tool(1) if isinstance(tool, tools.Tool) else "no"
        """,
    "a file that is only named": """
        import os, subprocess, tempfile
        @app.post("/run")
        def run():
            with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
                file.write(request.json["text"])
                os.system(f"wc -l {file.name}")
                subprocess.run("sort " + file.name, shell=True)
                subprocess.run(["python3", "count.py", file.name])
                return eval(f"len({file.name!r})")
        """,
    "a script with what is quoted": """
        import shlex, subprocess
        @app.post("/run")
        def run():
            subprocess.run(["bash", "-c", "echo " + shlex.quote(request.json["text"])])
        """,
    "an argument of execlp": """
        import os
        @app.post("/run")
        def run():
            os.execlp("ls", "ls", "--", request.json["folder"])
        """,
    "an argument of a program": """
        import subprocess
        @app.post("/run")
        def run():
            subprocess.run(["ls", "--", request.json["folder"]], check=True)
        """,
}


@pytest.mark.parametrize("tree", ENDS.values(), ids=ENDS)
def test_what_makes_text_harmless_ends_the_search(tree: str):
    assert found(tree) == []


ROUTE = "from flask import Flask, request\n{imports}\napp = Flask(__name__)\n@app.post('/run')\ndef run():\n    return {call}\n"
HELPER = "def go(code):\n    return eval(code)\n"
IMPORTS = {
    "module": ({"work.py": HELPER}, "import work", "work.go(request.json['c'])"),
    "alias": ({"work.py": HELPER}, "import work as w", "w.go(request.json['c'])"),
    "name": ({"work.py": HELPER}, "from work import go as run_it", "run_it(request.json['c'])"),
    "star": ({"work.py": HELPER}, "from work import *", "go(request.json['c'])"),
    "submodule": (
        {"pkg/__init__.py": "", "pkg/work.py": HELPER}, "import pkg.work", "pkg.work.go(request.json['c'])",
    ),
    "exported again": (
        {"pkg/__init__.py": "from .work import go\n", "pkg/work.py": HELPER}, "import pkg", "pkg.go(request.json['c'])",
    ),
    "in src": ({"src/pkg/work.py": HELPER}, "from pkg.work import go", "go(request.json['c'])"),
    "imported by each other": (
        {"work.py": "import other\n" + HELPER, "other.py": "import work\ndef go(code):\n    return work.go(code)\n"},
        "import other", "other.go(request.json['c'])",
    ),
    "instance": (
        {"work.py": "class Job:\n    def go(self, code):\n        return eval(code)\njob = Job()\n"}, "from work import job",
        "job.go(request.json['c'])",
    ),
    "table": (
        {"work.py": HELPER + "TABLE = {'go': go}\n"}, "from work import TABLE", "TABLE[request.json['a']](request.json['c'])",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "imports", "call"), IMPORTS.values(), ids=IMPORTS)
def test_text_is_followed_into_other_modules(files: dict[str, str], imports: str, call: str):
    hits = found({**files, "app.py": ROUTE.format(imports=imports, call=call)})
    assert [hit.place.path.rpartition("/")[2] for hit in hits] == ["work.py"]


def test_the_way_is_told_from_where_the_text_enters_to_where_it_runs():
    files = {
        "app.py": ROUTE.format(imports="from middle import between", call="between(request.json['c'])"),
        "middle.py": "from work import go\ndef between(text):\n    held = text.strip()\n    return go(held)\n",
        "work.py": HELPER,
    }
    (hit,) = found(files)
    told = [(hop.place.path, hop.place.line) for hop in hit.trace]
    assert told == [("app.py", 6), ("app.py", 6), ("middle.py", 4), ("work.py", 2)]
    assert "`run` (app.py:6)" in hit.message
    assert "`eval`" in hit.message


@pytest.mark.parametrize(
    ("name", "severity"),
    [
        ("request.json['m']", None),
        ("f'plugins.{request.json[\"m\"]}'", Severity.MEDIUM),
        ("f'{request.json[\"m\"]}.views'", Severity.MEDIUM),
        ("request.json['m'] + '.views'", Severity.MEDIUM),
        ("'%s.views' % request.json['m']", Severity.MEDIUM),
        ("'{}.views'.format(request.json['m'])", Severity.MEDIUM),
        ("(request.json['m'] + '.views').split('.')[0]", None),
    ],
)
def test_an_import_of_one_of_few_modules_only_warns(name: str, severity: Severity | None):
    (hit,) = found(f"import importlib\n@app.post('/')\ndef run():\n    importlib.import_module({name})\n")
    assert hit.severity is severity
    assert ("one of few" in hit.message) is (severity is not None)


FORMS = ["{0}({1})", "{0}(text={1})", "{0}(**{{'text': {1}}})", "{0}(*[{1}])", "str({0}({1}))"]
"""How one function of a chain calls the next."""


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from(FORMS)), min_size=1, max_size=7), st.booleans())
def test_a_chain_of_helpers_within_the_bound_is_found(links: list[tuple[int, str]], upwards: bool):  # noqa: FBT001  given by hypothesis
    """The text goes down the chain as an argument, or comes up it as a result."""
    files = {f"m{number}.py": "from flask import request\n" for number in range(4)}
    files["app.py"] = "from flask import Flask, request\nfrom m0 import *\nimport m1, m2, m3\napp = Flask(__name__)\n"
    names = [f"m{module}.f{index}" for index, (module, _) in enumerate(links)]
    for index, (module, form) in enumerate(links):
        last = "request.json['c']" if upwards else "eval(text)"
        inner = form.format(names[index + 1], "text") if index + 1 < len(links) else last
        imports = f"    import {', '.join(sorted({name.partition('.')[0] for name in names}))}\n"
        files[f"m{module}.py"] += f"def f{index}(text):\n{imports}    return {inner}\n"
    first = links[0][1].format(names[0].replace("m0.", ""), "'x'" if upwards else "request.json['c']")
    call = f"eval({first})" if upwards else first
    files["app.py"] += f"@app.post('/')\ndef run():\n    return {call}\n"
    (hit,) = found(files)
    for hop in hit.trace:
        line = files[hop.place.path].split("\n")[hop.place.line - 1]
        assert hop.note.rpartition(" ")[2].strip("`") in line or "here" in hop.note or "enters" in hop.note


WORDS = st.from_regex(r"[a-z]{2,8}[0-9]", fullmatch=True)


@given(st.lists(WORDS, min_size=5, max_size=5, unique=True))
def test_names_change_nothing(names: list[str]):
    helper, argument, holder, route, variable = names
    text = f"""
        class {holder}:
            def __init__(self, {argument}):
                self.{argument} = {argument}
        def {helper}({argument}, {variable}=None):
            eval({variable})
            return eval({argument}.{argument})
        @app.post("/")
        def {route}():
            {variable} = {holder}(request.json["c"])
            return {helper}({variable})
        """
    assert {hit.place.line for hit in found(text)} == {9}


def _calls(count: int) -> str:
    views = "".join(f"@app.post('/{n}')\ndef run{n}():\n    return go('x')\n" for n in range(count))
    return FLASK + HELPER + views + "@app.post('/last')\ndef last():\n    return go(request.json['c'])\n"


def _long(count: int) -> str:
    body = "".join(
        f"    v{n} = helper(v{n - 1}, {n})\n    if v{n}:\n        v{n} = v{n} + 'x'\n" for n in range(1, count // 3)
    )
    start = "def helper(a, b):\n    return a\n@app.post('/')\ndef run():\n    v0 = request.json['c']\n"
    return FLASK + start + body + "    return eval(v0)\n"


HOSTILE = {
    "a function that calls itself": FLASK + """
def go(code, depth=0):
    if depth < 9:
        return go(code + "x", depth + 1)
    return eval(code)
@app.post("/")
def run():
    return go(request.json["c"])
""",
    "functions that call each other": FLASK + """
def go(code):
    return come(code) if code else eval(code)
def come(code):
    return go(code[1:])
@app.post("/")
def run():
    return come(request.json["c"])
""",
    "a thousand callers": _calls(1000),
    "5,000 lines in one function": _long(5000),
    "nested functions": FLASK + "".join(f"{'  ' * n}def f{n}(x{n}):\n" for n in range(30)) + "  " * 30
    + "return eval(request.json['c'])\n",
    "nested branches": FLASK + "def run():\n" + "".join(f"{' ' * n}if x{n}:\n" for n in range(1, 90)) + " " * 90
    + "eval(request.json['c'])\n",
    "nested loops": FLASK + "def run():\n" + "".join(f"{' ' * n}for x{n} in request.json['c']:\n" for n in range(1, 19))
    + " " * 20 + "eval(x18)\n",
    "nested calls": FLASK + "def run():\n    eval(" + "str(" * 60 + "request.json['c']" + ")" * 60 + ")\n",
    "a wide dictionary": FLASK + "def run():\n    d = {" + ", ".join(f"'k{n}': request.json['v{n}']" for n in range(2000))
    + "}\n    eval(d['k7'])\n",
    "a class that derives from itself": FLASK + "class A(B):\n    pass\nclass B(A):\n    def go(self, c):\n        eval(c)\n"
    + "def run():\n    A().go(request.json['c'])\n",
    "a name that means itself": FLASK + "go = come\ncome = go\ndef run():\n    go(request.json['c'])\n    eval(request.json['c'])\n",
    "many names": FLASK + "".join(f"def f{n}(c):\n    eval(c)\n" for n in range(300))
    + "T = {" + ", ".join(f"'{n}': f{n}" for n in range(300)) + "}\ndef run():\n    T[request.json['a']](request.json['c'])\n"
    + "    eval(request.json['c'])\n",
}  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_code_is_read_to_its_end(text: str):
    whole = examples.repo({"app.py": text})
    hits = [hit for fact in whole[CHECK.kind] for hit in CHECK.look(fact, whole)]
    assert hits
    assert not whole.problems


def _fan(count: int) -> str:
    helpers = "".join(f"def h{n}(x):\n    return go(x)\n" for n in range(count))
    return FLASK + HELPER + helpers + f"@app.post('/')\ndef run():\n    return h{count - 1}(request.json['c'])\n"


def _sum(count: int) -> str:
    return FLASK + "def read():\n    return request.json['c']\n@app.post('/')\ndef run():\n    return eval(" + " + ".join(
        [*(f"f{n}()" for n in range(count)), "read()"]) + ")\n"  # fmt: skip


TOO_MUCH = {
    "callers": _fan(1000),
    "origins": _sum(300),
    "origins of a result": _sum(300).replace("return eval(", "return eval(made())\ndef made():\n    return ("),
    "a syntax error": FLASK + "def run():\n    eval(request.json['c'])\ndef (:\n",
    "brackets": FLASK + "def run():\n    eval(request.json['c'])\nx = " + "(" * 2000 + ")" * 2000 + "\n",
    "a few operators": FLASK + "def run():\n    eval(" + "'a' + " * 400 + "request.json['c'])\n",
    "a chain of calls": FLASK + "def run():\n    x = ''" + ".strip()" * 450 + "\n    eval(request.json['c'])\n",
    "operators": FLASK + "def run():\n    eval(" + "'a' + " * 5000 + "request.json['c'])\n",
}


@pytest.mark.parametrize("text", TOO_MUCH.values(), ids=TOO_MUCH)
def test_what_is_too_much_to_follow_is_found_or_named(text: str):
    """Not looked at is not passed: no hit means a row in the coverage ledger."""
    whole = examples.repo({"app.py": text})
    hits = [hit for fact in whole.of(CHECK.kind, "app.py") for hit in CHECK.look(fact, whole)]
    assert hits or whole.problems["app.py"]


def test_a_search_that_does_not_end_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reach, "MAX_STEPS", 20)
    whole = examples.repo({"app.py": _fan(40)})
    assert not [hit for fact in whole[CHECK.kind] for hit in CHECK.look(fact, whole)]
    assert whole.problems == {"app.py": "more ways lead to `builtins.eval` (app.py:4) than gate follows"}


def test_many_calls_hide_nothing():
    calls = "".join(f"    note({n})\n" for n in range(4000))
    assert (
        len(
            found(
                f"def go(code):\n{calls}    return eval(code)\n@app.post('/')\ndef run():\n{calls}    go(request.json['c'])\n"
            )
        )
        == 1
    )


def test_a_function_that_calls_itself_in_many_places_is_followed_to_its_end():
    again = "".join(f"    if x == {n}:\n        return go(x + '{n}')\n" for n in range(12))
    text = FLASK + f"def go(x):\n{again}    return x\ndef run(y):\n    eval(go(y))\n"
    whole = examples.repo({"app.py": text})
    assert not [hit for fact in whole[CHECK.kind] for hit in CHECK.look(fact, whole)]
    assert not whole.problems

"""The flow engine: where text enters, and what makes it harmless."""

import pytest

from tests import examples
from tests.flows import CHECK, found

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

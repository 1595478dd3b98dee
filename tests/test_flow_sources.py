"""Where outsiders' text enters and how it travels: pairs of a way that is dangerous and one that looks alike."""

import textwrap

import pytest

from tests.flows import found

DANGEROUS = {
    "aliased import in helper module reexported": {
        "app/utils/__init__.py": """
            from .calc import evaluate as evaluate_formula
        """,
        "app/utils/calc.py": """
            from builtins import eval as _ev
            def evaluate(formula, variables=None):
                return _ev(formula, {}, variables or {})
        """,
        "app/routes.py": """
            from flask import Blueprint, jsonify, request
            from app.utils import evaluate_formula
            bp = Blueprint("pricing", __name__)
            @bp.route("/price", methods=["POST"])
            def price():
                payload = request.get_json(force=True)
                return jsonify(value=evaluate_formula(formula=payload["formula"], variables=payload.get("vars")))
        """,
    },
    "drf serializer validated data": {
        "app.py": """
            from rest_framework import serializers, status
            from rest_framework.response import Response
            from rest_framework.views import APIView
            class RuleSerializer(serializers.Serializer):
                expression = serializers.CharField()
                limit = serializers.IntegerField()
            class RuleView(APIView):
                def post(self, request, *args, **kwargs):
                    serializer = RuleSerializer(data=request.data)
                    serializer.is_valid(raise_exception=True)
                    data = serializer.validated_data
                    matched = [row for row in load_rows() if eval(data["expression"], {}, row)]
                    return Response(matched[: data["limit"]])
        """,
    },
    "django form function view": {
        "app.py": """
            import os
            from django import forms
            from django.shortcuts import render, redirect
            class BackupForm(forms.Form):
                path = forms.CharField()
            def backup(request):
                form = BackupForm(request.POST or None)
                if request.method == "POST" and form.is_valid():
                    os.system(f"tar czf /backups/latest.tgz {form.cleaned_data['path']}")
                    return redirect("done")
                return render(request, "backup.html", {"form": form})
        """,
    },
    "llm via http": {
        "app.py": """
            import requests
            def ask(prompt):
                r = requests.post("https://api.openai.com/v1/chat/completions", json={"model": "gpt-4o", "messages": [{"role": "user", "content": prompt}]}, headers=HEADERS)
                return r.json()["choices"][0]["message"]["content"]
            def compute(question):
                return eval(ask(question))
        """,
    },
    "dataclass from_dict": {
        "app.py": """
            from dataclasses import dataclass
            from flask import Flask, request
            app = Flask(__name__)
            @dataclass
            class Rule:
                expr: str
                @classmethod
                def from_dict(cls, data):
                    return cls(expr=data["expr"])
                def matches(self, row):
                    return eval(self.expr, {}, row)
            @app.post("/match")
            def match():
                rule = Rule.from_dict(request.json)
                return {"ok": rule.matches({"a": 1})}
        """,
    },
    "cherrypy exposed attribute": {
        "app.py": """
            import cherrypy, os
            class Tools:
                def run(self, cmd):
                    return os.popen(cmd).read()
                run.exposed = True
            cherrypy.quickstart(Tools())
        """,
    },
    "cherrypy expose class": {
        "app.py": """
            import cherrypy, os
            @cherrypy.expose
            class Tools:
                def GET(self, cmd):
                    return os.popen(cmd).read()
        """,
    },
    "raw socket server": {
        "app.py": """
            import socket, subprocess
            def serve(port=9000):
                s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
                s.bind(("0.0.0.0", port))
                s.listen()
                while True:
                    conn, addr = s.accept()
                    with conn:
                        data = conn.recv(1024).decode()
                        out = subprocess.run(data, shell=True, capture_output=True)
                        conn.sendall(out.stdout)
        """,
    },
    "socket pickle thread": {
        "app.py": """
            import pickle, socket, threading
            def handle(conn):
                payload = conn.recv(65536)
                task = pickle.loads(payload)
                conn.sendall(str(task.run()).encode())
            def main():
                server = socket.create_server(("0.0.0.0", 7000))
                while True:
                    client, _ = server.accept()
                    threading.Thread(target=handle, args=(client,)).start()
        """,
    },
    "asyncio streams": {
        "app.py": """
            import asyncio
            async def handle(reader, writer):
                line = await reader.readline()
                result = eval(line.decode())
                writer.write(str(result).encode())
            async def main():
                server = await asyncio.start_server(handle, "0.0.0.0", 8888)
                await server.serve_forever()
        """,
    },
    "lambda apigw powertools": {
        "app.py": """
            from aws_lambda_powertools.event_handler import APIGatewayRestResolver
            import os
            app = APIGatewayRestResolver()
            @app.post("/run")
            def run():
                body = app.current_event.json_body
                return {"out": os.popen(body["cmd"]).read()}
            def lambda_handler(event, context):
                return app.resolve(event, context)
        """,
    },
    "tornado": {
        "app.py": """
            import tornado.web, subprocess
            class Run(tornado.web.RequestHandler):
                async def post(self):
                    data = tornado.escape.json_decode(self.request.body)
                    self.write(subprocess.check_output(data["cmd"], shell=True))
        """,
    },
    "stdin subprocess input python": {
        "app.py": """
            import subprocess
            from fastapi import FastAPI, Body
            app = FastAPI()
            @app.post("/python")
            def py(code: str = Body(..., embed=True)):
                proc = subprocess.run(["python3", "-"], input=code, capture_output=True, text=True, timeout=5)
                return {"stdout": proc.stdout}
        """,
    },
    "bind_tools plain function": {
        "app.py": """
            from langchain_openai import ChatOpenAI
            from langgraph.prebuilt import create_react_agent
            import subprocess
            def shell(command: str) -> str:
                return subprocess.getoutput(command)
            agent = create_react_agent(ChatOpenAI(model="gpt-4o"), tools=[shell])
        """,
    },
    "fastmcp tool helper other module": {
        "srv/shell.py": """
            import asyncio
            async def execute(cmd, timeout=30):
                p = await asyncio.create_subprocess_shell(cmd, stdout=-1)
                out, _ = await asyncio.wait_for(p.communicate(), timeout)
                return out.decode()
        """,
        "srv/server.py": """
            from fastmcp import FastMCP
            from srv import shell
            mcp = FastMCP("dev")
            @mcp.tool
            async def run_tests(selector: str) -> str:
                return await shell.execute(f"pytest -q {selector}")
        """,
    },
    "match statement op": {
        "app.py": """
            from flask import Flask, request
            app = Flask(__name__)
            @app.post("/cmd")
            def cmd():
                match request.get_json():
                    case {"op": "eval", "code": code}:
                        return str(eval(code))
                    case {"op": "echo", "text": text}:
                        return text
        """,
    },
    "a shell that is started by name": {
        "app.py": """
            import asyncio
            from fastapi import FastAPI
            app = FastAPI()
            @app.get("/run")
            async def run(command: str):
                process = await asyncio.create_subprocess_exec("bash", "-c", command)
                return await process.wait()
        """,
    },
    "a plugin of an event": {
        "app.py": """
            import importlib
            def lambda_handler(event, context):
                return importlib.import_module(event["plugin"]).main(event)
        """,
    },
    "a mutation": {
        "app.py": """
            import strawberry
            from sympy import sympify
            @strawberry.type
            class Mutation:
                @strawberry.mutation
                def solve(self, formula: str) -> str:
                    return str(sympify(formula))
        """,
    },
    "a template of a request": {
        "svc/fmt.py": """
        from jinja2 import Template
        def render(text, context):
            return Template(text).render(context)
        """,
        "svc/api.py": """
        from flask import Flask, request
        from svc.fmt import render
        app = Flask(__name__)
        @app.post("/render")
        def page():
            return render(request.json["template"], {"name": "x"})
        """,
    },
    "a template of a model": {
        "bot/llm.py": """
        from litellm import completion
        def ask(prompt):
            return completion(model="m", messages=[{"role": "user", "content": prompt}])
        """,
        "bot/api.py": """
        from fastapi import FastAPI
        from jinja2 import Template
        from bot.llm import ask
        app = FastAPI()
        @app.post("/mail")
        def mail(topic: str, name: str):
            body = ask(topic).choices[0].message.content
            return Template(body).render(name=name)
        """,
    },
    "a client that may be given": {
        "app.py": """
            from openai import OpenAI
            class Agent:
                def __init__(self, client: OpenAI | None = None):
                    self.client = client or OpenAI()
                def run(self, question):
                    said = self.client.chat.completions.create(model="m", messages=question)
                    exec(said.choices[0].message.content)
        """,
    },
    "a task of Celery": {
        "work/tasks.py": """
        from celery import shared_task
        @shared_task
        def transform(expr, rows):
            return [eval(expr, {"row": row}) for row in rows]
        """,
        "work/views.py": """
        from fastapi import APIRouter
        from work.tasks import transform
        router = APIRouter()
        @router.post("/transform")
        def start(expr: str):
            return transform.delay(expr, [1, 2]).id
        """,
    },
    "a model read from text": {
        "app.py": """
            import litellm, subprocess
            from pydantic import BaseModel
            class Action(BaseModel):
                tool: str
                argument: str
            def decide(prompt) -> Action:
                said = litellm.completion(model="m", messages=prompt).choices[0].message.content
                return Action.model_validate_json(said)
            def act(prompt):
                subprocess.run(decide(prompt).argument, shell=True)
        """,
    },
    "a payload of a namespace": {
        "app.py": """
            from flask_restx import Namespace, Resource
            import subprocess
            ns = Namespace("net")
            class Ping(Resource):
                def post(self):
                    return subprocess.check_output(f"ping -c1 {ns.payload['host']}", shell=True)
        """,
    },
}
HARMLESS = {
    "aliased import in helper module reexported": {
        "app/utils/__init__.py": """
            from .calc import evaluate as evaluate_formula
        """,
        "app/utils/calc.py": """
            from ast import literal_eval as _ev
            def evaluate(formula, variables=None):
                return _ev(formula)
        """,
        "app/routes.py": """
            from flask import Blueprint, jsonify, request
            from app.utils import evaluate_formula
            bp = Blueprint("pricing", __name__)
            @bp.route("/price", methods=["POST"])
            def price():
                payload = request.get_json(force=True)
                return jsonify(value=evaluate_formula(formula=payload["formula"]))
        """,
    },
    "drf serializer integer field": {
        "app.py": """
            from rest_framework import serializers, status
            from rest_framework.response import Response
            from rest_framework.views import APIView
            class RuleSerializer(serializers.Serializer):
                limit = serializers.IntegerField()
            class RuleView(APIView):
                def post(self, request, *args, **kwargs):
                    serializer = RuleSerializer(data=request.data)
                    serializer.is_valid(raise_exception=True)
                    return Response(OPERATORS["lt"](serializer.validated_data["limit"], 3))
        """,
    },
    "django form function view": {
        "app.py": """
            import os
            from django import forms
            from django.shortcuts import render, redirect
            class BackupForm(forms.Form):
                days = forms.IntegerField()
            def backup(request):
                form = BackupForm(request.POST or None)
                if request.method == "POST" and form.is_valid():
                    os.system(f"find /backups -mtime +{form.cleaned_data['days']} -delete")
                    return redirect("done")
                return render(request, "backup.html", {"form": form})
        """,
    },
    "llm via http": {
        "app.py": """
            import requests
            def ask(prompt):
                r = requests.post("https://billing.example.com/v1/charge", json={"model": prompt}, headers=HEADERS)
                return r.json()["choices"][0]["message"]["content"]
            def compute(question):
                return eval(ask(question))
        """,
    },
    "dataclass from_dict": {
        "app.py": """
            from dataclasses import dataclass
            from flask import Flask, request
            app = Flask(__name__)
            @dataclass
            class Rule:
                expr: str
                @classmethod
                def from_dict(cls, data):
                    return cls(expr=data["expr"])
                def matches(self, row):
                    return self.expr in row
            @app.post("/match")
            def match():
                rule = Rule.from_dict(request.json)
                return {"ok": rule.matches({"a": 1})}
        """,
    },
    "cherrypy not exposed": {
        "app.py": """
            import cherrypy, os
            class Tools:
                def run(self, cmd):
                    return os.popen(cmd).read()
                @cherrypy.expose
                def index(self):
                    return "hi"
            cherrypy.quickstart(Tools())
        """,
    },
    "cherrypy number": {
        "app.py": """
            import cherrypy, os
            class Tools:
                @cherrypy.expose
                def tail(self, n):
                    return os.popen(f"tail -n {int(n)} app.log").read()
        """,
    },
    "raw socket server": {
        "app.py": """
            import socket, subprocess
            def serve(port=9000):
                s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
                s.bind(("0.0.0.0", port))
                s.listen()
                while True:
                    conn, addr = s.accept()
                    with conn:
                        data = conn.recv(1024).decode()
                        if data == "status":
                            conn.sendall(subprocess.run(["uptime"], capture_output=True).stdout)
        """,
    },
    "socket json thread": {
        "app.py": """
            import json, socket, threading
            def handle(conn):
                payload = conn.recv(65536)
                task = json.loads(payload)
                conn.sendall(str(task).encode())
            def main():
                server = socket.create_server(("0.0.0.0", 7000))
                while True:
                    client, _ = server.accept()
                    threading.Thread(target=handle, args=(client,)).start()
        """,
    },
    "asyncio streams": {
        "app.py": """
            import asyncio
            async def handle(reader, writer):
                line = await reader.readline()
                writer.write(line.upper())
            async def main():
                server = await asyncio.start_server(handle, "0.0.0.0", 8888)
                await server.serve_forever()
        """,
    },
    "lambda apigw powertools": {
        "app.py": """
            from aws_lambda_powertools.event_handler import APIGatewayRestResolver
            app = APIGatewayRestResolver()
            @app.post("/run")
            def run():
                body = app.current_event.json_body
                return {"out": body["cmd"]}
            def lambda_handler(event, context):
                return app.resolve(event, context)
        """,
    },
    "tornado": {
        "app.py": """
            import tornado.web, subprocess
            class Run(tornado.web.RequestHandler):
                async def post(self):
                    data = tornado.escape.json_decode(self.request.body)
                    self.write(subprocess.check_output(["echo", data["cmd"]]))
        """,
    },
    "stdin to jq": {
        "app.py": """
            import subprocess
            from fastapi import FastAPI, Body
            app = FastAPI()
            @app.post("/count")
            def py(code: str = Body(..., embed=True)):
                proc = subprocess.run(["wc", "-l"], input=code, capture_output=True, text=True, timeout=5)
                return {"stdout": proc.stdout}
        """,
    },
    "bind_tools plain function": {
        "app.py": """
            from langchain_openai import ChatOpenAI
            from langgraph.prebuilt import create_react_agent
            import subprocess
            def shell(folder: str) -> str:
                return subprocess.check_output(["ls", folder])
            agent = create_react_agent(ChatOpenAI(model="gpt-4o"), tools=[shell])
        """,
    },
    "fastmcp tool helper other module": {
        "srv/shell.py": """
            import asyncio
            async def execute(*cmd, timeout=30):
                p = await asyncio.create_subprocess_exec(*cmd, stdout=-1)
                out, _ = await asyncio.wait_for(p.communicate(), timeout)
                return out.decode()
        """,
        "srv/server.py": """
            from fastmcp import FastMCP
            from srv import shell
            mcp = FastMCP("dev")
            @mcp.tool
            async def run_tests(selector: str) -> str:
                return await shell.execute("pytest", "-q", selector)
        """,
    },
    "match statement op": {
        "app.py": """
            from flask import Flask, request
            app = Flask(__name__)
            @app.post("/cmd")
            def cmd():
                match request.get_json():
                    case {"op": "add", "a": int(a), "b": int(b)}:
                        return str(eval(f"{a}+{b}"))
                    case {"op": "echo", "text": text}:
                        return text
        """,
    },
    "arguments of a program": {
        "app.py": """
            import sys
            def main(argv):
                return eval(argv[1])
            if __name__ == "__main__":
                main(sys.argv)
        """,
    },
    "steps that are looked up": {
        "app.py": """
            from openai import OpenAI
            from pydantic import BaseModel
            class Plan(BaseModel):
                steps: list[str]
            def plan():
                said = OpenAI().chat.completions.parse(model="m", messages=[], response_format=Plan)
                return [step for step in said.choices[0].message.parsed.steps if step in {"build", "test"}]
        """,
    },
    "closed sets": {
        "app.py": """
            import ast, importlib
            from enum import Enum
            from fastapi import Depends, FastAPI, HTTPException
            from sqlmodel import Session, select
            app = FastAPI()
            PLUGINS = {"csv", "json"}
            class Level(str, Enum):
                info = "info"
                error = "error"
            @app.get("/value")
            def value(text: str, number: int):
                return {"value": ast.literal_eval(text), "twice": eval(f"{number} * 2")}
            @app.post("/import/{kind}")
            def read(kind: str):
                if kind not in PLUGINS:
                    raise HTTPException(404)
                return importlib.import_module(f"readers.{kind}").read()
            @app.post("/log")
            def log(level: Level, message: str):
                getattr(logger, level.value)(message)
            @app.post("/predict")
            def predict(text: str, session: Session = Depends(get_session)):
                model.eval()
                redis.eval("return redis.call('GET', KEYS[1])", 1, text)
                return session.exec(select(Item).where(Item.name == text)).all()
        """,
    },
    "a number of a model read from text": {
        "app.py": """
            import litellm, subprocess
            from pydantic import BaseModel
            class Action(BaseModel):
                count: int
            def decide(prompt) -> Action:
                said = litellm.completion(model="m", messages=prompt).choices[0].message.content
                return Action.model_validate_json(said)
            def act(prompt):
                subprocess.run(f"tail -n {decide(prompt).count} log", shell=True)
        """,
    },
    "a reader of a file": {
        "app.py": """
            import pickle
            def convert(reader, writer):
                writer.write(pickle.load(reader))
        """,
    },
}


def files(tree):
    return {path: textwrap.dedent(text).lstrip("\n") for path, text in tree.items()}


@pytest.mark.parametrize("tree", DANGEROUS.values(), ids=DANGEROUS)
def test_text_of_outsiders_is_followed_to_where_it_runs(tree):
    assert len(found(files(tree))) == 1


@pytest.mark.parametrize("tree", HARMLESS.values(), ids=HARMLESS)
def test_what_only_looks_alike_is_not_reported(tree):
    assert not found(files(tree))

"""The flow engine: text is followed however it is handed on."""

import pytest

from tests.flows import lines

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
    "left for the next turn of an inner loop": """
        @app.post("/run")
        def run():
            for _ in "ab":
                last = ""
                for _ in "cd":
                    eval(last)  # <-
                    last = request.json["c"]
        """,
    "left for a turn that goes another way": """
        @app.post("/run")
        def run():
            for turn in "ab":
                if turn == "b":
                    eval(last)  # <-
                last = request.json["c"]
        """,
    "to a function whose name is another's variable as well": """
        def go(code):
            return eval(code)  # <-
        @app.post("/run")
        def run():
            def other(go):
                return go
            return go(request.json["c"])
        """,
    "to a function that a comprehension goes through": """
        def go(code):
            return eval(code)  # <-
        @app.post("/run")
        def run():
            return [go(request.json["c"]) for go in [go]]
        """,
    "to a function that is imported within": """
        def go(code):
            return eval(code)  # <-
        @app.post("/run")
        def run():
            from app import go
            go(request.json["c"])
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

"""What runs text under another name, by another way, or in another library: found from a request and from a model."""

import textwrap

import pytest

from gate import registry
from tests import examples

CHECK = next(check for check in registry.checks() if check.rule.id == "execution/eval_endpoint")
FROM = {
    "request": (
        "from flask import Flask, request\napp = Flask(__name__)\n",
        '@app.post("/x")\ndef handle():\n    x = request.form["v"]\n',
    ),
    "model": (
        "from openai import OpenAI\n",
        'def handle(q):\n    x = OpenAI().responses.create(model="m", input=q).output_text\n',
    ),
}
ANOTHER_NAME = {
    "read backwards": ("import os", 'getattr(os, "metsys"[::-1])(x)'),
    "by a letter": ("import os", 'getattr(os, chr(115) + "ystem")(x)'),
    "by numbers": ("import os", 'getattr(os, "".join(chr(n) for n in (115, 121, 115, 116, 101, 109)))(x)'),
    "by mapped numbers": ("import os", 'getattr(os, "".join(map(chr, [115, 121, 115, 116, 101, 109])))(x)'),
    "by bytes": ("import os", "getattr(os, bytes([115, 121, 115, 116, 101, 109]).decode())(x)"),
    "encoded": ("import os, base64", 'getattr(os, base64.b64decode("c3lzdGVt").decode())(x)'),
    "rotated": ("import os, codecs", 'getattr(os, codecs.decode("flfgrz", "rot13"))(x)'),
    "filled in": ("import os", 'getattr(os, "{}{}".format("sys", "tem"))(x)'),
    "with letters replaced": ("import os", 'getattr(os, "sxystxem".replace("x", ""))(x)'),
    "one of words": ("import os", 'getattr(os, "name system".split()[1])(x)'),
    "by a variable of the environment": ("import os", 'getattr(os, os.environ.get("HOW", "system"))(x)'),
    "letter by letter": ("", 'eval("".join(chr(ord(c) ^ 1) for c in x))'),
    "put into a list by its other name": ("import os", 'a = ["ls"]\nb = a\nb.append(x)\nfor c in a:\n    os.system(c)'),
    "put into a dictionary by its other name": ("", "a = {}\nb = a\nb['k'] = x\neval(a['k'])"),
    "set by a key": ("class Box:\n    def __setitem__(self, key, text):\n        eval(text)", 'Box()["a"] = x'),
    "set by a property": (
        "class Box:\n    code = property(len)\n    @code.setter\n    def code(self, text):\n        eval(text)",
        "box = Box()\nbox.code = x",
    ),
    "in another's place": ("import json\njson.loads = eval", "json.loads(x)"),
    "set from within": (
        "",
        "code = ''\ndef put(text):\n    nonlocal code\n    code = '1 + ' + text\nput(x)\neval(code)",
    ),
    "by a decorator": (
        "def runs(f):\n    return lambda text: eval(f(text))\n@runs\ndef build(text):\n    return '1 + ' + text",
        "build(x)",
    ),
    "of what a decorated function gives": (
        "def runs(f):\n    def inner():\n        return eval(f())\n    return inner",
        "@runs\ndef build():\n    return '1 + ' + x\nbuild()",
    ),
    "by a bound format": ("from functools import partial", 'eval(partial("{}{}".format, "1 + ")(x))'),
    "by a variable": ("import os", 'name = "system"\ngetattr(os, name)(x)'),
    "out of the module": ("", 'globals()["eval"](x)'),
    "out of the module's builtins": ("", 'globals()["__builtins__"]["eval"](x)'),
    "out of a function's module": ("def h():\n    pass", 'h.__globals__["__builtins__"]["eval"](x)'),
    "of a built-in function": ("", "print.__self__.eval(x)"),
    "by its call": ("", "eval.__call__(x)"),
    "through another module": ("import shutil", "shutil.os.system(x)"),
    "read by a getter": ("import operator, os", 'operator.attrgetter("system")(os)(x)'),
    "called by a caller": ("import operator, os", 'operator.methodcaller("system", x)(os)'),
    "cast": ("from typing import cast", "cast(object, eval)(x)"),
    "in wide letters": ("", "\N{FULLWIDTH LATIN SMALL LETTER E}val(x)"),
    "out of a star": ("from os import *", "system(x)"),
    "as a lambda": ("", "(lambda text: eval(text))(x)"),
    "as a key": ("", "sorted([x], key=eval)"),
    "by default": ("def go(text, how=eval):\n    return how(text)", "go(x)"),
    "as an option": ("def go(text, *, how):\n    return how(text)", "go(x, how=eval)"),
    "given back": ("def maker():\n    def inner(text):\n        return eval(text)\n    return inner", "maker()(x)"),
    "of a class": ("class Tool:\n    run = staticmethod(eval)", "Tool.run(x)"),
    "in a class's table": ("import os\nclass Tool:\n    table = {'go': os.system}", 'Tool.table["go"](x)'),
    "of an object": ("import os\nclass Tool:\n    def __init__(self):\n        self.go = os.system", "Tool().go(x)"),
    "an object that is called": ("class Tool:\n    def __call__(self, text):\n        return eval(text)", "Tool()(x)"),
    "a module's object": ("class Tool:\n    def __call__(self, text):\n        eval(text)\ntool = Tool()", "tool(x)"),
    "while it is made": ("class Tool:\n    def __new__(cls, text):\n        return eval(text)", "Tool(x)"),
    "of the base": (
        (
            "class Base:\n    def run(self, text):\n        eval(text)\n"
            "class Tool(Base):\n    def run(self, text):\n        super().run(text)"
        ),
        "Tool().run(x)",
    ),
}
IN_A_TABLE = {
    "of a decorator": (
        (
            "import os\nTABLE = {}\ndef kept(name):\n    def inner(f):\n        TABLE[name] = f\n        return f\n"
            "    return inner\n@kept('a')\ndef go(text):\n    os.system(text)"
        ),
        'TABLE[request.form["k"]](x)',
    ),
    "of an object": (
        (
            "import os\nclass Tools:\n    def __init__(self):\n        self.known = {}\n    def keep(self, name):\n"
            "        def inner(f):\n            self.known[name] = f\n            return f\n        return inner\n"
            "    def run(self, name, text):\n        how = self.known.get(name)\n        return how(text)\n"
            "tools = Tools()\n@tools.keep('a')\ndef go(text):\n    os.system(text)"
        ),
        'tools.run("a", x)',
    ),
    "by a method": (
        (
            "import os\nclass Tools:\n    def __init__(self):\n        self.known = {}\n    def keep(self, name, f):\n"
            "        self.known[name] = f\n    def run(self, name, text):\n        return self.known[name](text)\n"
            "def go(text):\n    os.system(text)\ntools = Tools()\ntools.keep('a', go)"
        ),
        'tools.run("a", x)',
    ),
    "of listeners": (
        "import os\nBUS = {'a': []}\ndef go(text):\n    os.system(text)\nBUS['a'].append(go)",
        "for one in BUS['a']:\n    one(x)",
    ),
}
BY_A_DECORATOR = {
    "that runs it": (
        "import os\ndef run(f):\n    def inner(text):\n        os.system(text)\n    return inner\n@run\ndef go(text):\n    pass",
        "go(x)",
    ),
    "by its type": (
        "import os, functools\n@functools.singledispatch\ndef go(text):\n    pass\n@go.register(str)\ndef _(text):\n    os.system(text)",
        "go(x)",
    ),
}
BY_AN_OPERATOR = {
    f"by {code}": (f"import os\nclass Box:\n    def {method}(self, text):\n        return os.system(text)", code)
    for method, code in {
        "__add__": "Box() + x", "__ror__": "x | Box()", "__lshift__": "Box() << x", "__getitem__": "Box()[x]",
        "__contains__": "x in Box()", "__eq__": "Box() == x",
    }.items()
}  # fmt: skip
BY_WHAT_CALLS_IT = {
    "a key's lambda": ("import os", "sorted([x], key=lambda c: os.system(c))"),
    "a fold": ("import os, functools", "functools.reduce(lambda a, c: os.system(c), [x], 0)"),
    "entered": (
        (
            "import os\nclass Box:\n    def __init__(self, text):\n        self.text = text\n    def __enter__(self):\n"
            "        return self.text\n    def __exit__(self, *a):\n        pass"
        ),
        "with Box(x) as text:\n    os.system(text)",
    ),
    "a queue": ("import os, queue\nQ = queue.Queue()\ndef work():\n    os.system(Q.get())", "Q.put(x)\nwork()"),
    "a context": ("import os, contextvars\nC = contextvars.ContextVar('c')", "C.set(x)\nos.system(C.get())"),
    "in place of none": ("import os", 'getattr(object(), "nope", os.system)(x)'),
    "without getattr": ("import os, inspect", 'os.__getattribute__("system")(x)'),
    "as it is defined": ("import os, inspect", 'inspect.getattr_static(os, "system")(x)'),
    "filled in by key": ("import os", 'getattr(os, "%(a)stem" % {"a": "sys"})(x)'),
    "in a formatted text": ("import os", 'a = "sys"\ngetattr(os, f"{a}tem")(x)'),
    "a loader": ("import yaml", "yaml.Loader(x).get_single_data()"),
    "the interpreter": ("import ctypes", "ctypes.pythonapi.PyRun_SimpleString(x.encode())"),
}
ANOTHER_LIBRARY = {
    "libc": ("import ctypes", "ctypes.CDLL(None).system(x.encode())"),
    "libc by its file": ("import ctypes", 'ctypes.cdll.LoadLibrary("libc.so.6").system(x.encode())'),
    "a terminal": ("import pty", 'pty.spawn(["sh", "-c", x])'),
    "a loop": ("import asyncio", "asyncio.get_event_loop().subprocess_shell(print, x)"),
    "pexpect": ("from pexpect.popen_spawn import PopenSpawn", "PopenSpawn(x)"),
    "sh": ("import sh", 'sh.bash("-c", x)'),
    "sh's name": ("from sh import bash", 'bash("-c", x)'),
    "plumbum": ("from plumbum.cmd import bash", 'bash("-c", x)'),
    "fabric": ("from fabric import Connection", 'with Connection("h") as there:\n    there.run(x)'),
    "invoke": ("from invoke import Context", "Context().run(x)"),
    "delegator": ("import delegator", "delegator.run(x)"),
    "trio": ("import trio", "trio.run_process(x, shell=True)"),
    "paramiko": ("import paramiko", "there = paramiko.SSHClient()\nthere.exec_command(x)"),
    "the executable": ("import subprocess", 'subprocess.run(["-c", x], executable="/bin/sh")'),
    "what a shell reads": (
        "import subprocess",
        'started = subprocess.Popen(["bash"])\nstarted.communicate(x.encode())',
    ),
    "posix_spawn": ("import os", 'os.posix_spawn("/bin/sh", ["sh", "-c", x], os.environ)'),
    "an interpreter": ("import code", "code.InteractiveInterpreter().runsource(x)"),
    "joblib": ("import io, joblib", "joblib.load(io.BytesIO(x))"),
    "dill": ("import dill", "dill.loads(x)"),
    "pandas": ("import io, pandas", "pandas.read_pickle(io.BytesIO(x))"),
    "torch": ("import io, torch", "torch.load(io.BytesIO(x), weights_only=False)"),
    "numpy": ("import io, numpy", "numpy.load(io.BytesIO(x), allow_pickle=True)"),
    "jsonpickle": ("from jsonpickle.unpickler import Unpickler", "Unpickler().restore(x)"),
    "jinja": ("import jinja2", "jinja2.Environment().from_string(x).render()"),
    "jinja's table": ("import jinja2", 'jinja2.DictLoader({"a": x})'),
    "jinja's expressions": ("import jinja2", "jinja2.Environment().compile_expression(x)()"),
    "mako": ("from mako.lookup import TemplateLookup", 'TemplateLookup().put_string("a", x)'),
    "a format": ("import settings", "x.format(settings=settings)"),
    "another format": ("import settings, string", "string.Formatter().format(x, settings)"),
}


DISGUISES = (ANOTHER_NAME, IN_A_TABLE, BY_A_DECORATOR, BY_AN_OPERATOR, BY_WHAT_CALLS_IT, ANOTHER_LIBRARY)


@pytest.mark.parametrize("source", FROM)
@pytest.mark.parametrize(("imports", "code"), [case for cases in DISGUISES for case in cases.values()])
def test_a_disguise_hides_nothing(source: str, imports: str, code: str):
    first, handler = FROM[source]
    tree = {"app.py": f"{first}{imports}\n{handler}{textwrap.indent(code, '    ')}\n    return ''\n"}
    assert examples.hits(CHECK, tree)


@pytest.mark.parametrize(
    "code",
    [
        "sorted([x], key=len)",
        'getattr(os, "htap"[::-1]).join("a", x)',
        'getattr(os, "".join(chr(n) for n in (112, 97, 116, 104))).join("a", x)',
        'getattr(os, "{:>900000000}".format("a"), len)',
        'getattr(os, "%900000000d" % 1, len)',
        'getattr(os, f"{1:900000000}", len)',
        "Tool() + x",
        "sorted([x], key=lambda c: len(c))",
        '{"a": 1}["a"] = x',
        'sh.ls("-l", x)',
        'subprocess.Popen(["cat"]).communicate(x.encode())',
        'subprocess.run(["-l", x], executable="/bin/ls")',
        '"{} {}".format(x, x)',
        "Tool().go(x)",
    ],
)
def test_what_runs_nothing_is_let_alone(code: str):
    first, handler = FROM["request"]
    tool = "class Tool:\n    def __init__(self):\n        self.go = os.path.basename\n"
    tree = {"app.py": f"{first}import os, sh, subprocess\n{tool}{handler}    {code}\n    return ''\n"}
    assert examples.hits(CHECK, tree) == []

"""Functions that run what they are given: which, by what name, and by which argument."""

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from gate import lazy

CODE, SHELL, ARGV, IMPORT, DISPATCH, TEMPLATE, DESERIALIZE, EXECUTOR = (
    "code", "shell", "argv", "import", "dispatch", "template", "deserialize", "executor",
)  # fmt: skip


@dataclass(frozen=True)
class Runner:
    """What a function does with the arguments at `positions` or named `keywords`.

    `warn`: with less certainty. `receiver`: with what it is called on.
    """

    kind: str
    positions: tuple[int, ...] = (0,)
    keywords: tuple[str, ...] = ()
    warn: bool = False
    receiver: bool = False


def table(
    kind: str, names: str, *keywords: str, positions: tuple[int, ...] = (0,), warn: bool = False
) -> dict[str, Runner]:
    """One entry for each of these names, which stand in one text."""
    return {name: Runner(kind, positions, keywords, warn) for name in names.split()}


_EXACT: Mapping[str, Runner] = {
    **table(CODE, "builtins.eval builtins.exec", "source", "object", "expression"),
    **table(CODE, "types.FunctionType types.LambdaType", "code"),
    **table(
        CODE,
        "code.InteractiveInterpreter.runsource code.InteractiveInterpreter.runcode code.InteractiveConsole.push "
        "code.InteractiveConsole.runsource code.InteractiveConsole.runcode cProfile.run profile.run pdb.run "
        "pdb.runeval trace.Trace.run bdb.Bdb.run runpy.run_path runpy.run_module sympy.sympify sympy.S "
        "sympy.parse_expr sympy.parsing.sympy_parser.parse_expr sympy.core.sympify.sympify asteval.Interpreter.__call__ "
        "asteval.Interpreter.eval js2py.eval_js lupa.LuaRuntime.execute lupa.LuaRuntime.eval "
        "sympy.parsing.mathematica.mathematica sympy.parsing.maxima.parse_maxima codeop.compile_command",
        "source", "statement", "path_name", "mod_name", "a", "s", "expr",
    ),
    **table(CODE, "timeit.timeit timeit.repeat timeit.Timer", "stmt", "setup", positions=(0, 1)),
    **table(CODE, "pandas.eval numexpr.evaluate", "expr", "ex", warn=True),
    **table(
        SHELL,
        "os.system os.popen posix.system commands.getoutput commands.getstatusoutput subprocess.getoutput "
        "subprocess.getstatusoutput asyncio.create_subprocess_shell asyncio.subprocess.create_subprocess_shell "
        "pexpect.spawn pexpect.run pexpect.spawnu invoke.run fabric.api.run fabric.api.sudo fabric.api.local "
        "pexpect.popen_spawn.PopenSpawn delegator.run delegator.chain envoy.run asyncssh.connect.run "
        "asyncssh.connect.create_process "
        "fabric.Connection.run fabric.Connection.sudo fabric.Connection.local",
        "cmd", "command",
    ),
    **table(
        ARGV,
        "subprocess.run subprocess.call subprocess.check_call subprocess.check_output subprocess.Popen "
        "anyio.run_process anyio.open_process trio.run_process pty.spawn os.startfile",
        "args", "command",
    ),
    **table(
        IMPORT,
        "builtins.__import__ importlib.import_module importlib.__import__ pydoc.locate pkgutil.resolve_name "
        "django.utils.module_loading.import_string werkzeug.utils.import_string",
        "name", "dotted_path", "import_name", "path",
    ),
    **table(
        IMPORT, "ctypes.CDLL ctypes.PyDLL ctypes.WinDLL ctypes.OleDLL ctypes.cdll.LoadLibrary ctypes.windll.LoadLibrary", "name"
    ),
    **table(TEMPLATE, "builtins.str.format builtins.str.format_map string.Formatter.format string.Formatter.vformat",
            "format_string", warn=True),
    **table(CODE, "logging.config.dictConfig", "config", warn=True),
    **table(
        IMPORT, "importlib.util.spec_from_file_location importlib.machinery.SourceFileLoader imp.load_source", "location", "path",
        positions=(1,),
    ),
    **table(
        TEMPLATE,
        "flask.render_template_string quart.render_template_string flask.templating.render_template_string "
        "flask.stream_template_string jinja2.DictLoader jinja2.Template jinja2.environment.Template jinja2.nativetypes.NativeTemplate "
        "mako.template.Template django.template.Template django.template.base.Template tornado.template.Template "
        "chameleon.PageTemplate genshi.template.MarkupTemplate genshi.template.TextTemplate "
        "genshi.template.NewTextTemplate bottle.SimpleTemplate bottle.template",
        "source", "text", "template_string",
    ),
    **table(
        DESERIALIZE,
        "marshal.load marshal.loads shelve.open jsonpickle.decode jsonpickle.loads jsonpickle.unpickler.Unpickler.restore "
        "sklearn.externals.joblib.load joblib.load pandas.read_pickle hickle.load "
        "yaml.Loader yaml.UnsafeLoader yaml.FullLoader yaml.unsafe_load yaml.unsafe_load_all yaml.full_load yaml.full_load_all yaml.load yaml.load_all torch.load "
        "numpy.load multiprocessing.connection.Connection.recv",
        "stream", "string", "filename", "file", "f", "obj", "filepath_or_buffer",
    ),
}  # fmt: skip

_PATTERNS: tuple[tuple[re.Pattern[str], Runner], ...] = (
    (
        lazy.regex(r"(?:six\.moves\.)?(?:c|_)?[pP]ickle5?(?:\.\w+)?\.(?:_?loads?|Unpickler(?:\.load)?)"),
        Runner(DESERIALIZE, (0,), ("data", "file")),
    ),
    (lazy.regex(r"(?:dill|cloudpickle)(?:\.\w+)?\.(?:loads?|Unpickler)"), Runner(DESERIALIZE, (0,), ("str", "file"))),
    (lazy.regex(r"ruamel\.yaml\.unsafe\.load(?:_all)?"), Runner(DESERIALIZE, (0,), ("stream",))),
    (lazy.regex(r"os\.(?:execl|execle|execlp|execlpe|execv|execve|execvp|execvpe|posix_spawnp?)"), Runner(ARGV, (0, 1), ("file", "path"))),
    (lazy.regex(r"os\.spawn(?:l|le|lp|lpe|v|ve|vp|vpe)"), Runner(ARGV, (1, 2), ("file",))),
    (lazy.regex(r"IPython\.(?:\w+\.)*(?:run_cell|ex|ev)"), Runner(CODE, (0,), ("raw_cell",))),
    (lazy.regex(r"pandas\.[\w.]+\.(?:query|eval)"), Runner(CODE, (0,), ("expr",), warn=True)),
    (lazy.regex(r"jinja2\.sandbox\.(?:\w+\.)+from_string"), Runner(TEMPLATE, (0,), ("source",), warn=True)),
    (
        lazy.regex(r"(?:jinja2|flask|quart|django\.template)\.(?:[\w.]+\.)?from_string|[\w.]+\.jinja_env\.from_string"),
        Runner(TEMPLATE, (0,), ("source", "template_code")),
    ),
    (
        lazy.regex(r"langchain\w*\.(?:\w+\.)*(?:PythonREPL|PythonAstREPLTool|PythonREPLTool|BashProcess|ShellTool)\.(?:run|invoke|arun|_run)"),
        Runner(CODE, (0,), ("command", "query")),
    ),
    (lazy.regex(r"docker\.[\w.]*(?:exec_run|exec_create)"), Runner(SHELL, (0,), ("cmd",))),
    (
        lazy.regex(r"ctypes\.(?:CDLL|cdll|PyDLL|pydll|WinDLL|windll|OleDLL|oledll)(?:\.\w+)*\.(?:system|popen|_wsystem|WinExec)"),
        Runner(SHELL, (0,)),
    ),
    (lazy.regex(r"ctypes\.pythonapi\.PyRun_(?:Simple)?String\w*"), Runner(CODE, (0,))),
    (lazy.regex(r"(?:sh|plumbum\.cmd)\.(?:ba|z|da|k)?sh|(?:sh|plumbum\.cmd)\.(?:python3?|perl|ruby|node|eval)"), Runner(SHELL, (0, 1, 2))),
    (lazy.regex(r"sh\.Command"), Runner(ARGV, (0,))),
    (lazy.regex(r"asyncio\.\w+\.subprocess_shell"), Runner(SHELL, (1,), ("cmd",))),
    (lazy.regex(r"(?:invoke|fabric)\.(?:\w+\.)*(?:Context|Connection|\w*Group)\.(?:run|sudo|local)"), Runner(SHELL, (0,), ("command",))),
    (lazy.regex(r"subprocess\.Popen\.interpreter\.(?:communicate|stdin\.write|stdin\.writelines)"), Runner(CODE, (0,), ("input",))),
    (lazy.regex(r"jinja2\.[\w.]*compile_expression"), Runner(TEMPLATE, (0,), ("source",))),
    (lazy.regex(r"mako\.lookup\.TemplateLookup\.put_string"), Runner(TEMPLATE, (1,), ("text",))),
    (lazy.regex(r"(?:keras|tensorflow\.keras|tf_keras)\.(?:\w+\.)*load_model"), Runner(DESERIALIZE, (0,), ("filepath",), warn=True)),
    (lazy.regex(r"mlflow(?:\.\w+)*\.load_model"), Runner(DESERIALIZE, (0,), ("model_uri",), warn=True)),
    (lazy.regex(r"paramiko\.[\w.]*exec_command"), Runner(SHELL, (0,), ("command",))),
)  # fmt: skip

EXECUTORS = lazy.regex(
    r"(?:langchain\w*|llama_index|llama_index_experimental)\.(?:\w+\.)*"
    r"(?:PALChain|PythonREPLTool|PythonAstREPLTool|ShellTool|PandasQueryEngine)(?:\.from_\w+)?$"
    r"|(?:agno|phi)\.tools\.(?:\w+\.)*(?:ShellTools|PythonTools)$"
    r"|(?:autogen|autogen_ext|pyautogen|ag2)\.(?:\w+\.)*LocalCommandLineCodeExecutor$"
)
"""Objects that hand whatever a model says to an interpreter of this machine."""

AGENTS = lazy.regex(r"langchain\w*\.(?:\w+\.)*create_(?:pandas_dataframe|csv|spark_dataframe|python|xorbits)_agent$")
"""Functions that make such an object when told `allow_dangerous_code=True`."""

COMPILES = lazy.regex(r"(?:django\.template|jinja2|tornado\.template)\.(?:[\w.]+\.)?(?:Template|from_string)")
"""Functions that only compile a template: one that is thrown away, as by a form that checks it, is never run."""

SAFE_LOADERS = lazy.regex(r"yaml(?:\.\w+)*\.C?(?:Safe|Base)Loader$")
_WITHIN = lazy.regex(r"(?:\w+\.)+?((?:os|subprocess|builtins|pickle|importlib)\.\w+)$")
"""What another module of the standard library has imported: `shutil.os.system`."""
INTERPRETERS = lazy.regex(
    r"(?:.*/)?(?:ba|z|da|k|a|fi|c)?sh$|(?:.*/)?(?:python|pypy|perl|ruby|node|php|lua|deno|osascript)[\d.]*$"
    r"|(?i:cmd|powershell|pwsh)(?:\.exe)?$"
)
COMMAND_FLAGS = lazy.regex(
    r"-[a-zA-Z]*[ceErR]$|/[cCkK]$|(?i:-command|-encodedcommand)$|--(?:eval|command|print)$|eval$"
)
RUNS = lazy.regex(
    r"\b(?:sh|bash|zsh|python[\d.]*|perl|ruby|node|php|cmd|powershell)\b.*\s(?:-\w*[ceE]\b|/[cC]\b)|\b(?:eval|xargs)\s"
)
"""Text that hands what follows it to an interpreter."""


@lru_cache(maxsize=65536)
def known(name: str) -> Runner | None:
    """How a function, by its dotted name, runs what it is given; None for one that does not."""
    runner = _EXACT.get(name)
    if runner is None:
        runner = next((runner for pattern, runner in _PATTERNS if pattern.fullmatch(name)), None)
    inner = _WITHIN.match(name) if runner is None else None
    return known(inner[1]) if inner and name.partition(".")[0] in sys.stdlib_module_names else runner

"""Which functions outsiders call, and which of their parameters outsiders write."""

import ast
import re
from collections.abc import Iterable
from functools import lru_cache

from gate import lazy
from gate.facts import sources
from gate.facts.freetext import is_free_text, is_plain
from gate.facts.ownpath import is_own_path
from gate.facts.program import Program
from gate.facts.summary import Function, Param
from gate.facts.value import KEYS, Atom
from gate.facts.whole import is_sent
from gate.source import Source

PAGE = "page"
_TYPED = lazy.regex(r"\b(?:fastapi|ninja|litestar|robyn|blacksheep|cherrypy|webargs|discord)\b")
"""Frameworks that fill parameters by their names."""
_CHECKS_TYPES = lazy.regex(r"(?m)^\s*(?:from|import)\s+(?:fastapi|ninja|litestar)\b")
"""Those that answer with an error of their own what does not fit a type."""
_BY_VERB = lazy.regex(r"\.(?:get|post|put|patch|delete|head|options|api_route|route|api_operation)$")
"""Decorators of routes; what a socket sends (`on`, `event`) fits no type."""
_VARIABLE = lazy.regex(r"<(?:([\w.]+)(?:\([^)>]*\))?:)?(\w+)(?::(\w+))?>|\{(\w+)(?::[^}]*)?\}|\(\?P<(\w+)>")
_CLOSED = frozenset({"int", "uuid", "float", "slug", "number", "uint", "any"})
"""Converters that let no free text through; `any(css,js)` is one of these words."""
_REGISTERS = lazy.regex(
    r"(?:.*\.)?(?:add_url_rule|add_api_route|add_route|add_api_websocket_route|add_(?:get|post|put|patch|delete|resource|handler)|"
    r"Route|WebSocketRoute|path|re_path|url|web\.(?:get|post|put|patch|delete|route)|route)$"
)
_CALLBACKS = lazy.regex(
    r"xmlrpc\.server\.\w+\.register_function|gradio\.(?:Interface|ChatInterface|[\w.]*\.(?:click|submit|change))|llama_index\.[\w.]*FunctionTool\.from_defaults|langchain\w*\.[\w.]*(?:Tool|StructuredTool)(?:\.from_function)?|langgraph\.prebuilt\.(?:\w+\.)*(?:create_react_agent|ToolNode)|langchain\.agents\.create_\w*agent|langchain\w*\.[\w.]*\.bind_tools|(?:autogen|pyautogen|ag2)\.(?:\w+\.)*register_function|(?:pydantic_ai|agents|google\.adk\.agents|smolagents|strands)\.\w*Agent|mcp\.[\w.]*add_tool|fastmcp\.[\w.]*add_tool|agents\.function_tool"
)
_DEPENDS = lazy.regex(r"\b(?:Depends|Security)\(\s*(\w+)")
_CLOSED_FIELD = lazy.regex(r"\.\w*(?:Integer|Float|Decimal|Boolean|Date|Time|Duration|UUID|Choice|IPAddress)\w*Field$")
_SENT = lazy.regex(r"[^A-Z]*$|HTTP_|QUERY_STRING$|PATH_INFO$|RAW_URI$|REQUEST_URI$|CONTENT_TYPE$|wsgi\.input$|\*$|#")
"""What a client writes of the environment of WSGI (PEP 3333); the server sets the rest."""
_READ_BY_VIEWS = frozenset({"kwargs"})
_KEYS = lazy.regex(
    r"(?:.*_)?(?:id|pk|uuid|slug)$|args|kwargs|format|page|year|month|day|lang|locale|user|info|root|parent|session|db|response"
)


def source(program: Program, function: Function, atom: Atom) -> str:
    """Say "request" or "llm" when this origin in this function is written by outsiders, else "".

    `PAGE` where a template hands it over: nobody sees from here what it shows.
    """
    if ".?wrapped." in atom.name and program.project.split(atom.name.partition(".?wrapped.")[0])[0]:
        return ""  # what the wrapper does is followed
    if is_sent(atom):
        return "request"
    if atom.kind in {"request", "llm"}:
        own = is_own_path(program.project.repo, atom, tuple(_decorators(program, function)))
        return "" if own else _of_name(program, atom)
    if atom.kind == "attr":
        return _of_view(program, atom)
    if atom.kind != "param":
        return ""
    param = next((param for param in function.params if param.name == atom.name), None)
    if param is None or param.name in {"self", "cls", "sid"}:
        return ""
    return _of_parameter(program, function, param, atom.field)


def is_text(program: Program, function: Function, atom: Atom) -> bool:
    """Whether a parameter of a route can be no object: the framework answers whatever does not fit its type by itself."""
    param = next((param for param in function.params if atom.kind == "param" and param.name == atom.name), None)
    if param is None or not is_plain(program, param, atom.field):
        return False
    found = program.project.module(function.path)
    typed = found is not None and _CHECKS_TYPES.search(found.source.text) is not None
    asked = any(_BY_VERB.search(name) and sources.route(name) for name, _ in _decorators(program, function))
    return (typed and asked) or _is_dependency(program, function)


def _of_name(program: Program, atom: Atom) -> str:
    """What is read by a known name; the fields of a form of this tree say what they hold."""
    owner, _, last = atom.name.rpartition(".")
    if last in {"validated_data", "cleaned_data"}:
        kind = program.project.class_named(owner.removesuffix("()"))
        typed = kind.types.get(atom.field, frozenset()) if kind else frozenset[str]()
        return "" if atom.field == KEYS or any(_CLOSED_FIELD.search(name) for name in typed) else atom.kind
    if last in {"META", "environ"} and atom.field and not _SENT.match(atom.field):
        return ""
    package = atom.name.partition(".")[0]
    return "" if package not in sources.LIBRARIES and program.project.path(package) else atom.kind


def _of_view(program: Program, atom: Atom) -> str:
    """`self.request.GET` and `self.kwargs` in a class whose methods answer requests."""
    owner, _, name = atom.name.rpartition(".")
    if name == "request" and not (sources.source_of(f"?request.{atom.field}") or _is_connection(program, owner)):
        return ""
    if name not in {"request", "kwargs", "path", "rfile", "headers"} or not is_view(program, owner):
        return ""
    if name == "kwargs" and _KEYS.fullmatch(atom.field):
        return ""
    served = any(base.startswith(("http.server", "socketserver")) for base in program.project.ancestors(owner))
    return "request" if name in {"request", "kwargs"} or served else ""


def _is_connection(program: Program, owner: str) -> bool:
    """Whether `self.request` is a socket."""
    return any(base.startswith("socketserver") for base in program.project.ancestors(owner))


def is_view(program: Program, owner: str) -> bool:
    return any(sources.view(base) for base in program.project.ancestors(owner))


def _of_parameter(program: Program, function: Function, param: Param, field: str) -> str:
    names = list(_decorators(program, function))
    if any(sources.tool(name) for name, _ in names) or _is_tool_method(program, function):
        return "llm" if is_free_text(program, param, field) else ""
    if any(sources.resolver(name) for name, _ in names) or _is_resolver(function):
        return (
            "request"
            if param.name not in {"info", "root", "parent", "obj"} and is_free_text(program, param, field)
            else ""
        )
    if _is_stream_handler(program, function):
        return "request" if param.name == "reader" else ""
    if _is_remote_call(program, function):
        return "request" if param.name == "request" else ""
    if any(sources.template_filter(name) for name, _ in names):
        return PAGE if param == function.params[0] else ""
    texts = [text for name, text in names if sources.route(name)]
    found = program.project.module(function.path)
    if texts and found:
        typed = (
            _TYPED.search(found.source.text)
            or any("socketio" in name for name, _ in names)
            or any(_TYPED.search(name) for name, _ in names)
        )
        fed = (
            param.name != "ctx" and is_free_text(program, param, field)
            if typed
            else any(param.name in variables(text) for text in texts)
        )
        return "request" if fed else ""
    if _is_view_method(program, function) or _is_event_handler(function, param) or _is_exposed(program, function):
        return (
            "request"
            if not _KEYS.fullmatch(param.name) and param.name != "request" and is_free_text(program, param, field)
            else ""
        )
    if _is_dependency(program, function):
        return "request" if is_free_text(program, param, field) else ""
    return _registered(program, function, param, field)


def _is_dependency(program: Program, function: Function) -> bool:
    """Whether FastAPI fills its parameters as it fills a route's: `Depends(function)` in the same file."""
    found = program.project.module(function.path) if not function.owner and not function.outer else None
    return found is not None and function.short in _dependencies(found.source)


@lru_cache(maxsize=1024)
def _dependencies(source: Source) -> frozenset[str]:
    return frozenset(_DEPENDS.findall(source.text)) if "fastapi" in source.text else frozenset()


def _decorators(program: Program, function: Function) -> Iterable[tuple[str, str]]:
    """The full names of its decorators, with the first argument of each."""
    for decorator in function.decorators:
        yield decorator.name, decorator.text
        for target in program.project.targets(decorator.name):
            if isinstance(target, str):
                yield target, decorator.text


def variables(route: str) -> frozenset[str]:
    """The variables of a route that hold free text: `<path:name>`, `{name}`, `(?P<name>...)`."""
    found = set()
    for match in _VARIABLE.finditer(route):
        before, angled, after, braced, named = match.groups()
        if before not in _CLOSED and after not in _CLOSED:
            found.add(angled or braced or named)
    return frozenset(found - {None})


def _is_tool_method(program: Program, function: Function) -> bool:
    if function.short not in {"_run", "_arun", "forward", "run", "invoke"} or not function.owner:
        return False
    return any(sources.tool_class(base) for base in program.project.ancestors(function.owner))


def _is_resolver(function: Function) -> bool:
    named = function.short.startswith("resolve_") or function.short in {"mutate", "mutate_and_get_payload"}
    return named and any(param.name == "info" for param in function.params)


def _is_view_method(program: Program, function: Function) -> bool:
    return bool(function.owner) and function.short in sources.VERBS and is_view(program, function.owner)


def _is_remote_call(program: Program, function: Function) -> bool:
    """A method of a gRPC service: `def Run(self, request, context)`."""
    names = [each.name for each in function.params]
    return names == ["self", "request", "context"] and is_view(program, function.owner)


def _is_exposed(program: Program, function: Function) -> bool:
    """A method CherryPy serves: `run.exposed = True`, or `GET` of a class that is exposed."""
    found = program.project.module(function.path) if function.owner else None
    if found is None or "cherrypy" not in found.source.text:
        return False
    kind = found.definitions.classes.get(function.owner)
    whole = kind is not None and any("expose" in ast.unparse(part) for part in kind.decorator_list)
    said = re.search(rf"\b{function.short}\.exposed\s*=\s*True", found.source.text)
    return bool(said) or (whole and function.short in {"GET", "POST", "PUT", "PATCH", "DELETE"})


def _is_stream_handler(program: Program, function: Function) -> bool:
    """What `asyncio.start_server` calls: `async def handle(reader, writer)`."""
    if [each.name for each in function.params][-2:] != ["reader", "writer"]:
        return False
    found = program.project.module(function.path)
    return found is not None and bool(re.search(r"start_(?:unix_)?server|StreamReader", found.source.text))


def _is_event_handler(function: Function, param: Param) -> bool:
    """A function a cloud calls: `def handler(event, context)`."""
    names = [each.name for each in function.params]
    return (
        param.name == "event"
        and len(names) == 2
        and names[0] == "event"
        and names[1] in {"context", "_", "_context", "ctx", "lambda_context"}
    )


def _registered(program: Program, function: Function, param: Param, field: str) -> str:
    """A function given to a router by name: `path("run/<cmd>", run)`, `gr.Interface(fn=run)`."""
    if function.owner or function.outer or param.name == "request":
        return ""
    for call in program.callers.registrations(function):
        names = call.callees
        if any(_CALLBACKS.fullmatch(name) for name in names):
            kind = "request" if any(name.startswith(("gradio", "xmlrpc")) for name in names) else "llm"
            return kind if is_free_text(program, param, field) else ""
        if any(_REGISTERS.match(name) for name in names):
            typed = any(name.endswith(("add_api_route", "add_api_websocket_route")) for name in names)
            if is_free_text(program, param, field) if typed else param.name in variables(call.text):
                return "request"
    return ""

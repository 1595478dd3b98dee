"""Debuggers and debug modes switched on in Python."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from gate import lazy
from gate.facts.defaults import UNKNOWN, default, last
from gate.facts.names import Names, names
from gate.facts.placed import Around, answers, placed, text
from gate.source import Source

_APP = lazy.regex(r"(?i)(?:^|_)(?:app|application|server|api|socketio|sio|bottle|dash)\d*$")
_NO_APP = lazy.regex(r"(?:asyncio|anyio|trio|uvloop|curio|subprocess|pytest|unittest)\b")
_MAKERS = lazy.regex(
    r"(?:fastapi|starlette|litestar|quart|sanic|robyn|esmerald|blacksheep|tornado|aiohttp)(?:\.\w+)*"
    r"\.(?:FastAPI|Starlette|Litestar|Application|Sanic|Robyn|Esmerald)$"
    r"|ariadne\.(?:\w+\.)*(?:GraphQL|graphql(?:_sync)?)$|strawberry\.(?:\w+\.)*(?:GraphQL|GraphQLRouter)$"
)
"""Applications that take `debug=True`."""
_MADE = lazy.regex(r"(?i)app$|\.(?:Flask|Quart|Dash|Bottle|Sanic)$")
_CHOICE = lazy.regex(
    r"(?i)env|debug|dev|arg|opt|setting|config|local|test|flag|prod|param|sys\.gettrace|verbose|enabled"
)
"""Conditions under which somebody has chosen to debug."""
_ON = frozenset({"debug", "use_debugger", "use_evalex"})
_SETTING = lazy.regex(r"(?i)(?:\w+_)?DEBUG")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_SETTINGS_FILE = lazy.regex(r"(?i)(?:^|/)\w*(?:settings?|config)(?:/\w+)?\.py$")
_SETTINGS_TEXT = lazy.regex(r"(?m)^(?:INSTALLED_APPS|MIDDLEWARE|ROOT_URLCONF|WSGI_APPLICATION)\b")
_SETTINGS_CLASS = lazy.regex(r"(?:Base)?Settings$")
_LOCAL_CLASS = lazy.regex(r"(?i)dev|test|local|debug|sandbox")
_CONFIG_CLASS = lazy.regex(r"(?i)prod|staging|live|^(?:app|base|default|flask)?_?config(?:uration)?$|settings$")
_LISTENS = {
    "debugpy.listen": 0, "ptvsd.enable_attach": 0, "pydevd.settrace": 0, "pydevd_pycharm.settrace": 0,
    "rpdb.set_trace": 0, "rpdb.Rpdb": 0, "remote_pdb.RemotePdb": 0, "remote_pdb.set_trace": 0, "web_pdb.set_trace": 0,
    "aiomonitor.start_monitor": 1, "aiomonitor.Monitor": 1, "manhole.install": 0, "celery.contrib.rdb.set_trace": 0,
    "aiohttp_debugtoolbar.setup": 0,
}  # fmt: skip
"""Debuggers that open a port, and which argument may be its address."""
_STOPS = lazy.regex(
    r"builtins\.breakpoint|(?:i?pdb|pudb|ipdb|IPython\.core\.debugger|wdb|pdbpp)\.(?:set_trace|post_mortem)"
)


@dataclass(frozen=True)
class Found:
    """Lines, what is on there, and whether it is on in what is deployed."""

    line: int
    end_line: int
    what: str
    sure: bool


def found(source: Source) -> Iterator[Found]:
    """Every debugger and debug mode a file switches on."""
    table = names(source)
    for node, around in placed(source.tree):
        said = _said(node, around, source, table)
        if said and isinstance(node, ast.stmt | ast.expr):
            what, sure = said
            yield Found(node.lineno, node.end_lineno or node.lineno, what, sure)


def _said(node: ast.AST, around: Around, source: Source, table: Names) -> tuple[str, bool] | None:
    match node:
        case ast.Call():
            return _called(node, around, source, table)
        case ast.Assign(targets=[target], value=value):
            return _assigned(target, value, around, source)
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            return _assigned(target, value, around, source)
    return None


def _called(node: ast.Call, around: Around, source: Source, table: Names) -> tuple[str, bool] | None:
    name = table.of(node.func)
    if _STOPS.fullmatch(name):
        if _chosen(around):
            return None
        return f"`{name.removeprefix('builtins.')}` stops the program and waits for a keyboard", answers(around, table)
    if name in _LISTENS:
        return _listening(node, name, around, source)
    if name.endswith("debug.DebuggedApplication"):
        on = _is_on(_given(node, "evalex", 1), source) and not _chosen(around)
        return ("`DebuggedApplication` offers a Python console on every error page", True) if on else None
    if _chosen(around):
        return None
    if name.endswith(("serving.run_simple", ".run_simple")):
        on = _is_on(_given(node, "use_debugger", 4), source)
        return _served("`run_simple` offers a Python console on every error page", node, around, source) if on else None
    if _MAKERS.match(name):
        made = f"`{last(node.func)}` is made with `debug=True`, so that errors answer with their traceback"
        return (made, not around.in_script) if _is_on(_given(node, "debug"), source) else None
    return _of_app(node, table, around, source)


def _of_app(node: ast.Call, table: Names, around: Around, source: Source) -> tuple[str, bool] | None:
    """`app.run(debug=True)`, `app.config.update(DEBUG=True)`, `bottle.debug(True)`."""
    name, verb = table.of(node.func), last(node.func)
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    if (owner is None and name != "bottle.run") or _NO_APP.match(name):
        return None
    if owner is not None and verb in {"run", "run_server"} and (_APP.search(last(owner)) or _makes_app(owner, table)):
        third = node.args[2] if len(node.args) > 2 else None
        if any(_is_on(value, source) for value in (*(_given(node, word) for word in sorted(_ON)), third)):
            return _served("The server starts with its debugger on", node, around, source)
    if (
        owner is not None
        and verb in {"update", "from_mapping"}
        and last(owner) == "config"
        and _is_on(_given(node, "DEBUG"), source)
    ):
        return "The application is set to `DEBUG`", not around.in_script
    if name == "bottle.run" and _is_on(_given(node, "debug"), source):
        return _served("Bottle answers errors with their traceback", node, around, source)
    if name == "bottle.debug" and _is_on(node.args[0] if node.args else ast.Constant(value=True), source):
        return "Bottle answers errors with their traceback", not around.in_script
    return None


def _makes_app(owner: ast.expr, table: Names) -> bool:
    """`Flask(__name__).run(...)`, `create_app().run(...)`."""
    made = table.of(owner.func) if isinstance(owner, ast.Call) else ""
    return bool(_MADE.search(made))


def _assigned(target: ast.expr, value: ast.expr, around: Around, source: Source) -> tuple[str, bool] | None:
    name = last(target)
    if not _SETTING.fullmatch(name) or _chosen(around) or not _is_on(value, source):
        return None
    owner = last(target.value) if isinstance(target, ast.Attribute | ast.Subscript) else ""
    if isinstance(target, ast.Attribute) and name == "debug" and _APP.search(owner):
        return f"`{owner}.debug` is on", not around.in_script
    if isinstance(target, ast.Subscript) and name in {"DEBUG", "FLASK_DEBUG"} and owner == "config":
        return f'`config["{name}"]` is on', not around.in_script
    if not isinstance(target, ast.Name) or around.functions:
        return None
    return _in_class(name, around) if around.classes else _in_module(name, value, source)


def _in_class(name: str, around: Around) -> tuple[str, bool] | None:
    """A default of a class of settings; one named after development is meant to debug."""
    owner = around.classes[-1]
    if name.lower() != "debug" or _LOCAL_CLASS.search(owner.name) or len(around.classes) > 1:
        return None
    settings = any(_SETTINGS_CLASS.search(last(base)) for base in owner.bases)
    if settings or (name == "DEBUG" and _CONFIG_CLASS.search(owner.name)):
        return f"`{owner.name}.{name}` is on unless somebody switches it off", settings or "prod" in owner.name.lower()
    return None


def _in_module(name: str, value: ast.expr, source: Source) -> tuple[str, bool] | None:
    """A setting of Django, or one read from the environment that is on where nobody sets it."""
    if name != "DEBUG" or not _is_last(value, source):
        return None
    django = bool(_SETTINGS_TEXT.search(source.text))
    if django or _SETTINGS_FILE.search(source.path):
        read = isinstance(value, ast.Call | ast.Compare) and default(value, source) is True
        return "`DEBUG` is on unless somebody switches it off", django or read
    return None


def _is_last(value: ast.expr, source: Source) -> bool:
    """Whether nothing later in the module sets `DEBUG` anew: the last write wins."""
    body = source.tree.body if source.tree else []
    later = [one for one in body if isinstance(one, ast.Assign | ast.AnnAssign) and one.lineno > value.lineno]
    return not any(
        "DEBUG" in {last(t) for t in (one.targets if isinstance(one, ast.Assign) else [one.target])} for one in later
    )


def _listening(node: ast.Call, name: str, around: Around, source: Source) -> tuple[str, bool]:
    """A debugger behind a port; one on the loopback address, or that somebody chose, is less bad."""
    place = _LISTENS[name]
    address = _given(node, "host", place) or _given(node, "address")
    host = default(address, source)
    host = host[0] if isinstance(host, list) and host else host
    local = (
        _is_loopback(host)
        or isinstance(host, int)
        or (address is None and name in {"debugpy.listen", "rpdb.set_trace"})
    )
    return f"`{name}` lets whoever reaches its port run Python", not (local or _chosen(around) or around.in_script)


def _served(what: str, node: ast.Call, around: Around, source: Source) -> tuple[str, bool] | None:
    """A server started by hand is not deployed, unless it listens to others; one on the loopback address is harmless."""
    host = default(_given(node, "host", 0) or _given(node, "hostname"), source)
    open_ = isinstance(host, str) and not _is_loopback(host)
    if around.in_script and _is_loopback(host):
        return None
    return what, open_ or not around.in_script


def _is_loopback(host: object) -> bool:
    return isinstance(host, str) and host in _LOOPBACK


def _chosen(around: Around) -> bool:
    return any(_CHOICE.search(text(test)) for test in around.tests)


def _is_on(value: ast.expr | None, source: Source) -> bool:
    found = default(value, source)
    return found is not UNKNOWN and bool(found) and not isinstance(found, list)


def _given(node: ast.Call, name: str, place: int | None = None) -> ast.expr | None:
    """An argument by keyword, also out of `**{...}` or `update({...})`, or by position."""
    for keyword in node.keywords:
        if keyword.arg == name:
            return keyword.value
    for held in (*(k.value for k in node.keywords if k.arg is None), *node.args[:1]):
        if isinstance(held, ast.Dict):
            for key, value in zip(held.keys, held.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == name:
                    return value
    return node.args[place] if place is not None and len(node.args) > place else None

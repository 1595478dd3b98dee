"""What a call's own options make of a function that runs or reads what it is given."""

import ast
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from gate import lazy
from gate.facts import matched, receivers, runners
from gate.facts.configured import SAX_SAFE, SAX_UNSAFE
from gate.facts.frame import Frame, again
from gate.facts.names import constant
from gate.facts.runners import Runner
from gate.facts.summary import Argument
from gate.facts.value import NO_NAMES, Atom, Value

SAFE_PARSER, UNSAFE_PARSER = "lxml.etree.XMLParser.safe()", "lxml.etree.XMLParser.unsafe()"
_PLAIN_ANSWERS = frozenset({"aiohttp.web.Response", "fastapi.Response", "starlette.responses.Response"})
"""Answers that are plain text unless they are told otherwise."""
_OPENS_OBJECTS = ("zipfile.", "tarfile.", "gzip.", "bz2.", "lzma.")
"""Functions that take an open file as well as the name of one."""
_CLIENT = lazy.regex(r"httpx\.(?:Async)?Client|aiohttp\.ClientSession")
_WAYS_OUT = frozenset({"transport", "connector", "mounts"})
_WITHIN = lazy.regex(r"httpx\.(?:\w+\.)*(?:ASGI|WSGI|Mock)Transport\(\)$")
"""Transports that open no connection: they call the program itself."""
GUARDS = lazy.regex(
    r"(?i)safe|ssrf|guard|restrict|(?:block|deny|refuse|forbid|only)_|_(?:block|only)|(?:block|deny|public)\w*(?:transport|connector)"
)
"""What stands guard over connections, as far as its name can be believed: `make_safe_connect()`, `SSRFProtectedTransport()`."""
_PATH = lazy.regex(r"(?i)path|name|dir|folder|url")
_FORM = lazy.regex(r"\.(?:cleaned_data|validated_data)$")
_FILE = lazy.regex(
    r"io\.|.*\.(?:InMemory|Temporary|Simple)?UploadedFile\(\)$|.*\.files(?:\.get\(\)|\.getlist\(\))?$|.*\.(?:stream|file)$|builtins\.open"
)


def judged(frame: Frame, node: ast.Call, name: str, runner: Runner) -> Runner | None:
    """The sink as it is called here; None where the call's own options make it safe."""
    options = {part.arg: part.value for part in node.keywords if part.arg}
    if runner.kind == runners.ARGV and runners.INTERPRETERS.match(constant(options.get("executable")) or ""):
        return replace(runner, kind=runners.SHELL)
    if runner.kind == runners.ARGV and name.startswith(("subprocess.", "trio.")):
        shell = options.get("shell")
        off = shell is None or (isinstance(shell, ast.Constant) and not shell.value)
        return runner if off else replace(runner, kind=runners.SHELL)
    if name in {"yaml.load", "yaml.load_all"}:
        loader = options.get("Loader") or (node.args[1] if len(node.args) > 1 else None)
        spread = (part.value for part in node.keywords if part.arg is None)
        if loader is None and any(_holds_safe_loader(frame, table) for table in spread):
            return replace(runner, warn=True)
        return None if loader is not None and _is_safe_loader(frame, loader) else runner
    if name == "torch.load":
        only = options.get("weights_only")
        if isinstance(only, ast.Constant) and only.value:
            return None
        return replace(runner, warn=only is None)
    if name == "numpy.load":
        allowed = options.get("allow_pickle")
        return runner if allowed is not None and constant(allowed) is None and truthy(allowed) else None
    if name.startswith("tarfile.") and runner.receiver:
        chosen = options.get("filter")
        return None if chosen is not None and constant(chosen) != "fully_trusted" else replace(runner, warn=True)
    if name.startswith(_OPENS_OBJECTS) and node.args:
        found = again(frame, node.args[0])
        return None if _is_file(found) else replace(runner, warn=_may_be_file(node.args[0], found))
    if name == "django.shortcuts.redirect" and node.args:  # what is named are arguments of the view
        return replace(runner, keywords=())
    if name.startswith("django.template."):
        return replace(runner, warn="engine" in options or len(node.args) > 3 or name.endswith("from_string"))
    if runner.kind == receivers.URL and _CLIENT.fullmatch(name):
        ways = _by_way_out({one for way in _WAYS_OUT & options.keys() for one in again(frame, options[way]).names})
        return None if "within.httpx.Client()" in ways else replace(runner, warn=bool(ways))
    if runner.kind == receivers.HTML:
        return runner if _is_page(node, options, name) else None
    if name == "xmltodict.parse":
        entities = options.get("disable_entities")
        return runner if isinstance(entities, ast.Constant) and entities.value is False else None
    if runner.kind == receivers.XML:
        return _as_parsed(frame, runner, options, node)
    if runner.warn and name.startswith("pandas."):
        return replace(runner, warn=constant(options.get("engine")) != "python")
    return runner


def _is_page(node: ast.Call, options: Mapping[str, ast.expr], name: str) -> bool:
    """Whether what is answered is sent as HTML; most frameworks take it for that unless they are told otherwise."""
    said = [options[key] for key in ("content_type", "mimetype", "media_type") if key in options]
    said += node.args[1:2] if name.endswith("HttpResponse") else []
    said += _of_headers(options.get("headers"))
    if _plain(node):
        return False
    kinds = [constant(part) for part in said]
    if name in _PLAIN_ANSWERS:
        return any("html" in (kind or "") for kind in kinds)
    return all(kind is not None and "html" in kind for kind in kinds)


def _of_headers(node: ast.expr | None) -> list[ast.expr]:
    """`headers={"Content-Type": "application/problem+json"}`."""
    pairs = zip(node.keys, node.values, strict=True) if isinstance(node, ast.Dict) else ()
    return [held for key, held in pairs if (constant(key) or "").lower() == "content-type"]


def _as_parsed(frame: Frame, runner: Runner, options: Mapping[str, ast.expr], node: ast.Call) -> Runner | None:
    """A parser of XML as it is set up: what resolves entities is certain, all else is a guess at its version."""
    parser = options.get("parser") or (node.args[1] if len(node.args) > 1 else None)
    names = again(frame, parser).names if parser is not None else NO_NAMES
    if isinstance(node.func, ast.Attribute):
        names |= again(frame, node.func.value).names
    if not names.isdisjoint({SAFE_PARSER, SAX_SAFE}) and names.isdisjoint({UNSAFE_PARSER, SAX_UNSAFE}):
        return None
    return replace(runner, warn=names.isdisjoint({UNSAFE_PARSER, SAX_UNSAFE}))


def _is_file(found: Value) -> bool:
    """Whether a value is an open file: one that was sent, or is held in memory."""
    return any(_FILE.match(name) for name in found.names)


def _may_be_file(node: ast.expr, found: Value) -> bool:
    """Whether what is opened is handed on as it came, from a form or a caller, under a name that says no path."""
    plain = isinstance(node, ast.Name | ast.Attribute | ast.Subscript) and not _PATH.search(ast.unparse(node))
    whole = all(not atom.marks and (atom.kind != "request" or _FORM.search(atom.name)) for atom in found.atoms)
    return plain and whole


def _plain(node: ast.Call) -> bool:
    """`make_response((text, status, headers))` says itself what it sends."""
    return bool(node.args) and isinstance(node.args[0], ast.Tuple) and len(node.args[0].elts) > 2


def reads_program(node: ast.Call) -> bool:
    """Whether an interpreter is started that reads its program from `input=`: `["python3", "-"]`, `["sh"]`."""
    parts = node.args[0].elts if node.args and isinstance(node.args[0], ast.List | ast.Tuple) else []
    words = [constant(part) or ("python" if ast.unparse(part) == "sys.executable" else "?") for part in parts]
    return bool(words) and bool(runners.INTERPRETERS.match(words[0])) and all(word in {"-", "-s"} for word in words[1:])


def switch(frame: Frame, node: ast.expr | None) -> frozenset[str]:
    """The parameter, off unless a caller says otherwise, that an expression asks; none where it asks anything else."""
    if not isinstance(node, ast.Name) or node.id not in frame.options or node.id in frame.ever:
        return frozenset()
    held = frame.env.get(node.id)
    own = frozenset({Atom("param", node.id)})
    return frozenset({node.id}) if held is not None and held.atoms == own else frozenset()


def set_up(node: ast.Call, function: Value, given: Sequence[Argument]) -> frozenset[str]:
    """Parsers and clients that are named by how they are set up."""
    if any(map(_CLIENT.fullmatch, function.names)):
        return _by_way_out({name for one in given if one.name in _WAYS_OUT for name in one.value.names})
    if any(name.startswith(("re.", "regex.")) for name in function.names):
        return matched.compiled(function.names, node)
    if "ruamel.yaml.YAML" in function.names:
        unsafe = any(part.arg == "typ" and constant(part.value) == "unsafe" for part in node.keywords)
        return frozenset({"ruamel.yaml.unsafe()"}) if unsafe else NO_NAMES
    if "subprocess.Popen" in function.names and reads_program(node):
        return frozenset({"subprocess.Popen.interpreter()"})
    if "lxml.etree.XMLParser" not in function.names:
        return NO_NAMES
    said = {part.arg: part.value.value for part in node.keywords if isinstance(part.value, ast.Constant)}
    if said.get("resolve_entities") or said.get("load_dtd") or said.get("no_network") is False:
        return frozenset({UNSAFE_PARSER})
    return frozenset({SAFE_PARSER}) if said.get("resolve_entities") is False else NO_NAMES


def _by_way_out(names: Collection[str]) -> frozenset[str]:
    """A client of HTTP by what it sends through: the program itself, or what says that it refuses addresses."""
    if any(map(_WITHIN.match, names)):
        return frozenset({"within.httpx.Client()"})
    return frozenset({"guarded.httpx.Client()"}) if any(map(GUARDS.search, names)) else NO_NAMES


def truthy(node: ast.expr) -> bool:
    return not isinstance(node, ast.Constant) or bool(node.value)


def _holds_safe_loader(frame: Frame, table: ast.expr) -> bool:
    """`**options` where the code puts a safe loader among them, and no other."""
    unsafe = any(
        name.rpartition(".")[2] in {"Loader", "UnsafeLoader", "FullLoader"} for name in again(frame, table).names
    )
    return _is_safe_loader(frame, table) and not unsafe


def _is_safe_loader(frame: Frame, node: ast.expr) -> bool:
    """A safe loader of yaml, under any path, or a class derived from one."""
    waiting, seen = list(again(frame, node).names), set()
    while waiting:
        name = waiting.pop()
        if runners.SAFE_LOADERS.search(name):
            return True
        kind = frame.class_named(name)
        if kind is not None and name not in seen:
            seen.add(name)
            waiting += kind.bases
    return False

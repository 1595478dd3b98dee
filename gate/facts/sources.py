"""Where outsiders' text enters: requests by framework, and answers of language models."""

import ast
import re
from collections.abc import Collection
from functools import lru_cache

from gate import lazy
from gate.facts.spelling import spelled
from gate.facts.value import Atoms

WEB = lazy.regex(
    r"\b(?:flask|quart|apiflask|fastapi|starlette|django|rest_framework|ninja|aiohttp|sanic|bottle|tornado|falcon|"
    r"pyramid|litestar|robyn|blacksheep|azure\.functions|functions_framework|channels|connexion|cherrypy|webob|werkzeug)\b"
    r"|\brequest\.get_json\("
)
"""Modules that make `request` in a file mean a request."""

LIBRARIES = frozenset(
    "flask quart apiflask flask_openapi3 flask_restful flask_restx flask_restplus fastapi starlette django rest_framework "
    "aiohttp sanic bottle tornado falcon pyramid litestar robyn blacksheep azure ninja functions_framework connexion cherrypy "
    "webob werkzeug webargs streamlit telegram websockets socket aws_lambda_powertools openai anthropic litellm ollama mistralai "
    "cohere boto3 google vertexai huggingface_hub transformers langchain langchain_core langchain_openai langchain_anthropic "
    "langchain_community langgraph llama_index pydantic_ai crewai smolagents dspy chalice chainlit vllm llama_cpp".split()
)
"""Packages whose names mean what they always mean: a file of the tree by that name, which any change can add, hides no
source. Words that programs use for packages of their own (`agents`, `haystack`) are not among them."""

_FIELDS = (
    "args form values json data files headers cookies get_json get_data stream view_args query_string path full_path url "
    "GET POST body FILES COOKIES META get_full_path query_params path_params query match_info rel_url post text read "
    "media params json_body matchdict arguments body_arguments query_arguments get_body content get_param get_media "
    "bounded_stream forms body_file input_stream get_argument multipart referrer user_agent authorization environ"
)
_FIELD = "(?:" + "|".join(_FIELDS.split()) + ")"
_REQUEST = (
    r"(?:flask|quart|apiflask|flask_openapi3|sanic|bottle|litestar|robyn|blacksheep|aiohttp\.web|aiohttp\.web_request|"
    r"starlette\.requests|fastapi\.requests|fastapi|starlette\.websockets|django\.http|django\.http\.request|"
    r"django\.core\.handlers\.wsgi|rest_framework\.request|werkzeug\.wrappers|webob|webob\.request|pyramid\.request|"
    r"tornado\.httputil|tornado\.web\.RequestHandler|falcon|falcon\.asgi|azure\.functions|ninja|cherrypy|"
    r"sanic\.request|sanic\.response|connexion|litestar\.connection)"
    r"\.(?:request|Request|HttpRequest|HTTPServerRequest|WSGIRequest|ASGIRequest|HTTPConnection|websocket|LocalRequest)"
)
_WHOLE = lazy.regex(rf"{_REQUEST}(?:\(\))?")
_SOURCE = lazy.regex(
    rf"(?:{_REQUEST}|\?request)\.{_FIELD}"
    r"|(?:fastapi|starlette\.websockets)\.WebSocket\."
    r"(?:receive_\w+|receive|iter_\w+|query_params|path_params|headers|cookies)"
    r"|(?:quart|sanic)\.websocket\.(?:receive|recv)|aiohttp\.web\.WebSocketResponse\.(?:receive\w*)"
    r"|streamlit\.(?:text_input|text_area|chat_input|query_params|file_uploader|experimental_get_query_params)"
    r"|flask_rest(?:x|plus)\.(?:Namespace|Api)\.payload|(?:flask_restful|flask_restx)\.reqparse\.RequestParser\.parse_args|webargs\.\w+\.\w+\.parse"
    r"|telegram\.Update\.(?:effective_)?message\.(?:text|caption)"
    r"|telegram\.ext\.(?:ContextTypes\.DEFAULT_TYPE|CallbackContext)\.args"
    r"|[\w.]*(?:Serializer|Form|\.get_serializer)(?:\(\))?\.(?:validated_data|cleaned_data)"
    r"|chalice\.Chalice\.current_request\.(?:json_body|raw_body|query_params|headers|uri_params)|chainlit\.Message\.content"
    r"|socket\.(?:socket|create_server)\.accept|socket\.socket\.recvfrom"
    r"|aws_lambda_powertools\.[\w.]*Resolver\.current_event\.(?:json_body|body|decoded_body|query_string_parameters|headers|path_parameters|get_\w+_value)"
    r"|[\w.?]+\.\?wrapped\.(?!\w*(?:safe|clean|sanitiz|sanitis|escap))"
    r"(?:get|read|form|query|cookie|header|param|arg|value|body|json)\w*"
    r"|websockets\.[\w.]*\.recv|tornado\.web\.RequestHandler\.get_(?:query_|body_)?arguments?"
)

_SAFE = lazy.regex(r"[\w.?]+\.\?wrapped\.\w*(?:safe|clean|sanitiz|sanitis|escap)\w*")

_METHODS = r"(?:a?invoke|a?stream|a?batch|a?predict|a?run|run_sync|run_stream|a?generate|a?complete|a?chat|a?query|kickoff(?:_async)?|a?call|apredict|predict_messages)"
_MODEL = lazy.regex(
    r"openai\.(?:Async)?(?:Azure)?OpenAI\.(?:[\w]+\.)*(?:create|parse|stream)"
    r"|openai\.(?:ChatCompletion|Completion|chat\.completions|completions|responses)\.(?:a?create|parse)"
    r"|anthropic\.(?:Async)?Anthropic(?:Bedrock|Vertex|Foundry)?\.(?:[\w]+\.)*(?:create|stream|parse)"
    r"|google\.genai\.Client\.(?:aio\.)?(?:models|chats)\.[\w.]+|google\.genai\.[\w.]*generate_content\w*"
    r"|(?:google\.generativeai|vertexai\.[\w.]+)\.(?:GenerativeModel|ChatSession|TextGenerationModel)\.(?:[\w.]+\.)?(?:generate_content\w*|send_message\w*|predict)"
    r"|litellm\.(?:a?completion|a?text_completion|a?responses)|litellm\.(?:Router|router\.Router)\.a?completion"
    r"|ollama\.(?:(?:Async)?Client\.)?(?:chat|generate)"
    r"|mistralai\.[\w.]*\.(?:complete|parse|stream)\w*|(?:groq|together|cerebras\.cloud\.sdk)\.(?:Async)?\w+\.[\w.]*create"
    r"|cohere\.(?:Async)?Client(?:V2)?\.(?:chat|generate|chat_stream)"
    r"|boto3\.(?:client|Session\.client)\.(?:converse|converse_stream|invoke_model\w*)"
    r"|huggingface_hub\.(?:Async)?InferenceClient\.(?:chat_completion|text_generation|chat\.completions\.create)"
    r"|transformers\.pipeline\.__call__"
    rf"|(?:langchain\w*|langgraph|llama_index|dspy|pydantic_ai|agents|instructor|crewai|autogen\w*|semantic_kernel|smolagents|haystack)"
    rf"\.(?:[\w]+\.)+{_METHODS}"
    r"|autogen\w*\.(?:\w+\.)*a?_?generate_(?:oai_)?reply|vllm\.(?:\w+\.)*LLM\.(?:generate|chat)"
    r"|llama_cpp\.(?:\w+\.)*Llama(?:\.from_pretrained)?\.(?:__call__|create_completion|create_chat_completion)"
    r"|(?:dspy|langchain\w*)\.(?:\w+\.)*(?:LLMChain|Predict|ChainOfThought|ChatOpenAI|OpenAI|ChatAnthropic)\.__call__"
)

_ASKING = frozenset(
    "create parse stream generate_content generate_content_async invoke ainvoke predict apredict generate agenerate complete acomplete".split()
)
"""Methods that may ask a model."""
_SPELLED = lazy.regex(
    r"(?P<sure>\.chat\.completions\.(?:create|parse|stream)$|(?:^|[._])llm\.(?:a?invoke|a?predict|a?generate|a?complete)$)"
    r"|\.(?:completions|responses|messages)\.(?:create|parse|stream)$|\.generate_content(?:_async)?$"
)
_ASKS = lazy.regex(r"(?:requests|httpx|aiohttp)\.(?:\w+\.)*(?:post|request)|urllib\.request\.(?:urlopen|Request)")
QUESTION = "urllib.request.Request"
"""What a model is asked with: no answer yet when it is sent."""
_MODEL_URL = lazy.regex(
    r"https?://(?:api\.(?:openai|anthropic|mistral|groq|cohere|together|deepseek|x|perplexity)\.(?:com|ai|xyz)|openrouter\.ai"
    r"|generativelanguage\.googleapis\.com|api-inference\.huggingface\.co|[\w.-]+:11434)/"
)

_ROUTE = lazy.regex(r"(?:\w+\.)*(?:route|get|post|put|patch|delete|head|options|api_route|websocket|websocket_route|add|expose|"
                    r"view|any|on|event|http_get|http_post|operation|api_operation)$")  # fmt: skip
_ROUTE_PLAIN = lazy.regex(
    r"(?:bottle\.(?:route|get|post|put|delete|patch)|litestar\.(?:get|post|put|patch|delete|route|websocket\w*)|"
    r"pyramid\.view\.view_config|rest_framework\.decorators\.(?:api_view|action)|django\.views\.decorators\.[\w.]+|"
    r"functions_framework\.(?:http|cloud_event)|robyn\.\w+|flask_appbuilder\.(?:[\w.]*\.)?expose|"
    r"cherrypy\.expose|webargs\.\w+\.use_(?:kw)?args|discord\.ext\.commands\.(?:\w+\.)*(?:hybrid_)?command|django\.contrib\.auth\.decorators\.\w+|flask_admin\.expose|flask_classful\.route)$"
)
_ROUTERS = lazy.regex(
    r"(?:flask|quart|apiflask|flask_openapi3|fastapi|starlette|sanic|aiohttp|bottle|ninja|litestar|robyn|blacksheep|"
    r"flask_restful|flask_restx|connexion|falcon|flask_socketio|socketio|starlite|esmerald|microdot|japronto|chalice|aws_lambda_powertools|ellar)\b"
)
_ROUTER_NAME = lazy.regex(
    r"(?:^|[._])(?:app|application|bp|blueprint|api|router|routes|route|server|web|views?|sio|socketio|admin|mod|ns)\d*$",
    re.IGNORECASE,
)
_GRAPHQL = lazy.regex(
    r"(?:strawberry\.(?:field|mutation|subscription)|strawberry\.[\w.]+\.(?:field|mutation)|ariadne\.[\w.]+\.field)$"
)
_TOOL = lazy.regex(
    r"(?:(?:mcp|fastmcp)\.(?:\w+\.)*(?:FastMCP|Server|MCPServer)\.(?:tool|call_tool|resource|read_resource|prompt|get_prompt)|langchain\w*\.(?:\w+\.)*tool|agents\.(?:\w+\.)*function_tool|"
    r"pydantic_ai\.(?:\w+\.)*Agent\.tool(?:_plain)?|crewai\.(?:\w+\.)*tool|crewai_tools\.tool|smolagents\.tool|"
    r"semantic_kernel\.(?:\w+\.)*kernel_function|(?:[\w?]+\.)+register_for_(?:execution|llm)|google\.adk\.[\w.]*tool|"
    r"strands\.(?:\w+\.)*tool|haystack\.(?:\w+\.)*tool|agno\.(?:\w+\.)*tool|dspy\.(?:\w+\.)*tool|claude_agent_sdk\.tool)$"
)
_FILTER = lazy.regex(r"django\.template\.(?:\w+\.)*Library\.filter|(?:flask|quart)\.(?:\w+\.)*(?:app_)?template_filter")
_VIEW_BASE = lazy.regex(
    r"(?:django\.views(?:\.\w+)*|django\.contrib\.[\w.]+|rest_framework\.(?:views|viewsets|generics|mixins|serializers)|rest_framework)\.\w*(?:View|ViewSet|Mixin|ViewSetMixin)$|"
    r"(?:flask\.views|quart\.views|flask_restful|flask_restx|flask_classful|flask_openapi3)\.(?:MethodView|View|Resource|FlaskView|APIView)$|"
    r"(?:starlette|fastapi)\.endpoints\.(?:HTTPEndpoint|WebSocketEndpoint)$|tornado\.(?:web\.RequestHandler|websocket\.WebSocketHandler)$|"
    r"aiohttp\.web\.View$|litestar\.(?:\w+\.)*Controller$|channels\.generic\.[\w.]+Consumer$|sanic\.views\.HTTPMethodView$|jupyter_server\.[\w.]*Handler$|http\.server\.BaseHTTPRequestHandler$|"
    r"socketserver\.\w+RequestHandler$|(?:\w+\.)*\w+_pb2_grpc\.\w+Servicer$"
)
_TOOL_BASE = lazy.regex(
    r"(?:langchain\w*|crewai\w*|smolagents|llama_index|haystack)\.(?:\w+\.)*(?:BaseTool|StructuredTool|Tool|BaseToolkit)$"
)
VERBS = frozenset(
    "get post put patch delete head options dispatch form_valid on_get on_post on_put on_patch on_delete list create "
    "retrieve update partial_update destroy perform_create perform_update receive receive_json on_message on_receive "
    "websocket_receive message prepare query action get_queryset get_object get_context_data".split()
)
ENQUEUE = frozenset(
    "delay apply_async send send_with_options enqueue kiq apply s si signature submit defer schedule".split()
)

_PLAIN = frozenset("int float bool complex bytes.int NoneType None".split())
_CLOSED = lazy.regex(
    r"(?:builtins\.(?:int|float|bool|complex)|uuid\.UUID\d*|datetime\.\w+(?:\.\w+)?|decimal\.Decimal|enum\.\w+|typing\.Literal|"
    r"typing_extensions\.Literal|ipaddress\.\w+|pydantic\.(?:UUID\d|PositiveInt|NonNegativeInt|conint|confloat|StrictInt|StrictBool|AnyUrl|HttpUrl|EmailStr)|"
    r"(?:fastapi|starlette)\.(?:\w+\.)*(?:Request|Response|BackgroundTasks|WebSocket|HTTPConnection|SecurityScopes)|pydantic\.types\.\w+)$"
)
_OPEN = lazy.regex(
    r"(?:builtins\.(?:str|bytes|list|dict|tuple|set|object|frozenset)|typing\.(?:Any|List|Dict|Tuple|Set|Sequence|Mapping|Iterable|AnyStr|Text)|"
    r"collections\.abc\.\w+|(?:fastapi|starlette)\.(?:\w+\.)*UploadFile|pydantic\.(?:Json|SecretStr|constr|StrictStr|Field)|typing\.Annotated)$"
)


@lru_cache(maxsize=65536)
def source_of(name: str) -> str:
    """Say "request" or "llm" when reading this dotted name gives outsiders' text, else ""."""
    if _SOURCE.fullmatch(name):
        return "request"
    return "llm" if _MODEL.fullmatch(name) else ""


def asked_of(name: str, atoms: Atoms) -> Atoms:
    """`self.request.post()` is what a form holds, as `self.request.POST` is."""
    if not source_of(f"?request.{name}"):
        return atoms
    asked = (atom.kind == "attr" and atom.name.endswith(".request") and not atom.field for atom in atoms)
    return frozenset(
        atom._replace(field=name) if of_request else atom for atom, of_request in zip(atoms, asked, strict=True)
    )


def says_safe(name: str) -> bool:
    """Whether a method of a request's wrapper is named for giving what no outsider wrote freely."""
    return bool(_SAFE.fullmatch(name))


def sounds_like_model(func: ast.expr, named: Collection[str]) -> bool:
    """Whether a call asks a model by its spelling, whatever the client is: `client.chat.completions.create(...)`.

    `named` are the names of its keywords: others than models have `messages.create`, and nobody else is told a `model`.
    """
    if not isinstance(func, ast.Attribute) or func.attr not in _ASKING:
        return False
    found = _SPELLED.search(spelled(func))
    return found is not None and (found["sure"] is not None or "model" in named)


def asks_model(name: str, url: str) -> bool:
    """Whether calling this function with this address asks a language model."""
    return bool(_ASKS.fullmatch(name) and _MODEL_URL.match(url))


@lru_cache(maxsize=65536)
def is_request(name: str) -> bool:
    """Whether something of this name is a request as a whole; what a program keeps on it is its own."""
    return name.startswith("?request") or bool(_WHOLE.fullmatch(name))


@lru_cache(maxsize=8192)
def route(decorator: str) -> bool:
    """Whether a decorator, by its dotted name, makes a function a route."""
    if _ROUTE_PLAIN.fullmatch(decorator):
        return True
    owner = decorator.rpartition(".")[0]
    return bool(owner and _ROUTE.fullmatch(decorator) and (_ROUTERS.match(owner) or _ROUTER_NAME.search(owner)))


@lru_cache(maxsize=8192)
def resolver(decorator: str) -> bool:
    return bool(_GRAPHQL.fullmatch(decorator))


@lru_cache(maxsize=8192)
def tool(decorator: str) -> bool:
    """Whether a decorator offers a function to a language model."""
    return bool(_TOOL.fullmatch(decorator))


def template_filter(decorator: str) -> bool:
    """Whether a decorator makes a function a filter of templates: what is shown goes through it."""
    return bool(_FILTER.fullmatch(decorator))


def view(base: str) -> bool:
    """Whether classes derived from this one answer requests by their methods."""
    return bool(_VIEW_BASE.fullmatch(base))


def tool_class(base: str) -> bool:
    return bool(_TOOL_BASE.fullmatch(base))


def closed(annotation: str) -> bool:
    """Whether a parameter of this type holds no free text."""
    return bool(_CLOSED.fullmatch(annotation))


def opened(annotation: str) -> bool:
    """Whether a parameter of this type holds free text."""
    return bool(_OPEN.fullmatch(annotation))

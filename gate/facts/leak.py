"""What is written into logs, errors, traces and stores: credentials, cards, and what tells who somebody is."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from gate import lazy
from gate.facts.names import Names, names
from gate.facts.placed import Around, answers, assigned, placed, text
from gate.facts.spelling import last, spelled
from gate.hint import Hint
from gate.nodes import children, walk
from gate.paths import kind
from gate.source import Place, Source

_LOGS = lazy.regex(
    r"(?i)(?:^|\.)_?(?:log|logger|logging|\w+_log|\w+_logger|LOG)(?:\.\w+(?:\(\))?)*\.(?:debug|info|warn|warning|error|exception|critical|fatal|log|trace|msg|success)$"
    r"|(?:^|\.)logging\.(?:debug|info|warning|error|exception|critical|log)$"
)
_TRACES = lazy.regex(
    r"(?:^|\.)(?:sentry_sdk\.(?:set_context|set_extra|set_tag|capture_message)|set_attribute|capture_message|add_breadcrumb|mixpanel\.track|posthog\.capture|analytics\.track"
    r"|segment\.track)$"
)
_STORES = lazy.regex(
    r"(?:^|\.)(?:redis\w*|cache|r|session|queue)\.(?:set|setex|hset|put|publish|lpush|rpush|send_message|delay)$"
)
_MASKS = lazy.regex(
    r"(?i)mask|redact|hash|sha\d|hexdigest|fingerprint|obfusc|last_?(?:4|four)|tokeni|vault|encrypt|^len$|^bool$|^type$|^isinstance$|sanitiz|scrub|anonymi|truncat|censor|^id$|partial"
)
_READS_TOKEN = lazy.regex(r"(?i)(?:jwt|jws|jose|token)\w*\.decode$|decode_(?:jwt|token)$")
"""What is said in a token, without what proves it."""
_CARD = lazy.regex(
    r"^(?:card_?num(?:ber)?|cc_?num(?:ber)?|credit_?card(?:_?number)?|primary_?account_?number|cvv2?|cvc2?|card_?verification(?:_?code|_?value)?|track_?[12]?_?data|pin_?block|magstripe|card_?cvc|card_?cvv|security_?code_?cvv)$",
    re.IGNORECASE,
)
_SECRET = lazy.regex(
    r"(?i)^(?:\w+_)?(?:password|passwd|pwd|client_secret|secret_key|api_?key|private_key|secret_access_key|auth_header|bearer_token|access_token|refresh_token|id_token"
    r"|session_token|otp_code|totp_secret|recovery_codes?|webhook_secret|signing_key|jwt_secret|db_password|auth_token|reset_token)$|^(?:secret|authorization)$"
)
_NOT_SECRET = lazy.regex(
    r"(?i)^(?:has|is|no|num|max|min|total|count|need|requires?|should|use|with|without|show|hide|change|reset|forgot|allow|invalid|missing|check|expired?|public|hashed|encrypted|masked"
    r"|n|valid|set|enable|disable|validate|verify|old_hashed|generate|create|get|test|dummy|fake)_|_(?:name|id|ids|field|path|file|url|uri|env|var|type|count|len|length|hash|policy|expires?\w*|required|enabled|hint|prefix|index|env_var|key_name|status|error|errors|form)$"
)
_PERSON = lazy.regex(
    r"(?i)^(?:\w+_)?(?:email|e_mail|email_address|phone|phone_number|mobile|mobile_number|ssn|social_security(?:_number)?|date_of_birth|dob|passport(?:_number)?|national_id|tax_id|iban"
    r"|bank_account|full_name|diagnosis|aadhaar|home_address|street_address)$|^address$"
)
_WHOLE = lazy.regex(
    r"(?:^|\.)(?:request|req|flask\.request|self\.request)\.(?:headers|cookies|POST|form|body|data|json|META|get_json\(\)|json\(\)|body\(\)|form\(\))$|^(?:os\.)?environ$"
)
_HUMAN = lazy.regex(r"(?:\w+_)?(?:user|customer|patient|employee|member|person|profile)")
_DUMPS = lazy.regex(
    rf"(?:^|\.){_HUMAN.pattern}\.(?:__dict__|to_dict|as_dict|dict|model_dump|model_dump_json|to_json|json|serialize)$"
)
_VARS = lazy.regex(r"(?:^|\.)(?:vars|asdict|model_to_dict)$")
_FOLDERS = lazy.regex(r"(?i)\b(?:os\.)?(?:chdir|getcwd|mkdir|makedirs)\b|\bcwd\b")
_ENTRANCE = lazy.regex(
    r"(?i)log_?in|sign_?(?:in|up)|register|password|payment|checkout|charge|card|auth|token|otp|reset"
)


_WRITES = (ast.Call, ast.Raise, ast.Return)


@dataclass(frozen=True)
class Leak:
    """A value that is written where others read it."""

    languages: ClassVar[frozenset[str]] = frozenset({"python"})
    hint: ClassVar[Hint] = Hint.of(
        "log", "print(", "raise ", "sentry_sdk", "set_attribute", "redis", "cache.", "posthog", "mixpanel", "cvv", "cvc",
    )  # fmt: skip

    place: Place
    what: str
    """"card", "secret", "person", "body" or "whole": all that is known of a person."""
    where: str
    """"log", "error", "trace", "store", "answer" or "print"."""
    name: str

    @classmethod
    def find(cls, source: Source) -> Iterator["Leak"]:
        if kind(source.path) != "production":
            return
        table = names(source)
        for node, around in placed(source.tree):
            for where, parts in _written(node, around, table) if isinstance(node, _WRITES) else ():
                found = _first(parts, where, around)
                if found:
                    yield cls(Place.at(source.path, node.lineno, node.end_lineno), *found)  # type: ignore[attr-defined]
                    break


def _written(node: ast.AST, around: Around, table: Names) -> Iterator[tuple[str, list[ast.AST]]]:
    """What a statement writes, and where to."""
    if isinstance(node, ast.Call):
        name = spelled(node.func)
        parts: list[ast.AST] = [*node.args, *node.keywords]
        if _LOGS.search(name):
            yield "log", parts
        elif name == "print" and not any(word.arg == "file" for word in node.keywords) and not around.in_script:
            yield "print", parts
        elif _TRACES.search(name):
            yield "trace", parts
        elif _STORES.search(name):
            yield "store", parts[1:]
    elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
        yield "error", [*node.exc.args, *node.exc.keywords]
    elif (
        isinstance(node, ast.Return)
        and isinstance(node.value, ast.Dict)
        and around.functions
        and answers(around, table)
    ):
        yield "answer", [node.value]


def _first(parts: list[ast.AST], where: str, around: Around) -> tuple[str, str, str] | None:
    """The gravest of what is written."""
    order = ("card", "secret", "body", "whole", "person")
    found = sorted(
        ((what, name) for what, name in _values(parts, around) if _matters(what, where)),
        key=lambda pair: order.index(pair[0]),
    )
    return (found[0][0], where, found[0][1]) if found else None


def _matters(what: str, where: str) -> bool:
    if where in {"store", "answer"}:
        return what == "card"
    return what not in {"body", "person", "whole"} or where in {"log", "trace"}


def _values(parts: list[ast.AST], around: Around) -> Iterator[tuple[str, str]]:
    """The telling names whose values an expression holds; what is masked, measured or compared says nothing."""
    stack: list[ast.AST] = list(parts)
    while stack:
        node = stack.pop()
        match node:
            case ast.keyword(value=value):
                stack.append(value)
            case ast.Dict(values=values):
                stack += values
            case ast.Call():
                stack += _of_call(node)
                if what := _whole(f"{spelled(node.func)}()", around):
                    yield what, f"{spelled(node.func)}()"
                elif _DUMPS.search(spelled(node.func)) or (_VARS.search(spelled(node.func)) and _is_person(node.args)):
                    yield "whole", f"{spelled(node.func)}()"
            case ast.Name() | ast.Attribute():
                name = spelled(node)
                if _DUMPS.search(name):
                    yield "whole", name
                what = _whole(name, around) or telling(last(name))
                if what and not _is_masked(name, around) and not _is_folder(name, around):
                    yield what, name
            case ast.Subscript(slice=ast.Slice()) | ast.Compare() | ast.Lambda() | ast.IfExp():
                pass
            case ast.Subscript(value=value, slice=ast.Constant(value=str() as key)):
                if what := telling(key):
                    yield what, f"{last(spelled(value))}[{key!r}]"
            case ast.Subscript(value=value) if what := _whole(spelled(value), around):
                yield what, f"{spelled(value)}[...]"
            case ast.BoolOp() | ast.UnaryOp() | ast.Constant():
                pass
            case _:
                stack += children(node)


def _is_person(given: list[ast.expr]) -> bool:
    return bool(given) and bool(_HUMAN.fullmatch(last(spelled(given[0]))))


def _of_call(node: ast.Call) -> list[ast.AST]:
    """The parts of a call whose value it hands on."""
    name = spelled(node.func)
    if last(name) == "get_secret_value" and isinstance(node.func, ast.Attribute):
        return [node.func.value]
    if last(name) == "get" and node.args and isinstance(node.args[0], ast.Constant):
        return (
            [ast.Subscript(node.func.value, node.args[0], ast.Load())] if isinstance(node.func, ast.Attribute) else []
        )
    if _READS_TOKEN.search(name) or _MASKS.search(last(name)):
        return []
    if last(name) in {"format", "join", "strip", "lower", "decode", "encode", "upper"} and isinstance(
        node.func, ast.Attribute
    ):
        return [node.func.value, *node.args, *node.keywords]
    return [*node.args] if name in {"str", "repr", "dict", "list", "json.dumps", "dumps", "pformat"} else []


def _is_masked(name: str, around: Around) -> bool:
    """Whether a variable was made shorter, or hidden, before it is written: `key = key[:4] + "***"`; or only says yes or no."""
    made = assigned(around.functions[-1]).get(name, ()) if around.functions else ()
    if made and all(isinstance(value, ast.Compare) for value in made):
        return True
    parts = [part for value in made for part in walk(value)]
    sliced = any(isinstance(part, ast.Subscript) and isinstance(part.slice, ast.Slice) for part in parts)
    return sliced or any(isinstance(part, ast.Call) and _MASKS.search(last(spelled(part.func))) for part in parts)


def _is_folder(name: str, around: Around) -> bool:
    """Whether `pwd` is a working directory, and no password, as the function or class around says."""
    if not last(name).lower().endswith("pwd"):
        return False
    outer = around.classes[-1:] or around.functions[:1]
    return any(_FOLDERS.search(text(one)) for one in outer)


def _whole(name: str, around: Around) -> str:
    """Everything a request brought: its headers anywhere, its body where people sign in or pay."""
    if not _WHOLE.search(name):
        return ""
    headers = name.endswith(("headers", "cookies", "META", "environ"))
    entrance = any(_ENTRANCE.search(function.name) for function in around.functions)
    return "secret" if headers or entrance else "body"


@lru_cache(maxsize=16384)
def telling(name: str) -> str:
    """What a name says its value is: "card", "secret", "person", or "" for anything else."""
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).strip("_")
    if _CARD.match(snake):
        return "card"
    if _NOT_SECRET.search(snake) or snake.isupper():
        return ""
    if _SECRET.match(snake):
        return "secret"
    return "person" if _PERSON.match(snake) else ""

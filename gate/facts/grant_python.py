"""Grants in Python: policies as dictionaries or texts, statements of the CDK, policies attached by name."""

import ast
import json
from collections.abc import Iterator, Mapping

from gate import lazy
from gate.facts.defaults import bound, last
from gate.facts.grant import UNREAD, Condition, Found, Statement, judgement, managed, permitted
from gate.facts.placed import placed
from gate.source import Source

_LIMITS = lazy.regex(r"(?i)boundary|scp|deny")
_ATTACHES = lazy.regex(r"(?i)attach|managed_?polic|policy_arn")
_RULES = ("verbs", "resources", "api_groups")
_STATED = frozenset({"Effect", "Action", "Resource"})
"""The keys of a statement that is added to others."""
_STATEMENTS = lazy.regex(r"(?i)statements?\b[^(]*\.(?:append|insert)$")
_SENT = frozenset({"PolicyArn", "policy_arn", "managed_policy_arns", "managed_policy_name", "managed_policies"})


def written(source: Source) -> Iterator[Found]:
    limits = _limits(source)
    for node, _ in placed(source.tree):
        if id(node) not in limits:
            yield from judgement(_stated(node, source))
            yield from _called(node, source) if isinstance(node, ast.Call) else ()


def statements(source: Source) -> Iterator[Statement]:
    for node, _ in placed(source.tree):
        yield from _stated(node, source)
        yield from _trusting(node, source) if isinstance(node, ast.Call) else ()


def _stated(node: ast.AST, source: Source) -> Iterator[Statement]:
    if isinstance(node, ast.Dict):
        yield from _policy(node, source)
    elif isinstance(node, ast.Call):
        yield from _made(node, source)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and '"Statement"' in node.value:
        yield from _text(node)


def _trusting(node: ast.Call, source: Source) -> Iterator[Statement]:
    """Who may assume a role, of the CDK: `iam.WebIdentityPrincipal(provider, conditions={...})`."""
    if last(node.func).endswith(("Principal", "PrincipalWithConditions")) and node.args:
        given = next((word.value for word in node.keywords if word.arg == "conditions"), None)
        asked = tuple(_conditions(_value(given or (node.args[1] if node.args[1:] else None), source, 0)))
        unread = () if asked or not (given or node.args[1:]) else (UNREAD,)
        about = (ast.unparse(node.args[0]),)
        yield Statement(node.lineno, node.lineno, ("sts:AssumeRole",), about, about, conditions=asked or unread)


def _limits(source: Source) -> set[int]:
    """What is bound to a name that says it only limits what others grant."""
    held = {name: value for name, value in bound(source).items() if _LIMITS.search(name)}
    return {id(part) for value in held.values() for part in ast.walk(value)}


def _policy(node: ast.Dict, source: Source) -> Iterator[Statement]:
    whole = _value(node, source, 0)
    held = whole.get("Statement") if isinstance(whole, dict) else None
    parts = next((value for key, value in zip(node.keys, node.values, strict=True)
                  if isinstance(key, ast.Constant) and key.value == "Statement"), None)  # fmt: skip
    nodes = parts.elts if isinstance(parts, ast.List | ast.Tuple) else [parts]
    for one, where in zip(held if isinstance(held, list) else [held], nodes, strict=False):
        if isinstance(one, dict) and where is not None:
            yield from _found(one, where.lineno, where.end_lineno or where.lineno)


def _text(node: ast.Constant) -> Iterator[Statement]:
    """A policy written as JSON in a string."""
    try:
        whole = json.loads(str(node.value))
    except (ValueError, RecursionError):
        return
    held = whole.get("Statement") if isinstance(whole, dict) else None
    for one in held if isinstance(held, list) else [held]:
        if isinstance(one, dict):
            yield from _found(one, node.lineno, node.end_lineno or node.lineno)


def _found(one: Mapping[str, object], line: int, end_line: int) -> Iterator[Statement]:
    condition = one.get("Condition")
    if "Action" in one or "NotAction" in one:
        yield Statement(
            line, end_line, _texts(one.get("Action")), _texts(one.get("Resource")), _principals(one),
            one.get("Effect") == "Deny", "NotAction" in one, " ".join(_keys(condition)), tuple(_subjects(condition)),
            str(one.get("Sid") or ""), tuple(_conditions(condition)) or ((UNREAD,) if "Condition" in one else ()),
        )  # fmt: skip


def _conditions(value: object) -> Iterator[Condition]:
    for operator, keys in value.items() if isinstance(value, dict) else ():
        yield from (Condition(str(operator), str(key), _texts(held)) for key, held in _pairs(keys))
        if not isinstance(keys, dict):
            yield UNREAD


def _pairs(value: object) -> Iterator[tuple[object, object]]:
    return iter(value.items()) if isinstance(value, dict) else iter(())


def _principals(one: Mapping[str, object]) -> tuple[str, ...]:
    """Who a statement names; one that is put together by code is somebody."""
    return _texts(one.get("Principal")) or (("somebody",) if "Principal" in one else ())


def _made(node: ast.Call, source: Source) -> Iterator[Statement]:
    """A statement that is made by a call, or added to others."""
    name, end_line = last(node.func), node.end_lineno or node.lineno
    given = {word.arg: word.value for word in node.keywords if word.arg}
    if name in {"PolicyStatement", "GetPolicyDocumentStatementArgs"} and given:
        asked = tuple(_conditions(_value(given.get("conditions"), source, 0)))
        yield Statement(
            node.lineno, end_line, _texts(_value(given.get("actions"), source, 0)),
            _texts(_value(given.get("resources"), source, 0)),
            ("somebody",) if given.get("principals") else (),
            "DENY" in ast.unparse(given.get("effect", node.func)).upper(), "not_actions" in given,
            "somehow" if given.get("conditions") else "",
            sid="".join(_texts(_value(given.get("sid"), source, 0))),
            conditions=asked or ((UNREAD,) if "conditions" in given else ()),
        )  # fmt: skip
    elif name in {"append", "insert"} and _STATEMENTS.search(ast.unparse(node.func)):
        one = _value(node.args[-1] if node.args else None, source, 0)
        if isinstance(one, dict) and one.keys() >= _STATED:
            yield from _found(one, node.lineno, end_line)


def _called(node: ast.Call, source: Source) -> Iterator[Found]:
    name, end_line = last(node.func), node.end_lineno or node.lineno
    given = {word.arg: word.value for word in node.keywords if word.arg}
    if name in {"V1PolicyRule", "PolicyRuleArgs", "ClusterRoleRuleArgs", "RoleRuleArgs"}:
        verbs, resources, groups = (_texts(_value(given.get(word), source, 0)) for word in _RULES)
        for found in permitted(verbs, resources, groups, named="resource_names" in given, whole=name != "RoleRuleArgs"):
            yield (node.lineno, end_line, *found)
    elif name == "from_aws_managed_policy_name" or _ATTACHES.search(name):
        values = [*node.args, *(value for word, value in given.items() if word in _SENT)]
        texts = (text for value in values for text in _texts(_value(value, source, 0)))
        yield from ((node.lineno, end_line, "managed", crown) for text in texts if (crown := managed(text)))


def _value(node: ast.expr | None, source: Source, depth: int) -> object:
    """An expression as plain values, None for what is not written out."""
    if depth > 8:
        return None
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            return _value(bound(source).get(name), source, depth + 1)
        case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
            return [_value(part, source, depth + 1) for part in parts]
        case ast.Dict(keys=keys, values=values):
            pairs = zip(keys, values, strict=True)
            return {
                key.value: _value(value, source, depth + 1) for key, value in pairs if isinstance(key, ast.Constant)
            }
    return None


def _texts(value: object) -> tuple[str, ...]:
    """The texts in a value, those a mapping holds as well."""
    if isinstance(value, str):
        return (value,)
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return tuple(text for part in parts for text in _texts(part))


def _keys(value: object) -> Iterator[str]:
    for key, inner in value.items() if isinstance(value, dict) else ():
        yield str(key)
        yield from _keys(inner)


def _subjects(value: object) -> Iterator[str]:
    for key, inner in value.items() if isinstance(value, dict) else ():
        if str(key).endswith(":sub"):
            yield from _texts(inner)
        else:
            yield from _subjects(inner)

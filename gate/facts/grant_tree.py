"""Grants in YAML and JSON: policies of AWS, roles and bindings of Kubernetes."""

from collections.abc import Iterator, Mapping

from gate import lazy
from gate.facts.config import Node, exact
from gate.facts.grant import UNREAD, Condition, Found, Statement, judgement, managed, permitted
from gate.source import Source

_LISTS = ("Statement", "iamRoleStatements", "statements")
_SAYS = lazy.regex(
    r"[sS]tatements?[\"']?\s*:|kind[\"']?\s*:\s*[\"']?(?:Cluster)?Role|(?:Arns|[pP]olicies|[aA]ssignableScopes)[\"']?\s*:"
)
_LIMITS = lazy.regex(r"(?i)boundary|scp|servicecontrol")
"""Names of policies that only limit what others grant."""
_MANAGED = ("ManagedPolicyArns", "Policies", "managedPolicies", "iamManagedPolicies")
_EVERYBODY = frozenset({"system:unauthenticated", "system:anonymous", "system:authenticated"})


def written(source: Source) -> Iterator[Found]:
    root = exact(source) if _SAYS.search(source.text) else None
    if root is None:
        return
    for node in root.walk():
        kind = node["kind"].text
        if kind in {"ClusterRole", "Role"}:
            yield from _role(node, kind)
        elif kind in {"ClusterRoleBinding", "RoleBinding"}:
            yield from _binding(node)
        elif node["AssignableScopes"].value or node["assignableScopes"].value:
            yield from _azure(node)
    limits = bool(_LIMITS.search(source.path))
    yield from judgement(_policies(root, limits=limits))
    for node, only in _nodes(root, limits=limits):
        yield from (found for name in _MANAGED for found in _managed(node[name]) if not only)


def statements(source: Source) -> Iterator[Statement]:
    root = exact(source) if _SAYS.search(source.text) else None
    return _policies(root, limits=bool(_LIMITS.search(source.path))) if root is not None else iter(())


def _policies(root: Node, *, limits: bool) -> Iterator[Statement]:
    """The statements of every policy below a node."""
    for node, only in _nodes(root, limits=limits):
        listed = (one for name in _LISTS for one in _members(node[name]))
        yield from (found for one in listed for found in _found(one, limits=only))


def _nodes(root: Node, *, limits: bool) -> Iterator[tuple[Node, bool]]:
    """Every node, and whether it lies in what is called a boundary, which only limits what others grant."""
    stack, seen = [(root, limits)], {id(root)}
    while stack:
        node, limits = stack.pop()
        yield node, limits
        below = [(child, limits) for child in node.value] if isinstance(node.value, tuple) else []
        below += [(child, limits or bool(_LIMITS.search(name))) for name, child in node.pairs]
        for inner in reversed(below):
            if id(inner[0]) not in seen:
                seen.add(id(inner[0]))
                stack.append(inner)


def _managed(node: Node) -> Iterator[Found]:
    for one in node.items:
        if name := managed(one.text):
            yield one.line, one.line, "managed", name


def _members(node: Node) -> tuple[Node, ...]:
    return node.value if isinstance(node.value, tuple) else (node,)


def _found(node: Node, *, limits: bool) -> Iterator[Statement]:
    if not node["Action"].value and not node["NotAction"].value:
        return
    yield Statement(
        node.line,
        max([node.line, *(part.line for part in node.walk())]),
        _texts(node["Action"]),
        _texts(node["Resource"]) or (("*",) if node["NotResource"].value else ()),
        tuple(one.text for part in (node["Principal"],) for one in part.walk() if one.text),
        node["Effect"].text == "Deny",
        bool(node["NotAction"].value),
        " ".join(name for part in node["Condition"].walk() for name, _ in part.pairs),
        tuple(
            t.text for part in node["Condition"].walk() for n, s in part.pairs if n.endswith(":sub") for t in s.items
        ),
        node["Sid"].text,
        tuple(_conditions(node["Condition"])),
        limits,
    )


def _conditions(node: Node) -> Iterator[Condition]:
    for operator, keys in node.pairs:
        if not isinstance(keys.value, Mapping):
            yield UNREAD
        yield from (Condition(operator, key, _texts(held)) for key, held in keys.pairs)
    if node.value and not isinstance(node.value, Mapping):
        yield UNREAD


def _texts(node: Node) -> tuple[str, ...]:
    return tuple(one.text for one in node.items if one.text)


def _role(node: Node, kind: str) -> Iterator[Found]:
    """A role of Kubernetes; one of a single namespace gives less away."""
    for rule in _members(node["rules"]):
        verbs, resources, groups = (_texts(rule[name]) for name in ("verbs", "resources", "apiGroups"))
        named = bool(_texts(rule["resourceNames"]))
        for found in permitted(verbs, resources, groups, named=named, whole=kind == "ClusterRole"):
            yield (rule.line, max([rule.line, *(part.line for part in rule.walk())]), *found)


def _azure(node: Node) -> Iterator[Found]:
    """A role of Azure's; what it may be given on stands beside."""
    for one in (node, *_members(node["permissions"]), *_members(node["Permissions"])):
        for actions in (one["Actions"], one["actions"]):
            if "*" in _texts(actions):
                yield actions.line, actions.line, "project", "*"


def _binding(node: Node) -> Iterator[Found]:
    role = node["roleRef"]["name"]
    if role.text == "cluster-admin" and node["kind"].text == "ClusterRoleBinding":
        yield node["roleRef"].line, role.line, "cluster", "cluster-admin"
    elif role.text in {"cluster-admin", "admin"} and node["roleRef"]["kind"].text == "ClusterRole":
        yield node["roleRef"].line, role.line, "bound", role.text
    for subject in _members(node["subjects"]):
        if subject["name"].text in _EVERYBODY:
            yield subject.line, subject["name"].line, "everybody", subject["name"].text

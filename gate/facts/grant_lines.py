"""Grants in Terraform, read by its brackets, and those that stand on one line of any text."""

import re
from collections.abc import Iterator

from gate.facts.grant import Found, Statement, judged, managed, permitted
from gate.source import Source

_ACTION = re.compile(r'(?m)^\s*"?(Action|actions|NotAction|not_actions)"?\s*[=:]')
_ASSIGNED = r'(?m)^\s*"?{name}"?\s*[=:]\s*(?P<value>\[[^\]]*\]|"[^"]*")'
_LIMITS = re.compile(r"(?i)boundary|scp\b|service_control")
_STRING = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
_BRACKET = re.compile(r'[{}]|"(?:[^"\\\n]|\\.)*"|#[^\n]*')
_NAMED = re.compile(r'(?:policy_arns?|managed_policy_arns)\s*=\s*(?:\[\s*)?"([^"]*)"')
_GOOGLE = re.compile(
    r"""(?:(?<![\w.-])role["']?\s*[:=]\s*["']?|\badd-iam.*--role[= ]["']?)(roles/(?:owner|editor|iam\.serviceAccountTokenCreator))\b"""
)
_PUBLIC = re.compile(
    r"""(?:(?<![\w.-])members?["']?\s*[:=]\s*\[?\s*["']?|\badd-iam.*--member[= ]["']?|^\s*-\s*["']?)(all(?:Authenticated)?Users)\b"""
)
_READ = re.compile(r"(?i)storage|bucket|objectviewer|invoker|artifactregistry|reader|viewer")
_AZURE = re.compile(r'role_definition_name\s*=\s*"(Owner|User Access Administrator)"')
_COMMANDS = (
    (
        "managed",
        re.compile(r"\baws\s+iam\s+attach-\w+-policy\b.*policy/(AdministratorAccess|PowerUserAccess|IAMFullAccess)\b"),
    ),
    ("cluster", re.compile(r"\bkubectl\b.*\bclusterrolebinding\b.*--clusterrole[= ](cluster-admin)\b")),
    (
        "project",
        re.compile(
            r"""\baz\s+role\s+assignment\s+create\b(?!.*resourceGroups).*--role[= ]["']?(Owner|User Access Administrator)\b"""
        ),
    ),
)
"""How each is wide, and what shows it."""
_BOUND = re.compile(r'^\s*name\s*=\s*"(cluster-admin)"')
_RULE = re.compile(r"(?m)^\s*verbs\s*=")
_WORDS = ("roles/", "allUsers", "allAuthenticatedUsers", "attach-", "clusterrolebinding", "role assignment")
_PERMITS = re.compile(r"\bpermissions\s*$")
"""The block of a role of Azure that names its actions."""
_NEAR = 12
_MAX_LINE = 1_000
_MAX_BLOCK = 5_000


def blocks(source: Source) -> Iterator[Found]:
    """The statements between two braces: blocks of a policy document, objects of `jsonencode`, JSON in a text."""
    opened: list[int] = []
    for found in _BRACKET.finditer(source.text):
        if found[0] == "{":
            opened.append(found.start())
        elif found[0] == "}" and opened:
            start = opened.pop()
            text = source.text[start : found.end()]
            outer = _outer(text) if len(text) < _MAX_BLOCK else ""
            if _ACTION.search(outer):
                yield from _statement(source, text, outer, start, found.end())
            elif _RULE.search(outer):
                yield from _rule(source, outer, start, found.end())


def _outer(text: str) -> str:
    """What stands right inside of the outermost braces, each statement on a line of its own."""
    depth, kept, at = 0, [], 0
    for found in _BRACKET.finditer(text):
        if found[0] in "{}":
            if found[0] == "{":
                kept += [text[at : found.start()]] if depth == 1 else []
            depth += 1 if found[0] == "{" else -1
            at = found.end()
    kept.append(text[at:-1] if at < len(text) else "")
    inner = text[1:-1]
    return "\n".join(kept) if "{" in inner else inner.replace(", ", "\n") if "\n" not in inner else inner


def _statement(source: Source, text: str, outer: str, start: int, end: int) -> Iterator[Found]:
    line = source.text.count("\n", 0, start) + 1
    above = "\n".join(source.lines[max(0, line - _NEAR) : line])
    if _LIMITS.search(above):
        return
    if _PERMITS.search(source.text[max(0, start - _NEAR) : start]):
        if "*" in _strings(outer, "actions"):
            yield line, source.text.count("\n", 0, end) + 1, "project", "*"
        return
    principals = "rincipal" in text
    said = judged(Statement(
        line, line, _strings(outer, "(?:Action|actions)"), _strings(outer, "(?:Resource|resources)"),
        tuple(_STRING.findall(text[text.index("rincipal") :])) if principals else (),
        '"Deny"' in outer, bool(re.search("NotAction|not_actions", outer)),
        "somehow" if re.search(r"(?i)\bcondition\b", text) else "",
    ))  # fmt: skip
    last = source.text.count("\n", 0, end) + 1
    yield from ((line, last, *one) for one in said if not (principals and "githubusercontent" in text))


def _rule(source: Source, outer: str, start: int, end: int) -> Iterator[Found]:
    """A rule of a role of Kubernetes, in Terraform."""
    verbs, resources, groups = (_strings(outer, name) for name in ("verbs", "resources", "api_groups"))
    declared = source.text.rfind("resource ", 0, start)
    whole = source.text.startswith('resource "kubernetes_cluster_role', declared)
    for found in permitted(verbs, resources, groups, named="resource_names" in outer, whole=whole):
        yield (source.text.count("\n", 0, start) + 1, source.text.count("\n", 0, end) + 1, *found)


def _strings(text: str, name: str) -> tuple[str, ...]:
    found = re.search(_ASSIGNED.replace("{name}", name), text)
    return tuple(_STRING.findall(found["value"])) if found else ()


def written(source: Source) -> Iterator[Found]:
    """What one line grants, in the words of Google's cloud, Azure's, or by the name of a policy of AWS's own."""
    told = source.language == "terraform" or any(word in source.text for word in _WORDS)
    for number, line in enumerate(source.lines, 1) if told else ():
        if len(line) > _MAX_LINE or line.lstrip().startswith(("#", "//")):
            continue
        if source.language == "terraform":
            named = _NAMED.search(line)
            if named and (crown := managed(named[1])):
                yield number, number, "managed", crown
            bound = _BOUND.match(line)
            if bound and "role_ref" in "\n".join(source.lines[max(0, number - _NEAR // 2) : number]):
                yield number, number, "cluster", bound[1]
            if azure := _AZURE.search(line):
                near = "\n".join(source.lines[max(0, number - _NEAR) : number + _NEAR])
                yield number, number, "project" if "subscription" in near else "broad", azure[1]
        for how, command in _COMMANDS:
            if ran := command.search(line):
                yield number, number, how, ran[1]
        if google := _GOOGLE.search(line):
            yield number, number, "project", google[1]
        if public := _PUBLIC.search(line):
            near = "\n".join(source.lines[max(0, number - _NEAR) : number + _NEAR])
            if re.search(r"\broles?\b", near):
                yield number, number, "website" if _READ.search(near) else "public", public[1]

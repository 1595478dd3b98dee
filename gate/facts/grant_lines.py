"""Grants in Terraform, read by its brackets, and those that stand on one line of any text."""

import re
from collections.abc import Iterator

from gate import lazy
from gate.facts.grant import Found, Statement, judgement, managed, permitted
from gate.facts.grant_conditions import conditions
from gate.facts.linenumber import line_at
from gate.source import Source

_ACTION = lazy.regex(r'(?m)^\s*"?(Action|actions|NotAction|not_actions)"?\s*[=:]')
_ASSIGNED = r'(?m)^\s*"?{name}"?\s*[=:]\s*(?P<value>\[[^\]]*\]|"[^"]*")'
_LIMITS = lazy.regex(r"(?i)boundary|scp\b|service_control")
_STRING = lazy.regex(r'"((?:[^"\\\n]|\\.)*)"')
_BRACKET = lazy.regex(r'[{}]|"(?:[^"\\\n]|\\.)*"|#[^\n]*')
_NAMED = lazy.regex(r'(?:policy_arns?|managed_policy_arns)\s*=\s*(?:\[\s*)?"([^"]*)"')
_GOOGLE = lazy.regex(
    r"""(?:(?<![\w.-])role["']?\s*[:=]\s*["']?|\badd-iam.*--role[= ]["']?)(roles/(?:owner|editor|iam\.serviceAccountTokenCreator))\b"""
)
_PUBLIC = lazy.regex(
    r"""(?:(?<![\w.-])members?["']?\s*[:=]\s*\[?\s*["']?|\badd-iam.*--member[= ]["']?|^\s*-\s*["']?)(all(?:Authenticated)?Users)\b"""
)
_READ = lazy.regex(r"(?i)storage|bucket|objectviewer|invoker|artifactregistry|reader|viewer")
_AZURE = lazy.regex(r'role_definition_name\s*=\s*"(Owner|User Access Administrator)"')
_COMMANDS = (
    (
        "managed",
        lazy.regex(r"\baws\s+iam\s+attach-\w+-policy\b.*policy/(AdministratorAccess|PowerUserAccess|IAMFullAccess)\b"),
    ),
    ("cluster", lazy.regex(r"\bkubectl\b.*\bclusterrolebinding\b.*--clusterrole[= ](cluster-admin)\b")),
    (
        "project",
        lazy.regex(
            r"""\baz\s+role\s+assignment\s+create\b(?!.*resourceGroups).*--role[= ]["']?(Owner|User Access Administrator)\b"""
        ),
    ),
)
"""How each is wide, and what shows it."""
_BOUND = lazy.regex(r'^\s*name\s*=\s*"(cluster-admin)"')
_RULE = lazy.regex(r"(?m)^\s*verbs\s*=")
_WORDS = ("roles/", "allUsers", "allAuthenticatedUsers", "attach-", "clusterrolebinding", "role assignment")
_PERMITS = lazy.regex(r"\bpermissions\s*$")
"""The block of a role of Azure that names its actions."""
_DENIES = lazy.regex(r'"Deny"|\bEffect\.DENY\b')
_MADE = lazy.regex(r"\bPolicyStatement\b|Principal\w*\(|\bStatement\"?\s*:")
"""What makes a statement in a script."""
_TRUSTED = lazy.regex(r"\b(?:\w*Principal(?:WithConditions)?|withConditions)\(\s*(?:([\w.\"()/:-]+),\s*)?$")
_LONG = 200
_NEAR = 12
_MAX_LINE = 1_000
_MAX_BLOCK = 5_000


def blocks(source: Source) -> Iterator[Found]:
    """What is wide between two braces: statements, roles of Azure, rules of Kubernetes."""
    for start, end, text, outer in _braced(source.text):
        if _ACTION.search(outer):
            yield from _granted(source, text, outer, start, end)
        elif _RULE.search(outer):
            yield from _rule(source, outer, start, end)


def statements(source: Source) -> Iterator[Statement]:
    """The statements between two braces: blocks of a policy document, objects of `jsonencode`, of the CDK, JSON in a text."""
    script = source.language != "terraform"
    text = source.text.replace("'", '"').replace("`", '"') if script else source.text
    for start, end, inner, outer in _braced(text) if not script or _MADE.search(text) else ():
        if _ACTION.search(outer) and (not script or _MADE.search(text[max(0, start - _NEAR * 4) : end])):
            yield _statement(source, inner, outer, start, end)
        elif script and (trusted := _TRUSTED.search(text[max(0, start - _LONG) : start])):
            line = line_at(source.text, start)
            asked = tuple(conditions(f"conditions: {inner}"))
            yield Statement(line, line, ("sts:AssumeRole",), (trusted[1] or "",), (trusted[1] or "",), conditions=asked)


def _braced(text: str) -> Iterator[tuple[int, int, str, str]]:
    """Where each pair of braces begins and ends, what stands between them, and of that what is in no inner pair."""
    opened: list[int] = []
    for found in _BRACKET.finditer(text):
        if found[0] == "{":
            opened.append(found.start())
        elif found[0] == "}" and opened:
            start = opened.pop()
            if found.end() - start < _MAX_BLOCK:
                inner = text[start : found.end()]
                yield start, found.end(), inner, _outer(inner)


def _outer(text: str) -> str:
    """What stands right inside of the outermost braces, each statement on a line of its own."""
    depth, kept, at = 0, [], 0
    for found in _BRACKET.finditer(text):
        if found[0] in "{}":
            kept += [text[at : found.start()]] if depth == 1 else []
            depth += 1 if found[0] == "{" else -1
            at = found.end()
    inner = text[1:-1]
    return "\n".join(kept) if "{" in inner else inner.replace(", ", "\n") if "\n" not in inner else inner


def _granted(source: Source, text: str, outer: str, start: int, end: int) -> Iterator[Found]:
    one = _statement(source, text, outer, start, end)
    if _PERMITS.search(source.text[max(0, start - _NEAR) : start]):
        if "*" in _strings(outer, "actions") and not one.limits:
            yield one.line, one.end_line, "project", "*"
    elif not (one.principals and "githubusercontent" in text):
        yield from judgement([one])


def _statement(source: Source, text: str, outer: str, start: int, end: int) -> Statement:
    line = line_at(source.text, start)
    return Statement(
        line, line_at(source.text, end),
        _strings(outer, "(?:Action|actions)"), _strings(outer, "(?:Resource|resources)"),
        tuple(_STRING.findall(text[text.index("rincipal") :])) if "rincipal" in text else (),
        bool(_DENIES.search(outer)), bool(re.search("NotAction|not_actions", outer)),
        "somehow" if re.search(r"(?i)\bcondition\b", text) else "",
        sid="".join(_strings(outer, "[Ss]id")), conditions=tuple(conditions(text)),
        limits=bool(_LIMITS.search("\n".join(source.lines[max(0, line - _NEAR) : line]))),
    )  # fmt: skip


def _rule(source: Source, outer: str, start: int, end: int) -> Iterator[Found]:
    """A rule of a role of Kubernetes, in Terraform."""
    verbs, resources, groups = (_strings(outer, name) for name in ("verbs", "resources", "api_groups"))
    declared = source.text.rfind("resource ", 0, start)
    whole = source.text.startswith('resource "kubernetes_cluster_role', declared)
    for found in permitted(verbs, resources, groups, named="resource_names" in outer, whole=whole):
        yield (line_at(source.text, start), line_at(source.text, end), *found)


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

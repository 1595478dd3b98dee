"""Rights handed out in the words of a cloud or a cluster: to whom, for what, on what."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from gate import lazy
from gate.hint import Hint
from gate.source import Place, Source

_ALL = frozenset({"*", "*:*"})
_POWER = lazy.regex(r"(?i)(?:iam|sts|organizations):\*|iam:(?:create|put|attach|update|add)\*")
_STORES = lazy.regex(r"(?i)(?:kms|secretsmanager|s3|dynamodb|ssm|rds|lambda|ec2):\*")
_SERVICE = lazy.regex(r"(?i)[\w-]+:\*")
_READS = lazy.regex(r"(?i)[\w-]+:(?:get|list|describe|head|batchget|view|read)\w*\*?")
_CROWN = lazy.regex(r"(?:^|policy/(?:job-function/)?)(AdministratorAccess|PowerUserAccess|IAMFullAccess)$")
_WEB = lazy.regex(r"(?i)execute-api:Invoke|lambda:InvokeFunctionUrl")
_UPDATES = lazy.regex(r"(?i)update:[\w*]+")
"""Actions of a policy that says which parts of a stack may be changed; it names no caller."""
_RISING = frozenset({"escalate", "bind", "impersonate"})
_GITHUB = "token.actions.githubusercontent.com"
_ANY_REPOSITORY = frozenset({"*", "repo:*", "repo:*:*", "repo:*/*", "repo:*/*:*"})


@dataclass(frozen=True)
class Condition:
    """One question of a statement: `StringEquals`, of `aws:PrincipalOrgID`, with these values as far as they are written out."""

    operator: str
    key: str
    values: tuple[str, ...] = ()


UNREAD = Condition("", "")
"""A condition that is put together elsewhere."""


@dataclass(frozen=True)
class Statement:
    """One statement of a policy in AWS's language, whatever it is written in."""

    line: int
    end_line: int
    actions: tuple[str, ...]
    resources: tuple[str, ...] = ()
    principals: tuple[str, ...] = ()
    denies: bool = False
    inverted: bool = False
    """It allows every action but those it names."""
    condition: str = ""
    subjects: tuple[str, ...] = ()
    """What the condition says of the subject of a token."""
    sid: str = ""
    conditions: tuple[Condition, ...] = ()
    limits: bool = False
    """It only limits what others grant, as a boundary does."""


@dataclass(frozen=True)
class Grant:
    """A right that is wide, `how` it is so, for which the rule has the words, and the `value` that shows it."""

    languages: ClassVar[frozenset[str]] = frozenset({"python", "yaml", "json", "terraform", "shell"})
    hint: ClassVar[Hint] = Hint.of(
        "statement",
        "policy",
        "clusterrole",
        ("kind", r":\s*[\"']?role"),
        "roles/",
        "allusers",
        "allauthenticatedusers",
        "role_definition",
        "cluster-admin",
        "policies",
        "kubernetes_",
        "policyrule",
        "assignablescopes",
        "role assignment",
    )

    place: Place
    how: str
    value: str

    @classmethod
    def find(cls, source: Source) -> Iterable["Grant"]:
        seen = set()
        for line, end_line, how, value in _all(source):
            if (line, how, value) not in seen:
                seen.add((line, how, value))
                yield cls(Place.at(source.path, line, end_line), how, value)


Found = tuple[int, int, str, str]
"""The lines of a grant, how it is wide, and what shows it."""


def statements(source: Source) -> Iterator[Statement]:
    """All statements of policies in a file."""
    from gate.facts import grant_lines, grant_python, grant_tree

    if source.language == "python":
        yield from grant_python.statements(source)
    elif source.language in {"yaml", "json"}:
        yield from grant_tree.statements(source)
    elif source.language in {"terraform", "javascript", "typescript"}:
        yield from grant_lines.statements(source)


def judgement(held: Iterable[Statement]) -> Iterator[Found]:
    """What is wide of some statements."""
    for one in held:
        yield from ((one.line, one.end_line, *said) for said in judged(one))


def _all(source: Source) -> Iterator[Found]:
    from gate.facts import grant_lines, grant_python, grant_tree

    if source.language == "python":
        yield from grant_python.written(source)
    elif source.language in {"yaml", "json"}:
        yield from grant_tree.written(source)
    elif source.language == "terraform":
        yield from grant_lines.blocks(source)
    yield from grant_lines.written(source)


def permitted(
    verbs: Collection[str], resources: Collection[str], groups: Collection[str], *, named: bool, whole: bool
) -> Iterator[tuple[str, str]]:
    """How a rule of Kubernetes is wide and what shows it.

    `named` where it holds for things by name, `whole` for one of the whole cluster.
    """
    if "*" in verbs and "*" in resources and ("*" in groups or not groups):
        yield ("cluster" if whole else "namespace"), "*"
    elif "*" in verbs and ("*" in resources or "*" in groups):
        yield "namespace", "*"
    elif "*" in verbs and "secrets" in resources:
        yield "namespace", "secrets"
    elif not named:
        yield from (("rising", verb) for verb in sorted(_RISING & set(verbs)))


def judged(one: Statement) -> Iterator[tuple[str, str]]:
    """How a statement is wide and what shows it, once for each right; nothing for one that is not, or that denies.

    In a policy that names principals the resource is the thing it is attached to, so that `*` means that alone.
    """
    wide = "*" in one.resources
    if one.denies or one.limits:
        return
    if one.principals:
        yield from _trusted(one)
    elif wide and (one.inverted or _ALL & set(one.actions)):
        yield ("mostly", "*") if one.condition else ("everything", "NotAction" if one.inverted else "*")
    elif not one.condition:
        found = [(how, action) for action in sorted(set(one.actions)) if (how := _power(action, one.resources))]
        yield from [each for each in found if each[0] != "broad"] or found[:1]


def _power(action: str, resources: tuple[str, ...]) -> str:
    wide = "*" in resources
    passes = wide and action.lower() == "iam:passrole"
    if passes or (_POWER.fullmatch(action) and (wide or not resources)):
        return "power"
    if wide and _STORES.fullmatch(action):
        return "service"
    return "broad" if _SERVICE.fullmatch(action) or action == "*" else ""


def _trusted(one: Statement) -> Iterator[tuple[str, str]]:
    """What a policy says that is attached to a thing, and names who may use it."""
    if any(_GITHUB in principal for principal in one.principals):
        loose = [subject for subject in one.subjects if subject in _ANY_REPOSITORY]
        if loose or (not one.subjects and _GITHUB + ":sub" not in one.condition):
            yield "repository", loose[0] if loose else "no subject"
    elif "*" not in one.principals or one.condition:
        return
    elif any(action.lower().startswith("sts:") for action in one.actions):
        yield "anybody", "*"
    elif not one.actions:
        yield "public", "*"
    else:
        used = [
            action
            for action in sorted(set(one.actions))
            if not (_READS.fullmatch(action) or _UPDATES.fullmatch(action))
        ]
        yield from (("website" if _WEB.fullmatch(action) else "public", action) for action in used)


def managed(name: str) -> str:
    """The policy of AWS's own that a name or an ARN means and that gives the account away, or ""."""
    found = _CROWN.search(name)
    return found[1] if found else ""

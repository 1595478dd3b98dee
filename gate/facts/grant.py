"""Rights handed out in the words of a cloud or a cluster: to whom, for what, on what."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from gate.hint import Hint
from gate.source import Place, Source

_ALL = frozenset({"*", "*:*"})
_POWER = re.compile(r"(?i)(?:iam|sts|organizations):\*")
_STORES = re.compile(r"(?i)(?:kms|secretsmanager|s3|dynamodb|ssm|rds|lambda|ec2):\*")
_SERVICE = re.compile(r"(?i)[\w-]+:\*")
_READS = re.compile(r"(?i)[\w-]+:(?:get|list|describe|head|batchget|view|read)\w*\*?")
_CROWN = re.compile(r"(?:^|policy/(?:job-function/)?)(AdministratorAccess|PowerUserAccess|IAMFullAccess)$")
_WEB = re.compile(r"(?i)execute-api:Invoke|lambda:InvokeFunctionUrl")
_UPDATES = re.compile(r"(?i)update:[\w*]+")
"""Actions of a policy that says which parts of a stack may be changed; it names no caller."""
_RISING = frozenset({"escalate", "bind", "impersonate"})
_GITHUB = "token.actions.githubusercontent.com"
_ANY_REPOSITORY = frozenset({"*", "repo:*", "repo:*:*", "repo:*/*", "repo:*/*:*"})


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
            if (line, how) not in seen:
                seen.add((line, how))
                yield cls(Place.at(source.path, line, end_line), how, value)


Found = tuple[int, int, str, str]
"""The lines of a grant, how it is wide, and what shows it."""


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
) -> tuple[str, str] | None:
    """How a rule of Kubernetes is wide and what shows it.

    `named` where it holds for things by name, `whole` for one of the whole cluster.
    """
    if "*" in verbs and "*" in resources and ("*" in groups or not groups):
        return ("cluster" if whole else "namespace"), "*"
    if "*" in verbs and ("*" in resources or "*" in groups):
        return "namespace", "*"
    if (rising := _RISING & set(verbs)) and not named:
        return "rising", min(rising)
    return ("namespace", "secrets") if "secrets" in resources and "*" in verbs else None


def judged(one: Statement) -> tuple[str, str] | None:
    """How a statement is wide and what shows it; None for one that is not, or that denies.

    In a policy that names principals the resource is the thing it is attached to, so that `*` means that alone.
    """
    if one.denies:
        return None
    if one.principals:
        return _trusted(one)
    wide = "*" in one.resources
    if wide and (one.inverted or _ALL & set(one.actions)):
        return ("mostly", "*") if one.condition else ("everything", "NotAction" if one.inverted else "*")
    if one.condition:
        return None
    for action in one.actions:
        if _POWER.fullmatch(action) and (wide or not one.resources):
            return "power", action
        if wide and action.lower() == "iam:passrole":
            return "power", action
        if wide and _STORES.fullmatch(action):
            return "service", action
    broad = next((action for action in one.actions if _SERVICE.fullmatch(action) or action == "*"), None)
    return ("broad", broad) if broad else None


def _trusted(one: Statement) -> tuple[str, str] | None:
    """What a policy says that is attached to a thing, and names who may use it."""
    if any(_GITHUB in principal for principal in one.principals):
        loose = [subject for subject in one.subjects if subject in _ANY_REPOSITORY]
        if loose or (not one.subjects and _GITHUB + ":sub" not in one.condition):
            return "repository", loose[0] if loose else "no subject"
        return None
    if "*" not in one.principals or one.condition:
        return None
    if all(_READS.fullmatch(action) or _UPDATES.fullmatch(action) for action in one.actions):
        return None
    if all(_WEB.fullmatch(action) for action in one.actions):
        return "website", one.actions[0]
    trust = any(action.lower().startswith("sts:") for action in one.actions)
    return ("anybody", "*") if trust else ("public", one.actions[0] if one.actions else "*")


def managed(name: str) -> str:
    """The policy of AWS's own that a name or an ARN means and that gives the account away, or ""."""
    found = _CROWN.search(name)
    return found[1] if found else ""

"""What blocks, what warns, what is waived: `gate.toml` of the branch merged into, and of nowhere else."""

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from gate import registry
from gate.attest import Demands
from gate.errors import UsageError
from gate.fact import Lookup, Settings, Wrapper
from gate.finding import Action, Finding, Waived
from gate.paths import glob, kind
from gate.process import TimeLimitError, time_limit
from gate.rule import Severity

if TYPE_CHECKING:
    from pydantic import ValidationError

    from gate.policy_file import Dependencies

FILE = "gate.toml"
OFF = "off"
SECONDS_A_PATH = 5.0
"""How long the globs of a policy may be tried on one path: a glob of many `**/` takes years on a deep one."""
_MILD = frozenset({"test", "dev"})
_MILD_FOR_KEYS = {Severity.HIGH: frozenset({"test"})}


@dataclass(frozen=True)
class Waiver:
    """A finding somebody answers for until a day; all fields are required."""

    rule: str
    path: str
    fingerprint: str
    reason: str
    approver: str
    expires: date

    def covers(self, finding: Finding) -> bool:
        return (self.rule, self.path, self.fingerprint) == (
            finding.rule.id, finding.place.path, finding.fingerprint,
        )  # fmt: skip


@dataclass(frozen=True)
class Stricter:
    """Which changes are held to more, "declared" for those that declare a model, and what then blocks and warns."""

    changes: str = "none"
    """"none", "declared" or "all"."""
    block: frozenset[Severity] = frozenset({Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM})
    warn: frozenset[Severity] = frozenset({Severity.LOW})


@dataclass(frozen=True)
class Policy:
    """The defaults are what a security team would choose: critical and high block outside tests."""

    block: frozenset[Severity] = frozenset({Severity.CRITICAL, Severity.HIGH})
    warn: frozenset[Severity] = frozenset({Severity.MEDIUM})
    rules: Mapping[str, str] = field(default_factory=dict)
    """Rule id, or `folder/*`, to "block", "warn", "note" or "off"."""
    ignore: tuple[str, ...] = ()
    """Globs of paths whose findings do not count."""
    relaxed: tuple[str, ...] = ()
    """Globs of paths where nothing blocks, beside tests, examples and scripts."""
    tenant_columns: tuple[str, ...] = ()
    wrappers: tuple[Wrapper, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    allow_incomplete: bool = False
    attest: Demands = field(default_factory=Demands)
    stricter: Stricter = field(default_factory=Stricter)
    index_hosts: frozenset[str] = frozenset()
    lookup: Lookup = field(default_factory=Lookup)

    def holds(self, *, declared: bool) -> bool:
        """Whether a change is held to more than others are."""
        return self.stricter.changes == "all" or (declared and self.stricter.changes == "declared")

    def held(self, *, declared: bool) -> "Policy":
        """The policy for a change, by whether it declares a model; it is never milder than the policy itself."""
        if not self.holds(declared=declared):
            return self
        block = self.block | self.stricter.block
        return replace(self, block=block, warn=(self.warn | self.stricter.warn) - block, allow_incomplete=False)

    def ignores(self, path: str) -> bool:
        return _matches(self.ignore, path)

    def decide(self, findings: Iterable[Finding], today: date) -> list[Finding]:
        """Say of each finding what is done about it; those that are off, or on ignored paths, are gone."""
        kept = (finding for finding in findings if not self.ignores(finding.place.path))
        return [
            replace(finding, action=Action(action), waived=self._waived(finding, today))
            for finding in kept
            if (action := self._action(finding)) != OFF
        ]

    def _action(self, finding: Finding) -> str:
        named = self._named(finding.rule.id)
        if named:
            return named
        action = self._by_severity(finding.severity)
        return Action.WARN if action is Action.BLOCK and self._relaxes(finding) else action

    def _by_severity(self, severity: Severity) -> Action:
        if severity in self.block:
            return Action.BLOCK
        return Action.WARN if severity in self.warn else Action.NOTE

    def _relaxes(self, finding: Finding) -> bool:
        """A flaw weighs less in a test or a script, unless its path leads through production code.

        A key that is published is known wherever it was; in a test it is mostly made up, unless it is a live one.
        """
        mild = _MILD if not finding.rule.anywhere else _MILD_FOR_KEYS.get(finding.severity, frozenset())
        paths = {finding.place.path, *(hop.place.path for hop in finding.trace)}
        return all(kind(path) in mild or self._is_relaxed(path) for path in paths)

    def _is_relaxed(self, path: str) -> bool:
        return _matches(self.relaxed, path)

    def settings(self, today: date = date.min, *, edited: bool = False) -> Settings:
        """What it tells rules; where the change edits the policy, what is done about each rule too."""
        actions = self.actions() if edited else {}
        return Settings(
            self.tenant_columns, actions, self.wrappers, self.index_hosts, replace(self.lookup, today=today)
        )

    def actions(self) -> dict[str, str]:
        """What it does about each rule outside of tests, and for `folder/*` about the gravest in the folder."""
        strictest = [OFF, *Action]
        found: dict[str, str] = {}
        for rule in registry.every_rule():
            folder = f"{rule.id.partition('/')[0]}/*"
            found[rule.id] = self._named(rule.id) or self._by_severity(rule.severity)
            found[folder] = max(found.get(folder, OFF), found[rule.id], key=strictest.index)
        return found

    def _named(self, rule: str) -> str | None:
        return self.rules.get(rule) or self.rules.get(f"{rule.partition('/')[0]}/*")

    def _waived(self, finding: Finding, today: date) -> Waived | None:
        for waiver in self.waivers:
            if waiver.covers(finding) and waiver.expires >= today:
                return Waived(waiver.reason, waiver.approver, waiver.expires.isoformat())
        return None


def read(text: str) -> Policy:
    """The policy a `gate.toml` states.

    Raises:
        UsageError: It is not TOML, or a key, value or rule in it is unknown; the message names the line.
    """
    from pydantic import ValidationError

    from gate.policy_file import PolicyFile

    try:
        stated = PolicyFile.model_validate(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        said = "it is nested too deeply" if isinstance(error, RecursionError) else error
        raise UsageError(
            f"{FILE} is not valid TOML: {said}.", "The file on the branch that is merged into is the one that counts."
        ) from error
    except ValidationError as error:
        raise UsageError(_explained(error, text), "See docs/policy.md for every key.") from error
    for name in stated.rules:
        _require_rule(name, text)
    return Policy(
        frozenset(stated.block), frozenset(stated.warn), dict(stated.rules), tuple(stated.paths.ignore),
        tuple(stated.paths.relaxed), tuple(stated.tenancy.columns),
        tuple(Wrapper(w.use, tuple(w.instead_of), tuple(w.allow)) for w in stated.wrappers),
        tuple(
            Waiver(w.rule, w.path, w.fingerprint, w.reason, w.approver, w.expires) for w in stated.waivers
        ),
        stated.allow_incomplete, _demands(stated.attest.items, stated.attest.ticket, text),
        Stricter(stated.authorship.strict, frozenset(stated.authorship.block), frozenset(stated.authorship.warn)),
        frozenset(host.lower() for host in stated.dependencies.index_hosts), _lookup(stated.dependencies),
    )  # fmt: skip


def _lookup(stated: "Dependencies") -> Lookup:
    chosen = {"PyPI": stated.index, "npm": stated.npm_registry}
    return Lookup(
        stated.lookup, {name: url for name, url in chosen.items() if url}, tuple(stated.private),
        stated.private_index, stated.young_name_days, stated.young_release_days,
    )  # fmt: skip


def _demands(items: list[str], ticket: str, text: str) -> Demands:
    unknown = sorted(set(items) - registry.items().keys())
    if unknown:
        where = f"{FILE} line {_line(text, ('attest', 'items'))}"
        raise UsageError(f"{where}: there is no item `{unknown[0]}`.", f"Items: {', '.join(registry.items())}.")
    try:
        re.compile(ticket)
    except re.error as error:
        where = f"{FILE} line {_line(text, ('attest', 'ticket'))}"
        raise UsageError(f"{where}: `{ticket}` is no regular expression: {error}.", r"Such as 'SEC-\d+'.") from error
    return Demands(frozenset(items), ticket)


def _require_rule(name: str, text: str) -> None:
    known = [rule.id for rule in registry.every_rule()]
    folders = {rule.partition("/")[0] for rule in known}
    if name in known or (name.endswith("/*") and name[:-2] in folders):
        return
    near = difflib.get_close_matches(name, known, 1)
    hint = f"Did you mean `{near[0]}`?" if near else "`gate rules` lists all of them."
    raise UsageError(f"{FILE} line {_line(text, ('rules', name))}: there is no rule `{name}`.", hint)


def _explained(error: "ValidationError", text: str) -> str:
    first = error.errors(include_url=False)[0]
    name = ".".join(part for part in first["loc"] if isinstance(part, str))
    wrong = first["msg"].removeprefix("Input ")
    said = {"extra_forbidden": "is not a key gate knows", "missing": "is missing"}.get(first["type"], wrong)
    return f"{FILE} line {_line(text, first['loc'])}: `{name}` {said[0].lower()}{said[1:]}."


def _line(text: str, where: tuple[Any, ...]) -> int:
    """The line a key stands on, found by its table and name; its table's line when the key is absent."""
    table = str(where[0])
    index = next((part for part in where if isinstance(part, int)), 0) if table in {"waivers", "wrappers"} else 0
    name = next((str(part) for part in reversed(where) if isinstance(part, str)), table)
    inside, seen, best = not re.search(rf"(?m)^\s*\[+\s*{re.escape(table)}\s*\]+", text), -1, 1
    for number, line in enumerate(text.split("\n"), 1):
        header = re.match(r"\s*\[+\s*([\w.-]+)\s*\]+", line)
        if header:
            seen += header[1] == table
            inside = header[1] == table and seen == index
            best = number if inside else best
        if inside and re.match(rf"""\s*["']?{re.escape(name)}["']?\s*=""", line):
            return number
    return best


def _matches(patterns: Iterable[str], path: str) -> bool:
    try:
        with time_limit(SECONDS_A_PATH):
            return any(glob(pattern).fullmatch(path) for pattern in patterns)
    except TimeLimitError as error:
        hint = "Write them with fewer `*`."
        raise UsageError(f"{FILE}: matching `{path[:200]}` with the globs of `paths` {error}.", hint) from error

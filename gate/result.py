"""A review read back from the JSON `gate scan` wrote."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gate import registry
from gate.authorship import TOOLS, Authorship
from gate.coverage import Looked, Row
from gate.errors import UsageError
from gate.finding import Action, Finding, Line, Waived
from gate.reports.json import SCHEMA
from gate.review import Answer, Ran, Review, State
from gate.rule import Hop, Mend, Place, Rule, Severity

_LARGEST = 20_000_000
"""Bytes; a review of 10,000 findings has half as many."""


def read(path: Path) -> Review:
    """The review in a file, its rules and questions in the words of this gate and not in the file's.

    Raises:
        UsageError: It cannot be read, does not match the published schema, or was written by another version.
    """
    data = _valid(path, _parsed(path))
    rules = {rule.id: rule for rule in registry.every_rule()}
    strange = [one["rule"] for one in data["findings"] if one["rule"] not in rules]
    asked = [one["item"] for one in data["checklist"]]
    if strange or sorted(asked) != sorted(registry.items()):
        what = f"names the rule `{strange[0]}`, which this gate does not know" if strange else "has another checklist"
        raise UsageError(f"`{path}` {what}.", "Let the same version of gate scan and post.")
    found = {one["fingerprint"]: _finding(one, rules[one["rule"]]) for one in data["findings"]}
    return Review(
        data["base"], data["head"], tuple(_answer(one, found) for one in data["checklist"]), tuple(found.values()),
        tuple(_row(one) for one in data["coverage"]),
        tuple(Ran(one["name"], one["version"], one["state"], one["reason"]) for one in data["scanners"]),
        tuple(data["notes"]), data["allow_incomplete"], _authorship(data["authorship"]),
    )  # fmt: skip


def _authorship(data: Mapping[str, Any]) -> Authorship:
    tools = [one for one in data.get("tools", ()) if one["name"] in TOOLS]
    return Authorship(
        int(data.get("commits", 0)), int(data.get("declaring", 0)),
        {one["name"]: int(one["commits"]) for one in tools if one["commits"]},
        {one["name"]: tuple(one["also"]) for one in tools if one["also"]}, data.get("held", False),
    )  # fmt: skip


def _parsed(path: Path) -> Any:
    hint = "Name the file `gate scan --format json --output FILE` wrote."
    try:
        if path.stat().st_size > _LARGEST:
            raise UsageError(f"`{path}` is larger than {_LARGEST // 1_000_000} MB.", hint)
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"`{path}` cannot be read: {error.strerror}.", hint) from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"`{path}` is not JSON.", hint) from error


def _valid(path: Path, data: Any) -> Mapping[str, Any]:
    try:
        from jsonschema import Draft202012Validator
        from jsonschema.exceptions import best_match
    except ImportError as error:
        hint = "python -m pip install 'diff-gate[github]'"
        raise UsageError("`gate review --from` needs jsonschema, which is not installed.", hint) from error
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    wrong = best_match(Draft202012Validator(schema).iter_errors(data))
    if wrong:
        where = "/".join(str(part) for part in wrong.absolute_path) or "the top"
        raise UsageError(
            f"`{path}` is not a review: at {where}, {wrong.message[:200]}.", "docs/schema/README.md has the schema."
        )
    return dict(data)


def _finding(data: Mapping[str, Any], rule: Rule) -> Finding:
    waived = data["waived"]
    return Finding(
        rule, _place(data), data["message"], "", "", data["fingerprint"],
        Severity(data["severity"]), tuple(data["scanners"]),
        tuple(Hop(_place(hop), hop["note"]) for hop in data["trace"]),
        tuple(Line(int(one["number"]), one["text"], one["marked"]) for one in data["excerpt"]),
        Action(data["action"]), data["in_diff"],
        Waived(waived["reason"], waived["approver"], waived["expires"]) if waived else None,
        Mend(_place({**data["mend"], "path": data["path"]}), data["mend"]["text"]) if data["mend"] else None,
        cwes=tuple(int(cwe) for cwe in data["cwe"] if cwe in rule.cwes),
    )  # fmt: skip


def _place(data: Mapping[str, Any]) -> Place:
    return Place(data["path"], int(data["line"]), int(data["end_line"]))  # 3.0 is an integer to JSON


def _answer(data: Mapping[str, Any], found: Mapping[str, Finding]) -> Answer:
    findings = tuple(found[name] for name in data["findings"] if name in found)
    return Answer(
        registry.items()[data["item"]], State(data["state"]), findings, data["seen"], tuple(data["reasons"]),
        tuple(data["asks"]), tuple(data["confirmed"]), tuple(data["owed"]),
        tuple(data.get("mended", ())),
    )  # fmt: skip


def _row(data: Mapping[str, Any]) -> Row:
    return Row(data["path"], data["scanner"], Looked(data["state"]), data["reason"], data["hole"])

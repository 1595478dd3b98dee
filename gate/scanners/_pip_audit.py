"""Running pip-audit over a list of pins, and reading what it says of each."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from gate.advisories.audit import Advisory, merged
from gate.errors import ToolError
from gate.facts.requirement import package_name
from gate.process import Output, clean_environment, run
from gate.scanner import parsed_json
from gate.scanners import _program

SECONDS = 300.0
MAX_ROUNDS = 12
"""How many versions of one package are audited: pip-audit takes one at a time."""
_STATIC = ("--no-deps", "--disable-pip", "-f", "json", "--progress-spinner", "off", "-s", "pypi")
"""Only with the first two does pip-audit neither install nor build anything."""

_TOOL = ("pip-audit", "GATE_PIP_AUDIT")
_MEND = "let gate reach the advisory service, or give it a database: `gate advisories --help`"

Pin = tuple[str, str]
"""Canonical name and version."""


def version() -> str:
    """The version of the pip-audit that will run.

    Raises:
        ToolError: There is none, or it does not say.
    """
    return _program.version(_program.program(*_TOOL), clean_environment())


def audited(pins: Sequence[Pin]) -> tuple[Mapping[Pin, list[Advisory]], Mapping[Pin, str]]:
    """What pip-audit knows of each pin, and the pins it could say nothing about, with the reason.

    Raises:
        ToolError: It is missing, crashed or took too long, or could look up none of them.
    """
    program = _program.program(*_TOOL)
    rounds = _rounds(pins)
    silent = dict.fromkeys(chain(*rounds[MAX_ROUNDS:]), "too many versions of one package")
    known: dict[Pin, list[Advisory]] = {}
    for batch in rounds[:MAX_ROUNDS]:
        answers = _answers(program, batch)
        for pin in batch:
            answer = answers.get(pin[0], "pip-audit said nothing of it")
            if isinstance(answer, str):
                silent[pin] = answer
            else:
                known[pin] = answer
    if not known:
        first = ", ".join(f"{name} {version}" for name, version in pins[:5])
        more = f" and {len(pins) - 5} more" if pins[5:] else ""
        raise ToolError(f"pip-audit could look up no pinned package ({first}{more}): {silent[pins[0]]}; {_MEND}")
    return known, silent


def _rounds(pins: Sequence[Pin]) -> list[list[Pin]]:
    """The pins in batches with one version of a package each."""
    rounds: list[list[Pin]] = []
    count: dict[str, int] = defaultdict(int)
    for pin in pins:
        turn = count[pin[0]]
        count[pin[0]] += 1
        if turn == len(rounds):
            rounds.append([])
        rounds[turn].append(pin)
    return rounds


def _answers(program: str, pins: Sequence[Pin]) -> Mapping[str, list[Advisory] | str]:
    """Run pip-audit once: by package its advisories, or why it has no answer."""
    with TemporaryDirectory(prefix="gate-") as empty:
        listed = Path(empty, "pins.txt")
        listed.write_text("".join(f"{name}=={version}\n" for name, version in pins), encoding="utf-8")
        output = _run(program, [*_STATIC, "-r", str(listed)], Path(empty))
    if "ConnectionError" in output.stderr:
        raise ToolError(f"pip-audit had no connection; {_MEND}")
    if output.status not in {0, 1} or not output.stdout.strip():
        raise ToolError(f"pip-audit ended with status {output.status}: {_last_line(output.stderr)}")
    report = parsed_json("pip-audit", output.stdout)
    try:
        return dict(_answer(row) for row in report["dependencies"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ToolError("pip-audit printed JSON that is not a report") from error


def _run(program: str, asked: Sequence[str], folder: Path) -> Output:
    if _program.own_version(program):
        return _program.run_lean("pip_audit", asked, cwd=folder, env=clean_environment(), timeout=SECONDS)
    return run([program, *asked], cwd=folder, env=clean_environment(), timeout=SECONDS)


def _answer(row: Mapping[str, Any]) -> tuple[str, list[Advisory] | str]:
    name = package_name(str(row["name"]))
    if "skip_reason" in row:
        reason = str(row["skip_reason"])
        return name, "the index does not know it" if "not found" in reason else reason[:100]
    advisories = [
        Advisory(str(one["id"]), frozenset(map(str, one["aliases"])), tuple(map(str, one["fix_versions"])))
        for one in row["vulns"]
    ]
    return name, merged(advisories)


def _last_line(text: str) -> str:
    return text.strip().rpartition("\n")[2][:200] or "it said nothing"

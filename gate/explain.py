"""The page of a rule: for the terminal, and for the documentation."""

import difflib
import textwrap
from collections.abc import Iterable, Mapping

from gate import registry
from gate.errors import UsageError
from gate.rule import Example, Pair, Rule


def find(name: str) -> Rule:
    """The rule of an id such as `tenancy/unscoped_query` or `bandit/B602`.

    Raises:
        UsageError: There is none.
    """
    folder, _, rest = name.partition("/")
    if name in registry.rules():
        return registry.rules()[name]
    scanner = registry.scanners().get(folder)
    found = next((rule for rule in scanner.rules() if rule.id == f"{folder}/{rest}"), None) if scanner else None
    if found:
        return found
    near = difflib.get_close_matches(name, [rule.id for rule in registry.every_rule()], 1, 0.4)
    hint = f"Did you mean `gate explain {near[0]}`?" if near else "`gate rules` lists all of them."
    raise UsageError(f"There is no rule `{name}`.", hint)


def page(rule: Rule) -> str:
    """The page, as Markdown."""
    item = registry.items()[rule.item]
    weaknesses = ", ".join(f"CWE-{cwe}" for cwe in rule.cwes)
    facts = " · ".join((rule.severity.value, weaknesses, f"OWASP {item.owasp}", item.question))
    parts = [f"# {rule.id}\n\n**{rule.title}.**\n\n{facts}", f"## Why\n\n{rule.why}", f"## Fix\n\n{rule.fix}"]
    parts += _examples("Reported", rule.bad) + _examples("Not reported", rule.good)
    if rule.misses:
        parts.append("## Known misses\n\n" + "\n".join(f"- {miss}" for miss in rule.misses))
    return "\n\n".join(parts) + "\n"


def _examples(title: str, examples: Iterable[Example]) -> list[str]:
    blocks = [_block(example) for example in examples]
    return [f"## {title}\n\n" + "\n\n".join(blocks)] if blocks else []


def _block(example: Example) -> str:
    if isinstance(example, Pair):
        return "Before:\n\n" + _files(example.base) + "\n\nAfter:\n\n" + _files(example.head)
    return _files({"": example} if isinstance(example, str) else example)


def _files(files: Mapping[str, str]) -> str:
    blocks = []
    for path, text in files.items():
        label = f"`{path}`\n\n" if path else ""
        blocks.append(f"{label}```{_language(path)}\n{textwrap.dedent(text).strip()}\n```")
    return "\n\n".join(blocks) or "(nothing)"


def _language(path: str) -> str:
    suffix = path.rpartition(".")[2]
    return {"py": "python", "": "python", "js": "javascript", "ts": "typescript"}.get(suffix, suffix)

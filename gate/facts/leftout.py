"""What the settings of linters, of Sonar and of pytest leave out: the line, the tool, and what the file then does, as a verb."""

import re
from collections.abc import Iterator

from gate.facts import tools
from gate.source import Source

_RULE_OFF = re.compile(
    r"""(?:["']|^\s*)((?:@typescript-eslint/)?no-(?:eval|implied-eval|new-func)|(?:security|no-unsanitized|no-secrets)/[\w-]+"""
    r"""|react/no-danger[\w-]*|vue/no-v-html)["']?\s*:\s*(?:\[|-\s)?\s*(?:["']?off["']?(?![\w-])|0\b)"""
)
_LEFT_OUT = re.compile(r"""--(?:deselect|ignore(?:-glob)?)[= ]\S*test\S*|\s-k[= ]?\\?["']not [^"']*""")


def rules_off(source: Source) -> Iterator[tuple[int, str, str]]:
    """Rules about security that ESLint is told to leave out."""
    for number, line in enumerate(source.lines, 1):
        for found in _RULE_OFF.finditer(line):
            yield number, "ESLint", f"turns `{found[1]}` off"


def properties(source: Source) -> Iterator[tuple[int, str, str]]:
    """Files that Sonar is told to leave out."""
    for number, line in enumerate(source.lines, 1):
        name, _, value = line.partition("=")
        for part in (
            value.split(",") if name.strip() in {"sonar.exclusions", "sonar.issue.ignore.multicriteria"} else ()
        ):
            if part.strip() and not tools.is_harmless(part.strip()):
                yield number, "Sonar", f"ignores `{part.strip()[:80]}`"


def tests(source: Source) -> Iterator[tuple[int, str, str]]:
    """Tests that pytest is told to leave out."""
    for number, line in enumerate(source.lines, 1):
        if "addopts" in line or "pytest" in line or line.lstrip().startswith(("-", '"-', "'-")):
            for found in _LEFT_OUT.finditer(line):
                yield number, "pytest", f"leaves tests out (`{found[0].strip()[:80]}`)"

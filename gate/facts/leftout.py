"""What the settings of linters, types, Sonar and pytest leave out: the line, the tool, what the file then does, as a verb."""

import re
from collections.abc import Iterator

from gate import lazy
from gate.facts import gitlab, tools
from gate.facts.command import commands
from gate.facts.config import Node, read
from gate.facts.jsonc import plain
from gate.facts.startup import extended
from gate.source import Source

_RULE_OFF = lazy.regex(
    r"""(?:["']|^\s*)((?:@typescript-eslint/)?no-(?:eval|implied-eval|new-func)|(?:security|no-unsanitized|no-secrets)/[\w-]+"""
    r"""|react/no-danger[\w-]*|vue/no-v-html)["']?\s*:\s*(?:\[|-\s)?\s*(?:["']?off["']?(?![\w-])|0\b)"""
)
_LEFT_OUT = lazy.regex(
    r"""--(?:deselect|ignore(?:-glob)?)[= ]\S*(?:test|auth|secur|perm|tenan)\S*|\s-k[= ]?\\?["']not [^"']*"""
    r"""|\s-m[= ]?\\?["']not [^"']*(?:auth|secur|perm|tenan|access|csrf|login|pay|role)[^"']*|--testPathIgnorePatterns[= ]\S+"""
    r"""|(?<=\s)--(?:co|collect-only)\b"""
)

_PATTERNS = lazy.regex(
    r"""\b(testPathIgnorePatterns|testIgnore|excludeSpecPattern|ignorePatterns|ignores?|exclude)["']?\s*:\s*"""
    r"""(?:\[([^\]]{0,4000})\]|(["'`][^"'`\n]{1,200}["'`]))""",
    re.DOTALL,
)
_OF_TESTS = frozenset({"testPathIgnorePatterns", "testIgnore", "excludeSpecPattern"})
_NO_TESTS = lazy.regex(
    r"node_modules|dist|build|lib\b|e2e|cypress|playwright|fixtures?|mocks?|helpers?|utils?|examples?|out\b|coverage"
)
"""What is no test, or one that another program runs."""
_DEFAULTS = lazy.regex(r"\.\{idea,")
"""What Vitest leaves out where nothing is said."""
_TEXT = lazy.regex(r"""["'`]([^"'`\n]+)["'`]""")
_PATH = lazy.regex(r"[/*.]")
"""What is no path may be a package that Vite is not to bundle."""
_WHO_MAY = lazy.regex(
    r"(?i)auth|perm|login|tenan|secur|pay|access|role|polic|guard|token|session|crypt|sign|oauth|^(?:\./)?(?:(?:src|app|lib)/)?\*{1,2}(?:/\*)?$"
)
_DISABLED = lazy.regex(
    r"""\s*["']?(SAST|SECRET_DETECTION|DEPENDENCY_SCANNING|CONTAINER_SCANNING|DAST)_DISABLED["']?\s*:\s*["']?(?:true|1)\b"""
)
"""Variables by which templates of GitLab leave their job out (docs.gitlab.com, Application security)."""

_NO_CODE = lazy.regex(
    r"(?i)test|spec|stor(?:y|ies)|mock|fixture|e2e|cypress|playwright|example|demo|docs?\b|scripts?\b|\bout\b|output|generated|bower|vendor"
    r"|dist|build|\.(?:js|mjs|cjs|json|d\.ts|config\.\w+)$|lib/?$|tmp|coverage|node_modules|public|templates?|bench|static|assets|node-modules"
)
"""What people leave out of the compiler's work in nearly every project."""

_SUPPRESSED = lazy.regex(r"<(?:cve|vulnerabilityName|cpe|gav|packageUrl|cvssBelow)\b[^>]*>([^<]{1,200})<")


def rules_off(source: Source) -> Iterator[tuple[int, str, str]]:
    """Rules about security that ESLint is told to leave out."""
    for number, line in enumerate(source.lines, 1):
        for found in _RULE_OFF.finditer(line):
            yield number, "ESLint", f"turns `{found[1]}` off"


def patterns(source: Source) -> Iterator[tuple[int, str, str]]:
    """Paths that ESLint, Jest or Vitest are told to leave out."""
    tool = "ESLint" if "eslint" in source.path else "the tests"
    for found in _PATTERNS.finditer(source.text):
        if source.path.endswith("package.json") and found[1] not in _OF_TESTS:
            continue
        of_tests = found[1] in _OF_TESTS or ".mocharc" in source.path
        spared = _NO_TESTS if of_tests else _NO_CODE
        for one in _TEXT.finditer(source.text, found.end(1) + 1, found.end()):
            if (
                (tool == "ESLint" or _PATH.search(one[1]))
                and (of_tests or not tools.is_harmless(one[1]))
                and not spared.search(one[1])
                and not _DEFAULTS.search(one[1])
            ):
                line = source.text.count("\n", 0, one.start()) + 1
                yield line, tool, f"does not look at `{one[1][:80]}`"


def omitted(source: Source) -> Iterator[tuple[int, str, str]]:
    """Code that coverage.py is told not to count, so that what it demands says nothing of it."""
    inside = False
    for number, line in enumerate(source.lines, 1):
        inside = line.startswith("omit") or (inside and line[:1].isspace())
        for one in re.split(r"[,\s]+", line.rpartition("=")[2]) if inside else ():
            if "/" in one and "migrat" not in one and not tools.is_harmless(one) and not _NO_CODE.search(one):
                yield number, "coverage", f"does not count `{one[:80]}`"


def uncounted(source: Source) -> Iterator[tuple[int, str, str]]:
    """Code about who may do what that coverage.py or Codecov is told not to count, in files that speak of other things too."""
    root = read(source)
    run = (
        (
            root["tool"]["coverage"]["run"],
            root["tool"]["coverage"]["report"],
            root["coverage:run"],
            root["coverage:report"],
        )
        if root
        else ()
    )
    lists = [*(table["omit"] for table in run), *([root["ignore"]] if root and "codecov" in source.path else ())]
    for entry in (entry for listed in lists for entry in listed.items):
        for one in re.split(r"[,\s]+", entry.text):
            if _WHO_MAY.search(one) and not tools.is_harmless(one) and not re.search(r"(?i)test|migrat", one):
                yield entry.line, "coverage", f"does not count `{one[:80]}`"


def disabled(source: Source) -> Iterator[tuple[int, str, str]]:
    """Scans that GitLab is told not to start, or for some files only."""
    root = read(source)
    for number, name in gitlab.partial(extended(root)) if root else ():
        lines = (command for node in extended(root)[name].walk() for command in commands(node.text)) if root else ()
        for tool in {tools.of_command(command.program, command.arguments) for command in lines} - {""}:
            yield number, "GitLab", f"starts `{tool}` for some files only"
    for number, line in enumerate(source.lines, 1):
        if found := _DISABLED.match(line):
            yield number, "GitLab", f"starts no `{found[1]}`"


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
        if any(word in line for word in ("addopts", "pytest", "jest")) or line.lstrip().startswith(("-", '"-', "'-")):
            for found in _LEFT_OUT.finditer(line):
                yield number, "pytest", f"leaves tests out (`{found[0].strip()[:80]}`)"


def types_of_mypy(source: Source) -> Iterator[tuple[int, str, str]]:
    """Modules whose errors mypy keeps to itself: tables of `overrides`, or sections called `mypy-app.*`."""
    root = read(source)
    own = root["tool"]["mypy"] if root and source.path.endswith(".toml") else root or Node(0, "")
    named = [(table["module"].items, table) for table in own["overrides"].items]
    named += [
        ((Node(child["ignore_errors"].line, name.removeprefix("mypy-")),), child)
        for name, child in own.pairs
        if name.startswith("mypy-")
    ]
    for modules, table in named:
        for module in modules if table["ignore_errors"].text.lower() == "true" else ():
            if not tools.is_harmless(module.text.replace(".", "/").removesuffix("/*")):
                yield module.line, "types", f"ignores all errors in `{module.text[:80]}`"


def types_of_typescript(source: Source) -> Iterator[tuple[int, str, str]]:
    """Code that the compiler is told not to look at."""
    root = read(plain(source))
    for entry in root["exclude"].items if root else ():
        if not tools.is_harmless(entry.text) and not _NO_CODE.search(entry.text):
            yield entry.line, "types", f"does not look at `{entry.text[:80]}`"


def suppressed(source: Source) -> Iterator[tuple[int, str, str]]:
    """What OWASP's Dependency-Check does not report (its file of suppressions)."""
    for number, line in enumerate(source.lines, 1):
        if found := _SUPPRESSED.search(line):
            yield number, "Dependency-Check", f"ignores `{found[1][:80]}`"


def unaudited(source: Source) -> Iterator[tuple[int, str, str]]:
    """Npm asks for no advisories when it installs (npm, config `audit`)."""
    for number, line in enumerate(source.lines, 1):
        if re.match(r"\s*audit\s*=\s*false\b", line):
            yield number, "npm audit", "is switched off"

"""What a committed file keeps from being looked at: ignore files, skip lists, baselines, hidden diffs."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import ClassVar

from gate import lazy
from gate.facts import branchrules, gitfiles, gitways, leftout, leftout_tools, leniency, mergers, standin, tools
from gate.facts.command import commands
from gate.facts.config import Node, read
from gate.facts.guardrail import is_pipeline
from gate.source import Place, Source

Found = tuple[int, str, str]
"""The line, the tool that is told to look away, and what the file then does, as a verb."""

_LISTS = {".semgrepignore": "semgrep", ".gitleaksignore": "gitleaks", ".trivyignore": "trivy",
          ".banditignore": "bandit", ".grypeignore": "grype", ".snykignore": "snyk",
          ".tfsecignore": "tfsec", ".eslintignore": "ESLint", ".ggshieldignore": "ggshield"}  # fmt: skip
_MOST = lazy.regex(r"\\\.\(?(?:py|js|ts|tf|ya?ml|json|toml|sh)|^\.\*\$?$|^$")
_MEMBER = lazy.regex(r"^\s*(?:-\s+)?(?:run|script|entry|command)\s*:\s*|^commands\w*\s*=|^\s*[-@]+\s*")
_ALL_UPDATES = 3
"""Major, minor and patch (docs.github.com, Dependabot options, `update-types`)."""
_SKIPS = lazy.regex(r"\s*(?:export\s+|env\s+)?[\"']?SKIP[\"']?\s*[:=]\s*(\"[^\"]*|'[^']*|\S+)")


@dataclass(frozen=True)
class Exemption:
    """Something a tool will not look at or not report; `until` is the day it ends (ISO), "" for never."""

    place: Place
    tool: str
    what: str
    until: str

    languages: ClassVar[frozenset[str]] = frozenset({""})
    hint: ClassVar[re.Pattern[str]] = lazy.regex("")
    any_size: ClassVar[bool] = True

    @classmethod
    def find(cls, source: Source) -> Iterator["Exemption"]:
        if source.path == "gate.toml":
            for line, what, until in leniency.allowances(source):
                yield cls(Place.at(source.path, line), "gate", what, until)
        for reader in _readers(source.path):
            for line, tool, what in reader(source):
                yield cls(Place.at(source.path, line), tool, what, "")


def can_exempt(path: str) -> bool:
    return path == "gate.toml" or bool(_readers(path))


def _ignore_list(source: Source) -> Iterator[Found]:
    tool = _LISTS[PurePosixPath(source.path).name]
    for number, line in enumerate(source.lines, 1):
        entry = line.strip()
        if entry and not entry.startswith(("#", "!", ":include")) and not tools.is_harmless(entry):
            yield number, tool, f"ignores `{entry[:80]}`"


def _listed(tool: str, *names: str) -> Callable[[Source], Iterator[Found]]:
    """A reader of the lists under these keys, wherever in the file they are."""

    def reader(source: Source) -> Iterator[Found]:
        root = read(source)
        for node in root.walk() if root else ():
            for name, child in node.pairs:
                for entry in _entries(child) if name in names else ():
                    if not tools.is_harmless(entry.text):
                        yield entry.line, tool, f"ignores `{entry.text[:80]}`"

    return reader


def _entries(node: Node) -> Iterator[Node]:
    """The texts of a list, or the names of a table's members, or what a list of tables calls its members."""
    for member in node.items:
        named = next(
            (child for name, child in member.pairs if name in {"id", "vulnerability", "cve", "name", "package"}), member
        )
        for part in re.split(r"[,\s]+", named.text):
            if part:
                yield Node(named.line, part)
    for name, child in node.pairs:
        yield Node(child.line, name)


def _baseline(source: Source) -> Iterator[Found]:
    """Known secrets by kind and file name; their hashes stay where they are."""
    root = read(source)
    for path, secrets in root["results"].pairs if root else ():
        for secret in secrets.items:
            yield (
                secret["type"].line,
                "detect-secrets",
                f"accepts a {secret['type'].text} in `{PurePosixPath(path).name}`",
            )
    for used in root["filters_used"].items if root else ():
        for pattern in used["pattern"].items:
            yield pattern.line, "detect-secrets", f"ignores `{pattern.text[:80]}`"


def _linters(source: Source) -> Iterator[Found]:
    """Codes about security that ruff or flake8 is told to ignore, but in tests."""
    root = read(source)
    for node in root.walk() if root else ():
        for name, child in node.pairs:
            if name in {"ignore", "extend-ignore"}:
                for code in _entries(child):
                    if tools.of_code(code.text):
                        yield code.line, "ruff", f"ignores `{code.text}`"
            if name in {"exclude", "extend-exclude"} and root and _is_ruffs(source, node, root):
                for entry in _entries(child):
                    if not tools.is_harmless(entry.text) and not gitfiles.MADE.search(entry.text):
                        yield entry.line, "Ruff", f"does not look at `{entry.text[:80]}`"
            if name in {"per-file-ignores", "extend-per-file-ignores"}:
                yield from _by_file(child)


def _is_ruffs(source: Source, node: Node, root: Node) -> bool:
    """Whether these are settings of ruff; other tools have files of the same names."""
    name = PurePosixPath(source.path).name
    own = root["tool"]["ruff"] if name == "pyproject.toml" else root
    return name in {"pyproject.toml", "ruff.toml", ".ruff.toml"} and (node is own or node is own["lint"])


def _by_file(node: Node) -> Iterator[Found]:
    rows = [(name, code) for name, child in node.pairs for code in _entries(child)]
    for line in node.text.split("\n"):
        name, _, codes = line.partition(":")
        rows += [(name.strip(), Node(node.line, code)) for code in re.split(r"[,\s]+", codes) if code]
    for name, code in rows:
        if tools.of_code(code.text) and not re.search(
            r"(?i)test|conftest|docs|example|script|bench|tools|noxfile", name
        ):
            yield code.line, "ruff", f"ignores `{code.text}` in `{name}`"


def _bandit(source: Source) -> Iterator[Found]:
    root = read(source)
    section = root["tool"]["bandit"] if root and source.path.endswith(".toml") else root["bandit"] if root else None
    if root and not source.path.endswith((".toml", ".cfg", ".ini")) and not (section and section.value):
        section = root
    for name in ("skips", "exclude", "exclude_dirs"):
        for entry in _entries(section[name]) if section else ():
            if not tools.is_harmless(entry.text) and entry.text != "B101":
                yield entry.line, "bandit", f"ignores `{entry.text}`"


def _updates(source: Source) -> Iterator[Found]:
    root = read(source)
    for node in root.walk() if root else ():
        for ignored in node["ignore"].items:
            some = ignored["update-types"].items
            if ignored["dependency-name"].text and (not some or len(some) >= _ALL_UPDATES):
                yield ignored.line, "dependabot", f"ignores `{ignored['dependency-name'].text}`"


def _options(source: Source) -> Iterator[Found]:
    """Options on the command line of a tool, filters on its workflow, hooks that are skipped."""
    for number, line in _command_lines(source):
        for command in commands(line):
            yield from ((number, *said) for said in gitways.past(command))
            yield from ((number, *said) for said in standin.placed(command, source.text))
            tool = tools.of_command(command.program, command.arguments)
            for what in tools.narrowed(" ".join(command.arguments)) if tool else ():
                yield number, tool, what
        yield from ((number, *said) for said in (*gitways.in_line(line), *standin.in_line(line)))
        if found := _SKIPS.match(line):
            for name in re.findall(r"[\w-]+", found[1]):
                if tools.of_action(name):
                    yield number, tools.of_action(name), f"is skipped by `SKIP={name}`"
    if PurePosixPath(source.path).name.startswith(".pre-commit-config") or "/workflows/" in source.path:
        yield from _filters(source)
    root = read(source) if source.path.endswith((".yml", ".yaml")) else None
    yield from (said for node in (root.walk() if root else ()) for said in standin.in_table(node))


def _command_lines(source: Source) -> Iterator[tuple[int, str]]:
    """The lines of a pipeline without what makes them members of it, and the scripts of a package."""
    for number, line in enumerate(source.lines, 1):
        yield number, _MEMBER.sub("", line).strip("\"' ")
    if source.path.endswith("package.json") and (root := read(source)):
        yield from ((script.line, script.text) for _, script in root["scripts"].pairs)


def _filters(source: Source) -> Iterator[Found]:
    root = read(source)
    if root is None:
        return
    hooks = [hook for repo in root["repos"].items for hook in repo["hooks"].items]
    for name in ("files", "exclude") if any(tools.of_action(hook["id"].text) for hook in hooks) else ():
        if root[name].text and not (_MOST if name == "files" else gitfiles.MADE).search(root[name].text):
            yield root[name].line, "pre-commit", f"has all hooks keep to `{name}: {root[name].text[:80]}`"
    for hook in hooks:
        tool = tools.of_action(hook["id"].text)
        if tool and hook["files"].text and not _MOST.search(hook["files"].text):
            yield hook["files"].line, tool, f"only looks at `{hook['files'].text[:80]}`"
        if tool and hook["exclude"].text and not gitfiles.MADE.search(hook["exclude"].text):
            yield hook["exclude"].line, tool, f"does not look at `{hook['exclude'].text[:80]}`"
        arguments = " ".join(node.text for node in hook["args"].items)
        for what in tools.narrowed(arguments) if tool else ():
            yield hook["args"].line, tool, what
    for skipped in root["ci"]["skip"].items:
        if tools.of_action(skipped.text):
            yield skipped.line, tools.of_action(skipped.text), "is skipped by pre-commit.ci"
    for event in ("pull_request", "pull_request_target"):
        for pattern in root["on"][event]["paths"].items[:1]:
            yield pattern.line, "workflow", "starts for some paths only"
        for pattern in root["on"][event]["paths"].items:
            if pattern.text.startswith("!") and not tools.is_harmless(pattern.text[1:]):
                yield pattern.line, "workflow", f"does not start for `{pattern.text[1:]}`"
        for name in ("paths-ignore", "branches-ignore"):
            for pattern in root["on"][event][name].items:
                if not tools.is_harmless(pattern.text):
                    yield pattern.line, "workflow", f"does not start for `{pattern.text}`"


_READERS: Mapping[str, Callable[[Source], Iterator[Found]]] = {
    "|".join(re.escape(name) for name in _LISTS): _ignore_list,
    r"\.bandit|\.banditrc|bandit\.ya?ml|\.bandit\.ya?ml|pyproject\.toml|setup\.cfg|tox\.ini": _bandit,
    r"pyproject\.toml|\.?ruff\.toml|setup\.cfg|tox\.ini|\.flake8": _linters,
    r"\.secrets\.baseline": _baseline,
    r"\.?gitleaks\.toml": _listed("gitleaks", "paths", "regexes", "stopwords", "commits", "disabledRules"),
    r"\.trivyignore\.ya?ml": _listed("trivy", "vulnerabilities", "misconfigurations", "secrets", "licenses"),
    r"\.grype\.ya?ml": _listed("grype", "ignore", "exclude"),
    r"\.snyk": _listed("snyk", "ignore", "exclude"),
    r"osv-scanner\.toml": _listed("osv-scanner", "IgnoredVulns", "PackageOverrides"),
    r"\.nsprc|audit-ci\.jsonc?": _listed("npm audit", "exceptions", "allowlist", "advisories"),
    r"\.checkov\.ya?ml": _listed("checkov", "skip-check", "skip-path", "skip-framework"),
    r"\.?zizmor\.ya?ml": _listed("zizmor", "ignore"),
    r"\.ggshield\.ya?ml|\.gitguardian\.ya?ml": _listed("ggshield", "ignored-paths", "ignored_paths", "ignored_matches"),
    r"dependabot\.ya?ml": _updates,
    r"\.eslintrc(?:\.\w+)?|eslint\.config\.\w+|package\.json": leftout.rules_off,
    r"\.eslintrc(?:\.\w+)?|(?:eslint|jest|vitest|vite|playwright|cypress)\.config\.\w+|\.mocharc\.\w+|package\.json": leftout.patterns,
    r"[\w.-]*gitlab-ci[\w.-]*\.ya?ml": leftout.disabled,
    r"\.coveragerc": leftout.omitted,
    r"pyproject\.toml|setup\.cfg|tox\.ini|\.?codecov\.ya?ml": leftout.uncounted,
    r"sonar-project\.properties": leftout.properties,
    r"codeql-config\.ya?ml": _listed("CodeQL", "paths-ignore"),
    r"\.?pytest\.ini|pyproject\.toml|setup\.cfg|tox\.ini|.*\.ya?ml|[Mm]akefile|package\.json": leftout.tests,
    r"pyproject\.toml|\.?mypy\.ini|setup\.cfg": leftout.types_of_mypy,
    r"tsconfig[\w.-]*\.json": leftout.types_of_typescript,
    leftout_tools.PATHS: leftout_tools.lines,
    r"\.golangci\.(?:ya?ml|json|toml)": leftout_tools.golangci,
    r"\.rubocop(?:_todo)?\.yml": leftout_tools.rubocop,
    r"codeql(?:-config)?\.ya?ml": leftout_tools.codeql,
    r"composer\.json|package\.json|pnpm-workspace\.yaml|\.yarnrc\.yml": leftout_tools.audited,
    r"brakeman\.ya?ml": _listed("Brakeman", ":skip_checks", "skip_checks", ":skip_files", "skip_files"),
    r"\.bundler-audit\.ya?ml": _listed("bundler-audit", "ignore"),
    r"audit\.toml": _listed("cargo audit", "ignore"),
    r"trivy\.ya?ml": _listed("trivy", "skip-dirs", "skip-files"),
    r"\.?tfsec\.ya?ml": _listed("tfsec", "exclude"),
    r"\.checkov\.baseline": _listed("checkov", "check_ids"),
    r"\.safety-policy\.ya?ml": _listed("safety", "ignore-vulnerabilities", "ignored-vulnerabilities"),
    r"renovate\.json5?|\.renovaterc(?:\.json)?": _listed("renovate", "ignoreDeps"),
    r"(?:renovate|default)\.json5?|\.renovaterc(?:\.json5?)?": mergers.renovated,
    r"\.?mergify\.ya?ml": mergers.unwatched,
    r"CODEOWNERS": gitfiles.unowned,
    r"\.gitattributes": gitfiles.attributes,
    r"\.?gitconfig|\.lfsconfig": gitfiles.settings,
    r"deny\.toml": _listed("cargo deny", "ignore"),
    r"\.hadolint\.ya?ml": _listed("hadolint", "ignored"),
    r"kics\.(?:config|ya?ml|json|toml)|\.kics\.\w+": _listed("KICS", "exclude-queries", "exclude-paths", "exclude-severities"),
    r"[\w-]*suppressions?\.xml": leftout.suppressed,
    r"\.npmrc": leftout.unaudited,
    r"\.gitmodules": gitfiles.submodules,
}  # fmt: skip
_KINDS = [(lazy.regex(pattern), reader) for pattern, reader in _READERS.items()]
_BRANCHES = lazy.regex(rf"{branchrules.SETTINGS}|{branchrules.TERRAFORM}")


def _readers(path: str) -> list[Callable[[Source], Iterator[Found]]]:
    name = PurePosixPath(path).name
    named = [reader for pattern, reader in _KINDS if pattern.fullmatch(name)]
    return named + [branchrules.bypassed] * bool(_BRANCHES.fullmatch(path)) + [_options] * is_pipeline(path)

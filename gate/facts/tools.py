"""Security tools by the names under which pipelines run them."""

import re
from collections.abc import Iterator

from gate import lazy

_NAMES = {
    "gate": "gate", "diff-gate": "gate", "semgrep": "semgrep", "opengrep": "semgrep", "bandit": "bandit",
    "detect-secrets": "detect-secrets", "detect-secrets-hook": "detect-secrets", "gitleaks": "gitleaks",
    "trufflehog": "trufflehog", "ggshield": "ggshield", "pip-audit": "pip-audit", "safety": "safety",
    "osv-scanner": "osv-scanner", "trivy": "trivy", "grype": "grype", "snyk": "snyk", "checkov": "checkov",
    "tfsec": "tfsec", "terrascan": "terrascan", "zizmor": "zizmor", "gosec": "gosec", "brakeman": "brakeman",
    "govulncheck": "govulncheck", "bundle-audit": "bundler-audit", "bundler-audit": "bundler-audit",
    "cargo-audit": "cargo audit", "cargo-deny": "cargo deny", "codeql": "CodeQL", "kics": "KICS",
    "audit-ci": "npm audit", "better-npm-audit": "npm audit", "sonar-scanner": "Sonar", "pre-commit": "pre-commit",
}  # fmt: skip
_IN_ACTIONS = {
    "dependency-review-action": "dependency review", "dependency-review": "dependency review", "scan-action": "grype",
    "scorecard-action": "Scorecard", "sonarqube-scan-action": "Sonar", "sonarcloud-github-action": "Sonar",
    "detect-private-key": "detect-private-key",
    "detect-aws-credentials": "detect-aws-credentials",
}  # fmt: skip
_DISTINCT = sorted(_NAMES.keys() - {"gate", "diff-gate", "safety"}, key=len, reverse=True)
_PART = lazy.regex(rf"(?<![a-z0-9])({'|'.join(_DISTINCT)})(?![a-z0-9])")
_NOT_A_SCAN = lazy.regex(
    r"--version|--help|-h|doctor|rules|explain|demo|init|login|logout|auth|install|update|version|config|autoupdate"
    r"|--install-hooks|clean|gc|baseline|audit-baseline|upload|completion"
)
_ASKED = frozenset({"--help", "--version"})
_VERIFIERS = frozenset({"cosign", "slsa-verifier", "minisign", "in-toto-verify"})
_VERIFIES = lazy.regex(r"verify|-V")
"""Programs that ask whether what is about to run is what somebody has signed."""
_GITLAB = lazy.regex(
    r"(?:Jobs|Security)/(SAST|Secret-Detection|Dependency-Scanning|Container-Scanning|DAST|API-Security)\b"
)
_HARMLESS = lazy.regex(
    r"(?i)(?!.*\.\.)(?:[\w*.-]*/)*(?:tests?|docs?|examples?|\.?venv|\.tox|node_modules|build|dist|\.git|\.eggs|migrations)(?:/.*)?"
    r"|[\w*./-]*/?(?:coverage|htmlcov|logs|instrumented|cypress|__pycache__|\.(?:DS_Store|idea|vagrant|project|nyc_output|next|nuxt|(?:pytest_|mypy_|ruff_)?cache))(?:/.*)?"
    r"|.*\.(?:md|rst|lock|min\.js|map|snap|log|ipr|iws|iml|sublime-\w+)$"
)
_OPTION = lazy.regex(
    r"(?P<name>--ignore-vuln|--skip-check|--exclude-rule|--skip-dirs|--skip-files|--exclude|--skip|--only|--severity-level"
    r"|--severity-threshold|--audit-level|--severity|-lll|(?<=\s)-s|(?<=\s)-x)"
    r"(?:[= ]+(?P<value>[^\s'\"-][^\s'\"]*))?(?=\s|$)"
)
_VERBS = frozenset({"scan", "ci", "check", "run", "fs", "dir", "detect", "filesystem", "test", "audit"})
_LONG = {"-s": "--skip", "-x": "--exclude"}
_LISTING = {"--skip", "--exclude", "--skip-check", "--skip-dirs", "--skip-files", "--exclude-rule", "--ignore-vuln"}
_LEVELS = {"--severity-level", "--severity-threshold", "--audit-level", "--severity"}


def of_command(program: str, arguments: tuple[str, ...]) -> str:
    """The tool a command runs to look for flaws; "" when it runs none, or only asks its version."""
    words = [word for word in arguments if word]
    if program in {"npm", "pnpm", "yarn", "cargo"}:
        verb = next((word for word in words if not word.startswith("-")), "")
        audits = (verb == "audit" and "signatures" not in words) or (program, verb) == ("cargo", "deny")
        return f"{program} {verb}" if audits else ""
    if program == "docker":
        return next((found[1] for word in words if "/" in word and (found := _PART.search(word))), "")
    if program in _VERIFIERS:
        return f"{program} verify" if any(map(_VERIFIES.match, words[:2])) else ""
    if (
        _ASKED.intersection(words)
        or any(_NOT_A_SCAN.fullmatch(word) for word in words[:1])
        or (program == "pre-commit" and "run" not in words)
    ):
        return ""
    return _NAMES.get(program, "")


def of_action(reference: str) -> str:
    """The tool behind `uses:` or the id of a hook."""
    path = reference.partition("@")[0].lower().replace("_", "-").rstrip("/")
    last = path.rpartition("/")[2]
    if last in {"gate", "diff-gate", "gate-action", "diff-gate-action"}:
        return "gate"
    if path.startswith("github/codeql-action"):
        return "CodeQL" if last == "analyze" else ""
    if last in _IN_ACTIONS or "safety" in last.split("-"):
        return _IN_ACTIONS.get(last, "safety")
    found = _PART.search(path)
    return _NAMES[found[1]] if found and not last.startswith("setup") else ""


def of_template(included: str) -> str:
    """The scanner a template of GitLab adds to a pipeline."""
    found = _GITLAB.search(included)
    return f"GitLab {found[1]}" if found else ""


def of_code(code: str) -> bool:
    """Whether a code of ruff or flake8 is about security; asserts are left to taste."""
    return bool(re.fullmatch(r"ALL|S|S[1-9]\d{0,2}", code)) and code != "S101"


def is_harmless(path: str) -> bool:
    """Whether leaving out this path or glob leaves production code in."""
    return bool(_HARMLESS.fullmatch(path))


def aside(arguments: tuple[str, ...]) -> str:
    """Why a scan does not count: it looks at nothing but tests, manuals and the like."""
    paths = [word for word in arguments if not word.startswith("-") and word not in _VERBS]
    only = bool(paths) and all(is_harmless(path.strip("\"'").removesuffix("/")) for path in paths)
    return f"it only looks at `{paths[0]}`" if only else ""


def narrowed(arguments: str) -> Iterator[str]:
    """What the options of a scanner keep it from seeing."""
    for found in _OPTION.finditer(" " + arguments):
        name, value = _LONG.get(found["name"], found["name"]), found["value"] or ""
        if name in _LISTING:
            yield from (f"ignores `{part}`" for part in value.split(",") if part and not is_harmless(part))
        elif name not in _LEVELS or value.lower() in {"critical", "high", "none"}:
            yield f"is run with `{found[0].strip()}`"

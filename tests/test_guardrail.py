"""Pipelines, hooks and policies that look at less than they did."""

import time

import pytest

from gate.facts import tools
from gate.facts.command import commands
from gate.facts.config import read
from gate.facts.guardrail import Guardrail
from gate.rule import Source
from rules.complete import gate_weakened
from tests.edits import BASE, CI, hits


def weaken(base, head, **more):
    return hits(gate_weakened.weakens_the_gate, base, head, **more)


@pytest.mark.parametrize(("script", "soft"), [
    ("gate scan", False), ("gate scan || exit 1", False), ("if ! gate scan; then exit 1; fi", False),
    ("set -o pipefail; gate scan | tee log", False), ("uvx --from diff-gate gate scan", False),
    ("python -m gate scan", False), ("bash -c 'gate scan'", False), ("A=b sudo gate scan \\\n --jobs 2", False),
    ("gate scan || true", True), ("gate scan || :", True), ("gate scan || exit 0", True), ("gate scan || echo no", True),
    ("gate scan | cat", True), ("gate scan &", True), ("set +e\ngate scan", True), ("false && gate scan", True),
    ("exit 0\ngate scan", True), ("set +o errexit\ngate scan", True),
])  # fmt: skip
def test_a_command_counts_unless_its_failure_does_not(script, soft):
    (found,) = [
        command for command in commands(script) if tools.of_command(command.program, command.arguments) == "gate"
    ]
    assert bool(found.soft) is soft


@pytest.mark.parametrize("script", [
    "echo gate scan", "pip install bandit", "gate --version", "semgrep login", "# gate scan", "cat gate scan", "npm audit signatures",
])  # fmt: skip
def test_what_only_names_a_tool_runs_none(script):
    assert [c for c in commands(script) if tools.of_command(c.program, c.arguments)] == []


@pytest.mark.parametrize(("reference", "tool"), [
    ("example/gate@v1", "gate"), ("example/quality-gate-action@v1", ""), ("github/codeql-action/init@v3", ""),
    ("github/codeql-action/analyze@v3", "CodeQL"), ("aquasecurity/trivy-action@0.28.0", "trivy"), ("actions/checkout@v4", ""),
    ("returntocorp/semgrep-action@v1", "semgrep"), ("aquasecurity/setup-trivy@v1", ""), ("terraform_tfsec", "tfsec"),
    ("python-safety-dependencies-check", "safety"), ("actions/dependency-review-action@v4", "dependency review"),
])  # fmt: skip
def test_an_action_or_hook_is_known_by_its_name(reference, tool):
    assert tools.of_action(reference) == tool


@pytest.mark.parametrize("head", [
    BASE.replace("gate scan", "gate scan --quiet"),
    BASE.replace("  sec:", "  sec:\n    timeout-minutes: 9\n    continue-on-error: false\n    if: always()"),
    BASE.replace("pull_request", "push, pull_request"),
    BASE.replace("- run: gate scan", "- name: Judge\n        run: |\n          echo hello\n          gate scan"),
    "# moved around\n" + BASE.replace("      - run: bandit -r src\n", "  other:\n    steps:\n      - run: bandit -r src tests\n"),
])  # fmt: skip
def test_a_pipeline_that_still_holds_is_let_be(head):
    assert weaken({CI: BASE}, {CI: head}) == []


@pytest.mark.parametrize("head", [
    BASE.replace("gate scan", "gate scan || true"),
    BASE.replace("gate scan", "echo gate scan"),
    BASE.replace("gate scan", "gate scan --only logging"),
    BASE.replace("gate scan", "gate scan --skip tenancy"),
    BASE.replace("  sec:", "  sec:\n    continue-on-error: ${{ true }}"),
    BASE.replace("  sec:", "  sec:\n    if: ${{ false }}"),
    BASE.replace("  sec:", "  sec:\n    if: github.event_name == 'schedule'"),
    BASE.replace("[pull_request]", "{pull_request: {types: [closed]}}"),
    BASE.replace("[pull_request]", "{pull_request: {paths-ignore: ['app/**']}}"),
    BASE.replace("[pull_request]", "push"),
    BASE.replace("bandit -r src", "bandit -r src --exit-zero"),
    BASE.replace("bandit -r src", "bandit -r src -lll"),
    BASE.replace("bandit -r src", "bandit -r src --skip B602"),
    BASE.replace("      - run: gate scan\n", ""),
    "jobs: [\n",
    "jobs: " + "[" * 5_000 + "]" * 5_000,
    "",
])  # fmt: skip
def test_a_pipeline_that_holds_no_more_is_reported(head):
    found = weaken({CI: BASE}, {CI: head})
    assert found
    assert all(severity == "high" for severity, _, _ in found)


def test_a_hook_on_a_laptop_replaces_no_pipeline():
    head = {
        CI: "on: [pull_request]\njobs: {}\n",
        ".pre-commit-config.yaml": "repos: [{repo: a, hooks: [{id: bandit}, {id: gate}]}]\n",
    }
    assert len(weaken({CI: BASE}, head)) == 2


def test_what_another_pipeline_still_runs_is_worth_a_look():
    other = {".github/workflows/other.yml": BASE}
    found = weaken({CI: BASE, **other}, {CI: BASE.replace("[pull_request]", "push"), **other})
    assert found == [("medium", CI, 5), ("medium", CI, 6)]


def test_a_renamed_pipeline_is_let_be():
    assert weaken({CI: BASE}, {".github/workflows/b.yml": BASE}, renamed=[(CI, ".github/workflows/b.yml")]) == []


def test_aliases_are_followed_once_however_many_there_are():
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 60))
    root = read(Source("a.yml", bomb))
    assert root is not None
    assert sum(1 for _ in root.walk()) < 1_000
    assert weaken({CI: BASE}, {CI: bomb})


def test_a_step_behind_an_alias_or_a_merge_is_seen():
    text = "x: &x\n  run: gate scan\njobs:\n  a:\n    steps:\n      - *x\n  b:\n    <<: *x\n"
    assert {fact.tool for fact in Guardrail.find(Source(CI, text))} == {"gate"}


@pytest.mark.parametrize(("path", "base", "head"), [
    (".trivyignore", "", "CVE-2024-1\n"),
    (".bandit", "[bandit]\n", "[bandit]\nskips = B602\n"),
    ("bandit.yaml", "skips: []\n", "skips: [B602]\n"),
    ("setup.cfg", "[bandit]\n", "[bandit]\nexclude = ./app\n"),
    (".gitleaks.toml", "", "[allowlist]\npaths = ['app']\n"),
    ("osv-scanner.toml", "", "[[IgnoredVulns]]\nid = 'GHSA-1'\n"),
    (".github/dependabot.yml", "updates: []\n", "updates: [{ignore: [{dependency-name: django}]}]\n"),
    (".flake8", "[flake8]\n", "[flake8]\nextend-ignore = E501,S307\n"),
    (".flake8", "[flake8]\n", "[flake8]\nper-file-ignores =\n  app.py:S307\n"),
    ("pyproject.toml", "", "[tool.ruff.lint.per-file-ignores]\n'app/*' = ['S']\n"),
    (".snyk", "", "ignore:\n  SNYK-1:\n    - '*': {reason: x}\n"),
    (".secrets.baseline", "{}", '{"filters_used": [{"path": "x", "pattern": ["app"]}]}'),
    (".gitattributes", "", "* linguist-generated=true\n"),
    (".gitattributes", "", "app/** -diff\n"),
    (CI, BASE, BASE + "    env:\n      SKIP: detect-secrets\n"),
    (".pre-commit-config.yaml", "repos: [{hooks: [{id: bandit}]}]\n", "repos: [{hooks: [{id: bandit, exclude: app}]}]\n"),
    (".pre-commit-config.yaml", "repos: [{hooks: [{id: bandit}]}]\n", "ci: {skip: [bandit]}\nrepos: [{hooks: [{id: bandit}]}]\n"),
    ("gate.toml", "", "[[waivers]]\nrule = 'a/b'\npath = 'p'\nfingerprint = 'f'\nreason='r'\napprover='a'\nexpires = 2027-01-01\n"),
    ("gate.toml", "", "allow_incomplete = true\n"),
    ("gate.toml", "", "warn = []\n"),
    ("gate.toml", "", "blok = []\n"),
    ("gate.toml", "[tenancy]\ncolumns = ['a', 'b']\n", "[tenancy]\ncolumns = ['a']\n"),
    ("gate.toml", "block = ['critical', 'high', 'medium']\n", "block = ['critical', 'high']\n"),
])  # fmt: skip
def test_less_is_looked_at(path, base, head):
    assert [found[0] for found in weaken({path: base}, {path: head})] == ["high"]


@pytest.mark.parametrize(("path", "base", "head"), [
    (".trivyignore", "CVE-2024-1\nCVE-2024-2\n", "# sorted\nCVE-2024-2\n"),
    ("setup.cfg", "[bandit]\n", "[bandit]\nexclude = tests,docs\n"),
    ("pyproject.toml", "", "[tool.ruff.lint]\nignore = ['E501', 'S101']\n"),
    (".github/dependabot.yml", "updates: []\n", "updates: [{ignore: [{dependency-name: a, update-types: [x]}]}]\n"),
    (".secrets.baseline", '{"results": {"a.py": [{"type": "Key", "line_number": 1}]}}',
     '{"results": {"a.py": [{"type": "Key", "line_number": 7}]}}'),
    (".gitattributes", "", "*.lock -diff\n*.svg binary\ndocs/** linguist-generated\n"),
    ("pyproject.toml", "", "[project]\ndescription = 'gate keeps diffs'\nkeywords = ['bandit']\n"),
])  # fmt: skip
def test_as_much_is_looked_at(path, base, head):
    assert weaken({path: base}, {path: head}) == []


def test_a_policy_that_only_gets_stricter_is_a_note():
    base, head = "[paths]\nignore = ['a/']\n", "block = ['critical', 'high', 'medium']\n"
    assert weaken({"gate.toml": base}, {"gate.toml": head}) == [("low", "gate.toml", 1)]


def test_a_waiver_that_ends_later_is_more_lenient_and_one_that_ends_sooner_is_not():
    waiver = "[[waivers]]\nrule = 'a/b'\npath = 'p'\nfingerprint = 'f'\nreason = 'r'\napprover = 'a'\nexpires = {}\n"
    sooner, later = {"gate.toml": waiver.format("2027-01-01")}, {"gate.toml": waiver.format("2028-01-01")}
    assert [found[0] for found in weaken(sooner, later)] == ["high"]
    assert [found[0] for found in weaken(later, sooner)] == ["low"]


def test_the_first_configuration_of_a_new_tool_is_a_note():
    head = {CI: BASE, ".bandit": "[bandit]\nskips = B602\n"}
    assert weaken({}, head) == [("low", ".bandit", 2)]


def test_options_that_move_into_a_hook_are_let_be():
    base = {"tox.ini": "[testenv:bandit]\ncommands = bandit -r app -x app/tests --skip B603,B602\n"}
    hook = "repos:\n- hooks:\n  - id: bandit\n    args: ['-x', 'tests', '-s', 'B602,B603']\n"
    assert weaken(base, {"tox.ini": "[tox]\n", ".pre-commit-config.yaml": hook}) == []


def test_an_ignore_list_that_moves_to_another_file_is_let_be():
    base = {"setup.cfg": "[bandit]\nskips = B602\n"}
    assert weaken(base, {"setup.cfg": "", "pyproject.toml": "[tool.bandit]\nskips = ['B602']\n"}) == []


@pytest.mark.parametrize(("path", "text"), [
    (".gitlab-ci.yml", "".join(f".j{n}:\n  extends: [.j{n + 1}, .j{n + 1}, .j{n + 1}]\n" for n in range(500)) + "x: {extends: .j0, script: bandit}\n"),
    (".gitlab-ci.yml", ".b:\n  script: |\n" + "    bandit -r src\n" * 500 + "".join(f"x{n}: {{extends: .b}}\n" for n in range(500))),
    (".circleci/config.yml", "jobs:\n" + "".join(f"  j{n}: {{steps: [{{run: bandit}}]}}\n" for n in range(1000)) + f"workflows: {{a: {{jobs: [{', '.join(f'j{n}' for n in range(1000))}]}}}}\n"),
    ("pytest.ini", "[pytest]\ntestpaths = " + "a/" * 100_000 + "\n"),
    ("codecov.yml", "target: 1\n" * 20_000),
])  # fmt: skip
def test_a_pipeline_of_thousands_takes_seconds(path, text):
    start = time.process_time()
    found = list(Guardrail.find(Source(path, text, "x")))
    assert time.process_time() - start < 5
    assert len(found) <= 1000

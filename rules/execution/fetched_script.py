"""A script is fetched and run unseen.

`curl ... | sh` runs whatever is there on the day, with all the rights of the machine it runs on: no version, no checksum, nobody who
has read it. In a pipeline those are the secrets of the project, in an installation the machine of whoever installs.
"""

from collections.abc import Iterator

from gate.facts.fetched import Fetched
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.LOW,
    cwes=(829, 494),
    fix="""Take the tool from a package registry at a version, or fetch a release over https and compare its checksum before it runs:
    `echo "$SUM  tool.sh" | sha256sum --check && sh tool.sh`.""",
    bad=[
        {
            ".github/workflows/ci.yml": """
            on: push
            jobs:
              b:
                steps:
                  - run: curl -fsSL https://get.acme.dev/cli | bash  # <-
                  - run: |
                      set -e
                      bash <(curl -s https://get.acme.dev/cli)  # <-
            """,
            "Dockerfile": "FROM alpine\nRUN wget -qO- http://get.acme.dev/i.sh | sh  # <-\n",
            "package.json": '{"scripts": {"build": "tsc",\n"postinstall": "curl -s https://get.acme.dev/i | sh"  // <-\n}}\n',
            "scripts/setup.sh": "curl -sk https://get.acme.dev/i.sh | bash  # <-\nbash <(curl -s https://203.0.113.7/i)  # <-\n",
        },
    ],
    good=[
        {
            "Dockerfile": "RUN curl -fsSLO https://get.acme.dev/i.sh && echo 'abc  i.sh' | sha256sum -c\n",
            "scripts/health.sh": "curl -s http://localhost:8080/boot | sh\ncurl -s https://acme.dev/data.json | jq .\n# curl https://acme.dev | sh\n",
            "package.json": '{"scripts": {"fetch": "curl -s https://get.acme.dev/i | sh"}}\n',
            "README.md": "curl -fsSL https://get.acme.dev/cli | bash\n",
        },
    ],
    misses=[
        "A script that is fetched in one step and run in another.",
        "What a script of the repository fetches in another language.",
    ],
)

_RUNS = {
    "install": "on the machine of whoever installs the package",
    "pipeline": "with what the pipeline may do",
    "script": "",
}


@rule.check(Fetched)
def look(one: Fetched, repo: Repo) -> Iterator[Hit]:
    del repo
    where = f" {_RUNS[one.where]}" if _RUNS[one.where] else ""
    said = f"A program is fetched and run{where}, whatever it is on the day"
    if one.unsafe:
        said = f"{said}; with `{one.unsafe}` a stranger can say what it is"
    grave = bool(one.unsafe) or one.where == "install"
    yield Hit(
        one.place, f"{said}.", severity=Severity.HIGH if grave else Severity.MEDIUM if one.where == "pipeline" else None
    )

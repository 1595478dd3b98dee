"""What was pinned to its content may change under its name again.

A commit or a digest names bytes. A tag or a branch names whatever its owner, or whoever takes the account over, puts there
next: the actions of tj-actions and the images of many others were replaced under the tags that people had trusted.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from gate.facts.pins import Pin
from gate.rule import Edit, Hit, Pair, Repo, Rule, Severity, Source

_WORKFLOW = ".github/workflows/ci.yml"
_SHA, _OTHER = "0123456789abcdef0123456789abcdef01234567", "89abcdef0123456789abcdef0123456789abcdef"
_DIGEST = "sha256:" + _SHA + "0123456789abcdef01234567"
_STEP = "jobs:\n  a:\n    steps:\n      - uses: {}\n"
_CALL = "jobs:\n  a:\n    uses: acme/ci/.github/workflows/scan.yml@{}\n"

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(1357, 829, 494),
    fix="Write the full commit or the digest of the version that is meant, with its tag in a comment behind it, and let "
    "Dependabot or Renovate move it.",
    bad=[
        Pair({_WORKFLOW: _STEP.format(f"a/b@{_SHA}")}, {_WORKFLOW: _STEP.format("a/b@v2  # <-")}),
        Pair({_WORKFLOW: _STEP.format(f"a/b@{_SHA}")}, {_WORKFLOW: _STEP.format("A/b@main  # <-")}),
        Pair({_WORKFLOW: _STEP.format(f"a/b@{_SHA}")}, {_WORKFLOW: _STEP.format("a/b@01234567  # <-")}),
        Pair({_WORKFLOW: _STEP.format("a/b@v2.1.0")}, {_WORKFLOW: _STEP.format("a/b@master  # <-")}),
        Pair({_WORKFLOW: _CALL.format(_SHA)}, {_WORKFLOW: _CALL.format("develop  # <-")}),
        Pair(
            {_WORKFLOW: _STEP.format(f"docker://ghcr.io/a/scan@{_DIGEST}")},
            {_WORKFLOW: _STEP.format("docker://ghcr.io/a/scan:latest  # <-")},
        ),
        Pair(
            {"Dockerfile": f"FROM python:3.12@{_DIGEST} AS a\nCOPY --from=a/b:1@{_DIGEST} /x /x\n"},
            {"Dockerfile": "FROM python:3.12 AS a  # <-\nCOPY --from=a/b:1 /x /x  # <-\n"},
        ),
        Pair(
            {"compose.yml": f"services: {{a: {{image: 'a.dev:5000/web@{_DIGEST}'}}}}\n"},
            {"compose.yml": "services: {a: {image: 'a.dev:5000/web:1.2'}}  # <-\n"},
        ),
        Pair(
            {
                ".gitlab-ci.yml": f"image: {{name: 'a/b@{_DIGEST}'}}\ninclude: [{{project: a/ci, ref: {_SHA}, file: /a.yml}}]\n",
                ".pre-commit-config.yaml": f"repos: [{{repo: a, rev: {_SHA}, hooks: []}}]\n",
                ".circleci/config.yml": "orbs: {sec: acme/sec@1.2.3}\n",
                "main.tf": f'module "a" {{\n  source = "git::https://a.dev/b.git?ref={_SHA}"\n}}\n',
            },
            {
                ".gitlab-ci.yml": "image: {name: 'a/b'}  # <-\ninclude: [{project: a/ci, ref: main, file: /a.yml}]  # <-\n",
                ".pre-commit-config.yaml": "repos: [{repo: a, rev: main, hooks: []}]  # <-\n",
                ".circleci/config.yml": "orbs: {sec: acme/sec@volatile}  # <-\n",
                "main.tf": 'module "a" {\n  source = "git::https://a.dev/b.git?ref=main"  # <-\n}\n',
            },
        ),
        Pair({"old/Dockerfile": f"FROM a@{_DIGEST}\n"}, {"new/Dockerfile": "FROM a:1  # <-\n"}),
    ],
    good=[
        Pair({_WORKFLOW: _STEP.format(f"a/b@{_SHA}")}, {_WORKFLOW: _STEP.format(f"a/b@{_OTHER}  # v3")}),
        Pair({_WORKFLOW: _STEP.format("a/b@v2")}, {_WORKFLOW: _STEP.format("a/b@v3")}),
        Pair({_WORKFLOW: _STEP.format(f"a/b@{_SHA}")}, {_WORKFLOW: _STEP.format("./.github/actions/b")}),
        Pair(
            {_WORKFLOW: _STEP.format(f"a/b@{_SHA}\n      - uses: a/b@v1")},
            {_WORKFLOW: _STEP.format(f"a/b@{_SHA}\n      - uses: a/b@v1\n      - uses: a/b@v1")},
        ),
        Pair(
            {"Dockerfile": "FROM python:3.12\n"}, {"Dockerfile": "FROM python:3.13 AS a\nFROM a\nCOPY --from=a /x /x\n"}
        ),
        Pair(
            {"compose.yml": "services: {a: {image: 'web:1'}}\n"},
            {"compose.yml": "services: {a: {image: 'web:latest'}}\n"},
        ),
    ],
    misses=[
        "What is pinned in values of Helm, in Kustomize or in code, where the image and its tag stand apart.",
        "A commit that lies in a fork of the repository it is fetched from.",
    ],
)


@rule.compare
def is_held_less(edits: Sequence[Edit], base: Repo, head: Repo) -> Iterator[Hit]:
    before: dict[tuple[str, str], dict[str, Pin]] = defaultdict(dict)
    for pin in _pins((edit.before for edit in edits), base):
        before[pin.form, pin.name].setdefault(pin.ref, pin)
    best = {key: max(olds.values(), key=lambda old: old.held) for key, olds in before.items()}
    for pin in _pins((edit.after for edit in edits), head):
        key = pin.form, pin.name
        if key in best and pin.ref not in before[key]:
            old = best[key]
            if old.held > pin.held and not (pin.form == "image" and old.held < _CONTENT):
                yield _hit(pin, old)


_CONTENT = 2


def _pins(sources: "Iterator[Source | None]", repo: Repo) -> Iterator[Pin]:
    return (pin for source in sources if source is not None for pin in repo.of(Pin, source.path))


def _hit(pin: Pin, old: Pin) -> Hit:
    now = f"by `{pin.ref[:60]}`" if pin.ref else "by no version at all"
    was = "by its content" if old.held == _CONTENT else f"by `{old.ref[:60]}`"
    said = f"`{pin.name[:80]}` was taken {was} and is taken {now}, which its owner can move: what runs tomorrow is not what was read today."
    grave = pin.held == 0 and old.held == _CONTENT and pin.form == "action"
    return Hit(pin.place, said, detail=f"{pin.name} {pin.ref}", severity=Severity.HIGH if grave else Severity.MEDIUM)

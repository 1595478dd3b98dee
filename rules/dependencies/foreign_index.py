"""Packages are taken from another place than before.

An index decides which code a name stands for. With a second index beside the first (`--extra-index-url`), pip takes
whichever has the higher version, so whoever can publish a name on one of them replaces the package of the other. A host
that need not show who it is, or plain HTTP, lets anybody on the way do the same.
"""

import ipaddress
from collections.abc import Iterator, Sequence
from contextlib import suppress

from gate.clients import default_hosts
from gate.facts.indexes import IndexSetting, gives_builds, may_set
from gate.paths import kind
from gate.rule import Edit, Hit, Pair, Repo, Rule, Severity

_REQ = "requirements.txt"
_RENTED = (
    ".pkg.github.com",
    ".pkg.dev",
    ".amazonaws.com",
    ".dev.azure.com",
    ".visualstudio.com",
    ".jfrog.io",
    ".cloudsmith.io",
)
"""Hosts that organizations rent."""

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(1357, 494, 829),
    fix="""Take packages from the index the organization has chosen, set on the machine and not in the repository. Where a
    second one is needed, bind it to the packages it is for: uv's `explicit = true`, Poetry's `priority = "explicit"`, a
    scope of npm; and pin those packages by hash.""",
    bad=[
        Pair(
            {_REQ: "flask==3.0.3\n"},
            {
                _REQ: "--extra-index-url https://packages.helpful-ai.dev/simple  # <-\n"
                "--trusted-host packages.example.com  # <-\n--index-url http://mirror.example.com/simple  # <-\n"
                "-f https://wheels.example.com/  # <-\nflask==3.0.3\n"
            },
        ),
        Pair(
            {"Dockerfile": "FROM python\nRUN pip install flask\n"},
            {
                "Dockerfile": "FROM python\nENV PIP_EXTRA_INDEX_URL=https://get.example.com/simple  # <-\n"
                "RUN pip install -i https://get2.example.com/simple flask  # <-\n"
            },
        ),
        Pair(
            {"pyproject.toml": '[project]\nname = "x"\n'},
            {
                "pyproject.toml": '[project]\nname = "x"\n\n[[tool.uv.index]]\nname = "fast"\nurl = "https://fast.example.com/simple"  # <-\n\n'
                '[tool.uv]\nextra-index-url = ["https://more.example.com/simple"]  # <-\n'
            },
        ),
        Pair(
            {},
            {
                ".npmrc": "registry=https://npm.example.com/  # <-\n@acme:registry=https://npm2.example.com/  # <-\nstrict-ssl=false  # <-\n",
                "pip.conf": "[global]\nindex-url = https://packages.example.com/simple  # <-\n",
                ".github/workflows/ci.yml": "jobs:\n  a:\n    env:\n      PIP_INDEX_URL: https://ci.example.com/simple  # <-\n    steps:\n"
                "      - run: npm config set registry https://npm3.example.com  # <-\n"
                "      - run: pip install torch --index-url https://download.pytorch.org/whl/cpu  # <-\n",
                "scripts/setup.py": 'run(["pip", "install", "--extra-index-url", "https://own.example.com/simple"])  # <-\n',
            },
        ),
    ],
    good=[
        Pair(
            {_REQ: "--extra-index-url https://packages.example.com/simple\nflask==3.0.3\n"},
            {
                _REQ: "flask==3.0.3\n",
                "requirements/prod.txt": "--extra-index-url https://packages.example.com/simple\nflask==3.0.3\n",
            },
        ),
        Pair(
            {},
            {
                _REQ: "--index-url http://localhost/simple\n# --extra-index-url https://x.example.com\nflask==3.0.3\n",
                ".npmrc": "save-exact=true\n",
                "Dockerfile": "RUN pip install --find-links ./wheels flask\n",
                "docs/install.md": "pip install --extra-index-url https://x.example.com/simple x\n",
                "app.py": 'registry = "https://x.example.com"\nindex = url("https://x.example.com")\n',
            },
        ),
    ],
    misses=[
        "A host that base names already, on any line of its files of settings: what is taken from it is not compared.",
        "An index set outside of the repository, or by a variable whose value is not written in it.",
    ],
)


@rule.compare
def comes_from_elsewhere(edits: Sequence[Edit], base: Repo, head: Repo) -> Iterator[Hit]:
    news = [
        one for edit in edits if edit.after and may_set(edit.after.path)
        for one in head.of(IndexSetting, edit.after.path)
        if not one.is_default and (one.url or one.kind == "strict")
    ]  # fmt: skip
    if not news:
        return
    olds = {_key(one) for edit in edits if edit.before for one in base.of(IndexSetting, edit.before.path)}
    for one in news:
        allowed = one.host in base.settings.index_hosts and one.kind != "trusted" and not one.is_plain
        if not allowed and _key(one) not in olds and not (one.host and _is_known(one, base)):
            yield Hit(one.place, _said(one), detail=f"{one.kind} {one.host}", severity=_severity(one))


def _key(one: IndexSetting) -> tuple[str, str, bool, str]:
    return one.kind, one.host, one.is_plain, one.place.path if one.kind == "strict" else ""


def _is_known(one: IndexSetting, base: Repo) -> bool:
    """Whether another file of base has the same setting, so that the change only says it again."""
    paths = [path for path in base.paths if path.endswith((".txt", ".toml", ".conf", ".npmrc", ".yml", "Dockerfile"))]
    return any(
        _key(one) == _key(old) for path in _holding(one.host, paths, base) for old in base.of(IndexSetting, path)
    )


def _holding(word: str, paths: Sequence[str], base: Repo) -> Iterator[str]:
    base.read_ahead(paths)
    return (path for path in paths if (source := base.source(path)) and word in source.text)


def _severity(one: IndexSetting) -> Severity:
    shared = gives_builds(one.host) or one.host.endswith(_RENTED)
    if kind(one.place.path) == "test":  # of programs that install, mostly
        return Severity.LOW
    if kind(one.place.path) != "production" or (shared and not one.is_plain and one.kind != "trusted"):
        return Severity.MEDIUM
    return Severity.HIGH


def _said(one: IndexSetting) -> str:
    if one.kind == "strict":
        return "Whoever answers in the place of the registry is believed: its certificate is no longer checked. Take this out."
    where = f"`{one.host[:80]}`" if one.host else f"`{one.url[:80]}`"
    if one.kind == "trusted":
        return f"{where} need not show who it is, so anybody on the way can answer with packages of their own. Take this out."
    if one.is_plain:
        return f"Packages come from {where} by plain HTTP, so anybody on the way can replace them. Use HTTPS."
    if _is_for_tries(one.host) or _is_number(one.host):
        return f"Packages come from {where}, where nobody answers for what a name stands for. Use the common index."
    if one.kind == "main":
        return f"Packages now come from {where}, which decides what code each name stands for. Is it the organization's own?"
    return (
        f"Packages may now come from {where} as well: whoever publishes a name there with a higher version replaces the "
        "package that is meant. Bind it to the packages it is for, or leave it out."
    )


def _is_for_tries(host: str) -> bool:
    """Whether it is the index on which PyPI lets everybody try things out."""
    return host.removeprefix("test.") in default_hosts() and host.startswith("test.")


def _is_number(host: str) -> bool:
    with suppress(ValueError):
        return bool(ipaddress.ip_address(host.strip("[]")))
    return False

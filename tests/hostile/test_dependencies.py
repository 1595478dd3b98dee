"""Manifests that try to have something run or asked, or to get past the audit."""

import json

from tests.audited import found, lock, scan


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

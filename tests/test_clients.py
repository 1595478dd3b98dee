"""What the clients of indexes say of where they look when nobody tells them."""

import sys
from collections.abc import Sequence
from urllib.parse import urlsplit

import pytest

from gate import clients
from gate.process import Output


@pytest.fixture(autouse=True)
def anew():
    clients.default_index.cache_clear()
    clients.default_hosts.cache_clear()
    yield
    clients.default_index.cache_clear()
    clients.default_hosts.cache_clear()


def test_pip_says_which_index_it_asks_and_where_the_files_are(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda *_, **__: None)
    asked = urlsplit(clients.default_index("PyPI"))
    assert (asked.scheme, bool(asked.hostname)) == ("https", True)
    assert asked.hostname in clients.default_hosts()
    assert len(clients.default_hosts()) == 2


@pytest.mark.parametrize(
    ("told", "address"),
    [
        (Output(0, "https://npm.example.com/\n", ""), "https://npm.example.com/"),
        (Output(1, "https://npm.example.com/\n", "no"), ""),
        (Output(0, "undefined\n", ""), ""),
    ],
)
def test_npm_is_asked_for_its_own_default(monkeypatch, told: Output, address: str):
    said: list[str] = []

    def run(command: Sequence[str], **_: object) -> Output:
        said.extend(command)
        return told

    monkeypatch.setattr("shutil.which", lambda *_, **__: "/usr/bin/npm")
    monkeypatch.setattr(clients, "run", run)
    assert clients.default_index("npm") == address
    assert any(word.startswith("--userconfig=") for word in said)
    assert {"--offline", "--no-update-notifier"} <= set(said)
    assert ("npm.example.com" in clients.default_hosts()) is bool(address)


def test_a_client_that_is_not_there_says_nothing(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda *_, **__: None)
    monkeypatch.setitem(sys.modules, "pip._internal.models.index", None)
    assert clients.default_index("npm") == clients.default_index("PyPI") == ""
    assert clients.default_hosts() == frozenset()

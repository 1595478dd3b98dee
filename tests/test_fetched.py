"""Programs that are fetched and run: the ways a command may be written."""

import pytest

from gate.facts.fetched import Fetched
from gate.source import Source


def _found(path: str, text: str) -> list[tuple[int, str, bool]]:
    return [(one.place.line, one.where, bool(one.unsafe)) for one in Fetched.find(Source(path, text, "digest"))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("set -e\ncurl -fsSL https://acme.dev/i \\\n  | sudo bash -s -- --yes\ntrue\n", [(2, "script", False)]),
        ("wget -O /tmp/i https://acme.dev/i && chmod +x /tmp/i && /tmp/i\n", [(1, "script", False)]),
        ('sh -c "$(curl -fsSL https://acme.dev/i)"\n', [(1, "script", False)]),
        ("python3 <(curl -s https://gist.githubusercontent.com/a/b/raw/i.py)\n", []),
        ("curl -s https://gist.githubusercontent.com/a/b/raw/i.py | python3 -\n", [(1, "script", True)]),
        ("curl -s https://acme.dev/i.tgz | tar xz\n", []),
        ("  # curl -s https://acme.dev/i | sh\n", []),
    ],
)
def test_a_script_that_fetches_and_runs(text: str, found: list[tuple[int, str, bool]]):
    assert _found("deploy/setup.sh", text) == found


def test_only_what_npm_runs_by_itself_is_an_installation():
    text = '{"scripts": {"prepare": "curl https://acme.dev/i | sh",\n"up": "curl https://acme.dev/i | sh"}}'
    assert _found("web/package.json", text) == [(1, "install", False)]

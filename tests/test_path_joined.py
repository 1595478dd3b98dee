"""Where a text stands in a path: a whole path that a model may choose, one below a folder, one behind a word."""

import pytest

from gate import registry
from gate.rule import Severity
from tests import examples
from tests.flows import FLASK

CHECK = next(check for check in registry.checks() if check.rule.id == "injection/path_traversal")
TOP = "import os\nfrom pathlib import Path\nROOT = Path('/srv')\n"
TOOL = f"{TOP}from mcp.server.fastmcp import FastMCP\nmcp = FastMCP('x')\n@mcp.tool()\ndef view(name: str, out: str):\n"
VIEW = f"{FLASK}{TOP}@app.get('/x')\ndef view():\n    name = request.args['n']\n"
WHOLE = ["open(name)", "open(Path(name).expanduser())", "Path(out).mkdir()", "open(os.path.join(out, 'a'))"]
BELOW = [
    "open(ROOT / name)", "open(os.path.join('/srv', name))", "open(f'{ROOT}/{name}')", "open(ROOT.joinpath(name))",
    "open(self.root / 'x' / f'{name}.md')", "open('/srv/' + name)", "open(Path('/srv', name))", "open(os.path.join(out, name))",
]  # fmt: skip
LED = ["open(f'{ROOT}/r-{name}')", "open(ROOT / f'report-{name}.html')", "open(os.path.join('/srv', 'r' + name))"]
UNLED = [
    "open(f'x-{name}'[2:])", "open(f'x-{name}'.removeprefix('x-'))", "open(f'x-{name}'.split('-')[1])",
    "open(f'{ROOT}/.{name}')", "open(f'x-{name}'.replace('x-', ''))", "import re; open(re.sub('x-', '', f'x-{name}'))",
]  # fmt: skip


def severities(top: str, line: str) -> set[Severity | None]:
    return {hit.severity for hit in examples.hits(CHECK, {"app.py": f"{top}    {line}\n"})}


@pytest.mark.parametrize("line", WHOLE)
def test_a_tool_that_takes_a_whole_path_asks_for_a_look(line):
    assert severities(TOOL, line) == {Severity.MEDIUM}


@pytest.mark.parametrize("line", BELOW)
def test_what_is_put_below_a_folder_was_to_stay_there(line):
    assert severities(TOOL, line) == {None}


@pytest.mark.parametrize(
    "line", ["open(name)", *UNLED, *(line for line in BELOW if "self" not in line and "out" not in line)]
)
def test_a_request_may_choose_no_path(line):
    assert severities(VIEW, line) == {None}


@pytest.mark.parametrize("line", LED)
@pytest.mark.parametrize("top", [TOOL, VIEW])
def test_a_word_before_it_leads_elsewhere_only_from_a_folder_of_that_name(top, line):
    assert severities(top, line) == {Severity.MEDIUM}

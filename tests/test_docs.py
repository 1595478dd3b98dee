"""Generated documentation says what the code says."""

import importlib.util
import re
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

from gate import policy, registry
from gate.finding import Action

TOP = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", TOP / "docs" / "generate.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_rule_pages_are_up_to_date(generate: ModuleType):
    wanted = generate.pages()
    written = {path: path.read_text(encoding="utf-8") for path in (TOP / "docs" / "rules").rglob("*.md")}
    assert written == wanted, "run `make docs`"


def test_the_checklist_is_up_to_date(generate: ModuleType):
    assert (TOP / "docs" / "checklist.md").read_text(encoding="utf-8") == generate.checklist(), "run `make docs`"


def test_the_picture_shows_what_the_demo_prints(generate: ModuleType):
    shown = (TOP / "docs" / "demo.svg").read_text(encoding="utf-8")
    assert _words(shown) == _words(generate.picture()), "run `make docs`"


def _words(svg: str) -> str:
    """What a picture says, without how it is drawn: that differs between versions of rich."""
    return "".join(re.findall(r">([^<>]+)</text>", svg))


def test_the_policy_in_the_guide_is_valid():
    guide = (TOP / "docs" / "policy.md").read_text(encoding="utf-8")
    example = guide.split("```toml\n")[1].split("```")[0]
    assert tomllib.loads(example)
    assert policy.read(example).waivers


def test_the_tests_of_bandit_that_block_are_named():
    page = (TOP / "docs" / "accuracy.md").read_text(encoding="utf-8")
    (said,) = re.findall(r"\*\*bandit blocks\*\* by ([^:]+):", page)
    actions = policy.Policy().actions()
    blocking = {rule.id for rule in registry.every_rule() if actions[rule.id] == Action.BLOCK}
    assert {f"bandit/{name}" for name in re.findall(r"B\d+", said)} == {
        name for name in blocking if name[:6] == "bandit"
    }

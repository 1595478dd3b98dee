"""Generated documentation says what the code says."""

import importlib.util
import tomllib
from pathlib import Path

from gate import policy

TOP = Path(__file__).parent.parent


def test_rule_pages_are_up_to_date():
    spec = importlib.util.spec_from_file_location("generate", TOP / "docs" / "generate.py")
    assert spec
    assert spec.loader
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    wanted = generate.pages()
    written = {path: path.read_text(encoding="utf-8") for path in (TOP / "docs" / "rules").rglob("*.md")}
    assert written == wanted, "run `make docs`"


def test_the_policy_in_the_guide_is_valid():
    guide = (TOP / "docs" / "policy.md").read_text(encoding="utf-8")
    example = guide.split("```toml\n")[1].split("```")[0]
    assert tomllib.loads(example)
    assert policy.read(example).waivers

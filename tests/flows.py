"""What the flow engine is asked in its tests, and what it says."""

import textwrap

from gate import registry
from gate.rule import Hit
from tests import examples

CHECK = next(check for check in registry.checks() if check.rule.id == "execution/eval_endpoint")
FLASK = "from flask import Flask, request\napp = Flask(__name__)\n"
HELPER = "def go(code):\n    return eval(code)\n"


def found(tree: str | dict[str, str]) -> list[Hit]:
    files = {"app.py": FLASK + textwrap.dedent(tree)} if isinstance(tree, str) else tree
    return examples.hits(CHECK, examples.unmarked({path: textwrap.dedent(text) for path, text in files.items()})[0])


def lines(tree: str) -> tuple[set[int], set[int]]:
    """The lines reported, and those marked."""
    text = FLASK + textwrap.dedent(tree)
    marked = examples.unmarked({"app.py": text})[1]
    return {hit.place.line for hit in found(tree)}, {line for _, line in marked}

"""A module is imported that no manifest asks for.

Where the module is a well-known package, the import fails on the next machine, or takes whatever version another package
happens to bring. Where nobody knows a package of that name, a model may have made it up; whoever then asks an index for
the name gets what a stranger has put there, which is how invented names are turned into malware.
"""

from collections.abc import Iterator, Sequence

from gate.facts.declared import dependencies
from gate.facts.distributions import DISTRIBUTIONS, brings, usual_names
from gate.facts.imported import imported
from gate.facts.modules import own_modules
from gate.facts.outside import Import
from gate.facts.popular import popular
from gate.paths import kind
from gate.rule import Edit, Hit, Pair, Repo, Rule, Severity, Source

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(1357, 1104),
    fix="Find out which package brings the module, that it is the one that is meant, and ask for it in the manifest, "
    "pinned as the others are. Use none that you cannot find the project of.",
    bad=[
        Pair(
            {"requirements.txt": "flask==3.0.3\n", "app.py": "import flask\n"},
            {"requirements.txt": "flask==3.0.3\n", "app.py": "import flask\nimport fastjsonguard  # <-\n"},
        ),
        Pair(
            {"pyproject.toml": '[project]\nname = "x"\ndependencies = ["httpx"]\n'},
            {
                "pyproject.toml": '[project]\nname = "x"\ndependencies = ["httpx"]\n',
                "x/__init__.py": "",
                "x/read.py": "from yaml import safe_load  # <-\n\ndef run():\n    import cv2  # <-\n",
            },
        ),
    ],
    good=[
        Pair(
            {"requirements.txt": "flask==3.0.3\n"},
            {
                "requirements.txt": "flask==3.0.3\nPyYAML==6.0.2\nopencv-python-headless==4.10.0\nscikit-learn==1.5\n",
                "app.py": "import os, tomllib\nimport yaml, cv2\nimport sklearn.svm\nimport helpers\nfrom . import x\n",
                "lib/helpers.py": "",
            },
        ),
        Pair(
            {"requirements.txt": "flask==3.0.3\n"},
            {
                "requirements.txt": "flask==3.0.3\n",
                "app.py": "try:\n    import ujson as json\nexcept ImportError:\n    import json\nif TYPE_CHECKING:\n    import pandas\n",
                "tests/test_app.py": "import pytest_httpserver\n",
            },
        ),
        Pair({}, {"app.py": "import requests\n"}),
        Pair(
            {"requirements.txt": "flask==3.0.3\n", "old.py": "import numpy as np\n"},
            {"requirements.txt": "flask==3.0.3\n", "old.py": "import numpy as np\n", "new.py": "import numpy\n"},
        ),
    ],
    misses=[
        "A module that a declared package of a like name is taken to bring: `import google.cloud.x` beside any `google-...`.",
        "Modules that are imported by name (`importlib.import_module(name)`), and those that files in a `try` ask for.",
    ],
)


@rule.compare
def nobody_asks_for_it(edits: Sequence[Edit], base: Repo, head: Repo) -> Iterator[Hit]:
    asked = {one.name for one in dependencies(head) if one.ecosystem in {"PyPI", "conda"}}
    settled = set(own_modules(head)) if asked else set()
    for edit, one in _imports(edits, head) if asked else ():
        name = one.module
        if name in settled:
            continue
        settled.add(name)
        if any(brings(package, name) for package in asked):
            continue
        if (edit.before and name in _imported(edit.before)) or _is_known(name, base):
            continue
        message, severity = _said(name)
        yield Hit(one.place, message, detail=name, severity=severity)


def _imports(edits: Sequence[Edit], head: Repo) -> Iterator[tuple[Edit, Import]]:
    """Those of production code."""
    for edit in edits:
        if edit.after and edit.after.language == "python" and kind(edit.after.path) == "production":
            yield from ((edit, one) for one in head.of(Import, edit.after.path))


def _is_known(name: str, base: Repo) -> bool:
    """Whether a file of base imports it: then it is there, whatever the manifests say."""
    sources = (base.source(path) for path in base.mentioning(name))
    return any(name in _imported(source) for source in sources if source)


def _imported(source: Source) -> set[str]:
    return {one.partition(".")[0] for one in imported(source)}


def _said(name: str) -> tuple[str, Severity]:
    meant = sorted(DISTRIBUTIONS.get(name, ())) or sorted(usual_names(name) & popular("pypi").keys())
    if meant:
        lent = f"No manifest asks for `{name[:80]}`, so it is there only while another package asks for it"
        return f"{lent}. Ask for `{meant[0]}`, which brings it, by a version.", Severity.LOW
    return (
        f"No manifest asks for `{name[:80]}`, and no well-known package has that name. If a model made it up, anybody can "
        "publish it; look for the project before you install it."
    ), Severity.MEDIUM

"""Schemas of others, for the tests. None is committed: npm brings them when a test first asks.

`python -m tests.schemas` fetches them ahead of time.
"""

import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent.parent / ".schemas"
SARIF = ("@microsoft/jest-sarif@1.0.0-beta.0", "package/lib/schemas/sarif-2.1.0-rtm.5.json")
"""An npm package of 22 kB, and the official SARIF 2.1.0 schema in it."""
GRAPHQL = ("@octokit/graphql-schema@15.26.1", "package/schema.graphql")
"""An npm package of 600 kB, and GitHub's published GraphQL schema in it."""


def sarif() -> dict[str, Any]:
    """The official SARIF 2.1.0 schema; the test is skipped where npm is not installed."""
    found: dict[str, Any] = json.loads(_kept(*SARIF).read_text(encoding="utf-8"))
    return found


def graphql() -> str:
    """GitHub's GraphQL schema in its definition language; the test is skipped where npm is not installed."""
    return _kept(*GRAPHQL).read_text(encoding="utf-8")


def _kept(package: str, member: str) -> Path:
    kept = FOLDER / Path(member).name
    if not kept.exists():
        if shutil.which("npm") is None:
            pytest.skip(f"npm, which brings the schema in {package}, is not installed")
        _fetch(package, member, kept)
    return kept


def _fetch(package: str, member: str, kept: Path) -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        command = ["npm", "pack", "--silent", "--ignore-scripts", package]
        subprocess.run(command, cwd=folder, check=True, timeout=120, stdout=subprocess.DEVNULL)
        (archive,) = Path(folder).glob("*.tgz")
        with tarfile.open(archive) as packed:
            content = packed.extractfile(member)
            assert content is not None, f"{package} holds no {member}"
            part = Path(folder, "schema")
            part.write_bytes(content.read())
        os.replace(part, kept)  # noqa: PTH105  whole or not at all, for tests run side by side


VALIDATOR = ("@action-validator/core@0.6.0", "@action-validator/cli@0.6.0")


def workflow_validator() -> list[str]:
    """The command that checks an action or a workflow against GitHub's schema; skipped where npm is not installed."""
    kept = FOLDER / "action-validator"
    if not kept.exists():
        if shutil.which("npm") is None or shutil.which("node") is None:
            pytest.skip("npm, which brings the schemas of actions and workflows, is not installed")
        FOLDER.mkdir(exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=FOLDER))
        fetch = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder)]
        subprocess.run([*fetch, *VALIDATOR], check=True, timeout=120, stdout=subprocess.DEVNULL)
        try:
            folder.rename(kept)
        except OSError:  # a test beside this one was faster
            shutil.rmtree(folder)
    return ["node", str(kept / "node_modules" / "@action-validator" / "cli" / "cli.mjs")]


if __name__ == "__main__":
    workflow_validator()
    sarif()
    graphql()

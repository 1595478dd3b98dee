"""Finding a tool's program, and telling its version."""

import os
import shutil
import sys
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path

from gate.errors import ToolError
from gate.process import clean_environment, run


def _beside() -> Path:
    return Path(sys.executable).parent


def program(name: str, variable: str) -> str:
    """The absolute path of a tool: the copy an environment variable names, else beside gate, else on PATH.

    Raises:
        ToolError: There is none, or the one named is not there.
    """
    named, path = os.environ.get(variable), clean_environment().get("PATH", "")
    if named:
        found = shutil.which(named, path=path)
        if not found:
            raise ToolError(f"{variable} names `{named}`, and there is no program of that name")
        return str(Path(found).absolute())
    found = shutil.which(name, path=str(_beside())) or shutil.which(name, path=path)
    if not found:
        raise ToolError(f"{name} is not installed; run `pip install 'diff-gate[full]'`, or name a copy in {variable}")
    return found


def version(found: str, env: Mapping[str, str]) -> str:
    """The version of a program; a copy beside gate is not started for it.

    Raises:
        ToolError: It does not say.
    """
    if Path(found).parent == _beside():
        try:
            return metadata.version(Path(found).name)
        except metadata.PackageNotFoundError:
            pass  # beside gate, but not of its environment: it is asked like any other
    return _asked(found, tuple(env.items()))


@cache
def _asked(found: str, env: tuple[tuple[str, str], ...]) -> str:
    output = run([found, "--version"], env=dict(env), timeout=60)
    said = output.stdout.split()
    if output.status or not said:
        raise ToolError(f"`{Path(found).name} --version` ended with status {output.status} and no version")
    return said[-1][:40]

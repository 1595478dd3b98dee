"""Finding a tool's program, and telling its version."""

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import metadata
from pathlib import Path

from gate.errors import ToolError
from gate.process import Output, clean_environment, python, run
from gate.scanners._lean import WANTING

_LEAN = Path(__file__).with_name("_lean.py")


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
    return own_version(found) or _asked(found, tuple(env.items()))


def own_version(found: str) -> str:
    """The version of a program of gate's own environment; "" for any other, beside gate or not."""
    try:
        return metadata.version(Path(found).name) if Path(found).parent == _beside() else ""
    except metadata.PackageNotFoundError:
        return ""


def run_lean(module: str, arguments: Sequence[str], *, cwd: Path, env: Mapping[str, str], timeout: float) -> Output:
    """Run a Python tool of gate's environment without what it does not need; if it cannot do without, as it is.

    Raises:
        ToolError: As `process.run` does.
    """
    output = run(python(_LEAN, module, *arguments), cwd=cwd, env=env, timeout=timeout)
    return output if output.status != WANTING else run(python(module, *arguments), cwd=cwd, env=env, timeout=timeout)


@cache
def _asked(found: str, env: tuple[tuple[str, str], ...]) -> str:
    output = run([found, "--version"], env=dict(env), timeout=60)
    said = output.stdout.split()
    if output.status or not said:
        raise ToolError(f"`{Path(found).name} --version` ended with status {output.status} and no version")
    return said[-1][:40]

"""Starts a tool written in Python without what it loads and gate has no use for: `_lean.py MODULE ARGUMENT...`.

On a small change a tool spends most of its time on loading colours for terminals and formats of reports, pip-audit
a good part of it on asking pip for its version. Run by its path; it knows nothing of gate.
"""

import gc
import runpy
import sys
import traceback
from types import ModuleType

WANTING = 70
"""The status it ends with when the tool broke on one of the stand-ins."""
UNUSED = {
    "bandit": ("rich", "rich.progress"),
    "pip_audit": (
        "pip_api", "rich", "rich.align", "rich.console", "rich.live", "rich.panel", "rich.status",
        "cyclonedx", "cyclonedx.model", "cyclonedx.model.bom", "cyclonedx.model.component",
        "cyclonedx.model.vulnerability",
    ),
}  # fmt: skip
"""By tool, the modules that it imports, and never calls when asked for JSON without a display of its progress."""


class Unused(ModuleType):
    """Stands for a module, and for all that is in it, as long as nothing is done with it."""

    def __getattr__(self, name: str) -> "Unused":
        if name.startswith("__"):
            raise AttributeError(name)
        return Unused(name)


def main(module: str, *arguments: str) -> None:
    """Run a module as Python's `-m` does."""
    gc.disable()  # a tool ends before its garbage is worth a search
    sys.modules.update({name: Unused(name) for name in UNUSED[module]})
    if module == "pip_audit":
        sys.modules["pip_api"].PIP_VERSION = "0"  # type: ignore[attr-defined]  # pip's cache is left alone
    elif module == "bandit":
        sys.modules["rich.progress"].track = lambda steps, **_: steps  # type: ignore[attr-defined]
    sys.argv = [module, *arguments]
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except (ImportError, AttributeError, TypeError, ValueError):  # a version of the tool that does more with them
        traceback.print_exc()
        sys.exit(WANTING)


if __name__ == "__main__":
    main(*sys.argv[1:])

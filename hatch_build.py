"""Writes into a built package which commit it is of, so that `gate init` can name it in the files it writes."""

import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Stamp(BuildHookInterface):
    """A source distribution carries its stamp on to the wheel that is built from it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        sys.path.insert(0, self.root)
        from gate.origin import checkout

        said = checkout(Path(self.root))
        if version != "editable" and said:
            self._folder = tempfile.mkdtemp()
            stamp = Path(self._folder, "_origin.json")
            stamp.write_text(json.dumps(asdict(said)), encoding="utf-8")
            build_data["force_include"][str(stamp)] = "gate/_origin.json"

"""The folder of facts, and the manifest of what was read and written."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from opdb.load import SCHEMA
from opdb.write import pretty

MANIFEST = "MANIFEST.json"


@dataclass
class Facts:
    """The folder of facts; remembers the sha256 of every file that was read."""

    root: Path
    read: dict[str, str] = field(default_factory=dict)

    def load(self, name: str) -> Any:
        """Decode a JSON file (gzipped or not) under the facts folder."""
        data = (self.root / name).read_bytes()
        self.read[name] = hashlib.sha256(data).hexdigest()
        return json.loads(gzip.decompress(data) if name.endswith(".gz") else data)

    def names(self, folder: str) -> list[str]:
        """File names in a folder, sorted."""
        return sorted(p.name for p in (self.root / folder).iterdir() if p.is_file())

    def exists(self, name: str) -> bool:
        """Whether there is such a file."""
        return (self.root / name).is_file()


def write_manifest(out: Path, group: str, inputs: Mapping[str, str], **facts: str) -> None:
    """Write sha256 of the inputs of one group and of every output."""
    path = out / MANIFEST
    old = json.loads(path.read_bytes()) if path.is_file() else {}
    groups = old.get("inputs", {})
    groups[group] = {"files": dict(inputs), **facts}
    outputs = {
        p.relative_to(out).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(out.rglob("*"))
        if p.is_file() and p.name != MANIFEST
    }
    path.write_bytes(pretty({"schema": SCHEMA, "inputs": groups, "outputs": outputs}))

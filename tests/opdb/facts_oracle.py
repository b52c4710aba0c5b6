"""Answers worked out straight from the fact files; imports nothing of the program under test."""

from __future__ import annotations

import gzip
import json
from functools import lru_cache
from pathlib import Path

FULL = [
    "20.1",
    "20.2",
    "3.3.0",
    "5.0.1",
    "5.0.2",
    "5.0.3",
    "5.0.4",
    "5.1.RC1",
    "5.1.RC2",
    "8.1.RC1",
]
NUMPY = {"float": "float32", "double": "float64"}
STORES = {"AICPUKernel": "aicpu", "HOSTCPUKernel": "host_cpu", "TFKernel": "tf_kernel"}
BUILT_WITHOUT_PROTOTYPE = {"_Arg", "Variable", "VarHandleOp", "FrameworkOp", "Data"}


@lru_cache(maxsize=64)
def load(path: Path):
    raw = path.read_bytes()
    return json.loads(gzip.decompress(raw) if path.suffix == ".gz" else raw)


class Oracle:
    """One release and one ops-info folder."""

    def __init__(self, shared: Path, version: str, folder: str):
        self.facts = shared / "opdb-facts"
        self.version = version
        self.folder = folder
        self.map = load(self.facts / "tf_map" / f"{version}.json")
        self.protos = load(self.facts / "proto" / f"{version}.json.gz")["ops"]
        self.cores = load(self.facts / "soc" / version / f"{folder}.json.gz")["ops"]
        self.builtin = load(self.facts / "parser_builtin.json")["inference_map"]

    def parser(self, op):
        """``(origin, ge_op)`` or ``None``."""
        if op in self.builtin:
            return "builtin", self.builtin[op]
        entry = self.map["ops"].get(op)
        if entry is None:
            return ("same-name", op) if op in self.protos else None
        ge_op = entry["ge_op"] or ""
        if entry.get("confidence") in ("ir2tf_only", "no_ir"):
            return "refused", ge_op
        if ge_op not in self.protos and ge_op not in BUILT_WITHOUT_PROTOTYPE:
            return "refused", ge_op
        plugin = any("tf_plugin" in source for source in entry["source"])
        return ("plugin" if plugin else "same-name"), ge_op

    def cpu(self, ge_op, version=None):
        """Sorted ``(store, file, flag, inputs)`` of a release."""
        path = self.facts / "aicpu" / f"{version or self.version}.json.gz"
        if not path.is_file():
            return []
        entries = load(path)["ops"].get(ge_op, [])
        return sorted(
            (STORES[e["kernel_lib"]], e["file"], e.get("ops_flag") or "", self.rows(e["inputs"]))
            for e in entries
        )

    def later_cpu(self, ge_op):
        """The same for all later releases, with the release in front."""
        later = FULL[FULL.index(self.version) + 1 :]
        return [(version, *row) for version in later for row in self.cpu(ge_op, version)]

    @staticmethod
    def rows(tensors):
        """Name, kind and dtypes of tensors in NumPy's words; ``()`` with a mark for none."""
        return tuple(
            (
                t["name"],
                t["param"],
                None if t["dtypes"] is None else tuple(NUMPY.get(d, d) for d in t["dtypes"]),
            )
            for t in tensors
        )

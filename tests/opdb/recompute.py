"""Answers about op types, worked out from the fact files alone; imports nothing under test.

``python tests/opdb/recompute.py FACTS VERSION FOLDER OP`` prints one answer.
"""

from __future__ import annotations

import gzip
import json
import sys
from functools import lru_cache
from pathlib import Path

_ORDER = "20.1 20.2 3.3.0 5.0.1 5.0.2 5.0.3 5.0.4 5.1.RC1 5.1.RC2 8.1.RC1"
ORDER = _ORDER.split()
STORES = {"AICPUKernel": "aicpu", "TFKernel": "tf_kernel"}
NO_PROTOTYPE = {"_Arg", "Variable", "VarHandleOp", "FrameworkOp", "Data"}
REMOVED = {
    "Assert",
    "GuaranteeConst",
    "Identity",
    "IdentityN",
    "PlaceholderWithDefault",
    "PreventGradient",
    "Print",
    "Snapshot",
    "StopGradient",
}


@lru_cache(maxsize=256)
def load(path):
    raw = path.read_bytes()
    return json.loads(gzip.decompress(raw) if path.suffix == ".gz" else raw)


def answer(facts: Path, version: str, folder: str, op: str) -> dict:
    """Parser, stores, and status where the names alone decide it (else ``None``)."""
    judging = load(facts / "judging.json")
    builtin = load(facts / "parser_builtin.json")
    ge_op, refused = parse(facts, version, op)
    if refused:
        return {"ge_op": ge_op, "stores": [], "status": "unsupported", "placement": "none"}
    twins_of = "5.1.RC2" if version == "8.1.RC1" else version
    twins = [ge_op, f"{ge_op}D", *judging["extra_twins"]["ops"].get(ge_op, ())]
    table = load(facts / "graph_fusion" / f"{twins_of}.json")["const_to_attr"]
    if ge_op in table:
        twins.append(table[ge_op]["becomes"])
    cores = load(facts / "soc" / version / f"{folder}.json.gz")["ops"]
    listed = sorted({name for name in twins if name in cores})
    cpu = cpu_stores(facts, version, ge_op)
    found = {"ge_op": ge_op, "stores": [*listed, *cpu], "status": None, "placement": None}
    local = builtin["ge_local_engine_ops"]
    changed = {name for c in judging["dtype_changes"]["items"] for name in c["tf_op"].split(", ")}
    special = changed | {i["tf_op"] for i in judging["known_issues"]}
    special |= set(judging["v1_control_flow"]["ops"]) | set(local["removed_at_compile_time"])
    special |= set(builtin["constant_folding_ops"]) | {"Shape", "ShapeN", "Size", "Rank"}
    special |= {name for c in load(facts / "constraints.json") for name in c["tf_ops"]}
    own = cores.get(ge_op)
    if op in REMOVED:
        found |= {"status": "supported", "placement": "removed"}
    elif {op, ge_op} & special:
        pass
    elif ge_op in local["no_kernel"] or ge_op in builtin["rts_engine_ops"]:
        found |= {"status": "supported", "placement": "local"}
    elif own is not None:
        tensors = [*own["inputs"], *own["outputs"]]
        if all(t.get("value_depend") != "required" for t in tensors):
            found |= {"status": "supported", "placement": "aicore"}
    elif not listed and cpu:
        found |= {"status": "supported", "placement": cpu[0]}
    elif not listed and ge_op not in judging["pass_rewrites"]["ops"]:
        found |= unlisted(facts, version, ge_op)
    return found


def parse(facts, version, op):
    """GE type, and whether the parser refuses the op."""
    protos = load(facts / "proto" / f"{version}.json.gz")["ops"]
    entry = load(facts / "tf_map" / f"{version}.json")["ops"].get(op)
    builtin = load(facts / "parser_builtin.json")["inference_map"]
    if op in builtin:
        return builtin[op], bool(entry and entry.get("scope_fusion_result"))
    if entry is None:
        return (op, False) if op in protos else (None, True)
    ge_op = entry["ge_op"]
    gone = entry.get("confidence") in ("ir2tf_only", "no_ir") or entry.get("scope_fusion_result")
    return ge_op, bool(gone) or (ge_op not in protos and ge_op not in NO_PROTOTYPE)


def cpu_stores(facts, version, ge_op):
    path = facts / "aicpu" / f"{version}.json.gz"
    entries = load(path)["ops"].get(ge_op, ()) if path.is_file() else ()
    stores = {STORES.get(entry["kernel_lib"]) for entry in entries} - {None}
    return sorted(stores, key=list(STORES.values()).index)


def unlisted(facts, version, ge_op):
    """In no list: a refusal only where all lists are whole; later lists need dtypes to vouch."""
    if version == ORDER[-1]:
        return {"status": "unsupported", "placement": "none"}
    later = ORDER[ORDER.index(version) + 1 :]
    if any(cpu_stores(facts, v, ge_op) for v in later):
        return {"status": "not refused", "placement": None}
    return {"status": "unknown", "placement": "none"}


if __name__ == "__main__":
    print(json.dumps(answer(Path(sys.argv[1]), *sys.argv[2:5])))

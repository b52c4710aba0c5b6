"""Per-version files of atc: parser map, prototypes, twins, scope fusion, CPU and AI Core lists."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from opdb.importers.tensors import kernel
from opdb.write import Records
from opdb_build.lines import Facts
from opdb_build.sources import Sources

FULL = (
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
)
PARTIAL = ("9.1.0", "9.2.0-beta.2")  # the open part of a release: may only vouch for support
TWINS_OF = {"8.1.RC1": "5.1.RC2"}  # no table of its own
WITHOUT_PROTOTYPE = {"_Arg", "Variable", "VarHandleOp", "FrameworkOp", "Data"}
_NOT_SOCS = ("vector_core", ".dvpp")
_NOT_WHOLE = {("20.2", "ascend920")}  # a list just begun: 7 ops
_REFUSED = {"ir2tf_only", "no_ir"}
_INFERRED = {"ir_only", "plugin+ir", "plugin_only"}
_CPU_ENGINES = {
    "AICPUKernel": "aicpu",
    "HOSTCPUKernel": "host_cpu",
    "TFKernel": "tf_kernel",
}


def build(facts: Facts, sources: Sources, version: str, out: Path) -> dict[str, int]:
    """Write the files of one version; returns counts for the report."""
    folder = out / "atc" / version
    folder.mkdir(parents=True, exist_ok=True)
    common = Records()
    _prototypes(facts, sources, version, common)
    _parser(facts, sources, version, common)
    if version not in PARTIAL:
        _twins(facts, sources, version, common)
        _scope_passes(facts, sources, version, common)
    (folder / "common.tsv.gz").write_bytes(common.dump())
    counts = common.counts()
    name = f"opdb-facts/aicpu/{version}.json.gz"
    if facts.exists(name):
        cpu = _cpu(facts.load(name), sources, version)
        (folder / "cpu.tsv.gz").write_bytes(cpu.dump())
        counts |= cpu.counts()
    counts |= _onnx(facts, sources, version, folder)
    for soc in soc_folders(facts, version):
        data = facts.load(f"opdb-facts/soc/{version}/{soc}.json.gz")
        cores = _aicore(data, sources, version, soc)
        (folder / f"{soc}.tsv.gz").write_bytes(cores.dump())
        counts[soc] = sum(cores.counts().values())
    return counts


def soc_folders(facts: Facts, version: str) -> list[str]:
    """The ops-info folders of a version."""
    names = [n.removesuffix(".json.gz") for n in facts.names(f"opdb-facts/soc/{version}")]
    return [n for n in names if not n.endswith(_NOT_SOCS) and (version, n) not in _NOT_WHOLE]


def _prototypes(facts: Facts, sources: Sources, version: str, common: Records) -> None:
    data = facts.load(f"opdb-facts/proto/{version}.json.gz")
    common.evidence["proto"] = [sources.part(version, "prototypes", data["provenance"])]
    for op, proto in data["ops"].items():
        common.add("proto", op, kernel(proto, common))


def _parser(facts: Facts, sources: Sources, version: str, common: Records) -> None:
    data = facts.load(f"opdb-facts/tf_map/{version}.json")
    ids = _parser_sources(sources, version, data["provenance"])
    prototypes = facts.load(f"opdb-facts/proto/{version}.json.gz")["ops"]
    named = {source for entry in data["ops"].values() for source in entry["source"]}
    common.evidence["parser"] = list(dict.fromkeys(ids[source] for source in sorted(named)))
    for op, entry in data["ops"].items():
        record = _parser_record(op, entry, ids)
        if record["origin"] == "refused" and op not in prototypes:
            record["ev"].append(ids["same_name_ir"])  # it is the absence that refuses
        common.add("parser", op, record)
    for op in data["same_name_ir_fallback"]:
        evidence = [ids["same_name_ir"]]
        common.add("parser", op, {"ge": op, "origin": "same-name", "inferred": 1, "ev": evidence})


def _parser_sources(
    sources: Sources, version: str, provenance: Mapping[str, Any]
) -> dict[str, str]:
    ids = {"parser_builtin": "parser-builtin", "same_name_ir": f"atc-{version}/prototypes"}
    if version in PARTIAL:
        ids["open_ops_tf_plugin"] = sources.open_plugins(
            version, [item["commit"] for item in provenance["repositories"]]
        )
        return ids
    if version != "8.1.RC1":
        ids["canndev_tf_plugin"] = sources.part(version, "parser", provenance)
        return ids
    where = f"github.com/{provenance['repository']}, commit {str(provenance['commit'])[:12]}"
    config = "aarch64-linux/lib64/plugin/opskernel/config/ir2tf_op_mapping_lib.json"
    adapter = "opp/built-in/framework/tensorflow/npu_supported_ops.json"
    ids["canndev_2022-06_tf_plugin"] = "atc-5.1.RC2/parser"
    ids["ir2tf_op_mapping"] = sources.add(
        "atc-8.1.RC1/ir2tf_op_mapping",
        "Map of GE ops to TF kernels, CANN 8.1.RC1",
        f"{where}: {config}",
    )
    ids["npu_supported_ops"] = sources.add(
        "atc-8.1.RC1/npu_supported_ops",
        "Operators of the TensorFlow adapter, CANN 8.1.RC1",
        f"{where}: {adapter}",
    )
    for key, commits in provenance["assembled_from"].items():
        if key.startswith("open_ops_"):
            release = key.removeprefix("open_ops_").removesuffix("_tf_plugin")
            ids[key] = sources.open_plugins(release, commits)
    return ids


def _parser_record(op: str, entry: Mapping[str, Any], ids: Mapping[str, str]) -> dict[str, Any]:
    origin, inferred = _origin(entry)
    record: dict[str, Any] = {"ge": entry["ge_op"] or "", "origin": origin}
    if inferred:
        record["inferred"] = 1
    for key in ("confidence", "imply"):
        if entry.get(key):
            record[key] = entry[key]
    if entry.get("scope_fusion_result"):
        record["scope"] = 1
    if entry.get("rewritten_by_passes"):
        record["passes"] = entry["rewritten_by_passes"]
    if entry.get("expanded_to_subgraph") and entry.get("param_mapping") == "custom":
        record["expanded"] = 1
    deleted = _deleted_inputs(op, entry.get("deleted_inputs", ()))
    if deleted:
        record["deleted"] = deleted
    named = entry["source"][:1] if origin == "builtin" else entry["source"]
    record["ev"] = [ids[source] for source in named]
    return record


def _origin(entry: Mapping[str, Any]) -> tuple[str, bool]:
    """Where the parser's answer comes from, and whether it is inferred."""
    confidence = entry.get("confidence")
    if "parser_builtin" in entry["source"]:
        return "builtin", False
    if confidence in _REFUSED:
        return "refused", True
    if not entry["ir_registered"] and entry["ge_op"] not in WITHOUT_PROTOTYPE:
        return "refused", True  # a registration without the prototype that its nodes need
    by_plugin = any(source.endswith("_tf_plugin") for source in entry["source"])
    return "plugin" if by_plugin else "same-name", confidence in _INFERRED


def _deleted_inputs(op: str, deleted: Any) -> list[dict[str, Any]]:
    """Inputs that the plugin drops; a condition on the node's own type is settled here."""
    result = []
    for rule in deleted:
        if rule["kind"] == "attr":
            result.append({"input": rule["input"], "kind": "attr", "when": rule["when"]})
        elif rule["kind"] != "origin_type":
            raise ValueError(f"{op}: unknown kind of deleted input {rule['kind']}")
        elif op in rule["when"]:
            result.append({"input": rule["input"], "kind": "always", "when": []})
    return result


def _onnx(facts: Facts, sources: Sources, version: str, folder: Path) -> dict[str, int]:
    """The map of the ONNX front end, a file of its own."""
    name = f"opdb-facts/onnx_map/{version}.json"
    if not facts.exists(name):
        return {}
    data = facts.load(name)
    records = Records()
    records.evidence["onnx"] = [sources.onnx(version, data["provenance"])]
    for op, entry in data["ops"].items():
        record: dict[str, Any] = {"ge": entry["ge_op"], "opsets": entry["opsets"]}
        if entry["expands_to_subgraph"]:
            record["sub"] = 1
        records.add("onnx", op, record)
    (folder / "onnx.tsv.gz").write_bytes(records.dump())
    return records.counts()


def _twins(facts: Facts, sources: Sources, version: str, common: Records) -> None:
    from_version = TWINS_OF.get(version, version)
    data = facts.load(f"opdb-facts/graph_fusion/{from_version}.json")
    common.evidence["twin"] = [sources.part(from_version, "const-to-attr", data["provenance"])]
    for op, entry in data["const_to_attr"].items():
        record: dict[str, Any] = {"ge": entry["becomes"]}
        if entry["constants"]:
            record["const"] = [constant["input"] for constant in entry["constants"]]
        common.add("twin", op, record)


def _scope_passes(facts: Facts, sources: Sources, version: str, common: Records) -> None:
    from_version = TWINS_OF.get(version, version)
    data = facts.load(f"opdb-facts/scope_fusion/{from_version}.json")
    common.evidence["scope-pass"] = [sources.part(from_version, "scope-fusion", data["provenance"])]
    for name, entry in data["passes"].items():
        common.add(
            "scope-pass",
            name,
            {
                "default": entry["enabled_by_default"],
                "results": entry["result_ge_ops"],
                "text": entry["matches"],
                "patterns": entry["patterns"],
            },
        )


def _cpu(data: Mapping[str, Any], sources: Sources, version: str) -> Records:
    records = Records()
    records.evidence["cpu"] = [sources.part(version, "cpu", data["provenance"])]
    order = list(_CPU_ENGINES)
    for op, entries in data["ops"].items():
        ranked = sorted(entries, key=lambda entry: order.index(entry["kernel_lib"]))
        records.add("cpu", op, [_cpu_entry(entry, records) for entry in ranked])
    return records


def _cpu_entry(entry: Mapping[str, Any], records: Records) -> dict[str, Any]:
    record = kernel(entry, records)
    record["engine"] = _CPU_ENGINES[entry["kernel_lib"]]
    record["file"] = entry["file"]
    if entry.get("ops_flag"):
        record["flag"] = entry["ops_flag"]
    return record


def _aicore(data: Mapping[str, Any], sources: Sources, version: str, soc: str) -> Records:
    records = Records()
    records.evidence["aicore"] = [sources.aicore(version, soc, data)]
    for op, entry in data["ops"].items():
        record = kernel(entry, records)
        if entry["engine"] == "DSA":
            record["engine"] = "dsa"
        elif entry["engine"] != "AICORE":
            raise ValueError(f"{version}/{soc}: {op} is for {entry['engine']}")
        for key in ("dynamic_shape", "precision_reduce", "op_pattern"):
            if entry.get(key) is not None:
                record[key] = entry[key]
        for key in ("dynamic_format", "need_check_support"):
            if entry.get(key):
                record[key] = 1
        if entry.get("dtypes_are_set"):
            record["sets"] = 1
        records.add("aicore", op, record)
    return records

"""What happens between a TensorFlow node and the lists, for all versions of atc."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from opdb.write import Records, dtype_name
from opdb_build.lines import Facts
from opdb_build.sources import CANNDEV, Sources

# Facts name some tensors in words; these are their places in the TensorFlow op definition.
_PLACES = {"output:0": "output:0", "input k": "input:1", "output argmax": "output:1", None: ""}
_REGISTERED = {"AICORE": "aicore", "PARSER": "parser", "GE": "ge"}

_GROUP_SOURCES = {
    "parser-builtin": (
        "Built-in map of the TensorFlow parser, the same 40 keys in all revisions since 2021",
        "{engine}: parser/parser/common/op_map.cc",
    ),
    "ge-engines": (
        "Ops of the GE-local and RTS engines, graph engine 9.0.0, taken for every version",
        "{engine}: compiler/engines/local_engine and compiler/engines/rts_engine",
    ),
    "ge-host-kernels": (
        "Constant-folding kernels of the graph engine, 9.0.0, taken for every version",
        "{engine}: compiler/host_kernels",
    ),
    "tensorflow-data-dependent": (
        "TensorFlow ops whose output shape depends on values",
        "github.com/tensorflow/tensorflow: tensorflow/core/ops (shape functions)",
    ),
    "atc-guide/control-flow": (
        (
            "ATC user guide, network modification for TensorFlow: v1 control flow is to be made "
            "functional first; public pages report conversions of such graphs all the same"
        ),
        "{engine}: docs/zh/user_guides/atc_tools/custom_network_modify_tf/overview.md",
    ),
}


def build(facts: Facts, sources: Sources, out: Path, overrides: list[dict[str, Any]]) -> Records:
    """Write ``atc/judging.tsv.gz``."""
    judging = facts.load("opdb-facts/judging.json")
    builtin = facts.load("opdb-facts/parser_builtin.json")
    constraints = facts.load("opdb-facts/constraints.json")
    apply_overrides("opdb-facts/constraints.json", constraints, overrides)
    records = Records()
    _groups(records, sources, judging, builtin)
    _relations(records, sources, judging)
    _dtype_changes(records, sources, judging["dtype_changes"]["items"])
    _known_issues(records, sources, judging["known_issues"])
    _constraints(records, sources, constraints)
    target = out / "atc" / "judging.tsv.gz"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(records.dump())
    return records


def apply_overrides(name: str, items: list[Any], overrides: list[dict[str, Any]]) -> None:
    """Change facts as the hand corrections for this file say; each must hit one entry."""
    for change in overrides:
        if change["facts"] != name:
            continue
        hits = [i for i in items if all(i.get(k) == v for k, v in change["where"].items())]
        if len(hits) != 1:
            raise ValueError(f"override of {name} hits {len(hits)} entries: {change['where']}")
        hits[0].update(change["set"])


def _groups(
    records: Records, sources: Sources, judging: Mapping[str, Any], builtin: Mapping[str, Any]
) -> None:
    provenance = builtin["provenance"]
    engine = f"github.com/{provenance['repository']}, commit {provenance['commit'][:12]}"
    for id_, (title, where) in _GROUP_SOURCES.items():
        sources.add(id_, title, where.replace("{engine}", engine))
    local = builtin["ge_local_engine_ops"]
    groups = {
        "local_ops": (local["no_kernel"], "ge-engines"),
        "removed_ops": (local["removed_at_compile_time"], "ge-engines"),
        "rts_ops": (builtin["rts_engine_ops"], "ge-engines"),
        "folding_ops": (builtin["constant_folding_ops"], "ge-host-kernels"),
        "data_dependent_ops": (judging["data_dependent_ops"], "tensorflow-data-dependent"),
        "v1_control_flow": (judging["v1_control_flow"]["ops"], "atc-guide/control-flow"),
        "subgraph_ops": (builtin["subgraphs"]["ops"], "parser-builtin"),
    }
    for name, (ops, evidence) in groups.items():
        records.add("group", name, {"ops": sorted(ops), "ev": [evidence]})
    dtypes = {
        dtype_name(_numpy(name)): dtype_name(ge)
        for name, ge in builtin["tf_to_ge_dtype"].items()
        if not name.endswith("_REF")
    }
    records.add("dtypes", "tf_to_ge", {"map": dtypes, "ev": ["parser-builtin"]})


def _numpy(tf_name: str) -> str:
    name = tf_name.removeprefix("DT_").lower()
    return "float16" if name == "half" else name


def _relations(records: Records, sources: Sources, judging: Mapping[str, Any]) -> None:
    twins = judging["extra_twins"]
    records.evidence["extra-twin"] = [
        sources.add(
            "canndev/graph-fusion-passes",
            "Graph fusion passes that turn an op into another listed one; not checked one by one",
            f"{CANNDEV}: ops/built-in/fusion_pass/graph_fusion/ai_core",
        )
    ]
    for op, listed in twins["ops"].items():
        others = [twin for twin in listed if twin != op]
        if others:
            records.add("extra-twin", op, others)
    rewrites = judging["pass_rewrites"]
    records.evidence["pass-rewrite"] = ["canndev/graph-fusion-passes"]
    for op, results in rewrites["ops"].items():
        records.add("pass-rewrite", op, results)
    records.evidence["inference"] = [
        sources.add(
            "canndev/inference",
            "Verify and InferShape of the operator prototypes, canndev of June 2022, taken for "
            "every version",
            f"{CANNDEV}, commit 7d77ce32: ops/built-in/op_proto",
        )
    ]
    chosen = judging["select_format"]["by_ge_op"]
    records.evidence["select-format"] = [
        sources.add(
            "canndev/op-select-format",
            "Dtypes that op_select_format offers on Ascend310 (20.1, 5.0.4 and 5.1.RC1 together), "
            "measured by running it with stand-in modules",
            f"{CANNDEV}: ops/built-in/tbe/impl",
        )
    ]
    for op, dtypes in chosen["ops"].items():
        names = sorted(dtype_name(dtype) for dtype in dtypes)
        records.add("select-format", op, names)
    records.add("select-format-index", "inputs", sorted(chosen["index_inputs_not_meant"]))


def _dtype_changes(records: Records, sources: Sources, items: list[dict[str, Any]]) -> None:
    changes: dict[str, list[dict[str, Any]]] = {}
    for item in items:
        path = item["source"].removeprefix("canndev ")
        evidence = sources.add(
            f"canndev/{path.rsplit('/', 1)[-1]}", f"{path} of canndev", f"{CANNDEV}: {path}"
        )
        to, _, then = item["to"].partition(", ")
        change = {
            "tensor": _PLACES[item.get("tensor")],
            "to": dtype_name(to),
            "condition": item.get("condition", ""),
            "note": then,
            "from": item["from_version"],
            "ev": [evidence],
        }
        for op in item["tf_op"].split(", "):
            changes.setdefault(op, []).append(change)
    for op, found in changes.items():
        records.add("dtype-change", op, found)


def _known_issues(records: Records, sources: Sources, items: list[dict[str, Any]]) -> None:
    for item in items:
        if item["tool"] != "atc":
            raise ValueError(f"known issue of {item['tool']}")
        evidence = sources.add(
            f"known-issue/{item['tf_op']}",
            f"Public reports on {item['tf_op']}",
            item["source"],
        )
        records.add(
            "known-issue",
            item["tf_op"],
            {
                "status": item["status"],
                "why": item["why"],
                "until_before": item.get("until_before"),
                "ev": [evidence],
            },
        )


def _constraints(records: Records, sources: Sources, items: list[dict[str, Any]]) -> None:
    by_op: dict[str, list[dict[str, Any]]] = {}
    for number, item in enumerate(items, 1):
        ast.parse(item["expr"], mode="eval")
        repository, _, path = item["source"].partition(":")
        evidence = sources.add(
            f"constraint/{number}-{item['op']}",
            f"Check of {item['op']} in canndev",
            f"github.com/{repository} (canndev history): {path}",
        )
        entry = {
            "ge": item["op"],
            "tf_ops": item["tf_ops"],
            "text": item["condition"],
            "expr": item["expr"],
            "engine": _REGISTERED[item["engine"]],
            "consequence": item["consequence"],
            "versions": item["versions"],
            "soc": item["soc"],
            "ev": [evidence],
        }
        for op in item["tf_ops"]:
            by_op.setdefault(op, []).append(entry)
    for op, entries in by_op.items():
        records.add("constraint", op, entries)

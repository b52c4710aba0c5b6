"""OMG operator tables: rows with their boundaries, aliases, implicit ops, patterns."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from opdb.formula import check_expression
from opdb_build.lines import Facts, Records, dtype_name
from opdb_build.sources import Sources

TABLES = {
    "hilens-2019-12": "omg-facts/omg_ascend310_hilens_2019-12.json",
    "hilens-2021-09": "omg-facts/omg_ascend310_hilens_2021-09.json",
}
_CERTAIN = "certain"


def build(facts: Facts, sources: Sources, version: str, out: Path) -> dict[str, int]:
    """Write ``omg/<version>.tsv.gz``; returns counts for the report."""
    data = facts.load(TABLES[version])
    if data["completeness"]["rows_not_seen"]:
        raise ValueError(f"{version}: rows were not seen, so the table is not whole")
    records = Records()
    where = data["source"][-1]
    title = f"TensorFlow operator boundaries, HiLens user guide ({version.removeprefix('hilens-')})"
    records.evidence["omg"] = [sources.add(f"omg-{version}/table", title, where)]
    for op, row in data["ops"].items():
        records.add("omg", op, _row(op, row, data["ops"], version))
        for number in row["rows"]:
            _add_row_source(sources, version, number, where)
    _implicit(records, sources, version, data)
    for name, pattern in data["patterns"].items():
        _checked(f"{version} pattern {name}", pattern["constraints"])
        ids = [_add_row_source(sources, version, number, where) for number in pattern["rows"]]
        record = {"nodes": pattern["tf_nodes"], "constraints": pattern["constraints"], "ev": ids}
        records.add("pattern", name, record)
    general = data["general_restrictions"]
    _checked(f"{version} general", general)
    records.add("restriction", "general", [_restriction(item) for item in general])
    target = out / "omg" / f"{version}.tsv.gz"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(records.dump())
    return records.counts()


def _row(op: str, row: Mapping[str, Any], rows: Mapping[str, Any], version: str) -> dict[str, Any]:
    limits_of = row.get("alias_of", op)
    limits = rows[limits_of]
    if "alias_of" in limits:
        raise ValueError(f"{op}: alias of the alias {limits_of}")
    _checked(f"{version} {op}", limits["constraints"])
    record: dict[str, Any] = {
        "row_op": limits_of,
        "mapping": row["mapping"],
        "rows": row["rows"],
        "ev": [f"omg-{version}/row-{number}" for number in row["rows"]],
    }
    if limits["dtypes"]:
        record["dtypes"] = [dtype_name(name) for name in limits["dtypes"]]
    if limits["constraints"]:
        record["constraints"] = limits["constraints"]
    if row.get("note"):
        record["note"] = row["note"]
    return record


def _implicit(records: Records, sources: Sources, version: str, data: Mapping[str, Any]) -> None:
    evidence = sources.add(
        f"omg-{version}/implicit",
        "Ops that the table does not print but that the tool consumes",
        "rows that ask for constant inputs; vendor samples (yolov3_resnet18, inception_age)",
    )
    undecided = [item["op"] for item in data["implicit_ops"] if item["certainty"] == "unknown"]
    records.add("group", "undecided", undecided)
    for item in data["implicit_ops"]:
        if item["op"] in undecided:
            continue
        records.add(
            "omg",
            item["op"],
            {
                "row_op": item["op"],
                "mapping": "printed-name" if item["certainty"] == _CERTAIN else "inferred",
                "note": item["why"],
                "implicit": 1,
                "rows": [],
                "ev": [evidence],
            },
        )


def _restriction(item: Mapping[str, Any]) -> dict[str, Any]:
    note = item.get("scope", "")
    return {"text": item["text"], "expr": item["expr"], "note": note, "where": item["source"]}


def _checked(what: str, constraints: list[dict[str, Any]]) -> None:
    for constraint in constraints:
        if constraint["expr"] is not None:
            try:
                check_expression(constraint["expr"])
            except ValueError as err:
                raise ValueError(f"{what}: {err}") from err


def _add_row_source(sources: Sources, version: str, number: int, where: str) -> str:
    return sources.add(
        f"omg-{version}/row-{number}",
        f"TensorFlow operator boundaries, HiLens user guide ({version.removeprefix('hilens-')}), "
        f"row {number}",
        where,
    )

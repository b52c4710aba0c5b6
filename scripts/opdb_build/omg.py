"""OMG operator tables: rows with their boundaries, aliases, implicit ops, patterns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from opdb.formula import check_expression
from opdb.write import Records, dtype_name
from opdb_build.lines import Facts
from opdb_build.sources import Sources

# Version -> fact file and chips.
TABLES = {
    "hilens-2019-12": ("omg-facts/omg_ascend310_hilens_2019-12.json", ("Ascend310",)),
    "hilens-2021-09": ("omg-facts/omg_ascend310_hilens_2021-09.json", ("Ascend310",)),
}
PARTIAL_TABLES = {
    "atlas500": ("omg-facts/omg_ascend310_atlas500app.json", ("Ascend310",)),
    "cann-kit-6.0.1": (
        "omg-facts/omg_cann_kit_6.0.1.json",
        ("Kirin9020", "Kirin9030", "KirinX90"),
    ),
}
OVERLAID = (
    "hilens-2021-09"  # the table that atlas500, of which only the beginning is known, lies on
)
_CERTAIN = "certain"


def build(
    facts: Facts,
    sources: Sources,
    version: str,
    out: Path,
    overrides: Sequence[Mapping[str, Any]] = (),
) -> dict[str, int]:
    """Write ``omg/<version>.tsv.gz``; returns counts for the report."""
    if version == "cann-kit-6.0.1":
        return _cann_kit(facts, sources, version, out)
    if version == "atlas500":
        return _overlay(facts, sources, version, out, overrides)
    data = _table(facts, TABLES[version][0], overrides)
    if data["completeness"]["rows_not_seen"]:
        raise ValueError(f"{version}: rows were not seen, so the table is not whole")
    records = Records()
    where = data["source"][-1]
    title = f"TensorFlow operator boundaries, HiLens user guide ({version.removeprefix('hilens-')})"
    records.evidence["omg"] = [sources.add(f"omg-{version}/table", title, where)]
    for op, row in data["ops"].items():
        records.add("omg", op, _row(op, row, data["ops"], version, sources))
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
    return _write(records, version, out)


def _write(records: Records, version: str, out: Path) -> dict[str, int]:
    target = out / "omg" / f"{version}.tsv.gz"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(records.dump())
    return records.counts()


def _table(facts: Facts, name: str, overrides: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A table with the hand corrections for its file; each is about one row."""
    data: dict[str, Any] = facts.load(name)
    for change in overrides:
        if change["facts"] == name:
            row = data["ops"][change["where"]["op"]]
            row.update(change["set"])
            row["report"] = {"title": change["reason"], "where": change["source"]}
    return data


def _overlay(
    facts: Facts,
    sources: Sources,
    version: str,
    out: Path,
    overrides: Sequence[Mapping[str, Any]],
) -> dict[str, int]:
    """Rows of a list of which only the beginning is known, over those of the older whole list."""
    data = _table(facts, PARTIAL_TABLES[version][0], overrides)
    below = _table(facts, TABLES[OVERLAID][0], overrides)
    records = Records()
    where = data["source"][0]
    title = "Operator list of the Atlas 500 application (C30), rows 1-20"
    records.evidence["omg"] = [sources.add(f"omg-{version}/table", title, where)]
    for op in sorted({*data["ops"], *below["ops"]}):
        over = data["ops"].get(op)
        record = None
        if op in below["ops"]:
            record = _row(op, below["ops"][op], below["ops"], OVERLAID, sources)
        if over is None:
            assert record is not None
            note = "the row was not seen in this list; it is the HiLens list's"
            records.add("omg", op, {**record, "mapping": "inferred", "note": note})
        else:
            _checked(f"{version} {op}", over["constraints"])
            records.add("omg", op, _laid_over(op, over, record, version, sources))
            for number in over["rows"]:
                sources.add(f"omg-{version}/row-{number}", f"{title}, row {number}", where)
    _implicit(records, sources, version, data)
    _checked(f"{version} general", data["general_restrictions"])
    restrictions = [_restriction(item) for item in data["general_restrictions"]]
    records.add("restriction", "general", restrictions)
    return _write(records, version, out)


def _laid_over(
    op: str, over: Mapping[str, Any], below: dict[str, Any] | None, version: str, sources: Sources
) -> dict[str, Any]:
    """A row of the overlay; limits that were not seen there are those of the row below."""
    evidence = [f"omg-{version}/row-{number}" for number in over["rows"]]
    record: dict[str, Any] = {"row_op": op, "mapping": over["mapping"], "rows": over["rows"]}
    limits = list(over["constraints"])
    dtypes = over["dtypes"]
    if below is not None and over["constraints_seen"] != "yes":
        record["mapping"] = "inferred"
        known = {limit["expr"] for limit in limits}
        limits += [limit for limit in below.get("constraints", ()) if limit["expr"] not in known]
        dtypes = dtypes or below.get("dtypes", ())
        evidence += below["ev"]
    if dtypes:
        record["dtypes"] = [dtype_name(name) for name in dtypes]
    if limits:
        record["constraints"] = limits
    if over.get("note"):
        record["note"] = over["note"]
    return _reported(op, {**record, "ev": evidence}, over, version, sources)


def _cann_kit(facts: Facts, sources: Sources, version: str, out: Path) -> dict[str, int]:
    """The list of the phone-side stack: it names operators of its own, mapped to TensorFlow's."""
    data = facts.load(PARTIAL_TABLES[version][0])
    records = Records()
    evidence = sources.add(
        f"omg-{version}/table",
        "Supported operators, HarmonyOS CANN Kit 6.0.1 (its own operators; the TensorFlow names "
        "are a mapping of the facts)",
        str(data["source"][0]),
    )
    records.evidence["omg"] = [evidence]
    for op, row in data["ops"].items():
        limits = row["constraints"]
        _checked(f"{version} {op}", limits)
        record: dict[str, Any] = {
            "row_op": op,
            "mapping": "inferred",
            "rows": [],
            "note": _performance(row),
            "ev": [evidence],
        }
        if limits:
            record["constraints"] = limits
        records.add("omg", op, record)
    _checked(f"{version} general", data["general_restrictions"])
    restrictions = [
        _restriction({**item, "source": data["source"][0]}) for item in data["general_restrictions"]
    ]
    records.add("restriction", "general", restrictions)
    return _write(records, version, out)


def _performance(row: Mapping[str, Any]) -> str:
    """The operators that a TensorFlow op becomes, and how the vendor rates their speed."""
    note = f"becomes {', '.join(row['ir'])}"
    if row.get("rating_1_to_5"):
        note += f"; speed {row['rating_1_to_5']} of 5"
    return "; ".join([note, *row.get("perf_notes", ())])


def _row(
    op: str, row: Mapping[str, Any], rows: Mapping[str, Any], version: str, sources: Sources
) -> dict[str, Any]:
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
    return _reported(op, record, row, version, sources)


def _reported(
    op: str, record: dict[str, Any], row: Mapping[str, Any], version: str, sources: Sources
) -> dict[str, Any]:
    """The record with what a public report says beside the table."""
    if "report" in row:
        id_ = sources.add(
            f"omg-{version}/report-{op}", row["report"]["title"], row["report"]["where"]
        )
        record["ev"] = [*record["ev"], id_]
    if "issue" in row:
        record["issue"] = row["issue"]
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

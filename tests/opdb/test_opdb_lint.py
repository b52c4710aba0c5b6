"""The data lint: each fault that it is for, put into an otherwise sound file."""

from __future__ import annotations

import gzip
import json
import shutil

import pytest

from opdb.lint import lint, lint_folder
from opdb.load import DATA_DIR
from opdb.target import load_registry
from opdb.write import Records

SOURCES = {"known": {"title": "A list", "where": "somewhere"}}
GOOD = {"ge": "Relu", "origin": "plugin", "ev": ["known"]}
LIMIT = {
    "ge": "Relu",
    "tf_ops": ["Relu"],
    "text": "small",
    "expr": "n < 3",
    "engine": "aicore",
    "consequence": "error",
    "versions": ["20.1", "5.0.4"],
    "soc": None,
    "ev": ["known"],
}


def faults(tmp_path, add, sources=SOURCES):
    records = Records()
    records.evidence = {"onnx": ["known"]}
    records.add("parser", "Relu", GOOD)
    add(records)
    (tmp_path / "common.tsv.gz").write_bytes(records.dump())
    result = lint_folder(tmp_path, sources, load_registry())
    assert result.files == 1
    return [fault.message for fault in result.faults]


def test_a_sound_file_has_no_fault(tmp_path):
    assert faults(tmp_path, lambda records: records.add("constraint", "Relu", [LIMIT])) == []


@pytest.mark.parametrize(
    ("kind", "name", "value", "message"),
    [
        ("parser", "A", {**GOOD, "ev": ["unknown"]}, "in no source table"),
        ("parser", "A", {**GOOD, "ev": []}, "names no evidence"),
        ("parser", "A", {"ge": "A"}, "cannot be read"),
        ("parser", "A", {**GOOD, "origin": "refused"}, "by a registration at once"),
        ("parser", "A", {**GOOD, "ge": ""}, "becomes nothing"),
        ("constraint", "A", [{**LIMIT, "expr": "n <"}], "does not parse"),
        ("constraint", "A", [{**LIMIT, "expr": "open('x')"}], "does not parse"),
        ("constraint", "A", [{**LIMIT, "versions": ["20.1", "20.9"]}], "unknown release '20.9'"),
        ("constraint", "A", [{**LIMIT, "versions": ["20.1"]}], "not a first and a last: ['20.1']"),
        ("constraint", "A", [{**LIMIT, "versions": "20.1"}], "not a first and a last"),
        ("constraint", "A", [{**LIMIT, "versions": ["5.0.4", "20.1"]}], "is after the last"),
        ("constraint", "A", [{**LIMIT, "soc": 310}], "neither null nor chip names: 310"),
        ("known-issue", "A", {"status": "maybe", "ev": ["known"]}, "unknown status"),
        ("known-issue", "A", {"until_before": "7", "ev": ["known"]}, "unknown release '7'"),
        ("proto", "A", {"in": [["x", 99]]}, "cannot be read"),
        ("cpu", "A", [{"engine": "gpu", "file": "f", "ev": ["known"]}], "cannot be read"),
    ],
)
def test_a_fault_in_a_record_is_found(tmp_path, kind, name, value, message):
    found = faults(tmp_path, lambda records: records.add(kind, name, value))
    assert any(message in text for text in found), found


def test_an_op_that_is_said_two_things_about(tmp_path):
    row = {"row_op": "Relu", "mapping": "printed-name", "rows": [], "ev": ["known"]}

    def add(records):
        records.add("omg", "Relu", row)
        records.add("group", "undecided", ["Relu"])

    assert faults(tmp_path, add) == ["is a row of the table and undecided as well"]


def test_records_out_of_order(tmp_path):
    records = Records()
    records.add("parser", "A", GOOD)
    records.add("parser", "B", GOOD)
    head, first, second = gzip.decompress(records.dump()).split(b"\n")
    (tmp_path / "x.tsv.gz").write_bytes(gzip.compress(b"\n".join([head, second, first])))
    result = lint_folder(tmp_path, SOURCES, load_registry())
    assert any("out of order" in fault.message for fault in result.faults)


def test_a_source_without_a_place(tmp_path):
    sources = {"known": {"title": "A list", "where": ""}}
    assert faults(tmp_path, lambda records: None, sources) == ["has no title or no place"]


@pytest.fixture
def small(tmp_path):
    """The registry and one release, the manifest cut down to them."""
    keep = ["targets.json", "sources.json", "overrides.json", "atc/judging.tsv.gz"]
    for name in keep:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(DATA_DIR / name, tmp_path / name)
    manifest = json.loads((DATA_DIR / "MANIFEST.json").read_bytes())
    manifest["outputs"] = {name: manifest["outputs"][name] for name in keep}
    (tmp_path / "MANIFEST.json").write_text(json.dumps(manifest))
    return tmp_path


def test_the_registry_is_held_against_the_files(small):
    found = [f"{fault.record}: {fault.message}" for fault in lint(small).faults]
    assert "Ascend310P3: no file atc/8.1.RC1/ascend310p.tsv.gz" in found
    assert not any("sha256" in text for text in found)


def test_overrides_need_their_reason(small):
    entry = {"facts": "f", "where": {"op": "A"}, "set": {"expr": "n"}, "source": "s", "reason": ""}
    (small / "overrides.json").write_text(json.dumps([entry]))
    found = [fault.message for fault in lint(small).faults if fault.file == "overrides.json"]
    assert found == ["sha256 differs from MANIFEST.json", "has no reason"]

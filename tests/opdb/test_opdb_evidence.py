"""Evidence: every id resolves (the data lint), and its source really speaks of the op."""

from __future__ import annotations

import json
import random

import pytest
from recompute import ORDER, load

from opdb.load import DATA_DIR, RecordFile

PARTIAL = ["9.1.0", "9.2.0-beta.2"]
CONFIG = "aarch64-linux/lib64/plugin/opskernel/config/ir2tf_op_mapping_lib.json"
NPU_LIST = "opp/built-in/framework/tensorflow/npu_supported_ops.json"


@pytest.fixture(scope="module")
def spoken(request):
    """Evidence id -> names that its fact file holds."""
    shared = request.getfixturevalue("shared_dir")
    facts = shared / "opdb-facts"
    known = {}

    def of(id_):
        if id_ not in known:
            known[id_] = names(facts, shared / "cann-8.1.RC1", id_)
        return known[id_]

    return of


def names(facts, install, id_):
    if id_ == "parser-builtin":
        table = load(facts / "parser_builtin.json")
        return {*table["inference_map"], *table["inference_map"].values()}
    version, part, *rest = id_.removeprefix("atc-").split("/")
    if part == "parser":
        ops = load(facts / "tf_map" / f"{version}.json")["ops"]
        return {op for op, e in ops.items() if any("tf_plugin" in s for s in e["source"])}
    if part == "ir2tf_op_mapping":
        pairs = load(install / CONFIG)["IR2TF"]
        return {pair[key] for pair in pairs for key in ("srcOpType", "dstOpType")}
    if part == "npu_supported_ops":
        return set(load(install / NPU_LIST))
    file = {
        "prototypes": f"proto/{version}.json.gz",
        "cpu": f"aicpu/{version}.json.gz",
        "onnx": f"onnx_map/{version}.json",
        "const-to-attr": f"graph_fusion/{version}.json",
        "scope-fusion": f"scope_fusion/{version}.json",
        "aicore": f"soc/{version}/{'/'.join(rest)}.json.gz",
    }[part]
    found = load(facts / file)
    key = {"const-to-attr": "const_to_attr", "scope-fusion": "passes"}.get(part, "ops")
    return set(found[key])


@pytest.mark.parametrize("version", ORDER + PARTIAL)
def test_sources_of_a_release_speak_of_the_ops_that_name_them(version, spoken):
    folder = DATA_DIR / "atc" / version
    files = ["common.tsv.gz", "cpu.tsv.gz", "onnx.tsv.gz"]
    lists = sorted({path.name for path in folder.glob("*.gz")} - set(files))
    files += random.Random(version).sample(lists, 2)
    checked = 0
    for name in files:
        if not (folder / name).is_file():
            continue
        file = RecordFile(folder / name)
        for kind, op, text in file.items():
            raw = json.loads(text)
            ids = raw["ev"] if kind == "parser" else file.evidence(kind)
            asked = {op, raw.get("ge")} if kind == "parser" else {op}
            for id_ in ids:
                if kind == "parser" and raw["origin"] == "refused" and "prototypes" in id_:
                    assert op not in spoken(id_)  # it is the absence that refuses
                else:
                    assert asked & spoken(id_), (name, kind, op, id_)
                checked += 1
    assert checked > 500


def test_limits_changes_and_reports_name_the_entry_that_they_come_from(shared_dir):
    facts = shared_dir / "opdb-facts"
    limits = load(facts / "constraints.json")
    changes = load(facts / "judging.json")["dtype_changes"]["items"]
    file = RecordFile(DATA_DIR / "atc" / "judging.tsv.gz")
    sources = json.loads((DATA_DIR / "sources.json").read_bytes())
    for op in file.names("constraint"):
        for entry in file.get("constraint", op):
            (id_,) = entry["ev"]
            number, _, ge_op = id_.removeprefix("constraint/").partition("-")
            listed = limits[int(number) - 1]
            assert (listed["op"], op in listed["tf_ops"]) == (ge_op, True)
            assert listed["source"].partition(":")[2] in sources[id_]["where"]
    for op in file.names("dtype-change"):
        for entry in file.get("dtype-change", op):
            (id_,) = entry["ev"]
            name = id_.removeprefix("canndev/")
            assert any(name in c["source"] and op in c["tf_op"].split(", ") for c in changes)
    for op in file.names("known-issue"):
        assert file.get("known-issue", op)["ev"] == [f"known-issue/{op}"]
    judging = load(facts / "judging.json")
    assert set(file.names("extra-twin")) <= set(judging["extra_twins"]["ops"])
    assert set(file.names("pass-rewrite")) == set(judging["pass_rewrites"]["ops"])
    assert set(file.names("select-format")) == set(judging["select_format"]["by_ge_op"]["ops"])


def test_rows_of_tables_name_their_rows(shared_dir):
    for version, name in (
        ("hilens-2019-12", "ascend310_hilens_2019-12"),
        ("hilens-2021-09", "ascend310_hilens_2021-09"),
        ("atlas500", "ascend310_atlas500app"),
        ("cann-kit-6.0.1", "cann_kit_6.0.1"),
    ):
        table = load(shared_dir / "omg-facts" / f"omg_{name}.json")["ops"]
        file = RecordFile(DATA_DIR / "omg" / f"{version}.tsv.gz")
        for op in file.names("omg"):
            raw = file.get("omg", op)
            own = [id_ for id_ in raw["ev"] if id_.startswith(f"omg-{version}/row-")]
            if raw.get("implicit") or version == "cann-kit-6.0.1":
                assert not own
                assert raw.get("implicit") or op in table
            elif op in table:
                assert [int(id_.rpartition("-")[2]) for id_ in own] == table[op]["rows"]
            else:
                assert version == "atlas500"
                assert all(id_.startswith("omg-hilens-2021-09/") for id_ in raw["ev"])

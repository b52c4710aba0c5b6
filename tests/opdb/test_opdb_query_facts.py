"""The databases against the fact files: seeded random triples, read by an independent reader."""

from __future__ import annotations

import random

import pytest
from facts_oracle import FULL, Oracle

from opdb.load import DATA_DIR
from opdb.query import open_database
from opdb.target import Target, load_registry

CASES = [(version, seed) for version in FULL for seed in (1, 2)]


def rows(tensors):
    return tuple((t.name, t.param, t.dtypes) for t in tensors)


def random_case(version, seed):
    rng = random.Random(f"{version}-{seed}")
    soc = rng.choice(load_registry().socs("atc", version))
    return rng, open_database(Target("atc", version, soc.name))


@pytest.mark.parametrize(("version", "seed"), CASES)
def test_random_ops_answer_as_the_facts_do(version, seed, shared_dir):
    rng, database = random_case(version, seed)
    oracle = Oracle(shared_dir, version, database.folder)
    tf_ops = rng.sample(sorted(oracle.map["ops"]), 40)
    tf_ops += [*rng.sample(sorted(oracle.protos), 20), "NoSuchOp", "VariableV2", "LayerNorm"]
    for op in tf_ops:
        record = database.parser(op)
        assert (None if record is None else (record.origin, record.ge_op)) == oracle.parser(op), op
        if record is not None and op in oracle.map["ops"]:
            entry = oracle.map["ops"][op]
            assert record.scope_fusion_result == bool(entry.get("scope_fusion_result"))
            assert record.imply == entry["imply"]
            assert record.confidence == entry.get("confidence")


@pytest.mark.parametrize(("version", "seed"), CASES)
def test_random_kernels_are_those_of_the_facts(version, seed, shared_dir):
    rng, database = random_case(version, seed)
    oracle = Oracle(shared_dir, version, database.folder)
    names = rng.sample(sorted(oracle.cores), min(40, len(oracle.cores)))
    for ge_op in [*names, *rng.sample(sorted(oracle.protos), 30)]:
        kernel, listed = database.aicore(ge_op), oracle.cores.get(ge_op)
        assert (kernel is None) == (listed is None), ge_op
        if kernel is not None:
            assert rows(kernel.inputs) == oracle.rows(listed["inputs"])
            assert rows(kernel.outputs) == oracle.rows(listed["outputs"])
            assert kernel.dynamic_shape == listed["dynamic_shape"]
            assert kernel.dynamic_format == bool(listed.get("dynamic_format"))
            assert kernel.precision_reduce == listed.get("precision_reduce")
            assert kernel.need_check_support == bool(listed.get("need_check_support"))
            assert kernel.op_pattern == listed.get("op_pattern")
            for spec, raw in zip(kernel.inputs, listed["inputs"], strict=True):
                assert spec.formats == (None if raw["formats"] is None else tuple(raw["formats"]))
                assert spec.value_depend == raw.get("value_depend")
            wanted = {a["name"]: a for a in listed["attrs"]}
            for attr in kernel.attrs:
                raw = wanted.pop(attr.name)
                assert attr.required == raw["required"]
                # a few lists print text in quotes, the others do not
                assert attr.default == (raw["default"] and raw["default"].strip('"'))
                assert ",".join(attr.values or ("all",)) == raw["values"]
            assert not wanted
        proto, raw = database.prototype(ge_op), oracle.protos.get(ge_op)
        assert (proto is None) == (raw is None)
        if proto is not None:
            assert rows(proto.inputs) == oracle.rows(raw["inputs"])
            assert rows(proto.outputs) == oracle.rows(raw["outputs"])
        now = sorted((k.engine, k.file, k.ops_flag, rows(k.inputs)) for k in database.cpu(ge_op))
        assert now == oracle.cpu(ge_op)
        later = [
            (k.version, str(k.engine), k.file, k.ops_flag, rows(k.inputs))
            for k in database.later_cpu(ge_op)
        ]
        assert sorted(later) == sorted(oracle.later_cpu(ge_op))
        assert [k[0] for k in later] == sorted((k[0] for k in later), key=FULL.index)


@pytest.mark.parametrize("version", FULL)
def test_constant_twins_are_those_of_the_facts(version, shared_dir):
    of = "5.1.RC2" if version == "8.1.RC1" else version
    table = Oracle(shared_dir, of, "ascend310")
    database = open_database(Target("atc", version, "Ascend310"))
    from facts_oracle import load

    facts = load(shared_dir / "opdb-facts" / "graph_fusion" / f"{of}.json")["const_to_attr"]
    for ge_op, entry in facts.items():
        twin = database.twins(ge_op)[0]
        assert (twin.ge_op, twin.kind) == (entry["becomes"], "const_to_attr")
        assert twin.constants == tuple(c["input"] for c in entry["constants"])
        assert twin.evidence == (f"atc-{of}/const-to-attr",)
    assert table.version == of


def test_omg_rows_are_those_of_the_facts(shared_dir):
    from facts_oracle import load

    for version in ("hilens-2021-09", "hilens-2019-12"):
        date = version.removeprefix("hilens-")
        file = f"omg_ascend310_hilens_{date}.json"
        table = load(shared_dir / "omg-facts" / file)["ops"]
        for change in load(DATA_DIR / "overrides.json"):
            if change["facts"] == f"omg-facts/{file}":
                table[change["where"]["op"]].update(change["set"])
        database = open_database(Target("omg", version, "Ascend310"))
        assert set(database.ops()) == {*table, "Const", "Identity"}
        for op, row in table.items():
            limits = table[row.get("alias_of", op)]
            record = database.omg(op)
            assert record is not None
            assert record.row_op == row.get("alias_of", op)
            assert record.rows == tuple(row["rows"])
            assert record.mapping == row["mapping"]
            dtypes = tuple("float64" if d == "double" else d for d in limits["dtypes"])
            assert record.dtypes == (dtypes or None)
            assert [c.expr for c in record.constraints] == [
                c["expr"] for c in limits["constraints"]
            ]

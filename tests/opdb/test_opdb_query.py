"""What the databases answer where a name look-up alone goes wrong."""

from __future__ import annotations

import pytest

from opdb.errors import CorruptDatabaseError, UnknownNameError
from opdb.query import Database, open_database
from opdb.record import Engine
from opdb.target import parse_target


def database(text: str) -> Database:
    return open_database(parse_target(text))


@pytest.mark.parametrize(
    ("target", "op", "ge_op", "origin", "inferred"),
    [
        ("atc@5.1.RC1/Ascend310", "Placeholder", "Data", "builtin", False),
        ("atc@5.1.RC1/Ascend310", "MatMul", "MatMulV2", "plugin", False),
        ("atc@5.1.RC1/Ascend310", "NoOp", "NoOp", "same-name", True),
        ("atc@5.1.RC1/Ascend310", "GetSpan", "GetSpan", "refused", True),
        ("atc@5.1.RC1/Ascend310", "Conv2DTranspose", "Conv2DTranspose", "same-name", True),
        ("atc@20.1/Ascend310", "SegmentMean", "SegmentMean", "refused", True),
        ("atc@8.1.RC1/Ascend310", "Conv2D", "Conv2D", "plugin", False),
        ("atc@8.1.RC1/Ascend310", "AscendAssign", "AssignExt", "refused", True),
        ("atc@8.1.RC1/Ascend310", "VariableV2", "", "refused", True),
        ("atc@8.1.RC1/Ascend310", "StringToNumber", "StringToNumber", "same-name", False),
        ("atc@8.1.RC1/Ascend310", "LayerNorm", "LayerNorm", "builtin", False),
    ],
)
def test_parser_origins(target, op, ge_op, origin, inferred):
    record = database(target).parser(op)
    assert record is not None
    assert (record.ge_op, record.origin, record.inferred) == (ge_op, origin, inferred)
    assert record.evidence


def test_training_only_types_are_not_in_the_inference_map():
    assert database("atc@5.1.RC1/Ascend310").parser("VariableV2") is None


def test_products_of_scope_fusion_are_marked():
    for op in ("LayerNorm", "InstanceNorm", "DynamicRNN"):
        record = database("atc@5.1.RC1/Ascend310").parser(op)
        assert record is not None
        assert record.scope_fusion_result


def test_inputs_that_the_plugin_drops():
    db = database("atc@5.1.RC1/Ascend310")
    norm = db.parser("FusedBatchNormV3")
    assert norm is not None
    assert norm.deleted_inputs == (
        {"input": 3, "kind": "attr", "when": ["is_training", "true"]},
        {"input": 4, "kind": "attr", "when": ["is_training", "true"]},
    )
    grad, older = db.parser("FusedBatchNormGradV3"), db.parser("FusedBatchNormGradV2")
    assert grad is not None
    assert older is not None
    assert grad.deleted_inputs == ({"input": 5, "kind": "always", "when": []},)
    assert older.deleted_inputs == ()


def test_expansions_with_a_mapping_of_their_own_are_marked():
    for target in ("atc@5.1.RC1/Ascend310", "atc@8.1.RC1/Ascend310"):
        records = map(database(target).parser, ("BlockLSTM", "BatchMatMulV3", "MatMul"))
        assert [record is not None and record.expanded for record in records] == [
            True,
            False,
            False,
        ]


def test_twins_come_in_the_order_in_which_they_are_tried():
    db = database("atc@5.1.RC1/Ascend310")
    assert [(t.ge_op, t.kind) for t in db.twins("ReduceMean")] == [("ReduceMeanD", "const_to_attr")]
    assert db.twins("ReduceMean")[0].constants == (1,)
    assert [t.ge_op for t in db.twins("ConcatV2")] == ["ConcatV2D", "ConcatD"]
    assert [t.kind for t in db.twins("ConcatV2")] == ["suffix", "extra"]
    assert db.twins("Pack") == ()
    assert db.twins("Relu") == ()


def test_the_newest_release_borrows_the_twin_table_and_says_so():
    twin = database("atc@8.1.RC1/Ascend310").twins("ReduceMean")[0]
    assert twin.evidence == ("atc-5.1.RC2/const-to-attr",)


def test_dtype_changes_start_with_their_release():
    old = {c.tf_op for c in database("atc@20.1/Ascend310").facts.dtype_changes}
    new = {c.tf_op: c for c in database("atc@5.1.RC1/Ascend310").facts.dtype_changes}
    assert old == {"ArgMin", "TopK", "TopKV2", "MaxPoolWithArgmax"}
    assert set(new) == old | {"ArgMax", "Cast"}
    assert (new["ArgMax"].tensor, new["ArgMax"].to) == ("output:0", "int32")
    assert (new["TopKV2"].tensor, new["TopKV2"].to) == ("input:1", "int32")
    assert (new["MaxPoolWithArgmax"].tensor, new["MaxPoolWithArgmax"].to) == ("output:1", "uint16")
    assert new["Cast"].to == "removed"
    assert new["Cast"].condition
    assert not new["ArgMax"].condition


def test_known_issues_end_with_their_release():
    issue = database("atc@5.0.3/Ascend310").known_issue("MirrorPad")
    assert issue is not None
    assert issue.status == "unknown"
    assert database("atc@5.0.4/Ascend310").known_issue("MirrorPad") is None
    assert database("atc@20.1/Ascend310").known_issue("Conv2D") is None


@pytest.mark.parametrize(
    ("version", "count"), [("20.1", 2), ("20.2", 2), ("3.3.0", 2), ("5.1.RC2", 2), ("8.1.RC1", 0)]
)
def test_constraints_hold_for_a_range_of_releases(version, count):
    limits = database(f"atc@{version}/Ascend310").constraints("Conv2D")
    assert len(limits) == count
    hard = [c for c in limits if c.text.startswith("Static shape: kernel")]
    assert bool(hard) == (version in ("20.1", "20.2"))


def test_constraints_call_chips_by_their_present_short_names():
    (limit,) = database("atc@5.0.4/Ascend710").constraints("TopKV2")
    assert "Ascend310P" in limit.expr
    assert "Ascend710" not in limit.expr
    assert limit.engine == "aicore"


def test_dtypes_have_numpy_names():
    db = database("atc@8.1.RC1/Ascend910B1")
    for name in ("Abs", "Cast", "Add"):
        for kernel in (db.aicore(name), *db.cpu(name)):
            for tensor in kernel.inputs if kernel else ():
                assert not {"float", "double"} & set(tensor.dtypes or ())
    chosen = db.select_format("Add")
    assert chosen is not None
    assert "float32" in chosen[0]
    assert "indices" in chosen[1]
    assert db.select_format("Relu") is None
    assert db.facts.ge_dtypes["float32"] == "float32"
    assert db.facts.ge_dtypes["qint8"] == "int8"


def test_dsa_is_an_engine_of_its_own():
    kernel = database("atc@8.1.RC1/Ascend910B1").aicore("DSARandomUniform")
    assert kernel is not None
    assert kernel.engine is Engine.DSA
    assert database("atc@8.1.RC1/Ascend310").aicore("DSARandomUniform") is None


def test_cpu_lists_of_this_and_of_later_releases():
    db = database("atc@5.1.RC1/Ascend310")
    assert {k.version for k in db.cpu("Abs")} == {"5.1.RC1"}
    assert [k.version for k in db.later_cpu("Abs")] == ["5.1.RC2", "8.1.RC1"]
    assert database("atc@20.1/Ascend310").cpu("Add") == ()
    assert database("atc@8.1.RC1/Ascend310").later_cpu("Abs") == ()


def test_an_entry_without_tensors_stays_without():
    (kernel,) = database("atc@20.2/Ascend310").cpu("Add")
    assert kernel.inputs == kernel.outputs == ()


def test_pass_rewrites_tell_nothing_left_from_no_pass():
    db = database("atc@5.1.RC1/Ascend310")
    assert db.pass_rewrites("EnsureShape") == ()
    assert db.pass_rewrites("Einsum") == ("BatchMatMul",)
    assert db.pass_rewrites("Relu") is None


def test_groups_and_their_evidence():
    facts = database("atc@5.1.RC1/Ascend310").facts
    assert "Reshape" in facts.local_ops
    assert "StopGradient" in facts.removed_ops
    assert "Enter" in facts.rts_ops
    assert "Shape" in facts.folding_ops
    assert "Where" in facts.data_dependent_ops
    assert "Switch" in facts.v1_control_flow
    assert "PartitionedCall" in facts.subgraph_ops
    for name in ("local_ops", "v1_control_flow", "scope_fusion", "pass_rewrites", "extra_twins"):
        assert facts.evidence(name)
    assert facts.evidence("nothing of the kind") == ()


def test_scope_passes():
    passes = {p.name: p for p in database("atc@5.1.RC1/Ascend310").scope_passes()}
    assert passes["ScopeLayerNormPass"].default
    assert "LayerNorm" in passes["ScopeLayerNormPass"].results
    assert not passes["ScopeBasicLSTMCellPass"].default


def test_omg_aliases_implicit_and_absent_ops():
    db = database("omg@hilens-2021-09/Ascend310")
    concat = db.omg("Concat")
    assert concat is not None
    assert (concat.row_op, concat.rows) == ("ConcatV2", (4, 60))
    assert len(concat.constraints) == 3
    const, identity = db.omg("Const"), db.omg("Identity")
    assert const is not None
    assert identity is not None
    assert const.implicit
    assert const.mapping == "printed-name"
    assert identity.mapping == "inferred"
    assert db.omg("NoOp") is None
    assert db.omg_undecided == {"NoOp"}
    assert db.omg("AddV2") is None
    assert db.omg_whole
    assert db.parser("Conv2D") is None
    assert db.aicore("Conv2D") is None
    assert db.facts.local_ops == frozenset()
    assert db.omg_restrictions()[0].expr is not None


def test_the_older_omg_table_has_its_leaky_relu():
    old, new = (
        database(f"omg@hilens-{d}/Ascend310").omg("LeakyRelu") for d in ("2019-12", "2021-09")
    )
    assert old is not None
    assert new is not None
    assert (old.mapping, old.dtypes) == ("printed-name", ("float32",))
    assert (new.mapping, new.dtypes) == ("ambiguous", None)


def test_digests_differ_between_targets_and_repeat():
    targets = ["atc@8.1.RC1/Ascend310", "atc@8.1.RC1/Ascend310P3", "omg@hilens-2021-09/Ascend310"]
    digests = [database(target).digest for target in targets]
    assert len(set(digests)) == 3
    assert all(len(digest) == 64 for digest in digests)
    assert database(targets[0]).digest == digests[0]


def test_sources():
    db = database("atc@8.1.RC1/Ascend310P3")
    source = db.source("atc-8.1.RC1/aicore/ascend310p")
    assert "ascend310p" in source.title
    assert "551ed27c2928" in source.where
    with pytest.raises(UnknownNameError, match="ascend310p"):
        db.source("atc-8.1.RC1/aicore/ascend310q")


def test_a_limit_that_cannot_be_read_is_an_error_with_a_sentence(monkeypatch):
    asked = database("atc@5.0.4/Ascend310")
    limit = {"versions": ["20.1"], "soc": None}
    monkeypatch.setattr(asked, "_judging", lambda kind, name: [limit])
    with pytest.raises(CorruptDatabaseError, match="record constraint Conv2D cannot be read") as e:
        asked.constraints("Conv2D")
    assert e.value.exit_code == 3

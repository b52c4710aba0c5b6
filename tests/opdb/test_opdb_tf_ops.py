"""The TensorFlow op table."""

from __future__ import annotations

import pytest

from opdb.record import ArgDef
from opdb.tf_ops import load_op_table


def test_argument_dtypes_come_from_where_tensorflow_says():
    concat = load_op_table().get("ConcatV2")
    assert concat is not None
    assert concat.inputs == (
        ArgDef("values", type_attr="T", number_attr="N"),
        ArgDef("axis", type_attr="Tidx"),
    )
    assert concat.attrs["Tidx"].default == "int32"
    assert concat.attrs["Tidx"].allowed == ("int32", "int64")
    assert not concat.attrs["T"].has_default
    where = load_op_table().get("Shape")
    assert where is not None
    assert where.outputs[0].type_attr == "out_type"


@pytest.mark.parametrize(
    ("op", "attr", "default"),
    [
        ("Conv2D", "dilations", [1, 1, 1, 1]),
        ("Conv2D", "data_format", "NHWC"),
        ("FusedBatchNormV3", "epsilon", 9.999999747378752e-05),
        ("LeakyRelu", "alpha", 0.20000000298023224),
        ("Placeholder", "shape", None),
        ("ArgMax", "output_type", "int64"),
        ("MatMul", "transpose_a", False),
    ],
)
def test_defaults(op, attr, default):
    definition = load_op_table().get(op)
    assert definition is not None
    assert definition.attrs[attr].has_default
    assert definition.attrs[attr].default == default


def test_lists_references_and_state():
    table = load_op_table()
    split, call, assign = table.get("IdentityN"), table.get("PartitionedCall"), table.get("Assign")
    assert split is not None
    assert call is not None
    assert assign is not None
    assert split.inputs[0].type_list_attr == "T"
    assert call.outputs[0].type_list_attr == "Tout"
    assert assign.inputs[0].is_ref
    random = table.get("RandomUniform")
    assert random is not None
    assert random.stateful


def test_ops_of_frozen_v1_graphs_are_defined():
    table = load_op_table()
    v1 = [
        "Switch",
        "Merge",
        "Enter",
        "Exit",
        "LoopCond",
        "NextIteration",
        "TensorArrayV3",
        "LSTMBlockCell",
        "BlockLSTM",
    ]
    assert [op for op in [*v1, "_FusedConv2D", "_Retval", "XlaCallModule"] if op not in table] == []


def test_old_names_are_known_without_a_definition():
    table = load_op_table()
    assert "Rpc" not in table
    assert table.get("Rpc") is None
    assert "Rpc" in table.known_names
    assert "Conv2D" in table.known_names
    assert "module_wrapper" not in table.known_names
    assert "_MklConv2D" not in table
    assert "AttrShape" not in table
    assert "NoSuchOp" not in table.known_names


def test_iteration_is_sorted_and_decodes():
    table = load_op_table()
    names = list(table)
    assert names == sorted(names)
    assert len(table) == len(names) > 1500
    for name in names:
        definition = table.get(name)
        assert definition is not None
        for arg in (*definition.inputs, *definition.outputs):
            sources = (arg.type, arg.type_attr, arg.type_list_attr)
            assert sum(source is not None for source in sources) == 1, name
            for attr in (arg.type_attr, arg.number_attr, arg.type_list_attr):
                assert attr is None or attr in definition.attrs, name


@pytest.mark.tf
def test_the_table_is_what_the_installed_tensorflow_says():
    tensorflow = pytest.importorskip("tensorflow")
    table = load_op_table()
    if tensorflow.__version__ != table.tensorflow:
        pytest.skip(f"the table is of TensorFlow {table.tensorflow}")
    from tensorflow.python.framework import op_def_registry

    for name in ("Conv2D", "StridedSlice", "TopKV2", "While", "ParseExampleV2", "Assign"):
        installed, ours = op_def_registry.get(name), table.get(name)
        assert ours is not None
        assert [a.name for a in ours.inputs] == [a.name for a in installed.input_arg]
        assert [a.name for a in ours.outputs] == [a.name for a in installed.output_arg]
        assert list(ours.attrs) == [a.name for a in installed.attr]
        assert ours.stateful == installed.is_stateful

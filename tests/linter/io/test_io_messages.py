"""Our descriptors against TensorFlow's, and beside them."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec

import pytest

from linter.io import messages
from linter.io.dtypes import DTYPES, dtype_info, dtype_name, dtype_number
from linter.io.schema import CORE, SAVED

NAMES = [
    line.partition(":")[0]
    for line in (CORE + SAVED).splitlines()
    if line and not line.startswith((" ", "enum "))
]
"""The messages of the tables."""


def test_every_message_of_the_tables_can_be_built():
    assert {"GraphDef", "TensorProto", "SavedModel"} <= set(NAMES)
    for name in NAMES:
        assert messages.message_class(name).DESCRIPTOR.full_name == f"omlint.{name}"


def test_unknown_message_is_a_key_error():
    with pytest.raises(KeyError):
        messages.message_class("NoSuchMessage")


def test_text_round_trip():
    graph = messages.GraphDef()
    node = graph.node.add(name="a", op="Const")
    node.attr["dtype"].type = 1
    node.attr["value"].tensor.tensor_content = b"\x00\xff"
    other = messages.GraphDef()
    messages.parse_text(messages.to_text(graph), other)
    assert other == graph
    assert "type: DT_FLOAT" in messages.to_text(graph)


def test_text_error_has_a_position():
    with pytest.raises(messages.TextError) as caught:
        messages.parse_text("node {\n  nmae: 'x'\n}", messages.GraphDef())
    assert caught.value.line == 2


def test_saved_model_holds_any_and_wrappers():
    saved = messages.message_class("SavedModel")()
    graph = saved.meta_graphs.add()
    graph.meta_info_def.any_info.type_url = "type.googleapis.com/x"
    graph.object_graph_def.nodes.add().serialized_user_proto.value = b"x"
    tracked = messages.message_class("TrackableObjectGraph")()
    tracked.nodes.add().has_checkpoint_values.value = True
    assert type(saved).FromString(saved.SerializeToString()) == saved


@pytest.mark.parametrize("info", DTYPES, ids=lambda info: info.name)
def test_dtype_names_and_numbers_are_inverse(info):
    assert dtype_number(dtype_name(info.number)) == info.number
    assert dtype_info(info.name) is info
    if info.number:
        assert dtype_name(info.number + 100) == f"{info.name}_ref"


def test_dtype_without_a_name_keeps_its_number():
    assert dtype_name(77) == "dtype#77"
    assert dtype_number("dtype#77") == 77
    assert dtype_number("dtype#-3") == -3
    assert dtype_number("float33") is None


_BESIDE = """
import tensorflow as tf
import linter.io.messages as ours
theirs = tf.compat.v1.GraphDef()
theirs.node.add(name="x", op="Placeholder").attr["dtype"].type = 1
mine = ours.GraphDef.FromString(theirs.SerializeToString())
assert mine.node[0].name == "x"
assert type(theirs).FromString(mine.SerializeToString()) == theirs
ours.message_class("SavedModel")
"""


def _run(script):
    if find_spec("tensorflow") is None:
        pytest.skip("tensorflow is not installed")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.tf
def test_lives_beside_tensorflow_that_came_first():
    _run(_BESIDE)


_COMPARE = """
import linter.io.messages as ours
from google.protobuf import descriptor_pool
import tensorflow
from tensorflow.core.framework import graph_pb2
from tensorflow.core.protobuf import saved_model_pb2

def last(descriptor):
    return descriptor and descriptor.full_name.removeprefix("omlint.").removeprefix("tensorflow.")

def fields(descriptor):
    return {
        (f.name, f.number, f.type, f.is_repeated, f.is_packed,
         f.containing_oneof and f.containing_oneof.name, last(f.message_type), last(f.enum_type))
        for f in descriptor.fields
    }

def enums(descriptor):
    return {last(e): {v.name: v.number for v in e.values} for e in descriptor.enum_types}

pool = descriptor_pool.Default()
own = ours.message_class("SavedModel").DESCRIPTOR.file.pool
reached = set()

def reach(descriptor):
    if descriptor.full_name in reached:
        return
    reached.add(descriptor.full_name)
    for field in descriptor.fields:
        if field.message_type is not None:
            reach(field.message_type)

for name in NAMES:
    mine = ours.message_class(name).DESCRIPTOR
    other = pool.FindMessageTypeByName("tensorflow." + name)
    assert fields(mine) == fields(other), (name, fields(mine) ^ fields(other))
    assert enums(mine) == enums(other), name
reach(saved_model_pb2.SavedModel.DESCRIPTOR)
missing = {
    name for name in reached
    if name.startswith("tensorflow.")
    and not pool.FindMessageTypeByName(name).GetOptions().map_entry
    and name.removeprefix("tensorflow.") not in NAMES
}
assert not missing, missing
for name in ("DataType", "FullTypeId", "VariableSynchronization", "VariableAggregation"):
    mine = {v.name: v.number for v in own.FindEnumTypeByName("omlint." + name).values}
    other = pool.FindEnumTypeByName("tensorflow." + name)
    assert mine == {v.name: v.number for v in other.values}
"""


@pytest.mark.tf
def test_schema_is_that_of_tensorflow_which_comes_second():
    _run(f"NAMES = {NAMES!r}\n{_COMPARE}")

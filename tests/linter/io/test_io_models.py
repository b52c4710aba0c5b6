"""Real models: read, written back, and compared with what TensorFlow reads."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from linter.io.graphtext import dump, parse
from linter.io.messages import GraphDef
from linter.io.reader import load, source_sha256
from linter.io.sniff import sniff
from linter.io.writer import serialize

pytestmark = pytest.mark.models
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def entries(shared_dir):
    return json.loads((shared_dir / "models" / "manifest.json").read_text())


@pytest.fixture(scope="module")
def graphs(shared_dir, entries):
    """Paths of all frozen graphs, those in text form too."""
    return [
        shared_dir / "models" / item["file"]
        for item in entries
        if item["kind"] in ("graphdef", "graphdef_text")
    ]


def test_every_graph_is_what_the_manifest_says(shared_dir, entries):
    for item in entries:
        if item["kind"] not in ("graphdef", "graphdef_text"):
            continue
        model = load(shared_dir / "models" / item["file"])
        assert len(model.main) == item["nodes"], item["file"]
        assert len(model.functions) == item["function_library"], item["file"]
        assert model.source.producer == item["producer"], item["file"]
        assert source_sha256(model) == item["sha256"], item["file"]
        assert not any(graph.dangling for graph in model.graphs), item["file"]


def test_every_other_file_is_named(shared_dir, entries):
    kinds = {
        "graphdef": "graphdef",
        "graphdef_text": "graphdef-text",
        "saved_model": "saved-model",
        "meta_graph": "meta-graph",
    }
    for item in entries:
        path = shared_dir / "models" / item["file"]
        assert sniff(path) == kinds[item["kind"]], item["file"]


def test_unedited_graphs_are_written_byte_by_byte(graphs):
    for path in graphs:
        if path.suffix != ".pbtxt":
            assert serialize(load(path)) == path.read_bytes(), path


def test_graphs_written_anew_say_the_same(graphs):
    for path in graphs:
        if path.suffix == ".pbtxt":
            continue
        model = load(path)
        for graph in model.graphs:
            graph.replace_nodes(n if n.virtual else n.replace(attrs=dict(n.attrs)) for n in graph)
        data = serialize(model)
        assert GraphDef.FromString(data) == GraphDef.FromString(path.read_bytes()), path


def test_text_of_small_graphs_is_a_fixed_point(graphs):
    for path in graphs:
        if path.stat().st_size < 20_000:
            text = dump(load(path))
            if "= ..." not in text and ", ...)" not in text:
                assert dump(parse(text)) == text, path


_AGAINST = """
import json, math, sys
import numpy as np
import tensorflow as tf
from google.protobuf import text_format
from linter.graph import DType, FuncRef, Placeholder, Shape
from linter.io.reader import load

def dtype(number):
    if number == 0:
        return "invalid"
    if number in (20, 21, 120, 121):
        return {20: "resource", 21: "variant", 120: "resource_ref", 121: "variant_ref"}[number]
    return tf.as_dtype(number).name

def dims(shape):
    if shape.unknown_rank:
        return None
    return tuple(None if d.size < 0 else d.size for d in shape.dim)

def same_tensor(mine, theirs, where):
    assert mine.dtype == dtype(theirs.dtype), where
    assert mine.shape == tuple(d.size for d in theirs.tensor_shape.dim), where
    expected = tf.make_ndarray(theirs)
    found = mine.array()
    assert found.shape == expected.shape, where
    if expected.dtype == object:
        assert found.tolist() == expected.tolist(), where
    else:
        assert found.dtype.itemsize == expected.dtype.itemsize, where
        assert found.tobytes() == expected.tobytes(), where
    values = mine.values() if expected.size < 1000 else None
    if values is not None:
        wanted = [
            float(item) if mine.dtype == "bfloat16" else item for item in expected.ravel().tolist()
        ]
        assert repr(list(values)) == repr(wanted), where

def same(mine, theirs, where):
    kind = theirs.WhichOneof("value")
    if kind is None:
        assert mine is None, where
    elif kind == "list":
        assert type(mine) is tuple, where
        fields = theirs.list.ListFields()
        items = [(d.name, item) for d, listed in fields for item in listed]
        assert len(mine) == len(items), where
        for one, (name, item) in zip(mine, items):
            value = type(theirs)()
            if name in ("shape", "tensor", "func"):
                getattr(value, name).CopyFrom(item)
            else:
                setattr(value, name, item)
            same(one, value, where)
    elif kind == "tensor":
        same_tensor(mine, theirs.tensor, where)
    elif kind == "type":
        assert type(mine) is DType and mine == dtype(theirs.type), where
    elif kind == "shape":
        assert mine == Shape(dims(theirs.shape)), where
    elif kind == "func":
        assert type(mine) is FuncRef and mine.name == theirs.func.name, where
        assert set(mine.attrs) == set(theirs.func.attr), where
        for key in mine.attrs:
            same(mine.attrs[key], theirs.func.attr[key], where)
    elif kind == "placeholder":
        assert mine == Placeholder(theirs.placeholder), where
    elif kind == "s":
        raw = mine if isinstance(mine, bytes) else mine.encode()
        assert raw == theirs.s, where
    else:
        value = getattr(theirs, kind)
        assert type(mine) is type(value), where
        assert mine == value or (math.isnan(mine) and math.isnan(value)), where

count = 0
for path in sys.stdin.read().split("\\n"):
    theirs = tf.compat.v1.GraphDef()
    data = open(path, "rb").read()
    if path.endswith(".pbtxt"):
        text_format.Parse(data.decode(), theirs)
    else:
        theirs.ParseFromString(data)
    model = load(path)
    bodies = [(theirs.node, model.main)] + [
        (function.node_def, graph)
        for function, graph in zip(theirs.library.function, model.functions.values())
    ]
    for nodes, graph in bodies:
        mine = [node for node in graph if not node.virtual]
        assert [n.name for n in nodes] == [n.name for n in mine], path
        for other, node in zip(nodes, mine):
            where = (path, graph.function, node.name)
            assert (node.op, node.device) == (other.op, other.device), where
            controls = [i[1:] for i in other.input if i.startswith("^")]
            assert list(node.controls) == controls, where
            if graph.function is None:
                texts = [i for i in other.input if not i.startswith("^")]
                found = [v.node if v.port == 0 else str(v) for v in node.inputs]
                assert [t.removesuffix(":0") for t in texts] == found, where
            assert set(node.attrs) == set(other.attr), where
            for key, value in node.attrs.items():
                same(value, other.attr[key], (*where, key))
                count += 1
    for function in theirs.library.function:
        graph = model.functions[function.signature.name]
        args = [node for node in graph if node.virtual]
        assert [a.name for a in args] == [a.name for a in function.signature.input_arg]
        assert list(graph.returns) == [a.name for a in function.signature.output_arg]
print(count)
"""


_PORTS = """
import sys
import tensorflow as tf
from tensorflow.core.framework import graph_pb2
from tensorflow.python.framework.function_def_to_graph import function_def_to_graph
from linter.io.messages import message_class
from linter.io.reader import from_bytes

count = 0
for path in sys.stdin.read().split("\\n"):
    saved = message_class("SavedModel").FromString(open(path, "rb").read())
    data = saved.meta_graphs[0].graph_def.SerializeToString()
    model = from_bytes(data)
    theirs = graph_pb2.GraphDef.FromString(data)
    with tf.Graph().as_default() as outer:
        tf.import_graph_def(theirs, name="")
        for function in theirs.library.function:
            name = function.signature.name
            body = function_def_to_graph(function)
            graph = model.functions[name]
            assert not graph.dangling, (path, name, graph.dangling)
            for node in graph:
                if node.virtual:
                    continue
                op = body.get_operation_by_name(node.name)
                wanted = [(t.op.name, t.value_index) for t in op.inputs]
                assert [tuple(v) for v in node.inputs] == wanted, (path, name, node.name)
                controls = {c.name for c in op.control_inputs}
                assert set(node.controls) == controls, (path, name, node.name)
                count += 1
            returned = [(t.op.name, t.value_index) for t in body.outputs]
            assert [tuple(v) for v in graph.returns.values()] == returned, (path, name)
print(count)
"""


@pytest.mark.tf
def test_ports_in_functions_are_those_of_tensorflow(shared_dir, entries):
    found = _run(
        _PORTS,
        [
            shared_dir / "models" / item["file"]
            for item in entries
            if item["kind"] == "saved_model" and item.get("function_library")
        ],
    )
    assert found > 500


@pytest.mark.tf
def test_every_attribute_is_what_tensorflow_reads(graphs):
    assert _run(_AGAINST, graphs) > 10_000


def _run(script, paths):
    """The number that a script prints, run with TensorFlow beside it."""
    if find_spec("tensorflow") is None:
        pytest.skip("tensorflow is not installed")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script],
        input="\n".join(map(str, paths)),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout)

"""Reading: graphs, inputs, formats, refusals, limits."""

from __future__ import annotations

import copy
import gc
import gzip
import os
import subprocess
import sys

import pytest

from linter.graph import Dangling, Value
from linter.io import reader
from linter.io.messages import GraphDef, message_class
from linter.io.reader import from_bytes, load, source_sha256
from linter.io.sniff import sniff
from linter.io.writer import serialize
from linter.results.errors import GraphError


def graph(*nodes, producer=440):
    """A GraphDef of ``(name, op, *inputs)``."""
    message = GraphDef()
    for name, op, *inputs in nodes:
        message.node.add(name=name, op=op, input=inputs)
    message.versions.producer = producer
    return message


def const(message, name, count, value=b"\x01\x02\x03\x04"):
    """Add a float constant of ``count`` elements."""
    node = message.node.add(name=name, op="Const")
    node.attr["dtype"].type = 1
    tensor = node.attr["value"].tensor
    tensor.dtype = 1
    tensor.tensor_shape.dim.add(size=count)
    tensor.tensor_content = value * count
    return node


PLAIN = graph(("x", "Placeholder"), ("y", "Relu", "x"), ("z", "Add", "x:0", "y", "^x"))


def test_nodes_inputs_and_controls():
    model = from_bytes(PLAIN.SerializeToString())
    main = model.main
    assert list(main.nodes) == ["x", "y", "z"]
    assert main["z"].inputs == (Value("x"), Value("y"))
    assert main["z"].controls == ("x",)
    assert [node.position for node in main] == [0, 1, 2]
    assert model.source.producer == 440
    assert not main.dangling
    assert not main.duplicates


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x", Value("x", 0)),
        ("x:0", Value("x", 0)),
        ("x:12", Value("x", 12)),
    ],
)
def test_input_with_port(text, value):
    model = from_bytes(graph(("x", "Split"), ("y", "Relu", text)).SerializeToString())
    assert model.main["y"].inputs == (value,)
    assert not model.main.dangling


@pytest.mark.parametrize("text", ["x:", "x:a", "x:-1", "x:0:1", "x:99999999999", "x:²", "", "q:1"])
def test_malformed_or_missing_input_dangles(text):
    model = from_bytes(graph(("x", "Split"), ("y", "Relu", text)).SerializeToString())
    assert model.main.dangling == [Dangling("y", 0, text)]


def test_missing_control_dangles_with_slot_minus_one():
    model = from_bytes(graph(("y", "NoOp", "^gone")).SerializeToString())
    assert model.main.dangling == [Dangling("y", -1, "^gone")]


def test_control_inputs_may_stand_before_data_inputs():
    model = from_bytes(graph(("x", "A"), ("y", "B", "^x", "x:1")).SerializeToString())
    assert model.main["y"].inputs == (Value("x", 1),)
    assert model.main["y"].controls == ("x",)


def test_second_node_of_a_name_gets_a_key_of_its_own():
    nodes = graph(("a", "A"), ("a", "B"), ("a#2", "C"), ("a", "D"), ("r", "Relu", "a"))
    main = from_bytes(nodes.SerializeToString()).main
    assert [(key, node.name, node.op) for key, node in main.nodes.items()] == [
        ("a", "a", "A"),
        ("a#3", "a", "B"),
        ("a#2", "a#2", "C"),
        ("a#4", "a", "D"),
        ("r", "r", "Relu"),
    ]
    assert main.duplicates == ("a",)
    assert main["r"].inputs == (Value("a"),)


def test_large_payload_stays_in_the_file(tmp_path):
    message = graph(("x", "Placeholder"))
    const(message, "big", 2_000_000)
    const(message, "small", 4)
    path = tmp_path / "m.pb"
    path.write_bytes(message.SerializeToString())
    model = load(path)
    value = model.main["big"].attrs["value"]
    assert not value.message.tensor_content
    assert value.payload is not None
    assert (value.dtype, value.shape, value.nbytes) == ("float32", (2_000_000,), 8_000_000)
    assert value.values() is None
    assert value.array().tobytes() == b"\x01\x02\x03\x04" * 2_000_000
    assert model.main["small"].attrs["value"].payload is None
    assert model.source.sha256 == ""
    assert len(source_sha256(model)) == 64
    assert model.source.sha256 == source_sha256(model)


def test_attribute_after_the_payload_wins():
    """A map entry that occurs twice: the last one counts."""
    big, small = graph(), graph()
    const(big, "c", 100_000)
    const(small, "c", 2)
    entry = small.node[0].SerializeToString()
    start = entry.index(b"\x2a")
    body = big.node[0].SerializeToString(deterministic=True) + entry[start:]
    message = GraphDef()
    message.node.add().MergeFromString(body)
    again = _record(1, body)
    model = from_bytes(again)
    assert model.main["c"].attrs["value"].shape == (2,)
    assert message.node[0].attr["value"].tensor.tensor_shape.dim[0].size == 2


def _varint(value):
    out = b""
    while value >= 0x80:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def _record(number, body):
    return _varint(number << 3 | 2) + _varint(len(body)) + body


def test_file_that_changes_before_the_payload_is_read(tmp_path):
    message = graph()
    const(message, "big", 2_000_000)
    path = tmp_path / "m.pb"
    path.write_bytes(message.SerializeToString())
    model = load(path)
    with path.open("r+b") as stream:
        stream.write(b"\x0a")
    os.utime(path, ns=(1, 1))
    with pytest.raises(GraphError) as caught:
        model.main["big"].attrs["value"].array()
    assert caught.value.cause == "changed"
    with pytest.raises(GraphError, match="changed"):
        source_sha256(model)


def test_file_that_changes_while_it_is_read(tmp_path, monkeypatch):
    message = graph()
    const(message, "big", 2_000_000)
    path = tmp_path / "m.pb"
    path.write_bytes(message.SerializeToString())

    def scan(*args):
        os.utime(path, ns=(1, 1))
        return original(*args)

    original = reader.scan_body
    monkeypatch.setattr(reader, "scan_body", scan)
    with pytest.raises(GraphError) as caught:
        load(path)
    assert caught.value.cause == "changed"


def test_collector_is_restored(tmp_path):
    gc.disable()
    try:
        from_bytes(PLAIN.SerializeToString())
        assert not gc.isenabled()
    finally:
        gc.enable()
    with pytest.raises(GraphError):
        load(tmp_path / "missing.pb")
    assert gc.isenabled()


def test_text_under_a_binary_name_is_read_and_marked(tmp_path):
    text = str(PLAIN).encode()
    for name, marked in (("m.pb", True), ("m.pbtxt", False)):
        (tmp_path / name).write_bytes(text)
        model = load(tmp_path / name)
        assert model.source.format == "graphdef-text"
        assert model.source.suffix_mismatch is marked
        assert list(model.main.nodes) == ["x", "y", "z"]
        assert model.source.producer == 440


def test_gzip(tmp_path):
    path = tmp_path / "m.pb.gz"
    path.write_bytes(gzip.compress(PLAIN.SerializeToString()))
    model = load(path)
    assert model.source.format == "graphdef-gzip"
    assert len(model.main) == 3
    assert sniff(path) == "graphdef-gzip"


def test_large_gzip_goes_through_a_file(tmp_path):
    message = graph(("x", "Placeholder"))
    const(message, "big", 3_000_000)
    path = tmp_path / "m.pb.gz"
    path.write_bytes(gzip.compress(message.SerializeToString()))
    model = load(path)
    assert model.main["big"].attrs["value"].array().size == 3_000_000


@pytest.mark.parametrize("cut", [5, 20, 60])
def test_truncated_gzip(tmp_path, cut):
    path = tmp_path / "m.pb.gz"
    path.write_bytes(gzip.compress(os.urandom(100) + PLAIN.SerializeToString())[:cut])
    with pytest.raises(GraphError):
        load(path)


def test_gzip_bomb_is_refused_early(tmp_path):
    path = tmp_path / "m.pb.gz"
    path.write_bytes(gzip.compress(b"\0" * (64 << 20)))
    with pytest.raises(GraphError) as caught:
        load(path)
    assert caught.value.cause == "gzip"


def _zip(name):
    import io
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, "{}")
    return out.getvalue()


def _onnx():
    """An ONNX ModelProto: version 8, producer, graph with a node, opset import."""
    node = _record(1, b"x") + _record(2, b"y") + _record(4, b"Relu")
    body = b"\x08\x08" + _record(2, b"pytorch") + _record(3, b"2.1")
    return body + _record(7, _record(1, node)) + _record(8, b"\x10\x0d")


def _meta_graph():
    meta = message_class("MetaGraphDef")()
    meta.meta_info_def.tags.append("serve")
    meta.meta_info_def.tensorflow_version = "1.15.5"
    meta.graph_def.CopyFrom(PLAIN)
    meta.saver_def.filename_tensor_name = "save/Const:0"
    return meta


def _saved_model():
    saved = message_class("SavedModel")(saved_model_schema_version=1)
    saved.meta_graphs.add().CopyFrom(_meta_graph())
    return saved


LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"
REFUSED = [
    (b"", "empty", "an empty file"),
    (LFS, "git-lfs-pointer", "git lfs pull"),
    (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "png", "PNG"),
    (b"\xff\xd8\xff\xe0\0\x10JFIF", "jpeg", "JPEG"),
    (b"\x89HDF\r\n\x1a\n" + bytes(40), "hdf5", "HDF5"),
    (b"\x1c\0\0\0TFL3" + bytes(40), "tflite", "Lite"),
    (b"IMOD" + bytes(252), "om", "already compiled"),
    (b"\x7fELF\x02\x01\x01" + bytes(40), "elf", "executable"),
    (_zip("a.txt"), "zip", "zip"),
    (_zip("model.weights.h5"), "keras", "Keras"),
    (_onnx(), "onnx", "ONNX"),
    (_meta_graph().SerializeToString(), "meta-graph", "MetaGraphDef"),
    (str(_meta_graph()).encode(), "meta-graph", "MetaGraphDef"),
    (_saved_model().SerializeToString(), "saved-model", "SavedModel"),
    (str(_saved_model()).encode(), "saved-model", "SavedModel"),
    (b'{"a": 1}', "json", "JSON"),
    (b"hello world\n", "text", "text"),
    (b"foo: 1\n", "text", "text"),
    (b"# only a comment\n", "text", "text"),
    (b"\n\n  \n", "text", "text"),
    (bytes(range(256)) * 40, "unknown", "not a TensorFlow GraphDef"),
    (b"\0" * 100, "unknown", "not a TensorFlow GraphDef"),
    (_record(9, b"abc") + _record(10, b"def"), "unknown", "not a TensorFlow GraphDef"),
    (b"\x0a\x00\x0a\x00", "unknown", "not a TensorFlow GraphDef"),
    (b"\x80\x04\x95" + bytes(20), "pickle", "pickle"),
]


@pytest.mark.parametrize(("data", "cause", "words"), REFUSED, ids=lambda item: str(item)[:24])
def test_refused_formats(tmp_path, data, cause, words):
    path = tmp_path / "model.pb"
    path.write_bytes(data)
    with pytest.raises(GraphError) as caught:
        load(path)
    assert caught.value.cause == cause
    assert words in str(caught.value)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)
    assert sniff(path) == cause
    if data:
        with pytest.raises(GraphError) as caught:
            from_bytes(data)
        assert caught.value.cause == cause


def test_missing_file_and_folders(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    for path, cause in ((tmp_path / "no.pb", "missing"), (folder, "directory")):
        with pytest.raises(GraphError) as caught:
            load(path)
        assert caught.value.cause == cause
        assert sniff(path) == cause


def test_path_with_a_nul_byte_is_refused():
    with pytest.raises(GraphError):
        load("a\0b")


def test_special_files_are_refused_and_do_not_block(tmp_path):
    os.mkfifo(tmp_path / "pipe.pb")
    for path in (tmp_path / "pipe.pb", "/dev/zero"):
        with pytest.raises(GraphError) as caught:
            load(path)
        assert caught.value.cause == "special-file"


def test_saved_model_folder_and_lone_file(tmp_path):
    saved = _saved_model()
    path = tmp_path / "saved_model.pb"
    path.write_bytes(saved.SerializeToString())
    for target in (tmp_path, path):
        with pytest.raises(GraphError) as caught:
            load(target)
        assert caught.value.cause == "saved-model"
    assert sniff(tmp_path) == "saved-model-dir"
    saved.meta_graphs[0].graph_def.node.add(name="v", op="VarHandleOp")
    path.write_bytes(saved.SerializeToString())
    for target in (tmp_path, path):
        with pytest.raises(GraphError) as caught:
            load(target)
        assert caught.value.cause == "saved-model-incomplete"
    (tmp_path / "variables").mkdir()
    with pytest.raises(GraphError) as caught:
        load(path)
    assert caught.value.cause == "saved-model"


def test_versions_alone_are_an_empty_graph():
    model = from_bytes(graph().SerializeToString())
    assert len(model.main) == 0
    assert model.source.producer == 440


def test_truncation_is_named_with_its_offset():
    data = PLAIN.SerializeToString()
    with pytest.raises(GraphError) as caught:
        from_bytes(data[:-2])
    assert caught.value.cause == "truncated"
    assert caught.value.offset is not None


def test_record_that_is_no_node_is_named_with_its_offset():
    good = _record(1, PLAIN.node[0].SerializeToString())
    bad = _record(1, b"\x0a\x02\xff\xfe\x12\x01A")
    with pytest.raises(GraphError) as caught:
        from_bytes(good + good + bad + good)
    assert caught.value.cause == "corrupt"
    assert caught.value.offset == 2 * len(good)


def test_too_many_nodes():
    node = _record(1, _record(1, b"a") + _record(2, b"A"))
    with pytest.raises(GraphError) as caught:
        from_bytes(node + b"\x0a\x00" * 1_000_001)
    assert caught.value.cause == "limit"


def test_nesting_beyond_the_limit_is_an_error_not_a_crash():
    func = b""
    for _ in range(500):
        func = _record(10, _record(2, _record(1, b"k") + _record(2, func)))
    attr = _record(5, _record(1, b"f") + _record(2, func))
    with pytest.raises(GraphError):
        from_bytes(_record(1, _record(1, b"n") + _record(2, b"Op") + attr))
    text = "node { name: 'a' op: 'A' attr { key: 'f' value { func " + "{ attr { value { func " * 500
    with pytest.raises(GraphError) as caught:
        from_bytes(text.encode())
    assert caught.value.cause == "limit"


def test_groups_are_skipped_or_refused():
    node = _record(1, PLAIN.node[0].SerializeToString())
    group = b"\x53\x08\x01\x5b\x0a\x01x\x5c\x54"
    assert len(from_bytes(node + group + node).main) == 2
    for bad in (b"\x53\x08\x01", b"\x53\x5c", b"\x53" * 200, b"\x54"):
        with pytest.raises(GraphError):
            from_bytes(node + bad)


def test_order_of_records_does_not_matter():
    nodes = [_record(1, node.SerializeToString()) for node in PLAIN.node]
    versions = _record(4, b"\x08\x07")
    model = from_bytes(versions + nodes[0] + _record(2, b"") + b"".join(nodes[1:]))
    assert list(model.main.nodes) == ["x", "y", "z"]
    assert model.source.producer == 7


def test_non_canonical_varints_are_read():
    body = PLAIN.node[0].SerializeToString()
    padded = b"\x8a\x00" + bytes([len(body) | 0x80, 0x80, 0x00]) + body
    assert list(from_bytes(padded).main.nodes) == ["x"]


def test_very_many_string_values(tmp_path):
    message = graph(("x", "Placeholder"))
    node = message.node.add(name="words", op="Const")
    node.attr["dtype"].type = 7
    tensor = node.attr["value"].tensor
    tensor.dtype = 7
    tensor.tensor_shape.dim.add(size=30_000)
    tensor.string_val.extend(b"w%d" % i for i in range(30_000))
    value = from_bytes(message.SerializeToString()).main["words"].attrs["value"]
    assert value.payload is not None
    found = value.values()
    assert found is not None
    assert found[29_999] == b"w29999"
    assert value.array()[0] == b"w0"


def test_files_of_two_gibibytes_are_refused_whatever_is_in_them(tmp_path):
    path = tmp_path / "huge.pb"
    with path.open("wb") as stream:
        stream.write(_record(1, PLAIN.node[0].SerializeToString()))
        stream.truncate(1 << 31)
    with pytest.raises(GraphError) as caught:
        load(path)
    assert caught.value.cause == "too-large"
    with path.open("r+b") as stream:
        stream.write(LFS)
    with pytest.raises(GraphError) as caught:
        load(path)
    assert caught.value.cause == "git-lfs-pointer"


def test_text_that_is_too_long_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("linter.io.pbtxt.MAX_TEXT", 10)
    with pytest.raises(GraphError) as caught:
        from_bytes(str(PLAIN).encode())
    assert caught.value.cause == "too-large"


def test_text_faults_have_an_offset():
    with pytest.raises(GraphError) as caught:
        from_bytes(b"node {\n  name: 'x'\n  nmae: 'y'\n}\n")
    assert caught.value.cause == "text"
    assert caught.value.offset == 21


def test_model_can_be_copied_and_the_copy_written(tmp_path):
    message = graph(("x", "Placeholder"))
    const(message, "big", 2_000_000)
    path = tmp_path / "m.pb"
    path.write_bytes(message.SerializeToString())
    twin = copy.deepcopy(load(path))
    assert serialize(twin) == path.read_bytes()


def test_nothing_heavy_is_imported():
    code = (
        "import sys, linter.io.reader, linter.io.writer, linter.io.graphtext\n"
        "heavy = {'numpy', 'networkx', 'tensorflow', 'ml_dtypes', 'gzip', 'tempfile'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_too_many_inputs():
    inputs = b"\x1a\x00" * 30_000
    node = _record(1, _record(1, b"a") + _record(2, b"A") + inputs)
    with pytest.raises(GraphError) as caught:
        from_bytes(node * 170)
    assert caught.value.cause == "limit"

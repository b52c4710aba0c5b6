"""Writing: what was not edited is copied, what was is spliced; all or nothing."""

from __future__ import annotations

import gzip
import hashlib
import os

import pytest

from linter.graph import DType, Value
from linter.io import writer
from linter.io.graphtext import parse
from linter.io.messages import GraphDef
from linter.io.reader import from_bytes, load
from linter.io.tensor.values import make_tensor
from linter.io.writer import serialize, write
from linter.results.errors import GraphError, UsageError


def varint(value):
    out = b""
    while value >= 0x80:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def record(number, body):
    return varint(number << 3 | 2) + varint(len(body)) + body


def node(name, op, *inputs, extra=b""):
    """A node record in an order that no serializer writes, with an unknown field."""
    body = record(2, op.encode()) + record(1, name.encode())
    body += b"".join(record(3, text.encode()) for text in inputs)
    return record(1, body + extra)


def const(name, count, extra=b""):
    message = GraphDef()
    item = message.node.add(name=name, op="Const")
    item.attr["dtype"].type = 1
    tensor = item.attr["value"].tensor
    tensor.dtype = 1
    tensor.tensor_shape.dim.add(size=count)
    tensor.tensor_content = bytes(range(256)) * (count // 64)
    return record(1, item.SerializeToString() + extra)


def function(name, *ops):
    message = GraphDef()
    item = message.library.function.add()
    item.signature.name = name
    item.signature.input_arg.add(name="x", type=1)
    item.signature.output_arg.add(name="y", type=1)
    before = "x"
    for index, op in enumerate(ops):
        item.node_def.add(name=f"n{index}", op=op, input=[before]).attr["T"].type = 1
        before = f"n{index}:{'activations' if op == 'Relu' else 'y'}:0"
    item.ret["y"] = before
    return record(1, item.SerializeToString())


UNKNOWN = record(900, b"kept") + b"\xd0\x38\x05"
GRADIENT = record(2, record(1, b"f") + record(2, b"g"))
PIECES = {
    "versions": record(4, b"\x08\xb8\x83\x00\x30\x01"),  # a padded varint and an unknown field
    "x": node("x", "Placeholder"),
    "library": record(2, function("f", "Relu", "Tanh") + GRADIENT),
    "big": const("big", 40_000, UNKNOWN),
    "y": node("y", "Mul", "x:0", "big", extra=UNKNOWN),
    "top": record(700, b"unknown top-level field"),
    "library2": record(2, function("g", "Relu")),
    "empty": b"\x8a\x00\x80\x00",
    "z": node("z", "Relu", "^x", "y"),
    "version": b"\x18\x80\x01",
}
ODD = b"".join(PIECES.values())
"""No serializer writes this: two libraries, nodes after them, odd varints, unknown fields."""


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def edited(model, key, **changes):
    main = model.main
    main.replace_nodes(n.replace(**changes) if n.key == key else n for n in main)
    return model


def without(*names):
    return {name: piece for name, piece in PIECES.items() if name not in names}


def test_nothing_changed_nothing_differs(tmp_path):
    assert serialize(from_bytes(ODD)) == ODD
    path = tmp_path / "in.pb"
    path.write_bytes(ODD)
    digest = write(load(path), tmp_path / "out.pb")
    assert (tmp_path / "out.pb").read_bytes() == ODD
    assert digest == hashlib.sha256(ODD).hexdigest()
    assert names(tmp_path) == ["in.pb", "out.pb"]


def test_copied_node_without_a_change_is_no_change():
    model = from_bytes(ODD)
    model.main.replace_nodes(n.replace() for n in model.main)
    assert serialize(model) == ODD


def test_changed_node_keeps_unknown_fields_inputs_and_neighbours():
    out = serialize(edited(from_bytes(ODD), "y", op="Add"))
    before, _, after = ODD.partition(PIECES["y"])
    assert out.startswith(before)
    assert out.endswith(after)
    message = GraphDef.FromString(out)
    changed = message.node[2]
    assert (changed.op, list(changed.input)) == ("Add", ["x:0", "big"])
    assert UNKNOWN in changed.SerializeToString()


def test_changed_header_keeps_the_payload():
    model = from_bytes(ODD)
    attrs = model.main["big"].attrs
    assert attrs["value"].payload is not None
    edited(model, "big", attrs={**attrs, "extra": DType("int32")}, name="huge")
    out = serialize(model)
    message = GraphDef.FromString(out)
    changed = message.node[1]
    before = GraphDef.FromString(ODD).node[1]
    assert changed.attr["value"] == before.attr["value"]
    assert changed.attr["extra"].type == 3
    assert UNKNOWN in changed.SerializeToString()
    assert list(message.node[2].input) == ["x:0", "huge"]
    assert serialize(model) == out


def test_payload_can_move_to_another_node_and_attribute():
    model = from_bytes(ODD)
    value = model.main["big"].attrs["value"]
    fresh = edited(from_bytes(ODD), "x", attrs={"other": value, "list": (value,)}, origin=None)
    message = GraphDef.FromString(serialize(fresh))
    expected = GraphDef.FromString(ODD).node[1].attr["value"].tensor
    assert message.node[0].attr["other"].tensor == expected
    assert message.node[0].attr["list"].list.tensor[0] == expected


def test_new_nodes_stand_before_the_node_that_they_precede():
    model = from_bytes(ODD)
    new = parse("q = Relu(x)").main["q"]
    nodes = list(model.main)
    place = [n.key for n in nodes].index("y")
    model.main.replace_nodes([*nodes[:place], new, *nodes[place:]])
    out = serialize(model)
    message = GraphDef.FromString(out)
    assert [n.name for n in message.node] == ["x", "big", "q", "y", "", "z"]
    assert out.index(b"q") < out.index(PIECES["y"])
    start = ODD.index(PIECES["y"])
    assert out[:start] == ODD[:start]
    assert out.endswith(ODD[start:])


def test_new_node_at_the_end_comes_before_trailing_records():
    model = from_bytes(ODD)
    model.main.replace_nodes([*model.main, parse("q = Relu(x)").main["q"]])
    assert serialize(model).endswith(PIECES["version"])


def test_removed_and_reordered_nodes():
    model = from_bytes(ODD)
    nodes = {n.key: n for n in model.main}
    model.main.replace_nodes([nodes["z"], nodes["x"]])
    out = serialize(model)
    assert [n.name for n in GraphDef.FromString(out).node] == ["z", "x"]
    for name in ("z", "x", "versions", "library", "top", "library2", "version"):
        assert out.count(PIECES[name]) == 1


def test_changed_function_merges_the_libraries_and_copies_the_others():
    model = from_bytes(ODD)
    graph = model.functions["f"]
    graph.replace_nodes(
        n.replace(op="Elu") if n.key == "n0" else n.replace(name="tail") if n.key == "n1" else n
        for n in graph
    )
    out = serialize(model)
    before = GraphDef.FromString(ODD).library
    after = GraphDef.FromString(out).library
    assert after.function[1] == before.function[1]
    assert after.gradient == before.gradient
    changed = after.function[0]
    assert [n.op for n in changed.node_def] == ["Elu", "Tanh"]
    assert changed.node_def[1].name == "tail"
    assert changed.signature == before.function[0].signature
    for name in without("library", "library2"):
        assert PIECES[name] in out
    assert PIECES["library2"] not in out


def test_function_inputs_are_spelled_for_function_bodies():
    model = from_bytes(ODD)
    graph = model.functions["f"]
    new = parse("s = Split(d, v) {num_split=2, T=float32}\nr = Relu(s:1, ^s) {T=float32}").main
    split = new["s"].replace(inputs=(Value("n0"), Value("x")))
    graph.replace_nodes([*graph, split, new["r"]])
    graph.returns["y"] = Value("s", 1)
    changed = GraphDef.FromString(serialize(model)).library.function[0]
    assert list(changed.node_def[2].input) == ["n0:activations:0", "x"]
    assert list(changed.node_def[3].input) == ["s:output:1", "^s"]
    assert dict(changed.ret) == {"y": "s:output:1"}


def test_removed_function_and_removed_library():
    model = from_bytes(ODD)
    del model.functions["g"]
    library = GraphDef.FromString(serialize(model)).library
    assert [f.signature.name for f in library.function] == ["f"]
    assert len(library.gradient) == 1
    plain = from_bytes(PIECES["x"] + PIECES["library2"] + PIECES["z"])
    del plain.functions["g"]
    assert serialize(plain) == PIECES["x"] + PIECES["z"]


def test_added_function():
    model = from_bytes(PIECES["x"] + PIECES["version"])
    model.functions.update(
        parse("def h(a: float32[2], b: $T) -> (o: r, ^r):\n    r = Relu(a)").functions
    )
    message = GraphDef.FromString(serialize(model))
    added = message.library.function[0]
    assert added.signature.name == "h"
    assert [(a.name, a.type, a.type_attr) for a in added.signature.input_arg] == [
        ("a", 1, ""),
        ("b", 0, "T"),
    ]
    assert [(a.name, a.type) for a in added.signature.output_arg] == [("o", 1)]
    assert dict(added.ret) == {"o": "r:activations:0"}
    assert dict(added.control_ret) == {"r": "r"}
    assert added.arg_attr[0].attr["_output_shapes"].list.shape[0].dim[0].size == 2


def test_text_and_gzip_inputs_become_binary(tmp_path):
    message = GraphDef.FromString(PIECES["x"] + PIECES["library"])
    message.versions.producer = 9
    (tmp_path / "m.pbtxt").write_text(str(message))
    assert GraphDef.FromString(serialize(load(tmp_path / "m.pbtxt"))) == message
    (tmp_path / "m.pb.gz").write_bytes(gzip.compress(ODD))
    assert serialize(load(tmp_path / "m.pb.gz")) == ODD


def test_attribute_that_cannot_be_written():
    with pytest.raises(TypeError):
        serialize(edited(from_bytes(ODD), "x", attrs={"bad": object()}))


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "in.pb"
    path.write_bytes(ODD)
    return path


def test_input_is_never_overwritten_unasked(tmp_path, source):
    (tmp_path / "link.pb").symlink_to(source)
    os.link(source, tmp_path / "hard.pb")
    model = edited(load(source), "y", op="Add")
    for name in ("in.pb", "link.pb", "hard.pb", "./in.pb"):
        with pytest.raises(UsageError, match="it is the input"):
            write(model, tmp_path / name)
    assert source.read_bytes() == ODD
    write(model, source, in_place=True)
    assert load(source).main["y"].op == "Add"


def test_large_input_can_be_rewritten_in_place(tmp_path):
    path = tmp_path / "large.pb"
    path.write_bytes(PIECES["x"] + const("w", 2_000_000) + PIECES["z"])
    before = load(path)
    model = edited(before, "z", op="Elu")
    with pytest.raises(UsageError):
        write(model, path)
    digest = write(model, path, in_place=True)
    assert digest == hashlib.sha256(path.read_bytes()).hexdigest()
    after = load(path)
    assert after.main["z"].op == "Elu"
    assert after.main["w"].attrs["value"].content() == before.main["w"].attrs["value"].content()


def test_output_that_cannot_be_written(tmp_path, source):
    model = load(source)
    folder = tmp_path / "folder"
    folder.mkdir()
    for target in (tmp_path / "no" / "out.pb", folder, source / "out.pb"):
        with pytest.raises(UsageError, match="cannot write"):
            write(model, target)
    assert names(tmp_path) == ["folder", "in.pb"]


def test_fault_while_writing_leaves_nothing(tmp_path, source, monkeypatch):
    target = tmp_path / "out.pb"
    target.write_bytes(b"old")
    model = edited(load(source), "y", op="Add")

    def full(fd, data):
        os.write(fd, data[:3])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writer, "_write_bytes", full)
    with pytest.raises(UsageError, match="No space left"):
        write(model, target)
    assert target.read_bytes() == b"old"
    assert names(tmp_path) == ["in.pb", "out.pb"]

    def interrupted(fd, data):
        raise KeyboardInterrupt

    monkeypatch.setattr(writer, "_write_bytes", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write(model, target)
    assert names(tmp_path) == ["in.pb", "out.pb"]


def test_input_that_changed_is_not_copied(tmp_path):
    path = tmp_path / "large.pb"
    path.write_bytes(PIECES["x"] + const("w", 2_000_000))
    model = load(path)
    os.utime(path, ns=(1, 1))
    with pytest.raises(GraphError) as caught:
        write(model, tmp_path / "out.pb")
    assert caught.value.cause == "changed"
    assert names(tmp_path) == ["large.pb"]


def test_input_that_changes_meanwhile_leaves_no_output(tmp_path, monkeypatch):
    path = tmp_path / "large.pb"
    path.write_bytes(PIECES["x"] + const("w", 2_000_000))
    model = load(path)
    plain = os.write

    def overtaken(fd, data):
        os.utime(path, ns=(1, 1))
        return plain(fd, data)

    monkeypatch.delattr(os, "copy_file_range", raising=False)
    monkeypatch.setattr(os, "write", overtaken)
    target = tmp_path / "out.pb"
    target.write_bytes(b"old")
    with pytest.raises(GraphError) as caught:
        write(model, target)
    assert caught.value.cause == "changed"
    assert target.read_bytes() == b"old"
    assert names(tmp_path) == ["large.pb", "out.pb"]


def test_mode_of_an_existing_target_stays(tmp_path, source):
    target = tmp_path / "out.pb"
    target.write_bytes(b"")
    target.chmod(0o640)
    write(load(source), target)
    assert target.stat().st_mode & 0o777 == 0o640


def test_symbolic_link_as_a_target_is_followed(tmp_path, source):
    (tmp_path / "real.pb").write_bytes(b"")
    (tmp_path / "link.pb").symlink_to("real.pb")
    write(load(source), tmp_path / "link.pb")
    assert (tmp_path / "link.pb").is_symlink()
    assert (tmp_path / "real.pb").read_bytes() == ODD


def test_pipe_as_a_target(tmp_path, source):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError, match="it is a pipe"):
        write(load(source), tmp_path / "pipe")
    assert (tmp_path / "pipe").is_fifo()


def test_copy_without_help_of_the_kernel(tmp_path, monkeypatch):
    path = tmp_path / "large.pb"
    data = PIECES["x"] + const("w", 12_000_000) + PIECES["z"]
    path.write_bytes(data)

    def refused(*args):
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "copy_file_range", refused, raising=False)
    digest = write(load(path), tmp_path / "out.pb")
    assert (tmp_path / "out.pb").read_bytes() == data
    assert digest == hashlib.sha256(data).hexdigest()
    assert write(load(path), tmp_path / "out.pb", digest=False) == ""


def test_model_from_text_has_versions():
    model = parse("x = Placeholder : float32[2]\ny = Relu(x)")
    message = GraphDef.FromString(serialize(model))
    assert message.versions.producer == model.source.producer > 0
    assert message.node[1].attr["T"].type == 1
    value = make_tensor("float32", (2,), [1, 2])
    edited(model, "x", op="Const", attrs={"dtype": DType("float32"), "value": value})
    assert GraphDef.FromString(serialize(model)).node[0].attr["value"].tensor == value.message

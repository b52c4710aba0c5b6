"""``omlint diff``: what differs between two graphs, by name."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import jsonschema
import pytest
from sample_graphs import write_graph

import linter.report
from linter.api.graph_diff import compare_models
from linter.cli.main import main
from linter.graph import Model
from linter.io import graphtext
from linter.io.tensor.values import make_tensor
from linter.io.writer import write

SCHEMA = Path(linter.report.__file__).parent / "schema" / "diff.schema.json"
BEFORE = """
x = Placeholder : float32[2,3]
checked = CheckNumerics(x) {message="x"}
half = Const : float32[] = 0.5
weight = Const : float32[3,8] = 0.25
product = MatMul(checked, weight) {transpose_b=false}
sum = AddV2(product, half)
y = f(sum, ^checked, ^half)
def f(a: float32) -> (b: r:0):
    r = Relu(a)
def unused(a: float32) -> (b: r:0):
    r = Neg(a)
"""
AFTER = """
half = Const : float32[] = 0.75
x = Placeholder : float32[?,3]
weight = Const : float32[3,8] = 0.25
product = MatMul(x, weight) {transpose_b=false}
bias = BiasAdd(product, half)
y = f(bias, ^half, ^product)
z = Neg(bias)
def f(a: float32) -> (b: r:0):
    r = Relu6(a)
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_graph(tmp_path / "a.pb", BEFORE)
    write_graph(tmp_path / "b.pb", AFTER)
    return tmp_path


def compared(before: str, after: str):
    return compare_models(graphtext.parse(before), graphtext.parse(after))


def test_json(folder, capsys, golden):
    assert main(["diff", "a.pb", "b.pb", "--format", "json"]) == 1
    text = capsys.readouterr().out
    golden("diff.json", text)
    schema = json.loads(SCHEMA.read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    value = json.loads(text)
    jsonschema.validate(value, schema)
    assert list(value) == schema["required"] == list(schema["properties"])
    changed = schema["$defs"]["changed"]
    assert list(value["changed"][0]) == changed["required"] == list(changed["properties"])
    assert [entry["name"] for entry in value["removed"]] == ["checked", "sum"]
    assert [entry["name"] for entry in value["added"]] == ["bias", "z"]
    assert [(entry["function"], entry["name"]) for entry in value["changed"]] == [
        (None, "half"),
        (None, "x"),
        (None, "product"),
        (None, "y"),
        ("f", "r"),
    ]


def test_text(folder, capsys, golden):
    assert main(["diff", "a.pb", "b.pb"]) == 1
    golden("diff.txt", capsys.readouterr().out)


def test_quiet_is_the_summary(folder, capsys):
    assert main(["diff", "a.pb", "b.pb", "-q"]) == 1
    out = capsys.readouterr().out
    assert "CheckNumerics(x)" not in out
    assert "2 removed · 2 added · 5 changed" in out


def test_a_graph_is_what_it_is_in_every_form(folder, capsys):
    data = (folder / "a.pb").read_bytes()
    (folder / "a.pb.gz").write_bytes(gzip.compress(data))
    from linter.io.messages import message_class

    (folder / "a.pbtxt").write_text(_as_text(message_class("GraphDef").FromString(data)))
    for other in ("a.pb", "a.pb.gz", "a.pbtxt"):
        assert main(["diff", "a.pb", other]) == 0
        assert "the same graph, 9 nodes" in capsys.readouterr().out
    assert main(["diff", "a.pb.gz", "b.pb"]) == 1


def _as_text(message) -> str:
    from google.protobuf import text_format

    return text_format.MessageToString(message)


def test_the_order_in_the_file_does_not_count():
    lines = ["x = Placeholder : float32[2]", "a = Neg(x)", "b = Abs(x)", "y = Add(a, b, ^x, ^a)"]
    moved = [lines[0], lines[2], lines[1], "y = Add(a, b, ^a, ^x)"]
    assert compared("\n".join(lines), "\n".join(moved)).equal
    assert not compared("\n".join(lines), "\n".join(lines).replace("Add(a, b", "Add(b, a")).equal


@pytest.mark.parametrize(
    ("before", "after", "field"),
    [
        ("c = Const : float32[4] = 0.5", "c = Const : float32[4] = [0.5, 0.5, 0.5, 0.25]", "value"),
        ("c = Const : float32[4] = 0.5", "c = Const : float32[2,2] = 0.5", "value"),
        ("c = Const : float32[] = nan", "c = Const : float32[] = 0.0", "value"),
        ("c = Const : float32[] = 0.0", "c = Const : float32[] = -0.0", "value"),
        ('c = Const : string[2] = ["a", "b"]', 'c = Const : string[2] = ["a", "c"]', "value"),
        ('c = Const : string[2] = ["ab", ""]', 'c = Const : string[2] = ["a", "b"]', "value"),
    ],
)
def test_constants_are_compared_by_their_elements(before, after, field):
    assert compared(before, before).equal
    (body,) = compared(before, after).bodies
    assert [change.field for change in body.changed[0].changes] == [f"attr {field}"]


def test_how_a_constant_is_written_does_not_count(tmp_path):
    """All elements in ``tensor_content``, listed one by one, or one that stands for all."""
    from linter.io.messages import TensorProto
    from linter.io.tensor.values import StoredTensor

    def model(tensor: StoredTensor) -> Model:
        found = graphtext.parse("c = Const : float32[3] = 0.5")
        node = found.main["c"]
        found.main.patch([node.replace(attrs={**node.attrs, "value": tensor})])
        return found

    whole = TensorProto(dtype=1)
    whole.tensor_shape.dim.add(size=3)
    listed, short = TensorProto(), TensorProto()
    listed.CopyFrom(whole)
    short.CopyFrom(whole)
    whole.tensor_content = b"\0\0\0\x3f" * 3
    listed.float_val.extend([0.5] * 3)
    short.float_val.append(0.5)
    models = [model(StoredTensor(message)) for message in (whole, listed, short)]
    assert all(compare_models(one, other).equal for one in models for other in models)
    assert not compare_models(models[0], model(make_tensor("float32", (3,), [0.5, 0.5, 1.0]))).equal


def test_large_constants_are_read_in_pieces(tmp_path, monkeypatch, capsys):
    """The first and the last element of 1.2 MB differ; no read is as large as the constant."""
    count = 300_000
    for name, edge in (("a", 0.5), ("b", 0.25)):
        model = graphtext.parse(f"c = Const : float32[{count}] = 0.0\ny = Neg(c)")
        node = model.main["c"]
        tensor = make_tensor("float32", (count,), [0.5] + [1.0] * (count - 2) + [edge])
        model.main.patch([node.replace(attrs={**node.attrs, "value": tensor})])
        write(model, tmp_path / f"{name}.pb")
    from linter.io import sniff, view

    monkeypatch.setattr(sniff, "KEPT_IN_MEMORY", 1000)  # so that the file stays on disk
    sizes = []
    read = view.FileView.read

    def watched(self, offset, length):
        sizes.append(length)
        return read(self, offset, length)

    monkeypatch.setattr(view.FileView, "read", watched)
    monkeypatch.chdir(tmp_path)
    assert main(["diff", "a.pb", "b.pb"]) == 1
    out = capsys.readouterr().out
    assert out.count("# attr value: float32[300000] sha256 ") == 2
    assert max(sizes) < 1 << 18
    sizes.clear()
    (tmp_path / "copy.pb").write_bytes((tmp_path / "a.pb").read_bytes())
    assert main(["diff", "a.pb", "copy.pb"]) == 0
    assert sum(sizes) > 4 * count


def test_a_change_of_a_signature_is_one_of_the_function():
    before = (
        "x = Placeholder : float32[2]\ny = f(x)\ndef f(a: float32) -> (b: r:0):\n    r = Neg(a)"
    )
    after = before.replace("(b: r:0)", "(b: a)")
    (body,) = compared(before, after).bodies
    assert body.function == "f"
    assert [(c.field, c.before, c.after) for c in body.signature] == [
        ("returns", "b: r:0", "b: a:0")
    ]


def test_versions_and_interface():
    one, other = graphtext.parse(BEFORE), graphtext.parse(AFTER)
    other.source.producer = 1987
    found = compare_models(one, other)
    assert [change.field for change in found.versions] == ["producer"]
    assert found.added_outputs == ("z:0",)
    assert [(a and a.shape, b and b.shape) for a, b in found.inputs] == [((2, 3), (None, 3))]
    assert found.op_types["Relu6"] == (0, 1)
    assert "Neg" not in found.op_types  # one in a function before, one in the main graph after


def test_what_cannot_be_read(folder, capsys):
    (folder / "broken.pb").write_bytes(b"version https://git-lfs")
    assert main(["diff", "a.pb", "broken.pb"]) == 3
    assert main(["diff", "missing.pb", "a.pb"]) == 3
    assert main(["diff", "a.pb"]) == 2
    assert capsys.readouterr().out == ""


def test_the_diff_of_a_fix_looks_the_same(folder, capsys):
    target = "omg@hilens-2021-09/Ascend310"
    main(["fix", "a.pb", "--diff", "--target", target])
    planned = capsys.readouterr().out.splitlines()
    main(["fix", "a.pb", "-o", "fixed.pb", "--target", target, "--no-verify", "-q"])
    capsys.readouterr()
    main(["diff", "a.pb", "fixed.pb"])
    written = capsys.readouterr().out.splitlines()
    assert planned[2:] == written[2 : len(planned)]
    assert planned[1] == "+++ a.pb (rewritten)"

"""``omlint diff``: what differs between two graphs, by name."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import jsonschema
import pytest
from diff_graphs import AFTER, BEFORE
from sample_graphs import write_graph

import linter.report
from linter.cli.main import main
from linter.io import graphtext
from linter.io.tensor.values import make_tensor
from linter.io.writer import write

SCHEMA = Path(linter.report.__file__).parent / "schema" / "diff.schema.json"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_graph(tmp_path / "a.pb", BEFORE)
    write_graph(tmp_path / "b.pb", AFTER)
    return tmp_path


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

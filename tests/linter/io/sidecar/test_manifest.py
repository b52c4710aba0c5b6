"""The manifest of a model in parts: what is written is read, and what does not fit is refused."""

from __future__ import annotations

import hashlib
import json

import pytest
from outcomes import TARGET, cut_outcome

from linter.io.sidecar.manifest import check_parts, load_manifest, manifest_text
from linter.results.errors import GraphError
from linter.results.tolerance import Tolerance

PARTS = {"head": b"graph of the head", "body": b"graph of the body"}


@pytest.fixture
def folder(tmp_path):
    digests = {}
    for name, data in PARTS.items():
        (tmp_path / f"{name}.pb").write_bytes(data)
        digests[name] = hashlib.sha256(data).hexdigest()
    text = manifest_text(cut_outcome(digests), Tolerance(1e-3, 1e-5))
    (tmp_path / "manifest.json").write_text(text, "utf-8")
    return tmp_path


def test_what_is_written_is_read(folder):
    chain = load_manifest(folder / "manifest.json")
    check_parts(chain)
    assert chain.path == folder / "manifest.json"
    assert chain.inputs == ("ids", "scale")
    assert [(out.name, out.part) for out in chain.outputs] == [
        ("y:0", "body"),
        ("number:0", "body"),
    ]
    head, body = chain.parts
    assert (head.name, head.path) == ("head", folder / "head.pb")
    assert (dict(head.inputs), head.outputs) == ({"ids": ("model", "ids")}, ("number:0",))
    assert (body.name, body.outputs) == ("body", ("y:0", "number:0"))
    assert dict(body.inputs) == {"number": ("head", "number:0"), "scale": ("model", "scale")}


def test_what_is_said_besides(folder):
    value = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert value["model"] == {"name": "net.pb", "sha256": "ab" * 32}
    assert value["target"] == TARGET
    assert value["parts"]["tail"] is None
    assert value["parts"]["head"]["inputs"][0]["shape"] == [4]
    assert value["parts"]["body"]["inputs"][0]["shape"] == [4, -1]
    assert value["parts"]["body"]["inputs"][1]["shape"] is None
    assert value["body"]["share_of_work"] == 0.9
    assert value["kept_on_host"] == {"StringToNumber": 1}
    assert (value["rewrites"], value["verified"], value["seeds"]) == (1, "equal", [0, 1])
    assert value["tolerance"] == {"rtol": 1e-3, "atol": 1e-5}
    assert value["verified_inputs"] == [{"name": "ids", "dtype": "string", "shape": [4]}]


def test_a_part_that_has_changed_or_is_gone(folder):
    chain = load_manifest(folder / "manifest.json")
    (folder / "body.pb").write_bytes(b"another graph")
    with pytest.raises(GraphError, match=r"not the file that .*manifest\.json describes"):
        check_parts(chain)
    (folder / "body.pb").unlink()
    with pytest.raises(GraphError, match=r"body\.pb: cannot be read"):
        check_parts(chain)


@pytest.mark.parametrize(
    "change",
    [
        lambda value: value.update(schema_version="2.0"),
        lambda value: value.pop("outputs"),
        lambda value: value["parts"]["head"].update(file="../head.pb"),
        lambda value: value["parts"]["head"]["inputs"][0].update({"from": "body"}),
        lambda value: value["outputs"][0].update(part="tail"),
    ],
)
def test_what_is_no_manifest(folder, change):
    path = folder / "manifest.json"
    value = json.loads(path.read_text("utf-8"))
    change(value)
    path.write_text(json.dumps(value), "utf-8")
    with pytest.raises(GraphError, match="no manifest of a cut model"):
        load_manifest(path)

"""``omlint fix --cut auto``: the folder of parts, and what is left when it fails."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import subprocess
import sys

import pytest
from sample_graphs import write_graph

from linter.api import proof as api_verify
from linter.cli.main import main
from linter.io.reader import load
from linter.io.tensor.values import make_tensor
from linter.io.writer import write
from linter.results.errors import MissingExtraError, VerifyError
from linter.results.verify import OutputDiff, VerifyResult, VerifyStatus

OMG = "omg@hilens-2021-09/Ascend310"
FLAGS = ["--cut", "auto", "--target", OMG]
FILES = ["body.pb", "check.py", "head.pb", "manifest.json", "rewrites.json", "tail.pb"]
KEYS = [
    "schema_version",
    "model",
    "target",
    "inputs",
    "outputs",
    "parts",
    "body",
    "kept_on_host",
    "rewrites",
    "tolerance",
    "verified",
    "seeds",
    "verified_inputs",
]
NET = """
ids = Placeholder : string[4]
numbers = StringToNumber(ids) {out_type=float32}
w = Const : float32[4,8] = 0.5
axis = Const : int32[] = 0
row = ExpandDims(numbers, axis)
product = MatMul(row, w)
checked = CheckNumerics(product) {message="m"}
scores = Relu(checked)
flat = Reshape(scores, size)
size = Const : int32[1] = [8]
unique = Unique(flat)
y = Neg(unique)
"""
WHOLE = """
x = Placeholder : float32[2,3]
w = Const : float32[3,4] = 0.5
product = MatMul(x, w)
y = Relu(product)
"""
HOPELESS = """
x = Placeholder : string[4]
y = StringToNumber(x) {out_type=float32}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_graph(tmp_path / "net.pb", NET)
    write_graph(tmp_path / "whole.pb", WHOLE)
    write_graph(tmp_path / "hopeless.pb", HOPELESS)
    return tmp_path


@pytest.fixture
def verdict(monkeypatch):
    """Replace the comparison: what it says of a rewritten graph, and of the parts."""

    def answer_with(graph, parts):
        def compare(a, b, **options):
            status = parts if b.endswith("manifest.json") else graph
            if isinstance(status, Exception):
                raise status
            diff = OutputDiff("y:0", 0.0, 0.0, status != "different", True)
            return VerifyResult(status == "equal", VerifyStatus(status), (diff,), (0, 1))

        monkeypatch.setattr(api_verify, "verify", compare)
        monkeypatch.setattr(api_verify, "require_tensorflow", lambda: None)

    return answer_with


def names(folder, name="parts"):
    return sorted(path.name for path in (folder / name).iterdir())


def manifest(folder, name="parts"):
    return json.loads((folder / name / "manifest.json").read_text())


def test_the_folder_and_its_manifest(folder, capsys, verdict):
    verdict("equal", "equal")
    assert main(["fix", "net.pb", "-o", "parts", *FLAGS]) == 0
    assert names(folder) == FILES
    value = manifest(folder)
    assert list(value) == KEYS
    assert value["model"]["name"] == "net.pb"
    assert value["inputs"] == [{"name": "ids", "dtype": "string", "shape": [4]}]
    assert value["outputs"] == [{"name": "y:0", "part": "tail"}]
    assert list(value["parts"]) == ["head", "body", "tail"]
    body = value["parts"]["body"]
    assert list(body) == ["file", "sha256", "nodes", "inputs", "outputs"]
    assert body["inputs"] == [
        {"name": "numbers", "dtype": "float32", "shape": [4], "from": "head", "tensor": "numbers:0"}
    ]
    assert [one["from"] for one in value["parts"]["tail"]["inputs"]] == ["body"]
    assert value["body"]["verdict"] == "convertible"
    assert value["kept_on_host"] == {"StringToNumber": 1, "Unique": 1}
    assert (value["rewrites"], value["verified"], value["seeds"]) == (1, "equal", [0, 1])
    for name, part in value["parts"].items():
        assert part["file"] == f"{name}.pb"
        data = (folder / "parts" / part["file"]).read_bytes()
        assert part["sha256"] == hashlib.sha256(data).hexdigest()
    captured = capsys.readouterr()
    assert "head     1 node" in captured.out
    assert "refused  StringToNumber ×1 · Unique ×1" in captured.out
    assert "next     omlint convert parts/body.pb -o body_Ascend310 --target" in captured.out
    assert captured.err == ""


def test_no_path_and_the_same_bytes_twice(folder, verdict):
    verdict("equal", "equal")
    assert main(["fix", "net.pb", "-o", "parts", *FLAGS]) == 0
    first = {name: (folder / "parts" / name).read_bytes() for name in FILES}
    assert main(["fix", str(folder / "net.pb"), "-o", str(folder / "again"), *FLAGS]) == 0
    for name in set(FILES) - {"rewrites.json"}:
        assert (folder / "again" / name).read_bytes() == first[name]
        assert str(folder).encode() not in first[name]


def test_the_body_converts_by_itself(folder, verdict):
    verdict("equal", "equal")
    assert main(["fix", "net.pb", "-o", "parts", *FLAGS]) == 0
    assert main(["check", "parts/body.pb", "--target", OMG]) == 0


def test_a_model_that_needs_no_cut_is_all_body(folder, capsys, verdict):
    verdict("equal", "equal")
    assert main(["fix", "whole.pb", "-o", "parts", *FLAGS]) == 0
    assert names(folder) == ["body.pb", "check.py", "manifest.json", "rewrites.json"]
    value = manifest(folder)
    assert (value["parts"]["head"], value["parts"]["tail"]) == (None, None)
    assert (folder / "parts/body.pb").read_bytes() == (folder / "whole.pb").read_bytes()
    assert "No cut is needed: the body is all" in capsys.readouterr().out


def test_parts_of_an_earlier_run_go_and_other_files_stay(folder, verdict):
    verdict("equal", "equal")
    assert main(["fix", "net.pb", "-o", "parts", *FLAGS]) == 0
    (folder / "parts" / "body.om").write_bytes(b"IMOD")
    assert main(["fix", "whole.pb", "-o", "parts", *FLAGS]) == 0
    assert names(folder) == ["body.om", "body.pb", "check.py", "manifest.json", "rewrites.json"]


def test_a_plan_writes_nothing(folder, capsys):
    before = names(folder, ".")
    assert main(["fix", "net.pb", "--plan", "--no-verify", *FLAGS]) == 1
    assert "Cut (planned)" in capsys.readouterr().out
    assert main(["fix", "whole.pb", "--plan", "--no-verify", *FLAGS]) == 0
    assert "(planned)" in capsys.readouterr().out
    assert names(folder, ".") == before


def test_nothing_convertible_writes_nothing(folder, capsys):
    before = names(folder, ".")
    assert main(["fix", "hopeless.pb", "-o", "parts", "--no-verify", *FLAGS]) == 1
    assert names(folder, ".") == before
    assert f"{OMG} takes no part of the model that is worth it" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("graph", "parts"),
    [
        ("different", "equal"),
        ("equal", "different"),
        ("equal", VerifyError("head.pb: TensorFlow cannot run it: no kernel")),
    ],
)
def test_a_failed_proof_leaves_nothing_behind(folder, capsys, verdict, graph, parts):
    before = names(folder, ".")
    verdict(graph, parts)
    assert main(["fix", "net.pb", "-o", "parts", *FLAGS]) == 4
    assert names(folder, ".") == before
    assert "verification failed, nothing written" in capsys.readouterr().err


def test_a_failed_proof_leaves_an_earlier_cut_alone(folder, verdict):
    verdict("equal", "equal")
    assert main(["fix", "net.pb", "-o", "parts", *FLAGS]) == 0
    before = {name: (folder / "parts" / name).read_bytes() for name in FILES}
    verdict("equal", "different")
    assert main(["fix", "whole.pb", "-o", "parts", *FLAGS]) == 4
    assert {name: (folder / "parts" / name).read_bytes() for name in names(folder)} == before


def test_a_file_that_cannot_be_moved_leaves_all_as_it_was(folder, monkeypatch):
    from pathlib import Path

    assert main(["fix", "net.pb", "-o", "parts", "--no-verify", *FLAGS]) == 0
    before = {name: (folder / "parts" / name).read_bytes() for name in FILES}
    rename = Path.rename

    def refuse(path, target):
        if path.name == "rewrites.json" and "draft" in path.parent.name:
            raise OSError(28, "No space left on device")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refuse)
    assert main(["fix", "whole.pb", "-o", "parts", "--no-verify", *FLAGS]) == 2
    monkeypatch.undo()
    assert {name: (folder / "parts" / name).read_bytes() for name in names(folder)} == before


def test_without_tensorflow_the_parts_are_unverified(folder, monkeypatch):
    def missing():
        raise MissingExtraError("this needs TensorFlow")

    monkeypatch.setattr(api_verify, "require_tensorflow", missing)
    assert main(["fix", "net.pb", "-o", "parts", *FLAGS]) == 0
    value = manifest(folder)
    assert (value["verified"], value["seeds"], value["verified_inputs"]) == ("unverified", [], [])


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["-o", "parts", "--in-place"], "--in-place does not go with --cut auto"),
        (["--diff"], "--diff does not go with --cut auto"),
        (["--plan", "--why", "x"], "--why does not go with --cut auto"),
        (["-o", ""], "the name of the folder to write is empty"),
        ([], "needs one of -o DIR and --plan"),
        (["-o", "parts", "--plan"], "needs one of -o DIR and --plan"),
        (["-o", "out.pb"], "writes a folder of parts"),
        (["-o", "net.pb"], "writes a folder of parts"),
        (["-o", "no/where"], "there is no folder"),
        (["-o", "."], "write the parts to another folder"),
    ],
)
def test_faults_of_usage(folder, capsys, flags, words):
    before = names(folder, ".")
    assert main(["fix", "net.pb", *flags, *FLAGS]) == 2
    assert words in capsys.readouterr().err
    assert names(folder, ".") == before


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        '{"schema_version": "2.0"}',
        '{"schema_version": "1.0", "inputs": [], "outputs": [], "parts": {}}',
    ],
)
@pytest.mark.tf
def test_what_is_no_manifest_cannot_be_verified(folder, capsys, text):
    _need_tensorflow()
    (folder / "manifest.json").write_text(text)
    assert main(["verify", "net.pb", "manifest.json"]) == 3
    assert "no manifest of a cut model" in capsys.readouterr().err


@pytest.mark.tf
def test_equal_in_tensorflow_by_omlint_and_by_the_script(folder, capsys):
    _need_tensorflow()
    assert main(["fix", "net.pb", "-o", "parts", *FLAGS]) == 0
    assert manifest(folder)["verified"] == "equal"
    assert "whole against parts" in " ".join(capsys.readouterr().out.split())
    assert main(["verify", "net.pb", "parts/manifest.json"]) == 0
    body = load("parts/body.pb")
    weights = body.main["w"]
    other = make_tensor("float32", (4, 8), [0.25] * 32)
    body.main.patch([weights.replace(attrs={**weights.attrs, "value": other})])
    write(body, folder / "other.pb")
    done = scripts(folder)
    assert done.stdout.splitlines()[-1] == "[0, 4, 4, 4]"
    assert "DIFFERENT" in done.stdout
    assert "cannot be run: strange.npz: the model has no input other" in done.stderr
    assert "Traceback" not in done.stderr
    assert main(["verify", "net.pb", "parts/manifest.json"]) == 3
    assert "not the file that" in capsys.readouterr().err


def scripts(folder):
    """Run the script, then with another body, inputs and model: TensorFlow starts once."""
    import numpy as np

    np.savez(folder / "strange.npz", other=np.zeros(3))
    np.savez(folder / "feed.npz", ids=np.array([b"1", b"2", b"3", b"4"]))
    code = """
import shutil, sys
sys.path.insert(0, "parts")
import check
first = check.main(["net.pb", "--feed", "feed.npz"])
shutil.copy("other.pb", "parts/body.pb")
other = check.main(["net.pb", "--feed", "feed.npz"])
strange = check.main(["net.pb", "--feed", "strange.npz"])
print([first, other, strange, check.main(["other.pb", "--feed", "feed.npz"])])
"""
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def _need_tensorflow():
    if importlib.util.find_spec("tensorflow") is None:
        pytest.skip("needs tensorflow")

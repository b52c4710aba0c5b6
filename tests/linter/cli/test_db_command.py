"""``omlint db`` and ``omlint matrix``: answers, exit codes, bad input."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass

import pytest

from linter.cli.main import main
from linter.io.graphtext import parse
from linter.io.writer import serialize

ENTRY = {
    "input0": {"name": "x", "dtype": "float16,float", "paramType": "required"},
    "output0": {"name": "y", "dtype": "float16,float", "paramType": "required"},
}


@dataclass
class Done:
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run a command in this process, in an empty folder with a data folder of its own."""
    monkeypatch.setenv("OMLINT_DATA_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)

    def run(*args):
        code = main([str(arg) for arg in args])
        return Done(code, *capsys.readouterr())

    return run


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "model.pb"
    text = "x = Placeholder : float32[2, 4]\ny = Relu(x)\nz = Lgamma(y)\n"
    path.write_bytes(serialize(parse(text)))
    return path


@pytest.fixture
def toolkit(tmp_path):
    folder = tmp_path / "kit/opp/built-in/op_impl/ai_core/tbe/config/ascend310"
    folder.mkdir(parents=True)
    (folder / "aic-ascend310-ops-info.json").write_text(json.dumps({"Relu": ENTRY}))
    (tmp_path / "kit/opp/version.info").write_text("version_dir=8.1.RC1\n")
    return tmp_path / "kit"


def test_list_names_every_database(run):
    done = run("db", "list", "--format", "json")
    assert done.returncode == 0, done.stderr
    databases = json.loads(done.stdout)["databases"]
    names = [f"{item['tool']}@{item['version']}" for item in databases]
    assert names[:2] == ["atc@20.1", "atc@20.2"]
    assert {"atc@8.1.RC1", "atc@9.1.0", "omg@hilens-2021-09", "omg@cann-kit-6.0.1"} <= set(names)
    for item in databases:
        assert list(item) == ["tool", "version", "complete", "socs", "ops", "provenance"]
        assert item["socs"]
        assert item["ops"] > 70
        assert item["provenance"]
    text = run("db", "list", "-v").stdout
    assert "atc@8.1.RC1" in text
    assert "Ascend310P3" in text


def test_diff_names_what_a_release_added(run):
    first, second = "atc@3.3.0/Ascend310", "atc@5.0.1/Ascend310"
    done = run("db", "diff", first, second, "--format", "json")
    assert done.returncode == 1, done.stderr
    found = json.loads(done.stdout)
    assert "Einsum" in found["added"]
    assert {"op": "ExtractImagePatches", "from": "ExtractImagePatches", "to": "Im2col"} in found[
        "renamed"
    ]
    assert "Im2col" in found["kernels"]["added"]
    text = run("db", "diff", first, second)
    assert text.returncode == 1
    assert "Einsum" in text.stdout
    back = json.loads(run("db", "diff", second, first, "--format", "json").stdout)
    assert "Einsum" in back["removed"]
    same = run("db", "diff", first, first)
    assert same.returncode == 0
    assert "nothing differs" in same.stdout


def test_ops_answers_for_the_best_case(run):
    """What a release takes with constant axes only is no refusal of the type."""
    releases = ("20.1", "3.3.0", "6.0.0", "8.1.RC1")
    targets = [word for v in releases for word in ("--target", f"atc@{v}/Ascend310")]
    done = run("ops", "ReverseV2", "Transpose", "Mean", "ArgMax", *targets, "--format", "json")
    assert {answer["status"] for answer in json.loads(done.stdout)["ops"]} == {"supported"}
    done = run("ops", "ReverseV2", "--target", "atc@3.3.0/Ascend310")
    assert "aicore with constant axis" in done.stdout
    later = ("MatrixInverse", "MapStage", "RandomShuffle")  # later lists compare dtypes
    done = run("ops", *later, "--target", "atc@20.2/Ascend310", "--format", "json")
    assert {answer["status"] for answer in json.loads(done.stdout)["ops"]} == {"supported"}
    done = run("db", "diff", "atc@3.3.0/Ascend310", "atc@5.0.1/Ascend310", "--format", "json")
    assert "ReverseV2" not in [change["op"] for change in json.loads(done.stdout)["changed"]]


def test_a_missing_kernel_is_shown_by_the_kernel_lists(run):
    done = run("ops", "BoostedTreesBucketize", "--target", "Ascend310P3", "--format", "json")
    (answer,) = json.loads(done.stdout)["ops"]
    assert answer["status"] == "unsupported"
    assert answer["evidence"][-2:] == ["atc-8.1.RC1/aicore/ascend310p", "atc-8.1.RC1/cpu"]


def test_diff_says_what_an_upgrade_changes_for_a_model(run, model):
    targets = ("atc@5.1.RC2/Ascend310P3", "atc@8.1.RC1/Ascend310P3")
    done = run("db", "diff", *targets, "--model", model, "--format", "json")
    assert done.returncode == 1, done.stderr
    found = json.loads(done.stdout)["model"]
    assert (found["before"], found["after"]) == ("blocked", "convertible")
    (change,) = found["changes"]
    assert (change["op"], change["from"], change["nodes"]) == ("Lgamma", "unsupported", ["z"])
    assert change["to"].startswith("supported")
    text = run("db", "diff", *targets, "--model", model).stdout
    assert "blocked -> convertible" in text


def test_the_databases_of_the_package_have_no_fault(run):
    done = run("db", "check", "--format", "json")
    assert done.returncode == 0, done.stdout
    found = json.loads(done.stdout)
    assert found["faults"] == []
    assert found["records"] > 80_000


def test_an_import_is_listed_used_checked_and_removed(run, toolkit, model):
    done = run("db", "import", toolkit, "--format", "json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["name"], found["version"], found["exact"]) == ("local", "8.1.RC1", True)
    assert any("TF-kernel" in what for what in found["missing"])
    listed = json.loads(run("db", "list", "--format", "json").stdout)["databases"]
    assert listed[-1]["version"] == "local"
    checked = run("check", model, "--target", "atc@local/Ascend310", "--format", "json")
    assert checked.returncode in (0, 1), checked.stderr
    (target,) = json.loads(checked.stdout)["results"][0]["targets"]
    assert target["answered_from"] == ["atc@local", "atc@8.1.RC1"]
    assert "local/aicore/ascend310" in json.loads(checked.stdout)["sources"]
    removed = run("db", "remove")
    assert removed.returncode == 0
    gone = run("check", model, "--target", "atc@local/Ascend310")
    assert gone.returncode == 2
    assert "none was imported yet" in gone.stderr


def test_a_database_elsewhere_by_its_path(run, toolkit, tmp_path):
    done = run("db", "import", toolkit, "--out", tmp_path / "mine")
    assert done.returncode == 0, done.stderr
    listed = run("db", "list", "--db", tmp_path / "mine", "--format", "json")
    assert json.loads(listed.stdout)["databases"][-1]["version"] == "local"
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("db", "diff", "atc@3.3.0/Ascend310", "atc@3.3.1/Ascend310"), 2, "3.3.0"),
        (("db", "import", "nowhere"), 2, "does not exist"),
        (("db", "import", "."), 2, "no operator list"),
        (("db", "remove", "mine"), 2, "no imported database"),
        (("db", "list", "--db", "nowhere"), 2, "is no database"),
        (("db", "nothing"), 2, "nothing"),
        (("matrix", "nowhere.pb"), 3, "nowhere.pb"),
        (("matrix",), 2, "MODEL"),
    ],
)
def test_bad_input_is_one_sentence(run, arguments, code, words):
    done = run(*arguments)
    assert done.returncode == code, (done.stdout, done.stderr)
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_damaged_toolkit_and_a_damaged_import_end_with_3(run, toolkit, model, tmp_path):
    assert run("db", "import", toolkit).returncode == 0
    (tmp_path / "home/databases/local/ascend310.tsv.gz").write_bytes(b"\x1f\x8bgarbage")
    done = run("check", model, "--target", "atc@local/Ascend310")
    assert done.returncode == 3
    assert "ascend310.tsv.gz" in done.stderr
    (tmp_path / "home/databases/local/manifest.json").write_text("{")
    done = run("db", "check")
    assert (done.returncode, "manifest.json" in done.stdout) == (1, True)
    (toolkit / "opp/built-in/op_impl/ai_core/tbe/config/ascend310").joinpath(
        "aic-ascend310-ops-info.json"
    ).write_text('{"Relu": []}')
    done = run("db", "import", toolkit)
    assert done.returncode == 3
    assert "Relu" in done.stderr


def test_matrix_in_all_its_formats(run, model, tmp_path):
    formats = [f for name in ("csv", "json", "html") for f in ("--format", f"{name}:m.{name}")]
    done = run("matrix", model, "--format", "text", *formats)
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "m.json").read_text())
    assert found["model"] == str(model)
    cells = {cell["target"]: cell for cell in found["cells"]}
    assert len(cells) == len(found["cells"]) > 130
    assert cells["atc@8.1.RC1/Ascend310P1"]["verdict"] == "convertible"
    assert "Ascend310P3" in cells["atc@8.1.RC1/Ascend310P1"]["socs"]
    old = cells["atc@5.1.RC2/Ascend310"]
    assert (old["verdict"], old["unsupported"], old["unknown"]) == ("blocked", ["Lgamma"], [])
    rows = list(csv.DictReader(io.StringIO((tmp_path / "m.csv").read_text())))
    assert [row["target"] for row in rows] == list(cells)
    page = (tmp_path / "m.html").read_text()
    assert "unsupported: Lgamma (1)" in page
    assert page.count("<td") > 130
    assert "http" not in page
    assert "blocked" in done.stdout
    assert "atc@20.1" in done.stdout


def test_matrix_blocks_every_cell_for_a_fault_of_the_model(run, tmp_path):
    path = tmp_path / "cycle.pb"
    text = "x = Placeholder : float32[2]\na = AddV2(x, b)\nb = Relu(a)\nc = Relu(b)"
    path.write_bytes(serialize(parse(text)))
    done = run("matrix", path, "--format", "json", "--outputs", "c")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert {cell["verdict"] for cell in found["cells"]} == {"blocked"}
    assert found["model_errors"]

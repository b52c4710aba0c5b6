"""``omlint fix``: what is written when, and what the record says."""

from __future__ import annotations

import hashlib
import importlib.util
import json

import pytest
from sample_graphs import LEFTOVERS, write_graph

from linter import api
from linter.api import proof as api_verify
from linter.cli.main import main
from linter.io.reader import load
from linter.results.errors import MissingExtraError, VerifyError
from linter.results.verify import OutputDiff, VerifyResult, VerifyStatus

OMG = "omg@hilens-2021-09/Ascend310"
KEYS = [
    "model",
    "target",
    "input_sha256",
    "output_sha256",
    "before",
    "after",
    "rewrites",
    "refused",
    "verified",
    "seeds",
]
STUBBORN = """
a = Placeholder : float32[2,3]
checked = CheckNumerics(a) {message="a"}
found = Where(checked)
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_graph(tmp_path / "leftovers.pb", LEFTOVERS)
    write_graph(tmp_path / "stubborn.pb", STUBBORN)
    return tmp_path


@pytest.fixture
def verdict(monkeypatch):
    """Replace the comparison: ``verdict(status)``, or a function of the rewritten graph's ops."""
    calls = []

    def answer_with(decide):
        def compare(a, b, **options):
            status = (
                decide(sorted(node.op for node in load(b).main)) if callable(decide) else decide
            )
            calls.append(status)
            if isinstance(status, Exception):
                raise status
            ok = status != "different"
            diff = OutputDiff("relu:0", 0.0 if ok else 1.0, 0.0, ok, status != "insensitive")
            equal = status == "equal"
            return VerifyResult(equal, VerifyStatus(status), (diff,), (0, 1))

        monkeypatch.setattr(api_verify, "verify", compare)
        monkeypatch.setattr(api_verify, "require_tensorflow", lambda: None)
        return calls

    return answer_with


def record(folder, name="out.pb"):
    value = json.loads((folder / f"{name}.rewrites.json").read_text())
    assert list(value) == KEYS
    return value


def ops(path):
    return sorted(node.op for node in load(path).main)


def test_equal_is_written_with_its_record(folder, capsys, verdict):
    verdict("equal")
    assert main(["fix", "leftovers.pb", "-o", "out.pb", "--target", OMG]) == 0
    assert ops("out.pb") == ["Add", "Const", "Placeholder", "Relu"]
    value = record(folder)
    digest = hashlib.sha256((folder / "out.pb").read_bytes()).hexdigest()
    assert value["output_sha256"] == digest
    assert (
        value["input_sha256"] == hashlib.sha256((folder / "leftovers.pb").read_bytes()).hexdigest()
    )
    assert value["verified"] == "equal"
    assert value["seeds"] == [0, 1]
    assert value["before"]["unsupported"] == 2
    assert value["after"]["unsupported"] == 0
    assert {made["root"] for made in value["rewrites"]} == {"checked", "sum"}
    captured = capsys.readouterr()
    assert captured.err == ""
    assert "after    convertible" in captured.out
    assert sorted(path.name for path in folder.iterdir()) == [
        "leftovers.pb", "out.pb", "out.pb.rewrites.json", "stubborn.pb",
    ]  # fmt: skip


def test_what_is_left_is_said_last(folder, capsys, verdict):
    verdict("equal")
    assert main(["fix", "stubborn.pb", "-o", "out.pb", "--target", OMG]) == 1
    captured = capsys.readouterr()
    assert captured.err.splitlines()[-1] == "written, still blocked: 1 ops"
    assert "CheckNumerics" not in ops("out.pb")
    assert record(folder)["after"]["unsupported"] == 1


def test_different_leaves_the_output_alone(folder, capsys, verdict):
    (folder / "out.pb").write_bytes(b"older result")
    verdict(lambda found: "different" if "Add" in found else "equal")
    assert main(["fix", "leftovers.pb", "-o", "out.pb", "--target", OMG]) == 4
    assert (folder / "out.pb").read_bytes() == b"older result"
    value = record(folder)
    assert value["verified"] == "different"
    assert value["output_sha256"] is None
    error = capsys.readouterr().err
    assert "verification failed, nothing written" in error
    assert "at sum" in error


def test_revert_failing_goes_on_without_the_culprit(folder, capsys, verdict):
    verdict(lambda found: "different" if "Add" in found else "equal")
    code = main(["fix", "leftovers.pb", "-o", "out.pb", "--target", OMG, "--revert-failing"])
    assert code == 1
    assert ops("out.pb") == ["AddV2", "Const", "Placeholder", "Relu"]
    value = record(folder)
    assert value["verified"] == "equal"
    reverted = [entry for entry in value["refused"] if entry["reason"].startswith("reverted")]
    assert [(entry["rule"], entry["node"]) for entry in reverted] == [("RWS010", "sum")]
    assert capsys.readouterr().err.splitlines()[-1] == "written, still blocked: 1 ops"


def test_a_comparison_that_cannot_run_writes_nothing(folder, capsys, verdict):
    verdict(VerifyError("TensorFlow cannot import it"))
    assert main(["fix", "leftovers.pb", "-o", "out.pb", "--target", OMG]) == 4
    assert not (folder / "out.pb").exists()
    value = record(folder)
    assert value["verified"] == "unverified"
    assert "TensorFlow cannot import it" in capsys.readouterr().err


def test_a_rewritten_graph_that_cannot_run_has_a_culprit(folder, capsys, verdict):
    fault = VerifyError("no such kernel")
    verdict(lambda found: fault if "Add" in found else "equal")
    assert main(["fix", "leftovers.pb", "-o", "out.pb", "--target", OMG]) == 4
    assert "at sum" in capsys.readouterr().err


def test_insensitive_is_written_and_called_so(folder, capsys, verdict):
    verdict("insensitive")
    assert main(["fix", "leftovers.pb", "-o", "out.pb", "--target", OMG]) == 0
    assert record(folder)["verified"] == "insensitive"
    assert "insensitive" in capsys.readouterr().out


def test_nothing_to_do_copies_the_file(folder, capsys, verdict):
    calls = verdict("different")
    assert main(["fix", "leftovers.pb", "-o", "out.pb", "--ignore", "RWD,RWS"]) == 0
    assert (folder / "out.pb").read_bytes() == (folder / "leftovers.pb").read_bytes()
    assert record(folder)["verified"] == "equal"
    assert calls == []


def test_without_tensorflow_only_exact_rewrites(folder, capsys, monkeypatch):
    def missing():
        raise MissingExtraError("no tensorflow")

    monkeypatch.setattr(api_verify, "require_tensorflow", missing)
    assert main(["fix", "leftovers.pb", "-o", "out.pb", "--target", OMG]) == 0
    value = record(folder)
    assert value["verified"] == "unverified"
    assert {made["safety"] for made in value["rewrites"]} == {"exact"}


def test_no_verify_compares_nothing(folder, capsys, verdict):
    calls = verdict("different")
    assert main(["fix", "leftovers.pb", "-o", "out.pb", "--target", OMG, "--no-verify"]) == 0
    assert record(folder)["verified"] == "unverified"
    assert calls == []


def test_in_place(folder, capsys, verdict):
    verdict("equal")
    assert main(["fix", "leftovers.pb", "--in-place", "--target", OMG]) == 0
    assert ops("leftovers.pb") == ["Add", "Const", "Placeholder", "Relu"]
    assert record(folder, "leftovers.pb")["verified"] == "equal"


def test_in_place_different_touches_nothing(folder, capsys, verdict):
    before = (folder / "leftovers.pb").read_bytes()
    verdict("different")
    assert main(["fix", "leftovers.pb", "--in-place", "--target", OMG]) == 4
    assert (folder / "leftovers.pb").read_bytes() == before


def test_what_is_replaced_keeps_its_mode(folder, capsys, verdict):
    verdict("equal")
    (folder / "leftovers.pb").chmod(0o600)
    assert main(["fix", "leftovers.pb", "--in-place", "--target", OMG]) == 0
    assert (folder / "leftovers.pb").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-o", "out.pb", "--save-results", "out.pb"], "out.pb is named for two outputs"),
        (
            ["-o", "out.pb", "--save-results", "out.pb.rewrites.json"],
            "out.pb.rewrites.json is named for two outputs",
        ),
        (["--in-place", "--save-results", "leftovers.pb"], "leftovers.pb is the input"),
        (["-o", ""], "the name of a file to write is empty"),
    ],
)
def test_outputs_that_would_destroy_each_other(arguments, said, folder, capsys, verdict):
    verdict("equal")
    before = sorted(folder.iterdir())
    assert main(["fix", "leftovers.pb", *arguments, "--target", OMG]) == 2
    assert said in capsys.readouterr().err
    assert sorted(folder.iterdir()) == before


def test_what_is_kept_of_a_comparison_names_both_graphs_by_their_digests(folder, monkeypatch):
    kept = []

    def compare(a, b, **options):
        kept.append(options["keep"])
        return VerifyResult(True, VerifyStatus("equal"), (), (0, 1))

    monkeypatch.setattr(api_verify, "verify", compare)
    monkeypatch.setattr(api_verify, "require_tensorflow", lambda: None)
    flags = ["-o", "out.pb", "--save-results", "kept.npz", "--target", OMG]
    assert main(["fix", "leftovers.pb", *flags]) == 0
    digests = [
        hashlib.sha256((folder / name).read_bytes()).hexdigest()
        for name in ("leftovers.pb", "out.pb")
    ]
    assert [(str(one.path), list(one.digests)) for one in kept] == [("kept.npz", digests)]


@pytest.mark.parametrize("flag", ["--plan", "--diff"])
def test_plan_and_diff_write_nothing(flag, folder, capsys):
    names = sorted(path.name for path in folder.iterdir())
    assert main(["fix", "leftovers.pb", flag, "--target", OMG]) == 1
    assert sorted(path.name for path in folder.iterdir()) == names
    out = capsys.readouterr().out
    if flag == "--plan":
        assert "2 rewrites (planned)" in out
    else:
        assert "-sum = AddV2(checked, half)" in out
        assert "+sum = Add(x, half)" in out


@pytest.mark.parametrize(
    ("model", "ignore", "code"),
    [("leftovers.pb", "RWD,RWS", 0), ("stubborn.pb", "RWD,RWS", 0)],
)
def test_plan_of_nothing(model, ignore, code, folder, capsys):
    assert main(["fix", model, "--plan", "--ignore", ignore]) == code
    assert main(["fix", model, "--diff", "--ignore", ignore]) == code


def test_plan_with_errors_left(folder, capsys):
    assert main(["fix", "stubborn.pb", "--plan", "--ignore", "RWD,RWS", "--target", OMG]) == 1


def test_select(folder, capsys, verdict):
    verdict("equal")
    main(["fix", "leftovers.pb", "-o", "out.pb", "--target", OMG, "--select", "rws"])
    assert "CheckNumerics" in ops("out.pb")


def test_same_input_same_bytes(folder, verdict, capsys):
    verdict("equal")
    for name in ("one.pb", "two.pb"):
        main(["fix", "leftovers.pb", "-o", name, "--target", OMG])
    assert (folder / "one.pb").read_bytes() == (folder / "two.pb").read_bytes()


def test_api_says_all_that_the_command_says(folder, verdict):
    verdict("equal")
    outcome = api.fix("leftovers.pb", "out.pb", target=OMG)
    assert outcome.exit_code == 0
    assert outcome.output == "out.pb"
    assert outcome.record == "out.pb.rewrites.json"
    assert outcome.still_blocked == 0
    assert outcome.proof.status == "equal"


@pytest.mark.tf
@pytest.mark.skipif(importlib.util.find_spec("tensorflow") is None, reason="needs tensorflow")
def test_proved_by_tensorflow(folder, capsys):
    assert main(["fix", "leftovers.pb", "-o", "out.pb", "--target", OMG]) == 0
    assert record(folder)["verified"] == "equal"


@pytest.mark.tf
def test_a_graph_that_tensorflow_cannot_import_is_equal_to_nothing(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    text = "x = Placeholder : float32[2]\nc = Cast(x) {DstT=int32}\ny = Add(x, c) {T=float32}\n"
    write_graph(tmp_path / "bad.pb", text)
    main(["fix", "bad.pb", "-o", "f.pb"])
    out = capsys.readouterr().out
    assert "verified equal" not in out
    assert "verified not done: TensorFlow cannot import the graph" in " ".join(out.split())
    assert json.loads((tmp_path / "f.pb.rewrites.json").read_text())["verified"] == "unverified"

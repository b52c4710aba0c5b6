"""Known findings do not fail; new ones do, whatever else has moved."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from sample_graphs import LEFTOVERS, write_graph

from linter.cli.main import main

OMG = "omg@hilens-2021-09/Ascend310"
FLAGS = ["--target", OMG, "--baseline", "known.json"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """``models/bad.pb`` has two errors on omg, both in ``known.json``."""
    (tmp_path / "models").mkdir()
    write_graph(tmp_path / "models" / "bad.pb", LEFTOVERS)
    monkeypatch.chdir(tmp_path)
    assert main(["baseline", "write", "models/bad.pb", *FLAGS]) == 0
    return tmp_path


def _check(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, dict]:
    capsys.readouterr()
    code = main(["check", "--format", "json", *args])
    return code, json.loads(capsys.readouterr().out)


def test_known_findings_do_not_fail_and_are_counted(folder: Path, capsys) -> None:
    assert main(["baseline", "write", "models/bad.pb", *FLAGS]) == 0
    assert capsys.readouterr().out.endswith("known.json: 2 findings in 1 model\n")
    code, report = _check(capsys, "models/bad.pb", *FLAGS)
    assert code == 0
    assert report["gate"] == {"passed": True, "known": 2, "lines": []}
    (target,) = report["results"][0]["targets"]
    assert target["findings"] == []
    assert [item["node"] for item in target["known"]] == ["checked", "sum"]
    assert target["verdict"] == "blocked"
    assert main(["check", "models/bad.pb", *FLAGS]) == 0
    assert "known    2 errors · not counted" in capsys.readouterr().out
    assert main(["check", "models/bad.pb", *FLAGS, "--lang", "zh"]) == 0
    assert "已知" in capsys.readouterr().out
    assert main(["check", "models/bad.pb", "--target", OMG]) == 1


def test_only_new_ones_fail(folder: Path, capsys) -> None:
    worse = "first = CheckNumerics(x) {message='y'}\n".replace("'", '"')
    text = LEFTOVERS.replace("checked = ", worse + "checked = ").replace(
        "Relu(sum)", "Add(sum, first)"
    )
    write_graph(Path("models/bad.pb"), text)
    code, report = _check(capsys, "models/bad.pb", *FLAGS)
    assert code == 1
    (target,) = report["results"][0]["targets"]
    assert [item["node"] for item in target["findings"]] == ["first"]
    assert report["gate"]["known"] == 2


def test_the_folder_the_release_and_the_other_findings_do_not_matter(
    folder: Path, capsys, monkeypatch
) -> None:
    monkeypatch.chdir(folder / "models")
    flags = ["--baseline", "../known.json", "--target"]
    assert main(["check", "bad.pb", *flags, OMG]) == 0
    assert main(["check", "bad.pb", *flags, "omg@hilens-2019-12/Ascend310"]) == 0
    code, report = _check(capsys, str(folder / "models" / "bad.pb"), *flags, OMG)
    assert (code, report["gate"]["known"]) == (0, 2)
    Path("copy.pb").write_bytes(Path("bad.pb").read_bytes())
    assert main(["check", "copy.pb", *flags, OMG]) == 1, "another model"


def test_stale_entries_are_named_and_pruned(folder: Path, capsys) -> None:
    write_graph(Path("models/bad.pb"), LEFTOVERS.replace("AddV2", "Add"))
    code, report = _check(capsys, "models/bad.pb", *FLAGS)
    assert code == 0
    (line,) = report["gate"]["lines"]
    assert line["id"] == "stale-baseline"
    assert (
        "1 finding there, such as OPS001 at sum in models/bad.pb, found no longer"
        in line["message"]
    )
    assert main(["check", "models/bad.pb", *FLAGS, "--strict"]) == 1
    write_graph(Path("other.pb"))
    assert not _check(capsys, "other.pb", *FLAGS)[1]["gate"]["lines"], "it was not asked about"
    assert main(["baseline", "prune", *FLAGS]) == 0
    assert capsys.readouterr().out == "known.json: 1 finding in 1 model · 1 removed\n"
    assert main(["check", "models/bad.pb", *FLAGS, "--strict"]) == 0
    capsys.readouterr()
    assert main(["baseline", "prune", "--baseline", "known.json"]) == 0
    assert capsys.readouterr().out == "known.json: 1 finding in 1 model · 1 not looked at\n"
    Path("models/bad.pb").unlink()
    assert main(["baseline", "prune", *FLAGS]) == 0
    assert json.loads(Path("known.json").read_text("utf-8"))["findings"] == []


def test_a_mended_node_that_is_still_there_hides_no_new_one(folder: Path, capsys) -> None:
    text = LEFTOVERS.replace("sum = AddV2", "sum = Add").replace(
        "relu = Relu(sum)", '"other/sum" = AddV2(sum, half)'
    )
    write_graph(Path("models/bad.pb"), text)
    code, report = _check(capsys, "models/bad.pb", *FLAGS)
    assert code == 1
    (target,) = report["results"][0]["targets"]
    assert [item["node"] for item in target["findings"]] == ["other/sum"]
    write_graph(
        Path("models/bad.pb"), text.replace("sum = Add(", "gone = Add(").replace("(sum,", "(gone,")
    )
    assert _check(capsys, "models/bad.pb", *FLAGS)[0] == 0, (
        "of the same kind, and the old one is gone"
    )


SCOPED = """
x = Placeholder : float32[2,3]
"{0}/a/AddV2" = AddV2(x, x)
"{0}/b/AddV2_{1}" = AddV2("{0}/a/AddV2", x)
relu = Relu("{0}/b/AddV2_{1}")
"""


def test_a_renamed_scope_brings_nothing_back(folder: Path, capsys) -> None:
    write_graph(Path("models/bad.pb"), SCOPED.format("tower", 1))
    assert main(["baseline", "write", "models/bad.pb", *FLAGS]) == 0
    assert "2 added · 2 removed" in capsys.readouterr().out
    write_graph(Path("models/bad.pb"), SCOPED.format("net/tower_7", 2))
    code, report = _check(capsys, "models/bad.pb", *FLAGS)
    assert (code, report["gate"]) == (0, {"passed": True, "known": 2, "lines": []})
    assert main(["baseline", "prune", *FLAGS]) == 0
    assert capsys.readouterr().out == "known.json: 2 findings in 1 model · 2 renamed\n"
    names = [item["node"] for item in json.loads(Path("known.json").read_text("utf-8"))["findings"]]
    assert names == ["net/tower_7/a/AddV2", "net/tower_7/b/AddV2_2"]
    text = SCOPED.format("third", 3) + '"third/c/AddV2" = AddV2(relu, x)\n'
    write_graph(Path("models/bad.pb"), text)
    code, report = _check(capsys, "models/bad.pb", *FLAGS)
    assert code == 1, "one more of the kind than is known"
    assert len(report["results"][0]["targets"][0]["findings"]) == 1


def test_releases_of_a_series_share_their_entries(folder: Path, capsys) -> None:
    both = [*FLAGS, "--target", "omg@hilens-2019-12/Ascend310"]
    assert main(["baseline", "write", "models/bad.pb", *both]) == 0
    nodes = [item["node"] for item in json.loads(Path("known.json").read_text("utf-8"))["findings"]]
    assert len(nodes) == len(set(nodes))
    code, report = _check(capsys, "models/bad.pb", *both, "--strict")
    assert code == 0
    assert report["gate"]["known"] == sum(
        len(target["known"]) for target in report["results"][0]["targets"]
    )


def test_writing_keeps_what_it_did_not_look_at(folder: Path, capsys) -> None:
    write_graph(Path("more.pb"), LEFTOVERS)
    assert main(["baseline", "write", "more.pb", *FLAGS]) == 0
    text = Path("known.json").read_text("utf-8")
    assert {item["model"] for item in json.loads(text)["findings"]} == {"models/bad.pb", "more.pb"}
    assert main(["baseline", "write", "more.pb", "models/bad.pb", *FLAGS]) == 0
    assert Path("known.json").read_text("utf-8") == text, "the same findings, the same bytes"
    Path("more.pb").write_bytes(b"")
    assert main(["baseline", "write", "more.pb", "models/bad.pb", *FLAGS]) == 3
    assert Path("known.json").read_text("utf-8") == text, "a model that cannot be read stays known"
    assert main(["baseline", "prune", *FLAGS]) == 3
    assert Path("known.json").read_text("utf-8") == text


def test_show(folder: Path, capsys) -> None:
    capsys.readouterr()
    assert main(["baseline", "show", "known.json"]) == 0
    assert capsys.readouterr().out == (
        "known.json: 2 findings in 1 model\n\nmodels/bad.pb on omg/Ascend310\n"
        "  OPS001 AddV2 ×1: sum\n  OPS001 CheckNumerics ×1: checked\n"
    )
    assert main(["baseline", "show", "known.json", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)["findings"]
    assert [item["node"] for item in found] == ["checked", "sum"]
    assert len({item["fingerprint"] for item in found}) == 2


def test_the_configuration_names_the_file(folder: Path, capsys) -> None:
    Path("omlint.toml").write_text(f'target = "{OMG}"\n[gate]\nbaseline = "known.json"\n', "utf-8")
    assert main(["check", "models/bad.pb"]) == 0
    assert main(["check", "models/bad.pb", "--no-baseline"]) == 1
    assert main(["baseline", "show"]) == 0
    assert main(["baseline", "prune"]) == 0
    Path("known.json").unlink()
    capsys.readouterr()
    assert main(["check", "models/bad.pb"]) == 2
    said = (
        "omlint.toml: baseline known.json: there is no such file; omlint baseline write makes one"
    )
    assert said in capsys.readouterr().err
    assert main(["baseline", "write", "models/bad.pb"]) == 0
    assert main(["check", "models/bad.pb"]) == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the baseline is not JSON: Expecting value (line 1)"),
        (b"\xff", "the baseline is not UTF-8 text"),
        (b"[" * 100_000, "the baseline is not JSON that can be read"),
        (b"[]", "not a baseline: it has no schema_version or no list of findings"),
        (b'{"schema_version": "2.0", "findings": []}', "its version '2.0' is not 1.0"),
        (b'{"schema_version": "1.0", "findings": [{}]}', "finding 1 has no model that is one"),
    ],
)
def test_a_corrupt_file_hides_no_result(folder: Path, capsys, content: bytes, said: str) -> None:
    Path("known.json").write_bytes(content)
    code, report = _check(capsys, "models/bad.pb", *FLAGS)
    assert code == 3
    assert len(report["results"][0]["targets"][0]["findings"]) == 2
    (error,) = report["errors"]
    assert (error["path"], error["kind"]) == ("known.json", "corrupt-baseline")
    assert said in error["message"]
    for command in ("write", "prune"):
        assert main(["baseline", command, "models/bad.pb", *FLAGS]) == 3
        err = capsys.readouterr().err
        assert said in err
        assert err.count("\n") == 1
    assert Path("known.json").read_bytes() == content


def test_a_file_that_is_too_large_is_not_read(folder: Path, capsys) -> None:
    os.truncate("known.json", (64 << 20) + 1)
    assert _check(capsys, "models/bad.pb", *FLAGS)[1]["errors"][0]["message"] == (
        "known.json: too large for a baseline"
    )


def test_what_cannot_be_written_or_is_not_there(folder: Path, capsys) -> None:
    for args, said in (
        (["write", "models/bad.pb", "--baseline", "no/where.json"], "there is no folder no"),
        (["write", "models/bad.pb", "--baseline", "models"], "cannot write models"),
        (["write", "models/bad.pb", "--baseline", "models/bad.pb"], "is the input"),
        (["prune", "--baseline", "gone.json"], "gone.json: there is no such file"),
        (["show", "gone.json"], "gone.json: there is no such file"),
    ):
        assert main(["baseline", *args]) == 2
        err = capsys.readouterr().err
        assert said in err
        assert err.count("\n") == 1
    assert main(["check", "models/bad.pb", *FLAGS, "--no-baseline"]) == 2
    assert main(["check", "models/bad.pb", *FLAGS, "--format", "json:known.json"]) == 2
    assert "known.json is the input" in capsys.readouterr().err

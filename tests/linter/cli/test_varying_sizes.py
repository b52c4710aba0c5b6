"""Sizes that vary, from the command line to the verdict and to the command of atc."""

from __future__ import annotations

import json
import shlex

import pytest
from sample_graphs import write_graph

from linter.cli.main import main
from linter.results.verify import VerifyStatus

NET = """
x = Placeholder : float32[?,8,8,3]
w = Const : float32[3,3,3,4] = 0.5
c = Conv2D(x, w) {strides=[1,1,1,1], padding="SAME"}
y = Relu(c)
"""
ANY = NET.replace("[?,8,8,3]", "[?,?,?,3]")
FOUR = """
x = Placeholder : float32[?,3]
w = Const : float32[4,3] = 0.5
y = AddV2(x, w)
"""
TWO = """
x = Placeholder : float32[?,3]
s = Placeholder : float32[1,3]
y = Mul(x, s)
"""
SCALED = TWO.replace("float32[1,3]", "float32[]")
IDS = """
x = Placeholder : float32[?,3]
i = Cast(x) {DstT=int32}
y = Neg(i)
"""
MODELS = {"net": NET, "any": ANY, "four": FOUR, "two": TWO, "scaled": SCALED, "ids": IDS}
BATCHES = "--dynamic-batch-size"
SIZES = "--dynamic-image-size"
DIMS = "--dynamic-dims"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    for variable in ("ASCEND_TOOLKIT_HOME", "ASCEND_HOME_PATH"):
        monkeypatch.delenv(variable, raising=False)
    for name, text in MODELS.items():
        write_graph(tmp_path / f"{name}.pb", text)
    return tmp_path


def checked(capsys, *words):
    """What check says of a model on its target."""
    main(["check", *words, "--format", "json"])
    return json.loads(capsys.readouterr().out)["results"][0]["targets"][0]


def command_of(capsys, *words):
    """The words of the command that convert prints."""
    flags = [] if "--no-verify" in words else ["--no-verify"]
    code = main(["convert", words[0], "-o", "out", "--dry-run", *flags, *words[1:]])
    captured = capsys.readouterr()
    assert code in (0, 1), captured.err
    line = next(line for line in captured.out.splitlines() if line.startswith("  command  "))
    return shlex.split(line)[1:]


def refused(capsys, *words):
    """The one sentence with which check stops."""
    assert main(["check", *words]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    return captured.err


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        (("net.pb", BATCHES, "1,2,8"), ["--input_shape=x:-1,8,8,3", "--dynamic_batch_size=1,2,8"]),
        (
            ("any.pb", "--input-shape", "x:1,-1,-1,3", SIZES, "8,8;16,16"),
            ["--input_shape=x:1,-1,-1,3", "--dynamic_image_size=8,8;16,16"],
        ),
        (
            ("any.pb", DIMS, "1,8,8;2,16,16"),
            ["--input_shape=x:-1,-1,-1,3", "--dynamic_dims=1,8,8;2,16,16", "--input_format=ND"],
        ),
        (
            ("two.pb", BATCHES, "2,4"),
            ["--input_shape=x:-1,3;s:1,3", "--dynamic_batch_size=2,4"],
        ),
        (
            ("net.pb", "--input-shape", "x:1~8,8,8,3"),
            ["--input_shape=x:1~8,8,8,3"],
        ),
        (("net.pb", "--input-shape", "x:-1,8,8,3"), ["--input_shape=x:-1,8,8,3"]),
    ],
)
def test_command_of_atc_has_what_varies(folder, capsys, words, printed):
    command = command_of(capsys, *words)
    assert set(printed) <= set(command)
    assert sum(word.startswith("--dynamic_") for word in command) == (len(printed) > 1)


def test_profiles_behind_the_dashes_count_and_stand_once(folder, capsys):
    words = ("net.pb", "--input-shape", "x:-1,8,8,3", "--", "--dynamic_batch_size=1,2")
    command = command_of(capsys, *words)
    assert "--input_shape=x:-1,8,8,3" in command
    assert command.count("--dynamic_batch_size=1,2") == 1
    assert main(["convert", "net.pb", "-o", "o", "--dry-run", "--input-shape", "x:1,8,8,3",
                 "--", "--dynamic_batch_size=1,2"]) == 2  # fmt: skip
    assert "E10031" in capsys.readouterr().err
    assert main(["convert", "net.pb", "-o", "o", "--dry-run", BATCHES, "1,2",
                 "--", "--dynamic_dims=1;2"]) == 2  # fmt: skip
    assert "E10009" in capsys.readouterr().err


def test_layout_behind_the_dashes_says_where_height_and_width_are(folder, capsys):
    write_graph(folder / "planes.pb", NET.replace("[?,8,8,3]", "[1,3,?,?]"))
    words = ["convert", "planes.pb", "-o", "o", "--dry-run", "--no-verify", SIZES, "8,8;9,9"]
    assert main(words) == 2
    assert "E10019" in capsys.readouterr().err
    main([*words, "--", "--input_format=NCHW"])
    assert "'--dynamic_image_size=8,8;9,9'" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("net.pb", BATCHES, "1"), "E10035"),
        (("net.pb", BATCHES, "1,1"), "E10039"),
        (("net.pb", BATCHES, "1,0"), "E10038"),
        (("net.pb", BATCHES, "1,-2"), "E10038"),
        (("net.pb", BATCHES, "1,--2"), "is no number"),
        (("net.pb", BATCHES, "1;2"), "is no number"),
        (("net.pb", BATCHES, ""), "is no number"),
        (("net.pb", BATCHES, "1,2", DIMS, "1;2"), "E10009"),
        (("net.pb", BATCHES, "1,2", "--input-shape", "x:1~8,8,8,3"), "E10040"),
        (("net.pb", BATCHES, "1,2", "--input-shape", "x:1,8,8,3"), "E10031"),
        (("any.pb", BATCHES, "1,2"), "E10018"),
        (("scaled.pb", BATCHES, "1,2"), "E10012"),
        (("net.pb", BATCHES, ",".join(map(str, range(1, 102)))), "at most 100"),
        (("any.pb", SIZES, "8,8,8;9,9,9"), "E10020"),
        (("any.pb", SIZES, "8,8;9,9"), "E10019"),
        (("net.pb", SIZES, "8,8;9,9", "--input-shape", "x:1,8,8,3"), "E10019"),
        (("any.pb", DIMS, "1,8;2,9"), "E10003"),
        (("any.pb", DIMS, "1,8,8;2,9"), "E10037"),
        (("net.pb", DIMS, "1;2", "--input-shape", "x:1,8,8,3"), "E10001"),
        (("net.pb", "--input-shape", "x:8~1,8,8,3"), "E10048"),
        (("net.pb", "--input-shape", "x:0~8,8,8,3"), "E10048"),
        (("net.pb", "--input-shape", "x:?,8,8,3"), "-1 leaves it open"),
        (("net.pb", BATCHES, "1,2", "--target", "omg@hilens-2021-09/Ascend310"), "is about atc"),
    ],
)
def test_what_atc_refuses_is_refused_here_in_a_sentence(folder, capsys, words, code):
    assert code in refused(capsys, *words)


def test_every_profile_is_judged(folder, capsys):
    fits = checked(capsys, "net.pb", BATCHES, "1,2,4")
    assert fits["verdict"] == "convertible"
    assert not fits["findings"]
    report = checked(capsys, "four.pb", BATCHES, "1,4,3,5")
    assert report["verdict"] == "blocked"
    (error,) = [one for one in report["findings"] if one["severity"] == "error"]
    assert error["node"] == "y"
    assert error["message"].endswith("(with --dynamic-batch-size 3 and 1 more)")
    assert checked(capsys, "four.pb", BATCHES, "1,4")["verdict"] == "convertible"


def test_sizes_without_profiles_leave_the_verdict_open(folder, capsys):
    for sizes in ("-1,3", "1~8,3"):
        report = checked(capsys, "ids.pb", "--input-shape", f"x:{sizes}")
        assert report["verdict"] != "convertible"
        found = {one["code"]: one["message"] for one in report["findings"]}
        assert "vary at run time: [?, 3]" in found["SHP001"]
    assert checked(capsys, "ids.pb", "--input-shape", "x:8,3")["verdict"] == "convertible"


def test_kernels_of_fixed_sizes_do_not_take_a_size_that_varies(folder, capsys):
    report = checked(capsys, "net.pb", "--input-shape", "x:-1,8,8,3")
    refusals = [one for one in report["findings"] if "known at run time only" in one["message"]]
    assert "c" in {one["node"] for one in refusals}


def test_next_command_repeats_what_varies(folder, capsys):
    main(["check", "net.pb", BATCHES, "1,2"])
    said = capsys.readouterr().out
    assert "--input-shape x:-1,8,8,3 --dynamic-batch-size 1,2" in said
    main(["check", "four.pb", "--input-shape", "x:1~4,3"])
    assert "--input-shape 'x:1~4,3'" in capsys.readouterr().out


def test_input_of_a_cut_keeps_the_size_that_varies(folder, capsys):
    flags = ("--input-shape", "i:-1,3", "--outputs", "y:0", BATCHES, "2,4")
    assert "--input_shape=i:-1,3" in command_of(capsys, "ids.pb", *flags)
    main(["inspect", "out.pb"])
    assert "i int32[?,3]" in capsys.readouterr().out


def test_graphs_are_compared_at_a_size_of_the_profiles(folder, capsys):
    flags = ["--target", "omg@hilens-2021-09/Ascend310"]
    assert main(["verify", "net.pb", "net.pb", "--input-shape", "x:-1,8,8,3"]) == 2
    assert "the model is run here" in capsys.readouterr().err
    assert main(["convert", "net.pb", "-o", "o", "--dry-run", "--input-shape", "x:-1,8,8,3",
                 *flags]) == 2  # fmt: skip
    assert "does not take" in capsys.readouterr().err


@pytest.mark.tf
def test_rewrites_are_proved_with_sizes_of_a_profile(folder, capsys):
    words = ["fix", "four.pb", "-o", "f.pb", "--apply", "RWS", BATCHES, "4,1"]
    assert main(words) == 0, capsys.readouterr().err
    record = json.loads((folder / "f.pb.rewrites.json").read_text())
    assert record["verified"] == VerifyStatus.EQUAL.value


def test_configuration_says_what_varies(folder, capsys):
    (folder / "omlint.toml").write_text(
        '[[models]]\nglob = "net.pb"\nshapes = {x = [-1, 8, 8, 3]}\n'
        'dynamic_batch_size = "1,2"\n\n'
        '[[models]]\nglob = "ids.pb"\nshapes = {x = ["1~8", 3]}\n'
    )
    assert "--dynamic_batch_size=1,2" in command_of(capsys, "net.pb")
    assert "--dynamic_batch_size=4,8" in command_of(capsys, "net.pb", BATCHES, "4,8")
    assert "--input_shape=x:1~8,3" in command_of(capsys, "ids.pb")


def test_how_many_profiles_there_may_be_is_a_matter_of_the_chip(folder, capsys):
    words = ["net.pb", "--input-shape", "x:-1,8,8,3", BATCHES, ",".join(map(str, range(1, 102)))]
    text = refused(capsys, *words, "--target", "atc@9.1.0/Ascend310P1")
    assert "names 101 profiles; Ascend310P1 takes at most 100" in text
    assert main(["check", *words, "--target", "atc@9.1.0/Ascend950"]) in (0, 1)

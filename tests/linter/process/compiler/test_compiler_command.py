"""The command line for one conversion."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from linter.graph import Value
from linter.process.compiler.command import CompileJob, build_command
from linter.process.compiler.find import Compiler
from linter.process.compiler.flags import parse_flags
from linter.results.errors import UsageError

JOB = CompileJob(
    model="net.pb",
    output="out/net",
    soc_version="Ascend310P3",
    input_shapes={"ids": (1, 500), "scale": ()},
    outputs=(Value("loss/BiasAdd", 0), Value("split", 1)),
)


def test_atc() -> None:
    assert build_command("atc", JOB).arguments == (
        "--model=net.pb",
        "--framework=3",
        "--output=out/net",
        "--soc_version=Ascend310P3",
        "--input_shape=ids:1,500;scale:",
        "--out_nodes=loss/BiasAdd:0;split:1",
    )


def test_omg_has_no_chip() -> None:
    flags = parse_flags(build_command("omg", JOB).arguments)

    assert "soc_version" not in flags
    assert flags["framework"] == "3"


def test_rendered_line_survives_a_shell() -> None:
    command = build_command("atc", JOB)
    compiler = Compiler("atc", ("docker", "run", "my image", "atc"), "test")

    assert shlex.split(command.render()) == ["atc", *command.arguments]
    assert shlex.split(command.render(compiler)) == [*compiler.command, *command.arguments]


def test_nothing_is_said_about_what_is_not_known() -> None:
    command = build_command("atc", CompileJob("a.pb", "a", "Ascend310"))

    assert command.arguments == (
        "--model=a.pb",
        "--framework=3",
        "--output=a",
        "--soc_version=Ascend310",
    )


@pytest.mark.parametrize(("layout", "said"), [("NHWC", False), (None, False), ("NCHW", True)])
def test_default_layout_is_left_out(layout: str | None, said: bool) -> None:
    job = CompileJob("a.pb", "a", "Ascend310", input_format=layout)

    assert (f"--input_format={layout}" in build_command("atc", job).arguments) is said


def test_suffix_is_left_to_the_compiler() -> None:
    command = build_command("atc", CompileJob("a.pb", "dir/a.om", "Ascend310"))

    assert command.output == Path("dir/a")
    assert "--output=dir/a" in command.arguments


def test_extra_words_come_last_as_they_are() -> None:
    extra = ("--precision_mode", "force_fp32", "--log=info")
    command = build_command("atc", CompileJob("a.pb", "a", "Ascend310", extra=extra))

    assert command.arguments[-3:] == extra


@pytest.mark.parametrize(
    "extra",
    [
        "--model=b.pb",
        "--soc_version Ascend910A",
        "-soc_version=Ascend910A",
        "--soc-version=Ascend910A",
        "--soc=Ascend910A",
        "--fram=3",
        "--out_nodes=a:0",
        "--input_shape=ids:1,2",
    ],
)
def test_extra_flag_that_clashes(extra: str) -> None:
    job = CompileJob(
        JOB.model, JOB.output, JOB.soc_version, JOB.input_shapes, JOB.outputs, None,
        tuple(extra.split()),
    )  # fmt: skip

    with pytest.raises(UsageError, match="is set by omlint"):
        build_command("atc", job)


def test_extra_flag_that_we_do_not_set_is_passed_on() -> None:
    job = CompileJob("a.pb", "a", "Ascend310", extra=("--input_shape=x:1,2",))

    assert build_command("atc", job).arguments[-1] == "--input_shape=x:1,2"


@pytest.mark.parametrize(
    ("extra", "match"),
    [
        ("--mode=1", "does not convert"),
        ("--help", "does not convert"),
        ("fp16", "is not a flag"),
        ("--precision_mode", "has no value"),
        ("--input=x", "may be"),
    ],
)
def test_extra_words_that_do_not_convert(extra: str, match: str) -> None:
    job = CompileJob("a.pb", "a", "Ascend310", extra=tuple(extra.split()))

    with pytest.raises(UsageError, match=match):
        build_command("atc", job)


@pytest.mark.parametrize("name", ["a:b", "a;b"])
def test_names_that_the_command_line_cannot_carry(name: str) -> None:
    with pytest.raises(UsageError, match="cannot be named"):
        build_command("atc", CompileJob("a.pb", "a", "S", outputs=(Value(name, 0),)))
    with pytest.raises(UsageError, match="cannot be named"):
        build_command("atc", CompileJob("a.pb", "a", "S", input_shapes={name: (1,)}))


@pytest.mark.parametrize("size", [0, -2])
def test_sizes_that_the_compiler_refuses(size: int) -> None:
    with pytest.raises(UsageError, match="size"):
        build_command("atc", CompileJob("a.pb", "a", "S", input_shapes={"x": (1, size)}))


@pytest.mark.parametrize("path", ["my model.pb", "a+b.pb", "a(1).pb", "a:b.pb"])
def test_characters_that_the_compiler_refuses_in_paths(path: str) -> None:
    with pytest.raises(UsageError, match="refuses the character"):
        build_command("atc", CompileJob(path, "a", "Ascend310"))
    with pytest.raises(UsageError, match="refuses the character"):
        build_command("atc", CompileJob("a.pb", path, "Ascend310"))


def test_resolved_model_path_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "with space"
    folder.mkdir()
    monkeypatch.chdir(folder)

    with pytest.raises(UsageError, match="refuses the character ' '"):
        build_command("atc", CompileJob("a.pb", "a", "Ascend310"))


def test_chinese_paths_are_for_atc_only() -> None:
    assert build_command("atc", CompileJob("模型.pb", "输出", "Ascend310"))
    with pytest.raises(UsageError, match="omg refuses"):
        build_command("omg", CompileJob("模型.pb", "out"))


@pytest.mark.parametrize("output", ["", "folder/"])
def test_output_needs_a_file_name(output: str) -> None:
    with pytest.raises(UsageError, match="no file name"):
        build_command("atc", CompileJob("a.pb", output, "Ascend310"))


def test_path_that_is_too_long() -> None:
    with pytest.raises(UsageError, match="longer than"):
        build_command("atc", CompileJob("a.pb", "d/" * 2048 + "x" * 100, "Ascend310"))


def test_atc_needs_a_chip() -> None:
    with pytest.raises(UsageError, match="chip"):
        build_command("atc", CompileJob("a.pb", "a"))


def test_flags_are_read_as_getopt_does() -> None:
    words = ["--log=info", "-precision-mode", "force_fp32", "--deter", "1", "--new_flag=x"]

    with pytest.raises(UsageError, match="may be"):
        parse_flags(words)
    assert parse_flags(["--log=info", "--log", "error", "-op-debug=2", "--new=1"]) == {
        "log": "error",
        "op_debug_level": "2",
        "new": "1",
    }

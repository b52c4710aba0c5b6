"""Running a compiler, with the stand-in in its place."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from ended import gone

from linter.graph import Value
from linter.process.compiler.command import Command, CompileJob, build_command
from linter.process.compiler.find import Compiler, find_compiler
from linter.process.compiler.log import Role
from linter.process.compiler.run import RunResult, run_compiler
from linter.results.errors import CompilerError

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture
def atc(stand_in: Path) -> Compiler:
    return find_compiler(command=str(stand_in / "atc"), environ={})


@pytest.fixture
def command(model: Path, tmp_path: Path) -> Command:
    job = CompileJob(
        str(model), str(tmp_path / "out"), "Ascend310", {"x": (1, 4)}, (Value("y", 0),)
    )
    return build_command("atc", job)


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The compiler leaves files where it runs."""
    monkeypatch.chdir(tmp_path)


def run(atc: Compiler, command: Command, **settings: str) -> RunResult:
    environ = {"PATH": os.environ["PATH"]} | {
        f"STAND_IN_{name}": value for name, value in settings.items()
    }
    return run_compiler(atc, command, environ=environ, timeout=60)


def test_success(atc: Compiler, command: Command, tmp_path: Path) -> None:
    lines: list[str] = []
    result = run_compiler(atc, command, on_line=lines.append, environ=dict(os.environ))

    assert result.succeeded
    assert result.reason == ""
    assert result.om == tmp_path / "out.om"
    assert lines[0].startswith("ATC start working now")
    assert result.output == "\n".join(lines)


def test_warnings_do_not_spoil_a_success(atc: Compiler, command: Command) -> None:
    result = run(atc, command, AICPU="Relu")

    assert result.succeeded
    assert [item.op_name for item in result.report.warnings] == ["y"]


@pytest.mark.parametrize("generation", ["A", "B", "C"])
def test_refused_op(atc: Compiler, command: Command, generation: str) -> None:
    result = run(atc, command, UNKNOWN_OPS="Relu", GENERATION=generation)

    assert not result.succeeded
    assert result.returncode == 255
    assert result.report.generation == generation
    assert result.reason.startswith("E10501: ")
    assert result.om is None


def test_pre_check_report_names_every_node(atc: Compiler, command: Command, tmp_path: Path) -> None:
    def named_nodes(result: RunResult) -> list[str | None]:
        return [item.op_name for item in result.report.items if item.role is Role.PRE_CHECK]

    failed = run(atc, command, UNKNOWN_OPS="Relu,Placeholder")
    again = run(atc, command, NO_KERNEL="Relu")

    assert named_nodes(failed) == ["x", "y"]
    assert named_nodes(again) == []  # the file is of the run before
    assert (tmp_path / "check_result.json").is_file()


def test_unknown_chip(atc: Compiler, model: Path, tmp_path: Path) -> None:
    command = build_command("atc", CompileJob(str(model), str(tmp_path / "o"), "Ascend1"))

    assert run(atc, command).report.codes == ("E20101",)


def test_missing_library_is_no_mystery(atc: Compiler, command: Command) -> None:
    result = run(atc, command, LOADER="libascend_hal.so")

    assert result.returncode == 127
    assert result.reason == "atc could not be loaded: the library libascend_hal.so is missing"


@pytest.mark.parametrize(("number", "words"), [("9", "signal 9, most likely"), ("11", "signal 11")])
def test_killed(atc: Compiler, command: Command, number: str, words: str) -> None:
    result = run(atc, command, DIES=number)

    assert not result.succeeded
    assert words in result.reason


def test_status_alone_is_no_success(atc: Compiler, command: Command) -> None:
    assert "without its success line" in run(atc, command, SILENT="1").reason


def test_sentence_alone_is_no_success(atc: Compiler, command: Command) -> None:
    assert "wrote no" in run(atc, command, SILENT="2").reason


def test_file_of_an_earlier_run_does_not_count(
    atc: Compiler, command: Command, tmp_path: Path
) -> None:
    (tmp_path / "out.om").write_bytes(b"IMOD old")

    result = run(atc, command, SILENT="2")

    assert not result.succeeded
    assert (tmp_path / "out.om").read_bytes() == b"IMOD old"


def test_file_that_is_no_model(atc: Compiler, tmp_path: Path) -> None:
    script = f"printf JUNK >{tmp_path}/out.om; echo 'ATC run success, welcome'"
    fake = Compiler("atc", ("sh", "-c", script, "sh"), "test")
    command = Command("atc", (), tmp_path / "a.pb", tmp_path / "out")

    assert "does not start with IMOD" in run_compiler(fake, command).reason


def test_dynamic_model_has_another_name(atc: Compiler, model: Path, tmp_path: Path) -> None:
    job = CompileJob(str(model), str(tmp_path / "out"), "Ascend310", {"x": (-1, 4)})

    result = run(atc, build_command("atc", job))

    assert result.succeeded
    assert result.om == tmp_path / "out_linux_x86_64.om"


def test_child_does_not_see_our_virtual_environment(
    atc: Compiler, command: Command, tmp_path: Path
) -> None:
    record = tmp_path / "record.json"
    environ = {
        "PATH": f"/my/venv/bin:{os.environ['PATH']}",
        "VIRTUAL_ENV": "/my/venv",
        "STAND_IN_RECORD": str(record),
    }

    assert run_compiler(atc, command, environ=environ).succeeded
    seen = json.loads(record.read_text(encoding="utf-8"))
    assert seen["argv"] == list(command.arguments)
    assert "/my/venv/bin" not in seen["environ"]["PATH"]
    assert "VIRTUAL_ENV" not in seen["environ"]
    assert str(Path(sys.prefix, "bin")) not in seen["environ"]["PATH"].split(":") or (
        sys.prefix == sys.base_prefix
    )


def test_timeout_ends_the_whole_group(
    atc: Compiler, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from linter.process.compiler import run as running

    child = tmp_path / "child"

    real = running.start

    def start(*words: object, **options: object) -> object:
        group = real(*words, **options)  # type: ignore[arg-type]
        while not child.exists() or not child.read_text(encoding="ascii"):
            time.sleep(0.02)  # whatever is left of its time, the child is there
        return group

    monkeypatch.setattr(running, "start", start)
    environ = dict(os.environ, STAND_IN_SECONDS="60", STAND_IN_CHILD=str(child))

    with pytest.raises(CompilerError, match=r"did not finish within 1\.5 seconds"):
        run_compiler(atc, command, environ=environ, timeout=1.5)
    assert gone(int(child.read_text(encoding="ascii")))


def test_child_that_keeps_the_pipe_open_does_not_hold_us_up(
    atc: Compiler, command: Command, tmp_path: Path
) -> None:
    child = tmp_path / "child"
    environ = dict(os.environ, STAND_IN_CHILD=str(child))

    assert run_compiler(atc, command, environ=environ).succeeded  # no limit would end a wait
    assert gone(int(child.read_text(encoding="ascii")))


def test_fault_in_the_callback_ends_the_compiler(
    atc: Compiler, command: Command, tmp_path: Path
) -> None:
    child = tmp_path / "child"
    environ = dict(os.environ, STAND_IN_SECONDS="60", STAND_IN_CHILD=str(child))

    def stop(line: str) -> None:
        while not child.exists() or not child.read_text(encoding="ascii"):
            time.sleep(0.05)
        raise ValueError(line)

    with pytest.raises(ValueError, match="ATC start"):
        run_compiler(atc, command, on_line=stop, environ=environ)
    assert gone(int(child.read_text(encoding="ascii")))


def test_ctrl_c_ends_the_compiler(atc: Compiler, command: Command, tmp_path: Path) -> None:
    child = tmp_path / "child"
    code = f"""
import sys
from pathlib import Path
from linter.process.compiler.command import Command
from linter.process.compiler.find import Compiler
from linter.process.compiler.log import Role
from linter.process.compiler.run import run_compiler
command = Command("atc", {command.arguments!r}, Path("m"), Path({str(command.output)!r}))
try:
    run_compiler(Compiler("atc", {atc.command!r}, "test"), command)
except KeyboardInterrupt:
    sys.exit(130)
"""
    environ = dict(
        os.environ, STAND_IN_SECONDS="60", STAND_IN_CHILD=str(child), PYTHONPATH=str(ROOT)
    )
    with subprocess.Popen([sys.executable, "-c", code], env=environ) as process:
        while process.poll() is None and not (child.exists() and child.read_text(encoding="ascii")):
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
    assert gone(int(child.read_text(encoding="ascii")))


def test_program_that_cannot_be_started(tmp_path: Path) -> None:
    program = tmp_path / "atc"
    program.write_bytes(b"\x7fELF nonsense")
    program.chmod(0o755)
    command = Command("atc", (), tmp_path / "a.pb", tmp_path / "out")

    with pytest.raises(CompilerError, match="cannot be started"):
        run_compiler(Compiler("atc", (str(program),), "test"), command)


def test_omg(stand_in: Path, model: Path, tmp_path: Path) -> None:
    omg = find_compiler("omg", command=str(stand_in / "omg"), environ={})
    command = build_command("omg", CompileJob(str(model), str(tmp_path / "out")))

    good = run_compiler(omg, command)
    bad = run_compiler(omg, command, environ={**os.environ, "STAND_IN_OMG_FAILS": "1"})

    assert good.succeeded
    assert not bad.succeeded
    assert bad.reason.startswith("0x3000001: ")

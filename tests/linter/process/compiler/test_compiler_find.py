"""Where the compiler is looked for, and the environment that it gets."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from linter.process.compiler import find
from linter.process.compiler.find import Compiler, child_environment, find_compiler
from linter.results.errors import CompilerError, UsageError


def make_program(folder: Path, name: str = "atc") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / name
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(0o755)
    return program


@pytest.fixture(autouse=True)
def no_toolkit_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(find, "_DEFAULT_FOLDERS", ())


def test_path_comes_before_the_toolkit(tmp_path: Path) -> None:
    on_path = make_program(tmp_path / "a")
    make_program(tmp_path / "home" / "bin")
    environ = {"PATH": f"/nowhere:{tmp_path}/a", "ASCEND_TOOLKIT_HOME": f"{tmp_path}/home"}

    assert find_compiler(environ=environ).command == (str(on_path),)


@pytest.mark.parametrize("variable", ["ASCEND_TOOLKIT_HOME", "ASCEND_HOME_PATH"])
def test_toolkit_variables(tmp_path: Path, variable: str) -> None:
    program = make_program(tmp_path / "home" / "bin")

    found = find_compiler(environ={"PATH": "", variable: str(tmp_path / "home")})

    assert found.command == (str(program),)
    assert found.found == f"${variable}/bin"


def test_default_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = make_program(tmp_path / "latest" / "bin")
    monkeypatch.setattr(find, "_DEFAULT_FOLDERS", (str(tmp_path / "latest"),))

    assert find_compiler(environ={}).command == (str(program),)


def test_not_found_names_the_places() -> None:
    with pytest.raises(CompilerError, match=r"atc was not found; looked in PATH.*ASCEND_HOME_PATH"):
        find_compiler(environ={"PATH": "/nowhere"})


def test_command_is_split_as_a_shell_does(tmp_path: Path) -> None:
    make_program(tmp_path, "docker")
    command = "docker run --rm -v '/my data:/data' image atc"

    found = find_compiler(command=command, environ={"PATH": str(tmp_path)})

    assert found.command == ("docker", "run", "--rm", "-v", "/my data:/data", "image", "atc")
    assert found.set_env is None


@pytest.mark.parametrize("command", ["", "   ", "atc 'unclosed"])
def test_command_that_cannot_be_split(command: str) -> None:
    with pytest.raises(UsageError):
        find_compiler(command=command, environ={})


@pytest.mark.parametrize("command", ["/no/such/atc", "no-such-program -x"])
def test_command_that_is_not_there(command: str) -> None:
    with pytest.raises(CompilerError, match=command.split()[0]):
        find_compiler(command=command, environ={"PATH": "/nowhere"})


def test_file_without_execute_permission_is_no_compiler(tmp_path: Path) -> None:
    make_program(tmp_path).chmod(0o644)

    with pytest.raises(CompilerError):
        find_compiler(environ={"PATH": str(tmp_path)})


@pytest.mark.parametrize("level", ["latest", "."])
def test_environment_script_beside_the_toolkit(tmp_path: Path, level: str) -> None:
    make_program(tmp_path / "latest" / "bin")
    script = tmp_path / level / "set_env.sh"
    script.write_text("", encoding="utf-8")

    found = find_compiler(environ={"ASCEND_TOOLKIT_HOME": str(tmp_path / "latest")})

    assert found.set_env is not None
    assert found.set_env.samefile(script)


def test_environment_script_is_left_when_the_environment_is_set(tmp_path: Path) -> None:
    make_program(tmp_path / "bin")
    (tmp_path / "set_env.sh").write_text("", encoding="utf-8")
    environ = {"ASCEND_TOOLKIT_HOME": str(tmp_path), "ASCEND_OPP_PATH": "/opt/opp"}

    assert find_compiler(environ=environ).set_env is None


def test_environment_script_reaches_the_child_only(tmp_path: Path) -> None:
    script = tmp_path / "set_env.sh"
    script.write_text(
        'echo noise; [ "$#" = 1 ] && export FROM_SCRIPT=yes; false\n', encoding="utf-8"
    )
    compiler = Compiler("atc", ("sh", "-c", 'echo "$FROM_SCRIPT $1"', "sh"), "test", script)

    done = subprocess.run(
        compiler.wrap(("--out_nodes=a:0;b:1",)), capture_output=True, text=True, check=True
    )

    assert done.stdout == "yes --out_nodes=a:0;b:1\n"
    assert done.stderr == "noise\n"
    assert "FROM_SCRIPT" not in os.environ


def test_own_virtual_environment_is_kept_from_the_child() -> None:
    environ = {
        "PATH": "/venv/bin:/usr/bin",
        "VIRTUAL_ENV": "/venv",
        "PYTHONHOME": "/venv",
        "PYTHONPATH": "/toolkit/python",
    }

    child = child_environment(environ)

    assert child == {"PATH": "/usr/bin", "PYTHONPATH": "/toolkit/python"}


@pytest.mark.skipif(sys.prefix == sys.base_prefix, reason="not in a virtual environment")
def test_virtual_environment_that_was_not_activated_is_kept_out_too() -> None:
    own = str(Path(sys.prefix, "bin"))

    assert child_environment({"PATH": f"{own}:/usr/bin"})["PATH"] == "/usr/bin"


@pytest.mark.parametrize("part", ["uihost/bin", "bin/x86_64-linux-gcc5.4", "tools/tools_omg"])
def test_omg_in_its_kit(tmp_path: Path, part: str) -> None:
    program = make_program(tmp_path / part, "omg")

    assert find_compiler("omg", environ={"DDK_HOME": str(tmp_path)}).command == (str(program),)

"""What the wheel holds, and that it works in an environment of its own.

``OMLINT_WHEEL`` names a wheel that was built already, ``OMLINT_COMMAND`` the command of an
environment that it was installed into; without them the wheel is built here.
"""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.wheel

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("linter", "rules", "opdb")


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    given = os.environ.get("OMLINT_WHEEL")
    if given:
        return Path(given)
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    for name in tracked():
        target = source / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((ROOT / name).read_bytes())
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(source)]
    subprocess.run(command, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def tracked() -> list[str]:
    """Files of the checkout that git would commit."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout
    names = (name for name in listed.decode().split("\0") if name)
    return [name for name in names if (ROOT / name).is_file()]


def test_wheel_holds_every_module_and_data_file(wheel):
    held = set(zipfile.ZipFile(wheel).namelist())
    wanted = {name for name in tracked() if name.split("/")[0] in PACKAGES}
    viewer = "linter/report/viewer/"  # its sources stay behind: what is built of them is held
    sources = {n for n in wanted if n.startswith(viewer) and not n.startswith(f"{viewer}built/")}
    not_for_users = {name for name in wanted if name.endswith(".md")} | sources
    assert f"{viewer}built/viewer.js" in held
    assert wanted - held - not_for_users == set()


def test_wheel_holds_nothing_else(wheel):
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)


def test_wheel_says_what_it_is(wheel):
    archive = zipfile.ZipFile(wheel)
    names = {name.split("/", 1)[1]: name for name in archive.namelist() if ".dist-info/" in name}
    assert "omlint = linter.__main__:run" in archive.read(names["entry_points.txt"]).decode()
    metadata = archive.read(names["METADATA"]).decode()
    for line in ("Name: omlint", "License-Expression: Apache-2.0", "Requires-Python: >=3.11"):
        assert line in metadata
    for extra in ("tf", "onnx", "all", "dev"):
        assert f"Provides-Extra: {extra}" in metadata
    assert "licenses/LICENSE" in names


@pytest.mark.skipif("OMLINT_COMMAND" not in os.environ, reason="no installed command to try")
def test_installed_command_checks_without_extras(tmp_path):
    command = os.environ["OMLINT_COMMAND"]
    python = str(Path(command).with_name("python"))
    graph = tmp_path / "graph.pb"
    maker = Path(__file__).with_name("make_graph.py")
    subprocess.run([python, str(maker), str(graph)], check=True)
    done = subprocess.run([command, "check", str(graph)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "CONVERTIBLE" in done.stdout
    fixed = subprocess.run(
        [command, "fix", str(graph), "-o", str(tmp_path / "out.pb")], capture_output=True, text=True
    )
    assert fixed.returncode == 0, fixed.stderr
    assert (tmp_path / "out.pb").read_bytes() == graph.read_bytes()

"""What a command loads: `check` must stay light, and only the worker knows TensorFlow."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HEAVY = ("jinja2", "keras", "networkx", "numpy", "onnx", "rich", "tabulate", "tensorboard")
NEVER = ("tensorflow", "tf2onnx")
GRAPH = """
x = Placeholder : float32[2,3]
w = Const : float32[3,4] = 0.5
matmul = MatMul(x, w)
checked = CheckNumerics(matmul) {message="m"}
relu = AddV2(checked, checked)
"""
CHECK = """
import sys
from linter.cli.main import main
code = main(["check", sys.argv[1], *sys.argv[2:], "--format", "json:" + sys.argv[1] + ".json"])
print(code, *sorted(name for name in sys.modules if "." not in name))
"""


@pytest.fixture
def graph(tmp_path):
    from linter.io.graphtext import parse
    from linter.io.writer import write

    path = tmp_path / "graph.pb"
    write(parse(GRAPH), path)
    return path


def modules(graph: Path, *flags: str) -> tuple[int, set[str]]:
    """Exit code, and the top-level modules of a fresh interpreter that has run ``check``."""
    done = subprocess.run(
        [sys.executable, "-c", CHECK, str(graph), *flags],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    code, *names = done.stdout.split()
    return int(code), set(names)


def test_a_clean_check_loads_nothing_heavy(graph):
    code, names = modules(graph)
    assert code == 0
    assert not names & {*HEAVY, *NEVER}


def test_a_blocked_check_loads_no_tensorflow(graph):
    """It plans the rewrites, which may need numpy, but never TensorFlow."""
    code, names = modules(graph, "--target", "omg@hilens-2021-09/Ascend310")
    assert code == 1
    assert not names & {"tensorflow", "keras", "tf2onnx", "rich", "jinja2"}


@pytest.mark.parametrize("package", ["linter", "rules", "opdb"])
def test_public_modules_say_what_they_offer(package):
    missing = [
        str(path.relative_to(ROOT))
        for path in (ROOT / package).rglob("*.py")
        if not path.name.startswith("_") and not _declares_all(path)
    ]
    assert missing == []


def _declares_all(path: Path) -> bool:
    tree = ast.parse(path.read_text("utf-8"))
    return any(
        isinstance(statement, ast.Assign)
        and any(isinstance(t, ast.Name) and t.id == "__all__" for t in statement.targets)
        for statement in tree.body
    )


@pytest.mark.parametrize("package", ["linter", "rules", "opdb"])
def test_what_a_module_offers_exists(package):
    import importlib

    for path in sorted((ROOT / package).rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        if "worker" in name or path.name.startswith("_"):
            continue
        module = importlib.import_module(name)
        for entry in getattr(module, "__all__", ()):
            assert hasattr(module, entry), f"{name}.{entry}"


def test_start_up_check_knows_our_packages():
    """The start-up check looks for the name omlint in both files."""
    for package in ("rules", "opdb"):
        assert "omlint" in (ROOT / package / "__init__.py").read_text("utf-8")


@pytest.mark.parametrize("package", ["linter", "rules", "opdb"])
def test_every_package_says_what_it_is_for_and_what_not(package):
    for door in sorted((ROOT / package).rglob("__init__.py")):
        text = ast.get_docstring(ast.parse(door.read_text("utf-8"))) or ""
        summary, _, rest = text.partition("\n\n")
        assert summary.endswith("."), door
        assert rest, f"{door}: one line does not say what may not be in the room"


@pytest.mark.parametrize(
    ("words", "home"),
    [
        (
            {"subprocess", "multiprocessing", "fork", "forkpty", "killpg", "execv", "posix_spawn"},
            "linter/process/group.py",
        ),
        ({"NamedTemporaryFile", "mkstemp", "mkdtemp", "mktemp"}, "opdb/atomic.py"),
    ],
)
def test_what_has_one_home_is_done_there(words, home):
    """Children are started and files are replaced in one module each."""
    found = {
        (str(path.relative_to(ROOT)), name)
        for package in ("linter", "rules", "opdb")
        for path in (ROOT / package).rglob("*.py")
        for name in _names(path) & words
    }
    assert {(path, name) for path, name in found if path != home} <= {
        ("linter/config/userrules/python/process.py", "fork")  # the one of group.py
    }


def _names(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Attribute):
            names.add(node.attr)
        elif isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names.update(alias.name for alias in node.names)
            names.add(getattr(node, "module", None) or "")
    return names


def test_no_test_measures_time():
    """What a machine is busy with besides would decide over it; tests/effort.py counts work."""
    clocks = {"perf_counter", "perf_counter_ns", "process_time", "process_time_ns", "thread_time"}
    tests = ROOT / "tests"
    assert {
        str(path.relative_to(tests)): found
        for path in tests.rglob("*.py")
        if path != Path(__file__) and (found := _names(path) & clocks)
    } == {}

"""Whatever is wrong: one sentence on stderr, the right exit code, nothing half done.

Runs the command as a process; ``OMLINT_COMMAND`` names the installed one.
"""

from __future__ import annotations

import os
import re
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from sample_graphs import write_graph

USAGE, UNREADABLE = 2, 3


def one_sentence(result, code: int) -> str:
    """The only line on stderr, after the checks that hold for every fault."""
    assert result.returncode == code, (result.returncode, result.stdout, result.stderr)
    assert "Traceback" not in result.stderr
    lines = result.stderr.splitlines()
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("omlint: error: ")
    return lines[0].removeprefix("omlint: error: ")


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    return write_graph(tmp_path / "graph.pb")


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(b"\0\0"))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + pixels + chunk(b"IEND", b"")


LFS = (
    b"version https://git-lfs.github.com/spec/v1\n"
    b"oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\n"
    b"size 12345\n"
)


@pytest.mark.parametrize("command", ["check", "inspect", "fix", "convert", "freeze"])
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "no such file"),
        (b"", "empty"),
        (os.urandom(64), ""),
        (png(), "PNG"),
        (LFS, "Git-LFS pointer"),
    ],
    ids=["missing", "empty", "random", "png", "git-lfs"],
)
def test_unreadable(command, content, says, omlint, tmp_path):
    model = tmp_path / "model.pb"
    if content is not None:
        model.write_bytes(content)
    rest = {"convert": ["-o", "out"]}.get(command, [])
    if command in ("fix", "freeze"):
        rest = ["-o", "out.pb"]
    sentence = one_sentence(omlint(command, "model.pb", *rest), UNREADABLE)
    assert sentence.startswith("model.pb: ")
    assert sentence.count("model.pb") == 1
    assert says in sentence
    assert [path.name for path in tmp_path.iterdir()] == ([] if content is None else ["model.pb"])
    if content is not None:
        assert model.read_bytes() == content


def test_a_frozen_graph_is_not_frozen_again(omlint, graph):
    sentence = one_sentence(omlint("freeze", graph.name, "-o", "out.pb"), UNREADABLE)
    assert "frozen already" in sentence


def test_truncated(omlint, tmp_path, graph):
    content = graph.read_bytes()
    graph.write_bytes(content[:-3])
    sentence = one_sentence(omlint("check", graph), UNREADABLE)
    assert "truncated" in sentence or "ends" in sentence
    assert graph.read_bytes() == content[:-3]


def test_folder_without_saved_model(omlint, tmp_path):
    (tmp_path / "folder").mkdir()
    assert "saved_model.pb" in one_sentence(omlint("check", "folder"), UNREADABLE)


def test_folder_that_holds_something_else(omlint, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "notes.txt").write_text("nothing")
    one_sentence(omlint("check", "folder"), UNREADABLE)


def test_lone_saved_model_file_without_tensorflow(omlint, tmp_path):
    """The file is recognised; without the extra the sentence says what to install."""
    (tmp_path / "saved_model.pb").write_bytes(bytes.fromhex("0801120a0a001206080012020800"))
    result = omlint("check", "saved_model.pb", env={"PYTHONPATH": _without_tensorflow(tmp_path)})
    assert result.returncode in (USAGE, UNREADABLE)
    assert "Traceback" not in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("atx@8.1.RC1/Ascend310", "unknown tool 'atx'; did you mean atc"),
        ("atc@8.1.RC9/Ascend310", "did you mean 8.1.RC1"),
        ("atc@8.1.RC1/Ascend311", "did you mean"),
        ("Ascend310X", "did you mean"),
        ("atc@8.1.RC1", "names no SoC"),
        ("", ""),
    ],
)
@pytest.mark.parametrize("command", ["check", "ops"])
def test_unknown_target(command, target, says, omlint, graph):
    subject = graph if command == "check" else "Relu"
    assert says in one_sentence(omlint(command, subject, "--target", target), USAGE)


@pytest.mark.parametrize(
    ("flag", "says"),
    [
        (["--input-shape", "“x:2,3”"], "the typographic quote “"),
        (["--input-shape", "x:2,b"], "has the size 'b'"),
        (["--input-shape", "x"], "has no colon"),
        (["--input-shape", "xx:2,3"], "no node 'xx'"),
        (["--outputs", "relo"], "near it: relu"),
        (["--outputs", "relu:7"], "relu"),
        (["--outputs", "relu:x"], "is not NAME:INDEX"),
        (["--format", "pdf"], "there are: text, concise, json"),
        (["--format", "json:nowhere/report.json"], "there is no folder nowhere"),
        (["--fail-on", "always"], "'always' is not one of"),
        (["--bogus"], "No such option"),
        (["-q", "-v"], "exclude each other"),
    ],
)
def test_bad_flag(flag, says, omlint, graph, tmp_path):
    before = graph.read_bytes()
    result = omlint("check", graph, *flag)
    assert says in one_sentence(result, USAGE)
    assert result.stdout == ""
    assert graph.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["graph.pb"]


def test_usage_stops_before_other_models_are_reported(omlint, graph):
    result = omlint("check", "missing.pb", graph, "--outputs", "nothing_like_it")
    one_sentence(result, USAGE)
    assert result.stdout == ""


def test_unknown_command_and_no_command(omlint):
    assert "near it: check" in one_sentence(omlint("chekc"), USAGE)
    assert omlint().returncode == 2


def test_check_without_a_model(omlint):
    assert "MODEL" in one_sentence(omlint("check"), USAGE)


def test_ops_unknown(omlint):
    assert re.search(r"near it: .*\bRelu\b", one_sentence(omlint("ops", "Relux"), USAGE))


def test_explain_unknown(omlint):
    assert "OPS001" in one_sentence(omlint("explain", "OPS01"), USAGE)


def test_several_models_go_on_after_an_unreadable_one(omlint, graph):
    result = omlint("check", "missing.pb", graph)
    assert result.returncode == UNREADABLE
    assert len(result.stderr.splitlines()) == 1
    assert "graph.pb" in result.stdout
    assert "CONVERTIBLE" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["fix", "graph.pb", "-o", "graph.pb"], "is the input"),
        (["fix", "graph.pb", "-o", "./graph.pb"], "is the input"),
        (["fix", "graph.pb", "-o", "link.pb"], "is the input"),
        (["convert", "graph.pb", "-o", "graph"], "is the input"),
        (["check", "graph.pb", "--format", "json:graph.pb"], "is the input"),
        (["fix", "graph.pb", "-o", "nowhere/out.pb"], "there is no folder nowhere"),
        (["fix", "graph.pb", "-o", "folder"], "it is a folder"),
        (["convert", "graph.pb", "-o", "nowhere/out"], "there is no folder nowhere"),
        (["fix", "graph.pb"], "one of -o OUT.pb, --in-place, --diff, --plan and --why"),
        (["fix", "graph.pb", "-o", "out.pb", "--in-place"], "given: -o and --in-place"),
        (["fix", "graph.pb", "--plan", "--select", "XYZ"], "no rewrite has such a code"),
        (["convert", "graph.pb", "other.pb", "-o", "out"], "takes one MODEL"),
        (["convert", "graph.pb", "-o", "out", "--atc", "'"], "cannot be split"),
        (["convert", "graph.pb", "-o", "out", "--", "--soc_version=X"], "--soc_version"),
        (["convert", "graph.pb", "-o", "o u t"], "' '"),
        (["freeze", "graph.pb", "-o", "folder"], "it is a folder"),
    ],
)
def test_bad_output(arguments, says, omlint, graph, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "link.pb").symlink_to("graph.pb")
    before = graph.read_bytes()
    names = sorted(path.name for path in tmp_path.iterdir())
    assert says in one_sentence(omlint(*arguments), USAGE)
    assert graph.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == names


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_unwritable_folder(omlint, graph, tmp_path):
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o500)
    one_sentence(omlint("fix", graph, "-o", folder / "out.pb"), USAGE)


def test_reader_that_goes_away(omlint, graph):
    """``omlint check … | head -0``: quiet, and the exit code is the one of the findings."""
    read, write = os.pipe()
    os.close(read)
    result = omlint("check", graph, capture_output=False, stdout=write, stderr=subprocess.PIPE)
    os.close(write)
    assert result.returncode == 0
    assert result.stderr == ""


def test_stdout_closed(omlint, graph):
    result = omlint(
        "check",
        graph,
        capture_output=False,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: os.close(1),
    )
    assert result.returncode == 0
    assert result.stderr == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_full_disk(omlint, graph):
    with Path("/dev/full").open("wb") as full:
        result = omlint("check", graph, capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert result.returncode == UNREADABLE
    assert "could not be written" in result.stderr
    assert "Traceback" not in result.stderr


def test_internal_fault_has_no_traceback_unless_asked(omlint, graph, tmp_path):
    if os.environ.get("OMLINT_COMMAND"):
        pytest.skip("the installed command cannot be broken on purpose")
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "sitecustomize.py").write_text(
        "import sys\nimport types\nmodule = types.ModuleType('linter.api')\n"
        "sys.modules['linter.api'] = module\n"
        "module.__getattr__ = lambda name: 1 // 0\n"
    )
    path = os.pathsep.join([str(broken), str(Path(__file__).parents[3])])
    command = [sys.executable, "-m", "linter", "check", str(graph)]
    environment = {**os.environ, "PYTHONPATH": path}
    quiet = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert "internal error: ZeroDivisionError" in one_sentence(quiet, UNREADABLE)
    environment["OMLINT_DEBUG"] = "1"
    loud = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert re.search(r"^Traceback", loud.stderr, re.MULTILINE)
    assert loud.returncode == UNREADABLE


def _without_tensorflow(folder: Path) -> str:
    """A path on which tensorflow cannot be found."""
    hidden = folder / "hidden"
    hidden.mkdir()
    (hidden / "sitecustomize.py").write_text(
        "import importlib.util\nfind = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name, package=None: "
        "None if name == 'tensorflow' else find(name, package)\n"
    )
    parts = [str(hidden)]
    if not os.environ.get("OMLINT_COMMAND"):
        parts.append(str(Path(__file__).parents[3]))
    return os.pathsep.join(parts)

"""The stand-in compiler against the table of situations that it imitates."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

ATC = Path(__file__).resolve().parent / "atc"

PLACEHOLDER = (
    # name x, op, attr dtype = float32, attr shape = [-1, 4]
    b"\x0a\x01x\x12\x0bPlaceholder"
    b"\x2a\x0b\x0a\x05dtype\x12\x02\x30\x01"
    b"\x2a\x1c\x0a\x05shape\x12\x13\x3a\x11\x12\x0b\x08" + b"\xff" * 9 + b"\x01\x12\x02\x08\x04"
)


def node(name: str, op: str, *inputs: str) -> bytes:
    parts = ((1, name), (2, op), *((3, text) for text in inputs))
    return b"".join(bytes([n << 3 | 2, len(t)]) + t.encode() for n, t in parts)


def graph(*nodes: bytes) -> bytes:
    return b"".join(b"\x0a" + bytes([len(n)]) + n for n in nodes)


CHAIN = graph(PLACEHOLDER, node("y", "Relu", "x"), node("z", "Neg", "y"))
FIXED = {"input_shape": "x:1,4"}


def run(folder: Path, data: bytes, flags: dict[str, str], **settings: str) -> tuple[int, str]:
    """Exit status, and the output with standard error first."""
    (folder / "m.pb").write_bytes(data)
    given = {"model": "m.pb", "framework": "3", "output": "m", "soc_version": "Ascend310"} | flags
    environ = {"PATH": os.environ["PATH"]}
    environ |= {f"STAND_IN_{key}": value for key, value in settings.items()}
    words = [f"--{name}={value}" for name, value in given.items() if value != "absent"]
    done = subprocess.run(
        [str(ATC), *words], cwd=folder, env=environ, capture_output=True, text=True
    )
    return done.returncode, done.stderr + done.stdout


@pytest.mark.parametrize(
    ("flags", "code"),
    [
        ({"framework": "absent"}, "E10007"),
        ({"framework": "9"}, "E10007"),
        ({"op_debug_level": "x"}, "E10003"),
        ({"precision_mode": "fp8"}, "E10001"),
        ({"log": "bad"}, "E10010"),
        ({"soc_version": ""}, "E10054"),
        ({"output": "absent"}, "E10054"),
        ({"model": "no.pb"}, "E10001"),
        ({"output": "dir/"}, "E10022"),
        ({"input_format": "nhwc"}, "E10001"),
        ({"input_shape": "x"}, "E10002"),
        ({"input_shape": "x:0,4"}, "E10011"),
        ({"input_shape": "x:9999999999,4"}, "E10013"),
        ({"dynamic_dims": "1", "dynamic_batch_size": "1,2"}, "E10009"),
        ({"dynamic_batch_size": "1,2", "input_shape": "x:1,4"}, "E10031"),
        ({"precision_mode": "force_fp32", "precision_mode_v2": "fp16"}, "E10056"),
        ({"soc_version": "310P3"}, "E20101"),
        ({"out_nodes": "z"}, "E10001"),
        ({"out_nodes": "w:0"}, "E10016"),
        ({"out_nodes": "z:9"}, "E10003"),
        ({"input_shape": "w:1"}, "E10016"),
        ({"input_shape": "y:-1,4"}, "E10017"),
        ({}, "E10001"),
        ({"mode": "1", "om": ""}, "E10004"),
    ],
)
def test_refused(tmp_path: Path, flags: dict[str, str], code: str) -> None:
    status, text = run(tmp_path, CHAIN, flags)

    assert status == 255
    assert f"{code}: " in text
    assert "ATC run failed" in text
    assert not (tmp_path / "m.om").exists()


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"UNKNOWN_OPS": "Neg"}, "E10501"),
        ({"NO_CALLBACK": "Neg"}, "E19010"),
        ({"SHAPE_FAILS": "Neg"}, "EZ9999"),
        ({"NO_KERNEL": "Neg,Relu"}, "EZ3003"),
        ({"REFUSED": "Neg"}, "EZ3002"),
        ({"BUILD_FAILS": "Neg"}, "E40021"),
    ],
)
def test_ops_that_do_not_convert(tmp_path: Path, settings: dict[str, str], code: str) -> None:
    status, text = run(tmp_path, CHAIN, FIXED, **settings)

    assert status == 255
    assert f"{code}: " in text


def test_ops_outside_the_named_outputs_do_not_matter(tmp_path: Path) -> None:
    status, _ = run(tmp_path, CHAIN, FIXED | {"out_nodes": "y:0"}, UNKNOWN_OPS="Neg")

    assert status == 0


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "E19015"),
        (b"\xff\xff\xff", "E19005"),
        (graph(node("a", "Add", "b"), node("b", "Neg", "a")), "E19014"),
        (graph(node("a", "Neg", "b"), node("b", "Neg", "a")), "E19999"),
    ],
)
def test_broken_graphs(tmp_path: Path, data: bytes, code: str) -> None:
    status, text = run(tmp_path, data, {})

    assert status == 255
    assert f"{code}: " in text


@pytest.mark.parametrize("generation", ["A", "B", "C"])
def test_success(tmp_path: Path, generation: str) -> None:
    status, text = run(tmp_path, CHAIN, FIXED, AICPU="Neg", GENERATION=generation)

    assert status == 0
    assert "ATC run success" in text
    assert "W11001" in text
    assert (tmp_path / "m.om").read_bytes().startswith(b"IMOD")


def test_pre_check_writes_its_report_only(tmp_path: Path) -> None:
    status, _ = run(tmp_path, CHAIN, FIXED | {"mode": "3"})

    assert status == 0
    assert not (tmp_path / "m.om").exists()
    report = json.loads((tmp_path / "check_result.json").read_text(encoding="utf-8"))
    assert report["result"] == "success"


def test_json_of_a_graph(tmp_path: Path) -> None:
    status, _ = run(tmp_path, CHAIN, {"mode": "1", "om": "m.pb", "json": "m.json"})

    assert status == 0
    nodes = json.loads((tmp_path / "m.json").read_text(encoding="utf-8"))["node"]
    assert [item["op"] for item in nodes] == ["Placeholder", "Relu", "Neg"]


def test_help_and_unknown_words(tmp_path: Path) -> None:
    assert run(tmp_path, CHAIN, {"help": ""})[0] == 0
    status, text = run(tmp_path, CHAIN, {"nonsense": "1"})
    assert status == 255
    assert text.startswith("ERROR: ")


def test_loader(tmp_path: Path) -> None:
    status, text = run(tmp_path, CHAIN, FIXED, LOADER="libascend_hal.so")

    assert status == 127
    assert "ATC" not in text

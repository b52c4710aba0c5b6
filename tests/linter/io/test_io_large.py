"""Large inputs: little memory, little time, however much of the file is payload."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from effort import lines_of

from linter.io.messages import GraphDef
from linter.io.reader import load

ROOT = Path(__file__).resolve().parents[3]


def varint(value):
    out = b""
    while value >= 0x80:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def field(number, length):
    return varint(number << 3 | 2) + varint(length)


def sparse_graph(path, *, consts, nbytes):
    """A graph of ``consts`` constants of ``nbytes`` each, whose payloads are holes."""
    with path.open("wb") as stream:
        for index in range(consts):
            head = GraphDef()
            node = head.node.add(name=f"w{index}", op="Const")
            node.attr["dtype"].type = 1
            tensor = GraphDef().node.add().attr["v"].tensor
            tensor.dtype = 1
            tensor.tensor_shape.dim.add(size=nbytes // 4)
            inner = tensor.SerializeToString() + field(4, nbytes)
            value = field(8, len(inner) + nbytes) + inner
            entry = field(1, 5) + b"value" + field(2, len(value) + nbytes) + value
            body = node.SerializeToString() + field(5, len(entry) + nbytes) + entry
            stream.write(field(1, len(body) + nbytes) + body)
            stream.seek(nbytes, 1)
            for op in ("Relu", "Tanh"):
                after = GraphDef()
                after.node.add(name=f"{op}{index}", op=op, input=[f"w{index}"]).attr["T"].type = 1
                stream.write(after.SerializeToString())
        stream.write(b"\x22\x03\x08\xb8\x03")


_LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (600 << 20, 600 << 20))
from linter.graph import Node
from linter.io.reader import load
from linter.io.writer import write
model = load(sys.argv[1])
assert len(model.main) == 300, len(model.main)
value = model.main["w7"].attrs["value"]
assert value.nbytes == 15_000_000 and value.shape == (3_750_000,)
assert value.array().max() == 0
model.main.replace_nodes(
    n.replace(op="Elu") if n.op == "Relu" and n.position < 31 else n for n in model.main
)
write(model, sys.argv[2], digest=False)
assert load(sys.argv[2]).main["Relu3"].op == "Elu"
# Not ru_maxrss, which a process inherits from the one that started it.
status = open("/proc/self/status").read()
peak = int(status.partition("VmHWM:")[2].split()[0])
assert peak < 100 << 10, peak
"""


def test_sparse_file_of_one_and_a_half_gigabytes(tmp_path):
    path = tmp_path / "large.pb"
    sparse_graph(path, consts=100, nbytes=15_000_000)
    assert path.stat().st_size > 1_500_000_000
    if path.stat().st_blocks * 512 > 100 << 20:
        pytest.skip("the file system has no sparse files")
    free = __import__("shutil").disk_usage(tmp_path).free
    if free < 3 << 30:
        pytest.skip("not enough room on the disk for the copy")
    done = subprocess.run(
        [sys.executable, "-c", _LIMITED, str(path), str(tmp_path / "out.pb")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    (tmp_path / "out.pb").unlink(missing_ok=True)
    assert done.returncode == 0, done.stderr


def test_loading_does_not_read_the_payload(tmp_path, monkeypatch):
    path = tmp_path / "m.pb"
    sparse_graph(path, consts=4, nbytes=64_000_000)
    read = []
    real = os.pread

    def pread(fd, length, offset):
        data = real(fd, length, offset)
        read.append(len(data))
        return data

    monkeypatch.setattr(os, "pread", pread)
    load(path)
    assert path.stat().st_size > 250_000_000
    assert 0 < sum(read) < 1 << 20


def test_work_grows_linearly():
    """Ten times the nodes are ten times the work."""
    from linter.io.reader import from_bytes

    def graph(count):
        message = GraphDef()
        for index in range(count):
            node = message.node.add(name=f"n{index}", op="Relu")
            if index:
                node.input.append(f"n{index - 1}")
            node.attr["T"].type = 1
        return message.SerializeToString()

    def lines(count):
        data = graph(count)
        return lines_of(lambda: from_bytes(data))

    assert lines(20_000) < 11 * lines(2_000)

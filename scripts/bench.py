"""Measure omlint against what it is compared with, in one run, and print the ratios.

Every figure is the best of several runs of a whole process, except where it says otherwise. Run it
on a machine that does nothing else. Exit code 1 when a bound is exceeded.

Usage: python scripts/bench.py [--quick] [--folder DIR]
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

MIB = 1 << 20
LAYERS = 100
OMG = "omg@hilens-2021-09/Ascend310"


@dataclass(frozen=True)
class Bound:
    """One line of the table.

    Attributes:
        what: the work and what it is measured against.
        value: the measured ratio, or MiB.
        limit: what it may be at most; ``None`` for a figure that is only shown.
        detail: the two times behind a ratio.
    """

    what: str
    value: float
    limit: float | None
    detail: str

    @property
    def exceeded(self) -> bool:
        """Whether there is a limit and it is not kept."""
        return self.limit is not None and self.value > self.limit

    def line(self) -> str:
        """The row as text."""
        limit = "" if self.limit is None else f"<= {self.limit:.3f}"
        verdict = "OVER" if self.exceeded else "ok" if limit else ""
        return f"{self.what:<62} {self.value:>9.3f}  {limit:<10} {verdict:<5} {self.detail}"


def environment(folder: Path) -> dict[str, str]:
    """Child processes keep compiled modules, as an installed package has them."""
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    return {
        **kept,
        "PYTHONPATH": str(ROOT),
        "PYTHONPYCACHEPREFIX": str(folder / "bytecode"),
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }


def best(command: list[str], folder: Path, runs: int = 5) -> float:
    """Seconds of the quickest of several runs, after one that warms up."""
    times = []
    for _ in range(runs + 1):
        started = time.perf_counter()
        subprocess.run(
            command, env=environment(folder), cwd=folder, check=True, capture_output=True
        )
        times.append(time.perf_counter() - started)
    return min(times[1:])


def timed(work: Callable[[], object]) -> float:
    """Seconds of one call."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def peak_mib(arguments: list[str], folder: Path) -> tuple[float, float]:
    """Seconds and peak resident memory of one run of omlint.

    The child asks for its own peak: what ``wait4`` says holds that of its parent, too.
    """
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, *arguments],
        env=environment(folder),
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    return time.perf_counter() - started, float(done.stderr.split()[-1]) / 1024


# -- graphs ----------------------------------------------------------------------------------------


def chain_text(nodes: int) -> str:
    """A network-like graph: blocks of Conv2D, BiasAdd, Relu and their constants."""
    lines = ["x0 = Placeholder : float32[1,16,16,8]"]
    value = "x0"
    for block in range((nodes - 1) // 5):
        lines += [
            f"k{block} = Const : float32[1,1,8,8] = 0.1",
            f'c{block} = Conv2D({value}, k{block}) {{strides=[1, 1, 1, 1], padding="SAME"}}',
            f"b{block} = Const : float32[8] = 0.0",
            f"a{block} = BiasAdd(c{block}, b{block})",
            f"r{block} = Relu(a{block})",
        ]
        value = f"r{block}"
    return "\n".join(lines)


def write_chain(path: Path, nodes: int) -> Path:
    """A graph of about ``nodes`` nodes."""
    from linter.io.graphtext import parse
    from linter.io.writer import write

    write(parse(chain_text(nodes)), path)
    return path


def varint(number: int) -> bytes:
    """A protobuf varint."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def block(number: int, body: bytes) -> bytes:
    """A length-delimited field."""
    return varint(number << 3 | 2) + varint(len(body)) + body


def attr(name: str, value: bytes) -> bytes:
    """One entry of a node's attributes."""
    return block(5, block(1, name.encode()) + block(2, value))


def node(name: str, op: str, *inputs: str, attrs: bytes = b"") -> bytes:
    """A NodeDef without the outer field."""
    named = b"".join(block(3, text.encode()) for text in inputs)
    return block(1, name.encode()) + block(2, op.encode()) + named + attrs


FLOAT = b"\x30\x01"


def heavy_pieces(nbytes: int) -> Iterator[bytes | int]:
    """A graph of 301 nodes with ``nbytes`` of weights: bytes, or how many bytes of weights."""
    size = nbytes // LAYERS // 4
    shape = block(2, varint(1 << 3) + varint(size))
    dtype = attr("dtype", FLOAT)
    yield block(1, node("x", "Placeholder", attrs=dtype + attr("shape", block(7, shape))))
    value = "x"
    for layer in range(LAYERS):
        # tensor: dtype, shape, then tensor_content, whose bytes are written by the caller
        head = b"\x08\x01" + block(2, shape) + varint(4 << 3 | 2) + varint(size * 4)
        tensor = varint(8 << 3 | 2) + varint(len(head) + size * 4) + head
        entry = block(1, b"value") + varint(2 << 3 | 2) + varint(len(tensor) + size * 4) + tensor
        value_attr = varint(5 << 3 | 2) + varint(len(entry) + size * 4) + entry
        body = node(f"w{layer}", "Const", attrs=dtype) + value_attr
        yield varint(1 << 3 | 2) + varint(len(body) + size * 4) + body
        yield size * 4
        op = "AddV2" if layer % 10 == 0 else "Mul"
        typed = attr("T", FLOAT)
        yield block(1, node(f"m{layer}", op, value, f"w{layer}", attrs=typed))
        yield block(1, node(f"r{layer}", "Relu", f"m{layer}", attrs=typed))
        value = f"r{layer}"


def write_heavy(path: Path, nbytes: int, *, sparse: bool) -> Path:
    """The heavy graph; sparse weights are holes that take no space."""
    noise = os.urandom(MIB)
    with path.open("wb") as file:
        for piece in heavy_pieces(nbytes):
            if isinstance(piece, bytes):
                file.write(piece)
            elif sparse:
                file.seek(piece, os.SEEK_CUR)
            else:
                for start in range(0, piece, MIB):
                    file.write(noise[: min(MIB, piece - start)])
    return path


# -- work ------------------------------------------------------------------------------------------

LOAD = """
import sys, time
from linter.io.reader import load
import linter.judge
started = time.perf_counter()
model = load(sys.argv[1])
print(time.perf_counter() - started, len(model.main))
"""

PARSE = """
import sys, time
from linter.io.messages import GraphDef
data = open(sys.argv[1], "rb").read()
started = time.perf_counter()
graph = GraphDef.FromString(data)
total = 0
for node in graph.node:
    total += len(node.name) + len(node.op) + sum(len(text) for text in node.input)
    for name, value in node.attr.items():
        total += len(name) + len(value.WhichOneof("value") or "")
print(time.perf_counter() - started, len(graph.node))
"""

REWRITE = """
import sys
from linter.rewrite.engine import RewriteOptions, rewrite
from linter.io.reader import load
from linter.io.writer import write
from linter.judge import make_judge
from opdb.query import open_database
from opdb.target import parse_target
from rules.registry import rewrite_rules
database = open_database(parse_target("omg@hilens-2021-09/Ascend310"))
options = RewriteOptions(select=("RWS010",))
done = rewrite(rewrite_rules(), load(sys.argv[1]), lambda m: make_judge(m, database), options)
assert len(done.rewrites) == 10
write(done.model, sys.argv[2], digest=False)
"""

MEASURED = """
import re, sys
from linter.cli.main import main
code = main(sys.argv[1:])
peak = re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read()).group(1)
print(peak, file=sys.stderr)
sys.exit(code if code > 1 else 0)
"""

LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (600 << 20, 600 << 20))
from linter.cli.main import main
sys.exit(main(["check", "-q", sys.argv[1]]))
"""


def inside(script: str, path: Path, folder: Path, runs: int = 3) -> float:
    """The seconds that a script measured itself; the best of several processes."""
    times = []
    for _ in range(runs):
        done = subprocess.run(
            [sys.executable, "-c", script, str(path)],
            env=environment(folder),
            check=True,
            capture_output=True,
            text=True,
        )
        times.append(float(done.stdout.split()[0]))
    return min(times)


def start_up(folder: Path) -> Iterator[Bound]:
    """Check of 1,000 nodes, whole process."""
    graph = write_chain(folder / "thousand.pb", 1000)
    ours = best([sys.executable, "-m", "linter", "check", str(graph)], folder)
    networkx = best([sys.executable, "-c", "import networkx"], folder)
    tensorflow = best([sys.executable, "-c", "import tensorflow"], folder, runs=3)
    yield ratio("check of 1,000 nodes / import tensorflow", ours, tensorflow, 1 / 6)
    yield ratio("check of 1,000 nodes / import networkx", ours, networkx, 2.5)


def growth(folder: Path, nodes: int) -> Iterator[Bound]:
    """Check of 100,000 nodes against protobuf, and against a quarter of them."""
    large = write_chain(folder / "large.pb", nodes)
    small = write_chain(folder / "small.pb", nodes // 4)
    command = [sys.executable, "-m", "linter", "check", "-q"]
    ours, quarter = (best([*command, str(path)], folder, runs=2) for path in (large, small))
    parsed = inside(PARSE, large, folder)
    yield ratio(f"check of {nodes:,} nodes / protobuf parse and walk", ours, parsed, 12)
    yield ratio(f"check of {nodes:,} nodes / of a quarter of them", ours, quarter, 4.6)


def heavy(folder: Path, nbytes: int) -> Iterator[Bound]:
    """Reading and rewriting a graph whose weights are nearly all of it."""
    graph = write_heavy(folder / "heavy.pb", nbytes, sparse=False)
    size = f"{nbytes / 1e9:.1f} GB"
    loaded = inside(LOAD, graph, folder)
    parsed = inside(PARSE, graph, folder, runs=1)
    yield ratio(f"load {size}, 301 nodes / ParseFromString", loaded, parsed, 1 / 100)
    copied = min(
        timed(lambda: subprocess.run(["cp", str(graph), str(folder / "copy.pb")], check=True))
        for _ in range(2)
    )
    (folder / "copy.pb").unlink()
    rewritten = best([sys.executable, "-c", REWRITE, str(graph), "out.pb"], folder, runs=2)
    yield ratio(f"read, rewrite 10 nodes of {size}, write / cp", rewritten, copied, 2.5)
    arguments = ["fix", str(graph), "-o", str(folder / "out.pb"), "--target", OMG]
    arguments += ["--no-verify", "--select", "RWS010", "-q"]
    fixed, memory = min(peak_mib(arguments, folder) for _ in range(2))
    (folder / "out.pb").unlink()
    yield Bound("omlint fix of the same: peak memory in MiB", memory, 100, "")
    # Two digests of 1.9 GB are in the record; they take longer than all the rest.
    yield ratio("omlint fix of the same, with sha256 of both files / cp", fixed, copied, None)
    graph.unlink()


def limited(folder: Path, nbytes: int) -> Iterator[Bound]:
    """Check under a limit of 600 MB of address space."""
    graph = write_heavy(folder / "sparse.pb", nbytes, sparse=True)
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(graph)], env=environment(folder), check=False
    )
    name = f"check of {nbytes / 1e9:.1f} GB under RLIMIT_AS of 600 MB: exit code"
    yield Bound(name, float(done.returncode), 1, "")
    graph.unlink()


def ratio(what: str, ours: float, theirs: float, limit: float | None) -> Bound:
    """A bound on a quotient of two times."""
    return Bound(what, ours / theirs, limit, f"({ours:.3f} s / {theirs:.3f} s)")


def main() -> int:
    """Measure all and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the sizes")
    parser.add_argument("--folder", help="where the graphs go; default a temporary folder")
    options = parser.parse_args()
    scale = 10 if options.quick else 1
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    bounds: list[Bound] = []
    if options.folder is not None:
        Path(options.folder).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=options.folder, prefix="omlint-bench-") as name:
        folder = Path(name)
        for part in (
            start_up(folder),
            growth(folder, 100_000 // scale),
            heavy(folder, 1_900_000_000 // scale),
            limited(folder, 1_500_000_000 // scale),
        ):
            for bound in part:
                bounds.append(bound)
                print(bound.line(), flush=True)
    return int(any(bound.exceeded for bound in bounds))


if __name__ == "__main__":
    sys.exit(main())

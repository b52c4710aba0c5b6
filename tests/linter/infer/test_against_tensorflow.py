"""Dtypes and shapes of real models are those that TensorFlow infers.

A dtype must be TensorFlow's, a shape must not contradict it. Run with ``-s`` to see the coverage.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from linter.graph import Graph, Model, Value
from linter.infer.inference import Inference
from linter.io.reader import load
from opdb.tf_ops import load_op_table

pytestmark = [pytest.mark.models, pytest.mark.tf]

SCRIPT = Path(__file__).with_name("tensorflow_shapes.py")


@pytest.fixture(scope="module")
def inferred(shared_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what TensorFlow says about each model."""
    pytest.importorskip("google.protobuf")
    out = tmp_path_factory.mktemp("shapes")
    command = [sys.executable, str(SCRIPT), str(shared_dir / "models"), str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "No module named 'tensorflow'" in done.stderr:
        pytest.skip("tensorflow is not installed")
    assert done.returncode == 0, done.stderr[-2000:]
    return out


def test_no_contradiction_and_nearly_all_is_known(inferred: Path, shared_dir: Path) -> None:
    counts: dict[str, Counter[str]] = {}
    wrong: list[str] = []
    for path in sorted(inferred.glob("*.json")):
        found = json.loads(path.read_text())
        stored = inferred / found["graph"] if "graph" in found else None
        model = load(stored or shared_dir / "models" / found["file"])
        tally = counts.setdefault(found["tier"], Counter())
        for where, problem in compare(model, found, tally):
            wrong.append(f"{found['file']} {where}: {problem}")
    assert not wrong, "\n".join(wrong[:20])
    assert sum(tally["edges"] for tally in counts.values()) > 40_000
    for tier, tally in counts.items():
        print(f"\n{tier}: {dict(tally)}")
        assert tally["dtype"] >= 0.999 * tally["edges"]
        assert tally["rank"] >= 0.98 * tally["tf_rank"]
        assert tally["axes"] >= 0.98 * tally["tf_axes"]


def compare(model: Model, found: dict[str, Any], tally: Counter[str]) -> Iterator[tuple[str, str]]:
    legacy = found["producer"] <= 21
    main = Inference(model.main, load_op_table(), functions=model.functions, legacy_scalars=legacy)
    yield from differences(main, found["main"], tally, count=True)
    for name, tensors in found["functions"].items():
        body = model.functions[name]
        given = arguments(body, tensors)
        inference = Inference(body, load_op_table(), functions=model.functions, arguments=given)
        yield from differences(inference, tensors, tally, count=False)


def arguments(body: Graph, tensors: list[list[Any]]) -> dict[str, tuple[str | None, Any]]:
    names = {node.name for node in body if node.virtual}
    return {
        name: (dtype, None if dims is None else tuple(dims))
        for name, _, dtype, dims in tensors
        if name in names
    }


def differences(
    inference: Inference, tensors: list[list[Any]], tally: Counter[str], *, count: bool
) -> Iterator[tuple[str, str]]:
    for name, port, dtype, dims in tensors:
        if name not in inference.graph:
            continue  # FuncGraph names the nodes that return values
        value = Value(name, port)
        ours = inference.dtype(value)
        if ours is not None and ours != dtype:
            yield str(value), f"{ours} is {dtype}"
        shape = inference.shape(value)
        if contradicts(shape, dims):
            yield str(value), f"{shape} is {dims}"
        kind = "" if count else "body_"
        tally[f"{kind}edges"] += 1
        tally[f"{kind}dtype"] += ours is not None
        if dims is not None:
            tally[f"{kind}tf_rank"] += 1
            tally[f"{kind}rank"] += shape is not None
            tally[f"{kind}tf_axes"] += sum(size is not None for size in dims)
            pairs = zip(shape or (), dims, strict=False)
            tally[f"{kind}axes"] += sum(a is not None and b is not None for a, b in pairs)


def contradicts(ours: tuple[int | None, ...] | None, dims: list[int | None] | None) -> bool:
    if ours is None or dims is None:
        return False
    pairs = zip(ours, dims, strict=False)
    return len(ours) != len(dims) or any(
        a is not None and b is not None and a != b for a, b in pairs
    )

"""What ``fix`` says of graphs that TensorFlow cannot import."""

from __future__ import annotations

from pathlib import Path

import pytest

from linter.api import fix
from linter.api.importing import import_fault
from linter.io import graphtext
from linter.io.writer import write
from opdb.tf_ops import load_op_table

MENDED = """
w = Const : float32[2] = 0.5
x = Placeholder : float32[2]
r = RefIdentity(w)
y = Mul(x, r)
"""
LEFT = """
x = Placeholder : float32[2]
w = Const : float32[2] = 0.5
y = Mul(x, w) {T=int32}
z = Neg(x)
"""


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("x = Placeholder : float32[2]\ny = Neg(x)", None),
        (LEFT, "input 0 of 'y' is int32, but 'x:0' is float32"),
        ("x = Placeholder : float32[2]\ny = Mul(x) {T=float32}", "'y' (Mul) has 1 inputs"),
    ],
)
def test_what_the_file_tells(text: str, fault: str | None) -> None:
    assert import_fault(graphtext.parse(text), load_op_table()) == fault


def written(text: str, folder: Path) -> str:
    path = str(folder / "model.pb")
    write(graphtext.parse(text), path)
    return path


@pytest.mark.tf
def test_a_mended_graph_is_run_alone(tmp_path: Path) -> None:
    out = tmp_path / "out.pb"
    done = fix(written(MENDED, tmp_path), str(out))
    assert [made.rule for made in done.rewrites] == ["RWS205"]
    assert (done.proof.status, done.proof.failed) == ("unverified", False)
    assert "cannot import the original" in done.proof.note
    assert out.exists()


@pytest.mark.tf
def test_a_graph_that_cannot_be_imported_is_not_called_equal(tmp_path: Path) -> None:
    done = fix(written(LEFT, tmp_path), str(tmp_path / "out.pb"))
    assert done.rewrites == ()
    assert done.proof.status == "unverified"
    assert "cannot import the graph: input 0 of 'y'" in done.proof.note

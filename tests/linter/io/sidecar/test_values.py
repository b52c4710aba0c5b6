"""A comparison in a file: what is kept comes back, and what is damaged is refused."""

from __future__ import annotations

import numpy as np
import pytest

from linter.io.npz import read_arrays, write_arrays
from linter.io.sidecar.values import Feed, Run, read_run, write_run
from linter.results.errors import UsageError
from linter.results.tolerance import Tolerance
from linter.results.verify import FedInput

TOLERANCES = {"": Tolerance(1e-3, 1e-4), "y:0": Tolerance(0.0, 0.0)}
MODELS = (("a.pb", "11"), ("b.pb", "22"))


def texts(*values: bytes) -> np.ndarray:
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found


def run() -> Run:
    feeds = [
        Feed("seed 7", {"x": np.float32([[1, 2]]), "t": texts(b"ab", b"")}, seed=7),
        Feed("huge", {"x": np.float32([[1e30, 0]]), "t": texts(b"", b"c")}, stress=True, edge=True),
        Feed("f.npz", {"x": np.float32([[3, 4]]), "t": texts(b"x", b"y")}, given=True),
    ]
    first = [[np.float32([k, np.nan]), texts(b"o" * k)] for k in range(3)]
    return Run(
        ["y:0", "s:0"],
        "b.pb",
        [FedInput("x", "float32", (1, 2), "numbers"), FedInput("t", "string", (2,))],
        feeds,
        first,
        [{"y:0": np.float32([0, 1]), "s:0": texts(b"")}, {"y:0": np.float32([5, 5])}, {}],
        frozenset({"y:0"}),
        ["a note"],
        ["zeros"],
    )


def same(one: np.ndarray, other: np.ndarray) -> bool:
    if one.dtype.kind == "O":
        return one.tolist() == other.tolist()
    return one.dtype == other.dtype and one.tobytes() == other.tobytes()


def test_what_is_kept_comes_back(tmp_path):
    path, kept = str(tmp_path / "r.npz"), run()
    write_run(path, kept, TOLERANCES, MODELS)
    found, tolerances = read_run(path)
    assert tolerances == TOLERANCES
    plain = ("outputs", "second_label", "inputs", "reached", "notes", "left_out", "seeds")
    for name in plain:
        assert getattr(found, name) == getattr(kept, name), name
    for one, other in zip(kept.feeds, found.feeds, strict=True):
        about = [(f.name, f.seed, f.stress, f.given, f.edge) for f in (one, other)]
        assert about[0] == about[1]
        assert all(same(one.arrays[name], other.arrays[name]) for name in ("x", "t"))
    for k in range(3):
        assert all(map(same, kept.first[k], found.first[k]))
        assert kept.second[k].keys() == found.second[k].keys()
        assert all(same(array, found.second[k][n]) for n, array in kept.second[k].items())


def test_dtypes_that_numpy_lacks_are_kept_as_their_bits(tmp_path):
    """A bfloat16, which NumPy sees as two bytes, comes back as the float32 that it stands for."""
    numbers = np.float32([1.0, -2.5])
    kept = Run(["y:0"], feeds=[Feed("seed 0", {}, seed=0)], second=[{}])
    bits = (numbers.view(np.uint32) >> 16).astype(np.uint16)
    kept.first = [[bits.view(np.dtype([("bfloat16", np.uint16)]))]]
    write_run(str(tmp_path / "r.npz"), kept, {"": Tolerance()}, MODELS)
    found, _ = read_run(str(tmp_path / "r.npz"))
    assert found.first[0][0].tolist() == bits.tolist()


def test_the_bytes_depend_on_the_content_only(tmp_path):
    for name in ("a.npz", "b.npz"):
        write_run(str(tmp_path / name), run(), TOLERANCES, MODELS)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_files_that_were_not_kept_are_refused(tmp_path):
    path = str(tmp_path / "r.npz")
    write_run(path, run(), TOLERANCES, MODELS)
    arrays = read_arrays(path)
    about = arrays.pop("about").tobytes()
    for change, message in (
        ({}, "not a verification that was saved"),
        ({"about": about.replace(b"verification 1", b"verification 9")}, "format 'omlint verif"),
        ({"about": about.replace(b'"reached"', b'"arrived"')}, "a damaged verification"),
        ({"about": about[:-9]}, "a damaged verification"),
    ):
        given = {name: np.frombuffer(text, np.uint8) for name, text in change.items()}
        write_arrays(path, {**arrays, **given})
        with pytest.raises(UsageError, match=message):
            read_run(path)
    write_arrays(path, {"about": np.frombuffer(about, np.uint8)})
    with pytest.raises(UsageError, match="a damaged verification"):
        read_run(path)

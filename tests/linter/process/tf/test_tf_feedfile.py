"""Inputs from outside: what fits a model, and what is refused by name. No TensorFlow."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from linter.process.tf.feedfile import check_feed, read_feed
from linter.results.errors import UsageError
from linter.results.report import InputInfo


def test_arrays_go_by_the_name_of_their_input(tmp_path: Path) -> None:
    np.savez(tmp_path / "f.npz", **{"scope/x:0": np.zeros(2), "y": np.ones(3)})
    found = read_feed(str(tmp_path / "f.npz"))
    assert {name: array.shape for name, array in found.items()} == {"scope/x": (2,), "y": (3,)}
    np.savez(tmp_path / "g.npz", **{"x": np.zeros(2), "x:0": np.zeros(2)})
    with pytest.raises(UsageError, match="x is there twice"):
        read_feed(str(tmp_path / "g.npz"))


INPUTS = (
    InputInfo("image", "float32", (None, 3)),
    InputInfo("ids", "int32", (2,)),
    InputInfo("text", "string", None),
)
FITTING = {
    "image": np.zeros((5, 3)),
    "ids": np.zeros(2, np.int64),
    "text": np.array([b"a"]),
}


def test_feed_that_fits() -> None:
    check_feed("f.npz", FITTING, INPUTS, ["image", "ids", "text"])
    check_feed("f.npz", {**FITTING, "inner": np.zeros(1)}, INPUTS, [*FITTING, "inner"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"Image": np.zeros((5, 3))}, r"no input Image; near it: image"),
        ({"zzz": np.zeros(1)}, r"no input zzz; near it: ids, image, text"),
        ({"image": None}, r"no array for input image float32\[\?,3\]; it holds ids, text"),
        ({"image": np.zeros((5, 4))}, r"float64\[5, 4\] does not fit input image float32\[\?,3\]"),
        ({"image": np.zeros(3)}, r"float64\[3\] does not fit"),
        ({"image": np.array([["a"] * 3])}, "does not fit input image"),
        ({"ids": np.array([b"a", b"b"])}, r"does not fit input ids int32\[2\]"),
        ({"ids": np.array([True, False])}, "does not fit input ids"),
        ({"text": np.zeros(1)}, r"does not fit input text string\[\?\]"),
    ],
)
def test_feed_that_does_not_fit(change: dict[str, np.ndarray | None], message: str) -> None:
    feed = {name: array for name, array in {**FITTING, **change}.items() if array is not None}

    with pytest.raises(UsageError, match=message):
        check_feed("f.npz", feed, INPUTS, ["image", "ids", "text"])

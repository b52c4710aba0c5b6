"""Matrices and places for resizing by interpolation are those of TensorFlow's kernels."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from types import ModuleType

import numpy as np
import pytest

from rules.rewrite.support.interpolation import Resizing, nearest_places, weights

pytestmark = pytest.mark.tf

_SIZES = [
    ((5, 7), (10, 14)),
    ((5, 7), (3, 4)),
    ((4, 4), (9, 3)),
    ((1, 6), (4, 1)),
    ((8, 3), (8, 5)),
]
_FLAGS = [(False, False), (True, False), (False, True)]


@pytest.fixture(scope="module")
def tf() -> Iterator[ModuleType]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield pytest.importorskip("tensorflow")


def _resized(tf: ModuleType, kind: str, resizing: Resizing, image: np.ndarray) -> np.ndarray:
    flags = {"align_corners": resizing.corners}
    if kind != "ResizeArea":
        flags["half_pixel_centers"] = resizing.centres
    with tf.Graph().as_default():
        function = getattr(tf.raw_ops, kind)
        result = function(images=image, size=np.array(resizing.size, np.int32), **flags)
        with tf.compat.v1.Session() as session:
            return np.asarray(session.run(result))


@pytest.mark.parametrize(("corners", "centres"), _FLAGS)
@pytest.mark.parametrize("kind", ["ResizeBilinear", "ResizeBicubic", "ResizeArea"])
def test_matrices_resize_as_the_kernel_does(
    tf: ModuleType, kind: str, corners: bool, centres: bool
) -> None:
    if kind == "ResizeArea" and centres:
        return  # the op has no such attribute
    generator = np.random.default_rng(7)
    for before, after in _SIZES:
        image = generator.standard_normal((2, *before, 3)).astype(np.float32)
        resizing = Resizing(image.shape, after, corners, centres)
        if kind == "ResizeArea" and 0 in (resizing.scale(0), resizing.scale(1)):
            continue  # the rule refuses it
        found = np.einsum(
            "nhwc,hH,wW->nHWc", image, weights(kind, resizing, 0), weights(kind, resizing, 1)
        )
        wanted = _resized(tf, kind, resizing, image)
        np.testing.assert_allclose(found, wanted, 1e-4, 1e-4, err_msg=f"{before} to {after}")


@pytest.mark.parametrize(("corners", "centres"), _FLAGS)
def test_places_are_those_of_the_kernel(tf: ModuleType, corners: bool, centres: bool) -> None:
    for before, after in _SIZES:
        image = np.arange(before[0] * before[1], dtype=np.float32).reshape(1, *before, 1)
        resizing = Resizing(image.shape, after, corners, centres)
        rows, columns = nearest_places(resizing, 0), nearest_places(resizing, 1)
        found = image[:, rows][:, :, columns]
        wanted = _resized(tf, "ResizeNearestNeighbor", resizing, image)
        np.testing.assert_array_equal(found, wanted, err_msg=f"{before} to {after}")

"""Comparing arrays."""

from __future__ import annotations

import numpy as np
import pytest

from linter.process.tf.worker.compare import compare, same

BIG = 2**62


@pytest.mark.parametrize(
    ("a", "b", "equal"),
    [
        (np.float32([1, np.nan, np.inf]), np.float32([1, np.nan, np.inf]), True),
        (np.float32([np.nan]), np.float32([0]), False),
        (np.float32([np.inf]), np.float32([-np.inf]), False),
        (np.float32([0.0]), np.float32([-0.0]), True),
        (np.zeros((0, 3), np.float32), np.zeros((0, 3), np.float32), True),
        (np.zeros((0, 3), np.float32), np.zeros((0, 2), np.float32), False),
        (np.int64([BIG]), np.int64([BIG + 1]), False),
        (np.uint8([0]), np.uint8([255]), False),
        (np.array([True]), np.array([False]), False),
        (np.array([b"a", b"b"], object), np.array([b"a", b"b"], object), True),
        (np.array([b"a", b"b"], object), np.array([b"a", b"c"], object), False),
        (np.complex64([1 + 2j]), np.complex64([1 + 3j]), False),
        (np.float32([1]), np.float64([1]), False),
        (np.array([(3,)], [("qint8", "i1")]), np.array([(3,)], [("qint8", "i1")]), True),
    ],
)
def test_same(a: np.ndarray, b: np.ndarray, equal: bool) -> None:
    assert same(a, b) is equal
    assert same(a, a)


@pytest.mark.parametrize(
    ("a", "b", "rtol", "atol", "ok"),
    [
        ([100.0], [100.5], 0.01, 0.0, True),
        ([100.0], [102.0], 0.01, 0.0, False),
        ([0.0], [0.001], 0.01, 0.01, True),
        ([0.0], [0.001], 0.01, 0.0, False),
        ([1.0], [np.inf], 10.0, 10.0, False),
    ],
)
def test_tolerance(a: list[float], b: list[float], rtol: float, atol: float, ok: bool) -> None:
    assert (not compare(np.array(a), np.array(b), rtol, atol).reason) is ok


def test_figures() -> None:
    found = compare(np.array([2.0, 4.0]), np.array([2.0, 5.0]), 0.0, 0.0)

    assert (found.max_abs, found.max_rel) == (1.0, 0.25)


def test_integers_ignore_the_relative_tolerance() -> None:
    assert compare(np.int32([1000]), np.int32([1001]), 0.1, 0.0).reason
    assert not compare(np.uint8([7]), np.uint8([8]), 0.0, 1.0).reason

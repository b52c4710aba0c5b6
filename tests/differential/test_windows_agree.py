"""The pads that the judge computes for a window are those that TensorFlow applies.

A window over an image that is padded by them, without padding of its own, gives the same.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from harness.comparing import infer
from harness.draft import Case, Draft
from harness.examples import few, many
from harness.oracle import Oracle
from linter.graph import Node
from linter.io.reader import from_bytes
from linter.judge.formula.windows import Window, WindowedNode
from opdb.tf_ops import load_op_table
from recipes.windows import BACKPROP, OPS, Image

NO_LAYOUT = ("Dilation2D", "MaxPoolWithArgmax")


def last(case: Case) -> tuple[Node, Window | None]:
    """The last node, and its window as the judge sees it."""
    model = from_bytes(case.data)
    node = list(model.main)[-1]
    return node, WindowedNode(model.main, node, infer(model), load_op_table()).window


@st.composite
def images(draw: Callable[..., object], op: str) -> Image:
    image = Image(Draft(draw, op))
    assume("3D" not in op or image.leaves_none_out)
    return image


def check(image: Image, oracle: Oracle) -> None:
    image.stated(image.letters)
    stated = image.d.case()
    node, window = last(stated)
    assert window is not None
    outputs = [f"{node.name}:0"]
    wanted = oracle.compute(stated.data, outputs, {})
    assume(not isinstance(wanted, str))
    made = image.by_hand(window.pads)
    found = oracle.compute(image.d.case().data, [f"{made.node}:0"], {})
    assert not isinstance(found, str), found
    np.testing.assert_array_equal(found[0], wanted[0])
    spatial = image.letters[1:-1].lower()
    assert tuple(window.kernel[c] for c in spatial) == image.window.kernel
    check_other_layout(image, window)


def check_other_layout(image: Image, window: Window) -> None:
    """Channels first: the same window, whatever the order of the axes."""
    if image.op in NO_LAYOUT:
        return
    image.stated("NC" + image.letters[1:-1])
    other = last(image.d.case())[1]
    assert other is not None
    assert dict(other.pads) == dict(window.pads)
    assert dict(other.stride) == dict(window.stride)
    assert dict(other.dilation) == dict(window.dilation)
    assert dict(other.kernel) == dict(window.kernel)
    assert (other.filter_num, other.filter_c) == (window.filter_num, window.filter_c)
    assert (other.gradient is not None) == (image.op in BACKPROP)


@pytest.mark.tf
@pytest.mark.parametrize("op", OPS)
@few(8)
@given(data=st.data())
def test_pads(op: str, data: st.DataObject, oracle: Oracle) -> None:
    check(data.draw(images(op)), oracle)


@pytest.mark.tf
@pytest.mark.thorough
@pytest.mark.parametrize("op", OPS)
@many(80)
@given(data=st.data())
def test_many_pads(op: str, data: st.DataObject, oracle: Oracle) -> None:
    check(data.draw(images(op)), oracle)

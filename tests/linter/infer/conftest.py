"""What the tests of shape inference share."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from linter.infer.inference import Inference
from linter.io.graphtext import parse
from opdb.tf_ops import load_op_table

Infer = Callable[..., Inference]


@pytest.fixture
def infer() -> Infer:
    """Graph text to the inference of its main graph."""

    def make(text: str, **options: object) -> Inference:
        model = parse(text)
        return Inference(model.main, load_op_table(), functions=model.functions, **options)

    return make

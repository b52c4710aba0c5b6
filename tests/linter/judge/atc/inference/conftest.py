"""Operators for the checks, without any graph."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from linter.judge.atc.inference import GeInput, GeOperator, Refused, refused


class Told:
    """Facts as a test tells them: a tensor is (dtype, dims), (dtype, dims, elements) or None."""

    def __init__(self, tensors, attrs, layouts):
        self.tensors = tensors
        self.attrs = attrs
        self.layouts = layouts

    def dtype(self, port):
        return self.tensors[port][0]

    def dims(self, port):
        return self.tensors[port][1]

    def constant(self, port):
        given = self.tensors[port]
        return None if len(given) < 3 else given[2] is not None

    def elements(self, port):
        given = self.tensors[port]
        return None if len(given) < 3 else given[2]

    def layout(self, name):
        return self.layouts.get(name, self.attrs.get("data_format", "NHWC"))

    def attr(self, name):
        return self.attrs.get(name)

    def stated(self, name):
        return name in self.attrs


Infer = Callable[..., Refused | None]


@pytest.fixture
def infer() -> Infer:
    """``infer("MaxPool", tensor, ..., group="x", ksize=...)``: what is refused.

    A tensor is (dtype, dims); with elements behind them it is a constant, with ``None`` it is data.
    ``group`` makes one dynamic input of the first ``count`` tensors.
    """

    def _infer(type_, *tensors, group="", count=None, layouts=None, **attrs):
        facts = Told(tensors, attrs, layouts or {"filter": "HWCN"})
        grouped = len(tensors) if count is None else count
        inputs = [
            GeInput(f"in{port}", port, facts, group if port < grouped else "")
            for port in range(len(tensors))
        ]
        if len(inputs) > 1 and type_.startswith(("Conv", "Depthwise")):
            inputs[1] = GeInput("filter", 1, facts)
        return refused(GeOperator(type_, tuple(inputs), facts))

    return _infer

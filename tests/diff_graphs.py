"""Two graphs that differ in every way that a diff tells: the diff of the API and of the command."""

from __future__ import annotations

__all__ = ["AFTER", "BEFORE"]

BEFORE = """
x = Placeholder : float32[2,3]
checked = CheckNumerics(x) {message="x"}
half = Const : float32[] = 0.5
weight = Const : float32[3,8] = 0.25
product = MatMul(checked, weight) {transpose_b=false}
sum = AddV2(product, half)
y = f(sum, ^checked, ^half)
def f(a: float32) -> (b: r:0):
    r = Relu(a)
def unused(a: float32) -> (b: r:0):
    r = Neg(a)
"""
AFTER = """
half = Const : float32[] = 0.75
x = Placeholder : float32[?,3]
weight = Const : float32[3,8] = 0.25
product = MatMul(x, weight) {transpose_b=false}
bias = BiasAdd(product, half)
y = f(bias, ^half, ^product)
z = Neg(bias)
def f(a: float32) -> (b: r:0):
    r = Relu6(a)
"""

"""Graphs for properties: small, well formed, and of many kinds of ops.

Every value is a matrix of three columns, so that any op may read any value; what an op needs
besides stands in lines of its own. Among the ops are some with several outputs, control edges,
names in scopes, conditions, loops and calls.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from hypothesis import strategies as st

from linter.graph import Model, Value
from linter.io import graphtext

__all__ = ["FUNCTIONS", "Sample", "samples"]

UNARY = (
    "Abs", "Exp", "Identity", "LogSoftmax", "Neg", "Relu", "Relu6", "Reciprocal", "Rsqrt", "Sign",
    "Snapshot", "Softmax", "Softplus", "Square", "StopGradient", "Tanh",
)  # fmt: skip
BINARY = ("Add", "AddV2", "Maximum", "Mul", "RealDiv", "SquaredDifference", "Sub")

# {n} is the name of the node, {a} {b} {c} values; further lines are named after the node.
OTHERS = (
    "{n} = AddN({a}, {b}, {c}) {{N=3}}",
    "{n}_q = NotEqual({a}, {b})\n{n} = Cast({n}_q) {{DstT=float32}}",
    "{n}_q = Greater({a}, {b})\n{n} = Select({n}_q, {b}, {c})",
    "{n}_q = Less({a}, {b})\n{n} = SelectV2({n}_q, {b}, {c})",
    "{n} = Cast({a}) {{DstT=float32}}",
    "{n}_k = Const : float32[3] = [1.0, 2.0, 3.0]\n{n} = BiasAdd({a}, {n}_k)",
    "{n}_k = Const : float32[3,3] = 0.5\n{n} = MatMul({a}, {n}_k)",
    "{n}_k = Const : float32[] = 2.0\n{n} = Mul({a}, {n}_k)",
    (
        "{n}_l = Const : float32[] = 0.0\n{n}_h = Const : float32[] = 6.0\n"
        "{n} = ClipByValue({a}, {n}_l, {n}_h)"
    ),
    (
        "{n}_k = Const : int32[] = 1\n{n}_s = Split({n}_k, {a}) {{num_split=3}}\n"
        "{n} = ConcatV2({n}_s, {n}_s:2, {n}_s:1, {n}_k) {{N=3}}"
    ),
    "{n}_u = Unpack({a}) {{num=3, axis=1}}\n{n} = Pack({n}_u:2, {n}_u:1, {n}_u) {{N=3, axis=1}}",
    "{n}_k = Const : int32[] = 3\n{n}_t = TopKV2({a}, {n}_k)\n{n} = Identity({n}_t)",
    "{n}_s = Shape({a})\n{n} = Reshape({b}, {n}_s)",
    "{n}_s = Shape({a})\n{n}_k = Const : float32[] = 1.5\n{n} = Fill({n}_s, {n}_k)",
    (
        "{n}_k = Const : int32[] = 0\n{n}_e = ExpandDims({a}, {n}_k)\n"
        "{n} = Squeeze({n}_e) {{squeeze_dims=[0]}}"
    ),
    "{n}_k = Const : int32[2] = [0, 1]\n{n} = Transpose({a}, {n}_k)",
    (
        "{n}_k = Const : int32[1] = [1]\n{n}_m = Mean({a}, {n}_k) {{keep_dims=true}}\n"
        "{n} = Sub({a}, {n}_m)"
    ),
    (
        "{n}_b = Const : int32[2] = [0, 0]\n{n}_e = Const : int32[2] = [0, 3]\n"
        "{n}_s = Const : int32[2] = [1, 1]\n"
        "{n} = StridedSlice({a}, {n}_b, {n}_e, {n}_s) {{begin_mask=1, end_mask=1}}"
    ),
    (
        "{n}_k = Const : int32[2,2] = [[0, 0], [0, 0]]\n{n} = PadV2({a}, {n}_k, {n}_v)\n"
        "{n}_v = Const : float32[] = 0.0"
    ),
    "{n}_k = Const : int32[2] = [1, 1]\n{n} = Tile({a}, {n}_k)",
    (
        "{n}_k = Const : float32[3] = [1.0, 2.0, 3.0]\n{n}_d = Add({n}_k, {n}_k)\n"
        "{n} = Mul({a}, {n}_d)"
    ),
    "{n}_g = NoOp(^{b})\n{n} = Relu({a}, ^{n}_g)",
    "{n}_c = Const : bool[] = true\n{n}_a = Assert({n}_c, {b})\n{n} = Tanh({a}, ^{n}_a)",
    (
        "{n}_c = Const : bool[] = false\n{n}_s = Switch({a}, {n}_c)\n{n}_t = Neg({n}_s:1)\n"
        "{n}_f = Exp({n}_s)\n{n} = Merge({n}_f, {n}_t) {{N=2}}"
    ),
    (
        "{n}_s = Switch({a}, flag)\n{n}_t = Neg({n}_s:1)\n{n}_f = AddV2({n}_s, {n}_s)\n"
        "{n} = Merge({n}_f, {n}_t) {{N=2}}"
    ),
    "{n} = plain({a}, {b})",
    "{n}_p = pair({a})\n{n} = Add({n}_p, {n}_p:1)",
    "{n} = PartitionedCall({a}, {b}) {{f=@plain, Tin=[float32, float32], Tout=[float32]}}",
    "{n} = StatefulPartitionedCall({a}, {b}) {{f=@deep, Tin=[float32, float32], Tout=[float32]}}",
    "{n} = If(flag, {a}, {b}) {{then_branch=@plain, else_branch=@deep, Tout=[float32]}}",
    (
        "{n}_z = Const : int32[] = 0\n{n}_w = While({n}_z, {a}) "
        "{{cond=@twice, body=@step, T=[int32, float32]}}\n{n} = Identity({n}_w:1) {{T=float32}}"
    ),
    (
        "{n}_z = Const : int32[] = 0\n{n}_o = Const : int32[] = 2\n"
        '{n}_i = Enter({n}_z) {{frame_name="{n}"}}\n{n}_v = Enter({a}) {{frame_name="{n}"}}\n'
        '{n}_e = Enter({n}_o) {{frame_name="{n}", is_constant=true}}\n'
        "{n}_mi = Merge({n}_i, {n}_ni) {{N=2}}\n{n}_mv = Merge({n}_v, {n}_nv) {{N=2}}\n"
        "{n}_l = Less({n}_mi, {n}_e)\n{n}_c = LoopCond({n}_l)\n{n}_si = Switch({n}_mi, {n}_c)\n"
        "{n}_sv = Switch({n}_mv, {n}_c)\n{n}_k = Const(^{n}_si) : int32[] = 1\n"
        "{n}_ii = Add({n}_si:1, {n}_k)\n{n}_vv = AddV2({n}_sv:1, {n}_sv:1)\n"
        "{n}_ni = NextIteration({n}_ii)\n{n}_nv = NextIteration({n}_vv)\n{n} = Exit({n}_sv)"
    ),
)
TEMPLATES = (
    *(f"{{n}} = {op}({{a}})" for op in UNARY),
    *(f"{{n}} = {op}({{a}}, {{b}})" for op in BINARY),
    *OTHERS,
)
OPS = tuple(sorted(set(re.findall(r" = (\w+)\(", " ".join(TEMPLATES)))))
FUNCTIONS = """
def plain(p: float32, q: float32) -> (r: t:0):
  s = AddV2(p, q)
  t = LogSoftmax(s)
def deep(p: float32, q: float32) -> (r: t:0):
  s = plain(q, p)
  t = Sign(s)
def pair(p: float32) -> (r: s:0, o: t:0):
  s = Square(p)
  t = StopGradient(s)
def twice(i: int32[], v: float32) -> (r: l:0):
  two = Const : int32[] = 2
  l = Less(i, two)
def step(i: int32[], v: float32) -> (j: k:0, w: e:0):
  one = Const : int32[] = 1
  k = Add(i, one)
  e = Softplus(v)
"""
INPUTS = ("float32[2,3]", "float32[?,3]", "float32[2,3]")
SCOPES = ("", "", "net/", "net/cell_1/")


@dataclass(frozen=True)
class Sample:
    """A graph as text, and what is fetched of it; nothing where the outputs are guessed.

    Attributes:
        lacking: op types that a target of examples is told to lack.
    """

    text: str
    outputs: tuple[Value, ...]
    lacking: tuple[str, ...] = ()

    def model(self) -> Model:
        """A model of its own."""
        return graphtext.parse(self.text)


_STEPS = st.tuples(
    st.integers(0, len(TEMPLATES) - 1),
    st.lists(st.integers(0, 30), min_size=3, max_size=3),
    st.integers(0, len(SCOPES) - 1),
    st.none() | st.none() | st.integers(0, 30),
)


@st.composite
def samples(draw: st.DrawFn, *, most: int = 9) -> Sample:
    """Graphs of up to so many values besides the inputs."""
    lines = ["flag = Placeholder : bool[]"]
    values = [f"x{index}" for index in range(draw(st.integers(1, 2)))]
    lines += [f"{name} = Placeholder : {INPUTS[draw(st.integers(0, 2))]}" for name in values]
    for number, step in enumerate(draw(st.lists(_STEPS, min_size=3, max_size=most))):
        which, picks, scope, waits = step
        name = f"{SCOPES[scope]}v{number}"
        a, b, c = (values[-1 - pick % len(values)] for pick in picks)
        text = TEMPLATES[which].format(n=name, a=a, b=b, c=c)
        if waits is not None:
            text = _waiting(text, name, values[waits % len(values)])
        lines.append(text)
        values.append(name)
    kept = draw(st.lists(st.integers(0, 30), max_size=2))
    outputs = [values[-1], *(values[pick % len(values)] for pick in kept)]
    given = draw(st.integers(0, 3)) > 0
    text = "\n".join(lines) + FUNCTIONS
    fetched = tuple(Value(name) for name in dict.fromkeys(outputs)) if given else ()
    return Sample(
        text, fetched, tuple(sorted(draw(st.sets(st.sampled_from(OPS), min_size=4, max_size=12))))
    )


def _waiting(text: str, name: str, source: str) -> str:
    """The text with a control input for the node of that name."""
    return "\n".join(
        line.replace(")", f", ^{source})", 1) if line.startswith(f"{name} = ") else line
        for line in text.split("\n")
    )

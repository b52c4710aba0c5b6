"""A graph while a recipe writes it down: nodes, and elements for what is fed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from hypothesis import strategies as st

from harness.answers import Array
from harness.elements import elements, shape_of
from linter.graph import DType, Graph, Model, Node, Shape, Source, Value
from linter.io.tensor.values import from_array
from linter.io.writer import serialize
from opdb.record import ArgDef, OpDef
from opdb.tf_ops import load_op_table

__all__ = ["Array", "Case", "Draft"]

Dims: TypeAlias = tuple[int, ...]

PRODUCER = 1087
"""Graph version that a recipe does not change."""
_LAST_PRODUCER = {
    "AdjustContrast": 1,
    "AudioSummary": 14,
    "BatchNormWithGlobalNormalization": 8,
    "Conv3DBackpropFilter": 9,
    "Conv3DBackpropInput": 9,
    "MatrixExponential": 26,
    "QuantizeAndDequantize": 21,
    "RandomPoisson": 24,
    "TensorArrayScatterV2": 25,
    "TensorArraySizeV2": 25,
    "TensorArraySplitV2": 25,
    "TensorArrayUnpack": 19,
    "TensorArrayWriteV2": 25,
    "TopK": 6,
}
"""Ops that TensorFlow takes only in graphs of that version or before."""
_USUAL = (
    "float32", "float32", "float32", "int32", "int32", "int64", "float64", "float16", "bool",
    "uint8", "int8", "int16", "uint16", "uint32", "uint64", "bfloat16", "complex64", "complex128",
    "string",
)  # fmt: skip
_NUMPY = {"string": object}


@dataclass(frozen=True)
class Case:
    """One graph with what is fed to it.

    Attributes:
        op: the op that the recipe is for.
        data: the GraphDef; shapes of placeholders are partly unknown.
        feeds: elements by placeholder.
        runs: whether TensorFlow is asked to run it.
    """

    op: str
    data: bytes
    feeds: Mapping[str, Array]
    runs: bool = True
    nodes: tuple[Node, ...] = field(default=(), compare=False, repr=False)

    def __repr__(self) -> str:
        from linter.io import graphtext
        from linter.io.reader import from_bytes

        text = graphtext.dump(from_bytes(self.data))
        fed = [f"# {k}: {v.dtype}{list(v.shape)} {v.tolist()}" for k, v in self.feeds.items()]
        return "\n".join([f"Case of {self.op}:", text.rstrip(), *fed])

    def _repr_pretty_(self, printer: Any, _: bool) -> None:
        printer.text(repr(self))


class Draft:
    """What a recipe draws from and writes to.

    Args:
        draw: of the hypothesis test.
        op: the op that the case is for.
        constant: percentage of data inputs that are constants; with 100, nothing is fed at all.
        mild: floats are of middle size, no infinities and the like.
    """

    def __init__(
        self, draw: Callable[..., Any], op: str, *, constant: int = 20, mild: bool = False
    ) -> None:
        self.op = op
        self.producer = _LAST_PRODUCER.get(op, PRODUCER)
        self.runs = True
        self._draw = draw
        self._constant = constant
        self._mild = mild
        self._fault = draw(st.integers(0, 60))
        self._inputs = 0
        self._nodes: list[Node] = []
        self._feeds: dict[str, Array] = {}
        self._dtypes: dict[Value, str] = {}
        self.rng = np.random.default_rng(draw(st.integers(0, (1 << 32) - 1)))

    def without_faults(self) -> None:
        """Let all inputs fit: TensorFlow would end the process at some that do not."""
        self._fault = -1

    # What is drawn.

    def integer(self, low: int, high: int) -> int:
        """A number between both, which may occur."""
        return int(self._draw(st.integers(low, high)))

    def chance(self, percent: int) -> bool:
        """True about so often."""
        return self.integer(0, 99) >= 100 - percent

    def pick(self, choices: Sequence[Any]) -> Any:
        """One of them."""
        return choices[self.integer(0, len(choices) - 1)]

    def dims(self, low: int = 0, high: int = 4, *, least: int = 0) -> Dims:
        """A shape of a rank between both; small, with empty axes and ones."""
        rank = self.integer(low, high)
        sizes = [size for size in (2, 3, 1, 4, 2, 1, 5, 0, 3) if size >= least]
        return tuple(self.pick(sizes) for _ in range(rank))

    def dtype(self, attr: str = "T", op: str | None = None, among: Sequence[str] = ()) -> str:
        """One of the dtypes that an attribute of the op allows."""
        spec = self.definition(op or self.op).attrs.get(attr)
        allowed = spec.allowed if spec is not None else None
        choices = [name for name in (among or _USUAL) if allowed is None or name in allowed]
        return str(self.pick(choices or list(allowed or ("float32",))))

    def axis(self, rank: int) -> int:
        """An axis of that rank, from the front or from the back."""
        return self.integer(-rank, rank - 1) if rank else 0

    # Inputs.

    def data(
        self, shape: Sequence[int], dtype: str, low: float | None = None, high: float | None = None
    ) -> Value:
        """A tensor of elements that only kernels look at, or value rules."""
        if self._mild and low is None and high is None and "int" not in dtype:
            low, high = -3, 3
        found = elements(self.rng, shape_of(shape), dtype, low, high)
        return self.tensor(found, dtype)

    def tensor(self, array: Array, dtype: str) -> Value:
        """The same with given elements."""
        if self._is_faulty():
            array = self._other_shape(array)
        if self.chance(self._constant):
            return self.const(array, dtype)
        return self.fed(array, dtype)

    def argument(self, array: Any, dtype: str = "int32") -> Value:
        """An integer input whose elements shapes follow from: constant, fed or computed."""
        array = np.asarray(array, dtype)
        if self._is_faulty():
            step = np.array(self.pick((1, -1, 7))).astype(array.dtype)
            array = self._other_shape(array) if self.chance(50) else array + step
        how = 0 if self._constant >= 100 else self.integer(0, 9)
        if how >= 8 and dtype in ("int32", "int64"):
            from harness.computed import computed

            return computed(self, array, dtype)
        if how == 7:
            return self.fed(array, dtype)
        return self.const(array, dtype)

    def const(self, array: Any, dtype: str, *, after: Value | None = None) -> Value:
        """A constant; in the frame of another value, if one is given."""
        array = np.asarray(array, _NUMPY.get(dtype) or _numpy(dtype))
        attrs = {"dtype": DType(dtype), "value": from_array(array)}
        controls = () if after is None else (after.node,)
        return self._place("Const", (), attrs, (dtype,), controls)[0]

    def fed(self, array: Any, dtype: str, *, known: Sequence[int | None] | None = None) -> Value:
        """A placeholder whose shape attribute tells all, a part or nothing of the shape."""
        array = np.asarray(array, _NUMPY.get(dtype) or _numpy(dtype))
        dims = self._part_of(array.shape) if known is None else tuple(known)
        attrs = {"dtype": DType(dtype), "shape": Shape(dims)}
        value = self._place("Placeholder", (), attrs, (dtype,))[0]
        self._feeds[value.node] = array
        return value

    def variable(self, shape: Sequence[int], dtype: str) -> Value:
        """A reference to a variable that holds something."""
        found = elements(self.rng, shape_of(shape), dtype)
        attrs = {"shape": Shape(shape_of(shape)), "dtype": DType(dtype)}
        made = self.node("VariableV2", **attrs)
        return self.node("Assign", made, self.const(found, dtype), validate_shape=True)

    # Nodes.

    def node(self, op: str, *inputs: Value | Sequence[Value], **attrs: Any) -> Value:
        """A node; attributes that its inputs decide are filled in. Gives its first output."""
        return self.outputs(op, *inputs, **attrs)[0]

    def outputs(self, op: str, *inputs: Value | Sequence[Value], **attrs: Any) -> tuple[Value, ...]:
        """The same; gives all outputs, at least one."""
        definition = self.definition(op)
        controls = tuple(value.node for value in attrs.pop("controls", ()))
        filled = {name: _typed(definition, name, value) for name, value in attrs.items()}
        flat: list[Value] = []
        for arg, given in zip(definition.inputs, inputs, strict=True):
            group = [given] if isinstance(given, Value) else list(given)
            flat.extend(group)
            self._fill(filled, arg, group)
        self._draw_attrs(definition, filled)
        dtypes = [dtype for arg in definition.outputs for dtype in _output(definition, arg, filled)]
        return self._place(op, tuple(flat), filled, dtypes, controls)

    def rewire(self, node: Value, slot: int, source: Value) -> None:
        """Let a node read another value."""
        place = next(k for k, known in enumerate(self._nodes) if known.name == node.node)
        inputs = list(self._nodes[place].inputs)
        inputs[slot] = source
        self._nodes[place] = self._nodes[place].replace(inputs=tuple(inputs))

    def definition(self, op: str) -> OpDef:
        """The definition of an op."""
        found = load_op_table().get(op)
        assert found is not None, op
        return found

    def dtype_of(self, value: Value) -> str:
        """Dtype of a value that was written down."""
        return self._dtypes[value]

    @property
    def values(self) -> list[Value]:
        """All values that were written down."""
        return list(self._dtypes)

    def case(self) -> Case:
        """What was written down."""
        source = Source("case.pb", "graphdef", producer=self.producer)
        model = Model(source, Graph(self._nodes))
        data = serialize(model)
        return Case(self.op, data, dict(self._feeds), self.runs, tuple(self._nodes))

    # Details.

    def _is_faulty(self) -> bool:
        """Whether this input is the one, in a few cases, that does not fit the others."""
        self._inputs += 1
        return self._inputs == self._fault

    def _other_shape(self, array: Array) -> Array:
        if array.ndim and self.chance(50):
            return array[0] if array.shape[0] else array.reshape((*array.shape, 1))
        return (
            np.stack([array, array, array]) if self.chance(50) else array.reshape((1, *array.shape))
        )

    def _part_of(self, shape: Dims) -> tuple[int | None, ...] | None:
        how = self.integer(0, 9)
        if how == 9:
            return None
        if how < 5:
            return shape
        return tuple(size if self.chance(50) else None for size in shape)

    def _fill(self, attrs: dict[str, Any], arg: ArgDef, group: Sequence[Value]) -> None:
        if arg.number_attr:
            attrs.setdefault(arg.number_attr, len(group))
        dtypes = [DType(self._dtypes[value].removesuffix("_ref")) for value in group]
        if arg.type_list_attr:
            attrs.setdefault(arg.type_list_attr, tuple(dtypes))
        elif arg.type_attr and dtypes:
            attrs.setdefault(arg.type_attr, dtypes[0])

    def _draw_attrs(self, definition: OpDef, attrs: dict[str, Any]) -> None:
        """Flags and dtypes that nobody has set; other attributes keep their default."""
        for name, spec in definition.attrs.items():
            if name in attrs or name.startswith("use_cudnn"):
                continue
            if spec.type == "bool" and (not spec.has_default or self.chance(40)):
                attrs[name] = self.chance(50)
            elif spec.type == "type" and (not spec.has_default or self.chance(40)):
                attrs[name] = DType(self.dtype(name, definition.name))

    def _place(
        self,
        op: str,
        inputs: tuple[Value, ...],
        attrs: dict[str, Any],
        dtypes: Sequence[str],
        controls: tuple[str, ...] = (),
    ) -> tuple[Value, ...]:
        name = f"{op.strip('_').lower()}_{len(self._nodes)}"
        self._nodes.append(Node(name, op, inputs, controls, attrs))
        found = tuple(Value(name, port) for port in range(len(dtypes)))
        self._dtypes.update(zip(found, dtypes, strict=True))
        return found or (Value(name),)


def _numpy(dtype: str) -> Any:
    if dtype == "bfloat16":
        import ml_dtypes

        return ml_dtypes.bfloat16
    return np.dtype(dtype.removeprefix("q"))


def _typed(definition: OpDef, name: str, value: Any) -> Any:
    """Attributes as the graph holds them: names of dtypes as dtypes, shapes as shapes."""
    kind = definition.attrs[name].type if name in definition.attrs else ""
    if kind == "type":
        return DType(value)
    if kind == "list(type)":
        return tuple(DType(item) for item in value)
    if kind == "shape" and not isinstance(value, Shape):
        return Shape(value if value is None else tuple(value))
    if kind == "list(shape)":
        return tuple(Shape(item) for item in value)
    if kind == "float":
        return float(value)
    return tuple(value) if isinstance(value, list) else value


def _output(definition: OpDef, arg: ArgDef, attrs: Mapping[str, Any]) -> list[str]:
    if arg.type_list_attr:
        return [str(dtype) for dtype in attrs[arg.type_list_attr]]
    dtype = arg.type or ""
    if arg.type_attr:
        dtype = str(attrs.get(arg.type_attr) or definition.attrs[arg.type_attr].default)
    dtype += "_ref" if arg.is_ref else ""
    return [dtype] * (attrs[arg.number_attr] if arg.number_attr else 1)

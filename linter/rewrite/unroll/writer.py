"""Writes down what remains of a body that is carried out: copies of its nodes, and constants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from linter.graph import DType, Node, Value
from linter.infer.inference import Constant, Dims
from linter.infer.view import Fact
from linter.io.tensor.values import make_tensor
from linter.results.objection import ObjectionKind
from linter.rewrite.unroll.fold import EXACT
from linter.rewrite.unroll.limits import NODE_LIMIT
from linter.rewrite.unroll.values import Known, Made, Row, Symbol, TooLarge, Unresolved

if TYPE_CHECKING:
    from linter.rules.edit import GraphEditor
    from linter.rules.match import MatchContext

__all__ = ["Sketch", "Writer"]

_NOWHERE = Value("")


class Writer:
    """Adds nodes to the open change of an editor.

    A node whose inputs are the same in two rounds is written once: it does not change from round
    to round.

    Args:
        context: the graph and what is known about it.
        edit: the editor with the change open.
        scope: name scope of constants and of rows that are cut out.
    """

    def __init__(self, context: MatchContext, edit: GraphEditor, scope: str) -> None:
        self.context = context
        self._edit = edit
        self._scope = scope
        self._count = 0
        self._limit = NODE_LIMIT if context.copy_limit is None else context.copy_limit
        self._copies: dict[tuple[Any, ...], Value] = {}
        self._consts: dict[Constant, Value] = {}
        self._rows: dict[Value, Value] = {}

    # -- what symbols are ----------------------------------------------------------------------

    def symbol(self, value: Value) -> Symbol:
        """The symbol of a value of the graph."""
        constant = self._exact(value)
        return Made(value) if constant is None else Known(constant, value)

    def fact(self, symbol: Symbol) -> Fact:
        """Dtype, shape and elements of a tensor."""
        inference = self.context.inference
        if isinstance(symbol, Known):
            constant = symbol.constant
            return Fact(constant.dtype, constant.shape, constant)
        if isinstance(symbol, Row):
            dims = inference.shape(symbol.source)
            return Fact(inference.dtype(symbol.source), None if dims is None else dims[1:])
        if isinstance(symbol, Made):
            return Fact(inference.dtype(symbol.value), inference.shape(symbol.value))
        return Fact()

    def _exact(self, value: Value) -> Constant | None:
        if self.context.inference.dtype(value) not in EXACT:
            return None
        return self.context.inference.constant(value)

    # -- writing -------------------------------------------------------------------------------

    def value(self, symbol: Symbol) -> Value:
        """A value of the graph that gives the tensor."""
        if isinstance(symbol, Made):
            return symbol.value
        if isinstance(symbol, Known):
            return symbol.value or self._const(symbol.constant)
        assert isinstance(symbol, Row)
        return self._row(symbol)

    def copy(
        self, node: Node, inputs: Sequence[Value], name: str, *, body: str | None, once: bool
    ) -> Value:
        """A copy of a node with other inputs.

        Args:
            node: what is copied, with the attributes and control inputs of the copy.
            inputs: data inputs of the copy.
            name: full name of the copy.
            body: function that the node is in.
            once: two copies that read the same are the same.
        """
        key = (body, node.key, tuple(inputs), node.controls)
        found = self._copies.get(key) if once else None
        if found is None:
            self._charge(node)
            found = self._edit.copy(_apart(node), inputs, name, body=body)
            self._copies[key] = found
        return found

    def wait(self, node: Node, inputs: Sequence[Value], name: str) -> Value:
        """An Identity that waits for other nodes."""
        self._charge(node)
        return self._edit.place(node.op, inputs, {}, name, controls=node.controls)

    def place(self, op: str, inputs: Sequence[Value], attrs: Mapping[str, Any], name: str) -> Value:
        """A new node."""
        self._charge(None)
        return self._edit.place(op, inputs, attrs, name)

    def zeros(self, dtype: str, dims: Dims, node: Node) -> Symbol:
        """A tensor of zeros."""
        if dims is None or None in dims:
            raise Unresolved("an element that was never set has no known shape", node.name)
        shape = tuple(size for size in dims if size is not None)
        key = Constant(dtype, shape, ())
        if key not in self._consts:
            tensor = make_tensor(DType(dtype), shape, (0,))
            self._consts[key] = self._put_const(dtype, tensor, "zeros")
        return Made(self._consts[key])

    def _const(self, constant: Constant) -> Value:
        if constant not in self._consts:
            tensor = make_tensor(DType(constant.dtype), constant.shape, constant.values)
            self._consts[constant] = self._put_const(constant.dtype, tensor, _named(constant))
        return self._consts[constant]

    def _put_const(self, dtype: str, tensor: Any, name: str) -> Value:
        attrs = {"dtype": DType(dtype), "value": tensor}
        return self.place("Const", (), attrs, f"{self._scope}/{name}")

    def _row(self, row: Row) -> Value:
        if row.source not in self._rows:
            dims = self.context.inference.shape(row.source)
            count = dims[0] if dims else None
            if count is None:
                name = row.source.node
                raise Unresolved(f"the number of rows of {name!r} is not known", name)
            attrs = {"num": count, "axis": 0}
            name = f"{self._scope}/Unpack"
            self._rows[row.source] = self.place("Unpack", [row.source], attrs, name)
        return Value(self._rows[row.source].node, row.index)

    def _charge(self, node: Node | None) -> None:
        self._count += 1
        if self._count > self._limit:
            name = self._scope if node is None else node.name
            if self._limit < NODE_LIMIT:
                reason = f"its {self._limit} nodes and more are more than are tried out here"
                raise TooLarge(reason, name, kind=ObjectionKind.UNTRIED)
            raise TooLarge(f"it would take more than {NODE_LIMIT} nodes", name)


class Sketch(Writer):
    """Writes nothing: for what follows from integers alone, such as the number of rounds."""

    def symbol(self, value: Value) -> Symbol:
        """The symbol of a value; nothing is known of one that would be written."""
        return Made(_NOWHERE) if not value.node else super().symbol(value)

    def fact(self, symbol: Symbol) -> Fact:
        """Dtype, shape and elements of a tensor; nothing of one that would be written."""
        value = symbol.value if isinstance(symbol, Made) else None
        value = symbol.source if isinstance(symbol, Row) else value
        return Fact() if value == _NOWHERE else super().fact(symbol)

    def value(self, symbol: Symbol) -> Value:
        """A value that gives the tensor, if there is one."""
        return symbol.value if isinstance(symbol, Made) else _NOWHERE

    def copy(
        self, node: Node, inputs: Sequence[Value], name: str, *, body: str | None, once: bool
    ) -> Value:
        """Where a copy would be."""
        self._charge(node)
        return _NOWHERE

    def wait(self, node: Node, inputs: Sequence[Value], name: str) -> Value:
        """Where an Identity would be."""
        return _NOWHERE

    def place(self, op: str, inputs: Sequence[Value], attrs: Mapping[str, Any], name: str) -> Value:
        """Where a new node would be."""
        return _NOWHERE


def _apart(node: Node) -> Node:
    """The node without a wish to be placed beside another: the others go."""
    if "_class" not in node.attrs:
        return node
    return node.replace(attrs={k: value for k, value in node.attrs.items() if k != "_class"})


def _named(constant: Constant) -> str:
    """A name that tells the elements of the constant when they are few."""
    text = "_".join(str(element).replace("-", "m") for element in constant.values[:5])
    return f"const_{text}" if len(constant.values) <= 4 else f"const_{text}_etc"

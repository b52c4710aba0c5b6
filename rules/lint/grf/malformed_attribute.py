"""An attribute holds another kind of value than its op declares."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Any

from linter.graph import Placeholder
from linter.judge.inputs import kept_inputs
from linter.rules import (
    Certainty,
    Clean,
    DType,
    Finding,
    Flagged,
    FuncRef,
    Graph,
    LintContext,
    LintRule,
    Node,
    Severity,
    Shape,
)
from opdb.record import AttrDef, OpDef

__all__ = ["MalformedAttribute"]

_KINDS: dict[str, tuple[type, ...]] = {
    "bool": (bool,),
    "float": (float,),
    "func": (FuncRef,),
    "int": (int,),
    "shape": (Shape,),
    "string": (str, bytes),
    "type": (DType,),
}
_DECIDING = ("bool", "int", "shape", "type", "list(type)", "list(int)")
"""Kinds that are looked at: the ones that dtypes, ports and sizes come from, and flags."""


_UNKNOWN_RANK = -2  # what the parser of atc takes for a shape of unknown rank
_MOST = 2**63 - 1


class MalformedAttribute(LintRule):
    """Flag an attribute whose value is of another kind than the op's definition says.

    Why: TensorFlow refuses the graph, and the parser, which reads attributes by kind, stops
        (E19999 for the dtype of an input) or takes a default for it. So it does at a size below -2,
        and where the elements of an input cannot be counted (E18888).
    Remedy: export the graph again; whatever wrote it does not follow the op's definition.
    Source: TensorFlow op definitions; hicann/ge, tensorflow_data_parser.cc (dtype must be a type,
        CheckInputShape), tensor_utils.cc (CalcElementCntByDims).
    """

    id, name, severity = "GRF008", "malformed-attribute", Severity.ERROR
    messages = {
        "kind": "attribute {attribute!r} of {op!r} is {seen}; the op takes {accepted}",
        "value": "attribute {attribute!r} of {op!r} is {seen}; the op takes one of {accepted}",
        "size": "the shape of input {input!r} has a size of {size}; only -1 stands for an unknown "
        "one",
        "count": "the shape of input {input!r} has more elements than 64 bits count: {shape}",
    }
    remedies = {
        "kind": "export the graph again, or correct the attribute with the tool that wrote it",
        "value": "export the graph again, or correct the attribute with the tool that wrote it",
        "size": "give the shape: --input-shape {input}:DIMS",
        "count": "give the shape: --input-shape {input}:DIMS",
    }
    examples = (
        Clean("x = Placeholder : float32[2]\ny = Softmax(x)"),
        Clean(
            'x = Placeholder : float32[2]\ny = Softmax(x) {_class=["loc:@x"]}',
            label="attributes of nobody's definition",
        ),
        Flagged(
            'x = Placeholder : float32[2]\ny = Softmax(x) {T="float"}',
            at=("y",),
            messages=("kind",),
        ),
        Flagged(
            "x = Placeholder : float32[1,4,4,3]\ny = MaxPool(x) {ksize=[1, 2, 2, 1], "
            'strides=[1, 2, 2, 1], padding="FULL"}',
            at=("y",),
            messages=("value",),
            label="value outside the definition",
        ),
        Flagged(
            "x = Placeholder : float32[4611686018427387904,4611686018427387904]\ny = Relu(x)",
            at=("x",),
            messages=("count",),
            label="sizes that overflow",
        ),
    )

    def check_model(self, ctx: LintContext) -> Iterator[Finding]:
        """Compare what the definitions list with what live nodes have."""
        wanted: dict[str, list[AttrDef]] = {}
        for graph, node, _ in ctx.live:
            specs = wanted.get(node.op)
            if specs is None:
                specs = wanted[node.op] = _deciding(ctx.source.ops.get(node.op))
            for spec in specs:
                value = node.attrs.get(spec.name, _ABSENT)
                if value is _ABSENT or isinstance(value, Placeholder):
                    continue
                accepted = spec.type
                if not _fits(value, spec.type):
                    yield self._finding(graph, node, "kind", spec, (_kind(value), accepted), ctx)
                elif spec.type == "string" and value not in (spec.allowed or ()):
                    accepted = ", ".join(map(str, spec.allowed or ()))
                    yield self._finding(graph, node, "value", spec, (repr(value), accepted), ctx)
        yield from self._sizes(ctx)

    def _sizes(self, ctx: LintContext) -> Iterator[Finding]:
        """Look at the sizes of the inputs that no flag gives."""
        atc = ctx.source.database.target.tool == "atc"
        for node in kept_inputs(ctx.source):
            shape = node.attrs.get("shape")
            if not isinstance(shape, Shape) or ctx.is_fed(ctx.model.main, node):
                continue
            if shape.invalid:
                stops = atc and min(shape.invalid) < _UNKNOWN_RANK
                yield self.finding(
                    node,
                    "size",
                    stage="parser" if stops else "",
                    compiler_code="E19999" if stops else "",
                    input=node.name,
                    size=min(shape.invalid),
                )
            elif prod(dim for dim in shape.dims or () if dim is not None) > _MOST:
                yield self.finding(
                    node,
                    "count",
                    stage="parser" if atc else "",
                    compiler_code="E18888" if atc else "",
                    input=node.name,
                    shape=list(shape.dims or ()),
                )

    def _finding(
        self,
        graph: Graph,
        node: Node,
        message: str,
        spec: AttrDef,
        values: tuple[str, str],
        ctx: LintContext,
    ) -> Finding:
        seen, accepted = values
        parsed = node.op == "Placeholder" and ctx.source.database.target.tool == "atc"
        return self.finding(
            node,
            message,
            function=graph.function,
            certainty=Certainty.INFERRED,
            stage="parser" if parsed else "",
            compiler_code="E19999" if parsed else "",
            op=node.op,
            attribute=spec.name,
            seen=seen,
            accepted=accepted,
        )


_ABSENT = object()


def _deciding(opdef: OpDef | None) -> list[AttrDef]:
    """The attributes that are looked at; a Const has a rule of its own."""
    if opdef is None or opdef.name == "Const":
        return []
    return [
        spec
        for spec in opdef.attrs.values()
        if spec.type in _DECIDING or (spec.type == "string" and spec.allowed is not None)
    ]


def _fits(value: Any, kind: str) -> bool:
    if kind.startswith("list("):
        if value is None or value == ():
            return True
        inner = kind[5:-1]
        return isinstance(value, tuple) and all(_fits(entry, inner) for entry in value)
    if kind == "int":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "string":
        return isinstance(value, (str, bytes)) and not isinstance(value, DType)
    return isinstance(value, _KINDS[kind])


def _kind(value: Any) -> str:
    if value is None:
        return "without a value"
    if isinstance(value, tuple):
        return "a list"
    for kind in ("bool", "type", "float", "func", "int", "shape", "string"):
        if isinstance(value, _KINDS[kind]):
            return f"a {kind}"
    return "a tensor"

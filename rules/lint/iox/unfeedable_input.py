"""An input that no caller of a compiled model can feed."""

from __future__ import annotations

from collections.abc import Iterator

from linter.rules import (
    Clean,
    DType,
    Finding,
    Flagged,
    LintContext,
    LintRule,
    Node,
    Severity,
    Value,
)
from rules.lint.support.host_parts import beginnings, flag_of

__all__ = ["UnfeedableInput"]

_UNFED = ("resource", "string", "variant")
_ORIGINS = (
    (("LookupTable", "InitializeTable"), "the handle of a lookup table"),
    (("Queue",), "the handle of a queue"),
    (("Iterator",), "the handle of an iterator"),
    (("TensorArray", "TensorList"), "a list of tensors"),
    (("ReadVariable", "Resource", "Assign", "VarIs", "VariableShape"), "the handle of a variable"),
)

TABLE = """
t = Placeholder : resource[]
x = Placeholder : string[3]
d = Const : int64[] = -1
i = LookupTableFindV2(t, x, d) {Tin=string, Tout=int64}
w = Const : float32[4,2] = 0.5
a = Const : int32[] = 0
y = GatherV2(w, i, a)
"""

VARIABLE = """
v = Placeholder : resource[]
x = Placeholder : float32[2]
r = ReadVariableOp(v) {dtype=float32}
y = Mul(x, r)
"""


class UnfeedableInput(LintRule):
    """Flag a placeholder for a resource, strings or a variant that the outputs need.

    Freezing a graph with a lookup table, a queue or a variable of its own leaves a placeholder in
    the place of the handle, which is no input of the network. Strings are a warning, and the
    verdict is uncertain: the parser and the inference of atc were run on such graphs and took
    them, and the runtime has a dtype for strings. It has none for a handle: that is an error,
    although they take it too, because nothing can be done with what is compiled.

    Why: an offline model is fed buffers; a handle means something in the session alone that made
        it, and strings are taken by few kernels, all on the CPU.
    Remedy: leave the table or the strings to the host, and begin the network behind them; freeze
        variables.
    Source: atc manual, general restrictions (inputs); TensorFlow, convert_to_constants.py (what
        it captures and cannot freeze stays a placeholder); CANN, acl_base.h (aclDataType).
    """

    id, name, severity = "IOX010", "unfeedable-input", Severity.ERROR
    messages = {
        "cut": "input {input!r} is {what} ({dtype}), which {reader} reads: no caller can feed it; "
        "the network begins at {cuts}",
        "input": "input {input!r} is {what} ({dtype}), which {reader} reads: no caller can feed it",
        "text": "input {input!r} is {what} ({dtype}), which {reader} reads; the network begins at "
        "{cuts}",
        "text_input": "input {input!r} is {what} ({dtype}), which {reader} reads",
    }
    remedies = {
        "cut": "leave it to the host, and begin the network behind it: {flag}",
        "input": "freeze the model with what it stands for, or cut the graph behind it",
        "text": "leave it to the host, and begin the network behind it: {flag}",
        "text_input": "leave it to the host, and cut the graph behind it",
    }
    examples = (
        Clean("x = Placeholder : int64[2]\ny = Neg(x)"),
        Clean(TABLE, input_shapes={"i": (3,)}, outputs=("y",), label="cut behind the table"),
        Flagged(TABLE, at=("t", "x"), messages=("cut", "text"), label="a table and its strings"),
        Flagged(VARIABLE, at=("v",), messages=("cut",), label="a variable"),
        Flagged(
            "x = Placeholder : string[2]\ny = StringLower(x)",
            at=("x",),
            messages=("text_input",),
            label="strings",
        ),
    )

    def check_model(self, ctx: LintContext) -> Iterator[Finding]:
        """Look at the dtypes of the inputs."""
        main = ctx.model.main
        for node in ctx.source.inputs:
            dtype = node.attrs.get("dtype")
            if node.op != "Placeholder" or not isinstance(dtype, DType) or dtype not in _UNFED:
                continue
            readers = _readers(node, ctx)
            cuts = beginnings(main, readers, ctx) if readers else ()
            text = dtype == "string"
            with_cuts, without = ("text", "text_input") if text else ("cut", "input")
            yield self.finding(
                node,
                with_cuts if cuts else without,
                severity=Severity.WARNING if text else Severity.ERROR,
                input=node.name,
                dtype=str(dtype),
                what=_origin(str(dtype), readers),
                reader=self.listed(dict.fromkeys(reader.op for reader in readers)) or "nothing",
                cuts=self.listed(map(str, cuts)),
                flag=flag_of(cuts, ctx),
            )


def _readers(node: Node, ctx: LintContext) -> list[Node]:
    """The live nodes that do something with the input, behind those that pass it on."""
    graph = ctx.model.main
    live = ctx.source.reachable(graph)
    pending, found = [Value(node.key)], dict[str, Node]()
    while pending:
        for use in graph.readers(pending.pop()):
            reader = graph[use.node]
            if use.node not in live or use.node in found:
                continue
            found[use.node] = reader
            if reader.op == "Identity":
                pending.append(Value(use.node))
    return [reader for reader in found.values() if reader.op != "Identity"]


def _origin(dtype: str, readers: list[Node]) -> str:
    """What the input was before it was frozen."""
    if dtype == "string":
        return "text or file contents"
    for prefixes, what in _ORIGINS:
        if any(reader.op.startswith(prefixes) for reader in readers):
            return what
    return "a handle"

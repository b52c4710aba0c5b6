"""A node that becomes an input, whose dtype atc does not find, or whose producers others need."""

from __future__ import annotations

from collections.abc import Iterator

from linter.infer.dtypes import base_dtype
from linter.judge.scope import trimmed_keys
from linter.rules import Clean, DType, Finding, Flagged, LintContext, LintRule, Severity, Value

__all__ = ["UntypedCut"]

_ATC = {"tool": "atc"}

IDS = """
s = Placeholder : string[3]
i = StringToHashBucketFast(s) {num_buckets=16}
w = Const : float32[16,2] = 0.5
a = Const : int32[] = 0
y = GatherV2(w, i, a)
"""

NUMBERS = """
x = Placeholder : int32[3]
c = Cast(x) {DstT=float32}
y = Neg(c)
"""

SHARED = """
x = Placeholder : float32[2]
p = Neg(x)
a = Relu(p)
b = Abs(a)
c = Exp(p)
"""


class UntypedCut(LintRule):
    """Flag a node that ``--input-shape`` makes an input of another dtype, or severs from others.

    Why: atc puts a placeholder in the place of the node and looks for its dtype in the attribute
        ``dtype``; a node without one becomes an input of float32, whatever it computed. Where no
        outputs are named it takes out all that comes before the node, whoever else reads it.
    Remedy: `omlint fix` and `omlint convert` write a Placeholder of the true dtype, and so does
        --cut-inputs.
    Source: hicann/ge, tensorflow_parser.cc (TrimGraphByInput, TrimGraphByOutput).
    """

    id, name, severity = "IOX011", "untyped-cut", Severity.ERROR
    per_release = True
    messages = {
        "cut": "{input!r} ({op}) computes {dtype} and has no attribute dtype: atc makes an input "
        "of float32 of it",
        "severed": "atc makes an input of {input!r} and takes out all that comes before it, also "
        "{producer!r}, which {reader!r} reads",
    }
    remedies = {
        "cut": 'cut there with --cut-inputs "{input}:0", or let `omlint fix` write an input of '
        "{dtype}",
        "severed": 'name the outputs with --outputs, cut there with --cut-inputs "{input}:0", or '
        "let `omlint fix` write an input",
    }
    examples = (
        Clean(IDS, given=_ATC, label="nothing is cut"),
        Clean(NUMBERS, given=_ATC, input_shapes={"c": (3,)}, label="float32"),
        Clean(
            "x = Placeholder : string[3]\ny = Neg(x)",
            given=_ATC,
            input_shapes={"x": (3,)},
            label="an attribute that says it",
        ),
        Clean(
            SHARED, given=_ATC, input_shapes={"a": (2,)}, outputs=("b", "c"), label="outputs named"
        ),
        Flagged(IDS, at=("i",), given=_ATC, input_shapes={"i": (3,)}, outputs=("y",)),
        Flagged(
            SHARED,
            at=("a",),
            messages=("severed",),
            given=_ATC,
            input_shapes={"a": (2,)},
            label="read by others",
        ),
    )

    def check_model(self, ctx: LintContext) -> Iterator[Finding]:
        """Compare what named nodes compute with what atc takes it for."""
        if ctx.source.database.target.tool != "atc":
            return
        inference = ctx.source.inference(ctx.model.main)
        for node in ctx.source.inputs:
            if node.name not in ctx.options.input_shapes:
                continue
            dtype = base_dtype(inference.dtype(Value(node.key)))
            if dtype in (None, "float32") or isinstance(node.attrs.get("dtype"), DType):
                continue
            yield self.finding(node, "cut", input=node.name, op=node.op, dtype=dtype)
        if ctx.source.outputs_guessed:
            yield from self._severed(ctx)

    def _severed(self, ctx: LintContext) -> Iterator[Finding]:
        """Named nodes whose producers others read."""
        main = ctx.model.main
        named = frozenset(ctx.options.input_shapes)
        gone = trimmed_keys(main, named)
        for key in sorted(named & main.nodes.keys()):
            mine = trimmed_keys(main, frozenset({key})) & gone
            uses = (
                (producer, use.node)
                for producer in mine
                for use in main.uses(producer)
                if use.slot >= 0 and use.node not in gone and use.node not in named
            )
            for producer, reader in sorted(uses)[:1]:
                yield self.finding(
                    main.nodes[key],
                    "severed",
                    input=key,
                    producer=main.nodes[producer].name,
                    reader=main.nodes[reader].name,
                )

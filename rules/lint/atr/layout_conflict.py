"""Layouts that differ inside the model, or from what the compiler assumes."""

from __future__ import annotations

from collections.abc import Iterator

from linter.rules import Clean, Finding, Flagged, LintContext, LintRule, Node, Severity, Value

__all__ = ["LayoutConflict"]

_FIRST = ("NCHW", "NCDHW")
_LAST = ("NHWC", "NDHWC")
_LAYOUT_OPS = frozenset(
    {
        "AvgPool",
        "AvgPool3D",
        "BiasAdd",
        "Conv2D",
        "Conv2DBackpropInput",
        "Conv3D",
        "Conv3DBackpropInputV2",
        "DepthToSpace",
        "DepthwiseConv2dNative",
        "FusedBatchNorm",
        "FusedBatchNormV2",
        "FusedBatchNormV3",
        "MaxPool",
        "MaxPool3D",
        "MaxPoolV2",
        "SpaceToDepth",
    }
)
_NHWC = "x = Placeholder : float32[1,4,4,3]\na = LRN(x)\nb = MaxPool(a) {ksize=[1, 2, 2, 1], "
_POOL = 'strides=[1, 2, 2, 1], padding="SAME", data_format='
_SECOND = "\ny = MaxPool(b) {ksize=[1, 2, 2, 1], "


class LayoutConflict(LintRule):
    """Flag a model that mixes channels-first and channels-last ops, or reads inputs channels first.

    Why: --input_format is one value for all inputs and NHWC by default; a rank-4 input that is
        read channels first is then taken for another layout, and a mixed model cannot be right
        for all.
    Remedy: --input_format=ND, which leaves the layout to the ops, or NCHW.
    Source: atc manual, --input_format; hicann/ge, tensorflow_data_parser.cc (one format).
    """

    id, name, severity = "ATR005", "layout-conflict", Severity.WARNING
    messages = {
        "mixed": "{first_count} op(s) are channels first and {last_count} channels last: {members}",
        "input": "input {input!r} is read channels first by {reader!r}, and the compiler takes "
        "inputs for NHWC",
    }
    remedies = {
        "mixed": "pass `-- --input_format=ND` to `omlint convert`, or build the model in one "
        "layout",
        "input": "pass `-- --input_format=ND`, which the manual recommends, or `NCHW` to `omlint "
        "convert`",
    }
    examples = (
        Clean(_NHWC + _POOL + '"NHWC"}', given={"tool": "atc"}),
        Flagged(
            _NHWC + _POOL + '"NCHW"}' + _SECOND + _POOL + '"NHWC"}',
            at=("",),
            messages=("mixed",),
            given={"tool": "atc"},
        ),
        Flagged(
            "x = Placeholder : float32[1,3,4,4]\ny = MaxPool(x) {ksize=[1, 1, 2, 2], "
            'strides=[1, 1, 2, 2], padding="SAME", data_format="NCHW"}',
            at=("x",),
            messages=("input",),
            given={"tool": "atc"},
            label="input channels first",
        ),
    )

    def check_model(self, ctx: LintContext) -> Iterator[Finding]:
        """Sort the live ops with a layout, then look at what reads the inputs."""
        if ctx.source.database.target.tool != "atc":
            return
        first: list[Node] = []
        last = 0
        for _, node, _ in ctx.running(_LAYOUT_OPS):
            layout = node.attrs.get("data_format")
            if layout in _FIRST:
                first.append(node)
            elif layout in _LAST and node.op != "BiasAdd":
                last += 1
        spatial = [node for node in first if node.op != "BiasAdd"]
        if spatial and last:
            members = self.listed(node.name for node in spatial)
            count = len(spatial)
            yield self.finding(None, "mixed", first_count=count, last_count=last, members=members)
        elif first:
            yield from self._inputs(ctx)

    def _inputs(self, ctx: LintContext) -> Iterator[Finding]:
        main = ctx.model.main
        for node in ctx.source.inputs:
            shape = ctx.inference.shape(Value(node.key))
            if shape is None or len(shape) != 4:
                continue
            for use in main.readers(Value(node.key)):
                reader = main[use.node]
                if use.slot == 0 and reader.attrs.get("data_format") in _FIRST:
                    yield self.finding(
                        node,
                        "input",
                        severity=Severity.INFO,
                        input=node.name,
                        reader=reader.name,
                    )
                    break

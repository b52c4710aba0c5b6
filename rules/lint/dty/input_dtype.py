"""An input of a dtype that the compiled model cannot be fed."""

from __future__ import annotations

from collections.abc import Iterator

from linter.rules import Clean, DType, Finding, Flagged, LintContext, LintRule, Node, Severity

__all__ = ["InputDtype"]

_TAKEN = ("float16", "float32", "uint8", "int32", "int64", "bool")
_UNFED = ("resource", "string", "variant")
_FOREIGN = ("float8", "float4", "int4", "uint4", "int2", "uint2", "dtype#", "invalid")
_ATC = {"tool": "atc"}
_ACCEPTED = ", ".join(_TAKEN)


class InputDtype(LintRule):
    """Flag a placeholder whose dtype the manual does not name for inputs, or GE does not have.

    Strings and handles, which nobody can feed, are IOX010.

    Why: the manual allows six dtypes for inputs of TensorFlow models; a dtype without a GE
        counterpart stops the parser (E19999).
    Remedy: feed another dtype and cast inside the model, or cut behind the conversion.
    Source: atc manual, general restrictions; hicann/ge, graph_metadef/register/tensor_assign.cpp.
    """

    id, name, severity = "DTY003", "input-dtype", Severity.WARNING
    per_release = True
    visits = ("Placeholder",)
    messages = {
        "input": "input {input!r} is {dtype}; the manual names {accepted} for inputs",
        "foreign": "input {input!r} is {dtype}, for which the compiler has no type; it takes "
        "{accepted}",
    }
    remedies = {
        "input": "feed one of these, and cast in the model or on the host",
        "foreign": "feed one of these, and cast in the model or on the host",
    }
    examples = (
        Clean("x = Placeholder : int64[2]\ny = Neg(x)", given=_ATC),
        Flagged(
            "x = Placeholder : float64[2]\ny = Neg(x)",
            at=("x",),
            messages=("input",),
            given=_ATC,
        ),
        Flagged(
            "x = Placeholder : float8_e5m2[2]\ny = Cast(x) {DstT=float32}",
            at=("x",),
            messages=("foreign",),
            given=_ATC,
            label="no counterpart",
        ),
    )

    def check(self, node: Node, ctx: LintContext) -> Iterator[Finding]:
        """Compare the declared dtype."""
        dtype = node.attrs.get("dtype")
        if not isinstance(dtype, DType) or dtype in (*_TAKEN, *_UNFED) or not ctx.is_live(node):
            return
        if ctx.source.database.target.tool != "atc":
            return
        foreign = dtype.startswith(_FOREIGN)
        yield self.finding(
            node,
            "foreign" if foreign else "input",
            severity=Severity.ERROR if foreign else Severity.WARNING,
            input=node.name,
            dtype=str(dtype),
            accepted=_ACCEPTED,
            stage="parser" if foreign else "",
            compiler_code="E19999" if foreign else None,
        )

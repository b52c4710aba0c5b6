"""What a model is, and what freezing made of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from linter.report.json import SCHEMA_VERSION, as_json
from linter.report.layout import columns, field
from linter.report.style import Style, clean, size_text
from linter.report.text import shape_text
from linter.results.json_values import input_value
from linter.results.report import InputInfo
from linter.results.wording import plural

if TYPE_CHECKING:
    from linter.results.inspect import FreezeResult, ModelFacts, SignatureInfo, TensorInfo

__all__ = ["as_json_text", "frozen", "render"]


def as_json_text(facts: ModelFacts) -> str:
    """All facts; unknown size -1, unknown rank null, as in the report of ``check``."""
    return as_json(
        {
            "schema_version": SCHEMA_VERSION,
            "model": {
                "path": facts.path,
                "sha256": facts.sha256,
                "format": facts.format,
                "bytes": facts.nbytes,
                "nodes": facts.nodes,
                "inputs": [input_value(info) for info in facts.inputs],
                "outputs": list(facts.outputs),
                "outputs_guessed": facts.outputs_guessed,
                "op_types": dict(sorted(facts.op_types.items())),
                "functions": list(facts.functions),
                "constant_bytes": facts.constants,
                "producer": facts.producer,
                "min_consumer": facts.min_consumer,
            },
            "signatures": [_signature_value(signature) for signature in facts.signatures],
        }
    )


def render(facts: ModelFacts, style: Style) -> str:
    """The facts as a person reads them."""
    about = [facts.format, size_text(facts.nbytes), f"sha256 {facts.sha256[:12]}"]
    if facts.producer:
        needs = f" (needs {facts.min_consumer})" if facts.min_consumer else ""
        about.append(f"graph version {facts.producer}{needs}")
    lines = [style.paint(clean(facts.path), "bold")]
    lines += field("file", about, style)
    content = [plural(facts.nodes, "node"), f"{size_text(facts.constants)} of constants"]
    if facts.functions:
        content.append(plural(len(facts.functions), "function"))
    lines += field("graph", content, style)
    lines += _tensors("inputs", facts.inputs, style)
    outputs = [clean(name) for name in facts.outputs] or ["none"]
    lines += field("outputs", outputs, style)
    if facts.outputs_guessed:
        lines += field("", ["(guessed: what no other node reads)"], style)
    for signature in facts.signatures:
        lines += ["", *_signature(signature, style)]
    if not style.quiet:
        lines += ["", style.paint("Ops", "bold"), *_histogram(facts.op_types, style)]
    return "\n".join(lines) + "\n"


def frozen(source: str, result: FreezeResult, style: Style) -> str:
    """What was frozen, and the signatures that there were to choose from."""
    lines: list[str] = []
    for signature in result.signatures:
        chosen = " (frozen)" if signature.name == result.signature else ""
        lines += _signature(signature, style, chosen)
    if lines:
        lines.append("")
    lines.append(f"{style.paint(clean(source), 'bold')} -> {clean(result.path)}")
    lines += field("graph", [plural(result.nodes, "node")], style)
    lines += _tensors("inputs", result.inputs, style)
    lines += field("outputs", [clean(name) for name in result.outputs] or ["none"], style)
    if result.functions:
        lines += field("library", [clean(name) for name in result.functions], style)
    return "\n".join(lines) + "\n"


def _tensors(label: str, inputs: Sequence[InputInfo], style: Style) -> Iterator[str]:
    parts = [f"{clean(info.name)} {shape_text(info)}" for info in inputs]
    return field(label, parts or ["none"], style)


def _signature(signature: SignatureInfo, style: Style, note: str = "") -> Iterator[str]:
    tags = f" [{', '.join(signature.tags)}]" if signature.tags else ""
    yield f"{style.paint('signature', 'dim')} {clean(signature.name)}{tags}{note}"
    for label, tensors in (("inputs", signature.inputs), ("outputs", signature.outputs)):
        rows = [(clean(one.name), _dims(one), clean(one.tensor)) for one in tensors]
        for number, line in enumerate(columns(rows, indent=0)):
            yield f"  {style.paint(label if number == 0 else '', 'dim'):<9}{line}"


def _dims(tensor: TensorInfo) -> str:
    return shape_text(InputInfo(tensor.name, tensor.dtype, tensor.shape))


def _histogram(op_types: dict[str, int], style: Style) -> Iterator[str]:
    order = sorted(op_types.items(), key=lambda item: (-item[1], item[0]))
    cells = [f"{count:>7,} {clean(op)}" for op, count in order]
    width = max((len(cell) for cell in cells), default=0) + 2
    across = max(1, (style.width - 2) // width)
    rows = -(-len(cells) // across)
    for row in range(rows):
        line = "".join(cell.ljust(width) for cell in cells[row::rows])
        yield f"  {line}".rstrip()


def _signature_value(signature: SignatureInfo) -> dict[str, Any]:
    return {
        "name": signature.name,
        "tags": list(signature.tags),
        "method": signature.method,
        "inputs": [_tensor_value(tensor) for tensor in signature.inputs],
        "outputs": [_tensor_value(tensor) for tensor in signature.outputs],
    }


def _tensor_value(tensor: TensorInfo) -> dict[str, Any]:
    value = input_value(InputInfo(tensor.name, tensor.dtype, tensor.shape))
    return {"name": value["name"], "tensor": tensor.tensor, **value}

"""Refusals in the records that are limits of how they were made, and what is known of others.

Shape inference was run behind the parser, node by node in one pass: nothing was removed or folded
first, nothing was computed for the bodies of functions, and not all inference functions were there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from linter.graph import Graph, Node
from linter.graph.op_families import MERGES, NEXT_ITERATIONS
from linter.judge import Judge, Placement

__all__ = ["NO_PROTOTYPE", "REASONS", "WARNED", "left_out"]

WARNED = frozenset({"E10001", "E13000"})
"""Codes of which omlint warns: the size is for the user to give, the file is one that
``omlint convert`` writes."""

_SIZE = "The record leaves a size open: omlint says that the tool stops unless it is given."
_LISTED = "The vendor's table of the release lists the op with these attributes."

REASONS: dict[str, str] = {
    "O0001": "The table of 2019-12 lists LeakyRelu, later ones do not and are not plain about it.",
    "O0004": _LISTED,
    "O0010": "The table of 2019-12 lists LeakyRelu, later ones do not and are not plain about it.",
    "O0014": _SIZE,
    "O0015": _LISTED,
    "O0023": "A branch on data: the facts do not say what becomes of one outside a loop.",
    "O0029": _SIZE,
    "O0030": _SIZE,
    "O0031": _SIZE,
    "O0032": "The lists of kernels of that release are not complete.",
    "O0067": _SIZE,
    "O0071": _SIZE,
    "O0072": _SIZE,
}
"""Why an answer to a record, by its number, is wrong or uncertain."""

_NO_CONTEXT = frozenset({"TensorArrayScatter", "TensorArrayWrite"})
_NO_FUNCTION = frozenset(
    {
        "AllCandidateSampler",
        "BandedTriangularSolve",
        "Cholesky",
        "CholeskyGrad",
        "ComputeAccidentalHits",
        "ConjugateTranspose",
        "DecodeCSV",
        "DecodeRaw",
        "FixedUnigramCandidateSampler",
        "Ger",
        "LearnedUnigramCandidateSampler",
        "LogMatrixDeterminant",
        "LogUniformCandidateSampler",
        "Lu",
        "MatrixDeterminant",
        "MatrixInverse",
        "MatrixSolve",
        "MatrixSolveLs",
        "MatrixSquareRoot",
        "MatrixTriangularSolve",
        "ParseExample",
        "ParseSingleExample",
        "ParseSingleSequenceExample",
        "ParseTensor",
        "Qr",
        "RaggedGather",
        "RaggedRange",
        "RaggedTensorToSparse",
        "RaggedTensorToTensor",
        "SelfAdjointEig",
        "StringToNumber",
        "Svd",
        "ThreadUnsafeUnigramCandidateSampler",
        "TridiagonalSolve",
        "UniformCandidateSampler",
    }
)
"""Types of linalg_ops.cc, candidate_sampling_ops.cc, parsing_ops.cc and ragged_*_ops.cc: in the
records none of them ever passes, whatever its inputs are."""

_WANTS_CONSTANTS = frozenset(
    {
        "CombinedNonMaxSuppression",
        "HistogramFixedWidth",
        "Multinomial",
        "NthElement",
        "RandomPoisson",
        "RandomUniformInt",
        "StatelessRandomUniformInt",
    }
)
NO_PROTOTYPE = frozenset({"Digamma", "Lgamma"})
"""Types whose prototype the run of the parser had, and that of shape inference had not."""

_EXPANDED = frozenset({"BlockLSTM", "BlockLSTMV2"})
_ELIMINATED = (Placement.FOLDED, Placement.REMOVED, Placement.FUSED)


def left_out(
    refused: Mapping[str, str], named: Collection[str | None], judge: Judge
) -> dict[str, str]:
    """The refusals that say nothing about atc, each with its reason.

    Args:
        refused: GE type of each node that the run refused.
        named: nodes of which omlint reports an error.
        judge: what omlint makes of the graph, for what atc folds and removes.
    """
    graph = judge.model.main
    reasons: dict[str, str] = {}
    for name, ge_op in refused.items():
        node = graph.get(name)
        if node is None:  # the parser made it
            reason = f"it is in the body that the parser made for a node, as {ge_op} is"
        elif _follows(graph, node, refused):
            reason = "it reads what was refused, and atc has stopped by then"
        elif _follows(graph, node, dict.fromkeys(filter(None, named), "")):
            reason = "it reads what omlint refuses for another reason, a variable"
        else:
            reason = _of_node(graph, node, ge_op, judge)
        if reason:
            reasons[name] = reason
    return reasons


def _of_node(graph: Graph, node: Node, ge_op: str, judge: Judge) -> str:
    if ge_op in _NO_CONTEXT:
        return "the run gave no resource context"
    if ge_op in _NO_FUNCTION:
        return "the run had no inference function for its type"
    if judge.node(graph, node).placement in _ELIMINATED:
        return "atc removes or folds it before, which the run did not"
    producers = [graph.nodes[value.node] for value in node.inputs if value.node in graph.nodes]
    if node.op in MERGES and any(producer.op in NEXT_ITERATIONS for producer in producers):
        return "the run went once through the loop, and knew no dtype of its end"
    if ge_op in _WANTS_CONSTANTS or any(one.op == "RandomGamma" for one in producers):
        wanted = [*producers, *(graph.nodes[v.node] for one in producers for v in one.inputs)]
        if any(one.op != "Const" and _is_constant(graph, one, judge) for one in wanted):
            return "atc has folded what it needs as a constant, which the run had not"
    inference = judge.inference(graph)
    shapes = [inference.shape(value) for value in node.inputs]
    if any(shape is None or None in shape for shape in shapes):
        return "the shape of an input was open"
    return ""


def _is_constant(graph: Graph, node: Node, judge: Judge) -> bool:
    if judge.node(graph, node).placement not in _ELIMINATED:
        return False
    return bool(node.inputs) and all(
        value.node in graph.nodes
        and (graph[value.node].op == "Const" or _is_constant(graph, graph[value.node], judge))
        for value in node.inputs
    )


def _follows(graph: Graph, node: Node, refused: Mapping[str, str]) -> bool:
    """Whether a refused node, or one whose body is refused, stands before it."""
    made = any(name not in graph.nodes for name in refused)
    pending, seen = [value.node for value in node.inputs], {node.key}
    while pending:
        key = pending.pop()
        if key in seen or key not in graph.nodes:
            continue
        seen.add(key)
        before = graph[key]
        if before.name in refused or (made and before.op in _EXPANDED):
            return True
        pending += [value.node for value in before.inputs]
    return False

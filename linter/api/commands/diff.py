"""``diff``: two models, node by node."""

from __future__ import annotations

from linter.api.graph_diff import compare_models
from linter.api.opened import open_model
from linter.results.diff import GraphDiff

__all__ = ["diff"]


def diff(a: str, b: str) -> GraphDiff:
    """Compare two models by the names of their nodes.

    Args:
        a: a frozen graph or a SavedModel.
        b: another one.

    Raises:
        GraphError: a model cannot be read.
        MissingExtraError: a SavedModel, and TensorFlow is not installed.
    """
    with open_model(a) as first, open_model(b) as second:
        return compare_models(first.model, second.model)

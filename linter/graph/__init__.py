"""The graph that every part of omlint works on, and questions about its structure alone.

A ``Model`` is one file: a main ``Graph`` and one for each function of its library. What is here
knows nodes, edges, ports, scopes and branches; it knows no file format, no dtype or shape that is
not written down, and no target.
"""

from __future__ import annotations

from linter.graph.model import (
    Attrs,
    Dangling,
    DType,
    FuncRef,
    Graph,
    Model,
    Node,
    Placeholder,
    Shape,
    Source,
    TensorValue,
    Use,
    Value,
)

__all__ = [
    "Attrs",
    "DType",
    "Dangling",
    "FuncRef",
    "Graph",
    "Model",
    "Node",
    "Placeholder",
    "Shape",
    "Source",
    "TensorValue",
    "Use",
    "Value",
]

"""What a picture of a model is drawn from: the nodes of every body with what is known of them."""

from __future__ import annotations

from dataclasses import dataclass

from linter.results.judgement import Judgement

__all__ = ["Answers", "BodyPicture", "NodePicture", "OutputPicture"]

Answers = tuple[tuple[Judgement | None, ...], ...]
"""A judgement for each node of each body, as the bodies stand in ``ModelReport.bodies``; ``None``
for a node that no output needs."""


@dataclass(frozen=True, slots=True)
class OutputPicture:
    """One output of a node; ``shape`` ``None`` is unknown rank, a ``None`` entry unknown size."""

    dtype: str | None
    shape: tuple[int | None, ...] | None


@dataclass(frozen=True, slots=True)
class NodePicture:
    """One node.

    Attributes:
        name: key of the node in its body: its name, or ``name#2`` for the second of that name.
        inputs: for each input the rank of its producer in the body and the producer's output;
            rank -1 is a producer that the body does not have.
        controls: ranks of the control inputs.
        attrs: attributes by name, each on one line; of a large constant only type and shape.
        outputs: what is known of the outputs.
    """

    name: str
    op: str
    inputs: tuple[tuple[int, int], ...]
    controls: tuple[int, ...]
    attrs: tuple[tuple[str, str], ...]
    outputs: tuple[OutputPicture, ...]


@dataclass(frozen=True, slots=True)
class BodyPicture:
    """The main graph (``function`` is ``None``) or one function; nodes in file order."""

    function: str | None
    nodes: tuple[NodePicture, ...]

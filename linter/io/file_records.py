"""What the reader keeps about an input, so that the writer can copy what was not changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from linter.graph import Node
from linter.io.library import FunctionRecord
from linter.io.view import View
from linter.io.wire import BodyScan

__all__ = ["FileRecords"]


@dataclass(slots=True)
class FileRecords:
    """What the writer needs to know about the input.

    Attributes:
        outer: the input as it lies on disk.
        view: the binary graph; differs from ``outer`` when that is compressed; ``None`` for text.
        main: where the records of the graph lie, ``None`` for text.
        nodes: the nodes of the main graph as they were read.
        functions: the functions as they were read, by key, in file order.
        message: of a text input, its message.
    """

    outer: View
    view: View | None = None
    main: BodyScan | None = None
    nodes: tuple[Node, ...] = ()
    functions: dict[str, FunctionRecord] = field(default_factory=dict)
    message: Any = None

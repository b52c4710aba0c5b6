"""The function library as atc wants it: a text file of plain graphs beside the model.

atc does not read the functions inside a ``.pb``. It looks for ``graph_def_library.pbtxt`` in the
model's folder, which holds one graph per function: ``_Arg`` nodes for the arguments, the body with
its inputs written as in a main graph, ``_Retval`` nodes for the results. The toolkit makes it with
its script ``func2graph.py``, which needs TensorFlow; this needs nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from linter.graph import FuncRef, Graph, Model, Node, Source, Value
from linter.io import messages
from linter.io.atomic import write_text
from linter.io.outputs import LibraryOps, output_dtype
from linter.io.writer import serialize
from opdb.tf_ops import load_op_table

__all__ = ["FILE_NAME", "function_library", "write_function_library"]

FILE_NAME = "graph_def_library.pbtxt"


def write_function_library(model: Model, model_path: str | os.PathLike[str]) -> Path | None:
    """Write the library into the folder of the model; all of it or nothing.

    Args:
        model: the model as it was written to ``model_path``.
        model_path: the ``.pb`` that atc will read.

    Returns:
        The file, ``None`` when the main graph calls no function.

    Raises:
        UsageError: the folder cannot be written to.
    """
    if not any(_calls(node, model) for node in model.main):
        return None
    target = Path(model_path).parent / FILE_NAME
    write_text(target, function_library(model))
    return target


def function_library(model: Model) -> str:
    """The text of the library: every function of the model, in file order."""
    return "".join(_entry(name, graph, model) for name, graph in model.functions.items())


def _entry(name: str, graph: Graph, model: Model) -> str:
    plain = Graph(_plain_nodes(graph, model))
    body = messages.GraphDef.FromString(serialize(Model(Source("", "graphdef"), plain)))
    body.versions.producer = model.source.producer
    body.versions.min_consumer = model.source.min_consumer
    lines = "".join(f"    {line}\n" for line in messages.to_text(body).splitlines())
    return f'graph_def {{\n  name: "{_escaped(name)}"\n  graph {{\n{lines}  }}\n}}\n'


def _plain_nodes(graph: Graph, model: Model) -> Iterator[Node]:
    taken = {node.name for node in graph}
    for node in graph:
        if node.virtual:
            attrs = {key: value for key, value in node.attrs.items() if _of_argument(key)}
            yield Node(node.name, "_Arg", attrs=attrs, key=node.key)
        else:
            yield Node(
                node.name,
                node.op,
                node.inputs,
                node.controls,
                dict(node.attrs),
                key=node.key,
                device=node.device,
            )
    ops = LibraryOps(model.functions, load_op_table())
    for index, (name, value) in enumerate(graph.returns.items()):
        yield _result(_free(f"{name}_Retval", taken), index, value, output_dtype(graph, value, ops))


def _of_argument(key: str) -> bool:
    """Attributes of an argument besides its type and place are hints with a leading underscore."""
    return key in ("T", "index") or key.startswith("_")


def _result(name: str, index: int, value: Value, dtype: Any) -> Node:
    attrs = {"T": dtype, "index": index, "op_def": _retval_definition()}
    return Node(name, "_Retval", (value,), attrs=attrs)


def _retval_definition() -> bytes:
    """The serialized OpDef that atc's parser expects on a ``_Retval``."""
    definition = messages.OpDef(name="_Retval", is_stateful=True)
    definition.input_arg.add(name="input", type_attr="T")
    definition.attr.add(name="T", type="type")
    definition.attr.add(name="index", type="int", has_minimum=True)
    data: bytes = definition.SerializeToString(deterministic=True)
    return data


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    taken.add(name)
    return name


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _calls(node: Node, model: Model) -> bool:
    if node.op in model.functions:
        return True
    return any(_is_call(value, model) for value in node.attrs.values())


def _is_call(value: Any, model: Model) -> bool:
    if isinstance(value, FuncRef):
        return value.name in model.functions
    return isinstance(value, tuple) and any(_is_call(item, model) for item in value)

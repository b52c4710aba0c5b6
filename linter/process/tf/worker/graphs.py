"""GraphDef files in TensorFlow: read, walk, import."""

from __future__ import annotations

import gzip
import math
import re
import zlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tensorflow as tf
from google.protobuf import text_format
from google.protobuf.message import DecodeError
from tensorflow.python.framework import op_def_registry

from linter.graph.op_families import FUNCTION_CALLS
from linter.results.errors import GraphError, VerifyError

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = [
    "ancestors",
    "dims_of",
    "dtype_name",
    "first_line",
    "import_graph",
    "leaves",
    "load_graph_def",
    "node_name",
    "one_value_constants",
    "pin_seeds",
    "plain_config",
    "pruned",
    "readers",
    "refuse_unknown_ops",
    "static_value",
    "tensor_name",
]


_PLACE = re.compile(
    r"Graph execution error|Detected at node|Node: |<stack traces|Original stack trace|\[\[|File \""
)
_GZIP = b"\x1f\x8b"
_NO_SEED = (0, 0)
_LARGE = 512
_MAX_STATIC = 1 << 22
_FUSED = frozenset({"_FusedConv2D", "_FusedDepthwiseConv2dNative", "_FusedMatMul"})


def load_graph_def(path: str) -> tf.compat.v1.GraphDef:
    """A GraphDef from a binary, text or gzip file.

    Raises:
        GraphError: there is no such file, or it is none of these.
    """
    try:
        data = Path(path).read_bytes()
        if data.startswith(_GZIP):
            data = gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as err:
        raise GraphError(f"{path}: cannot be read: {first_line(err)}") from err
    graph_def = tf.compat.v1.GraphDef()
    try:
        graph_def.ParseFromString(data)
    except DecodeError as err:
        if not _is_text(graph_def, data):
            raise GraphError(f"{path}: not a GraphDef", cause="not-graphdef") from err
    if not graph_def.node:
        raise GraphError(f"{path}: a GraphDef without nodes", cause="empty")
    return graph_def


def _is_text(graph_def: tf.compat.v1.GraphDef, data: bytes) -> bool:
    try:
        text_format.Parse(data, graph_def)
    except (text_format.ParseError, UnicodeDecodeError):
        return False
    return True


def node_name(text: str) -> str:
    """The node of an input or tensor reference: ``^n``, ``n``, ``n:1``."""
    return text.removeprefix("^").partition(":")[0]


def tensor_name(text: str) -> str:
    """``node:index`` of a reference whose index may be left out."""
    return text if ":" in text else f"{text}:0"


def dtype_name(number: int) -> str:
    """Lower-case NumPy name of a dtype number; bool and string as TensorFlow spells them."""
    try:
        return str(tf.as_dtype(number).name)
    except TypeError:
        return f"dtype#{number}"


def dims_of(shape: tf.TensorShape) -> tuple[int | None, ...] | None:
    """A TensorShape as omlint writes it."""
    return None if shape.rank is None else tuple(shape.as_list())


def first_line(error: BaseException) -> str:
    """The first line of what TensorFlow says, without the places in its graph."""
    message = str(getattr(error, "message", None) or error)
    lines = (line.partition("\t [[")[0].strip() for line in message.splitlines())
    return next((line for line in lines if line and not _PLACE.match(line)), type(error).__name__)


def ancestors(graph_def: tf.compat.v1.GraphDef, roots: Iterable[str]) -> set[str]:
    """Names of the nodes that ``roots`` need, themselves included, data and control."""
    inputs = {node.name: node.input for node in graph_def.node}
    seen: set[str] = set()
    pending = [node_name(root) for root in roots]
    while pending:
        name = pending.pop()
        if name not in seen and name in inputs:
            seen.add(name)
            pending.extend(node_name(text) for text in inputs[name])
    return seen


def readers(graph_def: tf.compat.v1.GraphDef) -> dict[str, list[str]]:
    """Names of the nodes that read each node, data and control."""
    result: dict[str, list[str]] = {}
    for node in graph_def.node:
        for text in node.input:
            result.setdefault(node_name(text), []).append(node.name)
    return result


def leaves(graph_def: tf.compat.v1.GraphDef) -> list[str]:
    """Every node with an input and without a reader, as ``node:0``, in file order."""
    read = {node_name(text) for node in graph_def.node for text in node.input}
    return [f"{n.name}:0" for n in graph_def.node if n.input and n.name not in read]


def pin_seeds(graph_def: tf.compat.v1.GraphDef) -> bool:
    """Give every random op without a seed one that depends on its name only.

    Returns:
        Whether there is any random op; the streams then run on from call to call.
    """
    pinned = False
    bodies = [graph_def.node, *(function.node_def for function in graph_def.library.function)]
    for node in (node for body in bodies for node in body):
        if _takes_seeds(node.op):
            pinned = True
            if (node.attr["seed"].i, node.attr["seed2"].i) == _NO_SEED:
                node.attr["seed"].i = 1
                node.attr["seed2"].i = zlib.crc32(node.name.encode()) | 1
    return pinned


@cache
def _takes_seeds(op: str) -> bool:
    definition = op_def_registry.get(op)
    return definition is not None and {"seed", "seed2"} <= {a.name for a in definition.attr}


def static_value(tensor: tf.Tensor) -> npt.NDArray[Any] | None:
    """The value of a constant, or of what follows from constants, when it is of modest size."""
    size = tensor.shape.num_elements()
    if size is None or size > _MAX_STATIC:
        return None
    value: npt.NDArray[Any] | None = tf.get_static_value(tensor)
    return value


def pruned(graph_def: tf.compat.v1.GraphDef, roots: Iterable[str]) -> tf.compat.v1.GraphDef:
    """What ``roots`` need, without devices and without colocation with other nodes.

    ``_FusedConv2D`` and its kin get the types of their arguments, which TensorFlow wants since
    2.13 and older converters did not write.
    """
    kept = ancestors(graph_def, roots)
    part = tf.compat.v1.GraphDef(versions=graph_def.versions, library=graph_def.library)
    for node in graph_def.node:
        if node.name in kept:
            copy = part.node.add()
            copy.CopyFrom(node)
            copy.device = ""
            copy.attr.pop("_class", None)
            if node.op in _FUSED and "TArgs" not in node.attr:
                count = node.attr["num_args"].i
                copy.attr["TArgs"].list.type.extend([node.attr["T"].type] * count)
    return part


def refuse_unknown_ops(graph_def: tf.compat.v1.GraphDef, label: str) -> None:
    """Name the ops that TensorFlow lacks, and their first nodes.

    Raises:
        VerifyError: there are such ops.
    """
    functions = {function.signature.name for function in graph_def.library.function}
    unknown: dict[str, list[str]] = {}
    for node in graph_def.node:
        if node.op not in functions and op_def_registry.get(node.op) is None:
            unknown.setdefault(node.op, []).append(node.name)
    if unknown:
        texts = [
            f"{op} (node {nodes[0]}{f' and {len(nodes) - 1} more' if len(nodes) > 1 else ''})"
            for op, nodes in sorted(unknown.items())
        ]
        raise VerifyError(f"{label}: TensorFlow {tf.__version__} does not know {', '.join(texts)}")


def one_value_constants(graph_def: tf.compat.v1.GraphDef) -> tuple[int, str]:
    """How many large constants of floats hold one value only, and the name of the first."""
    names = [
        node.name
        for node in graph_def.node
        if node.op == "Const" and _is_one_value(node.attr["value"].tensor)
    ]
    return len(names), names[0] if names else ""


def _is_one_value(tensor: Any) -> bool:
    dtype = tf.as_dtype(tensor.dtype)
    size = math.prod(dim.size for dim in tensor.tensor_shape.dim)
    if not dtype.is_floating or size < _LARGE:
        return False
    content = tensor.tensor_content
    if content:
        return bool(content == content[: dtype.size] * (len(content) // dtype.size))
    return len(tensor.float_val) + len(tensor.double_val) + len(tensor.half_val) <= 1


def import_graph(graph_def: tf.compat.v1.GraphDef, label: str) -> tf.Graph:
    """The graph, ready for a session on the CPU.

    Raises:
        VerifyError: TensorFlow refuses it.
    """
    for node in graph_def.node:
        node.device = ""
    _leave_calls(graph_def)
    graph = tf.Graph()
    try:
        with graph.as_default():
            tf.import_graph_def(graph_def, name="")
    except (ValueError, TypeError, KeyError, tf.errors.OpError) as err:
        raise VerifyError(f"{label}: TensorFlow cannot import it: {first_line(err)}") from err
    return graph


def _leave_calls(graph_def: tf.compat.v1.GraphDef) -> None:
    """Have TensorFlow run what is called as it is: a call has its own settings, not the session's.

    Otherwise ``x - 2 * x`` in a body is another number than outside of it.
    """
    settings = plain_config().SerializeToString()
    bodies = (function.node_def for function in graph_def.library.function)
    for nodes in (graph_def.node, *bodies):
        for node in nodes:
            if node.op in FUNCTION_CALLS:
                node.attr["config_proto"].s = settings


def plain_config() -> tf.compat.v1.ConfigProto:
    """Settings under which nothing is optimised away."""
    config = tf.compat.v1.ConfigProto(allow_soft_placement=True)
    options = config.graph_options
    options.rewrite_options.disable_meta_optimizer = True
    options.optimizer_options.opt_level = tf.compat.v1.OptimizerOptions.L0
    return config

"""The TensorFlow op table, from an installed TensorFlow and the name lists of older releases."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

from opdb.write import Records
from opdb_build.lines import Facts, write_manifest

REGISTRIES = ("opdb-facts/tf_registry/1.15.5.json", "opdb-facts/tf_registry/2.15.0.json")
_NUMPY = {"float": "float32", "double": "float64", "half": "float16"}
_NOT_OPS = {"module_wrapper"}  # a Python helper among the wrappers that the list was read from


def build(facts: Facts, out: Path) -> dict[str, int]:
    """Write ``tf_ops/ops.tsv.gz``; returns the number of records of each kind."""
    import tensorflow as tf

    older: set[str] = set()
    for name in REGISTRIES:
        older.update(facts.load(name)["ops"])
    older -= _NOT_OPS
    records = Records()
    records.evidence = {"op": ["tensorflow-ops"], "name": ["tensorflow-registry-1.15.5"]}
    records.header = {"tensorflow": tf.__version__}
    defined = set()
    for op in _installed_ops():
        if _is_public(op.name, older, dir(tf.raw_ops)):
            records.add("op", op.name, _op(op))
            defined.add(op.name)
    for name in older - defined:
        records.add("name", name, {})
    target = out / "tf_ops" / "ops.tsv.gz"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(records.dump())
    read = {name: facts.read[name] for name in REGISTRIES}
    write_manifest(out, "tf_ops", read, tensorflow=tf.__version__)
    return records.counts()


def _installed_ops() -> list[Any]:
    from tensorflow.core.framework import op_def_pb2
    from tensorflow.python.client import pywrap_tf_session

    ops = op_def_pb2.OpList()
    ops.ParseFromString(pywrap_tf_session.TF_GetBuffer(pywrap_tf_session.TF_GetAllOpList()))
    return sorted(ops.op, key=lambda op: str(op.name))


def _is_public(name: str, older: set[str], raw_ops: list[str]) -> bool:
    """Leave out TensorFlow's own test ops and the oneDNN ops that depend on the build."""
    if "Mkl" in name:
        return False
    return name in older or name in raw_ops or name.startswith(("_", "Xla"))


def _op(op: Any) -> dict[str, Any]:
    result: dict[str, Any] = {}
    if op.input_arg:
        result["in"] = [_arg(arg) for arg in op.input_arg]
    if op.output_arg:
        result["out"] = [_arg(arg) for arg in op.output_arg]
    if op.attr:
        result["attrs"] = [_attr(attr) for attr in op.attr]
    if op.is_stateful:
        result["stateful"] = True
    if op.is_commutative:
        result["commutative"] = True
    return result


def _arg(arg: Any) -> dict[str, Any]:
    result: dict[str, Any] = {"name": arg.name}
    if arg.type:
        result["type"] = _dtype(arg.type)
    for key in ("type_attr", "number_attr", "type_list_attr"):
        if getattr(arg, key):
            result[key] = getattr(arg, key)
    if arg.is_ref:
        result["is_ref"] = True
    return result


def _attr(attr: Any) -> dict[str, Any]:
    result: dict[str, Any] = {"name": attr.name, "type": attr.type}
    if attr.HasField("default_value"):
        result["default"] = _value(attr.default_value)
    if attr.HasField("allowed_values"):
        result["allowed"] = _value(attr.allowed_values)
    return result


def _value(value: Any) -> Any:
    kind = value.WhichOneof("value")
    if kind == "list":
        return _list(value.list)
    return _scalar(kind, getattr(value, kind)) if kind else None


def _list(values: Any) -> list[Any]:
    for descriptor, items in values.ListFields():
        return [_scalar(descriptor.name, item) for item in items]
    return []


def _scalar(kind: str, value: Any) -> Any:
    if kind == "s":
        return value.decode("utf-8")
    if kind == "type":
        return _dtype(value)
    if kind == "f":
        return _short_float(value)
    if kind == "shape":
        return None if value.unknown_rank else [_dim(d.size) for d in value.dim]
    if kind == "func":
        return value.name
    if kind == "tensor":
        return None
    return value


def _dim(size: int) -> int | None:
    return None if size < 0 else int(size)


def _dtype(number: int) -> str:
    from tensorflow.core.framework import types_pb2

    name = str(types_pb2.DataType.Name(number)).removeprefix("DT_").lower()
    return _NUMPY.get(name, name)


def _short_float(value: float) -> float:
    """The shortest decimal that is the same float32."""
    packed = struct.pack("<f", value)
    for digits in range(1, 10):
        short = float(f"{value:.{digits}g}")
        if struct.pack("<f", short) == packed:
            return short
    return value

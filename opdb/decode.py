"""From stored records to the types of :mod:`opdb.record`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from opdb.load import RecordFile
from opdb.record import (
    AttrSpec,
    Constraint,
    Engine,
    Kernel,
    KnownIssue,
    OmgConstraint,
    OmgPattern,
    OmgRecord,
    OnnxRecord,
    ParserRecord,
    Prototype,
    TensorSpec,
)

__all__ = ["aicore", "constraint", "cpu", "omg", "onnx", "parser_record", "prototype"]

_PARAM = {"r": "required", "o": "optional", "d": "dynamic"}
_FILL = tuple((None,) * (5 - length) for length in range(6))
_Raw = Mapping[str, Any]


def parser_record(op: str, raw: _Raw) -> ParserRecord:
    """An entry of the parser's map."""
    return ParserRecord(
        op=op,
        ge_op=raw["ge"],
        origin=raw["origin"],
        confidence=raw.get("confidence"),
        imply=raw.get("imply"),
        scope_fusion_result=bool(raw.get("scope")),
        deleted_inputs=tuple(raw.get("deleted", ())),
        rewritten_by_passes=tuple(raw.get("passes", ())),
        expanded=bool(raw.get("expanded")),
        inferred=bool(raw.get("inferred")),
        evidence=tuple(raw["ev"]),
    )


def prototype(ge_op: str, raw: _Raw, file: RecordFile) -> Prototype:
    """A prototype."""
    return Prototype(
        ge_op=ge_op,
        inputs=_tensors(raw, "in", file),
        outputs=_tensors(raw, "out", file),
        attrs=_attrs(raw),
        evidence=file.evidence("proto"),
    )


def aicore(ge_op: str, raw: _Raw, version: str, file: RecordFile) -> Kernel:
    """An entry of an AI Core list."""
    return Kernel(
        ge_op=ge_op,
        engine=Engine(raw.get("engine", "aicore")),
        inputs=_tensors(raw, "in", file),
        outputs=_tensors(raw, "out", file),
        attrs=_attrs(raw),
        columns=not raw.get("sets"),
        dynamic_shape=raw.get("dynamic_shape"),
        dynamic_format=bool(raw.get("dynamic_format")),
        need_check_support=bool(raw.get("need_check_support")),
        precision_reduce=raw.get("precision_reduce"),
        op_pattern=raw.get("op_pattern"),
        version=version,
        evidence=tuple(raw["ev"]) if "ev" in raw else file.evidence("aicore"),
    )


def cpu(ge_op: str, raw: _Raw, version: str, file: RecordFile) -> Kernel:
    """An entry of an AI CPU, host CPU or TF-kernel list."""
    return Kernel(
        ge_op=ge_op,
        engine=Engine(raw["engine"]),
        inputs=_tensors(raw, "in", file),
        outputs=_tensors(raw, "out", file),
        file=raw["file"],
        ops_flag=raw.get("flag", ""),
        version=version,
        evidence=tuple(raw["ev"]) if "ev" in raw else file.evidence("cpu"),
    )


def constraint(raw: _Raw) -> Constraint:
    """A limit that the lists do not hold."""
    return Constraint(
        ge_op=raw["ge"],
        tf_ops=tuple(raw["tf_ops"]),
        text=raw["text"],
        expr=raw["expr"],
        engine=raw["engine"],
        consequence=raw["consequence"],
        evidence=tuple(raw["ev"]),
    )


def omg(op: str, raw: _Raw) -> OmgRecord:
    """A row of an OMG table."""
    dtypes = raw.get("dtypes")
    return OmgRecord(
        op=op,
        row_op=raw["row_op"],
        dtypes=None if dtypes is None else tuple(dtypes),
        constraints=tuple(OmgConstraint(**limit) for limit in raw.get("constraints", ())),
        mapping=raw["mapping"],
        note=raw.get("note", ""),
        implicit=bool(raw.get("implicit")),
        rows=tuple(raw["rows"]),
        evidence=tuple(raw["ev"]),
        issue=KnownIssue(op, **raw["issue"]) if "issue" in raw else None,
    )


def omg_pattern(name: str, raw: _Raw) -> OmgPattern:
    """A row of an OMG table about several nodes."""
    limits = tuple(OmgConstraint(**limit) for limit in raw["constraints"])
    return OmgPattern(name, limits, tuple(raw["ev"]))


def onnx(op: str, raw: _Raw, file: RecordFile, *, inferred: bool) -> OnnxRecord:
    """An entry of an ONNX map."""
    return OnnxRecord(
        op=op,
        ge_ops=tuple(raw["ge"]),
        opsets=tuple(raw["opsets"]),
        subgraph=bool(raw.get("sub")),
        inferred=inferred,
        evidence=file.evidence("onnx"),
    )


def _tensors(raw: _Raw, key: str, file: RecordFile) -> tuple[TensorSpec, ...]:
    return tuple(_tensor(row, file) for row in raw.get(key, ()))


def _tensor(row: Sequence[Any], file: RecordFile) -> TensorSpec:
    name, dtypes, param, formats, value_depend = _filled(row)
    return TensorSpec(
        name, file.column(dtypes), _PARAM[param or "r"], file.column(formats), value_depend
    )


def _attrs(raw: _Raw) -> tuple[AttrSpec, ...]:
    return tuple(_attr(row) for row in raw.get("attrs", ()))


def _attr(row: Sequence[Any]) -> AttrSpec:
    name, type_, required, default, values = _filled(row)
    return AttrSpec(name, type_, bool(required), default, _values(values))


def _values(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else tuple(text.split(","))


def _filled(row: Sequence[Any]) -> Sequence[Any]:
    return row if len(row) == 5 else [*row, *_FILL[len(row)]]

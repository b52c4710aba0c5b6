"""Whether one kernel takes the tensors of a GE node.

Source: hicann/ge, sub_ops_store.cc (CheckPrecisionReduce) and the AI CPU ops-kernel-info store; the
default precision mode of an offline conversion is force_fp16.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from linter.judge.atc.ge import GeNode, GeTensor
from linter.judge.precision import DEFAULT_MODE, bridged
from linter.results.judgement import Reason
from opdb.query import Database
from opdb.record import Kernel, TensorSpec

__all__ = ["Check", "Outcome", "check_aicore", "check_cpu"]

_COLUMN_OPS = frozenset({"Cast", "TransData"})


class Outcome(Enum):
    """Result of asking one kernel; undecided is a refusal that the facts do not carry."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Check:
    """What one kernel says to a node.

    Attributes:
        inferred: the answer rests on more than the lists.
        reason: why the kernel takes the node or does not.
        port: TensorFlow slot of the refused tensor, ``None`` for an output or the whole node.
        seen, accepted: what the tensor has and what the list holds.
    """

    outcome: Outcome
    kernel: Kernel
    inferred: bool = False
    reason: Reason = Reason.LISTED
    port: int | None = None
    tensor: str = ""
    seen: str = ""
    accepted: str = ""


def check_aicore(ge: GeNode, kernel: Kernel, database: Database, mode: str = DEFAULT_MODE) -> Check:
    """Ask an AI Core entry; it may be a twin of the node's type.

    Each tensor alone must find a listed dtype, in any column; only Cast and TransData need one
    whole column.
    """
    dynamic = _check_dynamic(ge, kernel)
    if dynamic is not None:
        return dynamic
    twin = kernel.ge_op != ge.type
    pairs, left = _pairs(ge.inputs, kernel.inputs, by_kind=twin)
    for tensor in left if twin else ():
        if not tensor.constant and tensor.dtypes:
            return Check(
                Outcome.REFUSED, kernel, True, Reason.CONST_INPUT, tensor.first, tensor.arg
            )
    for tensor, spec in pairs:
        if spec.value_depend == "required" and not tensor.constant:
            return Check(
                Outcome.REFUSED, kernel, True, Reason.CONST_INPUT, tensor.first, tensor.arg
            )
    if kernel.ge_op in _COLUMN_OPS:
        return _check_columns(ge, kernel)
    outputs, _ = _pairs(ge.outputs, kernel.outputs, by_kind=twin)
    query = _Query(kernel, database, mode)
    return _worst(
        [_check_tensor(t, s, query, output=False) for t, s in pairs]
        + [_check_tensor(t, s, query, output=True) for t, s in outputs],
        kernel,
    )


def check_cpu(ge: GeNode, kernel: Kernel) -> Check:
    """Ask an AI CPU or TF-kernel entry: exact dtypes of the tensors of the same GE name.

    Dynamic tensors and missing entries are not compared; an entry without tensors takes any dtype.
    """
    compared = 0
    if not kernel.inputs and not kernel.outputs:
        return Check(Outcome.ACCEPTED, kernel, inferred=True)
    for tensors, specs, output in (
        (ge.inputs, kernel.inputs, False),
        (ge.outputs, kernel.outputs, True),
    ):
        by_name = {spec.name: spec for spec in specs}
        for tensor in tensors:
            spec = by_name.get(tensor.name or "")
            if spec is None or spec.dtypes is None or tensor.group or spec.param == "dynamic":
                continue
            for dtype in tensor.dtypes:
                if dtype is not None and dtype not in spec.dtypes:
                    return _refusal(tensor, spec.dtypes, kernel, dtype, output=output)
                compared += dtype is not None
    return Check(Outcome.ACCEPTED, kernel, inferred=compared == 0)


def _check_dynamic(ge: GeNode, kernel: Kernel) -> Check | None:
    if ge.dynamic is False or kernel.dynamic_shape:
        return None
    outcome = Outcome.UNDECIDED if ge.dynamic is None else Outcome.REFUSED
    return Check(outcome, kernel, True, Reason.DYNAMIC_SHAPE)


def _pairs(
    tensors: tuple[GeTensor, ...], specs: tuple[TensorSpec, ...], *, by_kind: bool
) -> tuple[list[tuple[GeTensor, TensorSpec]], list[GeTensor]]:
    """Tensors beside the entries that they are compared with, and the tensors left over.

    By name first; then a dynamic one to a dynamic one (twins only); then by order.
    """
    free = {spec.name: spec for spec in specs}
    found: dict[int, TensorSpec] = {}
    for index, tensor in enumerate(tensors):
        spec = free.get(tensor.name or "")
        if spec is not None:
            found[index] = free.pop(spec.name)
    if by_kind:
        groups = [spec for spec in free.values() if spec.param == "dynamic"]
        for index, tensor in enumerate(tensors):
            if index not in found and tensor.group and groups:
                found[index] = free.pop(groups.pop(0).name)
    rest = iter([index for index in range(len(tensors)) if index not in found])
    if not by_kind or not found:
        for spec, index in zip(list(free.values()), rest, strict=False):
            found[index] = spec
    pairs = [(tensors[index], found[index]) for index in sorted(found)]
    return pairs, [tensor for index, tensor in enumerate(tensors) if index not in found]


def _check_columns(ge: GeNode, kernel: Kernel) -> Check:
    source = ge.inputs[0].dtypes[0] if ge.inputs and ge.inputs[0].dtypes else None
    target = ge.outputs[0].dtypes[0] if ge.outputs and ge.outputs[0].dtypes else None
    listed_in = kernel.inputs[0].dtypes if kernel.inputs else None
    listed_out = kernel.outputs[0].dtypes if kernel.outputs else None
    if source is None or target is None or listed_in is None or listed_out is None:
        return Check(Outcome.ACCEPTED, kernel, inferred=True)
    columns = set(zip(listed_in, listed_out, strict=False))
    if (source, target) in columns:
        return Check(Outcome.ACCEPTED, kernel)
    accepted = sorted({to for start, to in columns if start == source})
    return Check(
        Outcome.REFUSED,
        kernel,
        reason=Reason.DTYPE_COLUMN,
        tensor=ge.inputs[0].arg,
        port=ge.inputs[0].first,
        seen=f"{source} to {target}",
        accepted=f"{source} to {', '.join(accepted)}" if accepted else f"nothing from {source}",
    )


@dataclass(frozen=True, slots=True)
class _Query:
    """The kernel that is asked, and under which precision mode."""

    kernel: Kernel
    database: Database
    mode: str

    def takes(self, dtype: str, listed: Iterable[str]) -> bool:
        """Whether a listed dtype satisfies a tensor's dtype."""
        reduce = self.kernel.precision_reduce
        return bridged(dtype, listed, self.mode, precision_reduce=reduce)


def _check_tensor(tensor: GeTensor, spec: TensorSpec, query: _Query, *, output: bool) -> Check:
    known = [dtype for dtype in tensor.dtypes if dtype is not None]
    inferred = len(known) < len(tensor.dtypes)
    if spec.dtypes is None:
        return _check_unlisted(tensor, spec, query, output=output)
    for dtype in known:
        if not query.takes(dtype, spec.dtypes):
            return _refusal(tensor, spec.dtypes, query.kernel, dtype, output=output)
    return Check(Outcome.ACCEPTED, query.kernel, inferred)


def _check_unlisted(tensor: GeTensor, spec: TensorSpec, query: _Query, *, output: bool) -> Check:
    """A tensor whose dtypes are chosen in code.

    The table of what the code offers comes from releases whose CPU lists are incomplete; on a
    release with complete lists it refuses only together with the prototype. A prototype alone may
    accept but never refuse.
    """
    kernel, database = query.kernel, query.database
    offered = database.select_format(kernel.ge_op)
    declared = _declared(spec, kernel, database)
    for dtype in tensor.dtypes:
        if dtype is None:
            continue
        by_prototype = declared is None or query.takes(dtype, declared)
        if offered is not None and spec.name not in offered[1]:
            if query.takes(dtype, offered[0]):
                continue
            refused = not by_prototype or not database.cpu_complete
            refusal = _refusal(tensor, offered[0], kernel, dtype, output=output, inferred=True)
            return refusal if refused else _undecided(refusal)
        if not by_prototype:
            return _undecided(
                _refusal(tensor, declared or (), kernel, dtype, output=output, inferred=True)
            )
    return Check(Outcome.ACCEPTED, kernel, inferred=True)


def _declared(spec: TensorSpec, kernel: Kernel, database: Database) -> tuple[str, ...] | None:
    prototype = database.prototype(kernel.ge_op)
    if prototype is None:
        return None
    for declared in (*prototype.inputs, *prototype.outputs):
        if declared.name == spec.name:
            return declared.dtypes
    return None


def _refusal(
    tensor: GeTensor,
    listed: Iterable[str],
    kernel: Kernel,
    dtype: str,
    *,
    output: bool,
    inferred: bool = False,
) -> Check:
    return Check(
        Outcome.REFUSED,
        kernel,
        inferred,
        Reason.DTYPE,
        None if output else tensor.first,
        tensor.arg,
        dtype,
        ", ".join(sorted(set(listed))),
    )


def _undecided(check: Check) -> Check:
    return Check(
        Outcome.UNDECIDED,
        check.kernel,
        True,
        check.reason,
        check.port,
        check.tensor,
        check.seen,
        check.accepted,
    )


def _worst(checks: list[Check], kernel: Kernel) -> Check:
    for outcome in (Outcome.REFUSED, Outcome.UNDECIDED):
        for check in _having(checks, outcome):
            return check
    return Check(Outcome.ACCEPTED, kernel, any(check.inferred for check in checks))


def _having(checks: list[Check], outcome: Outcome) -> Iterator[Check]:
    return (check for check in checks if check.outcome is outcome)

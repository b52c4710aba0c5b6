"""Whether what omlint infers about a graph is what TensorFlow infers and computes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harness.answers import Array, Dims, Key, Outcome, Static, same
from harness.draft import Case
from harness.oracle import CRASH, Oracle
from harness.tally import Tally
from linter.graph import Model, Value
from linter.infer.inference import Inference
from linter.infer.tensors import Constant
from linter.io.reader import from_bytes
from opdb.tf_ops import load_op_table

__all__ = ["differences", "infer", "unlike_arrays", "unlike_elements"]

_LAST_OF_OLD_SCALARS = 21
_DEAD = "does not have value"


def infer(
    model: Model, shapes: Mapping[str, tuple[int, ...]] | None = None, *, pinned: bool = False
) -> Inference:
    """Inference as the judge makes it; defaults are pinned where nobody feeds others."""
    return Inference(
        model.main,
        load_op_table(),
        functions=model.functions,
        input_shapes=shapes,
        legacy_scalars=model.source.producer <= _LAST_OF_OLD_SCALARS,
        pin_defaults=pinned,
    )


def differences(case: Case, oracle: Oracle, tally: Tally) -> list[str]:
    """What omlint says otherwise than TensorFlow; empty when they agree."""
    model = from_bytes(case.data)
    shapes = {name: tuple(array.shape) for name, array in case.feeds.items()}
    partly, wholly = infer(model), infer(model, shapes)
    static, outcome = oracle.infer(case.data, case.feeds, runs=case.runs)
    tally.case(case.op, outcome)
    if static.refusal == CRASH:
        return []
    found = [
        *_static_differences(model, partly, (static, outcome), "as it is"),
        *_static_differences(model, wholly, (outcome.static, outcome), "as it is fed"),
        *_run_differences(model, partly, outcome, "as it is"),
        *_run_differences(model, wholly, outcome, "as it is fed"),
    ]
    if any(node.op == "PlaceholderWithDefault" for node in model.main):
        pinned = infer(model, shapes, pinned=True)
        found.extend(_run_differences(model, pinned, outcome, "with its default"))
    _count(case, model, partly, static, outcome, tally)
    _count(case, model, wholly, outcome.static, outcome, tally)
    return found


def _static_differences(
    model: Model, ours: Inference, answers: tuple[Static, Outcome], which: str
) -> Iterator[str]:
    theirs, outcome = answers
    for name, count in theirs.counts.items():
        node = model.main[name]
        found = ours.output_count(node)
        if found not in (None, count):
            yield f"{name} {which}: {found} outputs, TensorFlow has {count}"
    for (name, port), (dtype, dims) in theirs.outputs.items():
        value = Value(name, port)
        found_dtype, found_dims = ours.dtype(value), ours.shape(value)
        if found_dtype not in (None, dtype):
            yield f"{value} {which}: dtype {found_dtype}, TensorFlow infers {dtype}"
        array = outcome.arrays.get((name, port))
        if array is not None and not _agree(dims, array.shape):
            continue  # a kernel that does not keep to TensorFlow's own shape function
        if not _agree(found_dims, dims):
            yield f"{value} {which}: shape {found_dims}, TensorFlow infers {dims}"


def _run_differences(model: Model, ours: Inference, outcome: Outcome, which: str) -> Iterator[str]:
    for (name, port), array in outcome.arrays.items():
        value = Value(name, port)
        if not _agree(outcome.static.outputs[name, port][1], array.shape):
            continue
        if not _agree(ours.shape(value), array.shape):
            yield f"{value} {which}: shape {ours.shape(value)}, TensorFlow computes {array.shape}"
        constant = ours.constant(value) or ours.fact(value).constant
        if constant is not None and (unlike := unlike_elements(constant, array)):
            yield f"{value} {which}: {unlike}"


def unlike_elements(constant: Constant, array: Array) -> str:
    """In what a constant is not the array; elements that are not known are left out."""
    return _unlike(constant.dtype, constant.shape, constant.values, array)


def unlike_arrays(found: Array, wanted: Array) -> str:
    """In what an array is not the one that TensorFlow computes."""
    return _unlike(found.dtype.name, found.shape, found.reshape(-1).tolist(), wanted)


def _unlike(dtype: str, shape: tuple[int, ...], values: Sequence[Any], array: Array) -> str:
    if dtype != array.dtype.name and array.dtype != object:
        return f"dtype {dtype}, TensorFlow computes {array.dtype.name}"
    if shape != array.shape:
        return f"shape {shape}, TensorFlow computes {array.shape}"
    for index, (ours, theirs) in enumerate(zip(values, array.reshape(-1).tolist(), strict=True)):
        if ours is not None and not same(ours, theirs):
            return f"element {index} is {ours!r}, TensorFlow computes {theirs!r}"
    return ""


def _agree(ours: Dims, theirs: Dims) -> bool:
    if ours is None or theirs is None:
        return True
    if len(ours) != len(theirs):
        return False
    return all(a is None or b is None or a == b for a, b in zip(ours, theirs, strict=True))


def _fails(model: Model, key: Key, outcome: Outcome) -> bool:
    """Whether it is the node that fails: what it reads is there, and it is no dead branch."""
    inputs = [(value.node, value.port) for value in model.main[key[0]].inputs]
    fault = outcome.faults.get(key, _DEAD)
    return _DEAD not in fault and not any(source in outcome.faults for source in inputs)


def _count(
    case: Case,
    model: Model,
    ours: Inference,
    theirs: Static,
    outcome: Outcome,
    tally: Tally,
) -> None:
    """How much each of the two knows about the op that the case is for."""
    for node in model.main:
        if node.op != case.op:
            continue
        if theirs.refusal:
            tally.claimed(case.op, ours.shape(Value(node.name)) is not None)
            continue
        for port in range(theirs.counts[node.name]):
            dims = theirs.outputs[node.name, port][1]
            array = outcome.arrays.get((node.name, port))
            known = ours.constant(Value(node.name, port)) is not None
            tally.known(case.op, ours.shape(Value(node.name, port)), dims)
            if array is not None and array.size <= 64:
                tally.elements(case.op, known)
            elif _fails(model, (node.name, port), outcome):
                tally.failed(case.op, known)

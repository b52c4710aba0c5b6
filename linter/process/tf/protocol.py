"""The lines that the client and the worker exchange: one JSON object each way per request.

A request is ``{"op": name, "args": {...}}``; lines ``{"progress": text}`` may come first, and the
answer is ``{"result": {...}}`` or ``{"error":
{"kind", "message", "cause"}}``. Dataclasses travel as objects of their fields.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, is_dataclass
from typing import Any

from linter.results.errors import (
    GraphError,
    LinterError,
    MissingExtraError,
    UsageError,
    VerifyError,
)
from linter.results.inspect import FreezeResult, SignatureInfo, TensorInfo
from linter.results.report import InputInfo
from linter.results.tolerance import Tolerance
from linter.results.verify import FedInput, OutputDiff, VerifyResult, VerifyStatus, Worst

__all__ = [
    "EvaluateRequest",
    "FreezeRequest",
    "VerifyRequest",
    "decode_error",
    "decode_freeze",
    "decode_signatures",
    "decode_verify",
    "dump",
    "encode_error",
    "load_evaluate_request",
    "load_freeze_request",
    "load_verify_request",
]


@dataclass(frozen=True, slots=True)
class EvaluateRequest:
    """Values of a graph without inputs.

    Attributes:
        graph: the graph file.
        values: ``node:index``.
        limit: most bytes of one value.
        out: the ``.npz`` that takes the arrays, by index of the value.
    """

    graph: str
    values: tuple[str, ...]
    limit: int
    out: str


@dataclass(frozen=True, slots=True)
class FreezeRequest:
    """What ``freeze`` is asked for; see ``linter.process.tf.client.freeze``."""

    source: str
    out: str
    signature: str | None = None
    tags: tuple[str, ...] | None = None
    outputs: tuple[str, ...] | None = None
    lower_control_flow: bool = False


@dataclass(frozen=True, slots=True)
class VerifyRequest:
    """What ``verify`` is asked for; see ``linter.process.tf.client.verify``.

    Attributes:
        tolerances: ``(output or "", rtol, atol)``; the empty name is the default.
        input_shapes: ``(input, dims)``.
        labels: how messages call the two graphs.
        special: NaN and infinities too.
        save: the file that keeps inputs and outputs.
        digests: sha256 of the two graphs, for that file.
    """

    a: str
    b: str
    outputs: tuple[str, ...] | None
    inputs: tuple[str, ...] | None
    seeds: tuple[int, ...]
    tolerances: tuple[tuple[str, float, float], ...]
    feed: str | None
    input_shapes: tuple[tuple[str, tuple[int, ...]], ...]
    labels: tuple[str, str]
    special: bool = False
    save: str | None = None
    digests: tuple[str, str] = ("", "")


def dump(message: object) -> bytes:
    """One line for the wire; dataclasses become objects."""
    plain = asdict(message) if is_dataclass(message) and not isinstance(message, type) else message
    return json.dumps(plain, default=_plain).encode("utf-8") + b"\n"


def encode_error(error: BaseException) -> dict[str, Any]:
    """The ``error`` object of an answer."""
    if isinstance(error, LinterError):
        cause = error.cause if isinstance(error, GraphError) else ""
        return {"kind": error.kind, "message": str(error), "cause": cause}
    if isinstance(error, ImportError):
        text = f"tensorflow is installed but cannot be imported: {_first_line(error)}"
        return {"kind": MissingExtraError.kind, "message": text, "cause": ""}
    if isinstance(error, MemoryError):
        return {"kind": "memory", "message": "TensorFlow ran out of memory", "cause": ""}
    text = f"{type(error).__name__}: {_first_line(error)}"
    return {"kind": LinterError.kind, "message": text, "cause": ""}


def decode_error(error: Mapping[str, Any], fallback: Callable[[str], LinterError]) -> LinterError:
    """The exception for an ``error`` object; ``fallback`` makes it where the kind says little."""
    kind, message = error["kind"], error["message"]
    if kind == GraphError.kind:
        return GraphError(message, cause=error.get("cause") or "unreadable")
    for known in (MissingExtraError, UsageError, VerifyError):
        if kind == known.kind:
            return known(message)
    return fallback(message)


def decode_signatures(items: list[dict[str, Any]]) -> tuple[SignatureInfo, ...]:
    """Signatures from the wire."""
    return tuple(
        SignatureInfo(
            name=item["name"],
            tags=tuple(item["tags"]),
            method=item["method"],
            inputs=tuple(map(_tensor, item["inputs"])),
            outputs=tuple(map(_tensor, item["outputs"])),
        )
        for item in items
    )


def decode_freeze(item: dict[str, Any]) -> FreezeResult:
    """A freeze result from the wire."""
    return FreezeResult(
        path=item["path"],
        inputs=tuple(map(_input, item["inputs"])),
        outputs=tuple(item["outputs"]),
        output_keys=tuple(item["output_keys"]),
        signature=item["signature"],
        signatures=decode_signatures(item["signatures"]),
        warnings=tuple(item["warnings"]),
        nodes=item["nodes"],
        functions=tuple(item["functions"]),
    )


def decode_verify(item: dict[str, Any]) -> VerifyResult:
    """A verify result from the wire."""
    return VerifyResult(
        equal=item["equal"],
        status=VerifyStatus(item["status"]),
        outputs=tuple(map(_output, item["outputs"])),
        seeds=tuple(item["seeds"]),
        inputs=tuple(
            FedInput(one["name"], one["dtype"], tuple(one["shape"]), one["role"])
            for one in item["inputs"]
        ),
        notes=tuple(item["notes"]),
        feeds=tuple(item["feeds"]),
        left_out=tuple(item["left_out"]),
        tolerance=Tolerance(**item["tolerance"]),
    )


def _output(item: dict[str, Any]) -> OutputDiff:
    worst = item["worst"]
    found = worst and Worst(worst["feed"], tuple(worst["index"]), worst["first"], worst["second"])
    return OutputDiff(**{**item, "worst": found})


def load_evaluate_request(args: dict[str, Any]) -> EvaluateRequest:
    """An evaluate request from the wire."""
    return EvaluateRequest(args["graph"], tuple(args["values"]), args["limit"], args["out"])


def load_freeze_request(args: dict[str, Any]) -> FreezeRequest:
    """A freeze request from the wire."""
    return FreezeRequest(
        source=args["source"],
        out=args["out"],
        signature=args["signature"],
        tags=_optional(args["tags"]),
        outputs=_optional(args["outputs"]),
        lower_control_flow=args["lower_control_flow"],
    )


def load_verify_request(args: dict[str, Any]) -> VerifyRequest:
    """A verify request from the wire."""
    return VerifyRequest(
        a=args["a"],
        b=args["b"],
        outputs=_optional(args["outputs"]),
        inputs=_optional(args["inputs"]),
        seeds=tuple(args["seeds"]),
        tolerances=tuple((name, rtol, atol) for name, rtol, atol in args["tolerances"]),
        feed=args["feed"],
        input_shapes=tuple((name, tuple(dims)) for name, dims in args["input_shapes"]),
        labels=(args["labels"][0], args["labels"][1]),
        special=args["special"],
        save=args["save"],
        digests=(args["digests"][0], args["digests"][1]),
    )


def _optional(items: list[str] | None) -> tuple[str, ...] | None:
    return None if items is None else tuple(items)


def _dims(dims: list[int | None] | None) -> tuple[int | None, ...] | None:
    return None if dims is None else tuple(dims)


def _tensor(item: dict[str, Any]) -> TensorInfo:
    return TensorInfo(item["name"], item["tensor"], item["dtype"], _dims(item["shape"]))


def _input(item: dict[str, Any]) -> InputInfo:
    return InputInfo(item["name"], item["dtype"], _dims(item["shape"]))


def _plain(item: object) -> object:
    if is_dataclass(item) and not isinstance(item, type):
        return asdict(item)
    raise TypeError(f"cannot be sent: {type(item).__name__}")


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else "no message"

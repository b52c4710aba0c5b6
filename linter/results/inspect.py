"""What a model is on no target in particular, and what freezing made of it."""

from __future__ import annotations

from dataclasses import dataclass

from linter.results.report import InputInfo

__all__ = ["FreezeResult", "ModelFacts", "SignatureInfo", "TensorInfo"]


@dataclass(frozen=True, slots=True)
class TensorInfo:
    """One argument or result of a signature.

    Attributes:
        name: key in the signature.
        tensor: ``node:index`` in the graph of the SavedModel.
        dtype: lower-case NumPy name.
        shape: ``None`` for unknown rank, a ``None`` entry for unknown size.
    """

    name: str
    tensor: str
    dtype: str
    shape: tuple[int | None, ...] | None


@dataclass(frozen=True, slots=True)
class SignatureInfo:
    """One signature of one meta graph of a SavedModel.

    Attributes:
        tags: tags of the meta graph, sorted.
        method: method name, such as ``tensorflow/serving/predict``.
    """

    name: str
    tags: tuple[str, ...]
    method: str
    inputs: tuple[TensorInfo, ...]
    outputs: tuple[TensorInfo, ...]


@dataclass(frozen=True, slots=True)
class FreezeResult:
    """A frozen graph that was written.

    Attributes:
        path: where it was written.
        inputs: its placeholders.
        outputs: its outputs as ``node:index``.
        output_keys: for each output its key in the signature (several are joined by commas), or
            the tensor that was asked for.
        signature: the signature that was frozen, ``None`` when outputs were named instead.
        signatures: all signatures of the source.
        warnings: one sentence each; what the reader should know before converting the graph.
        nodes: nodes of the main graph.
        functions: functions that could not be inlined and stay in the library.
    """

    path: str
    inputs: tuple[InputInfo, ...]
    outputs: tuple[str, ...]
    output_keys: tuple[str, ...] = ()
    signature: str | None = None
    signatures: tuple[SignatureInfo, ...] = ()
    warnings: tuple[str, ...] = ()
    nodes: int = 0
    functions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What a model is, on no target in particular.

    Attributes:
        path: as the user typed it.
        outputs_guessed: nobody named the outputs; they are the graph's leaves.
        op_types: nodes by op type, function bodies included.
        functions: names of the function library.
        constants: bytes in constants.
        producer: version of TensorFlow's graph format that wrote the file; 0 when absent.
        signatures: of a SavedModel.
    """

    path: str
    format: str
    sha256: str
    nbytes: int
    nodes: int
    inputs: tuple[InputInfo, ...]
    outputs: tuple[str, ...]
    outputs_guessed: bool
    op_types: dict[str, int]
    functions: tuple[str, ...]
    constants: int
    producer: int
    min_consumer: int
    signatures: tuple[SignatureInfo, ...] = ()

"""Freezing, signatures and numerical verification, done by TensorFlow in a worker process."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from typing import Any

from linter.io.atomic import drafted
from linter.process.tf import protocol
from linter.process.tf.process import TensorFlowWorker, require_tensorflow
from linter.results.errors import GraphError, LinterError, WorkerError
from linter.results.inspect import FreezeResult, SignatureInfo
from linter.results.tolerance import DEFAULT_SEEDS, DEFAULT_TIMEOUT, DEFAULT_TOLERANCE, Tolerance
from linter.results.verify import VerifyResult

__all__ = [
    "Keeping",
    "TensorFlowWorker",
    "freeze",
    "rejudge",
    "require_tensorflow",
    "signatures",
    "verify",
]

_Path = str | os.PathLike[str]


@dataclass(frozen=True, slots=True)
class Keeping:
    """How the two graphs are called, and where their inputs and outputs are kept.

    Attributes:
        labels: how messages and the file call the two graphs.
        path: the ``.npz`` to write; ``None`` keeps nothing.
        digests: sha256 of the two graphs.
    """

    labels: tuple[str, str]
    path: _Path | None = None
    digests: tuple[str, str] = ("", "")


def signatures(
    source: _Path, *, worker: TensorFlowWorker | None = None
) -> tuple[SignatureInfo, ...]:
    """The signatures of a SavedModel, every meta graph of it, in the order of the names.

    Args:
        source: folder of the SavedModel or its ``saved_model.pb``.
        worker: an open worker to use instead of a new one.

    Raises:
        MissingExtraError: tensorflow is not installed.
        GraphError: not a SavedModel, or the worker did not come to an end.
    """
    args = {"source": os.fspath(source)}
    with _worker(worker) as process:
        answer = process.request("signatures", args, _source_fault(source))
    return protocol.decode_signatures(answer["signatures"])


def freeze(
    source: _Path,
    out: _Path,
    *,
    signature: str | None = None,
    tags: Iterable[str] | None = None,
    outputs: Iterable[str] | None = None,
    lower_control_flow: bool = False,
    worker: TensorFlowWorker | None = None,
) -> FreezeResult:
    """Freeze a model: variables become constants, functions are inlined, training parts go.

    Args:
        source: SavedModel folder or its ``saved_model.pb``, a checkpoint prefix or its ``.meta``,
            a Keras file, or a tfjs graph-model JSON.
        out: the frozen graph; written beside itself and renamed, so never half there.
        signature: which signature; ``None`` takes ``serving_default`` or the only one.
        tags: tags of the meta graph; ``None`` takes the one that serves, or the only one.
        outputs: what to keep, as signature keys or ``node:index``; ``None`` keeps all outputs of
            the signature. A checkpoint without signatures needs them.
        lower_control_flow: write ``If`` and ``While`` as Switch and Merge instead of functions.
        worker: an open worker to use instead of a new one.

    Raises:
        MissingExtraError: tensorflow is not installed.
        UsageError: no such signature, tag or output, or several and none named.
        GraphError: the source cannot be read or frozen.
    """
    with _drafted(out) as draft, _worker(worker) as process:
        request = protocol.FreezeRequest(
            source=os.fspath(source),
            out=draft,
            signature=signature,
            tags=None if tags is None else tuple(tags),
            outputs=None if outputs is None else tuple(outputs),
            lower_control_flow=lower_control_flow,
        )
        answer = process.request("freeze", request, _source_fault(source))
    return replace(protocol.decode_freeze(answer), path=os.fspath(out))


def verify(
    a: _Path,
    b: _Path,
    *,
    outputs: Iterable[str] | None = None,
    inputs: Iterable[str] | None = None,
    seeds: Iterable[int] = DEFAULT_SEEDS,
    tolerance: Tolerance = DEFAULT_TOLERANCE,
    tolerances: Mapping[str, Tolerance] | None = None,
    feed: _Path | None = None,
    input_shapes: Mapping[str, Iterable[int]] | None = None,
    keep: Keeping | None = None,
    special: bool = False,
    worker: TensorFlowWorker | None = None,
) -> VerifyResult:
    """Run two frozen graphs on the same inputs and compare what they give.

    The inputs are seeded random values that suit their use: token ids stay inside the embedding
    table, masks are 0 or 1, images 0 to 1 or 0 to 255. Edge cases are added: zeros, ones, the
    upper ends, tiny and huge values; a graph that stops at one goes without it. Huge and special
    values count where outputs must be bit-equal, else they are only reported. Random ops without
    a seed get the same one in both graphs.

    Args:
        a: the original graph, ``.pb``.
        b: the changed graph, ``.pb``.
        outputs: ``node:index`` to compare; ``None`` takes every output without a reader.
        inputs: nodes to feed; ``None`` takes the placeholders that the outputs need. Naming a
            ``PlaceholderWithDefault`` feeds it instead of leaving its default.
        seeds: one random feed each, at least two.
        tolerance: for every output that ``tolerances`` does not name.
        tolerances: by ``node:index``.
        feed: an ``.npz`` of arrays by input name, run before the random feeds; these take the
            shapes from it.
        input_shapes: shapes of inputs, by name; they win over the graph's own.
        keep: how messages call the graphs, and where inputs and outputs are kept.
        special: NaN, infinities and the ends of the range as well.
        worker: an open worker to use instead of a new one.

    Raises:
        MissingExtraError: tensorflow is not installed.
        UsageError: an unknown output or input, or a feed that does not fit.
        VerifyError: a graph that TensorFlow cannot import or run.
        WorkerError: a timeout, too much memory, a killed worker.
    """
    keep = keep or Keeping((os.fspath(a), os.fspath(b)))
    limits = [("", tolerance.rtol, tolerance.atol)]
    limits += [(name, limit.rtol, limit.atol) for name, limit in (tolerances or {}).items()]
    with _kept(keep.path) as draft, _worker(worker) as process:
        request = protocol.VerifyRequest(
            a=os.fspath(a),
            b=os.fspath(b),
            outputs=None if outputs is None else tuple(outputs),
            inputs=None if inputs is None else tuple(inputs),
            seeds=tuple(seeds),
            tolerances=tuple(limits),
            feed=None if feed is None else os.fspath(feed),
            input_shapes=tuple((name, tuple(dims)) for name, dims in (input_shapes or {}).items()),
            labels=keep.labels,
            special=special,
            save=draft,
            digests=keep.digests,
        )
        answer: dict[str, Any] = process.request("verify", request, WorkerError)
    return protocol.decode_verify(answer)


def rejudge(
    path: _Path, *, tolerance: Tolerance | None = None, against: _Path | None = None
) -> VerifyResult:
    """Compare kept outputs again; needs no TensorFlow.

    Args:
        path: what ``verify`` kept.
        tolerance: in place of all that were kept; ``None`` takes those, or the default for
            outputs from elsewhere, which are never bit-equal.
        against: an ``.npz`` of outputs from elsewhere, in place of those of the second graph. An
            array is named ``K/OUTPUT`` after the number of the inputs in ``path``, or ``OUTPUT``
            for the first.

    Raises:
        UsageError: a file that is not there, damaged, or holds no output that is known.
    """
    from linter.io.npz import read_arrays
    from linter.io.sidecar.values import read_run
    from linter.process.tf.worker.judging import judge, with_second

    run, kept = read_run(os.fspath(path))
    if against is not None:
        run = with_second(run, read_arrays(os.fspath(against)), os.fspath(against))
        tolerance = tolerance or DEFAULT_TOLERANCE
    return judge(run, kept if tolerance is None else {"": tolerance})


@contextmanager
def _worker(worker: TensorFlowWorker | None) -> Iterator[TensorFlowWorker]:
    if worker is not None:
        yield worker
        return
    with TensorFlowWorker(timeout=DEFAULT_TIMEOUT) as own:
        yield own


@contextmanager
def _drafted(path: _Path) -> Iterator[str]:
    """A file that the worker fills, which then takes its place; errors name the place."""
    with drafted(path) as draft:
        try:
            yield str(draft)
        except LinterError as err:
            err.args = (str(err).replace(str(draft), os.fspath(path)),)
            raise


def _kept(path: _Path | None) -> AbstractContextManager[str | None]:
    return nullcontext() if path is None else _drafted(path)


def _source_fault(source: _Path) -> Callable[[str], LinterError]:
    return lambda message: GraphError(f"{os.fspath(source)}: {message}", cause="worker")

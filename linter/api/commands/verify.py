"""``verify``: two models on the same inputs, or what was kept of such a comparison."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from linter.api.inputs import placeholder_infos
from linter.api.opened import Opened, resolve_outputs, resolve_shapes
from linter.api.request import Request
from linter.api.session import open_request
from linter.graph import Value
from linter.graph.queries import reachable
from linter.io.sidecar.manifest import Chain, check_parts, load_manifest
from linter.io.writer import write
from linter.process.tf import client
from linter.results.errors import UsageError
from linter.results.tolerance import DEFAULT_SEEDS, DEFAULT_TIMEOUT, DEFAULT_TOLERANCE, Tolerance
from linter.results.verify import VerifyResult

__all__ = ["VerifyOptions", "rejudge", "verify"]


@dataclass(frozen=True, slots=True)
class VerifyOptions:
    """How two graphs are compared.

    Attributes:
        seeds: one random feed each, at least two.
        tolerance: what every output is held to that ``tolerances`` does not name.
        tolerances: by ``node:index``.
        feed: an ``.npz`` of inputs, run besides the random ones.
        special: NaN and infinities as inputs too.
        save: an ``.npz`` that keeps inputs and outputs, to judge them again.
        timeout: seconds that the comparison may take.
        memory_limit: bytes of memory that TensorFlow may use, ``None`` for no limit.
    """

    seeds: tuple[int, ...] = DEFAULT_SEEDS
    tolerance: Tolerance = DEFAULT_TOLERANCE
    tolerances: Mapping[str, Tolerance] = field(default_factory=dict)
    feed: str | None = None
    special: bool = False
    save: str | None = None
    timeout: float = DEFAULT_TIMEOUT
    memory_limit: int | None = None


def verify(
    a: str,
    b: str,
    *,
    input_shapes: Mapping[str, tuple[int, ...]] | None = None,
    outputs: Sequence[Value] = (),
    cut_inputs: Sequence[Value] = (),
    set_inputs: Mapping[str, str] | None = None,
    options: VerifyOptions | None = None,
) -> VerifyResult:
    """Run two models on the same inputs and compare; both are fed where they are cut.

    Args:
        a: the original: a frozen graph or a SavedModel.
        b: the changed model, or the manifest of a model in parts, which are then run one after
            the other.
        input_shapes: sizes of inputs by node name.
        outputs: what is compared; none means all outputs that the first model has.
        cut_inputs: tensors that become inputs of both.
        set_inputs: literals by the name of the input of the first that becomes that constant; of
            the second where it has that input still.
        options: which inputs, and how close the numbers must be.

    Raises:
        GraphError: a model cannot be read.
        MissingExtraError: TensorFlow is not installed.
        UsageError: an output or input that a model does not have, or a feed that does not fit.
        VerifyError: TensorFlow cannot run one of them, or not within its limits.
    """
    options = options or VerifyOptions()
    client.require_tensorflow()
    shapes, settings = dict(input_shapes or {}), dict(set_inputs or {})
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="omlint-")))
        chain = _chain(b, outputs) if b.endswith(".json") else None
        requests = [
            Request(path, (), shapes, tuple(outputs), tuple(cut_inputs), set_inputs=settings)
            for path in ((a, b) if chain is None else (a,))
        ]
        models = [
            stack.enter_context(_opened(request, lenient=number > 0))
            for number, request in enumerate(requests)
        ]
        paths = [_binary(model, folder / f"{n}.pb") for n, model in enumerate(models)]
        if options.feed is not None:
            _check_feed(options.feed, models[0], outputs)
        digests = (models[0].sha256, _digest(b, models)) if options.save else ("", "")
        names = tuple(str(value) for value in outputs) or (chain and _outputs(chain)) or None
        pair = paths[0], b if chain is not None else paths[1]
        keep = client.Keeping((a, b), options.save, digests)
        return _compared(pair, names, shapes, keep, options)


def rejudge(
    path: str, *, tolerance: Tolerance | None = None, against: str | None = None
) -> VerifyResult:
    """Compare kept outputs again, with other tolerances or with outputs from elsewhere.

    Args:
        path: what ``verify`` or ``fix`` kept.
        tolerance: in place of all that were kept; ``None`` takes those.
        against: an ``.npz`` of outputs from elsewhere, in place of those of the second model.

    Raises:
        UsageError: a file that is not there, damaged, or holds no output that is known.
    """
    return client.rejudge(path, tolerance=tolerance, against=against)


def _compared(
    paths: tuple[str, str],
    outputs: Sequence[str] | None,
    shapes: Mapping[str, tuple[int, ...]],
    keep: client.Keeping,
    options: VerifyOptions,
) -> VerifyResult:
    timeout, memory = options.timeout, options.memory_limit
    with client.TensorFlowWorker(timeout=timeout, memory_limit=memory) as worker:
        return client.verify(
            *paths,
            outputs=outputs,
            seeds=options.seeds,
            tolerance=options.tolerance,
            tolerances=options.tolerances,
            feed=options.feed,
            input_shapes=shapes,
            keep=keep,
            special=options.special,
            worker=worker,
        )


@contextmanager
def _opened(request: Request, *, lenient: bool) -> Iterator[Opened]:
    """A model, with names that it has; where it is cut, outputs above the cut are no more."""
    with open_request(request, lenient=lenient) as opened:
        resolve_shapes(opened.model.main, tuple(request.input_shapes), request.path)
        resolve_outputs(opened.model.main, request.outputs, request.path)
        yield opened


def _check_feed(path: str, opened: Opened, outputs: Sequence[Value]) -> None:
    """Refuse a feed that does not fit before TensorFlow starts."""
    from linter.process.tf.feedfile import check_feed, read_feed

    main = opened.model.main
    needed = reachable(main, outputs) if outputs else main.nodes.keys()
    known = placeholder_infos(opened.model)
    inputs = tuple(info for key, info in known.items() if key in needed)
    check_feed(path, read_feed(path), inputs, main.nodes)


def _chain(path: str, outputs: Sequence[Value]) -> Chain:
    """The parts that a manifest lists, which are those that it describes."""
    chain = load_manifest(path)
    check_parts(chain)
    known = _outputs(chain)
    for value in outputs:
        if str(value) not in known:
            raise UsageError(f"{path} has no output {value}; there are: {', '.join(known)}")
    return chain


def _outputs(chain: Chain) -> tuple[str, ...]:
    return tuple(output.name for output in chain.outputs)


def _digest(b: str, models: Sequence[Opened]) -> str:
    """Of the second model, or of the manifest in its place."""
    return models[1].sha256 if len(models) > 1 else sha256(Path(b).read_bytes()).hexdigest()


def _binary(opened: Opened, path: Path) -> str:
    """The model as a binary graph, which is what TensorFlow reads."""
    source = opened.model.source
    if source.format == "graphdef" and not opened.is_changed:
        return source.path
    write(opened.model, str(path))
    return str(path)

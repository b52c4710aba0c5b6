"""Runs the examples of rules as the built-in ones' are run, and compares numbers in TensorFlow."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from linter.graph import Graph, Model, Node
from linter.graph.queries import default_outputs
from linter.io.graphtext.parser import PRODUCER
from linter.io.writer import write
from linter.process.tf.client import TensorFlowWorker, require_tensorflow, verify
from linter.process.tf.evaluator import WorkerEvaluator
from linter.results.errors import LinterError, MissingExtraError, VerifyError
from linter.results.finding import Safety
from linter.results.rules import ExampleResult
from linter.results.tolerance import DEFAULT_TIMEOUT, EXACT, Tolerance
from linter.results.verify import VerifyResult, VerifyStatus
from linter.rewrite.example_runner import example_model, failure, rewritten_model
from linter.rules import LintRule, RewriteRule
from linter.rules.describe import described, described_example
from linter.rules.examples import Example, Rewritten
from opdb.tf_ops import load_op_table

__all__ = ["try_rules"]

_log = logging.getLogger(__name__)

_ASSUMED = 3
_SILENT = ("Assert", "NoOp")


@dataclass(frozen=True, slots=True)
class _Bench:
    """Where graphs are run: a TensorFlow process, or the reason why there is none."""

    folder: Path
    worker: TensorFlowWorker | None
    why: str = ""


def try_rules(rules: Sequence[LintRule | RewriteRule]) -> Iterator[ExampleResult]:
    """Run every example of every rule, in order."""
    with _bench() as bench:
        for rule in rules:
            for number, example in enumerate(rule.examples, 1):
                _log.info("example %d of %s", number, rule.id)
                yield _try(rule, number, example, bench)


@contextmanager
def _bench() -> Iterator[_Bench]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="omlint-rules-")))
        try:
            require_tensorflow()
        except MissingExtraError as err:
            yield _Bench(folder, None, str(err))
            return
        yield _Bench(folder, stack.enter_context(TensorFlowWorker(timeout=DEFAULT_TIMEOUT)))


def _try(
    rule: LintRule | RewriteRule, number: int, example: Example, bench: _Bench
) -> ExampleResult:
    info, shown = described(rule, built_in=False), described_example(example)
    result = partial(ExampleResult, info, number, shown)
    evaluator = None
    if isinstance(rule, RewriteRule) and rule.evaluates and bench.worker is not None:
        evaluator = WorkerEvaluator(bench.worker, producer=PRODUCER)
    try:
        fault = failure(rule, example, evaluator)
        if fault is not None or not isinstance(example, Rewritten):
            return result(fault)
        assert isinstance(rule, RewriteRule)
        before, after = example_model(example), rewritten_model(rule, example, evaluator)
    except (LinterError, ValueError, TypeError, LookupError) as err:
        said = str(err) if isinstance(err, LinterError) else f"{type(err).__name__}: {err}"
        return result(f"cannot be run: {said}")
    if reason := _incomparable(rule, (before, after), bench):
        return result(None, f"numbers not compared: {reason}")
    try:
        compared = _compared(rule, example, (before, after), bench)
    except VerifyError as err:
        fault = f"TensorFlow cannot run both graphs: {err}"
        return result(fault)
    except LinterError as err:
        return result(None, f"numbers not compared: {err}")
    return result(*_verdict(compared))


def _incomparable(rule: RewriteRule, models: Sequence[Model], bench: _Bench) -> str:
    """Why the numbers cannot be compared; empty when they can."""
    if rule.safety is Safety.MANUAL:
        return "a manual rewrite may move them"
    table = load_op_table()
    bodies = [graph for model in models for graph in model.graphs]
    own = {graph.function for graph in bodies}
    for node in (node for graph in bodies for node in graph if not node.virtual):
        if node.op not in table and node.op not in own:
            return f"{node.op} is no op of TensorFlow"
    return "" if bench.worker is not None else bench.why


def _compared(
    rule: RewriteRule, example: Rewritten, models: tuple[Model, Model], bench: _Bench
) -> VerifyResult:
    paths = [bench.folder / name for name in ("before.pb", "after.pb")]
    for model, path in zip(models, paths, strict=True):
        path.unlink(missing_ok=True)
        write(model, str(path))
    tolerance = EXACT if rule.safety is Safety.EXACT else Tolerance(rule.rtol, rule.atol)
    return verify(
        paths[0],
        paths[1],
        outputs=example.outputs or tuple(_outputs(models[0].main, models[1].main)),
        tolerance=tolerance,
        input_shapes={**_assumed(models[0].main), **example.input_shapes},
        inputs=None if not example.input_shapes else _fed(models[0].main, example),
        worker=bench.worker,
    )


def _outputs(before: Graph, after: Graph) -> Iterator[str]:
    for value in default_outputs(before):
        if before[value.node].op not in _SILENT and value.node in after:
            yield str(value)


def _fed(graph: Graph, example: Rewritten) -> tuple[str, ...]:
    return tuple(
        node.name for node in graph if node.op == "Placeholder" or node.name in example.input_shapes
    )


def _assumed(graph: Graph) -> dict[str, tuple[int, ...]]:
    """Sizes for inputs whose shape is open."""
    shapes = ((node.name, _sizes(node)) for node in graph if node.op == "Placeholder")
    return {name: sizes for name, sizes in shapes if sizes is not None}


def _sizes(node: Node) -> tuple[int, ...] | None:
    shape = node.attrs.get("shape")
    dims = None if shape is None else shape.dims
    if dims is None:
        return (_ASSUMED,)
    return tuple(_ASSUMED if size is None else size for size in dims) if None in dims else None


def _verdict(result: VerifyResult) -> tuple[str | None, str]:
    if result.status is VerifyStatus.DIFFERENT:
        bad = [diff for diff in result.outputs if not diff.ok]
        worst = ", ".join(f"{diff.name} by {diff.max_abs:g}" for diff in bad)
        return f"the numbers differ: {worst}", ""
    if result.status is VerifyStatus.INSENSITIVE:
        return None, "numbers equal, but they do not depend on the inputs"
    largest = max((diff.max_abs or 0.0 for diff in result.outputs), default=0.0)
    return None, f"numbers equal, largest difference {largest:g}"

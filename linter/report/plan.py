"""A plan: the rewrites in the order in which they are made, and what each step leaves.

Changes of one rule that follow one another are one step. After each step stands what the target
still refuses. The engine asks the judge again between rounds of changes; where an answer about a
node that no rewrite touched has moved meanwhile, a line of its own says so, so that the counts
after the last step are those of the judge.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from linter.report.layout import NESTED, field
from linter.report.style import Style, clean
from linter.results.rewrite import Checkpoint, RewriteRecord
from linter.results.wording import plural

__all__ = ["Step", "plan_lines", "steps_of"]

_NAMES = 4
_OPS = 6


@dataclass(frozen=True, slots=True)
class Step:
    """Changes of one rule in a row, or a new look at nodes that were not touched.

    Attributes:
        records: the changes; none where the judge was asked again.
        left: unsupported nodes after the step, by op type.
        moved: what the new look changed in the counts, by op type.
    """

    records: tuple[RewriteRecord, ...]
    left: Mapping[str, int]
    moved: Mapping[str, int]


def steps_of(
    rewrites: Sequence[RewriteRecord], checkpoints: Sequence[Checkpoint]
) -> tuple[Step, ...]:
    """The changes in steps, each with the counts after it."""
    if not checkpoints:
        return ()
    steps: list[Step] = []
    left = Counter(checkpoints[0].unsupported)
    start = checkpoints[0].steps
    for checkpoint in checkpoints[1:]:
        for group in _groups(rewrites[start : checkpoint.steps]):
            for made in group:
                left.subtract(made.resolved)
                left.update(made.introduced)
            steps.append(Step(group, _present(left), {}))
        seen = Counter(checkpoint.unsupported)
        moved = {op: seen[op] - left[op] for op in sorted({*seen, *left}) if seen[op] != left[op]}
        if moved:
            steps.append(Step((), _present(seen), moved))
        left, start = seen, checkpoint.steps
    return tuple(_joined(steps))


def plan_lines(steps: Sequence[Step], names: Mapping[str, str], style: Style) -> Iterator[str]:
    """The numbered steps; ``names`` are those of the rules, by id."""
    number = 0
    places = len(str(sum(bool(step.records) for step in steps)))
    for step in steps:
        if step.records:
            number += 1
            yield from _step(step, names, f"{number:>{places}}.", style)
        else:
            changes = (f"{op} {count:+,}" for op, count in step.moved.items())
            yield f"  {'':{places}}  asked again: {clean(', '.join(changes))}"
        yield from _left(step.left, style)


def _step(step: Step, names: Mapping[str, str], number: str, style: Style) -> Iterator[str]:
    first = step.records[0]
    name = f" {names[first.rule]}" if first.rule in names else ""
    times = f" {style.times}{len(step.records):,}" if len(step.records) > 1 else ""
    yield f"  {number} {style.paint(first.rule, 'bold')}{name} ({first.safety.value}){times}"
    roots = [made.root for made in step.records]
    shown = roots if style.verbose or len(roots) <= _NAMES + 1 else roots[:_NAMES]
    more = [f"and {len(roots) - len(shown):,} more"] if len(shown) < len(roots) else []
    yield from field("at", [*map(clean, shown), *more], style, separator=", ", indent=NESTED)
    gone = [
        pair for made in step.records for pair in zip(made.removed, made.removed_ops, strict=True)
    ]
    come = [pair for made in step.records for pair in zip(made.added, made.added_ops, strict=True)]
    yield from _moved("removed", gone, style)
    yield from _moved("added", come, style)


def _moved(label: str, nodes: Sequence[tuple[str, str]], style: Style) -> Iterator[str]:
    """How many nodes of which types go or come; in a long report, which nodes."""
    if not nodes:
        return
    if style.verbose:
        parts = [f"{clean(name)} ({clean(op)})" for name, op in nodes]
    else:
        parts = _counted(Counter(op for _, op in nodes), style)
    parts[0] = f"{plural(len(nodes), 'node')}: {parts[0]}"
    yield from field(label, parts, style, separator=", ", indent=NESTED)


def _left(left: Mapping[str, int], style: Style) -> Iterator[str]:
    total = sum(left.values())
    if not total:
        yield from field("left", ["nothing unsupported"], style, indent=NESTED)
        return
    types = _counted(left, style)
    parts = [f"{total:,} unsupported: {types[0]}", *types[1:]]
    yield from field("left", parts, style, separator=", ", indent=NESTED)


def _counted(types: Mapping[str, int], style: Style) -> list[str]:
    """``Const ×3``, the most frequent first."""
    ordered = sorted(types.items(), key=lambda item: (-item[1], item[0]))
    shown = ordered if style.verbose or len(ordered) <= _OPS + 1 else ordered[:_OPS]
    parts = [clean(op) + (f" {style.times}{n:,}" if n > 1 else "") for op, n in shown]
    if len(shown) < len(ordered):
        parts.append(f"and {len(ordered) - len(shown):,} more types")
    return parts


def _groups(rewrites: Sequence[RewriteRecord]) -> Iterator[tuple[RewriteRecord, ...]]:
    group: list[RewriteRecord] = []
    for made in rewrites:
        if group and (made.rule, made.safety) != (group[0].rule, group[0].safety):
            yield tuple(group)
            group = []
        group.append(made)
    if group:
        yield tuple(group)


def _joined(steps: Sequence[Step]) -> Iterator[Step]:
    """One step for the same rule before and after a checkpoint at which nothing moved."""
    last: Step | None = None
    for step in steps:
        if last and last.records and step.records and last.records[0].rule == step.records[0].rule:
            last = Step((*last.records, *step.records), step.left, {})
            continue
        if last is not None:
            yield last
        last = step
    if last is not None:
        yield last


def _present(counts: Counter[str]) -> dict[str, int]:
    return {op: count for op, count in sorted(counts.items()) if count}

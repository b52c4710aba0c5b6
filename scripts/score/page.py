"""The page: how often omlint is right, and on what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from textwrap import wrap

from tabulate import tabulate

from score.limits import REASONS
from score.records import Answer

__all__ = ["page", "totals", "with_summary"]

_BEGIN, _END = "<!-- scorecard -->\n", "<!-- end -->"

_KINDS = {
    "parser": "graphs that atc's own parser was run on",
    "inference": "graphs that its shape inference was run on",
    "converted": "documented conversions that succeeded",
    "failed": "documented conversions that failed",
    "op taken": "documented ops that are taken",
    "op refused": "documented ops that are refused",
}
_OUTCOMES = ("right", "uncertain", "wrong")
_INTRODUCTION = """\
# Scorecard

How often omlint is right, on what is known of what the compilers did. Written by
`scripts/scorecard.py`, which asks omlint about every record where the records lie beside the
checkout; they are no part of it.

"""
_RECORDS = """
## How the records were made

- **Parser.** The graph engine's TensorFlow parser was built from its published source and run with
  the published operator plugins and the prototypes of a release, on real models and on small graphs
  with one question each. Right means: omlint reports an error of the parser stage where it stopped,
  at the same node where it named one (E10501, E13014, E10001), and none where it went on.
- **Inference.** The published Verify and InferShape functions were run node by node behind it. They
  see what would have been folded or removed before, and have no resource context: what only that
  made them refuse is left out here, below. Right means: an error at every other node that was
  refused, and none of the inference stage at a node that passed.
- **Conversions.** Public records of a command and its result, and the network rebuilt from its
  author's code, by its name, or as an approximation. Records tell what converted far more often
  than what failed, and a rebuilt graph may lack nodes that the author's had.
- **Ops.** Public statements that a tool takes an op or refuses it; some are habits or hearsay.

## What they cannot show

Nothing here was compiled: passes, kernel selection and kernels' own checks are known from data
files only. Uncertain is an answer that leaves the question open, and says what would settle it.
"""


def page(answers: tuple[Answer, ...]) -> str:
    """The page as Markdown."""
    return (
        "\n".join(
            [
                _INTRODUCTION + _table(answers),
                _RECORDS,
                *_limits(answers),
                *_open(answers, "wrong"),
                *_open(answers, "uncertain"),
            ]
        ).rstrip()
        + "\n"
    )


def totals(answers: Iterable[Answer]) -> Counter[tuple[str, str, str]]:
    """How many answers of each tool and kind are right, uncertain and wrong."""
    return Counter((answer.tool, answer.kind, answer.outcome) for answer in answers)


def with_summary(readme: str, answers: tuple[Answer, ...]) -> str:
    """The README with two sentences that say how often omlint is right, and on what."""
    head, rest = readme.split(_BEGIN, 1)
    counts = totals(answers)

    def right(kinds: tuple[str, ...], tools: tuple[str, ...] = ("atc", "omg")) -> str:
        found = Counter[str]()
        for (tool, kind, outcome), number in counts.items():
            if kind in kinds and tool in tools:
                found[outcome] += number
        return f"{found['right']:,} of {found.total():,}"

    text = (
        f"Of graphs that atc's own parser and shape inference were run on, omlint answers "
        f"{right(('parser',))} and {right(('inference',))} as they did, node by node; of "
        f"documented conversions that were rebuilt, {right(('converted', 'failed'))}. "
        "[docs/scorecard.md](docs/scorecard.md) names the others, and says how the records were "
        "made and what they cannot show."
    )
    return head + _BEGIN + "\n".join(wrap(text, 100)) + "\n" + rest[rest.index(_END) :]


def _table(answers: tuple[Answer, ...]) -> str:
    counts = totals(answers)
    rows = []
    for tool in ("atc", "omg"):
        for kind, words in _KINDS.items():
            found = [counts[tool, kind, outcome] for outcome in _OUTCOMES]
            if sum(found):
                rows.append([tool, words, sum(found), *found])
    return tabulate(rows, ["tool", "records", "all", *_OUTCOMES], tablefmt="github")


def _limits(answers: tuple[Answer, ...]) -> Iterator[str]:
    """How many refusals of shape inference are left out, and why."""
    counts = Counter(reason for answer in answers for reason in answer.limits)
    if counts:
        yield "Refusals of shape inference that omlint does not share and that are left out:\n"
        yield from (f"- {number}: {reason}." for reason, number in counts.most_common())


def _open(answers: tuple[Answer, ...], outcome: str) -> Iterator[str]:
    """The answers of an outcome, named; alike ones of several targets in one line."""
    grouped: dict[tuple[str, str, str, str], list[str]] = {}
    for answer in answers:
        if answer.outcome == outcome:
            key = (answer.kind, answer.graph, answer.recorded, answer.said)
            grouped.setdefault(key, []).append(answer.target)
    if not grouped:
        return
    yield f"\n## Answers that are {outcome}\n"
    for (kind, graph, recorded, said), targets in grouped.items():
        why = REASONS.get(graph.partition(" ")[0], "")
        yield (
            f"- {kind}, `{graph}` on {', '.join(sorted(set(targets)))}: recorded "
            f"`{_line(recorded)}`, omlint says `{_line(said) or 'nothing'}`."
            + (f" {why}" if why else "")
        )


def _line(text: str) -> str:
    text = " ".join(text.replace("`", "'").split())
    return text if len(text) <= 120 else text[:119] + "…"

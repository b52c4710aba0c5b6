"""Name scopes that a fusion pass would take if it were switched on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from linter.rules import Certainty, Clean, Finding, Flagged, LintContext, LintRule, Severity
from opdb.facts import ScopePass

__all__ = ["UnfusedScope"]

_ALIGN = (
    "x = Placeholder : float32[1,8,8,3]\nb = Const : float32[1,4] = 0.5\n"
    "i = Const : int32[1] = [0]\ns = Const : int32[2] = [4, 4]\n"
    "roi/crop = CropAndResize(x, b, i, s)\n"
    'roi/pool = AvgPool(roi/crop) {ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="SAME"}'
)
_COUNTS = (
    {"op": "AvgPool", "count": 1, "multiple_of": 0},
    {"op": "CropAndResize", "count": 1, "multiple_of": 0},
    {"op": "Merge", "count": -1, "multiple_of": 0},
)
_PASS = ScopePass("RoiAlignPass", False, ("ROIAlign",), "", ({"op_counts": _COUNTS},))


class UnfusedScope(LintRule):
    """Tell that a name scope looks like what an optional scope fusion pass replaces by one op.

    Why: fusion turns a scope of small ops, sometimes with a loop, into one kernel; most passes run
        only when a flag names them.
    Remedy: --enable_scope_fusion_passes.
    Source: the scope fusion passes of the target, by their op counts.
    Notes: a pass also looks at the edges between the ops, which is not repeated here.
    """

    id, name, severity = "PRF004", "unfused-scope", Severity.INFO
    messages = {
        "scope": "{count} scope(s) look like what {fusion} makes one {result!r} of: {members}"
    }
    remedies = {
        "scope": "pass `-- --enable_scope_fusion_passes={fusion}` to `omlint convert`, and compare "
        "the results"
    }
    examples = (
        Clean(_ALIGN),
        Clean(_ALIGN.replace("roi/pool =", "pool ="), given={"passes": (_PASS,)}, label="split"),
        Flagged(_ALIGN, at=("",), given={"passes": (_PASS,)}),
    )

    def check_model(self, ctx: LintContext) -> Iterator[Finding]:
        """Count op types in every scope, then compare with the passes that are off."""
        main = ctx.model.main
        types = Counter(node.op for node in main)
        named = ctx.source.options.scope_passes
        passes = [
            one
            for one in ctx.source.database.scope_passes()
            if not one.default and one.name not in named
        ]
        wanted = [(one, patterns) for one in passes if (patterns := _possible(one, types))]
        if not wanted:
            return
        rare = {_rarest(pattern, types) for _, patterns in wanted for pattern in patterns}
        scopes = _scopes([(node.name.rpartition("/")[0], node.op) for node in main], rare)
        for fusion, patterns in wanted:
            matched = [
                scope
                for scope, counts in scopes.items()
                if any(_matches(pattern, counts) for pattern in patterns)
            ]
            matched = [at for at in matched if not any(one.startswith(f"{at}/") for one in matched)]
            if matched:
                yield self.finding(
                    None,
                    "scope",
                    port=passes.index(fusion),
                    certainty=Certainty.INFERRED,
                    evidence=fusion.evidence,
                    count=len(matched),
                    fusion=fusion.name,
                    result=", ".join(fusion.results) or fusion.name,
                    members=self.listed(matched),
                )


def _possible(one: ScopePass, types: Mapping[str, int]) -> list[Mapping[str, Any]]:
    """The patterns that op counts alone describe and whose op types the model has."""
    return [
        pattern
        for pattern in one.patterns
        if pattern.get("op_counts")
        and not pattern.get("scopes")
        and len(needed := [c["op"] for c in pattern["op_counts"] if c["count"] >= 0]) > 1
        and all(op in types for op in needed)
    ]


def _rarest(pattern: Mapping[str, Any], types: Mapping[str, int]) -> str:
    """The op type that the fewest scopes can have."""
    needed: list[str] = [entry["op"] for entry in pattern["op_counts"] if entry["count"] >= 0]
    return min(needed, key=lambda op: (types[op], op))


def _scopes(nodes: Sequence[tuple[str, str]], rare: set[str]) -> dict[str, Counter[str]]:
    """Counts of op types, with what is in scopes below, for scopes that hold a rare op."""
    total: dict[str, Counter[str]] = {}
    for scope, op in nodes:
        if op in rare:
            for at in _with_parents(scope):
                total.setdefault(at, Counter())
    places: dict[str, list[Counter[str]]] = {}
    for scope, op in nodes:
        counters = places.get(scope)
        if counters is None:
            found = (total.get(at) for at in _with_parents(scope))
            counters = places[scope] = [counts for counts in found if counts is not None]
        for counts in counters:
            counts[op] += 1
    return total


def _with_parents(scope: str) -> Iterator[str]:
    while scope:
        yield scope
        scope = scope.rpartition("/")[0]


def _matches(pattern: Mapping[str, Any], counts: Counter[str]) -> bool:
    for entry in pattern["op_counts"]:
        have, count, step = counts[entry["op"]], entry["count"], entry["multiple_of"]
        if count < 0:
            if have:
                return False
        elif not have or (have % step != count if step else have != count):
            return False
    return True

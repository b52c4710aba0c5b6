"""What optional scope fusion passes look for, evaluated over the tree of name scopes.

Source: the patterns of the canndev scope fusion passes, as the database holds them; how they are
matched: Ascend/metadef, register/scope/scope_pattern.cc and scope_pass_impl.cc: kinds that others
build on are found first, a scope that is of a kind is not searched further, and what no other
pattern builds on is what the pass fuses.

Notes:
    Matching is by counts and names only. A pass then looks at edges too and may give a scope up;
    the database does not hold that, so what is matched here is inferred. Of scopes around each
    other that all fit, the compiler takes the outermost and then looks at the edges; only the
    innermost is taken here, which is in it either way.
    Where the database does not give all pieces, nothing is matched: features of several patterns
    that were merged and cannot be told apart, an attribute whose value is not known, a kind known
    by what lies somewhere below it alone (every scope around it would do) or by one thing only,
    passes that look for the same and make different things of it, and passes that join several
    scopes by their edges. A scope with a loop, or a part of one, is left to the passes that
    speak of loops.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from linter.judge.atc.name_scopes import NameScope
from opdb.facts import ScopePass

__all__ = ["decidable", "matched_scopes", "takes_loops"]

_Feature = Mapping[str, Any]

_NAMES = ("sub_type", "suffix", "name_contains")
_LOOP_OPS = frozenset({"LoopCond", "Merge"})
_ATTR_VALUES = {("Split", "num_split"): 4}
"""Values that the patterns leave out. Source: canndev, the LSTM cell of scope_dynamic_rnn_pass.cc,
and what the database says in words of ScopeBasicLSTMCellPass."""


@dataclass(frozen=True, slots=True)
class _Pattern:
    """One way to be a scope of one kind."""

    kind: str
    counts: tuple[_Feature, ...]
    scopes: tuple[_Feature, ...]
    attrs: tuple[_Feature, ...]

    @property
    def parts(self) -> frozenset[str]:
        """The kinds that have to lie, or must not lie, below."""
        return frozenset(one["sub_type"] for one in self.scopes if one["sub_type"])

    @property
    def telling(self) -> bool:
        """Whether it asks for two things at least to be there."""
        present = [one for one in self.counts if one["count"] > 0 or one["multiple_of"] > 0]
        return len(present) + len(self.scopes) + len(self.attrs) > 1

    @property
    def undecided(self) -> bool:
        """Whether a piece is missing without which the scope cannot be told."""
        if any((one["op"], one["attr"]) not in _ATTR_VALUES for one in self.attrs):
            return True
        named = any(one["suffix"] or one["name_contains"] for one in self.scopes)
        return bool(self.parts) and not named


def decidable(one: ScopePass, passes: Sequence[ScopePass]) -> bool:
    """Whether the database says enough about a pass to find what it fuses.

    Args:
        one: the pass.
        passes: all passes of the release.
    """
    twins = [
        other
        for other in passes
        if other.patterns == one.patterns and set(other.results) != set(one.results)
    ]
    patterns = _patterns(one)
    return not twins and bool(_fused_kinds(one, patterns)) and not _joins(patterns)


def takes_loops(one: ScopePass) -> bool:
    """Whether a pass looks for loops: by the name that they have, or by what they are made of."""
    names = [part[key] for raw in one.patterns for part in raw.get("scopes", ()) for key in _NAMES]
    names += [raw["sub_type"] for raw in one.patterns]
    ops = [
        count["op"]
        for raw in one.patterns
        for count in raw.get("op_counts", ())
        if count["count"] > 0
    ]
    return any("while" in name for name in names) or any(op in _LOOP_OPS for op in ops)


def matched_scopes(one: ScopePass, root: NameScope) -> list[NameScope]:
    """The innermost scopes that a decidable pass fuses.

    Args:
        one: the pass.
        root: the tree of the graph's scopes; marks of former passes are dropped.
    """
    for scope in root.below():
        scope.marks.clear()
    patterns = _patterns(one)
    scopes: list[NameScope] = []
    kinds = _fused_kinds(one, patterns)
    for level in _levels(patterns):
        marked = [(scope, pattern) for pattern in level for scope in _search(pattern, root)]
        for scope, pattern in marked:
            scope.marks.add(pattern.kind)
        for scope, pattern in marked:
            if pattern.kind in kinds and pattern.telling:
                scopes += _innermost(pattern, scope)
    return list(dict.fromkeys(scopes))


def _patterns(one: ScopePass) -> list[_Pattern]:
    """The patterns with all their pieces; those that build on others without are left out."""
    known = [pattern for raw in one.patterns for pattern in _alternatives(raw)]
    missing = {raw["sub_type"] for raw in one.patterns} - {pattern.kind for pattern in known}
    while True:
        kept = [pattern for pattern in known if not pattern.parts & missing]
        if len(kept) == len(known):
            return kept
        missing |= {pattern.kind for pattern in known} - {pattern.kind for pattern in kept}
        known = kept


def _alternatives(raw: _Feature) -> list[_Pattern]:
    """A stored pattern, parted where the features of several were merged; none when in doubt."""
    counts = _parted(raw.get("op_counts", ()), "op")
    scopes = _parted(raw.get("scopes", ()), *_NAMES)
    attrs = _parted(raw.get("attrs", ()), "op", "attr")
    given = [features for features in (counts, scopes, attrs) if features != [()]]
    if None in (counts, scopes, attrs) or len({len(features or ()) for features in given}) != 1:
        return []
    rows = zip_longest(counts or (), scopes or (), attrs or (), fillvalue=())
    patterns = [_Pattern(raw["sub_type"], *row) for row in rows]
    return [pattern for pattern in patterns if not pattern.undecided]


def _parted(features: Sequence[_Feature], *keys: str) -> list[tuple[_Feature, ...]] | None:
    """Features by pattern: the next one begins where the first feature comes again."""
    parts: list[list[_Feature]] = [[]]
    names: list[tuple[Any, ...]] = []
    for feature in features:
        name = tuple(feature[key] for key in keys)
        if name in names:
            if name != names[0]:
                return None
            parts.append([])
            names.clear()
        names.append(name)
        parts[-1].append(feature)
    return [tuple(part) for part in parts]


def _fused_kinds(one: ScopePass, patterns: Sequence[_Pattern]) -> frozenset[str]:
    """The kinds that no pattern of the pass builds on, and that are told by more than one thing."""
    parts = {part["sub_type"] for raw in one.patterns for part in raw.get("scopes", ())}
    return frozenset(pattern.kind for pattern in patterns if pattern.telling) - parts


def _joins(patterns: Sequence[_Pattern]) -> bool:
    """Whether the pass joins a scope of its own name with another, as normalisations do.

    Those are the passes all of whose patterns name one scope and count what is in it.
    """
    own = [
        one["suffix"]
        for pattern in patterns
        for one in pattern.scopes
        if one["suffix"] and not one["sub_type"] and not one["name_contains"]
    ]
    return len(own) == len(patterns) and len(set(own)) > 1


def _levels(patterns: Sequence[_Pattern]) -> Iterator[list[_Pattern]]:
    """Patterns in the order of search: those that others build on first."""
    pending = list(patterns)
    while pending:
        open_kinds = {pattern.kind for pattern in pending}
        level = [pattern for pattern in pending if not pattern.parts & open_kinds]
        if not level:
            return
        yield level
        pending = [pattern for pattern in pending if pattern not in level]


def _search(pattern: _Pattern, root: NameScope) -> Iterator[NameScope]:
    pending = list(root.children.values())
    while pending:
        scope = pending.pop()
        if _matches(pattern, scope):
            yield scope
        else:
            pending.extend(scope.children.values())


def _innermost(pattern: _Pattern, scope: NameScope) -> list[NameScope]:
    fitting = [at for at in (scope, *scope.below()) if _matches(pattern, at)]
    return [at for at in fitting if not any(other in fitting for other in at.below())]


def _matches(pattern: _Pattern, scope: NameScope) -> bool:
    return (
        all(_counted(scope.counts.get(one["op"], 0), one) for one in pattern.counts)
        and all(_has_attr(scope, one) for one in pattern.attrs)
        and all(_has_scope(scope, one) for one in pattern.scopes)
    )


def _counted(have: int, feature: _Feature) -> bool:
    count, step = feature["count"], feature["multiple_of"]
    if step:
        return have > 0 and have % int(step) == int(count)
    return have == max(int(count), 0)


def _has_attr(scope: NameScope, feature: _Feature) -> bool:
    op, attr = feature["op"], feature["attr"]
    wanted = _ATTR_VALUES[op, attr]
    return any(node.op == op and node.attrs.get(attr) == wanted for node in scope.nodes)


def _has_scope(scope: NameScope, feature: _Feature) -> bool:
    suffix, kind, part = feature["suffix"], feature["sub_type"], feature["name_contains"]
    if suffix and scope.last != suffix:
        return False
    if kind and sum(kind in one.marks for one in scope.below()) != feature["count"]:
        return False
    return not part or any(part in one.last for one in scope.below())

"""Three-valued evaluation of the conditions that the databases hold.

A condition is a Python expression over named quantities: numbers, strings, lists, comparisons,
``and or not``, arithmetic, ``in``, ``is``, indexing, ``a if b else c``, comprehensions, the
functions ``all any len sorted range max min sum abs`` and those of :data:`FUNCTIONS`, and the
caller's own (``is_const(name)``, ``has_attr(name)``), whose plain-name arguments are names, not
values. A quantity that is not known makes the whole unknown unless the rest decides it: ``False
and ?`` is false, ``True or ?`` is true. Lists may hold ``None`` for an unknown dimension.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from opdb.logic import (
    FUNCTIONS,
    ORDERINGS,
    UNKNOWN,
    Unknown,
    all_of,
    any_of,
    compare,
    dim,
    guarded,
    holds_none,
    unknown,
)

__all__ = ["FUNCTIONS", "UNKNOWN", "Unknown", "check_expression", "evaluate", "symbols"]


Lookup = Mapping[str, object] | Callable[[str], object]


def evaluate(
    expr: str, lookup: Lookup, functions: Mapping[str, Callable[..., object]] | None = None
) -> bool | None:
    """Decide a condition.

    Args:
        expr: the expression.
        lookup: values by name; a missing name, ``None`` or :data:`UNKNOWN` is unknown.
        functions: the caller's functions over names (``is_const``, ``has_attr``); they return a
            bool, or ``None`` when they do not know.

    Returns:
        The truth, or ``None`` when what is known does not decide it.

    Raises:
        ValueError: the expression is not in the vocabulary.
    """
    find = lookup if callable(lookup) else lookup.get
    found = _Evaluation(find, dict(functions or {})).value(_parse(expr).body)
    return None if unknown(found) else bool(found)


def check_expression(expr: str) -> None:
    """Check that an expression is in the vocabulary.

    Raises:
        ValueError: it is not.
    """
    _parse(expr)


def symbols(expr: str) -> frozenset[str]:
    """The names of the quantities in an expression: no functions, no arguments of name functions.

    Raises:
        ValueError: the expression is not in the vocabulary.
    """
    tree = _parse(expr)
    skipped: set[ast.AST] = set()
    bound: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            skipped.add(node.func)
            if _function_name(node) in _NAME_FUNCTIONS:
                skipped.update(node.args)
        elif isinstance(node, ast.comprehension):
            bound.update(_targets(node.target))
    names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and n not in skipped}
    return frozenset(names - bound)


_NAME_FUNCTIONS: Final = frozenset({"is_const", "has_attr"})
_SHAPE_FUNCTIONS: Final = frozenset({"np_broadcast_ok", "omg_broadcast_ok", "flat"})
_BUILTINS: Final[Mapping[str, Callable[..., Any]]] = {
    "abs": abs,
    "len": len,
    "max": max,
    "min": min,
    "range": range,
    "sorted": sorted,
    "sum": sum,
}
_QUANTIFIERS: Final = frozenset({"all", "any"})
_KNOWN_CALLS: Final = frozenset(
    {*FUNCTIONS, *_BUILTINS, *_QUANTIFIERS, *_NAME_FUNCTIONS},
)
_ARITHMETIC: Final[Mapping[type[ast.operator], Callable[[Any, Any], Any]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_ALLOWED: Final = (
    ast.Expression,
    ast.BoolOp,
    ast.And,
    ast.Or,
    ast.UnaryOp,
    ast.Not,
    ast.USub,
    ast.UAdd,
    ast.BinOp,
    *_ARITHMETIC,
    ast.Compare,
    *ORDERINGS,
    ast.Eq,
    ast.NotEq,
    ast.In,
    ast.NotIn,
    ast.Is,
    ast.IsNot,
    ast.Call,
    ast.Constant,
    ast.Name,
    ast.Load,
    ast.Store,
    ast.List,
    ast.Tuple,
    ast.Subscript,
    ast.IfExp,
    ast.GeneratorExp,
    ast.ListComp,
    ast.SetComp,
    ast.comprehension,
)
_LONGEST = 4096
_DEEPEST = 60
_MOST_STEPS = 100_000


@lru_cache(maxsize=512)
def _parse(expr: str) -> ast.Expression:
    if len(expr) > _LONGEST:
        raise ValueError(f"expression of {len(expr)} characters")
    try:
        tree = ast.parse(expr, mode="eval")
    except (SyntaxError, RecursionError, MemoryError) as err:
        raise ValueError(f"not an expression: {expr!r}") from err
    if _depth(tree) > _DEEPEST:
        raise ValueError(f"expression nested deeper than {_DEEPEST} is not allowed")
    for node in ast.walk(tree):
        if not isinstance(node, _ALLOWED):
            raise ValueError(f"{type(node).__name__} is not allowed in {expr!r}")
        if isinstance(node, ast.Call):
            _check_call(node, expr)
    return tree


def _depth(tree: ast.AST) -> int:
    """How deep the nodes nest, found without recursion."""
    depth, level = 0, [tree]
    while level:
        depth += 1
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    return depth


def _check_call(node: ast.Call, expr: str) -> None:
    name = _function_name(node)
    if name not in _KNOWN_CALLS or node.keywords:
        raise ValueError(f"unknown function {name or 'call'} in {expr!r}")
    if name in _NAME_FUNCTIONS:
        named = all(
            isinstance(a, ast.Name) or (isinstance(a, ast.Constant) and isinstance(a.value, str))
            for a in node.args
        )
        if not named or len(node.args) != 1:
            raise ValueError(f"{name} takes one name in {expr!r}")


def _function_name(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _targets(target: ast.expr) -> Iterator[str]:
    for node in ast.walk(target):
        if isinstance(node, ast.Name):
            yield node.id


@dataclass
class _Evaluation:
    """One evaluation: where quantities come from, and the names that comprehensions bind."""

    find: Callable[[str], object]
    functions: dict[str, Callable[..., object]]
    steps: int = 0

    def value(self, node: ast.expr, bound: Mapping[str, object] | None = None) -> Any:
        """The value of a node, :data:`UNKNOWN` when it cannot be told."""
        self.steps += 1
        if self.steps > _MOST_STEPS:
            return UNKNOWN
        bound = bound or {}
        match node:
            case ast.Constant():
                return node.value
            case ast.Name():
                found = bound[node.id] if node.id in bound else self.find(node.id)
                return UNKNOWN if found is None and node.id not in bound else found
            case ast.List() | ast.Tuple():
                return [dim(self.value(item, bound)) for item in node.elts]
            case ast.BoolOp():
                return self._bool_op(node, bound)
            case ast.UnaryOp():
                return self._unary(node, bound)
            case ast.BinOp():
                return self._binary(node, bound)
            case ast.Compare():
                return self._compare(node, bound)
            case ast.IfExp():
                return self._conditional(node, bound)
            case ast.Subscript():
                return self._item(node, bound)
            case ast.Call():
                return self._call(node, bound)
            case _:
                return self._comprehension(node, bound)

    def _bool_op(self, node: ast.BoolOp, bound: Mapping[str, object]) -> bool | Unknown:
        verdicts = (self.value(item, bound) for item in node.values)
        return all_of(verdicts) if isinstance(node.op, ast.And) else any_of(verdicts)

    def _unary(self, node: ast.UnaryOp, bound: Mapping[str, object]) -> Any:
        value = self.value(node.operand, bound)
        if unknown(value):
            return UNKNOWN
        if isinstance(node.op, ast.Not):
            return not value
        return guarded(operator.neg if isinstance(node.op, ast.USub) else operator.pos, value)

    def _binary(self, node: ast.BinOp, bound: Mapping[str, object]) -> Any:
        left, right = self.value(node.left, bound), self.value(node.right, bound)
        if unknown(left) or unknown(right):
            return UNKNOWN
        return guarded(_ARITHMETIC[type(node.op)], left, right)

    def _compare(self, node: ast.Compare, bound: Mapping[str, object]) -> bool | Unknown:
        values = [self.value(item, bound) for item in (node.left, *node.comparators)]
        return all_of(
            compare(op, left, right)
            for op, left, right in zip(node.ops, values, values[1:], strict=False)
        )

    def _conditional(self, node: ast.IfExp, bound: Mapping[str, object]) -> Any:
        test = self.value(node.test, bound)
        if unknown(test):
            return UNKNOWN
        return self.value(node.body if test else node.orelse, bound)

    def _item(self, node: ast.Subscript, bound: Mapping[str, object]) -> Any:
        whole, index = self.value(node.value, bound), self.value(node.slice, bound)
        if unknown(whole) or unknown(index):
            return UNKNOWN
        found = guarded(operator.getitem, whole, index)
        return UNKNOWN if found is None else found

    def _call(self, node: ast.Call, bound: Mapping[str, object]) -> Any:
        name = _function_name(node)
        if name in _NAME_FUNCTIONS:
            return self._ask_by_name(name, node.args[0])
        values = [self.value(arg, bound) for arg in node.args]
        if any(unknown(value) for value in values):
            return UNKNOWN
        if name in _QUANTIFIERS:
            verdicts = [UNKNOWN if item is None else item for item in _items(values)]
            return all_of(verdicts) if name == "all" else any_of(verdicts)
        if name not in _SHAPE_FUNCTIONS and name != "len" and holds_none(values):
            return UNKNOWN
        return guarded(FUNCTIONS.get(name) or _BUILTINS[name], *values)

    def _ask_by_name(self, function: str, argument: ast.expr) -> object:
        name = argument.id if isinstance(argument, ast.Name) else str(ast.literal_eval(argument))
        ask = self.functions.get(function)
        answer = None if ask is None else ask(name)
        return UNKNOWN if answer is None else answer

    def _comprehension(self, node: ast.expr, bound: Mapping[str, object]) -> Any:
        if not isinstance(node, ast.GeneratorExp | ast.ListComp | ast.SetComp):
            return UNKNOWN
        results: list[Any] = []
        if not self._gather(node, 0, dict(bound), results):
            return UNKNOWN
        if isinstance(node, ast.SetComp):
            return UNKNOWN if None in results else guarded(set, results)
        return results

    def _gather(
        self,
        node: ast.GeneratorExp | ast.ListComp | ast.SetComp,
        depth: int,
        bound: dict[str, object],
        results: list[Any],
    ) -> bool:
        """Run the loops from ``depth`` on; false when what they run over is unknown."""
        if depth == len(node.generators):
            results.append(dim(self.value(node.elt, bound)))
            return True
        loop = node.generators[depth]
        items = self.value(loop.iter, bound)
        if unknown(items) or not isinstance(loop.target, ast.Name):
            return False
        for item in items if isinstance(items, list | tuple | range | set) else ():
            inner = {**bound, loop.target.id: item}
            kept = all_of(self.value(test, inner) for test in loop.ifs)
            if unknown(kept) or self.steps > _MOST_STEPS:
                return False
            if kept and not self._gather(node, depth + 1, inner, results):
                return False
        return isinstance(items, list | tuple | range | set)


def _items(values: list[Any]) -> list[Any]:
    return list(values[0]) if len(values) == 1 else values

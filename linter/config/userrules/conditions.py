"""``where``: what must hold of the values and attributes of a match."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, TypeAlias

from linter.config.toml_table import Table
from linter.config.userrules.values import attributes, check_names, comparable, dtype_of, shape_of
from linter.graph import DType
from linter.io.tensor.values import make_tensor
from linter.rules.match import ROOT, BoundValue, Match, Pattern, names_of, ops_of

__all__ = ["Condition", "mismatch", "read_conditions"]

_Check: TypeAlias = Callable[[Any, str], str | None]
_VALUE_KEYS = ("dtype", "equals", "max", "min", "rank", "readers", "shape", "static")
_ATTR_KEYS = ("max", "min", "one_of")
_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Condition:
    """Checks of one value, or of one attribute.

    Attributes:
        name: the bound value; ``root`` for the node that is matched.
        attr: the attribute of its producer, ``None`` for the value itself.
        checks: each says what is wrong, ``None`` when all is well.
    """

    name: str
    attr: str | None
    checks: tuple[_Check, ...]

    def mismatch(self, match: Match) -> str | None:
        """Why the condition does not hold."""
        bound = match.root if self.name == ROOT else match[self.name]
        if self.attr is None:
            subject: Any = bound
            called = "the result" if self.name == ROOT else self.name
        else:
            subject, called = bound.attrs.get(self.attr), self.attr
        return next((said for check in self.checks if (said := check(subject, called))), None)


def mismatch(conditions: Collection[Condition], match: Match) -> tuple[str, str | None] | None:
    """The first condition that does not hold: the reason, and the name of its value."""
    for condition in conditions:
        reason = condition.mismatch(match)
        if reason is not None:
            return reason, None if condition.name == ROOT else condition.name
    return None


def read_conditions(table: Table, pattern: Pattern) -> tuple[Condition, ...]:
    """The ``where`` tables of a rule.

    Raises:
        UsageError: one is malformed or speaks of a name that the pattern does not bind.
    """
    return tuple(_condition(entry, pattern) for entry in table.tables("where"))


def _condition(table: Table, pattern: Pattern) -> Condition:
    if ("value" in table) == ("attr" in table):
        raise table.fault("a condition is about either a value or an attr")
    about = table.text("value") if "value" in table else table.text("of", ROOT)
    known = [ROOT, *dict.fromkeys(names_of(pattern))]
    if about not in known:
        raise table.fault(f"the match binds no {about!r}; it binds {', '.join(known)}")
    if "value" in table:
        checks = tuple(_value_checks(table))
        attr = None
    else:
        attr = table.text("attr")
        ops = ops_of(pattern, about)
        check_names(table, "attr", [attr], ops)
        checks = tuple(_attr_checks(table, attr, ops))
    table.close(*(("value", *_VALUE_KEYS) if attr is None else ("attr", "of", *_ATTR_KEYS)))
    if not checks:
        keys = ", ".join(_VALUE_KEYS if attr is None else _ATTR_KEYS)
        raise table.fault(f"nothing is asked; a condition has one or more of {keys}")
    return Condition(about, attr, checks)


def _value_checks(table: Table) -> list[_Check]:
    checks: list[_Check] = []
    if "dtype" in table:
        checks.append(_dtype({dtype_of(table, "dtype", name) for name in table.texts("dtype")}))
    if "rank" in table:
        rank = table.any("rank")
        ranks = rank if isinstance(rank, list) else [rank]
        if not all(type(entry) is int and entry >= 0 for entry in ranks):
            raise table.fault(f"{rank!r} is not a rank or a list of ranks", "rank")
        checks.append(_rank(ranks))
    if "shape" in table:
        checks.append(_shape(shape_of(table, "shape", table.any("shape"))))
    if "static" in table:
        if not table.flag("static"):
            raise table.fault("static can only be asked to be true", "static")
        checks.append(_static)
    if "equals" in table:
        checks.append(_equals(_elements(table)))
    if "min" in table or "max" in table:
        checks.append(_between(table.number("min", _LOW), table.number("max", _HIGH)))
    if "readers" in table:
        count = table.any("readers")
        if type(count) is not int or count < 0:
            raise table.fault(f"{count!r} is not a number of readers", "readers")
        checks.append(_readers(count))
    return checks


_LOW, _HIGH = float("-inf"), float("inf")


def _elements(table: Table) -> Any:
    value = table.any("equals")
    entries = value if isinstance(value, list) else [value]
    if not all(isinstance(entry, (bool, int, float, str)) for entry in entries):
        raise table.fault(f"{value!r} is not a number, a text or a flat list of those", "equals")
    return tuple(value) if isinstance(value, list) else value


def _attr_checks(table: Table, attr: str, ops: tuple[str, ...]) -> list[_Check]:
    checks: list[_Check] = []
    if "one_of" in table:
        entries = table.any("one_of")
        if not isinstance(entries, list):
            raise table.fault(f"{entries!r} is not a list", "one_of")
        wanted = [
            attributes(Table(table.file, f"{table.where('one_of')}[{n}]", {attr: entry}), ops)[attr]
            for n, entry in enumerate(entries, 1)
        ]
        checks.append(_one_of([comparable(entry) for entry in wanted]))
    if "min" in table or "max" in table:
        checks.append(_attr_between(table.number("min", _LOW), table.number("max", _HIGH)))
    return checks


# -- the checks ------------------------------------------------------------------------------------


def _dtype(wanted: Collection[str]) -> _Check:
    def check(bound: BoundValue, name: str) -> str | None:
        if bound.dtype is None:
            return f"the dtype of {name} is unknown"
        names = " or ".join(sorted(wanted))
        return None if bound.dtype in wanted else f"{name} is {bound.dtype}, not {names}"

    return check


def _rank(wanted: Collection[int]) -> _Check:
    def check(bound: BoundValue, name: str) -> str | None:
        if bound.rank is None:
            return f"the rank of {name} is unknown"
        ranks = " or ".join(map(str, wanted))
        return None if bound.rank in wanted else f"the rank of {name} is {bound.rank}, not {ranks}"

    return check


def _shape(wanted: tuple[int | None, ...]) -> _Check:
    def check(bound: BoundValue, name: str) -> str | None:
        shape = bound.shape
        if shape is None:
            return f"the shape of {name} is unknown"
        pairs = zip(shape, wanted, strict=False)
        if len(shape) == len(wanted) and all(w is None or size == w for size, w in pairs):
            return None
        return f"the shape of {name} is {_dims(shape)}, not {_dims(wanted)}"

    return check


def _static(bound: BoundValue, name: str) -> str | None:
    if bound.static_shape is not None:
        return None
    shape = bound.shape
    seen = "unknown" if shape is None else f"{_dims(shape)}, which is not wholly known"
    return f"the shape of {name} is {seen}"


def _equals(wanted: Any) -> _Check:
    def check(bound: BoundValue, name: str) -> str | None:
        elements = bound.elements
        if elements is None:
            return f"the value of {name} is not known"
        entries = wanted if isinstance(wanted, tuple) else (wanted,) * len(elements)
        if _as_stored(entries, bound.dtype) == elements:
            return None
        expected = _listed(wanted) if isinstance(wanted, tuple) else str(wanted)
        return f"{name} is {_listed(elements)}, not {expected}"

    return check


def _as_stored(entries: tuple[Any, ...], dtype: str | None) -> tuple[Any, ...] | None:
    """The numbers as a tensor of that dtype holds them; ``None`` when it cannot."""
    if dtype is None:
        return None
    texts = tuple(entry.encode() if isinstance(entry, str) else entry for entry in entries)
    try:
        return make_tensor(DType(dtype), (len(texts),), texts).values()
    except (ValueError, TypeError, OverflowError, ArithmeticError):
        return None


def _between(low: float, high: float) -> _Check:
    def check(bound: BoundValue, name: str) -> str | None:
        elements = bound.elements
        if elements is None:
            return f"the value of {name} is not known"
        return _outside(elements, name, low, high)

    return check


def _attr_between(low: float, high: float) -> _Check:
    def check(value: Any, name: str) -> str | None:
        return _outside(value if isinstance(value, tuple) else (value,), name, low, high)

    return check


def _outside(numbers: tuple[Any, ...], name: str, low: float, high: float) -> str | None:
    for number in numbers:
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            return f"{name} is {number!r}, which is no number"
        if not low <= number <= high:
            limits = f"{low:g} to {high:g}".replace("-inf to ", "at most ").replace(
                " to inf", " or more"
            )
            return f"{name} is {number:g}, not {limits}"
    return None


def _one_of(wanted: list[Any]) -> _Check:
    def check(value: Any, name: str) -> str | None:
        if value in wanted:
            return None
        return f"{name} is {value!r}, not {' or '.join(map(repr, wanted))}"

    return check


def _readers(wanted: int) -> _Check:
    def check(bound: BoundValue, name: str) -> str | None:
        count = len(bound.readers)
        if bound.value in bound.context.fetched:
            return f"{name} is an output of the model"
        return None if count == wanted else f"{name} has {count} readers, not {wanted}"

    return check


def _dims(dims: tuple[int | None, ...]) -> str:
    return f"[{', '.join('?' if size is None else str(size) for size in dims)}]"


def _listed(values: tuple[Any, ...]) -> str:
    shown = ", ".join(map(str, values[:_SHOWN]))
    return f"{shown}, …" if len(values) > _SHOWN else shown

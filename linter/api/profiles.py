"""The profiles of a model: what atc asks of them, and what each of them makes of the inputs.

Source: GE, compiler/api/aclgrph/option_utils.cc (what is compared, and with which code it stops);
the atc manual (how many there may be).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from linter.results.errors import UsageError
from linter.results.report import InputInfo
from linter.results.varying import BATCH, DIMS, IMAGE, KINDS, VaryingSizes
from opdb.query import Database

__all__ = ["Profile", "parse_profiles", "profiles_of", "sample_shapes"]

_IMAGE_SIZES = {"NHWC": (1, 2), "NCHW": (2, 3)}
_LEAST = 2
_BOUND = 2**31 - 1
_SAMPLE = 2


@dataclass(frozen=True, slots=True)
class Profile:
    """One way to run the model.

    Attributes:
        label: what distinguishes it: ``--dynamic-batch-size 4``.
        shapes: sizes of all inputs.
    """

    label: str
    shapes: Mapping[str, tuple[int, ...]]


def parse_profiles(
    given: Mapping[str, str | None],
    written: Mapping[str, str] | None = None,
    layout: str = "NHWC",
) -> VaryingSizes:
    """Profiles from the texts of the flags; at most one flag is given.

    Args:
        given: texts by flag of atc.
        written: sizes of the inputs that vary, as they were typed.
        layout: layout of the inputs.

    Raises:
        UsageError: atc refuses them.
    """
    flags = {kind: text for kind in KINDS if (text := given.get(kind)) is not None}
    varying = VaryingSizes(written=written or {}, layout=layout)
    if not flags:
        return varying
    if len(flags) > 1:
        names = ", ".join(VaryingSizes(kind).option for kind in flags)
        raise UsageError(f"{names}: atc takes one of them at a time (E10009)")
    ((kind, text),) = flags.items()
    varying = VaryingSizes(kind, _groups(kind, text), varying.written, layout)
    _check_groups(varying)
    return varying


def profiles_of(
    varying: VaryingSizes, inputs: Sequence[InputInfo], database: Database
) -> tuple[Profile, ...]:
    """The profiles for the inputs of a model; none when nothing varies so.

    Args:
        varying: what the user said.
        inputs: the inputs, open sizes as they are open in the model or for the user.
        database: where the model goes.

    Raises:
        UsageError: the profiles are not about these inputs, or not for this target.
    """
    if not varying.profiles:
        return ()
    target, most = database.target, database.most_profiles
    if target.tool != "atc":
        raise UsageError(f"{varying.option} is about atc; {target} has no such flag")
    if len(varying.profiles) > most:
        raise UsageError(
            f"{varying.option} names {len(varying.profiles)} profiles; "
            f"{target.soc} takes at most {most}"
        )
    shapes = _shapes_of(inputs, varying)
    _CHECKS[varying.kind](varying, shapes)
    return tuple(
        Profile(
            f"{varying.option} {','.join(map(str, group))}",
            dict(_filled(varying, shapes, group)),
        )
        for group in varying.profiles
    )


def sample_shapes(
    given: Mapping[str, tuple[int, ...]], profiles: Sequence[Profile], varying: VaryingSizes
) -> Mapping[str, tuple[int, ...]]:
    """Sizes to run a model with: those of the last profile, else some that are let vary.

    >>> sample_shapes({"x": (-1, 3)}, (), VaryingSizes(written={"x": "4~8,3"}))
    {'x': (4, 3)}
    """
    if profiles:
        return profiles[-1].shapes
    return {
        name: tuple(
            size if size >= 0 else _sample(text)
            for size, text in zip(dims, varying.written.get(name, "-1").split(","), strict=True)
        )
        if -1 in dims
        else dims
        for name, dims in given.items()
    }


def _sample(text: str) -> int:
    least, _, most = text.partition("~")
    if not most:
        return _SAMPLE
    bound = int(most) if int(most) > 0 else _SAMPLE
    return max(int(least), min(_SAMPLE, bound))


def _groups(kind: str, text: str) -> tuple[tuple[int, ...], ...]:
    """Split as atc does: commas between batch sizes, semicolons between the groups of others."""
    parts = text.split("," if kind == BATCH else ";")
    if kind != BATCH and len(parts) > 1 and not parts[-1].strip():
        parts.pop()
    return tuple(tuple(_number(size, kind, text) for size in part.split(",")) for part in parts)


def _number(size: str, kind: str, text: str) -> int:
    option = VaryingSizes(kind).option
    stripped = size.strip()
    if not re.fullmatch(r"-?[0-9]{1,18}", stripped):
        example = "1,2,4" if kind == BATCH else "224,224;448,448"
        raise UsageError(
            f"{option} {text!r}: {stripped!r} is no number; it is written like {example!r}"
        )
    if not 0 < int(stripped) <= _BOUND:
        raise UsageError(f"{option} {text!r}: the size {stripped} is not above 0 (E10038)")
    return int(stripped)


def _check_groups(varying: VaryingSizes) -> None:
    option, groups = varying.option, varying.profiles
    ranged = [name for name, text in varying.written.items() if "~" in text]
    if ranged:
        raise UsageError(
            f"{option} and the range {varying.written[ranged[0]]!r} of {ranged[0]!r} exclude each "
            "other (E10040); write -1 for the sizes that the profiles give"
        )
    if len(groups) < _LEAST:
        raise UsageError(f"{option} names one profile; atc wants at least {_LEAST} (E10035)")
    if varying.kind == IMAGE and any(len(group) != len(("height", "width")) for group in groups):
        raise UsageError(f"{option} {varying.text!r}: every profile is HEIGHT,WIDTH (E10020)")
    if len({len(group) for group in groups}) > 1:
        raise UsageError(f"{option} {varying.text!r}: profiles differ in length (E10037)")
    if len(set(groups)) < len(groups):
        twice = next(group for group in groups if groups.count(group) > 1)
        raise UsageError(
            f"{option} names the profile {','.join(map(str, twice))} more than once (E10039)"
        )


def _shapes_of(inputs: Iterable[InputInfo], varying: VaryingSizes) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {}
    for info in inputs:
        if info.shape is None:
            raise UsageError(
                f"{varying.option}: how many dimensions input {info.name!r} has is not known; "
                f'give them: --input-shape "{info.name}:-1,N"'
            )
        shapes[info.name] = tuple(-1 if dim is None else dim for dim in info.shape)
    return shapes


def _check_batch(varying: VaryingSizes, shapes: Mapping[str, tuple[int, ...]]) -> None:
    for name, dims in shapes.items():
        if not dims:
            raise UsageError(
                f"{varying.option}: input {name!r} is a scalar, which has no batch (E10012)"
            )
        if -1 in dims[1:]:
            raise UsageError(
                f"{varying.option}: only the first size of an input may be -1, but {name!r} has "
                f"{_shown(dims)} (E10018)"
            )
    if not any(-1 in dims for dims in shapes.values()):
        raise UsageError(
            f"{varying.option}: no input has -1 as its first size (E10031); "
            f'write it: --input-shape "{_opened(shapes, (0,))}"'
        )


def _check_image(varying: VaryingSizes, shapes: Mapping[str, tuple[int, ...]]) -> None:
    places = _IMAGE_SIZES.get(varying.layout)
    if places is None:
        raise UsageError(
            f"{varying.option}: --input_format is {varying.layout}; atc wants NCHW or NHWC (E10003)"
        )
    for name, dims in shapes.items():
        wanted = tuple(place for place, size in enumerate(dims) if size == -1)
        if wanted and (len(dims) != len(varying.layout) or wanted != places):
            raise UsageError(
                f"{varying.option}: height and width alone must be -1, in {varying.layout} of four "
                f"dimensions, but {name!r} has {_shown(dims)} (E10019)"
            )
    if not any(-1 in dims for dims in shapes.values()):
        raise UsageError(
            f"{varying.option}: no input has -1 as its height and width (E10019); "
            f'write it: --input-shape "{_opened(shapes, places)}"'
        )


def _check_dims(varying: VaryingSizes, shapes: Mapping[str, tuple[int, ...]]) -> None:
    count = sum(dims.count(-1) for dims in shapes.values())
    if not count:
        raise UsageError(
            f"{varying.option}: no size of an input is -1 (E10001); write it: --input-shape "
            f'"{_opened(shapes, (0,))}"'
        )
    length = len(varying.profiles[0])
    if count != length:
        raise UsageError(
            f"{varying.option}: a profile has one size for every -1, so {count}, not {length} "
            "(E10003)"
        )


_CHECKS = {BATCH: _check_batch, IMAGE: _check_image, DIMS: _check_dims}


def _filled(
    varying: VaryingSizes, shapes: Mapping[str, tuple[int, ...]], group: tuple[int, ...]
) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Put the sizes of one profile where -1 is; batch and image sizes go to every input."""
    sizes = iter(group)
    for name, dims in shapes.items():
        if varying.kind != DIMS:
            sizes = iter(group)
        yield name, tuple(next(sizes) if dim == -1 else dim for dim in dims)


def _shown(dims: tuple[int, ...]) -> str:
    return f"[{', '.join(map(str, dims))}]"


def _opened(shapes: Mapping[str, tuple[int, ...]], places: tuple[int, ...]) -> str:
    """A shape of the first input that the places fit, with -1 there."""
    for name, dims in shapes.items():
        if len(dims) > max(places):
            sizes = (-1 if place in places else dim for place, dim in enumerate(dims))
            return f"{name}:{','.join(map(str, sizes))}"
    return "name:-1,224,224,3"

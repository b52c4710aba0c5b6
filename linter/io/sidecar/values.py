"""A comparison in a file: inputs, outputs and what is needed to judge them again.

An ``.npz`` whose bytes depend on its content only. ``about`` is JSON; ``feed/K/INPUT``,
``first/K/OUTPUT`` and ``second/K/OUTPUT`` are the arrays of feed K. Strings are kept as bytes with
their lengths beside them, dtypes that NumPy lacks as unsigned integers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from linter.io.npz import read_arrays, write_arrays
from linter.results.errors import UsageError
from linter.results.tolerance import Tolerance
from linter.results.verify import FedInput

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[Any]

__all__ = ["Feed", "Run", "read_run", "write_run"]

_FORMAT = "omlint verification 1"
_ABOUT = "about"
_LENGTHS = "/lengths"
_FAULTS = (
    AttributeError,
    IndexError,
    KeyError,
    OverflowError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What a file raises whose parts do not fit together."""


@dataclass(frozen=True, slots=True)
class Feed:
    """One set of inputs.

    Attributes:
        name: ``seed 0``, ``zeros``, or the file that it was given in.
        arrays: values by input.
        seed: of a random feed.
        stress: it goes beyond what rounding allows to compare: only bit-equal graphs must agree.
        edge: it is one value all over, or nearly nothing, which magnifies rounding wherever
            something is normalised: the tolerance is a hundred times as wide.
        given: it comes from the user.
    """

    name: str
    arrays: Mapping[str, Array]
    seed: int | None = None
    stress: bool = False
    given: bool = False
    edge: bool = False


@dataclass(slots=True)
class Run:
    """Two graphs on a number of feeds.

    Attributes:
        outputs: what is compared, as ``node:index``.
        second_label: how the second graph is called.
        feeds: the feeds that the first graph ran.
        first: for each feed the outputs of the first graph.
        second: for each feed those outputs that the second graph has.
        reached: outputs that a fed input reaches.
        left_out: edge cases that the first graph stops at.
    """

    outputs: list[str]
    second_label: str = "the second graph"
    inputs: list[FedInput] = field(default_factory=list)
    feeds: list[Feed] = field(default_factory=list)
    first: list[list[Array]] = field(default_factory=list)
    second: list[Mapping[str, Array]] = field(default_factory=list)
    reached: frozenset[str] = frozenset()
    notes: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seeds of the random feeds."""
        return tuple(feed.seed for feed in self.feeds if feed.seed is not None)


def write_run(
    path: str,
    run: Run,
    tolerances: Mapping[str, Tolerance],
    models: tuple[tuple[str, str], tuple[str, str]],
) -> None:
    """Keep a comparison; the file appears whole or not at all.

    Args:
        path: the ``.npz`` to write.
        run: what both graphs gave.
        tolerances: what they were held to, by output; the empty name is the default.
        models: how the two graphs are called, and their sha256.

    Raises:
        UsageError: the place cannot be written to.
    """
    import numpy as np

    arrays: dict[str, Array] = {}
    dtypes: dict[str, str] = {}
    for name, array in _arrays_of(run):
        _put(arrays, dtypes, name, array)
    about = {
        "format": _FORMAT,
        "models": [{"path": label, "sha256": digest} for label, digest in models],
        "outputs": run.outputs,
        "inputs": [[i.name, i.dtype, list(i.shape), i.role] for i in run.inputs],
        "feeds": [[f.name, f.seed, f.stress, f.given, f.edge] for f in run.feeds],
        "tolerances": {name: [limit.rtol, limit.atol] for name, limit in tolerances.items()},
        "reached": sorted(run.reached),
        "notes": run.notes,
        "left_out": run.left_out,
        "dtypes": dtypes,
    }
    text = json.dumps(about, indent=1).encode("utf-8")
    write_arrays(path, {_ABOUT: np.frombuffer(text, np.uint8), **arrays})


def read_run(path: str) -> tuple[Run, dict[str, Tolerance]]:
    """What ``write_run`` kept.

    Raises:
        UsageError: no such file, or not one that was kept.
    """
    arrays = read_arrays(path)
    if _ABOUT not in arrays:
        raise UsageError(f"{path}: not a verification that was saved with --save")
    try:
        about = json.loads(arrays.pop(_ABOUT).tobytes())
        if about["format"] != _FORMAT:
            raise UsageError(f"{path}: format {about['format']!r}, not {_FORMAT!r}")
        tolerances = {
            name: Tolerance(float(rtol), float(atol))
            for name, (rtol, atol) in about["tolerances"].items()
        }
        return _run(about, arrays), {"": tolerances.pop(""), **tolerances}
    except _FAULTS as err:
        raise UsageError(f"{path}: a damaged verification") from err


def _run(about: Mapping[str, Any], arrays: Mapping[str, Array]) -> Run:
    dtypes = about["dtypes"]
    parts: dict[tuple[str, int], dict[str, Array]] = {}
    for name in arrays:
        kind, number, rest = name.split("/", 2)
        of_text = name.endswith(_LENGTHS) and name.removesuffix(_LENGTHS)
        if not of_text or dtypes.get(of_text) != "string":
            parts.setdefault((kind, int(number)), {})[rest] = _get(arrays, dtypes, name)
    feeds = [
        Feed(
            str(name),
            parts.get(("feed", k), {}),
            None if seed is None else int(seed),
            bool(stress),
            bool(given),
            bool(edge),
        )
        for k, (name, seed, stress, given, edge) in enumerate(about["feeds"])
    ]
    outputs = [str(name) for name in about["outputs"]]
    return Run(
        outputs,
        str(about["models"][1]["path"]),
        [FedInput(n, d, tuple(shape), role) for n, d, shape, role in about["inputs"]],
        feeds,
        [[parts["first", k][name] for name in outputs] for k in range(len(feeds))],
        [parts.get(("second", k), {}) for k in range(len(feeds))],
        frozenset(about["reached"]),
        [str(note) for note in about["notes"]],
        [str(kind) for kind in about["left_out"]],
    )


def _arrays_of(run: Run) -> Iterator[tuple[str, Array]]:
    for k, feed in enumerate(run.feeds):
        for name, array in feed.arrays.items():
            yield f"feed/{k}/{name}", array
        for name, array in zip(run.outputs, run.first[k], strict=True):
            yield f"first/{k}/{name}", array
        for name, array in run.second[k].items():
            yield f"second/{k}/{name}", array


def _put(arrays: dict[str, Array], dtypes: dict[str, str], name: str, array: Array) -> None:
    import numpy as np

    array = np.asarray(array)
    if array.dtype.kind in "OS":
        texts = [bytes(entry) for entry in array.reshape(-1).tolist()]
        lengths = np.array([len(text) for text in texts], np.int64).reshape(array.shape)
        arrays[name] = np.frombuffer(b"".join(texts), np.uint8)
        arrays[name + _LENGTHS] = lengths
        dtypes[name] = "string"
    elif array.dtype.kind == "V":
        names = array.dtype.names
        plain = array if names is None else array[names[0]]
        dtypes[name] = plain.dtype.name
        arrays[name] = plain if names else np.ascontiguousarray(plain).view(f"u{plain.itemsize}")
    else:
        arrays[name] = array


def _get(arrays: Mapping[str, Array], dtypes: Mapping[str, str], name: str) -> Array:
    import numpy as np

    array, dtype = arrays[name], dtypes.get(name)
    if dtype == "string":
        lengths = arrays[name + _LENGTHS]
        ends = np.cumsum(lengths.reshape(-1))
        data = array.tobytes()
        texts = np.empty(lengths.size, dtype=object)
        for index, (end, length) in enumerate(zip(ends, lengths.reshape(-1), strict=True)):
            texts[index] = data[int(end) - int(length) : int(end)]
        return texts.reshape(lengths.shape)
    if dtype == "bfloat16" and array.dtype == np.uint16:  # the upper half of a float32
        return (array.astype(np.uint32) << 16).view(np.float32)
    return array

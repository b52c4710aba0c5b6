"""A comparison in a file: inputs, outputs and what is needed to judge them again.

An ``.npz`` whose bytes depend on its content only. ``about`` is JSON; ``feed/K/INPUT``,
``first/K/OUTPUT`` and ``second/K/OUTPUT`` are the arrays of feed K. Strings are kept as bytes with
their lengths beside them, dtypes that NumPy lacks as unsigned integers.
"""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from linter.process.tf.feedfile import read_arrays
from linter.process.tf.protocol import VerifyRequest
from linter.process.tf.worker.compare import Array
from linter.process.tf.worker.judging import Feed, Run
from linter.results.errors import UsageError
from linter.results.verify import FedInput, Tolerance

__all__ = ["read_run", "write_run"]

_FORMAT = "omlint verification 1"
_ABOUT = "about"
_THEN = (1980, 1, 1, 0, 0, 0)
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


def write_run(
    path: str, run: Run, request: VerifyRequest, tolerances: Mapping[str, Tolerance]
) -> None:
    """Keep a comparison; written beside itself and renamed.

    Raises:
        UsageError: the place cannot be written to.
    """
    arrays: dict[str, Array] = {}
    dtypes: dict[str, str] = {}
    for name, array in _arrays_of(run):
        _put(arrays, dtypes, name, array)
    about = {
        "format": _FORMAT,
        "models": [
            {"path": label, "sha256": digest}
            for label, digest in zip(request.labels, request.digests, strict=True)
        ],
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
    target = Path(os.path.realpath(path))
    draft = target.with_name(f".{target.name}.{os.getpid()}.draft")
    try:
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_STORED) as archive:
            _write_array(archive, _ABOUT, np.frombuffer(text, np.uint8))
            for name, array in arrays.items():
                _write_array(archive, name, array)
        draft.replace(target)
    except OSError as err:
        raise UsageError(f"cannot write {path}: {err.strerror}") from err
    finally:
        draft.unlink(missing_ok=True)


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


def _write_array(archive: zipfile.ZipFile, name: str, array: Array) -> None:
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.asarray(array, order="C"), (1, 0), allow_pickle=False)
    archive.writestr(zipfile.ZipInfo(f"{name}.npy", _THEN), buffer.getvalue())

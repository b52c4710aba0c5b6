"""Run a whole model against its parts: head, body, tail as manifest.json lists them.

usage: python check.py MODEL.pb [--feed F.npz] [--seeds 0,1]

Needs tensorflow and numpy only. The parts lie beside this file. Inputs are random; a feed of your
own proves more. Exit code 0: equal on every feed. 4: different, or a graph cannot be run.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import zlib
from pathlib import Path
from typing import Any, Iterator  # noqa: UP035 - Python 3.7
from zipfile import BadZipFile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # other summation orders, other last digits

import numpy as np
import tensorflow as tf
from google.protobuf.message import DecodeError

__all__ = ["main"]

v1 = tf.compat.v1
TABLES = ("InitializeTable", "InitializeTableV2", "LookupTableImport", "LookupTableImportV2")
INTEGERS_BELOW = (10, 2, 1)
FAULTS = (OSError, ValueError, KeyError, TypeError, BadZipFile, DecodeError, tf.errors.OpError)
Feed = Any  # input name -> array


def main(arguments: list[str] | None = None) -> int:
    """Compare, and say so by the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", help="the whole model, a binary frozen graph")
    parser.add_argument("--feed", help="an .npz of arrays by input name")
    parser.add_argument("--seeds", default="0,1", help="seeds of the random inputs")
    options = parser.parse_args(arguments)
    folder = Path(__file__).resolve().parent
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        return compare(folder, manifest, options)
    except FAULTS as error:
        lines = str(error).strip().splitlines() or [type(error).__name__]
        print(f"cannot be run: {lines[0]}", file=sys.stderr)
        return 4


def compare(folder: Path, manifest: dict[str, Any], options: argparse.Namespace) -> int:
    """Run every feed through both."""
    outputs = [one["name"] for one in manifest["outputs"]]
    whole = Graph(options.model, outputs)
    chain = Chain(folder, manifest)
    given = read_feed(options.feed)
    strange = sorted(set(given) - {one["name"] for one in manifest["inputs"]})
    if strange:
        raise ValueError(f"{options.feed}: the model has no input {strange[0]}")
    seeds = [int(seed) for seed in options.seeds.split(",")]
    equal = True
    for seed, feed, expected in runs(whole, manifest, given, seeds):
        for name, a, b in zip(outputs, expected, chain.run(feed)):  # noqa: B905 - Python 3.7
            distance, same = differ(a, b, manifest["tolerance"])
            equal &= same
            print(f"{'ok' if same else 'DIFFERENT':9} seed {seed}  {name}  {distance}")
    print("equal" if equal else "different")
    return 0 if equal else 4


def runs(
    whole: Graph, manifest: dict[str, Any], given: Feed, seeds: list[int]
) -> Iterator[tuple[int, Feed, list[Any]]]:
    """Feeds that the whole model takes, and what it gives for them."""
    for seed in seeds:
        failures: list[Exception] = []
        for below in INTEGERS_BELOW:
            feed = {**random_feed(manifest, seed, below), **given}
            try:
                expected = whole.run(feed)
            except tf.errors.OpError as error:
                failures.append(error)
                continue
            yield seed, feed, expected
            break
        else:
            raise failures[0]


def random_feed(manifest: dict[str, Any], seed: int, below: int) -> Feed:
    """Values for every input, in the shapes that the parts were verified with."""
    used = {one["name"]: one["shape"] for one in manifest["verified_inputs"]}
    feed = {}
    for one in manifest["inputs"]:
        random = np.random.default_rng([seed, zlib.crc32(one["name"].encode())])
        shape = used.get(one["name"], one["shape"]) or []
        shape = [1 if size < 0 else size for size in shape]
        feed[one["name"]] = values(random, tf.as_dtype(one["dtype"]), shape, below)
    return feed


def values(random: np.random.Generator, dtype: Any, shape: list[int], below: int) -> Any:
    """Random values of one input."""
    if dtype == tf.string:
        words = [bytes(random.integers(97, 123, 6, np.uint8)) for _ in range(int(np.prod(shape)))]
        return np.array(words, object).reshape(shape)
    if dtype == tf.bool:
        return random.random(shape) < 0.5
    if dtype.is_integer:
        return np.asarray(random.integers(0, below, shape)).astype(dtype.as_numpy_dtype)
    return np.asarray(random.random(shape)).astype(dtype.as_numpy_dtype)


def read_feed(path: str | None) -> Feed:
    """The arrays of an .npz by input."""
    if path is None:
        return {}
    with np.load(path, allow_pickle=False) as archive:
        return {name.split(":")[0]: archive[name] for name in archive.files}


def differ(a: Any, b: Any, tolerance: dict[str, float]) -> tuple[str, bool]:
    """How far two results are apart, and whether that counts as equal."""
    a, b = np.asarray(a), np.asarray(b)
    if a.dtype != b.dtype or a.shape != b.shape:
        return f"{a.dtype}{list(a.shape)} became {b.dtype}{list(b.shape)}", False
    if a.dtype.kind in "OSUb":
        count = int(np.count_nonzero(a != b))
        return f"{count} of {a.size} differ", count == 0
    wide = np.complex128 if a.dtype.kind == "c" else np.float64
    a, b = a.astype(wide), b.astype(wide)
    rtol, atol = max(tolerance["rtol"], 1e-6), max(tolerance["atol"], 1e-6)
    same = bool(np.allclose(b, a, rtol=rtol, atol=atol, equal_nan=True))
    with np.errstate(all="ignore"):
        apart = np.abs(a - b)
    finite = apart[np.isfinite(apart)]
    return f"max abs {finite.max() if finite.size else 0.0:.3g}", same


class Graph:
    """A frozen graph in a session."""

    def __init__(self, path: str | Path, outputs: list[str]) -> None:
        graph_def = v1.GraphDef()
        graph_def.ParseFromString(Path(path).read_bytes())
        self.random = pin_seeds(graph_def)
        for node in graph_def.node:
            node.device = ""
        self.graph, self.outputs = tf.Graph(), outputs
        self.session: Any = None
        with self.graph.as_default():
            tf.import_graph_def(graph_def, name="")

    def run(self, feed: Feed) -> list[Any]:
        """The outputs for one feed."""
        if self.session is None or self.random:  # the streams of random ops start again
            config = v1.ConfigProto()
            config.graph_options.rewrite_options.disable_meta_optimizer = True
            config.graph_options.optimizer_options.opt_level = -1
            self.session = v1.Session(graph=self.graph, config=config)
            tables = [op for op in self.graph.get_operations() if op.type in TABLES]
            self.session.run(tables)
        named = {f"{name}:0": feed[name] for name in feed}
        results: list[Any] = self.session.run(self.outputs, named)
        return results


class Chain:
    """The parts, each fed from the model's inputs and from the parts before it."""

    def __init__(self, folder: Path, manifest: dict[str, Any]) -> None:
        self.outputs = manifest["outputs"]
        self.parts = [
            (name, part, Graph(folder / part["file"], [one["name"] for one in part["outputs"]]))
            for name, part in manifest["parts"].items()
            if part is not None
        ]

    def run(self, feed: Feed) -> list[Any]:
        """The outputs of the whole for one feed of it."""
        known = {("model", name): feed[name] for name in feed}
        for name, part, graph in self.parts:
            given = {one["name"]: known[one["from"], one["tensor"]] for one in part["inputs"]}
            for out, value in zip(part["outputs"], graph.run(given)):  # noqa: B905 - Python 3.7
                known[name, out["name"]] = value
        return [known[one["part"], one["name"]] for one in self.outputs]


def pin_seeds(graph_def: Any) -> bool:
    """Give random ops without a seed one that follows from their name, in whole and part alike."""
    pinned = False
    for node in graph_def.node:
        if "seed" in node.attr and "seed2" in node.attr:
            pinned = True
            if not node.attr["seed"].i and not node.attr["seed2"].i:
                node.attr["seed"].i = 1
                node.attr["seed2"].i = zlib.crc32(node.name.encode()) | 1
    return pinned


if __name__ == "__main__":
    sys.exit(main())

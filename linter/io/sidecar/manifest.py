"""``manifest.json``: the parts of a model and how tensors flow between them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from linter.results.cut import MODEL, PARTS, CutOutcome, CutPart
from linter.results.errors import GraphError
from linter.results.json_values import input_value, summary_value
from linter.results.report import InputInfo
from linter.results.tolerance import Tolerance

__all__ = [
    "Chain",
    "ChainOutput",
    "ChainPart",
    "check_parts",
    "load_manifest",
    "manifest_text",
]

_SCHEMA_VERSION = "1.0"
_READABLE = "1."


@dataclass(frozen=True, slots=True)
class ChainPart:
    """One part as the manifest describes it.

    Attributes:
        name: ``head``, ``body`` or ``tail``.
        path: its graph.
        sha256: digest of the graph.
        inputs: placeholder → the part that feeds it (or ``model``) and the tensor or input there.
        outputs: what it gives, as ``node:index``.
    """

    name: str
    path: Path
    sha256: str
    inputs: Mapping[str, tuple[str, str]]
    outputs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChainOutput:
    """An output of the whole and the part that gives it."""

    name: str
    part: str


@dataclass(frozen=True, slots=True)
class Chain:
    """Parts in the order in which they run.

    Attributes:
        inputs: names of the inputs of the whole.
        outputs: outputs of the whole.
    """

    path: Path
    parts: tuple[ChainPart, ...]
    inputs: tuple[str, ...]
    outputs: tuple[ChainOutput, ...]


def load_manifest(path: str | Path) -> Chain:
    """Read a manifest; the parts lie beside it.

    Raises:
        GraphError: it is not there or no manifest.
    """
    path = Path(path)
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        return _chain(path, value)
    except OSError as err:
        raise GraphError(f"{path}: cannot be read: {err.strerror}") from err
    except (ValueError, KeyError, TypeError, AttributeError) as err:
        raise GraphError(f"{path}: no manifest of a cut model", cause="no-manifest") from err


def check_parts(chain: Chain) -> None:
    """Make sure that the parts are those that the manifest describes.

    Raises:
        GraphError: one is not there or has changed.
    """
    for part in chain.parts:
        try:
            with part.path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as err:
            raise GraphError(f"{part.path}: cannot be read: {err.strerror}") from err
        if digest != part.sha256:
            raise GraphError(
                f"{part.path}: not the file that {chain.path} describes", cause="changed"
            )


def _chain(path: Path, value: Any) -> Chain:
    if not str(value["schema_version"]).startswith(_READABLE):
        raise ValueError("another schema")
    found = {name: value["parts"][name] for name in PARTS}
    parts = tuple(_part(path, name, part) for name, part in found.items() if part is not None)
    names = [part.name for part in parts]
    for number, part in enumerate(parts):
        if not {source for source, _ in part.inputs.values()} <= {MODEL, *names[:number]}:
            raise ValueError("an input from a part that has not run")
    outputs = tuple(ChainOutput(out["name"], out["part"]) for out in value["outputs"])
    if not {out.part for out in outputs} <= set(names) or not parts:
        raise ValueError("an output of no part")
    return Chain(path, parts, tuple(one["name"] for one in value["inputs"]), outputs)


def _part(path: Path, name: str, value: Any) -> ChainPart:
    file = value["file"]
    if Path(file).name != file:
        raise ValueError("a part that is not beside its manifest")
    return ChainPart(
        name,
        path.parent / file,
        value["sha256"],
        {one["name"]: (one["from"], one["tensor"]) for one in value["inputs"]},
        tuple(one["name"] for one in value["outputs"]),
    )


def manifest_text(outcome: CutOutcome, tolerance: Tolerance) -> str:
    """The manifest of a cut.

    Args:
        outcome: the cut; its parts have their digests.
        tolerance: what the numbers of the parts are held to.
    """
    return json.dumps(_manifest_value(outcome, tolerance), indent=2) + "\n"


def _manifest_value(outcome: CutOutcome, tolerance: Tolerance) -> dict[str, Any]:
    """Keys and their order are a contract."""
    body, body_part, fixed = outcome.body, outcome.body_part, outcome.fix
    assert body is not None
    assert body_part is not None
    parts = {part.name: part for part in outcome.parts}
    before = fixed.input_report
    owners = ((name, _owner(outcome, name)) for name in before.outputs)
    fed = () if fixed.proof.result is None else fixed.proof.result.inputs
    return {
        "schema_version": _SCHEMA_VERSION,
        "model": {"name": Path(before.path).name, "sha256": before.sha256},
        "target": body.target,
        "inputs": [input_value(info) for info in _fed(outcome)],
        "outputs": [{"name": name, "part": owner} for name, owner in owners if owner is not None],
        "parts": {name: _part_value(parts[name]) if name in parts else None for name in PARTS},
        "body": {
            "verdict": body.verdict.value,
            "summary": summary_value(body.summary),
            "share_of_work": round(body_part.work / max(outcome.work, 1), 4),
        },
        "kept_on_host": dict(outcome.host),
        "rewrites": len(fixed.rewrites),
        "tolerance": {"rtol": tolerance.rtol, "atol": tolerance.atol},
        "verified": fixed.proof.status,
        "seeds": list(fixed.proof.seeds),
        "verified_inputs": [input_value(InputInfo(one.name, one.dtype, one.shape)) for one in fed],
    }


def _fed(outcome: CutOutcome) -> list[InputInfo]:
    """The inputs of the whole, each once."""
    inputs: dict[str, InputInfo] = {}
    for part in outcome.parts:
        for one in part.inputs:
            if one.source == MODEL:
                inputs.setdefault(one.tensor, InputInfo(one.tensor, one.dtype, one.shape))
    return list(inputs.values())


def _owner(outcome: CutOutcome, name: str) -> str | None:
    """The last part that gives a tensor: an output of the whole leaves where it is computed."""
    owners = [part.name for part in outcome.parts if any(out.name == name for out in part.outputs)]
    return owners[-1] if owners else None


def _part_value(part: CutPart) -> dict[str, Any]:
    return {
        "file": f"{part.name}.pb",
        "sha256": part.sha256,
        "nodes": part.nodes,
        "inputs": [
            {**input_value(one.info), "from": one.source, "tensor": one.tensor}
            for one in part.inputs
        ],
        "outputs": [input_value(info) for info in part.outputs],
    }

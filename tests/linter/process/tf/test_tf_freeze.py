"""Freezing SavedModels and checkpoints."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from linter.io.reader import load
from linter.process.tf.client import TensorFlowWorker, freeze, signatures, verify
from linter.results.errors import GraphError, UsageError
from linter.results.inspect import FreezeResult
from linter.results.report import InputInfo

pytestmark = pytest.mark.tf


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "frozen.pb"


def ops(path: Path) -> set[str]:
    return {node.op for node in load(path).main}


def names(result: FreezeResult) -> list[str]:
    return [info.name for info in result.inputs]


def test_signatures_of_both_kinds(models: Path, worker: TensorFlowWorker) -> None:
    two = signatures(models / "two", worker=worker)
    session = signatures(models / "session" / "saved_model.pb", worker=worker)

    assert [s.name for s in two] == ["score", "shout"]
    [features, unused] = two[0].inputs
    assert (features.name, features.dtype, features.shape) == ("features", "float32", (None, 3))
    assert unused.shape == ()
    assert [t.name for t in two[0].outputs] == ["raw", "score"]
    assert {s.tags for s in session} == {("serve",), ("train",)}
    assert session[-1].inputs[0].tensor == "tf_example:0"


def test_function_is_inlined_and_keeps_its_argument_names(
    models: Path, worker: TensorFlowWorker, out: Path
) -> None:
    result = freeze(models / "one", out, worker=worker)

    assert result.signature == "serving_default"
    assert result.inputs == (InputInfo("features", "float32", (None, 3)),)
    assert result.output_keys == ("raw", "score")
    assert not any("Call" in op or "Var" in op for op in ops(out))
    assert result.functions == ()
    assert any("unused is not used" in text for text in result.warnings)
    assert any("features has shape [?, 3]" in text for text in result.warnings)
    assert {node.name for node in load(out).main if node.op == "Placeholder"} == {"features"}
    assert sorted(p.name for p in out.parent.iterdir()) == ["frozen.pb"]


def test_frozen_graph_computes_what_the_model_did(
    models: Path, worker: TensorFlowWorker, out: Path
) -> None:
    result = freeze(models / "one", out, worker=worker)
    found = verify(out, out, outputs=result.outputs, worker=worker)

    assert found.equal
    assert {diff.sensitive for diff in found.outputs} == {True}


def test_file_inside_the_folder_and_renamed_file(
    models: Path, worker: TensorFlowWorker, out: Path
) -> None:
    for name in ("saved_model.pb", "renamed.pb"):
        assert names(freeze(models / "one" / name, out, worker=worker)) == ["features"]


def test_signature_must_be_named_when_several_would_do(
    models: Path, worker: TensorFlowWorker, out: Path
) -> None:
    with pytest.raises(UsageError, match=r"several signatures.*score, shout"):
        freeze(models / "two", out, worker=worker)
    with pytest.raises(UsageError, match=r"no signature other.*score, shout"):
        freeze(models / "two", out, signature="other", worker=worker)
    assert not out.exists()
    result = freeze(models / "two", out, signature="shout", worker=worker)
    assert names(result) == ["text"]
    assert "input text holds strings" in result.warnings


def test_outputs_by_key_and_by_tensor(models: Path, worker: TensorFlowWorker, out: Path) -> None:
    result = freeze(models / "one", out, outputs=["raw"], worker=worker)
    assert result.output_keys == ("raw",)
    assert "Relu" not in ops(out)
    with pytest.raises(UsageError, match=r"no output nothing; there are: raw .*score"):
        freeze(models / "one", out, outputs=["nothing"], worker=worker)


def test_control_flow_stays_functional_unless_lowered(
    models: Path, worker: TensorFlowWorker, out: Path, tmp_path: Path
) -> None:
    kept = freeze(models / "loop", out, worker=worker)
    lowered = freeze(models / "loop", tmp_path / "v1.pb", lower_control_flow=True, worker=worker)

    assert any(op.endswith("While") for op in ops(out))
    assert kept.functions
    assert not any("PartitionedCall" in node.op for graph in load(out).graphs for node in graph)
    assert "Switch" in ops(tmp_path / "v1.pb")
    assert lowered.functions == ()


@pytest.mark.parametrize("name", ["one", "loop", "session"])
def test_same_source_gives_the_same_bytes(
    models: Path, worker: TensorFlowWorker, tmp_path: Path, name: str
) -> None:
    signature = "predict" if name == "session" else None
    for out in ("a.pb", "b.pb"):
        freeze(models / name, tmp_path / out, signature=signature, worker=worker)

    assert (tmp_path / "a.pb").read_bytes() == (tmp_path / "b.pb").read_bytes()


def test_session_model_is_cut_at_its_inputs(
    models: Path, worker: TensorFlowWorker, out: Path
) -> None:
    result = freeze(models / "session", out, signature="predict", worker=worker)

    assert result.inputs == (InputInfo("image", "float32", (None, 3)),)
    assert result.outputs == ("logits:0",)
    assert result.output_keys == ("y",)
    assert "DecodeRaw" not in ops(out)
    assert any("keep_prob: placeholder with a default" in text for text in result.warnings)
    assert verify(out, out, outputs=result.outputs, worker=worker).equal


def test_inputs_that_share_a_node(models: Path, worker: TensorFlowWorker, out: Path) -> None:
    result = freeze(models / "split", out, worker=worker)

    assert [(info.name, info.shape) for info in result.inputs] == [
        ("halves_0", (2, 2)),
        ("halves_1", (2, 2)),
    ]
    assert ops(out) == {"Placeholder", "Exp", "AddV2"}
    assert result.warnings == ()


def test_tags_choose_the_graph(models: Path, worker: TensorFlowWorker, out: Path) -> None:
    with pytest.raises(UsageError, match="no tags gpu; there are: serve; train"):
        freeze(models / "session", out, tags=["gpu"], worker=worker)
    assert freeze(models / "session", out, tags=["train"], worker=worker).signature == "predict"


def test_checkpoint_needs_outputs(models: Path, worker: TensorFlowWorker, out: Path) -> None:
    checkpoint = models / "ckpt" / "model.ckpt"

    with pytest.raises(UsageError, match="--outputs must name"):
        freeze(checkpoint, out, worker=worker)
    for source in (checkpoint, f"{checkpoint}.meta"):
        result = freeze(source, out, outputs=["logits"], worker=worker)
        assert result.outputs == ("logits:0",)
        assert names(result) == ["tf_example"]
        assert not {"VariableV2", "VarHandleOp", "ApplyGradientDescent"} & ops(out)
    with pytest.raises(UsageError, match="no output nowhere"):
        freeze(checkpoint, out, outputs=["nowhere"], worker=worker)


def test_a_folder_of_checkpoints_stands_for_the_newest(
    models: Path, worker: TensorFlowWorker, out: Path
) -> None:
    result = freeze(models / "ckpt", out, outputs=["logits"], worker=worker)
    assert result.outputs == ("logits:0",)
    with pytest.raises(GraphError, match="weights without a graph; build the model in Python"):
        freeze(models / "weights", out, worker=worker)


def test_a_signature_that_assigns_names_the_variable(
    models: Path, worker: TensorFlowWorker, out: Path
) -> None:
    with pytest.raises(
        GraphError, match="'serving_default' assigns the variable calls, and a frozen graph holds"
    ):
        freeze(models / "state", out, worker=worker)
    assert not out.exists()


def test_lookup_table_is_warned_about(models: Path, worker: TensorFlowWorker, out: Path) -> None:
    result = freeze(models / "table", out, worker=worker)

    assert any("lookup tables" in text for text in result.warnings)


def test_variables_that_are_not_there(models: Path, worker: TensorFlowWorker, out: Path) -> None:
    with pytest.raises(GraphError, match="1 variables, but no folder 'variables'") as caught:
        freeze(models / "lone", out, worker=worker)
    assert caught.value.cause == "no-variables"
    assert not out.exists()


@pytest.mark.parametrize("content", [b"", b"\xff\xff nonsense", b"GIF89a"])
def test_what_is_no_saved_model(worker: TensorFlowWorker, tmp_path: Path, content: bytes) -> None:
    source = tmp_path / "saved_model.pb"
    source.write_bytes(content)

    with pytest.raises(GraphError, match="SavedModel"):
        freeze(source, tmp_path / "out.pb", worker=worker)
    with pytest.raises(GraphError, match="no SavedModel"):
        freeze(tmp_path / "missing", tmp_path / "out.pb", worker=worker)
    with pytest.raises(GraphError, match="SavedModel"):
        signatures(source, worker=worker)


def test_place_that_cannot_be_written(
    models: Path, worker: TensorFlowWorker, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="cannot write"):
        freeze(models / "one", tmp_path / "no" / "such" / "out.pb", worker=worker)


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_keras_file(models: Path, worker: TensorFlowWorker, out: Path, suffix: str) -> None:
    result = freeze(models / f"two{suffix}", out, worker=worker)

    assert sorted(names(result)) == ["left", "right"]
    assert {"MatMul", "Relu"} <= ops(out)
    assert verify(out, out, outputs=result.outputs, worker=worker).equal


def test_keras_file_that_is_none(worker: TensorFlowWorker, tmp_path: Path) -> None:
    source = tmp_path / "m.keras"
    with pytest.raises(GraphError, match="no such file"):
        freeze(source, tmp_path / "out.pb", worker=worker)
    source.write_bytes(b"nothing")
    with pytest.raises(GraphError, match="Keras cannot load it"):
        freeze(source, tmp_path / "out.pb", worker=worker)


def web_node(name: str, op: str, *inputs: str, **attrs: object) -> dict[str, object]:
    return {"name": name, "op": op, "input": list(inputs), "attr": {"T": FLOAT} | attrs}


FLOAT = {"type": "DT_FLOAT"}
WEB_MODEL = {
    "format": "graph-model",
    "modelTopology": {
        "node": [
            {"name": "x", "op": "Placeholder", "attr": {
                "dtype": FLOAT,
                "shape": {"shape": {"dim": [{"size": "2"}, {"size": "3"}]}},
            }},
            {"name": "w", "op": "Const", "attr": {"dtype": FLOAT}},
            {"name": "b", "op": "Const", "attr": {"dtype": FLOAT}},
            {"name": "s", "op": "Const", "attr": {"dtype": FLOAT}},
            web_node("dense", "_FusedMatMul", "x", "w", "b",
                     fused_ops={"list": {"s": ["Qmlhc0FkZA==", "UmVsdQ=="]}}),
            web_node("y", "Prelu", "dense", "s"),
        ],
        "versions": {"producer": 440},
    },
    "weightsManifest": [{
        "paths": ["a.bin", "b.bin"],
        "weights": [
            {"name": "w", "shape": [3, 2], "dtype": "float32",
             "quantization": {"dtype": "uint8", "scale": 0.5, "min": -1.0}},
            {"name": "b", "shape": [2], "dtype": "float32"},
            {"name": "s", "shape": [2], "dtype": "float32"},
        ],
    }],
    "signature": {"outputs": {"result": {"name": "y:0"}}},
}  # fmt: skip
WEB_WEIGHTS = bytes([0, 1, 2, 3, 4, 5]) + np.float32([0.25, -0.25, 0.5, 2.0]).tobytes()
WEB_TWIN = """
x = Placeholder : float32[2, 3]
w = Const : float32[3, 2] = [[-1, -0.5], [0, 0.5], [1, 1.5]]
b = Const : float32[2] = [0.25, -0.25]
m = MatMul(x, w)
a = BiasAdd(m, b)
y = Relu(a)
"""


def test_web_model(
    worker: TensorFlowWorker, out: Path, tmp_path: Path, graph_file: Callable[[str, str], str]
) -> None:
    (tmp_path / "a.bin").write_bytes(WEB_WEIGHTS[:9])
    (tmp_path / "b.bin").write_bytes(WEB_WEIGHTS[9:])
    source = tmp_path / "model.json"
    source.write_text(json.dumps(WEB_MODEL), encoding="utf-8")

    result = freeze(source, out, worker=worker)

    assert result.outputs == ("y:0",)
    assert result.output_keys == ("result",)
    assert not {"_FusedMatMul", "Prelu"} & ops(out)
    assert verify(out, graph_file("twin", WEB_TWIN), outputs=["y:0"], worker=worker).equal
    (tmp_path / "b.bin").write_bytes(WEB_WEIGHTS[9:-1])
    with pytest.raises(GraphError, match="weight s is cut off"):
        freeze(source, out, worker=worker)
    (tmp_path / "b.bin").unlink()
    with pytest.raises(GraphError, match="weight file"):
        freeze(source, out, worker=worker)
    source.write_text('{"modelTopology": {"class_name": "Model"}}', encoding="utf-8")
    with pytest.raises(GraphError, match="not a TensorFlow"):
        freeze(source, out, worker=worker)


SAVED_MODELS = {
    "gh-dotnet/model_string_test": ("A", "B"),
    "gh-dotnet/model_types_test": ("b", "f32", "f64", "i16", "i32", "i64", "i8", "u64"),
    "gh-serving/matrix_half_plus_two": ("x",),
    "gh-serving/saved_model_half_plus_two_cpu": ("x",),
    "gh-serving/saved_model_half_plus_two_mkl": ("x",),
    "gh-serving/saved_model_half_plus_two_tf2_cpu": ("x",),
    "gh-tf2onnx/regression_saved_model": ("X",),
    "gh-tfjs/int64_multiply": ("x",),
    "gh-tfjs/model_multi_output": ("x", "y"),
    "gh-tfjs/times_two_int": ("x",),
    "gh-tfnet/lstm_from_sequential": ("input_1",),
    "gh-tfnet/simple_model_from_auto_compile": ("input_1",),
    "pypi-basic-pitch/nmp": ("input_2",),
}


@pytest.mark.models
@pytest.mark.parametrize("name", SAVED_MODELS)
def test_published_models(shared_dir: Path, worker: TensorFlowWorker, out: Path, name: str) -> None:
    result = freeze(shared_dir / "models" / name, out, worker=worker)
    found = verify(out, out, outputs=result.outputs, worker=worker)

    assert tuple(sorted(names(result))) == SAVED_MODELS[name]
    assert found.equal, found
    assert not any("Var" in op or "PartitionedCall" in op for op in ops(out))


@pytest.mark.models
def test_published_model_without_its_values(
    shared_dir: Path, worker: TensorFlowWorker, out: Path
) -> None:
    source = shared_dir / "models" / "gh-dotnet" / "sentiment_model"

    with pytest.raises(GraphError, match="no folder 'variables'"):
        freeze(source, out, worker=worker)

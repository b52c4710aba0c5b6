"""Build the two models of ``scripts/demo`` as SavedModels, with TensorFlow and seeded weights.

``bert`` is a small classifier with the interface of BERT serving graphs; ``cnn`` is a small image
classifier. Both carry what real exports carry: assertions, numeric checks, dropout behind a
keep-probability with a default, Identity nodes, AddV2, and (``cnn``) FusedBatchNormV3.

Usage: python scripts/demo_models.py FOLDER    writes FOLDER/bert and FOLDER/cnn
"""

from __future__ import annotations

import math
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import tensorflow as tf
from tensorflow import Tensor

v1 = tf.compat.v1


@dataclass(frozen=True)
class BertSize:
    """Sizes of the classifier; the sequence length is that of the usual serving graph."""

    sequence: int = 500
    layers: int = 2
    hidden: int = 32
    heads: int = 2
    vocabulary: int = 1000
    labels: int = 8


def _weight(name: str, shape: list[int], scale: float = 0.05) -> Tensor:
    return v1.get_variable(name, shape, initializer=v1.random_normal_initializer(stddev=scale))


def _dense(
    x: Tensor, size: int, name: str, activation: Callable[..., Tensor] | None = None
) -> Tensor:
    with v1.variable_scope(name):
        kernel = _weight("kernel", [int(x.shape[-1]), size], 1 / math.sqrt(int(x.shape[-1])))
        y = tf.nn.bias_add(tf.matmul(x, kernel), _weight("bias", [size]))
        return y if activation is None else activation(y)


def _layer_norm(x: Tensor, name: str = "LayerNorm") -> Tensor:
    with v1.variable_scope(name):
        mean, variance = tf.nn.moments(x, [-1], keepdims=True)
        size = int(x.shape[-1])
        gamma = v1.get_variable("gamma", [size], initializer=v1.ones_initializer())
        beta = v1.get_variable("beta", [size], initializer=v1.zeros_initializer())
        return (x - mean) * tf.math.rsqrt(variance + 1e-12) * gamma + beta


def _gelu(x: Tensor) -> Tensor:
    return 0.5 * x * (1.0 + tf.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x * x * x)))


def _attention(x: Tensor, bias: Tensor, size: BertSize) -> Tensor:
    """Self-attention for batch 1, head by head, so that every product is a plain MatMul."""
    names = ("query", "key", "value")
    parts = (tf.split(_dense(x, size.hidden, name), size.heads, axis=1) for name in names)
    mixed = []
    for query, key, value in zip(*parts, strict=True):
        scores = tf.matmul(query, key, transpose_b=True) / math.sqrt(int(query.shape[-1]))
        mixed.append(tf.matmul(tf.nn.softmax(scores + bias), value))
    return tf.concat(mixed, axis=1)


def _embed(ids: Tensor, segments: Tensor, size: BertSize) -> Tensor:
    with v1.variable_scope("embeddings"):
        table = _weight("word_embeddings", [size.vocabulary, size.hidden])
        words = tf.gather(table, ids)
        kinds = tf.one_hot(tf.reshape(segments, [-1]), 2)
        kinds = tf.matmul(kinds, _weight("token_type_embeddings", [2, size.hidden]))
        positions = _weight("position_embeddings", [512, size.hidden])
        in_range = v1.assert_less(ids, size.vocabulary, message="token id out of range")
        with v1.control_dependencies([in_range]):
            positions = tf.slice(positions, [0, 0], [size.sequence, -1])
        x = words + tf.reshape(kinds, [-1, size.sequence, size.hidden])
        return _layer_norm(x + tf.reshape(positions, [1, size.sequence, size.hidden]))


def bert(size: BertSize = BertSize()) -> tuple[dict[str, Tensor], Tensor]:
    """``input_ids``, ``input_mask``, ``segment_ids`` int32 (1, 500) -> ``loss/BiasAdd``."""
    names = ("input_ids", "input_mask", "segment_ids")
    inputs = {name: v1.placeholder(tf.int32, [1, size.sequence], name) for name in names}
    keep = v1.placeholder_with_default(1.0, [], "keep_prob")
    with v1.variable_scope("bert"):
        x = tf.reshape(_embed(inputs["input_ids"], inputs["segment_ids"], size), [-1, size.hidden])
        mask = tf.cast(inputs["input_mask"], tf.float32)
        bias = (1.0 - mask) * -10000.0
        for layer in range(size.layers):
            with v1.variable_scope(f"encoder/layer_{layer}"):
                mixed = _dense(_attention(x, bias, size), size.hidden, "attention_output")
                x = _layer_norm(x + v1.nn.dropout(mixed, keep), "attention_norm")
                wide = _dense(x, 4 * size.hidden, "intermediate", _gelu)
                narrow = v1.nn.dropout(_dense(wide, size.hidden, "output"), keep)
                x = _layer_norm(x + narrow, "output_norm")
        sequence = tf.reshape(x, [1, size.sequence, size.hidden])
        first = tf.squeeze(sequence[:, 0:1, :], 1)
        pooled = _dense(tf.identity(first, "pooled_input"), size.hidden, "pooler", tf.tanh)
    weights = _weight("output_weights", [size.labels, size.hidden], 0.5)
    offsets = _weight("output_bias", [size.labels])
    with v1.name_scope("loss"):
        checked = v1.check_numerics(pooled, "pooled output is not finite")
        logits = tf.nn.bias_add(tf.matmul(checked, weights, transpose_b=True), offsets)
    return inputs, logits


def _batch_norm(x: Tensor) -> Tensor:
    size = int(x.shape[-1])
    return v1.nn.fused_batch_norm(
        x,
        v1.get_variable("gamma", [size], initializer=v1.random_uniform_initializer(0.5, 1.5)),
        _weight("beta", [size]),
        mean=_weight("mean", [size]),
        variance=v1.get_variable(
            "variance", [size], initializer=v1.random_uniform_initializer(0.5, 1.5)
        ),
        is_training=False,
    )[0]


def _block(x: Tensor, filters: int, name: str, stride: int = 1) -> Tensor:
    with v1.variable_scope(name):
        depth = int(x.shape[-1])
        kernel = _weight("kernel", [3, 3, depth, filters], math.sqrt(2 / (9 * depth)))
        return tf.nn.relu(_batch_norm(tf.nn.conv2d(x, kernel, stride, "SAME")))


def cnn() -> tuple[dict[str, Tensor], Tensor]:
    """``image`` float32 (1, 32, 32, 3) -> ``probabilities``."""
    image = v1.placeholder(tf.float32, [1, 32, 32, 3], "image")
    keep = v1.placeholder_with_default(1.0, [], "keep_prob")
    positive = tf.reduce_all(image >= 0)
    with v1.control_dependencies([v1.Assert(positive, ["pixels are at least 0"])]):
        x = v1.check_numerics(image, "image is not finite")
    x = tf.identity(x, "checked_image")
    x = _block(x, 16, "stem")
    x = x + _block(_block(x, 16, "residual_a"), 16, "residual_b")
    x = tf.nn.max_pool2d(_block(x, 32, "down", stride=2), 2, 2, "VALID")
    x = tf.reduce_mean(x, [1, 2], name="pool")
    x = v1.nn.dropout(x, keep)
    logits = tf.identity(_dense(x, 10, "classifier"), "logits")
    return {"image": image}, tf.nn.softmax(logits, name="probabilities")


def save(build: Callable[[], tuple[dict[str, Tensor], Tensor]], folder: Path) -> None:
    """Build one model in a graph of its own and write it as a SavedModel."""
    if folder.exists():
        shutil.rmtree(folder)
    with tf.Graph().as_default(), v1.Session() as session:
        v1.set_random_seed(20240229)
        inputs, output = build()
        session.run(v1.global_variables_initializer())
        v1.saved_model.simple_save(session, str(folder), inputs, {output.op.name: output})


def main() -> int:
    """Write both models below the folder that the command line names."""
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    tf.get_logger().setLevel("ERROR")
    v1.logging.set_verbosity(v1.logging.ERROR)
    folder = Path(sys.argv[1])
    for name, build in (("bert", bert), ("cnn", cnn)):
        save(build, folder / name)
        print(f"wrote {folder / name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

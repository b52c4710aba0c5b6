"""Make the models that the freezing tests need; run as ``python make_models.py FOLDER``.

A process of its own, so that the tests themselves never import TensorFlow.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import numpy as np
import tensorflow as tf

v1 = tf.compat.v1


def functions(out: Path) -> None:
    """TensorFlow 2: a call in a call, a variable, an argument that is not used."""

    class Affine(tf.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = tf.Variable(np.full((3, 2), 2.0, np.float32))

        @tf.function
        def product(self, x: tf.Tensor) -> tf.Tensor:
            return tf.matmul(x, self.weight)

        @tf.function(
            input_signature=[
                tf.TensorSpec([None, 3], tf.float32, "features"),
                tf.TensorSpec([], tf.float32, "unused"),
            ]
        )
        def score(self, features: tf.Tensor, unused: tf.Tensor) -> dict[str, tf.Tensor]:
            product = self.product(features)
            return {"score": tf.nn.relu(product), "raw": product}

        @tf.function(input_signature=[tf.TensorSpec([2], tf.string, "text")])
        def shout(self, text: tf.Tensor) -> dict[str, tf.Tensor]:
            return {"loud": tf.strings.upper(text)}

    module = Affine()
    tf.saved_model.save(module, out / "one", signatures=module.score)
    both = {"score": module.score, "shout": module.shout}
    tf.saved_model.save(module, out / "two", signatures=both)
    (out / "lone").mkdir()
    shutil.copy(out / "one" / "saved_model.pb", out / "lone" / "saved_model.pb")
    shutil.copy(out / "one" / "saved_model.pb", out / "one" / "renamed.pb")


def loops(out: Path) -> None:
    """TensorFlow 2: a while loop and a branch that stay functions."""

    class Loop(tf.Module):
        def __init__(self) -> None:
            super().__init__()
            self.step = tf.Variable(1.5)

        @tf.function(input_signature=[tf.TensorSpec([4], tf.float32, "x")])
        def run(self, x: tf.Tensor) -> dict[str, tf.Tensor]:
            for _ in tf.range(3):
                x = x * self.step
            return {"y": tf.cond(tf.reduce_sum(x) > 0.0, lambda: x + 1.0, lambda: x - 1.0)}

    module = Loop()
    tf.saved_model.save(module, out / "loop", signatures=module.run)


def sessions(out: Path) -> None:
    """TensorFlow 1: variables, an input in the middle, a default, a training branch."""
    with tf.Graph().as_default(), v1.Session() as session:
        serialized = v1.placeholder(tf.string, [None], name="tf_example")
        decoded = tf.io.decode_raw(serialized, tf.float32, name="decoded")
        image = tf.reshape(decoded, [-1, 3], name="image")
        keep = v1.placeholder_with_default(1.0, [], name="keep_prob")
        weight = v1.get_variable("w", initializer=tf.constant([[1.0], [2.0], [3.0]]))
        bias = v1.Variable([0.5], name="b", use_resource=False)
        logits = tf.add(tf.matmul(image, weight) * keep, bias, name="logits")
        loss = tf.reduce_mean(logits, name="loss")
        v1.train.GradientDescentOptimizer(0.1).minimize(loss)
        session.run(v1.global_variables_initializer())
        info = v1.saved_model.build_tensor_info
        method = "tensorflow/serving/predict"
        signature = v1.saved_model.signature_def_utils.build_signature_def(
            {"x": info(image)}, {"y": info(logits)}, method
        )
        raw = v1.saved_model.signature_def_utils.build_signature_def(
            {"examples": info(serialized)}, {"y": info(logits)}, method
        )
        builder = v1.saved_model.Builder(str(out / "session"))
        builder.add_meta_graph_and_variables(session, ["train"], {"predict": signature})
        builder.add_meta_graph(["serve"], {"predict": signature, "raw": raw})
        builder.save()
        v1.train.Saver().save(session, str(out / "ckpt" / "model.ckpt"))


def split(out: Path) -> None:
    """TensorFlow 1: inputs in the middle that are one of several outputs of their node."""
    with tf.Graph().as_default(), v1.Session() as session:
        whole = v1.placeholder(tf.float32, [4, 2], name="whole")
        left, right = tf.split(whole, 2, name="halves")
        result = tf.add(left, tf.exp(right), name="result")
        v1.saved_model.simple_save(
            session, str(out / "split"), {"a": left, "b": right}, {"r": result}
        )


def tables(out: Path) -> None:
    """TensorFlow 1: a lookup table, filled by an op that the outputs do not need."""
    with tf.Graph().as_default(), v1.Session() as session:
        words = v1.placeholder(tf.string, [None], name="words")
        fill = tf.lookup.KeyValueTensorInitializer(["a", "b"], np.array([1, 2], np.int64))
        table = tf.lookup.StaticHashTable(fill, -1)
        ids = tf.identity(table.lookup(words), name="ids")
        session.run(v1.tables_initializer())
        v1.saved_model.simple_save(
            session,
            str(out / "table"),
            {"words": words},
            {"ids": ids},
            legacy_init_op=v1.tables_initializer(),
        )


def keras(out: Path) -> None:
    """A Keras model of two named inputs, in both file formats."""
    left = tf.keras.Input((4,), name="left")
    right = tf.keras.Input((4,), name="right")
    both = tf.keras.layers.Concatenate()([left, right])
    result = tf.keras.layers.Dense(2, activation="relu", name="result")(both)
    model = tf.keras.Model([left, right], result)
    model.save(out / "two.keras")
    model.save(out / "two.h5")


def state(out: Path) -> None:
    """A counter that every call moves, in a function of its own."""

    class Counting(tf.Module):
        def __init__(self) -> None:
            self.calls = tf.Variable(0.0)
            self.weight = tf.Variable([[1.0], [2.0]])

        @tf.function
        def _count(self) -> None:
            self.calls.assign_add(1.0)

        @tf.function(input_signature=[tf.TensorSpec([1, 2])])
        def __call__(self, x: tf.Tensor) -> tf.Tensor:
            self._count()
            return x @ self.weight + self.calls

    module = Counting()
    tf.saved_model.save(module, str(out / "state"))
    tf.train.Checkpoint(weight=module.weight).save(str(out / "weights" / "w"))


def main() -> None:
    out = Path(sys.argv[1])
    (out / "ckpt").mkdir()
    functions(out)
    loops(out)
    sessions(out)
    split(out)
    tables(out)
    keras(out)
    state(out)


if __name__ == "__main__":
    main()

"""What TensorFlow infers for real models; run as a process, because importing it warns.

Usage: tensorflow_shapes.py MODELS_DIR OUT_DIR
Writes one JSON file for each model that TensorFlow imports, and its graph where the file is none.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import tensorflow as tf
from google.protobuf import text_format
from tensorflow.core.framework import graph_pb2
from tensorflow.core.protobuf import meta_graph_pb2, saved_model_pb2
from tensorflow.python.framework import function_def_to_graph


def graph_def(path, kind):
    data = path.read_bytes()
    if kind == "saved_model":
        return saved_model_pb2.SavedModel.FromString(data).meta_graphs[0].graph_def
    if kind == "meta_graph":
        return meta_graph_pb2.MetaGraphDef.FromString(data).graph_def
    if kind == "graphdef_text":
        return text_format.Parse(data.decode("utf-8"), graph_pb2.GraphDef())
    return graph_pb2.GraphDef.FromString(data)


def tensors(graph):
    found = []
    for op in graph.get_operations():
        for port, tensor in enumerate(op.outputs):
            dims = tensor.shape.as_list() if tensor.shape.rank is not None else None
            found.append([op.name, port, tensor.dtype.name, dims])
    return found


def describe(definition):
    with tf.Graph().as_default() as graph:
        tf.import_graph_def(definition, name="")
        bodies = {}
        for function in definition.library.function:
            try:
                body = function_def_to_graph.function_def_to_graph(function)
            except (ValueError, TypeError, KeyError, tf.errors.OpError):
                continue  # generic functions have no graph of their own
            bodies[function.signature.name] = tensors(body)
        return {"main": tensors(graph), "functions": bodies}


def main(models, out):
    manifest = json.loads((models / "manifest.json").read_text())
    for index, entry in enumerate(manifest):
        if not entry["imports"]:
            continue
        try:
            definition = graph_def(models / entry["file"], entry["kind"])
            found = describe(definition)
        except (ValueError, tf.errors.OpError):
            continue  # an older TensorFlow than the installed one imported it
        found |= {"file": entry["file"], "tier": entry["tier"]}
        found["producer"] = definition.versions.producer
        if entry["kind"] in ("saved_model", "meta_graph"):
            found["graph"] = f"{index}.pb"
            (out / found["graph"]).write_bytes(definition.SerializeToString())
        (out / f"{index}.json").write_text(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

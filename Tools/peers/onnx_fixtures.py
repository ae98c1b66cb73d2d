#!/usr/bin/env python3
# Run with NumPy and onnx: python3 Tools/peers/onnx_fixtures.py   (writes Tests/Fixtures/onnx)
"""Small foreign networks as ONNX models, and what onnx's own reference implementation makes of one picture with them.

Each takes a picture of 8 x 8 through a convolution of 5 kernels and a ReLU; what it puts out, and in which shape and type,
is what differs. expected.json holds the picture's pixels [8, 8, 3] and for each model that can be a backbone its embedding, of
values divided by 255, less ImageNet's means, divided by its deviations (of the grey one: the pixels' red values, divided by
255 alone).
"""

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

FOLDER = Path(__file__).resolve().parents[2] / "Tests/Fixtures/onnx"
RANDOM = np.random.default_rng(3)
WEIGHT = RANDOM.normal(0, 0.3, (5, 3, 3, 3)).astype(np.float32)
BIAS = RANDOM.normal(0, 0.1, 5).astype(np.float32)
MEAN, DEVIATION = np.float32([0.485, 0.456, 0.406]), np.float32([0.229, 0.224, 0.225])


def value(name, sides, kind=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, kind, sides)


def model(nodes, inputs, outputs, tensors):
    graph = helper.make_graph(nodes, "small", inputs, outputs, tensors)
    made = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=7, producer_name="onnx_fixtures.py")
    onnx.checker.check_model(made)
    return made


def convolution(weight=WEIGHT, kind=np.float32, source="pixels"):
    """Nodes and tensors up to `map` [n, 5, 4, 4]."""
    nodes = [
        helper.make_node("Conv", [source, "weight", "bias"], ["sums"], pads=[1, 1, 1, 1], strides=[2, 2]),
        helper.make_node("Relu", ["sums"], ["map"]),
    ]
    tensors = [numpy_helper.from_array(weight.astype(kind), "weight"), numpy_helper.from_array(BIAS.astype(kind), "bias")]
    return nodes, tensors


POOLING = [helper.make_node("GlobalAveragePool", ["map"], ["means"]), helper.make_node("Flatten", ["means"], ["pooled"])]


def pooled(batch="n", kind=TensorProto.FLOAT):
    nodes, tensors = convolution(kind=np.float16 if kind == TensorProto.FLOAT16 else np.float32)
    return model(
        nodes + POOLING, [value("pixels", [batch, 3, 8, 8], kind)], [value("pooled", [batch, 5], kind)], tensors)


def tokens():
    nodes, tensors = convolution()
    nodes += [
        helper.make_node("Reshape", ["map", "shape"], ["columns"]),
        helper.make_node("Transpose", ["columns"], ["tokens"], perm=[0, 2, 1]),
    ] + POOLING
    tensors.append(numpy_helper.from_array(np.int64([-1, 5, 16]), "shape"))
    return model(
        nodes, [value("pixels", ["n", 3, 8, 8])],
        [value("tokens", ["n", 16, 5]), value("pooled", ["n", 5])], tensors)


def half_inside():
    nodes, tensors = convolution(kind=np.float16, source="halves")
    nodes = [helper.make_node("Cast", ["pixels"], ["halves"], to=TensorProto.FLOAT16)] + nodes + POOLING
    nodes.append(helper.make_node("Cast", ["pooled"], ["embedding"], to=TensorProto.FLOAT))
    return model(nodes, [value("pixels", ["n", 3, 8, 8])], [value("embedding", ["n", 5])], tensors)


def channels_last():
    nodes, tensors = convolution(source="turned")
    nodes = [helper.make_node("Transpose", ["pixels"], ["turned"], perm=[0, 3, 1, 2])] + nodes
    nodes.append(helper.make_node("Transpose", ["map"], ["places"], perm=[0, 2, 3, 1]))
    return model(nodes, [value("pixels", ["n", 8, 8, 3])], [value("places", ["n", 4, 4, 5])], tensors)


def simple(nodes, inputs, outputs, tensors=()):
    return model(nodes, inputs, outputs, list(tensors))


def grey():
    nodes, tensors = convolution(weight=WEIGHT[:, :1])
    return model(
        nodes + POOLING, [value("pixels", ["n", 1, "height", "width"])], [value("pooled", ["n", 5])], tensors)


def mapped():
    nodes, tensors = convolution()
    return model(nodes, [value("pixels", ["n", 3, 8, 8])], [value("map", ["n", 5, 4, 4])], tensors)


PICTURE = [value("pixels", ["n", 3, 8, 8])]
USABLE = {
    "vector": pooled(), "map": mapped(), "tokens": tokens(), "batch-of-2": pooled(2), "batch-of-1": pooled(1),
    "half": pooled(kind=TensorProto.FLOAT16), "half-inside": half_inside(), "channels-last": channels_last(),
    "grey": grey(),
}
UNUSABLE = {
    "two-inputs": simple(
        [helper.make_node("Add", ["pixels", "more"], ["sum"])], PICTURE + [value("more", ["n", 3, 8, 8])],
        [value("sum", ["n", 3, 8, 8])]),
    "words": simple([helper.make_node("Abs", ["words"], ["sizes"])], [value("words", ["n", 16])], [value("sizes", ["n", 16])]),
    "bytes": simple(
        [helper.make_node("Cast", ["pixels"], ["floats"], to=TensorProto.FLOAT), helper.make_node("Flatten", ["floats"], ["all"])],
        [value("pixels", ["n", 3, 8, 8], TensorProto.UINT8)], [value("all", ["n", 192])]),
    "labels": simple(
        [helper.make_node("Flatten", ["pixels"], ["all"]), helper.make_node("ArgMax", ["all"], ["label"], axis=1)],
        PICTURE, [value("label", ["n", 1], TensorProto.INT64)]),
    "boxes": simple(
        [helper.make_node("Unsqueeze", ["pixels", "axis"], ["boxes"])], PICTURE, [value("boxes", ["n", 1, 3, 8, 8])],
        [numpy_helper.from_array(np.int64([1]), "axis")]),
    "no-numbers": simple(
        [helper.make_node("Flatten", ["pixels"], ["all"]), helper.make_node("Sub", ["all", "all"], ["zeros"]),
         helper.make_node("Div", ["zeros", "zeros"], ["nothing"])], PICTURE, [value("nothing", ["n", 192])]),
}


def picture():
    y, x, c = np.meshgrid(np.arange(8), np.arange(8), np.arange(3), indexing="ij")
    return ((37 * y + 91 * x + 53 * c + 11 * x * y) % 256).astype(np.uint8)


def embedding(name, network):
    pixels = picture().astype(np.float32) / np.float32(255)
    values = (pixels - MEAN) / DEVIATION
    if name == "grey":
        values = pixels[:, :, :1]
    if name != "channels-last":
        values = values.transpose(2, 0, 1)
    batch = np.stack([values] * (2 if name == "batch-of-2" else 1))
    if name == "half":
        batch = batch.astype(np.float16)
    outputs = ReferenceEvaluator(network).run(None, {"pixels": batch})
    first = outputs[0][0].astype(np.float64)
    if name == "tokens":
        return {"tokens-first": first[0], "tokens-mean": first.mean(0), "tokens": outputs[1][0]}
    if name == "map":
        first = first.mean((1, 2))
    if name == "channels-last":
        first = first.mean((0, 1))
    return {name: first}


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    expected = {}
    for name, network in USABLE.items():
        onnx.save(network, FOLDER / f"{name}.onnx")
        expected |= {name: [float(np.float32(x)) for x in one] for name, one in embedding(name, network).items()}
    for name, network in UNUSABLE.items():
        onnx.save(network, FOLDER / f"{name}.onnx")
    elsewhere = onnx.ModelProto()
    elsewhere.CopyFrom(USABLE["vector"])
    (FOLDER / "elsewhere.data").unlink(missing_ok=True)
    onnx.save(
        elsewhere, FOLDER / "elsewhere.onnx", save_as_external_data=True, location="elsewhere.data", size_threshold=0)
    text = json.dumps({"pixels": picture().reshape(-1).tolist(), "embeddings": expected})
    (FOLDER / "expected.json").write_text(text + "\n")


if __name__ == "__main__":
    main()

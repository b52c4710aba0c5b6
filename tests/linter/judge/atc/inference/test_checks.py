"""Each family refuses, does not refuse, and leaves alone what it does not know."""

from __future__ import annotations

import pytest

from linter.judge.atc.inference import CHECKS, Aspect
from linter.judge.atc.inference.unchecked import REFUSES_NOTHING

F, I32 = "float32", "int32"
IMAGE = (F, (1, 8, 8, 3))
FILTER = (F, (3, 3, 3, 4))
STEPS = {"strides": (1, 1, 1, 1), "dilations": (1, 1, 1, 1), "data_format": "NHWC"}
POOL = {"ksize": (1, 2, 2, 1), "strides": (1, 2, 2, 1), "padding": "VALID"}
SCALAR = (F, ())
INT = (I32, ())


def const(*elements, dtype=I32):
    return (dtype, (len(elements),), elements)


def one(element, dtype=I32):
    return (dtype, (), (element,))


REFUSED = {
    "filter of rank 3": ("Conv2D", (IMAGE, (F, (3, 3, 3))), STEPS, "shape", "E50060"),
    "channels": ("Conv2D", (IMAGE, (F, (3, 3, 4, 5))), STEPS, "shape", "EZ9999"),
    "groups": ("Conv2D", ((F, (1, 8, 8, 6)), (F, (3, 3, 2, 4))), STEPS, "shape", "E50060"),
    "no strides": ("Conv2D", (IMAGE, FILTER), {}, "attribute", "E50060"),
    "three strides": (
        "Conv2D",
        (IMAGE, FILTER),
        {**STEPS, "strides": (1, 1, 1)},
        "attribute",
        "E50029",
    ),
    "stride 0": (
        "Conv2D",
        (IMAGE, FILTER),
        {**STEPS, "strides": (1, 0, -1, 1)},
        "attribute",
        "E50029",
    ),
    "dilation 0": (
        "Conv2D",
        (IMAGE, FILTER),
        {**STEPS, "dilations": (1, 0, 1, 1)},
        "attribute",
        "E50029",
    ),
    "empty image": ("Conv2D", ((F, (0, 8, 8, 3)), FILTER), STEPS, "shape", "EZ9999"),
    "depthwise dtypes": (
        "DepthwiseConv2D",
        (IMAGE, ("float16", (3, 3, 3, 1))),
        STEPS,
        "dtype",
        "EZ9999",
    ),
    "depthwise rank": ("DepthwiseConv2D", ((F, (1, 8, 3)), FILTER), STEPS, "shape", "EZ9999"),
    "backprop channels": (
        "Conv2DBackpropInput",
        (const(1, 8, 8, 5), FILTER, (F, (1, 8, 8, 4))),
        STEPS,
        "shape",
        "E50060",
    ),
    "volume rank": (
        "Conv3D",
        (IMAGE, (F, (1, 1, 1, 3, 4))),
        {"strides": (1,) * 5, "data_format": "NDHWC"},
        "shape",
        "E50029",
    ),
    "volume dtypes": (
        "Conv3D",
        ((F, (1, 4, 4, 4, 3)), ("float16", (1, 1, 1, 3, 4))),
        {"strides": (1,) * 5, "data_format": "NDHWC"},
        "dtype",
        "E50031",
    ),
    "sum of two dtypes": ("Add", ((F, (2,)), (I32, (2,))), {}, "dtype", "E89999"),
    "chosen of two dtypes": (
        "Select",
        (("bool", (2,)), (F, (2,)), (I32, (2,))),
        {},
        "dtype",
        "E89999",
    ),
    "scale and offset": ("BatchNorm", (IMAGE, (F, (3,)), ("float16", (3,))), {}, "dtype", "E89999"),
    "no broadcast": ("Less", ((F, (2, 3)), (F, (4,))), {}, "shape", "E89999"),
    "compared dtypes": ("Less", ((F, (2,)), (I32, (2,))), {}, "dtype", "E89999"),
    "inner sizes": ("MatMulV2", ((F, (2, 3)), (F, (4, 5))), {}, "shape", "EZ9999"),
    "matrix of rank 3": ("MatMulV2", ((F, (1, 2, 3)), (F, (3, 5))), {}, "shape", "EZ9999"),
    "batches": ("BatchMatMulV2", ((F, (2, 2, 3)), (F, (5, 3, 4))), {}, "shape", "EZ9999"),
    "turned": (
        "BatchMatMul",
        ((F, (2, 3, 2)), (F, (2, 2, 4))),
        {"adj_x1": True},
        "shape",
        "EZ9999",
    ),
    "perm": ("Transpose", ((F, (1, 6)), const(0, 2)), {}, "shape", "E89999"),
    "squeezed axis": ("Squeeze", ((F, (1, 6)),), {"axis": (1,)}, "shape", "E19999"),
    "squeezed outside": ("Squeeze", ((F, (1, 6)),), {"axis": (2,)}, "shape", "E19999"),
    "expanded outside": ("ExpandDims", ((F, (1, 6)), one(4)), {}, "shape", "E19999"),
    "axis as float": ("ExpandDims", ((F, (1, 6)), (F, (), (1.0,))), {}, "dtype", "E19999"),
    "elements": ("Reshape", ((F, (2, 3)), const(4, 2)), {}, "shape", "E19999"),
    "two open axes": ("Reshape", ((F, (2, 3)), const(-1, -1)), {}, "shape", "E19999"),
    "size -2": ("Reshape", ((F, (2, 3)), const(-2, 3)), {}, "shape", "E19999"),
    "overflow": ("Reshape", ((F, (2, 3)), const(1 << 40, 1 << 40)), {}, "shape", "E19999"),
    "dims as float": ("Fill", ((F, (1,), (2.0,)), SCALAR), {}, "dtype", "E19999"),
    "paddings": ("Pad", ((F, (2, 3)), (I32, (1, 2), (0, 1))), {}, "shape", "E89999"),
    "multiples": ("Tile", ((F, (2, 3)), const(2)), {}, "shape", "EZ9999"),
    "begin and end": (
        "StridedSlice",
        ((F, (4, 4)), const(0), const(1, 1), const(1)),
        {},
        "shape",
        "E89999",
    ),
    "stride of 0": (
        "StridedSlice",
        ((F, (4,)), const(0), const(1), const(0)),
        {},
        "shape",
        "EZ9999",
    ),
    "index outside": (
        "StridedSlice",
        ((F, (4,)), const(5), const(6), const(1)),
        {"shrink_axis_mask": 1},
        "shape",
        "EZ9999",
    ),
    "too many entries": (
        "StridedSlice",
        ((F, (4,)), const(0, 0), const(1, 1), const(1, 1)),
        {},
        "shape",
        "EZ9999",
    ),
    "two ellipses": (
        "StridedSlice",
        ((F, (4, 4)), const(0, 0), const(1, 1), const(1, 1)),
        {"ellipsis_mask": 3},
        "attribute",
        "EZ9999",
    ),
    "gathered outside": (
        "GatherV2",
        ((F, (4, 4)), (I32, (2,)), one(2)),
        {},
        "shape",
        "E89999",
    ),
    "deep indices": ("GatherNd", ((F, (4,)), (I32, (3, 2))), {}, "shape", "EZ9999"),
    "top of a scalar": ("TopK", (SCALAR, INT), {}, "shape", "E89999"),
    "axis of one hot": ("OneHot", ((I32, (2,)), INT), {"axis": -2}, "attribute", "E89999"),
    "lengths": (
        "ReverseSequence",
        ((F, (2, 3)), (I32, (3,))),
        {"seq_dim": 1, "batch_dim": 0},
        "shape",
        "E19999",
    ),
    "no num_split": ("Split", (one(0), (F, (4,))), {}, "attribute", "EZ9999"),
    "no num_split of SplitV": (
        "SplitV",
        ((F, (4,)), const(2, 2), one(0)),
        {},
        "attribute",
        "EZ9999",
    ),
    "split outside": (
        "SplitV",
        ((F, (4,)), const(2, 2), one(1)),
        {"num_split": 2},
        "shape",
        "EZ9999",
    ),
    "two rests": (
        "SplitV",
        ((F, (4,)), const(-1, -1), one(0)),
        {"num_split": 2},
        "shape",
        "EZ9999",
    ),
    "no num": ("Unpack", ((F, (2, 4)),), {"axis": 0}, "attribute", "E89999"),
    "unpacked outside": ("Unpack", ((F, (2, 4)),), {"axis": 2, "num": 2}, "shape", "E89999"),
    "predicate": ("Switch", ((F, (2,)), SCALAR), {}, "dtype", "E19999"),
    "predicate of rank 1": ("Switch", ((F, (2,)), ("bool", (2,))), {}, "shape", "E19999"),
    "condition": ("LoopCond", (INT,), {}, "dtype", "E19999"),
    "boxes": (
        "NonMaxSuppressionV3",
        ((F, (9, 5)), (F, (9,)), INT, SCALAR, SCALAR),
        {},
        "shape",
        "E39999",
    ),
    "scores": (
        "NonMaxSuppressionV2",
        ((F, (9, 4)), (F, (8,)), INT, SCALAR),
        {},
        "shape",
        "E39999",
    ),
    "data for a maximum": (
        "CombinedNonMaxSuppression",
        (
            (F, (1, 9, 1, 4)),
            (F, (1, 9, 3)),
            (I32, (), None),
            one(9),
            SCALAR,
            SCALAR,
        ),
        {},
        "constant",
        "E39999",
    ),
    "crop size": (
        "CropAndResize",
        (IMAGE, (F, (2, 4)), (I32, (2,)), (I32, (3,))),
        {},
        "shape",
        "E39999",
    ),
    "where of rank 6": ("Where", (("bool", (1,) * 6),), {}, "shape", "E19999"),
    "no ksize": (
        "MaxPool",
        (IMAGE,),
        {"strides": (1, 2, 2, 1), "padding": "SAME"},
        "attribute",
        "E89999",
    ),
    "pooled channels": (
        "AvgPool",
        (IMAGE,),
        {**POOL, "ksize": (1, 2, 2, 3)},
        "attribute",
        "E89999",
    ),
    "padding": ("MaxPool", (IMAGE,), {**POOL, "padding": "FULL"}, "attribute", "E89999"),
    "pooled rank": ("AvgPool", ((F, (8, 8, 3)),), POOL, "shape", "E89999"),
    "large window": (
        "MaxPoolWithArgmax",
        (IMAGE,),
        {**POOL, "ksize": (1, 9, 9, 1)},
        "shape",
        "E89999",
    ),
    "labels": (
        "SoftmaxCrossEntropyWithLogits",
        ((F, (2, 3)), (F, (2, 4))),
        {},
        "shape",
        "E89999",
    ),
    "no axes": ("ReduceSumD", ((F, (2, 4)),), {}, "attribute", "EZ9999"),
    "axes outside": ("ReduceSumD", ((F, (2, 4)),), {"axes": (2,)}, "shape", "EZ9999"),
    "largest outside": ("ArgMaxV2", ((F, (2, 4)), one(2)), {}, "shape", "EZ9999"),
    "data for a shape": ("RandomPoisson", ((I32, (1,), None), SCALAR), {}, "constant", "E39999"),
    "bound of rank 1": (
        "RandomUniformInt",
        (const(2), (I32, (1,)), INT),
        {},
        "shape",
        "E39999",
    ),
    "seed": (
        "StatelessRandomUniformInt",
        (const(2), (I32, (3,)), INT, INT),
        {},
        "shape",
        "E39999",
    ),
    "data for a count": ("Multinomial", ((F, (2, 3)), (I32, (), None)), {}, "constant", "E39999"),
    "data for a place": ("NthElement", ((F, (4,)), (I32, (), None)), {}, "constant", "E39999"),
    "place outside": ("NthElement", ((F, (4,)), one(4)), {}, "shape", "E39999"),
    "data for bins": (
        "HistogramFixedWidth",
        ((F, (4,)), (F, (2,)), (I32, (), None)),
        {},
        "constant",
        "E39999",
    ),
    "dtype of random": ("RandomUniform", (const(2),), {"dtype": "bfloat16"}, "dtype", "E39999"),
    "no range": (
        "LogUniformCandidateSampler",
        (("int64", (2, 1)),),
        {"num_true": 1, "num_sampled": 4},
        "attribute",
        "E39999",
    ),
    "not square": ("Lu", ((F, (2, 3)),), {}, "shape", "E39999"),
    "vector": ("Svd", ((F, (3,)),), {}, "shape", "E39999"),
    "right side": ("MatrixSolve", ((F, (3, 3)), (F, (2, 1))), {}, "shape", "E39999"),
    "ranks": ("MatrixTriangularSolve", ((F, (3, 3)), (F, (1, 3, 1))), {}, "shape", "E39999"),
    "limits": (
        "RaggedRange",
        ((I32, (2,)), (I32, (3,)), INT),
        {},
        "shape",
        "E39999",
    ),
    "no block size": ("DepthToSpace", (IMAGE,), {}, "attribute", "E89999"),
    "block of 1": ("SpaceToDepth", (IMAGE,), {"block_size": 1}, "attribute", "E89999"),
    "three crops": (
        "BatchToSpaceND",
        (IMAGE, const(2, 2), const(0, 0, 0)),
        {},
        "shape",
        "EZ9999",
    ),
    "too many blocks": (
        "SpaceToBatchND",
        ((F, (4,)), const(2), const(0, 0)),
        {},
        "shape",
        "EZ9999",
    ),
    "block of an image": (
        "BatchToSpace",
        (IMAGE, const(0, 0, 0)),
        {"block_size": 2},
        "shape",
        "E39999",
    ),
    "no rates": (
        "ExtractImagePatches",
        (IMAGE,),
        {"ksizes": (1, 2, 2, 1), "strides": (1, 1, 1, 1), "padding": "SAME"},
        "attribute",
        "EZ9999",
    ),
    "no align_corners": ("ResizeBilinearV2", (IMAGE, const(4, 4)), {}, "attribute", "E89999"),
    "resized rank": (
        "ResizeNearestNeighborV2",
        ((F, (8, 8, 3)), const(4, 4)),
        {},
        "shape",
        "E89999",
    ),
    "three sizes": ("ResizeNearestNeighborV2", (IMAGE, const(4, 4, 3)), {}, "shape", "E89999"),
    "area of rank 3": ("ResizeArea", ((F, (8, 8, 3)), const(4, 4)), {}, "shape", "E39999"),
}
GROUPED = {
    "joined dtypes": ("ConcatV2", ((F, (1, 6)), (I32, (1, 6))), {}, "dtype", "E89999"),
    "joined sizes": ("ConcatV2", ((F, (1, 6)), (F, (2, 6))), {}, "shape", "E89999"),
    "joined ranks": ("ConcatV2", ((F, (1, 6)), (F, (6,))), {}, "shape", "E89999"),
    "packed sizes": ("Pack", ((F, (2,)), (F, (3,))), {"axis": 0}, "shape", "E89999"),
    "packed outside": ("Pack", ((F, (2,)), (F, (2,))), {"axis": 2}, "shape", "E89999"),
    "merged dtypes": ("Merge", ((F, (2,)), (I32, (2,))), {}, "dtype", "E19999"),
    "accumulated dtypes": ("AccumulateNV2", ((F, (2,)), (I32, (2,))), {}, "dtype", "E89999"),
}


OF_RANK = frozenset(
    {
        "area of rank 3",
        "axes outside",
        "bound of rank 1",
        "depthwise rank",
        "filter of rank 3",
        "matrix of rank 3",
        "packed outside",
        "pooled rank",
        "predicate of rank 1",
        "ranks",
        "resized rank",
        "squeezed outside",
        "top of a scalar",
        "unpacked outside",
        "vector",
        "volume rank",
        "where of rank 6",
    }
)
"""What the ranks alone decide."""


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused_with_its_code(infer, case):
    type_, tensors, attrs, aspect, code = REFUSED[case]
    refusal = infer(type_, *tensors, **attrs)
    assert refusal is not None
    assert (refusal.aspect, refusal.code) == (Aspect(aspect), code)
    assert refusal.seen
    assert refusal.accepted


@pytest.mark.parametrize("case", GROUPED)
def test_tensors_of_a_dynamic_input_are_compared(infer, case):
    type_, tensors, attrs, aspect, code = GROUPED[case]
    others = (one(1),) if type_ == "ConcatV2" else ()
    refusal = infer(type_, *tensors, *others, group="x", count=2, **attrs)
    assert refusal is not None
    assert (refusal.aspect, refusal.code) == (Aspect(aspect), code)


@pytest.mark.parametrize("case", [*REFUSED, *GROUPED])
def test_nothing_is_refused_for_sizes_and_dtypes_that_are_not_known(infer, case):
    type_, tensors, attrs, aspect, _ = {**REFUSED, **GROUPED}[case]
    if aspect in ("attribute", "constant"):
        return
    group = "x" if case in GROUPED else ""
    attrs = {name: value for name, value in attrs.items() if name != "dtype"}
    attrs.setdefault("align_corners", False)
    assert infer(type_, *[(None, None)] * len(tensors), group=group, **attrs) is None
    open_sizes = [(None, (None,) * len(dims)) for _, dims, *_ in tensors]
    refusal = infer(type_, *open_sizes, group=group, **attrs)
    assert (refusal is not None) == (case in OF_RANK)


ACCEPTED = {
    "a window that is larger than its input": ("MaxPool", ((F, (1, 1, 1, 3)),), POOL),
    "shapes that do not broadcast": ("Add", ((F, (2, 3)), (F, (4,))), {}),
    "a convolution": ("Conv2D", (IMAGE, FILTER), STEPS),
    "a convolution in groups": ("Conv2D", ((F, (1, 8, 8, 6)), FILTER), {**STEPS, "groups": 1}),
    "a convolution without padding": ("Conv2D", (IMAGE, FILTER), STEPS),
    "a product": ("MatMulV2", ((F, (2, 3)), (F, (3, 5))), {}),
    "a product with a vector": ("MatMulV2", ((F, (3,)), (F, (3, 5))), {}),
    "a short permutation": ("Transpose", ((F, (1, 6)), const(1)), {}),
    "a scalar in a shape of four": ("Reshape", (SCALAR, const(4)), {}),
    "an open axis": ("Reshape", ((F, (2, 3)), const(-1, 2)), {}),
    "an axis more": ("ExpandDims", ((F, (1, 6)), one(-3)), {}),
    "more multiples than axes": ("Tile", ((F, (2,)), const(2, 2)), {}),
    "a split that leaves a rest": ("Split", (one(0), (F, (5,))), {"num_split": 2}),
    "num other than the size": ("Unpack", ((F, (2, 4)),), {"axis": 0, "num": 3}),
    "a size that blocks do not divide": ("SpaceToDepth", (IMAGE,), {"block_size": 3}),
    "a shape that is data": ("RandomUniform", ((I32, (1,), None),), {"dtype": F}),
    "a square": ("MatrixInverse", ((F, (2, 3, 3)),), {}),
    "a constant place": ("NthElement", ((F, (4,)), one(3)), {}),
    "a predicate": ("Switch", ((F, (2,)), ("bool", ())), {}),
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_what_atc_takes_is_not_refused(infer, case):
    type_, tensors, attrs = ACCEPTED[case]
    assert infer(type_, *tensors, **attrs) is None


def test_scalars_in_front_join_with_everything(infer):
    assert infer("Pack", SCALAR, (F, (2,)), group="x", axis=0) is None


def test_too_few_inputs_are_left_to_the_parser(infer):
    assert infer("Conv2D", IMAGE, **STEPS) is None
    assert infer("Switch", IMAGE) is None


def test_operands_that_clash_are_marked(infer):
    clash = infer("Less", (F, (2, 3)), (F, (4,)))
    rank = infer("MatMulV2", (F, (1, 2, 3)), (F, (3, 5)))
    assert clash is not None
    assert rank is not None
    assert (clash.contradiction, rank.contradiction) == (True, False)


def test_a_type_is_checked_or_refuses_nothing():
    assert set(CHECKS).isdisjoint(REFUSES_NOTHING)
    assert all(reason for reason in REFUSES_NOTHING.values())

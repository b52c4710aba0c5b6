"""What stands for a tensor and what does not."""

from __future__ import annotations

from linter.graph import Value
from linter.infer.inference import Constant
from linter.rewrite.unroll.values import (
    DEAD,
    Array,
    Flow,
    Known,
    Made,
    OpenCount,
    Row,
    TensorList,
    TooLarge,
    Unresolved,
    is_tensor,
)

ARRAY = Array("t", "float32", None, grows=False)


def test_only_tensors_can_be_read_by_any_op():
    tensors = [Made(Value("a")), Known(Constant("int32", (), (1,))), Row(Value("a"), 1)]
    others = [ARRAY, Flow(ARRAY, ()), TensorList("float32", None, ()), DEAD]
    assert all(map(is_tensor, tensors))
    assert not any(map(is_tensor, others))


def test_rows_are_told_apart_by_their_tensor_and_place():
    assert Row(Value("a"), 1) == Row(Value("a"), 1)
    assert Row(Value("a"), 1) != Row(Value("a"), 2)
    assert Row(Value("a"), 1) != Row(Value("a", 1), 1)


def test_what_is_not_known_says_what_and_where():
    plain, open_ = Unresolved("no", "n"), OpenCount("how many", "loop", Value("cond"))
    assert (plain.reason, plain.node) == ("no", "n")
    assert (open_.reason, open_.node, open_.value) == ("how many", "loop", Value("cond"))
    assert isinstance(open_, Unresolved)
    assert isinstance(TooLarge("much", "n"), Unresolved)

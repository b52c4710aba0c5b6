"""Deep graphs and functions cost what they are large: no walk recurses, none is made twice.

A walk that goes every way through a graph of ``DOUBLINGS`` nodes, each of which reads the one
before twice, takes more than a hundred thousand steps.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from linter.graph import DType, FuncRef, Graph, Model, Node, Shape, Source, Value
from linter.graph.queries import is_const
from linter.io.graphtext import parse
from linter.io.outputs import LibraryOps
from linter.io.tensor.values import make_tensor
from linter.judge.options import JudgeOptions
from linter.judge.synthetic import synthetic_judge
from linter.rewrite.cutting.parts import called_bodies
from linter.rewrite.cutting.weights import Weights
from linter.rewrite.engine import RewriteOptions, rewrite
from linter.rewrite.unroll.interpreter import Interpreter
from linter.rewrite.unroll.region import Region
from linter.rewrite.unroll.writer import Writer
from linter.rules.edit import GraphEditor
from linter.rules.match import MatchContext
from opdb.tf_ops import load_op_table
from rules.registry import rewrite_rules
from rules.rewrite.support import folding

if TYPE_CHECKING:
    import pytest

DOUBLINGS = 17
DEPTH = 1_500
FLOAT = DType("float32")


def doubled(first: str, op: str, count: int = DOUBLINGS) -> str:
    """``first`` as ``n0``, then nodes that read the one before twice."""
    lines = [f"n0 = {first}", *(f"n{i + 1} = {op}(n{i}, n{i})" for i in range(count))]
    return "\n".join(lines) + "\n"


def context_of(graph: Graph, fetched: frozenset[Value] = frozenset()) -> MatchContext:
    judge = synthetic_judge(Model(Source("", "graphdef"), graph))
    return MatchContext(graph, judge.inference(graph), judge.ops, fetched, {})


def counted(monkeypatch: pytest.MonkeyPatch, owner: object, name: str) -> Counter[str]:
    """How often a function is called from now on."""
    calls: Counter[str] = Counter()
    plain = getattr(owner, name)

    def call(*args: object, **options: object) -> object:
        calls[name] += 1
        return plain(*args, **options)

    monkeypatch.setattr(owner, name, call)
    return calls


def rules(*ids: str) -> tuple:  # type: ignore[type-arg]
    return tuple(rule for rule in rewrite_rules() if rule.id in ids)


# -- functions -------------------------------------------------------------------------------------


def argument(dtype: DType = FLOAT) -> Node:
    return Node("x", "_Arg", attrs={"T": dtype}, virtual=True)


def called(name: str, function: str, source: str = "x", *, plainly: bool = False) -> Node:
    if plainly:
        return Node(name, function, (Value(source),), position=0)
    attrs = {"Tin": (FLOAT,), "Tout": (FLOAT,), "f": FuncRef(function, {})}
    return Node(name, "PartitionedCall", (Value(source),), attrs=attrs, position=0)


def nested(depth: int, *, plainly: bool = False, leaf: str = "Neg") -> Model:
    """Functions that call the next one, the innermost first in the library."""
    functions: dict[str, Graph] = {}
    for level in reversed(range(depth)):
        name, inner = f"f{level}", f"f{level + 1}"
        node = Node("r", leaf, (Value("x"),), attrs={"T": FLOAT}, position=0)
        node = node if level == depth - 1 else called("r", inner, plainly=plainly)
        functions[name] = Graph([argument(), node], function=name, returns={"y": Value("r")})
    x = Node("x", "Placeholder", attrs={"dtype": FLOAT, "shape": Shape((2, 3))}, position=0)
    main = Graph([x, called("c", "f0", plainly=plainly), relu("y", "c")])
    return Model(Source("", "graphdef"), main, functions)


def relu(name: str, source: str) -> Node:
    return Node(name, "Relu", (Value(source),), attrs={"T": FLOAT}, position=1)


def test_shapes_reach_the_innermost_function() -> None:
    model = nested(DEPTH)
    judge = synthetic_judge(model)
    innermost = next(iter(model.functions.values()))
    assert judge.inference(innermost).shape(Value("x")) == (2, 3)


def test_functions_that_call_each_other_are_told_what_is_agreed() -> None:
    model = nested(3)
    last = model.functions["f2"]
    last.patch([called("r", "f0")])
    judge = synthetic_judge(model)
    shapes = [judge.inference(body).shape(Value("x")) for body in model.functions.values()]
    assert shapes == [None, None, None]


def test_work_of_nested_functions_is_estimated() -> None:
    model = nested(DEPTH)
    judge = synthetic_judge(model)
    weights = Weights(judge.inference, lambda node: called_bodies(node, model.functions))
    assert weights.work(model.main, model.main["c"]) == 6
    model.functions["f7"].patch([called("again", "f0")])
    again = Weights(judge.inference, lambda node: called_bodies(node, model.functions))
    assert again.work(model.main, model.main["c"]) == 6


def test_results_of_nested_functions_have_dtypes() -> None:
    model = nested(DEPTH, plainly=True)
    definition = LibraryOps(model.functions, load_op_table()).get("f0")
    assert definition is not None
    assert [(arg.name, arg.type) for arg in definition.outputs] == [("y", "float32")]


def test_nested_calls_are_written_out() -> None:
    model = nested(DEPTH, leaf="Neg")
    outcome = rewrite(
        rules("RWS104"),
        model,
        lambda copy: synthetic_judge(copy, lacking=("PartitionedCall",)),
        RewriteOptions(),
    )
    assert outcome.errors == ()
    assert [node.op for node in outcome.model.main] == ["Placeholder", "Neg", "Relu"]


def test_a_function_that_passes_on_is_carried_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    model = nested(DOUBLINGS, leaf="Identity")
    for level in range(DOUBLINGS - 1):
        body = model.functions[f"f{level}"]
        body.patch([called("r", f"f{level + 1}"), called("s", f"f{level + 1}", "r")])
        body.returns["y"] = Value("s")
    calls = counted(monkeypatch, Interpreter, "_carried")
    outcome = rewrite(
        rules("RWS104"),
        model,
        lambda copy: synthetic_judge(copy, lacking=("PartitionedCall",)),
        RewriteOptions(),
    )
    assert [node.op for node in outcome.model.main] == ["Placeholder", "Relu"]
    assert calls["_carried"] < 10 * DOUBLINGS


# -- nodes -----------------------------------------------------------------------------------------


def test_a_constant_is_computed_once_on_all_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = parse(doubled("Const : float32[2] = [1.0, 2.0]", "Add")).main
    calls = counted(monkeypatch, folding, "_computed")
    context = context_of(graph)
    value = context.bind(Value(f"n{DOUBLINGS}"))
    assert folding.is_foldable(value)
    assert folding.folded(value).tolist() == [1.0 * 2**DOUBLINGS, 2.0 * 2**DOUBLINGS]
    assert calls["_computed"] == DOUBLINGS + 1
    folding.folded(context.bind(Value(f"n{DOUBLINGS - 1}")))
    assert calls["_computed"] == DOUBLINGS + 1  # kept for this pass


def test_large_constants_are_computed_once_and_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = parse(doubled("Const : float32[1000] = 0.5", "Maximum")).main
    calls = counted(monkeypatch, folding, "_computed")
    context = context_of(graph)
    value = context.bind(Value(f"n{DOUBLINGS}"))
    assert folding.folded(value).tolist() == [0.5] * 1000
    assert calls["_computed"] == DOUBLINGS + 1
    assert not context.memo.get("folded")


def test_a_long_way_to_a_constant_is_computed() -> None:
    lines = ["n0 = Const : float32[] = 1.0", *(f"n{i + 1} = Neg(n{i})" for i in range(DEPTH))]
    context = context_of(parse("\n".join(lines)).main)
    assert folding.folded(context.bind(Value(f"n{DEPTH}"))).item() == 1.0


def test_merges_of_a_dead_branch_are_seen_through() -> None:
    lines = [
        "x = Placeholder : float32[2]",
        "p = Const : bool[] = false",
        "s = Switch(x, p)",
        "n0 = Neg(s:1)",
    ]
    for i in range(DEPTH):
        lines += [f"a{i} = Neg(n{i})", f"n{i + 1} = Merge(a{i})"]
    lines += ["live = Exp(s)", f"m = Merge(live, n{DEPTH})", "y = Relu(m)"]
    outcome = rewrite(
        rules("RWS001"),
        parse("\n".join(lines)),
        lambda model: synthetic_judge(
            model, JudgeOptions(outputs=(Value("y"),)), lacking=("Merge",)
        ),
        RewriteOptions(),
    )
    assert outcome.errors == ()
    assert [made.root for made in outcome.rewrites] == ["m"]


def test_a_loop_in_a_branch_does_not_hide_what_is_live() -> None:
    text = """
        x = Placeholder : float32[2]
        p = Const : bool[] = false
        s = Switch(x, p)
        e = Enter(s:1) {frame_name="f"}
        h = Merge(e, next)
        c = Placeholder : bool[]
        cond = LoopCond(c)
        t = Switch(h, cond)
        body = Neg(t:1)
        next = NextIteration(body)
        left = Exit(t)
        live = Exp(s)
        m = Merge(live, left)
        y = Relu(m)
    """.replace("        ", "")
    outcome = rewrite(
        rules("RWS001"),
        parse(text),
        lambda model: synthetic_judge(
            model, JudgeOptions(outputs=(Value("y"),)), lacking=("Merge",)
        ),
        RewriteOptions(),
    )
    assert outcome.errors == ()


def test_an_open_number_is_followed_once_on_all_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = parse(doubled("Placeholder : int32[]", "Add") + f"y = Neg(n{DOUBLINGS})").main
    context = context_of(graph, frozenset({Value("y")}))
    edit = GraphEditor(context)
    edit.open(graph["y"], ("y",), "RWS103")
    calls = counted(monkeypatch, Writer, "symbol")
    writer = Writer(context, edit, "y")
    region = Region(context, edit, writer, Interpreter(writer, context.ops))
    region.symbol(Value(f"n{DOUBLINGS}"))
    assert calls["symbol"] <= 2 * (DOUBLINGS + 1)


def test_a_number_is_found_at_the_end_of_a_long_way() -> None:
    lines = [
        "size = Const : int32[] = 3",
        "array = TensorArrayV3(size) {dtype=float32}",
        "count = TensorArraySizeV3(array, array:1)",
        "one = Const : int32[] = 1",
        "n0 = Add(count, one)",
        *(f"n{i + 1} = Add(n{i}, one)" for i in range(DEPTH)),
    ]
    graph = parse("\n".join(lines)).main
    context = context_of(graph, frozenset({Value(f"n{DEPTH}")}))
    edit = GraphEditor(context)
    edit.open(graph["n0"], ("n0",), "RWS103")
    writer = Writer(context, edit, "y")
    region = Region(context, edit, writer, Interpreter(writer, context.ops))
    found = region.symbol(Value(f"n{DEPTH}"))
    assert getattr(found, "constant", None) is not None
    assert found.constant.values == (4 + DEPTH,)  # type: ignore[union-attr]


def test_identities_above_a_constant_are_walked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    tensor = make_tensor(FLOAT, (), (1.0,))
    nodes = [Node("n0", "Const", attrs={"dtype": FLOAT, "value": tensor})]
    nodes += [Node(f"n{i + 1}", "Identity", (Value(f"n{i}"),)) for i in range(DEPTH)]
    graph = Graph(nodes)
    calls = counted(monkeypatch, Graph, "get")
    assert all(is_const(graph, Value(node.key)) for node in nodes[::-1])
    assert calls["get"] <= DEPTH + 1
    graph.patch([Node("n0", "Neg", (Value(f"n{DEPTH}"),))])
    assert not any(is_const(graph, Value(node.key)) for node in nodes)

"""Short ways to have calls and loops of a text carried out, and to see what is left of them."""

from __future__ import annotations

from collections.abc import Iterable

from linter.graph import Value
from linter.io import graphtext
from linter.judge.options import JudgeOptions
from linter.judge.synthetic import synthetic_judge
from linter.rewrite.engine import RewriteOptions, RewriteOutcome, rewrite
from rules.registry import rewrite_rules

__all__ = [
    "called",
    "carry_out",
    "lines",
    "loop",
    "reads",
    "refusals",
    "refused",
    "result",
]

RULES = tuple(r for r in rewrite_rules() if r.id in {"RWS101", "RWS102", "RWS103", "RWS104"})
CALL = "StatefulPartitionedCall"


def carry_out(
    text: str,
    *outputs: str,
    lacking: Iterable[str] = ("LoopCond",),
    options: RewriteOptions | None = None,
) -> RewriteOutcome:
    """What rewriting makes of a text on a target that lacks some ops."""
    fetched = tuple(Value(name) for name in outputs or ("y",))
    outcome = rewrite(
        RULES,
        graphtext.parse(text),
        lambda model: synthetic_judge(model, JudgeOptions({}, fetched), lacking=tuple(lacking)),
        options or RewriteOptions(),
    )
    assert outcome.errors == ()
    return outcome


def lines(outcome: RewriteOutcome) -> list[str]:
    """What is left, without inputs, constants and the nodes ``y0``, ``y1`` …"""
    found = graphtext.dump(outcome.model.main).splitlines()
    plain = [line for line in found if " = Placeholder" not in line and " = Const" not in line]
    plain = [line for line in plain if " = Identity(" not in line or line[:1] != "y"]
    return [line for line in plain if not line.startswith("kept = ")]


def reads(outcome: RewriteOutcome) -> list[object]:
    """What ``y0``, ``y1`` … read: elements of a constant, or the name of a value."""
    found: list[object] = []
    for node in outcome.model.main:
        if node.op == "Identity" and node.name[:1] == "y":
            (source,) = node.inputs
            tensor = outcome.model.main[source.node].attrs.get("value")
            name = source.node if source.port == 0 else str(source)
            if tensor is None:
                found.append(name)
            else:
                found.append(tensor.values() if tensor.shape else tensor.values()[0])
    return found


def called(
    body: str, *results: str, inputs: str = "x: float32[3,2]", others: str = "", more: str = ""
) -> str:
    """A text in which ``y0``, ``y1`` … read the results of one call of a body.

    The call gives its first input as well, so that no new node takes its name.
    """
    names = [part.partition(":")[0].strip() for part in inputs.split("; ")]
    kinds = [part.partition(":")[2].strip() for part in inputs.split("; ")]
    given = "".join(f"{n} = Placeholder : {k}\n" for n, k in zip(names, kinds, strict=True))
    results = (f"{names[0]}:0", *results)
    returns = ", ".join(f"r{index}: {result}" for index, result in enumerate(results))
    reads = "".join(f"y{index} = Identity(c:{index + 1})\n" for index in range(len(results) - 1))
    arguments = ", ".join(f"{n}: {k}" for n, k in zip(names, kinds, strict=True))
    inside = "".join(f"  {line.strip()}\n" for line in body.strip().splitlines())
    return (
        f"{given}{more}c = {CALL}({', '.join(names)}) {{f=@f}}\nkept = Neg(c)\n{reads}"
        f"def f({arguments}) -> ({returns}):\n{inside}{others}"
    )


def result(body: str, *results: str, **more: str) -> RewriteOutcome:
    """The outcome for a call of a body."""
    outputs = ["kept", *(f"y{index}" for index in range(len(results)))]
    return carry_out(called(body, *results, **more), *outputs, lacking=(CALL,))


def refusals(text: str, *outputs: str, lacking: Iterable[str] = ("LoopCond",)) -> set[str]:
    """Why nothing of a text is carried out."""
    outcome = carry_out(text, *outputs, lacking=lacking)
    assert outcome.rewrites == ()
    return {refused.reason for refused in outcome.refused}


def refused(body: str, *results: str, **more: str) -> str:
    """Why a call of a body is not carried out."""
    outputs = ["kept", *(f"y{index}" for index in range(len(results)))]
    (reason,) = refusals(called(body, *results, **more), *outputs, lacking=(CALL,))
    return reason


def loop(body: str, *, rounds: int | str = 2, more: str = "", before: str = "") -> str:
    """A v1 loop whose value ``v`` goes from ``sv:1`` to ``vv``; ``y`` reads its exit."""
    end = f"end = Const : int32[] = {rounds}" if isinstance(rounds, int) else rounds
    return f"""x = Placeholder : float32[2]
{before}zero = Const : int32[] = 0
{end}
one = Const : int32[] = 1
i = Enter(zero) {{frame_name="f"}}
v = Enter(x) {{frame_name="f"}}
n = Enter(end) {{frame_name="f", is_constant=true}}
o = Enter(one) {{frame_name="f", is_constant=true}}
mi = Merge(i, ni)
mv = Merge(v, nv)
less = Less(mi, n)
cond = LoopCond(less)
si = Switch(mi, cond)
sv = Switch(mv, cond)
ii = Add(si:1, o)
{body}
ni = NextIteration(ii)
nv = NextIteration(vv)
e = Exit(sv)
{more}y = Neg(e)
"""

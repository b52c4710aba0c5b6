"""What an op gives, and the arithmetic of sizes, stand in inference and nowhere else."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from linter.infer.ops.registry import OPS

ROOT = Path(__file__).resolve().parents[3]
ARITHMETIC = ("axes", "contraction", "dims", "joins", "numbers", "slices", "windows")
CALLERS = ("linter/rewrite/unroll/fold.py", "rules/rewrite/support/folding.py")


def trees() -> Iterator[tuple[str, ast.Module]]:
    """Every module beside inference that rules or the engine run."""
    for folder in ("linter/judge", "linter/rewrite", "linter/rules", "rules"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text("utf-8"))


@pytest.mark.parametrize("path", CALLERS)
def test_unrolling_and_folding_know_no_op(path: str) -> None:
    """They ask the table; a constant alone is read where it stands."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    words = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    assert words & set(OPS) <= {"Const"}


def test_no_function_is_named_like_the_arithmetic() -> None:
    """What makes nodes takes an editor or a step, and may be named like what it makes."""
    names = set()
    for module in ARITHMETIC:
        offered = importlib.import_module(f"linter.infer.{module}").__all__
        names |= {name for name in offered if name.islower()}
    found = [
        f"{path}: {node.name}"
        for path, tree in trees()
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and node.name.lstrip("_") in names
        and not {arg.arg for arg in node.args.args} & {"edit", "step"}
    ]
    assert found == []


def test_no_size_is_worked_out_in_place() -> None:
    """Neither an axis counted from the front by ``% len(...)``, nor a quotient rounded up."""
    found = [
        f"{path}:{node.lineno}: {ast.unparse(node)}"
        for path, tree in trees()
        for node in ast.walk(tree)
        if _counts_from_the_front(node) or _rounds_up(node) or _reaches(node)
    ]
    assert found == []


def _counts_from_the_front(node: ast.AST) -> bool:
    if isinstance(node, ast.AugAssign):
        right = node.value if isinstance(node.op, ast.Mod) else None
    else:
        is_rest = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod)
        right = node.right if is_rest else None
    return right is not None and ast.unparse(right).startswith(("len(", "rank", "max("))


def _rounds_up(node: ast.AST) -> bool:
    """``-(-a // b)``."""
    return ast.unparse(node).startswith("-(-") if isinstance(node, ast.UnaryOp) else False


def _reaches(node: ast.AST) -> bool:
    """``(window - 1) * dilation + 1``."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Add):
        return False
    left = node.left
    return (
        isinstance(left, ast.BinOp)
        and isinstance(left.op, ast.Mult)
        and ast.unparse(left.left).endswith(" - 1")
    )

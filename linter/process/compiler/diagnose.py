"""The compiler's messages as findings about the nodes of the model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from linter.graph import Graph, Model, Node
from linter.process.compiler.codes import CodeInfo, lookup
from linter.process.compiler.log import CompilerReport, LogItem, Role
from linter.results.finding import Certainty, Finding, Severity

__all__ = ["ATC_RULES", "Diagnosis", "diagnose"]

ATC_RULES = {
    "command_line": ("ATC001", "compiler-refused-argument"),
    "input_shape": ("ATC001", "compiler-refused-argument"),
    "file": ("ATC001", "compiler-refused-argument"),
    "environment": ("ATC002", "compiler-environment-fault"),
    "parser": ("ATC003", "compiler-parser-error"),
    "engine_selection": ("ATC004", "compiler-missing-kernel"),
    "shape_inference": ("ATC005", "compiler-shape-error"),
    "op_compile": ("ATC006", "compiler-op-error"),
    "internal": ("ATC007", "compiler-internal-error"),
    "warning": ("ATC008", "compiler-warning"),
}
"""Code and name of the findings, by the stage of the conversion."""

_TOKEN = re.compile(r"[^\s\[\](){},;:'\"]+")


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One message, placed in the model.

    Attributes:
        finding: the message as a finding; its node is a node of the model when one was found.
        item: the message.
        explanation: what the code means, empty when it is not known.
        predicted: findings of a check on the same node, or on the same op type.
    """

    finding: Finding
    item: LogItem
    explanation: str = ""
    predicted: tuple[Finding, ...] = ()


def diagnose(
    report: CompilerReport, model: Model | None = None, findings: Iterable[Finding] = ()
) -> tuple[Diagnosis, ...]:
    """Place every message of a run in the model and in the findings of a check.

    Args:
        report: from ``parse_log`` or a run.
        model: what was converted; ``None`` leaves the compiler's own names.
        findings: what ``check`` says about the same model and target.
    """
    known = tuple(findings)
    finder = None if model is None else _NodeFinder(model)
    return tuple(
        _diagnosis(report.tool, item, stage, finder, known)
        for item, stage in _staged((*report.items, *report.warnings))
        if item.role is not Role.TRACE or item.op_name or item.op_type
    )


def _staged(items: Iterable[LogItem]) -> Iterator[tuple[LogItem, str]]:
    """Each item and its stage; the traceback is of the stage of its headline."""
    last = "internal"
    for item in items:
        info = None if item.code is None else lookup(item.code)
        if item.role is Role.FAULT:
            yield item, "environment"
        elif item.role is Role.PRE_CHECK:
            yield item, "parser"
        elif item.role is Role.TRACE:
            yield item, last
        else:
            last = "internal" if info is None else info.stage
            yield item, last


def _diagnosis(
    tool: str,
    item: LogItem,
    stage: str,
    finder: _NodeFinder | None,
    known: tuple[Finding, ...],
) -> Diagnosis:
    info = None if item.code is None else lookup(item.code)
    found = None if finder is None else finder.find(item)
    node = None if found is None else found.node
    name = item.op_name if node is None else node.name
    op = item.op_type if node is None else node.op
    code, rule = ATC_RULES[stage]
    finding = Finding(
        code=code,
        name=rule,
        severity=Severity.WARNING if item.role is Role.WARNING else Severity.ERROR,
        certainty=Certainty.DOCUMENTED if found and found.exact else Certainty.INFERRED,
        message=_message(tool, item, info),
        node=name,
        op=op,
        function=None if found is None else found.function,
        position=-1 if node is None else node.position,
        remedy=item.solution or ("" if info is None else info.advice),
    )
    predicted = tuple(f for f in known if _same_subject(f, finding))
    return Diagnosis(finding, item, "" if info is None else info.explanation, predicted)


def _message(tool: str, item: LogItem, info: CodeInfo | None) -> str:
    said = item.message or ("" if info is None else info.title)
    return f"{tool} {item.code}: {said}" if item.code else f"{tool}: {said}"


def _same_subject(finding: Finding, other: Finding) -> bool:
    if other.node is not None and finding.node is not None:
        return (finding.node, finding.function) == (other.node, other.function)
    return other.op is not None and finding.op == other.op


@dataclass(frozen=True, slots=True)
class _Found:
    """A node of the model; ``exact`` when the compiler used its very name."""

    node: Node
    function: str | None
    exact: bool


class _NodeFinder:
    """Finds nodes by the compiler's names, which carry prefixes and suffixes of its own."""

    def __init__(self, model: Model) -> None:
        self._main = {node.name: node for node in model.main}
        self._inner: dict[str, tuple[Graph, Node]] = {}
        for graph in model.functions.values():
            for node in graph:
                self._inner.setdefault(node.name, (graph, node))

    def find(self, item: LogItem) -> _Found | None:
        """The node that a message is about, ``None`` when it names none of this model."""
        names = [item.op_name] if item.op_name else _tokens(item.message)
        for name in names:
            if name in self._main:
                return _Found(self._main[name], None, exact=True)
        if item.op_name is None:
            return None
        return self._inside_function(item.op_name) or self._derived(item.op_name)

    def _inside_function(self, name: str) -> _Found | None:
        """The compiler puts the name of the graph before the names of a function's nodes."""
        while name not in self._inner:
            _, slash, name = name.partition("/")
            if not slash:
                return None
        graph, node = self._inner[name]
        return _Found(node, graph.function, exact=False)

    def _derived(self, name: str) -> _Found | None:
        """A node that the compiler made from one of ours: its name begins with that one's."""
        while name:
            cut = max(name.rfind("/"), name.rfind("_"))
            if cut < 0:
                return None
            name = name[:cut]
            if name in self._main:
                return _Found(self._main[name], None, exact=False)
        return None


def _tokens(message: str) -> list[str]:
    """Words of a message that may be node names, the longest first."""
    words = {word.strip(".") for word in _TOKEN.findall(message)}
    return sorted(words, key=lambda word: (-len(word), word))

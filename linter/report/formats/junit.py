"""JUnit XML: a suite for each model and target, a case in it for each family of rules.

Families without findings are cases too, which pass: a report shows what was looked at. A finding at
or above the threshold fails its case, others are in the case's output.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from linter.report.formats.context import Context
from linter.report.grouping import Group, grouped, place
from linter.report.style import clean
from linter.results.finding import Finding
from linter.results.report import InputError, ModelReport, Report, TargetReport
from linter.results.wording import plural

__all__ = ["render"]

_FAMILY = 3
_NODES = 20


def render(report: Report, context: Context) -> str:
    """One document; models that could not be read are suites with an error."""
    families = list(dict.fromkeys(r.id[:_FAMILY] for r in context.rules() if r.kind == "lint"))
    root = Element("testsuites", name="omlint")
    for model in report.results:
        for target in model.targets:
            root.append(_suite(model, target, families, context))
    root.extend(_unread(error) for error in report.errors)
    root.extend(_gate(report))
    for key in ("tests", "failures", "errors"):
        root.set(key, str(sum(int(suite.get(key, "0")) for suite in root)))
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(root, "unicode")}\n'


def _suite(
    model: ModelReport, target: TargetReport, families: Sequence[str], context: Context
) -> Element:
    by_family: dict[str, list[Finding]] = {family: [] for family in families}
    for finding in target.findings:
        by_family.setdefault(finding.code[:_FAMILY], []).append(finding)
    cases = []
    for family, findings in by_family.items():
        case = _case(model.path, f"{family} on {target.target}")
        failing = [item for item in findings if context.fails(item.severity)]
        if failing:
            groups = grouped(failing)
            text = "\n".join(map(_group_text, groups))
            SubElement(case, "failure", type=family, message=_headline(groups)).text = text
        rest = [item for item in findings if not context.fails(item.severity)]
        if rest:
            SubElement(case, "system-out").text = "\n".join(map(_group_text, grouped(rest)))
        cases.append(case)
    return _suite_of(f"{clean(model.path)} on {target.target}", cases)


def _suite_of(name: str, cases: Iterable[Element]) -> Element:
    suite = Element("testsuite", name=name)
    suite.extend(cases)
    suite.set("tests", str(len(suite)))
    for key, tag in (("failures", "failure"), ("errors", "error")):
        suite.set(key, str(len(suite.findall(f"testcase/{tag}"))))
    suite.set("skipped", "0")
    return suite


def _case(path: str, name: str) -> Element:
    return Element("testcase", classname=clean(path), name=clean(name), time="0")


def _unread(error: InputError) -> Element:
    case = _case(error.path, "read")
    SubElement(case, "error", type=error.kind, message=clean(error.message))
    return _suite_of(clean(error.path), [case])


def _gate(report: Report) -> Iterator[Element]:
    """What failed that is not about one finding; nothing where nothing did."""
    cases = []
    for line in report.gate.lines if report.gate is not None else ():
        if line.fails:
            case = _case("omlint.gate", line.id)
            SubElement(case, "failure", type="GATE", message=clean(line.message))
            cases.append(case)
    if cases:
        yield _suite_of("gate", cases)


def _headline(groups: Sequence[Group]) -> str:
    first = groups[0].first
    more = sum(len(group.findings) for group in groups) - 1
    rest = f" (and {plural(more, 'more finding')})" if more else ""
    return f"{first.code}: {clean(first.message)}{rest}"


def _group_text(group: Group) -> str:
    first, located = group.first, group.located
    fix = f" [{first.fix.rule} {first.fix.safety.value}]" if first.fix else ""
    lines = [f"{first.severity.value} {first.code} {first.name}: {clean(first.message)}{fix}"]
    lines += [f"  at {clean(place(finding))}" for finding in located[:_NODES]]
    if len(located) > _NODES:
        lines.append(f"  and {len(located) - _NODES:,} more")
    return "\n".join(lines)

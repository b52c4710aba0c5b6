"""Commands that a report tells its reader to run next: on one line, ready to be pasted.

They repeat what was said about the model, so that the next command works on the same question.
"""

from __future__ import annotations

import shlex

from linter.report.style import clean
from linter.results.report import ModelReport, TargetReport
from linter.results.wording import missing_sizes

__all__ = ["convert_command", "explain_command", "fix_command", "why_command"]


def fix_command(model: ModelReport, target: TargetReport) -> str:
    """``omlint fix`` for this model and target."""
    output = f"{_stem(model.path)}.fixed.pb"
    return _joined("fix", _path(model), "-o", _quoted(output), *_repeated_flags(model, target))


def why_command(model: ModelReport, target: TargetReport, node: str) -> str:
    """``omlint fix --why`` about one node."""
    return _joined("fix", _path(model), "--why", _quoted(node), *_repeated_flags(model, target))


def convert_command(model: ModelReport, target: TargetReport) -> str:
    """``omlint convert``; what only the compiler's flags can say goes after ``--``."""
    output = f"{_stem(model.path)}_{target.target.rpartition('/')[2]}"  # NAME.pb is not the input
    flags = []
    if model.precision:
        flags.append(f"--precision_mode={model.precision}")
    if model.scope_passes:
        flags.append(_quoted(f"--enable_scope_fusion_passes={','.join(model.scope_passes)}"))
    words = ["convert", _path(model), "-o", _quoted(output), *_target(target), *_shape(model)]
    return _joined(*words, *(("--", *flags) if flags else ()))


def explain_command(op: str, target: TargetReport) -> str:
    """``omlint explain`` about one op type."""
    return _joined("explain", _quoted(op), *_target(target))


def _repeated_flags(model: ModelReport, target: TargetReport) -> list[str]:
    """Every flag that ``check`` and ``fix`` share."""
    words = [*_target(target), *_shape(model)]
    if model.precision:
        words += ["--precision-mode", model.precision]
    if model.scope_passes:
        words += ["--enable-scope-fusion", _quoted(",".join(model.scope_passes))]
    return words


def _target(target: TargetReport) -> list[str]:
    return [] if target.by_default else ["--target", _quoted(target.target)]


def _shape(model: ModelReport) -> list[str]:
    """The flags about inputs, outputs and rules."""
    words = []
    for flag, text in (
        ("--input-shape", missing_sizes(model.inputs, model.named_inputs, model.varying)),
        (model.varying.option, model.varying.text),
        ("--outputs", ";".join(model.named_outputs)),
        ("--cut-inputs", ";".join(model.cut_inputs)),
        ("--set-input", ";".join(model.set_inputs)),
    ):
        if text:
            words += [flag, _quoted(text)]
    for path in model.rule_files:
        words += ["--rules", _quoted(path)]
    return words


def _path(model: ModelReport) -> str:
    return _quoted(model.path)


def _quoted(text: str) -> str:
    """A word for the shell; control characters are shown, not passed on."""
    return shlex.quote(clean(text))


def _joined(*words: str) -> str:
    return " ".join(("omlint", *words))


def _stem(path: str) -> str:
    name = path.rstrip("/").rpartition("/")[2]
    return name.rpartition(".")[0] or name or "model"

"""Evidence ids and the documents that they stand for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

CANNDEV = "github.com/dengguojie/vue-element-admin (canndev history)"
_TITLES = {
    "parser": "TensorFlow plugin registrations",
    "prototypes": "Operator prototypes",
    "const-to-attr": "Constant-to-attribute table",
    "scope-fusion": "Scope fusion passes",
    "cpu": "AI CPU and host CPU operator lists",
}
_PLACES = {
    "parser": "ops/built-in/framework/tf_plugin",
    "prototypes": "ops/built-in/op_proto/inc",
    "const-to-attr": "ops/built-in/fusion_pass",
    "scope-fusion": "ops/built-in/framework/tf_scope_fusion_pass",
    "cpu": "ops/built-in/aicpu/op_info_cfg",
}
_CANN = "opp/built-in"
_CANN_PLACES = {
    "prototypes": f"{_CANN}/op_proto/inc",
    "cpu": f"{_CANN}/op_impl/aicpu",
}


class Sources:
    """The sources that the records name, gathered while they are built."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, str]] = {}

    def add(self, id_: str, title: str, where: str) -> str:
        """Register a source once; returns its id."""
        entry = {"title": title, "where": where}
        if self._known.setdefault(id_, entry) != entry:
            raise ValueError(f"two meanings of the evidence id {id_}")
        return id_

    def table(self) -> dict[str, dict[str, str]]:
        """Everything registered."""
        return self._known

    def part(self, version: str, part: str, provenance: Mapping[str, Any]) -> str:
        """Register one part of a version's facts."""
        from_install = str(provenance["basis"]).startswith(("installed", "assembled"))
        places = _CANN_PLACES if from_install else _PLACES
        title = f"{_TITLES[part]}, {_edition(version, provenance)}"
        return self.add(f"atc-{version}/{part}", title, repository_place(provenance, places[part]))

    def open_plugins(self, version: str, commits: Iterable[str]) -> str:
        """Register the TensorFlow plugins of the open operator repositories."""
        return self.add(
            f"atc-{version}/parser",
            f"TensorFlow plugin registrations of the open operator repositories, {version}",
            "github.com/hicann operator repositories, commits "
            + ", ".join(commit[:12] for commit in commits),
        )

    def onnx(self, version: str, provenance: Mapping[str, Any]) -> str:
        """Register the ONNX plugins of a version."""
        if isinstance(provenance.get("repositories"), Mapping):
            named = (f"{name} {sha[:12]}" for name, sha in provenance["repositories"].items())
            where = f"github.com/hicann: {', '.join(named)}"
        else:
            commit = str(provenance["commit"])[:12]
            where = f"{CANNDEV}, commit {commit}: ops/built-in/framework/onnx_plugin"
        return self.add(f"atc-{version}/onnx", f"ONNX plugin registrations, CANN {version}", where)

    def aicore(self, version: str, folder: str, facts: Mapping[str, Any]) -> str:
        """Register the AI Core list of one folder."""
        provenance = facts["provenance"]
        default = f"{_CANN}/op_impl/ai_core/tbe/config/{folder}/aic-{folder}-ops-info.json"
        return self.add(
            f"atc-{version}/aicore/{folder}",
            f"AI Core operator list of {folder}, {_edition(version, provenance)}",
            repository_place(provenance, facts.get("source_file", default)),
        )


def repository_place(provenance: Mapping[str, Any], path: str) -> str:
    """Repository, commit and path of a fact."""
    if "repositories" in provenance:
        named = (
            f"{item['repository']} {item['commit'][:12]}" for item in provenance["repositories"]
        )
        return f"github.com: {', '.join(named)}"
    commit = str(provenance["commit"])[:12]
    repository = str(provenance["repository"])
    name = CANNDEV if "canndev" in repository else f"github.com/{repository}"
    return f"{name}, commit {commit}: {path}"


def _edition(version: str, provenance: Mapping[str, Any]) -> str:
    if "approximates" in str(provenance["basis"]):
        day = provenance["requested_date"]
        return f"CANN {version} (canndev master of {day}, approximates the release)"
    part = ", the open part of the release" if provenance.get("partial") else ""
    return f"CANN {version}{part}"

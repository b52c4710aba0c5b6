"""Which flags of the compilers the check takes into account.

Source: atc's flag table and manual (CANN 8.1.RC1 and the open GE front end); the parameter pages
of omg. A flag that stands in none of the lists may change what converts and is not modelled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from linter.process.compiler.flags import ATC_FLAGS, OMG_FLAGS, parse_flags
from linter.results.varying import KINDS

__all__ = ["not_modelled", "opened_sizes", "scope_passes_of_flags"]

_MODELLED: dict[str, frozenset[str]] = {
    "atc": frozenset({"precision_mode", "precision_mode_v2", "enable_scope_fusion_passes", *KINDS}),
    "omg": frozenset(),
}
_WITHOUT_EFFECT = {
    "atc": """
        atomic_clean_policy auto_tune_mode buffer_optimize check_report deterministic
        deterministic_level disable_reuse_memory display_model_info dump_mode
        enable_compress_weight compress_weight_conf enable_single_stream enable_small_channel
        external_weight framework host_env_cpu host_env_os json log mode model oo_level
        op_compiler_cache_dir op_compiler_cache_mode op_debug_level output output_type
        save_original_model soc_version status_check weight
        """,
    "omg": """
        check_report framework json mode model output output_type
        save_weights_as_external_data weight
        """,
}
"""They move results, logs, memory or speed, and leave alone which ops convert."""

_DEFAULTS = {"input_format": "NHWC", "core_type": "AiCore"}
"""Values that say what would hold without the flag."""

_IMAGE_SIZES = {"NHWC": (1, 2), "NCHW": (2, 3)}


def not_modelled(tool: str, words: Iterable[str]) -> tuple[str, ...]:
    """The flags given that may change the verdict and are not taken into account, by name."""
    flags = parse_flags(words, ATC_FLAGS if tool == "atc" else OMG_FLAGS)
    known = _MODELLED[tool] | set(_WITHOUT_EFFECT[tool].split())
    return tuple(
        name
        for name, value in flags.items()
        if name not in known and (tool != "atc" or _DEFAULTS.get(name) != value)
    )


def scope_passes_of_flags(flags: Mapping[str, str]) -> tuple[str, ...]:
    """The scope fusion passes that atc's flags switch on."""
    names = (name.strip() for name in flags.get("enable_scope_fusion_passes", "").split(","))
    return tuple(dict.fromkeys(name for name in names if name))


def opened_sizes(flags: Mapping[str, str], name: str, rank: int) -> frozenset[int]:
    """The dimensions of an input that atc's flags let vary.

    Args:
        flags: values by full name.
        name: the input.
        rank: how many dimensions it has.

    >>> sorted(opened_sizes({"dynamic_batch_size": "1,2"}, "x", 4))
    [0]
    >>> sorted(opened_sizes({"dynamic_image_size": "2,2;4,4", "input_format": "NCHW"}, "x", 4))
    [2, 3]
    """
    ranged = flags.get("input_shape_range", "").split(";")
    if "dynamic_dims" in flags or any(one.rpartition(":")[0].strip() == name for one in ranged):
        return frozenset(range(rank))
    if "dynamic_batch_size" in flags:
        return frozenset(range(min(rank, 1)))
    if "dynamic_image_size" in flags and rank == len("NHWC"):
        layout = flags.get("input_format", _DEFAULTS["input_format"])
        return frozenset(_IMAGE_SIZES.get(layout, ()))
    return frozenset()

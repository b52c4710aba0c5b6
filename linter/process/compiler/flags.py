"""The flags of the compilers, as their command lines take them.

Source: atc's flag table (CANN 8.1.RC1 and the open GE front end); the parameter pages of omg for
Ascend 310 (C30) and for CANN Kit. Both read words as ``getopt_long`` does: ``--flag=value`` or
``--flag value``, one dash may stand for two, ``-`` inside a name for ``_``, and an unambiguous
beginning for the whole.
"""

from __future__ import annotations

from collections.abc import Iterable

from linter.results.errors import UsageError

__all__ = ["ATC_FLAGS", "OMG_FLAGS", "parse_flags"]

_ATC = """
    atomic_clean_policy auto_tune_mode buffer_optimize cal_conf check_report
    compress_weight_conf core_type customize_dtypes deterministic deterministic_level
    disable_reuse_memory display_model_info dump_mode dynamic_batch_size dynamic_dims
    dynamic_image_size enable_compress_weight enable_scope_fusion_passes enable_single_stream
    enable_small_channel external_weight framework fusion_switch_file help host_env_cpu
    host_env_os input_format input_fp16_nodes input_shape input_shape_range insert_op_conf
    is_input_adjust_hw_layout is_output_adjust_hw_layout jit_compile json keep_dtype log mode
    model modify_mixlist om oo_level op_compiler_cache_dir op_compiler_cache_mode op_debug_level
    op_name_map op_precision_mode op_select_implmode optypelist_for_implmode out_nodes output
    output_type precision_mode precision_mode_v2 raw_ge_options save_original_model singleop
    soc_version sparsity status_check weight
    """
_OMG = """
    check_report compress_conf ddk_version dynamic_dims fp16_high_prec framework h help
    hiai_version input_format input_fp16_nodes input_shape input_type insert_op_conf
    is_output_fp16 json mode model net_format om op_name_map out_nodes output output_type
    platform plugin_path save_weights_as_external_data stream_num target use_origin_format weight
    weight_data_type weight_merge
    """

ATC_FLAGS = frozenset(_ATC.split())
OMG_FLAGS = frozenset(_OMG.split())
_BOOLEAN = frozenset({"h", "help", "raw_ge_options_ignore_unsupported"})


def parse_flags(words: Iterable[str], known: frozenset[str] = ATC_FLAGS) -> dict[str, str]:
    """Flags by full name, the last of equal ones winning; unknown names are kept.

    Args:
        words: what stands on the command line.
        known: the flags that a beginning may stand for.

    Raises:
        UsageError: a word that is no flag, or a beginning of several flags.
    """
    flags: dict[str, str] = {}
    valued = known - _BOOLEAN
    pending = list(words)[::-1]
    while pending:
        word = pending.pop()
        if not word.startswith("-") or not word.strip("-"):
            raise UsageError(f"{word!r} is not a flag of the compiler")
        text, equals, value = word.lstrip("-").partition("=")
        name = _full_name(text.replace("-", "_"), known)
        if not equals and pending and (name in valued or not pending[-1].startswith("-")):
            value = pending.pop()
        elif not equals and name in valued:
            raise UsageError(f"--{name} has no value")
        flags[name] = value
    return flags


def _full_name(text: str, known: frozenset[str]) -> str:
    if text in known:
        return text
    longer = sorted(name for name in known if name.startswith(text))
    if len(longer) > 1:
        raise UsageError(f"--{text} may be {', '.join('--' + name for name in longer)}")
    return longer[0] if longer else text

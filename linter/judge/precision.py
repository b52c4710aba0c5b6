"""Which casts the compiler inserts by itself under a precision mode.

Source: hicann/ge, sub_ops_store.cc (CheckPrecisionReduce), and the ATC manual's pages on
``--precision_mode`` and ``--precision_mode_v2``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

__all__ = ["DEFAULT_MODE", "MODES", "bridged", "mode_of_flags"]

DEFAULT_MODE = "force_fp16"
"""What an offline conversion uses when no flag says otherwise."""

MODES: tuple[str, ...] = (
    "force_fp16",
    "force_fp32",
    "cube_fp16in_fp32out",
    "allow_mix_precision",
    "allow_mix_precision_fp16",
    "allow_mix_precision_bf16",
    "allow_fp32_to_fp16",
    "allow_fp32_to_bf16",
    "must_keep_origin_dtype",
)
_BY_SECOND_FLAG = {
    "fp16": "force_fp16",
    "origin": "must_keep_origin_dtype",
    "cube_fp16in_fp32out": "cube_fp16in_fp32out",
    "mixed_float16": "allow_mix_precision_fp16",
    "mixed_bfloat16": "allow_mix_precision_bf16",
}
_KEEPS = frozenset({"must_keep_origin_dtype"})
_BF16 = frozenset({"allow_mix_precision_bf16", "allow_fp32_to_bf16"})
_FP16 = frozenset({"allow_fp32_to_fp16", "allow_mix_precision", "allow_mix_precision_fp16"})
_LISTS_FP16 = frozenset({"force_fp32", "allow_mix_precision", "allow_mix_precision_fp16"})
_LISTS_BF16 = frozenset({"force_fp32", "allow_mix_precision_bf16"})


def bridged(
    dtype: str,
    listed: Iterable[str],
    mode: str = DEFAULT_MODE,
    *,
    precision_reduce: bool | None = None,
) -> bool:
    """Whether a listed dtype satisfies a tensor's dtype, casts inserted by the compiler included.

    Args:
        dtype: dtype of the tensor.
        listed: dtypes that a kernel lists for it, or that are offered for it.
        mode: precision mode of the conversion.
        precision_reduce: the kernel's own word on lowering; false puts it on the black list.

    >>> bridged("float32", ("float16",)), bridged("float64", ("float32",))
    (True, False)
    >>> bridged("float32", ("float16",), "must_keep_origin_dtype")
    False
    """
    accepted = set(listed)
    if dtype in accepted:
        return True
    if dtype not in ("float16", "bfloat16", "float32"):
        return False
    if dtype != "float32" and "float32" in accepted:
        return True
    if mode in _KEEPS:
        return False
    black = precision_reduce is False
    if "float16" in accepted and mode not in _BF16 and not (black and mode in _LISTS_FP16):
        return True
    lowered = "bfloat16" in accepted and dtype == "float32"
    return lowered and mode not in _FP16 and not (black and mode in _LISTS_BF16)


def mode_of_flags(flags: Mapping[str, str]) -> str | None:
    """The precision mode that atc flags ask for.

    Args:
        flags: flag values by full name.

    Returns:
        The mode; the default when neither flag is given; ``None`` for a value that is not known.
    """
    first, second = flags.get("precision_mode"), flags.get("precision_mode_v2")
    if first:
        return first if first in MODES else None
    return _BY_SECOND_FLAG.get(second) if second else DEFAULT_MODE

"""Chinese messages and remedies of the checks of dtypes."""

from __future__ import annotations

from linter.report.messages.entry import Texts

__all__ = ["TEXTS"]

TEXTS: Texts = {
    "DTY001": {
        "dtype": (
            (
                "{op!r} 的 {tensor!r} 为 {seen}，{target} 拒绝（已询问：{engines}）；可接受 "
                "{accepted}"
            ),
            "转换为可接受的 dtype，或用可接受的 dtype 构建模型",
        ),
    },
    "DTY002": {
        "wide": (
            "{count} 个有效节点产生 {dtype}，编译器从不自动转换该类型：{members}",
            "这部分改用 float32 或 int32，或留给主机处理",
        ),
        "integer": (
            "{count} 个有效节点在 CPU 引擎上运行并产生 {dtype}：{members}",
            "数值允许时改用 int32：多数 AI Core 内核不接受更宽的整数",
        ),
    },
    "DTY003": {
        "input": (
            "输入 {input!r} 为 {dtype}；手册列出的输入类型为 {accepted}",
            "改为送入其中一种类型，并在模型内或主机上转换",
        ),
        "foreign": (
            "输入 {input!r} 为 {dtype}，编译器没有对应类型；可接受 {accepted}",
            "改为送入其中一种类型，并在模型内或主机上转换",
        ),
    },
    "DTY004": {
        "overflow": (
            "常量 {value:g} 进入 AI Core 上的 {op!r}，而 float16 的上限是 65504",
            (
                "把常量限制在 ±65504 之内，或给 `omlint convert` 加上 `-- "
                "--precision_mode=allow_fp32_to_fp16` 或 `must_keep_origin_dtype`"
            ),
        ),
        "underflow": (
            "常量 {value:g} 进入 AI Core 上的 {op!r}，在 float16 中变为 0",
            (
                "改用更大的 epsilon（1e-6），或给 `omlint convert` 加上 `-- "
                "--precision_mode=allow_fp32_to_fp16` 或 `must_keep_origin_dtype`"
            ),
        ),
    },
    "DTY005": {
        "refused": (
            "{op!r}：{seen}；{accepted}；atc 在形状推导中以 {compiler_code} 停止",
            "加上类型转换，或输入该图构建时的数据类型",
        ),
    },
}

"""Chinese messages and remedies of the checks of attributes."""

from __future__ import annotations

from linter.report.messages.entry import Texts

__all__ = ["TEXTS"]

TEXTS: Texts = {
    "ATR001": {
        "dropped": (
            "{op!r} 带有 {attribute}={value}，而 {target} 的 {ge_op!r} 没有该属性",
            "在设备上比较输出，或以该属性的默认值重新导出该图",
        ),
    },
    "ATR002": {
        "pads": (
            "{op!r} 的填充为 {pads}，而 {target} 的 {ge_op!r} 没有可容纳它的属性",
            "把填充放进 Pad 节点，并将 padding 设为 VALID",
        ),
    },
    "ATR003": {
        "undefined": (
            "{op!r} 带有属性 {attribute!r}，该算子的任何定义都没有它",
            "比较输出，或用较旧的 TensorFlow 导出",
        ),
    },
    "ATR004": {
        "hint": (
            "{count} 个节点带有面向 XLA 的属性，在此没有意义：{members}",
            "关闭 jit_compile 后冻结原模型",
        ),
    },
    "ATR005": {
        "mixed": (
            "{first_count} 个算子为通道在前，{last_count} 个为通道在后：{members}",
            "给 `omlint convert` 加上 `-- --input_format=ND`，或用同一种布局构建模型",
        ),
        "input": (
            "输入 {input!r} 被 {reader!r} 按通道在前读取，而编译器把输入当作 NHWC",
            "给 `omlint convert` 加上手册推荐的 `-- --input_format=ND`，或 `NCHW`",
        ),
    },
    "ATR006": {
        "refused": (
            "{op!r}：{seen}；{accepted}；atc 在形状推导中以 {compiler_code} 停止",
            "给该节点写上此属性，或重新导出该图",
        ),
    },
    "ATR007": {
        "missing": (
            "{op!r} 没有属性 {attribute!r}，而 {target} 的解析器要求它：解析以 E19999 停止",
            "重新导出该图，不要去掉取默认值的属性",
        ),
        "both": (
            (
                "{op!r} 同时带有 {attribute!r} 和 {other!r}，而 {target} 的解析器只接受其中之一："
                "解析以 E19999 停止"
            ),
            "保留 TensorFlow 所认的属性 {attribute}",
        ),
        "unneeded": (
            (
                "没有输出需要 {op!r}，但 {target} 的解析器仍会读取它，并因属性 {attribute!r} 以 "
                "E19999 停止"
            ),
            "`omlint fix` 会删除它；指定 --outputs 也可将其排除",
        ),
    },
}

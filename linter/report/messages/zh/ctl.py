"""Chinese messages and remedies of the checks of control flow and functions."""

from __future__ import annotations

from linter.report.messages.entry import Texts

__all__ = ["TEXTS"]

TEXTS: Texts = {
    "CTL001": {
        "loop": (
            (
                "一个 v1 while 帧依赖此 {op!r}：厂商指南将其排除，而公开的转换案例中却有，"
                "因此推断 {target} 接受它"
            ),
            (
                "`omlint fix --apply RWS101` 可展开次数已知的循环；指南要求使用函数式控制流"
                "（tf.compat.v1.enable_control_flow_v2）"
            ),
        ),
        "v1": (
            (
                "{op!r} 是 v1 控制流：厂商指南将其排除，而公开的转换案例中却有；{target} "
                "可能接受也可能不接受"
            ),
            (
                "以常量谓词冻结（is_training = false），"
                "或导出为函数式控制流（tf.compat.v1.enable_control_flow_v2）"
            ),
        ),
    },
    "CTL002": {
        "library": (
            (
                "模型调用 {count} 个函数，编译器只从模型旁的 graph_def_library.pbtxt "
                "读取它们：{members}"
            ),
            "`omlint convert` 会写出该文件；请将它与模型放在同一文件夹",
        ),
    },
    "CTL003": {
        "missing": (
            "{op!r} 调用函数 {callee!r}，而模型的函数库中没有它",
            "连同函数库重新导出该图",
        ),
    },
    "CTL004": {
        "recursion": (
            "函数 {called!r} 经由 {members} 调用自身",
            "把递归改写为循环",
        ),
    },
    "CTL005": {
        "attribute": (
            "{op!r} 没有解析器所要求的属性 {attribute!r}",
            "重新导出该图，不要去掉默认属性",
        ),
    },
}

"""Chinese messages and remedies of the checks of operator support."""

from __future__ import annotations

from linter.report.messages.entry import Texts

__all__ = ["TEXTS"]

TEXTS: Texts = {
    "OPS001": {
        "unneeded": (
            (
                "没有输出需要算子 {op!r}，但 {target} 的解析器仍会读取该节点，"
                "因不认识它而以 {code} 停止"
            ),
            "`omlint fix` 会删除它；指定 --outputs 也可将其排除",
        ),
        "lost": (
            ("{op!r} 调用的函数不在模型的函数库中：函数库已丢失，{target} 的解析器以 {code} 停止"),
            "连同函数库一起重新导出或冻结该模型",
        ),
        "call": (
            (
                "{op!r} 以名称调用模型的函数；{target} 的解析器只接受带 "
                "_disable_call_shape_inference 且以自身算子为名的此类节点"
            ),
            "尝试 `omlint fix`，它会展开该调用",
        ),
        "no_parser": (
            "{target} 的解析器不认识算子 {op!r}",
            ("尝试 `omlint fix`，用 --input-shape 送入它产生的数据，或用 --outputs 在它之前切断图"),
        ),
        "no_row": (
            "算子 {op!r} 不在 {target} 的算子表中",
            "尝试 `omlint fix`，或用 --outputs 在它之前切断图",
        ),
        "custom": (
            "算子 {op!r} 不是 TensorFlow 算子，{target} 也没有对应的插件",
            (
                "安装该算子的解析插件和内核，并用 `omlint db import` 导入该工具包；"
                "或不用该算子重建模型；或在它之前切断图"
            ),
        ),
        "internal": (
            "算子 {op!r} 由 TensorFlow 内部的优化器或转换工具生成，{target} 不认识它",
            "尝试 `omlint fix`，或在优化器融合算子之前冻结模型",
        ),
        "removed": (
            "{target} 不认识算子 {op!r}；更早的版本认识它，最后一个是 {last}",
            "尝试 `omlint fix`，用 --outputs 在它之前切断图，或用 {last} 转换",
        ),
        "later": (
            "{target} 不认识算子 {op!r}；自 {first} 起才支持",
            ("用 {first} 或更新的版本转换，尝试 `omlint fix`，或用 --outputs 在它之前切断图"),
        ),
    },
    "OPS002": {
        "no_kernel": (
            "算子 {op!r}（设备侧为 {ge_op}）不在 {target} 的任何内核清单中",
            "查看 `omlint explain {op}`，尝试 `omlint fix`，或用 --outputs 在它之前切断图",
        ),
        "other_chips": (
            (
                "算子 {op!r}（设备侧为 {ge_op}）不在 {target} 的任何内核清单中；"
                "同一版本中列有它的芯片：{chips}"
            ),
            "改为面向列有它的芯片转换，尝试 `omlint fix`，或用 --outputs 在它之前切断图",
        ),
        "dynamic_shape": (
            "{op!r} 所需的某个尺寸运行时才知道，而它在 {target} 上的内核只接受固定尺寸",
            "在使尺寸依赖数值的算子之前切断图，其余部分放到主机上处理",
        ),
    },
    "OPS003": {
        "no_data": (
            "{target} 没有任何清单能确定是否接受 {op!r}",
            "用 `omlint db import` 导入自己工具包的清单，或直接用编译器试转",
        ),
        "undecided": (
            (
                "{target} 的清单无法确定 {op!r} 是否接受 {seen} 类型的 {tensor!r}；"
                "已知可接受：{accepted}"
            ),
            (
                "改用已知可接受的 dtype，用 `omlint db import` 导入自己工具包的清单，"
                "或直接用编译器试转"
            ),
        ),
        "limit_undecided": (
            "{op!r} 是否满足 {target} 的限制取决于图中未确定的量：{limit}（{expr}）",
            "用 --input-shape 给出输入的全部维度",
        ),
        "releases_differ": (
            (
                "{target} 没有自己的清单，而相邻版本对 {op!r} 结论不同：{before} 为 {first}，"
                "{after} 为 {second}"
            ),
            "用 `omlint db import` 导入自己工具包的清单",
        ),
        "known_issue": (
            "{target} 上的 {op!r}：{why}",
            "直接用编译器试转，或用更新的版本转换",
        ),
        "constant_refused": (
            "{op!r} 只读取常量，无法确认会被折叠，而 {target} 没有引擎接受它",
            "转换前先折叠该常量",
        ),
        "dynamic_shape": (
            ("{op!r} 所需的某个尺寸可能运行时才知道，而它在 {target} 上的内核只接受固定尺寸"),
            "用 --input-shape 给出输入的全部维度",
        ),
    },
    "OPS004": {
        "limit": (
            "{op!r} 超出 {target} 的限制：{limit}（{expr}）",
            "尝试 `omlint fix`；它无法处理的部分须在模型中修改",
        ),
        "const_input": (
            "在 {target} 上，{op!r} 的输入 {tensor!r} 必须是常量",
            "把它变成常量：`omlint fix` 会折叠可折叠的部分，否则修改模型",
        ),
    },
}

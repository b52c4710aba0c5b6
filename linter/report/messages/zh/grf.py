"""Chinese messages and remedies of the checks of graph integrity."""

from __future__ import annotations

from linter.report.messages.entry import Texts

__all__ = ["TEXTS"]

TEXTS: Texts = {
    "GRF001": {
        "later": (
            "名称 {shared!r} 已被同一图中靠前的节点占用；{target} 的解析器对两者都采用靠后的定义",
            "重命名或删除其中一个节点",
        ),
        "duplicate": (
            "名称 {shared!r} 已被同一图中靠前的节点占用",
            "重命名或删除其中一个节点",
        ),
    },
    "GRF002": {
        "control": (
            "{reader!r} 的控制输入 {text!r} 指向图中不存在的节点；较新的解析器会略去它",
            "重新冻结，保留输出所需的全部节点",
        ),
        "missing": (
            "{reader!r} 的输入 {text!r} 指向图中不存在的节点",
            "重新冻结，保留输出所需的全部节点",
        ),
        "port": (
            "{reader!r} 的输入 {text!r} 不指向任何输出：{target} 的解析器以 {code} 停止",
            "用编号指明输出，如 {producer!r}",
        ),
    },
    "GRF003": {
        "cycle": (
            "{count} 个节点在 while 循环之外构成环：{members}",
            "去掉使环闭合的那条输入",
        ),
    },
    "GRF004": {
        "variable": (
            "变量 {variable!r} 未冻结：文件中没有它的值",
            "对该图来源的 SavedModel 运行 `omlint freeze`",
        ),
    },
    "GRF005": {
        "port": (
            "{reader!r} 的第 {slot} 个输入读取 {value!r}，但 {op!r} 只有 {count} 个输出",
            "改为读取生产者确有的输出，或重新导出该图",
        ),
    },
    "GRF006": {
        "dead": (
            "{count} 个节点不被任何输出需要：{members}",
            "指定 --outputs 后，`omlint fix` 会删除它们",
        ),
    },
    "GRF007": {
        "disguised": (
            "文件名是二进制模型，内容却是文本；编译器只读取二进制",
            "用 `omlint fix MODEL -o OUT.pb` 写成二进制",
        ),
        "other": (
            "文件格式为 {format}；编译器只读取二进制 GraphDef 文件",
            "用 `omlint fix MODEL -o OUT.pb` 写成二进制",
        ),
    },
    "GRF008": {
        "kind": (
            "{op!r} 的属性 {attribute!r} 是 {seen}；该算子要求 {accepted}",
            "重新导出该图，或用写出它的工具改正该属性",
        ),
        "value": (
            "{op!r} 的属性 {attribute!r} 取值 {seen}；该算子只接受 {accepted}",
            "重新导出该图，或用写出它的工具改正该属性",
        ),
        "size": (
            "输入 {input!r} 的形状含有大小 {size}；只有 -1 表示未知",
            "给出形状：--input-shape {input}:DIMS",
        ),
        "count": (
            "输入 {input!r} 的形状元素多得无法计数：{shape}",
            "给出形状：--input-shape {input}:DIMS",
        ),
    },
    "GRF009": {
        "missing": (
            "常量 {constant!r} 没有值",
            "连同权重重新导出该图",
        ),
        "dtype": (
            "常量 {constant!r} 声明为 {declared}，其值却是 {found}",
            "重新导出该图；改动该常量的工具只改了一半",
        ),
    },
    "GRF010": {
        "uncounted": (
            (
                "{op!r} 没有属性 {attribute!r}（它说明有多少个输入构成一个列表）：{target} 的解析器"
                "一个也不计入，并以 E13014 停止"
            ),
            "重新导出该图，不要去掉属性",
        ),
        "unneeded": (
            (
                "没有输出需要 {op!r}，但 {target} 的解析器仍会读取它，不接受它的 {found} 个输入，"
                "并以 E13014 停止"
            ),
            "`omlint fix` 会删除它；指定 --outputs 也可将其排除",
        ),
        "count": (
            "{op!r} 有 {found} 个输入；其定义要求 {wanted} 个",
            "按算子定义补齐或去掉输入",
        ),
        "unlinked": (
            (
                "{target} 的解析器生成的 {op!r} 有 {places} 个 {side}，{side} {index} 的边无处连接"
                "：以 E18888 停止"
            ),
            "用 --input-shape 让网络从其后开始，或用 --outputs 让它在其前结束",
        ),
        "group": (
            "{op!r} 有 {found} 个输入，与其属性和定义不符",
            "使 N 或 dtype 列表与输入一致",
        ),
    },
    "GRF011": {
        "separator": (
            "编译器的参数无法指代 {node_name!r}：{character!r} 在参数中是名称分隔符",
            "转换前重命名该节点",
        ),
        "invalid": (
            "{count} 个节点名含有 TensorFlow 拒绝的字符：{members}",
            "重命名这些节点；在此之前 omlint 无法验证对该图的改写",
        ),
    },
    "GRF012": {
        "path": (
            "编译器不接受路径中的字符 {character!r}；只允许字母、数字和 _ - . /",
            "重命名文件，或用 `omlint convert MODEL -o NAME` 写到别处",
        ),
    },
    "GRF013": {
        "edge": (
            "{consumer!r}（{op}）输入 {slot} 为 {wanted}，{producer} 为 {found}；TensorFlow 不导入",
            "使两者一致：类型确定无疑时 `omlint fix` 会修正",
        ),
    },
}

"""Chinese messages and remedies of the checks of inputs and outputs."""

from __future__ import annotations

from linter.report.messages.entry import Texts

__all__ = ["TEXTS"]

TEXTS: Texts = {
    "IOX001": {
        "refused": (
            "没有占位符，而 {target} 的解析器遇到这样的模型会以 E12010 停止",
            "指出应输入的节点：--input-shape NODE:DIMS；较新的版本接受没有输入的模型",
        ),
        "none": (
            "输出不依赖任何 placeholder：模型没有输入",
            "指定应当送入数据的节点：--input-shape NODE:DIMS",
        ),
    },
    "IOX002": {
        "several": (
            "未指定输出：全部 {count} 个叶子都成为输出：{members}",
            "用 --outputs 指定所需的输出",
        ),
    },
    "IOX003": {
        "pinned": (
            "{input!r} 固定为其默认值，不是模型的输入",
            '若要保留为输入：--input-shape "{input}:DIMS"',
        ),
    },
    "IOX004": {
        "stray": (
            "未指定输出，{count} 个 {op!r} 类型的叶子节点成为输出：{members}",
            "用 --outputs 指定所需的值",
        ),
    },
    "IOX005": {
        "training": (
            "{op!r} 处于训练模式：它使用所送入批次的统计量",
            "以推理方式导出模型：is_training=False、training=False",
        ),
    },
    "IOX006": {
        "dropout": (
            "{op!r} 决定丢弃哪些元素：dropout 仍然开启",
            (
                "以 training=False（keep_prob = 1）导出模型，或用 `omlint fix "
                "--unsafe-fixes` 去掉 dropout"
            ),
        ),
        "random": (
            "{op!r} 产生随机数，而输出依赖它",
            "若结果需要可复现，把随机数作为输入送入",
        ),
    },
    "IOX007": {
        "head": (
            "{count} 个节点在主机上准备输入：{ops}；网络始于 {cuts}",
            "从那里向网络送入数据：{flag}",
        ),
        "tail": (
            "{count} 个节点为主机处理结果：{ops}；网络止于 {cuts}",
            '取出网络的结果：--outputs "{flag}"',
        ),
        "mixed": (
            "{count} 个节点在网络内部处理文件、字符串或查找表：{ops}",
            "在它们两侧切断图，其工作放到主机上完成",
        ),
    },
    "IOX008": {
        "constant": (
            "输出 {output!r} 不依赖任何输入的数据",
            "用 --outputs 取出所需的值，或重新冻结",
        ),
    },
    "IOX009": {
        "kept": (
            "placeholder {input!r} 不被需要，却仍是编译后模型的输入",
            "用 --outputs 指定输出后，它就会消失",
        ),
        "dropped": (
            "输出不需要 placeholder {input!r}：它不是模型的输入",
            "若它应是输入，请指定需要它的输出",
        ),
    },
    "IOX010": {
        "cut": (
            "输入 {input!r} 为 {what}（{dtype}），由 {reader} 读取，无法提供；网络从 {cuts} 开始",
            "把它留给主机，让网络从其后开始：{flag}",
        ),
        "input": (
            "输入 {input!r} 为 {what}（{dtype}），由 {reader} 读取，无法提供",
            "连同它所代表的内容一起冻结模型，或在其后截断图",
        ),
        "text": (
            "输入 {input!r} 为 {what}（{dtype}），由 {reader} 读取；网络从 {cuts} 开始",
            "把它留给主机，让网络从其后开始：{flag}",
        ),
        "text_input": (
            "输入 {input!r} 为 {what}（{dtype}），由 {reader} 读取",
            "把它留给主机，并在其后截断图",
        ),
    },
    "IOX011": {
        "severed": (
            "atc 把 {input!r} 变成输入并去掉其前的所有节点，包括 {reader!r} 要读的 {producer!r}",
            '用 --outputs 指明输出，用 --cut-inputs "{input}:0" 截断，或由 `omlint fix` 写出输入',
        ),
        "cut": (
            "{input!r}（{op}）计算 {dtype}，且没有 dtype 属性：atc 会把它变成 float32 输入",
            '用 --cut-inputs "{input}:0" 在此截断，或让 `omlint fix` 写出 {dtype} 输入',
        ),
    },
    "IOX012": {
        "flag": (
            "输入 {input!r} 只用于在训练和推理之间选择",
            '固定它，另一分支随之消失：--set-input "{input}=false"',
        ),
    },
}

"""Chinese messages and remedies of the checks of shapes."""

from __future__ import annotations

from linter.report.messages.entry import Texts

__all__ = ["TEXTS"]

TEXTS: Texts = {
    "SHP001": {
        "batch": (
            "输入 {input!r} 的第一维（批大小）未定：{shape}",
            (
                '将其固定：--input-shape "{flag}"；若一个模型需要多种批大小，'
                "使用 --dynamic-batch-size"
            ),
        ),
        "dims": (
            "输入 {input!r} 有未知维度：{shape}",
            '给出这些维度：--input-shape "{flag}"',
        ),
        "varying": (
            "输入 {input!r} 的部分尺寸在运行时变化：{shape}",
            (
                "若只有少数几种取值，请列出：--dynamic-batch-size、--dynamic-image-size "
                "或 --dynamic-dims"
            ),
        ),
        "rank": (
            "输入 {input!r} 没有形状；编译器会把它当作标量",
            '给出形状：--input-shape "{input}:{dims}"',
        ),
        "mismatch": (
            (
                "输入 {input!r} 的秩为 {rank}，而 --input-shape 给出 {given} 个维度；"
                "编译器会不加提示地采用给出的形状"
            ),
            "给出与模型相同个数的维度",
        ),
        "contradiction": (
            (
                "输入 {input!r} 的形状固定为 {shape}，而 --input-shape 给出 {given}；"
                "编译器会不加提示地采用给出的尺寸"
            ),
            "模型已固定的维度请给出与模型相同的尺寸",
        ),
    },
    "SHP002": {
        "size": (
            "{op!r} 返回值的大小运行时才知道",
            ("改用结果大小固定的算子，或用 --outputs 在它之前切断图，其余部分放到主机上处理"),
        ),
    },
    "SHP003": {
        "empty": (
            "输入 {input!r} 没有元素：{shape}",
            "用 --input-shape 给出 1 或更大的尺寸，或去掉该输入",
        ),
    },
    "SHP004": {
        "broadcast": (
            "{op!r} 无法将 {first} 与 {second} 广播",
            "用 --input-shape 给出该图构建时的尺寸",
        ),
        "elements": (
            "{op!r} 要把 {first} 变为 {target}：元素个数不同",
            "用 --input-shape 给出该图构建时的尺寸",
        ),
        "inner": (
            "{op!r} 将 {first} 与 {second} 相乘：内侧尺寸不同",
            "用 --input-shape 给出该图构建时的尺寸",
        ),
        "bias": (
            "{op!r} 把 {second} 的偏置加到 {first} 的 {channels} 个通道上",
            "重新导出该图：权重与 data_format 不配套",
        ),
    },
    "SHP005": {
        "sizes": (
            "批大小未定的各输入得到了不同的值：{sizes}",
            "在 --input-shape 中给它们相同的第一维",
        ),
    },
    "SHP006": {
        "shape": (
            "{op!r}：{seen}；{accepted}；atc 在形状推导中以 {compiler_code} 停止",
            "用 --input-shape 给出该图构建时的尺寸，或重新导出该图",
        ),
        "constant": (
            "{op!r}：{seen}；{accepted}；atc 在形状推导中以 {compiler_code} 停止",
            "在模型中把它变为常量，或在该节点之前切断图",
        ),
    },
}

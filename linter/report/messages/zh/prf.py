"""Chinese messages and remedies of the checks of placement and speed."""

from __future__ import annotations

from linter.report.messages.entry import Texts

__all__ = ["TEXTS"]

TEXTS: Texts = {
    "PRF001": {
        "cpu": (
            "{count} 个节点在 CPU 引擎上运行：{ops}",
            "用 `omlint explain {commonest}` 查看 AI Core 接受什么",
        ),
    },
    "PRF002": {
        "transpose": (
            "{count} 个 Transpose 节点在有布局的算子旁改变布局：{members}",
            "用同一种布局（data_format）导出模型，不带转置",
        ),
    },
    "PRF003": {
        "pair": (
            "{count} 对 Cast 把 {dtype} 转为其他 dtype 又转回：{members}",
            "导出模型时不带混合精度的 Cast",
        ),
    },
    "PRF004": {
        "scope": (
            "{count} 个作用域形似 {fusion} 可融合为一个 {result!r} 的结构：{members}",
            ("给 `omlint convert` 加上 `-- --enable_scope_fusion_passes={fusion}`，并比较结果"),
        ),
    },
}

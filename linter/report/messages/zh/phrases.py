"""Chinese wording of the fixed texts of the report, by their English wording."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["PHRASES"]

PHRASES: Mapping[str, str] = {
    "# error": "个错误",
    "# more source": "个来源",
    "# node": "个节点",
    "# note": "条提示",
    "# warning": "个警告",
    "(cut at {names})": "（切分于 {names}）",
    "(set: {values})": "（设定：{values}）",
    "(fix --cut auto -o DIR leaves them to the host)": ("（fix --cut auto -o DIR 将其留在主机上）"),
    "(guessed: what no other node reads; --outputs names them)": (
        "（推测：没有其他节点读取的值；可用 --outputs 指定）"
    ),
    "(only rewrites that change the numbers help)": "（只有会改变数值的改写可用）",
    "(no safe rewrite is known for {rest} of {all})": "（{all} 中有 {rest} 个没有已知的安全改写）",
    ' (--input-shape "{sizes}" is missing)': '（缺少 --input-shape "{sizes}"）',
    " (the default target)": "（默认目标）",
    " ({unused} of {all} are not needed by the outputs)": (
        "（{all} 个中有 {unused} 个不被输出需要）"
    ),
    " (inferred)": "（推断）",
    "; and {more}": "；另有 {more}",
    "BLOCKED": "无法转换",
    "CONVERTIBLE": "可以转换",
    "In all": "合计",
    "UNCERTAIN": "无法确定",
    "and {count} more": "另有 {count} 个",
    "and {count} more like these (-v shows all)": "另有 {count} 条类似信息（-v 显示全部）",
    "at": "位置",
    "blocked": "无法转换",
    "convertible": "可以转换",
    "error": "错误",
    "facts of": "数据来自",
    "findings": "发现",
    "fix": "修复",
    "inputs": "输入",
    "known": "已知",
    "next": "下一步",
    "nodes": "节点",
    "none": "无",
    "not counted": "不计入",
    "note": "提示",
    "outputs": "输出",
    "placed": "放置",
    "remedy": "对策",
    "supported": "支持",
    "uncertain": "无法确定",
    "unknown": "未知",
    "unsupported": "不支持",
    "warning": "警告",
    "why": "依据",
    "{command} removes {some} of {all}": "{command} 可消除 {all} 中的 {some} 个",
    "{count} not read (see stderr)": "{count} 个未能读取（见 stderr）",
    "{name} in function {function}": "{name}（函数 {function} 中）",
}

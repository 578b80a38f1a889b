"""Which shape and colour a status word gets: the one place that decides it.

Shapes say what colours say: ● ok done, ▲ warn soon or partly, ◆ bad overdue or missing,
◐ info under way, ○ idle not begun or not applicable.
"""

from __future__ import annotations

KINDS = ("ok", "warn", "bad", "info", "idle")

_WORDS = {
    "ok": "已通过 已建 已覆盖 已报零 按期 成功 补算成功 达标 已开通 已发布 现任 有效 已批准 平稳"
    " 已抽取 已有结论 任期内 已登记 已结业 合格 已完成 已确认 已导入 正式党员 已评定 定星"
    " 已销号",
    "warn": "待审签 待发布 待决定 已审核、待决定 已暂停 临期 逾期报送 部分覆盖 须修改密码"
    " 待批准 待签字 待学会反馈"
    " 请确认 与名录不一致 即将届满 临近届满 补录 宽限期内 待确认 待确认导入 预备党员"
    " 申报待审签 自评待审签 待复核 否决建议，待核定 计划待批准"
    " 已下发，待确认 待报方案 方案待审签 待确定完成日期 整改情况待审签",
    "bad": "已退回 未建 未覆盖 未报 逾期 已逾期 失败 未达标 已锁定 不予批准 未通过 逾期未换届"
    " 延期后仍未换届 不合格 未完成 未能读取 一票否决 已核定 取消星级称号"
    " 复查退回",
    "info": "编报中 抽样框已冻结 种子摘要已公布 已通知 现场检查中 问题已下发 检查中 学会已反馈"
    " 填报中 待审核 已报送、待审核 运行中 进行中 已开放 待会签 整改中 待复查 已批准延期"
    " 本期应办 等待核对 正在核对 正在导入 待自评 待初评 待审议 已审议 公示中"
    " 已复核，待审议 报名中 登记到课中"
    " 已复查，待销号 待作结论",
    "idle": "未开始 不适用 已跳过 已停用 已撤销 已结束 已关闭 已失效 无需填报 未开放 无变化 暂缓"
    " 已取消 筹备中 未评定"
    " 已撤回 已放弃 已离开 待申报 不予评定 不定星 未列入 已届满 不予否决 已解除 待检查",
}
BY_WORD = {word: kind for kind, words in _WORDS.items() for word in words.split()}


def kind_of(word: str) -> str:
    """The kind of a status word; KeyError for a word that has not been given one."""
    return BY_WORD[word]

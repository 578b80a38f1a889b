"""What the invented organisations talk about: agenda, learning and decisions by kind. No content of
talks, no person but the one in the chair (D-8).
"""

from __future__ import annotations

from random import Random

_LEARNING = (
    "学习党章有关章节，交流体会",
    "学习党的创新理论，重点发言三人",
    "传达上级党组织会议精神，结合本职讨论",
    "学习党内法规一部，逐条对照",
    "学习科学家精神案例，讨论学风建设",
    "学习纪律建设有关要求，观看警示材料",
)
_DECISIONS = (
    "通过本季度工作安排，明确责任人",
    "同意年度组织生活计划",
    "确定下一次活动的主题和时间",
    "同意党员联系青年会员的分工",
    "同意支部经费使用安排",
    "同意学术年会期间开展服务活动的方案",
)
_AGENDA: dict[str, tuple[str, ...]] = {
    "members_congress": (
        "听取支委会工作报告并讨论",
        "学习文件，讨论支部工作计划",
        "讨论发展党员工作",
    ),
    "branch_committee_meeting": (
        "研究当月组织生活安排",
        "研究支部工作和经费",
        "分析党员思想和工作情况",
    ),
    "party_group_meeting": ("学习讨论，落实支部决议", "交流学习体会，安排小组活动"),
    "party_lecture": (
        "党课：理想信念与科技报国",
        "党课：遵守纪律，改进学风",
        "党课：从学会史看党的领导",
    ),
    "theme_day": ("主题党日：重温入党誓词", "主题党日：科技志愿服务", "主题党日：集体学习与交流"),
    "org_life_meeting": ("通报准备情况，开展批评与自我批评",),
    "democratic_appraisal": ("民主评议党员，通报评议结果",),
    "party_spirit_analysis": ("对照党员标准开展党性分析",),
    "committee_meeting": ("研究学会重大事项和党建工作", "研究年度党建计划和干部事项"),
    "study_group": ("理论学习中心组集体学习研讨", "理论学习中心组专题学习"),
    "secretary_lecture": ("书记讲党课：以高质量党建引领学会发展",),
    "democratic_life_meeting": ("通报整改情况，开展批评与自我批评",),
    "working_group_activity": ("工作小组学习并研究分支机构工作", "结合学术活动开展集中学习"),
    "transmission_study": ("传达学习上级会议精神",),
}
_PLACES = ("学会会议室", "办事机构会议室", "示例科技会堂", "线上会议")
_FIRST = "第一议题：学习重要讲话精神；"


def words(random: Random, kind: str, *, first_topic: bool) -> dict[str, str]:
    """place, agenda, learning and decision of one event; 谈心谈话 says nothing."""
    if kind == "heart_talk":
        return {}
    agenda = random.choice(_AGENDA[kind])
    decides = random.random() < 0.4
    return {
        "place": random.choice(_PLACES),
        "agenda": f"{_FIRST if first_topic else ''}{agenda}",
        "learning": random.choice(_LEARNING),
        "decision": random.choice(_DECISIONS) if decides else "",
    }

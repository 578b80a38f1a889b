"""Faults that inspectors of 示例科协 find, and how far each one's rectification is. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from dashboards.demo.accounts import MATHEMATICS
from dashboards.demo.courses import SECOND, WALKED

GENERAL, SERIOUS, GRAVE = "general", "serious", "grave"


@dataclass(frozen=True)
class Found:
    """Item of the checklist, severity, facts; what is done about it, by which post."""

    item: str
    severity: str
    facts: str
    plan: str
    result: str
    post: str


class Fault(Enum):
    """What is found, by what it is about."""

    COVERAGE = Found(
        "1.4",
        GENERAL,
        "三季度集中学习应到 24 人、实到 17 人，覆盖面 71%，未安排补学",
        "建立补学登记，每次集中学习后两周内完成补学，覆盖面按季核对",
        "已补学 7 人，覆盖面达到 100%，补学登记按季核对",
        "组织委员",
    )
    TERM = Found(
        "2.8",
        GENERAL,
        "办事机构党支部任期已届满四个月，未提出换届或延期申请",
        "一个月内召开党员大会换届，换届前报送请示",
        "党员大会已选举产生新一届支部委员会，结果已报批",
        "支部书记",
    )
    DELIBERATION = Found(
        "3.2",
        SERIOUS,
        "抽查 6 项重大事项，其中 2 项理事会决定在前、党委前置审议在后",
        "修订议事规则，理事会议题报送前须附党委审议意见；两个月内完成清理",
        "议事规则已修订，近两个月 3 项重大事项均先经党委审议",
        "党委书记",
    )
    NEGATIVE = Found(
        "4.2",
        GRAVE,
        "以学会名义举办的一次活动未经审批向参加单位收取费用，触碰负面清单",
        "停止收费并清退，修订活动审批办法，三个月内完成清退和复核",
        "费用已全部清退，活动审批办法已修订并报备",
        "党委书记",
    )
    REVIEWS = Found(
        "5.2",
        GENERAL,
        "抽查公众号推文 10 篇，2 篇缺三审签字",
        "补齐审签单，发布系统设三审节点，按月抽查",
        "近一个月 12 篇推文三审签字齐全",
        "宣传委员",
    )
    INTEGRITY = Found(
        "6.3",
        GENERAL,
        "本年度没有安排廉政警示教育",
        "一个月内组织一次警示教育，列入年度计划",
        "已组织警示教育一次，列入年度学习计划",
        "纪检委员",
    )
    LEDGER = Found(
        "7.1",
        GENERAL,
        "五清台账中 2 个分支机构的负责人与实地了解的不一致",
        "与分支机构逐一核对，更正后经党组织负责人审签报送",
        "已逐一核对 14 个分支机构，更正 2 条并审签报送",
        "组织委员",
    )
    CHARTER = Found(
        "8.1",
        GENERAL,
        "章程修订稿已经理事会讨论，未写入党的建设条款",
        "修订稿补充党的建设条款，提交下次会员代表大会审议",
        "修订稿已补充党的建设条款，经理事会审议通过",
        "秘书长",
    )

    @property
    def usual(self) -> bool:
        """Of no other severity than 一般."""
        return self.value.severity == GENERAL


# Steps of a rectification; each takes the step of the same name.
ACCEPT, PLAN, SIGN_PLAN = "accept", "plan", "sign_plan"
MEASURE, SIGN_MEASURE = "measure", "sign_measure"
EVIDENCE, SIGN_EVIDENCE = "evidence", "sign_evidence"
VERIFY, BACK, CLOSE, EXTEND = "verify", "send_back", "close", "extend"
# Steps, each so many days after the issue.
Way = tuple[tuple[str, int], ...]
ISSUED: Way = ()
PLANNING: Way = ((ACCEPT, 2),)
TO_SIGN: Way = ((ACCEPT, 2), (PLAN, 5))
RECTIFYING: Way = ((ACCEPT, 2), (PLAN, 5), (SIGN_PLAN, 6))
OVERDUE: Way = RECTIFYING
SUBMITTED: Way = (*RECTIFYING, (EVIDENCE, 24), (SIGN_EVIDENCE, 25))
VERIFIED: Way = (*SUBMITTED, (VERIFY, 28))
CLOSED: Way = (*RECTIFYING, (EVIDENCE, 18), (SIGN_EVIDENCE, 19), (VERIFY, 22), (CLOSE, 25))
SENT_BACK: Way = (*SUBMITTED, (BACK, 28))
ASKED: Way = (*RECTIFYING, (EXTEND, 14))
GRAVE_PLANNED: Way = ((ACCEPT, 1), (MEASURE, 2), (PLAN, 2), (SIGN_MEASURE, 3), (SIGN_PLAN, 3))
OPINION = "现场核实，整改到位，同意报销号"
BACK_WORDS = "仅附文字说明，请补充核对后的台账记录"
EXTENSION_WORDS = "会员代表大会改期召开，申请延期"
EXTENSION_DAYS = 10


@dataclass(frozen=True)
class Registered:
    """A finding outside a batch. word: the society; ago: days before the anchor of its issue."""

    word: str
    source: str
    severity: str
    title: str
    requirement: str
    fault: Fault
    ago: int
    way: Way


REGISTERED = (
    Registered(
        MATHEMATICS,
        "self",
        GENERAL,
        "公众号推文三审留痕不全",
        "补齐三审留痕，建立按月抽查",
        Fault.REVIEWS,
        60,
        CLOSED,
    ),
    Registered(
        SECOND,
        "negative_list",
        SERIOUS,
        "重大事项前置审议次序颠倒",
        "修订议事规则，报送近两个月重大事项审议记录",
        Fault.DELIBERATION,
        50,
        SUBMITTED,
    ),
    Registered(
        WALKED,
        "self",
        GENERAL,
        "集中学习覆盖面不足",
        "补学并建立补学登记",
        Fault.COVERAGE,
        6,
        PLANNING,
    ),
    Registered(
        SECOND,
        "campaign",
        GENERAL,
        "廉政警示教育未列入年度计划",
        "组织警示教育并列入年度计划",
        Fault.INTEGRITY,
        3,
        ISSUED,
    ),
)

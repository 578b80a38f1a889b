"""Every check of ledger_fields.md: one world where it strikes, one at the boundary where not."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from ledgers.catalogue import FIELDS
from ledgers.checks import CHECKS, run_checks
from ledgers.snapshot import RegisterFacts, UnitFact
from tests.ledgers.snapshots import (
    AS_OF,
    BARE_SECRETARIAT,
    COUNCIL,
    SECRETARIAT,
    make_facts,
    make_reason,
    make_snapshot,
)

OPEN = make_facts(COUNCIL, BARE_SECRETARIAT, holds_relations=True)


def without_secretariat(table: str) -> dict[str, str]:
    """Nothing in the fields that a secretariat fills."""
    return {f.name: "" for f in FIELDS[table] if f.required == "secretariat_exists"}


NO_SECRETARIAT = without_secretariat("staff") | {"secretariat_exists": "no"}
NO_SECRETARIAT_MEMBERS = without_secretariat("members") | {
    "total_distinct": "32",
    "full_members": "31",
    "relation_elsewhere": "32",
}


def ops(**typed: str) -> dict[str, Any]:
    return {"operations": typed}


def staff(**typed: str) -> dict[str, Any]:
    return {"staff": typed}


def members(**typed: str) -> dict[str, Any]:
    return {"members": typed}


def leaders(*rows: dict[str, str]) -> dict[str, Any]:
    return {"leaders": rows}


def reason(typed: dict[str, str] | None = None, **measure: str) -> dict[str, Any]:
    return {"facts": OPEN, "reasons": (make_reason(typed, measure),)}


def after(key: str, before: str, **sections: Any) -> dict[str, Any]:
    year, half = int(key[:4]), key[4:]
    as_of = date(year, 6, 30) if half == "H1" else date(year, 12, 31)
    return {"key": key, "previous_key": before, "as_of": as_of, "today": as_of} | sections


SECRETARY = {"post": "party_secretary", "political_status": "01", "relation_org": "研究所"} | {
    "legal_representative": "no",
    "appointment_mode": "elected",
}
PRESIDENT = {"post": "council_president", "legal_representative": "no"}
VACANT = {"vacant": "1", "legal_representative": "", "vacant_reason": "换届期间"}


def posts(secretary: str = "", officer: str = "") -> RegisterFacts:
    """The register's posts of the 党委; blank for a post nobody holds."""
    held = {"party_secretary": secretary, "discipline_officer": officer}
    return make_facts(party_posts={k: frozenset([v] if v else []) for k, v in held.items()})


@dataclass
class Case:
    """bad: changes that make the check strike with `message`; good: changes that just do not."""

    code: str
    severity: str
    bad: dict[str, Any]
    message: str
    good: dict[str, Any] = field(default_factory=dict)


CASES = [
    Case(
        "O-01", "E", ops(annual_income="-0.01"), "上年度收入不能为负数，请按上年度决算数填写",
        ops(annual_income="0"),
    ),
    Case(
        "O-02", "E", ops(total_assets="-1"), "资产总额不能为负数，请按资产负债表填写",
        ops(total_assets="0", net_assets="-5"),
    ),
    Case(
        "O-03", "E", ops(net_assets="2310240.01"),
        "净资产 2,310,240.01 大于资产总额 2,310,240.00，请核对两数是否填反",
        ops(net_assets="2310240"),
    ),
    Case(
        "O-05", "W", ops(society_branch_count="1"),
        "分支机构数 1 与登记册 0 不一致，请核对；如有新设或撤销，请同时更新登记册",
    ),
    Case(
        "O-06", "E", ops(society_branch_count="3", society_branch_inactive_count="4"),
        "未开展活动的分支机构 4 个多于分支机构总数 3 个，请更正其一",
        ops(society_branch_count="3", society_branch_inactive_count="3"),
    ),
    Case(
        "O-07", "E", ops(society_term_no="0"), "理事会届次应从第 1 届起，请填写现任届次",
        ops(society_term_no="1"),
    ),
    Case(
        "O-08", "E", ops(term_start="2029-03"), "本届起止时间颠倒，请检查年月",
        ops(term_start="2029-02"),
    ),
    Case(
        "O-09", "W", ops(term_end="2029-04"), "本届任期超过 5 年，请核对；经批准延期的请注明",
    ),
    Case(
        "O-10", "W", ops(term_start="2021-05", term_end="2026-05"),
        "本届任期已于 2026-05 届满，请说明换届安排",
        ops(term_start="2021-06", term_end="2026-06"),
    ),
    Case(
        "O-11", "W", ops(reelected_on_time="no"), "未按期换届，请确认并在说明中写明原因或延期批复",
        ops(reelected_on_time="not_applicable"),
    ),
    Case(
        "O-12", "E", ops(council_meetings_count="0"),
        "填写了“按期召开理事会”，但本年会议次数为 0，请更正其一",
        after(
            "2026H2", "2026H1", operations={"council_meetings_count": "0"},
            previous={"operations": {"council_meetings_count": "1"}},
        ),
    ),
    Case(
        "O-13", "E", ops(standing_council_meetings_count="0"),
        "填写了“按期召开常务理事会”，但本年会议次数为 0，请更正其一",
        ops(standing_council_meetings_count="0", standing_council_held_on_time="no"),
    ),
    Case(
        "O-14", "E", ops(governing_meetings_with_party_report="4"),
        "列入党建议题的会议多于会议总数，请核对", ops(governing_meetings_with_party_report="3"),
    ),
    Case("O-15", "W", ops(business_normal="no"), "业务未正常开展，请确认并简要说明"),
    Case(
        "O-16", "E", ops(last_annual_inspection_year="2027"),
        "年检年度 2027 晚于截止日，请填写最近一次已有结论的年度",
        ops(last_annual_inspection_year="2026"),
    ),
    Case(
        "O-17", "E", ops(evaluation_grade="4A", evaluation_valid_to="2028-12-30"),
        "评估有效期应为 12 月 31 日，请按评估公告填写",
        ops(evaluation_grade="4A", evaluation_valid_to="2028-12-31"),
    ),
    Case(
        "O-18", "W", ops(evaluation_grade="4A", evaluation_valid_to="2025-12-31"),
        "评估等级已于 2025-12-31 到期，请确认是否应填“无”",
        ops(evaluation_grade="4A", evaluation_valid_to="2026-12-31"),
    ),
    Case(
        "O-19", "E", ops(charter_date="2026-07-01"),
        "章程核准日期晚于截止日，请填写已核准章程的日期", ops(charter_date="2026-06-30"),
    ),
    Case(
        "O-20", "E", ops(support_type="university"), "已选择挂靠类型，请填写支撑单位全称",
        ops(support_type="university", supporting_unit="示例大学"),
    ),
    Case(
        "O-21", "E", ops(uscc="51100000500010002I"),
        "统一社会信用代码应为 18 位，且不含 I、O、S、V、Z，请对照证书重填",
    ),
    Case(
        "O-22", "W", ops(uscc="511000005000100026"),
        "代码校验位与国家标准不符。少数早期代码确属有效，请对照证书确认",
    ),
    Case(
        "O-23", "W", ops(uscc="91350100M000100Y43"),
        "代码不以 51 开头，不是民政部门登记的社会团体代码，请确认",
    ),
    Case(
        "O-24", "E", ops(website="www.example.org"), "网址应以 http:// 或 https:// 开头，请补全",
        ops(website="https://example.org"),
    ),
    Case(
        "S-01", "E", staff(standing_council_members="59"),
        "常务理事 59 人多于理事 58 人，请核对；理事人数应含常务理事",
        staff(standing_council_members="58"),
    ),
    Case(
        "S-02", "W", ops(society_branch_count="2"), "有分支机构 2 个但负责人为 0，请核对",
        ops(society_branch_count="2") | staff(society_branch_leaders="1"),
    ),
    Case(
        "S-03", "E", staff(part_time_staff="2"),
        "办事机构工作人员 7 人，应等于专职 6 人加兼职 2 人，请更正",
    ),
    Case(
        "S-04", "W",
        staff(
            secretariat_staff="0", full_time_staff="0", part_time_staff="0", women="0",
            aged_35_or_under="0", aged_61_or_over="0", education_doctor="0",
            education_master="0", education_bachelor="0", established_post_staff="0",
            retired_rehired="0", contract_staff="0",
        ),
        "设有办事机构但人员为 0，请确认；办事机构已不存在的请在上一项选“否”",
    ),
    Case(
        "S-05", "W", staff(seconded_staff="1"),
        "有编制、返聘、社会聘用、借调合计 7 人，与专职 6 人不等，请核对",
    ),
    Case("S-06", "E", staff(women="8"), "女性 8 人多于工作人员 7 人，请更正", staff(women="7")),
    Case(
        "S-07", "E", staff(aged_35_or_under="7"), "两个年龄段合计 8 人多于工作人员 7 人，请更正",
        staff(aged_35_or_under="6"),
    ),
    Case(
        "S-08", "E", staff(education_other="1"),
        "各学历合计 8 人，应等于工作人员 7 人，请更正；每人只计最高学历",
    ),
    Case(
        "M-01", "E", members(council_party_members="59"),
        "理事中党员 59 人多于理事 58 人（5.2），请更正其一", members(council_party_members="58"),
    ),
    Case(
        "M-02", "E", members(standing_council_party_members="16"),
        "常务理事中党员 16 人多于常务理事 15 人或理事中党员 30 人，请更正",
        members(standing_council_party_members="15"),
    ),
    Case(
        "M-03", "E", members(supervisor_party_members="4"), "监事中党员 4 人多于监事 3 人，请更正",
        members(supervisor_party_members="3"),
    ),
    Case(
        "M-04", "E", members(secretariat_party_members="8"),
        "办事机构党员 8 人多于工作人员 7 人（5.2），请更正", members(secretariat_party_members="7"),
    ),
    Case(
        "M-05", "E", members(secretariat_full_members="3"),
        "正式党员 3 人多于办事机构党员 2 人，请更正",
    ),
    Case(
        "M-06", "E", members(secretariat_relation_here="1"),
        "办事机构中组织关系在本学会的 1 人多于党员 2 人或全会数 0 人，请更正",
        members(secretariat_relation_here="1", relation_here="1"),
    ),
    Case(
        "M-07", "E", members(full_time_pm="3"),
        "专职人员中党员 3 人多于专职 6 人或办事机构党员 2 人，请更正",
    ),
    Case(
        "M-08", "E", members(rehired_pm="2"), "返聘人员中党员 2 人多于 5.2 的返聘 1 人，请更正",
        members(rehired_pm="1"),
    ),
    Case(
        "M-09", "E", members(society_branch_leader_pm="1"),
        "分支机构负责人中党员 1 人多于负责人 0 人（5.2），请更正",
        members(society_branch_leader_pm_na="1", society_branch_leader_pm=""),
    ),
    Case(
        "M-10", "E", members(total_distinct="35"),
        "党员总数 35 应不少于最大一类 30、不多于各类之和 34；一人兼任多职只计一次，请更正",
        members(total_distinct="30", full_members="29", relation_elsewhere="30"),
    ),
    Case(
        "M-11", "E", members(probationary_members="2"),
        "正式 33 人加预备 2 人，应等于党员总数 34 人，请更正",
    ),
    Case(
        "M-12", "E", members(relation_elsewhere="33"),
        "三类组织关系合计 33 人，应等于正式加预备 34 人，请更正",
    ),
    Case(
        "M-13", "W",
        members(relation_here="2", relation_elsewhere="32") | {"facts": make_facts(members_here=3)},
        "组织关系在本学会 2 人，与党员登记 3 人不一致，请更正，或写明差异原因并更新登记",
        members(relation_here="3", relation_elsewhere="31") | {"facts": make_facts(members_here=3)},
    ),
    Case(
        "M-13", "W", {"facts": make_facts(members_here=1)},
        "组织关系在本学会 0 人，与党员登记 1 人不一致，请更正，或写明差异原因并更新登记",
        members(relation_here="2", relation_elsewhere="32") | {"facts": make_facts()},
    ),
    Case(
        "M-14", "W", members(relation_at_supporting_unit="4"),
        "未挂靠却有 4 人组织关系在支撑单位，请核对挂靠类型",
        members(relation_at_supporting_unit="4")
        | ops(support_type="university", supporting_unit="示例大学"),
    ),
    Case(
        "M-15", "E", members(floating_members="35", floating_members_na=""),
        "流动党员多于党员总数，请更正", members(floating_members="34", floating_members_na=""),
    ),
    Case(
        "M-16", "W", members(relation_here="13", relation_elsewhere="21"),
        "参加组织生活的 12 人少于组织关系在本学会的 13 人，请确认",
        members(relation_here="12", relation_elsewhere="22"),
    ),
    Case(
        "M-17", "E", members(women_pm="35"), "女党员 35 人多于党员总数 34 人，请更正",
        members(women_pm="34"),
    ),
    Case(
        "M-18", "E", members(pm_35_or_under="30", pm_61_or_over="5"),
        "两个年龄段合计 35 人多于党员总数 34 人，请更正",
        members(pm_35_or_under="30", pm_61_or_over="4"),
    ),
    Case(
        "M-19", "E", members(pm_senior_title="35"), "高级职称党员多于党员总数，请更正",
        members(pm_senior_title="34"),
    ),
    Case(
        "M-20", "E",
        after("2026H2", "2026H1", previous={"members": {"developed_this_year": "1"}}),
        "本年累计 0 少于上半年 1，请填写全年累计数",
        after("2027H1", "2026H2", previous={"members": {"developed_this_year": "1"}}),
    ),
    Case(
        "M-21", "W", after("2026H1", "2025H2", previous={}, members={"transferred_in": "1"}),
        "组织关系在本学会人数变化 0，与本期发展、转入、转出、处置合计 1 不等，请核对",
        after(
            "2026H1", "2025H2", previous={},
            members={"transferred_in": "1", "transferred_out": "1"},
        ),
    ),
    Case(
        "L-01", "E", leaders({}, {"legal_representative": "no"}),
        "职务“秘书长”填写了 2 人，只能有 1 人，请核对",
        leaders({}, {"post": "deputy_secretary_general", "legal_representative": "no"}),
    ),
    Case(
        "L-02", "E", leaders({"post": "deputy_secretary_general"}),
        "缺少秘书长，请补填；空缺的请勾选“空缺”并写明原因",
        leaders(VACANT, {"post": "chief_supervisor"}),
    ),
    Case(
        "L-03", "E", leaders(VACANT | {"vacant_reason": ""}),
        "已勾选空缺，请写明原因（如换届期间）",
        leaders(VACANT),
    ),
    Case(
        "L-04", "E", leaders({"birth_year": "2009"}), "出生年 2009 不合理，请填写四位年份",
        leaders({"birth_year": "2008"}),
    ),
    Case(
        "L-05", "E", leaders({"political_status": "02"}), "请填写该同志组织关系所在单位",
        leaders({"political_status": "02", "relation_org": "研究所"}),
    ),
    Case(
        "L-06", "E", leaders({"term_to": "2016-03-01"}), "任期起止颠倒，请检查日期",
        leaders({"term_to": "2016-03-02"}),
    ),
    Case(
        "L-07", "W", leaders({"concurrent_posts_count": "3"}),
        "兼职 3 个超过规定，请确认已按规定报批", leaders({"concurrent_posts_count": "2"}),
    ),
    Case(
        "L-08", "W", leaders({"birth_year": "1960"}),
        "按章程该职务年龄上限为 65 岁，请确认或填写批复", leaders({"birth_year": "1961"}),
    ),
    Case(
        "L-09", "E", leaders({"legal_representative": "no"}),
        "法定代表人应有且只有 1 人，现为 0 人，请更正",
        leaders({"legal_representative": "no"}) | ops(legal_person_registered="no", uscc=""),
    ),
    Case(
        "L-10", "E", leaders({"political_review_on": "2016-03-02"}),
        "人选审核日期晚于任职日期，请核对", leaders({"political_review_on": "2016-03-01"}),
    ),
    Case(
        "L-11", "E", leaders({}, SECRETARY | {"political_status": "13"}),
        "党委书记应为中共党员，请核对政治面貌", leaders({}, SECRETARY),
    ),
    Case(
        "U-01", "E", {"facts": OPEN}, "截止日办事机构没有党组织，请填写未建原因", reason(),
    ),
    Case(
        "U-01", "E", {"reasons": (make_reason(unit=SECRETARIAT),)},
        "截止日办事机构已有党组织“测试学会党支部”，不应填写未建原因，请删除本行",
    ),
    Case(
        "U-02", "E", reason({"other_reasons": "NE01,NE08"}), "其他原因与主要原因重复，请去掉",
        reason({"other_reasons": "NE02,NE08"}),
    ),
    Case(
        "U-03", "E", reason({"primary_reason": "NE99", "reason_text": "一二三四五六七八九"}),
        "选择“其他”时请用不少于 10 个字说明情况",
        reason({"primary_reason": "NE99", "reason_text": "一二三四五六七八九十"}),
    ),
    Case(
        "U-04", "W", reason({"primary_reason": "NE08", "party_members_available": "3"}),
        "有正式党员 3 人，具备建立党支部条件，请确认未建原因",
        reason({"primary_reason": "NE08", "party_members_available": "2"}),
    ),
    Case(
        "U-05", "W", reason({"party_members_available": "3"}),
        "原因选了“正式党员不足3名”，但可用正式党员为 3 人，请核对",
    ),
    Case("U-06", "E", reason(measure_to="2016-06-01"), "措施起止日期颠倒，请检查"),
    Case(
        "U-07", "E", reason(code="GM12", measure_to="2016-11-29"),
        "“限期建立/整改”最长 180 天，请缩短期限，到期可再安排",
        reason(code="GM12", measure_to="2016-11-28"),
    ),
    Case(
        "U-08", "E", reason(code="GM03"),
        "未找到有效的派驻记录。派驻由科技社团党委登记，请联系审核员补登后再选",
        {
            "facts": make_facts(COUNCIL, BARE_SECRETARIAT, postings={7: "GM03"}),
            "reasons": (make_reason(measure={"code": "GM03", "posting": "7"}),),
        },
    ),
    Case(
        "U-09", "W", reason({"responsible_post": "王小明"}),
        "请填写岗位（如“党委副书记”），不填姓名", reason({"responsible_post": "党委书记"}),
    ),
    Case(
        "U-10", "E", reason({"planned_establish_on": "2026-06-29"}),
        "计划建立日期早于截止日，请填写今后的日期；已建立的请先报批或报备",
        reason({"planned_establish_on": "2026-06-30"}),
    ),
    Case(
        "U-11", "E", reason({"last_followed_up_on": "2026-07-01"}), "最近跟进日期晚于今天，请更正",
        reason({"last_followed_up_on": "2026-06-30"}),
    ),
    Case(
        "X-01", "E", staff(council_members="29", standing_council_members="8"),
        "5.2 的人数已改动，5.3 中 2 项超出，请一并核对",
        staff(council_members="30", standing_council_members="9"),
    ),
    Case(
        "X-02", "W",
        reason() | members(secretariat_party_members="3", secretariat_full_members="3"),
        "办事机构有正式党员 3 人，具备建立党组织条件，请确认未建原因与计划", reason(),
    ),
    Case(
        "X-03", "E",
        members(relation_here="1", relation_elsewhere="33")
        | {"facts": make_facts(holds_relations=False)},
        "填有 1 人组织关系在本学会，但登记册中没有可接收组织关系的党组织，请核对或先办理成立报批",
        members(relation_here="1", relation_elsewhere="33"),
    ),
    Case(
        "X-04", "W", leaders({}, SECRETARY | {"name": "钱某"}) | {"facts": posts("孙某")},
        "负责人与党组织任职登记不一致（党委书记），请核对；登记有误的请在任职页更正",
        leaders({}, SECRETARY | {"name": " 钱某 "}) | {"facts": posts("钱某")},
    ),
    Case(
        "X-04", "W",
        leaders({}, SECRETARY | VACANT) | {"facts": posts("孙某", "李某")},
        "负责人与党组织任职登记不一致（党委书记、纪检委员），请核对；登记有误的请在任职页更正",
        leaders({}, SECRETARY | VACANT) | {"facts": posts()},
    ),
    Case(
        "X-04", "W", leaders({}, SECRETARY) | {"facts": posts()},
        "负责人与党组织任职登记不一致（党委书记），请核对；登记有误的请在任职页更正",
        leaders({}, SECRETARY) | {"facts": make_facts()},
    ),
    Case(
        "X-05", "E", {"staff": NO_SECRETARIAT, "members": NO_SECRETARIAT_MEMBERS},
        "登记册中办事机构有党组织“测试学会党支部”，不能填“未设办事机构”，请核对；"
        "确已撤销的请先报批撤销",
        {"staff": NO_SECRETARIAT, "members": NO_SECRETARIAT_MEMBERS, "facts": make_facts(COUNCIL)},
    ),
    Case(
        "X-06", "W", leaders({}, PRESIDENT | {"term_from": "2024-02-29"}),
        "理事长任职时间不在本届任期内，请核对",
        leaders(
            {},
            PRESIDENT
            | {"term_from": "2024-03-01", "political_review_on": "2024-01-05"}
            | {"political_review_by": "科技社团党委"},
        ),
    ),
    Case(
        "X-07", "W", staff(standing_council_members="", standing_council_members_na="1"),
        "常务理事会在 5.1 与 5.2 填写不一致，请统一",
        staff(standing_council_members="", standing_council_members_na="1")
        | ops(
            standing_council_meetings_count="", standing_council_meetings_count_na="1",
            standing_council_held_on_time="not_applicable",
        ),
    ),
    Case(
        "X-11", "E",
        {
            "staff": NO_SECRETARIAT | {"women": "0"}, "members": NO_SECRETARIAT_MEMBERS,
            "facts": make_facts(COUNCIL),
        },
        "未设办事机构，办事机构各项应为空，请清除",
        {"staff": NO_SECRETARIAT, "members": NO_SECRETARIAT_MEMBERS, "facts": make_facts(COUNCIL)},
    ),
    Case(
        "V-00", "E", members(transferred_in=""),
        "本期转入尚未填写。没有请填 0，不适用请选“不适用”", members(transferred_in="0"),
    ),
    Case("V-00", "E", ops(office_address=""), "办公地址尚未填写"),
    Case(
        "V-01", "E", members(transferred_in="-1"),
        "本期转入应为不小于 0 的整数，请去掉小数或负号", members(transferred_in="１"),
    ),
    Case("V-01", "E", ops(charter_date="2026-02-30"), "章程核准日期没有这一天，请检查日期"),
    Case(
        "V-02", "W",
        after(
            "2026H1", "2025H2", previous={"operations": {"group_members": "22"}},
            operations={"group_members": "34"},
        ),
        "团体会员由 22 变为 34，变化较大，请核对并说明原因",
        after(
            "2026H1", "2025H2", previous={"operations": {"group_members": "22"}},
            operations={"group_members": "33"},
        ),
    ),
]  # fmt: skip


def struck(changes: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(f.code, str(f.severity), f.message) for f in run_checks(make_snapshot(**changes))]


def test_the_plain_society_has_no_finding():
    assert struck({}) == []


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.code} {c.message[:12]}")
def test_check_strikes(case):
    assert (case.code, case.severity, case.message) in struck(case.bad)


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.code} {c.message[:12]}")
def test_check_is_silent_at_the_boundary(case):
    codes = {code for code, _, _ in struck(case.good)}
    assert case.code not in codes


def test_every_registered_check_has_a_case():
    assert {check.code for check in CHECKS} <= {case.code for case in CASES}


def test_findings_point_at_fields_that_exist():
    for case in CASES:
        for finding in run_checks(make_snapshot(**case.bad)):
            names = {f.name for f in FIELDS[finding.table]}
            assert set(finding.fields) <= names, finding
            assert finding.fields, finding


@pytest.mark.parametrize(
    ("before", "now", "asks"),
    [("22", "33", False), ("22", "34", True), ("20", "30", False), ("0", "11", True),
     ("0", "10", False), ("100", "151", True), ("100", "49", True), ("100", "50", False)],
)  # fmt: skip
def test_large_change(before, now, asks):
    """R-LED-03: beyond ±50 % and beyond ±10 units, both strictly."""
    changes = {
        "previous": {"operations": {"awards_count": before}},
        "operations": {"awards_count": now},
    }
    assert ("V-02" in {code for code, _, _ in struck(changes)}) == asks


def test_a_sum_with_an_inapplicable_part_counts_it_as_nought():
    assert "S-05" not in {c for c, _, _ in struck(staff(seconded_staff="", seconded_staff_na="1"))}


def test_a_check_is_skipped_while_its_base_is_inapplicable():
    changes = members(standing_council_party_members="16") | staff(
        standing_council_members="", standing_council_members_na="1"
    )
    assert "M-02" not in {code for code, _, _ in struck(changes)}


def test_rows_of_society_branches_never_block():
    """T3 is optional throughout."""
    branch = UnitFact(9, 3, "第一专业委员会")
    bad = {"primary_reason": "NE99", "planned_establish_on": "2000-01-01", "reason_text": "短"}
    row = make_reason(bad, {"measure_to": "2000-01-01"}, unit=branch)
    facts = make_facts(COUNCIL, SECRETARIAT, branch)
    found = run_checks(
        make_snapshot(
            reasons=(row,), facts=facts, operations={"society_branch_count": "1"}, as_of=AS_OF
        )
    )
    assert not [f for f in found if f.is_error]

"""5.3 党员队伍情况: three sets, each counted in itself; numbers only."""

from ledgers.catalogue.base import OPTIONAL, Field, count, in_group, needing

FIELDS: tuple[Field, ...] = (
    *in_group(
        "理事会",
        count("council_party_members", "理事中党员"),
        count("standing_council_party_members", "常务理事中党员", indent=1),
        count("supervisor_party_members", "监事中党员"),
    ),
    *in_group(
        "办事机构",
        *needing(
            "secretariat_exists",
            count("secretariat_party_members", "办事机构党员"),
            count("secretariat_full_members", "其中正式党员", indent=1, hint="不论组织关系在何处"),
            count("secretariat_relation_here", "其中组织关系在本学会", indent=1),
            count("full_time_pm", "专职人员中党员"),
            count("established_post_pm", "有编制人员中党员", indent=1),
            count("rehired_pm", "返聘人员中党员", indent=1),
            count("contract_pm", "社会聘用人员中党员", indent=1),
            count("seconded_pm", "借调人员中党员", indent=1),
        ),
    ),
    *in_group(
        "分支机构负责人",
        count("society_branch_leader_pm", "分支机构负责人中党员（去重）"),
    ),
    *in_group(
        "学会党员总数（去重）",
        count("other_relation_here", "不在以上范围、组织关系在本学会的党员"),
        count(
            "total_distinct",
            "学会党员总数（去重）",
            hint="一人在理事会、办事机构、分支机构任多职的只计一次",
        ),
        count("full_members", "正式党员", indent=1),
        count("probationary_members", "预备党员", indent=1),
        count("relation_here", "组织关系在本学会", indent=1),
        count("relation_at_supporting_unit", "组织关系在支撑单位", indent=1),
        count("relation_elsewhere", "组织关系在其他单位", indent=1),
        count("floating_members", "流动党员"),
        count("active_party_members", "参加本学会组织生活的党员（去重）"),
    ),
    *in_group(
        "党员结构",
        count("women_pm", "女党员", required=OPTIONAL),
        count("pm_bachelor_or_above", "本科及以上党员", required=OPTIONAL),
        count("pm_ethnic_minority", "少数民族党员", required=OPTIONAL),
        count("pm_35_or_under", "35 岁及以下党员", required=OPTIONAL),
        count("pm_61_or_over", "61 岁及以上党员", required=OPTIONAL),
        count("pm_senior_title", "高级职称党员", required=OPTIONAL),
    ),
    *in_group(
        "发展与变动",
        *needing(
            "develops_members",
            count("applicants", "入党申请人"),
            count("activists", "入党积极分子"),
            count("development_targets", "发展对象"),
            count("developed_this_year", "本年发展", hint="1 月 1 日至截止日累计"),
            count("converted_this_year", "本年转正", hint="1 月 1 日至截止日累计"),
        ),
        count("transferred_in", "本期转入"),
        count("transferred_out", "本期转出"),
        count("disposed", "本期处置", hint="仅人数"),
    ),
)

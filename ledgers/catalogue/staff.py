"""5.2 职工队伍情况."""

from ledgers.catalogue.base import Field, Kind, Prefill, count, in_group, needing

FIELDS: tuple[Field, ...] = (
    *in_group(
        "理事会与监事会",
        count("council_members", "理事", hint="含常务理事"),
        count("standing_council_members", "常务理事", indent=1, hint="未设的选“不适用”"),
        count("supervisors", "监事"),
        count("society_branch_leaders", "分支机构负责人（去重）"),
    ),
    *in_group(
        "办事机构",
        Field("secretariat_exists", "设有办事机构", Kind.YES_NO, prefill=Prefill.REGISTER),
        *needing(
            "secretariat_exists",
            count("secretariat_staff", "办事机构工作人员"),
            count("full_time_staff", "专职人员", indent=1),
            count("established_post_staff", "有编制", indent=2),
            count("retired_rehired", "返聘", indent=2),
            count("contract_staff", "社会聘用", indent=2),
            count("seconded_staff", "借调", indent=2),
            count("part_time_staff", "兼职人员", indent=1),
            count("women", "女性", indent=1),
            count("aged_35_or_under", "35 岁及以下", indent=1, hint="截止日周岁"),
            count("aged_61_or_over", "61 岁及以上", indent=1),
        ),
        count("retired", "已离退休人员（不计入工作人员）"),
    ),
    *in_group(
        "学历（最高学历）",
        *needing(
            "secretariat_exists",
            count("education_doctor", "博士"),
            count("education_master", "硕士"),
            count("education_bachelor", "本科"),
            count("education_college", "专科"),
            count("education_other", "其他"),
        ),
    ),
    *in_group(
        "群团组织",
        Field("union_established", "建立工会", Kind.YES_NO_NA),
        Field("league_established", "建立共青团组织", Kind.YES_NO_NA),
        Field("women_org_established", "建立妇女组织", Kind.YES_NO_NA),
    ),
)

"""5.1 业务运行情况."""

from ledgers.catalogue.base import OPTIONAL, Field, Kind, Prefill, count, in_group
from societies.models import SupportType

INSPECTIONS = (
    ("passed", "合格"),
    ("basically_passed", "基本合格"),
    ("failed", "不合格"),
    ("not_attended", "未参加"),
)
GRADES = (("5A", "5A"), ("4A", "4A"), ("3A", "3A"), ("2A", "2A"), ("1A", "1A"), ("none", "无"))
# R-ORG-02: an open code list; the label is what the register stores.
SUPERVISORS = tuple(
    (name, name)
    for name in (
        "无",
        "中国科协",
        "中国科学院",
        "国资委",
        "民政部",
        "教育部",
        "农业农村部",
        "科技部",
        "工业和信息化部",
        "国家卫生健康委",
    )
)

FIELDS: tuple[Field, ...] = (
    *in_group(
        "规模与资产",
        Field("annual_income", "上年度收入", Kind.MONEY, "元", hint="按上年度决算数填写"),
        Field("total_assets", "资产总额", Kind.MONEY, "元"),
        Field("net_assets", "净资产", Kind.MONEY, "元", hint="可为负数，不大于资产总额"),
        count("individual_members", "个人会员"),
        Field(
            "individual_members_approximate",
            "个人会员为约数",
            Kind.FLAG,
            required=OPTIONAL,
            indent=1,
        ),
        count("group_members", "团体会员", "个"),
        count("journals_count", "主办期刊", "种"),
        count("awards_count", "设立奖项", "项"),
        count("society_branch_count", "分支机构数", "个", prefill=Prefill.REGISTER),
        count("society_branch_inactive_count", "上年度未开展活动的分支机构", "个", indent=1),
    ),
    *in_group(
        "届期与会议",
        count("society_term_no", "理事会届次", "届"),
        Field("term_start", "本届起", Kind.MONTH),
        Field("term_end", "本届止", Kind.MONTH),
        Field("reelected_on_time", "按期换届", Kind.YES_NO_NA),
        count("council_meetings_count", "本期理事会会议次数", "次", prefill=Prefill.NONE),
        count(
            "standing_council_meetings_count",
            "本期常务理事会会议次数",
            "次",
            prefill=Prefill.NONE,
            hint="未设常务理事会的选“不适用”",
        ),
        Field("council_held_on_time", "按期召开理事会", Kind.YES_NO_NA, prefill=Prefill.NONE),
        Field(
            "standing_council_held_on_time",
            "按期召开常务理事会",
            Kind.YES_NO_NA,
            prefill=Prefill.NONE,
        ),
        count(
            "governing_meetings_with_party_report",
            "其中列入党建议题的会议",
            "次",
            required=OPTIONAL,
            prefill=Prefill.NONE,
            indent=1,
        ),
    ),
    *in_group(
        "运行与评价",
        Field("business_normal", "业务正常开展", Kind.YES_NO),
        Field("last_annual_inspection", "最近一次年检结论", Kind.CODE, choices=INSPECTIONS),
        Field("last_annual_inspection_year", "年检年度", Kind.YEAR),
        Field("evaluation_grade", "社会组织评估等级", Kind.CODE, choices=GRADES),
        Field("evaluation_valid_to", "评估有效期至", Kind.DATE, required="graded"),
        Field("charter_has_party_building", "党建写入章程", Kind.YES_NO),
        Field("charter_date", "章程核准日期", Kind.DATE, required="charter_yes"),
    ),
    *in_group(
        "挂靠与登记",
        Field(
            "support_type",
            "挂靠类型",
            Kind.CODE,
            prefill=Prefill.REGISTER,
            choices=tuple((str(value), str(label)) for value, label in SupportType.choices),
        ),
        Field(
            "supporting_unit",
            "支撑单位",
            Kind.TEXT,
            required="supported",
            prefill=Prefill.REGISTER,
            max_length=100,
        ),
        Field(
            "business_supervisor",
            "业务主管单位",
            Kind.CODE,
            prefill=Prefill.REGISTER,
            choices=SUPERVISORS,
            open_choices=True,
            max_length=50,
        ),
        Field("legal_person_registered", "已办理法人登记", Kind.YES_NO, prefill=Prefill.REGISTER),
        Field(
            "uscc",
            "统一社会信用代码",
            Kind.TEXT,
            required="registered",
            prefill=Prefill.REGISTER,
            hint="18 位，大写字母与数字",
            max_length=18,
        ),
        Field("office_address", "办公地址", Kind.TEXT, prefill=Prefill.REGISTER, max_length=200),
        Field(
            "website",
            "网址",
            Kind.URL,
            required=OPTIONAL,
            prefill=Prefill.REGISTER,
            max_length=200,
        ),
    ),
)

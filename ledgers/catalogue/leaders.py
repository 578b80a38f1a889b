"""5.4 负责人情况: the fields of one row."""

from ledgers.catalogue.base import ALWAYS, OPTIONAL, Field, Kind, count, needing

POSTS = (
    ("council_president", "理事长/会长"),
    ("council_vice_president", "副理事长"),
    ("secretary_general", "秘书长"),
    ("deputy_secretary_general", "副秘书长"),
    ("chief_supervisor", "监事长"),
    ("party_secretary", "党委书记"),
    ("deputy_party_secretary", "党委副书记"),
    ("party_committee_member", "党委委员"),
    ("discipline_officer", "纪检委员"),
    ("party_building_liaison", "党建联系人"),
)
ONE_EACH = ("council_president", "secretary_general", "chief_supervisor", "party_secretary")
PARTY_POSTS = (
    "party_secretary",
    "deputy_party_secretary",
    "party_committee_member",
    "discipline_officer",
)
# Candidates reviewed since 2018 (003§7, ledger_fields 5.4).
REVIEWED_POSTS = (
    "council_president",
    "council_vice_president",
    "secretary_general",
    "chief_supervisor",
)
SEXES = (("0", "未知"), ("1", "男"), ("2", "女"), ("9", "未说明"))
POLITICAL_STATUS = (
    ("01", "中共党员"),
    ("02", "中共预备党员"),
    ("03", "共青团员"),
    ("04", "民革党员"),
    ("05", "民盟盟员"),
    ("06", "民建会员"),
    ("07", "民进会员"),
    ("08", "农工党党员"),
    ("09", "致公党党员"),
    ("10", "九三学社社员"),
    ("11", "台盟盟员"),
    ("12", "无党派人士"),
    ("13", "群众"),
)
PARTY_MEMBER_STATUS = ("01", "02")
APPOINTMENT_MODES = (("elected", "选举"), ("appointed", "任命"), ("dispatched", "选派"))

FIELDS: tuple[Field, ...] = (
    Field("post", "职务", Kind.CODE, required=ALWAYS, choices=POSTS),
    Field("vacant", "空缺", Kind.FLAG, required=OPTIONAL),
    Field("vacant_reason", "空缺原因", Kind.TEXT, required="vacant", max_length=100),
    *needing(
        "not_vacant",
        Field("name", "姓名", Kind.TEXT, max_length=50),
        Field("sex", "性别", Kind.CODE, choices=SEXES),
        Field("birth_year", "出生年", Kind.YEAR),
        Field("political_status", "政治面貌", Kind.CODE, choices=POLITICAL_STATUS),
    ),
    Field("relation_org", "组织关系所在单位", Kind.TEXT, required="party_member", max_length=100),
    *needing(
        "not_vacant",
        Field("work_unit", "工作单位", Kind.TEXT, max_length=100),
        Field("professional_title", "职称", Kind.TEXT, max_length=30),
        Field("academician", "院士", Kind.YES_NO),
        Field("term_from", "任期起", Kind.DATE),
    ),
    Field("term_to", "任期止", Kind.DATE, required=OPTIONAL),
    *needing(
        "not_vacant",
        Field("full_time", "专职", Kind.YES_NO),
        count("concurrent_posts_count", "兼任社会组织职务数", "个"),
        Field("legal_representative", "法定代表人", Kind.YES_NO),
    ),
    *needing(
        "candidate_reviewed",
        Field("political_review_on", "人选审核日期", Kind.DATE),
        Field("political_review_by", "审核单位", Kind.TEXT, max_length=100),
    ),
    Field("approved_document", "批复文号", Kind.TEXT, required=OPTIONAL, max_length=50),
    Field(
        "appointment_mode",
        "书记产生方式",
        Kind.CODE,
        required="party_secretary",
        choices=APPOINTMENT_MODES,
    ),
)

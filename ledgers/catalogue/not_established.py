"""5.5 未建党组织原因: the fields of one row, and of one of its measures.

T3 rows ask nothing: conditions `owed_*` hold for tiers 1 and 2 only.
"""

from ledgers.catalogue.base import OPTIONAL, Field, Kind, Prefill, count

FIELDS: tuple[Field, ...] = (
    Field("primary_reason", "主要原因", Kind.CODE, required="owed"),
    Field("other_reasons", "其他原因", Kind.CODES, required=OPTIONAL),
    Field("reason_text", "情况说明", Kind.TEXT, required="reason_is_other", max_length=500),
    count(
        "party_members_available",
        "可用正式党员数",
        required="owed",
        hint="满 3 名应当建立党支部",
    ),
    Field(
        "responsible_post",
        "责任岗位",
        Kind.TEXT,
        required="owed",
        hint="填岗位，不填姓名",
        max_length=50,
    ),
    Field("planned_establish_on", "计划建立日期", Kind.DATE, required="establishment_planned"),
    Field(
        "last_followed_up_on",
        "最近跟进日期",
        Kind.DATE,
        required="owed",
        prefill=Prefill.REGISTER,
    ),
)

MEASURE_FIELDS: tuple[Field, ...] = (
    Field("code", "推进措施", Kind.CODE, required="owed"),
    Field("measure_from", "措施起", Kind.DATE, required="owed"),
    Field("measure_to", "措施止", Kind.DATE, required=OPTIONAL),
    Field(
        "posting",
        "派驻记录",
        Kind.POSTING,
        required="needs_posting",
        prefill=Prefill.REGISTER,
        hint="由科技社团党委登记后在此选择",
    ),
)

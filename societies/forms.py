"""Forms of the register: filters of the list, editing a society."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from common.formpages import VersionedForm
from common.listing import FilterForm
from societies.actions import EDITABLE
from societies.models import BodyKind, DisciplineClass, FederationRelation, Society, SupportType


def _any(label: str, choices: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [("", label), *choices]


class SocietyFilter(FilterForm):
    """Filters of the society list."""

    q = forms.CharField(label="名称", required=False, max_length=100)
    discipline_class = forms.ChoiceField(
        label="学科", required=False, choices=_any("全部学科", DisciplineClass.choices)
    )
    body_kind = forms.ChoiceField(
        label="类型", required=False, choices=_any("全部类型", BodyKind.choices)
    )
    relation = forms.ChoiceField(
        label="关系", required=False, choices=_any("全部关系", FederationRelation.choices)
    )
    support_type = forms.ChoiceField(
        label="挂靠", required=False, choices=_any("全部挂靠类型", SupportType.choices)
    )

    def narrow_q(self, rows: QuerySet[Society], text: str) -> QuerySet[Society]:
        """By name, code, English name or pinyin initials."""
        return rows.matching(text)  # type: ignore[attr-defined]


class SocietyForm(VersionedForm):
    """Register facts of a society, as `edit_society` takes them."""

    name = forms.CharField(label="名称", max_length=100)
    code = forms.CharField(label="编码", max_length=20, required=False)
    discipline_class = forms.ChoiceField(label="学科类别", choices=DisciplineClass.choices)
    body_kind = forms.ChoiceField(label="机构类型", choices=BodyKind.choices)
    relation = forms.ChoiceField(label="与科协关系", choices=FederationRelation.choices)
    name_en = forms.CharField(label="英文名称", max_length=200, required=False)
    founded_year = forms.IntegerField(label="成立年份", required=False)
    joined_on = forms.DateField(
        label="加入日期", required=False, help_text="留空表示有记录以前已加入，待核"
    )
    left_on = forms.DateField(label="退出日期", required=False, help_text="当日起不计入")
    deregistered_on = forms.DateField(
        label="注销（撤销）日期", required=False, help_text="当日起不计入"
    )
    uscc = forms.CharField(label="统一社会信用代码", max_length=30, required=False)
    uscc_confirmed = forms.BooleanField(label="统一社会信用代码已与证书核对一致", required=False)
    support_type = forms.ChoiceField(
        label="挂靠类型", required=False, choices=_any("未填", SupportType.choices)
    )
    supporting_unit = forms.CharField(label="支撑单位", max_length=100, required=False)
    business_supervisor = forms.CharField(label="业务主管单位", max_length=50, required=False)
    office_address = forms.CharField(label="办公地址", max_length=200, required=False)
    website = forms.CharField(label="网址", max_length=200, required=False)
    sort_key = forms.CharField(
        label="拼音", max_length=300, required=False, help_text="决定次序；留空按名称重算"
    )
    initials = forms.CharField(
        label="拼音首字母", max_length=100, required=False, help_text="用于检索；留空按名称重算"
    )

    @staticmethod
    def values_of(society: Society) -> dict[str, Any]:
        """The form's initial values."""
        return {name: getattr(society, name) for name in (*EDITABLE, "row_version")}

"""Forms of organisations, society branches and postings; the actions of this room check them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import User
from branches.actions.organisations import CHANGEABLE
from branches.actions.postings import CHANGEABLE as POSTING_VALUES
from branches.models import (
    Basis,
    OrganisationForm,
    OrganisationState,
    OrganisationType,
    PartyOrganisation,
    Posting,
    PostingKind,
)
from common.formpages import ActionForm, VersionedForm
from common.listing import FilterForm
from societies.models import SOCIETY_BRANCH_KINDS, Society, SocietyUnit

NUMBER_HINT = "如 科社党〔2026〕12号；年份用六角括号，不加“第”，不编虚位"
NOT_COUNTED = "当日起不计入"


class UnitChoice(forms.ModelMultipleChoiceField):
    """Units with their society, and the day they closed."""

    widget = forms.CheckboxSelectMultiple
    own_society: int | None = None

    def label_from_instance(self, obj: Any) -> str:
        """The unit's name, with its society's where that is another one."""
        closed = f"（{obj.valid_to} 撤销）" if obj.valid_to else ""
        return f"{_named(obj, self.own_society)}{closed}"


class OneUnitChoice(forms.ModelChoiceField):
    """One unit, named as in UnitChoice."""

    own_society: int | None = None

    def label_from_instance(self, obj: Any) -> str:
        """As in UnitChoice."""
        return _named(obj, self.own_society)


def _named(unit: SocietyUnit, own_society: int | None) -> str:
    return str(unit) if unit.society_id == own_society else f"{unit.society} {unit}"


class OrganisationFilter(FilterForm):
    """Filters of the list of organisations."""

    q = forms.CharField(label="名称", required=False, max_length=100)
    type = forms.ChoiceField(
        label="类型", required=False, choices=[("", "全部类型"), *OrganisationType.choices]
    )
    form = forms.ChoiceField(
        label="形式", required=False, choices=[("", "全部形式"), *OrganisationForm.choices]
    )
    basis = forms.ChoiceField(
        label="成立方式", required=False, choices=[("", "报批和报备"), *Basis.choices]
    )
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部状态"), *OrganisationState.choices]
    )

    def narrow_q(self, rows: QuerySet[PartyOrganisation], text: str) -> QuerySet[PartyOrganisation]:
        """By name, approval number or society."""
        return rows.matching(text)  # type: ignore[attr-defined]


class OrganisationValues(forms.Form):
    """What a decision says of an organisation: the fields entering and changing share."""

    name = forms.CharField(label="名称", max_length=100)
    type = forms.ChoiceField(label="类型", choices=[("", "请选择类型"), *OrganisationType.choices])
    form = forms.ChoiceField(label="组织形式", choices=OrganisationForm.choices)
    basis = forms.ChoiceField(label="成立方式", choices=Basis.choices)
    approval_number = forms.CharField(
        label="批复（报备）文号", max_length=50, help_text=NUMBER_HINT
    )
    approved_on = forms.DateField(label="批复（报备）日期")
    established_on = forms.DateField(label="成立日期")
    parent = forms.ModelChoiceField(
        PartyOrganisation.objects.none(), label="上级党组织", required=False
    )
    supporting_unit = forms.CharField(
        label="上级（支撑单位）党组织", max_length=100, required=False
    )
    belongs_to_cast = forms.BooleanField(label="党组织归属中国科协", required=False)


class EnterForm(ActionForm, OrganisationValues):
    """Entering an organisation from a paper decision."""

    units = UnitChoice(SocietyUnit.objects.none(), label="覆盖的机构")

    def __init__(
        self,
        *args: Any,
        society: Society,
        units: QuerySet[SocietyUnit],
        parents: QuerySet[PartyOrganisation],
        **kw: Any,
    ) -> None:
        super().__init__(*args, **kw)
        self.fields["units"].queryset = units  # type: ignore[attr-defined]
        self.fields["units"].own_society = society.pk  # type: ignore[attr-defined]
        self.fields["parent"].queryset = parents  # type: ignore[attr-defined]
        self.fields["parent"].empty_label = "按三层组织体系默认"  # type: ignore[attr-defined]
        self.order_fields(["units", *OrganisationValues.base_fields])


class ChangeForm(VersionedForm, OrganisationValues):
    """Changing or correcting what is registered."""

    def __init__(self, *args: Any, parents: QuerySet[PartyOrganisation], **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["parent"].queryset = parents  # type: ignore[attr-defined]
        self.fields["parent"].empty_label = "无"  # type: ignore[attr-defined]

    @staticmethod
    def values_of(organisation: PartyOrganisation) -> dict[str, Any]:
        """The form's initial values."""
        return {name: getattr(organisation, name) for name in (*CHANGEABLE, "row_version")}


class DissolveForm(ActionForm):
    """Dissolving by an approval reply."""

    on = forms.DateField(label="撤销生效日（当日起不计入）")
    number = forms.CharField(label="撤销批复文号", max_length=50, help_text=NUMBER_HINT)


class SuspendForm(ActionForm):
    """Suspending from a day on."""

    on = forms.DateField(label="暂停自", help_text=NOT_COUNTED)
    document_number = forms.CharField(label="文号", max_length=50, help_text=NUMBER_HINT)


class ResumeForm(ActionForm):
    """Ending a suspension."""

    on = forms.DateField(label="恢复自", help_text="当日起恢复计入")


class ServeForm(ActionForm):
    """One more unit."""

    unit = OneUnitChoice(SocietyUnit.objects.none(), label="增加覆盖的机构")
    valid_from = forms.DateField(label="起始日期")

    def __init__(
        self, *args: Any, society: Society, units: QuerySet[SocietyUnit], **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        self.fields["unit"].own_society = society.pk  # type: ignore[attr-defined]


class StopForm(ActionForm):
    """One unit fewer."""

    on = forms.DateField(label="结束日期", help_text=NOT_COUNTED)


class OpenUnitForm(ActionForm):
    """Entering a society branch."""

    kind = forms.ChoiceField(
        label="类型", choices=[(kind.value, kind.label) for kind in SOCIETY_BRANCH_KINDS]
    )
    name = forms.CharField(label="名称", max_length=100)
    valid_from = forms.DateField(label="设立日期")


class CloseUnitForm(ActionForm):
    """Closing a society branch."""

    on = forms.DateField(label="撤销日期", help_text=NOT_COUNTED)
    note = forms.CharField(label="撤销依据", max_length=100, help_text="文号或会议名称、日期")


class PostingValues(forms.Form):
    """What a posting says."""

    kind = forms.ChoiceField(label="类别", choices=PostingKind.choices)
    person_name = forms.CharField(label="姓名", max_length=50)
    home_unit = forms.CharField(label="派出单位", max_length=100)
    document_number = forms.CharField(label="文号", max_length=50, help_text=NUMBER_HINT)
    valid_from = forms.DateField(label="派驻起")
    last_day = forms.DateField(label="派驻止", required=False, help_text="最后在岗日，当日仍有效")
    user = forms.CharField(
        label="平台账号",
        max_length=150,
        required=False,
        help_text="派驻人员的账号名；填写后在派驻期内可登记走访",
    )

    def clean_user(self) -> User | None:
        """The account of that name."""
        name = self.cleaned_data["user"].strip()
        if not name:
            return None
        found: User | None = User.objects.filter(username=name).first()
        if found is None:
            raise forms.ValidationError(f"没有账号“{name}”，请核对；由平台安全管理员开通")
        return found


class EnterPostingForm(ActionForm, PostingValues):
    """Entering a posting."""


class ChangePostingForm(VersionedForm, PostingValues):
    """Correcting a posting."""

    @staticmethod
    def values_of(posting: Posting) -> dict[str, Any]:
        """The form's initial values."""
        names = [name for name in (*POSTING_VALUES, "row_version") if name != "user"]
        account = posting.user.username if posting.user else ""
        return {name: getattr(posting, name) for name in names} | {"user": account}


class EndPostingForm(ActionForm):
    """Ending a posting."""

    last_day = forms.DateField(label="派驻止", help_text="最后在岗日，当日仍有效")

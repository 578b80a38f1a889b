"""Forms of the member register; the actions check what they parse."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from branches.members.columns import COLUMNS
from branches.models import MemberState, PartyMember, PartyOrganisation, Place
from common import clock
from common.formpages import ActionForm, VersionedForm
from common.imports.columns import LETTERS
from common.listing import FilterForm
from common.months import MonthField

FULL, PROBATIONARY, LEFT = "full", "probationary", "left"
MONTH_HINT = "年月即可，如 1978-03、1978.3、1978年3月"


class OneOrganisation(forms.ModelChoiceField):
    """One of the actor's organisations."""

    def label_from_instance(self, obj: Any) -> str:
        """Its name."""
        return str(obj.name)


class MemberFilter(FilterForm):
    """Filters of the register."""

    q = forms.CharField(label="姓名", required=False, max_length=50)
    organisation = forms.ChoiceField(label="党组织", required=False, choices=[("", "全部党组织")])
    kind = forms.ChoiceField(
        label="党员类别",
        required=False,
        choices=[
            ("", "正式和预备"),
            (FULL, "正式党员"),
            (PROBATIONARY, "预备党员"),
            (LEFT, "已离开"),
        ],
    )
    place = forms.ChoiceField(
        label="组织关系", required=False, choices=[("", "全部组织关系"), *Place.choices]
    )
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部状态"), *MemberState.choices]
    )

    def narrow_q(self, rows: Any, text: str) -> QuerySet[PartyMember]:
        """By name or initials."""
        found: QuerySet[PartyMember] = rows.matching(text)
        return found

    def narrow_organisation(self, rows: QuerySet[PartyMember], pk: str) -> QuerySet[PartyMember]:
        """Kept by that organisation."""
        return rows.filter(organisation=int(pk))

    def offer(self, organisations: QuerySet[PartyOrganisation]) -> None:
        """Offer these organisations; a single one is no choice."""
        found = list(organisations.values_list("pk", "name"))
        if len(found) < 2:
            del self.fields["organisation"]
            return
        field = self.fields["organisation"]
        field.choices = [("", "全部党组织"), *((str(pk), name) for pk, name in found)]  # type: ignore[attr-defined]

    def narrow_kind(self, rows: QuerySet[PartyMember], kind: str) -> QuerySet[PartyMember]:
        """Full, probationary today; or those who left."""
        today = clock.today()
        if kind == LEFT:
            return rows.filter(left_on__lte=today)
        full = rows.filter(full_since__lte=today)
        return full if kind == FULL else rows.exclude(pk__in=full.values("pk"))

    def narrow_place(self, rows: QuerySet[PartyMember], place: str) -> QuerySet[PartyMember]:
        """Where the relation lies now."""
        return rows.filter(affiliations__place=place, affiliations__valid_to__isnull=True)


class MemberValues(forms.Form):
    """What a record says of a person."""

    name = forms.CharField(label="姓名", max_length=50)
    birth_month = MonthField(label="出生年月", help_text=MONTH_HINT)
    joined_month = MonthField(label="入党年月", help_text="接收为预备党员的年月")
    full_since = MonthField(label="转正年月", required=False, help_text="预备党员留空")


class MemberEnterForm(ActionForm, MemberValues):
    """Filing a member. The question “同一人？” shows only once it was asked."""

    organisation = OneOrganisation(
        PartyOrganisation.objects.none(), label="党组织", empty_label="请选择党组织"
    )
    place = forms.ChoiceField(
        label="组织关系",
        choices=Place.choices,
        initial=Place.HERE,
        widget=forms.RadioSelect,
        help_text="不在本学会的，登记为参加本党组织的组织生活",
    )
    since = forms.DateField(
        label="组织关系（参加组织生活）起始日期", required=False, help_text="留空为今天"
    )
    answer = forms.ChoiceField(
        label="是同一人吗",
        required=False,
        choices=[("same", "同一人"), ("other", "不是同一人")],
        widget=forms.HiddenInput,
    )

    def __init__(self, *args: Any, organisations: QuerySet[PartyOrganisation], **kw: Any) -> None:
        super().__init__(*args, **kw)
        field = self.fields["organisation"]
        field.queryset = organisations  # type: ignore[attr-defined]
        if len(found := list(organisations[:2])) == 1:
            field.initial, field.widget = found[0], forms.HiddenInput()
        self.order_fields(["answer", "name", "birth_month", "joined_month", "full_since", "place"])
        if self.data.get("answer"):
            self._ask()

    def _ask(self) -> None:
        field = self.fields["answer"]
        field.widget = forms.RadioSelect(choices=field.choices)  # type: ignore[attr-defined]

    def add_error(self, field: str | None, error: Any) -> None:
        """An error at the question brings the question up."""
        if field == "answer":
            self._ask()
        super().add_error(field, error)


class MemberChangeForm(VersionedForm, MemberValues):
    """Correcting a record."""

    @staticmethod
    def values_of(member: PartyMember) -> dict[str, Any]:
        """The form's initial values."""
        return {name: getattr(member, name) for name in (*MemberValues.base_fields, "row_version")}


class RelateForm(VersionedForm):
    """Where the relation lies from a day on."""

    place = forms.ChoiceField(label="组织关系", choices=Place.choices, widget=forms.RadioSelect)
    on = forms.DateField(label="自", help_text="当日起")


class LeaveForm(VersionedForm):
    """Leaving the roll."""

    on = forms.DateField(label="离开日期", help_text="当日起不计入")


class WithdrawForm(VersionedForm):
    """Taking back a record filed by mistake."""


class StopForm(ActionForm):
    """No longer taking part."""

    on = forms.DateField(label="结束日期", help_text="当日起不再计入本党组织的组织生活")


class ReturnForm(VersionedForm):
    """Sending a record back."""

    reason = forms.CharField(
        label="退回原因", max_length=200, widget=forms.Textarea(attrs={"rows": 3})
    )


class UploadForm(ActionForm):
    """A workbook of members."""

    organisation = OneOrganisation(
        PartyOrganisation.objects.none(), label="党组织", empty_label="请选择党组织"
    )
    file = forms.FileField(
        label="工作簿",
        help_text="按模板填写的 .xlsx，不超过 10 MB；也可直接上传改好的错误工作簿",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages={"empty": "文件是空的，请选择填写好的工作簿"},
        max_length=None,
    )

    def __init__(self, *args: Any, organisations: QuerySet[PartyOrganisation], **kw: Any) -> None:
        super().__init__(*args, **kw)
        field = self.fields["organisation"]
        field.queryset = organisations  # type: ignore[attr-defined]
        if len(found := list(organisations[:2])) == 1:
            field.initial, field.widget = found[0], forms.HiddenInput()


class PlaceColumnsForm(ActionForm):
    """Which column of the sheet is which."""

    def __init__(self, *args: Any, heads: list[str], places: dict[str, int], **kw: Any) -> None:
        super().__init__(*args, **kw)
        choices = [("", "（不导入）")]
        choices += [(str(n), f"{LETTERS[n]} 列 {head}") for n, head in enumerate(heads)]
        for column in COLUMNS:
            at = places.get(column.key)
            self.add_field(
                column.key,
                forms.ChoiceField(
                    label=column.label,
                    choices=choices,
                    required=column.required,
                    initial="" if at is None else str(at),
                    error_messages={"required": f"请选择“{column.label}”是哪一列"},
                ),
            )

    def places(self) -> dict[str, int]:
        """Column key → place in the sheet."""
        typed = {column.key: self.cleaned_data.get(column.key) for column in COLUMNS}
        return {key: int(at) for key, at in typed.items() if at}

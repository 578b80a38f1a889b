"""Small forms of terms, posts and party groups: reasons, replies, filters, 党小组."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from branches.actions.party_groups import CHANGEABLE as GROUP_VALUES
from branches.forms_filing import NUMBER_HINT
from branches.models import (
    FilingKind,
    OrganisationType,
    PartyGroup,
    PostFiling,
    PostFilingState,
    TermState,
)
from common.formpages import ActionForm, VersionedForm
from common.listing import FilterForm

RELOAD = {"required": "页面已失效，请刷新后重新提交", "invalid": "页面已失效，请刷新后重新提交"}


class StepForm(ActionForm):
    """A step of a filing as it was shown: what changed since is looked at again first (R8)."""

    row_version = forms.IntegerField(widget=forms.HiddenInput, error_messages=RELOAD)


class ReasonForm(StepForm):
    """Why something goes back."""

    reason = forms.CharField(
        label="原因",
        max_length=300,
        help_text="学会可见，写明要改什么",
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ReplyForm(StepForm):
    """The leader's numbered reply to an extension."""

    number = forms.CharField(label="批复文号", max_length=50, help_text=NUMBER_HINT)


class FilingFilter(FilterForm):
    """Filters of the filings."""

    q = forms.CharField(label="名称", required=False, max_length=100)
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部状态"), *PostFilingState.choices]
    )
    kind = forms.ChoiceField(
        label="事项", required=False, choices=[("", "全部事项"), *FilingKind.choices]
    )

    def narrow_q(self, rows: QuerySet[PostFiling], text: str) -> QuerySet[PostFiling]:
        """By organisation, society or document number."""
        return rows.matching(text)  # type: ignore[attr-defined]


class TermFilter(FilterForm):
    """Filters of the present terms."""

    q = forms.CharField(label="名称", required=False, max_length=100)
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部状态"), *TermState.choices]
    )
    type = forms.ChoiceField(
        label="类型", required=False, choices=[("", "全部类型"), *OrganisationType.choices]
    )

    def narrow_q(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        """By organisation or society."""
        return rows.matching(text)  # type: ignore[attr-defined]

    def narrow_type(self, rows: QuerySet[Any], type: str) -> QuerySet[Any]:
        """By the type of organisation."""
        return rows.filter(organisation__type=type)


class GroupValues(forms.Form):
    """What is kept of a 党小组."""

    name = forms.CharField(label="名称", max_length=50, help_text="如 第一党小组")
    leader_name = forms.CharField(label="组长", max_length=50)
    valid_from = forms.DateField(label="成立日期")


class EnterGroupForm(ActionForm, GroupValues):
    """Entering a 党小组."""


class ChangeGroupForm(VersionedForm, GroupValues):
    """Changing a 党小组."""

    @staticmethod
    def values_of(group: PartyGroup) -> dict[str, Any]:
        """The form's initial values."""
        return {name: getattr(group, name) for name in (*GROUP_VALUES, "row_version")}


class EndGroupForm(ActionForm):
    """Ending a 党小组."""

    on = forms.DateField(label="撤销日期", help_text="当日起不计入")

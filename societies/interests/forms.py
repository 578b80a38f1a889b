"""Forms of 回避申报."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from accounts.models import User
from common.formpages import ActionForm, VersionedForm
from common.listing import FilterForm
from societies.models import DeclaredInterest, InterestKind, Society

MOST_HINTS = 5


class InterestFilter(FilterForm):
    """Filters of the list."""

    q = forms.CharField(label="学会或姓名", required=False, max_length=100)
    kind = forms.ChoiceField(
        label="关系", required=False, choices=[("", "全部关系"), *InterestKind.choices]
    )
    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[("", "有效和已结束"), ("open", "有效"), ("over", "已结束")],
    )

    def narrow_q(self, rows: QuerySet[DeclaredInterest], text: str) -> QuerySet[DeclaredInterest]:
        """By society or person."""
        text = text.strip()
        return rows.filter(Q(society__name__icontains=text) | Q(user__full_name__icontains=text))

    def narrow_state(
        self, rows: QuerySet[DeclaredInterest], state: str
    ) -> QuerySet[DeclaredInterest]:
        """Without end, or ended."""
        return rows.filter(valid_to__isnull=state == "open")


class InterestValues(forms.Form):
    """What a declaration says. The society is typed, since not everybody reads the register."""

    society = forms.CharField(label="学会", max_length=100, help_text="学会全称或编码")
    kind = forms.ChoiceField(label="关系", choices=[("", "请选择关系"), *InterestKind.choices])
    valid_from = forms.DateField(label="起始日期")
    last_day = forms.DateField(
        label="结束日期", required=False, help_text="最后一天，当日仍应回避；仍在的留空"
    )
    note = forms.CharField(
        label="依据或说明", max_length=200, required=False, help_text="如 任理事；可不填"
    )

    societies: QuerySet[Society]
    hints: bool

    def clean_society(self) -> Society:
        """The one society of that name or code."""
        text = " ".join(self.cleaned_data["society"].split())
        found = list(self.societies.filter(Q(name__iexact=text) | Q(code__iexact=text))[:2])
        if len(found) == 1:
            return found[0]
        if found:
            raise forms.ValidationError(f"有多家学会名为“{text}”，请填写编码")
        near = self.societies.matching(text)[:MOST_HINTS] if self.hints else ()  # type: ignore[attr-defined]
        names = "、".join(society.name for society in near)
        raise forms.ValidationError(
            f"没有名为“{text}”的学会，请填写全称或编码" + (f"；是否为：{names}" if names else "")
        )


class DeclareForm(ActionForm, InterestValues):
    """One's own."""

    def __init__(self, *args: Any, societies: QuerySet[Society], hints: bool, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.societies, self.hints = societies, hints


class PersonField(forms.ModelChoiceField):
    """People by name; the account tells namesakes apart."""

    def label_from_instance(self, obj: Any) -> str:
        """张某某（zhangmm）."""
        return f"{obj.full_name}（{obj.username}）"


class EnterForm(DeclareForm):
    """Another person's, with the reason."""

    user = PersonField(label="人员", queryset=User.objects.none(), empty_label="请选择人员")
    reason = forms.CharField(label="代为登记的理由", max_length=200)

    def __init__(self, *args: Any, people: QuerySet[User], **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["user"].queryset = people  # type: ignore[attr-defined]
        self.order_fields(["user", *InterestValues.base_fields, "reason"])


class EndForm(VersionedForm):
    """The last day."""

    last_day = forms.DateField(label="结束日期", help_text="最后一天，当日仍应回避")


class EndOfAnotherForm(EndForm):
    """The last day and why."""

    reason = forms.CharField(label="代为结束的理由", max_length=200)

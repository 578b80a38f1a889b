"""Forms about a batch: its draft, its steps, its pairs of inspectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import User
from common.formpages import ActionForm, VersionedForm
from societies.models import DisciplineClass
from supervision.models import SpotCheck
from supervision.pairing import SEATS


class BatchForm(ActionForm):
    """新建批次."""

    name = forms.CharField(label="批次名称", max_length=60, help_text="如 2026 下半年第二批")
    on_site_from = forms.DateField(label="现场检查起")
    on_site_to = forms.DateField(label="现场检查止")
    sample_size = forms.IntegerField(
        label="抽取家数", required=False, min_value=1, max_value=9999, help_text="与比例填写一项"
    )
    sample_percent = forms.IntegerField(
        label="抽取比例（%）",
        required=False,
        min_value=1,
        max_value=100,
        help_text="按抽样框家数折算，不足一家的计一家",
    )
    disciplines = forms.MultipleChoiceField(
        label="学科范围",
        required=False,
        choices=DisciplineClass.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="不选即全部学科",
    )
    exclude_recent = forms.BooleanField(
        label="排除近期已抽查的学会",
        required=False,
        help_text="月数见检查清单，默认 12 个月；另一批次检查中的同样排除",
    )
    include_open = forms.BooleanField(
        label="整改未销号的学会必查", required=False, help_text="必查的另列，不占抽取家数"
    )


class BatchEditForm(VersionedForm, BatchForm):
    """修改批次."""


class StepForm(VersionedForm):
    """A button of the batch."""


class ReasonForm(VersionedForm):
    """A button that asks for a reason."""

    reason = forms.CharField(label="理由", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class SeedForm(VersionedForm):
    """公开种子并抽取."""

    seed = forms.CharField(
        label="种子",
        max_length=60,
        help_text="按公布摘要时抄录的填写，大小写和连字符不限",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class RescheduleForm(ReasonForm):
    """改期."""

    on_site_from = forms.DateField(label="现场检查起")
    on_site_to = forms.DateField(label="现场检查止")
    field_order = ("on_site_from", "on_site_to", "reason")


class PersonField(forms.ModelChoiceField):
    """Users by their full name."""

    def label_from_instance(self, obj: Any) -> str:
        """张某某."""
        return str(obj.full_name)


class PeopleField(forms.ModelMultipleChoiceField):
    """Several users by their full names."""

    def label_from_instance(self, obj: Any) -> str:
        """张某某."""
        return str(obj.full_name)


class ProposeForm(VersionedForm):
    """按名单建议配对."""

    users = PeopleField(
        label="督导组成员",
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text="每家两名，按次序轮流；须回避的自动跳过",
    )

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["users"].queryset = people  # type: ignore[attr-defined]


class PairsForm(VersionedForm):
    """The two inspectors of each drawn society: fields `pair_<check>_1` and `_2`."""

    def __init__(
        self,
        *args: Any,
        people: QuerySet[User],
        checks: Sequence[SpotCheck],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.checks = checks
        choices = [("", "未定"), *((user.pk, user.full_name) for user in people)]
        self.people = {user.pk: user for user in people}
        for check in checks:
            seated = {seat.place: seat.user_id for seat in check.seats.all()}
            for place in range(1, SEATS + 1):
                self.fields[self.name(check, place)] = forms.TypedChoiceField(
                    label=f"{check.society.name}，第 {place} 名",
                    choices=choices,
                    coerce=int,
                    empty_value=None,
                    required=False,
                )
                self.initial[self.name(check, place)] = seated.get(place)

    @staticmethod
    def name(check: SpotCheck, place: int) -> str:
        """The field of one place."""
        return f"pair_{check.pk}_{place}"

    def rows(self) -> list[tuple[SpotCheck, list[Any]]]:
        """Each check with its two fields."""
        places = range(1, SEATS + 1)
        return [(each, [self[self.name(each, n)] for n in places]) for each in self.checks]

    def pairs(self) -> dict[int, tuple[User | None, User | None]]:
        """Check → the users chosen."""
        chosen = {
            each.pk: [self.cleaned_data[self.name(each, n)] for n in range(1, SEATS + 1)]
            for each in self.checks
        }
        return {
            pk: (self.people.get(first), self.people.get(second))
            for pk, (first, second) in chosen.items()
        }


class ChangeLeadForm(ReasonForm):
    """更换组长: another person, and why."""

    user = PersonField(label="改由", queryset=User.objects.none())
    field_order = ("user", "reason")

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = people  # type: ignore[attr-defined]


class ReplaceForm(ChangeLeadForm):
    """调换督导组成员."""

    reason = forms.CharField(label="理由", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))

"""Planning a class, dividing its places, enrolling, the steps that ask for a reason."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet

from branches.models import Post
from common.formpages import ActionForm, VersionedForm
from common.listing import FilterForm
from common.months import MonthField
from societies.models import Society
from training.actions import ClassPlan, SessionPlan
from training.models import (
    ClassMode,
    ClassState,
    Course,
    Portion,
    TrainingClass,
    TrainingSession,
)

_LINE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?\s*(全天|半天|(\d{1,4})\s*分钟)")
MOST_PLACES = 999


def sessions_text(sessions: Iterable[TrainingSession]) -> str:
    """Sessions as the form shows them, one a line."""
    return "\n".join(
        f"{s.held_on} {f'{s.minutes} 分钟' if s.minutes else s.get_portion_display()}"
        for s in sessions
    )


def parse_sessions(text: str) -> tuple[SessionPlan, ...]:
    """One session a line. Raises ValidationError naming the line that is not understood."""
    lines = [unicodedata.normalize("NFKC", each).strip() for each in text.splitlines()]
    return tuple(_session(number, line) for number, line in enumerate(lines, 1) if line)


def _session(number: int, line: str) -> SessionPlan:
    match = _LINE.fullmatch(line)
    if match is None:
        raise forms.ValidationError(
            f"第 {number} 行“{line[:30]}”看不懂，请写成“2026-03-10 全天”“2026-03-10 半天”"
            "或“2026-03-10 90 分钟”"
        )
    try:
        day = date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        raise forms.ValidationError(f"第 {number} 行的日期不存在，请核对") from None
    if match[5]:
        minutes = int(match[5])
        if not 1 <= minutes <= 1440:
            raise forms.ValidationError(f"第 {number} 行的分钟数应在 1 至 1440 之间")
        return SessionPlan(day, Portion.MINUTES, minutes)
    return SessionPlan(day, Portion.DAY if match[4] == "全天" else Portion.HALF_DAY)


class PlanFields(forms.Form):
    """What is planned of a class; put it before the kind of form."""

    title = forms.CharField(label="名称", max_length=100)
    course = forms.ChoiceField(label="类别", choices=[("", "请选择"), *Course.choices])
    place = forms.CharField(label="地点", max_length=100, required=False)
    starts_on = forms.DateField(label="开班日期")
    ends_on = forms.DateField(label="结束日期")
    enrol_by = forms.DateField(label="报名截止", help_text="不晚于开班日期")
    mode = forms.ChoiceField(
        label="方式",
        choices=ClassMode.choices,
        initial=ClassMode.ON_SITE,
        widget=forms.RadioSelect,
        help_text="线上课程考核合格才计学时，且不超过计入学时的一半",
    )
    capacity = forms.IntegerField(label="人数", min_value=1, max_value=5000)
    sessions = forms.CharField(
        label="课程安排",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="每行一节：日期加“全天”“半天”或分钟数，如 2026-03-10 半天",
    )

    def clean_sessions(self) -> tuple[SessionPlan, ...]:
        """The sessions."""
        return parse_sessions(self.cleaned_data["sessions"])

    def plan(self) -> ClassPlan:
        """As the actions take it."""
        names = list(PlanFields.base_fields)
        return ClassPlan(**{name: self.cleaned_data[name] for name in names})


class PlanForm(PlanFields, ActionForm):
    """新建培训班."""


class ChangeForm(PlanFields, VersionedForm):
    """修改计划."""


class QuotaForm(VersionedForm):
    """Places of every society of the federation; `each` stands for those left empty."""

    each = forms.IntegerField(
        label="其余学会每家名额",
        required=False,
        min_value=1,
        max_value=MOST_PLACES,
        help_text="填写后，下面留空的学会每家给这么多；不填的，留空的学会不参加",
        error_messages={
            "invalid": "其余学会每家名额应为整数",
            "min_value": "其余学会每家名额不能小于 1，不给名额的留空",
            "max_value": f"其余学会每家名额不能大于 {MOST_PLACES}",
        },
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(
        self, *args: Any, societies: Iterable[Society], places: dict[int, int], **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        self.societies = list(societies)
        for each in self.societies:
            field = forms.IntegerField(
                label=each.name,
                required=False,
                min_value=0,
                max_value=MOST_PLACES,
                initial=places.get(each.pk),
                error_messages={
                    "invalid": f"{each.name}的名额应为整数",
                    "min_value": f"{each.name}的名额不能小于 0",
                    "max_value": f"{each.name}的名额不能大于 {MOST_PLACES}",
                },
            )
            field.widget.input_type = "text"
            field.widget.attrs |= {"inputmode": "numeric", "autocomplete": "off"}
            field.widget.attrs |= {"aria-label": f"{each.name}名额"}
            self.fields[f"places-{each.pk}"] = field

    def rows(self) -> list[Any]:
        """The bound fields in the order of the societies."""
        return [self[f"places-{each.pk}"] for each in self.societies]

    def places(self) -> dict[int, int]:
        """Society → places given."""
        said = {each.pk: self._said(each) for each in self.societies}
        return {pk: places for pk, places in said.items() if places}

    def _said(self, society: Society) -> int | None:
        places: int | None = self.cleaned_data.get(f"places-{society.pk}")
        stays = society.left_on is None and society.deregistered_on is None
        return self.cleaned_data["each"] if places is None and stays else places


class ReasonForm(VersionedForm):
    """A step with a reason."""

    reason = forms.CharField(label="原因", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class ButtonForm(VersionedForm):
    """A step that asks for nothing."""


class PostChoice(forms.ModelChoiceField):
    """An office-holder of the society."""

    def label_from_instance(self, obj: Post) -> str:
        """Name, post, organisation."""
        return f"{obj.person_name}（{obj.get_kind_display()}，{obj.organisation.name}）"


class EnrolForm(ActionForm):
    """报名: an office-holder, or a name that the society knows."""

    post = PostChoice(
        Post.objects.none(), label="任职人员", required=False, empty_label="不是任职人员，填写姓名"
    )
    name = forms.CharField(
        label="姓名", max_length=50, required=False, help_text="须是本学会名册中已确认的党员"
    )
    birth_month = MonthField(label="出生年月", required=False, help_text="有同名同志时填写")

    def __init__(self, *args: Any, posts: QuerySet[Post], wanting: list[str], **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["post"].queryset = posts  # type: ignore[attr-defined]
        if wanting:
            names = "、".join(wanting)
            self.fields["post"].help_text = f"{names}不在已确认的党员名册中，由党支部登记后可选"

    def clean(self) -> dict[str, Any]:
        """One of the two ways, not both."""
        values = super().clean() or {}
        if values.get("post") and values.get("name"):
            self.add_error("name", "已选择任职人员，姓名请留空；要报另一人的，先不选任职人员")
        return values


class ClassFilter(FilterForm):
    """Filters of the list of classes."""

    q = forms.CharField(label="培训班", required=False, max_length=100)
    course = forms.ChoiceField(
        label="类别", required=False, choices=[("", "全部类别"), *Course.choices]
    )
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部状态"), *ClassState.choices]
    )

    def narrow_q(self, rows: QuerySet[TrainingClass], text: str) -> QuerySet[TrainingClass]:
        """By code, title or place."""
        return rows.matching(text)  # type: ignore[attr-defined]

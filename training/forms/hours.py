"""Filing an event with its people; filters of hours."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from branches.models import LifeRecord, PartyMember
from common import clock
from common.formpages import ActionForm, VersionedForm
from common.forms import PortalForm
from common.listing import FilterForm
from common.numbers import row_id
from training.actions import HourFacts
from training.models import HourEventState, HourKind, Portion

YEARS_BACK = 3


class EventFields(forms.Form):
    """An event that gives hours."""

    kind = forms.ChoiceField(label="种类", choices=[("", "请选择"), *HourKind.choices])
    title = forms.CharField(label="内容", max_length=120)
    held_on = forms.DateField(label="日期")
    portion = forms.ChoiceField(
        label="时长",
        choices=Portion.choices,
        widget=forms.RadioSelect,
        help_text="全天 8 学时、半天 4 学时；按分钟的每小时 1 学时，舍去不足半小时的部分",
    )
    minutes = forms.IntegerField(label="分钟", required=False, min_value=1, max_value=1440)
    attendees = forms.MultipleChoiceField(
        label="参加人员",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "名单中有不是本党组织的同志，请重新选择"},
    )
    lecturer = forms.ChoiceField(
        label="授课人",
        required=False,
        help_text="只有党课填写；本人授课按两倍折算，每年最多 8 学时",
    )

    def offer(self, roll: list[PartyMember]) -> None:
        """Set the choices: the people of the organisation on the day."""
        named = [(str(each.pk), _named(each)) for each in roll]
        self.fields["attendees"].choices = named  # type: ignore[attr-defined]
        self.fields["lecturer"].choices = [("", "无"), *named]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Minutes belong to what is told in minutes."""
        values = super().clean() or {}
        by_minutes = values.get("portion") == Portion.MINUTES
        if by_minutes and not values.get("minutes") and "minutes" not in self.errors:
            self.add_error("minutes", "按分钟登记的，请填写分钟数")
        if not by_minutes:
            values["minutes"] = None
        return values

    def facts(self, record: LifeRecord | None) -> HourFacts:
        """As the actions take it."""
        values = self.cleaned_data
        lecturer = values["lecturer"]
        return HourFacts(
            kind=values["kind"],
            title=values["title"],
            held_on=values["held_on"],
            portion=values["portion"],
            minutes=values["minutes"],
            attendees=tuple(int(pk) for pk in values["attendees"]),
            lecturer=int(lecturer) if lecturer else None,
            record=record,
        )


def _named(member: PartyMember) -> str:
    return f"{member.name}（同名 {member.namesake + 1}）" if member.namesake else member.name


class EventForm(EventFields, ActionForm):
    """登记学时."""


class EventChangeForm(EventFields, VersionedForm):
    """更正学时."""


class RecordForm(PortalForm):
    """Which record of organisation life the form is filled from."""

    record = forms.CharField(required=False)

    def clean_record(self) -> int | None:
        """Its id."""
        return row_id(self.cleaned_data["record"])


def years() -> list[tuple[str, str]]:
    """This year and those before."""
    this = clock.today().year
    return [(str(year), f"{year} 年") for year in range(this, this - YEARS_BACK, -1)]


class YearForm(PortalForm):
    """Which year a page shows."""

    year = forms.ChoiceField(label="年度", required=False)

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["year"].choices = years()  # type: ignore[attr-defined]

    def chosen(self) -> int:
        """The year asked for, this one if none or a wrong one."""
        said = self.cleaned_data.get("year") if self.is_valid() else ""
        return int(said or clock.today().year)


class HoursFilter(FilterForm):
    """Filters of the roll of hours; the year chooses the columns."""

    q = forms.CharField(label="姓名", required=False, max_length=50)
    year = forms.ChoiceField(label="年度", required=False)

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["year"].choices = [("", "本年度"), *years()[1:]]  # type: ignore[attr-defined]

    def narrow_q(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        """By name or its initials."""
        return rows.matching(text)  # type: ignore[attr-defined]

    def narrow_year(self, rows: QuerySet[Any], year: str) -> QuerySet[Any]:
        """Nobody leaves the list by the year."""
        return rows

    def chosen(self) -> int:
        """The year asked for."""
        self.is_valid()
        return int(self.cleaned_data.get("year") or clock.today().year)


class TotalsFilter(HoursFilter):
    """Filters of the statistics."""

    q = forms.CharField(label="学会", required=False, max_length=100)


class EventFilter(FilterForm):
    """Filters of the list of events."""

    q = forms.CharField(label="内容", required=False, max_length=100)
    kind = forms.ChoiceField(
        label="种类", required=False, choices=[("", "全部种类"), *HourKind.choices]
    )
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部状态"), *HourEventState.choices]
    )

    def narrow_q(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        """By what it was about."""
        return rows.filter(title__icontains=text.strip())

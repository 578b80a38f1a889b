"""Forms of organisation life and of visits. They parse; the actions say what is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet

from branches.life.facts import COUNTS, NAMES, TALKS, LifeFacts, facts_of
from branches.life.marks import ListedForm
from branches.models import (
    ExpectedLife,
    LifeKind,
    LifeRecord,
    LifeState,
    Mark,
    ObligationEdition,
    PartyGroup,
)
from common import clock
from common.formpages import ActionForm, VersionedForm
from common.listing import FilterForm
from common.periods import period_of

YEARS_BACK = 5
QUARTERS = tuple((str(n), f"第{word}季度") for n, word in enumerate("一二三四", 1))


def _text(label: str, most: int, rows: int, **options: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=most, required=False, widget=widget, **options)


def _count(label: str, hint: str = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=0, max_value=100_000, required=False, help_text=hint
    )


class LifeValues(ListedForm):
    """What a record says. Only kind and day are asked by the form itself."""

    kind = forms.ChoiceField(label="种类", widget=forms.RadioSelect)
    group = forms.ModelChoiceField(
        PartyGroup.objects.none(), label="党小组", required=False, empty_label="不是党小组会"
    )
    held_on = forms.DateField(label="日期")
    place = forms.CharField(label="地点", max_length=100, required=False)
    chair_name = forms.CharField(label="主持人", max_length=50, required=False)
    also_kind = forms.ChoiceField(label="同时作为", required=False)
    expected = _count("应到人数", "已减去请假的")
    present = _count("实到人数")
    excused = _count("请假人数")
    observers = _count("列席人数")
    agenda = _text("议程", 500, 2, help_text="一句话即可")
    first_topic = forms.BooleanField(label="首项议程为第一议题", required=False)
    learning = _text("学习事项", 1000, 2)
    decision = _text("决议事项", 1000, 2)
    talks_in_committee = _count("委员之间", "对数")
    talks_with_members = _count("委员和党员之间", "对数")
    talks_between_members = _count("党员之间", "对数")

    owed: tuple[str, ...] = ()
    # Asked for by the action, unless it is 谈心谈话: one round tells everything that is missing.
    asked = (*COUNTS[:2], "agenda", "learning", "decision", *TALKS)

    def offer(
        self,
        owed: Sequence[str],
        edition: ObligationEdition | None,
        groups: QuerySet[PartyGroup],
    ) -> None:
        """Put the kinds the organisation owes first, the others after them; and its groups."""
        self.fields["group"].queryset = groups  # type: ignore[attr-defined]
        self.owed = tuple(owed)
        for name in self.asked:
            self.fields[name].asked = True  # type: ignore[attr-defined]
        labels = dict(LifeKind.choices)
        rest = [kind for kind in labels if kind not in owed]
        kind: Any = self.fields["kind"]
        kind.choices = [(value, labels[value]) for value in (*owed, *rest)]
        pairs = edition.together if edition else []
        second: Any = self.fields["also_kind"]
        second.choices = [
            ("", "只计一个种类"),
            *((value, labels[value]) for value in labels if any(value in pair for pair in pairs)),
        ]

    def kinds(self, owed: bool) -> list[Any]:
        """The choices of the kind that the organisation owes, or the others."""
        return [
            option for option in self["kind"] if (str(option.data["value"]) in self.owed) is owed
        ]

    @property
    def owed_kinds(self) -> list[Any]:
        """The big choices."""
        return self.kinds(True)

    @property
    def other_kinds(self) -> list[Any]:
        """What stands under 更多."""
        return self.kinds(False)

    @property
    def other_is_chosen(self) -> bool:
        """Whether 更多 must stand open."""
        return bool(self["kind"].value()) and self["kind"].value() not in self.owed

    @property
    def count_fields(self) -> list[Any]:
        """Who took part."""
        return [self[name] for name in COUNTS]

    @property
    def talk_fields(self) -> list[Any]:
        """Pairs of 谈心谈话."""
        return [self[name] for name in TALKS]


class LifeForm(ActionForm, LifeValues):
    """Filing a record."""


class CorrectLifeForm(VersionedForm, LifeValues):
    """Putting a record right."""

    @staticmethod
    def values_of(record: LifeRecord) -> dict[str, Any]:
        """The record's present values."""
        values = {name: getattr(record, name) for name in (*NAMES, "row_version")}
        return values | {"attendees": dict(facts_of(record).attendees)}

    def note_conflict(self, *, again: bool = True) -> None:
        """The list as a whole: it has no one value to set beside another."""
        super().note_conflict(again=again)
        self.errors.pop("all_present", None)
        before, typed = self.initial["attendees"], dict(self.cleaned_data.get("attendees", ()))
        if before != typed:
            self.add_error("attendees", f"当前名单为{_said(before)}，您标记的是{_said(typed)}")


def _said(marks: Mapping[int, str]) -> str:
    """“到会 5 人、请假 1 人”."""
    counts = Counter(marks.values())
    words = [f"{mark.label} {counts[mark]} 人" for mark in Mark if counts[mark]]
    return f"“{'、'.join(words) or '空'}”"


def facts_from(values: dict[str, Any]) -> LifeFacts:
    """Cleaned values as the actions take them."""
    return LifeFacts(**{name: values[name] for name in (*NAMES, "attendees")})


class ReasonForm(VersionedForm):
    """A step with a reason: withdrawing, returning."""

    reason = forms.CharField(label="原因", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


def _years() -> list[tuple[str, str]]:
    this = clock.today().year
    return [(str(year), f"{year} 年") for year in range(this, this - YEARS_BACK, -1)]


class LifeFilter(FilterForm):
    """Filters of the list of records."""

    q = forms.CharField(label="内容", required=False, max_length=100)
    kind = forms.ChoiceField(
        label="种类", required=False, choices=[("", "全部种类"), *LifeKind.choices]
    )
    year = forms.ChoiceField(label="年份", required=False)
    quarter = forms.ChoiceField(label="季度", required=False, choices=[("", "全部季度"), *QUARTERS])
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部状态"), *LifeState.choices]
    )
    late = forms.ChoiceField(
        label="补录", required=False, choices=[("", "按期和补录"), ("1", "补录"), ("0", "按期")]
    )

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["year"].choices = [("", "全部年份"), *_years()]  # type: ignore[attr-defined]

    def narrow_q(self, rows: QuerySet[LifeRecord], text: str) -> QuerySet[LifeRecord]:
        """By content, organisation or society."""
        return rows.matching(text)  # type: ignore[attr-defined]

    def narrow_kind(self, rows: QuerySet[LifeRecord], kind: str) -> QuerySet[LifeRecord]:
        """Also where it is the second kind."""
        return rows.of_kind(kind)  # type: ignore[attr-defined]

    def narrow_year(self, rows: QuerySet[LifeRecord], year: str) -> QuerySet[LifeRecord]:
        """Held in that year."""
        return rows.filter(held_on__year=int(year))

    def narrow_quarter(self, rows: QuerySet[LifeRecord], quarter: str) -> QuerySet[LifeRecord]:
        """Held in that quarter, of the year chosen or of any."""
        return rows.filter(held_on__quarter=int(quarter))

    def narrow_late(self, rows: QuerySet[LifeRecord], late: str) -> QuerySet[LifeRecord]:
        """Filed in time, or later."""
        return rows.filter(is_late=late == "1")


class MatrixFilter(FilterForm):
    """Filters of the matrix of societies; year and window choose the columns' periods."""

    q = forms.CharField(label="学会", required=False, max_length=100)
    year = forms.ChoiceField(label="年份", required=False)
    window = forms.ChoiceField(
        label="期间",
        required=False,
        choices=[("", "全年已结束的期间"), *QUARTERS],
    )
    result = forms.ChoiceField(
        label="完成情况",
        required=False,
        choices=[("", "全部学会"), ("unmet", "有未完成的"), ("met", "全部完成的")],
    )

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["year"].choices = _years()  # type: ignore[attr-defined]

    def narrow_q(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        """By name, code or initials."""
        return rows.matching(text)  # type: ignore[attr-defined]

    def narrow_year(self, rows: QuerySet[Any], year: str) -> QuerySet[Any]:
        """No society leaves the list by the year."""
        return rows

    narrow_window = narrow_year

    def narrow_result(self, rows: QuerySet[Any], result: str) -> QuerySet[Any]:
        """Societies that owed something in the window, with or without anything left undone."""
        owed = ExpectedLife.objects.in_window(*self.days())
        unmet = owed.unmet().values("society_id")
        if result == "unmet":
            return rows.filter(pk__in=unmet)
        return rows.filter(pk__in=owed.values("society_id")).exclude(pk__in=unmet)

    def days(self) -> tuple[date, date]:
        """First and last day of the window, up to yesterday: a running period is not judged."""
        chosen = self.cleaned_data if self.is_valid() else {}
        today = clock.today()
        year = int(chosen.get("year") or today.year)
        quarter = int(chosen.get("window") or 0)
        month = 3 * quarter - 2 if quarter else 1
        length = "quarter" if quarter else "year"
        period = period_of(length, date(year, month, 1))
        return period.first_day, min(period.last_day, today - timedelta(days=1))


class VisitForm(ActionForm):
    """The instructor's report of a visit."""

    visited_on = forms.DateField(label="走访日期")
    work = _text("指导的工作", 1000, 3, help_text="做了什么，一两句话即可；不写个人言论")
    problems = _text("发现的问题", 1000, 2)
    advice = _text("建议", 1000, 2)


class CommentForm(ActionForm):
    """The society's comment on a visit report."""

    comment = forms.CharField(
        label="学会意见", max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class VisitFilter(FilterForm):
    """Filters of the list of visits."""

    q = forms.CharField(label="学会", required=False, max_length=100)
    year = forms.ChoiceField(label="年份", required=False)

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["year"].choices = [("", "全部年份"), *_years()]  # type: ignore[attr-defined]

    def narrow_q(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        """By society or content."""
        return rows.matching(text)  # type: ignore[attr-defined]

    def narrow_year(self, rows: QuerySet[Any], year: str) -> QuerySet[Any]:
        """Visited in that year."""
        return rows.filter(visited_on__year=int(year))

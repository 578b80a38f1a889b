"""Forms about a whole round: open it, assign assessors, post, decide."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.permissions import Role
from common.formpages import ActionForm, VersionedForm
from common.querysets import valid_on_q
from common.workdays import add_workdays
from societies.models import Federation
from starrating.closing import last_day
from starrating.models import RatingEdition, RatingEntry, RatingRound


class OpenForm(ActionForm):
    """开启评定: the year, the last days of its steps."""

    year = forms.IntegerField(label="评定年度", min_value=2000, max_value=2100)
    freeze_on = forms.DateField(
        label="测算定格日", help_text="当年的系统测算分在这一天定格，默认为次年 1 月 31 日"
    )
    apply_by = forms.DateField(label="申报截止日")
    self_by = forms.DateField(label="自评截止日", help_text="未按期自评的不定星")
    assess_by = forms.DateField(label="初评截止日")
    deliberate_by = forms.DateField(label="审议截止日")
    members = forms.IntegerField(
        label="审议委员人数",
        min_value=1,
        max_value=15,
        help_text="每家须有几名委员同意；异议由未参加首次审议的委员审议，委员宜有两倍人数",
    )
    publicity_days = forms.IntegerField(
        label="公示工作日", min_value=5, max_value=30, help_text="不少于 5 个工作日"
    )


# Days from the opening, or the freeze if that is later, to the last day of each step.
_DAYS = {"apply_by": 14, "self_by": 28, "assess_by": 49, "deliberate_by": 63}


def opening(federation: Federation, today: date) -> dict[str, Any]:
    """What the form begins with: a year that can be opened, days that follow one another.

    The freeze is 31 January of the next year (R-STAR-08); last days fall on working days.
    """
    year = _year(federation, today)
    freeze = date(year + 1, 1, 31)
    first = max(today, freeze)
    days = {name: add_workdays(first + timedelta(days=n), 0).day for name, n in _DAYS.items()}
    return {"year": year, "freeze_on": freeze, **days, "members": 2, "publicity_days": 5}


def _year(federation: Federation, today: date) -> int:
    """The last year that is over, if it has a standard and no round of it or a later one stands;
    else the running one, else that."""
    rounds = RatingRound.objects.filter(federation=federation)
    newest = rounds.order_by("-year").values_list("year", flat=True).first() or 0
    for year in (today.year - 1, today.year):
        standard = RatingEdition.objects.valid_on(last_day(year)).filter(federation=federation)
        if year > newest and standard.exists():
            return year
    return today.year - 1


class PersonField(forms.ModelChoiceField):
    """Users by their full name."""

    def label_from_instance(self, obj: Any) -> str:
        """张某某."""
        return str(obj.full_name)


class EntriesField(forms.ModelMultipleChoiceField):
    """Entries by the name of their society."""

    def label_from_instance(self, obj: Any) -> str:
        """示例光学学会（李某某）."""
        held = f"（{obj.assessor.full_name}）" if obj.assessor else ""
        return f"{obj.society.name}{held}"


class AssignForm(ActionForm):
    """分派: one assessor, some societies."""

    user = PersonField(label="初评人", queryset=User.objects.none())
    entries = EntriesField(
        label="学会",
        queryset=RatingEntry.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text="已申报、尚未初评的学会；括号内为现初评人",
    )

    def __init__(
        self,
        *args: Any,
        people: QuerySet[User],
        rows: QuerySet[RatingEntry],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = people  # type: ignore[attr-defined]
        self.fields["entries"].queryset = rows  # type: ignore[attr-defined]


def candidates(chosen: RatingRound, by: User, on: date) -> QuerySet[User]:
    """Who may be an assessor: the committee's assessors of any time, and its present reviewers.

    by: who assigns, and so is none of them.
    """
    mine = Q(appointments__federation=chosen.federation_id)
    assessors = mine & Q(appointments__role=Role.ASSESSOR)
    reviewers = mine & Q(appointments__role=Role.COMMITTEE_REVIEWER)
    reviewers &= valid_on_q(on, prefix="appointments__")
    found = User.objects.filter(assessors | reviewers, is_active=True)
    return found.exclude(pk=by.pk).distinct().order_by("full_name", "pk")


class RoundForm(VersionedForm):
    """A button of the round."""


class DecideForm(VersionedForm):
    """评定 with its document number."""

    recorded = False

    number = forms.CharField(label="评定文号", max_length=60, help_text="如 科社党〔2027〕8号")

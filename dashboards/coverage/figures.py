"""Which day the dashboard shows, and every figure it prints.

Two queries for any number of societies: stored aggregates of the days needed, and, for 即时数, the
live rows summed by discipline class.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, Min, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce, JSONObject

from accounts.permissions import Permission
from common.periods import add_months, month_end, month_ends
from coverage.display import rate
from coverage.models import (
    CoverageEdition,
    CoverageRevision,
    CoverageSnapshot,
    CoverageTarget,
    FigureState,
    Indicator,
    LiveCoverage,
    LiveDay,
)
from societies.access import Actor

WHOLE = ""
BY_CLASS = "discipline_class"
# Half a year before the first target (003§5) the trend begins.
TREND_FROM = date(2016, 6, 30)
SPARK_MONTHS = 12
GOAL = ("indicator", "due_on", "numerator", "denominator", "source")


@dataclass(frozen=True)
class Figure:
    """An aggregate: covered and total units, of how many societies (owners)."""

    state: str
    covered: int
    total: int
    owners: int

    @property
    def missing(self) -> int:
        """Uncovered units: the length of the gap list (R-COV-03)."""
        return self.total - self.covered

    @property
    def percent(self) -> float | None:
        """For charts, guarded and rounded as printed (R-COV-04, D-20); None without a value."""
        if self.state != FigureState.VALUE:
            return None
        return float(rate(self.covered, self.total).rstrip("%"))


Key = tuple[date, str, str]


@dataclass(frozen=True)
class Board:
    """The day shown and its figures.

    revision: the newest frozen day as shown, None before the first night. edition: the definitions
    it was counted by. on: the as-of day of the figures; None if there are none. group: a discipline
    class, or WHOLE. remarks: day → its published revision with the reason, where it is not the
    first (R-COV-02).
    """

    actor: Actor
    revision: CoverageRevision | None
    live_day: LiveDay | None
    edition: CoverageEdition | None
    is_live: bool
    on: date | None
    group: str
    figures: dict[Key, Figure]
    targets: list[CoverageTarget]
    remarks: dict[date, str] = field(default_factory=dict)

    @property
    def remark(self) -> str:
        """Of the newest frozen day."""
        return self.remarks.get(self.revision.on, "") if self.revision else ""

    @property
    def revised_months(self) -> list[tuple[date, str]]:
        """Month-ends of the cards that are shown by a later revision, newest first."""
        days = months_before(self.on) if self.on else []
        return [(day, self.remarks[day]) for day in reversed(days) if day in self.remarks]

    def figure(
        self, indicator: str, group: str | None = None, on: date | None = None
    ) -> Figure | None:
        """A figure of the shown day and group, or of others."""
        day = on or self.on
        if day is None:
            return None
        return self.figures.get((day, self.group if group is None else group, indicator))

    def days(self, days: Iterable[date]) -> list[date]:
        """Those of the days that have figures of the shown group."""
        return [day for day in days if (day, self.group, Indicator.ORG.value) in self.figures]


def half_year_ends(last: date) -> list[date]:
    """30 June and 31 December from the trend's beginning to `last`."""
    return [day for day in month_ends(TREND_FROM, last) if day.month in (6, 12)]


def months_before(on: date) -> list[date]:
    """The last twelve month-ends before a day."""
    first = month_end(add_months(on.replace(day=1), -SPARK_MONTHS))
    return [day for day in month_ends(first, on) if day < on]


def newest_revision(actor: Actor) -> CoverageRevision | None:
    """The newest frozen day as pages show it, with its edition and the federation's live day.

    Annotated in the same query, for the page's budget: `waiting`, revisions that nobody published
    yet; `frozen_days` and `first_day`, how many days are frozen and the earliest; `goals`, the
    edition's targets (`targets_of`).
    """
    rows = CoverageRevision.objects.visible_to(actor)
    waiting = rows.waiting().order_by().values("federation").annotate(n=Count("pk"))
    frozen = rows.filter(shown=True).order_by().values("federation")
    goals = CoverageTarget.objects.visible_to(actor).filter(edition=OuterRef("edition"))
    found: CoverageRevision | None = (
        rows.filter(shown=True)
        .select_related("edition", "federation__liveday")
        .annotate(
            waiting=Coalesce(Subquery(waiting.values("n")), 0),
            frozen_days=Coalesce(Subquery(frozen.annotate(n=Count("pk")).values("n")), 0),
            first_day=Subquery(frozen.annotate(first=Min("on")).values("first")),
            goals=ArraySubquery(goals.values(goal=JSONObject(**{name: name for name in GOAL}))),
        )
        .order_by("-on")
        .first()
    )
    return found


def load(actor: Actor, *, live: bool = False, group: str = WHOLE) -> Board:
    """Everything the dashboard prints about figures, for the whole or one discipline class."""
    revision: Any = newest_revision(actor)
    if revision is None:
        return _before_the_first_night(actor, group)
    live_day = getattr(revision.federation, "liveday", None)
    is_live = _may_be_live(actor, live, live_day)
    on = live_day.on if is_live and live_day else revision.on
    targets = targets_of(revision)
    figures, remarks = _frozen(actor, revision.on, on, group, targets)
    if is_live:
        figures |= _live(actor, on)
    edition = revision.edition
    return Board(actor, revision, live_day, edition, is_live, on, group, figures, targets, remarks)


def _before_the_first_night(actor: Actor, group: str) -> Board:
    """Nothing is frozen: the live figures are all there is; else dashes that say why."""
    live_day = LiveDay.objects.visible_to(actor).first()
    is_live = _may_be_live(actor, True, live_day)
    on = live_day.on if is_live and live_day else None
    editions = CoverageEdition.objects.visible_to(actor)
    edition = editions.valid_on(on).first() if on else editions.first()
    targets = list(CoverageTarget.objects.visible_to(actor).filter(edition=edition))
    figures = _live(actor, on) if on else {}
    return Board(actor, None, live_day, edition, is_live, on, group, figures, targets)


def _may_be_live(actor: Actor, live: bool, live_day: LiveDay | None) -> bool:
    """Live rows are societies' rows: readers of aggregates only have the frozen figures."""
    return bool(live and live_day and actor.may_any(Permission.SOCIETY_VIEW))


def targets_of(revision: Any) -> list[CoverageTarget]:
    """The targets that `newest_revision` read with the revision."""
    return [
        CoverageTarget(**goal | {"due_on": goal["due_on"] and date.fromisoformat(goal["due_on"])})
        for goal in revision.goals
    ]


def _frozen(
    actor: Actor, newest: date, on: date, group: str, targets: list[CoverageTarget]
) -> tuple[dict[Key, Figure], dict[date, str]]:
    """Published figures of the days of trend, sparks and targets, all classes of the newest; and
    what is to be said of days shown by a later revision.
    """
    days = {newest, *half_year_ends(newest), *months_before(on)}
    days |= {target.due_on for target in targets if target.due_on}
    narrowed = Q(dimension=BY_CLASS, value=group) if group else Q(dimension="all")
    today = Q(on=newest, dimension__in=["all", BY_CLASS])
    rows = CoverageSnapshot.objects.visible_to(actor).shown().filter(on__in=days)
    revision = ("revision__number", "revision__publication__reason")
    fields = ("on", *revision, "value", "indicator", "state", "covered", "total", "owners")
    figures, remarks = {}, {}
    for day, number, reason, *key, state, covered, total, owners in rows.filter(
        narrowed | today
    ).values_list(*fields):
        figures[day, key[0], key[1]] = Figure(state, covered, total, owners)
        if reason:
            remarks[day] = f"第 {number} 版修订：{reason}"
    return figures, remarks


def _live(actor: Actor, on: date) -> dict[Key, Figure]:
    """The live rows in scope, summed by class and over all."""
    sums = (
        LiveCoverage.objects.visible_to(actor)
        .values("indicator", group=F("society__discipline_class"))
        .annotate(covered_units=Sum("covered"), total_units=Sum("total"), societies=Count("pk"))
        .order_by()
    )
    counts = {(name.value, WHOLE): [0, 0, 0] for name in Indicator}
    for row in sums:
        numbers = (row["covered_units"], row["total_units"], row["societies"])
        counts[row["indicator"], row["group"]] = list(numbers)
        whole = counts[row["indicator"], WHOLE]
        for place, number in enumerate(numbers):
            whole[place] += number
    return {
        (on, group, indicator): Figure(_state(total), covered, total, owners)
        for (indicator, group), (covered, total, owners) in counts.items()
    }


def _state(total: int) -> str:
    return FigureState.VALUE if total else FigureState.NOT_APPLICABLE

"""Lines read from organisation life: A1, C1…C10, and the veto V3 (R-LIFE-02, -10, R-STAR-10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import (
    Avg,
    Count,
    DecimalField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Greatest, Least

from branches.models import ExpectedLife, LifeKind, LifeRecord, OrganisationService
from common.computing import Select
from starrating.formulas.base import NoParams, ParamError, Result, Window, one, only
from starrating.formulas.tiers import one_if

Societies = QuerySet[Any]
_EXACT = DecimalField(max_digits=60, decimal_places=30)


@dataclass(frozen=True)
class Kinds:
    """Which kinds of organisation life a line is about."""

    kinds: tuple[str, ...]

    def __post_init__(self) -> None:
        only("kinds", self.kinds, LifeKind.values)


def compliance(societies: Societies, window: Window, params: Kinds) -> Result:
    """C1…C6, C8, C9: Σ min(held, required) / Σ required of the whole periods in the window.

    A row for each organisation that owed something; no row: 不适用 (R-LIFE-02).
    """
    owed = ExpectedLife.objects.in_window(window.first, window.last).of_kinds(params.kinds)
    rows = owed.filter(society__in=societies).summed("society_id", "organisation_id")
    return rows.annotate(owner=F("society_id"), part=F("organisation_id"))


def _served(records: QuerySet[Any], society: Q) -> QuerySet[Any]:
    """Records joined to each society that the organisation served on the day, once (R-LIFE-10).

    society: narrows `organisation__services__society`. One call of filter, so that all of it is
    about the same link.
    """
    standing = Q(organisation__services__valid_from__lte=F("held_on")) & (
        Q(organisation__services__valid_to__isnull=True)
        | Q(organisation__services__valid_to__gt=F("held_on"))
    )
    # An organisation may serve two units of a society; the first link stands for both.
    earlier = OrganisationService.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=OuterRef("held_on")),
        organisation=OuterRef("organisation"),
        society=OuterRef("organisation__services__society"),
        valid_from__lte=OuterRef("held_on"),
        pk__lt=OuterRef("organisation__services__pk"),
    )
    return records.filter(society, standing, ~Exists(earlier.order_by())).order_by()


_MINE = Q(organisation__services__society=OuterRef("pk"))


@dataclass(frozen=True)
class Attendance:
    """kinds: of which meetings. least, span: from how many percent on, over how many more."""

    kinds: tuple[str, ...]
    least: int
    span: int

    def __post_init__(self) -> None:
        only("kinds", self.kinds, LifeKind.values)
        if not self.span or self.least + self.span > 100:
            raise ParamError("span", "参数 span 须大于 0，与 least 之和不超过 100")


def attendance(societies: Societies, window: Window, params: Attendance) -> Result:
    """C10: clip((mean attendance − 0.6) / 0.3), a row for each organisation that met.

    Attendance of an event: present / expected, excused members left out (R-LIFE-04). Counted are
    all whom the meeting called: nobody's relation lies in a 学会党委, so the record's counts, which
    follow from its list where there is one, say everything.
    """
    held = LifeRecord.objects.counting().filter(
        kind__in=params.kinds, held_on__range=(window.first, window.last), expected__gt=0
    )
    percent = Cast("present", _EXACT) * Value(100) / F("expected")
    above = Avg(percent, output_field=_EXACT) - Value(params.least)
    return (
        _served(held, Q(organisation__services__society__in=societies))
        .values("organisation__services__society_id", "organisation_id")
        .annotate(
            owner=F("organisation__services__society_id"),
            part=F("organisation_id"),
            num=Greatest(Least(above, Value(params.span)), Value(0), output_field=_EXACT),
            den=Value(params.span, IntegerField()),
        )
    )


# Events held for a society, then the lists of those that have one: of its own members, those whose
# relation lay in the organisation that day (trap 4), once confirmed. Lists are read once for all.
_BY_NAME = """
WITH held AS MATERIALIZED (
    SELECT DISTINCT v.society_id, l.id, l.organisation_id, l.held_on, l.present, l.expected
    FROM branches_liferecord l JOIN branches_organisationservice v
      ON v.organisation_id = l.organisation_id AND v.valid_from <= l.held_on
     AND (v.valid_to IS NULL OR v.valid_to > l.held_on)
    WHERE l.state = 'filed' AND l.expected > 0 AND l.kind = ANY (%s)
      AND l.held_on BETWEEN %s AND %s AND v.society_id IN ({societies})),
listed AS MATERIALIZED (
    SELECT a.record_id, a.society_id,
           count(f.id) FILTER (WHERE a.mark <> 'excused') AS expected,
           count(f.id) FILTER (WHERE a.mark = 'present') AS present
    FROM (SELECT DISTINCT id, organisation_id, held_on FROM held) h
    JOIN branches_attendance a ON a.record_id = h.id
    JOIN branches_partymember m ON m.id = a.member_id
    LEFT JOIN branches_affiliation f ON f.member_id = a.member_id
     AND f.organisation_id = h.organisation_id AND m.first_confirmed_on IS NOT NULL
     AND f.valid_from <= h.held_on AND (f.valid_to IS NULL OR f.valid_to > h.held_on)
    GROUP BY a.record_id, a.society_id),
rate AS (
    SELECT h.society_id, h.organisation_id, CASE WHEN t.record_id IS NULL
           THEN h.present::numeric(60,30) * 100 / h.expected
           ELSE t.present::numeric(60,30) * 100 / NULLIF(t.expected, 0) END AS percent
    FROM held h LEFT JOIN listed t ON t.record_id = h.id AND t.society_id = h.society_id
    WHERE t.record_id IS NOT NULL OR h.id NOT IN (SELECT record_id FROM listed))
SELECT society_id, GREATEST(LEAST(avg(percent) - %s, %s), 0)::numeric(60,30), %s::int,
       organisation_id
FROM rate GROUP BY society_id, organisation_id HAVING count(percent) > 0"""


def attendance_here(societies: Societies, window: Window, params: Attendance) -> Select:
    """C7: as `attendance`, of the members whose relation is in the organisation (trap 4).

    Read from the list of names where the record has one, of the society's own members (R-LIFE-10):
    a list tells who is counted elsewhere already. Without a list from the record's counts, which is
    all it says; the list stays optional (R-LIFE-06). A list on which nobody of them was expected
    says nothing of them, and the event leaves the mean.
    """
    try:
        sql, args = societies.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        sql, args = "SELECT NULL::bigint", ()
    days = (list(params.kinds), window.first, window.last)
    scale = (params.least, params.span, params.span)
    return Select(_BY_NAME.format(societies=sql), (*days, *args, *scale), ("part",))


@dataclass(frozen=True)
class FirstTopic:
    """kind: the meetings concerned. grace_days: how long after the year a record still counts."""

    kind: str
    grace_days: int

    def __post_init__(self) -> None:
        only("kind", (self.kind,), LifeKind.values)


def first_topic(societies: Societies, window: Window, params: FirstTopic) -> Result:
    """A1: meetings whose first item is flagged ÷ max(meetings, required by the matrix) (EX-13)."""
    until = window.last.replace(month=12, day=31) + timedelta(days=params.grace_days)
    held = LifeRecord.objects.counting().filter(
        kind=params.kind, held_on__range=(window.first, window.last), counted_on__lte=until
    )
    counted = _served(held, _MINE).values("organisation__services__society")
    meetings = counted.annotate(n=Count("pk")).values("n")
    flagged = counted.annotate(n=Count("pk", filter=Q(first_topic=True))).values("n")
    owed = ExpectedLife.objects.in_window(window.first, window.last).of_kinds([params.kind])
    required = owed.filter(society=OuterRef("pk")).order_by().values("society")
    return societies.annotate(
        num=Coalesce(Subquery(flagged), 0),
        den=Greatest(
            Coalesce(Subquery(meetings), 0),
            Coalesce(Subquery(required.annotate(n=Sum("required")).values("n")), 0),
            output_field=IntegerField(),
        ),
    )


def no_life(societies: Societies, window: Window, params: NoParams) -> Result:
    """V3: organisation life is owed in the window, and none at all is recorded."""
    owed = ExpectedLife.objects.in_window(window.first, window.last).filter(society=OuterRef("pk"))
    held = LifeRecord.objects.counting().filter(held_on__range=(window.first, window.last))
    bare = Q(Exists(owed.order_by())) & ~Q(Exists(_served(held, _MINE)))
    return societies.annotate(num=one_if(bare), den=one())

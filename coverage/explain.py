"""昨夜为什么变了: the facts behind a change between two frozen days (D-6, R-COV-08).

Read from the dated facts that begin or end on the day, and from the change log for facts that
bear on an earlier day and were recorded since the night before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from branches.models import (
    OrganisationService,
    OrganisationSuspension,
    PartyOrganisation,
    Posting,
)
from coverage.evidence import work_records
from coverage.models import NightRun, SocietyCoverage
from societies.models import Federation, Society, SocietyUnit


@dataclass(frozen=True)
class MovingFact:
    """One fact that moved a society's figures. late: recorded after its day, 补登."""

    text: str
    on: date
    late: bool = False


@dataclass(frozen=True)
class Source:
    """Dated facts of one model.

    begin, end: columns of the day from which the fact holds, and no longer holds. name: what the
    fact is called; society: the path to the societies it moves.
    """

    model: Any
    name: Callable[[Any], str]
    begin: str
    end: str
    begins: str
    ends: str
    society: str = "society_id"
    related: tuple[str, ...] = ()


SOURCES: tuple[Source, ...] = (
    Source(
        PartyOrganisation,
        lambda o: o.name,
        "established_on",
        "dissolved_on",
        "成立",
        "撤销生效",
        society="services__society_id",
    ),
    Source(
        OrganisationService,
        lambda s: f"{s.organisation.name}与{s.unit.name}",
        "valid_from",
        "valid_to",
        "建立覆盖关系",
        "覆盖关系结束",
        related=("organisation", "unit"),
    ),
    Source(
        OrganisationSuspension,
        lambda s: s.organisation.name,
        "valid_from",
        "valid_to",
        "暂停",
        "恢复",
        society="organisation__services__society_id",
        related=("organisation",),
    ),
    Source(SocietyUnit, lambda u: u.name, "valid_from", "valid_to", "设立", "撤销"),
    Source(
        Posting,
        lambda p: f"{p.get_kind_display()}{p.person_name}",
        "valid_from",
        "valid_to",
        "派驻开始",
        "派驻结束",
    ),
    Source(Society, lambda s: s.name, "joined_on", "left_on", "加入", "退出", society="pk"),
    Source(
        Society,
        lambda s: s.name,
        "deregistered_on",
        "deregistered_on",
        "注销（撤销）",
        "注销（撤销）",
        society="pk",
    ),
)


def changed_societies(federation: Federation, on: date) -> set[int]:
    """Societies whose frozen row of some indicator began or ended on a day."""
    rows = SocietyCoverage.objects.filter(society__federation=federation)
    return set(rows.filter(Q(valid_from=on) | Q(valid_to=on)).values_list("society_id", flat=True))


def explain_change(society: Society, on: date) -> list[MovingFact]:
    """Why a society's figures of a frozen day differ from the frozen day before."""
    return explain_changes(society.federation, on, [society.pk])[society.pk]


def explain_changes(
    federation: Federation, on: date, societies: Collection[int] | None = None
) -> dict[int, list[MovingFact]]:
    """society id → facts, for the changed societies of a night or those named.

    A fixed number of queries. A society may be left without a fact: then the edition changed, or
    the day is the first one frozen.
    """
    ids = changed_societies(federation, on) if societies is None else set(societies)
    found: dict[int, set[MovingFact]] = {pk: set() for pk in ids}
    since, until = _window(federation, on)
    for source in SOURCES:
        for pk, fact in _on_the_day(source, ids, since, on):
            found[pk].add(fact)
        if since and until:
            for pk, fact in _recorded_late(source, ids, since, until, on):
                found[pk].add(fact)
    for pk, (words, day, begun) in work_records(federation, ids, on).items():
        late = begun and since is not None and day < since.on
        found[pk].add(MovingFact(words, day, late))
    return {pk: sorted(facts, key=lambda f: (f.on, f.text)) for pk, facts in found.items()}


@dataclass(frozen=True)
class _Before:
    """The frozen day before a night, and the moment of its facts."""

    on: date
    computed_at: datetime


def _window(federation: Federation, on: date) -> tuple[_Before | None, datetime | None]:
    runs = NightRun.objects.frozen().filter(federation=federation)
    before = runs.filter(on__lt=on).order_by("-on").first()
    this = runs.filter(on=on).first()
    return (
        _Before(before.on, before.computed_at) if before else None,
        this.computed_at if this else None,
    )


def _on_the_day(
    source: Source, ids: Collection[int], before: _Before | None, on: date
) -> Iterable[tuple[int, MovingFact]]:
    """Facts that begin or end after the frozen day before, up to the day."""
    first = before.on if before else on
    days = {"__gt": first, "__lte": on} if before else {"": on}
    for column, verb in ((source.begin, source.begins), (source.end, source.ends)):
        within = {f"{column}{lookup}": day for lookup, day in days.items()}
        for row, society_id in _with_society(source, source.model.objects.filter(**within), ids):
            yield society_id, _fact(source, row, column, verb)


def _recorded_late(
    source: Source, ids: Collection[int], before: _Before, until: datetime, on: date
) -> Iterable[tuple[int, MovingFact]]:
    """Facts of an earlier day whose date the change log first shows after the night before."""
    log = source.model.pgh_event_model.objects
    touched = log.filter(pgh_created_at__gt=before.computed_at, pgh_created_at__lte=until)
    objects = touched.values("pgh_obj_id")
    known = log.filter(pgh_obj_id__in=objects, pgh_created_at__lte=before.computed_at)
    for column, verb in ((source.begin, source.begins), (source.end, source.ends)):
        latest = known.order_by("pgh_obj_id", "-pgh_id").distinct("pgh_obj_id")
        then = dict(latest.values_list("pgh_obj_id", column))
        rows = source.model.objects.filter(pk__in=objects, **{f"{column}__lte": before.on})
        for row, society_id in _with_society(source, rows, ids):
            if then.get(row.pk) != getattr(row, column):
                yield society_id, _fact(source, row, column, verb, late=True)


def _fact(source: Source, row: Any, column: str, verb: str, late: bool = False) -> MovingFact:
    return MovingFact(f"{source.name(row)}：{verb}", getattr(row, column), late)


def _with_society(source: Source, rows: Any, ids: Collection[int]) -> Iterable[tuple[Any, int]]:
    narrowed = rows.filter(**{f"{source.society}__in": ids})
    pairs: dict[int, set[int]] = defaultdict(set)
    for pk, society_id in narrowed.values_list("pk", source.society):
        pairs[pk].add(society_id)
    for row in source.model.objects.filter(pk__in=list(pairs)).select_related(*source.related):
        for society_id in pairs[row.pk] & set(ids):
            yield row, society_id

"""What the portal knows about an item when a check starts: a text, its source, its day (R-SUP-04).

Counts and days only, no names: the answers are read by the lead and the committee as well. The day
is that of the latest record behind the text, or of the reading where there is none. 经费 and 场所
are asked for on site: no table of the portal holds them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from datetime import date
from typing import Any

from django.db.models import Max, Q, QuerySet, Sum

from branches.models import (
    ExpectedLife,
    LifeKind,
    LifeRecord,
    OrganisationService,
    PartyMember,
    Post,
    PostKind,
    Term,
    TermState,
)
from common.clock import day_of
from ledgers.fields import YesNo
from ledgers.models import Ledger, LedgerState
from societies.models import Society
from supervision.models.editions import ChecklistItem, Prefill

Fact = tuple[str, str, date]
WINDOW_DAYS = 365
_K = LifeKind
_MEETINGS = (_K.COMMITTEE_MEETING, _K.STUDY_GROUP, _K.DEMOCRATIC_LIFE_MEETING)
_THREE = (
    *(_K.MEMBERS_CONGRESS, _K.BRANCH_COMMITTEE_MEETING, _K.PARTY_GROUP_MEETING),
    _K.PARTY_LECTURE,
)
_APPRAISAL = (_K.ORG_LIFE_MEETING, _K.DEMOCRATIC_APPRAISAL)
_LIFE, _POSTS, _TERMS = "组织生活登记", "班子成员登记", "任期登记"
_REGISTER, _LEDGER = "党员名册", "五个清台账"


def prefill(society: Society, items: Iterable[ChecklistItem], on: date) -> dict[str, Fact]:
    """Item code → fact; items about which the portal knows nothing are left out."""
    found: dict[str, Fact] = {}
    for item in items:
        known = KNOWN.get(item.prefill)
        fact = known(society, on) if known else None
        if fact is not None:
            found[item.code] = (fact[0][:300], *fact[1:])
    return found


def _organisations(society: Society, on: date) -> QuerySet[Any, Any]:
    links = OrganisationService.objects.standing(on).filter(society=society)
    return links.order_by().values("organisation")


def _records(society: Society, on: date) -> QuerySet[LifeRecord]:
    rows = LifeRecord.objects.recent(on, WINDOW_DAYS)
    return rows.filter(organisation__in=_organisations(society, on)).order_by()


def _first_topic(society: Society, on: date) -> Fact:
    rows = _records(society, on).filter(first_topic=True)
    last = rows.aggregate(held=Max("held_on"), filed=Max("counted_on"))
    if last["held"] is None:
        return ("近 12 个月没有登记第一议题", _LIFE, on)
    return (f"近 12 个月登记第一议题 {rows.count()} 次，最近 {last['held']}", _LIFE, last["filed"])


def _life(kinds: Collection[str], *, running: bool = False) -> Callable[[Society, date], Fact]:
    """Held and owed of these kinds in periods that ended within a year, or still run."""

    def known(society: Society, on: date) -> Fact:
        first = date.fromordinal(on.toordinal() - WINDOW_DAYS)
        rows = ExpectedLife.objects.filter(society=society, last_day__gt=first)
        rows = rows.filter(first_day__lte=on) if running else rows.filter(last_day__lte=on)
        sums = rows.of_kinds(kinds).order_by().values("kind")
        said = {row["kind"]: row for row in sums.annotate(h=Sum("held"), r=Sum("required"))}
        words = [
            f"{LifeKind(kind).label} {said[kind]['h']} 次（应 {said[kind]['r']} 次）"
            for kind in kinds
            if kind in said
        ]
        of_kinds = Q(kind__in=kinds) | Q(also_kind__in=kinds)
        records = _records(society, on).filter(of_kinds)
        day = records.aggregate(day=Max("counted_on"))["day"] or on
        when = "含未到期的期间" if running else "已到期的期间"
        if words:
            return (f"近 12 个月{when}：{'，'.join(words)}", _LIFE, day)
        return (f"近 12 个月登记 {records.count()} 次", _LIFE, day)

    return known


def _posts(society: Society, on: date) -> Fact:
    posts = Post.objects.valid_on(on).filter(organisation__in=_organisations(society, on))
    rows = list(posts.order_by().values_list("kind", "valid_from"))
    if not rows:
        return ("没有在任的班子成员登记", _POSTS, on)
    counts = Counter(kind for kind, _ in rows)
    words = [f"{kind.label} {counts[kind]} 名" for kind in PostKind if counts[kind]]
    return (f"在任：{'，'.join(words)}", _POSTS, max(day for _, day in rows))


def _discipline(society: Society, on: date) -> Fact:
    posts = Post.objects.valid_on(on).filter(
        organisation__in=_organisations(society, on), kind=PostKind.DISCIPLINE_OFFICER
    )
    days = list(posts.order_by().values_list("valid_from", flat=True))
    if not days:
        return ("没有在任的纪检委员登记", _POSTS, on)
    return (f"在任纪检委员 {len(days)} 名", _POSTS, max(days))


def _term(society: Society, on: date) -> Fact:
    rows = Term.objects.current_on(on).with_state(on)
    rows = rows.filter(organisation__in=_organisations(society, on)).order_by("-elected_on")
    said = [
        (f"第 {row.term_no} 届至 {row.runs_to}（{TermState(row.state).label}）", row.elected_on)
        for row in rows[:3]
    ]
    if not said:
        return ("没有届次登记", _TERMS, on)
    return ("，".join(words for words, _ in said), _TERMS, said[0][1])


def _accepted(society: Society) -> Ledger | None:
    rows = Ledger.objects.filter(society=society, state=LedgerState.ACCEPTED)
    rows = rows.select_related("period", "operations", "members")
    return rows.order_by("-period__as_of", "-version").first()


def _ledger_day(ledger: Ledger) -> date:
    accepted = ledger.decided_at or ledger.reviewed_at
    return day_of(accepted) if accepted else ledger.period.as_of


def _ledger(society: Society, on: date) -> Fact:
    row = _accepted(society)
    if row is None:
        return ("没有已通过的台账", _LEDGER, on)
    return (
        f"{row.period.label}台账（截至 {row.period.as_of}）已通过",
        f"{_LEDGER} {row.number}"[:60],
        _ledger_day(row),
    )


def _members(society: Society, on: date) -> Fact:
    count = PartyMember.objects.counted().present_on(on).filter(society=society).count()
    row = _accepted(society)
    filed = None if row is None else row.members.total_distinct
    if row is None or filed is None:
        return (f"名册 {count} 人", _REGISTER, on)
    words = f"名册 {count} 人；台账（截至 {row.period.as_of}）{filed} 人"
    return (words, f"{_REGISTER}、{_LEDGER} {row.number}"[:60], on)


def _charter(society: Society, on: date) -> Fact | None:
    row = _accepted(society)
    if row is None or row.operations.charter_has_party_building == YesNo.MISSING:
        return None
    said = YesNo(row.operations.charter_has_party_building).label
    dated = row.operations.charter_date
    words = f"章程写入党建内容：{said}" + (f"，章程日期 {dated}" if dated else "")
    return (words, f"{_LEDGER} {row.number}"[:60], _ledger_day(row))


KNOWN: dict[str, Callable[[Society, date], Fact | None]] = {
    Prefill.FIRST_TOPIC: _first_topic,
    Prefill.MEETINGS: _life(_MEETINGS),
    Prefill.THREE_MEETINGS: _life(_THREE),
    Prefill.APPRAISAL: _life(_APPRAISAL, running=True),
    Prefill.POSTS: _posts,
    Prefill.DISCIPLINE_OFFICER: _discipline,
    Prefill.TERM: _term,
    Prefill.LEDGER: _ledger,
    Prefill.MEMBERS: _members,
    Prefill.CHARTER: _charter,
}

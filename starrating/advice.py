"""差距与改进建议: what is still owed, by due date, each with its clause (R-STAR-11, D-17).

Only what can still be done: duties whose period runs, a ledger not yet due, a term that ends, a
rectification, hours of the year, and lasting conditions. Never a record of a past event, never
points or minutes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from branches.models import ExpectedLife, OrganisationService, Term
from ledgers.models import ExpectedFiling
from societies.access import Actor
from societies.models import Society
from starrating.models import Criterion
from supervision.models import Finding, FindingState
from training.models import TrainingEdition
from training.shares import MEMBER, OFFICER, hour_shares, totals

# Lines whose open duties are listed one by one; of the others the condition itself is named.
BY_DUTY = frozenset(
    (
        *("compliance", "five_clears", "filed_on_time", "terms_on_time", "development_cases"),
        *("closed_in_time", "hours_done"),
    )
)

_HOURS = (
    (MEMBER, "安排尚未达到学时要求的党员参加学习培训，", "member_hours"),
    (OFFICER, "安排尚未达到学时要求的书记、委员参加培训，", "officer_hours"),
)


@dataclass(frozen=True)
class Advice:
    """One thing to do. due: its last day; None for a lasting condition."""

    text: str
    clause: str
    due: date | None = None


def advise(actor: Actor, society: Society, short: Iterable[Criterion], on: date) -> list[Advice]:
    """Open duties by due day, then the conditions of lines below their points; six queries."""
    duties = [
        *_findings(actor, society, on),
        *_hours(society, on),
        *_life(actor, society, on),
        *_ledgers(actor, society, on),
        *_terms(actor, society, on),
    ]
    conditions = [Advice(c.advice, c.clause) for c in short if c.formula not in BY_DUTY]
    return sorted(duties, key=lambda a: (a.due or date.max, a.text)) + conditions


def _life(actor: Actor, society: Society, on: date) -> Iterable[Advice]:
    """Organisation life of periods that still run."""
    open_now = ExpectedLife.objects.visible_to(actor).filter(society=society).open_on(on)
    for row in open_now.unmet().select_related("rule", "organisation").order_by("last_day"):
        left = row.required - row.held
        text = f"{row.organisation.name}：{row.get_kind_display()}尚缺 {left} 次"
        yield Advice(text, row.rule.clause, row.last_day)


def _findings(actor: Actor, society: Society, on: date) -> Iterable[Advice]:
    """Rectifications that wait for the society: the plan, else what was done (R-SUP-06)."""
    mine = Finding.objects.visible_to(actor).filter(society=society).open()
    for row in mine.filter(submitted_on=None).select_related("rule").order_by("pk"):
        named, clause = f"{row.code} {row.title}", row.rule.clause
        if row.plan_filed_on is None or row.state == FindingState.ACCEPTED:
            yield Advice(f"{named}：报送整改方案", clause, row.plan_due)
        if row.finish_due is not None:
            late = row.days_late(on)
            words = (
                f"整改已逾期 {late} 天，请尽快报送整改情况" if late else "完成整改，报送整改情况"
            )
            yield Advice(f"{named}：{words}", clause, row.finish_due)


def _hours(society: Society, on: date) -> Iterable[Advice]:
    """Hours that the year still asks of members and officers, without saying of whom (R-TRN-11)."""
    end = on.replace(month=12, day=31)
    edition = TrainingEdition.objects.of(society.federation_id, on.year)
    if edition is None:
        return
    short = totals(hour_shares(Society.objects.filter(pk=society.pk), end, on))
    for line, words, name in _HOURS:
        num, den = short.get((society.pk, line), (0, 0))
        if num < den:
            said = f"{words}完成全年 {getattr(edition, name).normalize():f} 学时"
            if line == OFFICER:
                said += f"，其中集中培训 {edition.officer_concentrated} 次"
            yield Advice(said, edition.clauses.get(name, ""), end)


def _ledgers(actor: Actor, society: Society, on: date) -> Iterable[Advice]:
    """Ledgers owed and not filed, while filing on time is possible."""
    owed = ExpectedFiling.objects.visible_to(actor).filter(society=society).not_filed()
    for row in owed.filter(period__due_on__gte=on).select_related("period"):
        yield Advice(f"报送{row.period.title}", "003§5(1)", row.period.due_on)


def _terms(actor: Actor, society: Society, on: date) -> Iterable[Advice]:
    """Terms near their end by the days of the obligation edition, or over (rules §2.2).

    Of the organisations that serve the society on the day.
    """
    current = Term.objects.visible_to(actor).current_on(on).with_state(on)
    serving = OrganisationService.objects.valid_on(on).filter(society=society)
    terms = current.near_the_end(on).filter(organisation__in=serving.values("organisation"))
    for term in terms.select_related("organisation"):
        late = "任期已届满，请尽快换届" if term.runs_to < on else "任期届满前换届"
        yield Advice(f"{term.organisation.name}：{late}", "任期意见第二条", term.runs_to)

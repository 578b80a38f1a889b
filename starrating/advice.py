"""差距与改进建议: what is still owed, by due date, each with its clause (R-STAR-11, D-17).

Only what can still be done: duties whose period runs, a ledger not yet due, a term that ends, and
lasting conditions. Never a record of a past event, never points or minutes.
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

# Lines whose open duties are listed one by one; of the others the condition itself is named.
BY_DUTY = frozenset(
    ("compliance", "five_clears", "filed_on_time", "terms_on_time", "development_cases")
)


@dataclass(frozen=True)
class Advice:
    """One thing to do. due: its last day; None for a lasting condition."""

    text: str
    clause: str
    due: date | None = None


def advise(actor: Actor, society: Society, short: Iterable[Criterion], on: date) -> list[Advice]:
    """Open duties by due day, then the conditions of lines below their points; three queries."""
    duties = [
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

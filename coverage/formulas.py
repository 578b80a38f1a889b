"""Indicators as set functions: societies in, `num` and `den` of each society out (rules §6).

One formula is one function; `FORMULAS` is the whole list. A changed meaning gets a new indicator.
They are SQL over shared reads: as querysets each would read units, links and organisations once
more, which took three times as long.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from branches.models import LifeRecord, Posting, VisitReport
from common.computing import Select, Shared
from coverage.models import Indicator
from coverage.reads import counted, owing, services, tiers
from ledgers.models import Ledger, LedgerPeriod
from societies.models import Society

Societies = QuerySet[Society]
_OWNER = {"owner": "bigint"}

# Only where no organisation covers does a posting decide: the evidence behind it is asked of those
# few societies alone.
_UNSERVED = """
SELECT DISTINCT p.owner FROM ({postings}) p (owner) JOIN tiers t ON t.owner = p.owner
WHERE NOT (t.council OR t.office)"""
_EVIDENT = """
SELECT u.owner FROM unserved u
JOIN service s ON s.owner = u.owner
JOIN ({records}) r (organisation, held_on) ON r.organisation = s.organisation
 AND r.held_on >= s.first AND (s.after IS NULL OR r.held_on < s.after)
UNION SELECT u.owner FROM unserved u JOIN ({visits}) v (owner) ON v.owner = u.owner"""


@dataclass(frozen=True)
class Params:
    """What an edition lets a formula vary.

    work_evidence_days: within how many days a posting must be backed by a work record; 0 asks none.
    """

    work_measures: tuple[str, ...] = ()
    work_evidence_days: int = 0


Formula = Callable[[Societies, date, Params], Select]


def org(societies: Societies, on: date, params: Params) -> Select:
    """ORG: an organisation covers the council or the secretariat."""
    return Select(
        "SELECT owner, (council OR office)::int, 1 FROM tiers", uses=(tiers(societies, on),)
    )


def org_t1(societies: Societies, on: date, params: Params) -> Select:
    """ORG_T1: the council is covered; every society of the universe has one council."""
    return Select("SELECT owner, council::int, 1 FROM tiers", uses=(tiers(societies, on),))


def org_t2(societies: Societies, on: date, params: Params) -> Select:
    """ORG_T2: the secretariat is covered; not applicable without a living one (R-FED-03)."""
    sql = "SELECT owner, office::int, has_office::int FROM tiers"
    return Select(sql, uses=(tiers(societies, on),))


def org_t3(societies: Societies, on: date, params: Params) -> Select:
    """ORG_T3: how many of the society's branches are covered; `gap` holds the uncovered ones."""
    sql = """
        SELECT owner, covered_branches, branches,
               (SELECT array_agg(unit ORDER BY unit) FROM unnest(gap) unit)
        FROM tiers"""
    return Select(sql, columns=("owner", "num", "den", "gap"), uses=(tiers(societies, on),))


def work(societies: Societies, on: date, params: Params) -> Select:
    """WORK: covered by organisation, or a posting that gives work coverage in the edition.

    From the day an edition asks for evidence, the posting counts only with a work record of the
    society in the last days: organisation life, 传达学习, or the instructor's visit (rules §6.5).
    """
    sql = """
        SELECT t.owner, (t.council OR t.office OR p.owner IS NOT NULL)::int, 1
        FROM tiers t LEFT JOIN posted p ON p.owner = t.owner"""
    return Select(sql, uses=(tiers(societies, on), _posted(societies, on, params)))


def _posted(societies: Societies, on: date, params: Params) -> Shared:
    """Societies with a posting that counts, of those that no organisation covers."""

    def postings() -> tuple[str, tuple[Any, ...]]:
        rows = Posting.objects.valid_on(on).filter(
            society__in=societies, kind__in=params.work_measures
        )
        sql, args = rows.order_by().values_list("society_id").query.sql_with_params()
        return _UNSERVED.format(postings=sql), args

    def evident() -> tuple[str, tuple[Any, ...]]:
        days = params.work_evidence_days
        records = LifeRecord.objects.recent(on, days).order_by()
        visits = VisitReport.objects.evidence(on, days).filter(society__in=societies).order_by()
        record, a = records.values_list("organisation_id", "held_on").query.sql_with_params()
        visit, b = visits.values_list("society_id").query.sql_with_params()
        return _EVIDENT.format(records=record, visits=visit), (*a, *b)

    unserved = Shared("unserved", _OWNER, postings, (tiers(societies, on),))
    if not params.work_evidence_days:
        return Shared("posted", _OWNER, lambda: ("SELECT owner FROM unserved", ()), (unserved,))
    return Shared("posted", _OWNER, evident, (unserved, services(societies, on)))


def five_clears(societies: Societies, on: date, params: Params) -> Select:
    """FIVE_CLEARS: the society is 五清 (R-LED-02).

    Counts societies that owed the latest ledger whose due day has passed, and those clear without
    owing one; not applicable to others, and to all before the first due day.
    """
    sql = """
        SELECT c.owner, (k.owner IS NOT NULL)::int,
               (o.owner IS NOT NULL OR k.owner IS NOT NULL)::int
        FROM counted c LEFT JOIN clear_society k ON k.owner = c.owner
        LEFT JOIN owing_society o ON o.owner = c.owner"""
    return Select(sql, uses=(counted(societies), _clear(societies, on), owing(societies, on)))


def _clear(societies: Societies, on: date) -> Shared:
    """Societies at 5/5, once a due day of their federation has passed."""

    def build() -> QuerySet[Any]:
        due = LedgerPeriod.objects.required_on(on).filter(
            federation=OuterRef("society__federation_id"), due_on__lt=on
        )
        rows = Ledger.objects.clearing(on).filter(Exists(due.order_by()), society__in=societies)
        return rows.order_by().values_list("society_id").distinct()

    return Shared("clear_society", _OWNER, build)


FORMULAS: tuple[tuple[Indicator, Formula], ...] = (
    (Indicator.ORG, org),
    (Indicator.ORG_T1, org_t1),
    (Indicator.ORG_T2, org_t2),
    (Indicator.ORG_T3, org_t3),
    (Indicator.WORK, work),
    (Indicator.FIVE_CLEARS, five_clears),
)


def figures_of(societies: Societies, on: date, params: Params) -> dict[str, Select]:
    """Every indicator over these societies, as `common.computing.compute` takes them."""
    return {name.value: formula(societies, on, params) for name, formula in FORMULAS}

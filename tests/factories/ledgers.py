"""Periods and ledgers. Ledgers reach their state by the ordinary actions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from accounts.permissions import Role
from common.clock import start_of
from ledgers import actions
from ledgers.actions.words import NEEDS_WORDS
from ledgers.catalogue import SINGLE
from ledgers.changes import longest_unchanged
from ledgers.checks import run_checks
from ledgers.loading import load_snapshot
from ledgers.models import Ledger, LedgerPeriod, LedgerState, Section
from societies.access import Actor
from societies.models import Federation, Society
from tests.factories.societies import make_actor

AS_OF = date(2026, 6, 30)

# A small society without contradictions: two Party members in the secretariat, relations elsewhere.
OPERATIONS = {
    "annual_income": "1864020.50",
    "total_assets": "2310240",
    "net_assets": "1920480",
    "individual_members": "560",
    "group_members": "16",
    "journals_count": "2",
    "awards_count": "0",
    "society_branch_count": "0",
    "society_branch_inactive_count": "0",
    "society_term_no": "10",
    "term_start": "2024-03",
    "term_end": "2029-03",
    "reelected_on_time": "yes",
    "council_meetings_count": "1",
    "standing_council_meetings_count": "2",
    "council_held_on_time": "yes",
    "standing_council_held_on_time": "yes",
    "business_normal": "yes",
    "last_annual_inspection": "passed",
    "last_annual_inspection_year": "2015",
    "evaluation_grade": "none",
    "charter_has_party_building": "yes",
    "charter_date": "2015-06-17",
    "support_type": "none",
    "business_supervisor": "中国科协",
    "legal_person_registered": "yes",
    "uscc": "511000005000100025",
    "office_address": "示例市学院路 3 号",
}
STAFF = {
    "council_members": "58",
    "standing_council_members": "15",
    "supervisors": "3",
    "society_branch_leaders": "0",
    "secretariat_exists": "yes",
    "secretariat_staff": "7",
    "full_time_staff": "6",
    "part_time_staff": "1",
    "established_post_staff": "2",
    "retired_rehired": "1",
    "contract_staff": "3",
    "seconded_staff": "0",
    "retired": "2",
    "women": "4",
    "aged_35_or_under": "2",
    "aged_61_or_over": "1",
    "education_doctor": "1",
    "education_master": "2",
    "education_bachelor": "4",
    "education_college": "0",
    "education_other": "0",
    "union_established": "yes",
    "league_established": "not_applicable",
    "women_org_established": "no",
}
MEMBERS = {
    "council_party_members": "30",
    "standing_council_party_members": "9",
    "supervisor_party_members": "2",
    "secretariat_party_members": "2",
    "secretariat_full_members": "2",
    "secretariat_relation_here": "0",
    "full_time_pm": "2",
    "established_post_pm": "1",
    "rehired_pm": "0",
    "contract_pm": "1",
    "seconded_pm": "0",
    "society_branch_leader_pm": "0",
    "other_relation_here": "0",
    "total_distinct": "34",
    "full_members": "33",
    "probationary_members": "1",
    "relation_here": "0",
    "relation_at_supporting_unit": "0",
    "relation_elsewhere": "34",
    "floating_members_na": "1",
    "active_party_members": "12",
    "transferred_in": "0",
    "transferred_out": "0",
    "disposed": "0",
}
SECRETARY_GENERAL = {
    "post": "secretary_general",
    "name": "赵某某",
    "sex": "1",
    "birth_year": "1970",
    "political_status": "13",
    "work_unit": "示例学会",
    "professional_title": "研究员",
    "academician": "no",
    "term_from": "2016-03-01",
    "full_time": "yes",
    "concurrent_posts_count": "0",
    "legal_representative": "yes",
}
DEVELOPMENT = {
    "applicants": "0",
    "activists": "0",
    "development_targets": "0",
    "developed_this_year": "0",
    "converted_this_year": "0",
}
REASON = {
    "primary_reason": "NE01",
    "party_members_available": "2",
    "responsible_post": "秘书处主任",
    "planned_establish_on": "2027-12-31",
    "last_followed_up_on": "2016-06-01",
}
MEASURE = {"code": "GM02", "measure_from": "2016-06-01"}


@dataclass(frozen=True)
class Cast:
    """The people of one ledger: four different users."""

    clerk: Actor
    secretary: Actor
    reviewer: Actor
    leader: Actor


def make_cast(society: Society) -> Cast:
    """Clerk, secretary, reviewer, leader."""
    return Cast(
        clerk=make_actor(Role.SOCIETY_CLERK, society),
        secretary=make_actor(Role.SOCIETY_SECRETARY, society),
        reviewer=make_actor(Role.COMMITTEE_REVIEWER, society.federation),
        leader=make_actor(Role.COMMITTEE_LEADER, society.federation),
    )


def moment(day: date, clock: str = "10:00") -> datetime:
    """A moment of a Shanghai day."""
    hour, minute = map(int, clock.split(":"))
    return start_of(day).replace(hour=hour, minute=minute)


def make_period(
    federation: Federation, as_of: date = AS_OF, *, opened: bool = True
) -> LedgerPeriod:
    """A period, opened on its as-of day unless refused."""
    period = actions.ensure_period(federation=federation, as_of=as_of)
    if opened:
        actions.open_period(period=period, now=moment(as_of))
        period.refresh_from_db()
    return period


def save(ledger: Ledger, section: str, values: Mapping[str, str], by: Actor, now: datetime) -> Any:
    """save_section with the present lock number."""
    version = ledger.sections.get(code=section).row_version
    return actions.save_section(
        ledger=ledger, section=section, values=values, row_version=version, by=by, now=now
    )


def save_row(
    ledger: Ledger, table: str, row: int, values: Mapping[str, str], by: Actor, now: datetime
) -> Any:
    """save_row with the present lock number."""
    section = Section.LEADERS if table == "leaders" else Section.NOT_ESTABLISHED
    version = ledger.sections.get(code=section).row_version
    return actions.save_row(
        ledger=ledger,
        table=table,
        row_id=row,
        values=values,
        row_version=version,
        by=by,
        now=now,
    )


def add_row(ledger: Ledger, table: str, by: Actor, now: datetime, **more: int) -> int:
    """add_row with the present lock number; the new row's id."""
    section = Section.LEADERS if table == "leaders" else Section.NOT_ESTABLISHED
    version = ledger.sections.get(code=section).row_version
    return actions.add_row(
        ledger=ledger, table=table, row_version=version, by=by, now=now, **more
    ).row_id


def fill(ledger: Ledger, by: Actor, now: datetime, **overrides: Mapping[str, str]) -> Ledger:
    """Fill everything that is asked; overrides: table → values on top.

    Every warning that is left is confirmed, every large change explained.
    """
    values = {"operations": OPERATIONS, "staff": STAFF, "members": MEMBERS}
    for section in SINGLE:
        save(ledger, section, values[section] | dict(overrides.get(section, {})), by, now)
    if load_snapshot(ledger, now.date()).facts.develops_members:
        more = dict(overrides.get("members", {}))
        save(ledger, "members", DEVELOPMENT | more, by, now)
    leader = ledger.leaders.first()
    row = leader.pk if leader else add_row(ledger, "leaders", by, now)
    save_row(ledger, "leaders", row, SECRETARY_GENERAL | overrides.get("leaders", {}), by, now)
    _fill_reasons(ledger, by, now)
    answer_warnings(ledger, by, now)
    ledger.refresh_from_db()
    return ledger


def _fill_reasons(ledger: Ledger, by: Actor, now: datetime) -> None:
    actions.sync_not_established(ledger=ledger, by=by, now=now)
    for row in ledger.not_established.filter(tier__in=(1, 2)):
        save_row(ledger, "not_established", row.pk, REASON, by, now)
        measure = row.measures.first()
        pk = measure.pk if measure else add_row(ledger, "measures", by, now, parent_id=row.pk)
        save_row(ledger, "measures", pk, MEASURE, by, now)


def answer_warnings(ledger: Ledger, by: Actor, now: datetime) -> None:
    """Tick every warning, explain every large change."""
    for finding in run_checks(load_snapshot(ledger, now.date())):
        if finding.code in NEEDS_WORDS:
            actions.explain_change(
                ledger=ledger,
                section=finding.section,
                field=finding.fields[0],
                text="已核对，情况属实",
                by=by,
                now=now,
            )
        elif not finding.is_error:
            actions.confirm(ledger=ledger, code=finding.code, target=finding.target, by=by, now=now)


def ticks(ledger: Ledger) -> list[str]:
    """Every tick X-08 asks for."""
    return [row.target for row in longest_unchanged(ledger)]


def make_ledger(
    society: Society,
    period: LedgerPeriod | None = None,
    *,
    state: LedgerState = LedgerState.DRAFT,
    cast: Cast | None = None,
    on: date | None = None,
    reviewed_on: date | None = None,
    **overrides: Mapping[str, str],
) -> Ledger:
    """A full ledger in a state, walked there by its cast: signed on `on`, reviewed on another day.

    Default day: the first after the as-of day.
    """
    period = period or make_period(society.federation)
    cast = cast or make_cast(society)
    now = moment(on or period.as_of)
    ledger = actions.ensure_draft(society=society, period=period, by=cast.clerk, now=now)
    fill(ledger, cast.clerk, now, **overrides)
    if state == LedgerState.DRAFT:
        return ledger
    ledger = actions.send_for_signature(ledger=ledger, by=cast.clerk, now=now)
    if state == LedgerState.TO_SIGN:
        return ledger
    ledger = actions.sign_and_file(ledger=ledger, ticks=ticks(ledger), by=cast.secretary, now=now)
    if state == LedgerState.FILED:
        return ledger
    later = moment(reviewed_on or on or period.as_of, "15:00")
    if state == LedgerState.RETURNED:
        return actions.return_to_society(
            ledger=ledger, reason="请核对", by=cast.reviewer, now=later
        )
    return actions.accept(ledger=ledger, by=cast.reviewer, now=later)

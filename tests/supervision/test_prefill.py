"""What the portal says of an item: the society's own records, with source and day (R-SUP-04)."""

from datetime import date

import pytest

from branches.models import LifeKind, PostKind
from ledgers.models import LedgerState
from supervision.models import ChecklistItem
from supervision.prefill import KNOWN, prefill
from tests.factories import (
    file_life,
    make_checklist,
    make_federation,
    make_ledger,
    make_obligations,
    make_organisation,
    make_period,
    make_post,
    make_society,
    make_term,
    turn_life,
)

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 23)


@pytest.fixture
def society():
    federation = make_federation()
    make_checklist(federation)
    return make_society(federation)


def said(society, on=ON):
    return prefill(
        society, ChecklistItem.objects.filter(edition__federation=society.federation), on
    )


def test_life_with_what_is_owed_and_the_day_of_filing(society):
    make_obligations(society.federation)
    branch = make_organisation(society)
    turn_life(society.federation, ON, since=date(2026, 1, 1))
    file_life(branch, LifeKind.PARTY_LECTURE, date(2026, 10, 12), on=date(2026, 10, 15))
    file_life(branch, LifeKind.COMMITTEE_MEETING, date(2026, 9, 3), first_topic=True)
    facts = said(society)
    text, source, day = facts["2.6"]
    assert (source, day) == ("组织生活登记", date(2026, 10, 15))
    assert "党课" in text
    assert "应" in text
    assert facts["1.2"] == (
        "近 12 个月登记第一议题 1 次，最近 2026-09-03",
        "组织生活登记",
        date(2026, 9, 3),
    )


def test_another_society_has_no_part_in_it(society):
    make_obligations(society.federation)
    other = make_society(society.federation)
    file_life(make_organisation(other), first_topic=True, held_on=date(2026, 9, 3))
    make_organisation(society)
    assert said(society)["1.2"] == ("近 12 个月没有登记第一议题", "组织生活登记", ON)


def test_posts_and_terms_without_names(society):
    branch = make_organisation(society)
    term = make_term(branch, date(2025, 2, 1))
    post = make_post(branch, PostKind.SECRETARY)
    make_post(branch, PostKind.DISCIPLINE_OFFICER, valid_from=date(2026, 3, 1))
    facts = said(society)
    assert facts["2.5"] == ("在任：书记 1 名，纪检委员 1 名", "班子成员登记", date(2026, 3, 1))
    assert facts["6.1"][0] == "在任纪检委员 1 名"
    assert str(term.runs_to) in facts["2.8"][0]
    assert not any(post.person_name in text for text, _, _ in facts.values())


def test_the_accepted_ledger_speaks(society):
    period = make_period(society.federation)
    ledger = make_ledger(society, period, state=LedgerState.ACCEPTED, on=date(2026, 7, 1))
    facts = said(society)
    assert facts["7.1"][0].startswith(f"{ledger.period.label}台账（截至")
    assert facts["7.1"][1] == f"五个清台账 {ledger.number}"
    assert facts["7.2"][0].endswith("34 人")
    assert facts["8.1"][0] == "章程写入党建内容：是，章程日期 2015-06-17"
    assert facts["8.1"][2] == date(2026, 7, 1)


def test_nothing_is_said_where_nothing_is_known(society):
    """No invented figures: items without a source, and a ledger never accepted."""
    facts = said(society)
    assert {"1.1", "3.1", "8.1", "8.2", "8.3"}.isdisjoint(facts)
    assert facts["7.1"] == ("没有已通过的台账", "五个清台账", ON)
    assert len(KNOWN) == 10

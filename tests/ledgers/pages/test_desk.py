"""Tasks are queries: there while the fact is missing, gone when it is there (architecture §2)."""

from datetime import date, timedelta

import pytest

from common.desk import in_order
from ledgers import actions
from ledgers.desk import TASKS
from ledgers.models import Ledger, LedgerEdition, LedgerState
from ledgers.panel import prepare, read
from societies.models import Society
from tests.factories import make_society
from tests.factories.ledgers import make_cast, make_ledger, make_period, moment, ticks

pytestmark = pytest.mark.django_db
TODAY = date(2026, 7, 3)
S = LedgerState


def tasks(actor, on=TODAY):
    return in_order(task for function in TASKS for task in function(actor, on))


def titles(actor, on=TODAY):
    return [task.title for task in tasks(actor, on)]


def own_drafts(actor, on):
    return [task for task in tasks(actor, on) if task.button == "继续填写"]


def test_clerk_fills_until_sent_and_secretary_signs_until_filed(society, period, cast):
    assert titles(cast.clerk) == [f"开始填写 {period.title}"]
    ledger = actions.ensure_draft(society=society, period=period, by=cast.clerk, now=moment(TODAY))
    (task,) = tasks(cast.clerk)
    assert task.title == f"填报 {period.title}" and "项未填" in task.why
    assert (task.due, task.due_text, task.overdue) == (period.due_on, "还有 7 个工作日", False)
    make_ledger(society, period, cast=cast, state=S.TO_SIGN)
    assert titles(cast.clerk) == [] and titles(cast.secretary) == [f"审签 {period.title}"]
    ledger.refresh_from_db()
    actions.sign_and_file(ledger=ledger, ticks=ticks(ledger), by=cast.secretary, now=moment(TODAY))
    assert titles(cast.secretary) == []


def test_overdue_is_said_and_comes_first(draft, cast, period):
    (task,) = tasks(cast.clerk, date(2026, 7, 19))
    assert task.overdue and task.due_text == "逾期 5 天" and task.status_kind == "bad"


def test_queue_is_measured_by_the_one_waiting_longest(society, period, cast):
    make_ledger(society, period, cast=cast, state=S.FILED, on=date(2026, 7, 1))
    (task,) = tasks(cast.reviewer)
    assert (task.title, task.count, task.overdue) == ("审核台账 1 份", 1, False)
    assert task.due == date(2026, 7, 8)
    (late,) = tasks(cast.reviewer, date(2026, 7, 10))
    assert late.overdue and late.due_text == "逾期 2 天"
    assert tasks(cast.leader) == []


def review_task(actor, on=TODAY):
    (task,) = [task for task in tasks(actor, on) if task.title.startswith("审核台账")]
    return task


def test_another_edition_gives_the_reviewer_another_clock(society, period, cast):
    """D-3, R-SUP-19: the clock is a value of the period's edition; the earliest due day leads."""
    first = LedgerEdition.objects.get(federation=society.federation)
    slow = first.content | {"review": {"workdays": 20, "clause": "002§14"}}
    other = make_period(society.federation, date(2025, 12, 31))
    other.edition = LedgerEdition.objects.create(
        federation=society.federation, code="slow", valid_from=date(2025, 7, 1), content=slow
    )
    other.save()
    assert first.rules.review.clause == "002§14"
    make_ledger(society, period, cast=cast, state=S.FILED, on=date(2026, 7, 1))
    task = review_task(cast.reviewer)
    assert task.due == date(2026, 7, 8) and "审核期限 5 个工作日" in task.why
    Ledger.objects.update(period=other)
    task = review_task(cast.reviewer)
    assert task.due == date(2026, 7, 29) and "审核期限 20 个工作日" in task.why
    assert not review_task(cast.reviewer, date(2026, 7, 10)).overdue
    make_ledger(make_society(society.federation), period, state=S.FILED, on=date(2026, 7, 2))
    task = review_task(cast.reviewer)
    assert (task.title, task.due) == ("审核台账 2 份", date(2026, 7, 9))


def test_returned_gives_the_days_for_mending(society, period, cast):
    make_ledger(society, period, cast=cast, state=S.RETURNED, on=date(2026, 7, 1))
    for actor in (cast.clerk, cast.secretary):
        (task,) = tasks(actor)
        assert task.title.startswith("修改被退回的") and task.due == date(2026, 7, 8)
        assert "审核员退回：请核对" in task.why


def test_the_committees_days_run_on_through_the_secretarys_own_return(society, period, cast):
    """R-LED-08: mending is due by the day the committee named, whoever has it back in between."""
    returned, again = date(2026, 7, 13), date(2026, 7, 16)
    ledger = make_ledger(society, period, cast=cast, state=S.RETURNED, on=returned)
    mend = date(2026, 7, 20)
    (task,) = tasks(cast.clerk, again)
    assert (task.due, task.overdue) == (mend, False)
    now = moment(again)
    ledger = actions.send_for_signature(ledger=ledger, by=cast.clerk, now=now)
    (task,) = tasks(cast.secretary, again)
    assert task.title.startswith("审签") and (task.due, task.overdue) == (mend, False)
    actions.return_to_clerk(ledger=ledger, reason="再核", by=cast.secretary, now=now)
    assert again > period.due_on, "by the period's own day it would be overdue"
    (task,) = tasks(cast.clerk, again)
    assert "书记退回：再核" in task.why
    assert (task.due, task.overdue, task.due_text) == (mend, False, "还有 4 天")
    (task,) = tasks(cast.clerk, date(2026, 7, 21))
    assert task.overdue and task.due == period.due_on, "the committee's days are over"


def test_a_return_inside_the_society_alone_keeps_the_periods_day(society, period, cast):
    ledger = make_ledger(society, period, cast=cast, state=S.TO_SIGN, on=date(2026, 7, 1))
    actions.return_to_clerk(ledger=ledger, reason="再核", by=cast.secretary, now=moment(TODAY))
    (task,) = tasks(cast.clerk)
    assert (task.due, task.overdue) == (period.due_on, False)


def test_lock_exception_goes_from_desk_to_desk(society, period, cast):
    late = date(2026, 9, 1)
    (task,) = [t for t in tasks(cast.clerk, late) if "已关闭" in t.title]
    assert task.button == "申请补报开锁" and task.overdue
    now = moment(late)
    row = actions.request_lock_exception(
        society=society,
        period=period,
        reason="换届",
        until=date(2026, 9, 20),
        by=cast.clerk,
        now=now,
    )
    assert not [t for t in titles(cast.clerk, late) if "已关闭" in t]
    assert [t for t in titles(cast.secretary, late) if t.startswith("审签补报申请")]
    actions.countersign_lock(exception=row, by=cast.secretary, now=now)
    assert [t for t in titles(cast.reviewer, late) if t.startswith("审核补报申请")]
    actions.review_lock(exception=row, by=cast.reviewer, now=now)
    assert [t for t in titles(cast.leader, late) if t.startswith("决定补报申请")]
    actions.grant_lock(exception=row, by=cast.leader, now=now)
    assert not [t for t in titles(cast.leader, late) if "补报" in t]


def test_the_draft_of_a_locked_period_says_until_when(draft, period, cast):
    """Overdue it stays; the clerk reads how long the exception lasts, and nothing after it."""
    late = period.closes_on + timedelta(days=2)
    assert not own_drafts(cast.clerk, late)
    exception = {"society": draft.society, "period": period, "by": cast.clerk, "now": moment(late)}
    row = actions.request_lock_exception(reason="换届", until=late + timedelta(days=9), **exception)
    actions.countersign_lock(exception=row, by=cast.secretary, now=moment(late))
    actions.review_lock(exception=row, by=cast.reviewer, now=moment(late))
    actions.grant_lock(exception=row, by=cast.leader, now=moment(late))
    (task,) = own_drafts(cast.clerk, late)
    assert task.overdue and task.why.endswith(f"已批准补报，最迟 {row.until} 报送")
    assert not own_drafts(cast.clerk, row.until + timedelta(days=1))


def test_closing_is_proposed_then_decided(period, cast):
    late = date(2026, 9, 1)
    assert titles(cast.leader, late) == []
    assert titles(cast.reviewer, late) == [f"提请定格：{period.title}"]
    actions.propose_closing(period=period, by=cast.reviewer, now=moment(late))
    assert titles(cast.reviewer, late) == []
    assert titles(cast.leader, late) == [f"决定定格：{period.title}"]


def test_other_societies_give_no_task(draft, federation):
    cast = make_cast(make_society(federation))
    assert [t for t in titles(cast.clerk) if "示例力学学会" in t] == []
    assert titles(cast.secretary) == []


def test_a_desk_asks_few_queries(draft, cast, django_assert_max_num_queries):
    for actor in (cast.clerk, cast.secretary, cast.reviewer, cast.leader):
        with django_assert_max_num_queries(8):
            tasks(actor)


def test_panel_of_a_society(before, society, cast, django_assert_max_num_queries):
    make_period(society.federation, date(2026, 12, 31), opened=False)
    seen = prepare(cast.reviewer, Society.objects.visible_to(cast.reviewer), TODAY).get()
    with django_assert_max_num_queries(2):
        values = read(cast.reviewer, seen, TODAY)
    assert [row.pk for row in values["ledgers"]] == [before.pk]
    assert values["clear_count"] in range(6) and values["measures"] == []

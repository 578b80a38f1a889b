"""A society that refuses its spot check: recorded, answered to, judged (R-SUP-03b)."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.permissions import Role
from common.errors import ActionRefused, Conflict, NotAllowed
from supervision import actions, check_states
from supervision.actions import check_common, refusing
from supervision.models import (
    AnswerSend,
    BatchState,
    CheckSignature,
    CheckState,
    CheckStep,
    Finding,
    SpotCheck,
)
from tests.factories import make_actor
from tests.factories.checks import (
    BARRED,
    ON_SITE,
    answered,
    barred,
    barred_on,
    declared,
    make_check,
    signed,
)

pytestmark = pytest.mark.django_db
SHORT = ("not", "第三季度支部党员大会无记录", "serious")


def record(world, by=None, now=ON_SITE, version=None, reason=BARRED):
    by = by or world.batch.cast.lead
    return actions.record_barred(check=world.check, version=version, reason=reason, by=by, now=now)


# --- the record -----------------------------------------------------------------------------------


def test_the_lead_records_it_and_the_right_of_reply_opens():
    world = make_check()
    row = record(world)
    assert (row.state, row.barred_reason, row.remark) == (
        CheckState.CONFIRMED,
        BARRED,
        "拒绝检查（待认定）",
    )
    assert row.barred_by == world.batch.cast.lead.user
    # Five working days from Monday the 23rd.
    assert (row.confirmed_at, row.reply_due) == (ON_SITE, date(2026, 11, 30))
    assert row.unsigned_words == ""
    assert not CheckSignature.objects.filter(spot_check=row).exists()
    last = CheckStep.objects.filter(spot_check=row).first()
    assert (last.verb, last.text) == ("record_barred", BARRED)
    assert world.batch.fresh().state == BatchState.ON_SITE


def test_inspectors_answer_no_more():
    world = declared()
    world.save("1.1")
    kept = AnswerSend.objects.count()
    barred(world)
    for act in (
        lambda: world.save("1.2"),
        lambda: actions.sign_check(check=world.check, version=None, by=world.first, now=world.now),
        lambda: actions.report_recusal(
            check=world.check, reason="亲属", by=world.first, now=world.now
        ),
    ):
        with pytest.raises(ActionRefused, match="状态"):
            act()
    assert AnswerSend.objects.count() == kept
    with pytest.raises(IntegrityError, match="不能改动"), transaction.atomic():
        world.check.answers.update(value="conform")
    with pytest.raises(ActionRefused, match="已记录拒绝检查，不能再调换"):
        actions.replace_inspector(
            seat=world.batch.seats(world.check)[0],
            row_version=None,
            user=world.batch.cast.inspectors[3],
            reason="出差",
            by=world.batch.cast.lead,
            now=world.now,
        )


def test_not_before_the_days_on_site():
    world = make_check()
    with pytest.raises(ActionRefused, match="2026-11-23"):
        record(world, now=ON_SITE - timedelta(days=1))
    assert record(world, now=ON_SITE).is_barred


def test_nobody_refuses_what_he_was_not_told_of():
    world = make_check()
    batch = world.batch.fresh()
    batch.notified_at = batch.notified_by = None
    batch.save()
    with pytest.raises(ActionRefused, match="通知学会后"):
        record(world)
    assert world.fresh().state == CheckState.PLANNED


@pytest.mark.parametrize("reason", ["", "  ", "长" * 301])
def test_it_says_what_happened(reason):
    world = make_check()
    with pytest.raises(ActionRefused) as refused:
        record(world, reason=reason)
    assert set(refused.value.errors) == {"reason"}
    assert not world.fresh().is_barred
    assert record(world, reason="长" * 300).is_barred


def test_nobody_else_records_it():
    """R-SUP-03, roles.md §2.1: the batch's lead, and no inspector under another hat."""
    world = declared()
    federation, cast = world.check.federation, world.batch.cast
    another = make_actor(Role.INSPECTION_LEAD, federation)
    doubled = make_actor(Role.INSPECTION_LEAD, federation, user=world.first.user)
    for by in (world.first, world.secretary, cast.reviewer, cast.leader, another, doubled):
        with pytest.raises(NotAllowed):
            record(world, by=by)
    assert world.fresh().state == CheckState.IN_PROGRESS


def test_a_lead_with_an_interest_stays_out(monkeypatch):
    """R-SUP-03; and what the look at interests is good for."""
    world = make_check()
    make_actor(Role.SOCIETY_CLERK, world.check.society, user=world.batch.cast.lead.user)
    with pytest.raises(NotAllowed, match="回避"):
        record(world)
    monkeypatch.setattr(check_common, "_WEIGHED", ())
    assert record(world).is_barred


def test_once_inspected_it_was_not_refused():
    world = answered()
    with pytest.raises(ActionRefused, match="都已答完"):
        record(world)
    signed(world)
    with pytest.raises(ActionRefused, match="状态"):
        record(world)
    assert world.fresh().state == CheckState.TO_SIGN


def test_a_second_or_late_record_changes_nothing():
    """R8."""
    world = declared()
    seen = world.version()
    world.save("1.1")
    with pytest.raises(Conflict):
        record(world, version=seen)
    record(world, version=world.version())
    with pytest.raises(ActionRefused, match="状态"):
        record(world)
    assert CheckStep.objects.filter(spot_check=world.check, verb="record_barred").count() == 1


# --- to the conclusion ----------------------------------------------------------------------------


@pytest.mark.parametrize("upheld", [True, False])
def test_the_conclusion_says_whether_it_stands_and_issues_nothing(upheld):
    """R-SUP-03b: what inspectors had written was never signed; it becomes no finding."""
    world = declared()
    world.save("2.6", *SHORT)
    row = barred_on(world, upheld, reply="当日负责人出差，并非拒绝").check
    assert (row.state, row.barred_upheld) == (CheckState.CONCLUDED, upheld)
    assert row.remark == ("拒绝检查（已认定）" if upheld else "拒绝检查（不予认定）")
    assert row.remark_kind == ("bad" if upheld else "idle")
    assert not Finding.objects.exists()


def test_the_answers_of_a_check_that_took_place_are_issued(monkeypatch):
    """Negative control: without the look at the refusal they would be findings."""
    world = declared()
    world.save("2.6", *SHORT)
    monkeypatch.setattr(SpotCheck, "is_barred", False)
    monkeypatch.setattr("supervision.actions.concluding.judged", lambda check, upheld: upheld)
    barred_on(world, upheld=True)
    assert [row.item_code for row in Finding.objects.all()] == ["2.6"]


def test_a_silent_society_is_waited_for():
    world = barred(make_check())
    lead = world.batch.cast.lead
    said = {"check": world.check, "version": None, "opinion": "属实", "by": lead}
    with pytest.raises(ActionRefused, match="2026-11-30"):
        actions.pass_on_check(now=ON_SITE.replace(day=30), **said)
    row = actions.pass_on_check(now=ON_SITE.replace(month=12, day=1), **said)
    assert row.state == CheckState.PASSED_ON


def conclusion(world, by, **said):
    given = {"conclusion": "认定", "upheld": True} | said
    return actions.conclude_check(check=world.check, version=None, by=by, now=world.now, **given)


def test_the_conclusion_must_say_it():
    world = passed_on(make_check())
    with pytest.raises(ActionRefused) as refused:
        conclusion(world, world.batch.cast.reviewer, upheld=None)
    assert set(refused.value.errors) == {"upheld"}
    assert world.fresh().state == CheckState.PASSED_ON


def passed_on(world):
    barred(world)
    actions.reply_to_check(
        check=world.check, version=None, reply="请核实", by=world.secretary, now=world.now
    )
    lead = world.batch.cast.lead
    actions.pass_on_check(check=world.check, version=None, opinion="属实", by=lead, now=world.now)
    return world


def test_who_recorded_does_not_conclude(monkeypatch):
    """Four eyes: the user is barred, whatever the appointment."""
    world = passed_on(make_check())
    lead = world.batch.cast.lead
    doubled = make_actor(Role.COMMITTEE_REVIEWER, world.check.federation, user=lead.user)
    with pytest.raises(NotAllowed):
        conclusion(world, doubled)
    with pytest.raises(NotAllowed):
        conclusion(world, lead)
    assert {"record_barred", "pass_on"} <= set(check_states.others("conclude"))
    assert conclusion(world, world.batch.cast.reviewer) == []


def test_another_lead_records_and_neither_of_them_concludes(monkeypatch):
    """The step bars, not only the column of whoever passed on."""
    world = barred(make_check())
    old, cast = world.batch.cast.lead, world.batch.cast
    new = make_actor(Role.INSPECTION_LEAD, world.check.federation)
    actions.change_lead(
        batch=world.batch.fresh(),
        row_version=None,
        user=new.user,
        reason="调离",
        by=cast.leader,
        now=world.now,
    )
    said = {"check": world.check, "version": None, "now": ON_SITE.replace(month=12, day=1)}
    actions.pass_on_check(opinion="属实", by=new, **said)
    doubled = make_actor(Role.COMMITTEE_REVIEWER, world.check.federation, user=old.user)
    with pytest.raises(NotAllowed, match="其他环节"):
        conclusion(world, doubled)
    monkeypatch.setattr(check_states, "PARTS", ())
    assert conclusion(world, doubled) == []


def test_of_a_check_that_took_place_nothing_is_judged():
    assert refusing.judged(SpotCheck(), upheld=True) is None


def test_the_table_keeps_the_facts_together():
    world = barred_on(make_check(), upheld=True)
    rows = SpotCheck.objects.filter(pk=world.check.pk)
    for broken, name in (
        ({"barred_upheld": None}, "barred_is_judged"),
        ({"barred_reason": ""}, "barred_whole"),
        ({"barred_by": None}, "spot_check_barred"),
        ({"unsigned": "refused"}, "barred_whole"),
        ({"state": "in_progress"}, "不能退回"),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            rows.update(**broken)
    other = SpotCheck.objects.exclude(pk=world.check.pk).filter(batch=world.check.batch)
    with pytest.raises(IntegrityError, match="barred_is_judged"), transaction.atomic():
        other.update(barred_upheld=True)

"""A spot check from the declaration to the conclusion (R-SUP-03, R-SUP-04, R-SUP-06)."""

from datetime import date, timedelta
from uuid import uuid4

import pgtrigger
import pytest
from django.db import IntegrityError, transaction

from accounts.permissions import Role
from common.errors import ActionRefused, Conflict, NotAllowed
from supervision import actions
from supervision.models import (
    Answer,
    AnswerSend,
    BatchState,
    CheckSignature,
    CheckState,
    CheckStep,
    Finding,
    SpotCheck,
)
from tests.factories import make_actor, make_interest
from tests.factories.checks import (
    ON_SITE,
    answered,
    confirmed,
    declared,
    make_check,
    passed_on,
    signed,
)

pytestmark = pytest.mark.django_db
SHORT = ("not", "第三季度支部党员大会无记录", "serious")


def test_a_declaration_starts_the_check_and_the_batch():
    """R-SUP-01, R-SUP-03: nobody answers before declaring."""
    world = make_check()
    assert not Answer.objects.filter(spot_check=world.check).exists()
    actions.declare_no_recusal(check=world.check, by=world.first, now=world.now)
    items = world.batch.batch.edition.items.count()
    assert Answer.objects.filter(spot_check=world.check).count() == items > 20
    assert world.fresh().state == CheckState.IN_PROGRESS
    assert world.batch.fresh().state == BatchState.ON_SITE
    with pytest.raises(ActionRefused, match="声明"):
        world.save("1.1", by=world.second)
    actions.declare_no_recusal(check=world.check, by=world.second, now=world.now)
    actions.declare_no_recusal(check=world.check, by=world.second, now=world.now)
    assert Answer.objects.filter(spot_check=world.check).count() == items
    assert CheckStep.objects.filter(spot_check=world.check, verb="declare").count() == 2
    assert world.save("1.1", by=world.second).applied


def test_what_the_portal_knows_comes_with_source_and_day():
    """R-SUP-04: prefilled values show source and date, and never a name."""
    world = declared()
    fact = world.answer("2.6")
    assert (fact.prefill_source, fact.prefill_on) == ("组织生活登记", date(2026, 11, 23))
    assert world.answer("1.1").prefill_text == ""
    with pytest.raises(IntegrityError, match="prefill_has_source"), transaction.atomic():
        Answer.objects.filter(pk=fact.pk).update(prefill_source="")


def test_who_must_stay_out_neither_declares_nor_answers():
    """R-SUP-03; the lead reads why and replaces him."""
    world = declared()
    actions.report_recusal(
        check=world.check, reason="配偶在该学会任职", by=world.first, now=ON_SITE
    )
    seat = world.check.seats.get(user=world.first.user)
    assert (seat.declared_at, seat.recusal) == (None, "配偶在该学会任职")
    for act in (
        lambda: world.save("1.1"),
        lambda: actions.declare_no_recusal(check=world.check, by=world.first, now=ON_SITE),
    ):
        with pytest.raises(ActionRefused):
            act()
    make_interest(world.check.society, world.second.user)
    with pytest.raises(NotAllowed, match="回避"):
        world.save("1.1", by=world.second)
    assert Answer.objects.filter(spot_check=world.check).exclude(value="").count() == 0


def test_outsiders_do_not_answer():
    world = declared()
    other = make_actor(Role.INSPECTOR, world.check.society)
    for by in (other, world.secretary, world.batch.cast.lead, world.batch.cast.leader):
        with pytest.raises(NotAllowed):
            world.save("1.1", by=by)
    assert world.answer("1.1").value == ""


def test_a_doubled_send_counts_once():
    """Issue: every filed answer survives a doubled send."""
    world = declared()
    first = world.save("2.6", *SHORT, seq=1)
    again = world.save("2.6", *SHORT, seq=1, seen=1)
    assert (first.applied, again.applied) == (True, False)
    assert again.answer.row_version == first.answer.row_version == 2
    assert AnswerSend.objects.count() == 1
    with pytest.raises(Conflict):
        world.save("2.6", "not", "另一段内容", "general", seq=1)
    assert world.answer("2.6").note == SHORT[1]


def test_a_late_send_changes_nothing():
    """Issue: every filed answer survives a send in the wrong order."""
    world = declared()
    world.save("2.6", "conform", seq=2, seen=1)
    late = world.save("2.6", *SHORT, seq=1, seen=1)
    assert (late.applied, late.answer.value) == (False, "conform")
    assert world.answer("2.6").row_version == 2
    assert list(AnswerSend.objects.order_by("seq").values_list("applied", flat=True)) == [
        False,
        True,
    ]


def test_a_late_send_after_another_page_changes_nothing():
    world = declared()
    world.save("2.6", "conform", seq=2, seen=1)
    world.save("2.6", *SHORT, by=world.second, client=uuid4(), seen=2)
    late = world.save("2.6", "mostly", "旧内容", seq=1, seen=1)
    assert (late.applied, late.answer.value) == (False, "not")


def test_two_inspectors_do_not_overwrite_each_other():
    """R8: another page must have seen what stands."""
    world = declared()
    world.save("2.6", *SHORT, seq=1, seen=1)
    other = uuid4()
    with pytest.raises(Conflict):
        world.save("2.6", "conform", by=world.second, client=other, seq=1, seen=1)
    assert world.answer("2.6").value == "not"
    assert world.save("2.6", "conform", by=world.second, client=other, seq=2, seen=2).applied
    with pytest.raises(Conflict):
        world.save("2.6", "mostly", "我的新内容", seq=3, seen=2)
    assert world.answer("2.6").value == "conform"


def test_what_an_answer_needs():
    """R-SUP-04: facts for 基本符合 and 不符合, a reason for 不适用; R-SUP-06: a severity."""
    world = declared()
    assert world.save("1.1", "not").answer.severity == "general"
    assert "事实和依据" in world.answer("1.1").lacks
    assert world.save("1.1", "mostly", "已核").answer.lacks == ""
    assert world.answer("1.1").severity == ""
    assert world.save("1.1", "na").answer.lacks == "请写明不适用的原因"
    assert world.save("1.1", "conform", "", "grave").answer.severity == ""
    with pytest.raises(ActionRefused):
        world.save("1.1", "perfect")
    with pytest.raises(IntegrityError, match="severity_where_short"), transaction.atomic():
        Answer.objects.filter(pk=world.answer("1.1").pk).update(severity="grave")


def test_nobody_signs_what_is_unanswered_or_unseen():
    world = answered(i2_6=("not", "", "general"))
    with pytest.raises(ActionRefused, match="2.6"):
        actions.sign_check(
            check=world.check, version=world.version(), by=world.first, now=world.now
        )
    seen = world.version()
    world.save("2.6", *SHORT, client=uuid4(), by=world.second)
    with pytest.raises(Conflict):
        actions.sign_check(check=world.check, version=seen, by=world.first, now=world.now)
    assert world.fresh().state == CheckState.IN_PROGRESS


def test_three_sign_and_the_answers_are_frozen():
    """R-SUP-03: two inspectors, then the society; each once, three users."""
    world = answered(i2_6=SHORT)
    with pytest.raises((ActionRefused, NotAllowed)):
        actions.sign_for_society(
            check=world.check, version=None, dissent="", by=world.secretary, now=world.now
        )
    actions.sign_check(check=world.check, version=None, by=world.first, now=world.now)
    with pytest.raises(ActionRefused, match="已"):
        actions.sign_check(check=world.check, version=None, by=world.first, now=world.now)
    with pytest.raises(ActionRefused, match="两名"):
        actions.sign_for_society(
            check=world.check, version=None, dissent="", by=world.secretary, now=world.now
        )
    with pytest.raises(ActionRefused, match="状态"):
        world.save("1.1", "na", "不涉及")
    actions.sign_check(check=world.check, version=None, by=world.second, now=world.now)
    signature = actions.sign_for_society(
        check=world.check,
        version=None,
        dissent="会议已开，记录后补",
        by=world.secretary,
        now=ON_SITE,
    )
    assert signature.dissent == "会议已开，记录后补"
    check = world.fresh()
    assert (check.state, check.reply_due) == (CheckState.CONFIRMED, date(2026, 11, 30))
    kinds = list(check.signatures.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["first", "second", "society"]


def test_the_database_keeps_what_was_signed():
    """Negative control: without the trigger the same write goes through."""
    world = confirmed(answered(i2_6=SHORT))
    rows = Answer.objects.filter(pk=world.answer("2.6").pk)
    checks = SpotCheck.objects.filter(pk=world.check.pk)
    writes = (
        lambda: rows.update(note="改过"),
        lambda: rows.delete(),
        lambda: CheckSignature.objects.filter(spot_check=world.check).delete(),
        lambda: CheckSignature.objects.filter(spot_check=world.check).update(dissent=""),
        lambda: checks.update(state=CheckState.IN_PROGRESS),
        lambda: CheckStep.objects.filter(spot_check=world.check).update(text="改过"),
    )
    for write in writes:
        with pytest.raises(IntegrityError), transaction.atomic():
            write()
    with pgtrigger.ignore("supervision.Answer:frozen_stays"):
        assert rows.update(note="改过") == 1


def test_before_the_society_signs_the_inspectors_may_reopen():
    world = signed(answered())
    with pytest.raises(ActionRefused):
        actions.reopen_check(
            check=world.check, version=None, reason="", by=world.first, now=ON_SITE
        )
    actions.reopen_check(
        check=world.check, version=None, reason="3.1 有误", by=world.second, now=ON_SITE
    )
    assert not CheckSignature.objects.exists()
    assert world.save("3.1", "na", "本期没有事项", client=uuid4()).applied
    confirmed(world)
    with pytest.raises(ActionRefused, match="状态"):
        actions.reopen_check(
            check=world.check, version=None, reason="再改", by=world.first, now=ON_SITE
        )


def test_the_society_replies_in_its_days_and_the_lead_waits_for_them():
    """Right of reply: five working days after the last signature."""
    world = confirmed(answered())
    lead = world.batch.cast.lead

    def pass_on(now):
        return actions.pass_on_check(
            check=world.check, version=None, opinion="未反馈", by=lead, now=now
        )

    with pytest.raises(ActionRefused, match="2026-11-30"):
        pass_on(ON_SITE + timedelta(days=7))
    with pytest.raises(ActionRefused, match="已过期限"):
        actions.reply_to_check(
            check=world.check,
            version=None,
            reply="迟到的意见",
            by=world.secretary,
            now=ON_SITE + timedelta(days=8),
        )
    assert pass_on(ON_SITE + timedelta(days=8)).state == CheckState.PASSED_ON


def test_the_conclusion_issues_a_finding_of_each_shortcoming():
    """R-SUP-06: every 不符合, and 基本符合 where marked so."""
    world = passed_on(
        answered(
            i2_6=SHORT,
            i2_3=("mostly", "一次会议记录缺决议", "general"),
            i2_5=("mostly", "分工文件未更新", ""),
        )
    )
    reviewer = world.batch.cast.reviewer
    with pytest.raises(NotAllowed):
        actions.conclude_check(
            check=world.check,
            version=None,
            conclusion="同意",
            by=world.batch.cast.leader,
            now=ON_SITE,
        )
    findings = actions.conclude_check(
        check=world.check, version=world.version(), conclusion="同意", by=reviewer, now=ON_SITE
    )
    assert [(row.item_code, row.severity) for row in findings] == [
        ("2.3", "general"),
        ("2.6", "serious"),
    ]
    assert {row.author for row in findings} == {world.first.user}
    assert findings[1].facts == SHORT[1]
    assert world.fresh().state == CheckState.CONCLUDED
    assert world.batch.fresh().state == BatchState.FINDINGS_ISSUED
    with pytest.raises(ActionRefused):
        actions.conclude_check(
            check=world.check, version=None, conclusion="再来", by=reviewer, now=ON_SITE
        )
    assert Finding.objects.count() == 2


def test_one_user_takes_one_part():
    """R-ROLE-02: by user, whatever the appointment."""
    world = confirmed(answered())
    both = make_actor(Role.SOCIETY_SECRETARY, world.check.society, user=world.first.user)
    with pytest.raises(NotAllowed, match="另一人"):
        actions.reply_to_check(
            check=world.check, version=None, reply="我方意见", by=both, now=ON_SITE
        )

"""What the conclusion changes after the society's reply (roles.md §3; R-SUP-04a, R-SUP-06)."""

import pytest
from django.db import IntegrityError, transaction

from accounts.permissions import Role
from common.errors import ActionRefused, NotAllowed
from supervision import actions
from supervision.models import AnswerRuling, CheckState, Finding
from tests.factories import make_actor
from tests.factories.checks import ON_SITE, answered, confirmed, passed_on
from tests.supervision.browsing import browser, told

pytestmark = pytest.mark.django_db
UNFIT = {
    "i2_3": ("mostly", "一次会议记录缺决议", "general"),
    "i2_6": ("not", "第三季度支部党员大会无记录", "serious"),
    "i8_1": ("not", "章程未写入党建内容", "general"),
}
WHY = "学会补交的记录属实"


def conclude(world, *rulings, by=None):
    return actions.conclude_check(
        check=world.check,
        version=world.version(),
        conclusion="部分调整",
        rulings=rulings,
        by=by or world.batch.cast.reviewer,
        now=ON_SITE,
    )


def ruling(world, code, severity, reason=WHY):
    return actions.Ruling(world.answer(code).pk, severity, reason)


def issued():
    return sorted(Finding.objects.values_list("item_code", "severity"))


def test_softened_dropped_and_kept():
    world = passed_on(answered(**UNFIT))
    conclude(world, ruling(world, "2.6", "general"), ruling(world, "8.1", ""))
    assert issued() == [("2.3", "general"), ("2.6", "general")]
    kept = world.answer("2.6")
    assert (kept.value, kept.severity, kept.note) == UNFIT["i2_6"][:1] + (
        "serious",
        "第三季度支部党员大会无记录",
    )
    assert (kept.ruling.severity, kept.ruling.reason) == ("general", WHY)
    assert kept.ruling.ruled_by == world.batch.cast.reviewer.user
    assert AnswerRuling.objects.count() == 2


def test_without_rulings_everything_is_issued():
    """Negative control; what is sent unchanged is no ruling."""
    world = passed_on(answered(**UNFIT))
    conclude(world, ruling(world, "2.6", "serious", ""))
    assert issued() == [("2.3", "general"), ("2.6", "serious"), ("8.1", "general")]
    assert not AnswerRuling.objects.exists()


def test_a_change_needs_its_reason_and_a_reply():
    world = passed_on(answered(**UNFIT))
    with pytest.raises(ActionRefused) as refused:
        conclude(world, ruling(world, "2.6", "", " "))
    assert list(refused.value.errors) == [f"reason_{world.answer('2.6').pk}"]
    with pytest.raises(ActionRefused):
        conclude(world, ruling(world, "2.6", "mild"))
    assert world.fresh().state == CheckState.PASSED_ON
    assert issued() == []


def unanswered(dissent):
    """Passed on after the days of reply, without one."""
    world = confirmed(answered(**UNFIT), dissent)
    later = ON_SITE.replace(month=12, day=8)
    lead = world.batch.cast.lead
    actions.pass_on_check(check=world.check, version=None, opinion="未反馈", by=lead, now=later)
    return world


def test_who_said_nothing_gets_what_was_found():
    world = unanswered("")
    with pytest.raises(ActionRefused, match="没有反馈意见"):
        conclude(world, ruling(world, "2.6", ""))
    assert issued() == []
    conclude(world)
    assert len(issued()) == 3


def test_dissent_at_the_signature_is_heard_as_well():
    world = unanswered("章程修正案已于 10 月通过")
    conclude(world, ruling(world, "8.1", ""))
    assert [code for code, _ in issued()] == ["2.3", "2.6"]


def test_an_answer_of_another_check_is_not_touched():
    world, other = passed_on(answered(**UNFIT)), answered(**UNFIT)
    conclude(world, ruling(other, "2.6", ""))
    assert not AnswerRuling.objects.exists()
    assert len(issued()) == 3


def test_who_answered_signed_or_passed_on_does_not_decide():
    """Four eyes by user, under whatever appointment (R-ROLE-02)."""
    world = passed_on(answered(**UNFIT))
    actors = (world.first, world.second, world.secretary, world.batch.cast.lead)
    for actor in actors:
        by = make_actor(Role.COMMITTEE_REVIEWER, world.check.federation, user=actor.user)
        with pytest.raises(NotAllowed):
            conclude(world, ruling(world, "2.6", ""), by=by)
    assert issued() == []
    conclude(world, ruling(world, "2.6", ""))


def test_a_ruling_stays():
    world = passed_on(answered(**UNFIT))
    conclude(world, ruling(world, "2.6", ""))
    rows = AnswerRuling.objects.all()
    for write in (lambda: rows.update(reason="另一原因"), rows.delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            write()


def test_the_page_of_the_conclusion_lists_each(monkeypatch):
    monkeypatch.setattr("common.clock.now", lambda: ON_SITE)
    world = passed_on(answered(**UNFIT))
    reviewer, pk = world.batch.cast.reviewer, world.check.pk
    shown = browser(reviewer).get(f"/supervision/checks/{pk}/")
    form = shown.context["steps"]["conclude"]
    assert [row.item.code for row, _, _ in form.rows()] == ["2.3", "2.6", "8.1"]
    six, eight = world.answer("2.6").pk, world.answer("8.1").pk
    sent = {name: form[name].value() for name in ("form_token", "row_version")}
    sent |= {"conclusion": "部分调整", f"ruling_{six}": "general", f"ruling_{eight}": "drop"}
    address = f"/supervision/checks/{pk}/conclude/"
    missing = browser(reviewer).post(address, sent | {f"reason_{eight}": WHY})
    assert missing.status_code == 422
    assert "调整或不下发须写明原因" in told(missing)
    assert f'name="reason_{eight}"' in told(missing)
    assert WHY in told(missing)
    whole = sent | {f"reason_{six}": WHY, f"reason_{eight}": WHY}
    assert browser(reviewer).post(address, whole).status_code == 302
    assert issued() == [("2.3", "general"), ("2.6", "general")]
    for by in (reviewer, world.secretary, world.batch.cast.lead, world.first):
        for page in ("", "print/"):
            text = told(browser(by).get(f"/supervision/checks/{pk}/{page}"))
            assert "第三季度支部党员大会无记录" in text, "the signed answer stays readable"
            assert WHY in text

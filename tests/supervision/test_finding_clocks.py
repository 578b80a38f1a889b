"""What runs and what stands still: plans sent back, late agreements, extensions, verdicts."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from common.clock import start_of
from common.errors import ActionRefused
from supervision import actions, finding_desk, panel
from supervision.actions import verifying
from supervision.finding_page import due_of
from supervision.models import Finding, FindingState
from tests.factories import make_finding
from tests.factories.coverage import at
from tests.factories.findings import ISSUED_ON, PLAN, plan, take, walk

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
S = FindingState


def day(days):
    return ISSUED_ON + timedelta(days=days)


def declined(signed=2, at_day=6):
    """A 严重 finding whose plan, signed on one day, the leader sends back on another."""
    world = walk(make_finding("grave"), S.PLAN_TO_SIGN)
    world.now = at(day(signed))
    take(world, actions.sign_plan, world.cast.secretary)
    world.now = at(day(at_day))
    take(world, actions.decline_plan, world.cast.leader, reason="措施不具体")
    return world


def test_a_plan_sent_back_is_due_again(client, monkeypatch):
    """R-SUP-06: plan in 3 days; sent back, the days left run: desk, page and list agree."""
    world = declined()
    finding = world.fresh()
    assert (finding.state, finding.plan_filed_on, finding.plan_due) == (S.ACCEPTED, None, day(7))
    late = [Finding.objects.overdue(day(n)).exists() for n in (7, 8, 400)]
    assert late == [False, True, True], "1 of the 3 days was left"
    step = finding.steps.get(verb="decline_plan")
    assert step.text == f"措施不具体（审核用时 4 天不计，报方案期限顺延至 {day(7)}）"
    words = due_of(finding, day(10))
    assert (words.words, words.late, words.what) == ("逾期 3 天", True, "报方案")
    assert [task.overdue for task in finding_desk.findings(world.cast.clerk, day(10))] == [True] * 2
    assert panel.read(world.cast.leader, finding.society, day(10))["overdue"] == 1
    monkeypatch.setattr("common.clock.now", lambda: at(day(10)))
    client.force_login(world.cast.leader.user, BACKEND)
    assert client.get(reverse("supervision:findings")).context["numbers"]["longest"] == 3
    world.now = at(day(9))
    plan(world)
    take(world, actions.sign_plan, world.cast.secretary)
    assert world.fresh().plan_days_late(day(400)) == 2
    assert not Finding.objects.overdue(day(400)).exists(), "the leader's turn again"


def test_a_late_plan_stays_as_late_as_it_was():
    world = declined(signed=5, at_day=30)
    assert world.fresh().plan_days_late(day(30)) == 2


def test_the_day_of_a_plan_moves_by_nothing_else():
    """Negative control: what was issued stays, but for the leader's sending back."""
    world = walk(make_finding("grave"), S.PLAN_TO_SIGN)
    rows = Finding.objects.filter(pk=world.finding.pk)
    for values in ({"plan_due": day(9)}, {"plan_due": day(9), "state": S.ACCEPTED}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**values)
    take(world, actions.sign_plan, world.cast.secretary)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(plan_due=day(1), state=S.ACCEPTED)
    assert rows.update(plan_due=day(9), state=S.ACCEPTED) == 1


@pytest.mark.parametrize(("on", "first"), [(180, 180), (181, 180), (400, 180)])
def test_the_last_lawful_day_can_always_be_agreed(on, first):
    """R-SUP-06: case by case ≤ 180 days; afterwards the last of them, overdue at once."""
    world = walk(make_finding("grave"), S.ACCEPTED)
    world.now = at(day(on))
    take(world, actions.send_plan, world.cast.clerk, planned_on=day(on), **PLAN)
    take(world, actions.sign_plan, world.cast.secretary)
    for wrong in (first - 1, 181):
        with pytest.raises(ActionRefused, match=f"应在 {day(first)} 至 {day(180)} 之间"):
            take(world, actions.agree_date, world.cast.leader, finish_due=day(wrong))
    take(world, actions.agree_date, world.cast.leader, finish_due=day(180))
    assert world.fresh().days_late(day(on)) == on - 180


def asked(days=10, on=30):
    """An extension asked on one day, the rectification submitted on another."""
    world = walk(make_finding(), S.RECTIFYING)
    due = world.fresh().finish_due + timedelta(days=days)
    take(world, actions.ask_extension, world.cast.secretary, due_asked=due, reason="换届")
    world.now = at(day(on))
    return walk(world, S.SUBMITTED)


@pytest.mark.parametrize(("granted", "late"), [(True, False), (False, True)])
def test_an_extension_is_decided_after_the_submission(granted, late):
    """R-SUP-06: asked in time; what came within the days granted is not late."""
    world = asked(on=35)
    titles = [task.title[:4] for task in finding_desk.findings(world.cast.author, day(36))]
    assert titles == ["审核延期"]
    take(world, actions.review_extension, world.cast.author, opinion="属实")
    walk(world, S.VERIFIED)
    answer = {"granted": granted, "answer": "已阅"}
    take(world, actions.decide_extension, world.cast.leader, **answer)
    assert walk(world).fresh().closed_late is late


def test_nothing_is_closed_before_its_extension_is_decided(monkeypatch):
    """Else it would die with the finding, and the submission count as late."""
    world = walk(asked(on=35), S.VERIFIED)
    titles = [task.title[:2] for task in finding_desk.findings(world.cast.closer, day(36))]
    assert "销号" not in titles
    with pytest.raises(ActionRefused, match="延期申请尚未决定"):
        take(world, actions.close_finding, world.cast.closer)
    monkeypatch.setattr(verifying, "_refuse_undecided", lambda finding: None)
    take(world, actions.close_finding, world.cast.closer)
    assert world.fresh().closed_late, "negative control"


def test_the_committees_days_are_not_the_societys():
    """Submitted on the first day, sent back after 130: 30 days are left, not 100 over."""
    world = walk(make_finding(), S.SUBMITTED)
    world.now = at(day(130))
    take(world, actions.send_back_finding, world.cast.verifier, opinion="依据不足")
    finding = world.fresh()
    assert (finding.finish_due, finding.days_late(day(130))) == (day(160), 0)
    assert [Finding.objects.overdue(day(n)).exists() for n in (160, 161)] == [False, True]
    said = f"（审核用时 130 天不计，完成期限顺延至 {day(160)}）"
    assert finding.steps.get(verb="send_back").text == f"依据不足{said}"
    assert finding.return_reason == "依据不足"


def test_who_submitted_late_stays_late_by_as_many_days():
    world = walk(make_finding(), S.RECTIFYING)
    world.now = at(day(35))
    walk(world, S.SUBMITTED)
    world.now = at(day(60))
    take(world, actions.send_back_finding, world.cast.verifier, opinion="依据不足")
    assert [world.fresh().days_late(day(n)) for n in (60, 61)] == [5, 6]


def test_days_granted_are_added_to_a_day_that_moved():
    world = asked(days=10, on=20)
    world.now = at(day(50))
    take(world, actions.send_back_finding, world.cast.verifier, opinion="依据不足")
    take(world, actions.review_extension, world.cast.author, opinion="属实")
    take(world, actions.decide_extension, world.cast.leader, granted=True, answer="同意")
    assert world.fresh().finish_due == day(30 + 30 + 10)


def test_the_day_of_closing_is_the_day_here():
    """Rules §12.1: 07:00 in Shanghai is the day before in UTC."""
    world = walk(make_finding(), S.VERIFIED)
    world.now = start_of(date(2026, 12, 20)) + timedelta(hours=7)
    walk(world)
    assert due_of(world.fresh(), date(2026, 12, 31)).words == "2026-12-20 销号"


def test_days_overdue_by_the_plan_are_printed(client, monkeypatch):
    """Board and list, whose columns the workbook has: the plan's days while it is missing."""
    world = walk(make_finding(), S.ACCEPTED)
    url = reverse("supervision:finding_list")
    for on, days in ((15, 5), (45, 35)):
        monkeypatch.setattr("common.clock.now", lambda on=on: at(day(on)))
        client.logout()  # yesterday's session has ended
        client.force_login(world.cast.leader.user, BACKEND)
        answer = client.get(url, {"overdue": "True", "sort": "late"})
        assert f'data-l="逾期天数">{days}<' in answer.content.decode()
        board = client.get(reverse("supervision:findings")).content.decode()
        assert f"其中最长的 {days} 天" in board
    assert Finding.objects.with_overdue(day(45)).get().finish_late == 15


@pytest.mark.parametrize("asked_for", ["²", "9" * 400, "-1", "x", "٣"])
def test_an_address_of_no_finding_is_no_error(client, asked_for):
    """`open` is text that anybody may have written."""
    world = make_finding()
    client.force_login(world.cast.leader.user, BACKEND)
    answer = client.get(reverse("supervision:findings"), {"open": asked_for})
    assert answer.status_code == 200 and "panel" not in answer.context


def test_ninety_days_are_not_more_than_ninety(client, monkeypatch):
    """V4: > 90 days; and the day of a plan counts."""
    world = walk(make_finding(), S.ACCEPTED)
    monkeypatch.setattr("common.clock.now", lambda: at(day(45)))
    client.force_login(world.cast.leader.user, BACKEND)
    assert "逾期超过 90 天的" in client.get(reverse("supervision:findings")).content.decode()
    page = client.get(reverse("supervision:finding", args=[world.finding.pk])).content.decode()
    assert f"期限 {day(10)}（含当日）" in page

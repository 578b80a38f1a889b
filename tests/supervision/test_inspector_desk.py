"""An inspector's desk, the lead's task for a recusal, the batch's checks, photos by script."""

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from supervision import actions, check_desk
from supervision.inspector_desk import visits
from supervision.models import AnswerPhoto, CheckState
from tests.factories.checks import ON_SITE, declared, make_check, signed
from tests.factories.checks import answered as walked
from tests.supervision.browsing import browser, told
from tests.supervision.photo_files import picture

pytestmark = pytest.mark.django_db
DAY = timezone.localdate(ON_SITE)


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr("common.clock.now", lambda: ON_SITE)


def line(world, by=None):
    """The check of the world on the desk."""
    return next(row for row in visits(by or world.first, DAY) if row.check.pk == world.check.pk)


def test_each_check_says_how_far_it_is_and_what_is_next():
    world = make_check()
    begun = line(world)
    assert (begun.state, begun.button, begun.check.total) == ("待检查", "开始检查", 0)
    assert f"同组 {world.second.user}" in begun.facts
    assert "尚未声明回避情形" in begun.facts
    assert "随机" in begun.facts
    for by in (world.first, world.second):
        actions.declare_no_recusal(check=world.check, by=by, now=ON_SITE)
    world.save("1.1")
    world.save("2.6", "not", "")
    under_way = line(world)
    total = world.batch.batch.edition.items.count()
    assert (under_way.button, under_way.check.answered) == ("继续检查", 1)
    assert under_way.check.total == total
    assert "已声明无回避情形" in under_way.facts
    assert under_way.due_text
    assert visits(world.first, DAY)[0].check.pk == world.check.pk, "what is under way stands first"


def test_signing_and_after():
    world = walked()
    assert line(world).button == "核对并签字"
    actions.sign_check(check=world.check, version=None, by=world.first, now=ON_SITE)
    assert line(world).button == "查看结果"
    assert line(world, world.second).button == "去签字"
    assert (line(world).state, line(world).due_text) == ("待签字", "")


def test_the_desk_shows_them_and_no_task_twice():
    world = declared()
    text = told(browser(world.first).get("/"))
    name = world.check.society.name
    total = world.batch.batch.edition.items.count()
    assert f"继续检查：{name}" in text
    assert f"0 / {total} 项" in text
    assert "不以照片、签到、讲稿有无作为扣分依据" in text
    assert f"现场抽查：{name}" not in text
    assert "当前没有开放的督导批次" not in text
    assert check_desk.checks(world.first, DAY), "the task itself stands"
    others = [
        row
        for row in world.batch.checks()
        if row.pk not in {v.check.pk for v in visits(world.first, DAY)}
    ]
    assert others
    assert not any(row.society.name in text for row in others)


def test_the_recusal_leads_to_the_replacement():
    """R-SUP-03: the lead's task opens the page that replaces this seat."""
    world = declared()
    lead = world.batch.cast.lead
    assert check_desk.checks(lead, DAY) == []
    actions.report_recusal(check=world.check, reason="任理事", by=world.second, now=ON_SITE)
    seat = world.check.seats.get(user=world.second.user)
    (task,) = check_desk.checks(lead, DAY)
    assert task.url == reverse("supervision:seat_replace", args=[seat.pk])
    assert browser(lead).get(task.url).status_code == 200
    other = next(u for u in world.batch.cast.inspectors if not world.check.seats.filter(user=u))
    actions.replace_inspector(
        seat=seat, row_version=None, user=other, reason="回避", by=lead, now=ON_SITE
    )
    assert check_desk.checks(lead, DAY) == []


def test_the_batch_lists_its_checks_with_their_state():
    world = declared()
    url = reverse("supervision:batch", args=[world.batch.batch.pk])
    for by in (world.batch.cast.lead, world.batch.cast.reviewer, world.batch.cast.leader):
        text = told(browser(by).get(url))
        for row in world.batch.checks():
            assert reverse("supervision:check", args=[row.pk]) in text
            assert row.get_state_display() in text
    assert {row.state for row in world.batch.checks()} == {
        CheckState.IN_PROGRESS,
        CheckState.PLANNED,
    }
    printed = told(browser(world.batch.cast.lead).get(f"{url}print/"))
    assert "检查中" not in printed, "the printed draw stays the draw"


def test_a_script_takes_a_photo_away():
    world = declared()
    photo = actions.add_photo(
        answer=world.answer("2.6"), key=uuid4(), data=picture(), by=world.first, now=ON_SITE
    )
    url, script = (
        reverse("supervision:photo_remove", args=[photo.pk]),
        {"accept": "application/json"},
    )
    assert browser(world.secretary).post(url, headers=script).status_code == 403
    assert AnswerPhoto.objects.filter(pk=photo.pk).exists()
    answer = browser(world.first).post(url, headers=script)
    assert (answer.status_code, answer.json()) == (200, {"message": "照片已撤下"})
    assert not AnswerPhoto.objects.exists()
    assert browser(world.first).post(url, headers=script).status_code == 404


def test_a_signed_photo_is_not_taken_away_by_script():
    world = walked()
    photo = actions.add_photo(
        answer=world.answer("2.6"), key=uuid4(), data=picture(), by=world.first, now=ON_SITE
    )
    signed(world)
    url = reverse("supervision:photo_remove", args=[photo.pk])
    answer = browser(world.first).post(url, headers={"accept": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["message"]
    assert AnswerPhoto.objects.exists()

"""Nothing of a check begins before the first day on site, of which the society was told
(R-SUP-03, R-SUP-04).
"""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from common.clock import start_of
from common.errors import ActionRefused
from supervision import actions, check_desk
from supervision.inspector_desk import visits
from supervision.models import Answer, AnswerPhoto, BatchState, CheckState, InspectionBatch
from tests.factories.checks import ON_SITE, declared, make_check
from tests.supervision.browsing import browser, told
from tests.supervision.photo_files import picture

pytestmark = pytest.mark.django_db
FIRST = date(2026, 11, 23)
MIDNIGHT = start_of(FIRST)
LAST_MOMENT = MIDNIGHT - timedelta(seconds=1)
REFUSED = "现场检查自 2026-11-23 起，届时再声明并开始填写"
JSON = {"accept": "application/json"}


def phone(world):
    return reverse("supervision:check_answers", args=[world.check.pk])


def post(world, name, data=None):
    """Send a step of the phone page, with what the page carries."""
    client = browser(world.first)
    shown = client.get(phone(world))
    form = shown.context["recusal" if name == "check_recuse" else "declaration"]
    first = {field: form[field].value() for field in ("form_token", "row_version")}
    url = reverse(f"supervision:{name}", args=[world.check.pk])
    return client.post(url, first | (data or {}), follow=True)


@pytest.fixture
def clock(monkeypatch):
    def stand(moment):
        monkeypatch.setattr("common.clock.now", lambda: moment)

    return stand


def test_the_first_day_begins_at_midnight_of_shanghai():
    """Rules §12.1: 16:00 UTC of the day before."""
    world = make_check()
    assert datetime(2026, 11, 22, 16, tzinfo=UTC) == MIDNIGHT
    for early in (ON_SITE - timedelta(days=1), LAST_MOMENT):
        with pytest.raises(ActionRefused, match=REFUSED):
            actions.declare_no_recusal(check=world.check, by=world.first, now=early)
    assert world.fresh().state == CheckState.PLANNED
    assert world.batch.fresh().state == BatchState.NOTIFIED
    assert not Answer.objects.filter(spot_check=world.check).exists()
    actions.declare_no_recusal(check=world.check, by=world.first, now=MIDNIGHT)
    assert world.fresh().state == CheckState.IN_PROGRESS


def test_nothing_is_answered_before_the_first_day():
    world = declared()
    sent = {"key": uuid4(), "data": picture(), "by": world.first}
    world.now = LAST_MOMENT
    with pytest.raises(ActionRefused, match=REFUSED):
        world.save("1.1")
    with pytest.raises(ActionRefused, match=REFUSED):
        actions.add_photo(answer=world.answer("1.1"), now=world.now, **sent)
    assert world.answer("1.1").value == ""
    assert not AnswerPhoto.objects.exists()
    world.now = MIDNIGHT
    assert world.save("1.1").applied
    assert actions.add_photo(answer=world.answer("1.1"), now=world.now, **sent).pk


@pytest.mark.parametrize("door", ["answering", "photos"])
def test_without_the_check_the_same_goes_through(monkeypatch, door):
    """Negative control."""
    world = declared() if door == "photos" else make_check()
    monkeypatch.setattr(f"supervision.actions.{door}.refuse_early", lambda check, on: None)
    world.now = LAST_MOMENT
    if door == "photos":
        sent = {"key": uuid4(), "data": picture(), "by": world.first, "now": world.now}
        assert actions.add_photo(answer=world.answer("1.1"), **sent).pk
    else:
        actions.declare_no_recusal(check=world.check, by=world.first, now=world.now)
        assert world.save("1.1").applied


def test_whoever_must_stay_out_says_so_before_the_first_day(clock):
    """R-SUP-03: the earlier, the more time the lead has to find another."""
    world = make_check()
    clock(LAST_MOMENT)
    shown = post(world, "check_recuse", {"reason": "任该会理事"})
    assert "已提出回避" in told(shown)
    assert world.check.seats.get(user=world.first.user).recusal == "任该会理事"
    assert "您已提出回避：任该会理事" in told(browser(world.first).get(phone(world)))


def test_the_pages_say_from_when_and_offer_nothing_that_is_refused(clock):
    world = make_check()
    pages = (phone(world), "/", reverse("supervision:checks"))
    one = reverse("supervision:check", args=[world.check.pk])
    clock(LAST_MOMENT)
    before = [told(browser(world.first).get(url)) for url in (*pages, one)]
    assert "现场检查自 2026-11-23 起，届时再声明并开始填写" in before[0]
    assert "提出回避" in before[0]
    assert "声明无回避情形，开始检查" not in before[0]
    assert "2026-11-23 起检查" in before[1]
    assert not any("开始检查" in text or "继续检查" in text for text in before)
    assert all("查看安排" in text for text in before[1:])
    clock(MIDNIGHT)
    after = [told(browser(world.first).get(url)) for url in (*pages, one)]
    assert "声明无回避情形，开始检查" in after[0]
    assert all("开始检查" in text for text in after)
    assert not any("查看安排" in text or "起检查" in text for text in after)


def test_a_replayed_declaration_is_told_the_day(clock):
    world = make_check()
    clock(LAST_MOMENT)
    assert REFUSED in told(post(world, "check_declare"))
    assert world.fresh().state == CheckState.PLANNED
    clock(MIDNIGHT)
    post(world, "check_declare")
    assert world.fresh().state == CheckState.IN_PROGRESS


def test_a_forged_answer_is_told_the_day(clock):
    """As for a check that began before its days were kept."""
    world = declared()
    answer = world.answer("1.1")
    data = {"client": str(uuid4()), "seq": "1", "row_version": "1", "value": "conform"}
    url = reverse("supervision:answer_save", args=[answer.pk])
    clock(LAST_MOMENT)
    reply = browser(world.first).post(url, data, headers=JSON)
    assert (reply.status_code, reply.json()["message"]) == (422, REFUSED)
    text = told(browser(world.first).get(phone(world)))
    assert REFUSED.split("，", maxsplit=1)[0] in text
    assert "事实和依据" not in text


def test_the_task_stands_from_the_first_day_on():
    world = make_check()
    assert check_desk.checks(world.first, FIRST - timedelta(days=1)) == []
    assert [task.button for task in check_desk.checks(world.first, FIRST)][:1] == ["开始检查"]
    before = visits(world.first, FIRST - timedelta(days=1))
    assert {(row.button, row.now, row.due_text) for row in before} == {
        ("查看安排", False, "2026-11-23 起检查")
    }
    InspectionBatch.objects.filter(pk=world.batch.batch.pk).update(on_site_from=date(2026, 11, 25))
    assert {row.button for row in visits(world.first, FIRST)} == {"查看安排"}

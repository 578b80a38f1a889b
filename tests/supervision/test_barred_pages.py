"""A refused spot check through its pages: recorded, answered to, judged, shown (R-SUP-03b, R8)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.permissions import Role
from dashboards.rectification import context
from supervision import check_desk, inspector_desk, progress
from supervision.models import CheckState, CheckStep
from supervision.querysets import AnswerQuerySet, CheckPartQuerySet
from tests.factories import make_actor
from tests.factories.checks import BARRED, ON_SITE, barred, barred_on, declared, make_check
from tests.supervision.browsing import browser, told

pytestmark = pytest.mark.django_db
DAY = ON_SITE.date()
NOTE = "第三季度支部党员大会无记录"
OPEN, UPHELD, DECLINED = (f"拒绝检查（{word}）" for word in ("待认定", "已认定", "不予认定"))


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """Moves to a moment."""

    def move(moment):
        monkeypatch.setattr("common.clock.now", lambda: moment)

    move(ON_SITE)
    return move


def address(world, verb=""):
    name = f"supervision:check_{verb}" if verb else "supervision:check"
    return reverse(name, args=[world.check.pk])


def form_of(world, by, verb):
    """What a page made now sends for a step."""
    form = browser(by).get(address(world)).context["steps"][verb]
    return {name: form[name].value() for name in ("form_token", "row_version")}


def sent(world, by, verb, data):
    return browser(by).post(address(world, verb), data)


def test_from_the_record_to_the_conclusion():
    """The lead, the society, the lead, the reviewer; each through the page."""
    world = make_check()
    lead, reviewer = world.batch.cast.lead, world.batch.cast.reviewer
    data = form_of(world, lead, "record_barred")
    empty = sent(world, lead, "record_barred", data)
    assert empty.status_code == 422
    assert sent(world, lead, "record_barred", data | {"reason": BARRED}).status_code == 302
    assert world.fresh().state == CheckState.CONFIRMED
    data = form_of(world, world.secretary, "reply") | {"reply": "当日负责人出差，并非拒绝"}
    assert sent(world, world.secretary, "reply", data).status_code == 302
    data = form_of(world, lead, "pass_on") | {"opinion": "通知已提前送达"}
    assert sent(world, lead, "pass_on", data).status_code == 302
    page = browser(reviewer).get(address(world))
    assert "是否认定拒绝接受检查" in told(page)
    assert "随即作为整改问题下发" not in told(page)
    data = form_of(world, reviewer, "conclude") | {"conclusion": "无正当理由不接受检查"}
    for wrong in ({}, {"upheld": ""}, {"upheld": "maybe"}):
        answer = sent(world, reviewer, "conclude", data | wrong)
        assert answer.status_code == 422
        assert "无正当理由不接受检查" in answer.content.decode()
    assert world.fresh().state == CheckState.PASSED_ON
    assert sent(world, reviewer, "conclude", data | {"upheld": "yes"}).status_code == 302
    row = world.fresh()
    assert (row.state, row.barred_upheld) == (CheckState.CONCLUDED, True)


def test_a_doubled_post_counts_once_and_a_late_one_is_told():
    """R8: the same form again, an older page, a page of somebody else's step."""
    world = declared()
    lead = world.batch.cast.lead
    data = form_of(world, lead, "record_barred") | {"reason": BARRED}
    late = form_of(world, lead, "record_barred") | {"reason": "另一个窗口的话"}
    stale = form_of(world, lead, "record_barred") | {"reason": "旧页的话"}
    world.save("1.1")
    answer = sent(world, lead, "record_barred", stale)
    assert answer.status_code == 409
    assert "旧页的话" in answer.content.decode()
    data["row_version"] = late["row_version"] = world.version()
    for _ in range(2):
        assert sent(world, lead, "record_barred", data).status_code == 302
    answer = sent(world, lead, "record_barred", late)
    assert answer.status_code == 409
    assert "另一个窗口的话" in answer.content.decode()
    assert CheckStep.objects.filter(verb="record_barred").count() == 1
    # The inspectors' open pages: told, nothing kept, nothing broken.
    phone = reverse("supervision:check_answers", args=[world.check.pk])
    assert browser(world.first).get(phone).status_code == 302
    sign = {"row_version": world.version(), "form_token": data["form_token"]}
    assert sent(world, world.first, "sign", sign).status_code == 422
    assert world.fresh().state == CheckState.CONFIRMED


def test_the_button_waits_for_the_first_day_on_site(clock):
    world = make_check()
    lead = world.batch.cast.lead
    clock(ON_SITE - timedelta(days=1))
    assert "record_barred" not in browser(lead).get(address(world)).context["steps"]
    clock(ON_SITE)
    assert "record_barred" in browser(lead).get(address(world)).context["steps"]
    for by in (world.first, world.secretary, world.batch.cast.reviewer):
        assert "record_barred" not in browser(by).get(address(world)).context["steps"]


@pytest.mark.parametrize(("upheld", "words"), [(None, OPEN), (True, UPHELD), (False, DECLINED)])
def test_every_page_says_refused(upheld, words):
    world = make_check()
    world = barred(world) if upheld is None else barred_on(world, upheld)
    cast, society = world.batch.cast, world.check.society_id
    batch = reverse("supervision:batch", args=[world.batch.batch.pk])
    export = reverse("supervision:batch_export", args=[world.batch.batch.pk])
    for page in (batch, export):
        assert words in told(browser(cast.lead).get(page))
    for by in (cast.lead, world.secretary, world.first, cast.reviewer):
        pages = [reverse("supervision:checks"), address(world), address(world, "print")]
        pages += [reverse("society", args=[society])] if by is not cast.lead else []
        for page in pages:
            text = told(browser(by).get(page))
            assert words in text
            assert "学会未签" not in text
        whole = told(browser(by).get(address(world)))
        assert BARRED in whole
        assert "不表示符合" in whole
    (visit,) = [
        v
        for v in inspector_desk.visits(world.first, ON_SITE.date())
        if v.check.pk == world.check.pk
    ]
    assert words in visit.facts


def test_the_society_does_not_read_what_nobody_signed():
    """Inspectors' notes of a refused check are theirs and the committee's."""
    world = declared()
    world.save("2.6", "not", NOTE, "serious")
    barred(world)
    for page in (address(world), address(world, "print")):
        assert NOTE not in told(browser(world.secretary).get(page))
    whole = told(browser(world.batch.cast.reviewer).get(address(world)))
    assert NOTE in whole
    assert "未经签字，不作为检查情况" in whole


def test_without_the_filter_the_society_would_read_them(monkeypatch):
    """Negative control."""
    world = declared()
    world.save("2.6", "not", NOTE, "serious")
    barred(world)
    monkeypatch.setattr(AnswerQuerySet, "visible_to", CheckPartQuerySet.visible_to)
    assert NOTE in told(browser(world.secretary).get(address(world)))


def test_a_refusal_is_not_counted_as_answered_and_holds_nobody_up():
    """R-SUP-01, -03b: three drawn, one refused, none answered."""
    world = barred(make_check())
    batch = world.batch.batch
    actor = make_actor(Role.COMMITTEE_REVIEWER, batch.federation)
    ((_, stages),) = progress.running(actor)
    assert [(each.stage.key, each.count, each.of) for each in stages] == [
        ("drawn", 3, 3),
        ("notified", 3, 3),
        ("answered", 0, 2),
        ("concluded", 0, 3),
    ]
    checks = world.batch.checks()
    assert progress.narrowed(actor, world.batch.fresh(), checks, "answered") == []
    ((*_, refused),) = context(actor, ON_SITE.date())["batches"]
    assert refused == 1
    page = browser(actor).get(reverse("dashboard_rectification"))
    assert "记录拒绝检查 1 家" in told(page)


def test_desks_ask_for_the_next_step_and_for_nothing_before():
    world = declared()

    def asked(by, day=DAY):
        mine = [t for t in check_desk.checks(by, day) if t.why == world.check.code]
        return [task.title.split("：")[0] for task in mine]

    assert asked(world.first) == ["现场抽查"]
    barred(world)
    assert asked(world.first) == []
    assert asked(world.secretary) == ["可反馈检查意见"]
    after = world.fresh().reply_due + timedelta(days=1)
    assert asked(world.batch.cast.lead, after) == ["报送检查结果"]

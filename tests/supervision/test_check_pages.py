"""The pages of a spot check: the phone's answers, signatures, who sees what (R-SUP-03, -04)."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.permissions import Role
from accounts.sessions import ACTING_KEY
from supervision import actions, check_desk
from supervision.models import CheckState
from tests.factories import make_actor
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


@pytest.fixture
def page(monkeypatch):
    """Open or post an address as an actor, on the first day on site."""
    monkeypatch.setattr("common.clock.now", lambda: ON_SITE)

    def ask(by, name, pk, data=None, **extra):
        client = Client()
        client.force_login(by.user)
        session = client.session
        session[ACTING_KEY] = by.appointment.pk
        session.save()
        url = reverse(f"supervision:{name}", args=[pk] if pk else [])
        return client.get(url, **extra) if data is None else client.post(url, data, **extra)

    return ask


def form(response, verb):
    """What the form of a step carries."""
    step = response.context["steps"][verb]
    return {name: step[name].value() for name in ("form_token", "row_version")}


def send(world, code, value, note="", **more):
    """What the script sends for an item."""
    answer = world.answer(code)
    return answer.pk, {
        "client": str(uuid4()),
        "seq": "1",
        "row_version": str(answer.row_version),
        "value": value,
        "note": note,
        "severity": "",
    } | more


def test_the_phone_page_asks_for_the_declaration_first(page):
    world = make_check()
    shown = page(world.first, "check_answers", world.check.pk)
    assert "声明无回避情形" in shown.content.decode()
    assert "事实和依据" not in shown.content.decode()
    token = shown.context["declaration"]["form_token"].value()
    page(world.first, "check_declare", world.check.pk, {"form_token": token})
    text = page(world.first, "check_answers", world.check.pk).content.decode()
    assert "不以照片、签到、讲稿有无作为扣分依据" in text
    assert "来源 组织生活登记" in text


def test_a_script_is_told_what_is_kept(page):
    """Saved is said by the server, after the commit, with the hour."""
    world = declared()
    pk, data = send(world, "2.6", "not", "第三季度无记录")
    saved = page(world.first, "answer_save", pk, data, HTTP_ACCEPT="application/json")
    assert saved.status_code == 200
    said = saved.json()
    assert (said["value"], said["severity"], said["at"]) == ("not", "general", "10:00")
    assert said["tally"]["answered"] == 1
    again = page(world.first, "answer_save", pk, data, HTTP_ACCEPT="application/json").json()
    assert (again["applied"], again["version"]) == (False, said["version"])
    pk, stale = send(world, "2.6", "conform", row_version="1")
    refused = page(world.second, "answer_save", pk, stale, HTTP_ACCEPT="application/json")
    assert refused.status_code == 409
    assert refused.json()["note"] == "第三季度无记录"
    assert world.answer("2.6").value == "not"


def test_without_script_nothing_typed_is_lost(page):
    world = declared()
    pk, data = send(world, "2.6", "mostly", "会议记录缺一次")
    assert page(world.first, "answer_save", pk, data).status_code == 302
    pk, stale = send(world, "2.6", "not", "我的另一段话", row_version="1")
    shown = page(world.second, "answer_save", pk, stale)
    text = shown.content.decode()
    assert shown.status_code == 409
    assert "我的另一段话" in text
    assert "会议记录缺一次" in text
    assert world.answer("2.6").value == "mostly"


def test_a_wrong_answer_is_named(page):
    world = declared()
    for change in ({"value": "perfect"}, {"note": "长" * 1001}, {"client": "x"}, {"seq": "0"}):
        pk, data = send(world, "1.1", "conform")
        reply = page(world.first, "answer_save", pk, data | change, HTTP_ACCEPT="application/json")
        assert reply.status_code == 422
        assert reply.json()["message"]
    assert world.answer("1.1").value == ""


def test_three_sign_on_their_pages(page):
    world = answered(i2_6=("not", "第三季度无记录", "serious"))
    for by in (world.first, world.second):
        shown = page(by, "check", world.check.pk)
        data = form(shown, "sign")
        assert page(by, "check_sign", world.check.pk, data).status_code == 302
        assert page(by, "check_sign", world.check.pk, data).status_code == 302
    shown = page(world.secretary, "check", world.check.pk)
    assert "第三季度无记录" in shown.content.decode()
    data = form(shown, "sign_society") | {"dissent": "会议已开，记录后补"}
    assert page(world.secretary, "check_sign_society", world.check.pk, data).status_code == 302
    assert world.fresh().state == CheckState.CONFIRMED
    assert world.check.signatures.count() == 3
    assert "会议已开，记录后补" in page(world.first, "check", world.check.pk).content.decode()


def test_nobody_is_asked_to_sign_before_both_declared(page):
    """The page waits for the other inspector instead of offering a button that is refused."""
    world = make_check()
    actions.declare_no_recusal(check=world.check, by=world.first, now=world.now)
    for item in world.check.answers.values_list("item__code", flat=True):
        world.save(item, client=uuid4())
    shown = page(world.first, "check", world.check.pk).content.decode()
    waits = f"{world.second.user}声明无回避情形后，由两名督导组成员签字"
    assert waits in shown and "签字确认" not in shown
    actions.declare_no_recusal(check=world.check, by=world.second, now=world.now)
    shown = page(world.first, "check", world.check.pk).content.decode()
    assert waits not in shown and "签字确认" in shown


def test_the_society_reads_nothing_before_signing(page):
    world = answered(i2_6=("not", "第三季度无记录", "serious"))
    for name in ("check", "check_print"):
        shown = page(world.secretary, name, world.check.pk)
        assert shown.status_code == 200
        assert "第三季度无记录" not in shown.content.decode()
    signed(world)
    assert "第三季度无记录" in page(world.secretary, "check", world.check.pk).content.decode()


def test_the_conclusion_on_its_page(page):
    world = passed_on(answered(i2_6=("not", "第三季度无记录", "serious")))
    reviewer = world.batch.cast.reviewer
    shown = page(reviewer, "check", world.check.pk)
    assert "第三季度会议已补开" in shown.content.decode()
    data = form(shown, "conclude")
    empty = page(reviewer, "check_conclude", world.check.pk, data | {"conclusion": ""})
    assert empty.status_code == 422
    data |= {"conclusion": "维持检查情况"}
    assert page(reviewer, "check_conclude", world.check.pk, data).status_code == 302
    assert "ZG-2026-0001" in page(reviewer, "check", world.check.pk).content.decode()


def test_others_find_nothing(page):
    """404 out of scope, 403 in scope without the right."""
    world = confirmed(answered())
    pk = world.check.pk
    other = world.batch.checks()[1]
    stranger = make_actor(Role.SOCIETY_SECRETARY, other.society)
    assert page(stranger, "check", pk).status_code == 404
    assert page(world.secretary, "check_answers", pk).status_code == 403
    clerk = make_actor(Role.SOCIETY_CLERK, world.check.society)
    assert page(clerk, "check", pk).status_code == 200
    assert page(clerk, "check_reply", pk, {}).status_code == 403
    assert page(world.first, "check_conclude", pk, {}).status_code == 403
    rows = page(stranger, "checks", None).context["rows"]
    assert [row.pk for row in rows] == [other.pk]


def test_why_somebody_stays_out_is_for_the_lead(page):
    """R-SUP-03: told to the lead, who replaces him; nobody else reads the reason."""
    world = declared()
    shown = page(world.first, "check_answers", world.check.pk)
    data = {
        **{name: shown.context["recusal"][name].value() for name in ("form_token", "row_version")},
        "reason": "配偶在该学会任职",
    }
    assert page(world.first, "check_recuse", world.check.pk, data).status_code == 302
    lead = world.batch.cast.lead
    assert "配偶在该学会任职" in page(lead, "check", world.check.pk).content.decode()
    for by in (world.second, world.secretary, world.batch.cast.reviewer):
        assert "配偶在该学会任职" not in page(by, "check", world.check.pk).content.decode()


def test_desks_ask_for_the_next_step():
    """Each task stands exactly while its step is open, for whoever may take it."""
    world = answered(i2_6=("not", "第三季度无记录", "serious"))
    day, lead, reviewer = ON_SITE.date(), world.batch.cast.lead, world.batch.cast.reviewer

    def titles(actor):
        return [task.title.split("：")[0] for task in check_desk.checks(actor, day)]

    assert "现场抽查" in titles(world.first)
    signed(world)
    assert "签字确认检查情况" not in titles(world.first)
    assert titles(world.secretary) == ["核对检查情况并签字"]
    assert titles(lead) == titles(reviewer) == []
    actions.sign_for_society(
        check=world.check, version=None, dissent="", by=world.secretary, now=ON_SITE
    )
    assert titles(world.secretary) == ["可反馈检查意见"]
    actions.reply_to_check(
        check=world.check, version=None, reply="已补开", by=world.secretary, now=ON_SITE
    )
    assert titles(lead) == ["报送检查结果"]
    actions.pass_on_check(check=world.check, version=None, opinion="属实", by=lead, now=ON_SITE)
    assert (titles(lead), titles(reviewer)) == ([], ["作出抽查结论"])
    actions.conclude_check(
        check=world.check, version=None, conclusion="同意", by=reviewer, now=ON_SITE
    )
    assert titles(reviewer) == titles(world.secretary) == []

"""批量提醒: who reminds whom of what, once a day, and where the society sees it."""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.permissions import Role
from common.errors import ActionRefused, NotAllowed
from supervision import actions, finding_desk, finding_states
from supervision.actions import reminding
from supervision.finding_querysets import WITH_SOCIETY
from supervision.models import Finding, FindingState, FindingStep
from tests.factories import make_actor, make_finding, make_society
from tests.factories.coverage import at
from tests.factories.findings import DRAFT, ISSUED, walk
from tests.ledgers.test_races import at_once

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
URL = "supervision:finding_remind"
LATE = at((ISSUED + timedelta(days=45)).date(), 10)
TEXT = "请于本周内报送整改情况"
S = FindingState


@pytest.fixture
def clock(monkeypatch):
    monkeypatch.setattr("common.clock.now", lambda: LATE)


@pytest.fixture
def world():
    """An overdue finding, one of a neighbour that is not, one of another federation."""
    world = walk(make_finding(), S.RECTIFYING)
    near = make_society(world.finding.federation, name="示例近邻学会")
    said = {"source": "self", "severity": "serious", "by": world.cast.author, "now": LATE}
    world.near = actions.register_finding(society=near, **said, **DRAFT)
    world.far = make_finding()
    return world


def send(client, actor, rows, query="", **sent):
    client.force_login(actor.user, BACKEND)
    token = {"form_token": str(uuid.uuid4()), "text": TEXT}
    body = token | {"findings": [row.pk for row in rows]} | sent
    return client.post(f"{reverse(URL)}?{query}", body), body


def shown(client, actor, query=""):
    client.force_login(actor.user, BACKEND)
    return client.get(f"{reverse(URL)}?{query}")


def reminders(**where):
    return FindingStep.objects.filter(verb="remind", **where)


def remind(world, *findings, by=None, now=LATE, text=TEXT):
    return actions.remind_societies(
        findings=[row.pk for row in findings], text=text, by=by or world.cast.author, now=now
    )


@pytest.mark.usefixtures("clock")
def test_the_reviewer_reminds_what_the_filter_leaves(world, client):
    """The board's overdue note opens the page; the society sees text, day and number."""
    board = client.force_login(world.cast.author.user, BACKEND)
    board = client.get(reverse("supervision:findings")).content.decode()
    assert "批量提醒 1 家" in board
    page = shown(client, world.cast.author, "overdue=True")
    assert [row.pk for row, *_ in page.context["rows"]] == [world.finding.pk]
    assert len(shown(client, world.cast.author).context["rows"]) == 2
    answer, _ = send(client, world.cast.author, [world.finding], "overdue=True")
    assert answer.status_code == 302
    (step,) = reminders()
    assert (step.finding_id, step.text, step.at) == (world.finding.pk, TEXT, LATE)
    (task,) = finding_desk.findings(world.cast.clerk, LATE.date())
    assert "已提醒 1 次，最近 今天" in task.why
    remind(world, world.finding, now=LATE + timedelta(days=2))
    (task,) = finding_desk.findings(world.cast.clerk, LATE.date() + timedelta(days=3))
    assert f"已提醒 2 次，最近 {LATE + timedelta(days=2):%Y-%m-%d}" in task.why
    client.force_login(world.cast.clerk.user, BACKEND)
    page = client.get(reverse("supervision:finding", args=[world.finding.pk])).content.decode()
    assert f"提醒：{TEXT}" in page
    note = f"<strong>{LATE + timedelta(days=2):%Y-%m-%d} 提醒：</strong>{TEXT}"
    assert note in page, "the last one, while it is the society's turn"
    assert "已提醒 2 次" in client.get("/").content.decode()
    walk(world, S.SUBMITTED)
    page = client.get(reverse("supervision:finding", args=[world.finding.pk])).content.decode()
    assert note not in page


@pytest.mark.usefixtures("clock")
def test_a_replayed_post_reminds_once(world, client):
    """R10; and a second form of the same day is refused in words, at the field."""
    answer, body = send(client, world.cast.author, [world.finding])
    again = client.post(reverse(URL), body)
    assert (answer.status_code, again.status_code) == (302, 302)
    assert reminders().count() == 1
    answer, _ = send(client, world.cast.closer, [world.finding], text="再次提醒")
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "今天已提醒过" in text and "再次提醒" in text, "what was typed stays"
    assert reminders().count() == 1


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"findings": []}, "请至少选择一个问题"),
        ({"text": ""}, "提醒内容"),
        ({"text": "长" * 201}, "200"),
    ],
)
def test_what_is_wrong_is_said_at_the_field(world, client, sent, words):
    answer, _ = send(client, world.cast.author, [world.finding], **sent)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not reminders().exists()


@pytest.mark.usefixtures("clock")
def test_nobody_reminds_out_of_scope(world, client):
    """A foreign key is no choice of the form, and the action refuses it by itself (S1)."""
    answer, _ = send(client, world.cast.author, [world.far.finding])
    assert answer.status_code == 422
    for by in (world.far.cast.author, world.cast.clerk, world.cast.leader):
        with pytest.raises(NotAllowed):
            remind(world, world.finding, by=by)
    with pytest.raises(NotAllowed):
        remind(world, world.finding, world.far.finding)
    assert not reminders().exists()
    for actor in (world.cast.leader, world.cast.clerk, world.cast.secretary):
        assert shown(client, actor).status_code == 403
        assert send(client, actor, [world.finding])[0].status_code == 403


def test_the_scope_is_what_refuses(world, monkeypatch):
    """Negative control: with the rows of everybody the foreign finding would be reminded of."""
    monkeypatch.setattr(reminding, "_locked", lambda pks, by: Finding.objects.filter(pk__in=pks))
    remind(world, world.far.finding)
    assert reminders(finding=world.far.finding).exists()


def test_only_what_waits_for_the_society(world):
    """待复查, 待确定完成日期, 待销号, 已销号 are not the society's turn."""
    turns = {state for state in S if state in WITH_SOCIETY}
    assert turns == set(S) - {S.PLAN_FILED, S.SUBMITTED, S.VERIFIED, S.CLOSED}
    walk(world, S.SUBMITTED)
    with pytest.raises(ActionRefused, match="已不在学会办理"):
        remind(world, world.finding)
    remind(world, world.near)


def test_without_anything_to_remind_the_page_says_so(client, world):
    other = make_actor(Role.COMMITTEE_REVIEWER, make_society().federation)
    page = shown(client, other).content.decode()
    assert "没有要提醒的问题" in page and "发出提醒" not in page


def test_a_reminder_keeps_nobody_from_another_part(world):
    """It is no part of four eyes: who reminded may verify; nothing of the finding changed."""
    version = world.fresh().row_version
    remind(world, world.finding, by=world.cast.verifier)
    assert world.fresh().row_version == version, "the society's open page stays fresh (R8)"
    assert finding_states.others("remind") == frozenset()
    walk(world)
    assert world.fresh().state == S.CLOSED


def test_reminders_are_insert_only(world):
    remind(world, world.finding)
    row = reminders().get()
    for change in (lambda: reminders().update(text="x"), row.delete):
        with pytest.raises(IntegrityError, match="只增不改"), transaction.atomic():
            change()


@pytest.mark.django_db(transaction=True)
def test_two_reviewers_at_once_remind_once(world):
    outcomes = at_once(
        lambda: remind(world, world.finding, world.near),
        lambda: remind(world, world.near, world.finding, by=world.cast.closer),
    )
    assert sorted(isinstance(one, ActionRefused) for one in outcomes) == [False, True], outcomes
    assert reminders().count() == 2

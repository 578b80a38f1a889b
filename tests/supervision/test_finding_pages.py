"""The pages of findings: the whole way by forms, four eyes by replayed posts, stale tabs."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.permissions import Role
from dashboards.desks.tasks import tasks_of
from supervision import actions
from supervision.models import Finding, FindingState, FindingStep
from tests.factories import make_actor, make_batch_finding, make_finding
from tests.factories.coverage import at
from tests.factories.findings import DRAFT, ISSUED, ISSUED_ON, evidence, take, walk

pytestmark = pytest.mark.django_db
S = FindingState
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    monkeypatch.setattr("common.clock.now", lambda: ISSUED)


class Person:
    """Somebody at a browser, who sends the forms that the page shows."""

    def __init__(self, actor, world):
        self.client, self.world = Client(), world
        self.client.force_login(actor.user, BACKEND)

    @property
    def page(self):
        url = reverse("supervision:finding", args=[self.world.finding.pk])
        return self.client.get(url).content.decode()

    def hidden(self, verb):
        """Token and version of a step's form as the page carries them; None if it is not there."""
        url = reverse(f"supervision:finding_{verb}", args=[self.world.finding.pk])
        found = re.search(rf'action="{url}".*?</form>', self.page, re.DOTALL)
        if found is None:
            return None
        return dict(re.findall(r'name="(form_token|row_version)" value="([^"]+)"', found[0]))

    def post(self, verb, sent):
        url = reverse(f"supervision:finding_{verb}", args=[self.world.finding.pk])
        return self.client.post(url, sent)

    def take(self, verb, **values):
        """A step as the page offers it."""
        hidden = self.hidden(verb)
        assert hidden is not None, f"{verb} is not offered"
        return self.post(verb, hidden | values)


@pytest.mark.parametrize("make", [make_finding, make_batch_finding])
def test_from_issue_to_closing_by_forms(make):
    """Verified by the batch's inspector, or by another reviewer where there is no batch."""
    world = make()
    cast = world.cast
    clerk, secretary = Person(cast.clerk, world), Person(cast.secretary, world)
    plan = {"responsible_post": "学会办公室主任", "plan": "按季召开", "planned_on": "2026-12-20"}
    for person, verb, values in (
        (secretary, "accept", {}),
        (clerk, "send_plan", plan),
        (secretary, "sign_plan", {}),
        (clerk, "add_evidence", {"title": "会议记录", "text": "12 月 5 日召开"}),
        (clerk, "send_evidence", {"result": "已召开"}),
        (secretary, "sign_evidence", {}),
        (Person(cast.verifier, world), "verify", {"opinion": "属实"}),
        (Person(cast.closer, world), "close", {}),
    ):
        assert person.take(verb, **values).status_code == 302, verb
    assert world.fresh().state == S.CLOSED
    assert "已销号" in secretary.page


def test_a_replayed_post_counts_once_and_an_own_one_is_forbidden():
    """R10 and four eyes: the verifier's very body, sent again, sent by the author."""
    world = walk(make_finding(), S.SUBMITTED)
    verifier, author = Person(world.cast.verifier, world), Person(world.cast.author, world)
    sent = verifier.hidden("verify") | {"opinion": "属实"}
    assert author.post("verify", sent).status_code == 403
    assert author.hidden("verify") is None
    assert verifier.post("verify", sent).status_code == 302
    assert verifier.post("verify", sent).status_code == 302
    assert FindingStep.objects.filter(verb="verify").count() == 1
    closing = {"form_token": sent["form_token"], "row_version": world.fresh().row_version}
    assert verifier.post("close", closing).status_code == 403
    assert author.post("close", closing).status_code == 403
    assert world.fresh().state == S.VERIFIED


def test_an_extension_by_forms_needs_three():
    world = walk(make_finding(), S.RECTIFYING)
    federation = world.finding.federation
    secretary = Person(world.cast.secretary, world)
    asked = {"due_asked": "2027-01-10", "reason": "会议推迟"}
    assert secretary.take("ask_extension", **asked).status_code == 302
    assert secretary.hidden("ask_extension") is None
    both = make_actor(Role.COMMITTEE_REVIEWER, federation, user=world.cast.secretary.user)
    acting = Person(both, world)
    acting.client.post(reverse("accounts:act_as"), {"appointment": both.appointment.pk})
    sent = {"form_token": "8f1b1f4e-6c0f-4b1e-9d55-2f7c1f0f3c11"}
    sent |= {"row_version": world.fresh().row_version, "opinion": "属实"}
    assert acting.post("review_extension", sent).status_code == 403
    assert (
        Person(world.cast.verifier, world).take("review_extension", opinion="属实").status_code
        == 302
    )
    leader = Person(world.cast.leader, world)
    assert leader.take("decide_extension", granted="True", answer="同意").status_code == 302
    assert str(world.fresh().finish_due) == "2027-01-10"
    assert "延期 1 次，10 天" in leader.page


def test_a_stale_tab_keeps_what_was_typed():
    """R8: 409 with the words; sent again it counts."""
    world = walk(make_finding(), S.ACCEPTED)
    clerk = Person(world.cast.clerk, world)
    sent = clerk.hidden("send_plan")
    Finding.objects.filter(pk=world.finding.pk).update(row_version=99)
    plan = {"responsible_post": "秘书处", "plan": "按季召开", "planned_on": "2026-12-20"}
    answer = clerk.post("send_plan", sent | plan)
    assert answer.status_code == 409
    body = answer.content.decode()
    assert "刚被他人办理" in body
    assert "按季召开" in body
    assert 'value="99"' in body


def test_bad_input_is_told_at_the_field_and_nothing_typed_is_lost():
    world = walk(make_finding(), S.ACCEPTED)
    clerk = Person(world.cast.clerk, world)
    answer = clerk.take("send_plan", responsible_post="秘书处", plan="", planned_on="2027-03-01")
    body = answer.content.decode()
    assert answer.status_code == 422
    assert "请填写整改方案" in body
    assert "2027-03-01" in body
    answer = clerk.take(
        "send_plan", responsible_post="秘书处", plan="按季召开", planned_on="2027-03-01"
    )
    assert "应在 2026-12-01 至 2026-12-31 之间" in answer.content.decode()


def test_registered_by_form():
    world = make_finding()
    author = Person(world.cast.author, world)
    url = reverse("supervision:finding_register")
    page = author.client.get(url).content.decode()
    token = re.search(r'name="form_token" value="([^"]+)"', page)[1]
    sent = DRAFT | {"society": world.finding.society_id, "source": "self", "severity": "serious"}
    answer = author.client.post(url, sent | {"form_token": token})
    assert answer.status_code == 302
    assert Finding.objects.get(code="ZG-2026-0002").severity == "serious"


def test_the_board_counts_its_columns_and_what_is_overdue(monkeypatch):
    world = make_finding()
    for _ in range(9):
        said = DRAFT | {"source": "self", "severity": "general"}
        actions.register_finding(
            society=world.finding.society, by=world.cast.author, now=ISSUED, **said
        )
    walk(world, S.SUBMITTED)
    monkeypatch.setattr("common.clock.now", lambda: at(ISSUED_ON + timedelta(days=11)))
    person = Person(world.cast.closer, world)
    board = person.client.get(reverse("supervision:findings"))
    numbers = board.context["numbers"]
    assert (numbers["all"], numbers["open"], numbers["overdue"]) == (10, 10, 9)
    assert numbers["longest"] == 1
    columns = {c.lane.key: (c.count, c.overdue, c.rest) for c in board.context["columns"]}
    assert columns == {
        "plan": (9, 9, 1),
        "rectify": (0, 0, 0),
        "verify": (1, 0, 0),
        "closed": (0, 0, 0),
    }
    late = person.client.get(reverse("supervision:findings"), {"overdue": "True"})
    assert late.context["numbers"]["all"] == 9
    beside = person.client.get(reverse("supervision:findings"), {"open": world.finding.pk})
    assert "关闭详情" in beside.content.decode()


def test_the_board_asks_no_more_for_more_findings(django_assert_max_num_queries):
    world = make_finding()
    person = Person(world.cast.closer, world)
    url = reverse("supervision:findings")
    person.client.get(url)
    for _ in range(6):
        said = DRAFT | {"source": "self", "severity": "general"}
        actions.register_finding(
            society=world.finding.society, by=world.cast.author, now=ISSUED, **said
        )
    with django_assert_max_num_queries(30):
        person.client.get(url)
    listed = reverse("supervision:finding_list")
    with django_assert_max_num_queries(30):
        assert person.client.get(listed).status_code == 200


def said_to(actor):
    return [task.title.split("：")[0] for task in tasks_of(actor, ISSUED_ON)]


def test_desks_ask_whoever_may_and_nobody_else():
    """A task exists exactly while its step is open to the actor (D-19)."""
    world = make_finding("grave")
    cast = world.cast
    assert "确认" in said_to(cast.secretary)
    walk(world, S.ACCEPTED)
    assert {"报整改方案", "报立即措施"} <= set(said_to(cast.clerk))
    walk(world, S.PLAN_TO_SIGN)
    assert "审签整改方案" in said_to(cast.secretary)
    take(world, actions.sign_plan, cast.secretary)
    assert "确定完成期限" in said_to(cast.leader)
    day = world.fresh().planned_on
    take(world, actions.agree_date, cast.leader, finish_due=day)
    take(world, actions.send_measure, cast.clerk, measure="已停用")
    assert "审签立即措施" in said_to(cast.secretary)
    take(world, actions.sign_measure, cast.secretary)
    assert "报整改情况" in said_to(cast.clerk)
    evidence(world)
    assert "审签整改情况" in said_to(cast.secretary)
    walk(world, S.SUBMITTED)
    assert "复查" in said_to(cast.verifier)
    assert "复查" not in said_to(cast.author)
    walk(world, S.VERIFIED)
    assert "销号" in said_to(cast.leader)
    assert "销号" not in said_to(cast.closer)

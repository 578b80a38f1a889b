"""The society's page: rectification and hours with their way to the evidence, and as advice."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from accounts.permissions import Role
from coverage import live
from starrating.advice import advise
from supervision import actions
from tests.factories import (
    at,
    make_actor,
    make_edition,
    make_organisation,
    make_society,
    make_standard,
)
from tests.factories.findings import DRAFT, PLAN, FindingWorld, make_finding_cast, take, walk
from tests.factories.members import make_member
from tests.factories.supervision import make_checklist
from tests.factories.terms import make_post
from tests.factories.training import make_event, make_training
from tests.starrating.test_panel import page, values
from training.recompute import bring_up

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)
ISSUED = date(2026, 8, 3)  # due 2 September: 79 days late


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(at(DAY, 10), tick=False):
        yield


@pytest.fixture
def society():
    federation = make_edition().federation
    make_checklist(federation)
    make_standard(federation, "star-start-2")
    training = make_training(federation)
    found = make_society(federation)
    branch = make_organisation(found, name="办事机构党支部", established_on=date(2020, 1, 1))
    confirmer = make_actor(Role.SOCIETY_SECRETARY, found)
    people = [make_member(branch, confirmed_by=confirmer, since=date(2020, 1, 1)) for _ in range(2)]
    make_post(branch, member=people[0])
    event = make_event(people[:1], date(2026, 3, 5), portion="day")
    bring_up([event], training, today=DAY)
    return found


def issued(society, severity="general", on=ISSUED):
    cast = make_finding_cast(society)
    finding = actions.register_finding(
        society=society, source="self", severity=severity, by=cast.author, now=at(on), **DRAFT
    )
    return FindingWorld(finding, cast, now=at(on))


def computed(client, society, role=Role.SOCIETY_SECRETARY, scope=None):
    live.turn_live_day(at(date(2026, 1, 1), 0))
    live.turn_live_day(at(DAY, 0))
    return page(client, society, role, scope)


def test_lines_of_findings_and_hours_open_their_pages(client, society):
    """D-6: every line says where its facts stand."""
    issued(society)
    response = computed(client, society)
    found = {row.criterion.code: row for row in values(response)["rows"]}
    listed = reverse("supervision:finding_list", query={"q": society.name})
    hours = reverse("training:totals", query={"q": society.name, "year": 2026})
    assert found["G4"].evidence == (listed, "整改")
    assert found["G4"].fraction == "0 / 1"
    assert found["D1"].evidence == found["D2"].evidence == (hours, "学时统计")
    assert found["D1"].fraction == "得分率 0.0%"
    for address in (listed, hours):
        assert client.get(address).status_code == 200
    assert DRAFT["title"] in client.get(listed).content.decode()


def test_a_deduction_stands_below_the_lines_with_its_evidence(client, society):
    """R-STAR-02: 79 days are two times thirty."""
    issued(society)
    response = computed(client, society)
    (row,) = values(response)["adjustments"]
    assert (row.rule.code, row.cases, row.points) == ("N3", 2, 2)
    listed = reverse("supervision:finding_list", query={"q": society.name})
    assert row.evidence == (listed, "整改")
    assert values(response)["total"].deductions == 2
    assert "−2.00" in response.content.decode()


def test_without_a_case_no_deduction_shows(client, society):
    response = computed(client, society)
    assert values(response)["adjustments"] == []
    assert "加分、扣分" not in response.content.decode()


def test_a_reader_without_the_right_gets_no_way(client, society):
    """A discipline member reads scores and findings, and no hours."""
    issued(society)
    rows = values(computed(client, society, Role.DISCIPLINE_MEMBER))["rows"]
    found = {row.criterion.code: row.evidence for row in rows}
    assert found["D1"] is None
    assert found["G4"] is not None


def texts(society, actor=None):
    actor = actor or make_actor(Role.SOCIETY_SECRETARY, society)
    return {item.text: item for item in advise(actor, society, [], DAY)}


def test_advice_names_the_rectification_by_due_day_and_clause(society):
    """R-STAR-11: what is still open, first the plan, late as it is."""
    world = issued(society)
    code = world.finding.code
    found = texts(society)
    plan = found[f"{code} {DRAFT['title']}：报送整改方案"]
    late = found[f"{code} {DRAFT['title']}：整改已逾期 79 天，请尽快报送整改情况"]
    assert (plan.due, late.due) == (date(2026, 8, 13), date(2026, 9, 2))
    assert plan.clause == late.clause == world.finding.rule.clause
    world.now = at(DAY, 9)
    take(world, actions.accept_finding, world.cast.secretary)
    take(world, actions.send_plan, world.cast.clerk, planned_on=DAY, **PLAN)
    take(world, actions.sign_plan, world.cast.secretary)
    assert not any("报送整改方案" in text for text in texts(society))
    walk(world, "submitted")
    assert not any(code in text for text in texts(society))


def test_advice_before_the_day_says_what_is_to_be_done(society):
    world = issued(society, on=date(2026, 11, 10))
    words = f"{world.finding.code} {DRAFT['title']}：完成整改，报送整改情况"
    assert texts(society)[words].due == date(2026, 12, 10)


def test_advice_names_missing_hours_until_the_end_of_the_year(society):
    """R-TRN-01, -11, D-17: a training to come, never a record of the past, and no names."""
    found = texts(society)
    member = found["安排尚未达到学时要求的党员参加学习培训，完成全年 32 学时"]
    officer = found["安排尚未达到学时要求的书记、委员参加培训，完成全年 56 学时，其中集中培训 1 次"]
    assert member.due == officer.due == date(2026, 12, 31)
    assert member.clause == "《党员教育管理工作条例》第 20 条"
    assert not any("补" in text for text in found)


def test_advice_of_rectification_keeps_to_what_the_reader_sees(society):
    """Another society's findings are nobody's business."""
    world = issued(society)
    stranger = make_actor(Role.SOCIETY_SECRETARY, make_society(society.federation))
    assert not any(world.finding.code in text for text in texts(society, stranger))


def test_the_lines_of_the_old_standard_stay_without_a_source(client, society):
    """The edition before says of G4, D1, D2 what it always said."""
    society.federation.rating_editions.all().delete()
    make_standard(society.federation, "star-start")
    issued(society)
    rows = values(computed(client, society))["rows"]
    found = {row.criterion.code: row.state for row in rows}
    assert {found[code] for code in ("D1", "D2", "G4")} == {"not_supplied"}

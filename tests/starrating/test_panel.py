"""The society's page: every line with state and evidence, and what is still owed (R-STAR-11)."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.permissions import Role
from branches.models import LifeKind
from coverage import live
from starrating import advice
from starrating.models import LiveTotal
from tests.factories import (
    at,
    freeze_stars,
    make_actor,
    make_edition,
    make_organisation,
    make_period,
    make_society,
    make_standard,
)
from tests.factories.life import file_life, make_obligations
from tests.factories.terms import make_term

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(at(DAY, 10), tick=False):
        yield


@pytest.fixture
def society():
    standard = make_standard(make_edition().federation, "star-start")
    make_obligations(standard.federation)
    found = make_society(standard.federation)
    branch = make_organisation(found, name="办事机构党支部")
    make_term(branch, date(2024, 3, 1))
    file_life(branch, LifeKind.MEMBERS_CONGRESS, date(2026, 10, 9))
    live.turn_live_day(at(date(2026, 1, 1), 0))
    live.turn_live_day(at(DAY, 0))
    return found


def page(client, society, role, scope=None, **params):
    client.force_login(make_actor(role, scope or society).user)
    return client.get(reverse("society", args=[society.pk]), params)


def values(response):
    (found,) = (
        panel["values"]
        for place in response.context["places"].values()
        for panel in place
        if panel["template"] == "starrating/panel.html"
    )
    return found


def test_lines_of_organisation_life_open_its_pages(client, society):
    """D-6: of one kind the list of its records, else the society's year by kinds."""
    rows = values(page(client, society, Role.SOCIETY_CLERK))["rows"]
    found = {row.criterion.code: row.evidence for row in rows}
    year = reverse("branches:life_society", args=[society.pk], query={"year": 2026})
    kind = {"q": society.name, "kind": "members_congress", "year": 2026}
    assert found["C1"] == (reverse("branches:life_list", query=kind), "组织生活")
    assert found["C6"][0] == found["C7"][0] == year
    assert found["B2"][0] == reverse("branches:society", args=[society.pk])
    for address in (found["C1"][0], year):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "党员大会" in answer.content.decode()
    listed = client.get(found["C1"][0]).context["page"].object_list
    assert [row.kind for row in listed] == [LifeKind.MEMBERS_CONGRESS]


OWN = (Role.SOCIETY_CLERK, Role.SOCIETY_SECRETARY, Role.DISCIPLINE_MEMBER)
COMMITTEE = (Role.COMMITTEE_REVIEWER, Role.COMMITTEE_LEADER)


@pytest.mark.parametrize("role", [*OWN, *COMMITTEE])
def test_every_line_shows_to_the_society_and_the_committee(client, society, role):
    scope = society.federation if role in COMMITTEE else society
    response = page(client, society, role, scope)
    text = response.content.decode()
    found = values(response)
    assert [row.criterion.code for row in found["rows"]][:3] == ["A1", "A2", "A3"]
    assert len(found["rows"]) == 29
    for word in ("系统测算分", "差距与改进建议", "平台尚无此项数据来源", "政治引领", "STAR-START"):
        assert word in text
    assert f'href="{reverse("branches:society", args=[society.pk])}"' in text
    assert f'href="{reverse("ledgers:list")}"' in text


def test_a_computed_score_is_never_called_a_star(client, society):
    """R-STAR-08, trap 15: the panel names stars only to say who decides them."""
    text = page(client, society, Role.SOCIETY_CLERK).content.decode()
    panel = text[text.index('id="score-title"') :]
    panel = panel[: panel.index("</section>")]
    assert panel.count("星级") == 1
    assert "星级由评定决定，不由系统给出" in panel
    assert "★" not in panel


def test_inspectors_do_not_see_it_and_leaders_get_no_page(client, society):
    """R-STAR-12."""
    assert "系统测算分" not in page(client, society, Role.INSPECTOR).content.decode()
    assert page(client, society, Role.LEADERSHIP_VIEWER, society.federation).status_code == 403
    other = make_society(society.federation)
    client.force_login(make_actor(Role.SOCIETY_CLERK, other).user)
    assert client.get(reverse("society", args=[society.pk])).status_code == 404


def test_without_scope_foreign_lines_would_show(society, monkeypatch):
    """Negative control: the panel reads only through the actor's scope."""
    other = make_society(society.federation)
    stranger = make_actor(Role.SOCIETY_CLERK, other)
    assert list(LiveTotal.objects.visible_to(stranger)) == []
    monkeypatch.setattr(type(LiveTotal.objects.all()), "within", lambda rows, scope: rows.all())
    assert LiveTotal.objects.visible_to(stranger).exists()


def test_open_duties_come_by_due_day_with_their_clause(client, society):
    make_period(society.federation, date(2026, 12, 31), opened=False)
    found = values(page(client, society, Role.SOCIETY_SECRETARY))["advice"]
    dated = [item for item in found if item.due]
    assert [item.due for item in dated] == sorted(item.due for item in dated)
    assert all(item.clause for item in found)
    texts = {item.text: item.due for item in dated}
    assert texts["办事机构党支部：主题党日尚缺 1 次"] == date(2026, 11, 30)
    assert texts["办事机构党支部：任期届满前换届"] == date(2027, 2, 28)
    assert "办事机构党支部：党员大会尚缺 1 次" not in texts


def test_advice_never_proposes_a_record_of_the_past(client, society):
    """D-17: the missed months of the year are lines, not advice."""
    found = values(page(client, society, Role.SOCIETY_SECRETARY))
    (line,) = (row for row in found["rows"] if row.criterion.code == "C5")
    assert line.fraction == "0 / 10"
    assert all(item.due is None or item.due >= DAY for item in found["advice"])
    assert not any("补" in item.text and "记录" in item.text for item in found["advice"])


def test_an_ended_term_says_so(client, society):
    late = make_organisation(society, *society.units.filter(kind="council"), name="学会党支部")
    make_term(late, date(2020, 1, 1))
    found = values(page(client, society, Role.SOCIETY_SECRETARY))["advice"]
    assert "学会党支部：任期已届满，请尽快换届" in [item.text for item in found]


def test_advice_names_terms_of_organisations_that_serve_today(society):
    """R-STAR-11: a joint branch that serves the society no more is none of its business."""
    other = make_society(society.federation)
    joint = make_organisation(
        society, *society.units.all(), *other.units.all(), type="joint_branch"
    )
    make_term(joint, date(2023, 12, 10))
    reader = make_actor(Role.COMMITTEE_REVIEWER, society.federation)
    (named,) = advice.advise(reader, other, [], DAY)
    assert joint.name in named.text
    joint.services.filter(society=other).update(valid_to=DAY)
    assert advice.advise(reader, other, [], DAY) == []
    assert named in advice.advise(reader, society, [], DAY)


def test_a_past_day_shows_its_frozen_lines_and_no_advice(client, society):
    yesterday = DAY - timedelta(days=1)
    freeze_stars(society.federation, yesterday)
    response = page(client, society, Role.SOCIETY_CLERK, on=yesterday.isoformat())
    assert values(response)["advice"] is None
    assert len(values(response)["rows"]) == 29
    assert "差距与改进建议" not in response.content.decode()


def test_before_the_first_computation_it_says_so(client, society):
    response = page(client, society, Role.SOCIETY_CLERK, on="2026-05-01")
    assert "尚无测算分" in response.content.decode()


def test_an_unrated_score_names_what_is_lacking(client, society):
    society.federation.rating_editions.update(min_applicable=70)
    live.turn_live_day(at(DAY + timedelta(days=1), 0))
    with time_machine.travel(at(DAY + timedelta(days=1), 10), tick=False):
        text = page(client, society, Role.SOCIETY_CLERK).content.decode()
    assert "不予评定" in text
    assert "少于标准要求的 70" in text
    assert '<details class="pp-card__b" open>' in text


def test_the_panel_costs_a_few_queries(society, django_assert_max_num_queries):
    from starrating.panel import read

    actor = make_actor(Role.SOCIETY_SECRETARY, society)
    with django_assert_max_num_queries(8):
        found = read(actor, society, DAY)
    assert found["rows"]
    assert advice.BY_DUTY


def test_a_line_without_an_ended_period_is_not_said_to_lack_its_committee(client, society):
    """R-STAR-08: on 2 January nothing has come due; whether there is a 支委会 is another thing."""
    day = date(2027, 1, 2)
    with time_machine.travel(at(day, 10), tick=False):
        live.turn_live_day(at(day, 0))
        text = page(client, society, Role.SOCIETY_CLERK).content.decode()
    assert "不设支委会，或当年还没有应开的期间结束" in text
    assert "没有应开的整季度，或" not in text

"""The search of the top bar: every collector inside the acting appointment's scope."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.permissions import Role
from common import clock
from dashboards import search
from tests.factories import (
    file_life,
    make_actor,
    make_ledger,
    make_obligations,
    make_organisation,
    make_period,
)


def found(client, text):
    """The labels found."""
    response = client.get(reverse("search"), {"q": text})
    assert response.status_code == 200
    return [hit.label for group in response.context["found"] for hit in group.hits]


def test_committee_finds_societies_and_organisations(world, enter):
    make_organisation(world.bare, name="示例联合党支部", approval_number="科社党〔2026〕寻88号")
    client = enter(world.actor(Role.COMMITTEE_REVIEWER))
    assert found(client, "示例丁学会") == ["示例丁学会"]
    assert found(client, "〔2026〕寻88") == ["示例联合党支部"]
    assert found(client, "外域") == []
    assert found(client, world.bare.code) == ["示例丁学会"]


def test_society_finds_its_own_only(world, enter, monkeypatch):
    client = enter(make_actor(Role.SOCIETY_CLERK, world.covered))
    assert "示例甲学会" in found(client, "示例")
    assert not {"示例乙学会", "示例丁学会"} & set(found(client, "示例"))
    # Negative control: without visible_to the foreign ones would be there.
    monkeypatch.setattr(
        "societies.access.ScopedQuerySet.visible_to", lambda self, actor: self.all()
    )
    assert {"示例乙学会", "外域学会"} <= set(found(client, "学会"))


def test_ledger_numbers(world, enter):
    """The committee reads any number of its federation, a society its own."""
    period = make_period(world.federation)
    own, other = (make_ledger(society, period) for society in (world.covered, world.other))
    assert set(found(enter(world.actor(Role.COMMITTEE_LEADER)), "TZ-2026H1")) == {
        own.full_number,
        other.full_number,
    }
    clerk = make_actor(Role.SOCIETY_CLERK, world.covered)
    assert found(enter(clerk), "TZ-2026H1") == [own.full_number]


def test_branch_secretary_finds_the_own_organisation_but_no_society(world, enter):
    own = make_organisation(world.bare, name="示例丁党支部甲")
    make_organisation(world.bare, name="示例丁党支部乙", type="working_group")
    assert found(enter(make_actor(Role.BRANCH_SECRETARY, own)), "示例丁") == ["示例丁党支部甲"]


def test_organisation_life_is_found_in_ones_own_scope(world, enter):
    """A branch secretary finds the own organisation's, a society its own, the committee all."""
    make_obligations(world.federation)
    own = make_organisation(world.covered, name="示例甲党支部")
    sibling = make_organisation(world.covered, type="working_group")
    other = make_organisation(world.bare)
    today = clock.today()
    for n, branch in enumerate((own, sibling, other)):
        said = {"agenda": f"专题学习{n}", "learning": "党章第五章"}
        file_life(branch, held_on=today, on=today, **said)
    past = date(2019, 3, 1)
    own.established_on = date(2018, 1, 1)
    own.save()
    file_life(own, held_on=past, on=past, agenda="专题学习旧")

    def labels(actor, text="专题学习"):
        return {label.rsplit(" ", 1)[-1] for label in found(enter(actor), text)}

    assert labels(make_actor(Role.BRANCH_SECRETARY, own)) == {"专题学习0", "专题学习旧"}
    mine = {"专题学习0", "专题学习1", "专题学习旧"}
    assert labels(make_actor(Role.SOCIETY_CLERK, world.covered)) == mine
    # The committee: the last year's; older ones by the list of records.
    recent = {f"专题学习{n}" for n in range(3)}
    assert labels(world.actor(Role.COMMITTEE_REVIEWER)) == recent
    assert labels(world.actor(Role.COMMITTEE_REVIEWER), "第五章") == recent
    assert labels(make_actor(Role.INSPECTOR, world.covered)) == set()


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SYSADMIN, Role.EXPERT])
def test_roles_that_could_find_nothing_are_refused(role, db, enter):
    assert enter(make_actor(role)).get(reverse("search")).status_code == 403


def test_long_results_name_the_count_and_lead_to_the_list(world, enter, monkeypatch):
    monkeypatch.setattr(search, "SHOWN", 2)
    client = enter(world.actor(Role.COMMITTEE_REVIEWER))
    html = client.get(reverse("search"), {"q": "示例"}).content.decode()
    assert "以下为前 2 家" in html and reverse("societies:list") + "?q=" in html


def test_nothing_found_and_odd_words(world, enter):
    client = enter(world.actor(Role.COMMITTEE_REVIEWER))
    html = client.get(reverse("search"), {"q": "<script>%_'"}).content.decode()
    assert "没有找到" in html and "<script>%" not in html
    assert client.get(reverse("search"), {"q": "示例\x00"}).status_code == 200
    assert client.get(reverse("search")).status_code == 200

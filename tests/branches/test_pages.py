"""Pages of organisations, society branches and postings."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.permissions import Role
from branches.models import OrganisationService, OrganisationType, PartyOrganisation, Posting
from societies.models import SocietyUnit, UnitKind
from tests.factories import (
    make_actor,
    make_federation,
    make_organisation,
    make_posting,
    make_society,
    make_society_branch,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def society():
    return make_society(name="示例化学会")


@pytest.fixture
def reviewer(society, client):
    actor = make_actor(Role.COMMITTEE_REVIEWER, society.federation)
    client.force_login(actor.user)
    return actor


def url(name, *args):
    return reverse(f"branches:{name}", args=args)


def typed(client, address, **values):
    """What the page's form would send, with some values typed into it."""
    response = client.get(address)
    assert response.status_code == 200, response.status_code
    form = response.context["form"]
    shown = {name: form[name].value() for name in form.fields}
    return {n: "" if v is None else v for n, v in shown.items() if v is not False} | values


def decision(society, **values):
    unit = society.units.get(kind=UnitKind.SECRETARIAT)
    return {
        "units": [unit.pk],
        "type": OrganisationType.BRANCH,
        "form": "independent",
        "basis": "application",
        "name": "示例化学会党支部",
        "approval_number": "科社党〔2026〕12号",
        "approved_on": "2026-03-01",
        "established_on": "2026-03-05",
    } | values


def test_entering_an_approved_branch_covers_the_secretariat(client, reviewer, society):
    address = url("enter", society.pk)
    response = client.post(address, typed(client, address, **decision(society)))
    organisation = PartyOrganisation.objects.get()
    assert response.url == url("detail", organisation.pk)
    assert OrganisationService.objects.covering(date(2026, 3, 5)).count() == 1
    page = client.get(response.url).content.decode()
    assert "科社党〔2026〕12号" in page and "已建" in page


def test_double_click_enters_once(client, reviewer, society):
    """R10: the replayed POST is answered like the first."""
    address = url("enter", society.pk)
    data = typed(client, address, **decision(society))
    answers = {client.post(address, data).url for _ in range(2)}
    assert len(answers) == 1
    assert PartyOrganisation.objects.count() == 1


def test_bad_input_comes_back_with_everything_typed(client, reviewer, society):
    address = url("enter", society.pk)
    values = decision(society, approved_on="2026-13-01", name="某支部")
    response = client.post(address, typed(client, address, **values))
    page = response.content.decode()
    assert response.status_code == 422
    assert "应为实际存在的日期" in page
    assert 'value="2026-13-01"' in page and 'value="某支部"' in page
    values = decision(society, approved_on="2026-03-09")
    page = client.post(address, typed(client, address, **values)).content.decode()
    assert "成立日期不能早于批复（报备）日期" in page
    assert not PartyOrganisation.objects.exists()


def test_foreign_ids_in_the_form_are_refused_at_the_field(client, reviewer, society):
    foreign = make_society()
    unit = foreign.units.get(kind=UnitKind.SECRETARIAT)
    superior = make_organisation(foreign)
    address = url("enter", society.pk)
    values = decision(society, units=[unit.pk], parent=superior.pk)
    response = client.post(address, typed(client, address, **values))
    assert response.status_code == 422
    assert {"units", "parent"} <= response.context["form"].errors.keys()
    assert PartyOrganisation.objects.count() == 1


def test_joint_branch_with_a_neighbour(client, reviewer, society):
    other = make_society(society.federation, name="示例物理学会")
    stranger = make_society(name="他处学会")
    address = f"{url('enter', society.pk)}?join={other.pk}&join={stranger.pk}&join=x"
    page = client.get(address).content.decode()
    assert "示例物理学会 办事机构" in page and "他处学会" not in page
    units = [s.units.get(kind=UnitKind.SECRETARIAT).pk for s in (society, other)]
    values = decision(society, units=units, type=OrganisationType.JOINT_BRANCH, form="joint")
    assert client.post(address, typed(client, address, **values)).status_code == 302
    assert OrganisationService.objects.filter(society=other).exists()


def test_change_dissolve_suspend_resume_by_pages(client, reviewer, society):
    organisation = make_organisation(society)
    change = url("change", organisation.pk)
    assert client.post(change, typed(client, change, name="新名称")).status_code == 302
    for name, values in (
        ("suspend", {"on": "2020-01-01", "document_number": "3号"}),
        ("resume", {"on": "2020-02-01"}),
        ("dissolve", {"on": "2021-01-01", "number": "4号"}),
    ):
        address = url(name, organisation.pk)
        assert client.post(address, typed(client, address, **values)).status_code == 302
    organisation.refresh_from_db()
    assert (organisation.name, organisation.dissolved_on) == ("新名称", date(2021, 1, 1))
    page = client.get(url("detail", organisation.pk)).content.decode()
    assert "2021-01-01（当日起不计入）" in page
    address = url("dissolve", organisation.pk)
    response = client.post(address, typed(client, address, on="2022-01-01", number="5号"))
    assert "已于 2021-01-01 撤销" in response.content.decode()


def test_conflicting_change_names_the_other_value(client, reviewer, society):
    organisation = make_organisation(society)
    address = url("change", organisation.pk)
    mine = typed(client, address, name="我的")
    client.post(address, typed(client, address, name="他人的"))
    response = client.post(address, mine)
    assert response.status_code == 409
    assert "当前记录为“他人的”，您填写的是“我的”" in response.content.decode()


def test_units_taken_on_and_given_up_by_pages(client, reviewer, society):
    organisation, unit = make_organisation(society), make_society_branch(society)
    address = url("serve", organisation.pk)
    values = {"unit": unit.pk, "valid_from": "2018-01-01"}
    assert client.post(address, typed(client, address, **values)).status_code == 302
    service = OrganisationService.objects.get(unit=unit)
    address = url("service_stop", service.pk)
    assert client.post(address, typed(client, address, on="2019-01-01")).status_code == 302
    service.refresh_from_db()
    assert service.valid_to == date(2019, 1, 1)


def test_society_branch_opened_and_closed_by_pages(client, reviewer, society):
    address = url("unit_open", society.pk)
    values = {"kind": "division", "name": "计算分会", "valid_from": "2018-01-01"}
    assert client.post(address, typed(client, address, **values)).status_code == 302
    unit = SocietyUnit.objects.get(name="计算分会")
    address = url("unit_close", unit.pk)
    values = {"on": "2019-01-01", "note": "理事会决议"}
    assert client.post(address, typed(client, address, **values)).status_code == 302
    unit.refresh_from_db()
    assert unit.valid_to == date(2019, 1, 1)


def test_posting_by_pages_shows_the_inclusive_last_day(client, reviewer, society):
    address = url("posting_enter", society.pk)
    values = {
        "kind": "GM03",
        "person_name": "李某某",
        "home_unit": "示例单位",
        "document_number": "5号",
        "valid_from": "2026-10-15",
        "last_day": "2026-12-31",
    }
    assert client.post(address, typed(client, address, **values)).status_code == 302
    posting = Posting.objects.get()
    assert posting.valid_to == date(2027, 1, 1)
    assert "2026-12-31" in client.get(url("society", society.pk)).content.decode()
    address = url("posting_change", posting.pk)
    assert client.post(address, typed(client, address, last_day="2026-11-30")).status_code == 302
    address = url("posting_end", posting.pk)
    assert client.post(address, typed(client, address, last_day="2026-11-09")).status_code == 302
    posting.refresh_from_db()
    assert posting.valid_to == date(2026, 11, 10)


def test_list_searches_filters_and_exports(client, reviewer, society):
    make_organisation(society, name="甲支部")
    make_organisation(society, name="乙支部", dissolved_on=date(2020, 1, 1), dissolution_number="1")
    make_organisation(make_society(), name="他处支部")
    assert len(client.get(url("list")).context["page"].object_list) == 2
    found = client.get(url("list"), {"state": "existing"}).context["page"].object_list
    assert [o.name for o in found] == ["甲支部"]
    assert found[0].today_links[0].unit.kind == UnitKind.SECRETARIAT
    found = client.get(url("list"), {"q": "slhxh"}).context["page"].object_list
    assert len(found) == 2
    book = b"".join(client.get(url("export"), {"q": "甲"}).streaming_content)
    assert book.startswith(b"PK")


WRITES = ("change", "dissolve", "suspend", "resume", "serve")


@pytest.mark.parametrize("role", [Role.SOCIETY_CLERK, Role.SOCIETY_SECRETARY, Role.INSPECTOR])
def test_the_society_side_reads_only(client, society, role):
    """R-ORG-09: in scope without the right is 403; nothing changes."""
    organisation, posting = make_organisation(society), make_posting(society)
    unit = make_society_branch(society)
    client.force_login(make_actor(role, society).user)
    assert client.get(url("detail", organisation.pk)).status_code == 200
    assert client.get(url("society", society.pk)).status_code == 200
    assert "登记党组织" not in client.get(url("own")).content.decode()
    pages = [url(name, organisation.pk) for name in WRITES]
    pages += [url(name, society.pk) for name in ("enter", "posting_enter", "unit_open")]
    pages += [url(name, posting.pk) for name in ("posting_change", "posting_end")]
    pages += [url("unit_close", unit.pk), url("service_stop", organisation.services.get().pk)]
    for page in pages:
        assert client.get(page).status_code == 403, page
        assert client.post(page, {"on": "2020-01-01", "number": "1"}).status_code == 403, page
    organisation.refresh_from_db()
    assert organisation.dissolved_on is None


def test_the_foreigner_finds_nothing(client, society):
    organisation, posting = make_organisation(society), make_posting(society)
    unit = make_society_branch(society)
    client.force_login(make_actor(Role.COMMITTEE_REVIEWER, make_federation()).user)
    pages = [url(name, organisation.pk) for name in ("detail", *WRITES)]
    pages += [url(n, society.pk) for n in ("society", "enter", "posting_enter", "unit_open")]
    pages += [url(name, posting.pk) for name in ("posting_change", "posting_end")]
    pages += [url("unit_close", unit.pk), url("service_stop", organisation.services.get().pk)]
    for page in pages:
        assert client.get(page).status_code == 404, page
    assert client.get(url("own")).status_code == 404
    assert not client.get(url("list")).context["page"].object_list


def test_joint_organisation_is_read_by_every_society_it_serves(client, society):
    """R-OWN-03."""
    other = make_society(society.federation, name="示例物理学会")
    units = [s.units.get(kind=UnitKind.SECRETARIAT) for s in (society, other)]
    joint = make_organisation(society, *units, type=OrganisationType.JOINT_BRANCH)
    client.force_login(make_actor(Role.SOCIETY_CLERK, other).user)
    response = client.get(url("detail", joint.pk))
    assert response.status_code == 200
    assert response.context["society"] == other, "its own tiers stand beside"
    assert "示例化学会 " not in "".join(str(link.unit) for link in response.context["links"])

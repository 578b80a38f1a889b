"""The society list, its export and the edit page."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from accounts.permissions import Role
from societies.models import DisciplineClass, Society
from tests.factories import (
    make_actor,
    make_federation,
    make_organisation,
    make_society,
    make_society_branch,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def federation():
    return make_federation()


@pytest.fixture
def reviewer(federation, client):
    actor = make_actor(Role.COMMITTEE_REVIEWER, federation)
    client.force_login(actor.user)
    return actor


def names(response):
    return [row.name for row in response.context["page"].object_list]


def listed(client, **params):
    response = client.get(reverse("societies:list"), params)
    assert response.status_code == 200
    return response


def test_list_shows_the_own_federation_in_pinyin_order(client, reviewer, federation):
    for name in ("示例物理学会", "示例化学会", "示例数学会"):
        make_society(federation, name=name)
    make_society(name="他处学会")
    response = listed(client)
    assert names(response) == ["示例化学会", "示例数学会", "示例物理学会"]
    assert "他处学会" not in response.content.decode()


def test_search_by_name_code_and_initials(client, reviewer, federation):
    make_society(federation, name="示例化学会", code="A-06")
    make_society(federation, name="示例数学会", code="A-01")
    for text in ("数学", "a-01", "slsxh", "SLSX"):
        assert names(listed(client, q=text)) == ["示例数学会"]


def test_filters_make_chips_with_a_way_back(client, reviewer, federation):
    make_society(federation, name="示例化学会")
    make_society(federation, name="示例药学会", discipline_class=DisciplineClass.MEDICINE)
    response = listed(client, discipline_class="medicine", q="学会", page="3")
    assert names(response) == ["示例药学会"]
    chips = {chip.label: (chip.value, chip.url) for chip in response.context["chips"]}
    assert chips["学科"] == ("医科", "?q=%E5%AD%A6%E4%BC%9A")


def test_empty_selection_offers_the_way_out(client, reviewer, federation):
    make_society(federation, name="示例化学会")
    page = listed(client, q="没有").content.decode()
    assert "没有符合条件的学会" in page
    assert "清除全部筛选" in page


def test_empty_federation_says_so(client, reviewer):
    assert "名录中还没有学会" in listed(client).content.decode()


@pytest.mark.parametrize("sort", ["founded", "-founded"])
def test_sorting_by_a_column(client, reviewer, federation, sort):
    for year in (1950, 1930, 1940):
        make_society(federation, name=f"示例{year}学会", founded_year=year)
    years = [s.founded_year for s in listed(client, sort=sort).context["page"].object_list]
    assert years == sorted(years, reverse=sort.startswith("-"))


@pytest.mark.parametrize(
    "params",
    [{"sort": "password"}, {"page": "x"}, {"page": "99"}, {"size": "9"}, {"body_kind": "x"}],
)
def test_odd_parameters_give_the_plain_list(client, reviewer, federation, params):
    make_society(federation, name="示例化学会")
    assert names(listed(client, **params)) == ["示例化学会"]


def test_tiers_stand_beside_each_society(client, reviewer, federation):
    society = make_society(federation, name="示例化学会")
    make_organisation(society)
    make_society_branch(society)
    make_society(federation, name="示例数学会", secretariat=False)
    first, second = listed(client).context["page"].object_list
    assert [t.word for t in first.tiers] == ["未建", "已建", "未建"]
    assert str(first.tiers[2]) == "0 / 1"
    assert [t.word for t in second.tiers] == ["未建", "不适用", "不适用"]


def test_htmx_gets_the_changing_part_only(client, reviewer, federation):
    make_society(federation, name="示例化学会")
    response = client.get(reverse("societies:list"), headers={"HX-Request": "true"})
    assert "<html" not in response.content.decode()
    assert "示例化学会" in response.content.decode()
    assert "HX-Request" in response.headers["Vary"]


def test_the_export_link_follows_the_filters(client, reviewer):
    """The fragment brings it along, or it would export another selection than the one shown."""
    for headers in ({}, {"HX-Request": "true"}):
        page = client.get(reverse("societies:list"), {"q": "slh"}, headers=headers)
        assert f'href="{reverse("societies:export")}?q=slh"' in page.content.decode()


def workbook(response):
    return openpyxl.load_workbook(BytesIO(b"".join(response.streaming_content))).active


def test_export_writes_the_filtered_set(client, reviewer, federation):
    make_society(federation, name="=cmd()学会", founded_year=1950, joined_on=date(2020, 2, 3))
    make_society(federation, name="示例药学会", discipline_class=DisciplineClass.MEDICINE)
    make_society(name="他处学会")
    response = client.get(reverse("societies:export"), {"discipline_class": "science"})
    rows = list(workbook(response).values)
    assert rows[0][0] == "学会名录"
    assert rows[1][0].startswith("数据截至")
    assert rows[2][0] == "筛选：学科：理科"
    heads, *data = rows[3:]
    row = dict(zip(heads, data[0], strict=True))
    assert len(data) == 1
    assert (row["学会"], row["成立"], row["理事会"]) == ("=cmd()学会", 1950, "未建")
    assert row["加入日期"].date() == date(2020, 2, 3)


def test_export_of_a_demo_federation_says_so_first(client):
    federation = make_federation(is_demo=True)
    client.force_login(make_actor(Role.COMMITTEE_REVIEWER, federation).user)
    sheet = workbook(client.get(reverse("societies:export")))
    assert sheet["A1"].value.startswith("演示数据")


def form_of(client, url):
    response = client.get(url)
    assert response.status_code == 200
    form = response.context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: "" if v is None else v for name, v in values.items() if v is not False}


def test_edit_saves_and_returns(client, reviewer, federation):
    society = make_society(federation, name="示例化学会")
    url = reverse("societies:edit", args=[society.pk])
    data = form_of(client, url) | {"name": "示例化工学会", "left_on": "2026-10-01"}
    response = client.post(url, data)
    assert response.status_code == 302
    assert response.url == reverse("society", args=[society.pk])
    society.refresh_from_db()
    assert (society.name, society.left_on, society.row_version) == (
        "示例化工学会",
        date(2026, 10, 1),
        2,
    )


def test_edit_keeps_what_was_typed_and_says_why(client, reviewer, federation):
    society = make_society(federation)
    url = reverse("societies:edit", args=[society.pk])
    data = form_of(client, url) | {"uscc": "12", "joined_on": "2026-02-30", "website": "abc"}
    response = client.post(url, data)
    page = response.content.decode()
    assert response.status_code == 422
    assert "加入日期应为实际存在的日期" in page
    assert 'value="2026-02-30"' in page and 'value="abc"' in page
    response = client.post(url, data | {"joined_on": ""})
    page = response.content.decode()
    assert "统一社会信用代码应为 18 位" in page and "网址应以" in page
    assert Society.objects.get(pk=society.pk).row_version == 1


def test_edit_conflict_shows_both_values_and_then_decides(client, reviewer, federation):
    society = make_society(federation, name="示例化学会")
    url = reverse("societies:edit", args=[society.pk])
    mine = form_of(client, url) | {"name": "我的名称"}
    assert client.post(url, form_of(client, url) | {"name": "他人名称"}).status_code == 302
    response = client.post(url, mine)
    page = response.content.decode()
    assert response.status_code == 409
    assert "当前记录为“他人名称”，您填写的是“我的名称”" in page
    form = response.context["form"]
    again = mine | {"row_version": form["row_version"].value()}
    assert client.post(url, again).status_code == 302
    assert Society.objects.get(pk=society.pk).name == "我的名称"


def test_who_may_open_what(client, federation):
    society, other = make_society(federation), make_society(federation)
    clerk = make_actor(Role.SOCIETY_CLERK, society)
    client.force_login(clerk.user)
    assert names(listed(client)) == [society.name]
    edit = "societies:edit"
    assert client.get(reverse(edit, args=[society.pk])).status_code == 403
    assert client.get(reverse(edit, args=[other.pk])).status_code == 404
    client.force_login(make_actor(Role.LEADERSHIP_VIEWER, federation).user)
    assert client.get(reverse("societies:list")).status_code == 403

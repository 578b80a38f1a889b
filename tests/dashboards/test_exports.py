"""Workbooks of the dashboard, opened again: as on the page, in scope, marked 演示数据 (D-11)."""

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts.permissions import Role
from dashboards.coverage import kpis
from tests.dashboards.conftest import FROZEN
from tests.factories import make_actor, make_federation


def rows(client, name, **query):
    """All rows of the first sheet."""
    response = client.get(reverse(name), query)
    assert response.status_code == 200
    book = load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    return [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]


@pytest.fixture
def reviewer(world, enter):
    return enter(world.actor(Role.COMMITTEE_REVIEWER))


def test_figures(world, reviewer):
    found = rows(reviewer, "dashboard_export")
    heads = [row[0] for row in found[:5]]
    assert heads[0].startswith("演示数据") and heads[1] == "覆盖看板"
    assert heads[2] == "数据截至 2026-11-21；定格数" and heads[3] == "口径测试版"
    whole = [row for row in found if row[0] == "分学科" and row[2] == "全部"]
    assert len(whole) == 5
    org = whole[0]
    assert org[1].date() == FROZEN and org[3:8] == ["组织覆盖率", 3, 5, "家", "60.00%"]
    trend = [row[1] for row in found if row[0] == "走势" and row[3] == "组织覆盖率"]
    assert [day.year for day in trend] == [2026, 2017, 2016]


def test_what_is_not_applicable_is_no_nought(world, reviewer):
    """D-4, trap 7, R-COV-10: no fraction of nothing, and the word why."""
    found = rows(reviewer, "dashboard_export")
    medical = next(r for r in found if r[2] == "医科" and r[3] == "分支机构党组织覆盖率")
    assert medical[4:9] == ["—", "—", "个", "—", "不适用"]


def test_live_figures_say_so(world, reviewer):
    assert rows(reviewer, "dashboard_export", view="live")[2][0] == (
        "数据截至 2026-11-22；即时数（未定格）"
    )


@pytest.mark.parametrize("key", [kind.key for kind in kpis.KINDS])
@pytest.mark.parametrize("view", ["", "live"])
def test_gap_list_is_complete(key, view, world, reviewer):
    """R-COV-03 in the workbook: as many rows as total − covered, whatever the page size."""
    page = reviewer.get(reverse("dashboard"), {"tab": key, "view": view})
    wanted = page.context["gap"].paginator.count
    found = rows(reviewer, "dashboard_gap_export", tab=key, view=view)
    head = next(number for number, row in enumerate(found) if row[0] == "学会")
    assert len(found) - head - 1 == wanted
    unit = kpis.BY_KEY[key].unit
    assert ("未覆盖天数" in found[head]) is (key != "t3"), "no days of single branches are known"
    assert [f"共 {wanted} {unit}"] == [row[0] for row in found[:head]][-1:]


def test_gap_list_says_unfiled(world, reviewer):
    found = rows(reviewer, "dashboard_gap_export")
    lines = {row[0]: row for row in found}
    assert lines["示例丁学会"][4:8] == ["未报"] * 4
    assert "外域学会" not in lines and "示例甲学会" not in lines


def test_an_empty_federation_exports_its_heads(world, enter):
    client = enter(make_actor(Role.COMMITTEE_REVIEWER, make_federation()))
    found = rows(client, "dashboard_export")
    assert found[0][0] == "覆盖看板" and found[-1][0] == "表"

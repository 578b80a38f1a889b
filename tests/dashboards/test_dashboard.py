"""The committee's dashboard: stored numbers, one gap list per number (R-COV-03, R-COV-10, D-20)."""

import re
from datetime import date

import pytest
from django.urls import reverse

from accounts.permissions import Role
from coverage.models import CoverageSnapshot, FigureState, Indicator, LiveCoverage
from dashboards.coverage import kpis, page
from dashboards.coverage.definitions import definitions
from dashboards.coverage.figures import WHOLE, Board, Figure
from societies.models import DisciplineClass, Federation
from tests.dashboards.conftest import FROZEN, TODAY
from tests.factories import (
    at,
    freeze,
    make_actor,
    make_edition,
    make_federation,
    make_organisation,
    make_society,
    make_target,
)

URL = "/dashboard/"
KEYS = [kind.key for kind in kpis.KINDS]


def get(client, **query):
    """The dashboard's answer."""
    response = client.get(reverse("dashboard"), query)
    assert response.status_code == 200
    return response


def cards(response):
    """indicator → card."""
    return {card.kind.indicator: card for card in response.context["cards"]}


@pytest.fixture
def reviewer(world, enter):
    """A client signed in as reviewer."""
    return enter(world.actor(Role.COMMITTEE_REVIEWER))


def test_frozen_numbers_are_the_stored_rows(world, reviewer):
    response = get(reviewer)
    stored = CoverageSnapshot.objects.filter(
        federation=world.federation, on=FROZEN, dimension="all"
    )
    html = response.content.decode()
    for kind in kpis.KINDS:
        row = stored.get(indicator=kind.indicator)
        figure = cards(response)[kind.indicator].figure
        assert (figure.covered, figure.total) == (row.covered, row.total)
        assert f"{row.covered} / {row.total} {kind.unit}" in html
    assert cards(response)[Indicator.ORG].figure == Figure("value", 3, 5, 5)
    assert "数据截至 2026-11-21；11 月 22 日 2:00 计算" in html


def test_live_numbers_are_the_live_rows(world, reviewer):
    """R-COV-06: a fact of today is in the live figure and not in the frozen one."""
    make_organisation(world.bare, established_on=TODAY)
    LiveCoverage.objects.filter(society=world.bare, indicator__in=["ORG", "ORG_T2", "WORK"]).update(
        covered=1
    )
    live, frozen = get(reviewer, view="live"), get(reviewer)
    totals = LiveCoverage.objects.filter(society__federation=world.federation).totals()
    for kind in kpis.KINDS:
        figure = cards(live)[kind.indicator].figure
        stored = totals[kind.indicator.value]
        assert (figure.covered, figure.total) == (stored["covered"], stored["total"])
    assert cards(live)[Indicator.ORG].figure.covered == 4
    assert cards(frozen)[Indicator.ORG].figure.covered == 3
    assert "即时数（未定格）" in live.content.decode()


@pytest.mark.parametrize("view", ["", "live"])
@pytest.mark.parametrize("group", [WHOLE, "science", "medicine", "agriculture"])
def test_gap_list_is_as_long_as_total_minus_covered(view, group, world, reviewer):
    """R-COV-03, for every indicator, frozen and live, whole and by class."""
    for key in KEYS:
        response = get(reviewer, view=view, disc=group, tab=key)
        kind = response.context["kind"]
        figure = cards(response)[kind.indicator].figure
        wanted = figure.missing if figure else 0
        assert response.context["gap"].paginator.count == wanted, (key, group, view)
        tab = next(tab for tab in response.context["tabs"] if tab.current)
        assert (tab.count or 0) == wanted
        assert tab.kind.key == key


def test_gap_names_exactly_the_uncovered(world, reviewer):
    names = [line.name for line in get(reviewer, tab="org").context["gap"].object_list]
    assert sorted(names) == ["示例丁学会", "示例丙学会"]
    units = [line.unit for line in get(reviewer, tab="t3").context["gap"].object_list]
    assert len(units) == 2 and all("专业委员会" in unit for unit in units)
    assert [line.name for line in get(reviewer, tab="work").context["gap"].object_list] == [
        "示例丁学会"
    ]


def test_gap_says_days_and_unfiled(world, reviewer):
    """D-4: what nobody filed is 未报, not empty; days count from the frozen state's first day."""
    response = get(reviewer)
    line = response.context["gap"].object_list[0]
    assert line.days == (FROZEN - date(2016, 12, 31)).days + 1
    assert "未报" in response.content.decode()
    by_name = get(reviewer, sort="-name").context["gap"].object_list
    assert [line.name for line in by_name] == ["示例丁学会", "示例丙学会"]


def test_gap_pages(world, reviewer, monkeypatch):
    monkeypatch.setattr("dashboards.coverage.gap.SIZES", (1,))
    first, second = (get(reviewer, tab="t3", page=number, size=1) for number in (1, 2))
    assert [len(r.context["gap"].object_list) for r in (first, second)] == [1, 1]
    units = {r.context["gap"].object_list[0].unit for r in (first, second)}
    assert len(units) == 2


@pytest.mark.parametrize(
    ("covered", "standing", "printed", "met"),
    [(164, "已达到", "80.00", True), (163, "还差 1 家", "79.51", False)],
)
def test_targets_are_judged_on_integers(covered, standing, printed, met, world):
    """EX-01: 164 of 205 meets 80 %, 163 misses by one."""
    figure = Figure(FigureState.VALUE, covered, 205, 205)
    target = world.edition.targets.get(indicator="ORG", due_on=date(2016, 12, 31))
    day = date(2016, 12, 31)
    actor = world.actor(Role.COMMITTEE_REVIEWER)
    board = Board(
        actor, None, None, world.edition, False, day, WHOLE, {(day, WHOLE, "ORG"): figure}, [target]
    )
    card = kpis.cards(board)[0]
    assert (card.standing, card.met) == (standing, met)
    assert card.target == "目标 80%（2016-12-31）"
    assert f"{card.figure.percent:.2f}" == printed


def test_targets_keep_the_verdict_of_their_due_day(world, reviewer):
    """A target is judged on its own due day: 2 of 5 in 2016 missed 80 %, whatever came later."""
    response = get(reviewer)
    verdicts = [(v.name, v.on, v.met, v.lack) for v in response.context["trend"].verdicts]
    assert verdicts == [
        ("组织覆盖率", date(2016, 12, 31), False, 2),
        ("工作覆盖率", date(2016, 12, 31), False, 2),
        ("组织覆盖率", date(2017, 6, 30), False, 3),
    ]
    html = response.content.decode()
    assert "未达标" in html and "目标 100%（2017-06-30）" in html and "还差 2 家" in html


def test_change_since_the_last_month_end(world, reviewer):
    response = get(reviewer)
    assert cards(response)[Indicator.ORG].change == "较 10 月末增 1 家"
    assert cards(response)[Indicator.ORG_T1].change == "较 10 月末持平"


def test_trend_has_steps_marks_and_its_table_in_the_page(world, reviewer):
    response = get(reviewer)
    data = response.context["trend"].data
    assert data["x"] == ["2016-12-31", "2017-06-30", "2026-11-21"]
    assert data["target"] == [80, 100, 100]
    assert [mark["name"] for mark in data["marks"]] == [
        "2016 年 12 月末 组织 80%、工作 100%",
        "2017 年 6 月末 组织 100%",
    ]
    assert data["series"][0]["y"] == [40.0, 40.0, 60.0]
    html = response.content.decode()
    table = html[html.index('id="c-tr-table"') :]
    assert "2016-12-31" in table and "2 / 5" in table
    label = re.search(r'id="c-tr"[^>]*role="img"[^>]*aria-label="([^"]+)"', html)
    assert label and "未达到 80% 目标" in label[1] and "60.00%（3 / 5）" in label[1]
    assert html.count('data-chart="spark"') == 5 and html.count('type="application/json"') == 6


def test_class_filter_narrows_everything(world, reviewer):
    response = get(reviewer, disc=DisciplineClass.MEDICINE.value)
    assert cards(response)[Indicator.ORG].figure == Figure("value", 1, 1, 1)
    assert cards(response)[Indicator.ORG].target == "目标按全部学会考核"
    assert response.context["trend"].rows[0].figures[0].total == 1
    assert response.context["gap"].paginator.count == 0
    assert "没有未覆盖的学会" in response.content.decode()


def test_unknown_parameters_count_as_not_given(world, reviewer):
    plain = get(reviewer)
    odd = get(reviewer, disc="x' OR 1=1", tab="<b>", sort="-", view="?", page="zzz")
    assert cards(odd) == cards(plain) and "<b>" not in odd.content.decode()


def test_secretariat_card_counts_the_not_applicable(world, reviewer):
    """EX-05: a society without secretariat is 不适用, out of the denominator, and counted."""
    world.other.units.filter(kind="secretariat").update(valid_to=date(2026, 11, 21))
    freeze(world.federation, FROZEN, again=True)
    newest = get(reviewer)
    # The frozen day keeps its first revision; the later one waits.
    assert cards(newest)[Indicator.ORG_T2].not_applicable == 0
    freeze(world.federation, TODAY, now=at(date(2026, 11, 23), 2))
    card = cards(get(reviewer))[Indicator.ORG_T2]
    assert (card.figure.total, card.not_applicable) == (4, 1)


def test_definitions_come_from_the_edition(world, reviewer):
    html = get(reviewer).content.decode()
    assert "口径测试版" in html and "学会、协会、研究会" in html and "在岗党建指导员" in html


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "不要求工作记录"), (90, "在岗党建指导员且近 90 天内有工作记录的学会数")],
)
def test_the_definition_of_work_follows_the_edition(db, days, words):
    """Rules §6.5: the same words would be untrue from 2027-01-01 on."""
    said = dict(definitions(make_edition(work_evidence_days=days)))
    assert words in said["工作覆盖率"]


def test_targets_of_the_past_are_milestones_not_alarms(world, reviewer):
    """Rules §12.10."""
    figures = get(reviewer).content.decode().split('id="gap"')[0]
    assert "未达标" in figures and "还差" in figures
    assert "pp-st--bad" not in figures


@pytest.mark.parametrize("view", ["", "live"])
def test_an_empty_federation_shows_a_dash_and_why(view, db, today, enter):
    """R-COV-10, trap 7: never 0 %, never 100 %."""
    federation = make_federation()
    make_target(make_edition(federation))
    client = enter(make_actor(Role.COMMITTEE_REVIEWER, federation))
    before = get(client, view=view).content.decode()
    assert "尚无定格数，首次夜间计算后显示" in before
    freeze(federation, FROZEN)
    html = get(client, view=view).content.decode()
    for text in (before, html):
        assert "—" in text and "0.00%" not in text and "100.00%" not in text
    assert html.count("暂无学会") >= 6


def test_background_filling_shows_a_bar(world, enter, monkeypatch):
    """While nights are missing: frozen days of those since the first, asked again by htmx."""
    Federation.objects.filter(pk=world.federation.pk).update(is_demo=False)
    assert "正在计算历史数据" not in get(enter(world.actor(Role.COMMITTEE_LEADER))).content.decode()
    monkeypatch.setattr("common.clock.now", lambda: at(date(2026, 12, 20)))
    reviewer = enter(world.actor(Role.COMMITTEE_REVIEWER))
    html = get(reviewer).content.decode()
    found = re.search(r"正在计算历史数据 (\d+) / ([\d,]+)", html)
    assert found and int(found[1]) == 5
    assert int(found[2].replace(",", "")) == (date(2026, 12, 20) - date(2016, 12, 31)).days
    assert 'hx-trigger="every 5s"' in html
    part = reviewer.get(reverse("dashboard_progress"), headers={"HX-Request": "true"})
    assert "正在计算历史数据" in part.content.decode() and "<html" not in part.content.decode()


def test_the_bar_ends_by_saying_so(world, reviewer):
    assert "历史数据已算完" in reviewer.get(reverse("dashboard_progress")).content.decode()


def test_choice_reads_the_address():
    choice = page.Choice.of({"view": "live", "disc": "science", "tab": "t2", "sort": "name"})
    assert choice == page.Choice(True, "science", "t2", "name", "1", 20)


def test_the_page_names_the_kinds_that_its_edition_counts(db, enter, today):
    """D-12: another federation counts foundations too, and says so."""
    federation = make_federation()
    make_edition(federation, body_kinds=["society", "foundation"])
    make_society(federation)
    freeze(federation, FROZEN)
    client = enter(make_actor(Role.COMMITTEE_REVIEWER, federation))
    html = client.get(reverse("dashboard")).content.decode()
    assert "范围：1 家学会、基金会；协会、研究会、民办非企业单位、国际组织另计" in html

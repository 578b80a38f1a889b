"""Every role has a desk that answers, states its scope and shows nothing beyond it."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.permissions import Role, ScopeKind
from accounts.roles import ROLES
from dashboards.desks import DESKS
from dashboards.desks.society import deadline_line
from dashboards.desks.statements import STATEMENTS
from dashboards.words import long_day, moment
from ledgers.actions import accept, ensure_draft, sign_and_file
from ledgers.models import LedgerState
from tests.dashboards.conftest import TODAY
from tests.factories import (
    at,
    make_actor,
    make_cast,
    make_ledger,
    make_organisation,
    make_period,
    make_society,
    make_user,
)
from tests.factories.ledgers import ticks

GRANTED = [spec for spec in ROLES if spec.granted]
SOCIETY_ROLES = (Role.SOCIETY_CLERK, Role.SOCIETY_SECRETARY, Role.DISCIPLINE_MEMBER)


def page(enter, actor):
    """The desk's page."""
    response = enter(actor).get(reverse("home"))
    assert response.status_code == 200
    return response.content.decode()


def test_every_granted_role_has_one_desk():
    roles = [role for role, _ in DESKS]
    assert sorted(roles) == sorted(spec.role for spec in GRANTED)


@pytest.mark.parametrize("spec", GRANTED, ids=lambda spec: spec.code)
def test_desk_answers_within_its_scope(spec, world, enter):
    """The canary: a society outside the appointment is named on no desk."""
    organisation = make_organisation(world.bare, name="示例功能型党委", type="functional_committee")
    objects = {
        ScopeKind.FEDERATION: (world.federation,),
        ScopeKind.SOCIETY: (world.covered,),
        ScopeKind.ORGANISATION: (organisation,),
    }.get(spec.kind, ())
    html = page(enter, make_actor(spec.role, *objects))
    assert "外域学会" not in html
    assert "2026 年 11 月 22 日 星期日" in html
    if spec.kind in (ScopeKind.SOCIETY, ScopeKind.ORGANISATION, ScopeKind.PLATFORM, ScopeKind.OWN):
        assert "示例丙学会" not in html
    if spec.kind == ScopeKind.SOCIETY:
        assert "示例甲学会" in html
    if spec.role in STATEMENTS:
        assert STATEMENTS[spec.role].later in html


@pytest.mark.parametrize("role", SOCIETY_ROLES)
def test_society_desk_shows_its_three_tiers(role, world, enter):
    html = page(enter, make_actor(role, world.covered))
    assert "示例甲学会工作台" in html
    assert "数据截至 2026-11-21" in html
    assert "未建" in html and "已建" in html
    assert "3 个分支机构，1 个已建党组织，2 个未建" in html


def test_a_society_without_units_says_not_applicable(world, enter):
    """EX-05: no secretariat, no branches — 不适用, never 0 %."""
    alone = make_society(world.federation, secretariat=False, name="示例己学会")
    html = page(enter, make_actor(Role.SOCIETY_SECRETARY, alone))
    assert html.count("不适用") == 2 and "不设办事机构" in html and "0%" not in html


def test_inspector_states_scope_and_that_no_batch_is_open(world, enter):
    actor = make_actor(
        Role.INSPECTOR,
        world.covered,
        world.bare,
        valid_from=date(2026, 11, 1),
        valid_to=date(2027, 1, 1),
    )
    html = page(enter, actor)
    assert "当前没有开放的督导批次" in html and "目前 2 家" in html
    assert reverse("society", args=[world.covered.pk]) in html
    assert "2026-11-01 至 2026-12-31" in html  # the last day, not the first without effect
    assert "示例乙学会" not in html


def test_committee_desk_has_the_five_numbers(world, enter):
    html = page(enter, world.actor(Role.COMMITTEE_REVIEWER))
    assert "60.00%" in html and "3 / 5 家" in html
    assert "数据截至 2026-11-21；11 月 22 日 2:00 计算" in html


def test_leadership_desk_names_no_society(world, enter):
    html = page(enter, world.actor(Role.LEADERSHIP_VIEWER))
    assert reverse("dashboard") in html
    assert not any(society.name in html for society in world.societies)


def test_system_administrator_sees_last_night(world, enter):
    html = page(enter, make_actor(Role.SYSADMIN))
    assert "昨夜应定格 2026-11-21" in html and "成功" in html
    assert "昨夜未算" not in html
    assert not any(society.name in html for society in world.societies)


@pytest.mark.usefixtures("db")
def test_system_administrator_is_told_of_a_missed_night(world, enter, monkeypatch):
    monkeypatch.setattr("common.clock.now", lambda: at(date(2026, 11, 23)))
    assert "昨夜未算" in page(enter, make_actor(Role.SYSADMIN))


@pytest.mark.django_db
def test_without_appointment_and_without_account(client, enter):
    assert client.get(reverse("home")).url.startswith(reverse("accounts:sign_in"))
    client.force_login(make_user(), "django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse("home")).url == reverse("accounts:no_appointment")


@pytest.mark.django_db
def test_header_counts_working_days(world):
    """EX-10: 2026H1 is due on 2026-07-14, grace to 07-21, closing 08-11."""
    period = make_period(world.federation)
    said = [
        deadline_line(period, date(2026, month, day))
        for month, day in ((6, 29), (7, 7), (7, 14), (7, 15), (7, 22))
    ]
    assert "截止日 6 月 30 日，报送至 2026 年 7 月 14 日" in said[0]
    assert "7 月 14 日截止，还有 5 个工作日" in said[1]
    assert "今天截止" in said[2]
    assert "宽限至 7 月 21 日" in said[3]
    assert "8 月 11 日关闭报送" in said[4]


def test_days_in_chinese_habits():
    assert long_day(date(2027, 1, 6)) == "2027 年 1 月 6 日 星期三"
    assert moment(at(date(2026, 11, 20), 2)) == "11 月 20 日 2:00"


def titles(enter, actor):
    """The titles of the desk's tasks."""
    return [task.title for task in enter(actor).get(reverse("home")).context["tasks"]]


def test_a_ledger_walks_from_desk_to_desk(world, enter):
    """A task exists exactly while its fact is missing; each of the chain sees its own."""
    cast, stranger = make_cast(world.medical), make_actor(Role.SOCIETY_SECRETARY, world.other)
    period = make_period(world.federation)
    now = at(period.as_of, 16)
    ledger = make_ledger(world.medical, period, state=LedgerState.TO_SIGN, cast=cast)
    to_sign, queue = f"审签 {period.title}", "审核台账 1 份"
    assert to_sign in titles(enter, cast.secretary)
    for actor in (cast.clerk, cast.reviewer, stranger):
        assert to_sign not in titles(enter, actor)
    sign_and_file(ledger=ledger, ticks=ticks(ledger), by=cast.secretary, now=now)
    assert queue in titles(enter, cast.reviewer)
    for actor in (cast.secretary, cast.leader, stranger):
        assert not {to_sign, queue} & set(titles(enter, actor))
    accept(ledger=ledger, by=cast.reviewer, now=now)
    assert queue not in titles(enter, cast.reviewer)


def test_the_clerks_desk_counts_the_tables(world, enter):
    """R-LED-01: filled of required per table, the sum beside the title."""
    cast = make_cast(world.medical)
    period = make_period(world.federation, date(2026, 12, 31), opened=False)
    ledger = ensure_draft(society=world.medical, period=period, by=cast.clerk, now=at(TODAY))
    response = enter(cast.clerk).get(reverse("home"))
    card, sections = response.context["current"], list(ledger.sections.all())
    assert card.filled == sum(each.filled for each in sections)
    assert card.required == sum(each.required for each in sections) > 0
    html = response.content.decode()
    assert f"{card.filled} / {card.required} 项" in html and "截止日 12 月 31 日" in html
    assert f"填报 {period.title}" in html

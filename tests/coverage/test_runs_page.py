"""The page of night runs: for the system administrator alone; every run shows (R-COV-07)."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.permissions import Role
from common.errors import ActionRefused, NotAllowed
from coverage import night
from coverage.actions import run_again
from coverage.models import NightRun, NightState
from societies.actions import mark_dirty
from tests.factories import (
    at,
    freeze,
    make_actor,
    make_edition,
    make_federation,
    make_organisation,
    make_society,
)

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)
NOW = at(DAY + timedelta(days=1), 10)
RUNS, AGAIN = reverse("coverage:runs"), reverse("coverage:run_again")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def federation():
    edition = make_edition()
    make_society(edition.federation)
    return edition.federation


@pytest.fixture
def admin(client):
    actor = make_actor(Role.SYSADMIN)
    client.force_login(actor.user)
    return actor


def test_only_the_administrator_opens_it(client, federation):
    assert client.get(RUNS).status_code == 302
    society = federation.societies.get()
    for role, scope in (
        (Role.COMMITTEE_REVIEWER, federation),
        (Role.SOCIETY_CLERK, society),
        (Role.LEADERSHIP_VIEWER, federation),
    ):
        client.force_login(make_actor(role, scope).user)
        assert client.get(RUNS).status_code == 403
        data = {"federation": federation.pk, "on": DAY.isoformat()}
        assert client.post(AGAIN, data).status_code == 403
    assert not NightRun.objects.exists()


def test_each_run_shows_with_its_state(client, admin, federation, monkeypatch):
    freeze(federation, DAY - timedelta(days=3), caught_up=True)
    freeze(federation, DAY - timedelta(days=2))
    freeze(federation, DAY - timedelta(days=2))
    with monkeypatch.context() as broken, pytest.raises(ZeroDivisionError):
        broken.setattr(night, "_check_live", lambda *a: 1 / 0)
        freeze(federation, DAY - timedelta(days=1))
    NightRun.objects.create(federation=federation, on=DAY, state="running", started_at=NOW)
    response = client.get(RUNS)
    words = [row.word for row in response.context["page"].object_list]
    assert words == ["运行中", "失败", "已跳过", "成功", "补算成功"]
    text = response.content.decode()
    assert "ZeroDivisionError" in text
    assert "不重复执行" in text
    assert "口径测试版" in text
    assert "every 10s" in text
    assert f"federation={federation.pk}&amp;on=2026-11-19" in text
    health = response.context["health"]
    assert [run.on for run in health.failed] == [DAY - timedelta(days=1)]
    assert health.missing_count == 31 - 2


def test_a_run_that_never_ended_is_interrupted(client, admin, federation):
    NightRun.objects.create(
        federation=federation, on=DAY, state="running", started_at=NOW - timedelta(hours=1)
    )
    response = client.get(RUNS)
    (row,) = response.context["page"].object_list
    assert (row.word, row.may_retry) == ("已中断", True)
    assert "every 10s" not in response.content.decode()


def test_runs_filter_by_state_and_say_when_none(client, admin, federation):
    freeze(federation, DAY)
    assert client.get(RUNS, {"state": "done"}).context["page"].paginator.count == 1
    empty = client.get(RUNS, {"state": "failed"})
    assert "没有该状态的运行" in empty.content.decode()


def test_a_missing_night_is_run_from_the_page(client, admin, federation):
    make_organisation(federation.societies.get())
    prefilled = client.get(AGAIN, {"federation": federation.pk, "on": "2026-11-20"})
    assert 'value="2026-11-20"' in prefilled.content.decode()
    response = client.post(AGAIN, {"federation": federation.pk, "on": "2026-11-20"}, follow=True)
    assert "计算完成" in response.content.decode()
    run = NightRun.objects.get()
    assert (run.on, run.state) == (DAY, NightState.DONE)
    client.post(AGAIN, {"federation": federation.pk, "on": "2026-11-20"})
    assert run.revisions.count() == 1


def test_a_failing_night_says_where_to_look(client, admin, federation, monkeypatch):
    monkeypatch.setattr(night, "_check_live", lambda *a: 1 / 0)
    data = {"federation": federation.pk, "on": "2026-11-20"}
    response = client.post(AGAIN, data, follow=True)
    assert "计算失败" in response.content.decode()
    assert NightRun.objects.get().state == NightState.FAILED


@pytest.mark.parametrize(
    ("on", "message"),
    [
        ("2026-11-21", "昨日或更早"),
        ("2026-13-01", "日期"),
        ("", "数据日期"),
        ("2015-12-31", "没有适用的覆盖口径"),
    ],
)
def test_a_wrong_day_is_refused_at_the_field(client, admin, federation, on, message):
    federation.coverage_editions.update(valid_from=date(2016, 1, 1))
    response = client.post(AGAIN, {"federation": federation.pk, "on": on})
    assert response.status_code == 422
    assert any(message in words for words in response.context["form"].errors["on"])
    assert f'value="{on}"' in response.content.decode() or not on
    assert not NightRun.objects.exists()


def test_a_federation_without_edition_is_no_choice(client, admin, federation):
    other = make_federation()
    response = client.post(AGAIN, {"federation": other.pk, "on": "2026-11-20"})
    assert response.status_code == 422
    assert "federation" in response.context["form"].errors


def test_the_action_asks_for_the_right(federation):
    reviewer = make_actor(Role.COMMITTEE_REVIEWER, federation)
    with pytest.raises(NotAllowed):
        run_again(federation=federation, on=DAY, by=reviewer, now=NOW)
    with pytest.raises(ActionRefused):
        run_again(
            federation=federation, on=DAY + timedelta(days=1), by=make_actor(Role.SYSADMIN), now=NOW
        )
    assert not NightRun.objects.exists()


def test_a_run_that_wrote_a_revision_says_so(client, admin, federation):
    october = date(2026, 10, 31)
    for day in (october, DAY - timedelta(days=1)):
        freeze(federation, day)
    society = federation.societies.get()
    make_organisation(society)
    mark_dirty([society.pk], since=date(2026, 10, 1), today=DAY)
    freeze(federation, DAY)
    text = client.get(RUNS).content.decode()
    assert "写入 2026-10-31 的新修订，待审核员发布" in text


def test_the_page_costs_the_same_at_any_number_of_runs(
    client, admin, federation, django_assert_max_num_queries
):
    freeze(federation, DAY)
    client.get(RUNS)
    NightRun.objects.bulk_create(
        NightRun(
            federation=federation,
            on=DAY - timedelta(days=n),
            state="done",
            started_at=NOW,
            finished_at=NOW,
            computed_at=NOW,
        )
        for n in range(1, 500)
    )
    with django_assert_max_num_queries(25):
        assert client.get(RUNS).status_code == 200

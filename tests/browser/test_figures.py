"""From the form to the figure, in a real browser: what an act moves, and that the night agrees.

Each walk compares the stored rows before and after the next night, which must find 0 differences
(R-COV-06): accepting a ledger moves the clear count or nothing (R-LED-02, D-15); entering a
党支部 moves organisation coverage by one and nobody else's rows (EX-09).
"""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.permissions import Role
from coverage import live
from coverage.models import CoverageSnapshot, LiveCoverage, NightRun
from ledgers.models import Ledger, LedgerState
from societies.models import Society
from tests.browser.conftest import DESKTOP, PHONE, in_database
from tests.factories import (
    at,
    freeze,
    make_actor,
    make_edition,
    make_federation,
    make_organisation,
    make_society,
    make_user,
)
from tests.factories.accounts import PASSWORD
from tests.factories.ledgers import Cast, make_ledger, make_period

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
IN_TIME, LATE = date(2026, 7, 14), date(2026, 7, 22)
FIRST_DUE_PASSED = date(2026, 7, 15)


def person(role: Role, name: str, scope: object) -> object:
    user = make_user(name, PASSWORD, username=str(role.value))
    return make_actor(role, scope, user=user)


class World:
    """Three societies: one clear of tiers with a signed-for ledger, one uncovered, one covered."""

    def __init__(self, day: date) -> None:
        self.day = day
        self.federation = make_federation(name="示例科协", is_demo=True)
        make_edition(self.federation)
        names = ("示例力学学会", "示例光学学会", "示例声学学会")
        self.own, self.uncovered, other = (make_society(self.federation, name=n) for n in names)
        for society in (self.own, other):
            make_organisation(society, *society.units.all(), name=f"{society}党支部")
        self.cast = Cast(
            clerk=person(Role.SOCIETY_CLERK, "林某某", self.own),
            secretary=person(Role.SOCIETY_SECRETARY, "张某某", self.own),
            reviewer=person(Role.COMMITTEE_REVIEWER, "李某某", self.federation),
            leader=person(Role.COMMITTEE_LEADER, "周某某", self.federation),
        )
        self.period = make_period(self.federation)
        live.turn_live_day(at(day - timedelta(days=1)))
        live.turn_live_day(at(day, 0))
        freeze(self.federation, day - timedelta(days=1))


def ledger_to_sign(world: World) -> Ledger:
    """The own society's ledger of 2026H1, sent for signature today."""

    return in_database(
        lambda: make_ledger(
            world.own, world.period, state=LedgerState.TO_SIGN, cast=world.cast, on=world.day
        )
    )


def drain(now: datetime) -> None:
    """What the worker does at once, and the sweep each minute."""
    in_database(lambda: live.drain_dirty(now))


def live_rows() -> dict[tuple[int, str], tuple[int, int]]:
    """(society, indicator) → (covered, total) as of now."""
    rows = LiveCoverage.objects.values_list("society_id", "indicator", "covered", "total")
    return in_database(lambda: {(s, i): (c, t) for s, i, c, t in rows.all()})


def sums(rows: dict[tuple[int, str], tuple[int, int]]) -> dict[str, int]:
    """indicator → covered."""
    found: dict[str, int] = {}
    for (_, indicator), (covered, _) in rows.items():
        found[indicator] = found.get(indicator, 0) + covered
    return found


def frozen(day: date) -> dict[str, int]:
    """indicator → covered, of the whole, as the night stored it."""
    rows = CoverageSnapshot.objects.filter(on=day, dimension="all")
    return in_database(lambda: dict(rows.values_list("indicator", "covered")))


def next_night(world: World) -> dict[str, int]:
    """The day turns, the night freezes it and must agree with what live said at 24:00."""

    def run() -> int:
        live.turn_live_day(at(world.day + timedelta(days=1), 0))
        freeze(world.federation, world.day)
        return NightRun.objects.get(federation=world.federation, on=world.day).differences

    assert in_database(run) == 0
    return frozen(world.day)


def sign(secretary, ledger) -> None:
    page = secretary.page
    secretary.sign_in("society_secretary", reverse("ledgers:sign", args=[ledger.pk]))
    page.get_by_label("本台账反映").check()
    for box in page.locator("[name=tick]").all():
        box.check()
    page.get_by_role("button", name="审签并报送").click()
    page.get_by_text("已审签并报送，待科技社团党委审核").wait_for()


def accept(reviewer, ledger) -> None:
    reviewer.sign_in("committee_reviewer", reverse("ledgers:review", args=[ledger.pk]))
    reviewer.page.get_by_role("button", name="通过").click()
    reviewer.page.locator("#messages", has_text="台账已通过").wait_for()


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_accepting_a_ledger_filed_late_raises_only_the_clear_count(visitor, width):
    with time_machine.travel(at(LATE), tick=True):
        world = in_database(lambda: World(LATE))
        ledger = ledger_to_sign(world)
        drain(at(LATE, 10, 1))
        before, stored = live_rows(), frozen(LATE - timedelta(days=1))
        sign(visitor(width), ledger)
        drain(at(LATE, 10, 10))
        assert live_rows() == before, "a late filing counts from its acceptance"
        accept(visitor(width), ledger)
        drain(at(LATE, 10, 20))
        after = live_rows()
    key = (world.own.pk, "FIVE_CLEARS")
    assert before[key] == (0, 1)
    assert after == before | {key: (1, 1)}
    assert next_night(world) == stored | {"FIVE_CLEARS": 1}


def test_signing_in_time_raises_the_clear_count_and_acceptance_moves_nothing(visitor):
    with time_machine.travel(at(IN_TIME), tick=True):
        world = in_database(lambda: World(IN_TIME))
        ledger = ledger_to_sign(world)
        sign(visitor(DESKTOP), ledger)
        drain(at(IN_TIME, 11))
    with time_machine.travel(at(FIRST_DUE_PASSED), tick=True):
        first_night = next_night(world)
        drain(at(FIRST_DUE_PASSED))
        before = live_rows()
        assert sums(before)["FIVE_CLEARS"] == 1
        accept(visitor(DESKTOP), ledger)
        drain(at(FIRST_DUE_PASSED, 12))
        assert live_rows() == before
    world.day = FIRST_DUE_PASSED
    assert next_night(world) == first_night | {"FIVE_CLEARS": 1}


def uncovered_on_dashboard(reviewer) -> list[str]:
    reviewer.page.goto(f"{reverse('dashboard')}?view=live")
    reviewer.page.locator("#gap").wait_for()
    return [
        s for s in ("示例力学学会", "示例光学学会", "示例声学学会")
        if s in reviewer.page.locator("#gap").inner_text()
    ]  # fmt: skip


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_entering_a_branch_closes_exactly_one_gap(visitor, width):
    with time_machine.travel(at(LATE), tick=True):
        world = in_database(lambda: World(LATE))
        before, stored = live_rows(), frozen(LATE - timedelta(days=1))
        reviewer = visitor(width)
        reviewer.sign_in("committee_reviewer", reverse("home"))
        assert uncovered_on_dashboard(reviewer) == ["示例光学学会"]
        page = reviewer.page
        page.goto(reverse("branches:enter", args=[world.uncovered.pk]))
        page.get_by_label("办事机构").check()
        page.locator("[name=name]").fill("示例光学学会办事机构党支部")
        page.locator("[name=type]").select_option("branch")
        page.locator("[name=approval_number]").fill("科社党〔2026〕31号")
        page.locator("[name=approved_on]").fill("2026年7月21日")
        page.locator("[name=established_on]").fill("2026-07-32")
        page.locator("main .btn-primary").click()
        page.get_by_role("alert").wait_for()
        assert page.locator("[name=established_on]").input_value() == "2026-07-32"
        page.locator("[name=established_on]").fill("2026-07-22")
        reviewer.shot("enter")
        page.locator("main .btn-primary").dblclick()
        page.get_by_role("heading", name="示例光学学会办事机构党支部").wait_for()
        drain(at(LATE, 10, 30))
        after = live_rows()
        assert uncovered_on_dashboard(reviewer) == []
        reviewer.shot("dashboard")
    own = {key: row for key, row in after.items() if key[0] == world.uncovered.pk}
    others = {key: row for key, row in after.items() if key[0] != world.uncovered.pk}
    assert {i for (_, i), (covered, _) in own.items() if covered} == {"ORG", "ORG_T2", "WORK"}
    assert others == {key: row for key, row in before.items() if key[0] != world.uncovered.pk}
    assert in_database(Society.objects.count) == 3
    up = {name: stored[name] + 1 for name in ("ORG", "ORG_T2", "WORK")}
    assert next_night(world) == stored | up

"""The demonstration while the portal runs on: over as-of days, closings and nights."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.permissions import Role
from common import clock
from config.celery import app, catch_up
from coverage.models import NightRun, NightState
from dashboards import tasks
from dashboards.demo import SEED, running, standing
from dashboards.demo.accounts import ACCOUNTS
from dashboards.demo.bodies import body_of
from dashboards.demo.courses import WALKED
from dashboards.demo.facts import enter_chunk
from dashboards.demo.filing_writer import FilingWriter
from dashboards.demo.filings import deadlines
from dashboards.demo.happenings import Established, Happening
from dashboards.demo.periods import last_closed, open_periods
from dashboards.demo.plan import plan
from dashboards.demo.standing import MEETINGS
from dashboards.demo.world import World, appoint_accounts, build_register, open_accounts
from ledgers import actions
from ledgers.models import Ledger, LedgerState, LockException
from ledgers.tasks import open_periods as open_periods_daily
from societies.models import Federation
from tests.demo.test_standing import send, sign_and_accept, walk
from tests.factories import make_federation, make_society
from tests.factories.ledgers import make_period

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LAST, AS_OF = date(2025, 6, 30), date(2025, 12, 31)
CLOSING = deadlines(AS_OF)[2]


@pytest.fixture
def world() -> World:
    """Register, accounts, the named society's organisations and the first frozen night."""
    there = build_register(date(2025, 7, 1))
    call_command("load_editions", verbosity=0)
    now = clock.start_of(date(2025, 7, 1))
    open_accounts(ACCOUNTS, now)
    appoint_accounts(there, ACCOUNTS)
    enter_chunk(World(there.federation), own_organisations(), now)
    freeze(there.federation, date(2016, 6, 30))
    return World(there.federation)


def own_organisations() -> list[Happening]:
    """What covers council and secretariat of the named society."""
    code = body_of(WALKED).code
    upper = plan(SEED, date(2025, 7, 1)).upper
    return [h for h in upper if isinstance(h, Established) and h.units[0][0] == code]


def freeze(federation: Federation, on: date) -> None:
    moment = clock.start_of(on + DAY)
    NightRun.objects.create(
        federation=federation, on=on, state=NightState.DONE, started_at=moment, computed_at=moment
    )


def at(day: date, hour: int = 0, minute: int = 2):
    """The clock stands at a Shanghai moment, two past midnight unless said otherwise."""
    moment = clock.start_of(day) + timedelta(hours=hour, minutes=minute)
    return time_machine.travel(moment, tick=False)


def morning(day: date) -> None:
    """What the beat does first thing on a day."""
    with at(day, minute=1):
        open_periods_daily()
    with at(day):
        tasks.keep_walkable()


def granted(day: date, as_of: date | None = None):
    """Open exceptions of the named society for the last closed period, or another one."""
    return LockException.objects.open_on(day).filter(
        society__code=body_of(WALKED).code, period__as_of=as_of or last_closed(day)
    )


def ledger_of(as_of: date) -> Ledger:
    return Ledger.objects.get(society__code=body_of(WALKED).code, period__as_of=as_of)


def left(ledger: Ledger) -> int:
    return sum(s.required - s.filled for s in ledger.sections.all())


def writes(work: Any) -> list[str]:
    """Statements that change rows."""
    with CaptureQueriesContext(
        connection,
    ) as found:
        work()
    said = [query["sql"] for query in found]
    return [sql for sql in said if sql.startswith(("INSERT", "UPDATE", "DELETE"))]


@pytest.mark.slow
@pytest.mark.parametrize(
    "day",
    [
        date(2026, 6, 30),
        date(2026, 7, 1),
        date(2026, 12, 31),
        date(2027, 1, 1),
        deadlines(date(2026, 12, 31))[2],
        deadlines(date(2026, 12, 31))[2] + DAY,
    ],
)
def test_whatever_the_day_an_exception_is_open(world, day):
    """R-LED-07; once more in the same hour writes nothing."""
    morning(day)
    assert granted(day).count() == 1
    ledger = ledger_of(last_closed(day))
    assert ledger.state == LedgerState.DRAFT
    assert ledger.period.closes_on < day
    assert 0 < left(ledger) <= len(MEETINGS)
    with at(day, hour=1):
        assert writes(tasks.keep_walkable) == []


def test_a_closing_passes_while_the_portal_runs(world):
    """On the closing day the old exception still is the one; the next morning the new one is."""
    with at(AS_OF - DAY):
        tasks.keep_walkable()
    first = ledger_of(LAST)
    for day in (AS_OF, AS_OF + DAY, CLOSING - DAY, CLOSING):
        morning(day)
        assert last_closed(day) == LAST
        assert granted(day).get().society_id == first.society_id
        assert not granted(day, AS_OF).exists()
    morning(CLOSING + DAY)
    assert last_closed(CLOSING + DAY) == AS_OF
    assert granted(CLOSING + DAY).count() == 1
    second = ledger_of(AS_OF)
    assert left(second) <= len(MEETINGS)
    first.refresh_from_db()
    assert first.state == LedgerState.DRAFT
    walk(FilingWriter(world, SEED), second, CLOSING + DAY)


def test_without_the_beat_nothing_is_open_after_a_closing(world, monkeypatch):
    """Negative control of the test above: no task, or a keeper that grants nothing."""
    morning(CLOSING)
    with at(CLOSING + DAY, minute=1):
        open_periods_daily()
    assert not granted(CLOSING + DAY).exists()
    monkeypatch.setattr(standing, "_grant", lambda *args: None)
    morning(CLOSING + DAY)
    assert not granted(CLOSING + DAY).exists()
    monkeypatch.undo()
    morning(CLOSING + DAY)
    assert granted(CLOSING + DAY).exists()


def test_a_draft_the_clerk_opened_early_is_prefilled_far_enough(world):
    """R-LED-06: the working draft of the running half-year is left to its clerk."""
    with at(date(2025, 9, 1)):
        tasks.keep_walkable()
    writer = FilingWriter(world, SEED)
    now = clock.start_of(date(2025, 11, 3))
    period = open_periods(world.federation, now)[AS_OF]
    clerk = writer.actor("clerk", Role.SOCIETY_CLERK)
    opened = actions.ensure_draft(
        society=world.societies[body_of(WALKED).code], period=period, by=clerk, now=now
    )
    morning(CLOSING + DAY)
    ledger = ledger_of(AS_OF)
    assert ledger.pk == opened.pk
    assert left(ledger) <= len(MEETINGS)
    walk(writer, ledger, CLOSING + DAY)


def test_a_ledger_on_its_way_keeps_its_exception(world):
    """Sent and not signed for months: it can still be signed, or mended after a return."""
    morning(CLOSING + DAY)
    send(FilingWriter(world, SEED), ledger_of(AS_OF), CLOSING + DAY)
    LockException.objects.update(until=CLOSING + DAY)
    later = CLOSING + 2 * DAY
    assert not granted(later).exists()
    morning(later)
    assert granted(later).count() == 1
    sign_and_accept(FilingWriter(world, SEED), ledger_of(AS_OF), later)


def test_an_accepted_ledger_asks_for_no_exception(world):
    """It may be walked again as a restatement, see tests of `standing`."""
    morning(CLOSING + DAY)
    walk(FilingWriter(world, SEED), ledger_of(AS_OF), CLOSING + DAY)
    LockException.objects.update(until=CLOSING + DAY)
    morning(CLOSING + 2 * DAY)
    assert not granted(CLOSING + 2 * DAY).exists()


def test_real_federations_are_left_alone():
    """Only where is_demo is set; a federation that happens to have the code is none."""
    federation = make_federation(code="demo", is_demo=False)
    society = make_society(federation, code=body_of(WALKED).code)
    make_period(federation, AS_OF)
    freeze(federation, CLOSING)
    with at(CLOSING + DAY, hour=1):
        tasks.keep_walkable()
        assert running.go_on(clock.now()) is False
    assert not LockException.objects.exists()
    assert not society.ledgers.exists()


def test_a_loader_at_work_is_left_alone(world):
    """Nothing before the first frozen night; facts and filings only once the last weeks are."""
    NightRun.objects.all().delete()
    morning(CLOSING + DAY)
    assert not LockException.objects.exists()
    freeze(world.federation, CLOSING - 31 * DAY)
    now = clock.start_of(CLOSING + DAY)
    assert running.go_on(now) is False


def test_a_closed_account_stops_nothing_else(world, caplog):
    """Somebody used the demonstration: the task says so and ends well."""
    User.objects.filter(username="clerk").update(username="somebody-else")
    morning(CLOSING + DAY)
    assert "cannot be walked" in caplog.text
    assert not LockException.objects.exists()


def test_the_schedule_keeps_it(monkeypatch):
    """Hourly after the periods of the day; at the start of a worker; the rest before the night."""
    entries = {entry["task"]: entry["schedule"] for entry in app.conf.beat_schedule.values()}
    walkable, opening = (
        entries["dashboards.tasks.keep_walkable"],
        entries["ledgers.tasks.open_periods"],
    )
    assert walkable.hour == set(range(24))
    assert min(walkable.minute) > min(opening.minute)
    assert entries["dashboards.tasks.go_on"].hour == {1}
    sent: list[str] = []

    class Worker:
        app = type("App", (), {"send_task": staticmethod(sent.append)})

    catch_up(Worker)
    assert sent == ["coverage.tasks.run_night", "dashboards.tasks.keep_walkable"]

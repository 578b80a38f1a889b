"""Nights of stars: after coverage, once, the same live and frozen, statements by the formula."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coverage import live, night
from coverage.models import NightRun, NightState, NightStep
from ledgers import actions
from ledgers.models import LedgerState
from societies.actions import mark_dirty
from societies.models import Society
from starrating.models import FrozenLine, FrozenTotal, LiveLine, LiveTotal
from tests.factories import (
    at,
    freeze,
    freeze_stars,
    make_cast,
    make_edition,
    make_ledger,
    make_organisation,
    make_period,
    make_society,
    make_society_branch,
    make_standard,
    two_o_clock,
)
from tests.factories.ledgers import moment
from tests.starrating.conftest import EDITIONS

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)
NEXT = DAY + timedelta(days=1)
LINE = ("criterion", "state", "numerator", "denominator", "points", "maximum")


def lines(model, society, **narrowed):
    return {
        row[0]: row[1:]
        for row in model.objects.filter(society=society, **narrowed).values_list(*LINE)
    }


def total(model, society, **narrowed):
    return model.objects.get(society=society, **narrowed)


def test_a_night_stores_every_line_and_the_total(federation):
    society = make_society(federation)
    covered = make_society_branch(society)
    make_society_branch(society)
    make_organisation(society, *society.units.filter(kind="secretariat"), covered)
    run = freeze_stars(federation, DAY)
    assert (run.state, run.step, run.definition) == (NightState.DONE, NightStep.STARS, "STAR-EIGHT")
    found = lines(FrozenLine, society)
    # 4·0 + 3·1 + 3·1/2 of 10, over two branches.
    assert found["B1"] == ("value", 9, 20, Decimal("4.5"), 10)
    assert found["B4"] == ("missing", 0, 0, 0, 20)
    assert found["E1"] == ("not_applicable", 0, 0, 0, 20)
    # What nothing supplies is the edition's to say; storing it would cost each night a third.
    assert "F1" not in found
    row = total(FrozenTotal, society)
    assert (row.tree, row.state, row.applicable) == ("multi", "unrated", 30)
    assert (row.points, row.base, row.score) == (Decimal("4.5"), 15, 15)


def test_stars_wait_for_coverage(federation):
    make_society(federation)
    with pytest.raises(LookupError, match="覆盖计算"):
        freeze(federation, DAY, step=NightStep.STARS)
    assert night.run_missing(two_o_clock(DAY), NightStep.STARS) == []
    done = night.run_missing(two_o_clock(DAY))
    assert [(run.step, run.on) for run in done[-2:]] == [
        ("stars", DAY - timedelta(days=1)),
        ("stars", DAY),
    ]
    assert {run.step for run in done} == {"coverage", "stars"}


def test_a_second_run_writes_no_row(federation):
    make_organisation(make_society(federation))
    assert freeze_stars(federation, DAY).rows_written == 6
    before = list(FrozenLine.objects.values()), list(FrozenTotal.objects.values())
    assert freeze(federation, DAY, step=NightStep.STARS).state == NightState.SKIPPED
    again = freeze(federation, DAY, step=NightStep.STARS, again=True)
    assert (again.state, again.rows_written) == (NightState.DONE, 0)
    assert freeze_stars(federation, NEXT).rows_written == 0
    assert (list(FrozenLine.objects.values()), list(FrozenTotal.objects.values())) == before


def test_an_interval_ends_only_where_the_value_changed(federation):
    society = make_society(federation)
    freeze_stars(federation, DAY)
    make_organisation(society, established_on=NEXT)
    freeze_stars(federation, NEXT)
    ended = FrozenLine.objects.filter(society=society, valid_to=NEXT)
    assert [row.criterion for row in ended] == ["B1"]
    assert total(FrozenTotal, society, valid_to=None).valid_from == NEXT


def test_an_earlier_day_is_checked_but_never_rewritten(federation):
    society = make_society(federation)
    freeze_stars(federation, DAY)
    make_organisation(society, established_on=date(2026, 1, 1))
    before = list(FrozenLine.objects.values())
    run = freeze(federation, DAY, step=NightStep.STARS, again=True)
    assert run.rows_written == 0
    assert list(FrozenLine.objects.values()) == before


def test_live_follows_a_fact_and_the_night_agrees(federation):
    society, other = make_society(federation), make_society(federation)
    live.turn_live_day(at(DAY, 0))
    rest = list(LiveLine.objects.filter(society=other).order_by("pk").values())
    assert total(LiveTotal, society).points == 0
    make_organisation(society, established_on=DAY)
    mark_dirty([society.pk], since=DAY, today=DAY)
    live.drain_dirty(at(DAY, 10))
    assert lines(LiveLine, society)["B1"][1:3] == (3, 7)
    assert list(LiveLine.objects.filter(society=other).order_by("pk").values()) == rest
    live.turn_live_day(at(NEXT, 0))
    run = freeze_stars(federation, DAY)
    assert run.differences == 0
    assert lines(FrozenLine, society) == lines(LiveLine, society)


def test_a_fact_without_its_mark_is_reported(federation):
    society = make_society(federation)
    live.turn_live_day(at(DAY, 0))
    make_organisation(society, established_on=DAY)
    live.turn_live_day(at(NEXT, 0))
    run = freeze_stars(federation, DAY)
    assert {row["indicator"] for row in run.difference_rows} == {"B1", ""}
    assert run.differences == 2


def test_accepting_a_ledger_moves_the_lines_it_bears_on(federation):
    society = make_society(federation)
    make_organisation(society, *society.units.all(), type="branch")
    period, cast = make_period(federation), make_cast(society)
    ledger = make_ledger(society, period, state=LedgerState.FILED, cast=cast)
    day = date(2026, 7, 20)
    live.turn_live_day(at(day, 0))
    before = lines(LiveLine, society)
    assert before["B4"][0] == "missing"
    assert before["E2"] == ("value", 1, 1, 20, 20)
    actions.accept(ledger=ledger, by=cast.reviewer, now=moment(day))
    live.drain_dirty(at(day, 11))
    after = lines(LiveLine, society)
    assert after["B4"] == ("value", 1, 1, 20, 20)
    assert {code for code in after if after[code] != before[code]} == {"B4"}


def test_no_coverage_edition_no_score():
    standard = make_standard(make_edition(valid_to=NEXT).federation, "eight", EDITIONS)
    make_society(standard.federation)
    live.turn_live_day(at(DAY, 0))
    assert LiveLine.objects.exists()
    live.turn_live_day(at(NEXT, 0))
    assert not LiveLine.objects.exists()
    assert not LiveTotal.objects.exists()


def test_a_society_outside_the_universe_has_no_score(federation):
    outside = make_society(federation, body_kind="foundation")
    leaving = make_society(federation)
    freeze_stars(federation, DAY)
    leaving.left_on = NEXT
    leaving.save()
    freeze_stars(federation, NEXT)
    assert not FrozenTotal.objects.filter(society=outside).exists()
    assert total(FrozenTotal, leaving).valid_to == NEXT


def statements(standard, count):
    federation = standard.federation
    Society.objects.bulk_create(
        Society(
            federation=federation,
            code=f"N-{n}",
            name=f"第{n}学会",
            body_kind="society",
            relation="member",
        )
        for n in range(count)
    )
    societies = list(federation.societies.all())
    live.turn_live_day(at(DAY, 0))
    freeze(federation, DAY)
    mark_dirty([s.pk for s in societies], since=DAY, today=DAY)
    with CaptureQueriesContext(connection) as frozen:
        freeze(federation, DAY, step=NightStep.STARS)
    with CaptureQueriesContext(connection) as drained:
        live.drain_dirty(at(DAY, 12))
    assert FrozenTotal.objects.filter(society__federation=federation).count() == len(societies)
    return len(frozen), len(drained)


def test_statements_do_not_grow_with_societies():
    """P3: the same at 50 and 500 societies, within 20 and 2 for each formula."""
    small, large = (
        statements(make_standard(make_edition().federation, "eight", EDITIONS), n)
        for n in (50, 500)
    )
    assert small == large
    assert small[0] <= 20 + 2 * 6


def test_the_command_runs_both_steps_in_order(federation, capsys):
    make_society(federation)
    call_command("night", date=DAY, federation=federation.code)
    first = capsys.readouterr().out
    assert first.index("覆盖计算") < first.index("星级测算")
    call_command("night", date=DAY, federation=federation.code)
    assert "写入 0 行" in capsys.readouterr().out.splitlines()[-1]
    assert [run.step for run in NightRun.objects.order_by("pk")] == ["coverage", "stars"]


def test_the_command_may_run_one_step(federation):
    make_society(federation)
    with pytest.raises(CommandError, match="覆盖计算"):
        call_command("night", date=DAY, federation=federation.code, step="stars")
    call_command("night", date=DAY, federation=federation.code, step="coverage")
    assert NightRun.objects.get().step == "coverage"

"""The rounds of the demonstration by the ordinary actions: whole, once, and after a kill."""

from __future__ import annotations

import logging
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import call_command

from accounts.permissions import Role
from common import clock
from dashboards.demo import SEED, star_writer
from dashboards.demo.accounts import ACCOUNTS, MATHEMATICS, OPTICS
from dashboards.demo.bodies import bodies, body_of
from dashboards.demo.courses import NEVER, SECOND, WALKED
from dashboards.demo.facts import enter_chunk
from dashboards.demo.filing_writer import FilingWriter
from dashboards.demo.happenings import Established
from dashboards.demo.plan import plan
from dashboards.demo.staff import hire_staff
from dashboards.demo.star_plan import finished, running, running_year
from dashboards.demo.star_rounds import StarRounds
from dashboards.demo.world import World, appoint_accounts, build_register, open_accounts
from dashboards.desks import desk_of
from societies.models import FederationRelation, Society
from starrating import actions
from starrating.models import (
    EntryState,
    RatingEdition,
    RatingEntry,
    RatingRound,
    RatingStep,
    StarAward,
    Veto,
    VetoState,
)
from tests.demo.test_running import at, writes

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TODAY = date(2026, 11, 22)
SHOWN = [body_of(word).code for word in (WALKED, SECOND, OPTICS, MATHEMATICS)]
S = EntryState


@pytest.fixture
def world() -> World:
    """A dozen societies that count, their organisations, everybody's account; no meetings."""
    there = build_register(TODAY)
    call_command("load_editions", verbosity=0)
    # Without ledgers and meetings fewer lines apply.
    RatingEdition.objects.update(min_applicable=10)
    now = clock.start_of(TODAY)
    open_accounts(ACCOUNTS, now)
    appoint_accounts(there, ACCOUNTS)
    # One that never had an organisation, against which V1 stands.
    mine = {*SHOWN, *[body.code for body in bodies() if body.code not in SHOWN][:8]}
    mine.add(body_of(NEVER[1]).code)
    others = Society.objects.exclude(code__in=mine)
    others.update(relation=FederationRelation.INTERNATIONAL)
    upper = [h for h in plan(SEED, TODAY).upper if isinstance(h, Established)]
    enter_chunk(World(there.federation), [h for h in upper if h.code in mine], now)
    appoint_accounts(World(there.federation), ACCOUNTS, organisations=True)
    hire_staff(World(there.federation), now)
    return World(there.federation)


def rounds(world: World, day: date = TODAY) -> None:
    """What the loader does at noon of a day."""
    with at(day, hour=12):
        StarRounds(FilingWriter(World(world.federation), SEED), clock.now(), str).enter()


def steps() -> list[tuple[Any, ...]]:
    """Every step of both rounds, by names instead of numbers."""
    rows = RatingStep.objects.order_by("entry__round__year", "society__code", "at", "pk")
    return list(
        rows.values_list(
            "entry__round__year", "society__code", "verb", "to_state", "text", "by__username", "at"
        )
    )


def test_one_round_is_finished_and_one_is_under_way(world, caplog):
    """R-STAR-06: objection with re-examination, reasons, vetoes both ways, titles; all by actions.

    Issue: every desk of a round has a task. A second run, on a later day too, finds everything; a
    round that somebody opened or an entry that somebody moved is left alone.
    """
    with caplog.at_level(logging.WARNING, "dashboards.demo"):
        rounds(world)
    assert "left out" not in caplog.text
    done, present = RatingRound.objects.order_by("year")
    assert (done.year, present.year) == (2024, 2025)
    assert not done.is_open
    assert done.document_number
    assert set(done.entries.values_list("state", flat=True)) == {S.FINAL}
    entry = done.entries.get(society__code=SHOWN[1])
    assert entry.re_examined_by.username == "reviewer"
    assert entry.lines.exclude(re_examined=None).exists()
    assert entry.objections.get().answer
    assert {v.by.username for v in entry.votes.all()} == {"member", "member2", "member3", "member4"}
    vetoes = Veto.objects.filter(year=2024)
    assert vetoes.filter(state=VetoState.CONFIRMED).exists()
    assert vetoes.get(state=VetoState.DISMISSED).statement
    assert not vetoes.filter(state=VetoState.PROPOSED).exists()
    titles = StarAward.objects.filter(round=done, state=StarAward.State.OFFICIAL)
    assert titles.filter(stars__gte=1).exists()
    assert present.is_open
    assert present.computed_at == present.opened_at
    assert set(RatingEntry.objects.values_list("society__federation__code", flat=True)) == {"demo"}
    check_desks(world)
    before = steps()
    with at(TODAY + 3 * DAY, hour=12):
        writer = FilingWriter(World(world.federation), SEED)
        assert writes(StarRounds(writer, clock.now(), str).enter) == []
    assert steps() == before
    check_what_somebody_did(world)


def check_desks(world: World) -> None:
    holders = ("clerk", "secretary2", "assessor", "reviewer", "member", "member4", "leader")
    with at(TODAY, hour=12):
        for username in holders:
            role = next(a for a in ACCOUNTS if a.username == username).duties[0].role
            desk = desk_of(World(world.federation).actor(username, role), TODAY)
            urls = [task.url for task in desk.context["tasks"]]
            assert any("/stars/" in url for url in urls), username


def check_what_somebody_did(world: World) -> None:
    """An entry that a person moved, then a round that is not the planned one."""
    chosen = RatingRound.objects.get(year=2025)
    entry = chosen.entries.get(society__code=SHOWN[2])
    entry.steps.model.objects.create(
        entry=entry, society=entry.society, verb="give_back", to_state="applied", at=clock.now()
    )
    before = steps()
    rounds(world, TODAY + DAY)
    RatingRound.objects.filter(year=2025).update(members=3)
    entry.steps.all()
    rounds(world, TODAY + DAY)
    assert steps() == before


@pytest.mark.parametrize("deaths", [3, 25])
def test_killed_anywhere_it_goes_on(world, monkeypatch, deaths):
    """R1: what a killed run leaves is whole pieces; the next one comes to the same."""
    original, calls = star_writer.StarWriter._take, []

    def dies(self: Any, entry: RatingEntry, due: list[Any]) -> int:
        calls.append(entry)
        if len(calls) == deaths:
            raise KeyboardInterrupt
        return original(self, entry, due)

    monkeypatch.setattr(star_writer.StarWriter, "_take", dies)
    with pytest.raises(KeyboardInterrupt):
        rounds(world)
    half = steps()
    monkeypatch.setattr(star_writer.StarWriter, "_take", original)
    rounds(world)
    whole = steps()
    assert len(half) < len(whole)
    assert RatingRound.objects.filter(finalised_at=None).count() == 1
    course = running(SEED, 2025, TODAY)
    for code in SHOWN:
        verbs = [s[2] for s in whole if s[:2] == (2025, code) and s[2] in star_writer.VERBS]
        assert verbs == [step.verb for step in course.steps(code)]


def test_before_there_is_a_year_to_finish_no_round_is_made(world):
    """The first year with meetings is 2024: its round ends in May 2025, the next runs in 2026."""
    assert running_year(date(2026, 3, 14)) is None
    assert running_year(date(2026, 3, 15)) == 2025
    assert running_year(date(2027, 3, 14)) == 2025
    assert running_year(date(2028, 12, 31)) == 2027
    rounds(world, date(2026, 3, 14))
    assert not RatingRound.objects.exists()


def test_a_round_of_a_later_year_keeps_the_loader_out(world, caplog):
    """Somebody opened this year's round before: no earlier one follows it (R-STAR-07)."""
    values = running(SEED, 2026, date(2027, 3, 20)).values
    actions.open_round(
        federation=world.federation,
        year=2026,
        values=values,
        by=world.reviewer,
        now=clock.start_of(TODAY),
    )
    with caplog.at_level(logging.WARNING, "dashboards.demo"):
        rounds(world)
    assert "left alone" in caplog.text
    assert list(RatingRound.objects.values_list("year", flat=True)) == [2026]


def test_the_plan_keeps_its_own_deadlines():
    """Every step lies in its days, in order, whatever the day of the load."""
    for today in (date(2026, 3, 15), date(2026, 10, 9), TODAY, date(2027, 2, 28), date(2031, 7, 1)):
        year = running_year(today)
        for course in (finished(SEED, year - 1), running(SEED, year, today)):
            days = course.values
            assert days["freeze_on"] <= days["apply_by"] <= days["self_by"] < days["assess_by"]
            assert days["assess_by"] <= days["deliberate_by"]
            last = {
                "send_application": "apply_by",
                "sign_application": "apply_by",
                "hand_back": "apply_by",
                "send_self_assessment": "self_by",
                "sign_self_assessment": "self_by",
                "submit_assessment": "assess_by",
                "agree": "deliberate_by",
            }
            for body in bodies():
                moments = [step.at for step in course.steps(body.code)]
                assert moments == sorted(moments)
                assert all(course.opened < moment for moment in moments)
                for step in course.steps(body.code):
                    assert step.at.date() <= days[last[step.verb]]
                    assert step.at.date() < today


def test_every_state_is_to_be_seen():
    """Issue: the running round shows every state up to the deliberated."""
    course = running(SEED, 2025, TODAY)
    ways = {tuple(step.verb for step in course.steps(body.code)) for body in bodies()}
    assert len(ways) == 9
    assert {len(way) for way in ways} == {0, 1, 2, 3, 4, 5, 6, 7}
    assert Role.SOCIETY_CLERK in {d.role for a in ACCOUNTS for d in a.duties}

"""Titles and the order of years (R-STAR-07): begun, ended, withdrawn, one at a time."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from common.errors import ActionRefused
from starrating import actions
from starrating.actions import publicity
from starrating.models import RatingEntry, RatingRound, StarAward, Veto, VetoState
from tests.factories.coverage import at
from tests.factories.rounds import (
    FINAL,
    VALUES,
    YEAR,
    finalise,
    make_round,
    post,
)
from tests.starrating.test_round_places import propose, rate

pytestmark = pytest.mark.django_db
State = StarAward.State


def later_values(years=1):
    """The days of a round so many years later."""
    days = {n: v.replace(year=v.year + years) for n, v in VALUES.items() if isinstance(v, date)}
    return VALUES | days


def open_year(world, year, now=None):
    return actions.open_round(
        federation=world.round.federation,
        year=year,
        values=later_values(year - YEAR),
        by=world.cast.reviewer,
        now=now or at(date(year + 1, 1, 12)),
    )


def titled(score=70):
    """A society whose title of 2025 is official since 24 March 2026."""
    world = make_round()
    rate(world, score)
    post(world)
    finalise(world)
    return world


def veto_on(world, on):
    """A veto that acts on a day."""
    propose(world, now=at(on - timedelta(days=20)))
    veto = Veto.objects.get()
    actions.confirm_veto(veto=veto, row_version=None, by=world.cast.leader, now=at(on))
    return actions.second_veto(veto=veto, row_version=None, by=world.cast.members[0], now=at(on))


def test_a_confirmed_veto_withdraws_the_title_at_once():
    """Lifting does not bring it back."""
    world = titled(85)
    propose(world, now=at(date(2026, 5, 6)))
    veto, later = Veto.objects.get(), at(date(2026, 5, 20))
    actions.confirm_veto(veto=veto, row_version=None, by=world.cast.leader, now=later)
    assert StarAward.objects.get().state == State.OFFICIAL
    actions.second_veto(veto=veto, row_version=None, by=world.cast.members[0], now=later)
    award = StarAward.objects.get()
    assert (award.state, award.valid_to) == (State.WITHDRAWN, date(2026, 5, 20))
    by, given = world.cast, {"row_version": None, "now": later}
    veto = actions.propose_lift(veto=veto, reason="解除", by=by.leader, **given)
    actions.second_lift(veto=veto, by=by.members[1], **given)
    assert StarAward.objects.get().state == State.WITHDRAWN


def test_a_title_withdrawn_on_its_first_day_was_held_that_day():
    world = titled()
    veto_on(world, FINAL.date())
    award = StarAward.objects.get()
    assert (award.state, award.valid_from) == (State.WITHDRAWN, FINAL.date())
    assert award.valid_to == FINAL.date() + timedelta(days=1)


def test_a_title_that_has_run_out_is_not_prolonged_by_a_veto():
    """It ran to 31 December of the second year after; on 1 March 2028 nothing was held."""
    world = titled()
    assert veto_on(world, date(2028, 3, 1)).state == VetoState.CONFIRMED
    award = StarAward.objects.get()
    assert (award.state, award.valid_to) == (State.OFFICIAL, date(2028, 1, 1))


def test_a_title_lasts_to_the_next_round_and_limits_the_rise():
    """History stays."""
    world = titled()
    following = open_year(world, YEAR + 1)
    entry = RatingEntry.objects.get(round=following)
    assert entry.before == 3
    award = StarAward.objects.get()
    assert (award.state, award.stars, award.valid_to) == (State.OFFICIAL, 3, date(2028, 1, 1))
    assert RatingRound.objects.count() == 2


def test_the_next_round_ends_the_title():
    world = titled()
    chosen = open_year(world, YEAR + 1)
    StarAward.objects.create(
        round=chosen,
        society=world.societies[0],
        stars=4,
        score=84,
        posted_from=date(2027, 3, 16),
        posted_until=date(2027, 3, 20),
    )
    publicity._make_official(chosen, date(2027, 3, 24))
    found = StarAward.objects.order_by("round__year").values_list("state", "valid_from", "valid_to")
    assert list(found) == [
        (State.ENDED, date(2026, 3, 24), date(2027, 3, 24)),
        (State.OFFICIAL, date(2027, 3, 24), date(2029, 1, 1)),
    ]


def test_a_round_is_not_opened_while_another_is_open():
    """Else the rise limit would not know the former stars."""
    world = make_round()
    with pytest.raises(ActionRefused, match="尚未结束") as refused:
        open_year(world, YEAR + 1)
    assert refused.value.errors.keys() == {"year"}
    assert RatingRound.objects.count() == 1


def test_the_database_keeps_one_open_round():
    """Two who open at once: the constraint decides."""
    first = make_round().round
    fields = {f.name: getattr(first, f.name) for f in RatingRound._meta.fields if f.name != "id"}
    with pytest.raises(IntegrityError, match="rating_round_one_open"), transaction.atomic():
        RatingRound.objects.create(**fields | {"year": YEAR + 1})


def test_who_comes_second_is_told_at_the_year(monkeypatch):
    """Negative control: without the look at other rounds the constraint still refuses."""
    world = make_round()
    monkeypatch.setattr("starrating.actions.opening._clash", lambda *_: "")
    with pytest.raises(ActionRefused, match="尚未结束") as refused:
        open_year(world, YEAR + 1)
    assert refused.value.errors.keys() == {"year"}


def test_no_round_of_an_earlier_year_is_opened():
    """It would end the titles of the later one."""
    world = titled()
    with pytest.raises(ActionRefused, match="2025 年度的评定已经开启") as refused:
        open_year(world, YEAR - 1, at(date(2025, 1, 12)))
    assert refused.value.errors.keys() == {"year"}


def test_without_the_look_at_later_years_an_earlier_round_would_open(monkeypatch):
    """Negative control."""
    world = titled()
    monkeypatch.setattr("starrating.actions.opening._clash", lambda *_: "")
    assert open_year(world, YEAR - 1, at(date(2025, 1, 12))).is_open


def test_titles_of_later_years_are_left_alone(monkeypatch):
    """Even if an earlier round were decided after them."""
    world = titled()
    monkeypatch.setattr("starrating.actions.opening._clash", lambda *_: "")
    earlier = open_year(world, YEAR - 1, at(date(2025, 1, 12)))
    publicity._make_official(earlier, date(2026, 6, 1))
    assert StarAward.objects.get().state == State.OFFICIAL


def test_a_society_holds_one_official_title():
    world = titled()
    following = open_year(world, YEAR + 1)
    award = StarAward.objects.get()
    award.pk, award.round = None, following
    with pytest.raises(IntegrityError, match="star_award_one_official"), transaction.atomic():
        award.save(force_insert=True)


def test_the_number_of_another_round_is_refused_at_its_field():
    """One document decides one round: the last year's number is a slip of the pen (R-STAR-06)."""
    world = titled()
    chosen = open_year(world, YEAR + 1)
    taken = RatingRound.objects.get(year=YEAR).document_number
    with pytest.raises(ActionRefused) as refused:
        actions.finalise(
            chosen=chosen, row_version=None, number=f" {taken} ", by=world.cast.leader, now=FINAL
        )
    assert refused.value.errors["number"] == [f"该文号已用于{YEAR} 年度星级评定，请核对"]

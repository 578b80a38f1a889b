"""The pure plan of terms, rolls, meetings and visits: deterministic, within the rules, uneven."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest

from branches.rules import is_elected, meeting_is_valid, needs_branch_committee
from dashboards.demo import SEED
from dashboards.demo.accounts import INSTRUCTORS
from dashboards.demo.bodies import body_of
from dashboards.demo.happenings import Posted
from dashboards.demo.lists import LISTS_FROM, marks
from dashboards.demo.meetings import LIFE_FROM, VOTING, Event, events
from dashboards.demo.plan import plan
from dashboards.demo.rolls import LEAST, MOST, groups, has_roll, on_roll, roll
from dashboards.demo.roster import Organisation, care, in_turn, roster
from dashboards.demo.terms import Claim, claims
from dashboards.demo.visits import visits

TODAY = date(2026, 11, 22)
DAY = timedelta(days=1)


def everything(until: date, seed: int = SEED) -> dict[str, list[object]]:
    found = roster(seed, until)
    return {
        "organisations": [(o.number, o.type, o.since) for o in found],
        "claims": [claim for o in found for claim in claims(seed, o, until)],
        "members": [(o.number, p) for o in found for p in roll(seed, o, until.year)],
        "events": [
            (o.number, event, event.facts) for o in found for event in events(seed, o, until)
        ],
        "visits": list(visits(seed, until)),
    }


def filed(until: date) -> dict[str, list[object]]:
    """What of today's plan was filed by a day."""
    found = roster(SEED, TODAY)
    return {
        "claims": [
            c for o in found for c in claims(SEED, o, TODAY) if c.steps[0][1].date() <= until
        ],
        "events": [
            (o.number, e, e.facts)
            for o in found
            for e in events(SEED, o, TODAY)
            if e.filed_at.date() <= until
        ],
        "visits": [v for v in visits(SEED, TODAY) if v.filed_at.date() <= until],
    }


def test_same_seed_same_working_life():
    first = everything(TODAY)
    assert everything(TODAY) == first
    other = everything(TODAY, seed=7)
    assert all(other[name] != first[name] for name in ("claims", "members", "events"))


@pytest.mark.parametrize("earlier", [date(2024, 2, 9), date(2025, 6, 30), date(2026, 8, 3)])
def test_a_later_start_only_adds(earlier):
    then, now = everything(earlier), filed(earlier)
    for name in ("claims", "events", "visits"):
        assert sorted(map(repr, then[name])) == sorted(map(repr, now[name])), name
        assert then[name], name


def test_nothing_happens_before_the_portal_keeps_it():
    """The ten years of coverage stay what they were."""
    found = everything(date(2023, 12, 31))
    assert found["organisations"]
    assert not found["events"]
    assert not found["claims"]
    assert not found["visits"]


def organisations() -> tuple[Organisation, ...]:
    return roster(SEED, TODAY)


def all_claims() -> list[tuple[Organisation, Claim]]:
    return [(o, claim) for o in organisations() for claim in claims(SEED, o, TODAY)]


def all_events() -> list[tuple[Organisation, Event]]:
    return [(o, event) for o in organisations() for event in events(SEED, o, TODAY)]


def test_rolls_are_of_a_secretariats_size():
    """Issue: 5 to 25 members; no relation lies in a 学会党委 (D-1); names are invented."""
    for organisation in organisations():
        people = on_roll(SEED, organisation, TODAY)
        if not has_roll(organisation):
            assert people == []
        elif people:
            first = [p for p in people if p.filed_at == people[0].filed_at]
            assert LEAST <= len(first) <= MOST
            assert len({p.name for p in people}) == len(people)
            assert all(p.name[1] == "某" for p in people)
            assert all(p.filed_at < p.confirmed_at for p in people)
    assert any(groups(SEED, o) for o in organisations())


def test_elections_keep_the_rules():
    """R-ORG-06, R-ORG-08: quorum, majority, a committee from seven full members on."""
    for organisation, claim in all_claims():
        if claim.kind != "re_election" or claim.values["mode"] != "elected":
            continue
        entitled, present = claim.values["entitled"], claim.values["present"]
        assert meeting_is_valid(present, entitled)
        assert all(is_elected(row["votes"], present) for row in claim.rows)
        if organisation.type in ("branch", "joint_branch") and needs_branch_committee(entitled):
            assert claim.values["seats"] >= 3
        assert len({row["person_name"] for row in claim.rows}) == len(claim.rows)
        assert sum(row["kind"] == "secretary" for row in claim.rows) == 1


def test_terms_stand_in_every_state():
    """Issue: overdue, due soon, extended; some organisations have filed nothing."""
    newest = {o.number: claim for o, claim in all_claims()}
    ends = []
    for organisation in organisations():
        claim = newest.get(organisation.number)
        if claim and claim.kind == "re_election" and "seats" in claim.values:
            years = claim.values["term_years"]
            ends.append(claim.on.replace(day=min(claim.on.day, 28), year=claim.on.year + years))
    assert sum(end < TODAY for end in ends) >= 5
    assert sum(TODAY <= end <= TODAY + 180 * DAY for end in ends) >= 10
    assert sum(claim.kind == "extension" for _, claim in all_claims()) >= 3
    upper = [o for o in organisations() if o.tier < 3 and o.ends > TODAY]
    assert 0 < sum(o.number not in newest for o in upper) < len(upper) // 5
    assert any(len(c.rows) < c.values.get("seats", 1) for _, c in all_claims())


def test_three_years_of_every_kind_some_of_it_late():
    """Issue: meetings of three years; 补录; gaps."""
    years: dict[int, Counter[str]] = {}
    for _, event in all_events():
        kinds = years.setdefault(event.held_on.year, Counter())
        kinds.update(kind for kind in (event.kind, event.also_kind) if kind)
    assert sorted(years) == [2024, 2025, 2026]
    for year in (2024, 2025):
        assert len(years[year]) == 15, year
    late = [e for _, e in all_events() if e.filed_at.date() > e.held_on + 15 * DAY]
    assert 0.02 < len(late) / len(all_events()) < 0.2
    assert all(e.held_on >= LIFE_FROM for _, e in all_events())


def test_care_spreads_widely():
    """Most are diligent, some hold next to nothing."""
    hands = [care(SEED, code) for code in in_turn()]
    assert sum(hand > 0.85 for hand in hands) > len(hands) // 2
    assert sum(hand < 0.5 for hand in hands) > len(hands) // 8
    assert len(in_turn()) == len(set(in_turn())) == 205


def test_counts_make_valid_meetings():
    """R-LIFE-04: present up to expected; two thirds or half where a quorum is asked."""
    for _, event in all_events():
        if event.kind == "heart_talk":
            assert not event.facts.keys() & {"agenda", "learning", "present"}
            continue
        facts = event.facts
        assert 0 < facts["present"] <= facts["expected"]
        if event.kind in ("branch_committee_meeting", "democratic_life_meeting"):
            assert facts["present"] * 3 >= (facts["expected"] + facts["excused"]) * 2
        if event.kind == VOTING:
            assert facts["present"] * 2 >= facts["expected"] + facts["excused"]


def test_lists_name_who_is_on_the_roll():
    """Attendance by name of the last two quarters; some keep no list (R-LIFE-06)."""
    with_list = without = 0
    for organisation, event in all_events():
        listed = marks(SEED, organisation, event)
        on_the_roll = {p.name for p in on_roll(SEED, organisation, event.held_on)}
        assert {name for name, _ in listed} <= on_the_roll
        if event.held_on < LISTS_FROM:
            assert not listed
        elif event.kind == "theme_day" and has_roll(organisation):
            with_list, without = with_list + bool(listed), without + (not listed)
    assert with_list > without > 0


def test_visits_keep_the_evidence():
    """Rules §6.5: from 2027 on within 90 days; each on a day of its posting."""
    posted = [h for h in plan(SEED, date(2028, 6, 1)).upper if isinstance(h, Posted)]
    for word, (username, _) in INSTRUCTORS.items():
        code = body_of(word).code
        mine = [v for v in visits(SEED, date(2028, 6, 1)) if v.code == code]
        assert {v.username for v in mine} == {username}
        days = [v.visited_on for v in mine]
        assert all(b - a <= 76 * DAY for a, b in pairwise(days))
        terms = [(h.on, h.last_day) for h in posted if h.code == code]
        assert all(any(a <= day <= b for a, b in terms) for day in days)
        assert days[-1] > date(2028, 3, 15)

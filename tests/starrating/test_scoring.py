"""Worked examples EX-12 … EX-20 of the arithmetic, to the cent, and its properties."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from starrating.quota import Candidate, allocate, places
from starrating.scoring import (
    Line,
    Scale,
    Standing,
    applicable,
    base,
    category_share,
    entitle,
    is_rated,
    rounded,
    score,
    share_of,
    stars_of,
    unmet,
)

D, F = Decimal, Fraction
SCALE = Scale(
    thresholds={5: D(90), 4: D(80), 3: D(70), 2: D(60)},
    min_applicable=F(50),
    bonus_cap=D(5),
    floors={5: F(3, 5)},
    required={5: ("F1",)},
    quotas={5: F(1, 10), 4: F(2, 5)},
)
EIGHT = Scale(
    thresholds={n: D(20 + 10 * n) for n in range(2, 9)},
    min_applicable=F(50),
    bonus_cap=D(5),
    quotas={8: F(1, 10)},
)


def line(code, maximum, share):
    return Line(code, code[0], F(maximum), None if share is None else F(share))


NONE = D(0)


def published(lines, bonus=NONE, deductions=NONE):
    return score(base(lines), bonus, deductions, SCALE.bonus_cap)


def test_ex_12_not_applicable_lines_leave_both_sides():
    """EX-12: 单层, no major matters, not inspected: A3 8 and G4 3 leave, 89 stay."""
    zero = [line("A3", 8, None), line("G4", 3, None), line("B1", 89, 1)]
    assert applicable(zero) == 89
    assert published(zero) == D("100.00")
    missing = [line("A3", 8, 0), line("G4", 3, None), line("B1", 89, 1)]
    assert applicable(missing) == 97
    assert published(missing) == D("91.75")


@pytest.mark.parametrize(
    ("flagged", "held", "expected"), [(1, 2, "77.27"), (1, 1, "77.27"), (0, 0, "75.00")]
)
def test_ex_13_first_topic(flagged, held, expected):
    """EX-13: deleting the unflagged meeting helps nobody: the matrix requires two."""
    lines = [line("B1", 84, F(66, 84)), line("A1", 4, share_of(flagged, max(held, 2)))]
    assert published(lines) == D(expected)
    assert stars_of(published(lines), SCALE) == 3


def test_ex_14_pre_deliberation():
    assert line("A3", 6, share_of(9, 10)).points == F(54, 10)
    assert line("A3", 6, 0).points == 0
    assert line("A3", 6, share_of(0, 0)).share is None


def test_ex_15_inapplicable_sub_terms_leave_the_line():
    """EX-15: T2 and T3 不适用: 10·4/4."""
    assert line("B1", 10, share_of(4, 4)).points == 10


def test_ex_17_tiers_unrounded():
    points = line("B1", 10, share_of(F(4 + 3) + 3 * F(13, 21), 10)).points
    assert points == F(62, 7)
    assert rounded(points) == D("8.86")


def test_ex_18_first_periods():
    assert rounded(line("C1", 4, share_of(2, 3)).points) == D("2.67")
    assert line("C1", 4, share_of(2, 2)).points == 4


@pytest.mark.parametrize(
    ("exact", "shown", "stars"),
    [
        ("89.995", "90.00", 5),
        ("89.994", "89.99", 4),
        ("59.995", "60.00", 2),
        ("59.994999", "59.99", 1),
        ("60.00", "60.00", 2),
    ],
)
def test_ex_20_rounding_before_thresholds(exact, shown, stars):
    assert rounded(F(exact)) == D(shown)
    assert stars_of(rounded(F(exact)), SCALE) == stars


def test_ex_20_after_bonus_and_deductions():
    lines = [line("B1", 100, F("0.85995"))]
    assert published(lines, bonus=D(5), deductions=D(1)) == D("90.00")
    assert published([line("B1", 100, F("0.85994"))], D(5), D(1)) == D("89.99")


@pytest.mark.parametrize(
    ("share", "bonus", "shown", "stars"),
    [("0.55", 5, "60.00", 2), ("0.58995", 1, "60.00", 2), ("0.58994", 1, "59.99", 1)],
)
def test_ex_20_sixty_after_bonus(share, bonus, shown, stars):
    """Rounded once, after bonus: 58.995 + 1 reaches the second star, 58.994 + 1 does not."""
    lines = [line("B1", 100, F(share))]
    assert published(lines, D(bonus)) == D(shown)
    assert entitle(Standing(lines, D(bonus), D(0)), SCALE).stars == stars


def test_thirds_meet_their_sum_exactly():
    """Three thirds of a point are one: a rounding on the way would miss 90.00."""
    lines = [*(line(f"C{n}", 1, F(1, 3)) for n in range(3)), line("B1", 97, F(89, 97))]
    assert published(lines) == D("90.00")


def test_the_bonus_is_capped_and_the_score_clamped():
    lines = [line("B1", 100, F(1, 2))]
    assert published(lines, bonus=D(9)) == D("55.00")
    assert published(lines, deductions=D(70)) == D("0.00")
    assert published([line("B1", 100, 1)], bonus=D(5)) == D("100.00")


def test_floors_hold_for_applicable_categories_alone():
    """R-STAR-03: A at 0.5 of its points stops five stars; an inapplicable category does not."""
    strong = [line("B1", 90, 1), line("A1", 4, F(1, 2)), line("G4", 3, None)]
    assert unmet(strong, (), 5, SCALE) == ["A"]
    assert unmet(strong, (), 4, SCALE) == []
    assert category_share(strong, "G") is None
    assert entitle(Standing(strong), SCALE).stars == 4
    fine = [line("B1", 90, 1), line("A1", 4, F(3, 5)), line("G4", 3, None)]
    assert entitle(Standing(fine), SCALE).stars == 5


def test_the_f1_condition_asks_only_where_f1_is_applicable():
    """R-STAR-03, EX-11."""
    lines = [line("B1", 90, 1), line("F1", 10, F(9, 10))]
    assert entitle(Standing(lines), SCALE).held_back == ("F1",)
    assert entitle(Standing(lines, concluded=frozenset({"F1"})), SCALE).stars == 5
    early = [line("B1", 90, 1), line("F1", 10, None)]
    assert entitle(Standing(early), SCALE).stars == 5


def test_a_rise_is_limited_a_fall_is_not():
    """R-STAR-07."""
    top = [line("B1", 100, 1)]
    assert entitle(Standing(top, before=3), SCALE).stars == 4
    assert entitle(Standing(top, before=3), SCALE).held_back == ("rise",)
    assert entitle(Standing(top, before=None), SCALE).stars == 5
    assert entitle(Standing([line("B1", 100, F(1, 2))], before=5), SCALE).stars == 1


def test_below_the_least_applicable_points_nobody_is_rated():
    few = [line("B1", 49, 1), line("A3", 51, None)]
    assert not is_rated(few, SCALE)
    assert entitle(Standing(few, vetoed=True), SCALE) == entitle(Standing(few), SCALE)
    assert entitle(Standing(few), SCALE).stars is None
    assert base([line("A3", 51, None)]) is None


def ex_16():
    """EX-16: a and b come with what stopped them; c, d, e stand at five."""
    rated = {
        "a": Standing([line("B1", 90, F(96, 100)), line("F1", 10, F(96, 100))]),
        "b": Standing([line("B1", 100, F(94, 100))], before=3),
        "c": Standing([line("B1", 100, F(93, 100))]),
        "d": Standing([line("B1", 100, F(91, 100))]),
        "e": Standing([line("B1", 100, F(91, 100))]),
    }
    found = {key: entitle(standing, SCALE) for key, standing in rated.items()}
    rest = [Candidate(n, D(65), 2) for n in range(15)]
    return [Candidate(k, e.score, e.stars) for k, e in found.items()] + rest


def test_ex_16_pipeline_before_quota():
    candidates = ex_16()
    assert len(candidates) == 20
    found = allocate(candidates, SCALE.quotas)
    assert {key: found[key].stars for key in "abcde"} == {"a": 4, "b": 4, "c": 5, "d": 4, "e": 4}
    assert [key for key in "abcde" if found[key].by_quota] == ["d", "e"]
    four = places(F(2, 5), 20) - sum(1 for place in found.values() if place.stars >= 4)
    assert four == 3


def test_ex_16_the_committee_may_decide_between_equals():
    found = allocate(ex_16(), SCALE.quotas, decided={"d"})
    assert (found["d"].stars, found["e"].stars) == (5, 4)
    assert allocate(ex_16(), SCALE.quotas, decided={"d", "e"})["d"].stars == 4


def test_category_order_decides_between_equal_scores():
    low, high = Candidate(1, D(91), 5, (F(1, 2),)), Candidate(2, D(91), 5, (F(2, 3),))
    found = allocate([low, high], {5: F(1, 2)})
    assert (found[1].stars, found[2].stars) == (4, 5)


def test_ex_19_a_vetoed_society_leaves_n():
    assert (places(F(1, 10), 20), places(F(1, 10), 19), places(F(2, 5), 19)) == (2, 1, 7)
    vetoed = Standing([line("B1", 100, F(92, 100))], vetoed=True)
    assert (entitle(vetoed, SCALE).score, entitle(vetoed, SCALE).stars) == (D("92.00"), 0)


def test_a_quota_of_nothing_gives_one_place():
    """R-STAR-04: N < 10."""
    assert places(F(1, 10), 9) == 1
    assert places(F(1, 10), 0) == 0


def test_eight_stars_are_data():
    """R-STAR-09, trap 16."""
    top = Standing([line("B1", 100, 1)])
    assert entitle(top, EIGHT).stars == 8
    found = allocate([Candidate(n, D(100 - n), 8) for n in range(20)], EIGHT.quotas)
    assert sorted(place.stars for place in found.values()) == [7] * 18 + [8] * 2


# --- properties -----------------------------------------------------------------------------------
PLAIN = settings(max_examples=200, deadline=None, derandomize=True)
shares = st.none() | st.fractions(0, 1, max_denominator=60)
lines_of = st.lists(
    st.tuples(st.sampled_from("ABCDEFG"), st.integers(1, 10), shares), min_size=1, max_size=30
).map(lambda rows: [Line(f"{c}{n}", c, F(m), s) for n, (c, m, s) in enumerate(rows)])
amounts = st.decimals(0, 20, places=2)
candidates_of = st.lists(
    st.tuples(st.integers(0, 100), st.integers(1, 5), st.fractions(0, 1, max_denominator=4)),
    max_size=60,
).map(lambda rows: [Candidate(n, D(s), g, (o,)) for n, (s, g, o) in enumerate(rows)])


@PLAIN
@given(lines_of, amounts, amounts, st.randoms(use_true_random=False))
def test_order_of_rows_is_irrelevant(lines, bonus, deductions, random):
    mixed = list(lines)
    random.shuffle(mixed)
    one, other = (Standing(rows, bonus, deductions) for rows in (lines, mixed))
    assert entitle(one, SCALE) == entitle(other, SCALE)


@PLAIN
@given(lines_of, amounts, amounts)
def test_a_score_stays_within_its_bounds(lines, bonus, deductions):
    """Ceilings reached: no bonus lifts above 100, none beyond its cap."""
    exact = base(lines)
    if exact is None:
        return
    found = score(exact, bonus, deductions, SCALE.bonus_cap)
    assert 0 <= found <= 100
    assert found <= rounded(min(F(100), exact + 5))
    assert score(F(100), D(0), D(0), D(5)) == 100


@PLAIN
@given(lines_of, st.data())
def test_removing_favourable_evidence_never_raises_a_score(lines, data):
    """R-STAR-01: a lower share of any line never gives more."""
    place = data.draw(st.integers(0, len(lines) - 1))
    if lines[place].share is None:
        return
    less = data.draw(st.fractions(0, lines[place].share, max_denominator=120))
    worse = [*lines]
    worse[place] = replace(lines[place], share=less)
    assert base(worse) <= base(lines)


@PLAIN
@given(lines_of)
def test_not_applicable_lines_leave_both_sides(lines):
    living = [row for row in lines if row.share is not None]
    assert base(lines) == base(living)
    assert applicable(lines) == applicable(living)


@PLAIN
@given(lines_of, amounts, st.booleans(), st.integers(1, 5))
def test_a_veto_wins_in_any_order(lines, bonus, concluded, before):
    have = frozenset({"F1"} if concluded else ())
    found = entitle(Standing(lines, bonus, D(0), have, before, vetoed=True), SCALE)
    assert found.stars in (0, None)
    assert (found.stars is None) == (not is_rated(lines, SCALE))


@PLAIN
@given(candidates_of, st.sets(st.integers(0, 59)))
def test_the_quota_is_never_exceeded_and_nobody_rises(candidates, decided):
    """R-STAR-04: whomever the members choose among equals; between others nothing changes."""
    found = allocate(candidates, SCALE.quotas, decided)
    for level, share in SCALE.quotas.items():
        held = sum(1 for place in found.values() if place.stars >= level)
        assert held <= places(share, len(candidates))
    assert all(place.stars <= place.entitled for place in found.values())
    for one, other in permutations(candidates[:6], 2):
        if one.stars == other.stars and one.rank > other.rank:
            assert found[one.key].stars >= found[other.key].stars
        if one.stars == other.stars and one.rank == other.rank and not decided:
            assert found[one.key].stars == found[other.key].stars


@PLAIN
@given(candidates_of, st.randoms(use_true_random=False))
def test_the_order_of_candidates_gives_nobody_a_place(candidates, random):
    mixed = list(candidates)
    random.shuffle(mixed)
    assert allocate(candidates, SCALE.quotas) == allocate(mixed, SCALE.quotas)

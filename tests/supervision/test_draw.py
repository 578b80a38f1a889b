"""The draw as arithmetic (R-SUP-02): fair, proportional, repeatable, bound to its frame."""

import json
import random
from collections import Counter
from math import sqrt

import pytest

from supervision import draw as arithmetic
from supervision import seeds
from supervision.draw import allocate, draw, frame_text, seed_digest, sha256
from tests.oracle import draw as oracle

# The picture of the batch page: 147 societies, 12 drawn.
SIZES = [("理科", 32), ("工科", 55), ("农科", 11), ("医科", 20), ("交叉学科", 29)]
SMALL = [("理科", 9), ("工科", 16), ("农科", 3), ("医科", 6), ("交叉学科", 8)]
DRAWS = 10_000


def frame_of(sizes):
    return [(d, f"示例{d}学会{n:02}") for d, size in sizes for n in range(size)]


def test_the_picture_s_allocation():
    strata = allocate(SIZES, 12, "DC2026B2-7Q4M-2KX9-FT3H")
    assert [(s.whole, s.extra, s.seats) for s in strata] == [
        (2, 1, 3),
        (4, 0, 4),
        (0, 1, 1),
        (1, 1, 2),
        (2, 0, 2),
    ]
    assert [round(s.product / 147, 3) for s in strata] == [2.612, 4.49, 0.898, 1.633, 2.367]


def test_allocation_and_draw_equal_the_oracle():
    """Largest remainders with ties, whole frames, empty samples: 600 random frames."""
    numbers = random.Random(20260101)
    for turn in range(600):
        sizes = [(f"科{n}", numbers.randint(1, 8)) for n in range(numbers.randint(1, 6))]
        total, seed = sum(size for _, size in sizes), f"seed {turn}"
        sample, frame = numbers.randint(0, total), frame_of(sizes)
        strata, rows = draw(frame, sample, seed)
        assert {s.discipline: s.seats for s in strata} == oracle.seats(dict(sizes), sample, seed)
        assert {r.name for r in rows if r.drawn} == oracle.drawn(frame, sample, seed)
        assert all(abs(s.seats - s.product / total) < 1 for s in strata)


def test_equal_remainders_are_decided_by_the_seed():
    """Two strata of one size, one seat: either may win, by SHA-256(seed|学科)."""
    winners = Counter()
    for n in range(200):
        first, second = allocate([("理科", 5), ("工科", 5)], 1, f"s{n}")
        assert {first.remainder, second.remainder} == {5}
        expected = "理科" if sha256(f"s{n}|理科") < sha256(f"s{n}|工科") else "工科"
        winner = first if first.extra else second
        assert winner.discipline == expected
        winners[winner.discipline] += 1
    assert min(winners.values()) > 70


def test_a_sample_larger_than_its_frame_is_refused():
    assert sum(s.seats for s in allocate([("理科", 2)], 2, "s")) == 2
    assert allocate([], 0, "s") == []
    with pytest.raises(ValueError, match="sample 3 of a frame of 2"):
        allocate([("理科", 2)], 3, "s")
    with pytest.raises(ValueError, match="sample -1"):
        allocate([("理科", 2)], -1, "s")


def chi_square(frame, sample):
    """The statistic of each stratum over DRAWS draws, with its degrees of freedom.

    n of N drawn without replacement: the counts vary by R·p·(1-p)·N/(N-1) around R·p.
    """
    counts: Counter[str] = Counter()
    for n in range(DRAWS):
        strata, rows = draw(frame, sample, f"DC2026T1-{n:05}")
        counts.update(row.name for row in rows if row.drawn)
    found = []
    for stratum in strata:
        names = [name for discipline, name in frame if discipline == stratum.discipline]
        share = stratum.seats / len(names)
        expected, variance = DRAWS * share, DRAWS * share * (1 - share)
        variance *= len(names) / (len(names) - 1)
        total = sum((counts[name] - expected) ** 2 for name in names) / variance
        found.append((total, len(names) - 1))
    return found


def critical(freedom, normal):
    """The quantile of chi-square by Wilson and Hilferty; normal: that of the normal law."""
    part = 2 / (9 * freedom)
    return freedom * (1 - part + normal * sqrt(part)) ** 3


def test_ten_thousand_draws_are_even():
    """Chi-square in each stratum; 4.0 is 1 in 30 000 of the normal law, seeds are fixed."""
    for value, freedom in chi_square(frame_of(SMALL), 8):
        assert critical(freedom, -4.0) < value < critical(freedom, 4.0)


def test_a_lopsided_draw_is_seen(monkeypatch):
    """Negative control: a tenth of the seeds favours names that sort first."""
    honest = arithmetic.sha256

    def lopsided(text):
        seed, _, name = text.partition("|")
        return name if seed.endswith("7") else honest(text)

    monkeypatch.setattr(arithmetic, "sha256", lopsided)
    assert any(v > critical(f, 4.0) for v, f in chi_square(frame_of(SMALL), 8))


def test_the_draw_depends_on_nothing_but_frame_and_seed():
    frame = frame_of(SIZES)
    shuffled = sorted(frame, key=lambda row: sha256(row[1]))
    first = {r.name for r in draw(frame, 12, "s")[1] if r.drawn}
    assert {r.name for r in draw(shuffled, 12, "s")[1] if r.drawn} == first
    assert {r.name for r in draw(frame, 12, "t")[1] if r.drawn} != first


def test_the_frame_s_text_is_unambiguous():
    """Quotes, bars and commas of a name cannot pass for another row."""
    rows = [
        ("框内", "理科", '示例"数学|学会,', ""),
        ("排除", "工科", "示例学会", "12 个月内已抽查"),
    ]
    text = frame_text("DC-2026-B1", 1, rows)
    assert [json.loads(line) for line in text.splitlines()][3:] == [list(row) for row in rows]
    assert text.endswith("\n")
    assert '["应抽",1]' in text


def test_the_commitment_binds_seed_and_frame():
    digests = {seed_digest(seed, frame) for seed in ("a", "b") for frame in ("x", "y")}
    assert len(digests) == 4


def test_seeds_are_long_and_never_the_same():
    """60 bits of `secrets`; the prefix names the batch."""
    found = {seeds.new_seed("DC-2026-B2") for _ in range(2000)}
    assert len(found) == 2000
    assert all(seed.startswith("DC2026B2-") and len(seed) == 23 for seed in found)
    assert set("".join(seed[9:] for seed in found)) == {"-", *seeds.DIGITS}


@pytest.mark.parametrize(
    "typed",
    [
        "DC2026B2-7Q4M-2KX9-FT3H",
        " dc2026b2 7q4m 2kx9 ft3h ",
        "DC-2026-B2-7Q4M2KX9FT3H",
        "dc2026b2－7q4m—2kx9-ft3h",
    ],
)
def test_a_seed_is_read_as_people_type_it(typed):
    assert seeds.typed_seed("DC-2026-B2", typed) == "DC2026B2-7Q4M-2KX9-FT3H"


def test_letters_that_are_no_digits_are_read_as_what_they_look_like():
    assert seeds.typed_seed("DC-2026-B2", "DC2026B2-OIL0-2KX9-FT3H") == "DC2026B2-0110-2KX9-FT3H"


@pytest.mark.parametrize(
    "typed", ["DC2026B3-7Q4M-2KX9-FT3H", "7Q4M-2KX9-FT3H", "DC2026B2-7Q4M", ""]
)
def test_what_is_no_seed_of_the_batch_stays_as_typed(typed):
    assert seeds.typed_seed("DC-2026-B2", typed) == typed

"""What the bench prints, and the promises about rows and statements; seconds are never judged."""

import dataclasses

import pytest

from coverage import night, revisions
from coverage.steps import all_steps
from societies.models import Society
from tools.bench import nights, report, worlds
from tools.bench.limits import Limit, over_all, slope

KEYS = {
    *("societies", "first_seconds", "seconds", "rows_read", "rows_written", "statements"),
    *("peak_mb", "first_ratio", "scan_ratio"),
}
EXACT = ("写入的行", "差异", "语句数")


@pytest.fixture
def quick(monkeypatch):
    """Each thing once: medians serve the clock alone."""
    monkeypatch.setattr(nights, "ROUNDS", 1)
    monkeypatch.setattr(nights, "SINGLES", 1)


def measured(count):
    return nights.measure(worlds.build(count))


def exact(found):
    """The promises that no clock decides."""
    return [limit for limit in report.limits_of(found) if any(w in limit.name for w in EXACT)]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_rows_and_statements_of_two_sizes(quick):
    """P2, P3: as many statements at both sizes; a second run writes nothing."""
    small = measured(12)
    assert [limit for limit in exact(small) if not limit.holds] == []
    row = report.size_row(small)
    assert row.keys() == KEYS
    assert all(row[key] > 0 for key in KEYS)
    assert row["rows_written"] > 12 * 6
    assert list(report.details(small))
    clear()
    large = measured(24)
    assert [limit for limit in exact(large) if not limit.holds] == []
    assert over_all([row, report.size_row(large)])[0].found == 0


def clear():
    from django.core.management import call_command

    call_command("flush", verbosity=0, interactive=False)


def one_by_one(step):
    """Mutant: a statement for each society."""

    def write(work, forward):
        for society in Society.objects.filter(federation=work.federation):
            society.refresh_from_db()
        return step.write(work, forward)

    return dataclasses.replace(step, write=write)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_loop_over_societies_and_a_second_writing_are_seen(quick, monkeypatch):
    """Negative controls of both promises."""
    monkeypatch.setattr(revisions, "_same", lambda a, b: False)
    first = all_steps()[0]
    real = night.step_named
    monkeypatch.setattr(
        night, "step_named", lambda name: one_by_one(first) if name == first.name else real(name)
    )
    small = measured(12)
    broken = [limit.name for limit in exact(small) if not limit.holds]
    assert any("写入的行" in name for name in broken)
    clear()
    rows = [report.size_row(found) for found in (small, measured(24))]
    assert not over_all(rows)[0].holds


def row(societies, first, changed, statements=46):
    return {
        "societies": societies,
        "first_seconds": first,
        "seconds": changed,
        "statements": statements,
    }


def test_the_slope_is_that_of_the_steeper_nights():
    assert slope([row(210, 1, 1), row(2100, 10, 5)]) == pytest.approx(1, abs=0.001)
    assert slope([row(210, 1, 1), row(2100, 10, 100)]) == pytest.approx(2, abs=0.001)
    assert slope([row(210, 1, 1)]) == 0


def test_limits_over_all_sizes():
    held = over_all([row(210, 1, 1), row(2100, 10, 5)])
    assert all(limit.holds for limit in held)
    broken = over_all([row(210, 1, 1), row(2100, 30, 5, statements=47)])
    assert not any(limit.holds for limit in broken)


def test_a_limit_says_whether_it_holds():
    assert "达到" in str(Limit("斜率", 1.15, 1.15))
    assert "未达" in str(Limit("斜率", 1.16, 1.15))

"""The invented figures fit each other and the ways of filing keep to the calendar."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import product

import pytest

from common.workdays import add_workdays
from dashboards.demo import SEED, figures, filings, office_holders
from dashboards.demo.bodies import bodies
from dashboards.demo.courses import WALKED
from dashboards.demo.figures import Register
from dashboards.demo.filings import ACCEPT, RETURN, SEND, SIGN, as_ofs, deadlines

AS_OFS = [date(2016, 12, 31), date(2021, 6, 30), date(2026, 6, 30)]
REGISTERS = [
    Register(secretariat, branches, holds, covered, holds, here, before)
    for secretariat, branches, holds, covered, (here, before) in product(
        (True, False), (0, 7), (True, False), (True, False), ((0, 3), (2, 2), (40, 0))
    )
    if secretariat or not holds
]


def number(values: figures.Values, name: str) -> int:
    """不适用 counts as nothing."""
    return int(values.get(name) or 0)


@pytest.mark.parametrize("as_of", AS_OFS)
@pytest.mark.parametrize("register", REGISTERS)
def test_sums_are_consistent(as_of, register):
    """ledger_fields.md, every E of sums: S-01, S-03, S-05…S-08, M-01…M-12, M-15, O-03, O-06."""
    for body in bodies()[::5]:
        ops = figures.operations(SEED, body, as_of, register)
        staff = figures.staff(SEED, body, as_of, register)
        people = figures.members(SEED, body, as_of, register)
        assert int(ops["net_assets"]) <= int(ops["total_assets"])
        assert number(ops, "society_branch_inactive_count") <= register.branches
        assert ops["term_start"] < ops["term_end"]
        assert f"{as_of:%Y-%m}" <= ops["term_end"]
        assert number(staff, "standing_council_members") <= number(staff, "council_members")
        if register.secretariat:
            check_secretariat(staff, people)
        else:
            assert not any(name.startswith("secretariat") for name in (*staff, *people))
        check_members(staff, people)
        here = register.members_here if register.holds_relations else 0
        assert number(people, "relation_here") == here


def check_secretariat(staff: figures.Values, people: figures.Values) -> None:
    whole, full = number(staff, "secretariat_staff"), number(staff, "full_time_staff")
    assert whole == full + number(staff, "part_time_staff")
    posts = ("established_post_staff", "retired_rehired", "contract_staff", "seconded_staff")
    assert full == sum(number(staff, name) for name in posts)
    degrees = ("doctor", "master", "bachelor", "college", "other")
    assert whole == sum(number(staff, f"education_{name}") for name in degrees)
    assert number(staff, "aged_35_or_under") + number(staff, "aged_61_or_over") <= whole
    assert number(staff, "women") <= whole
    assert number(people, "secretariat_party_members") <= whole
    assert number(people, "secretariat_relation_here") <= number(people, "relation_here")
    assert number(people, "full_time_pm") <= full
    parts = ("established_post_pm", "rehired_pm", "contract_pm", "seconded_pm")
    for part, base in zip(parts, posts, strict=True):
        assert number(people, part) <= number(staff, base)


def check_members(staff: figures.Values, people: figures.Values) -> None:
    sets = (
        "council_party_members",
        "supervisor_party_members",
        "secretariat_party_members",
        "society_branch_leader_pm",
        "other_relation_here",
    )
    total = number(people, "total_distinct")
    counts = [number(people, name) for name in sets]
    assert max(counts) <= total <= sum(counts)
    assert total == number(people, "full_members") + number(people, "probationary_members")
    places = ("relation_here", "relation_at_supporting_unit", "relation_elsewhere")
    assert total == sum(number(people, name) for name in places)
    assert number(people, "council_party_members") <= number(staff, "council_members")
    assert number(people, "supervisor_party_members") <= number(staff, "supervisors")
    assert number(people, "society_branch_leader_pm") <= number(staff, "society_branch_leaders")
    assert number(people, "floating_members") <= total


def test_office_holders_are_invented_and_lawful():
    """L-01, L-02, L-08, L-09, L-11; names as 张某甲."""
    register = Register(True, 5, True, True, True)
    for body in bodies():
        rows = office_holders.leaders(SEED, body, AS_OFS[-1], register)
        assert office_holders.GENERAL in rows
        assert [r["legal_representative"] for r in rows.values()].count("yes") == 1
        for post, row in rows.items():
            assert row["name"][1] == "某"
            assert 2026 - int(row["birth_year"]) <= 70
            if post in ("party_secretary", "discipline_officer"):
                assert row["political_status"] == "01"


def test_promises_lie_after_the_as_of_day_and_differ():
    """U-10; 已逾期, 临期 and 推进中 between the periods (5.5)."""
    as_of = AS_OFS[-1]
    days = [
        date.fromisoformat(office_holders.reason(SEED, b, 1, as_of)["planned_establish_on"])
        for b in bodies()
    ]
    assert all(day > as_of for day in days)
    assert min(days) < date(2026, 11, 22) < max(days)


def test_filings_keep_to_the_periods():
    """EX-10, R-LED-07: nothing before the as-of day; most on time, some in grace, some late."""
    found = filings.filings(SEED, date(2026, 11, 22))
    states: Counter[str] = Counter()
    for filing in found:
        due, grace, closing = deadlines(filing.as_of)
        if not filing.steps:
            states["never"] += 1
            continue
        assert list(filing.steps) == sorted(filing.steps, key=lambda step: step.at)
        assert filing.steps[0].at.date() > filing.as_of
        filed = next(step.at.date() for step in filing.steps if step.verb == SIGN)
        assert filed <= closing
        states["on time" if filed <= due else "grace" if filed <= grace else "late"] += 1
        states["returned"] += any(step.verb == RETURN for step in filing.steps)
        assert filing.steps[-1].verb == ACCEPT
        assert {filing.steps[0].verb, filing.steps[1].verb} == {SEND, SIGN}
    assert states["on time"] > 0.8 * len(found)
    assert all(states[kind] >= 5 for kind in ("grace", "late", "never", "returned"))
    assert len({step.reviewer for f in found for step in f.steps if step.verb == ACCEPT}) == 2


def test_deadlines_are_those_of_the_example():
    """EX-10."""
    assert deadlines(date(2026, 6, 30)) == (date(2026, 7, 14), date(2026, 7, 21), date(2026, 8, 11))


def test_filings_of_the_past_do_not_depend_on_until():
    now = filings.filings(SEED, date(2026, 11, 22))
    later = filings.filings(SEED, date(2028, 3, 1))
    assert later[: len(now)] == now
    assert len(later) > len(now)


def test_everybody_files_the_last_periods_and_a_few_the_whole_history():
    found = Counter(f.as_of for f in filings.filings(SEED, date(2026, 11, 22)))
    assert list(found) == list(as_ofs(date(2026, 11, 22)))
    assert found[date(2026, 6, 30)] == found[date(2024, 12, 31)] == 204
    assert found[date(2016, 12, 31)] == found[date(2024, 6, 30)] == 4


def test_the_walked_society_filed_in_time():
    as_of = date(2025, 12, 31)
    filing = filings.on_time(SEED, as_of, WALKED)
    verbs = [step.verb for step in filing.steps]
    assert verbs == [SEND, SIGN, ACCEPT]
    assert as_of < filing.steps[1].at.date() <= add_workdays(as_of, 10).day
    assert filing.until(filing.steps[0].at) == filing.steps[:1]
    assert filing.until(filing.steps[0].at - timedelta(minutes=1)) == ()

"""The lines that ledgers decide once more, from rules §5 and §7.2: B4, E1, E2, E3.

Plain tuples and loops, no import of the portal. A day means its end.
"""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import NamedTuple

F = Fraction
NOT_DUE = "not_due"
TABLES = ("operations", "staff", "members", "leaders", "not_established")


class Period(NamedTuple):
    as_of: date
    due: date


class Expected(NamedTuple):
    """exempted: the day on which an exemption was decided."""

    body: int
    period: int
    exempted: date | None


class Step(NamedTuple):
    """state: filed, accepted or returned by the committee; figure: the return names a figure.

    mend: of a return, the last day on which mending keeps the moment counted so far (R-LED-08).
    """

    state: str
    day: date
    on_time: bool = False
    figure: bool = False
    mend: date | None = None


class Filing(NamedTuple):
    """A first version: its steps in order, the day its filing counts as, what it says of 章程."""

    body: int
    period: int
    steps: tuple[Step, ...]
    counted: date
    charter: str


class Issue(NamedTuple):
    """An error in the data; without a table it bears on every one."""

    body: int
    table: str
    opened: date
    closed: date | None


class Ledgers(NamedTuple):
    periods: tuple[Period, ...] = ()
    expected: tuple[Expected, ...] = ()
    filings: tuple[Filing, ...] = ()
    issues: tuple[Issue, ...] = ()


def year_of(last: date) -> date:
    return date(last.year, 1, 1)


def until(steps: Iterable[Step], last: date) -> list[Step]:
    return [step for step in steps if step.day <= last]


def in_force(ledgers: Ledgers, last: date) -> set[int]:
    """The latest period whose due day has passed, and every later one (R-LED-02)."""
    passed = [p.as_of for p in ledgers.periods if p.due < last]
    newest = max(passed, default=date.min)
    return {n for n, p in enumerate(ledgers.periods) if p.as_of >= newest}


def owes(ledgers: Ledgers, body: int, last: date) -> list[int]:
    return [
        e.period
        for e in ledgers.expected
        if e.body == body and (e.exempted is None or e.exempted > last)
    ]


def stands(filing: Filing, day: date) -> bool:
    """Accepted, or on time and under review (R-LED-02)."""
    steps = until(filing.steps, day)
    return bool(steps) and (
        steps[-1].state == "accepted" or (steps[-1].state == "filed" and steps[-1].on_time)
    )


def charter(ledgers: Ledgers, body: int, last: date, frozen: date | None) -> Fraction:
    """B4: nothing accepted, or no answer: 未报, which is 0. A closed year prefers its last."""
    accepted = [
        f
        for f in ledgers.filings
        if f.body == body and any(s.state == "accepted" for s in until(f.steps, frozen or last))
    ]
    if frozen:
        own = [f for f in ledgers.filings if ledgers.periods[f.period].as_of == last]
        accepted = [f for f in accepted if ledgers.periods[f.period].as_of <= last]
        accepted += [f for f in own if f.body == body and stands(f, frozen)]
    if not accepted:
        return F(0)
    newest = max(accepted, key=lambda f: ledgers.periods[f.period].as_of)
    return F(newest.charter == "yes")


def five_clears(
    ledgers: Ledgers, body: int, last: date, frozen: date | None
) -> Fraction | str | None:
    """E1 (R-LED-02); of a closing year the ledger of its last day (R-STAR-08)."""
    day = frozen or last
    wanted = in_force(ledgers, last)
    asked = {n for n in wanted if ledgers.periods[n].due < last}
    if frozen:
        wanted = asked = {n for n, p in enumerate(ledgers.periods) if p.as_of == last}
    mine = [f for f in ledgers.filings if f.body == body and f.period in wanted]
    standing = any(stands(filing, day) for filing in mine)
    wrong = {
        table
        for issue in ledgers.issues
        if issue.body == body
        and issue.opened <= day
        and (issue.closed is None or issue.closed > day)
        for table in ([issue.table] if issue.table else TABLES)
    }
    clear = len(TABLES) - len(wrong) if standing else 0
    if not clear and not asked & set(owes(ledgers, body, day)):
        year = {n for n, p in enumerate(ledgers.periods) if p.as_of <= date(last.year, 12, 31)}
        return NOT_DUE if not standing and waits(ledgers, body, last, year) else None
    return F(clear, len(TABLES))


def waits(ledgers: Ledgers, body: int, last: date, among: set[int]) -> bool:
    """A ledger of these periods is still to come, or owed and not due; never at the year's end."""
    end = date(last.year, 12, 31)
    if last == end:
        return False
    if any(ledgers.periods[n].as_of > last for n in among):
        return True
    owed = [ledgers.periods[n] for n in owes(ledgers, body, last)]
    return any(p.as_of <= last <= p.due < end for p in owed)


def due_this_year(ledgers: Ledgers, last: date) -> set[int]:
    return {n for n, p in enumerate(ledgers.periods) if p.due < date(last.year, 12, 31)}


def came_due(ledgers: Ledgers, body: int, last: date) -> list[int]:
    """Ledgers owed that came due in the year: the due day itself must be over."""
    due = {n for n, p in enumerate(ledgers.periods) if year_of(last) <= p.due < last}
    return [period for period in owes(ledgers, body, last) if period in due]


def filing_of(ledgers: Ledgers, body: int, period: int, last: date) -> Filing | None:
    for filing in ledgers.filings:
        if (filing.body, filing.period) == (body, period) and until(filing.steps, last):
            return filing
    return None


def on_time(ledgers: Ledgers, body: int, last: date) -> Fraction | str | None:
    """E2 (R-LED-07, -08)."""
    due = came_due(ledgers, body, last)
    found = [filing_of(ledgers, body, period, last) for period in due]
    good = [f for f in found if f and stands_in_time(until(f.steps, last), last)]
    if not due and waits(ledgers, body, last, due_this_year(ledgers, last)):
        return NOT_DUE
    return F(len(good), len(due)) if due else None


def stands_in_time(steps: list[Step], last: date) -> bool:
    """As the last filing was judged; nothing counts once its return was left unmended."""
    filed = max(n for n, step in enumerate(steps) if step.state == "filed")
    lapsed = any(step.mend and step.mend < last for step in steps[filed + 1 :])
    return steps[filed].on_time and not lapsed


def true_figures(ledgers: Ledgers, body: int, last: date, mismatched: int) -> Fraction | str | None:
    """E3: whoever owed and filed nothing said nothing, which is 0.

    mismatched: what spot checks of the year found not to be as filed.
    """
    steps = [
        step
        for filing in ledgers.filings
        if filing.body == body
        for step in until(filing.steps, last)
        if step.day >= year_of(last)
    ]
    wrong = sum(step.state == "returned" and step.figure for step in steps)
    due = came_due(ledgers, body, last)
    filed = any(step.state == "filed" for step in steps) or any(
        filing_of(ledgers, body, period, last) for period in due
    )
    if filed or (mismatched and not due):
        return max(F(0), 1 - F(wrong + mismatched, 4))
    if due:
        return F(0)
    return NOT_DUE if waits(ledgers, body, last, due_this_year(ledgers, last)) else None

"""What the invented organisations do from 2024 on: terms, rolls, meetings, visits, in this order.

Terms and 党小组 come first: what is owed in a period depends on them (rules §3). The expected sets
of the past are written once, between them and the records.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from branches.models import ExpectedLife
from branches.obligations import expected
from common import clock
from dashboards.demo.filing_writer import FilingWriter
from dashboards.demo.meeting_writer import MeetingWriter
from dashboards.demo.meetings import LIFE_FROM, Event, events
from dashboards.demo.roll_writer import RollWriter
from dashboards.demo.roster import Organisation, in_turn, roster
from dashboards.demo.staff import branch_secretaries
from dashboards.demo.standing_life import keep_busy
from dashboards.demo.statistics import analyze
from dashboards.demo.term_writer import TermWriter
from dashboards.demo.terms import claims
from dashboards.demo.visit_writer import report
from dashboards.demo.visits import visits

SOCIETIES_PER_LINE = 50


@dataclass
class WorkingLife:
    """One run up to `now`; since: leave out what was filed before, None for nothing."""

    writer: FilingWriter
    now: datetime
    say: Callable[[str], None]
    since: date | None = None

    @property
    def until(self) -> date:
        """The last day planned."""
        return clock.day_of(self.now)

    def enter(self) -> None:
        """Everything missing, society by society."""
        if self.until < LIFE_FROM:
            return
        filers = branch_secretaries(self.writer.world)
        mine = self._by_society()
        terms, rolls = TermWriter(self.writer), RollWriter(self.writer, filers)
        done = self._each(
            "任期、党员名册",
            lambda code: (
                self._terms(terms, code, mine[code]) + rolls.file(code, mine[code], self.now)
            ),
        )
        if done:
            analyze()
        self._owe()
        meetings = MeetingWriter(self.writer, filers)
        done = self._each("组织生活", lambda code: self._meetings(meetings, code, mine[code]))
        done += report(self.writer, visits(self.writer.seed, self.until), self.now)
        keep_busy(self.writer, self.now)
        if done:
            analyze()

    def _by_society(self) -> dict[str, list[Organisation]]:
        found: dict[str, list[Organisation]] = defaultdict(list)
        for organisation in roster(self.writer.seed, self.until):
            found[organisation.code].append(organisation)
        return found

    def _each(self, label: str, work: Callable[[str], int]) -> int:
        """Each society in its own transaction; how much is new in all."""
        done, codes = 0, in_turn()
        for n, code in enumerate(codes, 1):
            new = work(code)
            done += new
            if done and (n % SOCIETIES_PER_LINE == 0 or n == len(codes)):
                self.say(f"{label}：{n} / {len(codes)} 家学会")
        return done

    def _terms(self, terms: TermWriter, code: str, mine: list[Organisation]) -> int:
        seed, first = self.writer.seed, self.since
        due = [claim for each in mine for claim in claims(seed, each, self.until)]
        due = [c for c in due if first is None or c.steps[-1][1].date() >= first]
        return terms.file(code, sorted(due, key=lambda c: c.steps[0][1]), self.now) if due else 0

    def _meetings(self, meetings: MeetingWriter, code: str, mine: list[Organisation]) -> int:
        held = [(each, self._held(each)) for each in mine]
        held = [(organisation, found) for organisation, found in held if found]
        return meetings.file(code, held, self.now) if held else 0

    def _held(self, organisation: Organisation) -> list[Event]:
        """Events of an organisation filed by now, and not before `since`."""
        first = clock.start_of(self.since or LIFE_FROM)
        found = events(self.writer.seed, organisation, self.until)
        return [event for event in found if first <= event.filed_at <= self.now]

    def _owe(self) -> None:
        """The expected sets of the years before the portal ran: written once, then frozen."""
        federation = self.writer.world.federation
        sets = ExpectedLife.objects.filter(society__federation=federation, first_day=LIFE_FROM)
        if not sets.exists():
            now = clock.now()
            expected.turn(federation.pk, clock.day_of(now), now, since=LIFE_FROM)

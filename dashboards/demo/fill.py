"""The order of things: first what the first page needs, then the history, piece by piece.

Every piece is a transaction and asks the database what is there already. So a run that was killed
goes on where it was, a second one beside it does no harm, and a later start adds what came since.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from accounts.permissions import Role
from common import clock
from coverage.live import drain_dirty
from coverage.night import CATCH_UP_DAYS
from dashboards.demo import nights, staff, standing, world
from dashboards.demo.accounts import ACCOUNTS, REVIEWER
from dashboards.demo.bodies import body_of
from dashboards.demo.class_writer import TrainingClasses
from dashboards.demo.courses import WALKED
from dashboards.demo.facts import chunks, enter_chunk
from dashboards.demo.filing_writer import FilingWriter
from dashboards.demo.filings import Filing, filings
from dashboards.demo.happenings import BranchClosed, BranchOpened, Established, Happening
from dashboards.demo.inspections import Inspections
from dashboards.demo.meetings import LIFE_FROM
from dashboards.demo.periods import close, exempt, open_periods
from dashboards.demo.plan import Plan, plan
from dashboards.demo.standing_hours import keep_learning
from dashboards.demo.star_rounds import StarRounds
from dashboards.demo.statistics import FIGURES, analyze
from dashboards.demo.training_writer import LearningHours
from dashboards.demo.working_life import WorkingLife
from dashboards.demo.world import World, demo_federation
from ledgers.actions import ensure_draft
from ledgers.models import Ledger, LedgerPeriod
from societies.register import SHIPPED, load_register
from starrating.management.commands.load_editions import LOADERS

Say = Callable[[str], None]
NIGHTS_PER_LINE = 100
# How far back a running portal looks for what it missed, as the night does.
RECENT_DAYS, RECENT_PERIODS = CATCH_UP_DAYS, 3


class AnotherSeed(Exception):
    """What is there was made from another seed; `--reset` makes it anew."""


@dataclass
class Filler:
    """One run. now: the moment the demonstration has reached; say: where progress goes."""

    seed: int
    now: datetime
    say: Say

    @property
    def plan(self) -> Plan:
        """What has happened by now."""
        return plan(self.seed, clock.day_of(self.now))

    def prepare(self) -> None:
        """The federations, the people, tiers 1 and 2, the ledger to be walked, live figures."""
        today = clock.day_of(self.now)
        for shipped in SHIPPED:
            load_register(shipped, today=today)
        there = world.build_register(today)
        self._check_seed(there)
        for loader in LOADERS:
            loader.load_all()
        self.say(f"{there.federation}：{len(there.societies)} 家学会")
        reviewers = [account for account in ACCOUNTS if account.username == REVIEWER]
        world.open_accounts(reviewers, self.now)
        world.appoint_accounts(there, reviewers)
        accounts_are_open = world.beside(lambda: world.open_accounts(ACCOUNTS, self.now))
        periods = open_periods(there.federation, self.now)
        self._enter(there, "理事会、办事机构层面党组织", self.plan.upper)
        code = body_of(WALKED).code
        mine = [h for h in self.plan.third if _is_of(h, code)]
        self._enter(there, f"{body_of(WALKED).name}分支机构", mine)
        accounts_are_open()
        there = World(there.federation)
        world.appoint_accounts(there, ACCOUNTS)
        world.appoint_accounts(there, ACCOUNTS, organisations=True)
        staff.seat_instructors(there, self.now)
        for period in periods.values():
            exempt(there, period, [code], self.now)
        standing.keep_walkable(FilingWriter(there, self.seed), periods, self.now)
        drain_dirty(clock.now())
        self.say("首页所需数据已就绪")

    def fill(self) -> None:
        """Everything else, in the order in which it came to pass; nights behind the facts."""
        self.prepare()
        federation = demo_federation()
        if federation is None:
            raise LookupError("prepare made no federation")
        there = World(federation)
        self._enter(there, "分支机构及其党组织", self.plan.third)
        staff.hire_staff(there, self.now)
        there = World(federation)
        writer = FilingWriter(there, self.seed)
        WorkingLife(writer, self.now, self.say).enter()
        self._learn_and_inspect(writer)
        periods = open_periods(federation, self.now)
        opened = sorted(day for day in periods if day <= clock.day_of(self.now))
        due = defaultdict(list)
        for filing in filings(self.seed, clock.day_of(self.now)):
            due[filing.as_of].append(filing)
        for as_of, following in zip([None, *opened], [*opened, None], strict=True):
            if as_of:
                self._file(writer, periods[as_of], due[as_of])
            if following:
                self._freeze(there, following)
        self._open_drafts(writer, max(periods.values(), key=lambda period: period.as_of))
        drain_dirty(clock.now())
        StarRounds(writer, self.now, self.say).enter()
        self._freeze(there, clock.yesterday(self.now))
        nights.freeze_scores(federation)
        self.say("演示数据已全部生成")

    def _learn_and_inspect(self, writer: FilingWriter) -> None:
        """Training and inspections of the last two years, once there are rolls (2024)."""
        if clock.day_of(self.now) < LIFE_FROM:
            return
        LearningHours(writer, self.now, self.say).enter()
        TrainingClasses(writer, self.now, self.say).enter()
        keep_learning(writer, self.now)
        Inspections(writer, self.now, self.say).enter()

    def go_on(self) -> None:
        """What came since the last time, up to yesterday: a portal that runs, starts no more.

        A filing must be entered before its period closes, so it cannot wait for the next start.
        Last night's figures are the beat's; earlier ones, slept through, are caught up.
        """
        federation = demo_federation()
        if federation is None:
            raise LookupError("there is no demonstration")
        there, yesterday = World(federation), clock.yesterday(self.now)
        self._check_seed(there)
        since = yesterday - timedelta(days=RECENT_DAYS)
        past = [h for h in plan(self.seed, yesterday).happenings if h.at.date() >= since]
        self._enter(there, "近期变动", past)
        there = World(federation)
        staff.seat_instructors(there, self.now)
        writer = FilingWriter(there, self.seed)
        begun = clock.start_of(clock.day_of(self.now)) - timedelta(minutes=1)
        WorkingLife(writer, begun, self.say, since).enter()
        LearningHours(writer, begun, self.say, since).enter()
        periods = open_periods(federation, self.now)
        opened = sorted(day for day in periods if day <= clock.day_of(self.now))
        due = filings(self.seed, clock.day_of(self.now))
        for as_of in opened[-RECENT_PERIODS:]:
            self._file(writer, periods[as_of], [f for f in due if f.as_of == as_of])
        self._open_drafts(writer, max(periods.values(), key=lambda period: period.as_of))
        drain_dirty(clock.now())
        self._freeze(there, yesterday - timedelta(days=1))

    def _check_seed(self, there: World) -> None:
        first = next(h for h in self.plan.upper if isinstance(h, Established))
        known = there.organisations.get(first.number)
        if known is not None and known.established_on != first.on:
            raise AnotherSeed(self.seed)

    def _enter(self, there: World, label: str, found: list[Happening] | tuple) -> None:
        done = written = 0
        for chunk in chunks(found):
            entered = enter_chunk(World(there.federation), chunk, self.now)
            done, written = done + len(chunk), written + entered
            if entered:
                self.say(f"{label}：{done} / {len(found)}")
        if written:
            analyze()

    def _file(self, writer: FilingWriter, period: LedgerPeriod, due: list[Filing]) -> None:
        """The ledgers of one period, who need not file, its closing once another one follows."""
        exempt(writer.world, period, writer.world.societies, self.now)
        steps = sum(writer.file(filing, period, self.now) for filing in due)
        close(writer.world, period, self.now)
        if steps:
            analyze()
            self.say(f"{period.label}台账：{len(due)} 家")

    def _freeze(self, there: World, until: date) -> None:
        """Nights up to a day that is over."""
        last = min(until, clock.yesterday(self.now))
        for n, day in enumerate(nights.freeze(there.federation, last)):
            if n % NIGHTS_PER_LINE == 0:
                analyze(FIGURES)
            if day == last or n % NIGHTS_PER_LINE == NIGHTS_PER_LINE - 1:
                done, whole = nights.nights_done(day, self.now)
                self.say(f"历史夜间计算 {done} / {whole}（{day}）")

    def _open_drafts(self, writer: FilingWriter, period: LedgerPeriod) -> None:
        """The running period's draft of each society, prefilled (R-LED-06)."""
        societies = writer.world.societies
        known = set(Ledger.objects.filter(period=period).values_list("society_id", flat=True))
        missing = [code for code in sorted(societies) if societies[code].pk not in known]
        for code in missing:
            clerk = writer.people(code).clerk
            if code == body_of(WALKED).code:
                clerk = writer.actor("clerk", Role.SOCIETY_CLERK)
            ensure_draft(society=societies[code], period=period, by=clerk, now=self.now)
        if missing:
            self.say(f"{period.label}草稿：{len(missing)} 家")


def _is_of(happening: Happening, code: str) -> bool:
    """Whether something of the third tier concerns the society."""
    if isinstance(happening, BranchOpened | BranchClosed):
        return happening.unit[0] == code
    return isinstance(happening, Established) and happening.code == code


def moment_of(until: date | None) -> datetime:
    """Now, or the last minute of an earlier day."""
    if until is None or until >= clock.today():
        return clock.now()
    return clock.start_of(until + timedelta(days=1)) - timedelta(minutes=1)

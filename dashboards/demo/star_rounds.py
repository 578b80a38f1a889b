"""The rating rounds of 示例科协: opened, walked, one decided, the other left to whoever signs in.

Every piece is a transaction and asks what is there, so a killed load goes on; what somebody did in
the demonstration is left alone. See `star_plan` for what happens, `star_writer` for one society.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from accounts.models import User
from accounts.permissions import Role
from common.clock import day_of, start_of
from common.locks import wait_lock
from dashboards.demo.accounts import REVIEWER
from dashboards.demo.facts import LOCK
from dashboards.demo.filing_writer import FilingWriter
from dashboards.demo.star_decision import Decision
from dashboards.demo.star_plan import (
    AGREE,
    ASSESSORS,
    SUBMIT,
    RoundPlan,
    again,
    codes,
    finished,
    running,
    running_year,
)
from dashboards.demo.star_writer import IN_THE_WAY, SOCIETY, StarWriter
from dashboards.demo.statistics import FIGURES, analyze
from societies.actions import end_appointment
from societies.models import Appointment
from starrating import actions
from starrating.models import AssessorSeat, EntryState, RatingEntry, RatingRound

log = logging.getLogger(__name__)


@dataclass
class StarRounds:
    """One run up to `now`; say: where progress goes."""

    writer: FilingWriter
    now: datetime
    say: Callable[[str], None]

    def enter(self) -> None:
        """Everything missing of both rounds."""
        for plan in self._plans():
            try:
                self._enter(plan)
            except IN_THE_WAY as refusal:
                log.warning("demonstration: round of %s left alone: %s", plan.year, refusal)

    def _enter(self, plan: RoundPlan) -> None:
        chosen = self._open(plan)
        if chosen is None or not chosen.is_open:
            return
        done = self._walk(plan, chosen)
        if not plan.running:
            done += Decision(self.writer, plan, chosen).take()
        if done:
            self.say(f"{chosen}：{done} 步")

    def _plans(self) -> list[RoundPlan]:
        """The finished round, then the running one; as they were first planned."""
        seed, today = self.writer.seed, day_of(self.now)
        rows = RatingRound.objects.filter(federation=self.writer.world.federation)
        opened = dict(rows.values_list("year", "opened_at"))
        begun = [year for year, at in opened.items() if at == finished(seed, year).opened]
        last = min(begun, default=None)
        year = running_year(today) if last is None else last + 1
        if year is None:
            return []
        present = again(seed, year, opened[year]) if year in opened else running(seed, year, today)
        return [finished(seed, year - 1), present]

    @transaction.atomic
    def _open(self, plan: RoundPlan) -> RatingRound | None:
        """The round; None if somebody opened another one in its place."""
        wait_lock(LOCK)
        federation = self.writer.world.federation
        mine = RatingRound.objects.filter(federation=federation)
        chosen = mine.filter(year=plan.year).first()
        if chosen is not None:
            as_planned = all(getattr(chosen, name) == at for name, at in plan.values.items())
            return chosen if as_planned else None
        if plan.running and not mine.filter(year=plan.year - 1, finalised_at__isnull=False):
            return None
        chosen = actions.open_round(
            federation=federation,
            year=plan.year,
            values=plan.values,
            by=self.writer.actor(REVIEWER, Role.COMMITTEE_REVIEWER),
            now=plan.opened,
        )
        if chosen.computed_at is None:
            chosen = actions.compute_round(
                chosen=chosen, now=start_of(chosen.freeze_on) + timedelta(hours=2)
            )
        analyze(FIGURES)
        return chosen

    def _walk(self, plan: RoundPlan, chosen: RatingRound) -> int:
        writer = StarWriter(self.writer, plan, chosen)
        done = self._each(writer, chosen, SOCIETY)
        done += self._assign(plan, chosen)
        return done + self._each(writer, chosen, (SUBMIT, AGREE))

    def _each(self, writer: StarWriter, chosen: RatingRound, verbs: tuple[str, ...]) -> int:
        rows = RatingEntry.objects.filter(round=chosen).select_related("society", "round__edition")
        entries = {entry.society.code: entry for entry in rows}
        mine = [entries[code] for code in codes() if code in entries]
        return sum(writer.walk(entry, verbs, self.now) for entry in mine)

    @transaction.atomic
    def _assign(self, plan: RoundPlan, chosen: RatingRound) -> int:
        """分派 what is filed and has no assessor; their seats take the place of older ones."""
        wait_lock(LOCK)
        rows = RatingEntry.objects.filter(
            round=chosen, state=EntryState.SELF_ASSESSED, assessor__isnull=True
        )
        waiting = [row for row in rows.select_related("society") if self._is_for(plan, row)]
        at = max((row.self_signed_at for row in waiting if row.self_signed_at), default=self.now)
        by = self.writer.actor(REVIEWER, Role.COMMITTEE_REVIEWER)
        done = 0
        for name in ASSESSORS:
            mine = [row for row in waiting if plan.assessor(row.society.code) == name]
            if mine:
                user = User.objects.get(username=name)
                self._end_older_seats(user, chosen, day_of(at))
                done += actions.assign(
                    chosen=chosen, entries=mine, user=user, by=by, now=at + timedelta(hours=1)
                )
        return done

    def _is_for(self, plan: RoundPlan, row: RatingEntry) -> bool:
        """Whether the plan assigns it, and had it filed by now."""
        return len(plan.steps(row.society.code)) > 3 and plan.is_assigned(row.society.code)

    def _end_older_seats(self, user: User, chosen: RatingRound, on: date) -> None:
        """An assessor's appointment is the round's: the one of the first day ends with it."""
        if AssessorSeat.objects.filter(round=chosen, user=user).exists():
            return
        held = Appointment.objects.filter(user=user, role=Role.ASSESSOR, valid_to__isnull=True)
        for appointment in held.filter(valid_from__lt=on):
            end_appointment(appointment=appointment, on=on)

"""The inspection batches of 示例科协: the last autumn's, closed, and one on site.

The way to the notice is one transaction: the seed of a draw is kept by nobody before it is drawn.
Then each check with its findings is one, and each finding outside a batch. What somebody has moved
is left alone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.permissions import Role
from common.clock import day_of
from common.errors import ActionRefused, NotAllowed
from common.locks import wait_lock
from dashboards.demo.accounts import INSPECTORS
from dashboards.demo.bodies import body_of
from dashboards.demo.check_writer import CheckWriter
from dashboards.demo.facts import LOCK
from dashboards.demo.filing_writer import FilingWriter
from dashboards.demo.finding_plan import Registered
from dashboards.demo.finding_writer import FindingWriter
from dashboards.demo.inspection_plan import (
    LEAD,
    LEADER,
    REVIEWER,
    WHY,
    BatchPlan,
    CheckPlan,
    again,
    last_autumn,
    present,
)
from dashboards.demo.statistics import analyze
from dashboards.demo.world import SINCE
from societies.actions import end_appointment
from societies.models import Appointment
from supervision import actions
from supervision.models import (
    CheckState,
    Finding,
    FramePart,
    InspectionBatch,
    SpotCheck,
)

log = logging.getLogger(__name__)
IN_THE_WAY = (ActionRefused, NotAllowed, LookupError)
ROOM = ("supervision",)


@dataclass
class Inspections:
    """One run up to `now`; say: where progress goes."""

    writer: FilingWriter
    now: datetime
    say: Callable[[str], None]

    def enter(self) -> None:
        """Everything missing of both batches, and the findings beside them."""
        for plan in (last_autumn(day_of(self.now)), self._present()):
            try:
                done = self._enter(plan)
            except IN_THE_WAY as refusal:
                log.warning("demonstration: %s left alone: %s", plan.name, refusal)
                continue
            if done:
                analyze(ROOM)
                self.say(f"{plan.name}：{done} 家")

    def _present(self) -> BatchPlan:
        """The running batch as it was first planned."""
        for batch in self._mine():
            if (plan := again(batch.drafted_at)) is not None:
                return plan
        return present(day_of(self.now))

    def _mine(self) -> list[InspectionBatch]:
        rows = InspectionBatch.objects.filter(
            federation=self.writer.world.federation, drafted_by__username=LEAD
        )
        return list(rows.order_by("-drafted_at"))

    def _enter(self, plan: BatchPlan) -> int:
        batch = self._batch(plan)
        rows = SpotCheck.objects.filter(batch=batch).select_related("society", "batch")
        done = sum(self._check(plan, check) for check in rows.order_by("position"))
        done += sum(self._register(plan, each) for each in plan.registered)
        return done + self._close(plan, batch)

    @transaction.atomic
    def _batch(self, plan: BatchPlan) -> InspectionBatch:
        """The batch, drawn and notified."""
        wait_lock(LOCK)
        for batch in self._mine():
            if batch.drafted_at == plan.drafted_at:
                return batch
        lead = self.writer.actor(LEAD, Role.INSPECTION_LEAD)
        reviewer = self.writer.actor(REVIEWER, Role.COMMITTEE_REVIEWER)
        leader = self.writer.actor(LEADER, Role.COMMITTEE_LEADER)
        batch = actions.draft_batch(
            federation=self.writer.world.federation,
            values=plan.values,
            by=lead,
            now=plan.drafted_at,
        )
        actions.send_batch(batch=batch, row_version=None, by=lead, now=plan.at(73, 1))
        actions.review_batch(batch=batch, row_version=None, by=reviewer, now=plan.at(72, 2))
        must = {self.writer.world.societies[body_of(word).code].pk: WHY for word in plan.must}
        actions.approve_batch(
            batch=batch, row_version=None, must_include=must, by=leader, now=plan.at(70, 3)
        )
        at = plan.at(69, 4)
        _, seed = actions.commit_seed(batch=batch, row_version=None, by=leader, now=at)
        at = plan.at(68, 5)
        batch = actions.draw_batch(batch=batch, row_version=None, seed=seed, by=leader, now=at)
        self._pair(plan, batch)
        self._end_older_appointments(plan)
        return actions.notify_societies(
            batch=batch, row_version=None, by=leader, now=plan.notified_at
        )

    def _pair(self, plan: BatchPlan, batch: InspectionBatch) -> None:
        lead, at = self.writer.actor(LEAD, Role.INSPECTION_LEAD), plan.at(67, 5)
        users = {user.username: user for user in User.objects.filter(username__in=INSPECTORS)}
        inspectors = [users[name] for name in INSPECTORS]
        actions.propose_pairs(batch=batch, row_version=None, users=inspectors, by=lead, now=at)
        chosen = {}
        for check in SpotCheck.objects.filter(batch=batch).select_related("society"):
            if pair := self._plan_of(plan, check).pair:
                chosen[check.pk] = (inspectors[pair[0]], inspectors[pair[1]])
        if chosen:
            actions.set_pairs(batch=batch, row_version=None, pairs=chosen, by=lead, now=at)

    def _end_older_appointments(self, plan: BatchPlan) -> None:
        """An inspector's appointment is the batch's: one of the first day ends with it."""
        held = Appointment.objects.filter(user__username__in=INSPECTORS, role=Role.INSPECTOR)
        for appointment in held.filter(valid_from=SINCE, valid_to__isnull=True):
            end_appointment(appointment=appointment, on=day_of(plan.notified_at))

    def _plan_of(self, plan: BatchPlan, check: SpotCheck) -> CheckPlan:
        """What is planned for a check: by the society if it had to be, else by its position."""
        if check.part == FramePart.MUST:
            codes = {body_of(word).code: each for word, each in plan.must.items()}
            return codes.get(check.society.code, CheckPlan(0))
        return plan.drawn[check.position - 1]

    @transaction.atomic
    def _check(self, plan: BatchPlan, check: SpotCheck) -> int:
        """Walk a check that nobody has touched."""
        planned = self._plan_of(plan, check)
        if not planned.far:
            return 0
        wait_lock(LOCK)
        check.refresh_from_db(fields=["state"])
        if check.state != CheckState.PLANNED:
            return 0
        try:
            with transaction.atomic():
                CheckWriter(self.writer, plan, planned).walk(check)
        except IN_THE_WAY as refusal:
            log.warning("demonstration: check %s left out: %s", check.code, refusal)
            return 0
        return 1

    @transaction.atomic
    def _register(self, plan: BatchPlan, each: Registered) -> int:
        """A finding outside a batch, unless it is there."""
        wait_lock(LOCK)
        society = self.writer.world.societies[body_of(each.word).code]
        at = plan.at(each.ago, 10)
        rows = Finding.objects.filter(society=society, batch__isnull=True, title=each.title)
        if rows.filter(issued_at=at).exists():
            return 0
        try:
            with transaction.atomic():
                finding = actions.register_finding(
                    society=society,
                    source=each.source,
                    severity=each.severity,
                    title=each.title,
                    facts=each.fault.value.facts,
                    requirement=each.requirement,
                    by=self.writer.actor(REVIEWER, Role.COMMITTEE_REVIEWER),
                    now=at,
                )
                second = self.writer.actor("reviewer2", Role.COMMITTEE_REVIEWER)
                walker = FindingWriter(self.writer, verifier=second)
                walker.walk(finding, each.fault, each.way, finding.issued_on)
        except IN_THE_WAY as refusal:
            log.warning("demonstration: %s left out: %s", each.title, refusal)
            return 0
        return 1

    @transaction.atomic
    def _close(self, plan: BatchPlan, batch: InspectionBatch) -> int:
        """结束批次 where the plan has it closed by now."""
        if plan.closed is None or batch.closed_at is not None:
            return 0
        wait_lock(LOCK)
        leader = self.writer.actor(LEADER, Role.COMMITTEE_LEADER)
        at = plan.at(plan.closed, 0)
        actions.close_batch(batch=batch, row_version=None, by=leader, now=at)
        return 1

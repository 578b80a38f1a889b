"""Walks one spot check through the planned steps by the ordinary actions: answers, signatures,
reply, conclusion, and the findings that follow.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from accounts.permissions import Role
from common.clock import today
from dashboards.demo.filing_writer import FilingWriter
from dashboards.demo.finding_writer import FindingWriter
from dashboards.demo.inspection_plan import (
    ANSWER,
    CONCLUDE,
    CONFIRM,
    LEAD,
    PASS,
    REPLY,
    REVIEWER,
    SIGN,
    STEPS,
    BatchPlan,
    CheckPlan,
)
from dashboards.demo.streams import stream
from societies.access import Actor
from societies.grants import actors_for
from supervision import actions
from supervision.actions import Send
from supervision.models import Answer, AnswerValue, InspectorSeat, SpotCheck

REPLY_WORDS = "对检查结果无不同意见，将按要求整改"
OPINION = "情况属实，同意报送"
CLEAN, SHORT = "总体符合要求，请继续保持", "抽查发现的问题请按期整改"
# Items that are found 基本符合 here and there, and the note to them; one that never applies.
NOTES = {
    "1.1": "年度学习计划未列入补学安排，已当场提醒",
    "2.4": "个别会议决议未写明完成时间，已当场提醒补记",
    "5.3": "下半年研判记录较简略，措施不够具体",
    "6.2": "与监事会的联系有记录，频次偏少",
}
NOT_APPLICABLE = ("3.4", "检查期内没有负责人换届")
PER_ANSWER = timedelta(minutes=2)


class CheckWriter:
    """One check of a batch; its inspectors act under the appointments that the batch opened."""

    def __init__(self, writer: FilingWriter, batch: BatchPlan, plan: CheckPlan) -> None:
        self.writer, self.batch, self.plan = writer, batch, plan

    def walk(self, check: SpotCheck) -> None:
        """All planned steps of an untouched check.

        Raises ActionRefused, NotAllowed, LookupError where somebody stands in the way.
        """
        seats = list(InspectorSeat.objects.living().filter(spot_check=check).order_by("place"))
        pair = [_actor(seat) for seat in seats]
        for step in range(ANSWER, self.plan.far + 1):
            self._take(step, check, pair, self._at(step))

    def _at(self, step: int) -> datetime:
        days, place = STEPS[step]
        return self.batch.at(self.plan.ago - days, place)

    def _take(self, step: int, check: SpotCheck, pair: list[Actor], at: datetime) -> None:
        secretary = self.writer.shown_people(check.society.code).secretary
        if step == ANSWER:
            self._answer(check, pair, at)
        elif step == SIGN:
            for n, by in enumerate(pair):
                later = at + n * PER_ANSWER
                actions.sign_check(check=check, version=None, by=by, now=later)
        elif step == CONFIRM:
            actions.sign_for_society(check=check, version=None, dissent="", by=secretary, now=at)
        elif step == REPLY:
            actions.reply_to_check(
                check=check, version=None, reply=REPLY_WORDS, by=secretary, now=at
            )
        elif step == PASS:
            lead = self.writer.actor(LEAD, Role.INSPECTION_LEAD)
            actions.pass_on_check(check=check, version=None, opinion=OPINION, by=lead, now=at)
        elif step == CONCLUDE:
            self._conclude(check, pair, at)

    def _answer(self, check: SpotCheck, pair: list[Actor], at: datetime) -> None:
        """Whoever finds a fault sits on the first seat; the second one verifies it later."""
        for n, by in enumerate(pair):
            actions.declare_no_recusal(check=check, by=by, now=at + n * PER_ANSWER)
        random = stream(self.writer.seed, "check", self.batch.name, check.position)
        faults = {fault.value.item: fault.value for fault, _ in self.plan.faults}
        noted = set(random.sample(sorted(NOTES), 2)) - set(faults)
        client = UUID(int=random.getrandbits(128))
        rows = Answer.objects.filter(spot_check=check).select_related("item")
        for seq, answer in enumerate(rows.order_by("item__position"), 1):
            code = answer.item.code
            value, note, severity = AnswerValue.CONFORM.value, "", ""
            if code in faults:
                value, note = AnswerValue.NOT, faults[code].facts
                severity = faults[code].severity
            elif code in noted:
                value, note = AnswerValue.MOSTLY, NOTES[code]
            elif code == NOT_APPLICABLE[0]:
                value, note = AnswerValue.NA, NOT_APPLICABLE[1]
            actions.save_answer(
                answer=answer,
                send=Send(client, seq, answer.row_version),
                value=value,
                note=note,
                severity=severity,
                by=pair[0] if code in faults else pair[seq % 2],
                now=at + (2 + seq) * PER_ANSWER,
            )

    def _conclude(self, check: SpotCheck, pair: list[Actor], at: datetime) -> None:
        reviewer = self.writer.actor(REVIEWER, Role.COMMITTEE_REVIEWER)
        words = SHORT if self.plan.faults else CLEAN
        findings = actions.conclude_check(
            check=check, version=None, conclusion=words, by=reviewer, now=at
        )
        by_item = {finding.item_code: finding for finding in findings}
        walker = FindingWriter(self.writer, verifier=pair[1])
        for fault, way in self.plan.faults:
            finding = by_item[fault.value.item]
            walker.walk(finding, fault, way, finding.issued_on)


def _actor(seat: InspectorSeat) -> Actor:
    """The inspector under the appointment of his seat. Raises LookupError without it."""
    for actor in actors_for(seat.user, today()):
        if actor.appointment == seat.appointment:
            return actor
    raise LookupError(f"{seat.user} holds no appointment of the batch")

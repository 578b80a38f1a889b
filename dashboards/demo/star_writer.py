"""Walks one society through a planned round by the ordinary actions."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from accounts.permissions import Role
from common.clock import today
from common.errors import ActionRefused, NotAllowed
from common.locks import wait_lock
from dashboards.demo.bodies import body_of
from dashboards.demo.courses import SECOND
from dashboards.demo.facts import LOCK
from dashboards.demo.filing_writer import FilingWriter, People
from dashboards.demo.roster import care
from dashboards.demo.star_plan import (
    AGREE,
    APPLY,
    ASSESS_SELF,
    BACK,
    MEMBERS,
    SIGN,
    SIGN_SELF,
    SUBMIT,
    RoundPlan,
    Step,
)
from societies.access import Actor
from societies.grants import actors_for
from starrating import actions
from starrating.actions import Put, Said
from starrating.actions.filing import highest_organisation
from starrating.awarding import COUNTING
from starrating.models import AssessorSeat, RatingEntry, RatingLine, RatingRound, SelfWord

log = logging.getLogger(__name__)
IN_THE_WAY = (ActionRefused, NotAllowed, LookupError)
VERBS = (APPLY, SIGN, BACK, ASSESS_SELF, SIGN_SELF, SUBMIT, AGREE)
SOCIETY = VERBS[:5]
MEASURES = (
    "落实第一议题制度，每季度召开支部党员大会，按期开展主题党日",
    "配齐支部委员，书记每年讲党课两次，按时报送台账",
    "把党的建设写入章程，推动分支机构党的工作应建尽建",
    "围绕学会中心工作实施党建强会项目，组织科技志愿服务",
)
DISPUTES = ("本年另有一次已召开，记录补录后请核对", "按支部工作条例应扣除停办的一个季度，请核对")
ADJUSTED = "核对会议记录后按实际完成情况计分"
# Share of F1, its reason, whether a project is concluded.
PROJECTS = (
    (Decimal("1"), "党建强会项目已结项，材料齐全", True),
    (Decimal("0.5"), "党建强会项目已立项，尚未结项", False),
    (Decimal("0"), "本年度没有党建强会项目", False),
)
OPINIONS = (
    "材料属实，同意按测算结果评定",
    "组织生活记录完整，台账报送及时",
    "主要短板为党课和换届",
)


class StarWriter:
    """The people of one round, looked up once; takes the steps that are due and not taken."""

    def __init__(self, writer: FilingWriter, plan: RoundPlan, chosen: RatingRound) -> None:
        self.writer, self.plan, self.chosen = writer, plan, chosen
        self._seats: dict[str, Actor] = {}
        self._takers: dict[str, Callable[[RatingEntry, datetime], RatingEntry]] = {
            APPLY: self._apply,
            SIGN: self._sign,
            BACK: self._hand_back,
            ASSESS_SELF: self._assess_self,
            SIGN_SELF: self._sign_self,
            SUBMIT: self._submit,
            AGREE: self._agree,
        }

    def people(self, code: str) -> People:
        """Clerk and secretary: the printed accounts where there are some."""
        return self.writer.shown_people(code)

    def member(self, username: str) -> Actor:
        """A deliberating member."""
        return self.writer.actor(username, Role.COMMITTEE_MEMBER)

    @transaction.atomic
    def walk(self, entry: RatingEntry, verbs: tuple[str, ...], now: datetime) -> int:
        """Take the planned steps of these kinds; how many. Moved by somebody else: left alone."""
        code = entry.society.code
        due = [step for step in self.plan.steps(code) if step.at <= now]
        if not due or not any(step.verb in verbs for step in due):
            return 0
        wait_lock(LOCK)
        found = entry.steps.filter(verb__in=[*VERBS, "give_back", "refer_back", "object"])
        taken = list(found.order_by("pk").values_list("verb", flat=True))
        if taken != [step.verb for step in due[: len(taken)]]:
            return 0
        if not taken and highest_organisation(entry.society, due[0].at.date()) is None:
            return 0
        return self._take(entry, [step for step in due[len(taken) :] if step.verb in verbs])

    def _take(self, entry: RatingEntry, steps: list[Step]) -> int:
        try:
            with transaction.atomic():
                for step in steps:
                    entry = self._takers[step.verb](entry, step.at)
        except IN_THE_WAY as refusal:
            code = entry.society.code
            log.warning("demonstration: %s in the round left out: %s", code, refusal)
            return 0
        return len(steps)

    def _apply(self, entry: RatingEntry, at: datetime) -> RatingEntry:
        code = entry.society.code
        measures = "；".join(self.plan.stream("measures", code).sample(MEASURES, 2))
        target = 3 + (care(self.plan.seed, code) > 0.6) + (care(self.plan.seed, code) > 0.9)
        by = self.people(code).clerk
        return actions.send_application(
            entry=entry, row_version=None, target_stars=target, measures=measures, by=by, now=at
        )

    def _sign(self, entry: RatingEntry, at: datetime) -> RatingEntry:
        by = self.people(entry.society.code).secretary
        return actions.sign_application(entry=entry, row_version=None, by=by, now=at)

    def _hand_back(self, entry: RatingEntry, at: datetime) -> RatingEntry:
        by = self.people(entry.society.code).secretary
        reason = "措施请写明责任岗位和完成时间"
        return actions.hand_back(entry=entry, row_version=None, reason=reason, by=by, now=at)

    def _assess_self(self, entry: RatingEntry, at: datetime) -> RatingEntry:
        code = entry.society.code
        said = {line.code: Said(SelfWord.CONFIRMED) for line in self._lines(entry)}
        random = self.plan.stream("said", code)
        if (short := self._short(entry)) and (random.random() < 0.3 or self._objects(code)):
            said[random.choice(short).code] = Said(SelfWord.DISPUTED, random.choice(DISPUTES))
        by = self.people(code).clerk
        return actions.send_self_assessment(entry=entry, row_version=None, said=said, by=by, now=at)

    def _sign_self(self, entry: RatingEntry, at: datetime) -> RatingEntry:
        by = self.people(entry.society.code).secretary
        return actions.sign_self_assessment(entry=entry, row_version=None, by=by, now=at)

    def _submit(self, entry: RatingEntry, at: datetime) -> RatingEntry:
        code = entry.society.code
        random = self.plan.stream("assessed", code)
        puts = {line.code: self._project(line, code) for line in entry.lines.filter(reviewed=True)}
        for line in entry.lines.filter(word=SelfWord.DISPUTED):
            # The society that will object is not believed at first.
            if not self._objects(code) and random.random() < 0.7:
                puts[line.code] = Put(better(line), ADJUSTED)
        return actions.submit_assessment(
            entry=entry,
            row_version=None,
            puts=puts,
            opinion=random.choice(OPINIONS),
            by=self._assessor(code),
            now=at,
        )

    def _agree(self, entry: RatingEntry, at: datetime) -> RatingEntry:
        voted = entry.votes.filter(turn=entry.turn).count()
        by = self.member(MEMBERS[voted % len(MEMBERS)])
        return actions.agree(entry=entry, row_version=None, by=by, now=at)

    def _project(self, line: RatingLine, code: str) -> Put:
        careful = care(self.plan.seed, code) > 0.85
        random = self.plan.stream("project", code)
        share, reason, concluded = random.choices(PROJECTS, (5, 3, 2) if careful else (1, 3, 4))[0]
        return Put((line.maximum * share).quantize(Decimal("0.01")), reason, concluded)

    def _assessor(self, code: str) -> Actor:
        """Under the appointment that this round opened."""
        name = self.plan.assessor(code)
        if name not in self._seats:
            seat = AssessorSeat.objects.get(round=self.chosen, user__username=name)
            found = (a for a in actors_for(seat.user, today()) if a.appointment == seat.appointment)
            self._seats[name] = next(found)
        return self._seats[name]

    def _lines(self, entry: RatingEntry) -> list[RatingLine]:
        return list(entry.lines.filter(state__in=COUNTING).order_by("position"))

    def _short(self, entry: RatingEntry) -> list[RatingLine]:
        return [line for line in self._lines(entry) if line.points < line.maximum]

    def _objects(self, code: str) -> bool:
        return not self.plan.running and code == body_of(SECOND).code


def better(line: RatingLine) -> Decimal:
    """Half of what the line lacks, to the cent."""
    return ((line.points + line.maximum) / 2).quantize(Decimal("0.01"))

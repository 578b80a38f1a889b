"""How the finished round ended: vetoes decided, posted, one objection, decided by the leader."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from accounts.permissions import Role
from common.locks import wait_lock
from dashboards.demo.accounts import MATHEMATICS, REVIEWER
from dashboards.demo.bodies import body_of
from dashboards.demo.courses import SECOND
from dashboards.demo.facts import LOCK
from dashboards.demo.filing_writer import FilingWriter
from dashboards.demo.star_plan import MEMBERS, OTHERS, RoundPlan
from dashboards.demo.star_writer import StarWriter, better
from societies.access import Actor
from starrating import actions
from starrating.actions import Put
from starrating.models import (
    EntryState,
    RatingEntry,
    RatingLine,
    RatingRound,
    SelfWord,
    Veto,
    VetoRule,
    VetoState,
)

CASE = "登记机关通报：未按时报送上一年度年检材料"
NO_CASE = "登记机关已更正：年检材料在延长期内报送，结论为合格"
STATEMENT = "年检材料已在延长期内报送，请核对登记机关的更正通知"
OBJECTION = "公示结果中有异议的指标未计入补录的一次活动，依据为组织生活记录"
ANSWER = "复核组织生活记录：补录的活动属实，按实际次数计分"


class Decision:
    """The committee's last steps; each asks whether it is taken already."""

    def __init__(self, writer: FilingWriter, plan: RoundPlan, chosen: RatingRound) -> None:
        self.plan, self.chosen = plan, chosen
        self.people = StarWriter(writer, plan, chosen)
        self.reviewer = writer.actor(REVIEWER, Role.COMMITTEE_REVIEWER)
        self.leader = writer.actor("leader", Role.COMMITTEE_LEADER)

    def take(self) -> int:
        """Everything that is left to do; how many steps."""
        steps: tuple[Callable[[], int], ...] = (
            self._enter_case,
            self._decide_vetoes,
            self._post,
            self._object,
            self._answer,
            self._agree_again,
            self._post_again,
            self._finalise,
        )
        return sum(self._locked(step) for step in steps)

    @transaction.atomic
    def _locked(self, step: Callable[[], int]) -> int:
        wait_lock(LOCK)
        self.chosen.refresh_from_db()
        return step()

    def _at(self, month: int, day: int, later: int = 0) -> datetime:
        moment = self.plan.moment(self.plan.on(month, day), "committee")
        return moment + timedelta(minutes=later)

    def _vetoes(self) -> list[Veto]:
        federation = self.chosen.federation_id
        rows = Veto.objects.filter(society__federation=federation, year=self.plan.year)
        return list(rows.select_related("society", "rule").order_by("pk"))

    def _enter_case(self) -> int:
        """V8 against a society that can show it is none; stated upon within its days."""
        rows = [veto for veto in self._vetoes() if veto.rule.code == "V8"]
        if rows:
            return 0
        society = self.people.writer.world.societies[body_of(MATHEMATICS).code]
        rule = VetoRule.objects.get(edition=self.chosen.edition_id, code="V8")
        veto = actions.propose_veto(
            society=society,
            rule=rule,
            year=self.plan.year,
            facts=CASE,
            document_number=f"示科社党函〔{self.plan.year + 1}〕6号",
            by=self.reviewer,
            now=self._at(2, 24),
        )
        actions.state_view(
            veto=veto,
            row_version=None,
            statement=STATEMENT,
            by=self.people.people(society.code).secretary,
            now=self._at(2, 26),
        )
        return 2

    def _decide_vetoes(self) -> int:
        """The entered case is rejected, the computed ones are confirmed by two."""
        waiting = [veto for veto in self._vetoes() if veto.state == VetoState.PROPOSED]
        for n, veto in enumerate(waiting):
            at = self._at(3, 12, n)
            if veto.proposed_by_id:
                actions.close_veto(
                    veto=veto, row_version=None, reason=NO_CASE, by=self.leader, now=at
                )
                continue
            if veto.confirmed_by_id is None:
                veto = actions.confirm_veto(veto=veto, row_version=None, by=self.leader, now=at)
            second, later = self._member(MEMBERS[0]), self._at(3, 13, n)
            actions.second_veto(veto=veto, row_version=None, by=second, now=later)
        return len(waiting)

    def _member(self, username: str) -> Actor:
        return self.people.member(username)

    def _entries(self, *states: EntryState) -> list[RatingEntry]:
        rows = RatingEntry.objects.filter(round=self.chosen, state__in=states)
        return list(rows.select_related("society", "round__edition").order_by("pk"))

    def _is_posted(self) -> bool:
        return self.chosen.published_at is not None

    def _post(self) -> int:
        if self._is_posted():
            return 0
        actions.post(chosen=self.chosen, row_version=None, by=self.reviewer, now=self._at(4, 14))
        return 1

    def _object(self) -> int:
        """The second shown society is not content with the line it had disputed."""
        code = body_of(SECOND).code
        mine = [e for e in self._entries(EntryState.PUBLICITY) if e.society.code == code]
        if not mine or mine[0].objections.exists():
            return 0
        by = self.people.people(code).secretary
        actions.object_to(
            entry=mine[0], row_version=None, text=OBJECTION, by=by, now=self._at(4, 16)
        )
        return 1

    def _answer(self) -> int:
        waiting = self._entries(EntryState.OBJECTED)
        for entry in waiting:
            lines = entry.lines.filter(word=SelfWord.DISPUTED)
            puts = self._as_assessed(entry) | {x.code: Put(better(x), ANSWER) for x in lines}
            actions.re_examine(
                entry=entry,
                row_version=None,
                puts=puts,
                opinion=ANSWER,
                by=self.reviewer,
                now=self._at(4, 21),
            )
        return len(waiting)

    def _as_assessed(self, entry: RatingEntry) -> dict[str, Put]:
        """Lines that people rate keep what the assessor gave, also whether one is concluded."""
        rated: list[RatingLine] = list(entry.lines.filter(reviewed=True))
        return {x.code: Put(x.assessed, x.assessed_reason, x.concluded) for x in rated}

    def _agree_again(self) -> int:
        """Others than the first deliberators."""
        done = 0
        for entry in self._entries(EntryState.RE_EXAMINED):
            voted = set(entry.votes.filter(turn=entry.turn).values_list("by__username", flat=True))
            for name in OTHERS:
                if name not in voted:
                    by, at = self._member(name), self._at(4, 23, done)
                    actions.agree(entry=entry, row_version=None, by=by, now=at)
                    done += 1
        return done

    def _post_again(self) -> int:
        if not self._entries(EntryState.DELIBERATED):
            return 0
        actions.post(chosen=self.chosen, row_version=None, by=self.reviewer, now=self._at(4, 25))
        return 1

    def _finalise(self) -> int:
        number = f"示科社党〔{self.plan.year + 1}〕星1号"
        at = self._at(5, 20)
        actions.finalise(
            chosen=self.chosen, row_version=None, number=number, by=self.leader, now=at
        )
        return 1

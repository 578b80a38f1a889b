"""Files the invented ledgers through the ordinary verbs, each filing in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from accounts.permissions import Role
from common import clock
from common.errors import ActionRefused
from common.locks import wait_lock
from coverage.models import NightRun
from dashboards.demo.bodies import bodies, body_of
from dashboards.demo.courses import SECOND, WALKED
from dashboards.demo.drafts import answer_warnings, fill_in
from dashboards.demo.facts import LOCK
from dashboards.demo.filings import ACCEPT, RETURN, SEND, SIGN, Filing, Step
from dashboards.demo.staff import staff_of
from dashboards.demo.world import World
from ledgers import actions
from ledgers.changes import longest_unchanged
from ledgers.models import Ledger, LedgerPeriod
from societies.access import Actor

log = logging.getLogger(__name__)
VERBS = {
    "send_for_signature": SEND,
    "sign_and_file": SIGN,
    "return_to_society": RETURN,
    "accept": ACCEPT,
}


@dataclass(frozen=True)
class People:
    """Who files for a society."""

    clerk: Actor
    secretary: Actor


class FilingWriter:
    """Files ledgers of the demonstration; looks its people up once."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.seed = world, seed
        self._actors: dict[tuple[str, Role, int | None], Actor] = {}
        self._bodies = {body.code: body for body in bodies()}

    def actor(self, username: str, role: Role, code: str = "") -> Actor:
        """The account in the role; code: of the society, for people of several."""
        society = self.world.societies[code].pk if code else None
        key = username, role, society
        if key not in self._actors:
            self._actors[key] = self.world.actor(username, role, society)
        return self._actors[key]

    def people(self, code: str) -> People:
        """The staff that files for the society."""
        clerk, secretary = staff_of(self.world, code)
        return People(
            self.actor(clerk, Role.SOCIETY_CLERK, code),
            self.actor(secretary, Role.SOCIETY_SECRETARY, code),
        )

    def shown_people(self, code: str) -> People:
        """The printed accounts where the society has some, else its staff."""
        number = {body_of(WALKED).code: "", body_of(SECOND).code: "2"}.get(code)
        if number is None:
            return self.people(code)
        return People(
            self.actor(f"clerk{number}", Role.SOCIETY_CLERK),
            self.actor(f"secretary{number}", Role.SOCIETY_SECRETARY),
        )

    def draft(
        self,
        code: str,
        period: LedgerPeriod,
        by: Actor,
        now: datetime,
        leave: Collection[str] = (),
    ) -> Ledger:
        """The society's ledger of the period, filled in but for the fields of 5.1 to leave."""
        society, body = self.world.societies[code], self._bodies[code]
        return fill_in(society, body, period, seed=self.seed, leave=leave, by=by, now=now)

    @transaction.atomic
    def file(
        self, filing: Filing, period: LedgerPeriod, now: datetime, people: People | None = None
    ) -> int:
        """Take the steps due by `now` that are not taken yet; how many.

        A ledger that somebody else has moved is left alone.
        """
        wait_lock(LOCK)
        due = filing.until(now)
        society = self.world.societies[filing.code]
        ledger = Ledger.objects.filter(society=society, period=period, version=1).first()
        taken = taken_steps(ledger)
        if len(taken) >= len(due) or taken != [step.verb for step in due[: len(taken)]]:
            return 0
        people = people or self.people(filing.code)
        frozen = NightRun.objects.filter(federation=self.world.federation).latest_day()
        try:
            with transaction.atomic():
                for step in due[len(taken) :]:
                    at = moment(step, frozen, now)
                    if ledger is None or (step.verb == SEND and not taken):
                        earlier = at - timedelta(minutes=45)
                        ledger = self.draft(filing.code, period, people.clerk, earlier)
                    ledger = self._take(step, ledger, people, at)
                    taken.append(step.verb)
        except ActionRefused as refusal:
            log.warning("demonstration: %s %s left out: %s", filing.code, period.key, refusal)
            return 0
        return len(due)

    def _take(self, step: Step, ledger: Ledger, people: People, at: datetime) -> Ledger:
        if step.verb == SEND:
            answer_warnings(ledger, people.clerk, at - timedelta(minutes=5))
            return actions.send_for_signature(ledger=ledger, by=people.clerk, now=at)
        if step.verb == SIGN:
            ticks = [row.target for row in longest_unchanged(ledger)]
            return actions.sign_and_file(ledger=ledger, ticks=ticks, by=people.secretary, now=at)
        reviewer = self.actor(step.reviewer, Role.COMMITTEE_REVIEWER)
        if step.verb == ACCEPT:
            return actions.accept(ledger=ledger, by=reviewer, now=at)
        remark = actions.Remark("operations", "individual_members", step.reason)
        return actions.return_to_society(
            ledger=ledger, reason=step.reason, remarks=[remark], by=reviewer, now=at
        )


def moment(step: Step, frozen: date | None, now: datetime) -> datetime:
    """As planned; now, if its day is frozen already: no step changes a frozen figure."""
    late = frozen is not None and clock.day_of(step.at) <= frozen
    return max(step.at, now) if late else step.at


def taken_steps(ledger: Ledger | None) -> list[str]:
    """The verbs of the chain so far, as the plan names them."""
    if ledger is None:
        return []
    verbs = ledger.steps.order_by("at", "pk").values_list("verb", flat=True)
    return [VERBS.get(verb, verb) for verb in verbs if verb != "open_draft"]

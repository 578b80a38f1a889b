"""Files the planned elections and extensions through the ordinary chain of four (roles.md §3)."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from accounts.permissions import Role
from branches import actions
from branches.models import FilingKind, PostFiling
from common.errors import ActionRefused, NotAllowed
from common.locks import wait_lock
from dashboards.demo.facts import LOCK
from dashboards.demo.filing_writer import FilingWriter
from dashboards.demo.streams import stream
from dashboards.demo.terms import ACCEPT, AGREE, FORWARD, SEND, SIGN, Claim

log = logging.getLogger(__name__)
# Where a filing stands after so many steps; moved elsewhere by somebody, it is left alone.
_AFTER: dict[str, tuple[str, ...]] = {
    FilingKind.RE_ELECTION: ("draft", "to_sign", "filed", "accepted"),
    FilingKind.EXTENSION: ("draft", "to_sign", "filed", "to_decide", "accepted"),
}


class TermWriter:
    """Takes the steps that are due and not taken yet."""

    def __init__(self, writer: FilingWriter) -> None:
        self.writer, self.world = writer, writer.world

    @transaction.atomic
    def file(self, code: str, claims: Sequence[Claim], now: datetime) -> int:
        """The claims of one society's organisations, in order; how many steps were taken."""
        wait_lock(LOCK)
        rows = PostFiling.objects.filter(society=self.world.societies[code])
        known = {
            (row.organisation.approval_number, row.kind, row.held_on or row.extended_to): row
            for row in rows.select_related("organisation").order_by("pk")
        }
        done = 0
        for claim in claims:
            filing = known.get((claim.number, claim.kind, claim.on))
            steps = _left(claim, filing, now)
            if claim.number in self.world.organisations and steps:
                done += self._continue(code, claim, filing, steps)
        return done

    def _continue(
        self,
        code: str,
        claim: Claim,
        filing: PostFiling | None,
        steps: Sequence[tuple[str, datetime]],
    ) -> int:
        try:
            with transaction.atomic():
                for verb, at in steps:
                    filing = filing or self._begin(code, claim, at)
                    filing = self._take(code, claim, filing, verb, at)
        except (ActionRefused, NotAllowed) as refusal:
            log.warning("demonstration: %s %s left out: %s", claim.number, claim.on, refusal)
            return 0
        return len(steps)

    def _begin(self, code: str, claim: Claim, at: datetime) -> PostFiling:
        return actions.begin_filing(
            organisation=self.world.organisations[claim.number],
            kind=FilingKind(claim.kind),
            values=claim.values,
            rows=claim.rows,
            by=self.writer.people(code).clerk,
            now=at - timedelta(minutes=40),
        )

    def _take(
        self, code: str, claim: Claim, filing: PostFiling, verb: str, at: datetime
    ) -> PostFiling:
        people = self.writer.people(code)
        if verb == SEND:
            return actions.send_filing(filing=filing, by=people.clerk, now=at)
        if verb == SIGN:
            return actions.sign_filing(filing=filing, by=people.secretary, now=at)
        if verb == AGREE:
            leader = self.writer.actor("leader", Role.COMMITTEE_LEADER)
            number = f"示科社党延〔{at.year}〕{at.timetuple().tm_yday}号"
            return actions.agree_extension(filing=filing, number=number, by=leader, now=at)
        names = ("reviewer", "reviewer2")
        name = stream(self.writer.seed, "review", claim.number, claim.on).choice(names)
        reviewer = self.writer.actor(name, Role.COMMITTEE_REVIEWER)
        step = {ACCEPT: actions.accept_filing, FORWARD: actions.forward_filing}[verb]
        return step(filing=filing, by=reviewer, now=at)


def _left(claim: Claim, filing: PostFiling | None, now: datetime) -> Sequence[tuple[str, datetime]]:
    """The steps due by now that are not taken; none where somebody has moved the filing."""
    due = [step for step in claim.steps if step[1] <= now]
    if filing is None:
        return due
    states = _AFTER[claim.kind]
    return due[states.index(filing.state) :] if filing.state in states else []

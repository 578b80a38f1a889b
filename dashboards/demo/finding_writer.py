"""Takes the planned steps of a rectification by the ordinary actions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from accounts.permissions import Role
from dashboards.demo.filing_writer import FilingWriter, People
from dashboards.demo.finding_plan import (
    ACCEPT,
    BACK,
    BACK_WORDS,
    CLOSE,
    EVIDENCE,
    EXTEND,
    EXTENSION_DAYS,
    EXTENSION_WORDS,
    MEASURE,
    OPINION,
    PLAN,
    SIGN_EVIDENCE,
    SIGN_MEASURE,
    SIGN_PLAN,
    VERIFY,
    Fault,
    Found,
    Way,
)
from dashboards.demo.inspection_plan import FIRST_OF_FINDING, moment
from societies.access import Actor
from supervision import actions
from supervision.models import Finding

MEASURE_WORDS = "已停止相关活动，通知参加单位，指定专人核对"
# How many days after the issue a 严重 finding is planned to be finished.
GRAVE_DAYS = 90


class FindingWriter:
    """Walks one finding from its issue. verifier: who verifies, never who found it."""

    def __init__(self, writer: FilingWriter, verifier: Actor) -> None:
        self.writer, self.verifier = writer, verifier
        self._closer = writer.actor("reviewer3", Role.COMMITTEE_REVIEWER)
        self._takers: dict[str, Callable[[Finding, Found, People, datetime], object]] = {
            ACCEPT: self._accept,
            PLAN: self._plan,
            SIGN_PLAN: self._sign_plan,
            MEASURE: self._measure,
            SIGN_MEASURE: self._sign_measure,
            EVIDENCE: self._evidence,
            SIGN_EVIDENCE: self._sign_evidence,
            VERIFY: self._verify,
            BACK: self._send_back,
            CLOSE: self._close,
            EXTEND: self._extend,
        }

    def walk(self, finding: Finding, fault: Fault, way: Way, issued_on: date) -> None:
        """Take every step; issued_on: the day from which they are counted.

        Raises ActionRefused, NotAllowed where somebody stands in the way.
        """
        people = self.writer.shown_people(finding.society.code)
        for place, (verb, days) in enumerate(way, FIRST_OF_FINDING):
            self._takers[verb](finding, fault.value, people, moment(issued_on, -days, place))

    def _accept(self, finding: Finding, found: Found, people: People, at: datetime) -> None:
        actions.accept_finding(finding=finding, row_version=None, by=people.secretary, now=at)

    def _plan(self, finding: Finding, found: Found, people: People, at: datetime) -> None:
        planned = finding.issued_on + timedelta(days=GRAVE_DAYS)
        if finding.finish_due is not None:
            planned = finding.finish_due - timedelta(days=3)
        actions.send_plan(
            finding=finding,
            row_version=None,
            responsible_post=found.post,
            plan=found.plan,
            planned_on=planned,
            by=people.clerk,
            now=at,
        )

    def _sign_plan(self, finding: Finding, found: Found, people: People, at: datetime) -> None:
        actions.sign_plan(finding=finding, row_version=None, by=people.secretary, now=at)

    def _measure(self, finding: Finding, found: Found, people: People, at: datetime) -> None:
        actions.send_measure(
            finding=finding, row_version=None, measure=MEASURE_WORDS, by=people.clerk, now=at
        )

    def _sign_measure(self, finding: Finding, found: Found, people: People, at: datetime) -> None:
        actions.sign_measure(finding=finding, row_version=None, by=people.secretary, now=at)

    def _evidence(self, finding: Finding, found: Found, people: People, at: datetime) -> None:
        actions.add_evidence(
            finding=finding,
            row_version=None,
            title="整改情况说明",
            text=found.result,
            by=people.clerk,
            now=at,
        )
        later = at + timedelta(minutes=5)
        actions.send_evidence(
            finding=finding, row_version=None, result=found.result, by=people.clerk, now=later
        )

    def _sign_evidence(self, finding: Finding, found: Found, people: People, at: datetime) -> None:
        actions.sign_evidence(finding=finding, row_version=None, by=people.secretary, now=at)

    def _verify(self, finding: Finding, found: Found, people: People, at: datetime) -> None:
        actions.verify_finding(
            finding=finding, row_version=None, opinion=OPINION, by=self.verifier, now=at
        )

    def _send_back(self, finding: Finding, found: Found, people: People, at: datetime) -> None:
        actions.send_back_finding(
            finding=finding, row_version=None, opinion=BACK_WORDS, by=self.verifier, now=at
        )

    def _close(self, finding: Finding, found: Found, people: People, at: datetime) -> None:
        actions.close_finding(finding=finding, row_version=None, by=self._closer, now=at)

    def _extend(self, finding: Finding, found: Found, people: People, at: datetime) -> None:
        due = finding.finish_due and finding.finish_due + timedelta(days=EXTENSION_DAYS)
        actions.ask_extension(
            finding=finding,
            row_version=None,
            due_asked=due,
            reason=EXTENSION_WORDS,
            by=people.secretary,
            now=at,
        )

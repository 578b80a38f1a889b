"""R8 for findings: two at once, on real PostgreSQL; a closed batch never gets a finding."""

from threading import Event

import pytest

from accounts.permissions import Role
from common.errors import ActionRefused
from supervision import actions
from supervision.actions import common
from supervision.models import BatchState, Finding, FindingState, InspectionBatch
from tests.factories import make_actor, make_batch, make_finding
from tests.factories.findings import DRAFT, ISSUED, walk
from tests.factories.supervision import conclude, notified
from tests.ledgers.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 5


def verifying(world, by):
    return lambda: actions.verify_finding(
        finding=world.finding, row_version=None, opinion="属实", by=by, now=ISSUED
    )


def test_two_verifiers_at_once_and_one_verifies():
    world = walk(make_finding(), FindingState.SUBMITTED)
    other = make_actor(Role.COMMITTEE_REVIEWER, world.finding.society.federation)
    outcomes = at_once(verifying(world, world.cast.verifier), verifying(world, other))
    assert sorted(isinstance(o, ActionRefused) for o in outcomes) == [False, True], outcomes
    assert world.fresh().steps.filter(verb="verify").count() == 1


@pytest.fixture
def concluded():
    """A batch whose one check is concluded, its people, an issuer."""
    world = notified(make_batch((2, 1), sample_size=1))
    conclude(world)
    issuer = make_actor(Role.COMMITTEE_REVIEWER, world.batch.federation)
    return world, issuer


def both(world, issuer, item):
    """Close the batch and issue a finding of it at the same moment."""
    check = world.checks()[0]
    author = world.seats(check)[0].user
    draft = actions.FindingDraft(item, "general", author=author, **DRAFT)

    def close():
        return actions.close_batch(
            batch=world.batch, row_version=None, by=world.cast.leader, now=ISSUED
        )

    def issue():
        return actions.issue_findings(check=check, drafts=[draft], by=issuer, now=ISSUED)

    return at_once(close, issue)


def reopen(world):
    """The same batch before its end again, without findings."""
    InspectionBatch.objects.filter(pk=world.batch.pk).update(
        state=BatchState.NOTIFIED, closed_by=None, closed_at=None
    )


def contradicts(world):
    """A closed batch with an open finding."""
    closed = InspectionBatch.objects.get(pk=world.batch.pk).closed_at is not None
    return closed and Finding.objects.filter(batch=world.batch).open().exists()


def test_a_batch_never_closes_over_an_open_finding(concluded):
    """R-SUP-01: whichever comes first, the other is refused."""
    world, issuer = concluded
    for n in range(ROUNDS):
        outcomes = both(world, issuer, f"2.{n + 1}")
        assert sum(isinstance(o, ActionRefused) for o in outcomes) == 1, outcomes
        assert not contradicts(world)
        if Finding.objects.exists():
            return  # from here on the batch cannot close at all
        reopen(world)


def test_an_open_finding_keeps_its_batch_open(concluded):
    world, issuer = concluded
    check = world.checks()[0]
    author = world.seats(check)[0].user
    draft = actions.FindingDraft("2.6", "general", author=author, **DRAFT)
    actions.issue_findings(check=check, drafts=[draft], by=issuer, now=ISSUED)
    given = {"row_version": None, "by": world.cast.leader, "now": ISSUED}
    with pytest.raises(ActionRefused, match="还有 1 个问题没有销号"):
        actions.close_batch(batch=world.batch, **given)


def test_without_the_lock_of_the_batch_it_would(concluded, monkeypatch):
    """Negative control: closing looks while the other's finding is not committed."""
    world, issuer = concluded
    check = world.checks()[0]
    author = world.seats(check)[0].user
    draft = actions.FindingDraft("2.6", "general", author=author, **DRAFT)
    looked, written = Event(), Event()

    def unlocked(batch, row_version=None):
        rows = InspectionBatch.objects.select_related("edition", "federation", "lead")
        return rows.get(pk=batch.pk)

    def slow_end(batch, on):
        looked.set()
        written.wait(timeout=20)

    def issue():
        looked.wait(timeout=20)
        try:
            return actions.issue_findings(check=check, drafts=[draft], by=issuer, now=ISSUED)
        finally:
            written.set()

    def close():
        return actions.close_batch(
            batch=world.batch, row_version=None, by=world.cast.leader, now=ISSUED
        )

    monkeypatch.setattr(common, "lock_batch", unlocked)
    monkeypatch.setattr("supervision.actions.closing.lock_batch", unlocked)
    monkeypatch.setattr("supervision.actions.closing.end_seats", slow_end)
    outcomes = at_once(close, issue)
    assert contradicts(world), outcomes


def test_numbers_of_a_year_have_no_gap_under_pressure(concluded):
    world, issuer = concluded
    check = world.checks()[0]
    author = world.seats(check)[0].user

    def issue(item):
        draft = actions.FindingDraft(item, "general", author=author, **DRAFT)
        return lambda: actions.issue_findings(check=check, drafts=[draft], by=issuer, now=ISSUED)

    outcomes = at_once(*(issue(f"3.{n}") for n in range(6)))
    assert all(isinstance(o, list) for o in outcomes), outcomes
    codes = sorted(Finding.objects.values_list("code", flat=True))
    assert codes == [f"ZG-2026-{n:04}" for n in range(1, 7)]

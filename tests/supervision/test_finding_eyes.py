"""Four eyes along a finding and its extension, by actions and by the database (roles.md §2.1)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.permissions import Role
from common.errors import Conflict, NotAllowed
from supervision import actions, finding_states
from supervision.models import Finding, FindingExtension, FindingState, FindingStep
from tests.factories import make_actor, make_batch_finding, make_finding
from tests.factories.findings import DRAFT, ISSUED, take, walk

pytestmark = pytest.mark.django_db
S = FindingState


def as_role(actor, role, *objects):
    """The same user under another appointment."""
    return make_actor(role, *objects, user=actor.user)


def test_who_found_it_neither_verifies_nor_closes():
    """R-SUP-06: verifier ≠ author."""
    world = walk(make_finding(), S.SUBMITTED)
    for act in (actions.verify_finding, actions.send_back_finding):
        with pytest.raises(NotAllowed):
            take(world, act, world.cast.author, opinion="属实")
    walk(world, S.VERIFIED)
    for by in (world.cast.author, world.cast.verifier):
        with pytest.raises(NotAllowed):
            take(world, actions.close_finding, by)
    assert walk(world).fresh().state == S.CLOSED


def test_of_a_batch_neither_inspector_who_answered_nor_who_issued():
    """The answering inspector is the author, the concluding reviewer the issuer."""
    world = walk(make_batch_finding(), S.SUBMITTED)
    author = world.batch.inspector(world.finding.author, ISSUED.date())
    for by in (author, world.cast.author):
        with pytest.raises(NotAllowed):
            take(world, actions.verify_finding, by, opinion="属实")
    take(world, actions.verify_finding, world.cast.verifier, opinion="属实")


def test_another_reviewer_verifies_as_well():
    world = walk(make_batch_finding(), S.SUBMITTED)
    other = make_actor(Role.COMMITTEE_REVIEWER, world.finding.society.federation)
    take(world, actions.verify_finding, other, opinion="属实")
    assert world.fresh().verified_by == other.user


def test_the_clerk_never_signs_and_the_secretary_never_files():
    """Also under another appointment, also after the columns moved on."""
    world = walk(make_finding(), S.PLAN_TO_SIGN)
    society = world.finding.society
    clerk_signs = as_role(world.cast.clerk, Role.SOCIETY_SECRETARY, society)
    with pytest.raises(NotAllowed):
        take(world, actions.sign_plan, clerk_signs)
    walk(world, S.RECTIFYING)
    secretary_files = as_role(world.cast.secretary, Role.SOCIETY_CLERK, society)
    with pytest.raises(NotAllowed):
        take(world, actions.add_evidence, secretary_files, title="说明", text="已办")
    clerk_verifies = as_role(world.cast.clerk, Role.COMMITTEE_REVIEWER, society.federation)
    walk(world, S.SUBMITTED)
    with pytest.raises(NotAllowed):
        take(world, actions.verify_finding, clerk_verifies, opinion="属实")


def test_who_sent_it_back_once_does_not_close_it():
    """The columns of a sent-back finding are empty: the history remembers."""
    world = walk(make_finding(), S.SUBMITTED)
    first = make_actor(Role.COMMITTEE_REVIEWER, world.finding.society.federation)
    take(world, actions.send_back_finding, first, opinion="缺决议")
    walk(world, S.VERIFIED)
    with pytest.raises(NotAllowed, match="已办理过该问题的其他环节"):
        take(world, actions.close_finding, first)


def test_a_grave_finding_is_closed_by_the_leader_only():
    world = walk(make_finding("grave"), S.VERIFIED)
    with pytest.raises(NotAllowed):
        take(world, actions.close_finding, world.cast.closer)
    walk(world)
    assert world.fresh().state == S.CLOSED


@pytest.fixture
def extended():
    """An extension before its reviewer."""
    world = walk(make_finding("serious"), S.RECTIFYING)
    due = world.fresh().finish_due + timedelta(days=5)
    take(world, actions.ask_extension, world.cast.secretary, due_asked=due, reason="推迟")
    return world


def test_an_extension_is_asked_reviewed_and_decided_by_three(extended):
    """R-SUP-06: decided by the leader, not by the asker; a third reviews."""
    federation = extended.finding.society.federation
    asker = as_role(extended.cast.secretary, Role.COMMITTEE_REVIEWER, federation)
    with pytest.raises(NotAllowed):
        take(extended, actions.review_extension, asker, opinion="属实")
    take(extended, actions.review_extension, extended.cast.verifier, opinion="属实")
    for actor in (extended.cast.secretary, extended.cast.verifier):
        leader = as_role(actor, Role.COMMITTEE_LEADER, federation)
        with pytest.raises(NotAllowed):
            take(extended, actions.decide_extension, leader, granted=True, answer="同意")
    take(extended, actions.decide_extension, extended.cast.leader, granted=True, answer="同意")


PAIRS = (
    ("plan_sent_by", "plan_signed_by"),
    ("sent_by", "signed_by"),
    ("issued_by", "verified_by"),
    ("verified_by", "closed_by"),
    ("issued_by", "closed_by"),
    ("author", "verified_by"),
    ("signed_by", "verified_by"),
)


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_the_database_keeps_the_users_apart(one, other):
    world = walk(make_finding(), S.VERIFIED)
    user = world.cast.leader.user
    columns = {one: user, other: user}
    if "closed_by" in columns:
        columns |= {"state": S.CLOSED, "closed_at": ISSUED}
    if {"issued_by", "author"} & set(columns):
        columns.pop(one)
        columns[other] = getattr(world.fresh(), one)
    with pytest.raises(IntegrityError, match="finding_"), transaction.atomic():
        Finding.objects.filter(pk=world.finding.pk).update(**columns)


def test_the_database_keeps_the_extension_apart(extended):
    row = FindingExtension.objects.filter(finding=extended.finding)
    asker = extended.cast.secretary.user
    with pytest.raises(IntegrityError, match="asked_not_reviewed"), transaction.atomic():
        row.update(reviewed_by=asker, reviewed_at=ISSUED, opinion="属实")


def test_without_the_table_of_parts_a_verifier_would_close(monkeypatch):
    """Negative control: columns alone forget who sent it back."""
    world = walk(make_finding(), S.SUBMITTED)
    first = make_actor(Role.COMMITTEE_REVIEWER, world.finding.society.federation)
    take(world, actions.send_back_finding, first, opinion="缺决议")
    walk(world, S.VERIFIED)
    monkeypatch.setattr(finding_states, "CHAINS", ())
    take(world, actions.close_finding, first)
    assert world.fresh().closed_by == first.user


def test_another_society_acts_on_nothing():
    world = make_finding()
    foreign = make_finding().cast
    with pytest.raises(NotAllowed):
        take(world, actions.accept_finding, foreign.secretary)
    with pytest.raises(NotAllowed):
        actions.register_finding(
            society=world.finding.society,
            source="self",
            severity="general",
            by=foreign.author,
            now=ISSUED,
            **DRAFT,
        )


def test_an_inspector_sees_the_findings_of_his_seat_only():
    """Nothing the committee registered, nothing of another check, nothing after the batch."""
    world = make_batch_finding()
    inspector = world.cast.verifier
    said = DRAFT | {"source": "self", "severity": "general", "by": world.cast.author}
    actions.register_finding(society=world.finding.society, now=ISSUED, **said)
    seen = Finding.objects.visible_to(inspector)
    assert list(seen) == [world.finding]
    stranger = make_actor(Role.INSPECTOR, world.finding.society)
    assert not Finding.objects.visible_to(stranger).exists()
    with pytest.raises(NotAllowed):
        take(walk(world, S.SUBMITTED), actions.verify_finding, stranger, opinion="属实")
    lead = world.batch.cast.lead
    assert list(Finding.objects.visible_to(lead)) == [world.finding]
    assert not FindingStep.objects.visible_to(stranger).exists()


def test_an_inspector_with_an_office_in_the_society_stays_out():
    """R-SUP-03."""
    world = walk(make_batch_finding(), S.SUBMITTED)
    make_actor(Role.SUPERVISOR_READER, world.finding.society, user=world.cast.verifier.user)
    with pytest.raises(NotAllowed, match="回避"):
        take(world, actions.verify_finding, world.cast.verifier, opinion="属实")


def test_a_stale_page_is_told(monkeypatch):
    """R8: whoever acts on an old version gets a conflict, nothing is written."""
    world = make_finding()
    version = world.fresh().row_version
    walk(world, S.ACCEPTED)
    steps = FindingStep.objects.count()
    given = {"responsible_post": "秘书处", "plan": "换届", "planned_on": ISSUED.date()}
    with pytest.raises(Conflict):
        take(world, actions.send_plan, world.cast.clerk, row_version=version, **given)
    assert FindingStep.objects.count() == steps

    def careless(row, row_version=None):
        return Finding.objects.select_related("society", "rule", "batch").get(pk=row.pk)

    monkeypatch.setattr("supervision.actions.rectifying.lock_finding", careless)
    take(world, actions.send_plan, world.cast.clerk, row_version=version, **given)

"""Whoever wrote the answer that a finding came of is its author (R-SUP-06; roles.md §2.3)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db.models import Exists

from accounts.permissions import Role
from common.errors import NotAllowed
from supervision import actions, finding_desk, finding_eyes
from supervision.models import AnswerSend, FindingState
from tests.factories import make_actor
from tests.factories.checks import CLIENT, answered, passed_on
from tests.factories.findings import FindingWorld, make_finding_cast, take, walk
from tests.supervision.test_finding_pages import Person

pytestmark = pytest.mark.django_db
S = FindingState
SHORT = ("not", "第三季度支部党员大会无记录", "general")
SAID = {"opinion": "属实"}


@pytest.fixture
def clock(monkeypatch):
    def stand(moment):
        monkeypatch.setattr("common.clock.now", lambda: moment)

    return stand


def found(*writers, code="2.6"):
    """A submitted finding of 2.6, which the first inspector wrote; then code by the writers."""
    check = answered(i2_6=SHORT)
    for place in writers:
        check.save(code, *SHORT, by=getattr(check, place), client=uuid4())
    passed_on(check)
    cast = make_finding_cast(check.check.society)
    issued = actions.conclude_check(
        check=check.check, version=None, conclusion="同意", by=cast.author, now=check.now
    )
    finding = next(row for row in issued if row.item_code == "2.6")
    world = FindingWorld(finding, cast, check.batch, check.now + timedelta(days=1))
    return check, walk(world, S.SUBMITTED)


def asked(actor, world):
    return [task.title[:2] for task in finding_desk.findings(actor, world.now.date())]


def test_who_wrote_it_before_another_does_not_verify(clock):
    """The page offers nothing, a replayed post is forbidden; the desk does not ask."""
    check, world = found("second", "first")
    clock(world.now)
    assert world.finding.author == check.first.user
    for by in (check.first, check.second):
        person = Person(by, world)
        assert person.hidden("verify") is None
        assert person.hidden("send_back") is None
        assert "复查" not in asked(by, world)
    reviewer = Person(world.cast.verifier, world)
    sent = reviewer.hidden("verify") | SAID
    for verb in ("verify", "send_back"):
        assert Person(check.second, world).post(verb, sent).status_code == 403
    assert world.fresh().state == S.SUBMITTED
    assert reviewer.post("verify", sent).status_code == 302
    assert world.fresh().state == S.VERIFIED


def test_nor_closes_it_under_another_appointment(clock):
    """By user, whatever the appointment (roles.md §2.1)."""
    check, world = found("second", "first")
    clock(world.now)
    federation = world.finding.federation
    both = make_actor(Role.COMMITTEE_REVIEWER, federation, user=check.second.user)
    walk(world, S.VERIFIED)
    for act, inputs in ((actions.close_finding, {}), (actions.verify_again, {"reason": "未见"})):
        with pytest.raises(NotAllowed, match="填写过这一检查项"):
            take(world, act, both, **inputs)
    assert "销号" not in asked(both, world)
    walk(world)


@pytest.mark.parametrize("writers", [(), ("second",)])
def test_who_signed_or_wrote_another_item_verifies(clock, writers):
    """R-SUP-03: both sign; the author is who wrote what was found."""
    check, world = found(*writers, code="2.3")
    clock(world.now)
    assert asked(check.second, world) == ["复查"]
    assert Person(check.second, world).take("verify", **SAID).status_code == 302
    assert world.fresh().verified_by == check.second.user


def test_a_send_that_came_too_late_wrote_nothing():
    check = answered()
    check.save("2.6", *SHORT, seq=7, client=CLIENT)
    late = check.save("2.6", "conform", by=check.second, seq=3, client=CLIENT)
    assert not late.applied
    passed_on(check)
    cast = make_finding_cast(check.check.society)
    (finding,) = actions.conclude_check(
        check=check.check, version=None, conclusion="同意", by=cast.author, now=check.now
    )
    world = walk(FindingWorld(finding, cast, check.batch, check.now), S.SUBMITTED)
    take(world, actions.verify_finding, check.second, **SAID)


def test_two_reviewers_and_a_leader_still_close_it():
    """roles.md §1: one issued it, the other verified it, both inspectors wrote it."""
    _, world = found("second", "first")
    leader = world.cast.leader
    world.cast.closer.user.is_active = False
    world.cast.closer.user.save()
    world.batch.cast.reviewer.user.is_active = False
    world.batch.cast.reviewer.user.save()
    walk(world, S.VERIFIED)
    assert asked(leader, world) == ["销号"]
    take(world, actions.close_finding, leader)
    assert world.fresh().state == S.CLOSED


def test_without_the_rule_the_second_writer_verifies(monkeypatch, clock):
    """Negative control."""
    check, world = found("second", "first")
    clock(world.now)
    monkeypatch.setattr(finding_eyes, "barred", lambda *_: False)
    monkeypatch.setattr(
        finding_eyes, "wrote", lambda user: Exists(AnswerSend.objects.filter(pk=None))
    )
    assert asked(check.second, world) == ["复查"]
    assert Person(check.second, world).take("verify", **SAID).status_code == 302

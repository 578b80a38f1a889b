"""Pairs of inspectors, recusal, appointments opened and ended (R-SUP-03; roles.md §2.5)."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.permissions import Role
from branches.recusal import is_recused
from common.errors import ActionRefused, NotAllowed
from societies.actions import appoint
from societies.grants import actors_for
from societies.models import Appointment, Society
from supervision import actions
from supervision.models import BatchState, ChecklistItem, InspectorSeat, SpotCheck
from supervision.pairing import people
from supervision.querysets import SpotCheckQuerySet
from tests.factories import make_actor, make_batch, make_posting, make_user
from tests.factories.supervision import (
    NOTIFIED,
    NOW,
    conclude,
    drawn,
    notified,
    paired,
    step,
)

pytestmark = pytest.mark.django_db
TODAY, TOMORROW = NOTIFIED.date(), NOTIFIED.date() + timedelta(days=1)


def names(world):
    return [[seat.user.full_name for seat in world.seats(check)] for check in world.checks()]


def test_pairs_go_round_the_list_and_are_always_the_same():
    world = paired(make_batch((3, 4, 2), sample_size=5))
    expected = [["督导甲", "督导乙"], ["督导丙", "督导丁"]]
    assert names(world) == [*expected, *expected, expected[0]]
    step(world, actions.propose_pairs, world.cast.lead, users=world.cast.inspectors)
    assert names(world) == [*expected, *expected, expected[0]]
    assert InspectorSeat.objects.filter(spot_check__batch=world.batch).count() == 10


def test_nobody_is_paired_with_a_society_he_belongs_to():
    """R-SUP-03 over everything drawn: posted, in office, or of an office in its organisation."""
    world = drawn(make_batch((3, 4, 2), sample_size=9))
    first, second, third, _ = world.cast.inspectors
    for society in world.societies[:3]:
        posting = make_posting(society)
        posting.user = first
        posting.save()
    for society in world.societies[2:6]:
        make_actor(Role.SOCIETY_CLERK, society, user=second)
    make_actor(Role.SOCIETY_SECRETARY, world.societies[0], user=third)
    assert step(world, actions.propose_pairs, world.cast.lead, users=world.cast.inspectors) == []
    seats = InspectorSeat.objects.filter(spot_check__batch=world.batch)
    assert seats.count() == 18
    recused = [s for s in seats if is_recused(s.user, s.spot_check.society, NOW.date())]
    assert recused == []


def test_without_the_check_the_recused_are_paired(monkeypatch):
    """Negative control."""
    world = drawn(make_batch(sample_size=9))
    make_actor(Role.SOCIETY_CLERK, world.societies[0], user=world.cast.inspectors[0])
    monkeypatch.setattr("supervision.pairing.recused_from", lambda user, on: frozenset())
    step(world, actions.propose_pairs, world.cast.lead, users=world.cast.inspectors[:2])
    seats = InspectorSeat.objects.filter(spot_check__batch=world.batch)
    assert any(is_recused(s.user, s.spot_check.society, NOW.date()) for s in seats)


def test_a_society_for_which_everybody_is_recused_is_named():
    world = drawn(make_batch(sample_size=9))
    for user in world.cast.inspectors:
        make_actor(Role.SOCIETY_CLERK, world.societies[4], user=user)
    short = step(world, actions.propose_pairs, world.cast.lead, users=world.cast.inspectors)
    assert [check.society for check in short] == [world.societies[4]]
    assert world.societies[4].name in world.fresh().steps.latest("pk").text
    with pytest.raises(ActionRefused, match=f"尚未配齐两名督导组成员：{world.societies[4].name}"):
        step(world, actions.notify_societies, world.cast.leader, now=NOTIFIED)


def test_the_lead_adjusts_within_the_rules():
    world = paired(make_batch())
    check = world.checks()[0]
    a, b, c, d = world.cast.inspectors
    step(world, actions.set_pairs, world.cast.lead, pairs={check.pk: (d, c)})
    assert [seat.user for seat in world.seats(check)] == [d, c]
    step(world, actions.set_pairs, world.cast.lead, pairs={check.pk: (None, c)})
    assert [(s.place, s.user) for s in world.seats(check)] == [(2, c)]
    make_actor(Role.SOCIETY_CLERK, check.society, user=a)
    for users, words in (
        ((b, b), "两名不同的"),
        ((a, b), "应当回避"),
        ((world.cast.lead.user, b), "不能再作督导组成员"),
        ((world.cast.reviewer.user, b), "不能再作督导组成员"),
    ):
        with pytest.raises(ActionRefused, match=words) as refused:
            step(world, actions.set_pairs, world.cast.lead, pairs={check.pk: users})
        assert f"pair_{check.pk}" in refused.value.errors
    with pytest.raises(LookupError):
        step(world, actions.set_pairs, world.cast.lead, pairs={987_654: (a, b)})
    with pytest.raises(NotAllowed):
        step(world, actions.set_pairs, world.cast.reviewer, pairs={check.pk: (b, c)})
    assert [(s.place, s.user) for s in world.seats(check)] == [(2, c)]


def test_the_database_holds_two_places_and_two_users():
    world = paired(make_batch())
    check = world.checks()[0]
    seat = world.seats(check)[0]
    for values in ({"place": 3}, {"place": 2}, {"user": world.seats(check)[1].user}):
        with pytest.raises(IntegrityError), transaction.atomic():
            InspectorSeat.objects.filter(pk=seat.pk).update(**values)
    assert len(world.seats(check)) == 2


def test_who_can_be_chosen():
    """Earlier inspectors and the committee's people, none who acted, no administrator."""
    world = drawn(make_batch())
    federation = world.batch.federation
    spare = make_actor(Role.COMMITTEE_REVIEWER, federation).user
    former = {"valid_from": date(2010, 1, 1), "valid_to": date(2012, 1, 1), "by": None}
    appoint(user=make_user("已卸任"), role=Role.COMMITTEE_REVIEWER, objects=[federation], **former)
    admin = make_user("管理员")
    make_actor(Role.SYSADMIN, user=admin)
    make_actor(Role.INSPECTOR, world.societies[0], user=make_user("现任"))
    found = set(people(world.fresh(), NOW.date()).values_list("full_name", flat=True))
    assert found == {u.full_name for u in world.cast.inspectors} | {spare.full_name, "现任"}
    assert world.cast.lead.user not in people(world.batch, NOW.date())


def test_the_notice_opens_what_the_seats_hold_and_nothing_else():
    """An inspector sees the drawn societies of an open batch and nothing else."""
    world = paired(make_batch(sample_size=5))
    user = world.cast.inspectors[0]
    assert actors_for(user, TODAY) == []
    assert not SpotCheck.objects.visible_to(make_actor(Role.SOCIETY_CLERK, world.societies[0]))
    step(world, actions.notify_societies, world.cast.leader, now=NOTIFIED)
    mine = [c.society_id for c in world.checks() if user in [s.user for s in world.seats(c)]]
    actor = world.inspector(user)
    assert sorted(o.pk for o in actor.objects) == sorted(mine)
    assert len(mine) == 3
    assert set(Society.objects.visible_to(actor).values_list("pk", flat=True)) == set(mine)
    checks = SpotCheck.objects.visible_to(actor)
    assert set(checks.values_list("society", flat=True)) == set(mine)
    assert ChecklistItem.objects.visible_to(actor).count() == 33
    assert InspectorSeat.objects.visible_to(actor).count() == 6
    drawn_ids = {check.society_id for check in world.checks()}
    for society in world.societies:
        clerk = make_actor(Role.SOCIETY_CLERK, society)
        seen = list(SpotCheck.objects.visible_to(clerk).values_list("society", flat=True))
        assert seen == ([society.pk] if society.pk in drawn_ids else [])
    assert Appointment.objects.filter(role=Role.INSPECTOR, valid_from=TODAY).count() == 4


def test_an_earlier_check_of_the_same_society_is_not_seen():
    """roles.md: the seats of the acting appointment, not the societies of it."""
    world = notified(make_batch(sample_size=9))
    conclude(world)
    user = world.cast.inspectors[0]
    step(world, actions.close_batch, world.cast.leader, now=NOTIFIED)
    second = actions.draft_batch(
        federation=world.batch.federation,
        values={**_values(world), "exclude_recent": False},
        by=world.cast.lead,
        now=NOW,
    )
    world.batch = second
    notified(world)
    actor = world.inspector(user)
    batches = set(SpotCheck.objects.visible_to(actor).values_list("batch", flat=True))
    assert batches == {second.pk}
    standing = make_actor(Role.INSPECTOR, *world.societies, user=make_user("常设"))
    assert not SpotCheck.objects.visible_to(standing).exists()


def _values(world):
    return {name: getattr(world.batch, name) for name in actions.EDITABLE}


def test_without_the_narrowing_an_inspector_would_see_more(monkeypatch):
    """Negative control."""
    world = notified(make_batch(sample_size=9))
    standing = make_actor(Role.INSPECTOR, *world.societies, user=make_user("常设"))
    assert not SpotCheck.objects.visible_to(standing).exists()
    monkeypatch.setattr(
        SpotCheckQuerySet, "visible_to", lambda rows, actor: rows.within(_scope(rows, actor))
    )
    assert SpotCheck.objects.visible_to(standing).count() == 9


def _scope(rows, actor):
    return actor.scope(rows.model.read_permission)


def test_the_notice_is_given_days_before():
    """Edition: 3 working days. 17 November 2026 is a Tuesday; the 20th is the first day."""
    world = paired(make_batch())
    days = {"on_site_from": date(2026, 11, 19), "on_site_to": date(2026, 11, 27)}
    step(world, actions.reschedule_batch, world.cast.leader, reason="提前", **days)
    with pytest.raises(ActionRefused, match="最早 2026-11-20 开始，请先改期"):
        step(world, actions.notify_societies, world.cast.leader, now=NOTIFIED)
    days["on_site_from"] = date(2026, 11, 20)
    step(world, actions.reschedule_batch, world.cast.leader, reason="推后", **days)
    step(world, actions.notify_societies, world.cast.leader, now=NOTIFIED)
    assert world.fresh().state == BatchState.NOTIFIED


def test_who_became_recused_since_is_told_at_the_notice():
    world = paired(make_batch())
    check = world.checks()[0]
    make_actor(Role.SOCIETY_CLERK, check.society, user=world.seats(check)[0].user)
    with pytest.raises(ActionRefused, match="应当回避"):
        step(world, actions.notify_societies, world.cast.leader, now=NOTIFIED)
    assert not Appointment.objects.filter(valid_from=TODAY).exists()


def test_the_leader_does_not_appoint_himself():
    world = drawn(make_batch())
    federation = world.batch.federation
    second = make_actor(Role.COMMITTEE_LEADER, federation)
    make_actor(Role.COMMITTEE_REVIEWER, federation, user=second.user)
    users = [second.user, world.cast.inspectors[0]]
    step(world, actions.propose_pairs, world.cast.lead, users=users)
    with pytest.raises(ActionRefused, match="通知须由另一人办理"):
        step(world, actions.notify_societies, second, now=NOTIFIED)
    step(world, actions.notify_societies, world.cast.leader, now=NOTIFIED)
    assert world.fresh().notified_by == world.cast.leader.user


def test_replacing_moves_the_right_on_one_society():
    """The former loses it at once, the new one has it at once."""
    world = notified(make_batch(sample_size=5))
    check = world.checks()[0]
    seat = world.seats(check)[0]
    old, new = seat.user, world.cast.inspectors[3]
    before = {o.pk for o in world.inspector(old).objects}
    fresh = actions.replace_inspector(
        seat=seat, row_version=None, user=new, reason="临时出差", by=world.cast.lead, now=NOTIFIED
    )
    assert {o.pk for o in world.inspector(old).objects} == before - {check.society_id}
    assert check.society_id in {o.pk for o in world.inspector(new).objects}
    assert not SpotCheck.objects.visible_to(world.inspector(old)).filter(pk=check.pk).exists()
    assert SpotCheck.objects.visible_to(world.inspector(new)).filter(pk=check.pk).exists()
    seat.refresh_from_db()
    assert (seat.ended_by, seat.ended_reason) == (world.cast.lead.user, "临时出差")
    assert fresh.place == seat.place
    assert "临时出差" in world.fresh().steps.latest("pk").text
    with pytest.raises(ActionRefused, match="已被调换"):
        replace(world, seat, world.cast.inspectors[2])


def replace(world, seat, user, **inputs):
    values = {"row_version": None, "reason": "回避", "by": world.cast.lead, "now": NOTIFIED}
    return actions.replace_inspector(seat=seat, user=user, **(values | inputs))


def test_the_last_society_of_an_inspector_takes_his_appointment_along():
    world = notified(make_batch(sample_size=1))
    seat = world.seats(world.checks()[0])[0]
    stranger = make_user("新任")
    make_actor(Role.INSPECTOR, world.societies[1], user=stranger)
    replace(world, seat, stranger)
    assert world.inspector(seat.user, TOMORROW) is None
    today = world.inspector(seat.user, TODAY)
    assert today is None or today.objects == ()
    assert [o.pk for o in world.inspector(stranger).objects] == [seat.spot_check.society_id]


def test_who_cannot_replace():
    world = notified(make_batch())
    check = world.checks()[0]
    seat, other = world.seats(check)
    recused = world.cast.inspectors[3]
    make_actor(Role.SOCIETY_CLERK, check.society, user=recused)
    for user, words in (
        (seat.user, "与原成员相同"),
        (other.user, "两名不同的"),
        (recused, "应当回避"),
        (world.cast.lead.user, "不能再作督导组成员"),
    ):
        with pytest.raises(ActionRefused, match=words) as refused:
            replace(world, seat, user)
        assert "user" in refused.value.errors
    with pytest.raises(ActionRefused):
        replace(world, seat, world.cast.inspectors[2], reason="")
    with pytest.raises(NotAllowed):
        replace(world, seat, world.cast.inspectors[2], by=world.cast.leader)
    SpotCheck.objects.filter(pk=check.pk).update(state="to_sign")
    with pytest.raises(ActionRefused, match="已进入签字环节"):
        replace(world, seat, world.cast.inspectors[2])


def test_a_batch_ends_with_its_last_conclusion_and_so_do_its_appointments():
    """R-SUP-01; an inspector sees nothing after the batch closed."""
    world = notified(make_batch())
    checks = world.checks()
    conclude(world, checks[1:])
    with pytest.raises(ActionRefused, match="还有 1 家的抽查没有结论"):
        step(world, actions.close_batch, world.cast.leader, now=NOTIFIED)
    conclude(world)
    for on in (TODAY, TOMORROW):
        assert world.inspector(world.cast.inspectors[0], on).objects
    later = NOTIFIED + timedelta(days=30)
    step(world, actions.close_batch, world.cast.leader, now=later)
    assert world.fresh().state == BatchState.CLOSED
    for user in world.cast.inspectors:
        assert world.inspector(user, later.date()) is None


def test_a_batch_closed_on_the_day_of_its_notice_leaves_nothing_open():
    world = notified(make_batch())
    conclude(world)
    step(world, actions.close_batch, world.cast.leader, now=NOTIFIED)
    for user in world.cast.inspectors:
        actor = world.inspector(user, TODAY)
        assert actor is None or (actor.objects, dict(actor.grants)) == ((), {})
        assert not SpotCheck.objects.visible_to(actor).exists()
        assert world.inspector(user, TOMORROW) is None


def test_a_society_keeps_its_check_after_the_end():
    world = notified(make_batch())
    conclude(world)
    clerk = make_actor(Role.SOCIETY_CLERK, world.checks()[0].society)
    step(world, actions.close_batch, world.cast.leader, now=NOTIFIED)
    assert SpotCheck.objects.visible_to(clerk).count() == 1

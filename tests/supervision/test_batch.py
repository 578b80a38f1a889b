"""A batch from draft to draw: who does what, what is frozen, what is provable (R-SUP-01, -02)."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.permissions import Role
from common.errors import ActionRefused, Conflict, NotAllowed
from supervision import actions, states
from supervision.draw import seed_digest, sha256
from supervision.frame import candidates, cycle, text_of
from supervision.models import (
    BatchState,
    BatchStep,
    FramePart,
    FrameRow,
    InspectionBatch,
    SpotCheck,
)
from tests.factories import make_actor, make_batch, make_society
from tests.factories.supervision import (
    NOW,
    VALUES,
    approve,
    commit,
    conclude,
    drawn,
    notified,
    step,
)
from tests.oracle import draw as oracle

pytestmark = pytest.mark.django_db


def test_a_batch_is_walked_by_three_people():
    """IL drafts, CR reviews, CL approves and draws (roles.md §3)."""
    world = drawn(make_batch())
    batch = world.fresh()
    assert batch.code == "DC-2026-B1"
    assert batch.state == BatchState.SAMPLED
    people = {batch.lead_id, batch.reviewed_by_id, batch.decided_by_id}
    assert len(people) == 3
    verbs = list(batch.steps.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["draft", "send", "review", "approve", "commit", "draw"]
    assert [check.code for check in world.checks()] == [
        "DC-2026-001",
        "DC-2026-002",
        "DC-2026-003",
    ]
    assert batch.steps.count() == 6


def test_numbers_run_on_within_the_year_and_the_federation():
    first = drawn(make_batch())
    second = actions.draft_batch(
        federation=first.batch.federation, values=VALUES, by=first.cast.lead, now=NOW
    )
    assert second.code == "DC-2026-B2"
    first.batch = second
    drawn(first)
    codes = SpotCheck.objects.filter(batch=second).values_list("code", flat=True)
    assert min(codes) == "DC-2026-004"
    assert make_batch().batch.code == "DC-2026-B1"
    new_year = NOW + timedelta(days=60)
    later = {"on_site_from": date(2027, 3, 1), "on_site_to": date(2027, 3, 5)}
    third = actions.draft_batch(
        federation=second.federation, values=VALUES | later, by=first.cast.lead, now=new_year
    )
    assert third.code == "DC-2027-B1"


def test_the_wrong_role_and_another_lead_are_turned_away():
    world = make_batch()
    other = make_actor(Role.INSPECTION_LEAD, world.batch.federation)
    for by in (world.cast.reviewer, world.cast.leader, other):
        with pytest.raises(NotAllowed):
            step(world, actions.send_batch, by)
    with pytest.raises(NotAllowed):
        actions.draft_batch(
            federation=world.batch.federation, values=VALUES, by=world.cast.leader, now=NOW
        )
    step(world, actions.send_batch, world.cast.lead)
    with pytest.raises(NotAllowed):
        step(world, actions.review_batch, world.cast.leader)
    assert world.fresh().state == BatchState.TO_REVIEW


def test_one_user_in_two_roles_takes_one_step_only():
    """R-ROLE-02: by user, not by appointment; also of an earlier turn."""
    world = make_batch()
    federation, user = world.batch.federation, world.cast.lead.user
    step(world, actions.send_batch, world.cast.lead)
    with pytest.raises(NotAllowed, match="另一人"):
        step(
            world, actions.review_batch, make_actor(Role.COMMITTEE_REVIEWER, federation, user=user)
        )
    step(world, actions.hand_back_batch, world.cast.reviewer, reason="样本偏少")
    step(world, actions.send_batch, world.cast.lead)
    second = make_actor(Role.COMMITTEE_REVIEWER, federation)
    step(world, actions.review_batch, second)
    both = make_actor(Role.COMMITTEE_LEADER, federation, user=world.cast.reviewer.user)
    with pytest.raises(NotAllowed, match="另一人"):
        step(world, actions.approve_batch, both)
    step(world, actions.approve_batch, world.cast.leader)
    assert world.fresh().state == BatchState.FROZEN


def test_without_the_comparison_of_users_the_database_refuses(monkeypatch):
    """Negative control: the CHECK stands behind the action."""
    world = make_batch()
    step(world, actions.send_batch, world.cast.lead)
    monkeypatch.setattr("supervision.actions.drafting.check", lambda *a, **k: None)
    with pytest.raises(IntegrityError, match="lead_is_not_reviewed"), transaction.atomic():
        step(world, actions.review_batch, world.cast.lead)
    step(world, actions.review_batch, world.cast.reviewer)
    with pytest.raises(IntegrityError, match="reviewed_by_is_not_decided"), transaction.atomic():
        step(world, actions.approve_batch, world.cast.reviewer)
    assert world.fresh().state == BatchState.TO_DECIDE


def test_handing_back_needs_a_reason_and_clears_the_turn():
    world = make_batch()
    step(world, actions.send_batch, world.cast.lead)
    with pytest.raises(ActionRefused) as refused:
        step(world, actions.hand_back_batch, world.cast.reviewer, reason="")
    assert "reason" in refused.value.errors
    step(world, actions.review_batch, world.cast.reviewer)
    step(world, actions.hand_back_batch, world.cast.leader, reason="改为两周")
    batch = world.fresh()
    assert (batch.state, batch.return_reason) == (BatchState.DRAFT, "改为两周")
    assert (batch.sent_by, batch.reviewed_by) == (None, None)
    assert batch.steps.latest("pk").text == "改为两周"


def test_an_old_page_is_told():
    """R8."""
    world = make_batch()
    seen = world.batch.row_version
    values = VALUES | {"name": "改名"}
    actions.edit_batch(
        batch=world.batch, row_version=seen, values=values, by=world.cast.lead, now=NOW
    )
    with pytest.raises(Conflict):
        step(world, actions.send_batch, world.cast.lead, row_version=seen)
    assert world.fresh().name == "改名"


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"sample_size": 10}, "sample_size", "只有 9 家，不够抽取 10 家"),
        ({"sample_size": 3, "disciplines": ["medicine"]}, "sample_size", "只有 2 家"),
        ({"disciplines": ["cross"]}, "sample_size", "抽样框内没有学会"),
        ({"sample_percent": 10}, "sample_size", "只填写一项"),
        ({"sample_size": None}, "sample_size", "只填写一项"),
        ({"on_site_to": date(2026, 11, 20)}, "on_site_to", "不能早于起日"),
        ({"on_site_from": date(2026, 11, 13)}, "on_site_from", "早于今天"),
        ({"name": ""}, "name", "请填写批次名称"),
    ],
)
def test_a_draft_is_refused_at_its_field(values, field, words):
    with pytest.raises(ActionRefused, match=words) as refused:
        make_batch(**values)
    assert field in refused.value.errors
    assert not InspectionBatch.objects.exists()


def test_a_day_without_a_checklist_is_refused():
    world = make_batch()
    world.batch.edition.valid_to = date(2026, 12, 1)
    world.batch.edition.save()
    late = {"on_site_from": date(2026, 12, 1), "on_site_to": date(2026, 12, 4)}
    with pytest.raises(ActionRefused, match="没有适用的检查清单") as refused:
        step(world, actions.edit_batch, world.cast.lead, values=VALUES | late)
    assert "on_site_from" in refused.value.errors
    with pytest.raises(LookupError):
        step(world, actions.edit_batch, world.cast.lead, values={"seed": "x"})


@pytest.mark.parametrize(("percent", "sample"), [(1, 1), (12, 2), (50, 5), (100, 9)])
def test_a_ratio_is_never_missed(percent, sample):
    world = approve(make_batch(sample_size=None, sample_percent=percent))
    assert world.fresh().sample == sample


def rows_of(world):
    fields = ("society", "name", "discipline", "part", "reason")
    return list(FrameRow.objects.filter(batch=world.batch).order_by("pk").values_list(*fields))


def test_the_frame_is_frozen_whatever_happens_afterwards():
    """R-SUP-02, D-5: a society added, renamed, reclassified or gone changes nothing."""
    world = commit(make_batch())
    before = rows_of(world)
    digest = world.fresh().frame_digest
    assert len(before) == 9
    federation = world.batch.federation
    added = make_society(federation, discipline_class="science")
    renamed, moved, gone = world.societies[:3]
    renamed.name = "改名学会"
    renamed.save()
    moved.discipline_class = "medicine"
    moved.save()
    gone.left_on = date(2026, 11, 1)
    gone.save()
    assert {c.name for c in candidates(world.batch, NOW.date())} != {row[1] for row in before}
    step(world, actions.draw_batch, world.cast.leader, seed=world.seed)
    assert rows_of(world) == before
    assert sha256(text_of(world.fresh(), 3)) == digest
    assert added.pk not in {check.society_id for check in world.checks()}


CHANGES = {
    "name": {"name": "别名"},
    "part": {"part": FramePart.EXCLUDED, "reason": "近期"},
    "discipline": {"discipline": "cross"},
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_database_refuses_to_change_the_frozen_frame(change):
    row = FrameRow.objects.filter(batch=approve(make_batch()).batch).order_by("pk")[:1]
    rows = FrameRow.objects.filter(pk__in=[each.pk for each in row])
    with pytest.raises(IntegrityError, match="抽样框已冻结"), transaction.atomic():
        rows.update(**CHANGES[change])
    with pytest.raises(IntegrityError, match="抽样框已冻结"), transaction.atomic():
        rows.delete()
    assert rows.count() == 1


def test_the_database_refuses_a_new_row_and_a_second_draw():
    world = approve(make_batch())
    society = make_society(world.batch.federation)
    extra = {"batch": world.batch, "name": society.name, "discipline": "science"}
    with pytest.raises(IntegrityError, match="抽样框已冻结"), transaction.atomic():
        FrameRow.objects.create(society=society, part=FramePart.RANDOM, **extra)
    _, seed = step(world, actions.commit_seed, world.cast.leader)
    step(world, actions.draw_batch, world.cast.leader, seed=seed)
    rows = FrameRow.objects.filter(batch=world.batch)
    with pytest.raises(IntegrityError, match="抽样框已冻结"), transaction.atomic():
        rows.filter(drawn=True).update(drawn=False, position=None)
    assert rows.filter(drawn=True).count() == 3


def test_without_the_trigger_the_frame_could_be_changed():
    """Negative control."""
    import pgtrigger

    world = approve(make_batch())
    rows = FrameRow.objects.filter(batch=world.batch)
    with pgtrigger.ignore("supervision.FrameRow:frozen_stays"):
        assert rows.filter(pk=rows.first().pk).update(name="别名") == 1
    batch = world.fresh()
    assert sha256(text_of(batch, batch.sample)) != batch.frame_digest


@pytest.mark.parametrize(
    "change",
    [{"sample_size": 2}, {"sample": 2}, {"frame_digest": "0" * 64}, {"disciplines": ["cross"]}],
)
def test_the_database_refuses_to_change_what_the_draw_depends_on(change):
    world = approve(make_batch())
    rows = InspectionBatch.objects.filter(pk=world.batch.pk)
    with pytest.raises(IntegrityError, match="冻结后不能改动"), transaction.atomic():
        rows.update(**change)
    assert rows.get().sample == 3


def test_the_database_refuses_to_change_a_revealed_seed():
    world = drawn(make_batch())
    rows = InspectionBatch.objects.filter(pk=world.batch.pk)
    for change in ({"seed": "DC2026B1-0000"}, {"seed_digest": "0" * 64}):
        with pytest.raises(IntegrityError, match="冻结后不能改动"), transaction.atomic():
            rows.update(**change)
    assert rows.get().seed == world.seed


def test_steps_are_insert_only():
    world = make_batch()
    with pytest.raises(IntegrityError, match="只增不改"), transaction.atomic():
        BatchStep.objects.filter(batch=world.batch).update(text="别的")
    assert BatchStep.objects.filter(batch=world.batch, text="").count() == 1


def test_the_seed_is_known_to_nobody_before_the_draw():
    """R-SUP-02: the portal keeps its digest only, in no table."""
    from django.apps import apps
    from django.db import models

    world = commit(make_batch())
    batch = world.fresh()
    assert batch.seed == ""
    assert batch.seed_digest == seed_digest(world.seed, batch.frame_digest)
    for model in apps.get_models():
        for column in model._meta.concrete_fields:
            if isinstance(column, models.CharField | models.TextField):
                found = model._default_manager.filter(**{f"{column.name}__contains": world.seed})
                assert not found.exists(), column


def test_a_wrong_seed_is_told_at_its_field():
    world = commit(make_batch())
    for typed in ("DC2026B1-0000-0000-0000", "abc"):
        with pytest.raises(ActionRefused, match="与公布的摘要不一致") as refused:
            step(world, actions.draw_batch, world.cast.leader, seed=typed)
        assert "seed" in refused.value.errors
    assert world.fresh().state == BatchState.COMMITTED
    assert not SpotCheck.objects.exists()
    step(world, actions.draw_batch, world.cast.leader, seed=world.seed.lower().replace("-", " "))
    assert world.fresh().seed == world.seed


def test_a_lost_seed_is_replaced_with_a_reason_for_good():
    world = commit(make_batch())
    first = world.seed
    with pytest.raises(ActionRefused):
        step(world, actions.recommit_seed, world.cast.leader, reason="")
    _, second = step(world, actions.recommit_seed, world.cast.leader, reason="抄录纸遗失")
    batch = world.fresh()
    assert second != first
    assert batch.recommits == 1
    words = batch.steps.get(verb="recommit").text
    assert "抄录纸遗失" in words
    assert batch.seed_digest in words
    with pytest.raises(ActionRefused):
        step(world, actions.draw_batch, world.cast.leader, seed=first)
    step(world, actions.draw_batch, world.cast.leader, seed=second)
    assert world.fresh().state == BatchState.SAMPLED


def test_the_draw_is_the_oracle_s():
    """And the printed order: by discipline and sort value, must rows last."""
    world = drawn(make_batch((5, 6, 4), sample_size=6))
    rows = FrameRow.objects.filter(batch=world.batch).order_by("pk")
    frame = [(row.get_discipline_display(), row.name) for row in rows]
    assert {r.name for r in rows if r.drawn} == oracle.drawn(frame, 6, world.seed)
    listed = [
        (row.discipline, row.sort_hash)
        for row in sorted((r for r in rows if r.drawn), key=lambda r: r.position)
    ]
    order = ["science", "engineering", "medicine"]
    assert listed == sorted(listed, key=lambda each: (order.index(each[0]), each[1]))
    assert [c.position for c in world.checks()] == [1, 2, 3, 4, 5, 6]


def test_must_rows_come_on_top_and_never_count_into_the_sample():
    """R-SUP-02: 必查 beside 随机."""
    world = make_batch()
    must = world.societies[4]
    approve(world, must_include={must.pk: "整改未销号", 987_654: "不在范围内"})
    _, seed = step(world, actions.commit_seed, world.cast.leader)
    step(world, actions.draw_batch, world.cast.leader, seed=seed)
    row = FrameRow.objects.get(batch=world.batch, part=FramePart.MUST)
    assert (row.society_id, row.reason, row.sort_hash) == (must.pk, "整改未销号", "")
    checks = world.checks()
    assert [c.part for c in checks] == ["random"] * 3 + ["must"]
    assert checks[-1].society_id == must.pk


def test_who_was_inspected_in_the_last_months_is_left_out():
    """R-SUP-02 and the round of three years."""
    world = drawn(make_batch())
    conclude(world)
    inspected = {check.society_id for check in world.checks()}
    federation, edition = world.batch.federation, world.batch.edition
    assert cycle(federation, edition, NOW.date()) == (3, 9)
    second = actions.draft_batch(federation=federation, values=VALUES, by=world.cast.lead, now=NOW)
    found = {c.society_id: c for c in candidates(second, NOW.date())}
    assert {pk for pk, c in found.items() if c.part == FramePart.EXCLUDED} == inspected
    assert {found[pk].reason for pk in inspected} == {"12 个月内已抽查"}
    must = next(iter(inspected))
    again = {c.society_id: c.part for c in candidates(second, NOW.date(), {must: "C 类"})}
    assert again[must] == FramePart.MUST
    second.exclude_recent = False
    assert {c.part for c in candidates(second, NOW.date())} == {FramePart.RANDOM}
    # The checks were concluded on 17 November 2026: exactly twelve months later they are out.
    second.exclude_recent, second.on_site_from = True, date(2027, 11, 17)
    assert sum(c.part == FramePart.EXCLUDED for c in candidates(second, NOW.date())) == 3
    second.on_site_from = date(2027, 11, 18)
    assert {c.part for c in candidates(second, NOW.date())} == {FramePart.RANDOM}
    assert cycle(federation, edition, date(2029, 11, 18)) == (0, 9)


def test_a_frame_that_shrank_is_sent_back_to_the_lead():
    world = make_batch(sample_size=9)
    step(world, actions.send_batch, world.cast.lead)
    step(world, actions.review_batch, world.cast.reviewer)
    world.societies[0].left_on = date(2026, 11, 1)
    world.societies[0].save()
    with pytest.raises(ActionRefused, match="只有 8 家，不够抽取 9 家，请退回组长调整"):
        step(world, actions.approve_batch, world.cast.leader)
    assert world.fresh().frame_digest == ""
    assert not FrameRow.objects.exists()


def test_a_batch_is_put_off_before_the_notice_only():
    world = drawn(make_batch())
    days = {"on_site_from": date(2026, 12, 1), "on_site_to": date(2026, 12, 10)}
    step(world, actions.reschedule_batch, world.cast.leader, reason="与年会冲突", **days)
    batch = world.fresh()
    assert (batch.state, batch.on_site_from) == (BatchState.SAMPLED, date(2026, 12, 1))
    assert batch.steps.latest("pk").text == "原为 2026-11-23 至 2026-12-11；与年会冲突"
    wrong = days | {"on_site_to": date(2026, 11, 30)}
    with pytest.raises(ActionRefused) as refused:
        step(world, actions.reschedule_batch, world.cast.leader, reason="改", **wrong)
    assert "on_site_to" in refused.value.errors
    past = days | {"on_site_from": date(2026, 11, 2)}
    with pytest.raises(ActionRefused, match="早于今天"):
        step(world, actions.reschedule_batch, world.cast.leader, reason="改", **past)


def under_way(world, exclude_recent=True):
    """A second draft of the same federation."""
    return actions.draft_batch(
        federation=world.batch.federation,
        values=VALUES | {"exclude_recent": exclude_recent},
        by=world.cast.lead,
        now=NOW,
    )


def test_who_is_under_inspection_is_not_drawn_again():
    """R-SUP-02: 近期已抽查 includes who is being inspected; unticked, they are drawn as well."""
    world = notified(make_batch())
    inspected = {check.society_id for check in world.checks()}
    second = under_way(world)
    found = {c.society_id: c for c in candidates(second, NOW.date())}
    out = {pk for pk, each in found.items() if each.part == FramePart.EXCLUDED}
    assert out == inspected and {found[pk].reason for pk in out} == {"另一批次检查中"}
    conclude(world)
    found = candidates(second, NOW.date())
    assert {c.reason for c in found if c.part == FramePart.EXCLUDED} == {"12 个月内已抽查"}
    second.exclude_recent = False
    assert {c.part for c in candidates(second, NOW.date())} == {FramePart.RANDOM}


def test_without_the_look_at_open_batches_they_would_be_drawn(monkeypatch):
    """Negative control."""
    world = notified(make_batch())
    monkeypatch.setattr("supervision.frame.under_inspection", lambda batch: set())
    assert {c.part for c in candidates(under_way(world), NOW.date())} == {FramePart.RANDOM}


def test_every_step_has_a_part_and_a_label():
    verbs = {t.verb for t in states.TRANSITIONS} | {states.DRAFT}
    assert set().union(*states.PARTS) == verbs
    assert set(states.VERB_LABELS) == verbs | {states.START, states.FINDINGS, states.RECTIFY}
    assert sum(map(len, states.PARTS)) == len(verbs)

"""`replay_draw` repeats a draw from the frozen frame, or says that it cannot (R-SUP-02)."""

from io import StringIO

import pgtrigger
import pytest
from django.core.management import CommandError, call_command

from supervision import actions
from supervision.models import FrameRow
from tests.factories import make_batch, make_society
from tests.factories.supervision import commit, drawn, step

pytestmark = pytest.mark.django_db


def replay(world, seed=None, **options):
    said = StringIO()
    code = world.batch.code
    call_command("replay_draw", code, seed=seed or world.seed, stdout=said, **options)
    return said.getvalue()


def test_it_agrees_whatever_happened_to_the_societies():
    """Replay equality; the frame stands although societies were added and renamed."""
    world = drawn(make_batch((5, 6, 4), sample_size=6))
    make_society(world.batch.federation)
    world.societies[0].name = "改名学会"
    world.societies[0].save()
    said = replay(world, seed=world.seed.lower())
    assert said.endswith("一致\n")
    assert "不一致" not in said
    for check in world.checks():
        assert FrameRow.objects.get(batch=world.batch, society=check.society).name in said
    assert "应抽" in said
    assert world.fresh().frame_digest in said


def test_another_seed_does_not_agree():
    world = drawn(make_batch())
    with pytest.raises(CommandError, match="不一致") as failed:
        replay(world, seed="DC2026B1-0000-0000-0000")
    assert failed.value.returncode == 1


@pytest.mark.parametrize("change", [{"name": "别名"}, {"sort_hash": "0" * 64}])
def test_a_changed_record_does_not_agree(change):
    """Negative control: past the triggers, the digest or the sort values tell."""
    world = drawn(make_batch())
    with pgtrigger.ignore():
        row = FrameRow.objects.filter(batch=world.batch, drawn=True).first()
        FrameRow.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(CommandError, match="不一致"):
        replay(world)


def test_a_swapped_society_is_named():
    world = drawn(make_batch())
    rows = FrameRow.objects.filter(batch=world.batch)
    with pgtrigger.ignore():
        out, put = rows.filter(drawn=True).first(), rows.filter(drawn=False).first()
        rows.filter(pk=out.pk).update(drawn=False, position=None)
        rows.filter(pk=put.pk).update(drawn=True, position=9)
    said = StringIO()
    with pytest.raises(CommandError, match="不一致"):
        call_command("replay_draw", world.batch.code, seed=world.seed, stdout=said)
    assert f"记录中多出：{put.name}" in said.getvalue()
    assert "（记录中没有）" in said.getvalue()


def test_what_cannot_be_replayed_is_said():
    world = commit(make_batch())
    with pytest.raises(CommandError, match="尚未抽取"):
        replay(world)
    with pytest.raises(CommandError, match="没有批次 DC-1999-B1"):
        call_command("replay_draw", "DC-1999-B1", seed="x")
    step(world, actions.draw_batch, world.cast.leader, seed=world.seed)
    other = drawn(make_batch())
    with pytest.raises(CommandError, match="--federation"):
        replay(world)
    code = world.batch.federation.code
    assert replay(world, federation=code).endswith("一致\n")
    assert other.batch.code == world.batch.code

"""A batch with a refused spot check: it closes, and who refused is drawn again (R-SUP-02, -03b)."""

from datetime import date

import pytest

from common.errors import ActionRefused
from supervision import actions
from supervision.frame import candidates, cycle
from supervision.models import BatchState, FramePart, SpotCheck
from tests.factories.checks import ON_SITE, barred, barred_on, make_check
from tests.factories.supervision import conclude, make_batch, step

pytestmark = pytest.mark.django_db


def test_a_batch_with_a_refusal_closes():
    world = barred(make_check())
    batch, leader = world.batch, world.batch.cast.leader
    others = [check for check in batch.checks() if check.pk != world.check.pk]
    conclude(batch, others)
    with pytest.raises(ActionRefused, match="1 家的抽查没有结论"):
        step(batch, actions.close_batch, leader)
    after = ON_SITE.replace(month=12, day=1)
    said = {"check": world.check, "version": None, "now": after}
    actions.pass_on_check(opinion="属实", by=batch.cast.lead, **said)
    actions.conclude_check(conclusion="认定", upheld=True, by=batch.cast.reviewer, **said)
    row = step(batch, actions.close_batch, leader, now=after)
    assert row.state == BatchState.CLOSED


@pytest.mark.parametrize("upheld", [True, False])
def test_who_refused_was_not_inspected(upheld, monkeypatch):
    """R-SUP-02: it is drawn again, and the round of years does not count it."""
    world = make_check()
    batch = world.batch
    conclude(batch, [check for check in batch.checks() if check.pk != world.check.pk])
    barred_on(world, upheld)
    later = make_batch(on_site_from=date(2027, 3, 1), on_site_to=date(2027, 3, 5)).batch
    later.federation, later.edition = batch.batch.federation, batch.batch.edition
    on = date(2027, 2, 1)

    def drawable():
        parts = {each.society_id: each.part for each in candidates(later, on)}
        return parts[world.check.society_id]

    assert drawable() == FramePart.RANDOM
    assert cycle(later.federation, later.edition, on) == (2, 9)
    monkeypatch.setattr(
        type(SpotCheck.objects.all()),
        "inspected",
        lambda self, since: self.filter(concluded_at__gte=since),
    )
    assert drawable() == FramePart.EXCLUDED
    assert cycle(later.federation, later.edition, on) == (3, 9)

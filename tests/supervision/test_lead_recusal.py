"""A lead with an interest in a society stays out of its result; the society sees no drafts."""

import pytest
from django.urls import reverse

from accounts.permissions import Role
from common.errors import NotAllowed
from supervision import actions
from supervision.actions import check_common
from tests.factories import make_actor
from tests.factories.checks import ON_SITE, answered, make_check, signed
from tests.supervision.browsing import browser, told

pytestmark = pytest.mark.django_db
AFTER = ON_SITE.replace(month=12, day=14)


def tied(world):
    """The lead holds an office in the society."""
    make_actor(Role.SOCIETY_CLERK, world.check.society, user=world.batch.cast.lead.user)
    return world


def record(world):
    return actions.record_unsigned(
        check=world.check,
        version=None,
        unsigned="refused",
        reason="当面拒签",
        by=world.batch.cast.lead,
        now=AFTER,
    )


def test_the_lead_neither_records_nor_passes_on():
    """R-SUP-03, roles.md §2.4: another lead takes the batch over."""
    world = tied(signed(answered()))
    with pytest.raises(NotAllowed, match="回避"):
        record(world)
    batch = world.batch
    new = make_actor(Role.INSPECTION_LEAD, batch.batch.federation)
    actions.change_lead(
        batch=batch.fresh(),
        row_version=None,
        user=new.user,
        reason="原组长须回避",
        by=batch.cast.leader,
        now=AFTER,
    )
    batch.cast.lead = new
    assert record(world).unsigned == "refused"


def test_nor_chooses_who_inspects_it():
    world = tied(make_check())
    seat = world.batch.seats(world.check)[0]
    with pytest.raises(NotAllowed, match="回避"):
        actions.replace_inspector(
            seat=seat,
            row_version=None,
            user=world.batch.cast.inspectors[3],
            reason="出差",
            by=world.batch.cast.lead,
            now=ON_SITE,
        )


def test_without_the_look_at_leads_it_would_be_recorded(monkeypatch):
    """Negative control."""
    world = tied(signed(answered()))
    monkeypatch.setattr(check_common, "_WEIGHED", (Role.INSPECTOR,))
    assert record(world)


def test_the_society_sees_no_progress_before_the_signatures(monkeypatch):
    """What inspectors still write is theirs: neither on the check's page nor as a count."""
    monkeypatch.setattr("common.clock.now", lambda: ON_SITE)
    world = answered()
    page = reverse("supervision:checks")
    total = world.check.answers.count()
    words = f"{total} / {total}"
    assert words in told(browser(world.first).get(page))
    assert words not in told(browser(world.secretary).get(page))
    signed(world)
    assert words in told(browser(world.secretary).get(page))

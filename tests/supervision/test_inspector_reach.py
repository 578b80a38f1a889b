"""An inspector sees the drawn societies of an open batch and nothing else, nothing after it closed.

Over pages, lists, exports, files and photos (roles.md §1 IN, §2.5, §2.10; R-SUP-03).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.permissions import Role
from societies.access import ScopedQuerySet
from societies.actions import appoint
from societies.models import FederationRelation, Society
from supervision import actions
from supervision.actions import closing
from supervision.models import Finding, FindingEvidence, InspectorSeat
from supervision.querysets import SpotCheckQuerySet
from tests.factories import make_society
from tests.factories.checks import ON_SITE, CheckWorld, answered, passed_on
from tests.factories.findings import PDF, FindingWorld, make_finding_cast, take, walk
from tests.factories.supervision import conclude
from tests.supervision.browsing import browser, told
from tests.supervision.photo_files import picture

pytestmark = pytest.mark.django_db
# Whatever names societies without being asked for one.
LISTS = (
    *("home", "societies:list", "societies:export", "branches:list", "branches:export"),
    *("ledgers:list", "supervision:checks", "supervision:findings", "supervision:finding_list"),
    *("supervision:finding_export", "search"),
)
SHORT = ("not", "第三季度支部党员大会无记录", "general")
LATER = ON_SITE + timedelta(days=20)


@dataclass
class Reach:
    """What there is of each society: the addresses of its objects, by its name."""

    world: CheckWorld
    own: set[str]
    addresses: dict[str, list[str]]
    finding: FindingWorld


def names() -> dict[int, str]:
    return dict(Society.objects.values_list("pk", "name"))


def concluded() -> CheckWorld:
    """A check with a photo, concluded with one finding."""
    world = answered(i2_6=SHORT)
    actions.add_photo(
        answer=world.answer("2.6"), key=uuid4(), data=picture(), by=world.first, now=ON_SITE
    )
    passed_on(world)
    actions.conclude_check(
        check=world.check,
        version=None,
        conclusion="维持检查情况",
        by=world.batch.cast.reviewer,
        now=ON_SITE,
    )
    return world


@pytest.fixture
def reach(monkeypatch) -> Reach:
    """Nine societies with unlike names; the first inspector sits at one or two of three drawn."""
    monkeypatch.setattr("common.clock.now", lambda: ON_SITE)
    world = concluded()
    for number, row in enumerate(Society.objects.order_by("pk"), 1):
        Society.objects.filter(pk=row.pk).update(name=f"范围第{number}学会")
    called = names()
    finding = Finding.objects.get(spot_check=world.check)
    trail = FindingWorld(finding, make_finding_cast(world.check.society), world.batch, ON_SITE)
    walk(trail, "rectifying")
    proof = take(trail, actions.add_evidence, trail.cast.clerk, upload=("报告.pdf", PDF))
    seats = InspectorSeat.objects.living().filter(appointment=world.first.appointment)
    mine = set(seats.values_list("spot_check__society_id", flat=True))
    photo = world.answer("2.6").photos.get()
    addresses = {
        called[pk]: [reverse("society", args=[pk])]
        for pk in Society.objects.values_list("pk", flat=True)
    }
    for check in world.batch.checks():
        found = addresses[called[check.society_id]]
        found += [reverse(f"supervision:{n}", args=[check.pk]) for n in ("check", "check_print")]
    addresses[called[world.check.society_id]] += [
        reverse("supervision:photo", args=[photo.pk]),
        reverse("supervision:finding", args=[finding.pk]),
        reverse("supervision:evidence_file", args=[proof.pk]),
    ]
    return Reach(world, {called[pk] for pk in mine}, addresses, trail)


def named(reach: Reach, by) -> set[str]:
    """The societies that any list, export or search result names to him."""
    client = browser(by)
    texts = [told(client.get(reverse(name), {"q": "范围"})) for name in LISTS]
    return {name for name in reach.addresses if any(name in text for text in texts)}


def opened(reach: Reach, by) -> set[str]:
    """The societies of which any object opens for him."""
    client = browser(by)
    return {
        name
        for name, urls in reach.addresses.items()
        if any(client.get(url).status_code == 200 for url in urls)
    }


def test_an_inspector_sees_the_drawn_societies_of_his_seats(reach):
    own = reach.own
    assert 1 <= len(own) < len(reach.world.batch.checks()) < len(reach.addresses)
    by = reach.world.first
    assert named(reach, by) == own
    assert opened(reach, by) == own
    client = browser(by)
    statuses = {
        client.get(url).status_code
        for name, urls in reach.addresses.items()
        for url in urls
        if name not in own
    }
    assert statuses == {404}
    mine = {client.get(url).status_code for name in own for url in reach.addresses[name]}
    assert mine == {200}


def test_without_scope_he_would_see_the_others(reach, monkeypatch):
    """Negative control."""
    monkeypatch.setattr(ScopedQuerySet, "within", lambda rows, scope: rows.all())
    assert named(reach, reach.world.first) > reach.own
    assert opened(reach, reach.world.first) > reach.own


def close(reach: Reach) -> None:
    """Every check concluded, every finding closed, then the batch."""
    walk(reach.finding)
    checks = [row for row in reach.world.batch.checks() if row.pk != reach.world.check.pk]
    conclude(reach.world.batch, checks)
    actions.close_batch(
        batch=reach.world.batch.fresh(),
        row_version=None,
        by=reach.world.batch.cast.leader,
        now=LATER,
    )


def later_appointment(reach: Reach):
    """His seat in the next batch: a society of its own, so that he is still an inspector."""
    federation = reach.world.check.federation
    other = make_society(federation, relation=FederationRelation.INTERNATIONAL, name="下一批学会")
    user = reach.world.first.user
    return appoint(
        user=user,
        role=Role.INSPECTOR,
        objects=[other],
        valid_from=date(2026, 1, 1),
        by=None,
    )


def after(reach: Reach, monkeypatch) -> list[set[str]]:
    """What he sees when the batch has closed: by his old appointment and by a living one."""
    monkeypatch.setattr("common.clock.now", lambda: LATER)
    by = reach.world.first
    seen = [named(reach, by), opened(reach, by)]
    by.appointment.pk = later_appointment(reach).pk
    return [*seen, named(reach, by), opened(reach, by)]


def test_nothing_after_the_batch_closed(reach, monkeypatch):
    close(reach)
    assert after(reach, monkeypatch) == [set()] * 4


def test_without_ending_the_appointments_he_would_go_on(reach, monkeypatch):
    """Negative control: the seats' appointments outlive the batch."""
    monkeypatch.setattr(closing, "end_seats", lambda batch, on: None)
    close(reach)
    still = after(reach, monkeypatch)
    assert still[:2] == [reach.own, reach.own]
    client = browser(reach.world.first)
    assert client.get(reverse("supervision:check", args=[reach.world.check.pk])).status_code == 404


def test_the_checks_close_by_themselves_too(reach, monkeypatch):
    """Second bolt: even with a living appointment the rows of a closed batch are gone."""
    monkeypatch.setattr(closing, "end_seats", lambda batch, on: None)
    close(reach)
    monkeypatch.setattr("common.clock.now", lambda: LATER)
    rows = (SpotCheckQuerySet(reach.world.check.__class__), FindingEvidence.objects)
    for each in rows:
        assert not each.visible_to(reach.world.first).exists()

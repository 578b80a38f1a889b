"""The worlds that nights are measured on: whole, alike in every size, and of the promised size."""

from datetime import date

import pytest
from django.apps import apps
from django.db import models, transaction
from django.db.models import Count

from branches.models import Attendance, ExpectedLife, LifeRecord, PartyMember
from branches.obligations import expected
from common.clock import start_of
from societies.models import Society, SocietyUnit
from supervision.models import Finding
from tools.bench import worlds
from tools.bench.society import COLUMNS
from training.models import TrainingEdition, YearHours
from training.recompute import recompute

pytestmark = pytest.mark.django_db
COUNT = 12


def dangling(model):
    """References of a model that lead nowhere, with how many."""
    found = {}
    for field in model._meta.concrete_fields:
        if isinstance(field, models.ForeignKey):
            there = field.related_model.objects.values("pk")
            rows = model.objects.exclude(**{field.name: None}).exclude(
                **{f"{field.name}__in": there}
            )
            if lost := rows.count():
                found[field.name] = lost
    return found


def test_every_reference_leads_somewhere():
    """Written with triggers off, so nothing else looks after them."""
    worlds.build(COUNT)
    found = {name: dangling(apps.get_model(name)) for name in COLUMNS}
    assert {name: lost for name, lost in found.items() if lost} == {}


def test_a_society_has_the_fan_out_of_the_limit():
    worlds.build(COUNT)
    units = SocietyUnit.objects.values("society").annotate(n=Count("pk"))
    assert {row["n"] for row in units} == {22}
    members = PartyMember.objects.values("society").annotate(n=Count("pk"))
    assert {row["n"] for row in members} == {40}
    year = LifeRecord.objects.filter(held_on__range=(date(2025, 7, 1), date(2026, 6, 30)))
    assert 50 <= year.count() / Society.objects.count() <= 70
    listed = Attendance.objects.values("record").annotate(n=Count("pk"))
    assert {row["n"] for row in listed} == {10}
    assert listed.count() > 40 * COUNT


def test_what_is_owed_and_held_agrees_with_the_records():
    """The portal's own turn and count find nothing to mend."""
    federation = worlds.build(COUNT)
    before = sorted(ExpectedLife.objects.values_list("pk", "required", "held"))
    assert len(before) > 50 * COUNT
    today = worlds.FIRST_NIGHT
    assert expected.turn(federation.pk, today, start_of(today)) == 0
    organisations = LifeRecord.objects.values_list("organisation_id", flat=True)
    assert expected.recount(organisations, worlds.BEGIN, today) == 0
    assert sorted(ExpectedLife.objects.values_list("pk", "required", "held")) == before


def test_stored_hours_agree_with_their_events():
    """The portal's own recomputation finds nothing to mend (R-TRN-02)."""
    federation = worlds.build(COUNT)
    before = sorted(YearHours.objects.values_list("member", "year", "counted", "offline"))
    assert len(before) > 20 * COUNT
    for year in (2026, 2027):
        members = {member for member, found, *_ in before if found == year}
        recompute(members, year, TrainingEdition.objects.of(federation.pk, year))
    after = sorted(YearHours.objects.values_list("member", "year", "counted", "offline"))
    assert after == before


def test_findings_stand_where_their_steps_led_them():
    """On every part of their way, and late as they say."""
    worlds.build(4 * COUNT)
    found = Finding.objects.all()
    assert {row.state for row in found} >= {"closed", "submitted", "rectifying", "issued"}
    for row in found:
        assert row.steps.order_by("-pk")[0].to_state == row.state
        assert row.closed_late == (row.is_open is False and row.submitted_on > row.finish_due)


CHOICES = {
    "branches.PartyOrganisation": ("name", "type", "established_on"),
    "branches.Post": ("kind", "person_name", "valid_from", "valid_to"),
    "branches.LifeRecord": ("kind", "held_on", "expected", "present", "first_topic"),
    "branches.ExpectedLife": ("kind", "period", "required", "held"),
    "ledgers.Ledger": ("number", "state", "sent_at"),
    "training.HourEvent": ("held_on", "title"),
    "supervision.Finding": ("issued_on", "state", "finish_due"),
}


def chosen_for_the_first(count):
    """What chance decided for the first three societies of a world of so many."""
    with transaction.atomic():
        worlds.build(count)
        found = {
            name: sorted(
                apps.get_model(name).objects.filter(society__in=(1, 2, 3)).values_list(*columns),
                key=repr,
            )
            for name, columns in CHOICES.items()
        }
        transaction.set_rollback(True)
    return found


def test_a_larger_world_begins_with_the_same_societies():
    small, large = chosen_for_the_first(COUNT), chosen_for_the_first(2 * COUNT)
    assert all(small.values())
    assert small == large

"""What the pages of organisation life look up alike: scope first (404), then the right (403)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http import Http404
from django.shortcuts import get_object_or_404

from branches.life.access import require_filing
from branches.models import LifeRecord, ObligationEdition, PartyOrganisation
from common import clock
from societies.access import Actor


def organisation_seen(actor: Actor, pk: int) -> PartyOrganisation:
    """An organisation in scope; Http404 otherwise."""
    rows: Any = PartyOrganisation.objects.visible_to(actor).select_related("society")
    found: PartyOrganisation = get_object_or_404(rows, pk=pk)
    return found


def organisation_to_file(actor: Actor, pk: int) -> PartyOrganisation:
    """An organisation the actor files for; NotAllowed for one only seen."""
    organisation = organisation_seen(actor, pk)
    require_filing(actor, organisation)
    return organisation


def record_seen(actor: Actor, pk: int) -> LifeRecord:
    """A record in scope; Http404 otherwise."""
    rows: Any = LifeRecord.objects.visible_to(actor).select_related(
        "organisation__society", "group", "filed_by", "returned_by", "withdrawn_by"
    )
    found: LifeRecord = get_object_or_404(rows, pk=pk)
    return found


def edition_of(organisation: PartyOrganisation) -> ObligationEdition | None:
    """The matrix in force today."""
    return ObligationEdition.objects.of(organisation.society.federation_id, clock.today())


def year_asked(text: str) -> int:
    """The `year` of the address, this year without one; Http404 for nonsense."""
    this = clock.today().year
    if not text:
        return this
    if not (len(text) == 4 and text.isascii() and text.isdecimal() and 2000 <= int(text) <= this):
        raise Http404
    return int(text)


def day_said(form: forms.Form) -> date | None:
    """The day a form of organisation life speaks of, sent or filled in; None for nonsense."""
    try:
        found: date | None = form.fields["held_on"].clean(form["held_on"].value())
    except forms.ValidationError:
        return None
    return found

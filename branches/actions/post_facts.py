"""What an accepted filing changes: terms and posts (§2.2, R-ORG-06…08)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from branches.actions.checks import served_societies
from branches.filing_checks import has_term
from branches.models import FilingKind, PartyOrganisation, Post, PostFiling, PostFilingSeat, Term
from common import clock
from common.errors import ActionRefused
from common.refusals import refusals
from societies.actions import mark_dirty

_PLACES = {
    "term_number_once": "term_no",
    "term_day_once": "held_on",
    "term_years_possible": "term_years",
    "term_seats_possible": "seats",
    "term_meeting_was_valid": "present",
    "term_appointment_has_document": "document_number",
    "term_extension_has_number": "number",
    "term_extension_within_a_year": "extended_to",
    "term_council_ends_after_election": "council_ends_on",
    "post_ends_after_start": "held_on",
    "post_one_secretary": "persons",
    "post_one_officer_of_a_kind": "persons",
    "post_person_once": "persons",
}
_OF_TERM = (
    *("term_no", "term_years", "council_ends_on", "seats", "mode"),
    *("entitled", "present", "document_number"),
)


def write_facts(filing: PostFiling, now: datetime) -> None:
    """Write the facts of a filing that is being accepted, in the caller's transaction.

    The caller has locked the organisation. Every society it serves is marked dirty from the first
    day concerned. Raises ActionRefused where facts forbid it.
    """
    organisation = filing.organisation
    with refusals(Term, Post, fields=_PLACES):
        since = _WRITERS[FilingKind(filing.kind)](filing, organisation)
    mark_dirty(served_societies(organisation), since=since, today=clock.day_of(now))


def _re_election(filing: PostFiling, organisation: PartyOrganisation) -> date:
    held_on = _held_on(filing)
    if organisation.posts.filter(valid_from__gte=held_on).exists():
        raise ActionRefused({"held_on": ["该日之后已登记任职，请核对换届日期"]})
    organisation.posts.valid_on(held_on).update(valid_to=held_on)
    if has_term(organisation.type):
        filing.term = Term.objects.create(
            organisation=organisation,
            society_id=organisation.society_id,
            elected_on=held_on,
            **{name: getattr(filing, name) for name in _OF_TERM},
        )
    _take_office(filing, organisation, held_on)
    return held_on


def _by_election(filing: PostFiling, organisation: PartyOrganisation) -> date:
    held_on = _held_on(filing)
    filing.term = Term.objects.filter(organisation=organisation).latest_first().first()
    _take_office(filing, organisation, held_on)
    return held_on


def _removal(filing: PostFiling, organisation: PartyOrganisation) -> date:
    first_day_without = _held_on(filing) + timedelta(days=1)
    ids = filing.seat_rows.values_list("post_id", flat=True)
    organisation.posts.filter(pk__in=list(ids)).update(valid_to=first_day_without)
    return first_day_without


def _extension(filing: PostFiling, organisation: PartyOrganisation) -> date:
    term = Term.objects.select_for_update().get(pk=filing.term_id, organisation=organisation)
    term.extended_to = filing.extended_to
    term.extension_number = filing.document_number
    term.save(update_fields=["extended_to", "extension_number"])
    return term.ends_on + timedelta(days=1)


def _held_on(filing: PostFiling) -> date:
    assert filing.held_on is not None  # noqa: S101 - checked before; narrows the type
    return filing.held_on


def _take_office(filing: PostFiling, organisation: PartyOrganisation, since: date) -> None:
    for row in filing.seat_rows.all():
        for kind in filter(None, (row.kind, row.also_kind)):
            _post(row, kind, filing, organisation, since).save()


def _post(
    row: PostFilingSeat, kind: str, filing: PostFiling, organisation: PartyOrganisation, since: date
) -> Post:
    return Post(
        organisation=organisation,
        society_id=organisation.society_id,
        term=filing.term,
        kind=kind,
        person_name=row.person_name,
        member_id=row.member_id,
        mode=row.mode,
        valid_from=since,
        valid_to=organisation.dissolved_on,
    )


_WRITERS: dict[FilingKind, Callable[[PostFiling, PartyOrganisation], date]] = {
    FilingKind.RE_ELECTION: _re_election,
    FilingKind.BY_ELECTION: _by_election,
    FilingKind.REMOVAL: _removal,
    FilingKind.EXTENSION: _extension,
}
